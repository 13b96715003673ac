/** What a set of wants needs to know: cards locked, and then read. The statements do not grow with the set. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { BookedSpend, Want } from './wants.ts'
import type { CardKind, CardLaw } from './types.ts'
import type { Hold, Lot, OrderStamps, Wallet } from './wallet.ts'

export const walletKey = (one: { member_id: string; card_definition_id: string }) =>
  `${one.member_id} ${one.card_definition_id}`
export const actKey = (one: { member_id: string; card_definition_id: string; source: string; source_id: string }) =>
  `${walletKey(one)} ${one.source} ${one.source_id}`

/** Wants that make a card where there is none. */
const opens = (want: Want) =>
  want.kind === 'issue' ||
  want.kind === 'top_up' ||
  (want.kind === 'stamp' && want.stamped.stamps > 0 && !want.is_refund) ||
  (want.kind === 'adjust' && want.units > 0)

export interface Locked {
  wallets: Map<string, Wallet>
  /** Cards that this set has opened. */
  opened: Set<string>
}

/**
 * Locks the cards, in sorted order so that parallel callers wait for each other and never in a circle. A card that is
 * not there yet is made if something comes in and the member is one; else its wallet is missing in the answer.
 */
export async function lock(tx: Tx, wants: readonly Want[], laws: ReadonlyMap<string, CardLaw>): Promise<Locked> {
  const asked = new Map<string, { member_id: string; card_definition_id: string; is_new: boolean }>()
  for (const want of wants) {
    const { member_id, card_definition_id } = want
    const known = asked.get(walletKey(want))
    asked.set(walletKey(want), { member_id, card_definition_id, is_new: known?.is_new || opens(want) })
  }
  const keys = [...asked.keys()].sort().map((key) => asked.get(key)!)
  const rows = await tx.rows<{
    member_id: string
    card_definition_id: string
    balance: number
    debt: number
    size: number | null
    rounds: number
    is_opened: boolean
  }>(sql`
    insert into cards (member_id, card_definition_id, opened_at, updated_at)
    select member_id, card_definition_id, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from unnest(${keys.map((one) => one.member_id)}::uuid[], ${keys.map((one) => one.card_definition_id)}::uuid[],
      ${keys.map((one) => one.is_new)}::boolean[]) as asked (member_id, card_definition_id, is_new)
    where (asked.is_new and exists (select from members m where m.member_id = asked.member_id and m.kind = 'member'
        and m.merged_into is null and m.erased_at is null))
      or exists (select from cards c
        where c.member_id = asked.member_id and c.card_definition_id = asked.card_definition_id)
    on conflict (member_id, card_definition_id) do update set updated_at = excluded.updated_at
    returning member_id, card_definition_id, balance, debt, size, rounds, (xmax = 0) as is_opened`)
  const wallets = new Map<string, Wallet>()
  const opened = new Set<string>()
  for (const row of rows) {
    const { member_id, card_definition_id, balance, debt, size, rounds } = row
    if (row.is_opened) opened.add(walletKey(row))
    const kind: CardKind = laws.get(card_definition_id)!.kind
    const empty = {
      lots: [],
      holds: [],
      drafts: [],
      filled: [],
      orders: new Map<string, OrderStamps>(),
      is_moved: false,
    }
    const sums = { balance_before: balance, debt, debt_before: debt, size, rounds }
    wallets.set(walletKey(row), { member_id, card_definition_id, kind, ...sums, ...empty })
  }
  return { wallets, opened }
}

