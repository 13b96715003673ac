/**
 * Acting on subscriptions, whatever is wanted: members are locked, what they hold is read, deciding.ts decides one want
 * after the other, and all that came of it is written. The number of statements does not grow with the set.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as points from '../points/points.ts'
import { causeKey, decide, designKey, pairKey, refresh, type Context, type Entry } from './deciding.ts'
import { plansAt, quote } from './quoting.ts'
import type { PlanDesign, PlanOutcome, Subscription, Want } from './types.ts'
import { write } from './writing.ts'

/** Does what is wanted; answers one outcome for each, in their order. A refused one never fails the others. */
export async function act(tx: Tx, wants: readonly Want[]): Promise<PlanOutcome[]> {
  if (wants.length === 0) return []
  const member_ids = [...new Set(wants.map((want) => want.member_id))]
  await points.lock(tx, await livingOf(tx, member_ids))
  const context = await read(tx, wants, member_ids)
  const outcomes = wants.map((want, index): PlanOutcome => ({ index, ...decide(want, context) }))
  await write(tx, context)
  return outcomes
}

/** Subscriptions that the clock changes at once: their prices are asked as a set. */
export const turned_at_once = 10_000

/** Moves what is due by the clock; answers how many it moved. More are left when it is `turned_at_once`. */
export async function turn(tx: Tx): Promise<number> {
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const due = await tx.rows<{ member_id: string; subscription_id: string }>(sql`
    select member_id, subscription_id from plan_subscriptions where turn_on <= ${day}::date
    order by turn_on, member_id limit ${turned_at_once}::int`)
  if (due.length === 0) return 0
  await points.lock(
    tx,
    due.map((one) => one.member_id),
  )
  const ids = due.map((one) => one.subscription_id)
  // asked again behind the lock: a payment may have come in beside us
  const held = await subscriptionsOf(
    tx,
    sql`s.member_id = any (${[...new Set(due.map((one) => one.member_id))]}::uuid[])
      and s.subscription_id = any (${ids}::uuid[]) and s.turn_on <= ${day}::date`,
  )
  const plans = await plansAt(tx, tx.now)
  // no designs: the clock gives no privileges, their last day has counted the grace days from the start
  const context: Context = { ...emptyContext(tx, day), plans }
  for (const one of held) context.subscriptions.set(one.subscription_id, one)
  for (const one of held) refresh(one, context)
  const asking = held.filter((one) => (one.state === 'due' || one.state === 'grace') && one.asked === null)
  const quotes = await quote(tx, tx.now, asking, plans)
  for (const one of asking) {
    const { price_minor, why } = quotes.get(pairKey(one))!
    if (price_minor !== null) one.asked = { price_minor, version: plans.get(one.plan_id)!.version, why }
    const { member_id, plan_id, subscription_id } = one
    const data = { plan_id, subscription_id, price_minor, due_on: one.due_on }
    context.made.facts.push({ name: 'plan.due', member_id, data })
  }
  await write(tx, context)
  return due.length
}

async function livingOf(db: Reader, member_ids: readonly string[]): Promise<string[]> {
  const rows = await db.rows<{ member_id: string }>(sql`
    select member_id from members where member_id = any (${member_ids}::uuid[]) and kind = 'member'
      and merged_into is null and erased_at is null`)
  return rows.map((row) => row.member_id)
}

function emptyContext(tx: Tx, day: string): Context {
  return {
    day,
    newId: () => uuidv7(tx.now),
    members: new Set(),
    plans: new Map(),
    designs: new Map(),
    quotes: new Map(),
    subscriptions: new Map(),
    trials: new Map(),
    entries: new Map(),
    changed: new Set(),
    made: { entries: [], trials: [], facts: [] },
  }
}

