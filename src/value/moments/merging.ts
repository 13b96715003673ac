/** What moments gave follows a merged member to the kept one; of somebody erased no birthday is left. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, type MergePair } from '../../record/members/members.ts'

/** Where both were given the same occurrence, the second bears whose it was, as its gift does. */
export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [{ table: 'moment_gifts', unique: ['moment_id'], rename: 'occurrence' }])
}

/** The day of a gift says when somebody was born or married: what is left is the day on which it was given. */
export async function forget(tx: Tx, erased: readonly Fact[]): Promise<void> {
  const member_ids = erased.map((fact) => fact.member_id)
  await tx.run(sql`
    update moment_gifts set occurs_on = given_on,
      why = jsonb_set(why, '{params}', jsonb_build_object('day', to_char(given_on, 'YYYY-MM-DD')))
    where member_id = any (${member_ids}::uuid[])`)
}
