/**
 * Receipts that a member is given after the purchase: one that nobody had rung up here is added under its number, one
 * that stands with nobody or with somebody else moves with all it gave. Everything in one transaction; the same again
 * answers the same.
 */
import { actorText } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { write } from '../../../base/facts.ts'
import { sql } from '../../../base/sql.ts'
import { dayOf, daysBetween, startOfDay } from '../../../base/time.ts'
import * as members from '../../../record/members/members.ts'
import * as orders from '../../../record/orders/orders.ts'
import * as program from '../../../record/program/program.ts'
import { audit } from '../../../record/staff/staff.ts'
import { maskName } from '../masking.ts'
import { countAct } from './limits.ts'
import { sourcesSql } from './registers.ts'
import { insistOnStore, rulesOf, type Clerk } from './settings.ts'
import type { Given, NewReceipt } from './types.ts'

/**
 * The channel of receipts that are added by hand: the register's own where the owner named it, so that whichever of
 * both comes second is a repetition of the first; else one of the store's, where a number is once for ever.
 */
const channelOf = ({ code, receipts_source }: Place) => receipts_source ?? `late-${code}`.slice(0, 60)
/** A day's purchase whose hour nobody knows: noon. */
const noon_ms = 12 * 3_600_000
const found_max = 5

interface Act {
  clerk: Clerk
  approval: string | undefined
}

interface Standing {
  order_id: string
  source_id: string
  occurred_at: Date
  ordered_on: string
  store_id: string | null
  net_minor: number
  member_id: string
  member_kind: string
  display_name: string | null
  /** Something of the member's paid for it. */
  is_paid_with: boolean
}

/**
 * Receipts of a number at a store, however they came; taken back ones are none. Those of the store's own register are,
 * whichever store it said.
 */
async function standing(db: Reader, number: string, { store_id, receipts_source }: Place): Promise<Standing[]> {
  return db.rows<Standing>(sql`
    with recursive ${sourcesSql},
    found as (
      select k.member_id, k.order_id from known join order_keys k
        on k.source = known.source and k.source_id = ${number}::text and k.kind = 'order'
    )
    ${standingSql}
    where (o.store_id = ${store_id}::uuid or o.source = ${receipts_source}::text) and o.counts
    order by o.occurred_at desc limit ${found_max}::int`)
}

const standingSql = sql`
  select o.order_id, o.source_id, o.occurred_at, o.ordered_on, o.store_id, o.net_minor - o.refunded_minor as net_minor,
    o.member_id, m.kind as member_kind, m.display_name, exists (
      select from till_sales s where s.member_id = o.member_id and s.order_id = o.order_id) as is_paid_with
  from found join orders o on o.member_id = found.member_id and o.order_id = found.order_id
  join members m on m.member_id = o.member_id`

async function standingOf(db: Reader, order_id: string): Promise<Standing> {
  const one = await db.row<Standing>(sql`
    with found as (select member_id, order_id from orders where order_id = ${order_id}::uuid) ${standingSql}`)
  if (!one) throw new AppError('order.not_found', { order_id })
  return one
}

/** Why a receipt stays where it is, whoever asks. Pure. */
export function staysFor(
  { is_paid_with, ordered_on }: Pick<Standing, 'is_paid_with' | 'ordered_on'>,
  { today, late_days_max }: { today: string; late_days_max: number },
): AppError | null {
  const days = daysBetween(ordered_on, today)
  if (days > late_days_max) return new AppError('till.receipt_too_old', { days, most: late_days_max })
  if (is_paid_with) return new AppError('till.receipt_paid_with', {})
  return null
}

/** Looks a receipt up by its number at a store, with why it cannot be given to another member. */
export async function findReceipts(
  db: Reader & { now(): Date },
  wanted: { number: string; store: string },
  isOpen: boolean,
) {
  const place = await placeOf(db, wanted.store)
  const [rows, today] = await Promise.all([standing(db, wanted.number, place), todayOf(db, db.now())])
  const { late_days_max } = await rulesOf(db)
  return rows.map((row) => {
    const isSomebody = row.member_kind !== 'walk_in'
    const stays = staysFor(row, { today, late_days_max })
    return {
      order_id: row.order_id,
      number: row.source_id,
      occurred_at: row.occurred_at,
      net_minor: row.net_minor,
      owner_name: isSomebody ? (isOpen ? row.display_name : maskName(row.display_name)) : null,
      owner_kind: isSomebody ? row.member_kind : null,
      code: stays?.code ?? null,
      params: stays?.params ?? {},
    }
  })
}

