/**
 * Receipts that were taken without a network, sent when it is back, in their order. Each is sold under its number, or
 * waits for a manager with the reason; the device's word about the time and ours are both kept. Nothing is lost: what
 * was written down there has a row here, whatever came of it.
 */
import { actorText } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import { addMs, dayOf } from '../../../base/time.ts'
import * as members from '../../../record/members/members.ts'
import * as program from '../../../record/program/program.ts'
import { audit } from '../../../record/staff/staff.ts'
import { sell } from '../counter.ts'
import type { HoldBody, Sale } from '../types.ts'
import { insistOnRecent, insistOnStore, insistOnStoreCode, rulesOf, type Clerk } from './settings.ts'
import type { OfflineBody, OfflineOutcome, TillRules } from './types.ts'

/** A clock that is off by more says a wrong day sooner or later: a manager looks. */
const clock_off_max_s = 3_600
/** A network that breaks off more often in one person's day, each time to the limit, is for a manager to look at. */
const stretches_a_day = 3
const shown_max = 200

/** By how much the device's clock runs ahead, and when the receipt was taken by ours. */
export function timesOf({ said_at, device_now }: Pick<OfflineBody, 'said_at' | 'device_now'>, now: Date) {
  const ahead_ms = new Date(device_now).getTime() - now.getTime()
  const at = addMs(new Date(said_at), -ahead_ms)
  return { clock_off_s: Math.round(ahead_ms / 1_000), at: at < now ? at : now }
}

/** What the goods come to, as far as the device knew. Minor units. */
export function amountOf({ lines, shipping_minor = 0, discount_minor = 0 }: OfflineBody['sale']): number {
  const goods = lines.reduce(
    (sum, line) =>
      sum +
      (line.net_minor ??
        (line.gross_minor ?? Math.round((line.unit_price_minor ?? 0) * line.quantity)) - (line.discount_minor ?? 0)),
    0,
  )
  return goods + shipping_minor - discount_minor
}

/** Takes something out of a member's hands: that is never promised without a network. */
export const spends = ({ points_to_use = 0, coupon_codes = [], card_payments = [], best }: OfflineBody['sale']) =>
  points_to_use !== 0 || coupon_codes.length > 0 || card_payments.length > 0 || best === true

/** Takes one receipt; the same number again answers the same. Whatever speaks against it, it is kept. */
export async function takeOffline(tx: Tx, body: OfflineBody, { actor }: Clerk): Promise<OfflineOutcome> {
  const { sale } = body
  const known = await outcomeOf(tx, sale)
  if (known) return known
  const { clock_off_s, at } = timesOf(body, tx.now)
  const amount_minor = amountOf(sale)
  const refused = await refusedOf(tx, { body, amount_minor, clock_off_s, at })
  const sold = refused ?? (await tried(tx, { ...sale, occurred_at: at.toISOString() }))
  const isSold = !(sold instanceof AppError)
  const member_id = await namedBy(tx, sale, isSold ? sold.order_id : null)
  const { time_zone } = await program.current(tx)
  await tx.run(sql`
    insert into till_offline_receipts (source, source_id, member_id, store_id, device, stretch, said_at, clock_off_s,
      received_at, received_on, amount_minor, body, status, code, params, order_id, actor, actor_name)
    values (${sale.source}::text, ${sale.source_id}::text, ${member_id}::uuid,
      (select store_id from stores where code = ${sale.store ?? null}::text), ${body.device}::text,
      ${body.stretch}::text, ${body.said_at}::timestamptz, ${clock_off_s}::int, ${tx.now}::timestamptz,
      ${dayOf(tx.now, time_zone)}::date, ${amount_minor}::bigint, ${JSON.stringify(sale)}::jsonb,
      ${isSold ? 'sold' : 'open'}::text, ${isSold ? null : sold.code}::text,
      ${isSold ? null : JSON.stringify(sold.params)}::jsonb, ${isSold ? sold.order_id : null}::uuid,
      ${actorText(actor)}::text, ${actor.name}::text)
    on conflict (source, source_id) do nothing`)
  return (await outcomeOf(tx, sale))!
}

/** Whom a receipt names, by whatever it names them, so that it follows and forgets the person; null: nobody here. */
async function namedBy(tx: Tx, { member }: OfflineBody['sale'], order_id: string | null): Promise<string | null> {
  if (!member) return null
  const sold = order_id
    ? await tx.row<{ member_id: string }>(sql`select member_id from orders where order_id = ${order_id}::uuid`)
    : undefined
  if (sold) return sold.member_id
  const [{ found }] = (await members.find(tx, [member])) as [members.FoundBy]
  return found.length === 1 ? found[0]!.member_id : (member.member_id ?? null)
}

type Stretch = Pick<OfflineBody, 'device' | 'stretch'>
interface Taken {
  body: OfflineBody
  amount_minor: number
  clock_off_s: number
  /** By our clock. */
  at: Date
}

/** What speaks against it before it is tried; the stretch's row counts it. */
async function refusedOf(tx: Tx, { body, amount_minor, clock_off_s, at }: Taken): Promise<AppError | null> {
  const rules = await rulesOf(tx)
  const { offline_receipts_max: receipts, offline_amount_max_minor: most_minor } = rules
  const { time_zone } = await program.current(tx)
  // what the device says of itself is gone with its storage; who sends is known here
  const sender = { device: actorText(tx.actor), stretch: `day ${dayOf(tx.now, time_zone)}` }
  const day = {
    ...rules,
    offline_receipts_max: receipts * stretches_a_day,
    offline_amount_max_minor: most_minor === null ? null : most_minor * stretches_a_day,
  }
  if (!(await counted(tx, body, amount_minor, rules)) || !(await counted(tx, sender, amount_minor, day))) {
    return new AppError('till.offline_over_limit', { receipts, most_minor })
  }
  if (spends(body.sale)) return new AppError('till.offline_spending', {})
  if (Math.abs(clock_off_s) > clock_off_max_s)
    return new AppError('till.offline_clock', { minutes: Math.round(clock_off_s / 60) })
  try {
    await insistOnStoreCode(tx, tx.actor, [body.sale.store])
    await insistOnRecent(tx, [{ occurred_at: at.toISOString() }])
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown
    throw thrown
  }
  return null
}

