/**
 * The one way into the ledger. Every verb gives a set of wants; here the members are locked, their purses read, each
 * want booked in memory in the order of time (wants.ts decides), and all that came of it written. The number of
 * statements does not grow with members, orders or lots.
 */
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { Kept, markSql } from '../../base/kept.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as tiers from '../tiers/tiers.ts'
import { climb, climbersOf, whoClimbs } from './climbing.ts'
import { excludedLines } from './earning/excluded-lines.ts'
import { readScenes } from './earning/scenes.ts'
import { addLot, isPending, newPurse, type Booking, type Draft, type Lot, type Purse } from './purse.ts'
import type { EntryKind, PointOutcome, PointRuleVersion } from './types.ts'
import { bookWant } from './booking.ts'
import { rulesOf } from './law.ts'
import {
  byMemberAndTime,
  byTime,
  needsLots,
  type BookedSpend,
  type Context,
  type UndoWant,
  type Want,
} from './wants.ts'
import { heldOutcome, readHolds, writeHolds } from './holds.ts'
import { overdue } from './settling.ts'
import { write } from './writing.ts'

/** By what is booked. */
interface Laws {
  rules: PointRuleVersion[]
  ladder: Omit<tiers.Law, 'zone'>
}
const laws = new Kept<Laws>()

/** The rules that hold, and who of the members owes. */
interface Begun {
  laws: Laws
  /** Of members who owe, and of those whom a clock ahead of ours has seen. */
  standing: Map<string, { debt: number; seen_at: Date }>
  ids: string
}

/**
 * Locks the members' balances, in sorted order so that parallel callers wait for each other and never in a circle,
 * and brings all rules and `draw` numbers for entries along. Rows that do not exist yet are made: a lock needs a
 * row.
 */
async function begin(tx: Tx, member_ids: readonly string[], draw: number): Promise<Begun> {
  const rows = await tx.rows<{
    member_id: string | null
    debt: number
    seen_at: Date
    mark: string
    ids: string | null
  }>(sql`
    with locked as (
      insert into point_balances (member_id, updated_at)
      select member_id, ${tx.now}::timestamptz from unnest(${member_ids}::uuid[]) member_id
      on conflict (member_id) do update set updated_at = greatest(point_balances.updated_at, excluded.updated_at)
      returning member_id, debt, updated_at
    )
    select member_id, debt, updated_at as seen_at, null as mark, null as ids
    from locked where debt > 0 or updated_at > ${tx.now}::timestamptz
    union all
    select null, 0, null, concat_ws(',', ${markSql('point_rules')}, ${tiers.markOfLaw()}), (${idsSql(draw)})`)
  const standing: Begun['standing'] = new Map()
  for (const row of rows) if (row.member_id !== null) standing.set(row.member_id, row)
  const { mark, ids } = rows.find((row) => row.member_id === null)!
  return { laws: await laws.of(tx, mark, () => readLaws(tx)), standing, ids: ids ?? '' }
}

async function readLaws(tx: Tx): Promise<Laws> {
  const [rules, { tiers: steps, rules: climbs }] = await Promise.all([rulesOf(tx), tiers.lawOf(tx, '')])
  return { rules, ladder: { tiers: steps, rules: climbs } }
}

const keyOf = (one: { member_id: string; source: string; source_id: string }) =>
  `${one.member_id} ${one.source} ${one.source_id}`

interface BookedEntry {
  entry_id: number | null
  points: number | null
}

