/** When lots begin and end, and what purchases and deliveries change about it. Pure. */
import { addDays } from '../../base/time.ts'
import { isPending, type Booking, type Lot, type Purse } from './purse.ts'
import { activationOf, expiryOf } from './rules.ts'
import { settle } from './settling.ts'
import type { PointRule, PointRuleVersion } from './types.ts'
import type { EventWant } from './wants.ts'

/** When points earned on a day begin and end; `is_rolling`: the end moves on with purchases. */
export interface Dates {
  activates_on: string | null
  expires_on: string | null
  is_rolling: boolean
}

const datesByRule = new WeakMap<PointRuleVersion, Map<string, Dates>>()
/** A set of orders shares few days. */
export function datesOf(version: PointRuleVersion, day: string): Dates {
  let known = datesByRule.get(version)
  if (!known) datesByRule.set(version, (known = new Map()))
  let dates = known.get(day)
  if (!dates) {
    const { rule } = version
    dates = {
      activates_on: activationOf(rule, day),
      expires_on: expiryOf(rule, day),
      is_rolling: rule.expiry.kind === 'inactivity',
    }
    known.set(day, dates)
  }
  return dates
}

/** The end of points that are given or brought along: a stated day stays, the rule's own may move on. */
export function endOf(
  version: PointRuleVersion | undefined,
  day: string,
  stated: string | null | undefined,
): Pick<Dates, 'expires_on' | 'is_rolling'> {
  if (stated !== undefined) return { expires_on: stated, is_rolling: false }
  if (!version) return { expires_on: null, is_rolling: false }
  const { expires_on, is_rolling } = datesOf(version, day)
  return { expires_on, is_rolling }
}

/** Of an order that arrived delivered or completed: what it earns begins as if that had been told the same day. */
export function activationIn(rule: PointRule, day: string, status: string | undefined): string | null {
  const { waiting_for } = rule
  if (!waiting_for || !isMet(waiting_for.event, status)) return activationOf(rule, day)
  return waiting_for.days === 0 ? null : earlier(addDays(day, waiting_for.days), activationOf(rule, day)!)
}

/** What is completed was delivered. */
function isMet(event: 'delivered' | 'completed', status: string | undefined): boolean {
  return status === 'completed' || status === event
}

const earlier = (a: string, b: string) => (a < b ? a : b)

/** The end that all rolling lots share: the latest, seen from a purchase; a late one shortens nothing. */
export function sharedEnd(purse: Purse, end: string): string {
  return purse.lots.reduce((last, lot) => (isRolling(lot) && lot.expires_on! > last ? lot.expires_on! : last), end)
}

/** A purchase moves the end of all rolling lots on. */
export function moveOn(purse: Purse, end: string): void {
  for (const lot of purse.lots) {
    if (!isRolling(lot) || lot.expires_on! >= end) continue
    lot.expires_on = end
    lot.is_changed = true
  }
}

function isRolling(lot: Lot): boolean {
  return lot.is_rolling && lot.remaining > 0 && lot.expires_on !== null
}

/** Points of an order that waited for its delivery or completion begin so many days after it. */
export function bringForward(
  purse: Purse,
  want: EventWant,
  { booking, rules }: { booking: Booking; rules: readonly PointRuleVersion[] },
): void {
  const lots = purse.lots.filter((lot) => lot.order_id === want.order_id)
  const version = lots.find((lot) => lot.counted_minor !== null)?.rule_version
  const waiting = rules.find((rule) => rule.version === version)?.rule.waiting_for
  if (!waiting || !isMet(waiting.event, want.event)) return
  const on = addDays(want.day, waiting.days)
  for (const lot of lots) {
    if (!isPending(lot, want.day) || lot.activates_on! <= on) continue
    lot.activates_on = on
    lot.is_changed = true
  }
  settle(booking, purse, want.day)
}
