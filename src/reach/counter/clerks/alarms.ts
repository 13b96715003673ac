/**
 * Alarms: a card that earns too often at one till or with one clerk, codes that were shown again, codes that were none.
 * Heard after commit, so that no customer waits for it; each is one row for its day that gathers evidence until a
 * manager has looked.
 */
import { actorText } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import type { FeedFact, LaterHearer } from '../../../base/feed.ts'
import { raw, sql } from '../../../base/sql.ts'
import { addMs, dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { audit } from '../../../record/staff/staff.ts'
import { insistOnStore, rulesOf } from './settings.ts'

const shown_max = 200
/** Of one person in a day: a code misheard twice; five tries in a million guess none. */
export const approvals_mistyped_max = 5
/** What is told later than this, of an import say, alarms nobody. */
const late_hours_max = 72

/**
 * Receipts of these members' tills: where so many lie within the minutes, or the day, all of that day are evidence. The
 * clerk counts beside the till: one may carry a card from till to till. A key serves many clerks and is no clerk.
 */
async function raiseOften(tx: Tx, facts: readonly FeedFact[]): Promise<void> {
  const since = addMs(tx.now, -late_hours_max * 3_600_000)
  const bought = facts.filter(({ name, occurred_at }) => name === 'order.paid' && occurred_at >= since)
  if (bought.length === 0) return
  const rules = await rulesOf(tx)
  await tx.run(sql`
    with asked as materialized (
      select distinct member_id, day from unnest(${bought.map((fact) => fact.member_id)}::uuid[],
        ${bought.map((fact) => String(fact.data['ordered_on']))}::date[]) as asked (member_id, day)
    ),
    receipts as materialized (
      select o.member_id, o.order_id, o.source_id, o.ordered_on as day, o.occurred_at, o.net_minor, o.store_id, h.actor,
        place.name as place
      from asked join orders o on o.member_id = asked.member_id and o.ordered_on = asked.day and o.counts
      join till_holds h on h.member_id = o.member_id and h.order_id = o.order_id and h.status = 'committed'
      cross join lateral (
        select 'till ' || h.source as name union all select h.actor where h.actor like 'staff:%'
      ) place
    ),
    close as (
      select r.*, count(*) over near as near, count(*) over (partition by member_id, day, place) as in_day
      from receipts r
      window near as (partition by member_id, day, place order by occurred_at
        range between make_interval(mins => ${rules.alarm_minutes}::int) preceding and current row)
    ),
    -- a till and its one clerk say the same thing: the till says it
    raised as (
      select distinct on (member_id, day) member_id, day, place from close
      group by member_id, day, place
      having max(near) >= ${rules.alarm_receipts}::int or max(in_day) >= ${rules.alarm_receipts_a_day}::int
      order by member_id, day, count(*) desc, place desc
    ),
    evidence as (
      select raised.member_id, raised.day, raised.place, (array_agg(r.store_id))[1] as store_id,
        case when count(distinct r.actor) = 1 then min(r.actor) end as actor,
        jsonb_agg(jsonb_build_object('order_id', r.order_id, 'number', r.source_id, 'at', r.occurred_at,
          'net_minor', r.net_minor) order by r.occurred_at) as receipts
      from raised join receipts r using (member_id, day, place)
      group by raised.member_id, raised.day, raised.place
    )
    insert into till_alarms as known (kind, occurrence, member_id, store_id, actor, actor_name, day, evidence,
      raised_at)
    select 'often', e.member_id || ' ' || e.day, e.member_id, e.store_id, e.actor, person.name, e.day,
      jsonb_build_object('receipts', e.receipts, 'place', e.place, 'minutes', ${rules.alarm_minutes}::int,
        'most', ${rules.alarm_receipts}::int, 'most_a_day', ${rules.alarm_receipts_a_day}::int),
      ${tx.now}::timestamptz
    from evidence e left join staff person on e.actor = 'staff:' || person.staff_id
    on conflict (kind, occurrence) do update set evidence = excluded.evidence
    where known.settled_at is null`)
}

/** A code that was shown again: one alarm for its member and day, counting. */
async function raiseReplayed(tx: Tx, facts: readonly FeedFact[]): Promise<void> {
  const shown = facts.filter(({ name }) => name === 'portal_code.shown_again')
  if (shown.length === 0) return
  await tx.run(sql`
    insert into till_alarms as known (kind, occurrence, member_id, actor, actor_name, day, evidence, raised_at)
    select 'replayed', again.member_id || ' ' || again.day, again.member_id, max(again.actor), max(person.name),
      again.day, jsonb_build_object('times', count(*)), ${tx.now}::timestamptz
    from (
      select one.member_id, one.actor, (one.at at time zone program.time_zone)::date as day
      from unnest(${shown.map((fact) => fact.member_id)}::uuid[],
        ${shown.map((fact) => String(fact.data['actor']))}::text[],
        ${shown.map((fact) => fact.occurred_at)}::timestamptz[])
        as one (member_id, actor, at) cross join program
    ) again left join staff person on again.actor = 'staff:' || person.staff_id
    group by again.member_id, again.day
    on conflict (kind, occurrence) do update set evidence = jsonb_build_object('times',
      (known.evidence->>'times')::int + (excluded.evidence->>'times')::int)
    where known.settled_at is null`)
}

/**
 * A receipt that a clerk gave to one member and its register to another, or to somebody whom nobody here knows: one
 * alarm a receipt, until it is looked at.
 */
async function raiseContested(tx: Tx, facts: readonly FeedFact[]): Promise<void> {
  const told = facts.filter(({ name }) => name === 'order.named_another')
  if (told.length === 0) return
  await tx.run(sql`
    insert into till_alarms as known (kind, occurrence, member_id, store_id, actor, actor_name, day, evidence,
      raised_at)
    select distinct on (given.order_id) 'contested', given.order_id::text, given.member_id, given.store_id, given.actor,
      given.actor_name, (told.at at time zone program.time_zone)::date, jsonb_build_object('receipts',
        jsonb_build_array(jsonb_build_object('order_id', o.order_id, 'number', o.source_id, 'at', o.occurred_at,
          'net_minor', o.net_minor)), 'named_member_id', told.named_id), ${tx.now}::timestamptz
    from unnest(${told.map((fact) => fact.member_id)}::uuid[],
      ${told.map(({ data }) => String(data['order_id']))}::uuid[],
      ${told.map(({ data }) => data['named_member_id'] ?? null)}::uuid[],
      ${told.map((fact) => fact.occurred_at)}::timestamptz[]) as told (member_id, order_id, named_id, at)
    join till_given_receipts given on given.member_id = told.member_id and given.order_id = told.order_id
    join orders o on o.member_id = given.member_id and o.order_id = given.order_id
    cross join program
    order by given.order_id, told.at desc
    on conflict (kind, occurrence) do update set evidence = excluded.evidence where known.settled_at is null`)
}

export const later: LaterHearer = {
  name: 'counter.alarms',
  names: ['order.paid', 'portal_code.shown_again', 'order.named_another'],
  hear: async (tx, facts) => {
    await raiseOften(tx, facts)
    await raiseReplayed(tx, facts)
    await raiseContested(tx, facts)
  },
}

/** Codes that were none, by what they were said to be; from so many of one person in a day on it is an alarm. */
const mistyped = {
  approval: { column: 'codes_mistyped', alarm_at: approvals_mistyped_max },
  // read off a screen in a queue, a digit goes wrong now and then
  member: { column: 'member_codes_mistyped', alarm_at: 10 },
} as const

/** Counts a code that was none against who typed it. */
export async function noteMistyped(tx: Tx, kind: keyof typeof mistyped): Promise<void> {
  const actor = actorText(tx.actor)
  const { column, alarm_at } = mistyped[kind]
  const own = raw(column)
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const counted = await tx.row<{ times: number }>(sql`
    insert into till_clerk_days as known (actor, day, ${own}) values (${actor}::text, ${day}::date, 1)
    on conflict (actor, day) do update set ${own} = known.${own} + 1
    returning ${own} as times`)
  if (counted!.times < alarm_at) return
  await tx.run(sql`
    insert into till_alarms as known (kind, occurrence, actor, actor_name, day, evidence, raised_at)
    values ('mistyped', ${`${kind} ${actor} ${day}`}::text, ${actor}::text, ${tx.actor.name}::text, ${day}::date,
      jsonb_build_object('times', ${counted!.times}::int, 'of', ${kind}::text), ${tx.now}::timestamptz)
    on conflict (kind, occurrence) do update set evidence = excluded.evidence where known.settled_at is null`)
}

export interface AlarmFilter {
  is_open?: boolean | undefined
  /** null: every store; those of no store are every manager's. */
  store_ids: readonly string[] | null
  from?: string | undefined
  to?: string | undefined
}

/** The newest first. */
export async function alarms(db: Reader, { is_open, store_ids, from, to }: AlarmFilter) {
  return db.rows<{
    alarm_id: string
    kind: 'often' | 'replayed' | 'mistyped' | 'contested'
    member_id: string | null
    display_name: string | null
    store_id: string | null
    store_name: string | null
    actor_name: string | null
    day: string
    evidence: Record<string, unknown>
    raised_at: Date
    settled_at: Date | null
    settled_by_name: string | null
    settled_note: string | null
  }>(sql`
    select a.alarm_id, a.kind, a.member_id, m.display_name, a.store_id, s.name as store_name, a.actor_name, a.day,
      a.evidence, a.raised_at, a.settled_at, a.settled_by_name, a.settled_note
    from till_alarms a left join members m on m.member_id = a.member_id left join stores s on s.store_id = a.store_id
    where (${is_open ?? null}::boolean is null or (a.settled_at is null) = ${is_open ?? null}::boolean)
      and (${store_ids}::uuid[] is null or a.store_id is null or a.store_id = any (${store_ids}::uuid[]))
      and (${from ?? null}::date is null or a.day >= ${from ?? null}::date)
      and (${to ?? null}::date is null or a.day <= ${to ?? null}::date)
    order by a.alarm_id desc limit ${shown_max}::int`)
}

/** Somebody has looked, and says what it was. Again: nothing. Throws `till.alarm_not_found`. */
export async function settleAlarm(tx: Tx, alarm_id: string, note: string): Promise<void> {
  const alarm = await tx.row<{ store_id: string | null }>(sql`
    select store_id from till_alarms where alarm_id = ${alarm_id}::uuid`)
  await insistOnStore(tx, tx, alarm?.store_id ?? null)
  const found = await tx.row<{ settled_at: Date | null }>(sql`
    update till_alarms set settled_at = coalesce(settled_at, ${tx.now}::timestamptz),
      settled_by_name = coalesce(settled_by_name, ${tx.actor.name}::text),
      settled_note = coalesce(settled_note, ${note}::text)
    where alarm_id = ${alarm_id}::uuid returning old.settled_at`)
  if (!found) throw new AppError('till.alarm_not_found', { alarm_id }, { status: 404 })
  if (found.settled_at === null)
    await audit(tx, [{ action: 'till.alarm_settled', noun: 'till', noun_id: alarm_id, after: { note } }])
}
