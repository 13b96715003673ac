/**
 * Writes purses: entries, lots, what entries took from lots, balances. A few rows are one statement, many are COPY.
 */
import { actorText } from '../../base/actor.ts'
import { copyBinary, type RowWriter } from '../../base/binary-rows.ts'
import { copy_rows_min, type Cell } from '../../base/bulk.ts'
import type { Tx } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import type { Draft, Lot, Purse } from './purse.ts'

/** A column: its name, its type, and how a row of T gives its value. */
type Column<T> = readonly [name: string, type: string, cell: (row: T) => Cell]

interface LotOf {
  member_id: string
  lot: Lot
}
interface PartOf {
  draft: Draft
  lot: Lot
  points: number
}

function entryColumns(tx: Tx): readonly Column<Draft>[] {
  const actor = actorText(tx.actor)
  return [
    ['member_id', 'uuid', (draft) => draft.member_id],
    ['entry_id', 'bigint', (draft) => draft.entry_id],
    ['kind', 'text', (draft) => draft.kind],
    ['points', 'bigint', (draft) => draft.points],
    ['debt', 'bigint', (draft) => draft.debt],
    ['lot_id', 'bigint', (draft) => draft.lot_id],
    ['order_id', 'uuid', (draft) => draft.order_id],
    ['source', 'text', (draft) => draft.source],
    ['source_id', 'text', (draft) => draft.source_id],
    ['corrects', 'bigint', (draft) => draft.corrects],
    ['occurred_at', 'timestamptz', (draft) => draft.occurred_at],
    ['recorded_at', 'timestamptz', () => tx.now],
    ['rule_version', 'int', (draft) => draft.rule_version],
    ['why', 'jsonb', (draft) => JSON.stringify(draft.why)],
    ['actor', 'text', () => actor],
  ]
}

const lotColumns: readonly Column<LotOf>[] = [
  ['member_id', 'uuid', ({ member_id }) => member_id],
  ['lot_id', 'bigint', ({ lot }) => lot.lot_id],
  ['granted', 'bigint', ({ lot }) => lot.granted],
  ['remaining', 'bigint', ({ lot }) => lot.remaining],
  ['corrected', 'bigint', ({ lot }) => lot.corrected],
  ['reversed', 'bigint', ({ lot }) => lot.reversed],
  ['expired', 'bigint', ({ lot }) => lot.expired],
  ['status', 'text', ({ lot }) => lot.status],
  ['earned_at', 'timestamptz', ({ lot }) => lot.earned_at],
  ['activates_on', 'date', ({ lot }) => lot.activates_on],
  ['expires_on', 'date', ({ lot }) => lot.expires_on],
  ['order_id', 'uuid', ({ lot }) => lot.order_id],
  ['rule_version', 'int', ({ lot }) => lot.rule_version],
  ['counted_minor', 'bigint', ({ lot }) => lot.counted_minor],
  ['refunded_minor', 'bigint', ({ lot }) => lot.refunded_minor],
  ['is_rolling', 'boolean', ({ lot }) => lot.is_rolling],
]
const changing = [
  'remaining',
  'corrected',
  'reversed',
  'expired',
  'status',
  'activates_on',
  'expires_on',
  'rule_version',
  'counted_minor',
  'refunded_minor',
]
const changedColumns = lotColumns.filter(
  ([name]) => name === 'member_id' || name === 'lot_id' || changing.includes(name),
)

const partColumns: readonly Column<PartOf>[] = [
  ['member_id', 'uuid', ({ draft }) => draft.member_id],
  ['entry_id', 'bigint', ({ draft }) => draft.entry_id],
  ['lot_id', 'bigint', ({ lot }) => lot.lot_id],
  ['points', 'bigint', ({ points }) => points],
]

/** Writes what came of a set. Nothing is written for purses in which nothing happened. */
export async function write(tx: Tx, purses: readonly Purse[]): Promise<void> {
  const touched = purses.filter((purse) => purse.drafts.length > 0 || purse.lots.some((lot) => lot.is_changed))
  if (touched.length === 0) return
  const drafts = touched.flatMap((purse) => purse.drafts)
  const made: LotOf[] = []
  const changed: LotOf[] = []
  for (const { member_id, lots } of touched) {
    for (const lot of lots) if (lot.is_changed) (lot.is_new ? made : changed).push({ member_id, lot })
  }
  const parts: PartOf[] = []
  for (const draft of drafts)
    for (const [lot, points] of draft.parts ?? []) if (points !== 0) parts.push({ draft, lot, points })
  const balances = balancesSql(touched)
  if (drafts.length < copy_rows_min) {
    tx.send(sql`
      with ${join([
        sql`entered as (${insertSql('point_entries', entryColumns(tx), drafts)})`,
        ...(made.length > 0 ? [sql`made as (${insertSql('point_lots', lotColumns, made)})`] : []),
        ...(changed.length > 0 ? [sql`changed as (${changeSql(changed)})`] : []),
        ...(parts.length > 0 ? [sql`parted as (${insertSql('point_entry_lots', partColumns, parts)})`] : []),
      ])}
      ${balances}`)
    return
  }
  await copyInto(tx, 'point_entries', entryColumns(tx), drafts)
  if (made.length > 0) await copyInto(tx, 'point_lots', lotColumns, made)
  if (parts.length > 0) await copyInto(tx, 'point_entry_lots', partColumns, parts)
  if (changed.length > 0) await tx.run(changeSql(changed))
  await tx.run(balances)
}

/** Table and column names come from this file only: they may stand in the text. */
function unnestSql<T>(columns: readonly Column<T>[], rows: readonly T[]): Sql {
  return join(columns.map(([, type, cell]) => castTo(rows.map(cell), type)))
}

