import type { Reader } from '../../base/db.ts'
import { pageOf, readCursor } from '../../base/routes.ts'
import { empty, sql, type Sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { judgedAudience } from './audience.ts'
import { find } from './campaigns.ts'
import { became, isPurchase } from './outcomes.ts'
import type { CampaignRow, Did, Progress } from './types.ts'

/** A worker that was not seen for so long is gone; they tell every few seconds. */
const workerSecondsMax = 30

/** How far a sending is, how fast, and what it waits for. */
export async function progressOf(db: Reader, campaign_id: string, now: Date): Promise<Progress> {
  const campaign = await find(db, campaign_id)
  const rows = campaign.send_id
    ? await db.rows<{ status: string; count: number }>(sql`
        select status, count(*)::int as count from messages where send_id = ${campaign.send_id}::uuid group by 1`)
    : []
  const by_status = Object.fromEntries(rows.map((row) => [row.status, row.count]))
  const total = rows.reduce((sum, row) => sum + row.count, 0)
  const left = (by_status['waiting'] ?? 0) + (by_status['sending'] ?? 0) + (by_status['listed'] ?? 0)
  const done = total - left
  const seconds = campaign.started_at ? (now.getTime() - campaign.started_at.getTime()) / 1000 : 0
  const per_second = campaign.status === 'sending' && seconds > 0 && done > 0 ? done / seconds : null
  return {
    status: campaign.status,
    total,
    done,
    by_status,
    waiting_for: await waitingFor(db, campaign, { left, listed: by_status['listed'] ?? 0 }, now),
    started_at: campaign.started_at?.toISOString() ?? null,
    per_second,
    seconds_left: per_second && left > 0 ? Math.ceil(left / per_second) : null,
  }
}

async function waitingFor(
  db: Reader,
  campaign: CampaignRow,
  { left, listed }: { left: number; listed: number },
  now: Date,
): Promise<Progress['waiting_for']> {
  if (campaign.status === 'scheduled') return { code: 'campaign.its_time', params: { send_at: campaign.send_at } }
  if (campaign.status === 'paused') return { code: 'campaign.resume', params: {} }
  if (campaign.status !== 'sending' || left === 0) return null
  if (listed > 0) return { code: 'campaign.list', params: { members: listed } }
  const send = await db.row<{ trouble: Record<string, unknown> | null; workers: number; next_at: Date | null }>(sql`
    select s.trouble,
      (select count(*)::int from message_workers
        where seen_at > ${now}::timestamptz - make_interval(secs => ${workerSecondsMax}::int)) as workers,
      (select min(run_at) from message_batches b where b.send_id = s.send_id and b.status = 'waiting') as next_at
    from sends s where s.send_id = ${campaign.send_id}::uuid`)
  if (send?.trouble) return { code: 'campaign.channel_trouble', params: send.trouble }
  if (send?.next_at && send.next_at > now) return { code: 'campaign.retry', params: { at: send.next_at } }
  if (send?.workers === 0) return { code: 'campaign.worker', params: { command: 'npx regulars work' } }
  return null
}

export interface RecipientRow {
  member_id: string
  display_name: string | null
  arm: string
  reason: string | null
  status: string | null
  opened_at: Date | null
  clicked_at: Date | null
  orders: number
  revenue_minor: number
}

export interface Asked {
  arm?: string | undefined
  reason?: string | undefined
  did?: Did | undefined
  link_no?: number | undefined
  limit: number
  cursor?: string | undefined
}

/** Who was in the audience; of a campaign that has not begun, who would be if it went out now. */
export async function recipientsOf(
  db: Reader,
  campaign_id: string,
  asked: Asked,
  now: Date,
): Promise<{ data: RecipientRow[]; next_cursor: string | null }> {
  const campaign = await find(db, campaign_id)
  const audience = await audienceOf(db, campaign, now)
  const after = readCursor(asked.cursor)?.[0] as string | undefined
  const purchase = purchasesOf(campaign, now)
  const rows = await db.rows<RecipientRow>(
    sql`
      with page as (
        select c.member_id, c.arm, coalesce(c.reason, msg.reason) as reason, msg.status, msg.opened_at, msg.clicked_at
        from ${audience} c
        left join messages msg on msg.member_id = c.member_id and msg.send_id = ${campaign.send_id}::uuid
        where true
          ${asked.arm ? sql`and c.arm = ${asked.arm}::text` : empty}
          ${asked.reason ? sql`and c.reason = ${asked.reason}::text` : empty}
          ${didSql(asked, purchase)}
          ${after === undefined ? empty : sql`and c.member_id > ${after}::uuid`}
        order by c.member_id limit ${asked.limit + 1}::int
      )
      select page.*, m.display_name, bought.orders, bought.revenue_minor
      from page join members m on m.member_id = page.member_id,
      lateral (
        select (count(*) filter (where o.counts))::int as orders,
          coalesce(sum(o.net_minor - o.refunded_minor), 0)::bigint as revenue_minor
        from orders o where o.member_id = page.member_id and ${purchase}
      ) bought
      order by page.member_id`,
    { prepare: false },
  )
  return pageOf(rows, asked.limit, (row) => [row.member_id])
}

/** Those who were drawn; before that, all whom the segment holds now, judged and placed as they would be. */
async function audienceOf(db: Reader, campaign: CampaignRow, now: Date): Promise<Sql> {
  const isPlanned = campaign.status === 'draft' || campaign.status === 'scheduled'
  if (isPlanned && campaign.segment_id && campaign.template_id)
    return sql`(${await judgedAudience(db, campaign, now)})`
  return sql`(select member_id, arm, reason from campaign_members
    where campaign_id = ${campaign.campaign_id}::uuid)`
}

function purchasesOf({ started_at, attribution_days }: CampaignRow, now: Date): Sql {
  if (!started_at) return sql`false`
  const end = addMs(started_at, attribution_days * dayMs)
  return isPurchase(started_at, now < end ? now : end)
}

function didSql({ did, link_no }: Asked, purchase: Sql): Sql {
  if (did === 'bought')
    return sql`and exists (select from orders o where o.member_id = c.member_id and o.counts and ${purchase})`
  if (did && link_no === undefined) return sql`and ${became[did]}`
  if (link_no === undefined) return empty
  return sql`and exists (select from message_touches t
    where t.member_id = msg.member_id and t.message_id = msg.message_id and t.kind = 'click' and t.verdict = 'human'
      and t.link_no = ${link_no}::int)`
}

/** Campaigns as the choices of a condition. */
export const campaignOptions = sql`
  select campaign_id::text as value, name as label from campaigns where started_at is not null`
