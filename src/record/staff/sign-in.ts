/**
 * Ways in: password, one-time link, session cookie, API key. All of it lives in real time, also when a demo's clock
 * runs ahead: a month that a demo skips must not sign everybody out.
 */
import type { Actor } from '../../base/actor.ts'
import { passwordFits } from '../../base/auth.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { newToken, tokenHash } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, clock, dayMs } from '../../base/time.ts'
import {
  failures_per_email_max,
  failures_per_ip_max,
  first_link_hours,
  link_minutes,
  lock_minutes,
  permissionsByRole,
  session_days,
} from './rules.ts'
import type { Principal, Role, Staff } from './types.ts'

const minuteMs = 60_000

/** A session just begun: the token is shown once, to go into the cookie. */
export interface NewSession {
  staff: Staff
  token: string
  expires_at: Date
}

interface Credentials {
  /** The session token of the cookie `regulars_session`. */
  cookie?: string | undefined
  /** The header: `Bearer rk_…`. */
  authorization?: string | undefined
}

const permissionSets = new Map<Role, ReadonlySet<string>>(
  Object.entries(permissionsByRole).map(([role, list]) => [role as Role, new Set<string>(list)]),
)

/**
 * Who is calling? One statement. A cookie that is no longer good is nobody (the console then shows its sign-in page); a
 * key that is not good is an error (`key.unknown`, 401), because a program that sends one means it.
 */
export async function authenticate(db: Reader, given: Credentials, now: Date = clock()): Promise<Principal | null> {
  if (given.authorization !== undefined) return byKey(db, given.authorization)
  if (!given.cookie) return null
  const found = await db.row<{ staff_id: string; name: string; role: Role; locale: string }>(sql`
    select staff_id, name, role, locale
    from staff_sessions join staff using (staff_id)
    where token_hash = ${tokenHash(given.cookie)}::bytea and expires_at > ${now}::timestamptz and disabled_at is null`)
  if (!found) return null
  const actor: Actor = { kind: 'staff', id: found.staff_id, name: found.name }
  return { actor, permissions: permissionSets.get(found.role)!, locale: found.locale }
}

/** Keys being looked up, by their header: a till's calls that arrive at once ask once. */
const asking = new WeakMap<Reader, Map<string, Promise<Principal>>>()

function byKey(db: Reader, authorization: string): Promise<Principal> {
  const here = asking.get(db) ?? new Map<string, Promise<Principal>>()
  asking.set(db, here)
  let answer = here.get(authorization)
  if (!answer) {
    answer = lookUpKey(db, authorization).finally(() => here.delete(authorization))
    here.set(authorization, answer)
  }
  return answer
}

async function lookUpKey(db: Reader, authorization: string): Promise<Principal> {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? ''
  const found = await db.row<{ key_id: string; name: string; scopes: string[] }>(sql`
    select key_id, name, scopes from staff_api_keys
    where token_hash = ${tokenHash(token)}::bytea and revoked_at is null`)
  if (!found) throw new AppError('key.unknown', {}, { status: 401 })
  const actor: Actor = { kind: 'key', id: found.key_id, name: found.name }
  return { actor, permissions: new Set(found.scopes), locale: 'en' }
}

/**
 * By e-mail and password. Opens transactions of its own, because a wrong try is written down although the call fails,
 * and before the password is looked at, so that many tries at once cannot all pass the count. An unknown e-mail costs
 * the same work and gets the same answer. Throws `sign_in.refused` (401) or `sign_in.locked` (429).
 */
export async function signIn(
  db: Db,
  given: { email: string; password: string; ip: string },
  now: Date = clock(),
): Promise<NewSession> {
  const email = given.email.trim().toLowerCase()
  const actor: Actor = { kind: 'system', id: null, name: 'sign-in' }
  const person = await db.tx({ actor }, async (tx) => {
    await countTry(tx, { email, ip: given.ip }, now)
    return tx.row<Staff & { password_hash: string | null }>(sql`
      select staff_id, email, name, role, locale, created_at, disabled_at, password_hash
      from staff where lower(email) = ${email}::text and disabled_at is null`)
  })
  const fits = await passwordFits(person?.password_hash ?? null, given.password)
  if (!fits || !person) throw new AppError('sign_in.refused', {}, { status: 401 })
  return db.tx({ actor }, async (tx) => {
    await tx.run(sql`delete from staff_sign_in_failures where email = ${email}::text`)
    const { password_hash: _hash, ...staff } = person
    return beginSession(tx, staff, now)
  })
}

