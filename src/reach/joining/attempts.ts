/**
 * One way to a provider and back. The browser holds the state in a cookie that scripts cannot read, we keep its hash;
 * an answer is taken once, within ten minutes, and only from the browser that began.
 */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { newToken, tokenHash } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { adapterOf, openProvider } from './providers.ts'
import type { Arrived } from './types.ts'

const minuteMs = 60_000
/** Long enough to find a password, short enough for a link that lies around. */
const attempt_minutes = 10
/** Who is back and new has so long to fill in name and consent. */
const joining_minutes = 30

export interface Attempt extends Arrived {
  provider: string
  /** Of somebody who was signed in when it began. */
  member_id: string | null
}

/** Begins: the address to go to and the state for the browser's cookie. Throws what `openProvider` and adapters do. */
export async function beginAttempt(
  db: Db,
  name: string,
  given: { member_id: string | null; redirect_uri: string },
): Promise<{ url: string; state: string; expires_at: Date }> {
  const now = db.now()
  const provider = await openProvider(db, name)
  const [state, nonce, verifier] = [newToken(), newToken(), newToken() + newToken()]
  const leaving = { redirect_uri: given.redirect_uri, state, nonce, verifier }
  const url = await adapterOf(provider.preset).begin(provider, leaving, now)
  const expires_at = addMs(now, attempt_minutes * minuteMs)
  const actor = { kind: 'system' as const, id: null, name: 'joining' }
  await db.tx({ actor, now }, (tx) =>
    tx.run(sql`
      insert into joining_attempts (state_hash, provider, member_id, nonce, verifier, created_at, expires_at)
      values (${tokenHash(state)}::bytea, ${name}::text, ${given.member_id}::uuid, ${nonce}::text, ${verifier}::text,
        ${now}::timestamptz, ${expires_at}::timestamptz)`),
  )
  return { url, state, expires_at }
}

/**
 * Takes a provider's answer, once; who came is kept with the attempt. `cookie` is the state of this browser. Throws
 * `joining.attempt_unknown`, `joining.attempt_over`, `provider.refused`, `provider.answer_wrong`, `provider.down`.
 */
export async function returned(
  db: Db,
  given: { cookie: string | undefined; answer: Record<string, string>; redirect_uri: string },
): Promise<Attempt> {
  const now = db.now()
  const state = given.answer['state'] ?? ''
  // begun in another browser: somebody sends a victim their own answer
  if (!given.cookie || given.cookie !== state) throw new AppError('joining.attempt_unknown')
  const actor = { kind: 'system' as const, id: null, name: 'joining' }
  // taken before it is looked at: of two that bring the same answer one is heard
  const attempt = await db.tx({ actor, now }, (tx) =>
    tx.row<{ provider: string; member_id: string | null; nonce: string; verifier: string }>(sql`
      update joining_attempts set returned_at = ${now}::timestamptz
      where state_hash = ${tokenHash(state)}::bytea and returned_at is null and expires_at > ${now}::timestamptz
      returning provider, member_id, nonce, verifier`),
  )
  if (!attempt) throw new AppError('joining.attempt_over')
  const provider = await openProvider(db, attempt.provider)
  const current_url = new URL(given.redirect_uri)
  current_url.search = new URLSearchParams(given.answer).toString()
  const { nonce, verifier, ...rest } = attempt
  const leaving = { redirect_uri: given.redirect_uri, state, nonce, verifier }
  const arrived = await adapterOf(provider.preset).finish(provider, { ...leaving, current_url }, now)
  await db.tx({ actor, now }, (tx) =>
    tx.run(sql`
      update joining_attempts set subject = ${arrived.subject}::text, email = ${arrived.email}::text,
        name = ${arrived.name}::text, expires_at = ${addMs(now, joining_minutes * minuteMs)}::timestamptz
      where state_hash = ${tokenHash(state)}::bytea`),
  )
  return { ...rest, ...arrived }
}

/** Who came back in this browser and is still to join or to be bound. Throws `joining.attempt_over`. */
export async function waitingAttempt(db: Reader, cookie: string | undefined, now: Date): Promise<Attempt> {
  const found = cookie
    ? await db.row<Attempt>(sql`
        select provider, member_id, subject, email, name from joining_attempts
        where state_hash = ${tokenHash(cookie)}::bytea and subject is not null and ended_at is null
          and expires_at > ${now}::timestamptz`)
    : undefined
  if (!found) throw new AppError('joining.attempt_over')
  return found
}

/** Uses it up, once. Throws `joining.attempt_over`. */
export async function endAttempt(tx: Tx, cookie: string): Promise<void> {
  const ended = await tx.run(sql`
    update joining_attempts set ended_at = ${tx.now}::timestamptz, email = null, name = null
    where state_hash = ${tokenHash(cookie)}::bytea and ended_at is null`)
  if (ended === 0) throw new AppError('joining.attempt_over')
}

/** Forgets what is over. */
export async function sweepAttempts(tx: Tx): Promise<number> {
  return tx.run(sql`
    delete from joining_attempts where expires_at <= ${addMs(tx.now, -dayMs)}::timestamptz
      or (expires_at <= ${tx.now}::timestamptz and (email is not null or name is not null))`)
}

/** Nobody forgotten is left in an attempt. */
export async function forget(tx: Tx, member_ids: readonly string[], texts: readonly string[]): Promise<void> {
  await tx.run(sql`
    delete from joining_attempts where member_id = any (${member_ids}::uuid[]) or email = any (${texts}::text[])`)
}
