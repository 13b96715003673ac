/**
 * The till: quote, hold, commit, release. A hold sets aside what its quote promised; a commit writes the order,
 * spends the points and redeems the coupons in one transaction, or moves nothing. Everything may be sent again.
 */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { inputHash, uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import type { OrderWire } from '../../record/orders/types.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import { read, type Present } from './reading.ts'
import { quote as decide } from './rules.ts'
import type { Hold, HoldBody, Quote, QuoteBody, Refusal, Sale } from './types.ts'

export { checks } from './checks.ts'
export { cancel, refund } from './returning.ts'

/** The name under which points and coupons are set aside and used; its id is the hold's. */
const source = 'till'
/** Unless the caller says how long: five minutes, a payment with a second attempt. */
const hold_seconds_default = 300

/** What a purchase would come to, with every reason and all that speaks against it. */
export async function quote(db: Present, body: QuoteBody): Promise<Quote> {
  return decide(await read(db, body))
}

interface HoldRow extends Hold {
  member_id: string
  store: string | null
  content_hash: string
  occurred_at: Date | null
}

/**
 * Sets aside what the quote promises. The same number again answers the same hold while it lives or once it is
 * committed; after it ended the number may be held anew. Throws `till.refused` with all refusals, `till.hold_differs`.
 */
export async function hold(tx: Tx, body: HoldBody, options: { is_sold?: boolean } = {}): Promise<Hold> {
  const { source: channel, source_id, hold_seconds, ...basket } = body
  const content_hash = inputHash(['till', basket])
  const hold_id = uuidv7(tx.now)
  const stated = await read(tx, basket)
  const answer = decide(stated)
  const member_id = stated.member?.member_id ?? (await walkIn(tx, stated.store_id, `${channel} ${source_id}`))
  const living = await claim(tx, { source: channel, source_id, hold_id, member_id })
  if (living) {
    if (living.content_hash === content_hash) return wireOf(living, tx.now)
    throw new AppError('till.hold_differs', { source_id, hold_id: living.hold_id }, { status: 409 })
  }
  refuse(answer.refusals)
  // whoever writes orders locks the member's statistics before the purse: a sale that began with the purse would
  // wait in a circle with others
  if (options.is_sold) await orders.lock(tx, [member_id])
  const expires_at = addMs(tx.now, (hold_seconds ?? hold_seconds_default) * 1_000)
  await setAside(tx, { member_id, hold_id, expires_at, store_id: stated.store_id, at: stated.at }, answer)
  await tx.run(sql`
    insert into till_holds (member_id, hold_id, source, source_id, store, content_hash, quote, status, expires_at,
      occurred_at, created_at, actor)
    values (${member_id}::uuid, ${hold_id}::uuid, ${channel}::text, ${source_id}::text, ${basket.store ?? null}::text,
      ${content_hash}::text, ${JSON.stringify(answer)}::jsonb, 'held', ${expires_at}::timestamptz,
      ${basket.occurred_at ? stated.at : null}::timestamptz, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)`)
  return { hold_id, status: 'held', source: channel, source_id, expires_at, order_id: null, quote: answer }
}

async function walkIn(tx: Tx, store_id: string | null, key: string): Promise<string> {
  return (await members.walkIn(tx, [{ store_id, key }]))[0]!
}

/** All refusals at once; the first gives its name to the answer. */
function refuse(refusals: readonly Refusal[]): void {
  const [first] = refusals
  if (!first) return
  throw new AppError(first.code, first.params, {
    status: 422,
    errors: refusals.map(({ code, params }) => ({ pointer: '', code, params })),
  })
}

/**
 * Takes the number of a sale for a new hold, unless its newest one lives or is committed: then answers that one. The
 * key's row is the lock for callers with the same number.
 */
async function claim(
  tx: Tx,
  key: { source: string; source_id: string; hold_id: string; member_id: string },
): Promise<HoldRow | undefined> {
  const taken = await tx.row<{ hold_id: string }>(sql`
    insert into till_keys as known (source, source_id, hold_id, member_id)
    values (${key.source}::text, ${key.source_id}::text, ${key.hold_id}::uuid, ${key.member_id}::uuid)
    on conflict (source, source_id) do update set hold_id = known.hold_id
    returning hold_id`)
  if (taken!.hold_id === key.hold_id) return undefined
  const newest = await find(tx, taken!.hold_id)
  const lives = newest?.status === 'committed' || (newest?.status === 'held' && newest.expires_at > tx.now)
  if (lives) return newest
  await tx.run(sql`
    update till_keys set hold_id = ${key.hold_id}::uuid, member_id = ${key.member_id}::uuid
    where source = ${key.source}::text and source_id = ${key.source_id}::text`)
  return undefined
}

async function find(tx: Tx, hold_id: string): Promise<HoldRow | undefined> {
  return tx.row<HoldRow>(sql`
    select member_id, hold_id, status, source, source_id, store, content_hash, expires_at, occurred_at, order_id, quote
    from till_holds where hold_id = ${hold_id}::uuid`)
}

function wireOf(
  { hold_id, status, source: channel, source_id, expires_at, order_id, quote }: HoldRow,
  now: Date,
): Hold {
  const isOver = status === 'held' && expires_at <= now
  return { hold_id, status: isOver ? 'expired' : status, source: channel, source_id, expires_at, order_id, quote }
}

async function setAside(
  tx: Tx,
  held: { member_id: string; hold_id: string; expires_at: Date; store_id: string | null; at: Date },
  answer: Quote,
): Promise<void> {
  const { member_id, hold_id, expires_at, store_id, at } = held
  const key = { member_id, source, source_id: hold_id, expires_at }
  if (answer.points.used > 0) {
    const [outcome] = await points.hold(tx, [{ ...key, points: answer.points.used }])
    points.insist(outcome!)
  }
  const unclaimed = answer.coupons.filter((one) => one.coupon_id === null)
  const claimed = await coupons.claim(
    tx,
    member_id,
    unclaimed.map((one) => one.code!),
  )
  unclaimed.forEach((one, nth) => (one.coupon_id = claimed[nth]!))
  const outcomes = await coupons.hold(
    tx,
    answer.coupons.map(({ coupon_id, discount_minor, why }) => ({
      ...key,
      coupon_id: coupon_id!,
      discount_minor,
      why: why as never,
      store_id,
      at,
    })),
  )
  refuse(outcomes.flatMap(({ refusal }) => (refusal ? [refusal] : [])))
}

/**
 * The purchase happened: writes the order with its discounts, spends, redeems. Again: the same answer. Throws
 * `hold.not_found`, `hold.expired`, `hold.released`, `till.order_exists`; then nothing has moved.
 */
export async function commit(tx: Tx, hold_id: string): Promise<Sale> {
  const row = await end(tx, hold_id)
  if (row.order_id !== null) return saleOf(tx, row)
  const { member_id, quote: said } = row
  const [placed] = await orders.receive(tx, [orderOf(row, tx.now)], { channel: row.source })
  if (placed!.outcome === 'refused') throw new AppError(placed!.code!, placed!.params)
  if (placed!.outcome !== 'placed')
    throw new AppError('till.order_exists', { source: row.source, source_id: row.source_id }, { status: 409 })
  const order_id = placed!.order_id!
  if (said.points.used > 0) {
    const [outcome] = await points.commitHold(tx, [{ member_id, source, source_id: hold_id }])
    points.insist(outcome!)
  }
  if (said.points.used > 0 || said.coupons.length > 0) await keepSale(tx, { member_id, order_id, hold_id }, said)
  if (said.coupons.length > 0) {
    const [outcome] = await coupons.redeem(tx, [{ member_id, source, source_id: hold_id, order_id }])
    if (outcome?.refusal) throw new AppError(outcome.refusal.code, outcome.refusal.params)
  }
  await tx.run(sql`
    update till_holds set status = 'committed', order_id = ${order_id}::uuid, ended_at = ${tx.now}::timestamptz
    where member_id = ${member_id}::uuid and hold_id = ${hold_id}::uuid`)
  return saleOf(tx, { ...row, order_id })
}

/** Locks a hold to be ended; answers it as it stands if it is committed. */
async function end(tx: Tx, hold_id: string): Promise<HoldRow> {
  const row = await tx.row<HoldRow>(sql`
    update till_holds set status = status where hold_id = ${hold_id}::uuid
    returning member_id, hold_id, status, source, source_id, store, content_hash, expires_at, occurred_at, order_id,
      quote`)
  if (!row) throw new AppError('hold.not_found', { hold_id })
  if (row.status === 'released') throw new AppError('hold.released', { hold_id }, { status: 409 })
  if (row.status === 'held' && row.expires_at <= tx.now)
    throw new AppError('hold.expired', { hold_id, expires_at: row.expires_at.toISOString() }, { status: 410 })
  return row
}

/** The order as the record takes it: what was paid with points or coupons is a discount of its line. */
function orderOf(row: HoldRow, now: Date): OrderWire {
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

/** Which points paid which line: what a refund of the line returns. */
async function keepSale(
  tx: Tx,
  { member_id, order_id, hold_id }: { member_id: string; order_id: string; hold_id: string },
  said: Quote,
): Promise<void> {
  const pointsIn = (discounts: Quote['shipping']['discounts']) =>
    discounts.reduce((sum, one) => sum + (one.points ?? 0), 0)
  const lines = said.lines
    .map(({ line_no, discounts }) => ({ line_no, points: pointsIn(discounts) }))
    .filter((line) => line.points > 0)
  await tx.run(sql`
    insert into till_sales (member_id, order_id, hold_id, points, lines, shipping_points, coupons)
    values (${member_id}::uuid, ${order_id}::uuid, ${hold_id}::uuid, ${said.points.used}::bigint,
      ${JSON.stringify(lines)}::jsonb, ${pointsIn(said.shipping.discounts)}::bigint,
      ${said.coupons.length}::int)`)
}

async function saleOf(tx: Tx, row: HoldRow): Promise<Sale> {
  const { hold_id, source: channel, source_id, order_id, quote: said } = row
  const earned = await tx.row<{ points: number }>(sql`
    select points from point_entries where member_id = ${row.member_id}::uuid and source = 'order'
      and source_id = ${order_id}::text`)
  return {
    hold_id,
    order_id: order_id!,
    source: channel,
    source_id,
    paid_minor: said.to_pay_minor,
    points_used: said.points.used,
    points_earned: earned?.points ?? 0,
  }
}

/** A finished receipt: hold and commit in one; the same result, and the same answer however often it is sent. */
export async function sell(tx: Tx, body: HoldBody): Promise<Sale> {
  const { hold_id } = await hold(tx, body, { is_sold: true })
  return commit(tx, hold_id)
}

/** The purchase did not happen: what was set aside is free. Again, or after its time: nothing. */
export async function release(tx: Tx, hold_id: string): Promise<Hold> {
  const row = await tx.row<HoldRow>(sql`
    update till_holds set status = status where hold_id = ${hold_id}::uuid
    returning member_id, hold_id, status, source, source_id, expires_at, order_id, quote`)
  if (!row) throw new AppError('hold.not_found', { hold_id })
  if (row.status === 'committed') throw new AppError('hold.committed', { hold_id }, { status: 409 })
  if (row.status === 'held') {
    const key = { member_id: row.member_id, source, source_id: hold_id }
    if (row.quote.points.used > 0) await points.releaseHold(tx, [key])
    if (row.quote.coupons.length > 0) await coupons.release(tx, [key])
    await tx.run(sql`
      update till_holds set status = 'released', ended_at = ${tx.now}::timestamptz
      where member_id = ${row.member_id}::uuid and hold_id = ${hold_id}::uuid`)
  }
  return wireOf({ ...row, status: 'released' }, tx.now)
}
