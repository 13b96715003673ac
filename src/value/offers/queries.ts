/** How offers are looked at: one function a statement. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import type { Funnel, IssueRow, IssueState, Offer } from './types.ts'

/** A program's offers fit on one page of a list. */
const list_max = 1_000

/** Every offer, newest first, with how far its issues came. */
export async function listed(db: Reader, now: Date, offer_id: string | null = null): Promise<(Offer & Funnel)[]> {
  return db.rows<Offer & Funnel>(sql`
    select o.offer_id, o.names, o.version, o.status, v.rule, o.created_at, o.updated_at, funnel.*
    from offers o
    join offer_versions v on v.offer_id = o.offer_id and v.version = o.version
    left join lateral (
      select count(*) as issued, count(i.viewed_at) as viewed, count(i.completed_at) as completed,
        count(*) filter (where i.completed_at is null and i.opens_at <= ${now}::timestamptz
          and coalesce(i.closes_at, 'infinity') >= ${now}::timestamptz) as open,
        coalesce(sum(i.rewarded_points), 0)::bigint as rewarded_points
      from offer_issues i where i.offer_id = o.offer_id
    ) funnel on true
    where ${offer_id}::uuid is null or o.offer_id = ${offer_id}::uuid
    order by o.offer_id desc limit ${list_max}::int`)
}

/** waiting: the window has not begun · open · completed · ended: the window is over without completion. */
function stateSql(now: Date): Sql {
  return sql`case when i.completed_at is not null then 'completed'
    when coalesce(i.closes_at, 'infinity') < ${now}::timestamptz then 'ended'
    when i.opens_at is null or i.opens_at > ${now}::timestamptz then 'waiting' else 'open' end`
}

export interface IssuesWanted {
  offer_id?: string | undefined
  member_id?: string | undefined
  state?: IssueState | undefined
  issue_id?: string | undefined
  before?: string | null
  limit: number
}

/** Issues of one offer or of one member, newest first. */
export async function issues(db: Reader, now: Date, wanted: IssuesWanted): Promise<IssueRow[]> {
  const { offer_id = null, member_id = null, issue_id = null, state = null, before = null, limit } = wanted
  return db.rows<IssueRow>(sql`
    select i.issue_id, i.member_id, m.display_name, i.offer_id, o.names, i.version, v.rule, i.source, i.source_id,
      i.issued_at, i.viewed_at, i.opens_at, i.closes_at, ${stateSql(now)} as state, i.progress, i.completed_at,
      i.completed_order_id, i.rewarded_points, i.reward_refused, nullif(i.why, '{}'::jsonb) as why
    from offer_issues i
    join offers o on o.offer_id = i.offer_id
    join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
    join members m on m.member_id = i.member_id
    where (${offer_id}::uuid is null or i.offer_id = ${offer_id}::uuid)
      and (${member_id}::uuid is null or i.member_id = ${member_id}::uuid)
      and (${issue_id}::uuid is null or i.issue_id = ${issue_id}::uuid)
      and (${state}::text is null or ${stateSql(now)} = ${state}::text)
      and (${before}::uuid is null or i.issue_id < ${before}::uuid)
    order by i.issue_id desc limit ${limit}::int`)
}

/** One issue of one member. */
export async function issue(
  db: Reader,
  now: Date,
  which: { member_id: string; issue_id: string },
): Promise<IssueRow | undefined> {
  const [found] = await issues(db, now, { ...which, limit: 1 })
  return found
}
