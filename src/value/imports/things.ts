/** What a file sells and where: noted while reading, made before booking. */
import { copyRows } from '../../base/bulk.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as products from '../../record/products/products.ts'
import * as stores from '../../record/stores/stores.ts'

/** Products noted at most: more are made as they are booked. A text of 20 letters in a map takes some 100 bytes. */
const things_max = 200_000
/** Products made by one call. */
const atOnce = 20_000

export interface Thing {
  kind: 'product' | 'store'
  code: string
  name: string | null
  category: string | null
  row_no: number
}

/** Notes each product once, and once more when a later row gives the name or category that was missing. */
export interface ThingBook {
  product(sku: string, name: string | null, category: string | null, row_no: number): void
  store(code: string, row_no: number): void
  /** What was noted since it was asked last. */
  take(): Thing[]
}

export function thingBook(): ThingBook {
  const known = new Map<string, number>()
  const shops = new Set<string>()
  let fresh: Thing[] = []
  return {
    product(sku, name, category, row_no) {
      const says = (name ? 1 : 0) + (category ? 2 : 0)
      const said = known.get(sku)
      if (said !== undefined && (said | says) === said) return
      if (said === undefined && known.size >= things_max) return
      known.set(sku, (said ?? 0) | says)
      fresh.push({ kind: 'product', code: sku, name, category, row_no })
    },
    store(code, row_no) {
      if (shops.has(code) || shops.size >= things_max) return
      shops.add(code)
      fresh.push({ kind: 'store', code, name: null, category: null, row_no })
    },
    take() {
      const taken = fresh
      fresh = []
      return taken
    },
  }
}

export async function writeThings(tx: Tx, import_id: string, things: readonly Thing[]): Promise<void> {
  if (things.length === 0) return
  const rows = things.map(({ kind, code, name, category, row_no }) => [import_id, kind, code, name, category, row_no])
  await copyRows(tx, 'copy import_things (import_id, kind, code, name, category, row_no) from stdin', rows)
}

/** Makes the products and stores that nobody knows yet. */
export async function makeThings(tx: Tx, import_id: string): Promise<void> {
  const things = await thingsOf(tx, import_id)
  const items = things
    .filter((thing) => thing.kind === 'product')
    .map(({ code, name, category }) => ({ sku: code, name, category }))
  // a slice never parts the rows of one product: they would race for the first name
  items.sort((a, b) => (a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0))
  for (let from = 0; from < items.length;) {
    let to = Math.min(items.length, from + atOnce)
    while (to < items.length && items[to]!.sku === items[to - 1]!.sku) to += 1
    await products.resolve(tx, items.slice(from, to))
    from = to
  }
  await stores.resolve(
    tx,
    things.filter((thing) => thing.kind === 'store').map((thing) => thing.code),
  )
}

async function thingsOf(db: Reader, import_id: string): Promise<Thing[]> {
  return db.rows<Thing>(sql`
    select kind, code, name, category, row_no from import_things where import_id = ${import_id}::uuid order by row_no`)
}
