/** Who is in a campaign, and on which side of the draw. */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import * as messages from '../../reach/messages/messages.ts'
import * as segments from '../../reach/segments/segments.ts'
import { detectablePerMember } from './rules.ts'
import type { CampaignRow, Counts, Forecast } from './types.ts'

/**
 * A member's place in the draw, 0 to 999, from nothing but the two ids: anybody can compute it again.
 * The first 32 bits of md5('campaign_id:member_id'), modulo 1000.
 */
export function placeInDraw(campaign_id: string, member: Sql): Sql {
  return sql`(('x' || left(md5(${campaign_id}::text || ':' || ${member}::text), 8))::bit(32)::bigint % 1000)`
}

/**
 * Writes the audience, one statement: refused members with their reason, the others by their place in the draw.
 * Both sides come from members who could be written to, so that the sides are alike.
 */
export async function drawAudience(
  tx: Tx,
  campaign: CampaignRow,
  send: { medium: 'email' | 'sms'; purpose: 'marketing' | 'service' },
): Promise<Counts> {
  const members = await segments.membersIn(tx, campaign.segment_id!, tx.now)
  await tx.run(
    sql`
      insert into campaign_members (member_id, campaign_id, arm, reason)
      select placed.member_id, ${campaign.campaign_id}::uuid, placed.arm, placed.reason
      from (${placed(campaign, messages.judged(members, send.medium, send.purpose))}) placed
      on conflict do nothing`,
    { prepare: false },
  )
  return countsOf(tx, campaign.campaign_id)
}

/** Refused, left out or written to: where the judged members come to stand. */
function placed(campaign: Pick<CampaignRow, 'campaign_id' | 'holdout_per_mille'>, judged: Sql): Sql {
  return sql`
    select judged.member_id, judged.reason,
      case when judged.reason is not null then 'refused'
        when ${placeInDraw(campaign.campaign_id, sql`judged.member_id`)} < ${campaign.holdout_per_mille}::int
          then 'holdout'
        else 'mailed' end as arm
    from (${judged}) judged`
}

/** `member_id, arm, reason` of all whom a plan would reach or not if it went out now. */
export async function judgedAudience(db: Reader, campaign: CampaignRow, now: Date): Promise<Sql> {
  const { medium, purpose } = await messages.wayOf(db, campaign.template_id!, campaign.channel)
  const members = await segments.membersIn(db, campaign.segment_id!, now)
  return placed(campaign, messages.judged(members, medium, purpose))
}

/** The audience as it was drawn. */
export async function countsOf(db: Reader, campaign_id: string): Promise<Counts> {
  const rows = await db.rows<{ arm: 'mailed' | 'holdout' | 'refused'; reason: string | null; count: number }>(sql`
    select arm, reason, count(*)::int as count from campaign_members
    where campaign_id = ${campaign_id}::uuid group by 1, 2`)
  const counts: Counts = { audience: 0, mailed: 0, holdout: 0, refused: 0, reasons: {} }
  for (const row of rows) {
    counts.audience += row.count
    counts[row.arm] += row.count
    if (row.reason) counts.reasons[row.reason] = row.count
  }
  return counts
}

/** A forecast is looked at while a form is filled in. */
const forecastTimeoutMs = 15_000

interface ForecastRow {
  reason: string | null
  place: string
  members: number
  revenue: number
  squares: number
}

/**
 * How the audience would divide now, what it usually buys in as many days, what change the draw could show, and what
 * leaving members out would cost if the message caused just that change.
 */
export async function forecast(
  db: Db,
  asked: {
    campaign_id: string
    segment_id: string
    medium: 'email' | 'sms'
    purpose: 'marketing' | 'service'
    holdout_per_mille: number
    window_days: number
    cost_per_thousand_minor: number
  },
  now: Date,
): Promise<Forecast> {
  const members = await segments.membersIn(db, asked.segment_id, now)
  const since = addMs(now, -asked.window_days * dayMs)
  const rows = await db.timed<ForecastRow>(
    sql`
      with judged as (${messages.judged(members, asked.medium, asked.purpose)}),
      usual as (
        select o.member_id, sum(o.net_minor - o.refunded_minor)::float8 as net from orders o
        where o.counts and o.occurred_at > ${since}::timestamptz and o.occurred_at <= ${now}::timestamptz
        group by o.member_id
      )
      select judged.reason, case when judged.reason is not null then 'refused'
          when ${placeInDraw(asked.campaign_id, sql`judged.member_id`)} < ${asked.holdout_per_mille}::int then 'holdout'
          else 'mailed' end as place,
        count(*)::int as members, coalesce(sum(usual.net), 0)::float8 as revenue,
        coalesce(sum(usual.net * usual.net), 0)::float8 as squares
      from judged left join usual on usual.member_id = judged.member_id
      group by 1, 2`,
    { timeout_ms: forecastTimeoutMs },
  )
  return forecastOf(rows, asked)
}

function forecastOf(rows: ForecastRow[], asked: { window_days: number; cost_per_thousand_minor: number }): Forecast {
  const counts: Counts = { audience: 0, mailed: 0, holdout: 0, refused: 0, reasons: {} }
  let revenue = 0
  let squares = 0
  for (const row of rows) {
    counts.audience += row.members
    counts[row.place as 'mailed' | 'holdout' | 'refused'] += row.members
    if (row.reason) counts.reasons[row.reason] = row.members
    else {
      revenue += row.revenue
      squares += row.squares
    }
  }
  const n = counts.mailed + counts.holdout
  const mean = n > 0 ? revenue / n : 0
  const variance = n > 1 ? Math.max(0, (squares - n * mean * mean) / (n - 1)) : 0
  const detectable = detectablePerMember(variance, counts.mailed, counts.holdout)
  return {
    audience: counts,
    window_days: asked.window_days,
    usual_per_member_minor: mean,
    detectable_per_member_minor: detectable,
    detectable_share: detectable !== null && mean > 0 ? detectable / mean : null,
    holdout_cost_minor: detectable === null ? null : detectable * counts.holdout,
    message_cost_minor: (counts.mailed * asked.cost_per_thousand_minor) / 1000,
  }
}
