/**
 * One member's purse in memory: lots, debt and the entries about to be written. Moves keep the ledger's sums by
 * construction: an entry's `points` are what lots gained (or lost) minus what the debt gained.
 */
import { addDays } from '../../base/time.ts'
import { dayStart } from '../tiers/tiers.ts'
import { burnOrder, takeBackOrder } from './rules.ts'
import type { EntryKind, PointRule, Why } from './types.ts'

/** A lot as it was read, or as it is about to be made. */
export interface Lot {
  lot_id: number
  granted: number
  remaining: number
  corrected: number
  reversed: number
  expired: number
  status: 'pending' | 'active' | 'expired'
  earned_at: Date
  activates_on: string | null
  expires_on: string | null
  order_id: string | null
  rule_version: number | null
  counted_minor: number | null
  refunded_minor: number
  /** Its end moves on with purchases. */
  is_rolling: boolean
  is_new: boolean
  is_changed: boolean
}

/**
 * An entry about to be written; `parts` are what it takes from (negative) or gives back to lots, null for nothing.
 */
export interface Draft {
  entry_id: number
  member_id: string
  kind: EntryKind
  points: number
  debt: number
  lot_id: number | null
  order_id: string | null
  source: string
  source_id: string
  corrects: number | null
  occurred_at: Date
  rule_version: number | null
  why: Why
  parts: Map<Lot, number> | null
}

/** Points set aside in this purse, as they were read or are about to be made. */
export interface Hold {
  source: string
  source_id: string
  points: number
  lots: { lot_id: number; points: number }[]
  status: 'held' | 'committed' | 'released' | 'expired'
  expires_at: Date
  is_new: boolean
  is_changed: boolean
}

export interface Purse {
  member_id: string
  debt: number
  debt_before: number
  lots: Lot[]
  /** Those alive, and those that a want names. */
  holds: Hold[]
  /** False when only new lots are known: enough for earning, which touches no other. */
  is_whole: boolean
  drafts: Draft[]
  /** What lots held when they were read. */
  active_before: number
  pending_before: number
}

/** What all purses of one set share. */
export interface Booking {
  zone: string
  /** The day of the transaction: decides whether a new lot is pending. */
  today: string
  /** The moment of the transaction: decides whether a hold is alive. */
  now: Date
  nextId: () => number
}

export function newPurse(member_id: string, debt: number): Purse {
  return {
    member_id,
    debt,
    debt_before: debt,
    lots: [],
    holds: [],
    is_whole: false,
    drafts: [],
    active_before: 0,
    pending_before: 0,
  }
}

/** Puts a lot that was read into the purse. */
export function addLot(purse: Purse, lot: Omit<Lot, 'is_new' | 'is_changed'>): void {
  purse.lots.push({ ...lot, is_new: false, is_changed: false })
  if (lot.status === 'active') purse.active_before += lot.remaining
  else if (lot.status === 'pending') purse.pending_before += lot.remaining
}

export interface DraftInput {
  kind: EntryKind
  order_id?: string | null
  source: string
  source_id: string
  corrects?: number | null
  occurred_at: Date
  why: Why
}

export function newDraft(booking: Booking, purse: Purse, input: DraftInput): Draft {
  const draft: Draft = {
    entry_id: booking.nextId(),
    member_id: purse.member_id,
    kind: input.kind,
    points: 0,
    debt: 0,
    lot_id: null,
    parts: null,
    order_id: input.order_id ?? null,
    source: input.source,
    source_id: input.source_id,
    corrects: input.corrects ?? null,
    occurred_at: input.occurred_at,
    rule_version: input.why.rule_version,
    why: input.why,
  }
  purse.drafts.push(draft)
  return draft
}

export interface LotInput {
  granted: number
  earned_at: Date
  activates_on: string | null
  expires_on: string | null
  order_id?: string
  rule_version?: number | null
  counted_minor?: number
  is_rolling?: boolean
}

/** Opens a lot with an entry's points; debt is paid from it first. */
export function openLot(booking: Booking, purse: Purse, draft: Draft, input: LotInput): Lot {
  const lot: Lot = {
    lot_id: draft.entry_id,
    granted: input.granted,
    remaining: input.granted,
    corrected: 0,
    reversed: 0,
    expired: 0,
    status: input.activates_on !== null && input.activates_on > booking.today ? 'pending' : 'active',
    earned_at: input.earned_at,
    activates_on: input.activates_on,
    expires_on: input.expires_on,
    order_id: input.order_id ?? null,
    rule_version: input.rule_version ?? null,
    counted_minor: input.counted_minor ?? null,
    refunded_minor: 0,
    is_rolling: input.is_rolling ?? false,
    is_new: true,
    is_changed: true,
  }
  purse.lots.push(lot)
  draft.lot_id = lot.lot_id
  draft.points += input.granted
  if (purse.debt > 0) payDebt(purse, draft, [lot])
  return lot
}

