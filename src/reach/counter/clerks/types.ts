/**
 * Glossary: *late receipt* one that a member is given after the purchase: *added* (nobody had rung it up here),
 * *claimed* (rung up without a member) or *moved* (another member had it) · *limit* what one clerk may do in a day ·
 * *approval* a manager's word for one act beyond it, as a code that works once · *alarm* something a manager should
 * look at, with its evidence · *stretch* one time without a network of one device; its receipts are *reconciled* when
 * they are sold here, or settled by a manager.
 *
 * Errors: `till.not_your_store` · `till.over_limit` (a manager's code allows it) · `till.approval_unusable` (used,
 * old or none) · `till.request_not_found`, `till.request_over` (an answer too late) · `till.approval_locked` (429:
 * too many that were none) · `till.code_needed` (to spend, the member shows one) · `till.receipt_too_old` ·
 * `till.receipt_theirs` · `till.receipt_paid_with` (points, coupons or stored value paid for it: those stay with
 * whose they were) · `till.receipt_points_stay` (what it earned is spent, and the debt policy takes nothing else) ·
 * `till.receipt_in_future` · `till.alarm_not_found` · `till.offline_not_found` · `till.offline_settled` · and why a
 * receipt that was taken without a network waits for a manager: `till.offline_over_limit`, `till.offline_clock`,
 * `till.offline_in_future`, `till.offline_spending`, `till.offline_points_over_limit`, `till.offline_not_covered`
 * (the points that were given for are not there), `till.offline_differs` (the bill is another here), what is wrong
 * with the code, or whatever the till refuses.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../../base/routes.ts'
import { CardBalanceShape } from '../../../value/cards/types.ts'
import { PointSpendRule } from '../../../value/points/types.ts'
import { Names } from '../../../value/tiers/types.ts'
import { SaleBody } from '../types.ts'

const strict = { additionalProperties: false }
const Limit = (most: number) => Nullable(Type.Integer({ minimum: 0, maximum: most }))
/** Nobody looks for the receipt of a purchase a year ago. */
const late_days_most = 365
const amount_most = 1_000_000_000_000

/** What the owner allows at the counter. Of a limit, null: none; 0: never without a manager. */
export const TillRules = Type.Object(
  {
    /** A receipt can be given to a member for so many days after the purchase. */
    late_days_max: Type.Integer({ minimum: 0, maximum: late_days_most }),
    /** Of one clerk on one day. */
    points_a_day_max: Limit(1_000_000),
    receipts_a_day_max: Limit(10_000),
    refunds_a_day_max_minor: Limit(amount_most),
    /** Money taken in for stored value and sessions. */
    top_ups_a_day_max_minor: Type.Union([Type.Integer({ minimum: 0, maximum: amount_most }), Type.Null()], {
      default: null,
    }),
    /** One card at one till, or with one clerk: so many receipts within the minutes, or in the day. */
    alarm_receipts: Type.Integer({ minimum: 2, maximum: 1_000 }),
    alarm_minutes: Type.Integer({ minimum: 1, maximum: 1_440 }),
    alarm_receipts_a_day: Type.Integer({ minimum: 2, maximum: 1_000 }),
    /** Of one device until its receipts are reconciled; 0: no receipt without a network. */
    offline_receipts_max: Type.Integer({ minimum: 0, maximum: 10_000 }),
    offline_amount_max_minor: Limit(amount_most),
    /** Points that one receipt without a network may take from a member who shows their code; 0: none. */
    offline_points_a_receipt_max: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
    /** Of one member at one device until it is reconciled. */
    offline_points_a_member_max: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
    /** Points and stored value are spent at a desk only with the code that the member shows. */
    spending_needs_code: Type.Boolean({ default: true }),
  },
  strict,
)
export type TillRules = Static<typeof TillRules>

/**
 * Until the owner says otherwise: a week to come back with a receipt; by hand, points of a small apology; nobody who is
 * not feeding a card buys four times in an hour at one till; an hour of a busy till without a network.
 */
