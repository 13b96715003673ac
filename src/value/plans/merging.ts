/**
 * Plans follow a merged member. Where both held the same plan, one goes on: that which is paid for longer, and the days
 * of the other are put behind it. Nothing that was paid is lost.
 */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { daysBetween, dayOf } from '../../base/time.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as privileges from '../privileges/privileges.ts'
import { derive } from './agreements/agreements.ts'
import { act, subscriptionsOf } from './subscribing.ts'
import type { Extend, Subscription } from './types.ts'
import { source } from './writing.ts'

export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const left = await endDoubles(tx, pairs, day)
  await moveRows(tx, pairs, [
    { table: 'plan_subscriptions' },
    { table: 'plan_periods' },
    { table: 'plan_rewards' },
    { table: 'plan_entries', unique: ['source'], rename: 'source_id' },
    { table: 'plan_agreements', unique: ['source'], rename: 'source_id' },
  ])
  // both may have had a trial: together they have had one
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from plan_trials t using pair where t.member_id = pair.merged returning pair.keep, t.*)
    insert into plan_trials (member_id, plan_id, subscription_id)
    select keep, plan_id, subscription_id from gone on conflict do nothing`)
  await privileges.endGrants(
    tx,
    left.map((one) => ({ ...one, source, source_id: one.source_id, expires_on: day })),
  )
  await act(
    tx,
    left.filter((one) => one.days > 0),
  )
  await derive(tx, [...new Set(pairs.map((pair) => pair.keep))])
}

/** Ends all but one of the running subscriptions that will meet; answers the days that are left of the others. */
async function endDoubles(tx: Tx, pairs: readonly MergePair[], day: string): Promise<Extend[]> {
  const keepOf = new Map(pairs.map((pair) => [pair.merge, pair.keep]))
  const member_ids = [...new Set(pairs.flatMap((pair) => [pair.keep, pair.merge]))]
  const running = await subscriptionsOf(tx, sql`s.member_id = any (${member_ids}::uuid[]) and s.state <> 'ended'`)
  const meeting = new Map<string, Subscription[]>()
  for (const one of running) {
    const key = `${keepOf.get(one.member_id) ?? one.member_id} ${one.plan_id}`
    meeting.set(key, [...(meeting.get(key) ?? []), one])
  }
  const ending: Subscription[] = []
  for (const held of meeting.values()) {
    const [, ...others] = held.sort((a, b) => (a.due_on < b.due_on ? 1 : a.due_on > b.due_on ? -1 : 0))
    ending.push(...others)
  }
  if (ending.length === 0) return []
  await tx.run(sql`
    update plan_subscriptions s set state = 'ended', ended_on = ${day}::date, holds_until = ${day}::date,
      turn_on = null, asked = null, ended_why = 'merged', updated_at = ${tx.now}::timestamptz
    from unnest(${ending.map((one) => one.member_id)}::uuid[], ${ending.map((one) => one.subscription_id)}::uuid[])
      as one (member_id, subscription_id)
    where s.member_id = one.member_id and s.subscription_id = one.subscription_id`)
  return ending.map((one) => ({
    verb: 'extend',
    member_id: keepOf.get(one.member_id) ?? one.member_id,
    plan_id: one.plan_id,
    days: Math.max(0, daysBetween(day, one.due_on)),
    source: 'merged',
    source_id: one.subscription_id,
  }))
}

/** An erased member holds nothing any more; what named them is forgotten, the money stays. */
export async function forget(tx: Tx, erased: readonly Fact[]): Promise<void> {
  const member_ids = erased.map((fact) => fact.member_id)
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  await tx.run(sql`
    update plan_subscriptions set state = 'ended', ended_on = greatest(started_on, ${day}::date),
      holds_until = greatest(started_on, ${day}::date), turn_on = null, asked = null, ended_why = 'erased',
      updated_at = ${tx.now}::timestamptz
    where member_id = any (${member_ids}::uuid[]) and state <> 'ended'`)
  await tx.run(sql`
    update plan_entries set note = null, source_id = entry_id::text where member_id = any (${member_ids}::uuid[])`)
  await tx.run(sql`
    update plan_agreements set title = '', source_id = agreement_id::text,
      status = case status when 'open' then 'cancelled' else status end,
      settled_at = coalesce(settled_at, ${tx.now}::timestamptz)
    where member_id = any (${member_ids}::uuid[])`)
}