/** What is booked already, by what caused it. */
export async function bookedBefore(
  tx: Tx,
  wants: readonly Want[],
): Promise<Map<string, { entry_id: number; kind: string; units: number; paid_minor: number }>> {
  const acts = wants.filter((want) => want.kind !== 'stamp' && want.kind !== 'issue')
  if (acts.length === 0) return new Map()
  const rows = await tx.rows<{
    member_id: string
    card_definition_id: string
    source: string
    source_id: string
    entry_id: number
    kind: string
    units: number
    paid_minor: number
  }>(sql`
    select e.member_id, e.card_definition_id, e.source, e.source_id, e.entry_id, e.kind, e.units, e.paid_minor
    from unnest(${acts.map((want) => want.member_id)}::uuid[], ${acts.map((want) => want.card_definition_id)}::uuid[],
      ${acts.map((want) => want.source)}::text[], ${acts.map((want) => want.source_id)}::text[])
      as want (member_id, card_definition_id, source, source_id)
    join card_entries e on e.member_id = want.member_id and e.card_definition_id = want.card_definition_id
      and e.source = want.source and e.source_id = want.source_id`)
  return new Map(rows.map((row) => [actKey(row), row]))
}

/** Fills the wallets: lots that hold something, those of orders, spends and top-ups that wants look back at, holds. */
export async function readWallets(
  tx: Tx,
  wants: readonly Want[],
  wallets: ReadonlyMap<string, Wallet>,
): Promise<Map<string, BookedSpend>> {
  const restores = wants.flatMap((want) => (want.kind === 'restore' ? [want] : []))
  const spends = restores.length > 0 ? await readSpends(tx, restores) : new Map<string, BookedSpend>()
  const spent = [...spends.entries()].flatMap(([key, spend]) =>
    spend.parts.map((part) => ({ member_id: key.slice(0, key.indexOf(' ')), lot_id: part.lot_id })),
  )
  await Promise.all([
    readLots(tx, wants, { wallets, spent }),
    readHolds(tx, wants, wallets),
    readOrders(tx, wants, wallets),
  ])
  return spends
}

interface OfCard {
  member_id: string
  card_definition_id: string
}

async function readLots(
  tx: Tx,
  wants: readonly Want[],
  of: { wallets: ReadonlyMap<string, Wallet>; spent: readonly { member_id: string; lot_id: number }[] },
): Promise<void> {
  const { wallets, spent } = of
  const all = [...wallets.values()]
  const stamped = wants.flatMap((want) => (want.kind === 'stamp' ? [want] : []))
  const refunds = wants.filter((want) => want.kind === 'refund')
  const lots = await tx.rows<Omit<Lot, 'is_new' | 'is_changed'> & OfCard>(sql`
    with wallet as materialized (
      select * from unnest(${all.map((one) => one.member_id)}::uuid[],
        ${all.map((one) => one.card_definition_id)}::uuid[]) as wallet (member_id, card_definition_id)
    ), wanted as (
      select lot.member_id, lot.lot_id from wallet join card_lots lot on lot.member_id = wallet.member_id
        and lot.card_definition_id = wallet.card_definition_id and lot.remaining > 0
      union
      select lot.member_id, lot.lot_id
      from unnest(${stamped.map((want) => want.member_id)}::uuid[], ${stamped.map((want) => want.order_id)}::uuid[])
        as told (member_id, order_id)
      join card_lots lot on lot.member_id = told.member_id and lot.order_id = told.order_id
      union
      select lot.member_id, lot.lot_id
      from unnest(${refunds.map((want) => want.member_id)}::uuid[],
        ${refunds.map((want) => want.card_definition_id)}::uuid[]) as told (member_id, card_definition_id)
      join card_lots lot on lot.member_id = told.member_id and lot.card_definition_id = told.card_definition_id
      union
      select * from unnest(${spent.map((one) => one.member_id)}::uuid[], ${spent.map((one) => one.lot_id)}::bigint[])
    )
    select lot.member_id, lot.card_definition_id, lot.lot_id, lot.entry_id, lot.granted, lot.remaining, lot.expired,
      lot.is_ended, lot.is_bonus, lot.paid_minor, lot.order_id, lot.earned_at, lot.expires_on
    from wanted join card_lots lot on lot.member_id = wanted.member_id and lot.lot_id = wanted.lot_id
    order by lot.lot_id`)
  for (const { member_id, card_definition_id, ...lot } of lots)
    wallets.get(walletKey({ member_id, card_definition_id }))?.lots.push({ ...lot, is_new: false, is_changed: false })
}

