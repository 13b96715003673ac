/** Statements as the driver takes them: named where a plan is worth keeping, with arrays written by ourselves. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { arrayOf } from './arrays.ts'
import { binaryArrayOf } from './binary-arrays.ts'
import { isPostgresError } from './errors.ts'
import type { Sql } from './sql.ts'
import type { Written } from './wave.ts'

/** How one statement may be run otherwise than by default. */
export interface StatementOptions {
  /** false: never keep a server-side plan (text built anew for each condition). */
  prepare?: boolean
}

/**
 * Beyond this many array elements a plan made without looking guesses wrongly (it takes any array for ten elements, and
 * so joins a hundred members row by row: 66 ms instead of 9), and the planning costs little against the work.
 */
const preparedElementsMax = 1000
/** Distinct texts we keep in mind; a program has a few hundred, so reaching it means texts are built at run time. */
const namesMax = 2000

/** What is known of a text that comes again. */
interface Known {
  name: string
  types: ArrayTypes
}

/** By place of the value: the type its text says behind it when that is an array, `uuid` for `::uuid[]`. */
type ArrayTypes = readonly (string | undefined)[]

const known = new Map<string, Known>()

function isNamed(values: readonly unknown[], options?: StatementOptions): boolean {
  if (options?.prepare === false) return false
  for (const value of values) {
    if (Array.isArray(value) && value.length > preparedElementsMax) return false
    if (typeof value === 'string' && value.length > 100_000) return false
  }
  return true
}

const arrayType = /^::([a-z]+)\[\]/

/** A text made by hand has no `strings`: its arrays go as text. */
function typesOf({ strings }: Pick<Sql, 'strings'>, values: readonly unknown[]): ArrayTypes {
  return values.map((_value, i) => arrayType.exec(strings?.[i + 1] ?? '')?.[1])
}

/** As the driver takes it. The text of a template is put together whenever it is asked for: once is enough. */
export function configOf(statement: Sql, options?: StatementOptions): Written {
  const { text, values } = statement
  const kept = isNamed(values, options) ? keptOf(text, statement) : undefined
  const types = kept?.types ?? typesOf(statement, values)
  const config = { text, values: values.map((value, i) => asParameter(value, types[i])) }
  return kept ? { ...config, name: kept.name } : config
}

function keptOf(text: string, statement: Sql): Known | undefined {
  const found = known.get(text)
  if (found || known.size >= namesMax) return found
  const name = `r_${createHash('sha1').update(text).digest('hex').slice(0, 20)}`
  const made = { name, types: typesOf(statement, statement.values) }
  known.set(text, made)
  return made
}

/** Asks a pool, or a connection outside of a transaction. */
export async function query<T extends pg.QueryResultRow>(
  client: pg.Pool | pg.PoolClient,
  statement: Sql,
  options?: StatementOptions,
): Promise<pg.QueryResult<T>> {
  const config = configOf(statement, options)
  try {
    return await client.query<T>(config)
  } catch (thrown) {
    throw addStatement(thrown, config.text)
  }
}

/** Arrays and instants as PostgreSQL reads them; the driver's own writing takes five times as long. */
function asParameter(value: unknown, type: string | undefined): string | Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return (type && binaryArrayOf(value, type)) ?? arrayOf(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object') return String(value)
  return Buffer.isBuffer(value) ? value : JSON.stringify(value)
}

/** A PostgreSQL error says where in the text it stumbled only by offset: keep the head of the text with it. */
export function addStatement(thrown: unknown, text: string): unknown {
  if (isPostgresError(thrown) && !Object.hasOwn(thrown, 'statement')) {
    Object.defineProperty(thrown, 'statement', { value: text.slice(0, 2000), enumerable: false })
  }
  return thrown
}
