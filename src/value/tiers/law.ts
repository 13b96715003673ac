/** The ladder and its rules: what is written down once and read with every set. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { markSql } from '../../base/kept.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import { inOrder } from '../../base/versions.ts'
import * as members from '../../record/members/members.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import { ruleAt, type Law } from './rules.ts'
import type { LadderInput, Tier, TierRule, TierRuleVersion } from './types.ts'

/** From the beginning of time: so that orders from before the program was founded are judged by its first rule. */
export const beginning = new Date(0)

/** The mark of what `lawOf` reads (base/kept.ts). */
export function markOfLaw(): Sql {
  return sql`concat_ws(',', ${markSql('tiers')}, ${markSql('tier_rules')})`
}

/** No booking takes longer than this. */
const under_way_ms = 30_000

/** The ladder and all versions of its rules. */
export async function lawOf(db: Reader, zone: string): Promise<Law> {
  const [tiers, rules] = await Promise.all([ladderOf(db), rulesOf(db)])
  return { tiers, rules, zone }
}

/** The ladder, lowest first. */
export async function ladderOf(db: Reader): Promise<Tier[]> {
  return db.rows(sql`select tier_id, code, rank, names, invitation_only from tiers order by rank`)
}

/** The same with how many members stand on each step; whoever holds no higher tier stands on the lowest. */
export async function crowdedLadder(db: Reader): Promise<(Tier & { members: number })[]> {
  return db.rows(sql`
    with held as (
      select h.tier_id, count(*) as members from member_tiers h join members m on m.member_id = h.member_id
      where ${members.living} group by h.tier_id
    )
    select tier.tier_id, tier.code, tier.rank, tier.names, tier.invitation_only,
      case when tier.rank > 0 then coalesce(held.members, 0)
        else (select count(*) from members m where ${members.living}) - coalesce(sum(held.members)
          filter (where tier.rank > 0) over (), 0)
      end::bigint as members
    from tiers tier left join held using (tier_id)
    order by tier.rank`)
}

/**
 * Sets the whole ladder, lowest first. Throws `tier.held` for a tier that members hold, `tier.in_rule` for one that
 * the rule in force or one to come names, `tier.code_taken` for a code given twice.
 */
export async function setLadder(tx: Tx, wanted: LadderInput): Promise<Tier[]> {
  await lockLaw(tx)
  const codes = wanted.map((tier) => tier.code)
  const twice = codes.find((code, i) => codes.indexOf(code) !== i)
  if (twice) throw new AppError('tier.code_taken', { code: twice })
  if (wanted[0]?.invitation_only) throw new AppError('tier.lowest_open', { code: wanted[0].code })
  const before = await tx.rows<Tier & { held: boolean }>(sql`
    select tier_id, code, rank, names, invitation_only, rank > 0 and exists (select from member_tiers
      where member_tiers.tier_id = tiers.tier_id) as held
    from tiers order by rank`)
  const kept = new Set(wanted.map((tier) => tier.tier_id ?? before.find((one) => one.code === tier.code)?.tier_id))
  const stray = wanted.find((tier) => tier.tier_id && !before.some((one) => one.tier_id === tier.tier_id))
  if (stray) throw new AppError('tier.not_found', { tier_id: stray.tier_id })
  const gone = before.filter((tier) => !kept.has(tier.tier_id))
  const held = gone.find((tier) => tier.held)
  if (held) throw new AppError('tier.held', { code: held.code }, { status: 409 })
  const named = namedBy(await rulesOf(tx), tx.now, codes)
  if (named) throw new AppError('tier.in_rule', named, { status: 409 })
  await tx.run(sql`delete from tiers where tier_id = any (${gone.map((tier) => tier.tier_id)}::uuid[])`)
  const rows = wanted.map((tier, rank) => ({
    tier_id: tier.tier_id ?? before.find((one) => one.code === tier.code)?.tier_id ?? null,
    code: tier.code,
    rank,
    names: tier.names,
    invitation_only: tier.invitation_only ?? false,
  }))
  await tx.run(sql`
    insert into tiers (tier_id, code, rank, names, invitation_only, created_at)
    select coalesce(tier_id, uuidv7()), code, rank, names, invitation_only, ${tx.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as tier (tier_id uuid, code text, rank int, names jsonb,
      invitation_only boolean)
    on conflict (tier_id) do update set code = excluded.code, rank = excluded.rank, names = excluded.names,
      invitation_only = excluded.invitation_only`)
  const after = await tx.rows<Tier>(sql`select tier_id, code, rank, names, invitation_only from tiers order by rank`)
  await audit(tx, [
    {
      action: 'ladder.set',
      noun: 'tiers',
      noun_id: null,
      before: { codes: before.map((tier) => tier.code) },
      after: { codes },
    },
  ])
  return after
}