async function readHolds(tx: Tx, wants: readonly Want[], wallets: ReadonlyMap<string, Wallet>): Promise<void> {
  const member_ids = [...new Set([...wallets.values()].map((one) => one.member_id))]
  const holds = await tx.rows<Omit<Hold, 'is_new' | 'is_changed'> & OfCard>(sql`
    select h.member_id, h.card_definition_id, h.source, h.source_id, h.units, h.lots, h.status, h.expires_at
    from card_holds h
    where h.member_id = any (${member_ids}::uuid[]) and h.status = 'held'
      and h.expires_at > ${tx.now}::timestamptz
    union
    select h.member_id, h.card_definition_id, h.source, h.source_id, h.units, h.lots, h.status, h.expires_at
    from unnest(${wants.map((want) => want.member_id)}::uuid[],
      ${wants.map((want) => want.card_definition_id)}::uuid[], ${wants.map((want) => want.source)}::text[],
      ${wants.map((want) => want.source_id)}::text[]) as told (member_id, card_definition_id, source, source_id)
    join card_holds h on h.member_id = told.member_id and h.card_definition_id = told.card_definition_id
      and h.source = told.source and h.source_id = told.source_id`)
  for (const { member_id, card_definition_id, ...hold } of holds)
    wallets
      .get(walletKey({ member_id, card_definition_id }))
      ?.holds.push({ ...hold, is_new: false, is_changed: false })
}

/** What other orders of the same day brought: a day has its most. */
async function readOrders(tx: Tx, wants: readonly Want[], wallets: ReadonlyMap<string, Wallet>): Promise<void> {
  const stamped = wants.flatMap((want) => (want.kind === 'stamp' ? [want] : []))
  if (stamped.length === 0) return
  const orders = await tx.rows<Omit<OrderStamps, 'is_changed'> & OfCard & { order_id: string }>(sql`
    select o.member_id, o.card_definition_id, o.order_id, o.day, o.stamps, o.changes, o.rule_version
    from (select distinct * from unnest(${stamped.map((want) => want.member_id)}::uuid[],
      ${stamped.map((want) => want.card_definition_id)}::uuid[], ${stamped.map((want) => want.ordered_on)}::date[])
      as told (member_id, card_definition_id, day)) told
    join card_orders o on o.member_id = told.member_id and o.card_definition_id = told.card_definition_id
      and o.day = told.day`)
  for (const { member_id, card_definition_id, order_id, ...order } of orders)
    wallets.get(walletKey({ member_id, card_definition_id }))?.orders.set(order_id, { ...order, is_changed: false })
}

async function readSpends(tx: Tx, restores: readonly Extract<Want, { kind: 'restore' }>[]) {
  const rows = await tx.rows<{
    member_id: string
    card_definition_id: string
    source: string
    source_id: string
    entry_id: number
    lot_id: number
    units: number
    restored: number
  }>(sql`
    select distinct wanted.*, entry.entry_id, part.lot_id, part.units, (
        select coalesce(sum(later.units), 0)::bigint from card_entries later
        where later.member_id = entry.member_id and later.corrects = entry.entry_id and later.kind = 'restore'
      ) as restored
    from unnest(${restores.map((want) => want.member_id)}::uuid[],
      ${restores.map((want) => want.card_definition_id)}::uuid[], ${restores.map((want) => want.spend_source)}::text[],
      ${restores.map((want) => want.spend_source_id)}::text[])
      as wanted (member_id, card_definition_id, source, source_id)
    join card_entries entry on entry.member_id = wanted.member_id
      and entry.card_definition_id = wanted.card_definition_id and entry.source = wanted.source
      and entry.source_id = wanted.source_id and entry.kind = 'spend'
    join card_entry_lots part on part.member_id = entry.member_id and part.entry_id = entry.entry_id
    order by part.lot_id`)
  const found = new Map<string, BookedSpend>()
  for (const row of rows) {
    const spend = found.get(actKey(row)) ?? { entry_id: row.entry_id, restored: row.restored, parts: [] }
    spend.parts.push({ lot_id: row.lot_id, units: row.units })
    found.set(actKey(row), spend)
  }
  return found
}
