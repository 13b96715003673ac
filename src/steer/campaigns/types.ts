/**
 * Glossary. *Campaign*: one planned action for one audience. *Audience*: the members of its segment when it was built.
 * *Arm*: which side of the draw a member is on: `mailed`, or `holdout` (left out, to measure against); `refused`
 * members could not have been written to and are on neither. *Window*: the days after the send in which a purchase
 * counts. *Lift*: what the message caused: the difference between the arms. *Verdict*: what a reader may take from it.
 *
 * Facts written: none of its own; messages write theirs, the audience lies in `campaign_members`.
 * Errors: `campaign.not_found` `campaign.wrong_state` `campaign.incomplete` `campaign.too_late` and those of segments,
 * templates and channels.
 */
import { Type, type Static } from 'typebox'
import { Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'

export const statuses = ['draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'expired'] as const
export type CampaignStatus = (typeof statuses)[number]
const Status = Type.Enum([...statuses])

/** One in ten is left out unless somebody decides otherwise. */
export const holdoutPerMilleDefault = 100
/** What has not left a day after its time is stale, unless the marketer says otherwise (pain 14). */
export const notAfterHoursDefault = 24

const Counts = Type.Object({
  audience: Type.Integer(),
  mailed: Type.Integer(),
  holdout: Type.Integer(),
  refused: Type.Integer(),
  /** By reason. */
  reasons: Type.Record(Type.String(), Type.Integer()),
})
export type Counts = Static<typeof Counts>

const plan = {
  segment_id: Nullable(Uuid),
  template_id: Nullable(Uuid),
  channel: Nullable(Type.String({ maxLength: 40 })),
  holdout_per_mille: Type.Integer({ minimum: 0, maximum: 500 }),
  attribution_days: Type.Integer({ minimum: 1, maximum: 90 }),
  send_at: Nullable(Instant),
  not_after: Nullable(Instant),
  fixed_cost_minor: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
}

export const Campaign = Type.Object({
  campaign_id: Uuid,
  name: Type.String(),
  status: Status,
  ...plan,
  send_id: Nullable(Uuid),
  segment_name: Nullable(Type.String()),
  template_name: Nullable(Type.String()),
  /** The channel that the messages took, once they have begun to leave. */
  sent_through: Nullable(Type.String()),
  audience: Nullable(Counts),
  started_at: Nullable(Instant),
  finished_at: Nullable(Instant),
  created_at: Instant,
  updated_at: Instant,
})

export interface CampaignRow {
  campaign_id: string
  name: string
  status: CampaignStatus
  segment_id: string | null
  template_id: string | null
  channel: string | null
  holdout_per_mille: number
  attribution_days: number
  send_at: Date | null
  not_after: Date | null
  fixed_cost_minor: number
  send_id: string | null
  segment_name: string | null
  template_name: string | null
  sent_through: string | null
  audience: Counts | null
  started_at: Date | null
  finished_at: Date | null
  created_at: Date
  updated_at: Date
}

const Name = Type.String({ minLength: 1, maxLength: 120 })
const optionalPlan = {
  segment_id: Type.Optional(plan.segment_id),
  template_id: Type.Optional(plan.template_id),
  channel: Type.Optional(plan.channel),
  holdout_per_mille: Type.Optional(plan.holdout_per_mille),
  attribution_days: Type.Optional(plan.attribution_days),
  send_at: Type.Optional(plan.send_at),
  not_after: Type.Optional(plan.not_after),
  fixed_cost_minor: Type.Optional(plan.fixed_cost_minor),
}

export const NewCampaign = Type.Object({ name: Name, ...optionalPlan }, { additionalProperties: false })
export type NewCampaign = Static<typeof NewCampaign>

export const CampaignChange = Type.Object(
  { name: Type.Optional(Name), ...optionalPlan },
  { additionalProperties: false },
)
export type CampaignChange = Static<typeof CampaignChange>

/** What a forecast needs to know of a plan. */
export const ForecastAsked = Type.Object(
  {
    /** Of a saved draft: then the draw is the one that will be made. */
    campaign_id: Type.Optional(Uuid),
    segment_id: Uuid,
    template_id: Uuid,
    channel: plan.channel,
    holdout_per_mille: plan.holdout_per_mille,
    attribution_days: plan.attribution_days,
  },
  { additionalProperties: false },
)

export const Schedule = Type.Object(
  {
    /** As planned unless given; null: now. */
    send_at: Type.Optional(Nullable(Instant)),
    /** What has not left by then stays; as planned unless given, null: a day after the send. */
    not_after: Type.Optional(Nullable(Instant)),
  },
  { additionalProperties: false },
)
export type Schedule = Static<typeof Schedule>

export const Forecast = Type.Object({
  audience: Counts,
  window_days: Type.Integer(),
  /** Net sales per member in the same number of days just past. */
  usual_per_member_minor: Type.Number(),
  /** The smallest change per member that this draw would show four times out of five; null with nobody left out. */
  detectable_per_member_minor: Nullable(Type.Number()),
  detectable_share: Nullable(Type.Number()),
  /** What leaving them out costs in sales if the message works just that well. */
  holdout_cost_minor: Nullable(Type.Number()),
  message_cost_minor: Type.Number(),
})
export type Forecast = Static<typeof Forecast>

const Interval = Type.Object({ estimate: Type.Number(), low: Type.Number(), high: Type.Number() })
const ArmFigures = Type.Object({
  members: Type.Integer(),
  buyers: Type.Integer(),
  orders: Type.Integer(),
  revenue_minor: Minor,
  revenue_per_member_minor: Type.Number(),
  buyer_share: Type.Number(),
})

export const Report = Type.Object({
  campaign_id: Uuid,
  as_of: Instant,
  window: Type.Object({ from: Instant, to: Instant, over: Type.Boolean(), days: Type.Integer() }),
  messages: Type.Object({
    mailed: Type.Integer(),
    sent: Type.Integer(),
    delivered: Type.Integer(),
    opened: Type.Integer(),
    opened_by_machines: Type.Integer(),
    clicked: Type.Integer(),
    clicked_by_machines: Type.Integer(),
    bounced: Type.Integer(),
    failed: Type.Integer(),
    uncertain: Type.Integer(),
    refused_late: Type.Integer(),
    unsubscribed: Type.Integer(),
    complained: Type.Integer(),
    waiting: Type.Integer(),
  }),
  links: Type.Array(
    Type.Object({ link_no: Type.Integer(), url: Type.String(), clicks: Type.Integer(), people: Type.Integer() }),
  ),
  audience: Counts,
  mailed: ArmFigures,
  holdout: ArmFigures,
  lift: Type.Object({
    /** Net sales per member, minor units. */
    per_member_minor: Nullable(Interval),
    /** Extra net sales of everybody mailed. */
    total_minor: Nullable(Interval),
    /** Share of members who bought. */
    buyer_share: Nullable(Interval),
  }),
  cost: Type.Object({ messages_minor: Type.Number(), fixed_minor: Minor, total_minor: Type.Number() }),
  /** Extra net sales less cost. */
  gain_minor: Nullable(Interval),
  verdict: Type.Enum(['unknowable', 'too_early', 'more', 'less', 'no_effect_seen']),
  reasons: Type.Array(Type.String()),
})
export type Report = Static<typeof Report>

export const Progress = Type.Object({
  status: Status,
  total: Type.Integer(),
  done: Type.Integer(),
  by_status: Type.Record(Type.String(), Type.Integer()),
  /** What it waits for, null when it waits for nothing (pain 15). */
  waiting_for: Nullable(Type.Object({ code: Type.String(), params: Type.Record(Type.String(), Type.Unknown()) })),
  started_at: Nullable(Instant),
  per_second: Nullable(Type.Number()),
  seconds_left: Nullable(Type.Integer()),
})
export type Progress = Static<typeof Progress>

/** What a recipient did, or what became of their message: each a figure of the report. */
export const dids = [
  'bought',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'waiting',
] as const
export type Did = (typeof dids)[number]

export const Recipient = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  arm: Type.String(),
  reason: Nullable(Type.String()),
  status: Nullable(Type.String()),
  opened_at: Nullable(Instant),
  clicked_at: Nullable(Instant),
  /** Purchases within the window until now, and what they come to net of what went back. */
  orders: Type.Integer(),
  revenue_minor: Minor,
})