/** A store, and the source of its register's receipts. */
interface Place {
  store_id: string
  code: string
  receipts_source: string | null
}

async function placeOf(db: Reader, code: string): Promise<Place> {
  const store = await db.row<Place>(sql`
    select s.store_id, s.code, t.receipts_source from stores s left join till_stores t on t.store_id = s.store_id
    where s.code = ${code}::text`)
  if (!store) throw new AppError('store.not_found', { store: code })
  return store
}

async function todayOf(db: Reader, now: Date): Promise<string> {
  return dayOf(now, (await program.current(db)).time_zone)
}

/**
 * Adds a receipt for a member. One that stands here without a member, or with a guest, moves to them; one that a member
 * has is refused. Throws `till.receipt_too_old`, `till.receipt_in_future`, `till.receipt_theirs`,
 * `till.receipt_paid_with`, `till.not_your_store`, `till.over_limit`, `store.not_found`, `member.not_found`.
 */
export async function addReceipt(tx: Tx, wanted: NewReceipt, act: Act): Promise<Given> {
  const { bought_on, reason } = wanted
  const number = wanted.number.trim()
  const place = await placeOf(tx, wanted.store)
  const { store_id } = place
  await insistOnStore(tx, act.clerk, store_id)
  const member_id = await memberOf(tx, wanted.member_id)
  const [found] = await standing(tx, number, place)
  if (found) {
    await insistOnStore(tx, act.clerk, found.store_id)
    const again = await givenOf(tx, { member_id, order_id: found.order_id })
    if (again) return again
    if (found.member_kind === 'member') throw new AppError('till.receipt_theirs', { number }, { status: 409 })
    return give(tx, { order: found, member_id, reason }, act)
  }
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  if (bought_on > today) throw new AppError('till.receipt_in_future', { bought_on })
  const refused = staysFor({ ordered_on: bought_on, is_paid_with: false }, { today, ...(await rulesOf(tx)) })
  if (refused) throw refused
  const approved_by_name = await countAct(tx, { kind: 'receipts', amount: 1, ...act })
  const noon = new Date(startOfDay(bought_on, time_zone).getTime() + noon_ms)
  const [placed] = await orders.receive(tx, [
    {
      source: channelOf(place),
      source_id: number,
      status: 'paid',
      store: wanted.store,
      member: { member_id },
      // the register's own lines will be others, whatever they are: its version is a newer one
      lines: [{ quantity: 1, gross_minor: wanted.amount_minor, name: number }],
      occurred_at: noon < tx.now ? noon : tx.now,
    },
  ])
  // the number is taken by what was taken back, or by another at this very moment
  if (placed!.outcome !== 'placed') throw new AppError('till.receipt_theirs', { number }, { status: 409 })
  const given = { ...wanted, number, member_id, store_id, order_id: placed!.order_id! }
  await keep(tx, { ...given, kind: 'added', net_minor: wanted.amount_minor, approved_by_name, from: null })
  return (await givenOf(tx, given))!
}

/**
 * Moves a receipt from whom it stands with to a member, with all it gave. Again: the same answer. Throws
 * `order.not_found`, `till.receipt_…`, `till.not_your_store`, `till.over_limit`, `member.not_found`.
 */
export async function moveReceipt(
  tx: Tx,
  wanted: { order_id: string; member_id: string; reason: string },
  act: Act,
): Promise<Given> {
  const member_id = await memberOf(tx, wanted.member_id)
  const moved = await tx.row<{ order_id: string }>(sql`
    select order_id from till_given_receipts
    where member_id = ${member_id}::uuid and from_order_id = ${wanted.order_id}::uuid`)
  if (moved) return (await givenOf(tx, { member_id, order_id: moved.order_id }))!
  const order = await standingOf(tx, wanted.order_id)
  await insistOnStore(tx, act.clerk, order.store_id)
  return give(tx, { order, member_id, reason: wanted.reason }, act)
}

