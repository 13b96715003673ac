/**
 * The one way into the ledger. Every verb gives a set of wants; here the members are locked, their purses read, each
 * want booked in memory in the order of time (wants.ts decides), and all that came of it written. The number of
 * statements does not grow with members, orders or lots.
 */
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import { beginning, idsSql, type Beginning } from './beginning.ts'
import { bookWant } from './booking.ts'
import { whoClimbs } from './climbing.ts'
import { heldOutcome, writeHolds } from './holds.ts'
import { isPending, type Booking, type Draft, type Lot, type Purse } from './purse.ts'
import { keyOf, read } from './reading.ts'
import { overdue } from './settling.ts'
import type { EntryKind, PointOutcome } from './types.ts'
import type { Context, Want } from './wants.ts'
import { write } from './writing.ts'

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
  /** The beginning of just these wants, where it was made before. */
  begun?: Beginning | undefined
}

/** Books wants; answers one outcome for each, in their order. A refused one never fails the others. */
export async function book(tx: Tx, wants: readonly Want[], options: BookOptions = {}): Promise<PointOutcome[]> {
  if (wants.length === 0) return []
  const { sorted, member_ids, climbers, zone, begun, early } =
    options.begun ?? (await beginning(tx, wants, { is_fresh: options.is_fresh }))
  const { laws: holding, standing, ids } = await begun
  const climbing = await whoClimbs(tx, climbers)
  const outcomes: PointOutcome[] = Array.from(wants, (_want, index) => ({ index, outcome: 'unchanged' }))
  const todo = options.is_fresh ? sorted : notBooked(sorted, await bookedBefore(tx, wants), outcomes)
  if (todo.length === 0) return outcomes
  const open = todo.map(({ want }) => want)
  const { purses, climbed, scenes, excluded, spends } = await (early?.laws === holding && standing.size === 0
    ? early.found
    : read(tx, open, holding, { zone, member_ids, standing, climbing }))
  const today = dayOf(tx.now, zone)
  const booking: Booking = {
    zone,
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
