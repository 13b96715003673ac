/**
 * When the order that a gift was for goes back whole, what is unused of the gift goes back too, unless the program
 * keeps it (`settings.gifts_on_refund`). What was used is forgiven; nothing is taken twice, nothing below zero.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../../record/program/program.ts'
import * as budgets from '../budgets/budgets.ts'
import * as coupons from '../coupons/coupons.ts'
import * as points from '../points/points.ts'
import * as privileges from '../privileges/privileges.ts'
import { cancel } from './ending.ts'
import { source } from './handing.ts'
import { costBack, sharesOf } from './rules.ts'
import type { GiftKind, GiftRef, Reward } from './types.ts'

/** What points taken back are called in their ledger. */
export const taken_back_source = 'gift_taken_back'

interface Held extends GiftRef {
  kind: GiftKind
  reward: Reward
  reason: string
  order_id: string | null
  status: string
  budget_id: string | null
  cost_minor: number
}

const keyOf = (one: GiftRef) => `${one.member_id} ${one.gift_id}`

/** Follows `order.refunded`: gifts for orders of which nothing is left. One small read where there is none. */
export async function followRefunds(tx: Tx, told: readonly Fact[]): Promise<void> {
  const orders = told.filter(({ data }) => typeof data['order_id'] === 'string')
  if (orders.length === 0) return
  const due = await tx.rows<GiftRef>(sql`
    select distinct gift.member_id, gift.gift_id
    from unnest(${orders.map((one) => one.member_id)}::uuid[],
      ${orders.map(({ data }) => String(data['order_id']))}::uuid[]) as told (member_id, order_id)
    join gifts gift on gift.member_id = told.member_id and gift.order_id = told.order_id
    join orders o on o.member_id = told.member_id and o.order_id = told.order_id and not o.counts
    where gift.taken_back_at is null and gift.status <> 'cancelled'`)
  if (due.length > 0) await takeBack(tx, due)
}

/**
 * Takes back what is unused of gifts given for nothing, by the program's rule: open items whole, points that are
 * there, coupons and privileges never used. Codes and days of a plan stay. Answers how many gifts moved.
 */
export async function takeBack(tx: Tx, refs: readonly GiftRef[]): Promise<number> {
  const { settings } = await program.current(tx)
  if (refs.length === 0 || settings.gifts_on_refund === 'keep') return 0
  // the member's row is the lock: what was taken back before is seen here
  await points.lock(
    tx,
    refs.map((ref) => ref.member_id),
  )
  const gifts = await tx.rows<Held>(sql`
    select gift.member_id, gift.gift_id, gift.kind, gift.reward, gift.reason, gift.order_id, gift.status,
      gift.budget_id, gift.cost_minor::float8 as cost_minor
    from unnest(${refs.map((ref) => ref.member_id)}::uuid[], ${refs.map((ref) => ref.gift_id)}::uuid[])
      as want (member_id, gift_id)
    join gifts gift on gift.member_id = want.member_id and gift.gift_id = want.gift_id
    where gift.taken_back_at is null and gift.reason <> 'redemption'
      and (gift.status = 'open' or gift.kind in ('points', 'coupon', 'privilege') and gift.status = 'done')
    order by gift.member_id, gift.gift_id`)
  const of = (kind: GiftKind) => gifts.filter((gift) => gift.kind === kind)
  const named = (kind: GiftKind) =>
    of(kind).map(({ member_id, gift_id }) => ({ member_id, source, source_id: gift_id }))
  const paid = gifts.flatMap(({ budget_id }) => budget_id ?? [])
  const items = await cancel(tx, of('item'), paid)
  const amounts = await takePoints(tx, of('points'))
  const back = new Set([
    ...of('item')
      .filter((_gift, i) => items[i]!.outcome === 'ended')
      .map(keyOf),
    ...amounts.keys(),
    ...(await coupons.withdrawUnused(tx, named('coupon'))),
    ...(await privileges.endUnused(tx, named('privilege'))),
  ])
  const gone = gifts.filter((gift) => back.has(keyOf(gift)))
  await refundBudgets(tx, gone, amounts)
  await note(tx, gone, amounts)
  return back.size
}

