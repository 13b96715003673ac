/** What passes by itself: lots begin and end with the days, and holds end with their time. Pure. */
import { heldByLot, isPast } from '../../base/ledger.ts'
import { addDays, dayOf } from '../../base/time.ts'
import { dayStart } from '../tiers/tiers.ts'
import { heldOf, isPending, newDraft, payDebt } from './purse.ts'
import type { Booking, DraftInput, Draft, Hold, Lot, Purse } from './purse.ts'
import { takeBackOrder, type WhyCode } from './rules.ts'
import type { Why } from './types.ts'

/**
 * Brings a purse to a day: lots whose day has come are activated, those whose last day is over expire. Every verb
 * that takes points does this first, so what it finds never hangs on when clock work last ran. A lot that is held
 * outlives its last day until the hold ends. Who owes pays from what holds left free whose time is over, each at its
 * time.
 */
export function settle(booking: Booking, purse: Purse, day: string): void {
  if (purse.debt > 0) {
    for (const hold of overdue(purse)) {
      hold.status = 'expired'
      hold.is_changed = true
      payFromFreed(booking, purse, hold, hold.expires_at)
    }
  }
  pass(booking, purse, { day, held: heldOf(purse) })
}

/** Holds whose time is over and that nobody has ended, in the order in which they ended. */
export function overdue({ holds, seen_at }: Purse): Hold[] {
  return holds
    .filter((hold) => hold.status === 'held' && hold.expires_at <= seen_at)
    .sort((a, b) => a.expires_at.getTime() - b.expires_at.getTime() || (nameOf(a) < nameOf(b) ? -1 : 1))
}

const nameOf = ({ source, source_id }: Hold) => `${source}:${source_id}`

function pass(
  booking: Booking,
  purse: Purse,
  { day, held }: { day: string; held: ReadonlyMap<number, number> },
): void {
  for (const lot of purse.lots) {
    if (lot.status === 'pending' && !isPending(lot, day)) activate(booking, purse, lot)
    if (lot.status === 'active' && lot.remaining > 0 && isPast(lot, day) && !held.has(lot.lot_id))
      expire(booking, purse, lot)
  }
}

/** A hold that ended leaves points free: who owes pays from them, as far as their last day is not over. */
export function payFromFreed(booking: Booking, purse: Purse, hold: Hold, ended_at: Date): void {
  if (purse.debt === 0) return
  const day = dayOf(ended_at, booking.zone)
  pass(booking, purse, { day, held: heldByLot(purse.holds, ended_at) })
  payOwed(booking, purse, {
    at: ended_at,
    source: 'hold_end',
    source_id: nameOf(hold),
    cause: 'points.hold_ended',
  })
}

/**
 * Pays what is owed from what no hold has set aside: as a refund would have taken it, active lots before pending ones,
 * those that expire last first. Nothing is booked where nothing is free.
 */
export function payOwed(
  booking: Booking,
  purse: Purse,
  { at, cause, source, source_id }: { at: Date; cause: WhyCode } & Pick<DraftInput, 'source' | 'source_id'>,
): Draft | null {
  const held = heldByLot(purse.holds, at)
  const free = purse.lots
    .filter((lot) => lot.remaining > (held.get(lot.lot_id) ?? 0))
    .sort((a, b) => Number(a.status === 'pending') - Number(b.status === 'pending') || takeBackOrder(a, b))
  if (purse.debt === 0 || free.length === 0) return null
  const why: Why = { codes: [cause], params: { points: 0 }, rule_version: null }
  const draft = newDraft(booking, purse, { kind: 'adjust', source, source_id, occurred_at: at, why })
  payDebt(purse, draft, free, held)
  return draft
}

function activate(booking: Booking, purse: Purse, lot: Lot): void {
  lot.status = 'active'
  lot.is_changed = true
  if (lot.remaining === 0) return
  const draft = newDraft(booking, purse, {
    kind: 'activate',
    order_id: lot.order_id,
    source: 'activation',
    source_id: String(lot.lot_id),
    occurred_at: dayStart(lot.activates_on!, booking.zone),
    why: { codes: ['points.activated'], params: { points: lot.remaining }, rule_version: lot.rule_version },
  })
  draft.lot_id = lot.lot_id
}

function expire(booking: Booking, purse: Purse, lot: Lot): void {
  const points = lot.remaining
  const draft = newDraft(booking, purse, {
    kind: 'expire',
    order_id: lot.order_id,
    source: 'expiry',
    source_id: String(lot.lot_id),
    occurred_at: dayStart(addDays(lot.expires_on!, 1), booking.zone),
    why: {
      codes: ['points.expired'],
      params: { points, expires_on: lot.expires_on, granted: lot.granted },
      rule_version: lot.rule_version,
    },
  })
  draft.lot_id = lot.lot_id
  draft.points = -points
  lot.remaining = 0
  lot.expired += points
  lot.status = 'expired'
  lot.is_changed = true
}
