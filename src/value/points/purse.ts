/**
 * One member's purse in memory: lots, debt and the entries about to be written. Moves keep the ledger's sums by
 * construction: an entry's `points` are what lots gained (or lost) minus what the debt gained.
 */
import { heldByLot, split, sumOf, type Part } from '../../base/ledger.ts'
import type { EntryKind, Why } from './types.ts'

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
  lots: { lot_id: number; units: number }[]
  status: 'held' | 'committed' | 'released' | 'expired'
  expires_at: Date
  is_new: boolean
  is_changed: boolean
}

export interface Purse {
  member_id: string
  /**
   * The moment that decides which holds are alive: that of the transaction or, where a clock runs behind, of whoever
   * was here last. What somebody has seen to be over is over for everybody after: its points may be others' by now.
   */
  seen_at: Date
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
  nextId: () => number
}

export function newPurse(member_id: string, { seen_at, debt }: Pick<Purse, 'seen_at' | 'debt'>): Purse {
  return {
    member_id,
    seen_at,
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

/** Takes parts of lots. */
export function take(draft: Draft, parts: readonly Part<Lot>[]): void {
  for (const { lot, units } of parts) move(draft, lot, -units)
}

/** What holds that are alive have set aside, by lot. */
export const heldOf = ({ holds, seen_at }: Purse): Map<number, number> => heldByLot(holds, seen_at)

/** What comes in, or becomes free, pays debt first: it leaves the lots again, and the debt falls by as much. */
export function payDebt(purse: Purse, draft: Draft, lots: readonly Lot[], held?: ReadonlyMap<number, number>): void {
  const parts = split(lots, purse.debt, held)
  const paid = sumOf(parts)
  if (paid === 0) return
  take(draft, parts)
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