/** The same by what gifts were given for, as whoever gave them knows them. */
export async function takeBackNamed(
  tx: Tx,
  names: readonly { member_id: string; reason: string; occurrence: string }[],
): Promise<number> {
  if (names.length === 0) return 0
  const refs = await tx.rows<GiftRef>(sql`
    select gift.member_id, gift.gift_id
    from unnest(${names.map((one) => one.member_id)}::uuid[], ${names.map((one) => one.reason)}::text[],
      ${names.map((one) => one.occurrence)}::text[]) as name (member_id, reason, occurrence)
    join gifts gift on gift.member_id = name.member_id and gift.reason = name.reason
      and gift.occurrence = name.occurrence`)
  return takeBack(tx, refs)
}

/** Takes points that can be spent today, first gift first; what is held at a till is as good as spent. */
async function takePoints(tx: Tx, gifts: readonly Held[]): Promise<Map<string, number>> {
  if (gifts.length === 0) return new Map()
  const balances = await points.balanceOf(tx, [...new Set(gifts.map((gift) => gift.member_id))])
  const wants = sharesOf(
    gifts.map(({ member_id, reward }) => ({ member_id, wanted: reward.kind === 'points' ? reward.points : 0 })),
    new Map(balances.map(({ member_id, available }) => [member_id, available])),
  )
  const taking = gifts.map((gift, i) => ({ gift, taken: wants[i]! })).filter(({ taken }) => taken > 0)
  const outcomes = await points.adjust(
    tx,
    taking.map(({ gift, taken }) => ({
      member_id: gift.member_id,
      points: -taken,
      reason: gift.reason,
      source: taken_back_source,
      source_id: gift.gift_id,
    })),
  )
  return new Map(
    taking.flatMap(({ gift, taken }, i) => (outcomes[i]!.outcome === 'refused' ? [] : [[keyOf(gift), taken]])),
  )
}

/** Envelopes get back what unused gifts that were done had cost; those that were open have been released. */
async function refundBudgets(tx: Tx, gone: readonly Held[], amounts: ReadonlyMap<string, number>): Promise<void> {
  const outcomes = await budgets.refund(
    tx,
    gone.flatMap((gift) => {
      const { budget_id, member_id, gift_id, status, cost_minor, reward } = gift
      const amount_minor = costBack(cost_minor, reward, amounts.get(keyOf(gift)))
      if (budget_id === null || status !== 'done' || amount_minor === 0) return []
      return [{ budget_id, member_id, source, source_id: gift_id, amount_minor }]
    }),
  )
  const refused = outcomes.find((one) => one.outcome === 'refused')
  if (refused) throw new AppError(refused.code!, refused.params ?? {})
}

async function note(tx: Tx, gifts: readonly Held[], amounts: ReadonlyMap<string, number>): Promise<void> {
  if (gifts.length === 0) return
  const notes = gifts.map((gift) => ({ ...(amounts.has(keyOf(gift)) ? { points: amounts.get(keyOf(gift))! } : {}) }))
  await tx.run(sql`
    update gifts gift set taken_back_at = ${tx.now}::timestamptz, taken_back = one.taken_back
    from unnest(${gifts.map((gift) => gift.member_id)}::uuid[], ${gifts.map((gift) => gift.gift_id)}::uuid[],
      ${notes.map((one) => JSON.stringify(one))}::jsonb[]) as one (member_id, gift_id, taken_back)
    where gift.member_id = one.member_id and gift.gift_id = one.gift_id`)
  await facts.write(
    tx,
    gifts.map(({ member_id, gift_id, kind, reason, order_id }, i) => ({
      name: 'gift.taken_back',
      member_id,
      occurred_at: tx.now,
      data: { gift_id, kind, reason, order_id, ...notes[i]! },
    })),
  )
}
