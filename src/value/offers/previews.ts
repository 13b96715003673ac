/** What an offer would have come to: last month's purchases, judged by the function that completes issues. */
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { costMinor } from '../../base/money.ts'
import { sql } from '../../base/sql.ts'
import { addDays, addMs, clock, dayOf, startOfDay } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as gifts from '../gifts/gifts.ts'
import { byMember, purchasesSql, type Owned } from './purchases.ts'
import { decide, faultsOf } from './rules.ts'
import type { OfferPreview, OfferRule } from './types.ts'

/** Days looked back on: a month with every weekday as often as a month has it. */
export const preview_days = 30
/** Members whose purchases are held in memory at once. */
const members_at_once = 2_000
/** Somebody waits in front of a form. */
const preview_ms_max = 10_000
const hour_ms = 3_600_000

/**
 * Tries a rule as if every member who bought had received and seen it when these days began; fixed dates of its window
 * are left out, for they lie ahead. Throws `offer.rule_invalid`, `query.timed_out`, `query.cancelled`.
 */
export async function preview(
  db: Db,
  rule: OfferRule,
  { now, signal }: { now: Date; signal?: AbortSignal },
): Promise<OfferPreview> {
  const errors = faultsOf(rule)
  if (errors.length > 0) throw new AppError('offer.rule_invalid', { places: errors.length }, { errors })
  const { time_zone } = await program.current(db)
  const today = dayOf(now, time_zone)
  const opens_at = startOfDay(addDays(today, -preview_days), time_zone)
  const until = addMs(startOfDay(today, time_zone), -1)
  const own_end = rule.window.hours === null ? until : addMs(opens_at, rule.window.hours * hour_ms)
  const span = { opens_at, closes_at: own_end < until ? own_end : until }
  const ends = addMs(clock(), preview_ms_max)
  const left = () => {
    const timeout_ms = ends.getTime() - clock().getTime()
    if (timeout_ms <= 0) throw new AppError('query.timed_out', { timeout_ms: preview_ms_max }, { status: 503 })
    return { timeout_ms, ...(signal ? { signal } : {}) }
  }
  const buyers = await db.timed<{ member_id: string }>(
    sql`
    select distinct o.member_id from orders o
    join members m on m.member_id = o.member_id and m.kind = 'member'
    where o.occurred_at >= ${opens_at}::timestamptz and o.occurred_at <= ${until}::timestamptz
      and o.kind = 'order' and o.counts
    order by o.member_id`,
    left(),
  )
  let completed = 0
  for (let at = 0; at < buyers.length; at += members_at_once) {
    const windows = buyers.slice(at, at + members_at_once).map(({ member_id }) => ({ member_id, rule, ...span }))
    const bought = byMember(await db.timed<Owned>(purchasesSql(windows), left()))
    for (const purchases of bought.values()) if (decide(rule, span, purchases).completed_at) completed += 1
  }
  const each_minor = rule.reward.kind === 'none' ? 0 : await gifts.costOf(db, rule.reward, now)
  return {
    days: preview_days,
    members: buyers.length,
    completed,
    points: rule.reward.kind === 'points' ? completed * rule.reward.points : 0,
    cost_minor: costMinor(each_minor, completed),
  }
}
