/**
 * Purchases and what went back. `receive` takes orders as the outside sends them, `place` books those whose member,
 * store and products are known, `refund` takes back. One order and a hundred thousand take the same way: a constant
 * number of statements a set (one more round for each further version of the same order inside it).
 *
 * Laws: one order and one refund for ever by (source, source_id). Amounts that have counted are never edited: what
 * is lowered is a refund, what is raised a supplement. The result never depends on how a set is cut (refunds
 * without an original are decided in the order of their time: send sets in the order of `occurred_at`, orders
 * before refunds at one instant). Whoever changes orders of a member first touches that member's row of
 * member_statistics.
 */
import type { Tx } from '../../base/db.ts'
import * as members from '../members/members.ts'
import type { MemberRef } from '../members/types.ts'
import * as products from '../products/products.ts'
import type { ProductRef } from '../products/products.ts'
import * as program from '../program/program.ts'
import * as stores from '../stores/stores.ts'
import { add, readBefore } from './adding.ts'
import { book } from './booking.ts'
import { change, type Change } from './changes.ts'
import { tellDiffering } from './differing.ts'
import { foresee } from './foreseeing.ts'
import { headOf, headsOf, keyText, type Head } from './heads.ts'
import { dayReader, isRefusal, orRefusal, readOrder, type Reading } from './rules.ts'
import { lock } from './statistics.ts'
import { creditedOf, keepPartiesOf, namedBy, type Credited, type Named } from './parties.ts'
import { foretellBooked, personKind, tellBooked } from './telling.ts'
import type { OrderInput, OrderOutcome, OrderWire, ReceiveOptions } from './types.ts'

export { checks } from './checks.ts'
export { foresee } from './foreseeing.ts'
export { moveToMembers, type Moved } from './moving.ts'
export { refund } from './refunds.ts'
export { recategorise } from './categories.ts'
export { isRefusal, orRefusal, quantityE4, readOrder } from './rules.ts'
export { refreshUsual, reviewStates } from './states.ts'
export { lock, recompute } from './statistics.ts'
export type { PaidContext, RefundedContext } from './telling.ts'
export type { Beside, Held, OrderOutcome, OrderWire, ReceiveOptions, RefundOutcome, RefundWire } from './types.ts'

/** An input on its way: read, and not decided yet. */
interface Waiting {
  draft: OrderInput
  store: string | null
  member: MemberRef | null
  named: Named | null
}

/** Takes orders as they come; one outcome for each, in their order. A refused one never fails the others. */
export async function receive(
  tx: Tx,
  wires: readonly OrderWire[],
  options: ReceiveOptions = {},
): Promise<OrderOutcome[]> {
  const outcomes: OrderOutcome[] = []
  let foreseen = options.foreseen ?? foresee(tx, wires)
  const [reading, known] = await Promise.all([readingOf(tx), foreseen?.heads.take(wires.map(keyText))])
  const heads = known ?? (await headsOf(tx, wires))
  const waiting = readAll(wires, reading, outcomes)
  for (const { draft } of waiting) draft.beside = options.beside?.[draft.index]
  const queues = queuesOf(waiting)
  while (queues.size > 0) {
    const round: Waiting[] = []
    for (const [key, queue] of queues) {
      const next = nextOf(queue, heads.get(key), outcomes)
      if (next) round.push(next)
      else queues.delete(key)
    }
    if (round.length > 0) await runRound(tx, round, heads, { ...options, foreseen }, outcomes)
    // what the first round has made was not there when it was asked for
    foreseen = undefined
  }
  return outcomes.sort((a, b) => a.index - b.index)
}

/** What reading orders and refunds needs to know. */
export async function readingOf(tx: Tx): Promise<Reading> {
  const { currency, time_zone } = await program.current(tx)
  return { currency, now: tx.now, dayIn: dayReader(time_zone) }
}