/** What is booked already, by what caused it: an entry, or progress of an order that no point rule looked at. */
async function bookedBefore(tx: Tx, wants: readonly Want[]): Promise<Map<string, BookedEntry>> {
  const rows = await tx.rows<BookedEntry & { member_id: string; source: string; source_id: string }>(sql`
    with wanted as materialized (
      select * from unnest(${wants.map((want) => want.member_id)}::uuid[], ${wants.map((want) => want.source)}::text[],
        ${wants.map((want) => want.source_id)}::text[]) as want (member_id, source, source_id)
    )
    select wanted.*, entry.entry_id, entry.points
    from wanted join point_entries entry
      on entry.member_id = wanted.member_id and entry.source = wanted.source and entry.source_id = wanted.source_id
    union all
    select wanted.*, null, null
    from wanted join tier_progress progress
      on progress.member_id = wanted.member_id and progress.source = wanted.source
        and progress.source_id = wanted.source_id
    where not exists (select from point_entries entry where entry.member_id = wanted.member_id
      and entry.source = wanted.source and entry.source_id = wanted.source_id)`)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

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

/** So many numbers for entries, as one text: a function call a number, not a row. */
function idsSql(count: number): Sql {
  return sql`
    select string_agg(nextval(entry_ids.sequence)::text, ',') as ids
    from (select pg_get_serial_sequence('point_entries', 'entry_id')::regclass as sequence offset 0) entry_ids,
      generate_series(1, ${count}::int)`
}

/** Numbers drawn with the lock: a want makes an entry, and may make a lot that begins or ends on the way. */
const drawn_by_want = 3

/**
 * Gives out numbers; what most sets need was drawn with the lock, a set whose members' lots begin or end draws again
 * when they are known.
 */
async function numbersFor(
  tx: Tx,
  wants: readonly Want[],
  purses: Map<string, Purse>,
  { drawn, today }: { drawn: string; today: string },
): Promise<() => number> {
  const last = wants.reduce((day, want) => (want.day > day ? want.day : day), today)
  // an event may bring forward what would begin later
  const mayBeginEarly = wants.some((want) => want.kind === 'event')
  let due = 0
  for (const purse of purses.values()) {
    for (const lot of purse.lots) {
      const begins = lot.status === 'pending' && (mayBeginEarly || !isPending(lot, last))
      if (begins || (lot.expires_on !== null && lot.expires_on <= last)) due += 2
    }
    if (purse.debt > 0) due += overdue(purse).length
  }
  const text = due === 0 ? drawn : `${drawn},${(await tx.row<{ ids: string }>(idsSql(due)))!.ids}`
  const ids = text.split(',')
  let next = 0
  return () => Number(ids[next++]!)
}

export interface BookOptions {
  /**
   * True when the caller knows that nothing of this is booked: a fact just written. The unique index still refuses a
   * second time.
   */
  is_fresh?: boolean
}

/** Books wants; answers one outcome for each, in their order. A refused one never fails the others. */
export async function book(tx: Tx, wants: readonly Want[], options: BookOptions = {}): Promise<PointOutcome[]> {
  if (wants.length === 0) return []
  const { time_zone } = await program.current(tx)
  const climbers = climbersOf(wants)
  // who climbs by others' orders does so in the order of time too
  const inOrder = climbers.length > 0 ? byTime : byMemberAndTime
  const sorted = wants.map((want, index) => ({ want, index })).sort((a, b) => inOrder(a.want, b.want))
  const member_ids = [...new Set([...sorted.map(({ want }) => want.member_id), ...climbers])]
  const beginning = begin(tx, climbers.length > 0 ? member_ids.sort() : member_ids, wants.length * drawn_by_want)
  // most sets need what the rules known last say, of members who owe nothing: asked for with the lock
  const guess = options.is_fresh && climbers.length === 0 ? laws.guess(tx) : undefined
  const early = guess && read(tx, wantsOf(sorted), guess, { zone: time_zone, member_ids, standing: new Map() })
  early?.catch(() => undefined)
  const { laws: holding, standing, ids } = await beginning
  const climbing = await whoClimbs(tx, climbers)
  const outcomes: PointOutcome[] = Array.from(wants, (_want, index) => ({ index, outcome: 'unchanged' }))
  const todo = options.is_fresh ? sorted : notBooked(sorted, await bookedBefore(tx, wants), outcomes)
  if (todo.length === 0) return outcomes
  const open = wantsOf(todo)
  const isRight = early && guess === holding && standing.size === 0
  const { purses, climbed, scenes, excluded, spends } = await (isRight
    ? early
    : read(tx, open, holding, { zone: time_zone, member_ids, standing, climbing }))
  const today = dayOf(tx.now, time_zone)
  const booking: Booking = {
    zone: time_zone,
    today,
    nextId: await numbersFor(tx, open, purses, { drawn: ids, today }),
  }
  const context: Context = {
    booking,
    rules: holding.rules,
    tierOf: climbed.tierOf,
    scenes,
    spendOf: (want) =>
      spends.get(keyOf({ member_id: want.member_id, source: want.spend_source, source_id: want.spend_source_id })),
  }
  for (const { want, index } of todo) {
    const booked = climbed.around(want, () => bookWant(purses.get(want.member_id)!, excluded.counting(want), context))
    if (booked === null) {
      if (want.kind === 'hold' || want.kind === 'release')
        outcomes[index] = heldOutcome(purses.get(want.member_id)!, want, index)
      continue
    }
    outcomes[index] =
      'code' in booked
        ? { index, outcome: 'refused', ...booked }
        : { index, outcome: 'booked', entry_id: booked.entry_id, points: booked.points }
  }
  const all = [...purses.values()]
  await Promise.all([climbed.write(), write(tx, all), writeHolds(tx, all), tell(tx, purses), excluded.write()])
  return outcomes
}

const wantsOf = (sorted: readonly { want: Want }[]) => sorted.map(({ want }) => want)

interface Reading {
  zone: string
  member_ids: readonly string[]
  standing: Begun['standing']
  climbing?: ReadonlySet<string>
}

/** All that deciding looks at, behind the lock: purses, tiers, scenes. */
async function read(tx: Tx, open: readonly Want[], { rules, ladder }: Laws, reading: Reading) {
  const { zone, member_ids, standing, climbing = new Set() } = reading
  const purses = new Map(
    member_ids.map((member_id) => [
      member_id,
      newPurse(member_id, standing.get(member_id) ?? { debt: 0, seen_at: tx.now }),
    ]),
  )
  const isLooking = (want: Want) => needsLots(want, rules) || (standing.get(want.member_id)?.debt ?? 0) > 0
  const looking = [...new Set(open.filter(isLooking).map((want) => want.member_id))]
  // none needs another's answer
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

/** Leaves out what is booked, and what stands in the set twice; the same source for another amount is refused. */
function notBooked(
  sorted: readonly { want: Want; index: number }[],
  known: Map<string, BookedEntry>,
  outcomes: PointOutcome[],
): { want: Want; index: number }[] {
  return sorted.filter(({ want, index }) => {
    // these are known by their hold, which bookWant looks at
    if (want.kind === 'hold' || want.kind === 'release') return true
    const booked = known.get(keyOf(want))
    if (!booked) {
      known.set(keyOf(want), { entry_id: null, points: wantedPoints(want) })
      return true
    }
    const { entry_id, points } = booked
    const wanted = wantedPoints(want)
    if (wanted !== null && points !== wanted) {
      outcomes[index] = {
        index,
        outcome: 'refused',
        code: 'points.source_reused',
        params: { source_id: want.source_id, points },
      }
    } else if (entry_id !== null) outcomes[index] = { index, outcome: 'unchanged', entry_id, points: points ?? 0 }
    return false
  })
}

/** What an entry of this want must say, where the want alone decides it. */
function wantedPoints(want: Want): number | null {
  if (want.kind === 'spend') return -want.points
  if (want.kind === 'restore') return want.points ?? null
  return want.kind === 'open' || want.kind === 'adjust' ? want.points : null
}

const factNames: Partial<Record<EntryKind, string>> = {
  earn: 'points.earned',
  reverse: 'points.reversed',
  activate: 'points.activated',
  spend: 'points.spent',
  restore: 'points.restored',
  expire: 'points.expired',
  adjust: 'points.adjusted',
}

/** One fact for each entry that moved something; what a member brought along from elsewhere is no news. */
async function tell(tx: Tx, purses: Map<string, Purse>): Promise<void> {
  const told: facts.Fact[] = []
  for (const { drafts, lots } of purses.values()) {
    for (const draft of drafts) {
      const name = factNames[draft.kind]
      const points = draft.kind === 'activate' ? (draft.why.params['points'] as number) : draft.points
      if (!name || points === 0) continue
      told.push({
        name,
        member_id: draft.member_id,
        occurred_at: draft.occurred_at,
        data: dataOf(draft, points, lots),
      })
    }
  }
  await facts.write(tx, told)
}

function dataOf(draft: Draft, points: number, lots: readonly Lot[]): Record<string, unknown> {
  const { entry_id, order_id, source, source_id } = draft
  if (draft.kind === 'earn') {
    const lot = lots.length === 1 ? lots[0]! : lots.find((one) => one.lot_id === draft.lot_id)!
    return { points, entry_id, order_id, activates_on: lot.activates_on, expires_on: lot.expires_on }
  }
  const data = { points: draft.kind === 'adjust' ? points : Math.abs(points), entry_id, source, source_id }
  return order_id === null ? data : { ...data, order_id }
}
