/** Who lends what when a member of a pool lacks points. Pure functions over whole numbers. */
import { isPast, type LotLike } from '../../../base/ledger.ts'
import { burnOrder } from '../rules.ts'

/** A lot in some member's purse with what of it is spendable and set aside by none. */
export interface OpenLot extends LotLike {
  member_id: string
}

/** What is open in the purses concerned. Taking from it changes it: it is one set's account. */
export interface OpenPurses {
  lots: readonly OpenLot[]
  /** What members owe. */
  debts: ReadonlyMap<string, number>
}

export interface Split {
  own: number
  lenders: { member_id: string; points: number }[]
}

/** What of its open lots a member may spend: nothing that pays a debt. */
export function ownOf({ lots, debts }: OpenPurses, member_id: string): number {
  const open = lots.reduce((sum, lot) => sum + (lot.member_id === member_id ? lot.remaining : 0), 0)
  return Math.max(0, open - (debts.get(member_id) ?? 0))
}

/** Who may be asked: nobody lends to who owes, for the debt would be paid with it; who owes has nothing to lend. */
function lendable({ lots, debts }: OpenPurses, member_id: string, mates: readonly string[]): OpenLot[] {
  if ((debts.get(member_id) ?? 0) > 0) return []
  const asked = new Set(mates.filter((mate) => !debts.get(mate)))
  return lots.filter((lot) => asked.has(lot.member_id) && lot.remaining > 0)
}

/** All that a member could spend, own and lent. */
export function availableWith(open: OpenPurses, member_id: string, mates: readonly string[]): number {
  return ownOf(open, member_id) + lendable(open, member_id, mates).reduce((sum, lot) => sum + lot.remaining, 0)
}

/**
 * Splits so many points over the own purse and those of the mates: the own first, then the lots that expire first
 * across all mates. Takes them from `open`; null and nothing taken when there are too few.
 */
export function splitOver(
  open: OpenPurses,
  { member_id, points }: { member_id: string; points: number },
  mates: readonly string[],
): Split | null {
  if (points > availableWith(open, member_id, mates)) return null
  const own = Math.min(points, ownOf(open, member_id))
  let left = own
  for (const lot of sorted(open.lots.filter((one) => one.member_id === member_id))) left -= takeFrom(lot, left)
  const lent = new Map<string, number>()
  let missing = points - own
  for (const lot of missing > 0 ? sorted(lendable(open, member_id, mates)) : []) {
    const taken = takeFrom(lot, missing)
    missing -= taken
    if (taken > 0) lent.set(lot.member_id, (lent.get(lot.member_id) ?? 0) + taken)
  }
  return { own, lenders: [...lent].map(([lender, sum]) => ({ member_id: lender, points: sum })) }
}

function sorted(lots: readonly OpenLot[]): OpenLot[] {
  return [...lots].sort(burnOrder)
}

function takeFrom(lot: OpenLot, points: number): number {
  const taken = Math.min(points, lot.remaining)
  lot.remaining -= taken
  return taken
}

/** Of lots that were lent and spent, how much comes back to whom: those whose last day is not over. */
export function comingBack<Lot extends { expires_on: string | null }>(lots: readonly Lot[], day: string): Lot[] {
  return lots.filter((lot) => !isPast(lot, day))
}
