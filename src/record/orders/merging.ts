/** Orders follow a merged member to the kept one, whose statistics are recomputed from all of them. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { memberMerged, mergedPairs, moveRows, pairSql, type MergePair } from '../members/members.ts'
import { lock, rewrite } from './statistics.ts'

/** Moves orders, lines, refunds and their keys, then counts the kept ones again. */
async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const kept = [...new Set(pairs.map((pair) => pair.keep))]
  const gone = pairs.map((pair) => pair.merge)
  await lock(tx, [...kept, ...gone])
  await moveOrders(tx, pairs)
  await tx.run(sql`
    with a as (delete from member_store_statistics where member_id = any (${gone}::uuid[])),
      b as (delete from member_category_statistics where member_id = any (${gone}::uuid[])),
      c as (delete from member_state_changes where member_id = any (${gone}::uuid[]))
    delete from member_statistics where member_id = any (${gone}::uuid[])`)
  await rewrite(tx, kept)
  // who never bought has no statistics
  await tx.run(sql`
    delete from member_statistics s where s.member_id = any (${kept}::uuid[]) and s.order_count = 0
      and not exists (select from orders o where o.member_id = s.member_id)
      and not exists (select from order_refunds r where r.member_id = s.member_id)`)
}

/** The keys first, while the orders still say whose they were; a till may ask by them at any time. */
async function moveOrders(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    moving as (
      select pair.keep, one.source, one.source_id, 'order' as kind
      from pair join orders one on one.member_id = pair.merged
      union all
      select pair.keep, one.source, one.source_id, 'refund'
      from pair join order_refunds one on one.member_id = pair.merged
    )
    update order_keys k set member_id = moving.keep from moving
    where k.source = moving.source and k.source_id = moving.source_id and k.kind = moving.kind`)
  await moveRows(tx, pairs, [
    { table: 'order_lines' },
    { table: 'orders' },
    { table: 'order_refund_lines' },
    { table: 'order_refunds' },
  ])
}

export const bound: BoundHearer[] = [
  { module: 'orders', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
]
