/**
 * What the till's doors refuse although the record would take it: books that are brought in may hold such rows, a
 * purchase at a till never is one.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf, parseInstant, startOfDay } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import type { LineDraft, RefundWire } from '../../record/orders/types.ts'
import * as program from '../../record/program/program.ts'
import { addedByHand } from './clerks/receipts.ts'
import type { Refusal } from './types.ts'

/** No till of today rang up anything before; what says so has an empty date (1970, 1900, the year 1). */
const first_day = '2000-01-01'
/**
 * Two registers of one shop differ by so much without anybody noticing; what the second takes back at once has
 * happened at the moment of the purchase, never before it.
 */
const clocks_differ_ms = 5 * 60_000

/** A date before anything. Pure. */
export function tooOld(occurred_at: Date, zone: string): Refusal | null {
  if (occurred_at >= startOfDay(first_day, zone)) return null
  return { code: 'till.date_too_old', params: { occurred_at: occurred_at.toISOString(), first_day } }
}

/** A line of nothing: a quantity of 0, or one so small that nothing of it is kept. Pure. */
export function ofNothing({ quantity_e4 }: Pick<LineDraft, 'quantity_e4'>, line_no: number): Refusal | null {
  return quantity_e4 === 0 ? { code: 'till.quantity_zero', params: { line_no } } : null
}

/** The order that a refund names. */
interface Bought {
  order_id: string
  member_id: string
  occurred_at: Date
  /** Whom it names beside, if it was bought in the name of a company. */
  others: (string | null)[]
}

/**
 * The refund as the record takes it, or throws `till.date_too_old`, `till.quantity_zero`, `refund.before_order`,
 * `refund.member_differs`, `till.member_unknown`, `till.member_ambiguous`. One that is here already is left to the
 * record: whatever has changed since, it answers the same.
 */
export async function acceptable(tx: Tx, wire: RefundWire): Promise<RefundWire> {
  const { time_zone } = await program.current(tx)
  const { is_known, order } = await namedBy(tx, wire)
  if (is_known) return wire
  const said = typeof wire.occurred_at === 'string' ? parseInstant(wire.occurred_at) : wire.occurred_at
  const lines = (wire.lines ?? []).map((line) => ({ quantity_e4: orders.quantityE4(line.quantity) ?? NaN }))
  const [refused] = [tooOld(said, time_zone), ...lines.map((line, i) => ofNothing(line, i + 1))].filter(Boolean)
  if (refused) throw new AppError(refused.code, refused.params)
  if (!order) return wire
  if (isNamed(wire)) await insistOnWhose(tx, wire, order)
  if (said >= order.occurred_at) return wire
  await insistOnAfter(tx, { said, order, time_zone })
  return { ...wire, occurred_at: order.occurred_at }
}

const isNamed = ({ member }: RefundWire) => !!member && Object.keys(member).length > 0

async function namedBy(tx: Tx, wire: RefundWire): Promise<{ is_known: boolean; order: Bought | undefined }> {
  const { source, source_id, order: named } = wire
  const keys = await tx.rows<{ kind: 'order' | 'refund'; member_id: string; order_id: string }>(sql`
    select kind, member_id, order_id from order_keys
    where source = ${source}::text and source_id = ${source_id}::text and kind = 'refund'
    union all
    select kind, member_id, order_id from order_keys
    where source = ${named?.source ?? source}::text and source_id = ${named?.source_id ?? null}::text
      and kind = 'order'`)
  const key = keys.find(({ kind }) => kind === 'order')
  const is_known = keys.some(({ kind }) => kind === 'refund')
  if (!key || is_known) return { is_known, order: undefined }
  const order = await tx.row<Bought>(sql`
    select o.order_id, o.member_id, o.occurred_at, array[p.buyer_id, p.payer_id, p.user_id] as others
    from orders o left join order_parties p on p.member_id = o.member_id and p.order_id = o.order_id
    where o.member_id = ${key.member_id}::uuid and o.order_id = ${key.order_id}::uuid`)
  return { is_known, order }
}

/** Nothing is said of whose it is: who holds a number may not ask for its buyer. */
async function insistOnWhose(tx: Tx, { member, order: named }: RefundWire, order: Bought): Promise<void> {
  const [met] = await members.find(tx, [member!])
  const { found, unreadable } = met!
  if (found.length === 0) throw new AppError(unreadable[0]?.code ?? 'till.member_unknown', unreadable[0]?.params)
  const theirs = found.filter(({ member_id }) => [order.member_id, ...order.others].includes(member_id))
  if (theirs.length === 0)
    throw new AppError('refund.member_differs', { source_id: named!.source_id }, { status: 409 })
  if (found.length > 1) throw new AppError('till.member_ambiguous', { members: found.length })
}

interface Earlier {
  said: Date
  order: Bought
  time_zone: string
}

/** Of a receipt that was added by hand nobody knows the hour, only the day. */
async function insistOnAfter(tx: Tx, { said, order, time_zone }: Earlier): Promise<void> {
  const { order_id, occurred_at } = order
  if (occurred_at.getTime() - said.getTime() <= clocks_differ_ms) return
  const isSameDay = dayOf(said, time_zone) === dayOf(occurred_at, time_zone)
  if (isSameDay && (await addedByHand(tx, [order])).has(order_id)) return
  throw new AppError('refund.before_order', {
    occurred_at: said.toISOString(),
    ordered_at: occurred_at.toISOString(),
  })
}
