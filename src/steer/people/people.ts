/** Members as screens show them: a list with tier, points and rhythm; one member whole. Reads only. */
import type { Db, Reader } from '../../base/db.ts'
import { empty, join, sql, type Sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as points from '../../value/points/points.ts'
import * as tiers from '../../value/tiers/tiers.ts'
import type { Person } from './types.ts'

export { duplicatesOf } from './duplicates.ts'
export { exportOf } from './exporting.ts'
export { holdingsOf, saidBy } from './holdings.ts'
export { timelineOf } from './timeline.ts'

/** Which members a list shows. */
export interface Wanted {
  kind?: string | undefined
  tier_code?: string | undefined
  state?: string | undefined
  tag?: string | undefined
  /** Home store. */
  store_id?: string | undefined
}

const columns = sql`
  m.member_id, m.kind, m.number, m.display_name, m.phone, m.email, m.tags, m.joined_at,
  coalesce(tier.code, start.code) as tier_code, coalesce(tier.names, start.names) as tier_names,
  statistics.state, coalesce(balance.active, 0) as active_points, coalesce(statistics.order_count, 0) as order_count,
  coalesce(statistics.net_minor, 0) as net_minor, statistics.last_order_at`

/** Members alone climb tiers; who has not moved yet stands on the lowest. */
const joins = sql`
  left join member_statistics statistics on statistics.member_id = m.member_id
  left join point_balances balance on balance.member_id = m.member_id
  left join member_tiers held on held.member_id = m.member_id
  left join tiers tier on tier.tier_id = held.tier_id
  left join (select code, names from tiers order by rank limit 1) start on m.kind = 'member'`

const living = sql`m.kind <> 'walk_in' and m.merged_into is null and m.erased_at is null`

async function filtersOf(db: Reader, wanted: Wanted): Promise<Sql> {
  const filters = [
    wanted.kind === undefined ? null : sql`m.kind = ${wanted.kind}::text`,
    wanted.tier_code === undefined ? null : await tierFilter(db, wanted.tier_code),
    wanted.state === undefined ? null : sql`statistics.state = ${wanted.state}::text`,
    // the second half is the index's own condition
    wanted.tag === undefined ? null : sql`m.tags @> array[${wanted.tag}::text] and m.tags <> '{}'`,
    wanted.store_id === undefined ? null : sql`m.home_store_id = ${wanted.store_id}::uuid`,
  ].filter((filter) => filter !== null)
  return filters.length === 0 ? empty : sql`and ${join(filters, ' and ')}`
}

/** Only on the lowest tier stand members without a row; every other tier is found by the index on its holders. */
async function tierFilter(db: Reader, code: string): Promise<Sql> {
  const ladder = await db.rows<{ tier_id: string; code: string }>(sql`select tier_id, code from tiers order by rank`)
  const tier = ladder.find((one) => one.code === code)
  if (!tier) return sql`false`
  const holds = sql`held.tier_id = ${tier.tier_id}::uuid`
  return tier === ladder[0] ? sql`m.kind = 'member' and (held.tier_id is null or ${holds})` : holds
}

/** A page of members, the newest first; `before` is the number to go on from. */
export async function listed(
  db: Reader,
  wanted: Wanted,
  page: { before: number | null; limit: number },
): Promise<Person[]> {
  const further = page.before === null ? empty : sql`and m.number < ${page.before}::bigint`
  return db.rows<Person>(sql`
    select ${columns} from members m ${joins}
    where ${living} ${further} ${await filtersOf(db, wanted)}
    order by m.number desc limit ${page.limit}::int`)
}

/** Members by what somebody typed, the best hits first; filters hold too. At most `members.search_hits_max` of them. */
export async function found(
  db: Reader,
  search: string,
  wanted: Wanted,
  page: { offset: number; limit: number },
): Promise<Person[]> {
  return rowsOf(db, await members.searchIds(db, search), wanted, page)
}

/** These members in this order; ids nobody has are left out. */
export async function rowsOf(
  db: Reader,
  member_ids: readonly string[],
  wanted: Wanted = {},
  page: { offset: number; limit: number } = { offset: 0, limit: member_ids.length },
): Promise<Person[]> {
  if (member_ids.length === 0) return []
  return db.rows<Person>(sql`
    select ${columns}
    from unnest(${member_ids}::uuid[]) with ordinality as hit (member_id, nth)
    join members m on m.member_id = hit.member_id ${joins}
    where ${living} ${await filtersOf(db, wanted)}
    order by hit.nth offset ${page.offset}::int limit ${page.limit}::int`)
}

interface Statistics {
  order_count: number
  net_minor: number
  first_order_on: string | null
  last_order_on: string | null
  last_order_at: Date | null
  purchase_days: number
  usual_interval_days: number | null
  rhythm_days: number | null
  state: Person['state']
  state_since: string | null
  state_due_on: string | null
  next_expected_on: string | null
}

async function statisticsOf(db: Reader, member_id: string): Promise<Statistics | null> {
  const row = await db.row<Statistics>(sql`
    select order_count, net_minor, first_order_on, last_order_on, last_order_at, purchase_days,
      usual_interval_days::float8, rhythm_days::float8, state, state_since, state_due_on, next_expected_on
    from member_statistics where member_id = ${member_id}::uuid`)
  return row ?? null
}

interface Favourite {
  order_count: number
  net_minor: number
  last_order_on: string
}

/** Stores and categories shown on a member's page; further ones say little. */
const favourites_max = 5

async function storesOf(db: Reader, member_id: string): Promise<(Favourite & { store_id: string; name: string })[]> {
  return db.rows(sql`
    select store_id, name, order_count, net_minor, last_order_on
    from member_store_statistics join stores using (store_id)
    where member_id = ${member_id}::uuid order by order_count desc, last_order_on desc, store_id
      limit ${favourites_max}::int`)
}

async function categoriesOf(db: Reader, member_id: string): Promise<(Favourite & { category: string })[]> {
  return db.rows(sql`
    select category, order_count, net_minor, last_order_on from member_category_statistics
    where member_id = ${member_id}::uuid order by net_minor desc, category limit ${favourites_max}::int`)
}

async function storeName(db: Reader, store_id: string | null): Promise<string | null> {
  if (!store_id) return null
  return (
    (await db.row<{ name: string }>(sql`select name from stores where store_id = ${store_id}::uuid`))?.name ?? null
  )
}

/**
 * Everything about one member on one page; the id of a merged member answers with the kept one. Throws
 * `member.not_found`.
 */
export async function profileOf(db: Db, asked_id: string) {
  const member_id = (await members.survivorIdOf(db, asked_id)) ?? asked_id
  const member = await members.memberOf(db, member_id)
  const [
    identities,
    consents,
    suppressions,
    notes,
    statistics,
    stores,
    categories,
    progress,
    balances,
    lots,
    home_store_name,
  ] = await Promise.all([
    members.identitiesOfMember(db, member_id),
    members.consentsOf(db, member_id),
    members.suppressionsOf(db, member_id),
    members.notesOf(db, member_id),
    statisticsOf(db, member_id),
    storesOf(db, member_id),
    categoriesOf(db, member_id),
    member.kind === 'member' ? tiers.progressOf(db, [member_id]) : [],
    points.balanceOf(db, [member_id]),
    points.lotsOf(db, member_id),
    storeName(db, member.home_store_id),
  ])
  return {
    member,
    home_store_name,
    identities,
    consents,
    suppressions,
    notes,
    statistics,
    stores,
    categories,
    tier: progress[0] ?? null,
    points: balances[0]!,
    lots,
  }
}
