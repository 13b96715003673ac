/**
 * People who sign in: their roles, and the audit of what they change. Sign-in, keys and views are siblings, reached
 * through here.
 */
import { actorText } from '../../base/actor.ts'
import { hashPassword, passwordFits } from '../../base/auth.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { tokenHash } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { callOff, nounOf, type Version } from '../../base/versions.ts'
import type { AuditLine, NewStaff, Staff, StaffChanges } from './types.ts'

export { permissions, permissionsByRole, isPermission, type Permission } from './rules.ts'
export { authenticate, newSignInLink, signIn, signInByLink, signOut, sweepSignIns } from './sign-in.ts'
export { createKey, revokeKey } from './keys.ts'
export { seen, lastSeen } from './views.ts'

/** Writes down administrative writes in the transaction that makes them; personal values lie in rows of their own. */
export async function audit(tx: Tx, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return
  const personal = lines.flatMap((line, index) => (line.personal ?? []).map((side) => ({ index, ...side })))
  await tx.run(sql`
    with line as materialized (
      select nextval(pg_get_serial_sequence('staff_audit', 'audit_id')) as audit_id, input.*
      from unnest(
        ${lines.map((line) => line.action)}::text[], ${lines.map((line) => line.noun)}::text[],
        ${lines.map((line) => line.noun_id)}::text[], ${lines.map((line) => asJson(line.before))}::jsonb[],
        ${lines.map((line) => asJson(line.after))}::jsonb[]
      ) with ordinality as input (action, noun, noun_id, before, after, nth)
    ),
    kept as (
      insert into staff_audit (audit_id, at, actor, actor_name, action, noun, noun_id, before, after)
      overriding system value
      select audit_id, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text, ${tx.actor.name}::text,
        action, noun, noun_id, before, after
      from line
    )
    insert into staff_audit_personal (member_id, audit_id, before, after)
    select side.member_id, line.audit_id, side.before, side.after
    from unnest(
      ${personal.map((side) => side.index + 1)}::int[], ${personal.map((side) => side.member_id)}::uuid[],
      ${personal.map((side) => asJson(side.before))}::jsonb[], ${personal.map((side) => asJson(side.after))}::jsonb[]
    ) as side (nth, member_id, before, after)
    join line on line.nth = side.nth`)
}

