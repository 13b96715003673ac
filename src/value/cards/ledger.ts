/**
 * The one way into the ledger of cards. Every verb gives a set of wants; here the cards are locked and read, each want
 * booked in memory in the order of time (booking.ts decides), and all that came of it written.
 */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../../record/program/program.ts'
import { bookWant } from './booking.ts'
import type { BookedSpend, Want } from './wants.ts'
import { lawsOf } from './law.ts'
import { actKey, bookedBefore, lock, readWallets, walletKey } from './reading.ts'
import type { CardLaw, CardOutcome } from './types.ts'
import { settle, type Booking, type Wallet } from './wallet.ts'
import { write } from './writing.ts'

const byCardAndTime = (a: Want, b: Want): number => {
  const [one, other] = [walletKey(a), walletKey(b)]
  if (one !== other) return one < other ? -1 : 1
  return a.occurred_at.getTime() - b.occurred_at.getTime()
}

/** Books wants; answers one outcome for each, in their order. A refused one never fails the others. */
export async function book(tx: Tx, wants: readonly Want[], known?: readonly CardLaw[]): Promise<CardOutcome[]> {
  if (wants.length === 0) return []
  const { time_zone } = await program.current(tx)
  const ids = wants.map((want) => want.card_definition_id)
  const laws = new Map((known ?? (await lawsOf(tx, ids))).map((law) => [law.card_definition_id, law]))
  const sorted = wants.map((want, index) => ({ want, index })).sort((a, b) => byCardAndTime(a.want, b.want))
  const outcomes: CardOutcome[] = Array.from(wants, (_want, index) => ({ index, outcome: 'unchanged' }))
  const refuse = (index: number, code: string, params: Record<string, unknown> = {}) =>
    void (outcomes[index] = { index, outcome: 'refused', code, params })
  const lawful = sorted.filter(({ want, index }) => {
    if (laws.has(want.card_definition_id)) return true
    refuse(index, 'card_definition.not_found', { card_definition_id: want.card_definition_id })
    return false
  })
  const asked = lawful.map(({ want }) => want)
  if (asked.length === 0) return outcomes
  const { wallets, opened } = await lock(tx, asked, laws)
  const before = await bookedBefore(tx, asked)
  const spends = await readWallets(tx, asked, wallets)
  const booking: Booking = { zone: time_zone, now: tx.now, nextId: await numbers(tx, asked, wallets, spends) }
  for (const { want, index } of lawful) {
    const wallet = wallets.get(walletKey(want))
    const law = laws.get(want.card_definition_id)!
    if (!wallet) {
      const isIn = want.kind === 'issue' || want.kind === 'top_up' || want.kind === 'adjust'
      // a guest's order stamps nothing, and nothing is amiss
      if (want.kind !== 'stamp') refuse(index, isIn ? 'member.not_found' : 'card.not_found', {})
      continue
    }
    const same = before.get(actKey(want))
    if (same && want.kind !== 'hold' && want.kind !== 'release' && want.kind !== 'settle') {
      const { entry_id, units, paid_minor } = same
      if (isSame(want, same)) outcomes[index] = { index, outcome: 'unchanged', entry_id, units, paid_minor }
      else refuse(index, 'card.source_reused', { source_id: want.source_id, units })
      continue
    }
    wallet.is_moved ||= want.kind === 'settle' && want.is_merged === true
    settle(booking, wallet, want.day)
    const booked = bookWant(wallet, want, { booking, law, spendOf: (of) => spends.get(actKey(spendName(of))) })
    if (booked === null) outcomes[index] = quietOutcome(want, wallet, opened.has(walletKey(want)), index)
    else if ('code' in booked) refuse(index, booked.code, booked.params)
    else {
      const { entry_id, units, paid_minor, kind } = booked
      outcomes[index] = { index, outcome: 'booked', entry_id, units, paid_minor }
      before.set(actKey(want), { entry_id, units, paid_minor, kind })
    }
  }
  await dropRefused(tx, wallets, opened, outcomes, lawful)
  const all = [...wallets.values()]
  await write(tx, all, new Set([...opened].map((key) => wallets.get(key)!)))
  return outcomes
}

