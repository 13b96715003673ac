/** Spend rules: versions of what points pay, written once and never edited. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { calledOff, inForceSql, inOrder, type ListedVersion } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import { ruleAt } from '../tiers/tiers.ts'
import type { PointSpendRule, PointSpendRuleVersion } from './types.ts'

/** All versions that nobody called off, in the order in which they come: `ruleAt` finds the one in force. */
export async function spendRulesOf(db: Reader): Promise<PointSpendRuleVersion[]> {
  return db.rows(sql`
    select version, effective_from, rule from point_spend_rules where called_off_at is null order by ${inOrder}`)
}

export type SpendRuleRow = PointSpendRuleVersion & ListedVersion

/** All versions with who wrote them, newest first; one is in force. */
export async function spendRuleVersions(db: Reader, now: Date): Promise<SpendRuleRow[]> {
  return db.rows(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('point_spend_rules', now)} as in_force
    from point_spend_rules order by version desc`)
}

/**
 * Adds a version, in force from now or a later moment; what a point is worth in reports follows it then. Throws
 * `point_spend_rule.in_past`, and `point_spend_rule.step_uneven` when a step is not worth whole minor units: nobody
 * is ever given or denied a fraction.
 */
export async function addSpendRule(
  tx: Tx,
  input: { rule: PointSpendRule; effective_from?: Date | undefined; note?: string | undefined },
): Promise<PointSpendRuleVersion> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended('points.spend_law', 0))`)
  const { rule } = input
  if ((rule.step * rule.worth_minor) % rule.points !== 0)
    throw new AppError('point_spend_rule.step_uneven', {
      step: rule.step,
      points: rule.points,
      worth_minor: rule.worth_minor,
    })
  const effective_from = input.effective_from ?? tx.now
  const versions = await spendRulesOf(tx)
  if (versions.length > 0 && effective_from < tx.now)
    throw new AppError('point_spend_rule.in_past', { effective_from: effective_from.toISOString() })
  const before = ruleAt(versions, effective_from)
  const added = await tx.row<PointSpendRuleVersion>(sql`
    insert into point_spend_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from point_spend_rules
    returning version, effective_from, rule`)
  if (effective_from <= tx.now) await followWorth(tx, rule)
  else
    await addJobs(tx, [
      { name: 'points.worth', payload: { at: effective_from.toISOString() }, run_at: effective_from },
    ])
  await audit(tx, [
    {
      action: 'point_spend_rule.added',
      noun: 'point_spend_rules',
      noun_id: String(added!.version),
      ...(before && { before: { ...before.rule } }),
      after: { ...rule },
    },
  ])
  return added!
}

async function followWorth(tx: Tx, rule: PointSpendRule): Promise<void> {
  await program.update(tx, { settings: { point_value_minor: rule.worth_minor / rule.points } })
}

/** What a point is worth in reports follows the rule in force at a moment; changes nothing where it does. */
export async function followSpendRule(tx: Tx, at: Date): Promise<void> {
  const rule = ruleAt(await spendRulesOf(tx), at)?.rule
  const { settings } = await program.current(tx)
  if (rule && settings.point_value_minor !== rule.worth_minor / rule.points) await followWorth(tx, rule)
}

/** Calls off a version that has not begun. Throws `point_spend_rule.not_found`, `point_spend_rule.already_begun`. */
export function callOffSpendRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'point_spend_rules', code: 'point_spend_rule.already_begun', version })
}

/** Points a unit of money are kept with so many decimals: what the form of the earn rule asks for. */
const per_unit_scale = 10_000

/**
 * Makes a point worth so many minor units from now or a later moment on: a new version of the spend rule that holds
 * then, and says the same otherwise. Its step changes only if it would not be worth a whole amount any more.
 */
export async function setPointValue(tx: Tx, point_value_minor: number, effective_from?: Date): Promise<void> {
  const rule = ruleAt(await spendRulesOf(tx), effective_from ?? tx.now)?.rule
  if (rule && rule.worth_minor / rule.points === point_value_minor) return
  if (!rule || point_value_minor === 0) {
    await program.update(tx, { settings: { point_value_minor } })
    return
  }
  const { currency_decimals } = await program.current(tx)
  const unit = 10 ** currency_decimals
  const per_unit = Math.round((unit / point_value_minor) * per_unit_scale)
  const scale = per_unit % per_unit_scale === 0 ? per_unit_scale : gcd(per_unit, unit * per_unit_scale)
  const points = Math.max(1, per_unit / scale)
  const worth_minor = (unit * per_unit_scale) / scale
  const isEven = (rule.step * worth_minor) % points === 0
  const step = isEven ? rule.step : points / gcd(points, worth_minor)
  await addSpendRule(tx, { rule: { ...rule, points, worth_minor, step }, effective_from })
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
