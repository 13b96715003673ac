/** What may be taken of a purse, and from which lots: by the member, or by a refund. Pure. */
import { isPast, split, sumOf, type Part } from '../../base/ledger.ts'
import { heldOf, isPending, take, type Draft, type Lot, type Purse } from './purse.ts'
import { burnOrder, takeBackOrder } from './rules.ts'
import type { PointRule } from './types.ts'

/** Points that can be spent on a day, after settling: what is active and neither over nor held. */
export function availableOf(purse: Purse, day: string): number {
  const held = heldOf(purse)
  let available = 0
  for (const lot of purse.lots)
    if (isUsable(lot, day)) available += Math.max(0, lot.remaining - (held.get(lot.lot_id) ?? 0))
  return available
}

const isUsable = (lot: Lot, day: string) => lot.status === 'active' && lot.remaining > 0 && !isPast(lot, day)

/**
 * Chooses points by burn order, the lot that expires first before the others, and what is held by none. The caller
 * has seen that there are enough.
 */
export function choose(purse: Purse, wanted: { points: number; day: string }): Part<Lot>[] {
  const usable = purse.lots.filter((lot) => isUsable(lot, wanted.day))
  return split(usable.sort(burnOrder), wanted.points, heldOf(purse))
}

/** Takes points by burn order. */
export function burn(purse: Purse, draft: Draft, wanted: { points: number; day: string }): void {
  take(draft, choose(purse, wanted))
}

/**
 * Takes back what a refund asks for, of every lot only what no living hold has set aside: from the order's own lots,
 * pending before active; what had expired of them is gone already and not asked for again; then, as the debt policy
 * allows, from other lots (active ones that expire last first, then pending ones), then as debt; the rest is forgiven.
 */
export function takeBack(
  purse: Purse,
  draft: Draft,
  wanted: { points: number; order_id: string | null; day: string; policy: PointRule['debt']; may_owe: boolean },
): void {
  const held = heldOf(purse)
  let open = wanted.points
  const takeFrom = (lots: readonly Lot[]) => {
    const parts = split(lots, open, held)
    take(draft, parts)
    const taken = sumOf(parts)
    open -= taken
    return taken
  }
  const own = purse.lots.filter((lot) => lot.order_id !== null && lot.order_id === wanted.order_id)
  const others = purse.lots.filter((lot) => !own.includes(lot)).sort(takeBackOrder)
  takeFrom(own.filter((lot) => isPending(lot, wanted.day)))
  if (wanted.policy !== 'pending_only') takeFrom(own.filter((lot) => !isPending(lot, wanted.day)))
  for (const lot of own) {
    const claimed = Math.min(open, lot.expired)
    if (claimed === 0) continue
    lot.expired -= claimed
    lot.is_changed = true
    open -= claimed
    note(draft, 'points.expired_before', 'claimed', claimed)
  }
  if (wanted.policy !== 'pending_only') {
    const taken =
      takeFrom(others.filter((lot) => !isPending(lot, wanted.day))) +
      takeFrom(others.filter((lot) => isPending(lot, wanted.day)))
    note(draft, 'points.took_from_other_lots', 'from_others', taken)
  } else if (wanted.order_id === null) {
    takeFrom(others.filter((lot) => isPending(lot, wanted.day)))
  }
  if (wanted.policy === 'below_zero' && wanted.may_owe && open > 0) {
    purse.debt += open
    draft.debt += open
    draft.points -= open
    note(draft, 'points.became_debt', 'became_debt', open)
    open = 0
  }
  note(draft, 'points.forgiven', 'forgiven', open)
}

function note(draft: Draft, code: string, param: string, points: number): void {
  if (points === 0) return
  if (!draft.why.codes.includes(code)) draft.why.codes.push(code)
  draft.why.params[param] = ((draft.why.params[param] as number | undefined) ?? 0) + points
}
