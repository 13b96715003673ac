/** A receipt of a member who came without the card: found by its number, or added, once. */
import { useState } from 'react'
import { call, touch } from '../kit/call.ts'
import { minorOf, useFormat } from '../kit/format.ts'
import { textOf, useTexts } from '../kit/i18n.ts'
import type { Row } from '../kit/call.ts'
import { useCall } from '../kit/use-call.ts'
import { ActingProblem, isReason, useActing } from './acting.tsx'
import { useClerk, useTill } from './clerk.tsx'
import { useMember } from './member-page.tsx'
import { Button, Field, Foot, Sheet, Step } from './parts.tsx'
import { useSettled } from './typing.ts'
import { useWork } from './work.ts'

type Found = Row<'GET /v1/till/receipts'>

/** The number is asked for when the fingers rest. */
const pauseMs = 250

/** The receipt of a number at a store, once the fingers rest; `isSettled` when the answer is the number's. */
function useFound(number: string, store: string): { found: Found | undefined; isSettled: boolean } {
  const { isOffline } = useClerk()
  const asked = useSettled(number, pauseMs)
  const read = useCall(
    'GET /v1/till/receipts',
    { query: { number: asked, store } },
    { enabled: asked !== '' && !isOffline, keep: false },
  )
  const isSettled = asked === number && (isOffline || asked === '' || !read.isFetching)
  return { found: read.data?.data[0], isSettled }
}

export function LatePage({ member_id }: { member_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const { store_code, store_name } = useTill()
  const { isOffline } = useClerk()
  const work = useWork()
  const isSent = Boolean(work?.stores.find(({ code }) => code === store_code)?.receipts_source)
  const member = useMember(member_id).data
  const [number, setNumber] = useState('')
  const [amount, setAmount] = useState('')
  const [day, setDay] = useState(format.today())
  const [reason, setReason] = useState('')
  const { found, isSettled } = useFound(number.trim(), store_code)
  const amount_minor = found ? found.net_minor : minorOf(amount, format.currency_decimals)
  const acting = useActing(
    (query) =>
      call('POST /v1/till/receipts', {
        query,
        body: {
          store: store_code,
          number: number.trim(),
          amount_minor: Math.max(1, amount_minor ?? 0),
          bought_on: day,
          member_id,
          reason: reason.trim(),
        },
      }),
    () => touch('members', 'orders', 'receipts'),
  )
  const isFree = !found || (found.code === null && found.owner_kind !== 'member')
  const isReady = isSettled && number.trim() !== '' && isFree && Boolean(amount_minor) && isReason(reason)
  if (acting.result) return <Given given={acting.result} member_id={member_id} />
  return (
    <>
      <h1>{t('counter:lateTitle')}</h1>
      <p className="muted">
        {t('counter:lateHint', { name: member?.display_name ?? '', store: store_name })}{' '}
        {work && t('counter:lateDays', { count: work.rules.late_days_max })}
      </p>
      <Field
        label={t('counter:lateNumber')}
        hint={t('counter:lateNumberHint')}
        autoFocus
        maxLength={150}
        value={number}
        onChange={(event) => setNumber(event.target.value)}
      />
      {found && isSettled && <FoundReceipt found={found} />}
      {!found && <Bought {...{ amount, setAmount, day, setDay, isSent }} />}
      <Field
        label={t('counter:reason')}
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <ActingProblem {...{ acting, member_id }} />
      <Step to={`/members/${member_id}`}>{t('counter:back')}</Step>
      <Foot>
        <Button kind="main" disabled={!isReady || acting.isSending || isOffline} onClick={acting.run}>
          {found ? t('counter:lateClaim') : t('counter:lateDo')}
        </Button>
      </Foot>
    </>
  )
}

interface BoughtProps {
  amount: string
  setAmount: (amount: string) => void
  day: string
  setDay: (day: string) => void
  /** The store's register sends the same receipt, and it will be one purchase. */
  isSent: boolean
}

/** Of a receipt that nobody has rung up here. */
function Bought({ amount, setAmount, day, setDay, isSent }: BoughtProps) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <>
      <p className="muted small">{t(isSent ? 'counter:latePosNamed' : 'counter:latePos')}</p>
      <Field
        label={t('counter:amount')}
        inputMode="decimal"
        value={amount}
        onChange={(event) => setAmount(event.target.value)}
      />
      <Field
        label={t('counter:lateDay')}
        type="date"
        max={format.today()}
        value={day}
        onChange={(event) => setDay(event.target.value)}
      />
    </>
  )
}

function FoundReceipt({ found }: { found: Found }) {
  const { t } = useTexts()
  const format = useFormat()
  const isTheirs = found.owner_kind === 'member'
  return (
    <div className={isTheirs || found.code ? 'notice warn' : 'notice fine'} role="status">
      <p>
        <strong>{format.money(found.net_minor)}</strong> · {format.moment(found.occurred_at)}
      </p>
      <p>
        {isTheirs
          ? t('counter:lateOwned', { name: found.owner_name ?? '' })
          : found.code
            ? textOf(`errors:${found.code}`, found.code, found.params)
            : t('counter:lateFree')}
      </p>
      {isTheirs && <Step to={`/receipts/${found.order_id}`}>{t('counter:lateOpen')}</Step>}
    </div>
  )
}

interface GivenProps {
  given: { net_minor: number; points_earned: number; points_taken: number; number: string }
  member_id: string
}

/** What it brought. */
export function Given({ given, member_id }: GivenProps) {
  const { t } = useTexts()
  const format = useFormat()
  const { net_minor, points_earned, points_taken, number } = given
  return (
    <>
      <h1>{t('counter:lateGiven')}</h1>
      <Sheet>
        <div role="status">
          <p className="plus">
            {t('counter:doneEarned', { count: points_earned, points: format.points(points_earned) })}
          </p>
          <p>{t('counter:paid', { money: format.money(net_minor) })}</p>
          {points_taken > 0 && <p>{t('counter:takenElsewhere', { points: format.points(points_taken) })}</p>}
          <p className="code">{number}</p>
        </div>
      </Sheet>
      <Foot>
        <Step to={`/members/${member_id}`} kind="main">
          {t('counter:knownOpen')}
        </Step>
      </Foot>
    </>
  )
}
