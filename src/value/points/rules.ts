/**
 * How points are decided: pure functions over whole numbers, no clock, no database. Each decision carries its why,
 * from which `recompute` reaches the same amount. One rounding rule: what an order earns is rounded once, by its
 * rule (down unless the rule says otherwise); what a refund takes back is rounded down on the running total, so that
 * parts of a total refund sum to the whole.
 */
import { endsFirst, type LotLike } from '../../base/ledger.ts'
import { addDays, addMonths } from '../../base/time.ts'
import { countedOf } from '../tiers/tiers.ts'
import { bonusesFor, capOf, pointsOf } from './earning/bonuses.ts'
import { amongThese, leftOutOf, numbersOf, saidOf, without, type LeftOut } from './earning/exclusions.ts'
import type { Gone } from './earning/scenes.ts'
import type { Basket, EarnPart, Standing } from './earning/types.ts'
import { ratio } from './ratio.ts'
import type { PointRule, PointRuleVersion, Purchase, Why } from './types.ts'

export { ratio } from './ratio.ts'

/** Codes that a why of an entry may carry; docs/api/whys.md says what each means and its parameters. */
export const whyCodes = [
  'points.earned',
  'points.earned_at_tier',
  'points.bonus',
  'points.lines_out',
  'points.discounted_out',
  'points.store_out',
  'points.channel_out',
  'points.capped_order',
  'points.capped_day',
  'points.capped_month',
  'points.paid_debt',
  'points.opened',
  'points.activated',
  'points.expired',
  'points.spent',
  'points.restored',
  'points.restored_to_new_lot',
  'points.adjusted',
  'points.given',
  'points.lent',
  'points.borrowed',
  'points.gave_back',
  'points.lent_back',
  'points.merged',
  'points.hold_ended',
  'points.rebooked',
  'points.reversed',
  'points.reversed_unmatched',
  'points.took_from_other_lots',
  'points.became_debt',
  'points.expired_before',
  'points.forgiven',
] as const
export type WhyCode = (typeof whyCodes)[number]

/** Points given back to a lot that has ended live on for this long: a gift that was cancelled can be chosen anew. */
export const restored_days_min = 30

/** What an amount earns: rate and tier multiplier in one exact ratio, rounded once. */
export function pointsFor(
  counted_minor: number,
  rate: { points: number; per_minor: number; percent: number; rounding: PointRule['earn']['rounding'] },
): number {
  return ratio(counted_minor, rate.points * rate.percent, rate.per_minor * 100, rate.rounding)
}

/** Per cent of the base rate at a tier. */
export function percentAt(rule: PointRule, tier_code: string | null): number {
  return (tier_code === null ? undefined : rule.earn.tier_percent[tier_code]) ?? 100
}

export interface EarnDecision {
  points: number
  counted_minor: number
  why: Why
}

/** What deciding looks at in an order. Without a basket no bonus is met. */
export interface Earning {
  purchase: Purchase
  basket?: Basket | undefined
}

/**
 * What an order earns: the base at the tier held before it, the bonuses it meets, and what the caps of its order, day
 * and month leave of that. Pure; a quote at a till and the booking of the order call it alike.
 */
export function decideEarn(order: Earning, standing: Standing, { rule, version }: PointRuleVersion): EarnDecision {
  const { earn } = rule
  const out = leftOutOf(order.basket, earn.excludes)
  const counted_minor = out.whole ? 0 : countedOf(without(order.purchase, out.lines), earn)
  const { points, per_minor, rounding, base, include_shipping } = earn
  const percent = percentAt(rule, standing.tier_code)
  const rate = { counted_minor, points, per_minor, percent, rounding }
  const basket = earningPart(order.basket, out)
  const isPlain = !basket || !earn.bonuses?.length
  const met = isPlain
    ? { base: pointsFor(counted_minor, rate), parts: [] }
    : bonusesFor(earn, rate, { basket, standing })
  const uncapped = sumOf(met)
  const capped = earn.caps ? capOf(earn, uncapped, standing) : null
  const codes = ['points.earned']
  if (percent !== 100) codes.push('points.earned_at_tier')
  if (met.parts.length > 0) codes.push('points.bonus')
  if (capped) codes.push(`points.capped_${capped.cap}`)
  const said = saidOf(out, order.basket, base)
  codes.push(...said.codes)
  return {
    points: capped ? capped.cap_left : uncapped,
    counted_minor,
    why: {
      codes,
      params: {
        counted_minor,
        points,
        per_minor,
        percent,
        tier: standing.tier_code,
        base,
        include_shipping,
        rounding,
        ...(capped && { cap_points: capped.cap_points, cap_left: capped.cap_left }),
        ...said.params,
      },
      ...(met.parts.length > 0 && { parts: met.parts }),
      rule_version: version,
    },
  }
}

