/** How plans are looked at. What is held is decided by days, so a clock that is late changes no answer. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addDays, addMonths, dayOf } from '../../base/time.ts'
import { begunAt, calledOff, inForceSql, lastToCome, type ListedVersion } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import { ruleAt } from '../privileges/privileges.ts'
import type { Deal } from '../privileges/types.ts'
import { boughtBy, within } from './bought.ts'
import { designKey, pairKey } from './deciding.ts'
import { plansAt, quote } from './quoting.ts'
import { periodsAYear, stateOf } from './rules.ts'
import { dealOf, savingOf, type Prices } from './saving-rules.ts'
import { designsOf, subscriptionsOf } from './subscribing.ts'
import type { Agreement, AgreementTerms } from './agreements/types.ts'
import type { EntryKind, Plan, PlanDesign, PlanState, Saving, Subscription, Why } from './types.ts'

/** A program's plans fit on one page of a list. */
const list_max = 200
/** Entries shown on a member's page. */
const entries_shown = 50
/** A saving looks at so many months of a member's orders. */
const saving_months = 12

export interface ListedPlan extends Plan {
  created_at: Date
  running: number
  in_trial: number
  waiting: number
  leaving: number
  ended: number
  paid_minor: number
  refunded_minor: number
}

/** Every plan, newest first, with its subscribers and their money. */
export async function listed(db: Reader, now: Date, plan_id: string | null = null): Promise<ListedPlan[]> {
  return db.rows<ListedPlan>(sql`
    select p.plan_id, p.names, p.status, p.created_at, v.version, v.design, held.*
    from plans p
    cross join lateral (
      select version, design from plan_versions v
      where v.plan_id = p.plan_id and ${begunAt(now)} order by ${lastToCome} limit 1
    ) v
    cross join lateral (
      select count(*) filter (where state <> 'ended') as running,
        count(*) filter (where state = 'trial') as in_trial,
        count(*) filter (where state in ('due', 'grace')) as waiting,
        count(*) filter (where state = 'cancelled_at_end') as leaving,
        count(*) filter (where state = 'ended') as ended,
        coalesce(sum(paid_minor), 0)::bigint as paid_minor,
        coalesce(sum(refunded_minor), 0)::bigint as refunded_minor
      from plan_subscriptions s where s.plan_id = p.plan_id
    ) held
    where ${plan_id}::uuid is null or p.plan_id = ${plan_id}::uuid
    order by p.plan_id desc limit ${list_max}::int`)
}

export interface VersionRow extends ListedVersion {
  design: PlanDesign
}

/** All versions of a plan, newest first. */
export async function versions(db: Reader, now: Date, plan_id: string): Promise<VersionRow[]> {
  const of = sql`and plan_id = ${plan_id}::uuid`
  return db.rows<VersionRow>(sql`
    select version, effective_from, design, note, actor, created_at, ${calledOff},
      ${inForceSql('plan_versions', now, of)} as in_force
    from plan_versions where plan_id = ${plan_id}::uuid order by version desc`)
}

export type SubscriptionRow = Subscription & {
  display_name: string | null
  plan_names: Record<string, string>
}

/** Subscriptions as they stand today, with their members' and plans' names. */
async function named(db: Reader, day: string, rows: readonly Subscription[]): Promise<SubscriptionRow[]> {
  const [members, plans] = await Promise.all([
    db.rows<{ member_id: string; display_name: string | null }>(sql`
      select member_id, display_name from members
      where member_id = any (${[...new Set(rows.map((row) => row.member_id))]}::uuid[])`),
    db.rows<{ plan_id: string; names: Record<string, string> }>(sql`
      select plan_id, names from plans where plan_id = any (${[...new Set(rows.map((row) => row.plan_id))]}::uuid[])`),
  ])
  const nameOf = new Map(members.map((row) => [row.member_id, row.display_name]))
  const planOf = new Map(plans.map((row) => [row.plan_id, row.names]))
  return rows.map((row) => {
    const standing = stateOf(row, day)
    const ended_on = standing.state === 'ended' ? standing.holds_until : row.ended_on
    const display_name = nameOf.get(row.member_id) ?? null
    return { ...row, ...standing, ended_on, display_name, plan_names: planOf.get(row.plan_id) ?? {} }
  })
}

