/**
 * What holds set aside and sales use up: points, coupons, stored value, in this order, so that callers lock alike. Each
 * goes by the name of its hold.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql, type Sql } from '../../base/sql.ts'
import * as orders from '../../record/orders/orders.ts'
import * as cards from '../../value/cards/cards.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import type { Claimed, HoldRow } from './holds.ts'
import { maskName } from './masking.ts'
import type { Quote, Refusal } from './types.ts'

/** The name under which all is set aside and used; its id is the hold's. */
export const source = 'till'

type Named = Pick<Claimed, 'member_id' | 'hold_id' | 'quote'>
const keyOf = ({ member_id, hold_id }: Named) => ({ member_id, source, source_id: hold_id })
const usesPoints = (one: Named) => one.quote.points.used > 0
/** Quotes of before there were pools say nothing of them. */
const usesPool = (one: Named) => (one.quote.points.pooled ?? 0) > 0
const usesCoupons = (one: Named) => one.quote.coupons.length > 0

/** Payments of holds by stored value, each with its name. */
const paymentsOf = <One extends Named>(all: readonly One[]) =>
  all.flatMap((one) =>
    one.quote.payments.map(({ card_definition_id, amount_minor }) => ({
      one,
      act: { ...keyOf(one), card_definition_id },
      units: amount_minor,
    })),
  )

/** All refusals at once; the first gives its name to the answer. */
export function refusedBy(refusals: readonly Refusal[]): AppError {
  const [first] = refusals
  return new AppError(first!.code, first!.params, {
    status: 422,
    errors: refusals.map(({ code, params }) => ({ pointer: '', code, params })),
  })
}

/** A hold about to be made, with where and when it is bought. */
export interface Aside extends Claimed {
  store_id: string | null
  at: Date
}

/** Of sales that could not be, one for which mates have lent already: all of it must go back. */
export function lentInVain(open: readonly HoldRow[], errors: ReadonlyMap<string, AppError>): AppError | undefined {
  const row = open.find((one) => usesPool(one) && errors.has(one.hold_id))
  return row && errors.get(row.hold_id)
}

/** Sets aside what quotes promise; throws when something of it cannot be had. */
export async function setAside(tx: Tx, wanted: readonly Aside[]): Promise<void> {
  const spending = wanted.filter(usesPoints)
  await sharePoints(tx, wanted)
  const alone = spending.filter((one) => !usesPool(one))
  if (alone.length > 0) {
    const outcomes = await points.hold(
      tx,
      alone.map((one) => ({ ...keyOf(one), expires_at: one.expires_at, points: one.quote.points.used })),
    )
    outcomes.forEach(points.insist)
  }
  await holdCoupons(tx, wanted)
  const payments = paymentsOf(wanted)
  if (payments.length === 0) return
  const outcomes = await cards.hold(
    tx,
    payments.map(({ one, act, units }) => ({ ...act, units, expires_at: one.expires_at })),
  )
  outcomes.forEach(cards.insist)
}

/** What mates of pools lend, and from whom; all purses of the set are locked with theirs, in one order. */
async function sharePoints(tx: Tx, wanted: readonly Aside[]): Promise<void> {
  const pooling = wanted.filter(usesPool)
  if (pooling.length === 0) return
  const outcomes = await points.share(
    tx,
    pooling.map((one) => ({ ...keyOf(one), expires_at: one.expires_at, points: one.quote.points.used })),
    pursesOf(wanted),
  )
  const refused = outcomes.find((one) => one.outcome === 'refused')
  if (refused) throw new AppError(refused.code!, refused.params ?? {})
  const names = await namesOf(tx, outcomes)
  pooling.forEach(({ quote }, i) => {
    const { lenders } = outcomes[i]!
    quote.points.pooled = lenders.reduce((sum, one) => sum + one.points, 0)
    quote.points.lenders = lenders.map((one) => ({ name: names.get(one.member_id) ?? null, points: one.points }))
  })
}

/** Those of a set who have purses. */
const pursesOf = (all: readonly Named[]) =>
  all.flatMap(({ member_id, quote }) => (quote.member?.kind === 'member' ? [member_id] : []))

/** Names of lenders as a counter may show them. */
async function namesOf(tx: Tx, outcomes: readonly points.ShareOutcome[]): Promise<Map<string, string | null>> {
  const ids = outcomes.flatMap(({ lenders }) => lenders.map((one) => one.member_id))
  const rows = await tx.rows<{ member_id: string; display_name: string | null }>(sql`
    select member_id, display_name from members where member_id = any (${ids}::uuid[])`)
  return new Map(rows.map((row) => [row.member_id, maskName(row.display_name)]))
}

/**
 * Purchases of holds happen: what mates had set aside is lent. The statistics of all are locked before any purse, as
 * who writes orders does.
 */
export async function bringShares(tx: Tx, open: readonly HoldRow[]): Promise<void> {
  const pooling = open.filter(usesPool)
  if (pooling.length === 0) return
  await orders.lock(
    tx,
    open.map((row) => row.member_id),
  )
  await points.bringShares(tx, pooling.map(keyOf), pursesOf(open))
}

