/**
 * Who gets what: pure, one want after the other over what was read under locks. An accepted want lowers what the next
 * may have, so a set answers as its parts would, one by one.
 */
import { costMinor, costShare } from '../../base/money.ts'
import { refusalOf } from '../budgets/budgets.ts'
import type { Envelope } from '../budgets/types.ts'
import {
  anywhere,
  type Delivery,
  type GiftKind,
  type GiftStatus,
  type GiftWhy,
  type Item,
  type Period,
  type Reward,
} from './types.ts'

/** One thing asked for; `is_redeemed`: the member pays the item's price and its limits hold. */
export interface Want {
  member_id: string
  reward: Reward
  reason: string
  occurrence: string
  budget_id?: string | null | undefined
  note?: string | undefined
  delivery?: Delivery | undefined
  order_id?: string | null | undefined
  is_redeemed: boolean
}

/** What a decision sees, all read under locks; it keeps the running state of the set. */
export interface Context {
  /** Ids of members who may be given something. */
  members: ReadonlySet<string>
  items: ReadonlyMap<string, Item>
  /** What is left of a heap, by `item place`. */
  heaps: Map<string, { left: number; taken: number }>
  /** How many a member had in the period, by `member item period`. */
  counts: Map<string, number>
  /** Orders that gifts are for, by id: whose they are, and whether all of it went back. */
  orders: ReadonlyMap<string, { member_id: string; is_gone: boolean }>
  /** Spendable points by member. */
  points: Map<string, number>
  /** What mates of a member's pool could lend beside. */
  pooled: ReadonlyMap<string, number>
  envelopes: Map<string, Envelope>
  /** By coupon definition: what one is expected to cost, and whether it is no longer given. */
  coupons: ReadonlyMap<string, { cost_minor: number; is_stopped: boolean }>
  privileges: ReadonlyMap<string, { is_stopped: boolean }>
  point_value_minor: number
  /** Today in the program's zone. */
  day: string
}

export interface Decided {
  kind: GiftKind
  item: Item | null
  /** The heap it comes from; null: none. */
  place: string | null
  /** Of a code pool: the number of the code. */
  number: number | null
  paid_points: number
  /** Of those, what mates of the pool lend. */
  lent_points: number
  paid_minor: number
  cost_minor: number
  budget_id: string | null
  period: string | null
  why: GiftWhy
}
export interface Refusal {
  code: string
  params: Record<string, unknown>
}

/** The period that a day falls in: `ever`, `2026`, `2026-11`, `2026-11-22`. */
export function periodOf(period: Period, day: string): string {
  return period === 'ever' ? 'ever' : day.slice(0, { year: 4, month: 7, day: 10 }[period])
}

export const heapKey = (item_id: string, place: string) => `${item_id} ${place}`
export const countKey = (member_id: string, item_id: string, period: string) => `${member_id} ${item_id} ${period}`

/** The place whose heap an item comes from; null: it never runs out, undefined: a store must be named. */
export function placeOf(item: Item, store_id: string | null | undefined): string | null | undefined {
  if (item.stock === 'none') return null
  if (item.stock === 'total') return anywhere
  return store_id ?? undefined
}

/** Decides one want and takes what it needs from `context`; a refused one takes nothing. */
export function decide(want: Want, context: Context): Decided | Refusal {
  if (!context.members.has(want.member_id)) return refuse('member.not_found', { member_id: want.member_id })
  const { reward, order_id } = want
  if (order_id) {
    const order = context.orders.get(order_id)
    if (order?.member_id !== want.member_id) return refuse('order.not_found', { order_id })
    if (order.is_gone) return refuse('gift.order_refunded', { order_id })
  }
  if (reward.kind === 'item') return decideItem(want, reward, context)
  if (reward.kind === 'points') {
    // a point is worth what it buys
    const cost_minor = costMinor(context.point_value_minor, reward.points)
    return promise(want, plain('points', cost_minor, { points: reward.points }), context)
  }
  if (reward.kind === 'coupon') {
    const coupon = context.coupons.get(reward.coupon_definition_id)
    if (!coupon) return refuse('coupon_definition.not_found', { coupon_definition_id: reward.coupon_definition_id })
    if (coupon.is_stopped) return refuse('coupon.stopped')
    return promise(want, plain('coupon', coupon.cost_minor, {}), context)
  }
  if (reward.kind === 'privilege') {
    const privilege = context.privileges.get(reward.privilege_id)
    if (!privilege) return refuse('privilege.not_found', { privilege_id: reward.privilege_id })
    if (privilege.is_stopped) return refuse('privilege.stopped')
    // a right costs nothing while it is not used
    return promise(want, plain('privilege', 0, { uses: reward.uses }), context)
  }
  // days cost nothing to give; whether the plan is sold is answered when they are written
  return promise(want, plain('plan_days', 0, { days: reward.days }), context)
}

function refuse(code: string, params: Record<string, unknown> = {}): Refusal {
  return { code, params }
}

function plain(kind: Exclude<GiftKind, 'item'>, cost_minor: number, params: GiftWhy['params']): Decided {
  return {
    kind,
    item: null,
    place: null,
    number: null,
    paid_points: 0,
    lent_points: 0,
    paid_minor: 0,
    cost_minor,
    budget_id: null,
    period: null,
    why: { codes: [`gifts.given_${kind}`], params, rule_version: null },
  }
}

