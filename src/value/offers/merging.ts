/** Offers follow a merged member to the kept one, and are counted again over the orders of both. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, type MergePair } from '../../record/members/members.ts'
import { deriveMembers } from './following.ts'

/** Moves the issues. The same cause may have issued to both: the second bears whose it was. */
export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [{ table: 'offer_issues', unique: ['source'], rename: 'source_id' }])
  await deriveMembers(tx, [...new Set(pairs.map((pair) => pair.keep))])
}

/** By what an issue is named outside may say who it was for. */
export async function forgetSources(tx: Tx, erased: readonly Fact[]): Promise<void> {
  const member_ids = erased.map((fact) => fact.member_id)
  await tx.run(sql`
    update offer_issues set source_id = issue_id::text where member_id = any (${member_ids}::uuid[])`)
}
