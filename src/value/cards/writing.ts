/** Everything that came of a set of wants, written in one go. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { balanceOf, type Draft, type Wallet } from './wallet.ts'

const json = (value: object) => JSON.stringify(value)

/** Writes entries, lots, balances, holds, orders and rounds; then tells of them. */
export async function write(tx: Tx, all: readonly Wallet[], opened: ReadonlySet<Wallet>): Promise<void> {
  const changed = all.filter((one) => one.drafts.length > 0 || one.is_moved)
  const rounds = roundsOf(tx, changed)
  const statements: Promise<unknown>[] = []
  if (changed.length > 0) {
    statements.push(
      writeEntries(tx, changed),
      writeLots(tx, changed),
      writeParts(tx, changed),
      writeCards(tx, changed),
    )
  }
  const holds = all.flatMap((wallet) =>
    wallet.holds.filter((one) => one.is_changed).map((one) => ({ wallet, ...one })),
  )
  if (holds.length > 0) statements.push(writeHolds(tx, holds))
  const orders = all.flatMap((wallet) =>
    [...wallet.orders].filter(([, one]) => one.is_changed).map(([order_id, one]) => ({ wallet, order_id, ...one })),
  )
  if (orders.length > 0) statements.push(writeOrders(tx, orders))
  if (rounds.length > 0) statements.push(writeRounds(tx, rounds))
  await Promise.all(statements)
  await facts.write(tx, told(tx, changed, opened, rounds))
}

async function writeEntries(tx: Tx, wallets: readonly Wallet[]): Promise<void> {
  const rows = wallets.flatMap(({ member_id, card_definition_id, drafts }) =>
    drafts.map((draft) => ({ member_id, card_definition_id, ...draft })),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into card_entries (member_id, entry_id, card_definition_id, kind, units, debt, paid_minor, order_id, source,
      source_id, corrects, occurred_at, recorded_at, rule_version, why, actor)
    select member_id, entry_id, card_definition_id, kind, units, debt, paid_minor, order_id, source, source_id,
      corrects, occurred_at, ${tx.now}::timestamptz, rule_version, why, ${actorText(tx.actor)}::text
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.entry_id)}::bigint[],
      ${rows.map((row) => row.card_definition_id)}::uuid[], ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.units)}::bigint[], ${rows.map((row) => row.debt)}::bigint[],
      ${rows.map((row) => row.paid_minor)}::bigint[], ${rows.map((row) => row.order_id)}::uuid[],
      ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.source_id)}::text[],
      ${rows.map((row) => row.corrects)}::bigint[], ${rows.map((row) => row.occurred_at)}::timestamptz[],
      ${rows.map((row) => row.why.rule_version)}::int[], ${rows.map((row) => json(row.why))}::jsonb[]
    ) as entry (member_id, entry_id, card_definition_id, kind, units, debt, paid_minor, order_id, source, source_id,
      corrects, occurred_at, rule_version, why)`)
}

async function writeLots(tx: Tx, wallets: readonly Wallet[]): Promise<void> {
  const rows = wallets.flatMap(({ member_id, card_definition_id, lots }) =>
    lots.filter((lot) => lot.is_changed).map((lot) => ({ member_id, card_definition_id, ...lot })),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into card_lots (member_id, lot_id, card_definition_id, entry_id, granted, remaining, expired, is_ended,
      is_bonus, paid_minor, order_id, earned_at, expires_on)
    select * from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.lot_id)}::bigint[],
      ${rows.map((row) => row.card_definition_id)}::uuid[], ${rows.map((row) => row.entry_id)}::bigint[],
      ${rows.map((row) => row.granted)}::bigint[], ${rows.map((row) => row.remaining)}::bigint[],
      ${rows.map((row) => row.expired)}::bigint[], ${rows.map((row) => row.is_ended)}::boolean[],
      ${rows.map((row) => row.is_bonus)}::boolean[], ${rows.map((row) => row.paid_minor)}::bigint[],
      ${rows.map((row) => row.order_id)}::uuid[], ${rows.map((row) => row.earned_at)}::timestamptz[],
      ${rows.map((row) => row.expires_on)}::date[])
    on conflict (member_id, lot_id) do update set remaining = excluded.remaining, expired = excluded.expired,
      is_ended = excluded.is_ended`)
}

