/** One receipt: what comes back of it by line, or all of it. */
import { useRef, useState } from 'react'
import { call, touch, type Answer } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { useCall } from '../kit/use-call.ts'
import { ActingProblem, useActing } from './acting.tsx'
import { Given } from './late-page.tsx'
import { MovePart, type Moved } from './move-part.tsx'
import { Button, Coming, Foot, Problem, Sheet, Step } from './parts.tsx'
import { OrderWhy } from './why.tsx'

type Order = Answer<'GET /v1/admin/orders/:order_id'>
type Line = Order['lines'][number]
type Return = Answer<'POST /v1/till/refunds'>
/** How many of each line come back, by its number. */
type Picked = Readonly<Record<number, number>>

const leftOf = (line: Line) => Number(line.quantity) - Number(line.refunded_quantity)

/** One that was added afterwards is a single line that bears its number: of its time the day alone is known. */
const isHourKnown = ({ lines, source_id }: Order) => lines.length !== 1 || lines[0]!.name !== numberOf(source_id)

/** Without what is put behind it when the receipt has moved. */
const numberOf = (source_id: string) => source_id.split('~')[0]!

/** What a quantity of a line was paid for; the last ones take what is left, so that parts sum to the whole. */
function worthOf(line: Line, count: number): number {
  if (count === leftOf(line)) return line.net_minor - line.refunded_minor
  return Math.floor((line.net_minor * count) / Number(line.quantity))
}

export function ReceiptPage({ order_id }: { order_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const read = useCall('GET /v1/admin/orders/:order_id', { params: { order_id } })
  const [picked, setPicked] = useState<Picked>({})
  const [gone, setGone] = useState<Return | null>(null)
  const [moved, setMoved] = useState<Moved | null>(null)
  const order = read.data
  if (moved) return <Given given={moved} member_id={moved.member_id} />
  if (!order) {
    return read.isError ? <Problem error={read.error} retry={() => void read.refetch()} /> : <Coming lines={5} />
  }
  const isOver = order.status === 'cancelled' || order.status === 'refunded'
  const done = (answer: Return) => {
    setGone(answer)
    setPicked({})
  }
  return (
    <>
      <h1>{order.member_kind === 'walk_in' ? t('counter:nobodyName') : order.display_name}</h1>
      <p className="muted small">
        {t('counter:receipt', { number: numberOf(order.source_id) })} ·{' '}
        {isHourKnown(order) ? format.moment(order.occurred_at) : format.dayOf(order.occurred_at)}
      </p>
      {gone && <Gone answer={gone} />}
      <Sheet title={t('counter:refundPick')}>
        <ul className="rows">
          {order.lines.map((line) => (
            <LineRow
              key={line.line_no}
              line={line}
              count={picked[line.line_no] ?? 0}
              set={(count) => setPicked({ ...picked, [line.line_no]: count })}
            />
          ))}
        </ul>
        <p className="total">
          <span>{t('counter:paid', { money: format.money(order.net_minor) })}</span>
          {order.refunded_minor > 0 && (
            <span className="muted small">
              {t('counter:refundedBefore', { money: format.money(order.refunded_minor) })}
            </span>
          )}
        </p>
        {isOver && <p className="tag">{t('counter:voided')}</p>}
      </Sheet>
      {order.member_kind === 'member' && <OrderWhy order={order} />}
      {!isOver && <MovePart order={order} moved={setMoved} />}
      {!isOver && <Void order={order} done={done} />}
      <Step to="/receipts">{t('counter:back')}</Step>
      {!isOver && <Refund {...{ order, picked, done }} />}
    </>
  )
}

function Gone({ answer }: { answer: Return }) {
  const { t } = useTexts()
  const format = useFormat()
  const { money_minor, points_returned, points_taken } = answer
  return (
    <div className="notice fine" role="status">
      <p>{t('counter:refunded', { money: format.money(money_minor) })}</p>
      {points_returned + points_taken > 0 && (
        <p>
          {t('counter:refundedPoints', {
            returned: format.points(points_returned),
            taken: format.points(points_taken),
          })}
        </p>
      )}
    </div>
  )
}

function LineRow({ line, count, set }: { line: Line; count: number; set: (count: number) => void }) {
  const { t } = useTexts()
  const format = useFormat()
  const left = leftOf(line)
  const name = line.name ?? line.sku ?? t('counter:amountLine')
  return (
    <li className="row">
      <span className="grow">
        {name}
        <br />
        <span className="muted small">{format.money(line.net_minor)}</span>
      </span>
      <Button disabled={count <= 0} aria-label={`${t('counter:less')}: ${name}`} onClick={() => set(count - 1)}>
        −
      </Button>
      <span className="figure">
        {t('counter:refundOf', { count: format.number(count), of: format.number(left) })}
      </span>
      <Button
        disabled={count >= left}
        aria-label={`${t('counter:more')}: ${name}`}
        onClick={() => set(Math.min(left, count + 1))}
      >
        +
      </Button>
    </li>
  )
}

const gone = (done: (answer: Return) => void) => async (answer: Return) => {
  await touch('orders', 'members')
  done(answer)
}

interface ActProps {
  order: Order
  done: (answer: Return) => void
}

function Refund({ order, picked, done }: ActProps & { picked: Picked }) {
  const { t } = useTexts()
  const format = useFormat()
  const lines = order.lines.flatMap((line) => {
    const quantity = picked[line.line_no] ?? 0
    return quantity > 0 ? [{ line, quantity }] : []
  })
  const money = lines.reduce((sum, { line, quantity }) => sum + worthOf(line, quantity), 0)
  const { source, source_id } = order
  // pressed again after a lost answer it is the same refund: its number, its lines and its time
  const pressed = useRef({ of: '', at: '' })
  const refund = useActing((query) => {
    const of = JSON.stringify([order.refunds.length, picked])
    if (pressed.current.of !== of) pressed.current = { of, at: format.present().toISOString() }
    return call('POST /v1/till/refunds', {
      query,
      body: {
        source,
        source_id: `${source_id}-R${order.refunds.length + 1}`,
        order: { source, source_id },
        lines: lines.map(({ line, quantity }) => ({ line_no: line.line_no, quantity })),
        occurred_at: pressed.current.at,
      },
    })
  }, gone(done))
  return (
    <>
      <ActingProblem acting={refund} />
      <Foot>
        <Button kind="main" disabled={lines.length === 0 || refund.isSending} onClick={refund.run}>
          {lines.length === 0 ? t('counter:refundNothing') : t('counter:refundDo', { money: format.money(money) })}
        </Button>
      </Foot>
    </>
  )
}

function Void({ order, done }: ActProps) {
  const { t } = useTexts()
  const format = useFormat()
  const [isSure, setSure] = useState(false)
  const { order_id, net_minor, refunded_minor } = order
  const cancel = useActing(
    (query) => call('POST /v1/till/orders/:order_id/cancellation', { params: { order_id }, query }),
    gone(done),
  )
  return (
    <>
      {isSure ? (
        <div className="side">
          <Button onClick={() => setSure(false)}>{t('counter:back')}</Button>
          <Button kind="danger" disabled={cancel.isSending} onClick={cancel.run}>
            {t('counter:voidSure', { money: format.money(net_minor - refunded_minor) })}
          </Button>
        </div>
      ) : (
        <Button onClick={() => setSure(true)}>{t('counter:void')}</Button>
      )}
      <ActingProblem acting={cancel} />
    </>
  )
}
