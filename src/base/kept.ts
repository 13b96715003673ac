/**
 * What a program keeps of rows that change rarely (rules, ladders), so that not every till's order carries them over
 * anew. Nothing is believed: each transaction asks for the tables' mark, and reads again when it differs. Before the
 * answer is there, what is kept may be taken for a guess.
 */
import type { Tx } from './db.ts'
import { join, raw, sql, type Sql } from './sql.ts'

/**
 * The mark of a small table's contents: how many rows, and which transactions and commands wrote them. Any insert,
 * update or delete changes it, also inside the transaction that makes it. Table names come from the code.
 */
export function markSql(table: string): Sql {
  return sql`(select concat_ws(' ', count(*), sum(xmin::text::bigint), sum(cmin::text::bigint)) from ${raw(table)})`
}

interface Asked {
  mark: Sql
  resolve(mark: string): void
  reject(thrown: unknown): void
}
const asking = new WeakMap<Tx, Asked[]>()

/** The text that this comes to; what is asked for in one turn is one statement. */
function asked(tx: Tx, mark: Sql): Promise<string> {
  return new Promise((resolve, reject) => {
    const others = asking.get(tx)
    if (others) return void others.push({ mark, resolve, reject })
    const all: Asked[] = [{ mark, resolve, reject }]
    asking.set(tx, all)
    queueMicrotask(() => {
      asking.delete(tx)
      const marks = join(all.map((one) => one.mark))
      tx.row<{ marks: string[] }>(sql`select array[${marks}]::text[] as marks`).then(
        (row) => all.forEach((one, i) => one.resolve(row!.marks[i]!)),
        (thrown) => all.forEach((one) => one.reject(thrown)),
      )
    })
  })
}

/** By database the tables that were seen to hold something. */
const filled = new WeakMap<object, Set<string>>()

/**
 * What is read of a table that most brands leave empty: there nothing is read. One that was ever seen with a row is
 * asked at once. Table names come from the code.
 */
export async function unlessEmpty<Row>(tx: Tx, table: string, read: () => Promise<Row[]>): Promise<Row[]> {
  const known = filled.get(tx.home) ?? new Set()
  if (known.has(table)) return read()
  if ((await asked(tx, sql`exists (select from ${raw(table)})::text`)) === 'false') return []
  filled.set(tx.home, known.add(table))
  return read()
}

/** A value by database. */
export class Kept<Value> {
  readonly #by = new WeakMap<object, { mark: string; value: Value }>()

  /** What was kept last, right or not. */
  guess(tx: Tx): Value | undefined {
    return this.#by.get(tx.home)?.value
  }

  /** The value now: kept while the tables' mark is the same, else read. */
  async current(tx: Tx, tables: readonly string[], read: () => Promise<Value>): Promise<Value> {
    return this.of(tx, await asked(tx, sql`concat_ws(',', ${join(tables.map(markSql))})`), read)
  }

  /** The value of this mark: kept, or read and kept from now on. The mark must have been asked for before. */
  async of(tx: Tx, mark: string, read: () => Promise<Value>): Promise<Value> {
    const kept = this.#by.get(tx.home)
    if (kept?.mark === mark) return kept.value
    const value = await read()
    this.#by.set(tx.home, { mark, value })
    return value
  }
}
