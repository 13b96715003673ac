/** Orders as CSV, page by page, so that memory stays flat however many fit. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { Db } from '../../base/db.ts'
import { page, type Filter } from './queries.ts'

/** Orders fetched at once: about half a megabyte. */
const page_rows = 2_000

/** What stands in the file, in this order; amounts are minor units, times UTC. */
const columns = [
  'source',
  'source_id',
  'kind',
  'status',
  'occurred_at',
  'ordered_on',
  'store_code',
  'store_name',
  'member_id',
  'member_kind',
  'display_name',
  'gross_minor',
  'discount_minor',
  'shipping_minor',
  'net_minor',
  'refunded_minor',
  'counts',
  'order_id',
] as const

/** A stream of CSV with a header; whoever opens it writes it full with `writeOrders`. */
export function openCsv(): ReturnType<typeof stringify> {
  // a spreadsheet must not take a member's name for a formula
  return stringify({
    header: true,
    bom: true,
    columns: [...columns],
    escape_formulas: true,
    cast: { date: (value) => value.toISOString(), boolean: String },
  })
}

/** Writes all orders that fit, newest first, waiting for a slow reader; then ends the stream. */
export async function writeOrders(
  db: Db,
  wanted: Filter,
  options: { zone: string; to: Writable; signal: AbortSignal },
): Promise<void> {
  const { zone, to, signal } = options
  let after: [string, string] | null = null
  for (;;) {
    signal.throwIfAborted()
    const rows = await page(db, wanted, zone, after, page_rows)
    for (const row of rows) if (!to.write(row)) await once(to, 'drain', { signal })
    const last = rows.at(-1)
    if (!last || rows.length < page_rows) break
    after = [last.occurred_at.toISOString(), last.order_id]
  }
  to.end()
}
