/** Writes what was decided: subscriptions, periods, entries, trials, the privileges of plans, and the facts. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import * as privileges from '../privileges/privileges.ts'
import { designKey, type Context, type Entry } from './deciding.ts'
import type { Subscription } from './types.ts'

/** What plans are called where they leave a line elsewhere. */
export const source = 'plan'

export async function write(tx: Tx, context: Context): Promise<void> {
  const changed = [...context.changed].map((id) => context.subscriptions.get(id)!)
  if (changed.length === 0) return
  changed.sort((a, b) => (a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0))
  const trials = new Set(context.made.trials)
  await Promise.all([
    writeSubscriptions(tx, changed),
    writePeriods(tx, changed),
    writeRewards(tx, changed),
    writeEntries(tx, context.made.entries),
    writeTrials(
      tx,
      changed.filter((one) => trials.has(one.subscription_id)),
    ),
  ])
  await givePrivileges(tx, changed, context)
  await facts.write(
    tx,
    context.made.facts.map((fact) => ({ ...fact, occurred_at: tx.now })),
  )
}

async function writeSubscriptions(tx: Tx, rows: readonly Subscription[]): Promise<void> {
  const of = <Key extends keyof Subscription>(key: Key) => rows.map((row) => row[key])
  await tx.run(sql`
    insert into plan_subscriptions (member_id, subscription_id, plan_id, version, auto_renew, started_on, trial_until,
      due_on, grace_days, ended_on, ended_why, state, holds_until, turn_on, asked, paid_minor, refunded_minor,
      created_at, updated_at)
    select one.*, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from unnest(${of('member_id')}::uuid[], ${of('subscription_id')}::uuid[], ${of('plan_id')}::uuid[],
      ${of('version')}::int[], ${of('auto_renew')}::boolean[], ${of('started_on')}::date[],
      ${of('trial_until')}::date[], ${of('due_on')}::date[], ${of('grace_days')}::int[], ${of('ended_on')}::date[],
      ${of('ended_why')}::text[], ${of('state')}::text[], ${of('holds_until')}::date[], ${of('turn_on')}::date[],
      ${rows.map((row) => (row.asked ? JSON.stringify(row.asked) : null))}::jsonb[], ${of('paid_minor')}::bigint[],
      ${of('refunded_minor')}::bigint[]) as one
    on conflict (member_id, subscription_id) do update set version = excluded.version,
      auto_renew = excluded.auto_renew, trial_until = excluded.trial_until, due_on = excluded.due_on,
      grace_days = excluded.grace_days, ended_on = excluded.ended_on, ended_why = excluded.ended_why,
      state = excluded.state, holds_until = excluded.holds_until, turn_on = excluded.turn_on, asked = excluded.asked,
      paid_minor = excluded.paid_minor, refunded_minor = excluded.refunded_minor, updated_at = excluded.updated_at`)
}

/** A period is written once; of those that are there only what went back changes. */
async function writePeriods(tx: Tx, rows: readonly Subscription[]): Promise<void> {
  const all = rows.flatMap((row) => row.periods.map((period) => ({ ...period, of: row })))
  await tx.run(sql`
    insert into plan_periods as held (member_id, subscription_id, number, kind, version, from_on, until_on, paid_on,
      price_minor, refunded_minor, why)
    select * from unnest(${all.map((one) => one.of.member_id)}::uuid[],
      ${all.map((one) => one.of.subscription_id)}::uuid[], ${all.map((one) => one.number)}::int[],
      ${all.map((one) => one.kind)}::text[], ${all.map((one) => one.version)}::int[],
      ${all.map((one) => one.from_on)}::date[], ${all.map((one) => one.until_on)}::date[],
      ${all.map((one) => one.paid_on)}::date[], ${all.map((one) => one.price_minor)}::bigint[],
      ${all.map((one) => one.refunded_minor)}::bigint[], ${all.map((one) => JSON.stringify(one.why))}::jsonb[])
    on conflict (member_id, subscription_id, number) do update set refunded_minor = excluded.refunded_minor
      where held.refunded_minor <> excluded.refunded_minor`)
}

/** What periods promise, once: what came of it is noted by whoever gives it. */
async function writeRewards(tx: Tx, rows: readonly Subscription[]): Promise<void> {
  const all = rows.flatMap((of) =>
    of.periods.flatMap(({ number, rewards }) => rewards.map((one, place) => ({ ...one, of, number, place }))),
  )
  if (all.length === 0) return
  await tx.run(sql`
    insert into plan_rewards (member_id, subscription_id, number, place, reward_id, plan_id, reward, promised_at)
    select one.*, ${tx.now}::timestamptz
    from unnest(${all.map((one) => one.of.member_id)}::uuid[], ${all.map((one) => one.of.subscription_id)}::uuid[],
      ${all.map((one) => one.number)}::int[], ${all.map((one) => one.place)}::int[],
      ${all.map((one) => one.reward_id)}::uuid[], ${all.map((one) => one.of.plan_id)}::uuid[],
      ${all.map((one) => JSON.stringify(one.reward))}::jsonb[]) as one
    on conflict do nothing`)
}

async function writeEntries(tx: Tx, rows: readonly Entry[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    insert into plan_entries (member_id, entry_id, subscription_id, plan_id, kind, number, amount_minor, why, source,
      source_id, note, at, actor, actor_name)
    select one.*, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text, ${tx.actor.name}::text
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.entry_id)}::uuid[],
      ${rows.map((row) => row.subscription_id)}::uuid[], ${rows.map((row) => row.plan_id)}::uuid[],
      ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.number)}::int[],
      ${rows.map((row) => row.amount_minor)}::bigint[], ${rows.map((row) => JSON.stringify(row.why))}::jsonb[],
      ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.source_id)}::text[],
      ${rows.map((row) => row.note)}::text[]) as one`)
}

async function writeTrials(tx: Tx, rows: readonly Subscription[]): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    insert into plan_trials (member_id, plan_id, subscription_id)
    select * from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.plan_id)}::uuid[],
      ${rows.map((row) => row.subscription_id)}::uuid[])`)
}

/** Each privilege is granted once a subscription; its last day follows what is held. A stopped one is not given. */
async function givePrivileges(tx: Tx, rows: readonly Subscription[], { designs }: Context): Promise<void> {
  const running = rows.flatMap((row) => {
    if (row.state === 'ended') return []
    const { privilege_ids = [] } = designs.get(designKey(row.plan_id, row.version)) ?? {}
    return privilege_ids.map((privilege_id) => ({
      member_id: row.member_id,
      privilege_id,
      uses: null,
      expires_on: addDays(row.holds_until, -1),
      source,
      source_id: `${row.subscription_id}/${privilege_id}`,
    }))
  })
  const ended = rows
    .filter((row) => row.state === 'ended')
    .map((row) => ({
      member_id: row.member_id,
      source,
      source_id: row.subscription_id,
      expires_on: addDays(row.holds_until, -1),
    }))
  await privileges.grant(tx, running)
  await privileges.endGrants(tx, [...running, ...ended])
}
