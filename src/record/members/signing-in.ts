/**
 * How members come in: a code sent to their mailbox or phone, then a session of their own. Asking for a code looks at
 * nobody: known and unknown addresses get the same answer, in the same time, and the same letter. Who somebody is, is
 * asked only after the right code.
 */
import { systemActor, type Actor } from '../../base/actor.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { newToken, tokenHash, uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import * as program from '../program/program.ts'
import { find } from './finding.ts'
import { pairSql, type MergePair } from './merging.ts'
import { readEmail, readPhone } from './rules.ts'
import {
  code_minutes,
  codeFits,
  codeFor,
  codes_max,
  countKey,
  joining_minutes,
  session_days,
  tries_max,
  windowOf,
  type Counted,
} from './signing-in-rules.ts'

export interface CodeAddress {
  kind: 'email' | 'phone'
  /** In the one form in which identities are kept. */
  address: string
}
/** A code that was asked for. */
export interface SignInCode extends CodeAddress {
  code_id: string
  /** `erase` and `bind` are asked for by somebody who is signed in, about themselves. */
  purpose: 'sign_in' | 'erase' | 'bind'
  member_id: string | null
  expires_at: Date
}
export interface MemberSession {
  token: string
  expires_at: Date
}

const minuteMs = 60_000
const actor: Actor = systemActor('portal')

async function secretOf(db: Reader): Promise<Buffer> {
  return (await db.row<{ secret: Buffer }>(sql`select secret from member_sign_in_secret`))!.secret
}

/** Reads what somebody typed. Throws `member.email_unreadable`, `member.phone_unreadable`. */
export async function readAddress(db: Reader, given: { email?: string; phone?: string }): Promise<CodeAddress> {
  if (given.phone !== undefined) {
    const { default_country } = await program.current(db)
    const address = readPhone(given.phone, default_country)
    if (!address) throw new AppError('member.phone_unreadable')
    return { kind: 'phone', address }
  }
  const address = readEmail(given.email ?? '')
  if (!address) throw new AppError('member.email_unreadable')
  return { kind: 'email', address }
}

/**
 * Notes that a code was asked for; whoever sends it makes it with `codeOf`. Throws `member_code.too_many` (429), by
 * number, device and address of the caller, whether or not anybody has the address.
 */
export async function askCode(
  tx: Tx,
  wanted: CodeAddress & { ip: string; device: string; own?: { member_id: string; purpose: 'erase' | 'bind' } },
): Promise<SignInCode> {
  const { kind, address, own } = wanted
  await countAsking(tx, { number: address, device: wanted.device, caller: wanted.ip })
  const [purpose, member_id] = own ? [own.purpose, own.member_id] : (['sign_in', null] as const)
  const made = { code_id: uuidv7(tx.now), kind, address, purpose, member_id } as const
  const expires_at = addMs(tx.now, code_minutes * minuteMs)
  await tx.run(sql`
    insert into member_sign_in_codes (code_id, kind, address, purpose, member_id, created_at, expires_at)
    values (${made.code_id}::uuid, ${kind}::text, ${address}::text, ${purpose}::text, ${member_id}::uuid,
      ${tx.now}::timestamptz, ${expires_at}::timestamptz)`)
  return { ...made, expires_at }
}

/** The counter that is written is the limit: of any number at once, no more than the limit pass. */
async function countAsking(tx: Tx, values: Record<Counted, string>): Promise<void> {
  const secret = await secretOf(tx)
  const { begins_at, retry_after } = windowOf(tx.now)
  const counts = Object.entries(values)
    .map(([name, value]) => ({
      key: countKey(secret, name as Counted, value).toString('hex'),
      most: codes_max[name as Counted],
    }))
    // everybody locks in the same order
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const passed = await tx.run(sql`
    insert into member_sign_in_counts as held (key, begins_at, used)
    select decode(one.key, 'hex'), ${begins_at}::timestamptz, 1
    from unnest(${counts.map((one) => one.key)}::text[]) with ordinality as one (key, nth) order by one.nth
    on conflict (key, begins_at) do update set used = held.used + 1
    where held.used < (select most from unnest(${counts.map((one) => one.key)}::text[],
      ${counts.map((one) => one.most)}::int[]) as one (key, most) where one.key = encode(excluded.key, 'hex'))`)
  if (passed < counts.length) throw new AppError('member_code.too_many', { retry_after }, { status: 429 })
}

/** A code that still waits, with its six digits: for whoever sends it. null when it is over. */
export async function codeOf(
  db: Reader,
  code_id: string,
  now: Date,
): Promise<(SignInCode & { code: string }) | null> {
  const found = await db.row<SignInCode>(sql`
    select code_id, kind, address, purpose, member_id, expires_at from member_sign_in_codes
    where code_id = ${code_id}::uuid and expires_at > ${now}::timestamptz and used_at is null`)
  return found ? { ...found, code: codeFor(await secretOf(db), code_id) } : null
}

/**
 * Looks at a typed code. Opens a transaction of its own, because a wrong try is counted although the call fails, and
 * before the code is looked at. A wrong, foreign, used, forgotten and unknown code get one answer:
 * `member_code.refused` (422).
 */
