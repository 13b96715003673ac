/** Counts statements: what is done for a set must not grow with the set. */
import type { Tx } from '../src/base/db.ts'

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
