/** Holds and sales follow a merged member to the kept one. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { pairSql, type MergePair } from '../../record/members/members.ts'

/** Ids are never the same twice, so nothing can meet; what was quoted stays as it was said then. */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    keys as (update till_keys k set member_id = pair.keep from pair where k.member_id = pair.merged),
    holds as (delete from till_holds h using pair where h.member_id = pair.merged returning h as row, pair.keep)
    insert into till_holds
    select moved.* from holds
    cross join lateral jsonb_populate_record(holds.row, jsonb_build_object('member_id', holds.keep)) as moved`)
  await tx.run(sql`
    with ${pairSql(pairs)},
    sales as (delete from till_sales s using pair where s.member_id = pair.merged returning s as row, pair.keep)
    insert into till_sales
    select moved.* from sales
    cross join lateral jsonb_populate_record(sales.row, jsonb_build_object('member_id', sales.keep)) as moved`)
}
