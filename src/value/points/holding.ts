/** How points are set aside, spent from what was set aside, or let go. Pure. */
import { sumOf } from '../../base/ledger.ts'
import { newDraft, take, type Booking, type Draft, type Hold, type Purse } from './purse.ts'
import { payFromFreed } from './settling.ts'
import { availableOf, choose } from './taking.ts'
import type { CommitWant, HoldWant, Refused, ReleaseWant } from './wants.ts'

const find = (purse: Purse, want: { source: string; source_id: string }): Hold | undefined =>
  purse.holds.find((one) => one.source === want.source && one.source_id === want.source_id)

/** Sets points aside; again changes nothing. Refused beyond what is available. */
export function hold(purse: Purse, want: HoldWant): Refused | null {
  const known = find(purse, want)
  if (known) {
    if (known.points === want.points) return null
    return { code: 'points.source_reused', params: { source_id: want.source_id, points: known.points } }
  }
  const available = availableOf(purse, want.day)
  if (want.points > available) return { code: 'points.insufficient', params: { available, wanted: want.points } }
  const { source, source_id, points, expires_at } = want
  const lots = choose(purse, want).map((one) => ({ lot_id: one.lot.lot_id, units: one.units }))
  purse.holds.push({ source, source_id, points, lots, status: 'held', expires_at, is_new: true, is_changed: true })
  return null
}

/** Why a hold cannot be used, if it cannot. */
function refusedHold(found: Hold | undefined, want: { source_id: string }, { seen_at }: Purse): Refused | null {
  const { source_id } = want
  if (!found) return { code: 'hold.not_found', params: { source_id } }
  const { expires_at, status } = found
  if (status === 'released') return { code: 'hold.released', params: { source_id } }
  if (status === 'expired' || (status === 'held' && expires_at <= seen_at))
    return { code: 'hold.expired', params: { source_id, expires_at: expires_at.toISOString() } }
  return null
}

/**
 * Spends what was set aside: from the lots that were chosen, even if their last day is over by now. Nothing else takes
 * from them while a hold lives.
 */
export function commit(purse: Purse, want: CommitWant, booking: Booking): Draft | Refused | null {
  const found = find(purse, want)
  const refused = refusedHold(found, want, purse)
  if (refused) return refused
  const set = found!
  if (set.status === 'committed') return null
  const parts = set.lots.flatMap(({ lot_id, units }) => {
    const lot = purse.lots.find((one) => one.lot_id === lot_id && one.status === 'active')
    return lot ? [{ lot, units: Math.min(units, lot.remaining) }] : []
  })
  const available = sumOf(parts)
  if (available < set.points) return { code: 'points.insufficient', params: { available, wanted: set.points } }
  set.status = 'committed'
  set.is_changed = true
  const draft = newDraft(booking, purse, {
    kind: 'spend',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: { codes: ['points.spent'], params: { points: set.points, for: want.source }, rule_version: null },
  })
  take(draft, parts)
  return draft
}

/**
 * Lets go; what is let go already, or over, stays as it is. A committed hold is refused: it is spent. Who owes pays
 * from what became free.
 */
export function release(purse: Purse, want: ReleaseWant, booking: Booking): Refused | null {
  const found = find(purse, want)
  if (!found) return { code: 'hold.not_found', params: { source_id: want.source_id } }
  if (found.status === 'committed') return { code: 'hold.committed', params: { source_id: want.source_id } }
  if (found.status === 'held') {
    found.status = found.expires_at <= purse.seen_at ? 'expired' : 'released'
    found.is_changed = true
    payFromFreed(booking, purse, found, want.occurred_at)
  }
  return null
}
