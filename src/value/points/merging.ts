/** Points follow a merged member to the kept one: lots with their dates, entries, debt; then the tiers. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as tiers from '../tiers/tiers.ts'
import { book } from './ledger.ts'
import { movePools, moveShares } from './pools/following.ts'
import type { Want } from './wants.ts'

/**
 * Moves the ledger. Balances of all are locked first, in the order that all share; then the tiers decide, as they do
 * after an order. An entry keeps its number; the name of what caused it stays unique for the kept one.
 */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const locked = await tx.rows(sql`
    with ${pairSql(pairs)}
    insert into point_balances (member_id, updated_at)
    select distinct one.member_id, ${tx.now}::timestamptz
    from pair join point_balances gone on gone.member_id = pair.merged
    cross join lateral (values (pair.merged), (pair.keep)) as one (member_id)
    order by one.member_id
    on conflict (member_id) do update set updated_at = greatest(point_balances.updated_at, excluded.updated_at)
    returning member_id`)
  await movePools(tx, pairs)
  await tiers.merge(tx, pairs)
  await tx.run(sql`
    with ${pairSql(pairs)}
    delete from point_rule_preview_members p using pair where p.member_id = pair.merged`)
  if (locked.length === 0) return
  // what was set aside stays so, and may still be committed: a hold names its lots, and they came along
  await moveRows(tx, pairs, [
    { table: 'point_entries', unique: ['source'], rename: 'source_id' },
    { table: 'point_entry_lots' },
    { table: 'point_lots' },
    { table: 'point_excluded_lines' },
    { table: 'point_transfers', unique: ['source'], rename: 'source_id' },
    { table: 'point_holds', unique: ['source'], rename: 'source_id' },
  ])
  await moveTransfers(tx, pairs)
  await moveShares(tx, pairs)
  const owing = await moveBalances(tx, pairs)
  await payDebts(tx, owing)
}

/** Who received a transfer is known by the kept account; what both gave in a period adds up, beyond a limit too. */
async function moveTransfers(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    received as (
      update point_transfers one set to_member_id = pair.keep from pair where one.to_member_id = pair.merged
    ),
    gone as (
      delete from point_transfer_counts c using pair where c.member_id = pair.merged returning c.*, pair.keep
    )
    insert into point_transfer_counts as counted (member_id, period, points, allowed)
    select keep, period, sum(points)::bigint, greatest(max(allowed), sum(points))::bigint from gone group by 1, 2
    on conflict (member_id, period) do update set points = counted.points + excluded.points,
      allowed = greatest(counted.allowed, excluded.allowed, counted.points + excluded.points)`)
}

interface Owing {
  member_id: string
  merged: string
}

/** Adds the balances up; answers who now owes while holding points. */
async function moveBalances(tx: Tx, pairs: readonly MergePair[]): Promise<Owing[]> {
  return tx.rows<Owing>(sql`
    with ${pairSql(pairs)},
    gone as (delete from point_balances b using pair where b.member_id = pair.merged returning b.*, pair.keep),
    summed as (
      select keep, sum(active)::bigint as active, sum(pending)::bigint as pending, sum(debt)::bigint as debt,
        sum(earned_total)::bigint as earned, sum(spent_total)::bigint as spent, sum(expired_total)::bigint as expired,
        min(next_expiry_on) as next_expiry_on, string_agg(member_id::text, ',' order by member_id) as merged
      from gone group by keep
    ),
    added as (
      update point_balances b set active = b.active + s.active, pending = b.pending + s.pending, debt = b.debt + s.debt,
        earned_total = b.earned_total + s.earned, spent_total = b.spent_total + s.spent,
        expired_total = b.expired_total + s.expired, next_expiry_on = least(b.next_expiry_on, s.next_expiry_on)
      from summed s where b.member_id = s.keep
      returning b.member_id, b.active + b.pending as points, b.debt, s.merged
    )
    select member_id, merged from added where points > 0 and debt > 0`)
}

/**
 * Who owed in one account pays from the other, as a refund would have taken it; what is held stays so for who holds it.
 */
async function payDebts(tx: Tx, owing: readonly Owing[]): Promise<void> {
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const wants = owing.map(({ member_id, merged }): Want => ({
    kind: 'pay',
    cause: 'points.merged',
    member_id,
    occurred_at: tx.now,
    day,
    number: '',
    source: 'merge',
    source_id: merged,
  }))
  await book(tx, wants, { is_fresh: true })
}
