/**
 * Price protection: whoever has just bought gets the difference back when the price falls, found by itself and given
 * as points. Once for ever by (order line, which time); what a line has had counts against what it is due. README.md
 * says what holds whatever happens.
 */
import { actorText } from '../../base/actor.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { begunAt, lastToCome } from '../../base/versions.ts'
import { addDays, dayOf, startOfDay } from '../../base/time.ts'
import { lock as lockOrders } from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import * as gifts from '../gifts/gifts.ts'
import * as points from '../points/points.ts'
import { ladderOf, ruleAt as versionAt } from '../tiers/tiers.ts'
import { cheaperNow, membersIn, type Span } from './finding.ts'
import { decideAll, periodOf } from './rules.ts'
import type { Decision, Line, ProtectionPreview, ProtectionRule, ProtectionRuleVersion, Rate } from './types.ts'

export { checks } from './checks.ts'

/** The reason of these gifts; the occurrence is order, line and which time. */
export const reason = 'price_protection'
/** Members looked at in one transaction: some tenths of a second of locks. */
export const looked_at_once = 500
const periods = ['month', 'year', 'ever'] as const
/** Any number: whoever adds a version holds it until the transaction ends. */
const versionsLock = 5_267_118_411
/** The job that looks; a second one asked for meanwhile is the same, but for one that waits for its time. */
const looking = { name: 'protection.look', key: 'protection.look' } as const

/** The version in force at a moment; null before the first. */
export async function ruleAt(db: Reader, at: Date): Promise<ProtectionRuleVersion | null> {
  const found = await db.row<ProtectionRuleVersion>(sql`
    select version, effective_from, rule from protection_rules where ${begunAt(at)} order by ${lastToCome} limit 1`)
  return found ?? null
}

/**
 * Adds a version, from now or later on; looks when it begins. Throws `protection_rule.invalid`,
 * `protection_rule.in_past`.
 */
export async function addRule(
  tx: Tx,
  input: { rule: ProtectionRule; note?: string | undefined; effective_from?: Date | undefined },
): Promise<number> {
  const effective_from = input.effective_from ?? tx.now
  if (effective_from < tx.now)
    throw new AppError('protection_rule.in_past', { effective_from: effective_from.toISOString() })
  const errors = await faultsOf(tx, input.rule)
  if (errors.length > 0) throw new AppError('protection_rule.invalid', { places: errors.length }, { errors })
  await tx.run(sql`select pg_advisory_xact_lock(${versionsLock}::bigint)`)
  const added = await tx.row<{ version: number }>(sql`
    insert into protection_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from protection_rules
    returning version`)
  const { version } = added!
  await audit(tx, [
    { action: 'protection_rule.added', noun: 'protection_rules', noun_id: String(version), after: { ...input.rule } },
  ])
  await addJobs(tx, [
    effective_from > tx.now ? { ...looking, key: `${looking.key}:${version}`, run_at: effective_from } : looking,
  ])
  return version
}

/** Calls off a version that has not begun. Throws `protection_rule.not_found`, `protection_rule.already_begun`. */
export function callOffRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'protection_rules', code: 'protection_rule.already_begun', version })
}

/** What a schema cannot say: tiers, plans and the budget are there. */
async function faultsOf(tx: Tx, rule: ProtectionRule): Promise<ErrorDetail[]> {
  const codes = (await ladderOf(tx)).map((tier) => tier.code)
  const known = await tx.row<{ plans: string[]; has_budget: boolean }>(sql`
    select array(select plan_id from plans where plan_id = any (${rule.plan_ids}::uuid[]))::text[] as plans,
      exists (select from budgets where budget_id = ${rule.budget_id}::uuid) as has_budget`)
  const missing = (all: readonly string[], among: readonly string[], field: string, code: string) =>
    all.flatMap((one, i): ErrorDetail[] => (among.includes(one) ? [] : [{ pointer: `/rule/${field}/${i}`, code }]))
  return [
    ...missing(rule.tier_codes, codes, 'tier_codes', 'protection_rule.tier_unknown'),
    ...missing(rule.plan_ids, known!.plans, 'plan_ids', 'protection_rule.plan_unknown'),
    ...(rule.budget_id !== null && !known!.has_budget
      ? [{ pointer: '/rule/budget_id', code: 'protection_rule.budget_unknown' }]
      : []),
  ]
}

