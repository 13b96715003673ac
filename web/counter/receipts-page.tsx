/** Today's receipts of this store, and what is still on this device alone. */
import { useFormat } from '../kit/format.ts'
import { textOf, useTexts } from '../kit/i18n.ts'
import type { Row } from '../kit/call.ts'
import { useCall } from '../kit/use-call.ts'
import { useTill } from './clerk.tsx'
import { forget, useJournal, type Entry } from './journal.ts'
import { Button, Coming, Problem, Sheet, Step } from './parts.tsx'
import { go } from './place.ts'

/** A day at one store; older ones are found in the console by their number. */
const shown_max = 100

/** The channel of receipts that were added afterwards, where no register sends its own: their hour is not known. */
const late_source = 'late-'

/** Behind it stands what is left where a receipt was before it moved to its member. */
const moved_mark = '~'

export function ReceiptsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const { store_id } = useTill()
  const today = format.today()
  const read = useCall('GET /v1/admin/orders', { query: { store_id, from: today, to: today, limit: shown_max } })
  const kept = useJournal().filter((entry) => entry.state !== 'done')
  return (
    <>
      <h1>{t('counter:receipts')}</h1>
      {kept.length > 0 && (
        <Sheet title={t('counter:receiptsMine')}>
          <ul className="rows">
            {kept.map((entry) => (
              <Kept key={entry.number} entry={entry} />
            ))}
          </ul>
        </Sheet>
      )}
      {read.isPending && <Coming lines={5} />}
      {read.isError && !read.data && <Problem error={read.error} retry={() => void read.refetch()} />}
      {read.data?.data.length === 0 && (
        <div className="notice">
          <p>{t('counter:receiptsNone')}</p>
          <Step to="/">{t('counter:home')}</Step>
        </div>
      )}
      {read.data && read.data.data.length > 0 && (
        <section className="sheet rows" aria-label={t('counter:receipts')}>
          {read.data.data.map((order) => (
            <OrderRow key={order.order_id} order={order} />
          ))}
        </section>
      )}
    </>
  )
}

function Kept({ entry }: { entry: Entry }) {
  const { t } = useTexts()
  const format = useFormat()
  const { number, state, error } = entry
  return (
    <li className="row kept">
      <span className="grow">
        {entry.member_name ?? t('counter:nobodyName')}
        <br />
        <span className="muted small">{number}</span>
        <br />
        <span className={state === 'refused' ? 'bad small' : 'muted small'}>
          {t(
            state === 'refused'
              ? 'counter:turnedDown'
              : state === 'manager'
                ? 'counter:atManager'
                : 'counter:waiting',
          )}
          {error && `: ${textOf(`errors:${error.code}`, error.code, error.params)}`}
        </span>
      </span>
      <span className="figure">{format.money(entry.to_pay_minor)}</span>
      {state !== 'waiting' && (
        <Button onClick={() => void forget(number)} aria-label={`${t('counter:forget')}: ${number}`}>
          {t('counter:forget')}
        </Button>
      )}
    </li>
  )
}

function OrderRow({ order }: { order: Row<'GET /v1/admin/orders'> }) {
  const { t } = useTexts()
  const format = useFormat()
  const { order_id, refunded_minor } = order
  const [number, moved] = order.source_id.split(moved_mark)
  return (
    <a
      className="row"
      href={`/counter/receipts/${order_id}`}
      onClick={(event) => {
        event.preventDefault()
        go(`/receipts/${order_id}`)
      }}
    >
      <span className="grow">
        {order.member_kind === 'walk_in' ? t('counter:nobodyName') : (order.display_name ?? t('counter:guest'))}
        <br />
        <span className="muted small">
          {number} · {order.source.startsWith(late_source) ? t('counter:late') : format.relative(order.occurred_at)}
        </span>
      </span>
      <span className="figure">
        {format.money(order.net_minor)}
        {refunded_minor > 0 && (
          <>
            <br />
            <span className="muted small">
              {moved === undefined
                ? t('counter:refundedBefore', { money: format.money(refunded_minor) })
                : t('counter:movedAway')}
            </span>
          </>
        )}
      </span>
    </a>
  )
}
