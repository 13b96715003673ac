/** What may be wanted of a purse, and in which order wants are booked. */
import { ruleAt } from '../tiers/tiers.ts'
import type { Gone, Scene } from './earning/scenes.ts'
import type { Booking } from './purse.ts'
import type { WhyCode } from './rules.ts'
import type { Basket, BasketLine, Giver, PointRuleVersion, Purchase } from './types.ts'

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
  /** What bonuses look at. */
  basket?: Basket | undefined
  /** Whose tier climbs by it, where that is not whose order it is. */
  climber_id?: string | null | undefined
}
export interface RefundWant extends About {
  kind: 'refund'
  order_id: string | null
  purchase: Purchase
  /** What went back line by line, where that is known. */
  lines?: readonly BasketLine[] | undefined
  climber_id?: string | null | undefined
}
/** Somebody climbs, or falls back, by an order of who has no purse. */
export interface ClimbWant extends About {
  kind: 'climb'
  source: 'order' | 'refund'
  owner_id: string
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
  /** Lots of the spend that were borrowed for it and go back to who lent them: no debt is paid from these. */
  borrowed?: ReadonlySet<number> | undefined
}
/** What a mate of the pool had set aside becomes another's. */
export interface LendWant extends About, Mated {
  kind: 'lend'
  points: number
  /** The hold in the lender's purse. */
  held: { source: string; source_id: string }
}
/** What a mate lends arrives, set aside for what it is borrowed for. */
export interface BorrowWant extends About, Mated {
  kind: 'borrow'
  points: number
  expires_on: string | null
  /** The hold that it joins. */
  held: { source: string; source_id: string; expires_at: Date }
}
/** What was borrowed for a spend that is undone leaves again. */
export interface GiveBackWant extends About, Mated {
  kind: 'give_back'
  points: number
  lots: { lot_id: number; units: number }[]
}
/** What was lent is the lender's again, in the lots that it came from. */
export interface TakeBackWant extends About, Mated {
  kind: 'take_back'
  points: number
  spend_source: string
  spend_source_id: string
}
interface Mated {
  /** The other of the two. */
  mate_id: string
  pool_id: string
}
/** What undoes an entry by its name. */
export type UndoWant = RestoreWant | TakeBackWant
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
  given_by?: Giver | undefined
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
/** What is owed is paid from what is free; `cause` says why. */
export interface PayWant extends About {
  kind: 'pay'
  cause: WhyCode
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
  basket?: Basket | undefined
  /** What its refunds took back, one by one: for caps. */
  gone?: readonly Gone[] | undefined
  /** An order before the window that stays as it is booked; caps count it. */
  kept?: { points: number; counted_minor: number } | undefined
}
/** An order was delivered or completed: what it earned may begin sooner. */
export interface EventWant extends About {
  kind: 'event'
  event: 'delivered' | 'completed'
  order_id: string
}
export type Want =
  | PaidWant
  | RefundWant
  | ClimbWant
  | SpendWant
  | RestoreWant
  | LendWant
  | BorrowWant
  | GiveBackWant
  | TakeBackWant
  | HoldWant
  | CommitWant
  | ReleaseWant
  | AdjustWant
  | OpenWant
  | SettleWant
  | PayWant
  | RebookWant
  | EventWant

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
  /** Where a rule with bonuses or caps looks at the member's orders. */
  scenes: ReadonlyMap<string, Scene>
  spendOf: (want: UndoWant) => BookedSpend | undefined
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
  climb: 2,
  restore: 3,
  give_back: 4,
  release: 4,
  take_back: 4,
  adjust: 5,
  lend: 5,
  borrow: 5,
  commit: 6,
  spend: 7,
  hold: 8,
  event: 9,
  rebook: 10,
  settle: 11,
  pay: 12,
}

/** Member by member in the order of time. */
export function byMemberAndTime(a: Want, b: Want): number {
  if (a.member_id !== b.member_id) return a.member_id < b.member_id ? -1 : 1
  return byTime(a, b)
}

/** In the order of time; at one instant what gives before what takes, then by number. */
export function byTime(a: Want, b: Want): number {
  return (
    a.occurred_at.getTime() - b.occurred_at.getTime() ||
    rankOf(a) - rankOf(b) ||
    (a.number < b.number ? -1 : a.number > b.number ? 1 : a.source_id < b.source_id ? -1 : 1)
  )
}

const rankOf = (want: Want) => (want.kind === 'climb' && want.source === 'order' ? ranks.paid : ranks[want.kind])

/** Does this want look at lots that are already there? Earning does not, unless it prolongs them. */
export function needsLots(want: Want, rules: readonly PointRuleVersion[]): boolean {
  if (want.kind === 'paid') return ruleAt(rules, want.occurred_at)?.rule.expiry.kind === 'inactivity'
  return want.kind !== 'open' && want.kind !== 'climb'
}