interface Law {
  rule: ProtectionRule
  rate: Rate
  span: Span
  day: string
}

/** What points pay now: the spend rule says it. */
async function lawFor(db: Reader, rule: ProtectionRule, now: Date): Promise<Law> {
  const { time_zone, settings } = await program.current(db)
  const spending = versionAt(await points.spendRulesOf(db), now)?.rule
  const worth = Math.max(1, Math.round(settings.point_value_minor * 1_000_000))
  const rate = spending ?? { points: 1_000_000, worth_minor: worth }
  const day = dayOf(now, time_zone)
  const from = startOfDay(addDays(day, -rule.days), time_zone)
  return { rule, rate, day, span: { from, now, zone: time_zone } }
}

async function countedOf(db: Reader, law: Law, member_ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.rows<{ member_id: string; given_minor: number }>(sql`
    select member_id, given_minor from protection_counts where member_id = any (${member_ids}::uuid[])
      and period = ${periodOf(law.rule.limit?.period, law.day)}::text`)
  return new Map(rows.map((row) => [row.member_id, row.given_minor]))
}

type Given = { line: Line; decision: Decision }

async function decided(db: Reader, law: Law, member_ids: readonly string[]): Promise<Given[]> {
  const lines = await cheaperNow(db, law.span, member_ids)
  return decideAll(lines, { ...law, counted: await countedOf(db, law, member_ids) })
}

/** Members for whom some price may have fallen, by the rule in force; nobody where it is off. */
export async function affected(db: Reader, now: Date): Promise<string[]> {
  const version = await ruleAt(db, now)
  if (!version?.rule.is_on) return []
  return membersIn(db, (await lawFor(db, version.rule, now)).span)
}

/** Looks at some members by the rule in force and gives back what is due; answers how many lines that were. */
export async function look(tx: Tx, member_ids: readonly string[]): Promise<number> {
  const version = await ruleAt(tx, tx.now)
  if (!version?.rule.is_on || member_ids.length === 0) return 0
  const law = await lawFor(tx, version.rule, tx.now)
  const dueOf = async (ids: readonly string[]) =>
    (await decided(tx, law, ids)).filter(({ decision }) => decision.points > 0)
  // most whose prices fell have theirs already, or are not meant: a night writes nothing for them
  const meant = [...new Set((await dueOf(member_ids)).map(({ line }) => line.member_id))]
  if (meant.length === 0) return 0
  // gifts begin with the same lock: nobody waits in a circle, two who look do so one after the other, and no refund
  // comes between
  await lockOrders(tx, meant)
  const due = await dueOf(meant)
  if (due.length > 0) await give(tx, due, { ...law, version: version.version })
  return due.length
}

const nthOf = ({ line }: Given) => line.given_times + 1
const occurrenceOf = (one: Given) => `${one.line.order_id}:${one.line.line_no}:${nthOf(one)}`

async function give(tx: Tx, due: readonly Given[], law: Law & { version: number }): Promise<void> {
  const outcomes = await gifts.give(
    tx,
    due.map((one) => ({
      member_id: one.line.member_id,
      reward: { kind: 'points', points: one.decision.points },
      reason,
      occurrence: occurrenceOf(one),
      ...(law.rule.budget_id !== null && { budget_id: law.rule.budget_id }),
    })),
  )
  // what an empty budget refuses is looked at again tomorrow
  const given = due.flatMap((one, i) =>
    outcomes[i]!.outcome === 'given' ? [{ ...one, gift_id: outcomes[i]!.gift_id! }] : [],
  )
  if (given.length === 0) return
  await Promise.all([write(tx, given, law.version), count(tx, given, law)])
  await facts.write(
    tx,
    given.map(({ line, decision }) => ({
      name: 'protection.given',
      member_id: line.member_id,
      occurred_at: tx.now,
      data: {
        order_id: line.order_id,
        line_no: line.line_no,
        sku: line.sku,
        points: decision.points,
        given_minor: decision.given_minor,
      },
    })),
  )
}

