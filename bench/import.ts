import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import { atMost, median, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { orderOf } from './orders.ts'

const orders = 200_000
const memberCount = 60_000
const linesPerOrder = 5
/** The memory an import may hold, whatever the file's size. */
const megabytesMax = 400

/** 200,000 orders with 1,000,000 lines by the command, as a brand would do it; against COPY of the same lines. */
export const bench: Bench = {
  name: 'import',
  async run(tell) {
    const { db, folder, close } = await openBenchDatabase()
    try {
      const file = path.join(folder, 'orders.csv')
      await writeFile(file)
      const before = await bareCopy(db)
      let megabytes = 0
      const seconds = await secondsOf(async () => {
        megabytes = await runImport(folder, file)
      })
      const written = await db.row<{ n: number; lines: number; earned: number }>(sql`
        select (select count(*)::int from orders) as n, (select count(*)::int from order_lines) as lines,
          (select count(*)::int from point_entries) as earned`)
      if (written!.n !== orders || written!.lines !== orders * linesPerOrder)
        throw new Error(`imported ${JSON.stringify(written)}`)
      tell(`${Math.round(orders / seconds)} orders/s, ${written!.earned} entries, at most ${megabytes} MB`)
      // these machines change their speed within minutes
      const after = await bareCopy(db)
      const limit = median([before, after])
      tell(
        `bare COPY of ${orders * linesPerOrder} lines into one indexed table: ${before.toFixed(1)} s before it, ` +
          `${after.toFixed(1)} s after it`,
      )
      const measured = atMost(
        10,
        seconds,
        limit,
        's',
        `200,000 orders with 1,000,000 lines, everything included, ${megabytes} MB; against bare COPY of the lines`,
      )
      return { ...measured, ok: measured.ok && megabytes < megabytesMax }
    } finally {
      await close()
    }
  },
}

async function writeFile(file: string): Promise<void> {
  const out = createWriteStream(file)
  out.write('order_id,ordered_at,customer_id,store,sku,product_name,category,quantity,unit_price\n')
  const now = new Date()
  for (let n = 0; n < orders; n += 1) {
    const order = orderOf(n, memberCount, 'file', now)
    const at = new Date(order.occurred_at).toISOString()
    const head = `${order.source_id},${at},${order.member!.external_id!.id},${order.store}`
    const text = order.lines
      .map((line) => `${head},${line.sku},${line.name},${line.category},${line.quantity},${line.net_minor}\n`)
      .join('')
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

/** The command in its own process; answers the most memory it held, in MB. */
async function runImport(folder: string, file: string): Promise<number> {
  const command = path.join(import.meta.dirname, '../bin/regulars.js')
  const child = spawn(process.execPath, [command, 'import', 'orders', file, '--data', folder, '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let most = 0
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => (told = (told + chunk.toString()).slice(-2_000)))
  const { readFile } = await import('node:fs/promises')
  const watch = setInterval(() => {
    void readFile(`/proc/${child.pid}/status`, 'utf8')
      .then((status) => (most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))))
      .catch(() => undefined)
  }, 200)
  const [code] = (await once(child, 'exit')) as [number]
  clearInterval(watch)
  if (code !== 0) throw new Error(`import ended with ${code}: ${told}`)
  return Math.round(most / 1024)
}

/** The least that can be done with these lines. */
async function bareCopy(db: Db): Promise<number> {
  await db.run(sql`create table bare_lines (
    order_id text, at timestamptz, customer text, store text, sku text, name text, category text, quantity int,
      price int, line int,
    primary key (order_id, line))`)
  const now = new Date()
  const rows: string[] = []
  for (let n = 0; n < orders; n += 1) {
    const order = orderOf(n, memberCount, 'file', now)
    const at = new Date(order.occurred_at).toISOString()
    const head = `${order.source_id}\t${at}\t${order.member!.external_id!.id}\t${order.store}`
    rows.push(
      order.lines
        .map(
          (line, i) =>
            `${head}\t${line.sku}\t${line.name}\t${line.category}\t${line.quantity}\t${line.net_minor}\t${i}\n`,
        )
        .join(''),
    )
  }
  const seconds = await secondsOf(() =>
    db.tx({ actor: systemActor('bench') }, async (tx) => {
      const stream = await tx.copyIn('copy bare_lines from stdin')
      for (let at = 0; at < rows.length; at += 500) {
        if (!stream.write(rows.slice(at, at + 500).join(''))) await once(stream, 'drain')
      }
      stream.end()
      await once(stream, 'finish')
    }),
  )
  await db.run(sql`drop table bare_lines`)
  return seconds
}
