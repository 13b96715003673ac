/** The point rule as a form holds it, and back. Shares are 1 for 100 %; money is minor units. */
import type { Answer, Row } from '../../kit/call.ts'
import { extrasFrom, extrasOf, type ExtraValues } from './bonus-values.ts'

export type RuleVersion = Row<'GET /v1/admin/point-rules'>
export type PointRule = RuleVersion['rule']
export type Preset = Row<'GET /v1/admin/points/presets'>
export type Overview = Answer<'GET /v1/admin/points/overview'>

export type ExpiryKind = 'inactivity' | 'never' | 'months_day' | 'months_end' | 'year_end'

export type Waiting = 'days' | 'delivered' | 'completed'

export interface RuleValues extends ExtraValues {
  points: number | null
  per_minor: number | null
  /** How many points are worth one whole unit of money. */
  points_per_unit: number | null
  base: 'net' | 'gross'
  include_shipping: boolean
  rounding: 'floor' | 'half_up' | 'ceil'
  /** Tier code → share of the base rate. */
  tiers: Record<string, number | null>
  waiting: Waiting
  /** After the order, or after what it waits for. */
  waiting_days: number | null
  /** After the order in any case. */
  latest_days: number | null
  expiry: ExpiryKind
  months: number | null
  years: number | null
  debt: PointRule['debt']
}

export function valuesOf(
  rule: PointRule,
  worth: { point_value_minor: number; unit: number },
  tier_codes: readonly string[],
): RuleValues {
  const { earn, expiry } = rule
  return {
    points: earn.points,
    per_minor: earn.per_minor,
    base: earn.base,
    include_shipping: earn.include_shipping,
    rounding: earn.rounding,
    points_per_unit: worth.point_value_minor > 0 ? rounded(worth.unit / worth.point_value_minor) : null,
    tiers: Object.fromEntries(tier_codes.map((code) => [code, (earn.tier_percent[code] ?? 100) / 100])),
    waiting: rule.waiting_for?.event ?? 'days',
    waiting_days: rule.waiting_for?.days ?? rule.waiting_days,
    latest_days: rule.waiting_for?.latest_days ?? latest_days_usual,
    debt: rule.debt,
    expiry: expiry.kind === 'months' ? (expiry.until === 'day' ? 'months_day' : 'months_end') : expiry.kind,
    months: expiry.kind === 'months' || expiry.kind === 'inactivity' ? expiry.months : 12,
    years: expiry.kind === 'year_end' ? expiry.years : 1,
    ...extrasOf(earn),
  }
}

/** Two weeks on the road and two to send back. */
const latest_days_usual = 30

/** Four decimals: 150 points a unit come back as 150, not as 149.99999. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

/** What is empty counts as nothing; the form's check has asked for what is needed. */
export function ruleOf(values: RuleValues): PointRule {
  const shares = Object.entries(values.tiers).filter(([, share]) => share !== null && share !== 1)
  return {
    earn: {
      base: values.base,
      include_shipping: values.include_shipping,
      points: values.points ?? 0,
      per_minor: values.per_minor ?? 1,
      rounding: values.rounding,
      tier_percent: Object.fromEntries(shares.map(([code, share]) => [code, Math.round(share! * 100)])),
      ...extrasFrom(values),
    },
    waiting_days: values.waiting === 'days' ? (values.waiting_days ?? 0) : 0,
    ...(values.waiting !== 'days' && {
      waiting_for: {
        event: values.waiting,
        days: values.waiting_days ?? 0,
        latest_days: values.latest_days ?? latest_days_usual,
      },
    }),
    expiry: expiryOf(values),
    debt: values.debt,
  }
}

function expiryOf({ expiry, months, years }: RuleValues): PointRule['expiry'] {
  if (expiry === 'never') return { kind: 'never' }
  if (expiry === 'year_end') return { kind: 'year_end', years: years ?? 1 }
  if (expiry === 'inactivity') return { kind: 'inactivity', months: months ?? 12 }
  return { kind: 'months', months: months ?? 12, until: expiry === 'months_day' ? 'day' : 'month_end' }
}

export function pointValueOf({ points_per_unit }: RuleValues, unit: number): number {
  return points_per_unit ? unit / points_per_unit : 0
}

/** What comes back of every amount spent, as a share. */
export function returnOf(rule: PointRule, point_value_minor: number, percent = 100): number {
  return (rule.earn.points * point_value_minor * percent) / (rule.earn.per_minor * 100)
}

/** Points for an amount, in whole numbers of any size: the server's own arithmetic, shown while one edits. */
export function pointsFor(amount_minor: number, { earn }: PointRule, tier_code: string | null): number {
  const percent = (tier_code === null ? undefined : earn.tier_percent[tier_code]) ?? 100
  const [above, below] = [BigInt(amount_minor) * BigInt(earn.points) * BigInt(percent), BigInt(earn.per_minor) * 100n]
  const rest = above % below
  const up = rest > 0n && (earn.rounding === 'ceil' || (earn.rounding === 'half_up' && rest * 2n >= below))
  return Number(above / below + (up ? 1n : 0n))
}