export const rules_default: TillRules = {
  late_days_max: 7,
  points_a_day_max: 200,
  receipts_a_day_max: 10,
  refunds_a_day_max_minor: null,
  top_ups_a_day_max_minor: null,
  alarm_receipts: 4,
  alarm_minutes: 60,
  alarm_receipts_a_day: 6,
  offline_receipts_max: 60,
  offline_amount_max_minor: null,
  offline_points_a_receipt_max: 0,
  offline_points_a_member_max: 0,
  spending_needs_code: true,
}

/** A store, and the source under which its register sends receipts: those added by hand go under the same. */
export const TillStoreShape = Type.Object({
  store_id: Uuid,
  code: Type.String(),
  name: Type.String(),
  receipts_source: Nullable(Type.String()),
})
export const TillStoreBody = Type.Object(
  { receipts_source: Nullable(Type.String({ minLength: 1, maxLength: 60 })) },
  strict,
)
/** What the app on the device must know. */
export const AtWorkShape = Type.Object({
  rules: TillRules,
  stores: Type.Array(TillStoreShape),
  manages: Type.Boolean(),
  /** What points pay now; null: nothing. */
  pays: Nullable(PointSpendRule),
  /** Cards on which money can be paid in, or whose sessions can be bought. */
  cards: Type.Array(
    Type.Object({
      card_definition_id: Uuid,
      kind: CardBalanceShape.properties.kind,
      names: Names,
      rule: CardBalanceShape.properties.rule,
    }),
  ),
})

const Reason = Type.String({ minLength: 3, maxLength: 300 })
/** A manager's code (spaces within are for reading aloud), or the id of a request that a manager allowed. */
export const ApprovalQuery = Type.Object({ approval: Type.Optional(Type.String({ maxLength: 36 })) })

/** What a clerk asks to do beyond the day's limit: points, receipts, or money in minor units. */
export const NewApprovalRequest = Type.Object(
  {
    kind: Type.Enum(['points', 'receipts', 'refunds', 'top_ups']),
    amount: Type.Integer({ minimum: 1, maximum: amount_most }),
    store_id: Type.Optional(Nullable(Uuid)),
    /** For whom, so that the manager can tell. */
    member_id: Type.Optional(Nullable(Uuid)),
  },
  strict,
)
export type NewApprovalRequest = Static<typeof NewApprovalRequest>
export const ApprovalAsked = Type.Object({
  request_id: Uuid,
  /** over: nobody answered in time, or what was allowed was not used in time. */
  state: Type.Enum(['waiting', 'allowed', 'refused', 'over', 'used']),
  decided_by_name: Nullable(Type.String()),
})
export type ApprovalAsked = Static<typeof ApprovalAsked>
export const ApprovalRequestRow = Type.Object({
  request_id: Uuid,
  kind: NewApprovalRequest.properties.kind,
  amount: Type.Integer(),
  display_name: Nullable(Type.String()),
  store_name: Nullable(Type.String()),
  asked_by_name: Type.String(),
  asked_at: Instant,
  expires_at: Instant,
})

export const NewReceipt = Type.Object(
  {
    /** The store's code. */
    store: Type.String({ minLength: 1, maxLength: 100 }),
    /** As printed on the receipt; once for ever at its store. */
    number: Type.String({ minLength: 1, maxLength: 150 }),
    amount_minor: Type.Integer({ minimum: 1, maximum: amount_most }),
    bought_on: Day,
    member_id: Uuid,
    reason: Reason,
  },
  strict,
)
export type NewReceipt = Static<typeof NewReceipt>
export const MoveBody = Type.Object({ member_id: Uuid, reason: Reason }, strict)
export const GivenKind = Type.Enum(['added', 'claimed', 'moved'])

/** A receipt that a member was given, and what it brought and took. */
export const GivenShape = Type.Object({
  kind: GivenKind,
  order_id: Uuid,
  member_id: Uuid,
  number: Type.String(),
  net_minor: Minor,
  points_earned: Type.Integer(),
  /** Taken back from whose it was. */
  points_taken: Type.Integer(),
})
export type Given = Static<typeof GivenShape>

