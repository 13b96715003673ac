/** How a module's plain rows follow a merged member: the same few lines of SQL for every table of every module. */
import type { Tx } from '../../base/db.ts'
import { join, raw, sql, type Sql } from '../../base/sql.ts'
import { pairSql } from './merging.ts'
import type { MergePair } from './survivor.ts'

/** A member-owned table whose rows move as they are, and what must stay unique for one member. */
export interface MovedTable {
  table: string
  /**
   * The text column that names what a row came of: where the kept member has that name already (or an earlier one of
   * several merged), it becomes `<name>/<merged member>`. Without it no two rows can meet.
   */
  rename?: string
  /** What beside `rename` makes a row unique for a member. */
  unique?: readonly string[]
}

/**
 * Moves every row of the merged members to the kept ones: deleted and written again, because in a cluster a member's
 * rows live together. One statement a table, sent together; answers how many rows moved, in the tables' order.
 */
export async function moveRows(
  tx: Tx,
  pairs: readonly MergePair[],
  tables: readonly MovedTable[],
): Promise<number[]> {
  return Promise.all(tables.map((table) => tx.run(table.rename ? renamedSql(pairs, table) : plainSql(pairs, table))))
}

function plainSql(pairs: readonly MergePair[], { table }: MovedTable): Sql {
  return sql`
    with ${pairSql(pairs)},
    gone as (delete from ${raw(table)} r using pair where r.member_id = pair.merged returning r as row, pair.keep)
    insert into ${raw(table)} overriding system value
    select moved.* from gone
    cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved`
}

function renamedSql(pairs: readonly MergePair[], { table, rename, unique = [] }: MovedTable): Sql {
  const names = [...unique, rename!]
  const list = join(names.map((name) => raw(`(gone.row).${name}`)))
  const same = join(
    names.map((name) => raw(`own.${name} = (gone.row).${name}`)),
    ' and ',
  )
  const old = raw(`(gone.row).${rename!}`)
  return sql`
    with ${pairSql(pairs)},
    gone as (
      delete from ${raw(table)} r using pair where r.member_id = pair.merged returning r as row, pair.keep, pair.merged
    ),
    named as (
      select row, keep, case
        when exists (select from ${raw(table)} own where own.member_id = keep and ${same})
          or merged <> first_value(merged) over (partition by keep, ${list} order by merged)
        then ${old} || '/' || merged else ${old} end as name
      from gone
    )
    insert into ${raw(table)} overriding system value
    select moved.* from named
    cross join lateral jsonb_populate_record(named.row,
      jsonb_build_object('member_id', named.keep, ${rename!}::text, named.name)) as moved`
}
