/**
 * How booking begins: members are locked, the rules come along, and what most sets look at is asked for in the same
 * breath, by the rules known last.
 */
import type { Tx } from '../../base/db.ts'
import { Kept, markSql } from '../../base/kept.ts'
import { sql, type Sql } from '../../base/sql.ts'
import * as program from '../../record/program/program.ts'
import * as tiers from '../tiers/tiers.ts'
import { climbersOf } from './climbing.ts'
import { rulesOf } from './law.ts'
import { read, type Laws, type Standing } from './reading.ts'
import { byMemberAndTime, byTime, type Want } from './wants.ts'

const laws = new Kept<Laws>()

/** The rules that hold, and who of the members owes. */
export interface Begun {
  laws: Laws
  standing: Standing
  ids: string
}

/**
 * Locks the members' balances, in sorted order so that parallel callers wait for each other and never in a circle,
 * and brings all rules and `draw` numbers for entries along. Rows that do not exist yet are made: a lock needs a
 * row. `whom`: their ids, one a row.
 */
async function begin(tx: Tx, whom: Sql, draw: number): Promise<Begun> {
  const rows = await tx.rows<{
    member_id: string | null
    debt: number
    seen_at: Date
    mark: string
    ids: string | null
  }>(sql`
    with locked as (
      insert into point_balances (member_id, updated_at)
      select member_id, ${tx.now}::timestamptz from ${whom}
      on conflict (member_id) do update set updated_at = greatest(point_balances.updated_at, excluded.updated_at)
      returning member_id, debt, updated_at
    )
    select member_id, debt, updated_at as seen_at, null as mark, null as ids
    from locked where debt > 0 or updated_at > ${tx.now}::timestamptz
    union all
    select null, 0, null, concat_ws(',', ${markSql('point_rules')}, ${tiers.markOfLaw()}), (${idsSql(draw)})`)
  const standing = new Map<string, { debt: number; seen_at: Date }>()
  for (const row of rows) if (row.member_id !== null) standing.set(row.member_id, row)
  const { mark, ids } = rows.find((row) => row.member_id === null)!
  return { laws: await laws.of(tx, mark, () => readLaws(tx)), standing, ids: ids ?? '' }
}

async function readLaws(tx: Tx): Promise<Laws> {
  const [rules, { tiers: steps, rules: climbs }] = await Promise.all([rulesOf(tx), tiers.lawOf(tx, '')])
  return { rules, ladder: { tiers: steps, rules: climbs } }
}

/** Numbers drawn with the lock: a want makes an entry, and may make a lot that begins or ends on the way. */
const drawn_by_want = 3

/** Wants whose members are being locked. */
export interface Beginning {
  wants: readonly Want[]
  /** In the order in which they are booked. */
  sorted: { want: Want; index: number }[]
  member_ids: string[]
  climbers: string[]
  zone: string
  begun: Promise<Begun>
  /** What was read by these rules, taking it that nobody owes; nothing where that would hardly be so. */
  early: { laws: Laws; found: ReturnType<typeof read> } | undefined
}

export interface BeginOptions {
  /** Nothing of this is booked, as the caller knows: what is read of it need not wait for that question. */
  is_fresh?: boolean
  /** Somebody may turn out to be no member, who has no purse and gets none. */
  is_guess?: boolean
}

/** Locks and reads ahead; answers at once, so that it leaves with what else is asked in this turn. */
export async function beginning(tx: Tx, wants: readonly Want[], options: BeginOptions = {}): Promise<Beginning> {
  const { time_zone: zone } = await program.current(tx)
  const climbers = climbersOf(wants)
  // who climbs by others' orders does so in the order of time too
  const inOrder = climbers.length > 0 ? byTime : byMemberAndTime
  const sorted = wants.map((want, index) => ({ want, index })).sort((a, b) => inOrder(a.want, b.want))
  const member_ids = [...new Set([...sorted.map(({ want }) => want.member_id), ...climbers])]
  if (climbers.length > 0) member_ids.sort()
  const whom = options.is_guess
    ? sql`(select m.member_id from members m where m.member_id = any (${member_ids}::uuid[]) and m.kind = 'member'
        order by m.member_id) m`
    : sql`unnest(${member_ids}::uuid[]) member_id`
  const begun = begin(tx, whom, wants.length * drawn_by_want)
  // most sets need what the rules known last say, of members who owe nothing: asked for with the lock
  const guess = options.is_fresh && climbers.length === 0 ? laws.guess(tx) : undefined
  const reading = { zone, member_ids, standing: new Map() }
  const open = sorted.map(({ want }) => want)
  const early = guess && { laws: guess, found: read(tx, open, guess, reading) }
  begun.catch(() => undefined)
  early?.found.catch(() => undefined)
  return { wants, sorted, member_ids, climbers, zone, begun, early }
}

/** So many numbers for entries, as one text: a function call a number, not a row. */
export function idsSql(count: number): Sql {
  return sql`
    select string_agg(nextval(entry_ids.sequence)::text, ',') as ids
    from (select pg_get_serial_sequence('point_entries', 'entry_id')::regclass as sequence offset 0) entry_ids,
      generate_series(1, ${count}::int)`
}
