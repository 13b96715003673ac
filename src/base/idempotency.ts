/**
 * Every write from outside may carry a key. Same key and input: the stored answer. Same key, other input: an error.
 * Still running elsewhere: 409. Kept 24 hours (`keys.expire` in the schedule); orders and entries are unique for ever.
 */
import type { Tx } from './db.ts'
import { AppError } from './errors.ts'
import { sql } from './sql.ts'
import { addMs } from './time.ts'

export const keyHoursMax = 24
export const keyLengthMax = 255

export interface Claim {
  scope: string
  key: string
  route: string
  input_hash: string
}

/**
 * The stored answer of an earlier call, or null when this call is the first. Holds the key until the transaction
 * ends.
 */
export async function claim(tx: Tx, wanted: Claim): Promise<{ answer: unknown } | null> {
  const found = await tx.row<{ free: boolean; input_hash: string | null; answer: unknown; gone: boolean }>(sql`
    select pg_try_advisory_xact_lock(hashtextextended(${`${wanted.scope} ${wanted.key}`}::text, 0)) as free,
      stored.input_hash, stored.answer, stored.answer is null as gone
    from (select 1) one
    left join idempotency_keys stored on stored.scope = ${wanted.scope}::text and stored.key = ${wanted.key}::text`)
  if (found?.input_hash) {
    if (found.input_hash !== wanted.input_hash) throw new AppError('idempotency.key_reused', { key: wanted.key })
    if (found.gone) throw new AppError('idempotency.answer_forgotten', { key: wanted.key }, { status: 410 })
    return { answer: found.answer }
  }
  if (!found?.free)
    throw new AppError('idempotency.in_progress', { key: wanted.key, retry_after: 1 }, { status: 409 })
  return null
}

/** Keeps the answer with its key, in the transaction of the write itself. */
export async function keep(tx: Tx, wanted: Claim, answer: unknown): Promise<void> {
  const kept = await tx.run(sql`
    insert into idempotency_keys (scope, key, route, input_hash, answer, created_at)
    values (${wanted.scope}::text, ${wanted.key}::text, ${wanted.route}::text, ${wanted.input_hash}::text,
      ${JSON.stringify(answer ?? null)}::jsonb, ${tx.now}::timestamptz)
    on conflict (scope, key) do nothing`)
  if (kept === 0) throw new AppError('idempotency.in_progress', { key: wanted.key, retry_after: 1 }, { status: 409 })
}

/** Forgets keys older than 24 hours; answers how many. */
export async function forgetOld(tx: Tx): Promise<number> {
  return tx.run(
    sql`delete from idempotency_keys where created_at < ${addMs(tx.now, -keyHoursMax * 3_600_000)}::timestamptz`,
  )
}

/**
 * Takes the words out of kept answers that contain any of these texts (a person is to be forgotten). The keys stay: the
 * same call sent again still does nothing, and is told so (`idempotency.answer_forgotten`).
 */
export async function forgetAnswers(tx: Tx, texts: readonly string[]): Promise<number> {
  return tx.run(sql`
    update idempotency_keys set answer = null
    where answer is not null and exists (
      select from unnest(${texts}::text[]) as text where strpos(lower(answer::text), lower(text)) > 0)`)
}
