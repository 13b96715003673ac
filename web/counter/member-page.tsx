/** The member in eight seconds: one sentence, then what is theirs today, then the one big button. */
import { useEffect, useState } from 'react'
import { useFormat, type Format } from '../kit/format.ts'
import { nameIn, useTexts } from '../kit/i18n.ts'
import { call, touch, type Answer } from '../kit/call.ts'
import { usePulse } from '../kit/pulse.ts'
import { useCall } from '../kit/use-call.ts'
import { Claims } from './claims.tsx'
import { useTill } from './clerk.tsx'
import { channelOf, keptWork } from './device.ts'
import { GivePoints } from './give-points.tsx'
import { remember } from './known.ts'
import { Coming, Foot, Problem, Sheet, Step } from './parts.tsx'
import { usePlace } from './place.ts'
import { TopUp } from './top-up.tsx'

export type AtTill = Answer<'GET /v1/till/members/:member_id'>

/** The member of a screen at this till, asked again whenever something of them was used or bought. */
export function useMember(member_id: string | null) {
  const till = channelOf(useTill())
  const read = useCall(
    'GET /v1/till/members/:member_id',
    { params: { member_id: member_id ?? '' }, query: { till } },
    { enabled: member_id !== null, keep: false },
  )
  const { data } = read
  useEffect(() => {
    if (data) remember(data, keptWork()?.rules)
  }, [data])
  return read
}

