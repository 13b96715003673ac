/** Orders follow a merged member to the kept one, whose statistics are recomputed from all of them. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { memberMerged, mergedPairs, pairSql, type MergePair } from '../members/members.ts'
import { lock, rewrite } from './statistics.ts'

/**
 * Moves orders, lines, refunds and their keys. The rows are deleted and written again under the other member: in a
 * cluster a member's rows live together.
 */
async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const kept = [...new Set(pairs.map((pair) => pair.keep))]
  const gone = pairs.map((pair) => pair.merge)
  await lock(tx, [...kept, ...gone])
  await moveOrders(tx, pairs)
  await moveRefunds(tx, pairs)
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

async function moveOrders(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone_lines as (
      delete from order_lines l using pair where l.member_id = pair.merged returning l as row, pair.keep
    ),
    lines as (
      insert into order_lines
      select moved.* from gone_lines gone
      cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
    ),
    gone_orders as (
      delete from orders o using pair where o.member_id = pair.merged returning o as row, pair.keep
    ),
    moved_orders as (
      insert into orders
      select moved.* from gone_orders gone
      cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
      returning member_id, source, source_id
    )
    update order_keys k set member_id = moved_orders.member_id from moved_orders
    where k.source = moved_orders.source and k.source_id = moved_orders.source_id and k.kind = 'order'`)
}

async function moveRefunds(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone_lines as (
      delete from order_refund_lines l using pair where l.member_id = pair.merged returning l as row, pair.keep
    ),
    lines as (
      insert into order_refund_lines
      select moved.* from gone_lines gone
      cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
    ),
    gone_refunds as (
      delete from order_refunds r using pair where r.member_id = pair.merged returning r as row, pair.keep
    ),
    moved_refunds as (
      insert into order_refunds
      select moved.* from gone_refunds gone
      cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
      returning member_id, source, source_id
    )
    update order_keys k set member_id = moved_refunds.member_id from moved_refunds
    where k.source = moved_refunds.source and k.source_id = moved_refunds.source_id and k.kind = 'refund'`)
}

export const bound: BoundHearer[] = [
  { module: 'orders', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
]