export async function tryCode(
  db: Db,
  given: { code_id: string; code: string; purpose: SignInCode['purpose'] },
  now: Date,
): Promise<SignInCode> {
  const found = await db.tx({ actor, now }, (tx) =>
    tx.row<SignInCode>(sql`
      update member_sign_in_codes set tries = tries + 1
      where code_id = ${given.code_id}::uuid and purpose = ${given.purpose}::text and tries < ${tries_max}::int
        and expires_at > ${now}::timestamptz and used_at is null
      returning code_id, kind, address, purpose, member_id, expires_at`),
  )
  const fits = codeFits(await secretOf(db), given.code_id, given.code)
  if (!found || !fits) throw new AppError('member_code.refused')
  return found
}

/** The right code of somebody new: it stays good while the form is filled in. */
export async function waitForJoining(tx: Tx, code: SignInCode): Promise<void> {
  await tx.run(sql`
    update member_sign_in_codes set tries = 0, verified_at = coalesce(verified_at, ${tx.now}::timestamptz),
      expires_at = coalesce(verified_at, ${tx.now}::timestamptz) + make_interval(mins => ${joining_minutes}::int)
    where code_id = ${code.code_id}::uuid and used_at is null`)
}

/** Uses a code up, once: the second who comes with it is refused. Throws `member_code.refused`. */
export async function useCode(tx: Tx, code: SignInCode): Promise<void> {
  const used = await tx.run(sql`
    update member_sign_in_codes set used_at = ${tx.now}::timestamptz
    where code_id = ${code.code_id}::uuid and used_at is null`)
  if (used === 0) throw new AppError('member_code.refused')
}

/** The member whose address a code went to; null for a guest, a follower and nobody: they join. */
export async function ownerOf(db: Reader, { kind, address }: CodeAddress): Promise<string | null> {
  const [answer] = await find(db, [{ [kind]: address }])
  const owner = answer!.found[0]
  return owner?.kind === 'member' ? owner.member_id : null
}

/**
 * Begins a session; the address is proved from now on (null: by an account, no address was). The token is shown once,
 * to go into the cookie.
 */
export async function beginMemberSession(
  tx: Tx,
  member_id: string,
  proved: CodeAddress | null,
): Promise<MemberSession> {
  const token = newToken()
  const expires_at = addMs(tx.now, session_days * dayMs)
  if (proved)
    await tx.run(sql`
    update member_identities set verified_at = ${tx.now}::timestamptz
    where value = ${proved.address}::text and kind = ${proved.kind}::text and member_id = ${member_id}::uuid
      and verified_at is null`)
  await tx.run(sql`
    insert into member_sessions (token_hash, member_id, created_at, expires_at)
    values (${tokenHash(token)}::bytea, ${member_id}::uuid, ${tx.now}::timestamptz, ${expires_at}::timestamptz)`)
  return { token, expires_at }
}

/** Which member does this cookie belong to? One statement; null for a session that is over. */
export async function memberBySession(
  db: Reader,
  token: string | undefined,
  now: Date,
): Promise<{ member_id: string; locale: string | null } | null> {
  if (!token) return null
  const found = await db.row<{ member_id: string; locale: string | null }>(sql`
    select m.member_id, m.locale from member_sessions s join members m on m.member_id = s.member_id
    where s.token_hash = ${tokenHash(token)}::bytea and s.expires_at > ${now}::timestamptz and m.kind = 'member'
      and m.merged_into is null and m.erased_at is null`)
  return found ?? null
}

/** Ends one session of a member, or all of them. */
export async function endMemberSessions(tx: Tx, member_id: string, token: string | null): Promise<number> {
  return tx.run(sql`
    delete from member_sessions where member_id = ${member_id}::uuid
      and (${token === null}::boolean or token_hash = ${token === null ? null : tokenHash(token)}::bytea)`)
}

/** Forgets what is over, a day after its end. Answers how many rows went. */
export async function sweepMemberSignIns(tx: Tx): Promise<number> {
  const before = addMs(tx.now, -dayMs)
  const swept = [
    sql`delete from member_sign_in_codes where expires_at <= ${before}::timestamptz`,
    sql`delete from member_sign_in_counts where begins_at <= ${before}::timestamptz`,
    sql`delete from member_sessions where expires_at <= ${tx.now}::timestamptz`,
  ]
  let rows = 0
  for (const statement of swept) rows += await tx.run(statement)
  return rows
}

/** Who is signed in as a merged member is the kept one from now on. */
export async function moveSignIns(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)}, codes as (
      update member_sign_in_codes c set member_id = pair.keep from pair where c.member_id = pair.merged
    )
    update member_sessions s set member_id = pair.keep from pair where s.member_id = pair.merged`)
}

/** Nobody is signed in as somebody who is forgotten, and no code tells their address. */
export async function forgetSignIns(tx: Tx, member_ids: readonly string[], texts: readonly string[]): Promise<void> {
  await tx.run(sql`
    with codes as (
      delete from member_sign_in_codes
      where member_id = any (${member_ids}::uuid[]) or address = any (${texts}::text[])
    )
    delete from member_sessions where member_id = any (${member_ids}::uuid[])`)
}