export function MemberPage({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const { query } = usePlace()
  const read = useMember(member_id)
  usePulse(
    member_id,
    () => call('GET /v1/till/members/:member_id/pulse', { params: { member_id } }),
    () => touch('members'),
  )
  const member = read.data
  if (!member) {
    return (
      <>
        {read.isError ? <Problem error={read.error} retry={() => void read.refetch()} /> : <Coming lines={5} />}
        <Step to="/">{t('counter:home')}</Step>
      </>
    )
  }
  return (
    <>
      <div className="stack">
        <Head member={member} />
        {query.get('joined') && (
          <p className="notice fine" role="status">
            {t('counter:joined')}
          </p>
        )}
        <Facts member={member} />
      </div>
      <Claims member={member} />
      {member.kind === 'member' && (
        <div className="rare full">
          <Step to={`/members/${member_id}/late`}>{t('counter:late')}</Step>
          <GivePoints member_id={member_id} />
          <TopUp member={member} />
        </div>
      )}
      <Foot>
        <Step to={`/members/${member_id}/sale`} kind="main">
          {t('counter:ringUp')}
        </Step>
      </Foot>
    </>
  )
}

/** Who it is, and the sentence that the clerk says. */
function Head({ member }: { member: AtTill }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const name = member.display_name ?? member.phone ?? `#${member.number}`
  const tier = member.kind === 'member' ? nameIn(member.tier.tier_names, language, t('counter:member')) : null
  return (
    <>
      <div className="who">
        <Face key={member.picture} member={member} name={name} />
        <div>
          <h1>{name}</h1>
          <span className="tag">{tier ?? t('counter:guest')}</span>{' '}
          <span className="muted small">{member.phone !== name && member.phone}</span>
        </div>
      </div>
      <p className="say">{sentenceOf(member, { t, language, format }).join(language === 'en' ? ' ' : '')}</p>
    </>
  )
}

/** Their picture of themselves; the first letter where there is none, or no network to fetch it by. */
function Face({ member, name }: { member: AtTill; name: string }) {
  const [isLost, setLost] = useState(false)
  const { member_id, picture } = member
  return picture && !isLost ? (
    <img
      className="face"
      src={`/v1/admin/members/${member_id}/picture?version=${picture}`}
      alt={name}
      onError={() => setLost(true)}
    />
  ) : (
    <span className="face" aria-hidden="true">
      {[...name.trim()][0]}
    </span>
  )
}

interface Words {
  t: ReturnType<typeof useTexts>['t']
  language: string
  format: Format
}

/** The usual; the birthday; what is theirs: only what there is, in the order one would say it. */
function sentenceOf(member: AtTill, { t, language, format }: Words): string[] {
  const { usual, birthday, privileges, gifts, coupons } = member
  const theirs = privileges.find(({ may, left }) => may && left !== null) ?? privileges.find(({ may }) => may)
  const parts = [
    usual && t('counter:sentenceUsual', { usual: usual.name }),
    birthday && birthdaySaid(birthday, { t, language, format }),
    theirs && t('counter:sentencePrivilege', { privilege: nameIn(theirs.names, language, '') }),
    gifts.length > 0 && t('counter:sentenceGift', { count: gifts.length }),
    coupons.length > 0 && t('counter:sentenceCoupons', { count: coupons.length }),
  ].filter((part): part is string => Boolean(part))
  return parts.length > 0 ? parts : [t('counter:sentenceNothing')]
}

function birthdaySaid({ on, in_days }: NonNullable<AtTill['birthday']>, { t, format }: Words): string {
  if (in_days === 0) return t('counter:sentenceBirthdayToday')
  // within a week the day of the week says it; the day itself a week ahead would be misheard as today's
  const weekday = new Intl.DateTimeFormat(format.locale, { weekday: 'long', timeZone: 'UTC' })
  return t('counter:sentenceBirthday', { day: in_days < 7 ? weekday.format(new Date(on)) : format.day(on) })
}

function Facts({ member }: { member: AtTill }) {
  const { t } = useTexts()
  const format = useFormat()
  const { last_visit: visit, usual, points, notes, saved_minor } = member
  const ago = visit && format.relative(visit.at)
  return (
    <Sheet>
      {member.kind === 'member' && (
        <>
          <p className="total">
            {t('counter:pointsOf', { count: points.available, points: format.points(points.available) })}
          </p>
          {points.pooled > 0 && (
            <p className="muted">
              {t('counter:pooled', { points: format.points(points.available + points.pooled) })}
            </p>
          )}
          <PendingPoints member={member} />
        </>
      )}
      <p>
        {!visit
          ? t('counter:firstVisit')
          : visit.store_name
            ? t('counter:lastVisitAt', { ago, store: visit.store_name })
            : t('counter:lastVisit', { ago })}
      </p>
      {usual && (
        <p>
          {usual.name} <span className="muted">{t('counter:usualOf', { times: usual.times, of: usual.of })}</span>
        </p>
      )}
      <NextTier member={member} />
      {saved_minor > 0 && <p>{t('counter:savedYear', { money: format.money(saved_minor) })}</p>}
      {notes.length > 0 && (
        <>
          <h2 style={{ marginTop: 12 }}>{t('counter:notes')}</h2>
          <ul>
            {notes.map((note) => (
              <li key={note.note_id}>
                {note.body}{' '}
                <span className="muted small">
                  {note.actor_name}, {format.relative(note.at)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Sheet>
  )
}

/** What was earned and cannot be spent yet. */
export function PendingPoints({ member: { points } }: { member: AtTill }) {
  const { t } = useTexts()
  const format = useFormat()
  if (points.pending <= 0) return null
  return (
    <p className="muted">
      {t('counter:pointsWaiting', { count: points.pending, points: format.points(points.pending) })}
    </p>
  )
}

/** "320 to Gold by 31 March", where the ladder counts money or points. */
export function NextTier({ member: { tier } }: { member: AtTill }) {
  const { t, language } = useTexts()
  const format = useFormat()
  if (!tier.next_tier_names || tier.missing === null || tier.missing <= 0) return null
  const missing = tier.measure === 'spend' ? format.money(tier.missing) : format.number(tier.missing)
  const named = { missing, tier: nameIn(tier.next_tier_names, language, '') }
  return (
    <p>
      {/* a window that ends today moves on with tomorrow: it sets no day */}
      {tier.window_to && tier.window_to > format.today()
        ? t('counter:toNextTier', { ...named, day: format.day(tier.window_to) })
        : t('counter:toNextTierOpen', named)}
    </p>
  )
}