async function writeParts(tx: Tx, wallets: readonly Wallet[]): Promise<void> {
  const rows = wallets.flatMap(({ member_id, drafts }) =>
    drafts.flatMap(({ entry_id, parts }) =>
      [...parts].filter(([, units]) => units !== 0).map(([lot, units]) => ({ member_id, entry_id, lot, units })),
    ),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into card_entry_lots (member_id, entry_id, lot_id, units)
    select * from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.entry_id)}::bigint[],
      ${rows.map((row) => row.lot.lot_id)}::bigint[], ${rows.map((row) => row.units)}::bigint[])`)
}

async function writeCards(tx: Tx, wallets: readonly Wallet[]): Promise<void> {
  const next = ({ lots }: Wallet) =>
    lots.reduce<string | null>(
      (first, { remaining, expires_on }) =>
        remaining > 0 && expires_on !== null && (first === null || expires_on < first) ? expires_on : first,
      null,
    )
  await tx.run(sql`
    update cards c set balance = one.balance, debt = one.debt, size = one.size, rounds = one.rounds,
      next_expiry_on = one.next_expiry_on
    from unnest(${wallets.map((one) => one.member_id)}::uuid[],
      ${wallets.map((one) => one.card_definition_id)}::uuid[], ${wallets.map(balanceOf)}::bigint[],
      ${wallets.map((one) => one.debt)}::bigint[], ${wallets.map((one) => one.size)}::int[],
      ${wallets.map((one) => one.rounds)}::int[], ${wallets.map(next)}::date[]
    ) as one (member_id, card_definition_id, balance, debt, size, rounds, next_expiry_on)
    where c.member_id = one.member_id and c.card_definition_id = one.card_definition_id`)
}

async function writeHolds(tx: Tx, rows: readonly ({ wallet: Wallet } & Wallet['holds'][number])[]): Promise<void> {
  await tx.run(sql`
    insert into card_holds (member_id, card_definition_id, source, source_id, units, lots, status, expires_at,
      created_at, ended_at, actor)
    select member_id, card_definition_id, source, source_id, units, lots, status, expires_at, ${tx.now}::timestamptz,
      case when status <> 'held' then ${tx.now}::timestamptz end, ${actorText(tx.actor)}::text
    from unnest(${rows.map((row) => row.wallet.member_id)}::uuid[],
      ${rows.map((row) => row.wallet.card_definition_id)}::uuid[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.source_id)}::text[], ${rows.map((row) => row.units)}::bigint[],
      ${rows.map((row) => json(row.lots))}::jsonb[], ${rows.map((row) => row.status)}::text[],
      ${rows.map((row) => row.expires_at)}::timestamptz[]
    ) as hold (member_id, card_definition_id, source, source_id, units, lots, status, expires_at)
    on conflict (member_id, card_definition_id, source, source_id) do update
      set status = excluded.status, ended_at = excluded.ended_at`)
}

type OrderRow = { wallet: Wallet; order_id: string } & (Wallet['orders'] extends Map<string, infer One> ? One : never)

async function writeOrders(tx: Tx, rows: readonly OrderRow[]): Promise<void> {
  await tx.run(sql`
    insert into card_orders (member_id, card_definition_id, order_id, day, stamps, changes, rule_version)
    select * from unnest(${rows.map((row) => row.wallet.member_id)}::uuid[],
      ${rows.map((row) => row.wallet.card_definition_id)}::uuid[], ${rows.map((row) => row.order_id)}::uuid[],
      ${rows.map((row) => row.day)}::date[], ${rows.map((row) => row.stamps)}::int[],
      ${rows.map((row) => row.changes)}::int[], ${rows.map((row) => row.rule_version)}::int[])
    on conflict (member_id, card_definition_id, order_id) do update
      set stamps = excluded.stamps, changes = excluded.changes`)
}

type RoundRow = Wallet['filled'][number] & { wallet: Wallet; round_id: string }

const roundsOf = (tx: Tx, wallets: readonly Wallet[]): RoundRow[] =>
  wallets.flatMap((wallet) => wallet.filled.map((one) => ({ wallet, round_id: uuidv7(tx.now), ...one })))

async function writeRounds(tx: Tx, rows: readonly RoundRow[]): Promise<void> {
  await tx.run(sql`
    insert into card_rounds (member_id, round_id, card_definition_id, round_no, size, entry_id, order_id, reward,
      filled_at)
    select * from unnest(${rows.map((row) => row.wallet.member_id)}::uuid[],
      ${rows.map((row) => row.round_id)}::uuid[], ${rows.map((row) => row.wallet.card_definition_id)}::uuid[],
      ${rows.map((row) => row.round_no)}::int[], ${rows.map((row) => row.size)}::int[],
      ${rows.map((row) => row.entry_id)}::bigint[], ${rows.map((row) => row.order_id)}::uuid[],
      ${rows.map((row) => json(row.reward))}::jsonb[], ${rows.map((row) => row.filled_at)}::timestamptz[])`)
}

const factNames: Partial<Record<Draft['kind'], string>> = {
  stamp: 'card.stamped',
  unstamp: 'card.unstamped',
  top_up: 'card.topped_up',
  spend: 'card.spent',
  restore: 'card.restored',
  expire: 'card.expired',
  adjust: 'card.adjusted',
  refund: 'card.refunded',
}

/** One fact for each entry that says something to the member; bound hearers hand over what a full card gives. */
function told(
  tx: Tx,
  wallets: readonly Wallet[],
  opened: ReadonlySet<Wallet>,
  rounds: readonly RoundRow[],
): facts.Fact[] {
  const news: facts.Fact[] = [...opened].map(({ member_id, card_definition_id, kind }) => ({
    name: 'card.opened',
    member_id,
    occurred_at: tx.now,
    data: { card_definition_id, kind },
  }))
  for (const wallet of wallets) {
    const { member_id, card_definition_id, kind } = wallet
    for (const { kind: entry, units, paid_minor, order_id, occurred_at } of wallet.drafts) {
      const name = factNames[entry]
      if (!name) continue
      const balance = balanceOf(wallet)
      const stamps = kind === 'stamps' ? { needed: (wallet.size ?? 0) - balance + wallet.debt } : {}
      const data = { card_definition_id, kind, units, paid_minor, balance, order_id, ...stamps }
      news.push({ name, member_id, occurred_at, data })
    }
  }
  for (const { wallet, round_id, round_no, reward, store_id, order_id, filled_at } of rounds) {
    const { member_id, card_definition_id } = wallet
    const data = { card_definition_id, round_id, round_no, reward, store_id, order_id }
    news.push({ name: 'card.filled', member_id, occurred_at: filled_at, data })
  }
  return news
}