/** What is known of a receipt's number at a store. */
export const FoundReceipt = Type.Object({
  order_id: Uuid,
  number: Type.String(),
  occurred_at: Instant,
  net_minor: Minor,
  /** null: rung up without a member. Masked for who may not read members. */
  owner_name: Nullable(Type.String()),
  owner_kind: Nullable(Type.String()),
  /** Why it cannot be given to anybody else; null: it can. */
  code: Nullable(Type.String()),
  params: Type.Record(Type.String(), Type.Unknown()),
})

export const PointsBody = Type.Object(
  {
    points: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    reason: Reason,
    /** The same is the same gift, once for ever. */
    source_id: Type.String({ minLength: 1, maxLength: 100 }),
    store_id: Type.Optional(Nullable(Uuid)),
  },
  strict,
)

/** Packs of sessions that are sold at once. */
const packs_max = 20
/** What is paid in for a card at a till. */
export const TopUpBody = Type.Object(
  {
    /** Of stored value: what is paid in. */
    paid_minor: Type.Optional(Type.Integer({ minimum: 1, maximum: amount_most })),
    /** Of sessions: how many packs. */
    packs: Type.Optional(Type.Integer({ minimum: 1, maximum: packs_max })),
    source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    store_id: Type.Optional(Nullable(Uuid)),
    /** How it was paid, in the shop's own words: cash, bank card. */
    paid_by: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
  },
  strict,
)
export type TopUpBody = Static<typeof TopUpBody>

export const ApprovalShape = Type.Object({
  approval_id: Uuid,
  /** Shown once: only its hash is kept. */
  approval: Type.String(),
  expires_at: Instant,
})
export const ApprovalRow = Type.Object({
  approval_id: Uuid,
  made_by_name: Type.String(),
  created_at: Instant,
  expires_at: Instant,
  used_at: Nullable(Instant),
  used_by_name: Nullable(Type.String()),
  used_for: Nullable(Type.String()),
})

export const AlarmShape = Type.Object({
  alarm_id: Uuid,
  kind: Type.Enum(['often', 'replayed', 'mistyped', 'contested']),
  member_id: Nullable(Uuid),
  display_name: Nullable(Type.String()),
  store_id: Nullable(Uuid),
  store_name: Nullable(Type.String()),
  actor_name: Nullable(Type.String()),
  day: Day,
  /** often, contested: `receipts` (order, number, time, amount); contested: `named_member_id`, or null; else `times` */
  evidence: Type.Record(Type.String(), Type.Unknown()),
  raised_at: Instant,
  settled_at: Nullable(Instant),
  settled_by_name: Nullable(Type.String()),
  settled_note: Nullable(Type.String()),
})
export const SettleBody = Type.Object({ note: Reason }, strict)

