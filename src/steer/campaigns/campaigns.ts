/** A campaign from draft to sent. Its audience is drawn once, in one statement, and never redrawn. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addMs, parseInstant } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as staff from '../../record/staff/staff.ts'
import * as messages from '../../reach/messages/messages.ts'
import { drawAudience } from './audience.ts'
import {
  holdoutPerMilleDefault,
  notAfterHoursDefault,
  type CampaignChange,
  type CampaignRow,
  type CampaignStatus,
  type NewCampaign,
  type Schedule,
} from './types.ts'

const columns = sql`
  c.campaign_id, c.name, c.status, c.segment_id, c.template_id, c.channel, c.holdout_per_mille, c.attribution_days,
  c.send_at, c.not_after, c.fixed_cost_minor, c.send_id, c.audience, c.started_at, c.finished_at, c.created_at,
  c.updated_at, segments.name as segment_name, templates.name as template_name,
  sends.channel as sent_through`
const joined = sql`
  campaigns c left join segments on segments.segment_id = c.segment_id
  left join templates on templates.template_id = c.template_id
  left join sends on sends.send_id = c.send_id`

/** All campaigns, newest first. */
export function list(db: Reader): Promise<CampaignRow[]> {
  return db.rows<CampaignRow>(
    sql`select ${columns} from ${joined} order by c.created_at desc, c.campaign_id limit 500`,
  )
}

/** One campaign. Throws `campaign.not_found`. */
export async function find(db: Reader, campaign_id: string): Promise<CampaignRow> {
  const found = await db.row<CampaignRow>(
    sql`select ${columns} from ${joined} where c.campaign_id = ${campaign_id}::uuid`,
  )
  if (!found) throw new AppError('campaign.not_found', { campaign_id })
  return found
}

/** A draft. */
export async function create(tx: Tx, wanted: NewCampaign): Promise<CampaignRow> {
  const { settings } = await program.current(tx)
  const made = await tx.row<{ campaign_id: string }>(sql`
    insert into campaigns (name, status, segment_id, template_id, channel, holdout_per_mille, attribution_days, send_at,
      not_after, fixed_cost_minor, actor, created_at, updated_at)
    values (${wanted.name.trim()}::text, 'draft', ${wanted.segment_id ?? null}::uuid,
      ${wanted.template_id ?? null}::uuid,
      ${wanted.channel ?? null}::text, ${wanted.holdout_per_mille ?? holdoutPerMilleDefault}::int,
      ${wanted.attribution_days ?? Math.min(90, settings.attribution_days)}::int,
        ${wanted.send_at ?? null}::timestamptz,
      ${wanted.not_after ?? null}::timestamptz, ${wanted.fixed_cost_minor ?? 0}::bigint, ${actorText(tx.actor)}::text,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    returning campaign_id`)
  await staff.audit(tx, [
    { action: 'campaign.created', noun: 'campaigns', noun_id: made!.campaign_id, after: { ...wanted } },
  ])
  return find(tx, made!.campaign_id)
}

/** Changes a draft, or a scheduled one that has not begun (it is then a draft again). Throws `campaign.wrong_state`. */
export async function update(tx: Tx, campaign_id: string, change: CampaignChange): Promise<CampaignRow> {
  const before = await locked(tx, campaign_id, ['draft', 'scheduled'])
  const wanted = { ...before, ...change }
  await tx.run(sql`
    update campaigns set name = ${wanted.name.trim()}::text, status = 'draft', segment_id = ${wanted.segment_id}::uuid,
      template_id = ${wanted.template_id}::uuid, channel = ${wanted.channel}::text,
      holdout_per_mille = ${wanted.holdout_per_mille}::int, attribution_days = ${wanted.attribution_days}::int,
      send_at = ${wanted.send_at}::timestamptz, not_after = ${wanted.not_after}::timestamptz,
      fixed_cost_minor = ${wanted.fixed_cost_minor}::bigint, updated_at = ${tx.now}::timestamptz
    where campaign_id = ${campaign_id}::uuid`)
  const after = await find(tx, campaign_id)
  await staff.audit(tx, [
    { action: 'campaign.updated', noun: 'campaigns', noun_id: campaign_id, ...staff.differenceOf(before, after) },
  ])
  return after
}

/** Takes one campaign's row for this transaction, in one of these states. */
async function locked(tx: Tx, campaign_id: string, states: CampaignStatus[]): Promise<CampaignRow> {
  await tx.run(sql`select from campaigns where campaign_id = ${campaign_id}::uuid for update`)
  const found = await find(tx, campaign_id)
  if (!states.includes(found.status))
    throw new AppError('campaign.wrong_state', { status: found.status, allowed: states })
  return found
}

/**
 * Says when it goes out: as planned unless given, at once where nothing was planned. Throws `campaign.incomplete` with
 * what is missing, `campaign.too_late`.
 */