const spendName = <T extends { spend_source: string; spend_source_id: string }>(want: T) => ({
  ...want,
  source: want.spend_source,
  source_id: want.spend_source_id,
})

/** Is what was booked under this name what is wanted now? */
function isSame(want: Want, booked: { kind: string; units: number; paid_minor: number }): boolean {
  if (want.kind === 'spend') return booked.kind === 'spend' && booked.units === -want.units
  if (want.kind === 'commit') return booked.kind === 'spend'
  if (want.kind === 'adjust') return booked.kind === 'adjust' && booked.units === want.units
  if (want.kind === 'restore') return booked.kind === 'restore' && (want.units ?? booked.units) === booked.units
  if (want.kind === 'top_up') {
    return booked.kind === 'top_up' && (want.paid_minor ?? booked.paid_minor) === booked.paid_minor
  }
  return booked.kind === want.kind
}

/** Of a want that makes no entry: a card opened, a hold set or let go, or nothing new. */
function quietOutcome(want: Want, wallet: Wallet, is_opened: boolean, index: number): CardOutcome {
  if (want.kind === 'issue') return { index, outcome: is_opened ? 'booked' : 'unchanged' }
  if (want.kind !== 'hold' && want.kind !== 'release') return { index, outcome: 'unchanged' }
  const hold = wallet.holds.find((one) => one.source === want.source && one.source_id === want.source_id)!
  const isNews = want.kind === 'hold' ? hold.is_new : hold.is_changed
  return { index, outcome: isNews ? 'booked' : 'unchanged', units: hold.units }
}

/** A card that was opened for something that was refused is no card. */
async function dropRefused(
  tx: Tx,
  wallets: Map<string, Wallet>,
  opened: Set<string>,
  outcomes: readonly CardOutcome[],
  wants: readonly { want: Want; index: number }[],
): Promise<void> {
  const kept = new Set(
    wants.filter(({ index }) => outcomes[index]!.outcome === 'booked').map(({ want }) => walletKey(want)),
  )
  const gone = [...opened].filter((key) => !kept.has(key)).map((key) => wallets.get(key)!)
  if (gone.length === 0) return
  for (const wallet of gone) {
    wallets.delete(walletKey(wallet))
    opened.delete(walletKey(wallet))
  }
  await tx.run(sql`
    delete from cards where (member_id, card_definition_id) in (
      select * from unnest(${gone.map((one) => one.member_id)}::uuid[],
        ${gone.map((one) => one.card_definition_id)}::uuid[]))`)
}

/** Numbers for entries and lots: each want makes an entry and at most two lots, each lot may expire on the way. */
async function numbers(
  tx: Tx,
  wants: readonly Want[],
  wallets: ReadonlyMap<string, Wallet>,
  spends: ReadonlyMap<string, BookedSpend>,
): Promise<() => number> {
  let most = 0
  for (const want of wants) {
    most += 4
    // each stamp may open a lot and fill a card
    if (want.kind === 'stamp') most += want.stamped.stamps * 2
    if (want.kind === 'adjust')
      most += Math.max(0, wallets.get(walletKey(want))?.kind === 'stamps' ? want.units * 2 : 0)
  }
  for (const { lots } of wallets.values()) most += lots.length * 2
  for (const { parts } of spends.values()) most += parts.length * 2
  const row = await tx.row<{ ids: string }>(sql`
    select string_agg(nextval(one.sequence)::text, ',') as ids
    from (select pg_get_serial_sequence('card_entries', 'entry_id')::regclass as sequence offset 0) one,
      generate_series(1, ${most}::int)`)
  const ids = row!.ids.split(',')
  let next = 0
  return () => Number(ids[next++]!)
}
