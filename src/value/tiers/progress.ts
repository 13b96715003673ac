/** What orders, refunds and the points they bring make of their members' tiers. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { accountsFor, writeAccounts, type ProgressRow, type Wanted } from './accounts.ts'
import { lookAt, takeStep, type Account } from './climb.ts'
import { countsOrders, countsPoints, type Stored } from './measures.ts'
import { countedOf, countingOf, ruleAt, type Law } from './rules.ts'
import type { HeldBefore, ProgressMove, TierRuleVersion } from './types.ts'

/**
 * What moves make of who climbs by them. Moves are taken one after the other, in the order of time: first `before`,
 * which takes the move itself and answers the tier that its member held before it, then `earned`, if it brought or took
 * points.
 */
export interface Progress {
  before(nth: number): HeldBefore
  /** Points that the order earned, or minus those that its refund took back. */
  earned(nth: number, points: number): void
  /** Writes all that was decided. */
  write(): Promise<void>
}

/** When an order counted, and by which rule. */
interface Original {
  counted_on: string
  rule_version: number | null
}

interface Climb {
  law: Law
  moves: readonly ProgressMove[]
  accounts: Map<string, Account>
  original: Map<string, Original>
  supplements: ReadonlySet<string>
  rows: ProgressRow[]
}

/**
 * Decides what moves make of tiers. Moves that touch one account, as whose order it is or as who climbs, must come in
 * the order of time. The caller holds the lock of both, has seen to it that no move is booked twice, takes the moves
 * one by one, and writes.
 */
export async function progress(tx: Tx, law: Law, moves: readonly ProgressMove[]): Promise<Progress> {
  const lowest = law.tiers[0]?.code ?? null
  if (law.tiers.length === 0 || law.rules.length === 0) {
    return { before: () => ({ tier_code: lowest }), earned: () => undefined, write: async () => undefined }
  }
  const original = await originalsOf(tx, law, moves)
  const supplements = countsOrders(law) ? await supplementsOf(tx, moves) : new Set<string>()
  const accounts = await accountsFor(tx, law, wantedFor(moves, original))
  const climb: Climb = { law, moves, accounts, original, supplements, rows: [] }
  const points = countsPoints(law)
  return {
    before: (nth) => ({ tier_code: law.tiers[taken(climb, moves[nth]!)]?.code ?? lowest }),
    earned: (nth, amount) => void (points && earned(climb, moves[nth]!, amount)),
    write: () => writeAccounts(tx, law, { progress: climb.rows, accounts: [...accounts.values()] }),
  }
}

const keyOf = (member_id: string, order_id: string) => `${member_id} ${order_id}`

/** A move that somebody climbs by: nearly always its own member. */
type Climbing = ProgressMove & { climber_id: string }
const isClimbing = (move: ProgressMove): move is Climbing => move.climber_id !== null

/** Takes a move; answers the rank that its own member held before. */
function taken(climb: Climb, move: ProgressMove): number {
  if (move.climber_id === move.member_id) return spent(climb, move as Climbing)
  // what goes back of it asks for no tier
  const own = climb.accounts.get(move.member_id)
  const rank = own ? lookAt(climb.law, own, { at: move.occurred_at, day: move.day }) : 0
  if (isClimbing(move)) spent(climb, move)
  return rank
}

/** Takes what was spent, or taken back; answers the rank held before by who climbs. */
function spent(climb: Climb, move: Climbing): number {
  const { counts, version, counted_by } = countingFor(climb, move)
  const counted = counts ? countedOf(move.purchase, countingOf(counted_by!.rule.measure)) : 0
  const row = rowOf(climb, move, 'spend', move.source === 'order' ? counted : -counted, counted_by ?? version)
  const rank = step(climb, move, row)
  if (counts) climb.rows.push(row)
  return rank
}

/** Takes the points that an order brought, or that its refund took back. */
function earned(climb: Climb, move: ProgressMove, points: number): void {
  if (!isClimbing(move)) return
  const { counts, version } = countingFor(climb, move)
  if (!counts) return
  const row = rowOf(climb, move, 'points', points, version)
  step(climb, move, row)
  climb.rows.push(row)
}

/** By which rule a move counts: a refund as its order did. One of an order that never counted takes nothing back. */
function countingFor(climb: Climb, move: ProgressMove) {
  const { law } = climb
  const version = ruleAt(law.rules, move.occurred_at)
  const order = originalFor(climb, move)
  const counted_by = law.rules.find((one) => one.version === order?.rule_version) ?? version
  const counts = version !== undefined && !(move.source === 'refund' && move.order_id !== null && !order)
  return { counts, version, counted_by }
}

function originalFor({ original }: Climb, move: ProgressMove): Original | undefined {
  if (move.source !== 'refund' || move.order_id === null || move.climber_id === null) return undefined
  return original.get(keyOf(move.climber_id, move.order_id))
}

