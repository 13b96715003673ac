/** Holds and sales follow a merged member to the kept one. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'

/** Ids are never the same twice, so nothing can meet; what was quoted stays as it was said then. */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)}
    update till_keys k set member_id = pair.keep from pair where k.member_id = pair.merged`)
  await moveRows(tx, pairs, [{ table: 'till_holds' }, { table: 'till_sales' }])
}
