/** The card first; then what the member has. */
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import type { Why } from '../kit/why-sentences.ts'
import type { Home, Program } from './app.tsx'
import { BrandMark, BrandWords, CardPicture, Greeting } from './brand-mark.tsx'
import { Codes } from './codes.tsx'
import { Holdings } from './holdings.tsx'
import { WhyLines } from './history-page.tsx'
import { Button, Section, Strong } from './parts.tsx'
import { go } from './place.ts'
import { StepPart } from './step-part.tsx'
import { useOnline } from './online.ts'
import { Wallets } from './wallets.tsx'

export function CardPage({ program, home }: { program: Program; home: Home }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const isOnline = useOnline()
  const { member, tier, points, worth, latest } = home
  const written = (amount: number) => `${format.points(amount)} ${t('portal:card.points')}`
  return (
    <>
      <h1 className="unseen">{t('portal:card.title')}</h1>
      {isOnline ? null : (
        <p role="status" className="notice">
          {t('portal:card.offline', { at: format.moment(home.now) })}
        </p>
      )}
      <Greeting />
      <article className="card">
        <CardPicture />
        <header>
          <span className="brand">
            <BrandMark name={program.name} />
          </span>
          {tier ? <span className="tier">{nameIn(tier.names, language, tier.tier_code ?? '')}</span> : null}
        </header>
        <p className="balance">
          <strong>{format.points(points.available)}</strong> {t('portal:card.points')}
          {points.worth_minor > 0 ? (
            <small>{t('portal:card.worth', { worth: format.money(points.worth_minor) })}</small>
          ) : null}
        </p>
        <Codes plain={member.plain_code} isOnline={isOnline} />
        <footer>
          <span className="who">{member.display_name ?? t('portal:card.member')}</span>
          <span>{t('portal:card.number', { number: String(member.number) })}</span>
        </footer>
      </article>
      {isOnline ? <Wallets /> : null}
      {latest ? <Latest latest={latest} program={program} /> : null}
      {points.pooled > 0 ? (
        <Button kind="bare" onClick={() => go('pool')}>
          {t('portal:card.pooled', { points: written(points.available + points.pooled) })}
        </Button>
      ) : null}
      {points.pending > 0 ? (
        <p className="line">{t('portal:card.pending', { points: written(points.pending) })}</p>
      ) : null}
      {points.debt > 0 ? <p className="line">{t('portal:card.debt', { points: written(points.debt) })}</p> : null}
      {worth.ever_minor > 0 ? (
        <p className="line">
          <Strong
            text={t('portal:has.worth', {
              year: format.money(worth.year_minor),
              ever: format.money(worth.ever_minor),
            })}
          />
        </p>
      ) : null}
      <StepPart />
      {tier ? <Tier tier={tier} /> : null}
      <Holdings home={home} />
      <BrandWords />
    </>
  )
}

/** What the purchase of a moment ago earned; a tap says why. */
function Latest({ latest, program }: { latest: NonNullable<Home['latest']>; program: Program }) {
  const { t } = useTexts()
  const format = useFormat()
  const { points, order } = latest
  const words = {
    points: `${format.points(points)} ${t('portal:card.points')}`,
    money: format.money(order!.net_minor),
    store: order!.store_name ?? '',
  }
  return (
    <details className="line latest">
      <summary>
        <Strong text={t(words.store ? 'portal:card.latestAt' : 'portal:card.latest', words)} />
      </summary>
      <WhyLines why={latest.why as Why} program={program} />
    </details>
  )
}

function Tier({ tier }: { tier: NonNullable<Home['tier']> }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { measure, progress, missing, until, keep_missing, review_on } = tier
  const own = nameIn(tier.names, language, tier.tier_code ?? '')
  const next = nameIn(tier.next_names, language, '')
  const amountOf = (value: number) => {
    if (measure === 'orders' || measure === 'points' || measure === 'xp')
      return t(`portal:tier.${measure}`, { count: value, amount: format.points(value) })
    return format.money(value)
  }
  if (missing === null && !keep_missing) {
    return (
      <Section title={t('portal:tier.title')}>
        <p>{t('portal:tier.top', { tier: own })}</p>
      </Section>
    )
  }
  return (
    <Section title={t('portal:tier.title')}>
      {missing !== null ? (
        <>
          <p>
            <Strong
              text={t(until ? 'portal:tier.missingBy' : 'portal:tier.missing', {
                amount: amountOf(missing),
                tier: next,
                day: format.day(until),
              })}
            />
          </p>
          <progress
            max={progress + missing}
            value={progress}
            aria-label={t('portal:tier.progress', { tier: next })}
          />
        </>
      ) : null}
      {keep_missing && review_on ? (
        <p className="muted">
          {t('portal:tier.keep', { amount: amountOf(keep_missing), day: format.day(review_on), tier: own })}
        </p>
      ) : null}
    </Section>
  )
}
