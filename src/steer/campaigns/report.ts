/** What a campaign truly caused: both sides of the draw, side by side, with the interval of the difference. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { countsOf } from './audience.ts'
import { find } from './campaigns.ts'
import { became, isPurchase } from './outcomes.ts'
import { liftOfBuyers, liftPerMember, verdictOf, type Arm, type Interval } from './rules.ts'
import type { CampaignRow, Report } from './types.ts'

const nobody: Arm = { members: 0, buyers: 0, orders: 0, revenue_minor: 0, revenue_squares: 0 }

/** The report as of an instant. Throws `campaign.wrong_state` before anything was sent. */
export async function reportOf(db: Reader, campaign_id: string, now: Date): Promise<Report> {
  const campaign = await find(db, campaign_id)
  if (!campaign.started_at || !campaign.send_id)
    throw new AppError('campaign.wrong_state', { status: campaign.status })
  const end = addMs(campaign.started_at, campaign.attribution_days * dayMs)
  const window = { from: campaign.started_at, to: end, over: now >= end, days: campaign.attribution_days }
  const arms = await armsOf(db, campaign_id, window.from, now < end ? now : end)
  const mailed = arms.get('mailed') ?? nobody
  const holdout = arms.get('holdout') ?? nobody
  const lift = campaign.holdout_per_mille === 0 ? null : liftPerMember(mailed, holdout)
  const total = lift ? scaled(lift, mailed.members) : null
  const messages = await messageCounts(db, campaign.send_id, campaign.audience?.mailed ?? 0)
  const cost = await costOf(db, campaign, messages.sent)
  return {
    campaign_id,
    as_of: now.toISOString(),
    window: { ...window, from: window.from.toISOString(), to: window.to.toISOString() },
    messages,
    links: await linksOf(db, campaign.send_id),
    audience: await countsOf(db, campaign_id),
    mailed: figures(mailed),
    holdout: figures(holdout),
    lift: {
      per_member_minor: lift,
      total_minor: total,
      buyer_share: campaign.holdout_per_mille === 0 ? null : liftOfBuyers(mailed, holdout),
    },
    cost,
    gain_minor: total && shifted(total, -cost.total_minor),
    ...verdictOf({ holdout_per_mille: campaign.holdout_per_mille, mailed, holdout, lift, window_over: window.over }),
  }
}

function scaled(interval: Interval, by: number): Interval {
  return { estimate: interval.estimate * by, low: interval.low * by, high: interval.high * by }
}

function shifted(interval: Interval, by: number): Interval {
  return { estimate: interval.estimate + by, low: interval.low + by, high: interval.high + by }
}

function figures(arm: Arm): Report['mailed'] {
  return {
    members: arm.members,
    buyers: arm.buyers,
    orders: arm.orders,
    revenue_minor: arm.revenue_minor,
    revenue_per_member_minor: arm.members > 0 ? arm.revenue_minor / arm.members : 0,
    buyer_share: arm.members > 0 ? arm.buyers / arm.members : 0,
  }
}

/**
 * Both arms by intention to treat: everybody drawn counts on their side, delivered or not, or the sides would no
 * longer be alike. Sales are net of what went back until now.
 */
async function armsOf(db: Reader, campaign_id: string, from: Date, to: Date): Promise<Map<string, Arm>> {
  const rows = await db.rows<Arm & { arm: string }>(sql`
    with bought as (
      select o.member_id, (count(*) filter (where o.counts))::int as orders,
        sum(o.net_minor - o.refunded_minor)::bigint as net
      from orders o
      where ${isPurchase(from, to)}
      group by o.member_id
    )
    select c.arm, count(*)::int as members, (count(*) filter (where bought.orders > 0))::int as buyers,
      coalesce(sum(bought.orders), 0)::int as orders, coalesce(sum(bought.net), 0)::bigint as revenue_minor,
      coalesce(sum(bought.net::float8 * bought.net), 0) as revenue_squares
    from campaign_members c left join bought on bought.member_id = c.member_id
    where c.campaign_id = ${campaign_id}::uuid and c.arm <> 'refused'
    group by c.arm`)
  return new Map(rows.map((row) => [row.arm, row]))
}

async function messageCounts(db: Reader, send_id: string, mailed: number): Promise<Report['messages']> {
  const counted = await db.row<Omit<Report['messages'], 'mailed' | 'opened_by_machines' | 'clicked_by_machines'>>(sql`
    select (count(*) filter (where ${became.sent}))::int as sent,
      (count(*) filter (where ${became.delivered}))::int as delivered,
      (count(*) filter (where ${became.opened}))::int as opened,
      (count(*) filter (where ${became.clicked}))::int as clicked,
      (count(*) filter (where status = 'bounced'))::int as bounced,
      (count(*) filter (where status = 'failed'))::int as failed,
      (count(*) filter (where status = 'uncertain'))::int as uncertain,
      (count(*) filter (where status = 'refused'))::int as refused_late,
      (count(*) filter (where ${became.unsubscribed}))::int as unsubscribed,
      (count(*) filter (where ${became.complained}))::int as complained,
      (count(*) filter (where ${became.waiting}))::int as waiting
    from messages msg where send_id = ${send_id}::uuid`)
  const machines = await db.row<{ opened: number; clicked: number }>(sql`
    select (count(distinct t.message_id) filter (where t.kind = 'open'))::int as opened,
      (count(distinct t.message_id) filter (where t.kind = 'click'))::int as clicked
    from message_touches t join messages m on m.member_id = t.member_id and m.message_id = t.message_id
    where m.send_id = ${send_id}::uuid and t.verdict = 'machine'`)
  return { mailed, ...counted!, opened_by_machines: machines!.opened, clicked_by_machines: machines!.clicked }
}

async function linksOf(db: Reader, send_id: string): Promise<Report['links']> {
  return db.rows<Report['links'][number]>(sql`
    select l.link_no, l.url, count(t.touch_id)::int as clicks, count(distinct t.message_id)::int as people
    from sends s join template_links l on l.template_id = s.template_id and l.version = s.template_version
    left join messages m on m.send_id = s.send_id
    left join message_touches t on t.member_id = m.member_id and t.message_id = m.message_id
      and t.kind = 'click' and t.verdict = 'human' and t.link_no = l.link_no
    where s.send_id = ${send_id}::uuid
    group by 1, 2 order by 1`)
}

async function costOf(db: Reader, campaign: CampaignRow, sent: number): Promise<Report['cost']> {
  const price = await db.row<{ cost_per_thousand_minor: number }>(sql`
    select cost_per_thousand_minor from sends where send_id = ${campaign.send_id}::uuid`)
  const messages_minor = (sent * (price?.cost_per_thousand_minor ?? 0)) / 1000
  return {
    messages_minor,
    fixed_minor: campaign.fixed_cost_minor,
    total_minor: messages_minor + campaign.fixed_cost_minor,
  }
}