function readAll(wires: readonly OrderWire[], reading: Reading, outcomes: OrderOutcome[]): Waiting[] {
  const waiting: Waiting[] = []
  for (const [index, wire] of wires.entries()) {
    const draft = orRefusal(() => readOrder(wire, index, reading))
    if (isRefusal(draft)) outcomes.push({ index, outcome: 'refused', ...draft })
    else {
      const store = wire.store?.trim() || null
      waiting.push({ draft, store, member: wire.member ?? null, named: namedBy(wire) })
    }
  }
  return waiting
}

/** The versions of each order that the set holds, in the order in which they came. */
function queuesOf(waiting: readonly Waiting[]): Map<string, Waiting[]> {
  const queues = new Map<string, Waiting[]>()
  for (const one of waiting) {
    const key = keyText(one.draft)
    const queue = queues.get(key)
    if (queue) queue.push(one)
    else queues.set(key, [one])
  }
  return queues
}

/** The next version that changes anything; those that do not are answered on the way. */
function nextOf(queue: Waiting[], head: Head | undefined, outcomes: OrderOutcome[]): Waiting | undefined {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { draft } = next
    if (!head) return next
    const known = { index: draft.index, order_id: head.order_id, member_id: head.member_id }
    const updated = draft.updated_at?.getTime()
    const seen = head.source_updated_at?.getTime()
    if (updated !== undefined && seen !== undefined && updated < seen) {
      const isSame = draft.content_hash === head.content_hash
      outcomes.push({
        ...known,
        ...(isSame ? { outcome: 'unchanged' } : { outcome: 'refused', code: 'order.stale', params: {} }),
      })
    } else if (draft.content_hash !== head.content_hash || (updated ?? 0) > (seen ?? 0)) {
      return next
    } else {
      outcomes.push({ ...known, outcome: 'unchanged' })
    }
  }
  return undefined
}

async function runRound(
  tx: Tx,
  round: readonly Waiting[],
  heads: Map<string, Head>,
  options: ReceiveOptions,
  outcomes: OrderOutcome[],
): Promise<void> {
  const fresh: Waiting[] = []
  const changes: (Change & { member: MemberRef | null })[] = []
  for (const one of round) {
    const head = heads.get(keyText(one.draft))
    if (head) changes.push({ head, draft: one.draft, member: one.member })
    else fresh.push(one)
  }
  const credited = await creditedOf(tx, fresh, options)
  const refs = fresh.map(({ draft, member }) => credited.members.get(draft.index) ?? member)
  const drafts = fresh.map(({ draft }) => draft)
  const { foreseen } = options
  await Promise.all([
    findProducts(tx, round, foreseen?.products),
    findStores(tx, fresh, foreseen?.stores),
    findNamed(tx, drafts, refs, options),
  ])
  if (fresh.length > 0) for (const outcome of await placeFresh(tx, drafts, heads, credited)) outcomes.push(outcome)
  if (changes.length === 0) return
  for (const outcome of await change(tx, changes, heads)) outcomes.push(outcome)
  await tellDiffering(tx, changes)
}

async function placeFresh(
  tx: Tx,
  fresh: readonly OrderInput[],
  heads: Map<string, Head>,
  credited: Credited,
): Promise<OrderOutcome[]> {
  const inputs = fresh.filter((draft) => !credited.refused.has(draft.index))
  const walkIns = await findNobody(tx, inputs)
  const outcomes = await placeIn(tx, inputs, heads, walkIns)
  return [...(await keepPartiesOf(tx, outcomes, credited)), ...credited.refused.values()]
}

async function findProducts(tx: Tx, round: readonly Waiting[], foreseen?: products.Foreseen): Promise<void> {
  const wanted = new Map<string, ProductRef>()
  for (const { draft } of round) {
    for (const { sku, name, category } of draft.lines) {
      const known = sku === null ? undefined : wanted.get(sku)
      // the first name and the first category that are said; most lines say nothing new
      if (sku !== null && (!known || (known.name === null && name) || (known.category === null && category))) {
        wanted.set(sku, { sku, name: known?.name ?? name, category: known?.category ?? category })
      }
    }
  }
  const found = await products.resolve(tx, [...wanted.values()], foreseen)
  for (const { draft } of round) {
    for (const line of draft.lines) {
      const product = line.sku === null ? undefined : found.get(line.sku)
      if (!product) continue
      line.product_id = product.product_id
      line.category = product.category
    }
  }
}