function rowOf(
  climb: Climb,
  move: Climbing,
  measure: Stored,
  amount: number,
  version: TierRuleVersion | undefined,
): ProgressRow {
  return {
    member_id: move.climber_id,
    source: move.source,
    source_id: move.source_id,
    measure,
    occurred_at: move.occurred_at,
    // both leave the window together
    counted_on: originalFor(climb, move)?.counted_on ?? move.day,
    amount,
    rule_version: version?.version ?? 0,
  }
}

function step(climb: Climb, move: Climbing, { measure, counted_on, amount }: ProgressRow): number {
  const { law, accounts, supplements } = climb
  const isPurchase = measure === 'spend' && countsOrders(law) && move.order_id !== null
  return takeStep(law, accounts.get(move.climber_id)!, {
    at: move.occurred_at,
    day: move.day,
    counted_on,
    amount,
    measure,
    order: isPurchase && !supplements.has(keyOf(move.member_id, move.order_id!)) ? move.order_id : null,
    cause: move.order_id,
    gives: move.source === 'order',
  })
}

/** Money added to an order later is no purchase of its own. */
async function supplementsOf(tx: Tx, moves: readonly ProgressMove[]): Promise<Set<string>> {
  const named = moves.filter((move) => move.order_id !== null)
  const rows = await tx.rows<{ member_id: string; order_id: string }>(sql`
    select o.member_id, o.order_id
    from unnest(${named.map((move) => move.member_id)}::uuid[], ${named.map((move) => move.order_id)}::uuid[])
      as wanted (member_id, order_id)
    join orders o on o.member_id = wanted.member_id and o.order_id = wanted.order_id and o.kind = 'supplement'`)
  return new Set(rows.map((row) => keyOf(row.member_id, row.order_id)))
}

/**
 * On which day each refunded order counted: orders of this very set, else those booked. An order that never counted
 * is missing.
 */
async function originalsOf(tx: Tx, law: Law, moves: readonly ProgressMove[]): Promise<Map<string, Original>> {
  const found = new Map<string, Original>()
  const refunds = moves.filter(isClimbing).filter((move) => move.source === 'refund' && move.order_id !== null)
  if (refunds.length === 0) return found
  const refunded = new Set(refunds.map((move) => keyOf(move.climber_id, move.order_id!)))
  for (const move of moves) {
    const key = move.source === 'order' && isClimbing(move) ? keyOf(move.climber_id, move.order_id!) : ''
    if (!refunded.delete(key)) continue
    found.set(key, { counted_on: move.day, rule_version: ruleAt(law.rules, move.occurred_at)?.version ?? null })
  }
  if (refunded.size === 0) return found
  const keys = [...refunded].map((key) => key.split(' ') as [climber_id: string, order_id: string])
  const rows = await tx.rows<Original & { member_id: string; source_id: string }>(sql`
    select progress.member_id, progress.source_id, progress.counted_on, progress.rule_version
    from unnest(${keys.map(([climber_id]) => climber_id)}::uuid[], ${keys.map(([, order_id]) => order_id)}::text[])
      as wanted (member_id, order_id)
    join tier_progress progress
      on progress.member_id = wanted.member_id and progress.source = 'order'
        and progress.source_id = wanted.order_id and progress.measure = 'spend'`)
  for (const row of rows) found.set(keyOf(row.member_id, row.source_id), row)
  return found
}

/** One wish an account: the days between which it will be asked, as who climbs or as whose order it is. */
function wantedFor(moves: readonly ProgressMove[], original: Map<string, Original>): (Wanted & { first_at: Date })[] {
  const wanted = new Map<string, Wanted & { first_at: Date }>()
  for (const move of moves) {
    if (isClimbing(move)) wantedToClimb(wantedOf(wanted, move.climber_id, move), move, original)
    if (move.climber_id !== move.member_id && move.source === 'order') wantedOf(wanted, move.member_id, move)
  }
  return [...wanted.values()]
}

function wantedOf(
  wanted: Map<string, Wanted & { first_at: Date }>,
  member_id: string,
  { day, occurred_at }: ProgressMove,
): Wanted {
  let one = wanted.get(member_id)
  if (!one) {
    one = { member_id, first_day: day, last_day: day, whole: false, refunds: false, first_at: occurred_at }
    wanted.set(member_id, one)
  }
  if (day < one.first_day) one.first_day = day
  if (day > one.last_day) one.last_day = day
  return one
}

function wantedToClimb(one: Wanted, move: Climbing, original: Map<string, Original>): void {
  if (move.source !== 'refund') return
  one.refunds = true
  // a refund of an order of this set never counts before that order's day, which may lie before the first move here
  const counted_on = move.order_id && original.get(keyOf(move.climber_id, move.order_id))?.counted_on
  if (counted_on && counted_on < one.first_day) one.whole = true
}