function decideItem(want: Want, reward: Reward & { kind: 'item' }, context: Context): Decided | Refusal {
  const item = context.items.get(reward.item_id)
  if (!item) return refuse('gift_item.not_found', { item_id: reward.item_id })
  const { price_points, price_minor, limit_count, limit_period } = item
  const isPriced = price_points !== null || price_minor !== null
  if (want.is_redeemed && (!item.is_listed || !isPriced)) return refuse('gift.not_listed', { item_id: item.item_id })
  if (item.fulfilment === 'delivery' && !want.delivery) return refuse('gift.delivery_missing')
  const period = want.is_redeemed && limit_count !== null ? periodOf(limit_period, context.day) : null
  const used = period === null ? 0 : (context.counts.get(countKey(want.member_id, item.item_id, period)) ?? 0)
  if (period !== null && used >= limit_count!) return refuse('gift.limit_reached', { limit_count, limit_period })
  const place = placeOf(item, reward.store_id)
  if (place === undefined) return refuse('gift.store_missing')
  const heap = place === null ? null : context.heaps.get(heapKey(item.item_id, place))
  if (place !== null && (!heap || heap.left < 1)) return refuse('gift.out_of_stock')
  const paid_points = want.is_redeemed ? (price_points ?? 0) : 0
  const available = context.points.get(want.member_id) ?? 0
  const spendable = available + (context.pooled.get(want.member_id) ?? 0)
  if (paid_points > spendable) return refuse('points.insufficient', { available: spendable })
  const decided = promise(
    { ...want, budget_id: want.budget_id ?? item.budget_id },
    {
      kind: 'item',
      item,
      place,
      number: item.fulfilment === 'code' ? heap!.taken + 1 : null,
      paid_points,
      lent_points: Math.max(0, paid_points - available),
      paid_minor: want.is_redeemed ? (price_minor ?? 0) : 0,
      cost_minor: item.cost_minor,
      budget_id: null,
      period,
      why: whyOf(want, item, { used: used + 1, left: heap ? heap.left - 1 : null }),
    },
    context,
  )
  if ('code' in decided) return decided
  if (heap) Object.assign(heap, { left: heap.left - 1, taken: heap.taken + 1 })
  if (period !== null) context.counts.set(countKey(want.member_id, item.item_id, period), used + 1)
  if (paid_points > 0) context.points.set(want.member_id, Math.max(0, available - paid_points))
  return decided
}

function whyOf(want: Want, item: Item, { used, left }: { used: number; left: number | null }): GiftWhy {
  const params: GiftWhy['params'] = {}
  const codes = [want.is_redeemed ? 'gifts.redeemed' : 'gifts.given_item']
  if (want.is_redeemed && item.price_points !== null) {
    codes.push('gifts.paid_points')
    params['points'] = item.price_points
  }
  if (want.is_redeemed && item.price_minor !== null) {
    codes.push('gifts.paid_money')
    params['price_minor'] = item.price_minor
  }
  if (want.is_redeemed && item.limit_count !== null) {
    codes.push('gifts.within_limit')
    Object.assign(params, { used, limit_count: item.limit_count })
  }
  if (left !== null) {
    codes.push('gifts.from_stock')
    params['left'] = left
  }
  return { codes, params, rule_version: null }
}

/** The envelope is asked last: it is the last thing to be locked, and nothing refuses after it. */
function promise(want: Want, decided: Decided, context: Context): Decided | Refusal {
  const budget_id = want.budget_id ?? null
  if (budget_id === null) return decided
  const envelope = context.envelopes.get(budget_id)
  const refused = refusalOf(envelope, decided.cost_minor, context.day)
  if (refused) return refuse(refused.code!, refused.params)
  envelope!.left_minor = costMinor(envelope!.left_minor - decided.cost_minor)
  return { ...decided, budget_id }
}

/** What deciding about passing a gift on needs. */
export interface Passable {
  status: GiftStatus
  fulfilment: string | null
  may_be_passed_on: boolean
  limit_count: number | null
  limit_period: Period
}

/** Why a gift may not be passed on; `used`: how many of it the receiver had in the period. null: it may. */
export function mayPass(gift: Passable, used: number): Refusal | null {
  const { status, fulfilment, may_be_passed_on, limit_count, limit_period } = gift
  if (!may_be_passed_on || fulfilment !== 'pickup') return refuse('gift.not_passable')
  if (status !== 'open') return refuse('gift.wrong_state', { status })
  return limit_count !== null && used >= limit_count
    ? refuse('gift.limit_reached', { limit_count, limit_period })
    : null
}

/** What a gift given for nothing costs no more, since so much of it was taken back: in proportion, rounded down. */
export function costBack(cost_minor: number, reward: Reward, taken_points: number | undefined): number {
  if (reward.kind !== 'points') return cost_minor
  return costShare(cost_minor, taken_points ?? 0, reward.points)
}

/** What each may take of what its member has left, first come first: never more than wanted, never below zero. */
export function sharesOf(
  wants: readonly { member_id: string; wanted: number }[],
  left: ReadonlyMap<string, number>,
): number[] {
  const rest = new Map(left)
  return wants.map(({ member_id, wanted }) => {
    const held = Math.max(0, rest.get(member_id) ?? 0)
    const taken = Math.min(held, wanted)
    rest.set(member_id, held - taken)
    return taken
  })
}