/** What of a basket bonuses look at. */
function earningPart(basket: Basket | undefined, { lines }: LeftOut): Basket | undefined {
  if (!basket || lines.length === 0) return basket
  return { ...basket, lines: basket.lines.filter((line) => !lines.includes(line)) }
}

function sumOf({ base, parts }: { base: number; parts: readonly EarnPart[] }): number {
  return parts.reduce((sum, part) => sum + part.points, base)
}

/** What of an order's points is booked so far. */
export interface OrderPoints {
  /** What it earned, corrections included. */
  earned: number
  counted_minor: number
  /** What of the counted amount has been refunded, and the points taken back for it. */
  refunded_minor: number
  reversed: number
}

export interface ReversalDecision {
  points: number
  refunded_minor: number
  why: Why
}

/** What a refund takes back: its part of what counted, of what was earned; rounded down on the running total. */
export function decideReversal(
  order: OrderPoints,
  refund: { purchase: Purchase },
  rule: PointRuleVersion,
): ReversalDecision {
  const refunded_minor = Math.min(
    order.counted_minor,
    order.refunded_minor + countedOf(refund.purchase, rule.rule.earn),
  )
  const points = reversedAt(order.earned, refunded_minor, order.counted_minor) - order.reversed
  return {
    points,
    refunded_minor,
    why: {
      codes: ['points.reversed'],
      params: {
        earned: order.earned,
        counted_minor: order.counted_minor,
        refunded_minor,
        reversed_before: order.reversed,
      },
      rule_version: rule.version,
    },
  }
}

/** The points gone once so much of what counted has been refunded. */
export function reversedAt(earned: number, refunded_minor: number, counted_minor: number): number {
  return counted_minor === 0 ? 0 : ratio(earned, refunded_minor, counted_minor)
}

/** A refund that found no order takes back at the base rate of its own day. */
export function decideUnmatchedReversal(
  refund: { purchase: Purchase },
  { rule, version }: PointRuleVersion,
): { points: number; why: Why } {
  const counted_minor = countedOf(refund.purchase, rule.earn)
  const { points, per_minor } = rule.earn
  return {
    points: pointsFor(counted_minor, { points, per_minor, percent: 100, rounding: 'floor' }),
    why: {
      codes: ['points.reversed_unmatched'],
      params: { counted_minor, points, per_minor },
      rule_version: version,
    },
  }
}

/** Numbers of the lines that a rule leaves out of an order. */
export function outNumbers({ basket }: Pick<Earning, 'basket'>, { rule }: Pick<PointRuleVersion, 'rule'>): number[] {
  return numbersOf(leftOutOf(basket, rule.earn.excludes))
}

/** What an order would have under a rule: its earning, what its refunds take back of that, what is booked. */
export function decideRebooking(
  order: Earning & { refunded: Purchase; gone?: readonly Gone[] | undefined; booked: number },
  standing: Standing,
  rule: PointRuleVersion,
): { earned: EarnDecision; refunded_minor: number; reversed: number; change: number; why: Why } {
  const earned = decideEarn(order, standing, rule)
  const goneLines = (order.gone ?? []).flatMap(({ lines }) => lines ?? [])
  const refunded = without(order.refunded, amongThese(goneLines, outNumbers(order, rule)))
  const refunded_minor = Math.min(earned.counted_minor, countedOf(refunded, rule.rule.earn))
  const reversed = reversedAt(earned.points, refunded_minor, earned.counted_minor)
  const { codes, params, parts } = earned.why
  return {
    earned,
    refunded_minor,
    reversed,
    change: earned.points - reversed - order.booked,
    why: {
      codes: [
        'points.rebooked',
        ...codes.filter((code) => code === 'points.bonus' || code.includes('.capped_') || code.endsWith('_out')),
      ],
      params: { ...params, refunded_minor, booked_before: order.booked },
      ...(parts && { parts }),
      rule_version: rule.version,
    },
  }
}

