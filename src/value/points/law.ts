/** Point rules: versions, written once and never edited. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { inOrder } from '../../base/versions.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import { beginning, ladderOf, ruleAt } from '../tiers/tiers.ts'
import { presetsFor } from './presets.ts'
import { addSpendRule } from './spend-rules.ts'
import type { PointRule, PointRuleVersion } from './types.ts'

/** All versions that nobody called off, in the order in which they come: `ruleAt` finds the one in force. */
export async function rulesOf(db: Reader): Promise<PointRuleVersion[]> {
  return db.rows(sql`
    select version, effective_from, rule from point_rules where called_off_at is null order by ${inOrder}`)
}

/** One change of the law at a time, so that version numbers follow each other. */
async function lockLaw(tx: Tx): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended('points.law', 0))`)
}

/**
 * Adds a version. Unless it is the first, or rebooks the past as a preview showed, it begins now or later. Throws
 * `point_rule.invalid`, `point_rule.in_past`.
 */
export async function addRule(
  tx: Tx,
  input: { rule: PointRule; effective_from?: Date | undefined; note?: string | undefined; is_rebooked?: boolean },
): Promise<PointRuleVersion> {
  await lockLaw(tx)
  const errors = faultsOf(
    input.rule,
    (await ladderOf(tx)).map((tier) => tier.code),
  )
  if (errors.length > 0) throw new AppError('point_rule.invalid', { places: errors.length }, { errors })
  const effective_from = input.effective_from ?? tx.now
  const versions = await rulesOf(tx)
  if (versions.length > 0 && effective_from < tx.now && !input.is_rebooked) {
    throw new AppError('point_rule.in_past', { effective_from: effective_from.toISOString() })
  }
  const before = ruleAt(versions, effective_from)
  const added = await tx.row<PointRuleVersion>(sql`
    insert into point_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from point_rules
    returning version, effective_from, rule`)
  await audit(tx, [
    {
      action: 'point_rule.added',
      noun: 'point_rules',
      noun_id: String(added!.version),
      ...(before && { before: { ...before.rule } }),
      after: { ...input.rule },
    },
  ])
  return added!
}

/** Calls off a version that has not begun. Throws `point_rule.not_found`, `point_rule.already_begun`. */
export function callOffRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'point_rules', code: 'point_rule.already_begun', version })
}

/** What a schema cannot say: tiers named are tiers of the ladder, each bonus has a code of its own and some days. */
function faultsOf(rule: PointRule, codes: readonly string[]): ErrorDetail[] {
  const unknown = (named: readonly string[], pointer: (code: string, i: number) => string) =>
    named.flatMap((code, i): ErrorDetail[] =>
      codes.includes(code) ? [] : [{ pointer: pointer(code, i), code: 'point_rule.tier_unknown', params: { code } }],
    )
  const bonuses = rule.earn.bonuses ?? []
  return [
    ...unknown(Object.keys(rule.earn.tier_percent), (code) => `/rule/earn/tier_percent/${code}`),
    ...bonuses.flatMap(({ code, when }, nth): ErrorDetail[] => [
      ...unknown(when.tiers ?? [], (_code, i) => `/rule/earn/bonuses/${nth}/when/tiers/${i}`),
      ...(bonuses.findIndex((one) => one.code === code) < nth
        ? [{ pointer: `/rule/earn/bonuses/${nth}/code`, code: 'point_rule.bonus_twice', params: { code } }]
        : []),
      ...(when.from_on && when.until_on && when.from_on > when.until_on
        ? [
            {
              pointer: `/rule/earn/bonuses/${nth}/when/until_on`,
              code: 'point_rule.bonus_ends_before',
              params: { code },
            },
          ]
        : []),
    ]),
  ]
}

/**
 * Gives a new program its first rule, in force from the beginning of time, and the worth of a point that goes with
 * it: the usual preset, or the one of this code.
 */
export async function foundPresets(tx: Tx, currency: string, code?: string): Promise<void> {
  if (await tx.row(sql`select from point_rules limit 1`)) return
  const ladder = await ladderOf(tx)
  const presets = presetsFor(
    currency,
    ladder.map((tier) => tier.code),
  )
  const preset = presets.find((one) => one.code === code) ?? presets[0]!
  await addRule(tx, { rule: preset.rule, effective_from: beginning })
  await addSpendRule(tx, { rule: preset.spend_rule, effective_from: beginning })
}
