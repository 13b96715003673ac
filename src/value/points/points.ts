/**
 * What can be done with points. Every verb takes a set and goes through ledger.ts `book`: members locked, purses
 * read, decided in memory by rules.ts, written. README.md says what holds whatever happens.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { beginning, type Beginning } from './beginning.ts'
import { climbersOf } from './climbing.ts'
import { book } from './ledger.ts'
import type {
  Adjust,
  HeldPoints,
  HoldPoints,
  OpeningLot,
  Paid,
  PointOutcome,
  Refund,
  Restore,
  Spend,
} from './types.ts'
import type { ClimbWant, PaidWant, RefundWant, Want } from './wants.ts'

export { balanceOf } from './balances.ts'
export type { Beginning } from './beginning.ts'
export { checks } from './checks.ts'
export { activateDue, expireDue, settleAll, settled_lots_max } from './clock.ts'
export { addRule, callOffRule, foundPresets, rulesOf } from './law.ts'
export { lock, lockWithLenders, lockWithMates } from './locking.ts'
export { restoreShared } from './pools/giving-back.ts'
export {
  addPoolRule,
  foundPool,
  insistHead,
  joinPool,
  leavePool,
  mayInvite,
  poolOf,
  poolRuleNow,
  poolRules,
  renamePool,
} from './pools/pools.ts'
export { bringShares, heldByMates, share } from './pools/sharing.ts'
export { spendableOf } from './pools/spendable.ts'
export type { ShareOutcome } from './pools/types.ts'
export { entriesOf, lotsOf } from './queries.ts'
export { readStandings } from './earning/scenes.ts'
export { decideEarn, ratio, recompute, whyCodes } from './rules.ts'
export { addSpendRule, spendRulesOf } from './spend-rules.ts'
export { decideSpend } from './spending.ts'
export { addTransferRule, transfer, transferRules } from './transfers/transfers.ts'
export type { Transfer, TransferOutcome } from './transfers/types.ts'
export type { Why } from './types.ts'

/** Orders and refunds as the ledger takes them; a set may hold both, they are booked in the order of time. */
export function paidWant({ member_id, occurred_at, day, number, order_id, purchase, basket }: Paid): PaidWant {
  return {
    kind: 'paid',
    member_id,
    occurred_at,
    day,
    number,
    source: 'order',
    source_id: order_id,
    order_id,
    purchase,
    basket,
    climber_id: undefined,
  }
}
export function refundWant({
  member_id,
  occurred_at,
  day,
  number,
  order_id,
  purchase,
  refund_id,
  lines,
}: Refund): RefundWant {
  const source_id = `${refund_id}:${order_id ?? 'unmatched'}`
  return {
    kind: 'refund',
    member_id,
    occurred_at,
    day,
    number,
    source: 'refund',
    source_id,
    order_id,
    purchase,
    lines,
    climber_id: undefined,
  }
}

/** Books what orders earn, once for ever each. An order earns at the tier its member held before it. */
export async function earn(tx: Tx, paid: readonly Paid[]): Promise<PointOutcome[]> {
  return book(tx, paid.map(paidWant))
}

/** Takes back what refunded orders earned, in proportion; once for ever each refund and order. */
export async function reverse(tx: Tx, refunds: readonly Refund[]): Promise<PointOutcome[]> {
  return book(tx, refunds.map(refundWant))
}

/**
 * Orders and refunds of one set together, as facts bring them, and what had been set aside for these orders: nothing of
 * it is booked yet. Answers what became of the moves, and of what was set aside, refused as `commitHold` refuses.
 */
export async function followAndSpend(
  tx: Tx,
  moves: readonly (PaidWant | RefundWant | ClimbWant)[],
  held: readonly HeldPoints[],
  begun?: Beginning,
): Promise<{ moved: PointOutcome[]; spent: PointOutcome[] }> {
  const wants = begun?.wants ?? (await followed(tx, moves, held))
  const outcomes = await book(tx, wants, { is_fresh: true, begun })
  return { moved: outcomes.slice(0, moves.length), spent: outcomes.slice(moves.length) }
}

/** Begins what `followAndSpend` will be asked for next; nothing where another climbs by an order than has it. */
export async function beginFollowing(
  tx: Tx,
  moves: readonly (PaidWant | RefundWant | ClimbWant)[],
  held: readonly HeldPoints[],
): Promise<Beginning | undefined> {
  const wants = await followed(tx, moves, held)
  if (wants.length === 0 || climbersOf(wants).length > 0) return undefined
  return beginning(tx, wants, { is_fresh: true, is_guess: true })
}

async function followed(
  tx: Tx,
  moves: readonly (PaidWant | RefundWant | ClimbWant)[],
  held: readonly HeldPoints[],
): Promise<Want[]> {
  const inputs = held.length === 0 ? [] : await zoned(tx, atNow(tx, held))
  return [...moves, ...inputs.map((want): Want => ({ ...want, kind: 'commit' }))]
}

async function zoned<T extends { occurred_at: Date }>(
  tx: Tx,
  inputs: readonly T[],
): Promise<(T & { day: string; number: string })[]> {
  const { time_zone } = await program.current(tx)
  return inputs.map((input, i) => ({
    ...input,
    day: dayOf(input.occurred_at, time_zone),
    number: String(i).padStart(9, '0'),
  }))
}

