/** Prices for members: the rule's versions, and what products cost a member now. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { begunAt, calledOff, inForceSql, lastToCome, type ListedVersion } from '../../base/versions.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import { ladderOf } from '../tiers/tiers.ts'
import { priceOf } from './price-rules.ts'
import type { Deal, Priced, PriceRule, PriceRuleVersion } from './types.ts'

export { priceOf } from './price-rules.ts'

/** Any number: whoever adds a version holds it until the transaction ends. */
const versionsLock = 5_267_118_410

/** What members' plans and agreements take off at their moments: lent by the module above that knows. */
export type Deals = (db: Reader, asked: readonly { member_id: string; at: Date }[]) => Promise<Deal[][]>
let dealsOf: Deals | undefined

/** Lends plans and agreements; called once, by `app`. */
export function provideDeals(lent: Deals): void {
  dealsOf = lent
}

/** What is taken off for each of these, in their order. */
export const dealsFor: Deals = (db, asked) => dealsOf?.(db, asked) ?? Promise.resolve(asked.map(() => []))

export type PriceRuleRow = PriceRuleVersion & ListedVersion

/** All versions, newest first. */
export async function ruleVersions(db: Reader, now: Date): Promise<PriceRuleRow[]> {
  return db.rows<PriceRuleRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('price_rules', now)} as in_force
    from price_rules order by version desc`)
}

/** The version in force at a moment; null before the first. */
export async function ruleAt(db: Reader, at: Date): Promise<PriceRuleVersion | null> {
  const found = await db.row<PriceRuleVersion>(sql`
    select version, effective_from, rule from price_rules where ${begunAt(at)} order by ${lastToCome} limit 1`)
  return found ?? null
}

/** Versions in force at any time of a span, newest first, as `ruleAt` would choose among them. */
export async function rulesSince(db: Reader, span: { from: Date; now: Date }): Promise<PriceRuleVersion[]> {
  return db.rows<PriceRuleVersion>(sql`
    select version, effective_from, rule from price_rules
    where ${begunAt(span.now)} and effective_from >= coalesce(
      (select max(effective_from) from price_rules where ${begunAt(span.from)}), '-infinity')
    order by ${lastToCome}`)
}

/** The version in force at a moment, with the member prices of these products only: a rule may name thousands. */
export async function ruleFor(
  db: Reader,
  at: Date,
  skus: readonly string[],
): Promise<Pick<PriceRuleVersion, 'version' | 'rule'> | null> {
  const found = await db.row<Pick<PriceRuleVersion, 'version' | 'rule'>>(sql`
    select version, rule || jsonb_build_object('member_prices', coalesce((
        select jsonb_agg(price) from jsonb_array_elements(rule->'member_prices') price
        where price->>'sku' = any (${skus}::text[])), '[]')) as rule
    from price_rules where ${begunAt(at)} order by ${lastToCome} limit 1`)
  return found ?? null
}

/** Adds a version, from now or later on. Throws `price_rule.invalid`, `price_rule.in_past`. */
export async function addRule(
  tx: Tx,
  input: { rule: PriceRule; note?: string | undefined; effective_from?: Date | undefined },
): Promise<number> {
  const effective_from = input.effective_from ?? tx.now
  if (effective_from < tx.now) {
    throw new AppError('price_rule.in_past', { effective_from: effective_from.toISOString() })
  }
  const errors = faultsOf(
    input.rule,
    (await ladderOf(tx)).map((tier) => tier.code),
  )
  if (errors.length > 0) throw new AppError('price_rule.invalid', { places: errors.length }, { errors })
  await tx.run(sql`select pg_advisory_xact_lock(${versionsLock}::bigint)`)
  const added = await tx.row<{ version: number }>(sql`
    insert into price_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from price_rules
    returning version`)
  await audit(tx, [
    { action: 'price_rule.added', noun: 'price_rules', noun_id: String(added!.version), after: { ...input.rule } },
  ])
  // whoever watches what things cost looks once it holds
  await addJobs(tx, [{ name: 'prices.changed', run_at: effective_from }])
  return added!.version
}

/** Calls off a version that has not begun. Throws `price_rule.not_found`, `price_rule.already_begun`. */
export function callOffRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'price_rules', code: 'price_rule.already_begun', version })
}

/** What a schema cannot say: tiers are of the ladder, each discounted once. */
function faultsOf(rule: PriceRule, codes: readonly string[]): ErrorDetail[] {
  const errors: ErrorDetail[] = []
  const add = (pointer: string, code: string) => errors.push({ pointer, code })
  const seen = new Set<string>()
  for (const [i, { tier_code }] of rule.tier_discounts.entries()) {
    if (!codes.includes(tier_code)) add(`/rule/tier_discounts/${i}/tier_code`, 'price_rule.tier_unknown')
    if (seen.has(tier_code)) add(`/rule/tier_discounts/${i}/tier_code`, 'price_rule.tier_twice')
    seen.add(tier_code)
  }
  for (const [i, { tier_codes }] of rule.member_prices.entries()) {
    if (tier_codes.some((code) => !codes.includes(code)))
      add(`/rule/member_prices/${i}/tier_codes`, 'price_rule.tier_unknown')
  }
  return errors
}

export interface AskedLine {
  sku: string
  unit_price_minor?: number | undefined
}
export type PricedLine = { sku: string; shelf_price_minor: number | null } & (
  Priced | { unit_price_minor: null; saved_minor: 0; why: null }
)

/**
 * What products cost a member (null: nobody) at a moment, each with its why. A product that nobody knows and that
 * comes without a price has none.
 */
export async function pricesFor(
  db: Reader,
  asked: { member_id: string | null; lines: readonly AskedLine[]; has_coupon: boolean; at: Date },
): Promise<PricedLine[]> {
  const skus = [...new Set(asked.lines.map((line) => line.sku))]
  const [version, products, member, [deals = []]] = await Promise.all([
    ruleAt(db, asked.at),
    db.rows<{ sku: string; category: string | null; price_minor: number | null; cost_minor: number | null }>(sql`
      select sku, category, price_minor, cost_minor from products where sku = any (${skus}::text[])`),
    db.row<{ tier_code: string | null }>(sql`
      select coalesce(tier.code, (select code from tiers where rank = 0), '') as tier_code
      from members m
      left join member_tiers held on held.member_id = m.member_id
      left join tiers tier on tier.tier_id = held.tier_id
      where m.member_id = ${asked.member_id}::uuid and m.kind = 'member' and m.merged_into is null`),
    dealsFor(db, asked.member_id === null ? [] : [{ member_id: asked.member_id, at: asked.at }]),
  ])
  const bySku = new Map(products.map((product) => [product.sku, product]))
  return asked.lines.map(({ sku, unit_price_minor }) => {
    const product = bySku.get(sku)
    const shelf = unit_price_minor ?? product?.price_minor ?? null
    if (shelf === null) return { sku, shelf_price_minor: null, unit_price_minor: null, saved_minor: 0, why: null }
    const line = {
      sku,
      category: product?.category ?? null,
      unit_price_minor: shelf,
      cost_minor: product?.cost_minor ?? null,
    }
    const context = { version, tier_code: member?.tier_code ?? null, has_coupon: asked.has_coupon, deals }
    return { sku, shelf_price_minor: shelf, ...priceOf(line, context) }
  })
}
