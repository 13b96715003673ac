/**
 * Paid membership and agreements. A plan's design lives in versions; who holds it is moved by one verb over a set of
 * wants (start, renew, extend, cancel, resume, refund), each once for ever by (member, source, source id). Payments
 * happen outside and are reported. README.md says what holds whatever happens.
 */
import { actorText } from '../../base/actor.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import { parseCondition } from '../../base/conditions/parse.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import * as privileges from '../privileges/privileges.ts'
import { pairKey } from './deciding.ts'
import { plansAt, quote } from './quoting.ts'
import type { Priced } from './rules.ts'
import { act } from './subscribing.ts'
import type { Extend, PlanChanges, PlanDesign, PlanOutcome, Start, Want } from './types.ts'

export { cancelAgreement, derive, settleDue, settled_at_once, sign } from './agreements/agreements.ts'
export { checks } from './checks.ts'
export { dealsOf, offersFor, standingOf } from './queries.ts'
export { noteRewards, refusedRewards, undoRewards } from './rewards.ts'
export { periodEnd, priceOf, refundOf, stateOf } from './rules.ts'
export { progressOf, savingOf, settle } from './saving-rules.ts'
export { act, turn, turned_at_once } from './subscribing.ts'

/** What plans cost these members now, and why; in the order asked. A plan that nobody knows is not sold. */
export async function quotePlans(
  db: Reader,
  asked: readonly { member_id: string; plan_id: string }[],
  now: Date,
): Promise<Priced[]> {
  const plans = await plansAt(db, now)
  const quotes = await quote(db, now, asked, plans)
  return asked.map((one) => quotes.get(pairKey(one)) ?? unknown)
}
const unknown: Priced = { price_minor: null, why: { code: 'price_none', params: { prices: 0, version: 0 } } }

/** Begins subscriptions: trials, or with what was paid outside. Refusals as `types.ts` names them. */
export const start = (tx: Tx, wants: readonly Omit<Start, 'verb'>[]): Promise<PlanOutcome[]> =>
  act(
    tx,
    wants.map((want) => ({ ...want, verb: 'start' })),
  )

/** Gives days for nothing: behind a running subscription, or as a new one that ends with them. */
export const extend = (tx: Tx, wants: readonly Omit<Extend, 'verb'>[]): Promise<PlanOutcome[]> =>
  act(
    tx,
    wants.map((want) => ({ ...want, verb: 'extend' })),
  )

/** One want, for routes that take one: a refusal is thrown as the error it names. */
export async function insist(tx: Tx, want: Want): Promise<PlanOutcome> {
  const [outcome] = await act(tx, [want])
  if (outcome!.outcome === 'refused') throw new AppError(outcome!.code!, outcome!.params ?? {})
  return outcome!
}

/** Makes a plan; its first version is in force at once. Throws `plan.invalid`. */
export async function create(
  tx: Tx,
  { names, design }: { names: Record<string, string>; design: PlanDesign },
): Promise<string> {
  await insistOn(tx, design)
  const made = await tx.row<{ plan_id: string }>(sql`
    insert into plans (names, created_at, updated_at)
    values (${JSON.stringify(names)}::jsonb, ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    returning plan_id`)
  const { plan_id } = made!
  await writeVersion(tx, plan_id, { design, note: '', effective_from: tx.now })
  await audit(tx, [{ action: 'plan.created', noun: 'plans', noun_id: plan_id, after: { names, design } }])
  return plan_id
}

/**
 * Adds a version, from now or later on: for what is started or renewed from then on. Throws `plan.not_found`,
 * `plan.invalid`, `plan.in_past`.
 */
export async function addVersion(
  tx: Tx,
  plan_id: string,
  wanted: { design: PlanDesign; note?: string | undefined; effective_from?: Date | undefined },
): Promise<number> {
  const { design, note = '', effective_from = tx.now } = wanted
  const locked = await tx.row(sql`select from plans where plan_id = ${plan_id}::uuid for update`)
  if (!locked) throw new AppError('plan.not_found', { plan_id })
  if (effective_from < tx.now) throw new AppError('plan.in_past', { effective_from: effective_from.toISOString() })
  await insistOn(tx, design)
  const version = await writeVersion(tx, plan_id, { design, note, effective_from })
  await audit(tx, [
    { action: 'plan.version_added', noun: 'plans', noun_id: plan_id, after: { version, design, effective_from } },
  ])
  return version
}

