/**
 * Files brought in, for tests: a founded program on a database of its own, a folder for files, and what the books
 * say after.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemActor } from '../src/base/actor.ts'
import { openDb, type Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import { found } from '../src/app/found.ts'
import { bound } from '../src/app/hearers.ts'
import * as imports from '../src/value/imports/imports.ts'
import { createTestDatabase } from './database.ts'

export const actor = systemActor('test')

export interface How extends Partial<imports.RunOptions> {
  kind?: 'orders' | 'members'
  /** Name of the file; its bytes decide what it is. */
  name?: string
  preset?: string
  source?: string
  encoding?: string
  mapping?: Partial<imports.Mapping>
  points_as_of?: string
}

export interface Bringing {
  db: Db
  url: string
  folder: string
  /** Writes a file and answers where it lies. */
  file(content: string | Uint8Array, name?: string): string
  /** Looks at it and keeps it as an import that waits. */
  keep(content: string | Uint8Array, how?: How): Promise<imports.Import>
  /** All the way: look, keep, start, run. */
  bring(content: string | Uint8Array, how?: How): Promise<imports.Import>
  run(import_id: string, how?: How): Promise<imports.Import>
  /** Row results: `row outcome code,code …`, in the order of the file. */
  said(import_id: string): Promise<string[]>
  /** Everything an import writes, told by what the outside calls it, never by ids that we draw. */
  books(): Promise<Record<string, unknown[]>>
  close(): Promise<void>
}

export async function openBringing(
  program: { currency: string; time_zone: string } = { currency: 'TWD', time_zone: 'Asia/Taipei' },
): Promise<Bringing> {
  const database = await createTestDatabase()
  const db = openDb(database.url, { bound })
  const folder = mkdtempSync(path.join(tmpdir(), 'regulars-bring-'))
  await db.tx({ actor }, (tx) => found(tx, { name: 'Test', ...program }))
  let files = 0
  const file: Bringing['file'] = (content, name = `file-${(files += 1)}.csv`) => {
    const place = path.join(folder, name)
    writeFileSync(place, content)
    return place
  }
  const keep: Bringing['keep'] = async (content, how = {}) => {
    const { kind = 'orders', preset, source, encoding, mapping, name, points_as_of } = how
    const kept = await imports.fileInPlace(file(content, name))
    const looked = await imports.look(kept.file_path, { kind, country: 'TW', preset, source, encoding })
    const input = {
      ...kept,
      ...looked,
      kind,
      file_name: name ?? 'file.csv',
      is_upload: false,
      mapping: { ...looked.mapping, ...mapping },
    }
    return db.tx({ actor }, (tx) => imports.create(tx, { ...input, points_as_of: points_as_of ?? null }))
  }
  const run: Bringing['run'] = (import_id, how = {}) => imports.run(db, import_id, { actor, ...how })
  return {
    db,
    url: database.url,
    folder,
    file,
    keep,
    run,
    async bring(content, how = {}) {
      const { import_id } = await keep(content, how)
      await db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
      return run(import_id, how)
    },
    async said(import_id) {
      const { data } = await imports.results(db, import_id, { limit: 5_000 })
      return data.map(
        ({ row_no, outcome, details }) => `${row_no} ${outcome} ${details.map((one) => one.code).join(',')}`,
      )
    },
    books: () => booksOf(db),
    async close() {
      await db.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Who a member is outside: the id in the file's system, else a contact; all walk-ins are one. */
const who = sql`case m.kind when 'walk_in' then 'walk-in'
  else m.kind || ' ' || coalesce(m.external_id, m.phone, m.email, '?') end as who`

async function booksOf(db: Db): Promise<Record<string, unknown[]>> {
  return {
    orders: await db.rows(sql`
      select ${who}, o.source, o.source_id, o.kind, o.status, o.occurred_at, o.net_minor, o.gross_minor,
        o.discount_minor,
        o.shipping_minor, o.refunded_minor, o.counts
      from orders o join members m using (member_id) order by o.source, o.source_id`),
    lines: await db.rows(sql`
      select o.source, o.source_id, l.line_no, l.sku, l.quantity::float8 as quantity, l.net_minor, l.refunded_minor
      from order_lines l join orders o using (member_id, order_id) order by 1, 2, 3`),
    refunds: await db.rows(sql`
      select ${who}, r.source, r.source_id, r.occurred_at, r.net_minor, r.unmatched_minor
      from order_refunds r join members m using (member_id) order by r.source, r.source_id`),
    refund_lines: await db.rows(sql`
      select r.source, r.source_id, l.line_no, l.sku, l.quantity::float8 as quantity, l.net_minor, o.source_id
        as order_source_id
      from order_refund_lines l join order_refunds r using (member_id, refund_id)
      left join orders o on o.member_id = l.member_id and o.order_id = l.order_id order by 1, 2, 3`),
    statistics: await db.rows(sql`
      select ${who}, s.order_count, s.net_minor, s.first_order_on, s.last_order_on, s.purchase_days,
        s.usual_interval_days, s.state
      from member_statistics s join members m using (member_id) order by 1`),
    points: await db.rows(sql`
      select ${who}, b.active, b.pending, b.debt, b.earned_total, b.spent_total, b.expired_total
      from point_balances b join members m using (member_id) order by 1`),
    entries: await db.rows(sql`
      select ${who}, e.kind, e.points, e.occurred_at, count(*)::int as times
      from point_entries e join members m using (member_id) group by 1, 2, 3, 4 order by 1, 4, 2, 3`),
    tiers: await db.rows(sql`
      select ${who}, t.code, h.since, h.review_on
      from member_tiers h join members m using (member_id) join tiers t using (tier_id) order by 1`),
    consents: await db.rows(sql`
      select ${who}, c.channel, c.purpose, c.status from member_consents c
        join members m using (member_id) order by 1, 2, 3`),
    facts: await db.rows(sql`
      select ${who}, f.name, f.occurred_at, count(*)::int as times
      from facts f join members m using (member_id) group by 1, 2, 3 order by 1, 3, 2`),
  }
}

/** CSV of rows; cells with commas are quoted. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('')
}