/** The first day on which points earned on a day can be spent, whatever becomes of the order; null: at once. */
export function activationOf(rule: PointRule, day: string): string | null {
  const days = rule.waiting_for?.latest_days ?? rule.waiting_days
  return days === 0 ? null : addDays(day, days)
}

/**
 * The last day on which points earned on a day can be spent; null: they never expire. Never before they are
 * activated.
 */
export function expiryOf(rule: PointRule, day: string): string | null {
  const { expiry } = rule
  if (expiry.kind === 'never') return null
  if (expiry.kind === 'inactivity') return later(addMonths(day, expiry.months), activationOf(rule, day))
  const on = expiry.kind === 'year_end' ? `${Number(day.slice(0, 4)) + expiry.years}-12-31` : monthsLater(expiry, day)
  return later(on, activationOf(rule, day))
}

const later = (on: string, active: string | null) => (active !== null && active > on ? active : on)

function monthsLater(expiry: { months: number; until: 'day' | 'month_end' }, day: string): string {
  const on = addMonths(day, expiry.months)
  return expiry.until === 'day' ? on : addDays(addMonths(`${on.slice(0, 7)}-01`, 1), -1)
}

/** The lot that expires first is spent first; of those that expire together, the one earned first. */
export const burnOrder = endsFirst<Pick<LotLike, 'lot_id' | 'earned_at' | 'expires_on'>>()

/**
 * What a refund takes from other orders' lots: those that expire last, so that points announced to expire stay to be
 * used.
 */
export const takeBackOrder: typeof burnOrder = (a, b) => -burnOrder(a, b)

const number = (why: Why, name: string): number => (why.params[name] as number | undefined) ?? 0

/** What taking back could not take from lots: it became debt, which counts, or fell away, which does not. */
function fallenAway(why: Why): number {
  return number(why, 'claimed') + number(why, 'forgiven')
}

function earnedOf(why: Why): number {
  const rate = {
    counted_minor: number(why, 'counted_minor'),
    points: number(why, 'points'),
    per_minor: number(why, 'per_minor'),
    percent: number(why, 'percent'),
    rounding: why.params['rounding'] as PointRule['earn']['rounding'],
  }
  const uncapped = sumOf(pointsOf(rate, why.parts ?? []))
  return 'cap_left' in why.params ? Math.min(uncapped, number(why, 'cap_left')) : uncapped
}

/** The points of an entry from its why alone: what a reader can check with a pencil. */
export function recompute(why: Why): number {
  const word = why.codes[0] as WhyCode
  switch (word) {
    case 'points.earned':
      return earnedOf(why) - reversedAt(earnedOf(why), number(why, 'refunded_minor'), number(why, 'counted_minor'))
    case 'points.reversed':
      return (
        number(why, 'reversed_before') +
        fallenAway(why) -
        reversedAt(number(why, 'earned'), number(why, 'refunded_minor'), number(why, 'counted_minor'))
      )
    case 'points.reversed_unmatched':
      return fallenAway(why) - ratio(number(why, 'counted_minor'), number(why, 'points'), number(why, 'per_minor'))
    case 'points.rebooked':
      return (
        earnedOf(why) -
        reversedAt(earnedOf(why), number(why, 'refunded_minor'), number(why, 'counted_minor')) -
        number(why, 'booked_before') +
        fallenAway(why)
      )
    case 'points.spent':
    case 'points.expired':
      return -number(why, 'points')
    case 'points.activated':
      return 0
    default:
      return number(why, 'points')
  }
}