async function findStores(tx: Tx, fresh: readonly Waiting[], foreseen?: stores.Foreseen): Promise<void> {
  const codes = fresh.flatMap(({ store }) => (store ? [store] : []))
  const ids = await stores.resolve(tx, codes, { foreseen })
  for (const { draft, store } of fresh) draft.store_id = (store && ids.get(store)) ?? null
}

/** Fills in the member of each that names one. */
async function findNamed(
  tx: Tx,
  inputs: readonly OrderInput[],
  refs: readonly (MemberRef | null)[],
  options: ReceiveOptions,
): Promise<void> {
  const named = inputs.flatMap((input, i) =>
    refs[i] ? [{ input, ref: { ...refs[i], occurred_at: input.occurred_at } }] : [],
  )
  if (named.length === 0) return
  const found = await members.resolve(
    tx,
    named.map(({ ref }) => ref),
    {
      create_as: options.create_as ?? 'guest',
      channel: options.channel ?? named[0]!.input.source,
      foreseen: options.foreseen?.members,
    },
  )
  named.forEach(({ input }, i) => (input.member_id = found[i] ?? ''))
}

/** Who bought without a name is a walk-in of the store; answers who they are. */
async function findNobody(tx: Tx, inputs: readonly OrderInput[]): Promise<Set<string>> {
  const nobody = inputs.filter((input) => input.member_id === '')
  if (nobody.length === 0) return new Set()
  const rows = await members.walkIn(
    tx,
    nobody.map((input) => ({ store_id: input.store_id, key: keyText(input) })),
  )
  nobody.forEach((input, i) => (input.member_id = rows[i]!))
  return new Set(rows)
}

/** Books orders whose member, store and products are known. A constant number of statements. */
export async function place(tx: Tx, inputs: readonly OrderInput[]): Promise<OrderOutcome[]> {
  return placeIn(tx, inputs, new Map(), new Set())
}

async function placeIn(
  tx: Tx,
  inputs: readonly OrderInput[],
  heads: Map<string, Head>,
  walkIns: ReadonlySet<string>,
): Promise<OrderOutcome[]> {
  const member_ids = inputs.map((input) => input.member_id)
  const asked = [lock(tx, member_ids), book(tx, inputs), readBefore(tx, member_ids)] as const
  // by now they have their ids
  const foretold = foretellBooked(tx, inputs, walkIns)
  const [kinds, booked, before] = await Promise.all(asked)
  const persons = booked.filter(({ member_id }) => personKind(kinds, member_id))
  // what is known of members is right before anybody hears of their orders
  await Promise.all([add(tx, persons, before), tellBooked(tx, booked, kinds, foretold)])
  await program.freeze(tx)
  const outcomes: OrderOutcome[] = booked.map((order) => {
    heads.set(keyText(order), headOf(order))
    return { index: order.index, outcome: 'placed', order_id: order.order_id, member_id: order.member_id }
  })
  if (booked.length === inputs.length) return outcomes
  const here = new Set(booked.map((order) => order.index))
  return outcomes.concat(
    await meet(
      tx,
      inputs.filter((input) => !here.has(input.index)),
      heads,
    ),
  )
}

/**
 * Keys that somebody else had claimed, at the very same moment if `receive` asked: the same order, or one to be
 * sent again.
 */
async function meet(tx: Tx, lost: readonly OrderInput[], heads: Map<string, Head>): Promise<OrderOutcome[]> {
  const found = await headsOf(tx, lost)
  return lost.map((input) => {
    const head = found.get(keyText(input))!
    heads.set(keyText(input), head)
    const known = { index: input.index, order_id: head.order_id, member_id: head.member_id }
    if (head.content_hash === input.content_hash) return { ...known, outcome: 'unchanged' }
    return { ...known, outcome: 'refused', code: 'order.changed_meanwhile', params: { source_id: input.source_id } }
  })
}
