/** Coupon definitions: a change is a new version; what was issued keeps its own. */
import { isDeepStrictEqual } from 'node:util'
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { begunAt, calledOff, inForceSql, lastToCome } from '../../base/versions.ts'
import { audit, callOffVersion } from '../../record/staff/staff.ts'
import type {
  CouponDefinition,
  CouponDefinitionChange,
  CouponDesign,
  CouponVersion,
  NewCouponDefinition,
} from './types.ts'

/** Joins `v`, the design of `d` in force at this moment: the last whose time has come. */
export const inForceAt = (at: Sql): Sql => sql`
  join coupon_definition_versions v on v.coupon_definition_id = d.coupon_definition_id and v.version = (
    select w.version from coupon_definition_versions w
    where w.coupon_definition_id = d.coupon_definition_id and ${begunAt(at)} order by ${lastToCome} limit 1)`

/** The design of `d` that comes next, as `waiting`. */
export const waitingAt = (at: Sql): Sql => sql`
  left join lateral (
    select jsonb_build_object('version', w.version, 'design', w.design,
      'effective_from', to_char(w.effective_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as waiting
    from coupon_definition_versions w
    where w.coupon_definition_id = d.coupon_definition_id and w.called_off_at is null and w.effective_from > ${at}
    order by w.effective_from, w.version desc limit 1
  ) next on true`

/** One definition with the design in force at a moment. Throws `coupon_definition.not_found`. */
export async function definitionOf(db: Reader, coupon_definition_id: string, now: Date): Promise<CouponDefinition> {
  const at = sql`${now}::timestamptz`
  const found = await db.row<CouponDefinition>(sql`
    select d.coupon_definition_id, d.name, d.note, d.status, v.version, v.design, next.waiting, d.created_at,
      d.updated_at
    from coupon_definitions d ${inForceAt(at)} ${waitingAt(at)}
    where d.coupon_definition_id = ${coupon_definition_id}::uuid`)
  if (!found) throw new AppError('coupon_definition.not_found', { coupon_definition_id })
  return found
}

/** All designs of a definition, newest first: those that held, the one in force and those to come. */
export async function versionsOf(db: Reader, coupon_definition_id: string, now: Date): Promise<CouponVersion[]> {
  const of = sql`and coupon_definition_id = ${coupon_definition_id}::uuid`
  const found = await db.rows<CouponVersion>(sql`
    select version, effective_from, design, '' as note, actor, created_at, ${calledOff},
      ${inForceSql('coupon_definition_versions', now, of)} as in_force
    from coupon_definition_versions where coupon_definition_id = ${coupon_definition_id}::uuid order by version desc`)
  if (found.length === 0) throw new AppError('coupon_definition.not_found', { coupon_definition_id })
  return found
}

/** Makes definitions; answers them in order. Throws `coupon_definition.invalid`. */
export async function define(tx: Tx, inputs: readonly NewCouponDefinition[]): Promise<CouponDefinition[]> {
  if (inputs.length === 0) return []
  insist(inputs.flatMap(({ design }) => faultsOf(design)))
  const made = inputs.map((input): CouponDefinition => ({
    coupon_definition_id: uuidv7(tx.now),
    name: input.name.trim(),
    note: input.note ?? '',
    status: 'active',
    version: 1,
    design: input.design,
    waiting: null,
    created_at: tx.now,
    updated_at: tx.now,
  }))
  await tx.run(sql`
    with input as materialized (
      select * from unnest(${made.map((one) => one.coupon_definition_id)}::uuid[],
        ${made.map((one) => one.name)}::text[],
        ${made.map((one) => one.note)}::text[], ${made.map((one) => JSON.stringify(one.design))}::jsonb[]
      ) as one (coupon_definition_id, name, note, design)
    ),
    kept as (
      insert into coupon_definitions (coupon_definition_id, name, note, status, version, actor, created_at, updated_at)
      select coupon_definition_id, name, note, 'active', 1, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz,
        ${tx.now}::timestamptz
      from input
      returning coupon_definition_id
    )
    insert into coupon_definition_versions (coupon_definition_id, version, design, actor, created_at, effective_from)
    select input.coupon_definition_id, 1, input.design, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz,
      ${tx.now}::timestamptz
    from kept join input on input.coupon_definition_id = kept.coupon_definition_id`)
  await audit(
    tx,
    made.map(({ coupon_definition_id, name, design }) => ({
      action: 'coupon_definition.created',
      noun: 'coupon_definitions',
      noun_id: coupon_definition_id,
      after: { name, design: shortOf(design) },
    })),
  )
  return made
}

/**
 * Changes a definition; another design is a new version, for coupons issued from its time on (now unless said). Its
 * limits hold for all uses from then on. Of designs whose time has come, the last to come holds. Throws
 * `coupon_definition.not_found`, `coupon_definition.invalid`, `coupon_definition.in_past`.
 */
