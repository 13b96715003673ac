/**
 * The till: quote, hold, commit, release. A hold sets aside what its quote promised; a commit writes the order,
 * spends the points and redeems the coupons in one transaction, or moves nothing. Everything may be sent again. Verbs
 * take sets and answer one result or one error each; when what was set aside for one of several cannot be had after
 * all (two asked for the last of it), the whole set throws, and each is to be tried alone.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { inputHash, uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import type { OrderWire } from '../../record/orders/types.ts'
import * as program from '../../record/program/program.ts'
import { insistOnPresence } from './clerks/presence.ts'
import { addedByHand } from './clerks/receipts.ts'
import { quoteOf, recall } from './promises.ts'
import { read, type Present } from './reading.ts'
import { quote as decide } from './rules.ts'
import { claimKeys, insertHolds, lives, lockHolds, newestOf, wireOf, type Claimed, type HoldRow } from './holds.ts'
import { bringShares, heldPointsOf, lentInVain, letGo, refusedBy, setAside, settle } from './setting-aside.ts'
import type { Hold, HoldBody, Quote, QuoteBody, Sale } from './types.ts'

export { checks } from './checks.ts'
export { noteMistyped } from './clerks/alarms.ts'
export { takeOffline, type ShownCode } from './clerks/offline.ts'
export { notePresent } from './clerks/presence.ts'
export { storesOfHolds } from './holds.ts'
export { cancel, refund } from './returning.ts'

/** Unless the caller says how long: five minutes, a payment with a second attempt. */
const hold_seconds_default = 300

/** What purchases would come to, each with every reason and all that speaks against it. */
export async function quote(db: Present, bodies: readonly QuoteBody[]): Promise<Quote[]> {
  return (await read(db, bodies)).map(decide)
}

/** A hold on its way. */
interface Wanted extends Claimed {
  nth: number
  basket: QuoteBody
}

interface HoldOptions {
  /** It happened already: what comes of it follows in this transaction. */
  is_sold?: boolean
  /** Their members have shown a code for just this. */
  is_shown?: boolean
  /** It was paid as it stands: nobody's prices are taken off any more. */
  is_paid?: boolean
}

/**
 * Sets aside what quotes promise. The same number again answers the same hold while it lives or once it is committed;
 * after it ended the number may be held anew. Errors: `till.refused` with all refusals, `till.hold_differs`.
 */
export async function hold(
  tx: Tx,
  bodies: readonly HoldBody[],
  options: HoldOptions = {},
): Promise<(Hold | AppError)[]> {
  const answers: (Hold | AppError)[] = []
  const [first, again] = oncePerNumber(bodies.map((body, nth) => wantedOf(tx, body, nth)))
  const [newest, statedOf] = await Promise.all([newestOf(tx, first), statedFor(tx, first, options)])
  if (!options.is_shown) await insistOnPresence(tx, first)
  const fresh = first.filter((one) => {
    const living = newest.get(numberOf(one))
    if (living && lives(living, tx.now)) answers[one.nth] = sameOr(one, living, tx.now)
    else if (one.quote.refusals.length > 0) answers[one.nth] = refusedBy(one.quote.refusals)
    else return true
    return false
  })
  await findWalkIns(tx, fresh, statedOf)
  const taken = await claimKeys(tx, fresh)
  const mine = fresh.filter((one) => {
    const living = taken.get(numberOf(one))
    if (living) answers[one.nth] = sameOr(one, living, tx.now)
    return !living
  })
  // whoever writes orders locks the members' statistics before the purses: a sale that began with the purse would
  // wait in a circle with others
  if (options.is_sold && mine.length > 0) await orders.lock(tx, [...new Set(mine.map((one) => one.member_id))].sort())
  await setAside(
    tx,
    mine.map((one) => ({ ...one, store_id: statedOf(one).store_id, at: statedOf(one).at })),
  )
  insertHolds(tx, mine)
  for (const one of mine) answers[one.nth] = wireOf({ ...one, status: 'held', order_id: null }, tx.now)
  if (again.length === 0) return answers
  const repeated = await hold(
    tx,
    again.map((one) => bodies[one.nth]!),
    options,
  )
  again.forEach((one, i) => (answers[one.nth] = repeated[i]!))
  return answers
}

const numberOf = (one: { source: string; source_id: string }) => `${one.source} ${one.source_id}`

function wantedOf(tx: Tx, body: HoldBody, nth: number): Wanted {
  const { source: channel, source_id, hold_seconds, ...basket } = body
  return {
    nth,
    basket,
    source: channel,
    source_id,
    hold_id: uuidv7(tx.now),
    content_hash: inputHash(['till', basket]),
    expires_at: addMs(tx.now, (hold_seconds ?? hold_seconds_default) * 1_000),
    store: basket.store ?? null,
    // known once the basket is read
    member_id: '',
    occurred_at: null,
    quote: undefined as unknown as Quote,
  }
}

