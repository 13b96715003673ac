/**
 * The arithmetic of lots, for every ledger that keeps what came in together as one: which lot is used first, what holds
 * have set aside, how an amount is split over lots, and back to which lots it goes. Pure; it moves nothing.
 */

/** What came in together and ends together; `remaining` is what is left of it. */
export interface LotLike {
  lot_id: number
  remaining: number
  earned_at: Date
  /** Its last day; null: it never ends. */
  expires_on: string | null
}

/** So much of a lot. */
export interface Part<Lot> {
  lot: Lot
  units: number
}

type Order<Lot> = (a: Lot, b: Lot) => number
type Dated = Omit<LotLike, 'remaining'>

/** What ends first comes first; of what ends together as `together` says, then what came first, then the smaller id. */
export function endsFirst<Lot extends Dated>(together: Order<Lot> = () => 0): Order<Lot> {
  return (a, b) => {
    const [end, other] = [a.expires_on ?? '9999', b.expires_on ?? '9999']
    if (end !== other) return end < other ? -1 : 1
    return together(a, b) || a.earned_at.getTime() - b.earned_at.getTime() || a.lot_id - b.lot_id
  }
}

/** Is its last day over? */
export const isPast = ({ expires_on }: Pick<LotLike, 'expires_on'>, day: string): boolean =>
  expires_on !== null && expires_on < day

export interface HoldLike {
  status: string
  expires_at: Date
  lots: readonly { lot_id: number; units: number }[]
}

/** What holds that are alive at a moment have set aside, by lot. */
export function heldByLot(holds: Iterable<HoldLike>, now: Date): Map<number, number> {
  const held = new Map<number, number>()
  for (const { status, expires_at, lots } of holds) {
    if (status !== 'held' || expires_at <= now) continue
    for (const { lot_id, units } of lots) held.set(lot_id, (held.get(lot_id) ?? 0) + units)
  }
  return held
}

/** Splits an amount over lots in the order given, what is held of each left aside; less if there is not enough. */
export function split<Lot extends Pick<LotLike, 'lot_id' | 'remaining'>>(
  lots: readonly Lot[],
  units: number,
  held: ReadonlyMap<number, number> = new Map(),
): Part<Lot>[] {
  const parts: Part<Lot>[] = []
  let open = units
  for (const lot of lots) {
    if (open <= 0) break
    const part = Math.min(open, lot.remaining - (held.get(lot.lot_id) ?? 0))
    if (part <= 0) continue
    parts.push({ lot, units: part })
    open -= part
  }
  return parts
}

/**
 * Which parts of a use come back: of `parts`, in the order in which they come back, the next so many units after those
 * that came back before. So several restores together are what one of the whole would be.
 */
export function restored<Lot>(parts: readonly Part<Lot>[], before: number, units: number): Part<Lot>[] {
  let [passed, open] = [before, units]
  return parts.flatMap(({ lot, units: used }) => {
    const gone = Math.min(passed, used)
    passed -= gone
    const back = Math.min(open, used - gone)
    open -= back
    return back > 0 ? [{ lot, units: back }] : []
  })
}

/** All units of some parts. */
export const sumOf = (parts: readonly { units: number }[]): number => parts.reduce((sum, part) => sum + part.units, 0)
