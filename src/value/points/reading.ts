/** All that deciding looks at, behind the members' lock: purses with their lots and holds, tiers, scenes, spends. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type * as tiers from '../tiers/tiers.ts'
import { climb } from './climbing.ts'
import { excludedLines } from './earning/excluded-lines.ts'
import { readScenes } from './earning/scenes.ts'
import { readHolds } from './holds.ts'
import { addLot, newPurse, type Lot, type Purse } from './purse.ts'
import type { PointRuleVersion } from './types.ts'
import { needsLots, type BookedSpend, type UndoWant, type Want } from './wants.ts'

/** By what is booked. */
export interface Laws {
  rules: PointRuleVersion[]
  ladder: Omit<tiers.Law, 'zone'>
}

/** Of members who owe, and of those whom a clock ahead of ours has seen. */
export type Standing = ReadonlyMap<string, { debt: number; seen_at: Date }>

/** What caused an entry, as one text. */
export const keyOf = (one: { member_id: string; source: string; source_id: string }) =>
  `${one.member_id} ${one.source} ${one.source_id}`

const lotColumns = sql`lot.member_id, lot.lot_id, lot.granted, lot.remaining, lot.corrected, lot.reversed,
  lot.expired, lot.status,
  lot.earned_at, lot.activates_on, lot.expires_on, lot.order_id, lot.rule_version, lot.counted_minor,
    lot.refunded_minor, lot.is_rolling`

/** Lots with something left of every purse that is looked into, and those that keep the accounts of orders named. */
async function readLots(
  tx: Tx,
  wants: readonly Want[],
  purses: Map<string, Purse>,
  looking: readonly string[],
): Promise<void> {
  if (looking.length === 0) return
  const orders = wants.filter(
    (want) => (want.kind === 'refund' && want.order_id !== null) || want.kind === 'rebook' || want.kind === 'event',
  )
  const spends = wants.filter(isUndo)
  const rows = await tx.rows<Omit<Lot, 'is_new' | 'is_changed'> & { member_id: string }>(sql`
    select ${lotColumns} from point_lots lot where lot.member_id = any (${looking}::uuid[]) and lot.remaining > 0
    union
    select ${lotColumns}
    from unnest(${orders.map((want) => want.member_id)}::uuid[],
      ${orders.map((want) => ('order_id' in want ? want.order_id : null))}::text[]) as wanted (member_id, order_id)
    join point_entries entry on entry.member_id = wanted.member_id and entry.source = 'order'
      and entry.source_id = wanted.order_id
    join point_lots lot on lot.member_id = entry.member_id and lot.lot_id = entry.entry_id
    union
    select ${lotColumns}
    from unnest(${spends.map((want) => want.member_id)}::uuid[],
      ${spends.map((want) => want.spend_source)}::text[],
      ${spends.map((want) => want.spend_source_id)}::text[]) as wanted (member_id, source, source_id)
    join point_entries entry
      on entry.member_id = wanted.member_id and entry.source = wanted.source and entry.source_id = wanted.source_id
    join point_entry_lots part on part.member_id = entry.member_id and part.entry_id = entry.entry_id
    join point_lots lot on lot.member_id = part.member_id and lot.lot_id = part.lot_id`)
  for (const member_id of looking) purses.get(member_id)!.is_whole = true
  for (const { member_id, ...lot } of rows.sort((a, b) => a.lot_id - b.lot_id)) addLot(purses.get(member_id)!, lot)
}

const isUndo = (want: Want): want is UndoWant => want.kind === 'restore' || want.kind === 'take_back'

/** The spends that are to be given back, and what was lent, and whether they were. */
async function readSpends(tx: Tx, wants: readonly Want[]): Promise<Map<string, BookedSpend>> {
  const restores = wants.filter(isUndo)
  const found = new Map<string, BookedSpend>()
  if (restores.length === 0) return found
  const rows = await tx.rows<{
    member_id: string
    source: string
    source_id: string
    entry_id: number
    lot_id: number
    points: number
    restored: number
  }>(sql`
    select distinct wanted.*, entry.entry_id, part.lot_id, part.points, (
        select coalesce(sum(later.points), 0)::bigint from point_entries later
        where later.member_id = entry.member_id and later.corrects = entry.entry_id and later.kind = 'restore'
      ) as restored
    from unnest(${restores.map((want) => want.member_id)}::uuid[], ${restores.map((want) => want.spend_source)}::text[],
      ${restores.map((want) => want.spend_source_id)}::text[],
      ${restores.map((want) => (want.kind === 'restore' ? 'spend' : 'adjust'))}::text[]
    ) as wanted (member_id, source, source_id, kind)
    join point_entries entry on entry.member_id = wanted.member_id and entry.source = wanted.source
      and entry.source_id = wanted.source_id and entry.kind = wanted.kind
    join point_entry_lots part on part.member_id = entry.member_id and part.entry_id = entry.entry_id
    order by part.lot_id`)
  for (const row of rows) {
    const spend = found.get(keyOf(row)) ?? { entry_id: row.entry_id, parts: [], restored: row.restored }
    spend.parts.push({ lot_id: row.lot_id, points: row.points })
    found.set(keyOf(row), spend)
  }
  return found
}

export interface Reading {
  zone: string
  member_ids: readonly string[]
  standing: Standing
  climbing?: ReadonlySet<string>
}

/** Reads what these wants need; none of its questions needs another's answer. */
export async function read(tx: Tx, open: readonly Want[], { rules, ladder }: Laws, reading: Reading) {
  const { zone, member_ids, standing, climbing = new Set() } = reading
  const purses = new Map(
    member_ids.map((member_id) => [
      member_id,
      newPurse(member_id, standing.get(member_id) ?? { debt: 0, seen_at: tx.now }),
    ]),
  )
  const isLooking = (want: Want) => needsLots(want, rules) || (standing.get(want.member_id)?.debt ?? 0) > 0
  const looking = [...new Set(open.filter(isLooking).map((want) => want.member_id))]
  const [climbed, scenes, excluded, spends] = await Promise.all([
    climb(tx, { ...ladder, zone }, open, climbing),
    readScenes(tx, open, rules),
    excludedLines(tx, open, rules),
    readSpends(tx, open),
    readLots(tx, open, purses, looking),
    readHolds(tx, open, purses, looking),
  ])
  return { purses, climbed, scenes, excluded, spends }
}
