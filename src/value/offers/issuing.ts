/** Putting offers into members' hands, and noting that they were seen. Repeating either changes nothing. */
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { lock } from '../../record/orders/orders.ts'
import { deriveIssues } from './following.ts'
import { windowOf } from './rules.ts'
import type { IssueOutcome, NewIssue, OfferRule } from './types.ts'

interface Known {
  offer_id: string
  version: number
  status: 'active' | 'stopped'
  rule: OfferRule
}

interface Made {
  member_id: string
  issue_id: string
  offer_id: string
  source: string
  source_id: string
  issued_at: Date
  is_new: boolean
}

const keyOf = (one: { member_id: string; source: string; source_id: string }) =>
  `${one.member_id} ${one.source} ${one.source_id}`

/**
 * Issues offers, once for ever by (member, source, source id). A past `issued_at` counts the orders that are there
 * already. Refused, not thrown: `offer.not_found`, `offer.stopped`, `member.not_found`, `offer.issue_changed`.
 */
export async function issue(tx: Tx, wants: readonly NewIssue[]): Promise<IssueOutcome[]> {
  if (wants.length === 0) return []
  // behind the members' lock nobody books an order beside us that would miss the new window
  const [offers, kinds] = await Promise.all([
    offersOf(tx, [...new Set(wants.map((want) => want.offer_id))]),
    lock(
      tx,
      wants.map((want) => want.member_id),
    ),
  ])
  const living = await livingOf(tx, [...kinds.keys()])
  const outcomes: (IssueOutcome | undefined)[] = wants.map((want, index) => {
    const offer = offers.get(want.offer_id)
    if (!offer) return { index, outcome: 'refused', code: 'offer.not_found', params: { offer_id: want.offer_id } }
    if (living.has(want.member_id)) return undefined
    return { index, outcome: 'refused', code: 'member.not_found', params: { member_id: want.member_id } }
  })
  const good = wants.filter((_want, index) => !outcomes[index])
  const made = await insert(tx, good, offers)
  await facts.write(
    tx,
    [...made.values()]
      .filter((one) => one.is_new)
      .map(({ member_id, issue_id, offer_id, issued_at }) => ({
        name: 'offer.issued',
        member_id,
        occurred_at: issued_at,
        data: { offer_id, issue_id },
      })),
  )
  await deriveIssues(
    tx,
    [...made.values()].filter((one) => one.is_new),
  )
  const told = new Set<string>()
  return wants.map((want, index) => outcomes[index] ?? outcomeOf(want, index, made, told))
}

function outcomeOf(want: NewIssue, index: number, made: ReadonlyMap<string, Made>, told: Set<string>): IssueOutcome {
  const key = keyOf(want)
  const found = made.get(key)
  if (!found) return { index, outcome: 'refused', code: 'offer.stopped', params: { offer_id: want.offer_id } }
  const { issue_id } = found
  const isOther =
    found.offer_id !== want.offer_id || (want.issued_at && want.issued_at.getTime() !== found.issued_at.getTime())
  if (isOther) return { index, outcome: 'refused', code: 'offer.issue_changed', params: { issue_id } }
  const isFirst = found.is_new && !told.has(key)
  told.add(key)
  return { index, outcome: isFirst ? 'issued' : 'unchanged', issue_id }
}

async function offersOf(tx: Tx, offer_ids: readonly string[]): Promise<Map<string, Known>> {
  const rows = await tx.rows<Known>(sql`
    select o.offer_id, o.version, o.status, v.rule
    from offers o join offer_versions v on v.offer_id = o.offer_id and v.version = o.version
    where o.offer_id = any (${offer_ids}::uuid[])`)
  return new Map(rows.map((row) => [row.offer_id, row]))
}

