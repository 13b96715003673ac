/** What a stamp card would have come to: last month's orders, judged by the function that stamps them. */
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { addDays, addMs, clock, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { faultsOf, tryStamps, type TriedOrder } from './rules.ts'
import type { CardPreview, StampRule } from './types.ts'

/** Days looked back on: a month with every weekday as often as a month has it. */
export const preview_days = 30
/** Members whose orders are held in memory at once. */
const members_at_once = 2_000
/** Somebody waits in front of a form. */
const preview_ms_max = 10_000

/**
 * Tries a rule as if every member had begun an empty card when these days began; what was refunded brings nothing.
 * Throws `card_definition.invalid`, `query.timed_out`, `query.cancelled`.
 */
export async function preview(
  db: Db,
  rule: StampRule,
  { now, signal }: { now: Date; signal?: AbortSignal },
): Promise<CardPreview> {
  const errors = faultsOf(rule, 'stamps')
  if (errors.length > 0) throw new AppError('card_definition.invalid', { places: errors.length }, { errors })
  const { time_zone } = await program.current(db)
  const today = dayOf(now, time_zone)
  const from_on = addDays(today, -preview_days)
  const ends = addMs(clock(), preview_ms_max)
  const left = () => {
    const timeout_ms = ends.getTime() - clock().getTime()
    if (timeout_ms <= 0) throw new AppError('query.timed_out', { timeout_ms: preview_ms_max }, { status: 503 })
    return { timeout_ms, ...(signal ? { signal } : {}) }
  }
  const bought = sql`o.ordered_on >= ${from_on}::date and o.ordered_on < ${today}::date and o.counts
    and o.kind <> 'adjustment'`
  const buyers = await db.timed<{ member_id: string }>(
    sql`
    select distinct o.member_id from orders o
    join members m on m.member_id = o.member_id and m.kind = 'member'
    where ${bought} order by o.member_id`,
    left(),
  )
  const found = { orders: 0, stamped: 0, stamps: 0, filled: 0, members_filled: 0 }
  for (let at = 0; at < buyers.length; at += members_at_once) {
    const member_ids = buyers.slice(at, at + members_at_once).map((one) => one.member_id)
    const rows = await db.timed<TriedOrder & { member_id: string }>(
      sql`
      select o.member_id, o.ordered_on, o.store_id, o.kind = 'supplement' as is_supplement,
        coalesce(line.lines, '[]') as lines
      from orders o
      left join lateral (
        select jsonb_agg(jsonb_build_object('sku', l.sku, 'category', l.category,
          'quantity', l.quantity - l.refunded_quantity, 'net_minor', l.net_minor - l.refunded_minor)) as lines
        from order_lines l where l.member_id = o.member_id and l.order_id = o.order_id
      ) line on true
      where o.member_id = any (${member_ids}::uuid[]) and ${bought}
      order by o.member_id, o.occurred_at, o.order_id`,
      left(),
    )
    for (const orders of byMember(rows).values()) {
      const { stamped, stamps, filled } = tryStamps(orders, rule)
      found.orders += orders.length
      found.stamped += stamped
      found.stamps += stamps
      found.filled += filled
      if (filled > 0) found.members_filled += 1
    }
  }
  const points = rule.reward.kind === 'points' ? found.filled * rule.reward.points : 0
  return { days: preview_days, members: buyers.length, ...found, points }
}

function byMember(rows: readonly (TriedOrder & { member_id: string })[]): Map<string, TriedOrder[]> {
  const found = new Map<string, TriedOrder[]>()
  for (const row of rows) {
    const own = found.get(row.member_id)
    if (own) own.push(row)
    else found.set(row.member_id, [row])
  }
  return found
}
