/** How cards decide: pure functions that answer their why. */
import type { ErrorDetail } from '../../base/errors.ts'
import { endsFirst } from '../../base/ledger.ts'
import { addMonths } from '../../base/time.ts'
import { ratio } from '../points/points.ts'
import {
  stamps_per_order_max,
  type CardKind,
  type CardLaw,
  type CardRule,
  type CardVersion,
  type SessionsRule,
  type StampDefinition,
  type Stamped,
  type StampLine,
  type StampPurchase,
  type StampRule,
  type StampScope,
  type ValueRule,
  type Why,
} from './types.ts'

/** Every code that entries of cards answer; each has its sentence. */
export const whyCodes = [
  'cards.stamped_units',
  'cards.stamped_order',
  'cards.stamped_spend',
  'cards.stamped_nothing',
  'cards.per_order_max',
  'cards.day_max',
  'cards.owed_paid',
  'cards.unstamped',
  'cards.gone_before',
  'cards.carried',
  'cards.let_go',
  'cards.filled',
  'cards.expired_stamps',
  'cards.expired_value',
  'cards.expired_sessions',
  'cards.paid_in',
  'cards.bonus',
  'cards.uses_bought',
  'cards.spent_value',
  'cards.spent_sessions',
  'cards.restored_value',
  'cards.restored_sessions',
  'cards.restored_to_new_lot',
  'cards.adjusted_stamps',
  'cards.adjusted_value',
  'cards.adjusted_sessions',
  'cards.refund_value',
  'cards.refund_bonus_used',
  'cards.refund_bonus_lost',
  'cards.refund_pro_rata',
  'cards.refund_list_price',
  'cards.refund_fee',
  'cards.merged',
] as const
export type WhyCode = (typeof whyCodes)[number]

/** What is given back to a lot that has ended lives on for so long, as with points. */
export const restored_days_min = 30

/** The version in force at a moment; nothing before the first. */
export function versionAt(law: CardLaw, moment: Date): CardVersion | undefined {
  return law.versions.findLast((one) => one.effective_from <= moment)
}

/** The stamp cards that stamp at a moment. */
export function stampDefinitionsAt(laws: readonly CardLaw[], moment: Date): StampDefinition[] {
  return laws.flatMap((law) => {
    const version = law.status === 'active' ? versionAt(law, moment) : undefined
    if (!version || version.rule.kind !== 'stamps') return []
    const { card_definition_id, names } = law
    return [{ card_definition_id, names, version: version.version, rule: version.rule }]
  })
}

function inScope(line: StampLine, scope: StampScope): boolean {
  const isNamed =
    scope.skus.length + scope.categories.length === 0 ||
    (line.sku !== null && scope.skus.includes(line.sku)) ||
    (line.category !== null && scope.categories.includes(line.category))
  const isExcluded =
    (line.sku !== null && scope.excluded_skus.includes(line.sku)) ||
    (line.category !== null && scope.excluded_categories.includes(line.category))
  return isNamed && !isExcluded
}

/** Pieces are told to four decimals; summed in whole ten-thousandths so that 0.1 + 0.2 stays 0.3. */
const piece_parts = 10_000

/**
 * What a purchase, as it stands, brings to each card, before the most of a day. What cost nothing (a free cup) brings
 * no stamp; part of a piece brings none; per spend is rounded down once.
 */
export function stampsFor(purchase: StampPurchase, definitions: readonly StampDefinition[]): Stamped[] {
  return definitions.map(({ card_definition_id, version, rule }) => {
    const { stamps, why } = stampsOf(purchase, rule, version)
    return { card_definition_id, version, stamps, why }
  })
}

function stampsOf({ lines, store_id, is_supplement }: StampPurchase, rule: StampRule, version: number) {
  const { scope, per } = rule
  const isHere = scope.store_ids.length === 0 || (store_id !== null && scope.store_ids.includes(store_id))
  const counted = isHere ? lines.filter((line) => line.net_minor > 0 && inScope(line, scope)) : []
  const counted_minor = counted.reduce((sum, line) => sum + line.net_minor, 0)
  const pieces = Math.floor(
    counted.reduce((sum, line) => sum + Math.max(0, Math.round(line.quantity * piece_parts)), 0) / piece_parts,
  )
  let stamps = 0
  if (per.by === 'units') stamps = pieces
  else if (per.by === 'spend') stamps = ratio(counted_minor, 1, per.per_minor)
  else if (!is_supplement && counted.length > 0 && counted_minor >= per.minimum_minor) stamps = 1
  const why: Why = {
    codes: [stamps === 0 ? 'cards.stamped_nothing' : `cards.stamped_${per.by === 'units' ? 'units' : per.by}`],
    params: { stamps, pieces, counted_minor, size: rule.size },
    rule_version: version,
  }
  if (per.by === 'spend') why.params['per_minor'] = per.per_minor
  if (stamps > stamps_per_order_max) {
    stamps = stamps_per_order_max
    why.codes.push('cards.per_order_max')
    why.params['order_max'] = stamps_per_order_max
  }
  return { stamps, why }
}

/** What orders of one day bring together. */
export function dayTotal(stamps: readonly number[], rule: Pick<StampRule, 'day_max'>): number {
  const sum = stamps.reduce((all, one) => all + one, 0)
  return rule.day_max === null ? sum : Math.min(sum, rule.day_max)
}

/** An order of a member, as a card that is only tried sees it. */
export interface TriedOrder extends StampPurchase {
  ordered_on: string
}

/**
 * What a member's orders would have brought on an empty card: orders with at least one stamp, stamps, and how often it
 * was full. Within a month no round is over, so stamps are stamps whenever they came.
 */
