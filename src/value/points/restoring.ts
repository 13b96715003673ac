/** How a spend comes back: whole, or in parts as goods come back one by one. Pure. */
import { isPast, restored, sumOf, type Part } from '../../base/ledger.ts'
import { addDays } from '../../base/time.ts'
import { heldOf, move, newDraft, openLot, payDebt, type Draft, type Lot, type Purse } from './purse.ts'
import { whyOf } from './pools/lending.ts'
import { burnOrder, restored_days_min } from './rules.ts'
import type { BookedSpend, Context, Refused, UndoWant } from './wants.ts'

/**
 * Back to the lots they came from, with their dates; what belongs to a lot that has ended gets a new one. Of a part,
 * those that were spent last come back first: they are worth most, as they live longest. So does what was lent.
 */
export function restore(purse: Purse, want: UndoWant, context: Context): Draft | Refused {
  const booked = context.spendOf(want)
  if (!booked)
    return { code: 'points.entry_not_found', params: { source: want.spend_source, source_id: want.spend_source_id } }
  const left = booked.parts.reduce((sum, part) => sum - part.points, 0) - booked.restored
  const points = want.points ?? left
  if (left === 0 || points > left)
    return { code: 'points.restored_already', params: { entry_id: booked.entry_id, left } }
  const parts = partsOf(purse, booked, points)
  booked.restored += points
  const draft = newDraft(context.booking, purse, {
    kind: want.kind === 'restore' ? 'restore' : 'adjust',
    source: want.source,
    source_id: want.source_id,
    corrects: booked.entry_id,
    occurred_at: want.occurred_at,
    why:
      want.kind === 'restore'
        ? { codes: ['points.restored'], params: { points }, rule_version: null }
        : whyOf('points.lent_back', points, want),
  })
  const alive = parts.filter(({ lot }) => !isPast(lot, want.day))
  for (const part of alive) move(draft, part.lot, part.units)
  payDebt(
    purse,
    draft,
    alive.map((part) => part.lot).filter((lot) => want.kind !== 'restore' || !want.borrowed?.has(lot.lot_id)),
    heldOf(purse),
  )
  const granted = points - sumOf(alive)
  if (granted > 0) {
    const expires_on = addDays(want.day, restored_days_min)
    draft.why.codes.push('points.restored_to_new_lot')
    Object.assign(draft.why.params, { to_new_lot: granted, expires_on })
    openLot(context.booking, purse, draft, { granted, earned_at: want.occurred_at, activates_on: null, expires_on })
  }
  return draft
}

/** The next so many of a spend: its lots against the burn order, less those that came back before. */
function partsOf(purse: Purse, booked: BookedSpend, points: number): Part<Lot>[] {
  const parts = booked.parts
    .map((part) => ({ lot: purse.lots.find((lot) => lot.lot_id === part.lot_id)!, units: -part.points }))
    .sort((a, b) => burnOrder(b.lot, a.lot))
  return restored(parts, booked.restored, points)
}
