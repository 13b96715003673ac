import type { Reader } from '../../base/db.ts'
import { pageOf, readCursor } from '../../base/routes.ts'
import { sql } from '../../base/sql.ts'
import { find } from './campaigns.ts'
import type { CampaignRow, Progress } from './types.ts'

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
}

/** Who was in the audience, by arm and reason: the people behind the counts. */
export async function recipientsOf(
  db: Reader,
  campaign_id: string,
  asked: { arm?: string | undefined; reason?: string | undefined; limit: number; cursor?: string | undefined },
): Promise<{ data: RecipientRow[]; next_cursor: string | null }> {
  const after = (readCursor(asked.cursor)?.[0] as string | undefined) ?? null
  const rows = await db.rows<RecipientRow>(sql`
    select c.member_id, m.display_name, c.arm, coalesce(c.reason, msg.reason) as reason, msg.status, msg.opened_at,
      msg.clicked_at
    from campaign_members c join members m on m.member_id = c.member_id
    join campaigns on campaigns.campaign_id = c.campaign_id
    left join messages msg on msg.member_id = c.member_id and msg.send_id = campaigns.send_id
    where c.campaign_id = ${campaign_id}::uuid
      and (${asked.arm ?? null}::text is null or c.arm = ${asked.arm ?? null}::text)
      and (${asked.reason ?? null}::text is null or c.reason = ${asked.reason ?? null}::text)
      and (${after}::uuid is null or c.member_id > ${after}::uuid)
    order by c.member_id limit ${asked.limit + 1}::int`)
  return pageOf(rows, asked.limit, (row) => [row.member_id])
}

/** Campaigns as the choices of a condition. */
export const campaignOptions = sql`
  select campaign_id::text as value, name as label from campaigns where started_at is not null`