async function holdCoupons(tx: Tx, wanted: readonly Aside[]): Promise<void> {
  const used = wanted.flatMap((one) => one.quote.coupons.map((coupon) => ({ one, coupon })))
  if (used.length === 0) return
  const unclaimed = used.filter(({ coupon }) => coupon.coupon_id === null)
  const claimed = await coupons.claim(
    tx,
    unclaimed.map(({ one, coupon }) => ({ member_id: one.member_id, text: coupon.code! })),
  )
  unclaimed.forEach(({ coupon }, nth) => (coupon.coupon_id = claimed[nth]!))
  const outcomes = await coupons.hold(
    tx,
    used.map(({ one, coupon: { coupon_id, discount_minor, why } }) => ({
      ...keyOf(one),
      expires_at: one.expires_at,
      coupon_id: coupon_id!,
      discount_minor,
      why: why as never,
      store_id: one.store_id,
      at: one.at,
    })),
  )
  const refusals = outcomes.flatMap(({ refusal }) => (refusal ? [refusal] : []))
  if (refusals.length > 0) throw refusedBy(refusals)
}

/** Points set aside for a sale, to be spent with what its order earns. */
export function heldPointsOf(row: HoldRow): orders.Held | null {
  return usesPoints(row) ? { ...keyOf(row), is_used: false } : null
}

/** Uses up what was set aside for sales that are orders now, and ends their holds. */
export async function settle(
  tx: Tx,
  sold: readonly HoldRow[],
  beside: ReadonlyMap<HoldRow, orders.Beside>,
): Promise<void> {
  if (sold.length === 0) return
  // an order that nobody heard of, such as a walk-in's, has spent nothing yet
  const spent = sold.filter((row) => beside.get(row)?.held?.is_used === false)
  if (spent.length > 0) {
    const outcomes = await points.commitHold(tx, spent.map(keyOf))
    outcomes.forEach(points.insist)
  }
  const redeemed = await coupons.redeem(
    tx,
    sold.filter(usesCoupons).map((row) => ({ ...keyOf(row), order_id: row.order_id! })),
  )
  const refusal = redeemed.find((one) => one.refusal)?.refusal
  if (refusal) throw new AppError(refusal.code, refusal.params)
  const payments = paymentsOf(sold)
  if (payments.length > 0) {
    const outcomes = await cards.commitHold(
      tx,
      payments.map(({ act }) => act),
    )
    outcomes.forEach(cards.insist)
  }
  const paid = sold.filter((row) => usesPoints(row) || usesCoupons(row) || row.quote.payments.length > 0)
  tx.send(sql`
    with kept as (${paid.length > 0 ? salesSql(paid) : sql`select`})
    update till_holds h set status = 'committed', order_id = done.order_id, ended_at = ${tx.now}::timestamptz
    from unnest(${sold.map((row) => row.member_id)}::uuid[], ${sold.map((row) => row.hold_id)}::uuid[],
      ${sold.map((row) => row.order_id)}::uuid[]) as done (member_id, hold_id, order_id)
    where h.member_id = done.member_id and h.hold_id = done.hold_id`)
}

/** What paid which line: what a refund of it returns. */
function salesSql(sold: readonly HoldRow[]): Sql {
  const pointsIn = (discounts: Quote['shipping']['discounts']) =>
    discounts.reduce((sum, one) => sum + (one.points ?? 0), 0)
  const linesOf = ({ lines }: Quote) =>
    lines
      .map(({ line_no, discounts }) => ({ line_no, points: pointsIn(discounts) }))
      .filter((line) => line.points > 0)
  const paidOf = ({ payments }: Quote) =>
    payments.map(({ card_definition_id, amount_minor }) => ({ card_definition_id, amount_minor, returned_minor: 0 }))
  return sql`
    insert into till_sales (member_id, order_id, hold_id, points, lines, shipping_points, coupons, payments)
    select * from unnest(${sold.map((row) => row.member_id)}::uuid[], ${sold.map((row) => row.order_id)}::uuid[],
      ${sold.map((row) => row.hold_id)}::uuid[], ${sold.map((row) => row.quote.points.used)}::bigint[],
      ${sold.map((row) => JSON.stringify(linesOf(row.quote)))}::jsonb[],
      ${sold.map((row) => pointsIn(row.quote.shipping.discounts))}::bigint[],
      ${sold.map((row) => row.quote.coupons.length)}::int[],
      ${sold.map((row) => JSON.stringify(paidOf(row.quote)))}::jsonb[])`
}

/** Frees what holds had set aside. */
export async function letGo(tx: Tx, open: readonly HoldRow[]): Promise<void> {
  const spending = open.filter(usesPoints)
  if (spending.length > 0) {
    const lent = await points.heldByMates(tx, open.filter(usesPool).map(keyOf))
    await points.releaseHold(tx, [...spending.map(keyOf), ...lent])
  }
  await coupons.release(tx, open.filter(usesCoupons).map(keyOf))
  const payments = paymentsOf(open)
  if (payments.length === 0) return
  await cards.releaseHold(
    tx,
    payments.map(({ act }) => act),
  )
}
