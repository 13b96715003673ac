/** The verb `refund`: goods or money that went back, as the outside sends it. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../members/members.ts'
import type { MemberRef } from '../members/types.ts'
import * as program from '../program/program.ts'
import * as stores from '../stores/stores.ts'
import { keyText, readHeads, type Head } from './heads.ts'
import type { RefundDraft, RefundLineDraft } from './matching.ts'
import {
  clampToNow,
  contentHash,
  dayReader,
  instantFrom,
  isRefusal,
  orRefusal,
  quantityE4,
  refusal,
  refusedAtOnce,
  type Reading,
  type Refusal,
} from './rules.ts'
import { lock, rewrite } from './statistics.ts'
import { decide, writeTaken, type TakenRefund } from './taking.ts'
import { personKind, refundedFacts, tell } from './telling.ts'
import {
  amount_minor_max,
  type ReceiveOptions,
  type RefundLineWire,
  type RefundOutcome,
  type RefundWire,
} from './types.ts'

/** A refund on its way: checked, and nothing looked up yet. */
interface Waiting {
  index: number
  wire: RefundWire
  draft: RefundDraft
  /** The key of the order it names. */
  named: { source: string; source_id: string } | null
}

/** Takes refunds as they come; one outcome for each, in their order. A refused one never fails the others. */
export async function refund(
  tx: Tx,
  wires: readonly RefundWire[],
  options: ReceiveOptions = {},
): Promise<RefundOutcome[]> {
  const outcomes: RefundOutcome[] = []
  const waiting = readAll(wires, await readingOf(tx), outcomes)
  const { unknown, heads } = await lookUp(tx, waiting, outcomes)
  const going = nameOrders(unknown, heads, options, outcomes)
  if (going.length > 0) {
    await findStores(tx, going)
    await findBuyers(tx, going, options)
    await run(tx, going, outcomes)
  }
  return outcomes.sort((a, b) => a.index - b.index)
}

async function readingOf(tx: Tx): Promise<Reading> {
  const { currency, time_zone } = await program.current(tx)
  return { currency, now: tx.now, dayIn: dayReader(time_zone) }
}

function readAll(wires: readonly RefundWire[], reading: Reading, outcomes: RefundOutcome[]): Waiting[] {
  const waiting = new Map<string, Waiting>()
  for (const [index, wire] of wires.entries()) {
    const read = orRefusal(() => readRefund(wire, index, reading))
    if (isRefusal(read)) {
      outcomes.push({ index, outcome: 'refused', ...read })
      continue
    }
    const known = waiting.get(keyText(wire))
    if (!known) waiting.set(keyText(wire), read)
    else outcomes.push(again(index, read.draft.content_hash === known.draft.content_hash, wire.source_id))
  }
  return [...waiting.values()]
}

/** A refund that is here already: the same one, or another under its number (a booked refund does not change). */
function again(index: number, isSame: boolean, source_id: string): RefundOutcome {
  return isSame
    ? { index, outcome: 'unchanged' }
    : { index, outcome: 'refused', code: 'refund.changed', params: { source_id } }
}

function readRefund(wire: RefundWire, index: number, reading: Reading): Waiting | Refusal {
  const said = instantFrom(wire.occurred_at)
  const refused = refusedAtOnce(wire, 'refund', said, reading)
  if (refused) return refused
  const occurred_at = clampToNow(said, reading.now)
  const lines: RefundLineDraft[] = []
  for (const [i, line] of (wire.lines ?? []).entries()) {
    const read = readLine(line, i + 1)
    if (isRefusal(read)) return read
    lines.push(read)
  }
  const amount_minor = wire.amount_minor ?? null
  const shipping_minor = wire.shipping_minor ?? 0
  const wrong = refusedAmount('amount_minor', amount_minor ?? 0) ?? refusedAmount('shipping_minor', shipping_minor)
  if (wrong) return wrong
  const named = wire.order ? { source: wire.order.source ?? wire.source, source_id: wire.order.source_id } : null
  const isBare = lines.length === 0 && amount_minor === null && shipping_minor === 0
  if (!named && isBare) return refusal('refund.empty')
  const draft: RefundDraft = {
    index,
    source: wire.source,
    source_id: wire.source_id,
    kind: 'refund',
    member_id: '',
    store_id: null,
    occurred_at,
    ordered_on: reading.dayIn(occurred_at),
    order_id: null,
    order_source_id: named?.source_id ?? null,
    is_whole: isBare,
    lines,
    amount_minor,
    shipping_minor,
    content_hash: contentHash([named, shipping_minor, amount_minor, lines]),
  }
  return { index, wire, draft, named }
}

