/** What a purchase comes to: one pure function over stated inputs that gives every reason. No clock, no database. */
import type { LineDraft } from '../../record/orders/types.ts'
import type { CardBalance, StampDefinition } from '../../value/cards/types.ts'
import type { HeldCoupon } from '../../value/coupons/types.ts'
import * as points from '../../value/points/points.ts'
import type { PointRuleVersion, PointSpendRuleVersion, Standing } from '../../value/points/types.ts'
import type { Deal, PriceContext } from '../../value/privileges/types.ts'
import { countedOf, countingOf } from '../../value/tiers/tiers.ts'
import type { TierRuleVersion } from '../../value/tiers/types.ts'
import { discounted, take, totalOf, type Bill } from './bill.ts'
import { choicesOf } from './choosing.ts'
import { payFrom, stampsOf } from './paying.ts'
import type { CardPayment, LineDiscount, Quote, Refusal } from './types.ts'

/** All that a quote hangs on. */
export interface Stated {
  at: Date
  /** The day in the program's zone. */
  day: string
  store_id: string | null
  /** The sales channel, where it is known. */
  channel: string | null
  lines: readonly LineDraft[]
  shipping_minor: number
  /** What reading the request found wrong. */
  refusals: Refusal[]
  member: {
    member_id: string
    kind: string
    tier_code: string | null
    next_tier_code: string | null
    missing_minor: number | null
    points_available: number
    /** What mates of the pool could lend. */
    points_pooled: number
    cards: readonly CardBalance[]
    /** How the member stands before rules that look at more than the tier. */
    standing: Standing
    /** What the member's plans and agreements take off. */
    deals: readonly Deal[]
  } | null
  points_to_use: number | 'max'
  card_payments: readonly CardPayment[]
  /** Stamp cards that stamp at the time of the purchase. */
  stamp_cards: readonly StampDefinition[]
  spend_rule: PointSpendRuleVersion | null
  earn_rule: PointRuleVersion | null
  tier_rule: TierRuleVersion | null
  price_rule: PriceContext['version']
  /** What products cost the shop in minor units, by SKU, as far as that is known. */
  costs: ReadonlyMap<string, number>
  /** Coupons that were named, and those to choose the best of. */
  named: HeldCoupon[]
  choice: HeldCoupon[]
  /** Those to be shown with what each would take off. */
  listed: HeldCoupon[]
}

/** Gives the whole answer; what is refused takes nothing off. */
export function quote(stated: Stated): Quote {
  const refusals: Refusal[] = [...stated.refusals]
  const { bill, chosen } = discounted(stated, refusals)
  const spent = paidWithPoints(stated, bill, refusals)
  const { lines, shipping } = bill
  const gross_minor = sum(stated.lines, (line) => line.gross_minor) + stated.shipping_minor
  const to_pay_minor = totalOf(bill)
  const isMember = stated.member?.kind === 'member'
  const holdings = { ...stated, cards: isMember ? stated.member!.cards : [] }
  const paid = payFrom(bill, holdings, refusals)
  return {
    member: memberOf(stated),
    lines: lines.map(({ line, due_minor, discounts }) => ({
      line_no: line.line_no,
      sku: line.sku,
      name: line.name,
      category: line.category,
      quantity: line.quantity,
      gross_minor: line.gross_minor,
      discounts,
      net_minor: due_minor,
    })),
    shipping: { gross_minor: stated.shipping_minor, discounts: shipping.discounts, net_minor: shipping.due_minor },
    gross_minor,
    discount_minor: gross_minor - to_pay_minor,
    saved_minor: sum([...lines, shipping], (due) => sum(due.discounts.filter(isSaved), (one) => one.amount_minor)),
    coupons: chosen.map(({ coupon, discount }) => ({
      coupon_id: coupon.coupon_id,
      code: coupon.code,
      name: coupon.name,
      discount_minor: discount.discount_minor,
      why: discount.why,
    })),
    choices: choicesOf(stated),
    points: {
      used: spent.points,
      worth_minor: spent.worth_minor,
      usable_max: spent.own_max,
      usable_pooled_max: spent.points_max,
      pooled: spent.pooled,
      lenders: [],
      why: spent.why,
    },
    to_pay_minor,
    ...paid,
    stamps: isMember ? stampsOf(bill, { ...holdings, store_id: stated.store_id }) : [],
    ...broughtBy(stated, bill),
    refusals,
  }
}

const sum = <T>(items: readonly T[], amount: (item: T) => number) =>
  items.reduce((total, item) => total + amount(item), 0)

/** What membership gave: not what the shop gave to anybody, nor what points, which were earned, paid. */
const isSaved = ({ kind }: LineDiscount) => kind === 'member_price' || kind === 'coupon'