export async function change(tx: Tx, id: string, wanted: CouponDefinitionChange): Promise<CouponDefinition> {
  await lock(tx, id)
  const before = await definitionOf(tx, id, tx.now)
  const effective_from = wanted.effective_from ? new Date(wanted.effective_from) : tx.now
  const { design: held } = effective_from > tx.now ? await definitionOf(tx, id, effective_from) : before
  // what is stored has its keys in an order of its own
  const isNew = wanted.design !== undefined && !isDeepStrictEqual(wanted.design, held)
  if (isNew) insist(faultsOf(wanted.design!))
  if (isNew && effective_from < tx.now) throw new AppError('coupon_definition.in_past')
  const written = await tx.row<{ version: number }>(sql`
    select max(version) as version from coupon_definition_versions where coupon_definition_id = ${id}::uuid`)
  const version = written!.version + (isNew ? 1 : 0)
  const name = wanted.name?.trim() ?? before.name
  const note = wanted.note ?? before.note
  if (isNew) {
    await tx.run(sql`
      insert into coupon_definition_versions (coupon_definition_id, version, design, actor, created_at, effective_from)
      values (${id}::uuid, ${version}::int, ${JSON.stringify(wanted.design)}::jsonb, ${actorText(tx.actor)}::text,
        ${tx.now}::timestamptz, ${effective_from}::timestamptz)`)
  }
  await tx.run(sql`
    update coupon_definitions set name = ${name}::text, note = ${note}::text, version = ${version}::int,
      updated_at = ${tx.now}::timestamptz
    where coupon_definition_id = ${id}::uuid`)
  await audit(tx, [
    {
      action: 'coupon_definition.changed',
      noun: 'coupon_definitions',
      noun_id: id,
      before: { name: before.name, version: before.version, design: shortOf(before.design) },
      after: { name, version, design: shortOf(wanted.design ?? before.design), effective_from },
    },
  ])
  return definitionOf(tx, id, tx.now)
}

/** Calls off a design that has not begun. Throws `coupon_definition.not_found`, `coupon_definition.already_begun`. */
export function callOff(tx: Tx, id: string, version: number): Promise<void> {
  return callOffVersion(tx, {
    table: 'coupon_definition_versions',
    code: 'coupon_definition.already_begun',
    version,
    of: { column: 'coupon_definition_id', id },
    part_of: 'coupon_definitions',
  })
}

/** Stops or restarts: a stopped one is neither issued nor accepted; holds that are alive may still be redeemed. */
export async function setStatus(tx: Tx, id: string, status: 'active' | 'stopped'): Promise<CouponDefinition> {
  await lock(tx, id)
  const before = await definitionOf(tx, id, tx.now)
  if (before.status === status) return before
  await tx.run(sql`
    update coupon_definitions set status = ${status}::text, updated_at = ${tx.now}::timestamptz
    where coupon_definition_id = ${id}::uuid`)
  await audit(tx, [
    {
      action: status === 'stopped' ? 'coupon_definition.stopped' : 'coupon_definition.restarted',
      noun: 'coupon_definitions',
      noun_id: id,
      before: { status: before.status },
      after: { status },
    },
  ])
  return definitionOf(tx, id, tx.now)
}

/** Against `for key share` of issuing and holding: they read the design that is in force when they write. */
async function lock(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`select from coupon_definitions where coupon_definition_id = ${id}::uuid for update`)
}

function insist(errors: ErrorDetail[]): void {
  if (errors.length > 0) throw new AppError('coupon_definition.invalid', { places: errors.length }, { errors })
}

/** What a schema cannot say. */
export function faultsOf(design: CouponDesign): ErrorDetail[] {
  const { starts_on, ends_on } = design.window
  const errors: ErrorDetail[] = []
  if (starts_on && ends_on && ends_on < starts_on)
    errors.push({ pointer: '/design/window/ends_on', code: 'coupon_definition.window_empty' })
  const { per_member, per_member_day } = design.limits
  if (per_member != null && per_member_day != null && per_member_day > per_member)
    errors.push({ pointer: '/design/limits/per_member_day', code: 'coupon_definition.limit_idle' })
  if (design.benefit.kind === 'shipping' && (design.scope.product_ids?.length || design.scope.categories?.length))
    errors.push({ pointer: '/design/scope', code: 'coupon_definition.scope_idle' })
  return errors
}

/** For the audit: long lists of products as their number. */
function shortOf(design: CouponDesign): Record<string, unknown> {
  const { product_ids, excluded_product_ids, ...scope } = design.scope
  const counts = { products: product_ids?.length ?? 0, excluded_products: excluded_product_ids?.length ?? 0 }
  return { ...design, scope: { ...scope, ...counts } }
}

export type InForce = Pick<CouponDefinition, 'coupon_definition_id' | 'status' | 'version' | 'design'>

/** Definitions as they are in force, kept from changing until this transaction ends. */
export async function inForce(tx: Tx, ids: readonly string[]): Promise<Map<string, InForce>> {
  const wanted = [...new Set(ids)].sort()
  const [, rows] = await Promise.all([
    tx.run(sql`
      select from coupon_definitions where coupon_definition_id = any (${wanted}::uuid[])
      order by coupon_definition_id for key share`),
    tx.rows<InForce>(sql`
      select d.coupon_definition_id, d.status, v.version, v.design
      from coupon_definitions d ${inForceAt(sql`${tx.now}::timestamptz`)}
      where d.coupon_definition_id = any (${wanted}::uuid[])`),
  ])
  return new Map(rows.map((row) => [row.coupon_definition_id, row]))
}
