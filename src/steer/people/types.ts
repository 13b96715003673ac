/**
 * Glossary: *person row* a member as lists show one · *profile* everything about one member on one page · *timeline*
 * what happened to a member, from every module, merged by time. This module reads; it writes nothing.
 * *holdings* what a member has, counted · *clue* why two members may be one person
 *
 * Errors: `member.not_found` · `order.not_found`
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, type Loose, Minor, Nullable, Page, Uuid } from '../../base/routes.ts'
import { MemberShape } from '../../record/members/types.ts'
import { MemberState } from '../../record/orders/types.ts'
import { WhyShape as MomentWhy } from '../../value/moments/types.ts'
import { WhyShape as PlanWhy } from '../../value/plans/types.ts'
import { BalanceShape, LotShape, WhyShape as PointWhy } from '../../value/points/types.ts'
import { ProgressShape, WhyShape as TierWhy, Names } from '../../value/tiers/types.ts'

const text = Nullable(Type.String())

export const PersonShape = Type.Object({
  member_id: Uuid,
  kind: Type.String(),
  number: Type.Integer(),
  display_name: text,
  phone: text,
  email: text,
  tags: Type.Array(Type.String()),
  tier_code: text,
  tier_names: Nullable(Names),
  state: Nullable(MemberState),
  active_points: Type.Integer(),
  order_count: Type.Integer(),
  net_minor: Minor,
  last_order_at: Nullable(Instant),
  joined_at: Nullable(Instant),
})

export interface Person {
  member_id: string
  kind: string
  number: number
  display_name: string | null
  phone: string | null
  email: string | null
  tags: string[]
  tier_code: string | null
  tier_names: Record<string, string> | null
  state: 'new' | 'active' | 'drowsy' | 'asleep' | 'lost' | 'back' | null
  active_points: number
  order_count: number
  net_minor: number
  last_order_at: Date | null
  joined_at: Date | null
}

export const StatisticsShape = Type.Object({
  order_count: Type.Integer(),
  net_minor: Minor,
  first_order_on: Nullable(Day),
  last_order_on: Nullable(Day),
  last_order_at: Nullable(Instant),
  purchase_days: Type.Integer(),
  usual_interval_days: Nullable(
    Type.Number({
      description: 'mean gap between distinct purchase days; null under three such days',
    }),
  ),
  rhythm_days: Nullable(Type.Number({ description: 'the interval that the state goes by' })),
  state: Nullable(MemberState),
  state_since: Nullable(Day),
  state_due_on: Nullable(Day),
  next_expected_on: Nullable(Day),
})

const favourite = { order_count: Type.Integer(), net_minor: Minor, last_order_on: Day }

export const ProfileShape = Type.Object({
  member: MemberShape,
  home_store_name: text,
  identities: Type.Array(
    Type.Object({
      kind: Type.String({ description: 'phone, email, card or external:<source>' }),
      value: Type.String(),
      display: text,
      verified_at: Nullable(Instant),
      created_at: Instant,
    }),
  ),
  consents: Type.Array(
    Type.Object({
      channel: Type.String(),
      purpose: Type.String(),
      status: Type.String(),
      at: Instant,
      method: text,
      text_version: text,
      actor: text,
    }),
  ),
  suppressions: Type.Array(
    Type.Object({ channel: Type.String(), address: Type.String(), reason: Type.String(), at: Instant }),
  ),
  notes: Type.Array(Type.Object({ note_id: Uuid, body: Type.String(), actor_name: Type.String(), at: Instant })),
  statistics: Nullable(StatisticsShape),
  stores: Type.Array(Type.Object({ store_id: Uuid, name: Type.String(), ...favourite })),
  categories: Type.Array(Type.Object({ category: Type.String(), ...favourite })),
  tier: Nullable(ProgressShape),
  points: BalanceShape,
  lots: Type.Array(LotShape),
})

const at = { at: Instant, key: Type.String({ description: 'unique within the timeline' }) }
const Line = Type.Object({ sku: text, name: text, quantity: Type.Number(), net_minor: Minor })

/** One thing that happened: `kind` says which, `data` what. */
export const TimelineItem = Type.Union([
  Type.Object({
    kind: Type.Literal('joined'),
    ...at,
    data: Type.Object({
      channel: text,
      store_name: text,
      /** Whose link they accepted when they joined. */
      referred_by: Nullable(Uuid),
      referrer_name: text,
    }),
  }),
  Type.Object({
    kind: Type.Literal('order'),
    ...at,
    data: Type.Object({
      order_id: Uuid,
      source: Type.String(),
      source_id: Type.String(),
      order_kind: Type.String(),
      status: Type.String(),
      store_name: text,
      net_minor: Minor,
      refunded_minor: Minor,
      /** Given after the purchase: added, claimed or moved here; away: moved to another member. */
      given: text,
      other_member_id: Nullable(Uuid),
      line_count: Type.Integer(),
      lines: Type.Array(Line),
    }),
  }),
  Type.Object({
    kind: Type.Literal('refund'),
    ...at,
    data: Type.Object({
      refund_id: Uuid,
      refund_kind: Type.String(),
      order_id: Nullable(Uuid),
      source: Type.String(),
      source_id: Type.String(),
      net_minor: Minor,
      unmatched_minor: Minor,
    }),
  }),
  Type.Object({
    kind: Type.Literal('points'),
    ...at,
    data: Type.Object({
      entry_id: Type.Integer(),
      entry_kind: Type.String(),
      points: Type.Integer(),
      order_id: Nullable(Uuid),
      why: PointWhy,
    }),
  }),
  Type.Object({
    kind: Type.Literal('tier'),
    ...at,
    data: Type.Object({
      change_kind: Type.String(),
      from_tier_code: text,
      from_tier_names: Nullable(Names),
      to_tier_code: text,
      to_tier_names: Nullable(Names),
      why: TierWhy,
    }),
  }),
  Type.Object({
    kind: Type.Literal('message'),
    ...at,
    data: Type.Object({
      message_id: Type.Integer(),
      channel: Type.String(),
      status: Type.String(),
      reason: text,
      subject: text,
      template_name: text,
      origin: Type.String(),
      origin_id: Type.String(),
      opened_at: Nullable(Instant),
      clicked_at: Nullable(Instant),
    }),
  }),
  Type.Object({
    kind: Type.Literal('consent'),
    ...at,
    data: Type.Object({
      channel: Type.String(),
      purpose: Type.String(),
      status: Type.String(),
      method: Type.String(),
    }),
  }),
  Type.Object({
    kind: Type.Literal('note'),
    ...at,
    data: Type.Object({ note_id: Uuid, body: Type.String(), actor_name: Type.String() }),
  }),
  Type.Object({
    kind: Type.Literal('state'),
    ...at,
    data: Type.Object({ from_state: text, to_state: Type.String() }),
  }),
  Type.Object({
    kind: Type.Literal('plan'),
    ...at,
    data: Type.Object({
      act: Type.Enum(['joined', 'renewed', 'given', 'cancelled', 'resumed', 'refunded', 'ended'] as const),
      plan_id: Uuid,
      plan_names: Names,
      /** Paid above zero, given back below. */
      amount_minor: Minor,
      /** Of an end: why. */
      ended_why: text,
      why: Nullable(PlanWhy),
    }),
  }),
  Type.Object({
    kind: Type.Literal('moment'),
    ...at,
    data: Type.Object({
      moment_id: Uuid,
      moment_names: Names,
      /** The code of why it could not be handed out; null: it was. */
      refused: text,
      why: MomentWhy,
    }),
  }),
  Type.Object({
    kind: Type.Literal('passed'),
    ...at,
    data: Type.Object({
      thing: Type.Enum(['coupon', 'gift']),
      /** This member gave it; else they received it. */
      is_out: Type.Boolean(),
      name: text,
      names: Nullable(Names),
      other_member_id: Nullable(Uuid),
      other_name: text,
    }),
  }),
])