async function read(tx: Tx, wants: readonly Want[], member_ids: readonly string[]): Promise<Context> {
  const { time_zone } = await program.current(tx)
  const [members, plans, held, trials, entries] = await Promise.all([
    livingOf(tx, member_ids),
    plansAt(tx, tx.now),
    subscriptionsOf(tx, sql`s.member_id = any (${member_ids}::uuid[])`),
    tx.rows<{ member_id: string; plan_id: string; subscription_id: string }>(sql`
      select member_id, plan_id, subscription_id from plan_trials where member_id = any (${member_ids}::uuid[])`),
    tx.rows<Entry>(sql`
      select e.* from unnest(${wants.map((want) => want.member_id)}::uuid[],
        ${wants.map((want) => want.source)}::text[], ${wants.map((want) => want.source_id)}::text[]
      ) as one (member_id, source, source_id)
      join plan_entries e on e.member_id = one.member_id and e.source = one.source
        and e.source_id = one.source_id`),
  ])
  const bySubscription = new Map(held.map((one) => [one.subscription_id, one]))
  const asked = wants.flatMap((want): { member_id: string; plan_id: string }[] => {
    if (want.verb === 'start') return want.amount_minor === null ? [] : [want]
    const renewed = want.verb === 'renew' ? bySubscription.get(want.subscription_id) : undefined
    return renewed ? [renewed] : []
  })
  const context: Context = {
    ...emptyContext(tx, dayOf(tx.now, time_zone)),
    members: new Set(members),
    plans,
    designs: await designsOf(tx, held, plans),
    quotes: await quote(tx, tx.now, asked, plans),
    subscriptions: bySubscription,
    trials: new Map(trials.map((row) => [pairKey(row), row.subscription_id])),
    entries: new Map(entries.map((row) => [causeKey(row), row])),
  }
  // what ended by its date has ended, whether or not the clock has been here
  for (const one of held) if (one.turn_on !== null && one.turn_on <= context.day) refresh(one, context)
  return context
}

/** The designs that subscriptions run under, and those in force. */
export async function designsOf(
  db: Reader,
  held: readonly Subscription[],
  plans: Context['plans'],
): Promise<Map<string, PlanDesign>> {
  const wanted = new Map<string, [string, number]>()
  for (const { plan_id, version, asked } of held) {
    wanted.set(designKey(plan_id, version), [plan_id, version])
    if (asked) wanted.set(designKey(plan_id, asked.version), [plan_id, asked.version])
  }
  const keys = [...wanted.values()]
  const rows = await db.rows<{ plan_id: string; version: number; design: PlanDesign }>(sql`
    select v.plan_id, v.version, v.design
    from unnest(${keys.map(([plan_id]) => plan_id)}::uuid[], ${keys.map(([, version]) => version)}::int[])
      as one (plan_id, version)
    join plan_versions v on v.plan_id = one.plan_id and v.version = one.version`)
  return new Map([
    ...[...plans.values()].map((plan) => [designKey(plan.plan_id, plan.version), plan.design] as const),
    ...rows.map((row) => [designKey(row.plan_id, row.version), row.design] as const),
  ])
}

/** Subscriptions with their periods. */
export async function subscriptionsOf(db: Reader, which: Sql): Promise<Subscription[]> {
  return db.rows<Subscription>(sql`
    select s.member_id, s.subscription_id, s.plan_id, s.version, s.auto_renew, s.started_on, s.trial_until, s.due_on,
      s.grace_days, s.ended_on, s.ended_why, s.state, s.holds_until, s.turn_on, s.asked, s.paid_minor,
      s.refunded_minor, periods.periods
    from plan_subscriptions s
    cross join lateral (
      select jsonb_agg(jsonb_build_object('number', p.number, 'kind', p.kind, 'version', p.version,
        'from_on', p.from_on, 'until_on', p.until_on, 'paid_on', p.paid_on, 'price_minor', p.price_minor,
        'refunded_minor', p.refunded_minor, 'why', p.why, 'rewards', coalesce(r.rewards, '[]'))
        order by p.number) as periods
      from plan_periods p
      left join (
        select number, jsonb_agg(jsonb_build_object('reward_id', reward_id, 'reward', reward, 'gift_id', gift_id,
          'refused', refused) order by place) as rewards
        from plan_rewards where member_id = s.member_id and subscription_id = s.subscription_id group by number
      ) r on r.number = p.number
      where p.member_id = s.member_id and p.subscription_id = s.subscription_id
    ) periods
    where ${which}
    order by s.member_id, s.subscription_id`)
}