/** A number that comes twice in a set meets itself: the later ones are looked at when the first is written. */
function oncePerNumber(all: readonly Wanted[]): [Wanted[], Wanted[]] {
  const seen = new Set<string>()
  const isFirst = all.map((one) => {
    const key = numberOf(one)
    return !seen.has(key) && seen.add(key)
  })
  return [all.filter((_one, i) => isFirst[i]), all.filter((_one, i) => !isFirst[i])]
}

type StatedOf = (one: Wanted) => Awaited<ReturnType<typeof read>>[number]

/** Reads the baskets and decides their quotes. */
async function statedFor(tx: Tx, wanted: readonly Wanted[], { is_paid }: HoldOptions): Promise<StatedOf> {
  const all = await read(
    tx,
    wanted.map(({ basket, source: channel }) => ({ ...basket, source: channel })),
  )
  if (is_paid)
    for (const own of all) {
      own.price_rule = null
      if (own.member) own.member = { ...own.member, deals: [] }
    }
  const stated = new Map(wanted.map((one, i) => [one, all[i]!]))
  for (const one of wanted) {
    const own = stated.get(one)!
    one.quote = decide(own)
    one.member_id = own.member?.member_id ?? ''
    one.occurred_at = one.basket.occurred_at ? own.at : null
  }
  return (one) => stated.get(one)!
}

async function findWalkIns(tx: Tx, wanted: readonly Wanted[], statedOf: StatedOf): Promise<void> {
  const nobody = wanted.filter((one) => one.member_id === '')
  const rows = await members.walkIn(
    tx,
    nobody.map((one) => ({ store_id: statedOf(one).store_id, key: numberOf(one) })),
  )
  nobody.forEach((one, i) => (one.member_id = rows[i]!))
}

function sameOr(one: Wanted, living: HoldRow, now: Date): Hold | AppError {
  if (living.content_hash === one.content_hash) return wireOf(living, now)
  const { source_id } = one
  return new AppError('till.hold_differs', { source_id, hold_id: living.hold_id }, { status: 409 })
}

/**
 * The purchases happened: writes the orders with their discounts, spends, redeems. Again: the same answer. Errors:
 * `hold.not_found`, `hold.expired`, `hold.released`, `till.order_exists`; then nothing of it has moved.
 */
export async function commit(tx: Tx, hold_ids: readonly string[]): Promise<(Sale | AppError)[]> {
  const promised = recall(hold_ids)
  const locking = lockHolds(tx, hold_ids, promised)
  // what is asked for further down comes with the first answer: the program, and what the promised orders name
  const guesses = [...promised.values()].map((one) => orderOf({ ...one, quote: quoteOf(one) }, tx.now))
  const foreseen = guesses.length === hold_ids.length ? orders.foresee(tx, guesses) : undefined
  const [rows] = await Promise.all([locking, program.current(tx)])
  const errors = new Map<string, AppError>()
  for (const hold_id of hold_ids) {
    const error = endedOf(hold_id, rows.get(hold_id), tx.now)
    if (error) errors.set(hold_id, error)
  }
  const open = [...rows.values()].filter((row) => row.order_id === null && !errors.has(row.hold_id))
  await bringShares(tx, open)
  const beside = new Map(open.map((row) => [row, { held: heldPointsOf(row), points_earned: null } as orders.Beside]))
  const placed = await orders.receive(
    tx,
    open.map((row) => orderOf(row, tx.now)),
    { beside: [...beside.values()], foreseen },
  )
  // a receipt that a clerk had added before its till sent it is that sale
  const met = placed.filter(({ outcome }) => outcome === 'changed' || outcome === 'unchanged')
  const byHand = await addedByHand(tx, met)
  const sold = open.filter((row, i) => {
    const { outcome, code, params, order_id, member_id } = placed[i]!
    const isSale = outcome === 'placed' || (byHand.has(order_id ?? '') && member_id === row.member_id)
    if (isSale) row.order_id = order_id!
    else {
      const error = outcome === 'refused' ? new AppError(code!, params) : existsAlready(row)
      // an order that came another way has another content now: all of it goes back
      if (outcome === 'changed') throw error
      errors.set(row.hold_id, error)
    }
    return isSale
  })
  const inVain = lentInVain(open, errors)
  if (inVain) throw inVain
  const good = [...rows.values()].filter((row) => !errors.has(row.hold_id))
  const [sales] = await Promise.all([salesOf(tx, good, beside), settle(tx, sold, beside)])
  return hold_ids.map((hold_id) => errors.get(hold_id) ?? sales.get(hold_id)!)
}

