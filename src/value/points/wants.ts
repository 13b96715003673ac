/** What may be wanted of a purse, and in which order wants are booked. */
import type { Booking } from './purse.ts'
import type { PointRuleVersion, Purchase } from './types.ts'

interface About {
  member_id: string
  occurred_at: Date
  /** The day in the program's zone. */
  day: string
  /** Puts wants of one instant in their order. */
  number: string
  source: string
  source_id: string
}
export interface PaidWant extends About {
  kind: 'paid'
  order_id: string
  purchase: Purchase
}
export interface RefundWant extends About {
  kind: 'refund'
  order_id: string | null
  purchase: Purchase
}
export interface SpendWant extends About {
  kind: 'spend'
  points: number
}
export interface RestoreWant extends About {
  kind: 'restore'
  spend_source: string
  spend_source_id: string
  /** How many of them; all that is left unless said. */
  points?: number | undefined
}
/** Points set aside; the name is that of the spend it may become. */
export interface HoldWant extends About {
  kind: 'hold'
  points: number
  expires_at: Date
}
/** Spends what a hold of this name set aside. */
export interface CommitWant extends About {
  kind: 'commit'
}
export interface ReleaseWant extends About {
  kind: 'release'
}
export interface AdjustWant extends About {
  kind: 'adjust'
  points: number
  reason: string
  expires_on?: string | null | undefined
}
export interface OpenWant extends About {
  kind: 'open'
  points: number
  activates_on: string | null
  expires_on?: string | null | undefined
}
export interface SettleWant extends About {
  kind: 'settle'
}
/** An order as it stands, to be judged anew. */
export interface RebookWant extends About {
  kind: 'rebook'
  order_id: string
  order_day: string
  ordered_at: Date
  purchase: Purchase
  /** Sums of what its refunds took back. */
  refunded: Purchase
  tier_code: string | null
}
export type Want =
  | PaidWant
  | RefundWant
  | SpendWant
  | RestoreWant
  | HoldWant
  | CommitWant
  | ReleaseWant
  | AdjustWant
  | OpenWant
  | SettleWant
  | RebookWant

/** A spend that is to be given back, as it is booked. */
export interface BookedSpend {
  entry_id: number
  parts: { lot_id: number; points: number }[]
  /** How many came back before. */
  restored: number
}

/** What deciding needs besides the purse. */
export interface Context {
  booking: Booking
  rules: readonly PointRuleVersion[]
  /** The tier held before each order. */
  tierOf: (want: PaidWant) => string | null
  spendOf: (want: RestoreWant) => BookedSpend | undefined
}

/** Why a want is not met. */
export interface Refused {
  code: string
  params: Record<string, unknown>
}

const ranks: Record<Want['kind'], number> = {
  open: 0,
  paid: 1,
  refund: 2,
  restore: 3,
  release: 4,
  adjust: 5,
  commit: 6,
  spend: 7,
  hold: 8,
  rebook: 9,
  settle: 10,
}

/** Member by member in the order of time; at one instant what gives before what takes, then by number. */
export function byMemberAndTime(a: Want, b: Want): number {
  if (a.member_id !== b.member_id) return a.member_id < b.member_id ? -1 : 1
  return (
    a.occurred_at.getTime() - b.occurred_at.getTime() ||
    ranks[a.kind] - ranks[b.kind] ||
    (a.number < b.number ? -1 : a.number > b.number ? 1 : a.source_id < b.source_id ? -1 : 1)
  )
}

/** Does this want look at lots that are already there? Earning does not. */
export function needsLots(want: Want): boolean {
  return want.kind !== 'paid' && want.kind !== 'open'
}
