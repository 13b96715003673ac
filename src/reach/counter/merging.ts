/** Holds, sales and what clerks gave follow a merged member to the kept one; words about an erased one go. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { movePresences } from './clerks/presence.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'

/** Ids are never the same twice, so nothing can meet; what was quoted stays as it was said then. */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)}
    update till_keys k set member_id = pair.keep from pair where k.member_id = pair.merged`)
  // a receipt that went from one of them to the other is theirs now, and never moved
  await tx.run(sql`
    with ${pairSql(pairs)},
    alarmed as (update till_alarms a set member_id = pair.keep from pair where a.member_id = pair.merged),
    asked as (update till_approval_requests r set member_id = pair.keep from pair where r.member_id = pair.merged),
    offline as (update till_offline_receipts r set member_id = pair.keep from pair where r.member_id = pair.merged)
    update till_given_receipts g set from_member_id = pair.keep from pair where g.from_member_id = pair.merged`)
  await movePresences(tx, pairs)
  await moveRows(tx, pairs, [
    { table: 'till_holds' },
    { table: 'till_sales' },
    { table: 'till_given_receipts' },
    { table: 'till_given_points', rename: 'source_id' },
    { table: 'till_top_ups' },
  ])
}

/** Reasons are free text; receipts without a network may name the person. */
export async function forget(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const gone = [...new Set(facts.map(({ member_id }) => member_id))]
  await tx.run(sql`
    with receipts as (update till_given_receipts set reason = '' where member_id = any (${gone}::uuid[])),
    here as (delete from till_presences where member_id = any (${gone}::uuid[])),
    asked as (update till_approval_requests set member_id = null where member_id = any (${gone}::uuid[])),
    paid as (update till_top_ups set paid_by = null where member_id = any (${gone}::uuid[])),
    given as (update till_given_points set reason = '' where member_id = any (${gone}::uuid[])),
    -- who lent points for another's purchase stands in its quote by a masked name
    lent as (
      update till_holds h set quote = jsonb_set(quote, '{points,lenders}', '[]') from point_pool_shares share
      where share.lender_id = any (${gone}::uuid[]) and share.source = 'till' and h.member_id = share.member_id
        and h.hold_id = share.source_id::uuid
    ),
    alarmed as (
      update till_alarms set settled_note = case when settled_note is null then null else '' end
      where member_id = any (${gone}::uuid[]))
    update till_offline_receipts set body = body - 'member',
      settled_note = case when settled_note is null then null else '' end
    where member_id = any (${gone}::uuid[])`)
}
