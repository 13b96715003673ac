/** Statements as the driver takes them: named where a plan is worth keeping, with arrays written by ourselves. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { arrayOf } from './arrays.ts'
import { isPostgresError } from './errors.ts'
import type { Sql } from './sql.ts'

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
/** Distinct texts we keep a name for; a program has a few hundred, so reaching it means texts are built at run time. */
const namesMax = 2000

const names = new Map<string, string>()

function nameOf(text: string, values: readonly unknown[], options?: StatementOptions): string | undefined {
  if (options?.prepare === false) return undefined
  for (const value of values) {
    if (Array.isArray(value) && value.length > preparedElementsMax) return undefined
    if (typeof value === 'string' && value.length > 100_000) return undefined
  }
  let name = names.get(text)
  if (!name) {
    if (names.size >= namesMax) return undefined
    name = `r_${createHash('sha1').update(text).digest('hex').slice(0, 20)}`
    names.set(text, name)
  }
  return name
}

/** As the driver takes it. The text of a template is put together whenever it is asked for: once is enough. */
export function configOf({ text, values }: Sql, options?: StatementOptions): pg.QueryConfig<unknown[]> {
  const name = nameOf(text, values, options)
  const config = { text, values: values.map(asParameter) }
  return name ? { ...config, name } : config
}

/** Asks a pool or a connection. */
export async function query<T extends pg.QueryResultRow>(
  client: pg.Pool | pg.PoolClient,
  statement: Sql,
  options?: StatementOptions,
): Promise<pg.QueryResult<T>> {
  return run(client, configOf(statement, options))
}

/** The same with what `configOf` made. */
export async function run<T extends pg.QueryResultRow>(
  client: pg.Pool | pg.PoolClient,
  config: pg.QueryConfig<unknown[]>,
): Promise<pg.QueryResult<T>> {
  try {
    return await client.query<T>(config)
  } catch (thrown) {
    throw addStatement(thrown, config.text)
  }
}

/** Arrays and instants as PostgreSQL reads them; the driver's own writing takes five times as long. */
function asParameter(value: unknown): unknown {
  if (Array.isArray(value)) return arrayOf(value) ?? value
  return value instanceof Date ? value.toISOString() : value
}

/** A PostgreSQL error says where in the text it stumbled only by offset: keep the head of the text with it. */
function addStatement(thrown: unknown, text: string): unknown {
  if (isPostgresError(thrown)) {
    Object.defineProperty(thrown, 'statement', { value: text.slice(0, 2000), enumerable: false })
  }
  return thrown
}
