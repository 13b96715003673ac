/**
 * Receipts that were taken without a network, sent when it is back, in their order. Each is sold under its number, or
 * waits for a manager with the reason; the device's word about the time and ours are both kept. Nothing is lost: what
 * was written down there has a row here, whatever came of it.
 */
import { actorText, type Actor } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import { addMs, dayOf } from '../../../base/time.ts'
import * as members from '../../../record/members/members.ts'
import * as program from '../../../record/program/program.ts'
import { audit } from '../../../record/staff/staff.ts'
import { sell } from '../counter.ts'
import type { HoldBody, Sale } from '../types.ts'
import { present_ms } from './presence.ts'
import { insistOnRecent, insistOnStore, insistOnStoreCode, rulesOf, type Clerk } from './settings.ts'
import type { OfflineBody, OfflineOutcome, TillRules } from './types.ts'

/** Off by more, and nobody knows since when: such a clock says a wrong day sooner or later, and a manager looks. */
const clock_off_max_s = 3_600
/** An answer that is slow, a clock that runs: so much into the future is still now. */
const future_ms = 5 * 60_000
/** A network that breaks off more often in one person's day, each time to the limit, is for a manager to look at. */
const stretches_a_day = 3
const shown_max = 200

/** A code that a receipt says was shown, `at` by our clock; `of` names the receipt, so that it is not two looks. */
export interface ShownCode {
  code: string
  at: Date
  of: string
}
/** Whose code it is, if it was good at that moment and is shown for the first time; else what is wrong with it. */
export type Proves = (tx: Tx, shown: ShownCode) => Promise<{ member_id: string } | AppError>

/**
 * By how much the device's clock runs ahead now, and when the receipt was taken by ours: by what the device had last
 * heard of our clock before it, for its own may have been set since; else by how far it is off now.
 */