function castTo(values: readonly Cell[], type: string): Sql {
  return casts[type]!(values)
}

/** Written out one by one, so that every text of a statement stands in the code. */
const casts: Record<string, (values: readonly Cell[]) => Sql> = {
  uuid: (values) => sql`${values as Plain}::uuid[]`,
  bigint: (values) => sql`${values as Plain}::bigint[]`,
  int: (values) => sql`${values as Plain}::int[]`,
  text: (values) => sql`${values}::text[]`,
  timestamptz: (values) => sql`${values}::timestamptz[]`,
  boolean: (values) => sql`${values as Plain}::boolean[]`,
  date: (values) => sql`${values as Plain}::date[]`,
  jsonb: (values) => sql`${values}::jsonb[]`,
}
type Plain = readonly (string | number | boolean | null)[]

const heads: Record<string, Sql> = {
  point_entries: sql`insert into point_entries (member_id, entry_id, kind, points, debt, lot_id, order_id, source,
    source_id, corrects,
    occurred_at, recorded_at, rule_version, why, actor)`,
  point_lots: sql`insert into point_lots (member_id, lot_id, granted, remaining, corrected, reversed, expired, status,
    earned_at,
    activates_on, expires_on, order_id, rule_version, counted_minor, refunded_minor, is_rolling)`,
  point_entry_lots: sql`insert into point_entry_lots (member_id, entry_id, lot_id, points)`,
}

function insertSql<T>(table: string, columns: readonly Column<T>[], rows: readonly T[]): Sql {
  return sql`${heads[table]!} select * from unnest(${unnestSql(columns, rows)})`
}

/** How a cell of each type is put down. */
const puts: Record<string, (out: RowWriter, value: Cell) => void> = {
  uuid: (out, value) => out.uuid((value ?? null) as string | null),
  bigint: (out, value) => out.bigint((value ?? null) as number | null),
  int: (out, value) => out.int((value ?? null) as number | null),
  text: (out, value) => out.text((value ?? null) as string | null),
  timestamptz: (out, value) => out.instant((value ?? null) as Date | null),
  boolean: (out, value) => out.truth((value ?? null) as boolean | null),
  date: (out, value) => out.day((value ?? null) as string | null),
  jsonb: (out, value) => out.jsonb((value ?? null) as string | null),
}

async function copyInto<T>(tx: Tx, table: string, columns: readonly Column<T>[], rows: readonly T[]): Promise<void> {
  const names = columns.map(([name]) => name).join(', ')
  const cells = columns.map(([, type, cell]) => ({ put: puts[type]!, cell }))
  await copyBinary(tx, `copy ${table} (${names})`, rows, (out, row) => {
    out.row(cells.length)
    for (const { put, cell } of cells) put(out, cell(row))
  })
}

function changeSql(changed: readonly LotOf[]): Sql {
  return sql`
    update point_lots lot set remaining = new.remaining, corrected = new.corrected, reversed = new.reversed,
      expired = new.expired,
      status = new.status, activates_on = new.activates_on, expires_on = new.expires_on,
      rule_version = new.rule_version, counted_minor = new.counted_minor,
        refunded_minor = new.refunded_minor
    from unnest(${unnestSql(changedColumns, changed)}) as new (member_id, lot_id, remaining, corrected, reversed,
      expired, status, activates_on, expires_on,
      rule_version, counted_minor, refunded_minor)
    where lot.member_id = new.member_id and lot.lot_id = new.lot_id`
}

/** Balances move by what lots and entries moved; the database refuses any that would fall below zero. */
function balancesSql(purses: readonly Purse[]): Sql {
  const rows = purses.map((purse) => {
    let [active, pending, next] = [-purse.active_before, -purse.pending_before, null as string | null]
    for (const lot of purse.lots) {
      if (lot.status === 'active') active += lot.remaining
      else if (lot.status === 'pending') pending += lot.remaining
      if (lot.remaining > 0 && lot.expires_on !== null && (next === null || lot.expires_on < next))
        next = lot.expires_on
    }
    let [earned, spent, expired] = [0, 0, 0]
    for (const { kind, points } of purse.drafts) {
      if (kind === 'earn' || kind === 'open') earned += points
      else if (kind === 'spend' || kind === 'restore') spent -= points
      else if (kind === 'expire') expired -= points
    }
    const debt = purse.debt - purse.debt_before
    return {
      member_id: purse.member_id,
      active,
      pending,
      debt,
      earned,
      spent,
      expired,
      next,
      is_whole: purse.is_whole,
    }
  })
  return sql`
    update point_balances balance set active = balance.active + moved.active, pending = balance.pending + moved.pending,
      debt = balance.debt + moved.debt, earned_total = balance.earned_total + moved.earned,
      spent_total = balance.spent_total + moved.spent, expired_total = balance.expired_total + moved.expired,
      next_expiry_on = case when moved.is_whole then moved.next_on else least(balance.next_expiry_on, moved.next_on) end
    from unnest(
      ${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.active)}::bigint[],
      ${rows.map((row) => row.pending)}::bigint[], ${rows.map((row) => row.debt)}::bigint[],
      ${rows.map((row) => row.earned)}::bigint[], ${rows.map((row) => row.spent)}::bigint[],
      ${rows.map((row) => row.expired)}::bigint[], ${rows.map((row) => row.next)}::date[],
      ${rows.map((row) => row.is_whole)}::boolean[]
    ) as moved (member_id, active, pending, debt, earned, spent, expired, next_on, is_whole)
    where balance.member_id = moved.member_id`
}