export async function schedule(tx: Tx, campaign_id: string, when: Schedule): Promise<CampaignRow> {
  const campaign = await locked(tx, campaign_id, ['draft', 'scheduled'])
  const missing = (['segment_id', 'template_id'] as const).filter((key) => campaign[key] === null)
  if (missing.length > 0) throw new AppError('campaign.incomplete', { missing })
  const send_at = chosen(when.send_at, campaign.send_at) ?? tx.now
  const not_after = chosen(when.not_after, campaign.not_after) ?? addMs(send_at, notAfterHoursDefault * 3_600_000)
  if (not_after <= send_at || not_after <= tx.now) {
    throw new AppError('campaign.too_late', { send_at: send_at.toISOString(), not_after: not_after.toISOString() })
  }
  await tx.run(sql`
    update campaigns set status = 'scheduled', send_at = ${send_at}::timestamptz, not_after = ${not_after}::timestamptz,
      updated_at = ${tx.now}::timestamptz
    where campaign_id = ${campaign_id}::uuid`)
  await staff.audit(tx, [
    { action: 'campaign.scheduled', noun: 'campaigns', noun_id: campaign_id, after: { send_at, not_after } },
  ])
  if (send_at <= tx.now) await addJobs(tx, [{ name: 'campaigns.launch', key: 'campaigns.launch' }])
  return find(tx, campaign_id)
}

/** What is not said stays as planned; null is said. */
function chosen(said: string | null | undefined, planned: Date | null): Date | null {
  if (said === undefined) return planned
  return said === null ? null : parseInstant(said)
}

/** Those whose time has come. */
export async function due(db: Reader, now: Date): Promise<string[]> {
  const rows = await db.rows<{ campaign_id: string }>(sql`
    select campaign_id from campaigns where status = 'scheduled' and send_at <= ${now}::timestamptz order by send_at`)
  return rows.map((row) => row.campaign_id)
}

/**
 * Draws the audience and queues the messages; what came too late expires instead. Does nothing unless scheduled and
 * due, so that two processes may both try.
 */
export async function launch(tx: Tx, campaign_id: string, base_url: string): Promise<CampaignRow> {
  await tx.run(sql`select from campaigns where campaign_id = ${campaign_id}::uuid for update`)
  const campaign = await find(tx, campaign_id)
  if (campaign.status !== 'scheduled' || campaign.send_at! > tx.now) return campaign
  if (campaign.not_after! <= tx.now) return moved(tx, campaign_id, 'expired', true)
  const send = await messages.openSend(tx, {
    origin: 'campaign',
    origin_id: campaign_id,
    template_id: campaign.template_id!,
    base_url,
    ...(campaign.channel ? { channel: campaign.channel } : {}),
  })
  const counts = await drawAudience(tx, campaign, send)
  await messages.queue(tx, send.send_id, {
    members: sql`
      select member_id, ''::text as occurrence from campaign_members
      where campaign_id = ${campaign_id}::uuid and arm = 'mailed'`,
    not_after: campaign.not_after!,
  })
  await tx.run(sql`
    update campaigns set status = 'sending', send_id = ${send.send_id}::uuid, started_at = ${tx.now}::timestamptz,
      audience = ${JSON.stringify(counts)}::jsonb, updated_at = ${tx.now}::timestamptz
    where campaign_id = ${campaign_id}::uuid`)
  return find(tx, campaign_id)
}

async function moved(tx: Tx, campaign_id: string, status: CampaignStatus, finished: boolean): Promise<CampaignRow> {
  await tx.run(sql`
    update campaigns set status = ${status}::text, updated_at = ${tx.now}::timestamptz,
      finished_at = case when ${finished}::bool then ${tx.now}::timestamptz else finished_at end
    where campaign_id = ${campaign_id}::uuid`)
  return find(tx, campaign_id)
}

/** Stops sending within a second; what is queued stays queued. */
export async function pause(tx: Tx, campaign_id: string): Promise<CampaignRow> {
  const campaign = await locked(tx, campaign_id, ['sending', 'paused'])
  if (campaign.status === 'paused') return campaign
  await messages.pause(tx, campaign.send_id!)
  await staff.audit(tx, [{ action: 'campaign.paused', noun: 'campaigns', noun_id: campaign_id }])
  return moved(tx, campaign_id, 'paused', false)
}

/** Goes on from what was sent (pain 13). */
export async function resume(tx: Tx, campaign_id: string): Promise<CampaignRow> {
  const campaign = await locked(tx, campaign_id, ['sending', 'paused'])
  if (campaign.status === 'sending') return campaign
  await messages.resume(tx, campaign.send_id!)
  await staff.audit(tx, [{ action: 'campaign.resumed', noun: 'campaigns', noun_id: campaign_id }])
  return moved(tx, campaign_id, 'sending', false)
}

/** Ends it: what has not left stays. A draft or scheduled one simply never happens. */
export async function cancel(tx: Tx, campaign_id: string): Promise<CampaignRow> {
  const campaign = await locked(tx, campaign_id, ['draft', 'scheduled', 'sending', 'paused'])
  if (campaign.send_id) await messages.cancel(tx, campaign.send_id)
  await staff.audit(tx, [{ action: 'campaign.cancelled', noun: 'campaigns', noun_id: campaign_id }])
  return moved(tx, campaign_id, 'cancelled', true)
}

/** Campaigns whose last message has left are sent; answers how many. */
export async function finish(tx: Tx): Promise<number> {
  return tx.run(sql`
    update campaigns c set status = 'sent', finished_at = ${tx.now}::timestamptz, updated_at = ${tx.now}::timestamptz
    where c.status = 'sending' and not exists (
      select from message_batches b where b.send_id = c.send_id and b.status <> 'done')
    -- a list for a vendor is sent when somebody has fetched it
    and not exists (select from messages m where m.send_id = c.send_id and m.status = 'listed')`)
}