export function timesOf(
  { said_at, device_now, ahead_ms }: Pick<OfflineBody, 'said_at' | 'device_now' | 'ahead_ms'>,
  now: Date,
) {
  const off_ms = new Date(device_now).getTime() - now.getTime()
  const at = addMs(new Date(said_at), ahead_ms ?? -off_ms)
  const late_ms = at.getTime() - now.getTime()
  return {
    clock_off_s: Math.round(off_ms / 1_000),
    at: late_ms > 0 && late_ms <= future_ms ? now : at,
    /** Nobody knows since when the clock is off. */
    is_guess: ahead_ms === undefined || ahead_ms === null,
  }
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

/** Takes more out of a member's hands than a device may without a network. */
export const spends = (sale: OfflineBody['sale']) =>
  (sale.points_to_use ?? 0) !== 0 ||
  [sale.coupon_codes, sale.coupon_ids, sale.card_payments].some((taken) => taken && taken.length > 0) ||
  sale.best === true

/**
 * Takes one receipt; the same number again answers the same. Whatever speaks against it, it is kept. `proves` judges
 * the code of who paid with points.
 */
export async function takeOffline(
  tx: Tx,
  body: OfflineBody,
  { actor, proves }: Pick<Clerk, 'actor'> & { proves: Proves },
): Promise<OfflineOutcome> {
  const known = await outcomeOf(tx, body.sale)
  if (known) return known
  const { clock_off_s, at, is_guess } = timesOf(body, tx.now)
  const taken = { body, amount_minor: amountOf(body.sale), clock_off_s, at, is_guess }
  const refused = await refusedOf(tx, taken)
  const shown = refused || !body.spend ? null : await shownFor(tx, taken, proves)
  const sale = { ...body.sale, occurred_at: at.toISOString() }
  const proven = shown instanceof AppError ? null : shown
  const unproven = shown instanceof AppError ? shown : null
  const sold =
    refused ?? unproven ?? (proven ? await spent(tx, { ...taken, sale, ...proven }) : await tried(tx, sale))
  const result = sold instanceof AppError ? sold : { order_id: sold.order_id }
  const member_id = proven?.member_id ?? (await namedBy(tx, sale, sold instanceof AppError ? null : sold.order_id))
  await keep(tx, { ...taken, actor, member_id, is_proven: proven !== null, result })
  return (await outcomeOf(tx, sale))!
}

interface Kept extends Taken {
  actor: Actor
  member_id: string | null
  is_proven: boolean
  result: AppError | { order_id: string }
}

async function keep(tx: Tx, { body, amount_minor, clock_off_s, at, actor, member_id, ...one }: Kept): Promise<void> {
  const { sale, spend } = body
  const { time_zone } = await program.current(tx)
  const error = one.result instanceof AppError ? one.result : null
  const order_id = one.result instanceof AppError ? null : one.result.order_id
  await tx.run(sql`
    insert into till_offline_receipts (source, source_id, member_id, store_id, device, stretch, said_at, clock_off_s,
      taken_at, received_at, received_on, amount_minor, spend_points, spend_worth_minor, spend_proven, body,
      status, code, params, order_id, actor, actor_name)
    values (${sale.source}::text, ${sale.source_id}::text, ${member_id}::uuid,
      (select store_id from stores where code = ${sale.store ?? null}::text), ${body.device}::text,
      ${body.stretch}::text, ${body.said_at}::timestamptz, ${clock_off_s}::int, ${at}::timestamptz,
      ${tx.now}::timestamptz, ${dayOf(tx.now, time_zone)}::date, ${amount_minor}::bigint,
      ${spend?.points ?? null}::bigint, ${spend?.worth_minor ?? null}::bigint, ${one.is_proven}::boolean,
      ${JSON.stringify(sale)}::jsonb, ${error ? 'open' : 'sold'}::text, ${error?.code ?? null}::text,
      ${error ? JSON.stringify(error.params) : null}::jsonb, ${order_id}::uuid, ${actorText(actor)}::text,
      ${actor.name}::text)
    on conflict (source, source_id) do nothing`)
}

/** Whose points these are, within what one receipt and one member may take; or why not. */
async function shownFor(tx: Tx, { body, at }: Taken, proves: Proves): Promise<{ member_id: string } | AppError> {
  const { code, points, shown_at } = body.spend!
  const { source, source_id } = body.sale
  const { offline_points_a_receipt_max: most, offline_points_a_member_max: most_of_member } = await rulesOf(tx)
  if (most === 0) return new AppError('till.offline_spending', {})
  if (points > most) return new AppError('till.offline_points_over_limit', { points, most })
  // as long as a code opens a till; a photograph of last week says a moment of last week
  const before_ms = Date.parse(body.said_at) - Date.parse(shown_at)
  if (before_ms < 0 || before_ms > present_ms) return new AppError('portal_code.expired')
  const shown = await proves(tx, { code, at: addMs(at, -before_ms), of: `${source} ${source_id}` })
  if (shown instanceof AppError) return shown
  const before = await tx.row<{ points: number }>(sql`
    select coalesce(sum(spend_points), 0)::bigint as points from till_offline_receipts
    where member_id = ${shown.member_id}::uuid and device = ${body.device}::text and stretch = ${body.stretch}::text`)
  const all = before!.points + points
  return all > most_of_member
    ? new AppError('till.offline_points_over_limit', { points: all, most: most_of_member })
    : shown
}

/** Sells it with the points that were given for, if they are there and the bill is what the member paid. */
async function spent(
  tx: Tx,
  { body, sale, amount_minor, member_id }: Taken & { sale: OfflineBody['sale']; member_id: string },
): Promise<Sale | AppError> {
  const { points, worth_minor } = body.spend!
  const paid_minor = amount_minor - worth_minor
  const { member } = sale
  const [{ found }] = (await members.find(tx, [member ?? {}])) as [members.FoundBy]
  if (found.some((one) => one.member_id !== member_id)) return new AppError('till.offline_other_code', {})
  const theirs = { ...sale, member: { member_id }, points_to_use: points }
  const sold = await tried(tx, theirs, { is_shown: true, paid_minor })
  if (sold instanceof AppError && sold.code === 'points.insufficient')
    return new AppError('till.offline_not_covered', { ...sold.params, points, worth_minor })
  return sold
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
  is_guess: boolean
}

/** What speaks against it before it is tried; the stretch's row counts it. */
async function refusedOf(tx: Tx, { body, amount_minor, clock_off_s, at, is_guess }: Taken): Promise<AppError | null> {
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
  if (is_guess && Math.abs(clock_off_s) > clock_off_max_s)
    return new AppError('till.offline_clock', { minutes: Math.round(clock_off_s / 60) })
  if (at > tx.now)
    return new AppError('till.offline_in_future', { minutes: Math.round((at.getTime() - tx.now.getTime()) / 60_000) })
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

/** Sells it, or says why not; then nothing of it has moved. `paid_minor`: what must have been paid for it. */
async function tried(
  tx: Tx,
  sale: HoldBody,
  { is_shown = false, paid_minor }: { is_shown?: boolean; paid_minor?: number } = {},
): Promise<Sale | AppError> {
  try {
    return await tx.savepoint(async () => {
      const [sold] = await sell(tx, [sale], { is_shown, is_paid: true })
      if (sold instanceof AppError) throw sold
      if (paid_minor !== undefined && sold!.paid_minor !== paid_minor)
        throw new AppError('till.offline_differs', { said_minor: paid_minor, to_pay_minor: sold!.paid_minor })
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
    taken_at: Date
    amount_minor: number
    spend_points: number | null
    spend_worth_minor: number | null
    status: OfflineOutcome['status']
    code: string | null
    params: Record<string, unknown> | null
    order_id: string | null
    actor_name: string
    settled_by_name: string | null
    settled_note: string | null
  }>(sql`
    select r.source, r.source_id, r.member_id, m.display_name, r.store_id, s.name as store_name, r.device, r.said_at,
      r.received_at, r.clock_off_s, r.taken_at, r.amount_minor, r.spend_points, r.spend_worth_minor,
      r.status, r.code, r.params, r.order_id, r.actor_name, r.settled_by_name, r.settled_note
    from till_offline_receipts r left join members m on m.member_id = r.member_id
    left join stores s on s.store_id = r.store_id
    where (${status ?? null}::text is null or r.status = ${status ?? null}::text)
      and (${store_ids}::uuid[] is null or r.store_id = any (${store_ids}::uuid[]))
    order by r.received_at desc, r.source_id desc limit ${shown_max}::int`)
}

interface Settling {
  status: string
  store_id: string | null
  member_id: string | null
  body: HoldBody
  taken_at: Date
  amount_minor: number
  spend_points: number | null
  spend_worth_minor: number | null
  spend_proven: boolean
}

/**
 * A manager takes an open receipt after all, or puts it away. Taken: sold as it was written down, at the time by our
 * clock, without what cannot be had. Points that were given for are taken if the code was theirs and they are there
 * now; else what was given is the shop's own discount. A number that is another order's stays so. Again: the same
 * answer. Throws `till.offline_not_found`, `till.offline_settled` (the other way), and what the till refuses.
 */
export async function settleOffline(
  tx: Tx,
  wanted: { source: string; source_id: string; accept: boolean; note: string },
): Promise<OfflineOutcome> {
  const { source, source_id, accept, note } = wanted
  const row = await tx.row<Settling>(sql`
    select status, store_id, member_id, body, taken_at, amount_minor, spend_points, spend_worth_minor, spend_proven
    from till_offline_receipts
    where source = ${source}::text and source_id = ${source_id}::text for update`)
  if (!row) throw new AppError('till.offline_not_found', { source_id }, { status: 404 })
  await insistOnStore(tx, tx, row.store_id)
  const status = accept ? 'accepted' : 'dismissed'
  if (row.status === status) return (await outcomeOf(tx, wanted))!
  if (row.status !== 'open') throw new AppError('till.offline_settled', { status: row.status }, { status: 409 })
  let order_id: string | null = null
  if (accept) {
    const sold = await soldAfterAll(tx, row)
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

async function soldAfterAll(tx: Tx, row: Settling): Promise<Sale | AppError> {
  const { points_to_use: _points, coupon_codes: _codes, coupon_ids: _ids, ...bare } = row.body
  const { card_payments: _cards, best: _best, ...plain } = bare
  const sale = { ...plain, occurred_at: (row.taken_at < tx.now ? row.taken_at : tx.now).toISOString() }
  const { spend_points: points, spend_worth_minor: worth_minor } = row
  if (points === null || worth_minor === null) return tried(tx, sale)
  if (row.spend_proven && row.member_id !== null) {
    const theirs = { ...sale, member: { member_id: row.member_id }, points_to_use: points }
    const sold = await tried(tx, theirs, { is_shown: true, paid_minor: row.amount_minor - worth_minor })
    if (!(sold instanceof AppError)) return sold
  }
  return tried(tx, { ...sale, discount_minor: (sale.discount_minor ?? 0) + worth_minor })
}