function memberOf({ member }: Stated): Quote['member'] {
  if (!member) return null
  const { member_id, kind, tier_code, points_available, points_pooled } = member
  return { member_id, kind, tier_code, points_available, points_pooled }
}

/**
 * What points pay. Mates of the pool are asked only where more is wanted, by a number, than the member holds: nobody
 * spends a family's points by asking for the most.
 */
function paidWithPoints(stated: Stated, bill: Bill, refusals: Refusal[]) {
  const hasPurse = stated.member?.kind === 'member'
  const own = hasPurse ? stated.member!.points_available : 0
  const all = own + (hasPurse ? stated.member!.points_pooled : 0)
  if (!hasPurse && stated.points_to_use !== 'max' && stated.points_to_use > 0)
    refusals.push({ code: 'till.points_need_member', params: {} })
  const due: Parameters<typeof points.decideSpend>[0] = {
    lines: bill.lines.map(({ line, due_minor }) => ({ due_minor, category: line.category })),
    shipping_minor: bill.shipping.due_minor,
  }
  const mostOf = (available: number) =>
    points.decideSpend(due, { available, wanted: 'max' }, stated.spend_rule).points_max
  const wanted = hasPurse ? stated.points_to_use : 0
  const available = wanted === 'max' || wanted <= own ? own : all
  const decision = points.decideSpend(due, { available, wanted }, stated.spend_rule)
  refusals.push(...decision.refusals)
  decision.lines.forEach((part, i) =>
    take(bill.lines[i]!, { kind: 'points', amount_minor: part.minor, points: part.points }),
  )
  const { shipping } = decision
  take(bill.shipping, { kind: 'points', amount_minor: shipping.minor, points: shipping.points })
  const own_max = available === own ? decision.points_max : mostOf(own)
  const points_max = available === all ? decision.points_max : mostOf(all)
  return { ...decision, own_max, points_max, pooled: Math.max(0, decision.points - own) }
}

/** What the purchase would bring: points at the tier held before it, and what counts towards the next. */
function broughtBy(stated: Stated, { lines, shipping }: Bill): Pick<Quote, 'earns' | 'tier'> {
  const { member, earn_rule, tier_rule, store_id, channel, day } = stated
  if (member?.kind !== 'member') return { earns: null, tier: null }
  const { tier_code, next_tier_code, missing_minor, standing } = member
  const purchase = {
    goods_minor: sum(lines, (line) => line.due_minor),
    gross_minor: sum(stated.lines, (line) => line.gross_minor),
    shipping_minor: shipping.due_minor,
  }
  const basket = {
    lines: lines.map(({ line, due_minor }) => ({ ...line, net_minor: due_minor })),
    store_id,
    channel,
    day,
    is_supplement: false,
  }
  const earned = earn_rule ? points.decideEarn({ purchase, basket }, standing, earn_rule) : null
  return {
    earns: earned && { points: earned.points, why: earned.why },
    tier: {
      tier_code,
      next_tier_code,
      missing_minor,
      // money counts towards tiers only where the rule says so
      counts_minor:
        tier_rule?.rule.measure.kind === 'spend' ? countedOf(purchase, countingOf(tier_rule.rule.measure)) : 0,
    },
  }
}

/** What of a sale has gone back, as its order now says. */
export interface GoneBack {
  lines: readonly { line_no: number; quantity: number; refunded_quantity: number }[]
  shipping_minor: number
  refunded_shipping_minor: number
}

/**
 * How many of the points used must have been returned by now: of each line in proportion to the quantity that went
 * back, rounded down; a line that is back whole gives all of its own, so the parts of a total refund sum to the
 * whole. Those for shipping go by the money for shipping, and where points paid it whole, with the last line.
 */
export function returnedBy(
  sale: { lines: readonly { line_no: number; points: number }[]; shipping_points: number },
  gone: GoneBack,
): number {
  const scaled = (quantity: number) => Math.round(quantity * 10_000)
  let returned = 0
  for (const { line_no, points: paid } of sale.lines) {
    const line = gone.lines.find((one) => one.line_no === line_no)
    const quantity = line ? scaled(line.quantity) : 0
    if (line && quantity > 0) returned += points.ratio(paid, scaled(line.refunded_quantity), quantity)
  }
  const isAllBack = gone.lines.every((line) => scaled(line.refunded_quantity) === scaled(line.quantity))
  if (gone.shipping_minor > 0)
    returned += points.ratio(sale.shipping_points, gone.refunded_shipping_minor, gone.shipping_minor)
  else if (isAllBack) returned += sale.shipping_points
  return returned
}
