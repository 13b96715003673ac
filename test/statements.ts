/** Counts statements, which must not grow with a set, and ways to the database. */
import type { Tx } from '../src/base/db.ts'
import { Wave } from '../src/base/wave.ts'

/** The same transaction, watched. A COPY counts as one statement, a savepoint as none. */
export function counted(tx: Tx): { tx: Tx; count(): number } {
  let count = 0
  const watched: Tx = {
    ...tx,
    rows: (...args) => ((count += 1), tx.rows(...args)),
    row: (...args) => ((count += 1), tx.row(...args)),
    run: (...args) => ((count += 1), tx.run(...args)),
    send: (...args) => ((count += 1), tx.send(...args)),
    copyIn: (...args) => ((count += 1), tx.copyIn(...args)),
  }
  return { tx: watched, count: () => count }
}

/** How often this work goes to the database: what is asked in one turn goes together. COPY is not counted. */
export async function waysOf(work: () => Promise<unknown>): Promise<number> {
  const submit = Wave.prototype.submit
  let ways = 0
  Wave.prototype.submit = function (...args) {
    ways += 1
    return submit.apply(this, args)
  }
  try {
    await work()
  } finally {
    Wave.prototype.submit = submit
  }
  return ways
}