async function give(
  tx: Tx,
  { order, member_id, reason }: { order: Standing; member_id: string; reason: string },
  act: Act,
): Promise<Given> {
  const today = await todayOf(tx, tx.now)
  const refused = staysFor(order, { today, ...(await rulesOf(tx)) })
  if (refused) throw refused
  const approved_by_name = await countAct(tx, { kind: 'receipts', amount: 1, ...act })
  const [moved] = await orders.moveToMembers(tx, [{ order_id: order.order_id, member_id }])
  const { from, net_minor, store_id, order_id, source_id: number } = moved!
  const kind = from.kind === 'member' ? 'moved' : 'claimed'
  await keep(tx, { member_id, order_id, number, store_id, net_minor, reason, approved_by_name, kind, from })
  const points_left = await forgivenOf(tx, from)
  if (points_left > 0) throw new AppError('till.receipt_points_stay', { points: points_left })
  const data = { order_id, from_order_id: from.order_id, store_id, net_minor }
  await write(tx, [
    { name: 'receipt.given', member_id, occurred_at: tx.now, data: { kind, ...data } },
    ...(from.kind === 'walk_in'
      ? []
      : [{ name: 'receipt.moved_away', member_id: from.member_id, occurred_at: tx.now, data }]),
  ])
  return (await givenOf(tx, { member_id, order_id }))!
}

/** A merged member's card leads to the kept one; only members are given receipts. */
async function memberOf(tx: Tx, asked_id: string): Promise<string> {
  const member_id = (await members.survivorIdOf(tx, asked_id)) ?? asked_id
  const member = await members.memberOf(tx, member_id)
  if (member.kind !== 'member') throw new AppError('member.not_found', { member_id })
  return member_id
}

/** Which of these orders are receipts that were added by hand. */
export async function addedByHand(
  db: Reader,
  asked: readonly { member_id?: string; order_id?: string }[],
): Promise<Set<string>> {
  if (asked.length === 0) return new Set()
  const rows = await db.rows<{ order_id: string }>(sql`
    select given.order_id
    from unnest(${asked.map((one) => one.member_id ?? null)}::uuid[],
      ${asked.map((one) => one.order_id ?? null)}::uuid[]) as one (member_id, order_id)
    join till_given_receipts given on given.member_id = one.member_id and given.order_id = one.order_id
    where given.kind = 'added'`)
  return new Set(rows.map(({ order_id }) => order_id))
}

interface Kept {
  kind: Given['kind']
  member_id: string
  order_id: string
  number: string
  store_id: string | null
  net_minor: number
  reason: string
  approved_by_name: string | null
  from: { member_id: string; order_id: string } | null
}

async function keep(tx: Tx, one: Kept): Promise<void> {
  const { member_id, order_id, kind, approved_by_name } = one
  await tx.run(sql`
    insert into till_given_receipts (member_id, order_id, kind, from_member_id, from_order_id, store_id, source_id,
      net_minor, reason, actor, actor_name, approved_by_name, given_at, given_on)
    values (${member_id}::uuid, ${order_id}::uuid, ${kind}::text, ${one.from?.member_id ?? null}::uuid,
      ${one.from?.order_id ?? null}::uuid, ${one.store_id}::uuid, ${one.number}::text, ${one.net_minor}::bigint,
      ${one.reason}::text, ${actorText(tx.actor)}::text, ${tx.actor.name}::text, ${approved_by_name}::text,
      ${tx.now}::timestamptz, ${await todayOf(tx, tx.now)}::date)`)
  const after = { kind, number: one.number, net_minor: one.net_minor, approved_by: approved_by_name }
  await audit(tx, [{ action: 'till.receipt_given', noun: 'orders', noun_id: order_id, after }])
}

/** Points that the debt policy left with whose receipt it was. */
async function forgivenOf(tx: Tx, from: { member_id: string; order_id: string; refund_id: string | null }) {
  const row = await tx.row<{ points: number }>(sql`
    select coalesce(sum((why->'params'->>'forgiven')::bigint), 0)::bigint as points from point_entries
    where member_id = ${from.member_id}::uuid and source = 'refund'
      and source_id = ${`${from.refund_id}:${from.order_id}`}::text`)
  return row!.points
}

/** What a receipt that was given brought its member, and took elsewhere. */
async function givenOf(db: Reader, of: { member_id: string; order_id: string }): Promise<Given | undefined> {
  return db.row<Given>(sql`
    select given.kind, given.order_id, given.member_id, given.source_id as number, given.net_minor, (
        select coalesce(sum(e.points), 0)::bigint from point_entries e where e.member_id = given.member_id
          and e.source = 'order' and e.source_id = given.order_id::text) as points_earned, (
        select coalesce(-sum(e.points), 0)::bigint from order_refunds r join point_entries e
          on e.member_id = r.member_id and e.source = 'refund' and e.source_id = r.refund_id || ':' || r.order_id
        where r.member_id = given.from_member_id and r.order_id = given.from_order_id
          and r.kind = 'cancellation') as points_taken
    from till_given_receipts given
    where given.member_id = ${of.member_id}::uuid and given.order_id = ${of.order_id}::uuid`)
}