function readLine(wire: RefundLineWire, line_no: number): RefundLineDraft | Refusal {
  const quantity_e4 = quantityE4(wire.quantity)
  if (quantity_e4 === null) return refusal('order.quantity_invalid', { line_no, quantity: wire.quantity })
  if (quantity_e4 < 0) return refusal('order.quantity_negative', { line_no, quantity: wire.quantity })
  const wrong = refusedAmount('net_minor', wire.net_minor ?? 0, line_no)
  if (wrong) return wrong
  return {
    line_no: wire.line_no ?? null,
    sku: wire.sku?.trim() || null,
    name: null,
    quantity_e4,
    net_minor: wire.net_minor ?? null,
    gross_minor: null,
  }
}

function refusedAmount(field: string, amount: number, line_no?: number): Refusal | null {
  const at = line_no === undefined ? { field } : { field, line_no }
  if (!Number.isSafeInteger(amount) || amount > amount_minor_max)
    return refusal('order.amount_invalid', { ...at, amount_minor_max })
  return amount < 0 ? refusal('order.amount_negative', { ...at, amount }) : null
}

interface KeyRow {
  source: string
  source_id: string
  kind: 'order' | 'refund'
  member_id: string
  order_id: string
}

/** Refunds that are here are answered; of the others, the orders they name. */
async function lookUp(
  tx: Tx,
  waiting: readonly Waiting[],
  outcomes: RefundOutcome[],
): Promise<{ unknown: Waiting[]; heads: Map<string, Head> }> {
  const keys = waiting.flatMap(({ wire, named }) => [
    { source: wire.source, source_id: wire.source_id, kind: 'refund' },
    ...(named ? [{ ...named, kind: 'order' }] : []),
  ])
  const rows =
    keys.length === 0
      ? []
      : await tx.rows<KeyRow>(sql`
    select k.source, k.source_id, k.kind, k.member_id, k.order_id
    from unnest(${keys.map((key) => key.source)}::text[], ${keys.map((key) => key.source_id)}::text[],
      ${keys.map((key) => key.kind)}::text[]) as asked (source, source_id, kind)
    join order_keys k on k.source = asked.source and k.source_id = asked.source_id and k.kind = asked.kind`)
  const unknown = await answerKnown(
    tx,
    waiting,
    rows.filter((row) => row.kind === 'refund'),
    outcomes,
  )
  return {
    unknown,
    heads: await readHeads(
      tx,
      rows.filter((row) => row.kind === 'order'),
    ),
  }
}

async function answerKnown(
  tx: Tx,
  waiting: readonly Waiting[],
  rows: readonly KeyRow[],
  outcomes: RefundOutcome[],
): Promise<Waiting[]> {
  if (rows.length === 0) return [...waiting]
  const hashes = await tx.rows<{
    source: string
    source_id: string
    refund_id: string
    member_id: string
    content_hash: string
  }>(sql`
    select r.source, r.source_id, r.refund_id, r.member_id, r.content_hash
    from unnest(${rows.map((row) => row.member_id)}::uuid[],
      ${rows.map((row) => row.order_id)}::uuid[]) as asked (member_id, refund_id)
    join order_refunds r on r.member_id = asked.member_id and r.refund_id = asked.refund_id`)
  const known = new Map(hashes.map((row) => [keyText(row), row]))
  return waiting.filter(({ index, wire, draft }) => {
    const here = known.get(keyText(wire))
    if (!here) return true
    outcomes.push({
      ...again(index, here.content_hash === draft.content_hash, wire.source_id),
      refund_id: here.refund_id,
      member_id: here.member_id,
    })
    return false
  })
}

/**
 * Gives each its order, or says why it cannot have one. An import may keep a refund of an unknown order as
 * unmatched.
 */
function nameOrders(
  unknown: readonly Waiting[],
  heads: ReadonlyMap<string, Head>,
  options: ReceiveOptions,
  outcomes: RefundOutcome[],
): Waiting[] {
  return unknown.filter(({ index, draft, named }) => {
    if (!named) return true
    const head = heads.get(keyText(named))
    const refused = head
      ? refusedOrder(head)
      : options.allow_unmatched
        ? null
        : refusal('refund.order_unknown', { ...named, advice: 'send the order first' })
    if (refused) {
      outcomes.push({ index, outcome: 'refused', ...refused })
      return false
    }
    if (head) {
      draft.order_id = head.order_id
      draft.member_id = head.member_id
      draft.store_id = head.store_id
    }
    return true
  })
}