async function write(tx: Tx, given: readonly (Given & { gift_id: string })[], version: number): Promise<void> {
  const lines = <T>(pick: (line: Line) => T) => given.map(({ line }) => pick(line))
  const made = <T>(pick: (decision: Decision) => T) => given.map(({ decision }) => pick(decision))
  await tx.run(sql`
    insert into protections (member_id, order_id, line_no, nth, rule_version, price_version, sku, quantity, paid_minor,
      then_minor, now_minor, costs_minor, given_before_minor, given_minor, points, gift_id, why, given_at)
    select member_id, order_id, line_no, nth, ${version}::int, price_version, sku, left_e4 / 10000.0, paid_minor,
      then_minor, now_minor, costs_minor, given_before_minor, given_minor, points, gift_id, why,
      ${tx.now}::timestamptz
    from unnest(${lines((line) => line.member_id)}::uuid[], ${lines((line) => line.order_id)}::uuid[],
      ${lines((line) => line.line_no)}::int[], ${given.map(nthOf)}::int[],
      ${lines((line) => line.price_version)}::int[], ${lines((line) => line.sku)}::text[],
      ${lines((line) => line.left_e4)}::bigint[], ${lines((line) => line.paid_minor)}::bigint[],
      ${lines((line) => line.then_minor)}::bigint[], ${lines((line) => line.now_minor)}::bigint[],
      ${made((one) => one.costs_minor)}::bigint[], ${lines((line) => line.given_before_minor)}::bigint[],
      ${made((one) => one.given_minor)}::bigint[], ${made((one) => one.points)}::bigint[],
      ${given.map(({ gift_id }) => gift_id)}::uuid[],
      ${made((one) => JSON.stringify(one.why))}::jsonb[]
    ) as one (member_id, order_id, line_no, nth, price_version, sku, left_e4, paid_minor, then_minor, now_minor,
      costs_minor, given_before_minor, given_minor, points, gift_id, why)`)
}

/**
 * Adds what was given to each member's month, year and whole, so that a limit of tomorrow counts it too; the database
 * refuses what would go beyond the limit of today.
 */
async function count(tx: Tx, given: readonly Given[], { rule, day }: Law): Promise<void> {
  const { period, amount_minor = null } = rule.limit ?? {}
  const names = periods.map((one) => periodOf(one, day))
  await tx.run(sql`
    insert into protection_counts as counted (member_id, period, given_minor, allowed_minor)
    select one.member_id, named.period, sum(one.given_minor)::bigint, named.allowed_minor
    from unnest(${given.map(({ line }) => line.member_id)}::uuid[],
      ${given.map(({ decision }) => decision.given_minor)}::bigint[]) as one (member_id, given_minor)
    cross join unnest(${names}::text[], ${periods.map((one) => (one === period ? amount_minor : null))}::bigint[])
      as named (period, allowed_minor)
    group by 1, 2, 4 order by 1, 2
    on conflict (member_id, period) do update set given_minor = counted.given_minor + excluded.given_minor,
      allowed_minor = excluded.allowed_minor`)
}

/** Products named in a preview: those that cost most. */
const products_max = 8

/** What a rule would give back at once, were it added now; changes nothing. The same decision as applying it. */
export async function preview(db: Db, rule: ProtectionRule, now: Date): Promise<ProtectionPreview> {
  const sums = { members: 0, lines: 0, points: 0, given_minor: 0, left_out: 0 }
  const products = new Map<string, number>()
  const law = await lawFor(db, rule, now)
  const member_ids = rule.is_on ? await membersIn(db, law.span) : []
  for (let from = 0; from < member_ids.length; from += looked_at_once) {
    const found = await decided(db, law, member_ids.slice(from, from + looked_at_once))
    const due = found.filter(({ decision }) => decision.points > 0)
    sums.members += new Set(due.map(({ line }) => line.member_id)).size
    sums.lines += due.length
    sums.left_out += found.filter(({ decision: { points, why } }) => points === 0 && why.code !== nothing_due).length
    for (const { line, decision } of due) {
      sums.points += decision.points
      sums.given_minor += decision.given_minor
      products.set(line.sku, (products.get(line.sku) ?? 0) + decision.given_minor)
    }
  }
  const dearest = [...products].sort((a, b) => b[1] - a[1]).slice(0, products_max)
  const names = await db.rows<{ sku: string; name: string }>(sql`
    select sku, name from products where sku = any (${dearest.map(([sku]) => sku)}::text[])`)
  const nameOf = new Map(names.map(({ sku, name }) => [sku, name]))
  return {
    ...sums,
    products: dearest.map(([sku, given_minor]) => ({ sku, name: nameOf.get(sku) ?? sku, given_minor })),
  }
}

/** Nobody was left out where the difference had been given before. */
const nothing_due = 'nothing'