/** Who holds a plan, newest first. */
export async function subscribers(
  db: Reader,
  day: string,
  asked: { plan_id: string; state?: PlanState | undefined; before: string | null; limit: number },
): Promise<SubscriptionRow[]> {
  const { plan_id, state = null, before, limit } = asked
  const ids = await db.rows<{ member_id: string; subscription_id: string }>(sql`
    select member_id, subscription_id from plan_subscriptions
    where plan_id = ${plan_id}::uuid and (${state}::text is null or state = ${state}::text)
      and (${before}::uuid is null or subscription_id < ${before}::uuid)
    order by subscription_id desc limit ${limit}::int`)
  const rows = await subscriptionsOf(db, bySubscription(ids))
  return named(
    db,
    day,
    rows.sort((a, b) => (a.subscription_id < b.subscription_id ? 1 : -1)),
  )
}

function bySubscription(ids: readonly { member_id: string; subscription_id: string }[]): Sql {
  return sql`(s.member_id, s.subscription_id) in (select * from unnest(${ids.map((one) => one.member_id)}::uuid[],
    ${ids.map((one) => one.subscription_id)}::uuid[]))`
}

/** A member's subscriptions, newest first. */
export async function held(db: Reader, day: string, member_id: string): Promise<SubscriptionRow[]> {
  const rows = await subscriptionsOf(db, sql`s.member_id = ${member_id}::uuid`)
  return named(db, day, rows.reverse())
}

export interface EntryRow {
  entry_id: string
  subscription_id: string
  plan_id: string
  kind: EntryKind
  amount_minor: number
  why: Why
  note: string | null
  at: Date
  actor_name: string
}

/** What was done with a member's plans, newest first. */
export async function entriesOf(db: Reader, member_id: string): Promise<EntryRow[]> {
  return db.rows<EntryRow>(sql`
    select entry_id, subscription_id, plan_id, kind, amount_minor, why, note, at, actor_name from plan_entries
    where member_id = ${member_id}::uuid order by at desc, entry_id desc limit ${entries_shown}::int`)
}

export type AgreementRow = Agreement & { display_name: string | null }

/** Agreements, newest first: a member's, or everybody's. */
export async function agreementsOf(
  db: Reader,
  asked: { member_id: string | null; before: string | null; limit: number },
): Promise<AgreementRow[]> {
  const { member_id, before, limit } = asked
  return db.rows<AgreementRow>(sql`
    select a.member_id, m.display_name, a.agreement_id, a.title, a.terms, a.opens_on, a.closes_on, a.settles_on,
      a.status, a.progress, a.received_minor, a.orders, a.due_minor, a.why, a.lost_until
    from plan_agreements a join members m on m.member_id = a.member_id
    where (${member_id}::uuid is null or a.member_id = ${member_id}::uuid)
      and (${before}::uuid is null or a.agreement_id < ${before}::uuid)
    order by a.agreement_id desc limit ${limit}::int`)
}

/** What a member holds today: plans with their last day, and what they take off. For tills. */
export async function standingOf(db: Reader, member_id: string, day: string) {
  const rows = await held(db, day, member_id)
  const running = rows.filter((row) => row.state !== 'ended')
  const designs = await db.rows<{ plan_id: string; version: number; design: PlanDesign }>(sql`
    select plan_id, version, design from plan_versions
    where plan_id = any (${running.map((row) => row.plan_id)}::uuid[])`)
  return running.map((row) => {
    const found = designs.find((one) => one.plan_id === row.plan_id && one.version === row.version)!
    return { ...row, design: found.design }
  })
}

/** What plans held and agreements open take off members' prices, each at their moment; in the order asked. */
export async function dealsOf(db: Reader, asked: readonly { member_id: string; at: Date }[]): Promise<Deal[][]> {
  if (asked.length === 0) return []
  const { time_zone } = await program.current(db)
  const members = asked.map((one) => one.member_id)
  const days = asked.map((one) => dayOf(one.at, time_zone))
  type Row = { nth: number } & (
    { kind: 'plan'; id: string; design: PlanDesign } | { kind: 'agreement'; id: string; design: AgreementTerms }
  )
  const rows = await db.rows<Row>(sql`
    with asked as (
      select * from unnest(${members}::uuid[], ${days}::date[]) with ordinality as one (member_id, day, nth)
    )
    select asked.nth, 'plan' as kind, s.plan_id as id, v.design from asked
    join plan_subscriptions s on s.member_id = asked.member_id and s.started_on <= asked.day
      and s.holds_until > asked.day
    join plan_versions v on v.plan_id = s.plan_id and v.version = s.version
    union all
    select asked.nth, 'agreement', a.agreement_id, a.terms from asked
    join plan_agreements a on a.member_id = asked.member_id and a.status <> 'cancelled'
      and a.opens_on <= asked.day and a.closes_on > asked.day`)
  const deals: Deal[][] = asked.map(() => [])
  for (const row of rows) {
    deals[row.nth - 1]!.push(row.kind === 'plan' ? planDeal(row.id, row.design) : dealOf(row.id, row.design))
  }
  return deals
}

