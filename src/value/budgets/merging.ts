/** Promises follow a merged member to the kept one. */
import type { Tx } from '../../base/db.ts'
import { moveRows, type MergePair } from '../../record/members/members.ts'

/** Moves entries; where both had a promise of the same name, the second bears whose it was. */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [{ table: 'budget_entries', unique: ['budget_id', 'source'], rename: 'source_id' }])
}
