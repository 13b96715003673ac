/** Which bonuses an order meets, what they bring together, and what caps leave of it. Pure, whole numbers only. */
import { ratio } from '../ratio.ts'
import type { PointRule } from '../types.ts'
import type { Basket, BasketLine, Bonus, BonusWhen, EarnPart, Standing } from './types.ts'

type Earn = PointRule['earn']

/** Does this rule look at more than an order and its member's tier? */
export function looksFurther({ earn }: PointRule): boolean {
  return (earn.bonuses?.some(({ when }) => when.birthday || when.first_order) ?? false) || isCapped(earn)
}

/** Does it look at the lines of orders that are judged anew? */
export function looksAtLines(rule: PointRule): boolean {
  return looksFurther(rule) || rule.earn.excludes !== undefined
}

/** Does it look at what the day or month has earned? */
export function isCapped({ caps }: Earn): boolean {
  return caps !== undefined && Object.values(caps).some((cap) => cap !== undefined)
}

/** 1 is Monday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** Who was born on 29 February has their day on the 28th in other years. */
function isBirthday(birth_date: string | null | undefined, day: string, within: 'month' | 'day'): boolean {
  if (!birth_date) return false
  const born = birth_date.slice(-5)
  if (within === 'month') return born.slice(0, 2) === day.slice(5, 7)
  const isLeap = new Date(`${day.slice(0, 4)}-02-29T00:00:00Z`).getUTCMonth() === 1
  return (born === '02-29' && !isLeap ? '02-28' : born) === day.slice(5)
}

function meets(when: BonusWhen, basket: Basket & { weekday: number }, standing: Standing): boolean {
  const { tiers, store_ids, channels, weekdays, birthday, first_order, from_on, until_on } = when
  const { day, weekday } = basket
  return (
    (!tiers || (standing.tier_code !== null && tiers.includes(standing.tier_code))) &&
    (!store_ids || (basket.store_id !== null && store_ids.includes(basket.store_id))) &&
    (!channels || (basket.channel !== null && channels.includes(basket.channel))) &&
    (!weekdays || weekdays.includes(weekday)) &&
    (!from_on || from_on <= day) &&
    (!until_on || day <= until_on) &&
    (!birthday || isBirthday(standing.birth_date, day, birthday)) &&
    (!first_order || (standing.is_first === true && !basket.is_supplement))
  )
}

function isNamed(when: BonusWhen, line: BasketLine): boolean {
  return (
    (line.sku !== null && (when.skus?.includes(line.sku) ?? false)) ||
    (line.category !== null && (when.categories?.includes(line.category) ?? false))
  )
}

/** What of the order's counted amount a bonus is for, and how many whole units. */
function matching({ when }: Bonus, earn: Earn, order: { basket: Basket; counted_minor: number }) {
  const { lines } = order.basket
  const isForAll = !when.skus && !when.categories
  const named = isForAll ? lines : lines.filter((line) => isNamed(when, line))
  const minor = named.reduce((sum, line) => sum + (earn.base === 'net' ? line.net_minor : line.gross_minor), 0)
  const quantity = named.reduce((sum, line) => sum + Number(line.quantity), 0)
  return {
    minor: isForAll ? order.counted_minor : Math.max(0, Math.min(order.counted_minor, minor)),
    // a quantity of four decimals is summed in doubles: a hair below three units is three
    units: Math.floor(quantity + 1e-6),
  }
}

/** A bonus that an order meets, before its points are known. */
type Met = Omit<EarnPart, 'points'>

function metBy(bonus: Bonus, earn: Earn, order: { basket: Basket; counted_minor: number }): Met | null {
  const { minor, units } = matching(bonus, earn, order)
  const { code, names, effect } = bonus
  // where nothing was paid nothing could go back with a refund
  if (minor <= 0) return null
  const part = { bonus: code, names, kind: effect.kind, matching_minor: minor }
  if (effect.kind === 'multiply') return { ...part, percent: effect.percent }
  if (minor < (effect.minimum_minor ?? 0)) return null
  if (effect.per === 'order' && order.basket.is_supplement) return null
  const times = effect.per === 'order' ? 1 : units
  return times > 0 ? { ...part, each: effect.points, times } : null
}

/** How the base earns: for the running total of what multiplies. */
export interface Rate {
  counted_minor: number
  points: number
  per_minor: number
  /** Of the tier. */
  percent: number
  rounding: Earn['rounding']
}

/**
 * The points of the base and of each bonus, in their order. What multiplies adds `matching × (percent − 100)` to what
 * counts, at the tier's rate; the running total is rounded and each bonus gets what it added, so that all of it
 * together is rounded once.
 */
export function pointsOf<T extends Met>(rate: Rate, met: readonly T[]): { base: number; parts: (T & EarnPart)[] } {
  const { points, per_minor, percent, rounding } = rate
  let weighed = rate.counted_minor * 100
  const total = () => ratio(weighed, points * percent, per_minor * 10_000, rounding)
  const base = total()
  let before = base
  const parts = met.map((one) => {
    if (one.kind === 'add') return { ...one, points: (one.each ?? 0) * (one.times ?? 0) }
    weighed += one.matching_minor * ((one.percent ?? 100) - 100)
    const part = { ...one, points: total() - before }
    before += part.points
    return part
  })
  return { base, parts }
}

/** What an order's bonuses bring on top of its base, as the rule combines them. */
export function bonusesFor(
  earn: Earn,
  rate: Rate,
  order: { basket: Basket; standing: Standing },
): { base: number; parts: EarnPart[] } {
  const { standing } = order
  const basket = { ...order.basket, weekday: weekdayOf(order.basket.day) }
  const seen = { basket, counted_minor: rate.counted_minor }
  const met = (earn.bonuses ?? []).flatMap((bonus) =>
    meets(bonus.when, basket, standing) ? (metBy(bonus, earn, seen) ?? []) : [],
  )
  if (met.length === 0 || earn.combine === 'add') return pointsOf(rate, met)
  const best = met
    .map((one) => pointsOf(rate, [one]))
    .reduce((a, b) => (b.parts[0]!.points > a.parts[0]!.points ? b : a))
  return best
}

export interface Capped {
  cap: 'order' | 'day' | 'month'
  cap_points: number
  cap_left: number
}

/** The cap that leaves the least, if any leaves less than the order would earn. */
export function capOf(earn: Earn, earned: number, standing: Standing): Capped | null {
  const { order, day, month } = earn.caps ?? {}
  const left = (cap: number, used: number | undefined) => Math.max(0, cap - (used ?? 0))
  const all: Capped[] = [
    ...(order === undefined ? [] : [{ cap: 'order' as const, cap_points: order, cap_left: order }]),
    ...(day === undefined
      ? []
      : [{ cap: 'day' as const, cap_points: day, cap_left: left(day, standing.earned_day) }]),
    ...(month === undefined
      ? []
      : [{ cap: 'month' as const, cap_points: month, cap_left: left(month, standing.earned_month) }]),
  ]
  const binding = all.filter((one) => one.cap_left < earned)
  return binding.length === 0 ? null : binding.reduce((a, b) => (b.cap_left < a.cap_left ? b : a))
}
