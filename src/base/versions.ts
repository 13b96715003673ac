/**
 * Rules in versions: each is written once, with the moment from which it holds, and never edited. In force at a moment
 * is, of those whose time has come and that were not called off, the last to come. A table of versions has `version`,
 * `effective_from`, `created_at`, `called_off_at` and `called_off_by`.
 */
import { Type } from 'typebox'
import { actorText } from './actor.ts'
import type { Tx } from './db.ts'
import { AppError } from './errors.ts'
import { Instant, Nullable } from './routes.ts'
import { empty, raw, sql, type Sql } from './sql.ts'
import { addMs } from './time.ts'

/** May the version of this row hold at a moment? */
export const begunAt = (at: Date | Sql): Sql => sql`(called_off_at is null and effective_from <= ${at}::timestamptz)`

/**
 * Which of them holds: the first in this order. One that was written for the past came when it was written, and takes
 * the place of all before it; of those that come together the newest holds.
 */
export const lastToCome = sql`greatest(effective_from, created_at) desc, version desc`

/** All that are not called off, so that the last of a list whose time has come is in force. */
export const inOrder = sql`greatest(effective_from, created_at), version`

/**
 * Is the version of this row in force? `of` says of what, where a table holds the versions of many. Names come from the
 * code.
 */
export function inForceSql(table: string, at: Date, of: Sql = empty): Sql {
  return sql`version = (select version from ${raw(table)} where ${begunAt(at)} ${of}
    order by ${lastToCome} limit 1) is true`
}

/** Who called it off and when; null: nobody did. */
export interface CalledOff {
  called_off_at: Date | null
  called_off_by: string | null
}
export const calledOff = sql`called_off_at, called_off_by`
/** A version as lists show it, beside what it says. */
export interface ListedVersion extends CalledOff {
  version: number
  effective_from: Date
  note: string
  actor: string
  created_at: Date
  in_force: boolean
}
/** As a request names a moment; nothing: now. */
export const momentOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text)
export const VersionParams = Type.Object({ version: Type.Integer({ minimum: 1 }) })
export const CalledOffShape = { called_off_at: Nullable(Instant), called_off_by: Nullable(Type.String()) }

/** Which version is meant; `of` says of what, where a table holds the versions of many. Names come from the code. */
export interface Version {
  table: string
  /** What it is refused with: `<noun>.already_begun`. */
  code: string
  version: number
  of?: { column: string; id: string }
}

/**
 * A call-off is over, committed and seen by all, well before the version would have begun: what begins sooner counts as
 * begun, so that nothing is ever booked by a version that is then called off. It takes some thousandths of a second; a
 * server under the heaviest load, some seconds.
 */
const call_off_ms = 10_000

/** The noun of a code. */
export const nounOf = (code: string): string => code.slice(0, code.indexOf('.'))

/**
 * Calls off a version that has not begun; its row stays. Answers whether it was called off just now: doing so again
 * changes nothing. Throws `<noun>.not_found` and the version's code.
 */
export async function callOff(tx: Tx, { table, code, version, of }: Version): Promise<boolean> {
  const isMeant = sql`version = ${version}::int ${of ? sql`and ${raw(of.column)} = ${of.id}::uuid` : empty}`
  const called = await tx.run(sql`
    update ${raw(table)} set called_off_at = ${tx.now}::timestamptz, called_off_by = ${actorText(tx.actor)}::text
    where ${isMeant} and called_off_at is null
      and effective_from > ${addMs(tx.now, call_off_ms)}::timestamptz`)
  if (called > 0) return true
  const row = await tx.row<{ effective_from: Date; called_off_at: Date | null }>(sql`
    select effective_from, called_off_at from ${raw(table)} where ${isMeant}`)
  if (!row) throw new AppError(`${nounOf(code)}.not_found`, { version })
  if (row.called_off_at) return false
  const { effective_from } = row
  const params = { version, effective_from: effective_from.toISOString() }
  throw new AppError(code, params, { status: 409 })
}