/** Moves points between a lot and an entry: taken if negative, given back if positive. */
export function move(draft: Draft, lot: Lot, points: number): void {
  if (points === 0) return
  lot.remaining += points
  lot.is_changed = true
  draft.parts ??= new Map()
  draft.parts.set(lot, (draft.parts.get(lot) ?? 0) + points)
  draft.points += points
}

/** What comes in pays debt first: it leaves the lots again, and the debt falls by as much. */
export function payDebt(purse: Purse, draft: Draft, lots: readonly Lot[]): void {
  let paid = 0
  for (const lot of lots) {
    const part = Math.min(purse.debt - paid, lot.remaining)
    if (part <= 0) continue
    move(draft, lot, -part)
    paid += part
  }
  if (paid === 0) return
  purse.debt -= paid
  draft.debt -= paid
  // the points came and went: the entry still says what the member gained, in points or in less debt
  draft.points += paid
  draft.why.codes.push('points.paid_debt')
  draft.why.params['paid_debt'] = paid
}

/** Is this lot not yet spendable on that day? By its dates: the state is only what clock work has got round to. */
export function isPending(lot: Lot, day: string): boolean {
  return lot.activates_on !== null && lot.activates_on > day
}

/**
 * Brings a purse to a day: lots whose day has come are activated, those whose last day is over expire. Every verb
 * that takes points does this first, so what it finds never hangs on when clock work last ran. A lot that is held
 * outlives its last day until the hold ends.
 */
export function settle(booking: Booking, purse: Purse, day: string): void {
  const held = heldByLot(booking, purse)
  for (const lot of purse.lots) {
    if (lot.status === 'pending' && !isPending(lot, day)) activate(booking, purse, lot)
    if (lot.status === 'active' && lot.remaining > 0 && isOver(lot, day) && !held.has(lot.lot_id))
      expire(booking, purse, lot)
  }
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

/** Is the last day of this lot over? */
export function isOver(lot: Lot, day: string): boolean {
  return lot.expires_on !== null && lot.expires_on < day
}

/** What holds that are alive have set aside, by lot. */
export function heldByLot({ now }: Booking, purse: Purse): Map<number, number> {
  const held = new Map<number, number>()
  for (const hold of purse.holds) {
    if (hold.status !== 'held' || hold.expires_at <= now) continue
    for (const { lot_id, points } of hold.lots) held.set(lot_id, (held.get(lot_id) ?? 0) + points)
  }
  return held
}

/** Points that can be spent on a day, after settling: what is active and neither over nor held. */
export function availableOf(booking: Booking, purse: Purse, day: string): number {
  const held = heldByLot(booking, purse)
  let [active, claimed] = [0, 0]
  for (const points of held.values()) claimed += points
  for (const lot of purse.lots) {
    if (lot.status !== 'active') continue
    if (!isOver(lot, day)) active += lot.remaining
    else claimed -= Math.min(lot.remaining, held.get(lot.lot_id) ?? 0)
  }
  return Math.max(0, active - claimed)
}

/**
 * Chooses points by burn order, the lot that expires first before the others, and what is held by none. The caller
 * has seen that there are enough.
 */
export function choose(booking: Booking, purse: Purse, wanted: { points: number; day: string }) {
  const held = heldByLot(booking, purse)
  const chosen: { lot: Lot; points: number }[] = []
  let open = wanted.points
  const usable = purse.lots.filter((lot) => lot.status === 'active' && lot.remaining > 0 && !isOver(lot, wanted.day))
  for (const lot of usable.sort(burnOrder)) {
    const points = Math.min(open, lot.remaining - (held.get(lot.lot_id) ?? 0))
    if (points <= 0) continue
    chosen.push({ lot, points })
    open -= points
    if (open === 0) break
  }
  return chosen
}

/** Takes points by burn order. */
export function burn(booking: Booking, purse: Purse, draft: Draft, wanted: { points: number; day: string }): void {
  for (const { lot, points } of choose(booking, purse, wanted)) move(draft, lot, -points)
}

/**
 * Takes back what a refund asks for: from the order's own lots, pending before active; what had expired of them is
 * gone already and not asked for again; then, as the debt policy allows, from other lots (active ones that expire
 * last first, then pending ones), then as debt; the rest is forgiven.
 */
export function takeBack(
  purse: Purse,
  draft: Draft,
  wanted: { points: number; order_id: string | null; day: string; policy: PointRule['debt']; may_owe: boolean },
): void {
  let open = wanted.points
  const takeFrom = (lots: readonly Lot[]) => {
    const before = open
    for (const lot of lots) {
      const part = Math.min(open, lot.remaining)
      move(draft, lot, -part)
      open -= part
    }
    return before - open
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