/**
 * What has never counted has nothing to give back; of what counts no longer the matching says that nothing is left.
 */
function refusedOrder({ counts, refunded_minor, source_id, status, kind }: Head): Refusal | null {
  return counts || refunded_minor > 0 ? null : refusal('refund.order_unpaid', { source_id, status, kind })
}

async function findStores(tx: Tx, going: readonly Waiting[]): Promise<void> {
  const codes = going.flatMap(({ wire }) => (wire.store?.trim() ? [wire.store.trim()] : []))
  if (codes.length === 0) return
  const ids = await stores.resolve(tx, codes)
  for (const { wire, draft } of going) draft.store_id = ids.get(wire.store?.trim() ?? '') ?? draft.store_id
}

/** Refunds without a known order belong to the member they name, else to a walk-in row of their store. */
async function findBuyers(tx: Tx, going: readonly Waiting[], options: ReceiveOptions): Promise<void> {
  const open = going.filter(({ draft }) => draft.order_id === null)
  const named = open.flatMap(({ draft, wire }) =>
    wire.member ? [{ draft, ref: { ...wire.member, occurred_at: draft.occurred_at } satisfies MemberRef }] : [],
  )
  if (named.length > 0) {
    const found = await members.resolve(
      tx,
      named.map(({ ref }) => ref),
      {
        create_as: options.create_as ?? 'guest',
        channel: options.channel ?? named[0]!.draft.source,
      },
    )
    named.forEach(({ draft }, i) => (draft.member_id = found[i] ?? ''))
  }
  const nobody = open.filter(({ draft }) => draft.member_id === '')
  if (nobody.length === 0) return
  const rows = await members.walkIn(
    tx,
    nobody.map(({ draft }) => ({ store_id: draft.store_id, key: keyText(draft) })),
  )
  nobody.forEach(({ draft }, i) => (draft.member_id = rows[i]!))
}

async function run(tx: Tx, going: readonly Waiting[], outcomes: RefundOutcome[]): Promise<void> {
  const kinds = await lock(
    tx,
    going.map(({ draft }) => draft.member_id),
  )
  const walk_ins = new Set([...kinds].filter(([, kind]) => kind === 'walk_in').map(([member_id]) => member_id))
  await lockOrders(
    tx,
    going.filter(({ draft }) => draft.order_id !== null && walk_ins.has(draft.member_id)),
  )
  // asked again behind the lock: the same refund may have come in beside us
  const { unknown } = await lookUp(
    tx,
    going.map((one) => ({ ...one, named: null })),
    outcomes,
  )
  const decided = await decide(
    tx,
    unknown.map(({ draft }) => draft),
    walk_ins,
  )
  for (const { draft, refusal: why } of decided.refused)
    outcomes.push({ index: draft.index, outcome: 'refused', ...why })
  const written = await writeTaken(tx, decided.taken)
  for (const taken of written) outcomes.push(placed(taken, kinds.get(taken.member_id) === 'walk_in'))
  const ids = new Set(written.map(({ index }) => index))
  for (const { index } of decided.taken) if (!ids.has(index)) outcomes.push({ index, outcome: 'unchanged' })
  await tell(tx, refundedFacts(written, decided.orders, kinds))
  await rewrite(
    tx,
    written.flatMap(({ member_id }) => (personKind(kinds, member_id) ? [member_id] : [])),
  )
}

/** Orders of walk-ins have no statistics row to wait at: their own row is written instead. */
async function lockOrders(tx: Tx, going: readonly Waiting[]): Promise<void> {
  const orders = [...new Map(going.map(({ draft }) => [draft.order_id!, draft.member_id]))].sort((a, b) =>
    a[0] < b[0] ? -1 : 1,
  )
  if (orders.length === 0) return
  await tx.run(sql`
    update orders o set refunded_minor = o.refunded_minor
    from unnest(${orders.map(([, member_id]) => member_id)}::uuid[], ${orders.map(([order_id]) => order_id)}::uuid[])
      as wanted (member_id, order_id)
    where o.member_id = wanted.member_id and o.order_id = wanted.order_id`)
}

function placed(
  { index, refund_id, member_id, unmatched_minor, takings }: TakenRefund,
  isWalkIn: boolean,
): RefundOutcome {
  const isUnmatched = takings.some((taking) => taking.order_id === null)
  return {
    index,
    outcome: 'placed',
    refund_id,
    member_id,
    unmatched_minor,
    ...(isUnmatched
      ? { code: 'refund.unmatched', params: { unmatched_minor, ...(isWalkIn ? { walk_in: true } : {}) } }
      : {}),
  }
}