/**
 * Spends points, the lot that expires first before the others. Refused, not thrown: `points.insufficient` with what
 * is available.
 */
export async function spend(tx: Tx, wants: readonly Spend[]): Promise<PointOutcome[]> {
  const inputs = await zoned(
    tx,
    wants.map((want) => ({ ...want, occurred_at: want.occurred_at ?? tx.now })),
  )
  return book(
    tx,
    inputs.map((want): Want => ({ ...want, kind: 'spend' })),
  )
}

/**
 * Sets points aside until a moment: they cannot be spent otherwise, and are free again by themselves when it has come.
 * Refused: `points.insufficient`, `points.source_reused`.
 */
export async function hold(tx: Tx, wants: readonly HoldPoints[]): Promise<PointOutcome[]> {
  return book(
    tx,
    (await zoned(tx, atNow(tx, wants))).map((want): Want => ({ ...want, kind: 'hold' })),
  )
}

/**
 * Spends what was set aside, under the hold's own source and id. Refused: `hold.not_found`, `hold.expired`,
 * `hold.released`; `points.insufficient` when a refund has taken the points meanwhile.
 */
export async function commitHold(tx: Tx, wants: readonly HeldPoints[]): Promise<PointOutcome[]> {
  return book(
    tx,
    (await zoned(tx, atNow(tx, wants))).map((want): Want => ({ ...want, kind: 'commit' })),
  )
}

/** Lets go of what was set aside. Refused: `hold.not_found`, `hold.committed`. */
export async function releaseHold(tx: Tx, wants: readonly HeldPoints[]): Promise<PointOutcome[]> {
  return book(
    tx,
    (await zoned(tx, atNow(tx, wants))).map((want): Want => ({ ...want, kind: 'release' })),
  )
}

/** A hold lives in the present: when it began or ended is not for the caller to say. */
function atNow<T extends object>(tx: Tx, wants: readonly T[]): (T & { occurred_at: Date })[] {
  return wants.map((want) => ({ ...want, occurred_at: tx.now }))
}

/**
 * Gives spends back, whole or in parts, never more than was spent. Refused: `points.entry_not_found`,
 * `points.restored_already`.
 */
export async function restore(tx: Tx, wants: readonly Restore[]): Promise<PointOutcome[]> {
  const inputs = await zoned(
    tx,
    wants.map((want) => ({ ...want, occurred_at: want.occurred_at ?? tx.now })),
  )
  return book(
    tx,
    inputs.map((want): Want => ({ ...want, kind: 'restore' })),
  )
}

/** Gives or takes points by hand, with a reason. Refused: `points.insufficient`. */
export async function adjust(tx: Tx, wants: readonly Adjust[]): Promise<PointOutcome[]> {
  const inputs = await zoned(
    tx,
    wants.map((want) => ({ ...want, occurred_at: tx.now })),
  )
  return book(
    tx,
    inputs.map((want): Want => ({ ...want, kind: 'adjust' })),
  )
}

/**
 * Opens lots that members bring along, with their dates. Refused: `points.lot_invalid` for dates that contradict
 * each other.
 */
export async function openLots(tx: Tx, lots: readonly OpeningLot[]): Promise<PointOutcome[]> {
  const faults = lots.map(lotFault)
  const inputs = await zoned(
    tx,
    lots.map((lot) => ({ ...lot, occurred_at: lot.earned_at })),
  )
  const good = inputs.flatMap((lot, index) => (faults[index] ? [] : [{ lot, index }]))
  const booked = await book(
    tx,
    good.map(({ lot }): Want => ({
      kind: 'open',
      member_id: lot.member_id,
      occurred_at: lot.occurred_at,
      day: lot.day,
      number: lot.number,
      source: lot.source,
      source_id: lot.source_id,
      points: lot.points,
      activates_on: lot.activates_on ?? null,
      expires_on: lot.expires_on,
    })),
  )
  const outcomes: PointOutcome[] = lots.map((_lot, index) => ({
    index,
    outcome: 'refused',
    code: 'points.lot_invalid',
    params: { reason: faults[index] },
  }))
  good.forEach(({ index }, i) => (outcomes[index] = { ...booked[i]!, index }))
  return outcomes
}

function lotFault(lot: OpeningLot): string | null {
  if (!Number.isSafeInteger(lot.points) || lot.points <= 0) return 'points_not_positive'
  if (lot.activates_on && lot.expires_on && lot.activates_on > lot.expires_on) return 'expires_before_activation'
  return null
}

/** Turns a refused outcome into the error it names: for routes that take one. */
export function insist(outcome: PointOutcome): PointOutcome {
  if (outcome.outcome === 'refused') throw new AppError(outcome.code!, outcome.params ?? {})
  return outcome
}

/** Throws `member.not_found` for an id without a member; only members have a purse, so others are not found either. */
export async function memberExists(
  db: Reader,
  member_id: string,
  kinds: readonly string[] = ['member'],
): Promise<void> {
  const found = await db.row(sql`
    select from members where member_id = ${member_id}::uuid and kind = any (${kinds}::text[])
      and merged_into is null and erased_at is null`)
  if (!found) throw new AppError('member.not_found', { member_id })
}
