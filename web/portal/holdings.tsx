/** What I have: points that end, coupons, privileges, cards, plans; each with what is left and until when. */
import type { ReactNode } from 'react'
import { useFormat } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import type { Home } from './app.tsx'
import { Button, Empty, Section } from './parts.tsx'
import { PassOn } from './pass-on.tsx'
import { go } from './place.ts'

export function Holdings({ home }: { home: Home }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { points, coupons, privileges, cards, plans, gifts_waiting } = home
  const isBare = coupons.length + privileges.length + cards.length + plans.length === 0
  return (
    <>
      {gifts_waiting > 0 ? (
        <Button onClick={() => go('shop')}>{t('portal:has.waiting', { count: gifts_waiting })}</Button>
      ) : null}
      <List title={t('portal:has.expiring')}>
        {points.expiring.map(({ expires_on, points: amount }) => (
          <Line
            key={expires_on}
            name={t('portal:has.expiringLine', {
              points: `${format.points(amount)} ${t('portal:card.points')}`,
              day: format.day(expires_on),
            })}
          />
        ))}
      </List>
      <Coupons coupons={coupons} now={home.now} />
      <List title={t('portal:has.privileges')}>
        {privileges.map(({ privilege_id, names, texts, may, left }) => (
          <Line
            key={privilege_id}
            name={nameIn(names, language, '')}
            detail={nameIn(texts, language, '')}
            aside={
              !may
                ? t('portal:has.usedUp')
                : left === null
                  ? t('portal:has.unlimited')
                  : t('portal:has.left', { count: left })
            }
            isDim={!may}
          />
        ))}
      </List>
      <List title={t('portal:has.cards')}>
        {cards.map((card) => (
          <CardLine key={card.card_definition_id} card={card} />
        ))}
      </List>
      <List title={t('portal:has.plans')}>
        {plans.map(({ plan_id, names, holds_until }) => (
          <Line
            key={plan_id}
            name={nameIn(names, language, '')}
            detail={t('portal:has.until', { day: format.day(holds_until) })}
          />
        ))}
      </List>
      {isBare ? (
        <Empty title={t('portal:has.nothing')} hint={t('portal:has.nothingHint')}>
          <Button onClick={() => go('shop')}>{t('portal:has.toShop')}</Button>
        </Empty>
      ) : null}
    </>
  )
}

function Coupons({ coupons, now }: { coupons: Home['coupons']; now: string }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <List title={t('portal:has.coupons')}>
      {coupons.map((one) => (
        <Line
          key={one.coupon_id}
          name={one.name}
          detail={
            one.expires_on ? t('portal:has.until', { day: format.day(one.expires_on) }) : t('portal:has.always')
          }
          more={
            one.starts_on && one.starts_on > format.dayOf(now)
              ? t('portal:has.from', { day: format.day(one.starts_on) })
              : one.code
          }
          aside={one.uses_left > 1 ? t('portal:has.usesLeft', { count: one.uses_left }) : null}
        >
          {one.may_pass ? <PassOn kind="coupon" id={one.coupon_id} name={one.name} pass={one.pass} /> : null}
        </Line>
      ))}
    </List>
  )
}

function List({ title, children }: { title: string; children: readonly ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <Section title={title}>
      <ul className="lines">{children}</ul>
    </Section>
  )
}

interface LineProps {
  name: string
  detail?: string | null
  more?: string | null
  aside?: string | null
  isDim?: boolean
  children?: ReactNode
}

function Line({ name, detail, more, aside, isDim = false, children }: LineProps) {
  return (
    <li className={isDim ? 'dim' : ''}>
      <div className="row">
        <span className="name">{name}</span>
        {aside ? <span className="aside">{aside}</span> : null}
      </div>
      {detail ? <span className="muted">{detail}</span> : null}
      {more ? <span className="muted">{more}</span> : null}
      {children}
    </li>
  )
}

function CardLine({ card }: { card: Home['cards'][number] }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const { kind, names, available, size, needed, next_expiry_on } = card
  const have = Math.max(0, (size ?? 0) - (needed ?? 0))
  return (
    <Line
      name={nameIn(names, language, '')}
      detail={next_expiry_on ? t('portal:has.until', { day: format.day(next_expiry_on) }) : null}
      aside={
        kind === 'stamps'
          ? t('portal:has.stamps', { have: String(have), size: String(size ?? 0) })
          : kind === 'value'
            ? format.money(available)
            : t('portal:has.sessions', { count: available })
      }
    >
      {kind === 'stamps' && size ? (
        <span className="stamps" aria-hidden="true">
          {Array.from({ length: size }, (_, i) => (
            <i key={i} className={i < have ? 'on' : ''} />
          ))}
        </span>
      ) : null}
    </Line>
  )
}
