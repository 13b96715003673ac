/** After paying, before leaving: what it brought, what it saved, how far to the next tier. */
import { useFormat } from '../kit/format.ts'
import { nameIn, textOf, useTexts } from '../kit/i18n.ts'
import { useJournal, type Entry } from './journal.ts'
import { NextTier, PendingPoints, useMember } from './member-page.tsx'
import { Coming, Foot, Sheet, Step } from './parts.tsx'
import { useClerk } from './clerk.tsx'
import { Why } from './why.tsx'

export function DonePage({ number }: { number: string }) {
  const { t } = useTexts()
  const entry = useJournal().find((one) => one.number === number)
  return (
    <>
      {entry ? <Paid entry={entry} /> : <Coming />}
      {entry?.sale && <Step to={`/receipts/${entry.sale.order_id}`}>{t('counter:receipt', { number })}</Step>}
      <Foot>
        <Step to="/" kind="main">
          {t('counter:home')}
        </Step>
      </Foot>
    </>
  )
}

function Paid({ entry }: { entry: Entry }) {
  const { t } = useTexts()
  const format = useFormat()
  const { isOffline } = useClerk()
  const { state, sale, error } = entry
  if (state === 'refused') {
    return (
      <div className="notice warn" role="alert">
        <h1>{t('counter:doneRefused')}</h1>
        <p>{error && textOf(`errors:${error.code}`, error.code, error.params)}</p>
        <p className="code">{entry.number}</p>
      </div>
    )
  }
  if (state === 'manager') {
    return (
      <div className="notice warn" role="status">
        <h1>{t('counter:doneTitle')}</h1>
        <p>{t('counter:doneManager')}</p>
        <p>{error && textOf(`errors:${error.code}`, error.code, error.params)}</p>
        <p className="code">{entry.number}</p>
      </div>
    )
  }
  return (
    <>
      <h1>{t('counter:doneTitle')}</h1>
      {sale ? (
        <Brought entry={entry} />
      ) : state === 'done' ? (
        <>
          <p className="say">{t('counter:paid', { money: format.money(entry.to_pay_minor) })}</p>
          <p role="status">{t('counter:taken')}</p>
        </>
      ) : (
        <>
          <p className="say">{t('counter:paid', { money: format.money(entry.to_pay_minor) })}</p>
          <p className={isOffline ? 'notice warn' : 'muted'} role="status">
            {isOffline ? t('counter:doneWaits') : t('counter:paying')}
          </p>
        </>
      )}
    </>
  )
}

function Brought({ entry: { sale, quote, member_id } }: { entry: Entry }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const member = useMember(member_id).data
  if (!sale) return null
  const why = quote?.earns?.why
  const tier = member?.tier.tier_names ? nameIn(member.tier.tier_names, language, '') : undefined
  return (
    <Sheet>
      <div role="status">
        {sale.points_earned > 0 && (
          <p className="plus">
            {t('counter:doneEarned', { count: sale.points_earned, points: format.points(sale.points_earned) })}
          </p>
        )}
        <p>{t('counter:paid', { money: format.money(sale.paid_minor) })}</p>
        {sale.points_used > 0 && (
          <p>{t('counter:pointsUsed', { count: sale.points_used, points: format.points(sale.points_used) })}</p>
        )}
        {/* what a device kept of before there were pools says nothing of them */}
        {(sale.lenders ?? []).map(({ name, points }, i) => (
          <p key={i} className="muted">
            {t('counter:lentBy', { name: name ?? t('counter:somebody'), points: format.points(points) })}
          </p>
        ))}
        {sale.saved_minor > 0 && (
          <p className="good">{t('counter:savedNow', { money: format.money(sale.saved_minor) })}</p>
        )}
      </div>
      {why && sale.points_earned > 0 && <Why why={why} tier={tier} />}
      {member && member.kind === 'member' && (
        <div className="stack" style={{ marginTop: 12 }}>
          <p>
            {t('counter:pointsNow', {
              count: member.points.available,
              points: format.points(member.points.available),
            })}
          </p>
          <PendingPoints member={member} />
          {member.saved_minor > 0 && <p>{t('counter:savedYear', { money: format.money(member.saved_minor) })}</p>}
          <NextTier member={member} />
        </div>
      )}
    </Sheet>
  )
}