async function livingOf(tx: Tx, member_ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    select member_id from members where member_id = any (${member_ids}::uuid[]) and kind <> 'walk_in'
      and merged_into is null and erased_at is null`)
  return new Set(rows.map((row) => row.member_id))
}

/** Writes what is new; answers what stands under each key, new or not. Stopped offers only answer what stands. */
async function insert(
  tx: Tx,
  wants: readonly NewIssue[],
  offers: ReadonlyMap<string, Known>,
): Promise<Map<string, Made>> {
  if (wants.length === 0) return new Map()
  const rows = wants.map((want) => {
    const offer = offers.get(want.offer_id)!
    const issued_at = want.issued_at ?? tx.now
    return { ...want, ...windowOf(offer.rule, { issued_at, viewed_at: null }), issued_at, offer }
  })
  const fresh = rows.filter(({ offer }) => offer.status === 'active')
  const found = await tx.rows<Made>(sql`
    with made as (
      insert into offer_issues (member_id, offer_id, version, source, source_id, issued_at, opens_at, closes_at,
        recorded_at)
      select member_id, offer_id, version, source, source_id, issued_at, opens_at, closes_at, ${tx.now}::timestamptz
      from unnest(${fresh.map((one) => one.member_id)}::uuid[], ${fresh.map((one) => one.offer_id)}::uuid[],
        ${fresh.map((one) => one.offer.version)}::int[], ${fresh.map((one) => one.source)}::text[],
        ${fresh.map((one) => one.source_id)}::text[], ${fresh.map((one) => one.issued_at)}::timestamptz[],
        ${fresh.map((one) => one.opens_at?.toISOString() ?? null)}::timestamptz[],
        ${fresh.map((one) => one.closes_at?.toISOString() ?? null)}::timestamptz[]
      ) as one (member_id, offer_id, version, source, source_id, issued_at, opens_at, closes_at)
      order by member_id
      on conflict (member_id, source, source_id) do nothing
      returning member_id, issue_id, offer_id, source, source_id, issued_at
    )
    select *, true as is_new from made
    union all
    select i.member_id, i.issue_id, i.offer_id, i.source, i.source_id, i.issued_at, false
    from (
      select distinct * from unnest(${rows.map((one) => one.member_id)}::uuid[],
        ${rows.map((one) => one.source)}::text[], ${rows.map((one) => one.source_id)}::text[])
        as one (member_id, source, source_id)
    ) wanted
    join offer_issues i on i.member_id = wanted.member_id and i.source = wanted.source
      and i.source_id = wanted.source_id`)
  return new Map(found.map((row) => [keyOf(row), row]))
}

/** That a member has seen an issue; the earliest time that anybody tells of holds. */
export interface View {
  member_id: string
  issue_id: string
  viewed_at?: Date
}

/** Notes viewings; answers how many were news. Windows that count from viewing open. */
export async function view(tx: Tx, views: readonly View[]): Promise<number> {
  if (views.length === 0) return 0
  await lock(
    tx,
    views.map((one) => one.member_id),
  )
  const seen = await tx.rows<SeenRow>(sql`
    with said as (
      select member_id, issue_id, min(viewed_at) as viewed_at
      from unnest(${views.map((one) => one.member_id)}::uuid[], ${views.map((one) => one.issue_id)}::uuid[],
        ${views.map((one) => one.viewed_at ?? tx.now)}::timestamptz[]
      ) as one (member_id, issue_id, viewed_at)
      group by member_id, issue_id
    ), before as (
      select i.member_id, i.issue_id, i.viewed_at is null as is_first, greatest(said.viewed_at, i.issued_at) as seen_at
      from said join offer_issues i on i.member_id = said.member_id and i.issue_id = said.issue_id
      where i.viewed_at is null or greatest(said.viewed_at, i.issued_at) < i.viewed_at
    )
    update offer_issues i set viewed_at = before.seen_at
    from before, offer_versions v
    where i.member_id = before.member_id and i.issue_id = before.issue_id and v.offer_id = i.offer_id
      and v.version = i.version
    returning i.member_id, i.issue_id, i.offer_id, i.issued_at, i.viewed_at, before.is_first, v.rule`)
  if (seen.length === 0) return 0
  const first = seen.filter((row) => row.is_first)
  await facts.write(
    tx,
    first.map(({ member_id, issue_id, offer_id, viewed_at }) => ({
      name: 'offer.viewed',
      member_id,
      occurred_at: viewed_at,
      data: { offer_id, issue_id },
    })),
  )
  await openSeen(
    tx,
    seen.filter((row) => row.rule.window.counts_from === 'view'),
  )
  return first.length
}

interface SeenRow {
  member_id: string
  issue_id: string
  offer_id: string
  issued_at: Date
  viewed_at: Date
  is_first: boolean
  rule: OfferRule
}

async function openSeen(tx: Tx, seen: readonly SeenRow[]): Promise<void> {
  if (seen.length === 0) return
  const spans = seen.map((row) => windowOf(row.rule, row))
  await tx.run(sql`
    update offer_issues i set opens_at = one.opens_at, closes_at = one.closes_at
    from unnest(${seen.map((row) => row.member_id)}::uuid[], ${seen.map((row) => row.issue_id)}::uuid[],
      ${spans.map((span) => span.opens_at?.toISOString() ?? null)}::timestamptz[],
      ${spans.map((span) => span.closes_at?.toISOString() ?? null)}::timestamptz[]
    ) as one (member_id, issue_id, opens_at, closes_at)
    where i.member_id = one.member_id and i.issue_id = one.issue_id`)
  await deriveIssues(tx, seen)
}