/** What an order did to points, entry by entry. */
export const OrderPointsShape = Type.Object({
  entry_id: Type.Integer(),
  entry_kind: Type.String(),
  points: Type.Integer(),
  occurred_at: Instant,
  why: PointWhy,
})
export type OrderPoints = Omit<Static<typeof OrderPointsShape>, 'occurred_at'> & { occurred_at: Date }

/** `key` is unique within the timeline; with `at` it is the place to go on from. */
export type TimelineRow = Loose<Static<typeof TimelineItem>> & { at: Date; key: string }

export const timelineKinds = [
  'joined',
  'order',
  'refund',
  'points',
  'tier',
  'message',
  'consent',
  'note',
  'state',
  'plan',
  'moment',
  'passed',
] as const
export type TimelineKind = (typeof timelineKinds)[number]

export const TimelinePage = Page(TimelineItem)

/** What a member has, counted. */
export const HoldingsShape = Type.Object({
  identities: Type.Integer(),
  orders: Type.Integer(),
  refunds: Type.Integer(),
  net_minor: Minor,
  active_points: Type.Integer(),
  pending_points: Type.Integer(),
  points_owed: Type.Integer(),
  consents: Type.Integer(),
  notes: Type.Integer(),
  messages: Type.Integer(),
  campaigns: Type.Integer(),
  lists: Type.Integer(),
})
export type Holdings = Static<typeof HoldingsShape>

/** A merge, done or (with `?dry_run=true`) only tried: what moved, and the kept member before and after. */
export const MergeShape = Type.Object({
  member_id: Uuid,
  merged: Type.Array(PersonShape),
  moved: HoldingsShape,
  before: PersonShape,
  after: PersonShape,
  consents_withdrawn: Type.Array(Type.Object({ channel: Type.String(), purpose: Type.String() }), {
    description: 'granted in one name, withdrawn in the other: withdrawn now',
  }),
})

export const EraseShape = Type.Object({ member_id: Uuid, erased_at: Instant, kept: HoldingsShape })

export const ExportShape = Type.Object({
  member_id: Uuid,
  exported_at: Instant,
  data: Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Unknown())), {
    description: 'rows as they are kept, by table; also those of members merged into this one',
  }),
})

export const Clue = Type.Union([
  Type.Literal('name_and_birthday'),
  Type.Literal('mailbox'),
  Type.Literal('phone_end'),
])
export interface DuplicateGroup {
  clue: Static<typeof Clue>
  /** The oldest first. */
  member_ids: string[]
}
export const DuplicatesShape = Type.Object({
  data: Type.Array(Type.Object({ clue: Clue, members: Type.Array(PersonShape) })),
})
