/**
 * A process that runs an import, for tests that kill it or weigh it:
 * `tsx test/import-child.ts <url> <import_id> [<chunk_weight> <rows>]`. With rows it stands still in the middle of the
 * transaction that books as many. Tells its progress, and at the end its peak in MB.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs'
import { systemActor } from '../src/base/actor.ts'
import { openDb } from '../src/base/db.ts'
import { bound } from '../src/app/hearers.ts'
import * as imports from '../src/value/imports/imports.ts'

const [url, import_id, chunk_weight, stands_at] = process.argv.slice(2) as [string, string, string?, string?]
const db = openDb(url, { bound })
const tell = (line: string) => writeSync(1, `${line}\n`)
await imports.run(db, import_id, {
  actor: systemActor('child'),
  ...(chunk_weight ? { chunk_weight: Number(chunk_weight) } : {}),
  onProgress: ({ stage, rows_booked }) => {
    tell(`${stage} ${rows_booked}`)
    if (stage !== 'booking' || rows_booked < Number(stands_at ?? Infinity)) return
    tell('stands')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
})
tell(`peak ${Math.round(peakKb() / 1024)}`)
await db.close()
process.exit(0)

/** Kilobytes this program held at most. Linux counts into `maxRSS` what its parent held when it started it. */
function peakKb(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS)
}
