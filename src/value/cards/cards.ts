/**
 * Stamp cards, stored value and prepaid sessions. Every verb takes a set, runs a constant number of statements, and
 * does what it does once for ever by (member, card, source, source id): again it changes nothing and answers the same.
 * README.md says what holds whatever happens.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as points from '../points/points.ts'
import type { Want } from './wants.ts'
import { book } from './ledger.ts'
import { lawsOf } from './law.ts'
import { stampDefinitionsAt } from './rules.ts'
import type {
  AdjustUnits,
  CardAct,
  CardOutcome,
  CardRef,
  HoldUnits,
  RefundRest,
  RestoreUnits,
  SpendUnits,
  StampDefinition,
  TopUp,
} from './types.ts'

export { checks } from './checks.ts'
export { balancesOf, soldAt } from './queries.ts'
export { callOff, change, define } from './law.ts'
export { stampsFor } from './rules.ts'

/** Lots that the clock lets end in one transaction. */
export const expired_lots_max = 10_000
/** Holds that the clock ends in one transaction. */
const ended_holds_max = 10_000

async function when(tx: Tx) {
  const { time_zone } = await program.current(tx)
  return { occurred_at: tx.now, day: dayOf(tx.now, time_zone) }
}

/** Opens cards; one that is there stays. Refused: `member.not_found`, `card.stopped`, `card.not_begun`. */
export async function issue(tx: Tx, wants: readonly CardRef[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({
      ...want,
      ...at,
      kind: 'issue',
      source: 'issue',
      source_id: want.card_definition_id,
    })),
  )
}

/**
 * Pays money in (stored value, with the bonus of its rule) or sells uses (sessions). Opens the card. Refused: as
 * `issue`, `card.below_minimum`, `card.over_maximum`, `card.wrong_kind`, `card.source_reused`.
 */
export async function topUp(tx: Tx, wants: readonly TopUp[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'top_up' })),
  )
}

/** Spends value or uses. Refused: `card.not_found`, `card.insufficient`, `card.wrong_kind`, `card.source_reused`. */
export async function spend(tx: Tx, wants: readonly SpendUnits[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'spend' })),
  )
}

/** Sets units aside until `expires_at`. Refused as `spend`. The name is that of the spend it may become. */
export async function hold(tx: Tx, wants: readonly HoldUnits[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'hold' })),
  )
}

/** Spends what was set aside. Refused: `hold.not_found`, `hold.expired`, `hold.released`. */
export async function commitHold(tx: Tx, wants: readonly CardAct[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'commit' })),
  )
}

/** Lets go of what was set aside. Refused: `hold.not_found`, `hold.committed`. */
export async function releaseHold(tx: Tx, wants: readonly CardAct[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'release' })),
  )
}

/**
 * Gives a spend back, whole or in part, to the lots it came from. Refused: `card.entry_not_found`,
 * `card.restored_already`.
 */
export async function restore(tx: Tx, wants: readonly RestoreUnits[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'restore' })),
  )
}

/**
 * Takes everything that is left off the card; `paid_minor` of the outcome, negative, is what the member gets back by
 * the rule in force. Refused: `card.refund_not_offered`, `card.nothing_left`, `card.held`, `card.wrong_kind`.
 */
export async function refund(tx: Tx, wants: readonly RefundRest[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'refund' })),
  )
}

/** Gives or takes units by hand, with a reason. Opens a card to give. Refused: `card.insufficient`. */
export async function adjust(tx: Tx, wants: readonly AdjustUnits[]): Promise<CardOutcome[]> {
  const at = await when(tx)
  // a card that fills hands over a reward, which locks points: orders lock points before cards, and so does this
  await points.lock(
    tx,
    wants.map((want) => want.member_id),
  )
  return book(
    tx,
    wants.map((want): Want => ({ ...want, ...at, kind: 'adjust' })),
  )
}

/** Lets what is over end, at most so many lots. Costs by what is due. */
export async function expireDue(tx: Tx, limit = expired_lots_max): Promise<number> {
  const at = await when(tx)
  const due = await tx.rows<CardRef>(sql`
    select distinct member_id, card_definition_id from (
      select lot.member_id, lot.card_definition_id from card_lots lot
      where lot.remaining > 0 and lot.expires_on < ${at.day}::date
        and not exists (select from card_holds h where h.member_id = lot.member_id
          and h.card_definition_id = lot.card_definition_id and h.status = 'held'
          and h.expires_at > ${tx.now}::timestamptz)
      order by lot.expires_on limit ${limit}::int
    ) lot`)
  await book(
    tx,
    due.map((want): Want => ({ ...want, ...at, kind: 'settle', source: 'clock', source_id: at.day })),
  )
  return due.length
}

/** Marks holds whose time is over; they set nothing aside since then. */
export async function endHolds(tx: Tx): Promise<number> {
  return tx.run(sql`
    update card_holds set status = 'expired', ended_at = expires_at
    where (member_id, card_definition_id, source, source_id) in (
      select member_id, card_definition_id, source, source_id from card_holds
      where ended_at is null and expires_at <= ${tx.now}::timestamptz
      order by expires_at limit ${ended_holds_max}::int)`)
}

/** Stamp cards that stamp at each moment, in the order asked: what `stampsFor` decides with. */
export async function stampDefinitions(db: Reader, moments: readonly Date[]): Promise<StampDefinition[][]> {
  const laws = await lawsOf(db, 'stamps')
  return moments.map((moment) => stampDefinitionsAt(laws, moment))
}

/** What became of the rewards of filled cards: told by those who hand them over. */
export async function noteRewards(
  tx: Tx,
  notes: readonly { member_id: string; round_id: string; gift_id: string | null; refused: string | null }[],
): Promise<void> {
  await tx.run(sql`
    update card_rounds r set gift_id = one.gift_id, refused = one.refused
    from unnest(${notes.map((one) => one.member_id)}::uuid[], ${notes.map((one) => one.round_id)}::uuid[],
      ${notes.map((one) => one.gift_id)}::uuid[], ${notes.map((one) => one.refused)}::text[])
      as one (member_id, round_id, gift_id, refused)
    where r.member_id = one.member_id and r.round_id = one.round_id`)
}

export { refusedRounds, type RefusedRound } from './queries.ts'

/** Turns a refused outcome into the error it names: for routes that take one. */
export function insist(outcome: CardOutcome): CardOutcome {
  if (outcome.outcome === 'refused') throw new AppError(outcome.code!, outcome.params ?? {})
  return outcome
}