interface Tries {
  by_email: number
  by_ip: number
  oldest_email: Date | null
  oldest_ip: Date | null
}

async function countTry(tx: Tx, who: { email: string; ip: string }, now: Date): Promise<void> {
  // always in this order: e-mail, then address
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in e-mail ${who.email}`}::text, 0))`)
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in address ${who.ip}`}::text, 0))`)
  const since = addMs(now, -lock_minutes * minuteMs)
  const tries = await tx.row<Tries>(sql`
    select mail.n as by_email, address.n as by_ip, mail.oldest as oldest_email, address.oldest as oldest_ip from
      (select count(*) as n, min(at) as oldest from staff_sign_in_failures
       where email = ${who.email}::text and at > ${since}::timestamptz) mail,
      (select count(*) as n, min(at) as oldest from staff_sign_in_failures
       where ip = ${who.ip}::text and at > ${since}::timestamptz) address`)
  const byEmail = tries!.by_email >= failures_per_email_max
  if (byEmail || tries!.by_ip >= failures_per_ip_max) {
    const oldest = byEmail ? tries!.oldest_email : tries!.oldest_ip
    const retry_after = Math.ceil((oldest!.getTime() - since.getTime()) / 1000)
    throw new AppError('sign_in.locked', { retry_after }, { status: 429 })
  }
  await tx.run(sql`
    insert into staff_sign_in_failures (email, at, ip)
    values (${who.email}::text, ${now}::timestamptz, ${who.ip}::text)`)
}

async function beginSession(tx: Tx, staff: Staff, now: Date): Promise<NewSession> {
  const token = newToken()
  const expires_at = addMs(now, session_days * dayMs)
  await tx.run(sql`
    insert into staff_sessions (token_hash, staff_id, created_at, expires_at)
    values (${tokenHash(token)}::bytea, ${staff.staff_id}::uuid, ${now}::timestamptz, ${expires_at}::timestamptz)`)
  return { staff, token, expires_at }
}

/**
 * A link that signs one person in, once. `owner` means the first owner, for the link that `npm start` prints (good for
 * a day, being seen only on the machine itself). null if there is no such person to sign in.
 */
export async function newSignInLink(
  tx: Tx,
  staff_id: string,
  now: Date = clock(),
): Promise<{ token: string; expires_at: Date } | null> {
  const first = staff_id === 'owner'
  const token = newToken()
  const expires_at = addMs(now, first ? first_link_hours * 60 * minuteMs : link_minutes * minuteMs)
  const made = await tx.run(sql`
    insert into staff_sign_in_links (token_hash, staff_id, expires_at)
    select ${tokenHash(token)}::bytea, staff_id, ${expires_at}::timestamptz from staff
    where disabled_at is null and case when ${first}::boolean then role = 'owner'
      else staff_id = ${first ? null : staff_id}::uuid end
    order by created_at, staff_id limit 1`)
  return made === 0 ? null : { token, expires_at }
}

/** By a one-time link: the update that uses it up is the check. Throws `sign_in.link_unusable` (401). */
export async function signInByLink(tx: Tx, token: string, now: Date = clock()): Promise<NewSession> {
  const staff = await tx.row<Staff>(sql`
    update staff_sign_in_links link set used_at = ${now}::timestamptz
    from staff
    where link.token_hash = ${tokenHash(token)}::bytea and link.used_at is null
      and link.expires_at > ${now}::timestamptz
      and staff.staff_id = link.staff_id and staff.disabled_at is null
    returning staff.staff_id, staff.email, staff.name, staff.role, staff.locale, staff.created_at, staff.disabled_at`)
  if (!staff) throw new AppError('sign_in.link_unusable', {}, { status: 401 })
  return beginSession(tx, staff, now)
}

/** Ends one session. */
export async function signOut(tx: Tx, token: string): Promise<void> {
  await tx.run(sql`delete from staff_sessions where token_hash = ${tokenHash(token)}::bytea`)
}

/** Forgets what is over: sessions, links, failures. Answers how many rows went. */
export async function sweepSignIns(tx: Tx, now: Date = clock()): Promise<number> {
  const swept = [
    sql`delete from staff_sessions where expires_at <= ${now}::timestamptz`,
    sql`delete from staff_sign_in_links where expires_at <= ${now}::timestamptz or used_at is not null`,
    sql`delete from staff_sign_in_failures where at <= ${addMs(now, -lock_minutes * minuteMs)}::timestamptz`,
  ]
  let rows = 0
  for (const statement of swept) rows += await tx.run(statement)
  return rows
}