async function counted(tx: Tx, { device, stretch }: Stretch, amount_minor: number, rules: TillRules) {
  const { offline_receipts_max: most, offline_amount_max_minor: most_minor } = rules
  return tx.row(sql`
    insert into till_offline_stretches as known (device, stretch, receipts, amount_minor)
    select ${device}::text, ${stretch}::text, 1, ${amount_minor}::bigint
    where ${most}::int >= 1 and ${amount_minor}::bigint <= coalesce(${most_minor}::bigint, ${amount_minor}::bigint)
    on conflict (device, stretch) do update set receipts = known.receipts + 1,
      amount_minor = known.amount_minor + excluded.amount_minor
    where known.receipts < ${most}::int
      and known.amount_minor + excluded.amount_minor <= coalesce(${most_minor}::bigint, 9223372036854775807)
    returning device`)
}

/** Sells it, or says why not; then nothing of it has moved. */
async function tried(tx: Tx, sale: HoldBody): Promise<Sale | AppError> {
  try {
    return await tx.savepoint(async () => {
      const [sold] = await sell(tx, [sale])
      if (sold instanceof AppError) throw sold
      return sold!
    })
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown
    throw thrown
  }
}

async function outcomeOf(db: Reader, { source, source_id }: { source: string; source_id: string }) {
  return db.row<OfflineOutcome>(sql`
    select r.status, r.order_id, r.code, r.params, coalesce(o.net_minor, r.amount_minor) as paid_minor, (
      select coalesce(sum(e.points), 0)::bigint from point_entries e where e.member_id = o.member_id
        and e.source = 'order' and e.source_id = o.order_id::text) as points_earned
    from till_offline_receipts r left join orders o on o.order_id = r.order_id
    where r.source = ${source}::text and r.source_id = ${source_id}::text`)
}

/** Receipts of devices, the newest first; `status` open: what waits for a manager. */
export async function offlineReceipts(
  db: Reader,
  { status, store_ids }: { status?: string; store_ids: readonly string[] | null },
) {
  return db.rows<{
    source: string
    source_id: string
    member_id: string | null
    display_name: string | null
    store_id: string | null
    store_name: string | null
    device: string
    said_at: Date
    received_at: Date
    clock_off_s: number
    amount_minor: number
    status: OfflineOutcome['status']
    code: string | null
    params: Record<string, unknown> | null
    order_id: string | null
    actor_name: string
    settled_by_name: string | null
    settled_note: string | null
  }>(sql`
    select r.source, r.source_id, r.member_id, m.display_name, r.store_id, s.name as store_name, r.device, r.said_at,
      r.received_at, r.clock_off_s, r.amount_minor, r.status, r.code, r.params, r.order_id, r.actor_name,
      r.settled_by_name, r.settled_note
    from till_offline_receipts r left join members m on m.member_id = r.member_id
    left join stores s on s.store_id = r.store_id
    where (${status ?? null}::text is null or r.status = ${status ?? null}::text)
      and (${store_ids}::uuid[] is null or r.store_id = any (${store_ids}::uuid[]))
    order by r.received_at desc, r.source_id desc limit ${shown_max}::int`)
}

interface Settling {
  status: string
  store_id: string | null
  body: HoldBody
  said_at: Date
  clock_off_s: number
}

/**
 * A manager takes an open receipt after all, or puts it away. Taken: sold as it was written down, at the time by our
 * clock, without what cannot be had; a number that is another order's stays so. Again: the same answer. Throws
 * `till.offline_not_found`, `till.offline_settled` (the other way), and what the till refuses.
 */
export async function settleOffline(
  tx: Tx,
  wanted: { source: string; source_id: string; accept: boolean; note: string },
): Promise<OfflineOutcome> {
  const { source, source_id, accept, note } = wanted
  const row = await tx.row<Settling>(sql`
    select status, store_id, body, said_at, clock_off_s from till_offline_receipts
    where source = ${source}::text and source_id = ${source_id}::text for update`)
  if (!row) throw new AppError('till.offline_not_found', { source_id }, { status: 404 })
  await insistOnStore(tx, tx, row.store_id)
  const status = accept ? 'accepted' : 'dismissed'
  if (row.status === status) return (await outcomeOf(tx, wanted))!
  if (row.status !== 'open') throw new AppError('till.offline_settled', { status: row.status }, { status: 409 })
  let order_id: string | null = null
  if (accept) {
    const { points_to_use: _points, coupon_codes: _codes, card_payments: _cards, best: _best, ...plain } = row.body
    const at = addMs(row.said_at, -row.clock_off_s * 1_000)
    const sold = await tried(tx, { ...plain, occurred_at: (at < tx.now ? at : tx.now).toISOString() })
    if (sold instanceof AppError) throw sold
    order_id = sold.order_id
  }
  await tx.run(sql`
    update till_offline_receipts set status = ${status}::text, order_id = ${order_id}::uuid,
      settled_at = ${tx.now}::timestamptz, settled_by_name = ${tx.actor.name}::text, settled_note = ${note}::text
    where source = ${source}::text and source_id = ${source_id}::text`)
  await audit(tx, [{ action: `till.offline_${status}`, noun: 'till', noun_id: source_id, after: { order_id, note } }])
  return (await outcomeOf(tx, wanted))!
}