function planDeal(id: string, { discount_bp, member_prices, free_shipping_from_minor }: PlanDesign): Deal {
  return { kind: 'plan', id, skus: [], categories: [], discount_bp, member_prices, free_shipping_from_minor }
}

/** The price rule in force and the tier that a member holds now: what savings are reckoned with. */
async function pricesFor(db: Reader, member_id: string, now: Date): Promise<Prices> {
  const [version, member] = await Promise.all([
    ruleAt(db, now),
    db.row<{ tier_code: string }>(sql`
      select coalesce(tier.code, (select code from tiers where rank = 0), '') as tier_code
      from members m
      left join member_tiers own on own.member_id = m.member_id
      left join tiers tier on tier.tier_id = own.tier_id
      where m.member_id = ${member_id}::uuid`),
  ])
  return { version, tier_code: member?.tier_code ?? '' }
}

/**
 * What each plan on sale costs a member, why, and what it would have saved on their own orders of the last twelve
 * months; and what each plan they hold has saved since it began.
 */
export async function offersFor(db: Reader, member_id: string, now: Date, own: readonly SubscriptionRow[]) {
  const { time_zone } = await program.current(db)
  const day = dayOf(now, time_zone)
  const plans = await plansAt(db, now)
  const sold = [...plans.values()].filter((plan) => plan.status === 'active')
  const tomorrow = addDays(day, 1)
  const year = addMonths(tomorrow, -saving_months)
  const first = own.reduce((least, row) => (row.started_on < least ? row.started_on : least), year)
  const [quotes, prices, bought, trials, designs, [held = []]] = await Promise.all([
    quote(
      db,
      now,
      sold.map(({ plan_id }) => ({ member_id, plan_id })),
      plans,
    ),
    pricesFor(db, member_id, now),
    boughtBy(db, [{ member_id, from_on: first, until_on: tomorrow }]),
    db.rows<{ plan_id: string }>(sql`select plan_id from plan_trials where member_id = ${member_id}::uuid`),
    designsOf(db, own, plans),
    dealsOf(db, [{ member_id, at: now }]),
  ])
  const orders = bought.get(member_id)
  const saving = (id: string, design: PlanDesign, mode: 'would' | 'has', from_on: string, until_on: string): Saving =>
    savingOf({
      orders: within(orders, from_on, until_on),
      prices,
      deal: planDeal(id, design),
      free_shipping_from_minor: design.free_shipping_from_minor,
      // of a plan that runs it is asked what it brings by itself
      held: held.filter((one) => one.kind !== 'plan' || one.id !== id),
      mode,
      from_on,
      until_on,
    })
  const offers = sold.map(({ plan_id, names, version, design }) => {
    const { price_minor, why } = quotes.get(pairKey({ member_id, plan_id }))!
    const had = trials.some((row) => row.plan_id === plan_id)
    return {
      plan_id,
      names,
      version,
      price_minor,
      year_minor: price_minor === null ? null : price_minor * periodsAYear(design.period),
      why,
      trial_days: had ? 0 : design.trial_days,
      running: own.some((row) => row.plan_id === plan_id && row.state !== 'ended'),
      would_save: saving(plan_id, design, 'would', year, tomorrow),
    }
  })
  const saved = own.map((row) => {
    const design = designs.get(designKey(row.plan_id, row.version))!
    const until = row.holds_until < tomorrow ? row.holds_until : tomorrow
    const has = saving(row.plan_id, design, 'has', row.started_on, until)
    return { subscription_id: row.subscription_id, saving: has }
  })
  return { offers, saved }
}
