/**
 * Puts staged documents in the order in which they are booked and cuts them into chunks. The same file is always cut
 * the same way.
 *
 * A chunk holds people with their history, not a slice of time: a member is then looked at once however long the
 * history, where slices of time would recompute a busy member's statistics a hundred times. Within a person documents
 * follow their time; people follow their first document. People do not hang on each other, so they go in lanes that
 * are booked beside each other, each person always in the same one.
 */
import type { Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { document_rows_max } from './types.ts'

/**
 * One transaction works while others wait for the database: with two lanes a sixth of two cores idled, with three a
 * twentieth less of the time was needed, and 30 MB more.
 */
export const lane_count = 3
/**
 * What a chunk may weigh; a document counts as five rows beside its own. 1,000 orders of five rows, 2,000 people:
 * the fixed cost of some forty statements is lost in that, and the objects of the lanes are let go while they are young
 * (with chunks of 5,000 orders a run held 550 MB and was no faster; 300,000 people hold 285 MB in chunks of 4,000, 245
 * in chunks of 2,000, in the same time).
 */
export const chunk_weights = { orders: 10_000, members: 12_000 }
const document_weight = 5
/** Sorting 200,000 documents takes 40 MB; the server's default would sort on disk. */
const sort_memory = '128MB'

/** Writes the plan; answers how many chunks each lane has. */
export async function plan(tx: Tx, import_id: string, kind: 'orders' | 'members', weight: number): Promise<number[]> {
  await tx.run(sql`select set_config('work_mem', ${sort_memory}::text, true)`)
  await tx.run(sql`delete from import_plan where import_id = ${import_id}::uuid`)
  const rows = await tx.rows<{ lane: number; chunks: number }>(sql`
    with pieces as materialized (
      select piece_no, source, source_id, person, occurred_at, is_sale, rows from import_pieces
      where import_id = ${import_id}::uuid
    ),
    documents as (
      select source, source_id, min(person) as person, min(piece_no) as first_no, bool_or(is_sale) as is_sale,
        sum(rows)::int as rows,
        -- of several times the first in the file holds
        (array_agg(occurred_at order by piece_no) filter (where occurred_at is not null))[1] as occurred_at
      from pieces group by source, source_id
    ),
    ${
      kind === 'orders'
        ? orderly(import_id)
        : sql`ordered as (select *, source_id as owner, first_no as nth from documents)`
    },
    numbered as (
      select source, source_id, rows, abs(hashtext(owner)) % ${lane_count}::int as lane,
        row_number() over sorted as document_no,
        div(sum(least(rows, ${document_rows_max}::int) + ${document_weight}::int) over sorted, ${weight}::int)::int
          as chunk_no
      from ordered
      window sorted as (partition by abs(hashtext(owner)) % ${lane_count}::int order by nth rows unbounded preceding)
    ),
    planned as (
      insert into import_plan (import_id, lane, chunk_no, document_no, piece_no, is_too_long)
      select ${import_id}::uuid, lane, chunk_no, document_no, piece_no, numbered.rows > ${document_rows_max}::int
      from numbered join pieces using (source, source_id)
      order by lane, chunk_no, document_no, piece_no
      returning lane, chunk_no
    )
    select lane, (max(chunk_no) + 1)::int as chunks from planned group by lane`)
  return Array.from({ length: lane_count }, (_, lane) => rows.find((row) => row.lane === lane)?.chunks ?? 0)
}

/** Orders by person, people by their first order, each person's own by time; sales before returns of one instant. */
function orderly(import_id: string): Sql {
  return sql`
    linked as (${personOf(import_id)}),
    owned as (
      select documents.*, coalesce(linked.owner, documents.person, source_id) as owner
      from documents left join linked on linked.person = documents.person
    ),
    dated as (select *, min(occurred_at) over (partition by owner) as first_at from owned),
    ordered as (
      select *, row_number() over (
        order by first_at nulls first, owner, occurred_at nulls first, not is_sale, source, source_id) as nth
      from dated
    )`
}

/**
 * Who is named by several identities: all of them belong to the smallest that is named with any. One step is enough
 * for people who buy with and without their account; it may put a family that shares a phone together, which only
 * means that they are booked one after the other.
 */
function personOf(import_id: string): Sql {
  const named = sql`
    select distinct person, identity from import_pieces cross join unnest(identities) as identity
    where import_id = ${import_id}::uuid`
  return sql`
    select named.person, min(seen.owner) as owner
    from (${named}) named
    join (select identity, min(person) as owner from (${named}) each group by identity) seen using (identity)
    group by named.person`
}