function existsAlready({ source, source_id }: HoldRow): AppError {
  return new AppError('till.order_exists', { source, source_id }, { status: 409 })
}

/** Why a hold can no longer be committed; nothing for one that was. */
function endedOf(hold_id: string, row: HoldRow | undefined, now: Date): AppError | undefined {
  if (!row) return new AppError('hold.not_found', { hold_id })
  if (row.status === 'released') return new AppError('hold.released', { hold_id }, { status: 409 })
  if (row.status === 'held' && row.expires_at <= now)
    return new AppError('hold.expired', { hold_id, expires_at: row.expires_at.toISOString() }, { status: 410 })
  return undefined
}

/** The order as the record takes it: what was paid with points or coupons is a discount of its line. */
function orderOf(row: Omit<Claimed, 'expires_at' | 'content_hash' | 'hold_id'>, now: Date): OrderWire {
  const { source: channel, source_id, store, member_id, quote: said, occurred_at } = row
  return {
    source: channel,
    source_id,
    status: 'paid',
    ...(store ? { store } : {}),
    ...(said.member ? { member: { member_id } } : {}),
    lines: said.lines.map(({ sku, name, category, quantity, gross_minor, net_minor }) => ({
      sku,
      name,
      category,
      quantity: Number(quantity),
      gross_minor,
      net_minor,
    })),
    shipping_minor: said.shipping.net_minor,
    occurred_at: occurred_at ?? now,
  }
}

/** What committed holds came to, by hold. */
async function salesOf(
  tx: Tx,
  rows: readonly HoldRow[],
  beside: ReadonlyMap<HoldRow, orders.Beside>,
): Promise<Map<string, Sale>> {
  const untold = rows.filter((row) => (beside.get(row)?.points_earned ?? null) === null)
  const pointsOf = await earnedBefore(tx, untold)
  return new Map(
    rows.map((row) => {
      const { hold_id, source: channel, source_id, order_id, quote: said } = row
      const sale = {
        hold_id,
        order_id: order_id!,
        source: channel,
        source_id,
        paid_minor: said.to_pay_minor,
        saved_minor: said.saved_minor,
        points_used: said.points.used,
        // quotes of before there were pools say nothing of them
        lenders: said.points.lenders ?? [],
        points_earned: beside.get(row)?.points_earned ?? pointsOf.get(order_id!) ?? 0,
      }
      return [hold_id, sale]
    }),
  )
}

/** What orders that were here already had earned, by order. */
async function earnedBefore(tx: Tx, rows: readonly HoldRow[]): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map()
  const earned = await tx.rows<{ order_id: string; points: number }>(sql`
    select e.source_id as order_id, e.points
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.order_id)}::text[])
      as sold (member_id, order_id)
    join point_entries e on e.member_id = sold.member_id and e.source = 'order' and e.source_id = sold.order_id`)
  return new Map(earned.map((row) => [row.order_id, row.points]))
}

/** Finished receipts: hold and commit in one; the same result, and the same answer however often they are sent. */
export async function sell(
  tx: Tx,
  bodies: readonly HoldBody[],
  options: Omit<HoldOptions, 'is_sold'> = {},
): Promise<(Sale | AppError)[]> {
  const holds = await hold(tx, bodies, { ...options, is_sold: true })
  const good = holds.flatMap((one) => (one instanceof AppError ? [] : [one.hold_id]))
  const sales = await commit(tx, good)
  let next = 0
  return holds.map((one) => (one instanceof AppError ? one : sales[next++]!))
}

/** The purchases did not happen: what was set aside is free. Again, or after its time: nothing. */
export async function release(tx: Tx, hold_ids: readonly string[]): Promise<(Hold | AppError)[]> {
  const rows = await lockHolds(tx, hold_ids)
  const open = [...rows.values()].filter((row) => row.status === 'held')
  await letGo(tx, open)
  if (open.length > 0) {
    await tx.run(sql`
      update till_holds h set status = 'released', ended_at = ${tx.now}::timestamptz
      from unnest(${open.map((row) => row.member_id)}::uuid[], ${open.map((row) => row.hold_id)}::uuid[])
        as done (member_id, hold_id)
      where h.member_id = done.member_id and h.hold_id = done.hold_id`)
  }
  return hold_ids.map((hold_id) => {
    const row = rows.get(hold_id)
    if (!row) return new AppError('hold.not_found', { hold_id })
    if (row.status === 'committed') return new AppError('hold.committed', { hold_id }, { status: 409 })
    return wireOf({ ...row, status: 'released' }, tx.now)
  })
}