/** Calls off a version that has not begun. Throws `plan.not_found`, `plan.already_begun`. */
export function callOff(tx: Tx, plan_id: string, version: number): Promise<void> {
  return callOffVersion(tx, {
    table: 'plan_versions',
    code: 'plan.already_begun',
    version,
    of: { column: 'plan_id', id: plan_id },
    part_of: 'plans',
  })
}

async function writeVersion(
  tx: Tx,
  plan_id: string,
  { design, note, effective_from }: { design: PlanDesign; note: string; effective_from: Date },
): Promise<number> {
  const added = await tx.row<{ version: number }>(sql`
    insert into plan_versions (plan_id, version, effective_from, design, note, actor, created_at)
    select ${plan_id}::uuid, coalesce(max(version), 0) + 1, ${effective_from}::timestamptz,
      ${JSON.stringify(design)}::jsonb, ${note}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from plan_versions where plan_id = ${plan_id}::uuid
    returning version`)
  return added!.version
}

/** Renames a plan, stops selling it or sells it again; what is held goes on. Throws `plan.not_found`. */
export async function change(tx: Tx, plan_id: string, changes: PlanChanges): Promise<void> {
  const before = await tx.row<{ names: Record<string, string>; status: string }>(sql`
    select names, status from plans where plan_id = ${plan_id}::uuid for update`)
  if (!before) throw new AppError('plan.not_found', { plan_id })
  const after = { ...before, ...changes }
  await tx.run(sql`
    update plans set names = ${JSON.stringify(after.names)}::jsonb, status = ${after.status}::text,
      updated_at = ${tx.now}::timestamptz
    where plan_id = ${plan_id}::uuid`)
  await audit(tx, [{ action: 'plan.changed', noun: 'plans', noun_id: plan_id, before, after }])
}

/** Throws `plan.invalid` with every place that a schema cannot refuse. */
export async function insistOn(db: Reader, design: PlanDesign): Promise<void> {
  const errors: ErrorDetail[] = []
  const add = (pointer: string, code: string, params = {}) => errors.push({ pointer, code, params })
  for (const [i, { when }] of design.prices.entries()) {
    if (when === null) {
      if (i < design.prices.length - 1) add(`/design/prices/${i + 1}`, 'plan.price_unreachable')
      continue
    }
    try {
      parseCondition(when, allFields())
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !thrown.errors) throw thrown
      for (const one of thrown.errors) errors.push({ ...one, pointer: `/design/prices/${i}/when${one.pointer}` })
    }
  }
  const known = await privileges.byIds(db, design.privilege_ids)
  for (const [i, privilege_id] of design.privilege_ids.entries()) {
    if (!known.has(privilege_id)) add(`/design/privilege_ids/${i}`, 'plan.privilege_unknown')
  }
  errors.push(...(await unknownRewards(db, design)))
  if (errors.length > 0) throw new AppError('plan.invalid', { places: errors.length }, { errors })
}

/** Rewards that nobody could give. The catalogue of items stands above: what it lacks is noted when it is given. */
async function unknownRewards(db: Reader, { rewards = [] }: PlanDesign): Promise<ErrorDetail[]> {
  const wanted = rewards.flatMap(({ reward }) => (reward.kind === 'coupon' ? [reward.coupon_definition_id] : []))
  const found = await db.rows<{ id: string }>(sql`
    select coupon_definition_id as id from coupon_definitions where coupon_definition_id = any (${wanted}::uuid[])`)
  const definitions = new Set(found.map(({ id }) => id))
  const known = await privileges.byIds(
    db,
    rewards.flatMap(({ reward }) => (reward.kind === 'privilege' ? [reward.privilege_id] : [])),
  )
  return rewards.flatMap(({ reward }, i) => {
    const pointer = `/design/rewards/${i}/reward`
    if (reward.kind === 'coupon' && !definitions.has(reward.coupon_definition_id))
      return [{ pointer, code: 'coupon_definition.not_found', params: {} }]
    if (reward.kind === 'privilege' && !known.has(reward.privilege_id))
      return [{ pointer, code: 'plan.privilege_unknown', params: {} }]
    return []
  })
}
