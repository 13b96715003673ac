/** Rows that carry anonymous receipts: 64 a store, so that no part of a cluster runs hot. */
import { createHash } from 'node:crypto'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'

/** Rows a store; one set more for receipts that name no store. */
export const walk_ins_per_store = 64

/** An anonymous receipt: where, and any key of its own (its number), which chooses the row. */
export interface WalkIn {
  store_id: string | null
  key: string
}

/**
 * The walk-in row for each receipt, made when first needed. Its id is derived from store and slot (a UUID of version
 * 8), so nobody has to be asked which row it is, and two processes make the same one.
 */
export async function walkIn(tx: Tx, wants: readonly WalkIn[]): Promise<string[]> {
  const rows = new Map<string, { member_id: string; store_id: string | null }>()
  const member_ids = wants.map(({ store_id, key }) => {
    const slot = createHash('sha256').update(key).digest()[0]! % walk_ins_per_store
    const name = `${store_id ?? 'none'} ${slot}`
    const row = rows.get(name) ?? { member_id: idOf(name), store_id }
    rows.set(name, row)
    return row.member_id
  })
  if (rows.size === 0) return []
  const sorted = [...rows.values()].sort((a, b) => (a.member_id < b.member_id ? -1 : 1))
  await tx.run(sql`
    insert into members (member_id, kind, walk_in_store_id, created_at, updated_at)
    select wanted.member_id, 'walk_in', wanted.store_id, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from unnest(${sorted.map((row) => row.member_id)}::uuid[], ${sorted.map((row) => row.store_id)}::uuid[])
      as wanted (member_id, store_id)
    where not exists (select from members known where known.member_id = wanted.member_id)
    on conflict (member_id) do nothing`)
  return member_ids
}

function idOf(name: string): string {
  const bytes = createHash('sha256').update(`walk-in ${name}`).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