/** The first tier that these codes lack and the rule in force or one to come names. */
function namedBy(rules: readonly TierRuleVersion[], now: Date, codes: readonly string[]) {
  const present = ruleAt(rules, now)
  const awaited = rules.filter((one) => one.version === present?.version || one.effective_from > now)
  return awaited
    .flatMap(({ rule, version }) => Object.keys(rule.thresholds).map((code) => ({ code, version })))
    .find(({ code }) => codes.indexOf(code) <= 0)
}

/** One change of the law at a time, so that version numbers follow each other. */
export async function lockLaw(tx: Tx): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended('tiers.law', 0))`)
}

/** All rule versions that nobody called off, in the order in which they come: `ruleAt` finds the one in force. */
export async function rulesOf(db: Reader): Promise<TierRuleVersion[]> {
  return db.rows(sql`
    select version, effective_from, rule from tier_rules where called_off_at is null order by ${inOrder}`)
}

/**
 * Adds a rule version. Unless it is the first it begins now or later: the past is not judged anew. Throws
 * `tier_rule.invalid`, `tier_rule.in_past`, `tier_rule.no_ladder`.
 */
export async function addRule(
  tx: Tx,
  input: { rule: TierRule; effective_from?: Date | undefined; note?: string | undefined },
): Promise<TierRuleVersion> {
  await lockLaw(tx)
  const tiers = await tx.rows<Tier>(sql`select tier_id, code, rank, names, invitation_only from tiers order by rank`)
  if (tiers.length === 0) throw new AppError('tier_rule.no_ladder')
  const errors = faultsOf(input.rule, tiers)
  if (errors.length > 0) throw new AppError('tier_rule.invalid', { places: errors.length }, { errors })
  const effective_from = input.effective_from ?? tx.now
  const versions = await rulesOf(tx)
  if (versions.length > 0 && effective_from < tx.now) {
    throw new AppError('tier_rule.in_past', { effective_from: effective_from.toISOString() })
  }
  const before = ruleAt(versions, effective_from)
  const added = await tx.row<TierRuleVersion>(sql`
    insert into tier_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from tier_rules
    returning version, effective_from, rule`)
  await audit(tx, [
    {
      action: 'tier_rule.added',
      noun: 'tier_rules',
      noun_id: String(added!.version),
      ...(before && { before: { ...before.rule } }),
      after: { ...input.rule },
    },
  ])
  const byPoints = ({ rule }: Pick<TierRuleVersion, 'rule'>) => rule.measure.kind === 'points'
  // points earned so far count too: whoever booked without this rule has finished when the job looks
  if (byPoints(added!) && !versions.some(byPoints))
    await addJobs(tx, [{ name: 'tiers.backfill', key: 'tiers.backfill', run_at: addMs(tx.now, under_way_ms) }])
  return added!
}

/** Calls off a version that has not begun. Throws `tier_rule.not_found`, `tier_rule.already_begun`. */
export function callOffRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'tier_rules', code: 'tier_rule.already_begun', version })
}

/** What a schema cannot say: the tiers exist, the lowest needs nothing, each higher one needs more. */
export function faultsOf(rule: TierRule, tiers: readonly Tier[]): ErrorDetail[] {
  const faults: ErrorDetail[] = []
  const fault = (code: string, reason: string, params = {}) =>
    void faults.push({ pointer: `/rule/thresholds/${code}`, code: `tier_rule.${reason}`, params })
  for (const code of Object.keys(rule.thresholds)) {
    const tier = tiers.find((one) => one.code === code)
    if (!tier) fault(code, 'tier_unknown', { code })
    else if (tier.rank === 0) fault(code, 'lowest_needs_nothing', { code })
  }
  let below = 0
  for (const tier of tiers) {
    const threshold = rule.thresholds[tier.code]
    if (threshold === undefined || tier.rank === 0) continue
    if (threshold <= below) fault(tier.code, 'not_above_lower_tier', { min: below + 1 })
    below = Math.max(below, threshold)
  }
  return faults
}
