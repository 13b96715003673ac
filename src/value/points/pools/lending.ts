/** What lending does to the two purses: pure, inside one booking of the ledger. */
import { newDraft, openLot, take, type Booking, type Draft, type Hold, type Purse } from '../purse.ts'
import { sumOf } from '../../../base/ledger.ts'
import type { BorrowWant, GiveBackWant, LendWant, Refused } from '../wants.ts'

const find = (purse: Purse, source: string, source_id: string): Hold | undefined =>
  purse.holds.find((one) => one.source === source && one.source_id === source_id)

/** Takes from the lender what was set aside, from the lots that were chosen then, even if their last day is over. */
export function lend(purse: Purse, want: LendWant, booking: Booking): Draft | Refused {
  const set = find(purse, want.held.source, want.held.source_id)
  const isAlive = set?.status === 'held' && set.expires_at > purse.seen_at
  const parts = (isAlive ? set.lots : []).flatMap(({ lot_id, units }) => {
    const lot = purse.lots.find((one) => one.lot_id === lot_id && one.status === 'active')
    return lot ? [{ lot, units: Math.min(units, lot.remaining) }] : []
  })
  const available = sumOf(parts)
  if (available !== want.points) return { code: 'points.insufficient', params: { available, wanted: want.points } }
  set!.status = 'committed'
  set!.is_changed = true
  const draft = newDraft(booking, purse, {
    kind: 'adjust',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: whyOf('points.lent', -want.points, want),
  })
  take(draft, parts)
  return draft
}

/**
 * Brings what was lent to who borrows: a lot with the same last day, set aside at once for what it was borrowed for.
 * So it pays no debt that arose meanwhile, and nothing else takes it.
 */
export function borrow(purse: Purse, want: BorrowWant, booking: Booking): Draft {
  const draft = newDraft(booking, purse, {
    kind: 'adjust',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: whyOf('points.borrowed', want.points, want),
  })
  const owed = purse.debt
  purse.debt = 0
  const lot = openLot(booking, purse, draft, {
    granted: want.points,
    earned_at: want.occurred_at,
    activates_on: null,
    expires_on: want.expires_on,
  })
  purse.debt = owed
  const part = { lot_id: lot.lot_id, units: want.points }
  const { source, source_id, expires_at } = want.held
  const set = find(purse, source, source_id)
  if (set?.status === 'held') {
    set.points += want.points
    set.lots.push(part)
    set.is_changed = true
  } else {
    const made = { source, source_id, expires_at, points: want.points, lots: [part] }
    purse.holds.push({ ...made, status: 'held', is_new: true, is_changed: true })
  }
  return draft
}

/** Takes from who borrowed what came back with a spend that was undone: just the lots that were borrowed for it. */
export function giveBack(purse: Purse, want: GiveBackWant, booking: Booking): Draft {
  const draft = newDraft(booking, purse, {
    kind: 'adjust',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: whyOf('points.gave_back', -want.points, want),
  })
  take(
    draft,
    want.lots.map(({ lot_id, units }) => ({ lot: purse.lots.find((lot) => lot.lot_id === lot_id)!, units })),
  )
  return draft
}

/** `mate_id` is the other of the two. */
export function whyOf(code: string, points: number, { mate_id, pool_id }: { mate_id: string; pool_id: string }) {
  return { codes: [code], params: { points, mate_id, pool_id }, rule_version: null }
}