/** Clocks that were never set stand at 1970. */
const ahead_ms_most = 100 * 366 * 86_400_000
export const OfflineBody = Type.Object(
  {
    device: Type.String({ minLength: 1, maxLength: 60 }),
    /** The number of the first receipt that was taken in this time without a network. */
    stretch: Type.String({ minLength: 1, maxLength: 200 }),
    /** By the device's own clock: when it was taken, and what it says now. */
    said_at: Instant,
    device_now: Instant,
    /** By how much the program's clock was ahead of the device's when it was last heard before the receipt. */
    ahead_ms: Type.Optional(Nullable(Type.Integer({ minimum: -ahead_ms_most, maximum: ahead_ms_most }))),
    /** Points the member paid with, by the code they showed, and what of the bill that was. */
    spend: Type.Optional(
      Nullable(
        Type.Object(
          {
            code: Type.String({ minLength: 1, maxLength: 200 }),
            /** When it was shown, by the device's own clock: at the desk, before the receipt was paid. */
            shown_at: Instant,
            points: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
            worth_minor: Type.Integer({ minimum: 1, maximum: amount_most }),
          },
          strict,
        ),
      ),
    ),
    sale: SaleBody,
  },
  strict,
)
export type OfflineBody = Static<typeof OfflineBody>
export const OfflineStatus = Type.Enum(['sold', 'open', 'accepted', 'dismissed'])
export const OfflineOutcome = Type.Object({
  status: OfflineStatus,
  order_id: Nullable(Uuid),
  code: Nullable(Type.String()),
  params: Nullable(Type.Record(Type.String(), Type.Unknown())),
  paid_minor: Minor,
  points_earned: Type.Integer(),
})
export type OfflineOutcome = Static<typeof OfflineOutcome>
export const OfflineRow = Type.Object({
  source: Type.String(),
  source_id: Type.String(),
  member_id: Nullable(Uuid),
  display_name: Nullable(Type.String()),
  store_id: Nullable(Uuid),
  store_name: Nullable(Type.String()),
  device: Type.String(),
  said_at: Instant,
  received_at: Instant,
  clock_off_s: Type.Integer(),
  /** When it was taken by our clock, as far as the device's was known. */
  taken_at: Instant,
  amount_minor: Minor,
  /** What was given for points without a network; null: nothing. */
  spend_points: Nullable(Type.Integer()),
  spend_worth_minor: Nullable(Minor),
  status: OfflineStatus,
  code: Nullable(Type.String()),
  params: Nullable(Type.Record(Type.String(), Type.Unknown())),
  order_id: Nullable(Uuid),
  actor_name: Type.String(),
  settled_by_name: Nullable(Type.String()),
  settled_note: Nullable(Type.String()),
})
export const OfflineSettleBody = Type.Object({ accept: Type.Boolean(), note: Reason }, strict)

/** Which days and which store; days in the program's zone, both included. */
export const DaysQuery = Type.Object({ store_id: Type.Optional(Uuid), from: Day, to: Day })
/** What one person did on one day at one store; `actor` null: what came by a shop system's key or an import. */
export const DayRow = Type.Object({
  day: Day,
  store_id: Nullable(Uuid),
  store_name: Nullable(Type.String()),
  actor: Nullable(Type.String()),
  actor_name: Nullable(Type.String()),
  orders: Type.Integer(),
  sales_minor: Minor,
  member_orders: Type.Integer(),
  member_sales_minor: Minor,
  /** Members who joined here this day, and receipts of guests and nobody: whom one might have asked. */
  joined: Type.Integer(),
  privileges_used: Type.Integer(),
  points_given: Type.Integer(),
  receipts_given: Type.Integer(),
  refunds: Type.Integer(),
  refunded_minor: Minor,
  /** Money taken in for cards: how often, and how much. */
  top_ups: Type.Integer(),
  topped_up_minor: Minor,
  alarms: Type.Integer(),
})
export const GivenRow = Type.Object({
  kind: Type.Enum(['added', 'claimed', 'moved', 'points']),
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  order_id: Nullable(Uuid),
  number: Nullable(Type.String()),
  amount: Type.Integer(),
  store_name: Nullable(Type.String()),
  reason: Type.String(),
  actor_name: Type.String(),
  approved_by_name: Nullable(Type.String()),
  given_at: Instant,
})

export const EntriesQuery = Type.Object({
  ...DaysQuery.properties,
  of: Type.Enum(['orders', 'members', 'joined', 'privileges', 'refunds', 'top_ups']),
  /** As a row of the day names it; `system` for one that names nobody. */
  actor: Type.Optional(Type.String({ maxLength: 100 })),
})
export const EntryRow = Type.Object({
  at: Instant,
  member_id: Nullable(Uuid),
  display_name: Nullable(Type.String()),
  number: Nullable(Type.String()),
  names: Nullable(Names),
  amount_minor: Nullable(Minor),
  order_id: Nullable(Uuid),
  actor_name: Nullable(Type.String()),
  /** Of a top-up: how it was paid, and who approved of it beyond the limit. */
  note: Nullable(Type.String()),
  approved_by_name: Nullable(Type.String()),
})
