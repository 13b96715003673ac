import { Type } from 'typebox'
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { Page, PageQuery, route, Uuid, type RouteTable } from '../../base/routes.ts'
import * as messages from '../../reach/messages/messages.ts'
import { forecast } from './audience.ts'
import * as campaigns from './campaigns.ts'
import { progressOf, recipientsOf } from './queries.ts'
import { reportOf } from './report.ts'
import * as t from './types.ts'

const One = Type.Object({ campaign_id: Uuid })
const [read, write] = ['campaigns:read', 'campaigns:write']
/** A page of recipients unless asked otherwise. */
const pageSize = 50
/** Any id divides an audience as evenly as the one it will get. */
const unsaved = '00000000-0000-0000-0000-000000000000'

export const routes = {
  'GET /v1/admin/campaigns': route({
    permission: read,
    summary: 'All campaigns, newest first',
    answer: Type.Object({ data: Type.Array(t.Campaign) }),
    read: async (db) => ({ data: await campaigns.list(db) }),
  }),
  'POST /v1/admin/campaigns': route({
    permission: write,
    summary: 'A new draft',
    body: t.NewCampaign,
    answer: t.Campaign,
    status: 201,
    write: (tx, { body }) => campaigns.create(tx, body),
  }),
  'GET /v1/admin/campaigns/:campaign_id': route({
    permission: read,
    summary: 'One campaign',
    params: One,
    answer: t.Campaign,
    read: (db, { params }) => campaigns.find(db, params.campaign_id),
  }),
  'PATCH /v1/admin/campaigns/:campaign_id': route({
    permission: write,
    summary: 'Change a draft, or a scheduled one that has not begun',
    params: One,
    body: t.CampaignChange,
    answer: t.Campaign,
    write: (tx, { params, body }) => campaigns.update(tx, params.campaign_id, body),
  }),
  'GET /v1/admin/campaigns/:campaign_id/forecast': route({
    permission: read,
    summary: 'Its audience now, what the control group costs and what change it can detect',
    params: One,
    answer: t.Forecast,
    read: (db, { params }, { now }) => forecastOf(db, params.campaign_id, now),
  }),
  'POST /v1/admin/campaigns/forecasts': route({
    permission: read,
    summary: 'The same for a plan that is still being written',
    idempotent: false,
    body: t.ForecastAsked,
    answer: t.Forecast,
    read: async (db, { body: { campaign_id, template_id, channel, ...plan } }, { now }) => {
      const way = await messages.wayOf(db, template_id, channel)
      return forecast(
        db,
        { campaign_id: campaign_id ?? unsaved, ...plan, window_days: plan.attribution_days, ...way },
        now,
      )
    },
  }),
  'POST /v1/admin/campaigns/:campaign_id/schedule': route({
    permission: write,
    summary: 'Let it go out at the planned time, or another; at once if none was planned',
    params: One,
    body: t.Schedule,
    answer: t.Campaign,
    write: (tx, { params, body }) => campaigns.schedule(tx, params.campaign_id, body),
  }),
  'POST /v1/admin/campaigns/:campaign_id/pause': route({
    permission: write,
    summary: 'Stop sending within a second',
    params: One,
    answer: t.Campaign,
    write: (tx, { params }) => campaigns.pause(tx, params.campaign_id),
  }),
  'DELETE /v1/admin/campaigns/:campaign_id/pause': route({
    permission: write,
    summary: 'Go on from what was sent',
    params: One,
    answer: t.Campaign,
    write: (tx, { params }) => campaigns.resume(tx, params.campaign_id),
  }),
  'POST /v1/admin/campaigns/:campaign_id/cancellation': route({
    permission: write,
    summary: 'End it: what has not left stays',
    params: One,
    answer: t.Campaign,
    write: (tx, { params }) => campaigns.cancel(tx, params.campaign_id),
  }),
  'GET /v1/admin/campaigns/:campaign_id/progress': route({
    permission: read,
    summary: 'How far the sending is, and what it waits for',
    params: One,
    answer: t.Progress,
    read: (db, { params }, { now }) => progressOf(db, params.campaign_id, now),
  }),
  'GET /v1/admin/campaigns/:campaign_id/recipients': route({
    permission: read,
    summary: 'Who was in the audience, with the reason of each refusal; before it begins, who would be',
    params: One,
    query: Type.Object({
      arm: Type.Optional(Type.Union([Type.Literal('mailed'), Type.Literal('holdout'), Type.Literal('refused')])),
      reason: Type.Optional(Type.String({ maxLength: 60 })),
      did: Type.Optional(Type.Enum([...t.dids])),
      link_no: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, description: 'clicked this link' })),
      ...PageQuery,
    }),
    answer: Page(t.Recipient),
    read: (db, { params, query }, { now }) =>
      recipientsOf(db, params.campaign_id, { ...query, limit: query.limit ?? pageSize }, now),
  }),
  'GET /v1/admin/campaigns/:campaign_id/report': route({
    permission: read,
    summary: 'What it caused: both sides of the draw and the lift with its 95 % interval',
    params: One,
    answer: t.Report,
    read: (db, { params }, { now }) => reportOf(db, params.campaign_id, now),
  }),
} satisfies RouteTable

async function forecastOf(db: Db, campaign_id: string, now: Date) {
  const campaign = await campaigns.find(db, campaign_id)
  const missing = (['segment_id', 'template_id'] as const).filter((key) => campaign[key] === null)
  if (missing.length > 0) throw new AppError('campaign.incomplete', { missing })
  const way = await messages.wayOf(db, campaign.template_id!, campaign.channel)
  return forecast(
    db,
    {
      campaign_id,
      segment_id: campaign.segment_id!,
      ...way,
      holdout_per_mille: campaign.holdout_per_mille,
      window_days: campaign.attribution_days,
    },
    now,
  )
}
