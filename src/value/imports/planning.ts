/**
 * Puts staged documents in the order of their time and cuts them into chunks. The same file is always cut the same
 * way.
 */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { document_rows_max } from './types.ts'

/**
 * What a chunk may weigh: a document counts as five rows, beside its own. Large enough that statistics of a busy
 * member are not recomputed a hundred times, small enough for 150 MB of objects and a commit every second or two.
 */
export const chunk_weights = { orders: 100_000, members: 60_000 }
const document_weight = 5
/** Sorting 200,000 documents takes 40 MB; the server's default would sort on disk. */
const sort_memory = '128MB'

/**
 * Orders by (time of the first row that has one, sales before refunds, source, number); people by their first row.
 * Answers how many chunks there are.
 */
export async function plan(tx: Tx, import_id: string, kind: 'orders' | 'members', weight: number): Promise<number> {
  await tx.run(sql`select set_config('work_mem', ${sort_memory}::text, true)`)
  await tx.run(sql`delete from import_plan where import_id = ${import_id}::uuid`)
  const made = await tx.row<{ chunks: number }>(sql`
    with pieces as materialized (
      select piece_no, source, source_id, occurred_at, is_sale, rows from import_pieces
        where import_id = ${import_id}::uuid
    ),
    documents as (
      select source, source_id, min(piece_no) as first_no, bool_or(is_sale) as is_sale, sum(rows)::bigint as rows,
        -- of several times the first in the file holds
        (array_agg(occurred_at order by piece_no) filter (where occurred_at is not null))[1] as occurred_at
      from pieces group by source, source_id
    ),
    numbered as (
      select source, source_id, rows, row_number() over sorted as document_no,
        div(sum(least(rows, ${document_rows_max}::int) + ${document_weight}::int) over sorted,
          ${weight}::int)::int as chunk_no
      from documents
      window sorted as (
        order by ${kind === 'orders' ? sql`occurred_at nulls first, not is_sale, source, source_id` : sql`first_no`}
        rows unbounded preceding
      )
    ),
    planned as (
      insert into import_plan (import_id, chunk_no, document_no, piece_no, is_too_long)
      select ${import_id}::uuid, chunk_no, document_no, piece_no, numbered.rows > ${document_rows_max}::int
      from numbered join pieces using (source, source_id)
      order by chunk_no, document_no, piece_no
      returning chunk_no
    )
    select coalesce(max(chunk_no) + 1, 0)::int as chunks from planned`)
  return made!.chunks
}
