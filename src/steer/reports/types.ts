/**
 * Reports: reads over everything below; this module writes nothing.
 *
 * Glossary. *Cohort*: members by the month of their first purchase. *Active* in a month: bought in it. *State*: where
 * a member stands in their own rhythm. *Ours*: members who can be reached and who buy within their rhythm.
 * Amounts are minor units of the program's currency; rates are fractions between 0 and 1.
 */
import { Type, type Static } from 'typebox'
import { CostMinor, Day, Minor, Nullable, Uuid } from '../../base/routes.ts'

export const Summary = Type.Object({
  orders: Type.Integer(),
  cancellations: Type.Integer(),
  members: Type.Integer(),
  net_minor: Minor,
  currency: Type.String(),
})
export type Summary = Static<typeof Summary>

export const CohortActivity = Type.Union([Type.Literal('orders'), Type.Literal('lines')])
export type CohortActivity = Static<typeof CohortActivity>

export const Cohort = Type.Object({
  cohort: Type.String({ description: 'YYYY-MM of the first purchase' }),
  size: Type.Integer(),
  active: Type.Array(Type.Integer(), { description: 'members who bought 1, 2, … months later' }),
})
export type Cohort = Static<typeof Cohort>

export const RfmRow = Type.Object({
  member: Type.String(),
  member_id: Type.String(),
  recency: Type.Integer({ description: 'days since the last purchase' }),
  frequency: Type.Integer({ description: 'purchases' }),
  monetary: Type.Number({ description: 'net in the currency’s major unit' }),
  class: Type.String({ description: 'three quartiles, 1 best' }),
})
export type RfmRow = Static<typeof RfmRow>

export const states = ['new', 'active', 'drowsy', 'asleep', 'lost', 'back'] as const
export const StateName = Type.Enum([...states])
export type StateName = (typeof states)[number]

export const Flow = Type.Object({
  now: Type.Record(Type.String(), Type.Integer()),
  points: Type.Array(Type.Object({ day: Day, counts: Type.Record(Type.String(), Type.Integer()) })),
  moves: Type.Array(Type.Object({ from: Nullable(Type.String()), to: Type.String(), members: Type.Integer() })),
  from: Day,
  to: Day,
})
export type Flow = Static<typeof Flow>

export const Repurchase = Type.Object({
  within_days: Type.Integer(),
  eligible: Type.Integer({ description: 'members whose first purchase is at least that long ago' }),
  again: Type.Integer({ description: 'of those, who bought again within it' }),
  rate: Nullable(Type.Number()),
  median_interval_days: Nullable(Type.Number()),
  by_month: Type.Array(
    Type.Object({
      month: Type.String(),
      eligible: Type.Integer(),
      again: Type.Integer(),
      rate: Nullable(Type.Number()),
    }),
  ),
})
export type Repurchase = Static<typeof Repurchase>

export const Concentration = Type.Object({
  buyers: Type.Integer(),
  top_buyers: Type.Integer(),
  /** What the last of them bought: net sales of all time, in minor units. */
  top_from_minor: Nullable(Minor),
  top_share: Nullable(Type.Number({ description: 'share of members’ net sales that the top 20 % bring' })),
  curve: Type.Array(Type.Object({ buyers: Type.Number(), sales: Type.Number() })),
})
export type Concentration = Static<typeof Concentration>

export const PointsFlow = Type.Object({
  months: Type.Array(
    Type.Object({
      month: Type.String(),
      earned: Type.Integer(),
      opened: Type.Integer({ description: 'opening balances, brought along from an earlier program' }),
      spent: Type.Integer(),
      expired: Type.Integer(),
      reversed: Type.Integer(),
    }),
  ),
  outstanding: Type.Integer({ description: 'active and pending points members hold' }),
  pending: Type.Integer(),
  liability_minor: Minor,
  point_value_minor: Type.Number({ description: 'what a point is worth when spent, in minor units' }),
  by_age: Type.Array(
    Type.Object({ earned_month: Type.String(), remaining: Type.Integer(), expires_within_90_days: Type.Integer() }),
  ),
})
export type PointsFlow = Static<typeof PointsFlow>

export const Given = Type.Object({
  reasons: Type.Array(
    Type.Object({
      reason: Type.String(),
      kind: Type.String({ description: 'points, coupon or item' }),
      gifts: Type.Integer(),
      members: Type.Integer(),
      paid_points: Type.Integer(),
      paid_minor: Minor,
      cost_minor: CostMinor,
      /** Coupons that may cost something when used, nobody has said how much: they stand at 0 in `cost_minor`. */
      unknown_cost: Type.Integer({ description: 'Gifts whose cost is not known' }),
    }),
  ),
  gifts: Type.Integer(),
  members: Type.Integer(),
  cost_minor: CostMinor,
  from: Day,
  to: Day,
})
export type Given = Static<typeof Given>

export const StoreRow = Type.Object({
  store_id: Nullable(Type.String()),
  code: Nullable(Type.String()),
  name: Nullable(Type.String()),
  orders: Type.Integer(),
  net_minor: Minor,
  member_net_minor: Minor,
  member_share: Nullable(Type.Number()),
  guest_orders: Type.Integer(),
  joined: Type.Integer(),
  joining_rate: Nullable(Type.Number()),
})
export type StoreRow = Static<typeof StoreRow>

export const Ours = Type.Object({
  members: Type.Integer(),
  ours: Type.Integer(),
  reachable: Type.Integer(),
  within_rhythm: Type.Integer(),
  sales_share: Nullable(Type.Number()),
  sales_minor: Minor,
  ours_sales_minor: Minor,
  from: Day,
  to: Day,
})
export type Ours = Static<typeof Ours>

export const Drifting = Type.Object({
  members: Type.Integer({ description: 'drowsy members among the best fifth of the buyers' }),
  from_minor: Nullable(Minor),
  net_minor: Type.Integer({ description: 'what they have bought so far, in minor units' }),
})
export type Drifting = Static<typeof Drifting>

export const UnnamedStores = Type.Object({
  count: Type.Integer({ description: 'stores learnt from their codes within 30 days, which nobody has named' }),
  told: Type.Array(Type.Object({ store_id: Uuid, code: Type.String() }), { description: 'the newest three' }),
  since: Nullable(Day),
  orders: Type.Integer(),
  has_more_orders: Type.Boolean({ description: 'a store has more orders than were counted' }),
})
export type UnnamedStores = Static<typeof UnnamedStores>

export const Today = Type.Object({
  as_of: Type.String(),
  week: Type.Object({
    orders: Type.Integer(),
    net_minor: Minor,
    member_net_minor: Minor,
    joined: Type.Integer(),
    orders_before: Type.Integer(),
    net_minor_before: Minor,
    joined_before: Type.Integer(),
  }),
  days: Type.Array(Type.Object({ day: Day, orders: Type.Integer(), net_minor: Minor })),
  states: Type.Record(Type.String(), Type.Integer()),
  turned: Type.Array(Type.Object({ to: Type.String(), members: Type.Integer() })),
  expiring_points: Type.Object({ members: Type.Integer(), points: Type.Integer(), before: Day }),
  near_tier: Type.Integer({ description: 'members to be reviewed for their tier within 30 days' }),
  members: Type.Integer(),
  unnamed_stores: UnnamedStores,
})
export type Today = Static<typeof Today>

export const ReportErrors = ['report.unknown', 'report.day_unreadable'] as const