export function tryStamps(
  orders: readonly TriedOrder[],
  rule: StampRule,
): { stamped: number; stamps: number; filled: number } {
  const days = new Map<string, number[]>()
  let [stamped, stamps] = [0, 0]
  for (const order of orders) {
    const before = days.get(order.ordered_on) ?? []
    const after = [...before, stampsOf(order, rule, 0).stamps]
    const change = dayTotal(after, rule) - dayTotal(before, rule)
    days.set(order.ordered_on, after)
    stamps += change
    if (change > 0) stamped += 1
  }
  return { stamped, stamps, filled: Math.floor(stamps / rule.size) }
}

/** What is given on top of a payment: the highest step that is reached. */
export function bonusFor(rule: ValueRule, paid_minor: number): { from_minor: number; bonus_minor: number } | null {
  let best: { from_minor: number; bonus_minor: number } | null = null
  for (const step of rule.bonuses) {
    if (step.from_minor <= paid_minor && (!best || step.from_minor > best.from_minor)) best = step
  }
  return best
}

/** The last day of what comes in on a day; null: never. */
export function lastDay(months: number | null, day: string): string | null {
  return months === null ? null : addMonths(day, months)
}

export interface Spendable {
  expires_on: string | null
  earned_at: Date
  lot_id: number
  is_bonus: boolean
}
/** What expires first is used first; of what ends together as the rule says, then what came first. */
export function spendOrder(first: ValueRule['spend_first']) {
  return endsFirst<Spendable>((a, b) => {
    if (a.is_bonus === b.is_bonus) return 0
    return a.is_bonus === (first === 'bonus') ? -1 : 1
  })
}

export interface RefundLot {
  entry_id: number
  granted: number
  remaining: number
  expired: number
  is_bonus: boolean
  paid_minor: number
}
export interface Refunded {
  amount_minor: number
  why: Why
}

/** What is given back in money for what is left. Rounded down by lot, the fee to the nearest once. */
export function decideRefund(
  rule: ValueRule | SessionsRule,
  lots: readonly RefundLot[],
  rule_version: number,
): Refunded {
  const params: Why['params'] = {}
  const codes: WhyCode[] = []
  const before =
    rule.kind === 'value' ? valueRefund(rule, lots, codes, params) : sessionsRefund(rule, lots, codes, params)
  const fee_minor = ratio(before, rule.refund.fee_bp, 10_000, 'half_up')
  if (fee_minor > 0) {
    codes.push('cards.refund_fee')
    Object.assign(params, { fee_minor, fee_bp: rule.refund.fee_bp })
  }
  const amount_minor = before - fee_minor
  params['amount_minor'] = amount_minor
  return { amount_minor, why: { codes, params, rule_version } }
}

const used = (lot: RefundLot) => lot.granted - lot.remaining - lot.expired

function valueRefund(rule: ValueRule, lots: readonly RefundLot[], codes: WhyCode[], params: Why['params']): number {
  let [left_minor, lost_minor, used_minor, amount] = [0, 0, 0, 0]
  for (const entry_id of new Set(lots.map((lot) => lot.entry_id))) {
    const own = lots.filter((lot) => lot.entry_id === entry_id)
    const left = own.reduce((sum, lot) => sum + ratio(lot.paid_minor, lot.remaining, lot.granted), 0)
    const bonus = own.filter((lot) => lot.is_bonus)
    // what was bought with the bonus is paid with the principal after all, as far as there is any
    const less = rule.refund.less_bonus_used
      ? Math.min(
          left,
          bonus.reduce((sum, lot) => sum + used(lot), 0),
        )
      : 0
    left_minor += left
    used_minor += less
    lost_minor += bonus.reduce((sum, lot) => sum + lot.remaining, 0)
    amount += left - less
  }
  codes.push('cards.refund_value')
  params['left_minor'] = left_minor
  if (used_minor > 0) codes.push('cards.refund_bonus_used')
  if (lost_minor > 0) codes.push('cards.refund_bonus_lost')
  Object.assign(params, { used_minor, lost_minor })
  return amount
}

function sessionsRefund(
  rule: SessionsRule,
  lots: readonly RefundLot[],
  codes: WhyCode[],
  params: Why['params'],
): number {
  const open = lots.filter((lot) => lot.remaining > 0)
  const paid_minor = open.reduce((sum, lot) => sum + lot.paid_minor, 0)
  const uses = open.reduce((sum, lot) => sum + lot.remaining, 0)
  Object.assign(params, { paid_minor, uses, of_uses: open.reduce((sum, lot) => sum + lot.granted, 0) })
  if (rule.refund.basis === 'pro_rata') {
    codes.push('cards.refund_pro_rata')
    return open.reduce((sum, lot) => sum + ratio(lot.paid_minor, lot.remaining, lot.granted), 0)
  }
  codes.push('cards.refund_list_price')
  Object.assign(params, {
    used_uses: open.reduce((sum, lot) => sum + used(lot), 0),
    worth_minor: rule.worth_minor,
  })
  return open.reduce((sum, lot) => sum + Math.max(0, lot.paid_minor - used(lot) * rule.worth_minor), 0)
}

/** What a schema cannot say. */
export function faultsOf(rule: CardRule, kind: CardKind): ErrorDetail[] {
  const errors: ErrorDetail[] = []
  const add = (pointer: string, code: string) => errors.push({ pointer, code })
  if (rule.kind !== kind) add('/rule/kind', 'card_definition.kind_fixed')
  if (rule.kind === 'value') {
    const steps = rule.bonuses.map((step) => step.from_minor)
    if (new Set(steps).size < steps.length) add('/rule/bonuses', 'card_definition.bonus_twice')
    if (rule.balance_max_minor !== null && rule.balance_max_minor < rule.minimum_minor)
      add('/rule/balance_max_minor', 'card_definition.maximum_below_minimum')
  }
  return errors
}