function asJson(value: Record<string, unknown> | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

/** Adds a person. Throws `staff.email_taken`, `password.too_short`. */
export async function create(tx: Tx, input: NewStaff): Promise<Staff> {
  const password_hash = input.password === undefined ? null : await hashPassword(input.password)
  const made = await tx.row<Staff>(sql`
    insert into staff (email, name, role, password_hash, locale, created_at)
    values (${input.email.trim()}::text, ${input.name.trim()}::text, ${input.role}::text, ${password_hash}::text,
      ${input.locale ?? 'en'}::text, ${tx.now}::timestamptz)
    on conflict (lower(email)) do nothing
    returning staff_id, email, name, role, locale, created_at, disabled_at`)
  if (!made) throw new AppError('staff.email_taken', { email: input.email }, { status: 409 })
  const after = { email: made.email, role: made.role }
  await audit(tx, [{ action: 'staff.created', noun: 'staff', noun_id: made.staff_id, after }])
  return made
}

/** A new program's first person, who comes in by a link and may do everything. Does nothing when there is an owner. */
export async function ensureOwner(tx: Tx): Promise<void> {
  const owner = await tx.row(sql`select from staff where role = 'owner' and disabled_at is null limit 1`)
  if (!owner) await create(tx, { email: firstOwnerEmail, name: 'Owner', role: 'owner' })
}

/** Stands until the owner writes down a real one; nothing is sent to it. */
const firstOwnerEmail = 'owner@localhost'

/**
 * Changes a person. Who is disabled is signed out everywhere at once. Throws `staff.not_found`, and `staff.last_owner`
 * rather than leave the program without somebody who may do everything.
 */
export async function update(tx: Tx, staff_id: string, changes: StaffChanges): Promise<Staff> {
  // one at a time, so that two owners cannot demote each other at once
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended('staff.owners', 0))`)
  const before = await staffOf(tx, staff_id)
  const after = await tx.row<Staff>(sql`
    update staff set
      name = coalesce(${changes.name ?? null}::text, name), role = coalesce(${changes.role ?? null}::text, role),
      locale = coalesce(${changes.locale ?? null}::text, locale),
      disabled_at = case ${changes.disabled ?? null}::boolean
        when true then coalesce(disabled_at, ${tx.now}::timestamptz) when false then null else disabled_at end
    where staff_id = ${staff_id}::uuid
    returning staff_id, email, name, role, locale, created_at, disabled_at`)
  const owner = await tx.row(sql`select from staff where role = 'owner' and disabled_at is null limit 1`)
  if (!owner) throw new AppError('staff.last_owner', {}, { status: 409 })
  if (after!.disabled_at) await tx.run(sql`delete from staff_sessions where staff_id = ${staff_id}::uuid`)
  await audit(tx, [{ action: 'staff.updated', noun: 'staff', noun_id: staff_id, ...differenceOf(before, after!) }])
  return after!
}

/**
 * Calls off a version of a rule that has not begun: it never holds, and all may read who did it. Again changes nothing.
 * `part_of` is the noun of what it is a version of. Throws `<noun>.not_found` and the version's code.
 */
export async function callOffVersion(tx: Tx, { part_of, ...version }: Version & { part_of?: string }): Promise<void> {
  if (!(await callOff(tx, version))) return
  const { code, table, of } = version
  await audit(tx, [
    {
      action: `${nounOf(code)}.version_called_off`,
      noun: part_of ?? table,
      noun_id: of?.id ?? String(version.version),
      after: { version: version.version },
    },
  ])
}

/** Only what changed: the audit reads better than two whole rows. */
export function differenceOf<T extends object>(before: T, after: T): Pick<Required<AuditLine>, 'before' | 'after'> {
  const keys = Object.keys(after) as (keyof T & string)[]
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  return {
    before: Object.fromEntries(changed.map((key) => [key, before[key]])),
    after: Object.fromEntries(changed.map((key) => [key, after[key]])),
  }
}

/** One person. Throws `staff.not_found`. */
export async function staffOf(db: Reader, staff_id: string): Promise<Staff> {
  const found = await db.row<Staff>(sql`
    select staff_id, email, name, role, locale, created_at, disabled_at from staff where staff_id = ${staff_id}::uuid`)
  if (!found) throw new AppError('staff.not_found', { staff_id })
  return found
}

/**
 * Sets one's own password and signs out every session but the one it is done from. Throws `password.wrong`,
 * `password.too_short`, `password.too_long`.
 */
export async function changePassword(
  tx: Tx,
  change: { staff_id: string; current: string | undefined; wanted: string; session_token: string },
): Promise<void> {
  const stored = await tx.row<{ password_hash: string | null }>(sql`
    select password_hash from staff where staff_id = ${change.staff_id}::uuid`)
  // who came in by a link and never had a password has none to repeat
  const knows = stored?.password_hash ? await passwordFits(stored.password_hash, change.current ?? '') : true
  if (!stored || !knows) throw new AppError('password.wrong', {}, { status: 403 })
  const password_hash = await hashPassword(change.wanted)
  await tx.run(sql`update staff set password_hash = ${password_hash}::text where staff_id = ${change.staff_id}::uuid`)
  await tx.run(sql`
    delete from staff_sessions
    where staff_id = ${change.staff_id}::uuid and token_hash <> ${tokenHash(change.session_token)}::bytea`)
  await audit(tx, [{ action: 'password.changed', noun: 'staff', noun_id: change.staff_id }])
}
