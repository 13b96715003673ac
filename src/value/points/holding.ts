/** How points are set aside, spent from what was set aside, or let go. Pure. */
import { availableOf, choose, move, newDraft, type Booking, type Draft, type Hold, type Purse } from './purse.ts'
import type { CommitWant, HoldWant, Refused, ReleaseWant } from './wants.ts'

const find = (purse: Purse, want: { source: string; source_id: string }): Hold | undefined =>
  purse.holds.find((one) => one.source === want.source && one.source_id === want.source_id)

/** Sets points aside; again changes nothing. Refused beyond what is available. */
export function hold(purse: Purse, want: HoldWant, booking: Booking): Refused | null {
  const known = find(purse, want)
  if (known) {
    if (known.points === want.points) return null
    return { code: 'points.source_reused', params: { source_id: want.source_id, points: known.points } }
  }
  const available = availableOf(booking, purse, want.day)
  if (want.points > available) return { code: 'points.insufficient', params: { available, wanted: want.points } }
  const { source, source_id, points, expires_at } = want
  const lots = choose(booking, purse, want).map((one) => ({ lot_id: one.lot.lot_id, points: one.points }))
  purse.holds.push({ source, source_id, points, lots, status: 'held', expires_at, is_new: true, is_changed: true })
  return null
}

/** Why a hold cannot be used, if it cannot. */
function refusedHold(found: Hold | undefined, want: { source_id: string }, { now }: Booking): Refused | null {
  const { source_id } = want
  if (!found) return { code: 'hold.not_found', params: { source_id } }
  const { expires_at, status } = found
  if (status === 'released') return { code: 'hold.released', params: { source_id } }
  if (status === 'expired' || (status === 'held' && expires_at <= now))
    return { code: 'hold.expired', params: { source_id, expires_at: expires_at.toISOString() } }
  return null
}

/**
 * Spends what was set aside: from the lots that were chosen, even if their last day is over by now; what a refund has
 * taken of them meanwhile is made up from others, and refused if there are none.
 */
export function commit(purse: Purse, want: CommitWant, booking: Booking): Draft | Refused | null {
  const found = find(purse, want)
  const refused = refusedHold(found, want, booking)
  if (refused) return refused
  const set = found!
  if (set.status === 'committed') return null
  set.status = 'committed'
  const own = set.lots.flatMap(({ lot_id, points }) => {
    const lot = purse.lots.find((one) => one.lot_id === lot_id && one.status === 'active')
    return lot ? [{ lot, points: Math.min(points, lot.remaining) }] : []
  })
  const missing = set.points - own.reduce((sum, part) => sum + part.points, 0)
  const chosen = new Set(own.map((part) => part.lot))
  // what is still in the chosen lots is not free a second time
  const free = choose(booking, purse, { points: Number.MAX_SAFE_INTEGER, day: want.day }).filter(
    ({ lot }) => !chosen.has(lot),
  )
  const available = set.points - missing + free.reduce((sum, part) => sum + part.points, 0)
  if (available < set.points) {
    set.status = 'held'
    return { code: 'points.insufficient', params: { available, wanted: set.points } }
  }
  set.is_changed = true
  const draft = newDraft(booking, purse, {
    kind: 'spend',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: { codes: ['points.spent'], params: { points: set.points, for: want.source }, rule_version: null },
  })
  for (const part of own) move(draft, part.lot, -part.points)
  let open = missing
  for (const part of free) {
    const taken = Math.min(open, part.points)
    move(draft, part.lot, -taken)
    open -= taken
  }
  return draft
}

/** Lets go; what is let go already, or over, stays as it is. A committed hold is refused: it is spent. */
export function release(purse: Purse, want: ReleaseWant, booking: Booking): Refused | null {
  const found = find(purse, want)
  if (!found) return { code: 'hold.not_found', params: { source_id: want.source_id } }
  if (found.status === 'committed') return { code: 'hold.committed', params: { source_id: want.source_id } }
  if (found.status === 'held') {
    found.status = found.expires_at <= booking.now ? 'expired' : 'released'
    found.is_changed = true
  }
  return null
}
