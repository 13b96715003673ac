/**
 * How gifts are handed out, whoever asks: members, heaps and envelopes are locked in this order by everybody, what is
 * there is read, rules.ts decides one want after the other, and all that came of it is written. The number of
 * statements does not grow with the set.
 */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as budgets from '../budgets/budgets.ts'
import * as coupons from '../coupons/coupons.ts'
import * as plans from '../plans/plans.ts'
import * as points from '../points/points.ts'
import * as privileges from '../privileges/privileges.ts'
import { itemsAt } from './catalogue.ts'
import { ordersOf } from './for-orders.ts'
import { insist, payPoints } from './paying.ts'
import { countKey, decide, heapKey, placeOf, type Context, type Decided, type Refusal, type Want } from './rules.ts'
import type { GiftOutcome, Item } from './types.ts'

/** What gifts are called wherever they leave a line: in the ledger of points and in envelopes. */
export const source = 'gift'

interface Handed {
  index: number
  want: Want
  decided: Decided
  gift_id: string
}

const nameOf = (one: { member_id: string; reason: string; occurrence: string }) =>
  `${one.member_id} ${one.reason} ${one.occurrence}`

/**
 * What others refuse when it is written: the pool of a coupon's codes has run dry, a plan is not sold. By the number of
 * the want.
 */
type Refused = ReadonlyMap<number, Refusal>
class RefusedLate extends Error {
  readonly refused: Refused
  constructor(refused: Refused) {
    super('refused when written')
    this.refused = refused
  }
}

/** Hands out; answers one outcome for each, in their order. A refused one never fails the others. */
export async function handOut(tx: Tx, wants: readonly Want[]): Promise<GiftOutcome[]> {
  if (!mayBeRefusedLate(wants)) return handOutOnce(tx, wants, new Map())
  let refused: Refused = new Map()
  for (;;) {
    try {
      return await tx.savepoint(() => handOutOnce(tx, wants, refused))
    } catch (thrown) {
      if (!(thrown instanceof RefusedLate)) throw thrown
      // once more without them: each round refuses at least one more, a second one is rare
      refused = new Map([...refused, ...thrown.refused])
    }
  }
}

/** Codes and plans answer when they are written, and so do mates of pools where several may ask the same for points. */
function mayBeRefusedLate(wants: readonly Want[]): boolean {
  if (wants.some(({ reward }) => reward.kind === 'coupon' || reward.kind === 'plan_days')) return true
  return wants.filter((want) => want.is_redeemed).length > 1
}

async function handOutOnce(tx: Tx, wants: readonly Want[], refused: Refused): Promise<GiftOutcome[]> {
  if (wants.length === 0) return []
  const orders = await ordersOf(tx, wants)
  // who pays with points may borrow them
  const lock = wants.some((want) => want.is_redeemed) ? points.lockWithMates : points.lock
  await lock(
    tx,
    wants.map((want) => want.member_id),
  )
  const known = await knownOf(tx, wants)
  const context = await read(
    tx,
    wants.filter((want) => !known.has(nameOf(want))),
    orders,
  )
  const handed: Handed[] = []
  const outcomes = wants.map((want, index): GiftOutcome => {
    const before = known.get(nameOf(want))
    if (before) return { index, outcome: 'unchanged', gift_id: before }
    const decided = refused.get(index) ?? decide(want, context)
    if ('code' in decided) return { index, outcome: 'refused', ...decided }
    const gift_id = uuidv7(tx.now)
    known.set(nameOf(want), gift_id)
    handed.push({ index, want, decided, gift_id })
    return { index, outcome: 'given', gift_id }
  })
  if (handed.length > 0) await write(tx, handed)
  return outcomes
}

/** What was handed out under these names before: asked when the members are locked, so nobody adds to it. */
async function knownOf(tx: Tx, wants: readonly Want[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ member_id: string; reason: string; occurrence: string; gift_id: string }>(sql`
    select gift.member_id, gift.reason, gift.occurrence, gift.gift_id
    from unnest(${wants.map((want) => want.member_id)}::uuid[], ${wants.map((want) => want.reason)}::text[],
      ${wants.map((want) => want.occurrence)}::text[]) as want (member_id, reason, occurrence)
    join gifts gift on gift.member_id = want.member_id and gift.reason = want.reason
      and gift.occurrence = want.occurrence`)
  return new Map(rows.map((row) => [nameOf(row), row.gift_id]))
}

const itemIdOf = ({ reward }: Want) => (reward.kind === 'item' ? reward.item_id : null)

async function read(tx: Tx, wants: readonly Want[], orders: Context['orders']): Promise<Context> {
  const { settings, time_zone } = await program.current(tx)
  const member_ids = [...new Set(wants.map((want) => want.member_id))]
  const item_ids = [...new Set(wants.map(itemIdOf).filter((item_id) => item_id !== null))]
  const [found, items, counts] = await Promise.all([
    tx.rows<{ member_id: string }>(sql`
      select member_id from members where member_id = any (${member_ids}::uuid[]) and kind = 'member'
        and merged_into is null and erased_at is null`),
    tx.rows<Item>(itemsAt(tx.now, item_ids)),
    tx.rows<{ member_id: string; item_id: string; period: string; used: number }>(sql`
      select member_id, item_id, period, used from gift_counts
      where member_id = any (${member_ids}::uuid[]) and item_id = any (${item_ids}::uuid[])`),
  ])
  const byId = new Map(items.map((item) => [item.item_id, item]))
  const paying = wants.filter((want) => want.is_redeemed).map((want) => want.member_id)
  const balances = paying.length > 0 ? await points.spendableOf(tx, [...new Set(paying)]) : []
  return {
    members: new Set(found.map((row) => row.member_id)),
    items: byId,
    orders,
    counts: new Map(counts.map((row) => [countKey(row.member_id, row.item_id, row.period), row.used])),
    points: new Map(balances.map((balance) => [balance.member_id, balance.available])),
    pooled: new Map(balances.map((balance) => [balance.member_id, balance.pooled])),
    heaps: await lockHeaps(tx, wants, byId),
    envelopes: await budgets.lock(
      tx,
      wants
        .map((want) => want.budget_id ?? byId.get(itemIdOf(want) ?? '')?.budget_id ?? null)
        .filter((budget_id) => budget_id !== null),
    ),
    coupons: await couponsOf(tx, wants),
    privileges: await privilegesOf(tx, wants),
    point_value_minor: settings.point_value_minor,
    day: dayOf(tx.now, time_zone),
  }
}

/** What one coupon of each definition costs, and whether it is still given; definitions stay as they are meanwhile. */
async function couponsOf(tx: Tx, wants: readonly Want[]): Promise<Context['coupons']> {
  const ids = wants.flatMap(({ reward }) => (reward.kind === 'coupon' ? [reward.coupon_definition_id] : []))
  if (ids.length === 0) return new Map()
  const definitions = await coupons.inForce(tx, ids)
  return new Map(
    [...definitions].map(([id, { status, design }]) => [
      id,
      { cost_minor: coupons.costOf(design), is_stopped: status === 'stopped' },
    ]),
  )
}

async function privilegesOf(tx: Tx, wants: readonly Want[]): Promise<Context['privileges']> {
  const ids = wants.flatMap(({ reward }) => (reward.kind === 'privilege' ? [reward.privilege_id] : []))
  if (ids.length === 0) return new Map()
  const known = await privileges.byIds(tx, [...new Set(ids)])
  return new Map([...known].map(([id, { status }]) => [id, { is_stopped: status === 'stopped' }]))
}

/** Locks the heaps that are asked of, in sorted order. */
async function lockHeaps(
  tx: Tx,
  wants: readonly Want[],
  items: ReadonlyMap<string, Item>,
): Promise<Context['heaps']> {
  const asked = wants.flatMap(({ reward }) => {
    const item = reward.kind === 'item' ? items.get(reward.item_id) : undefined
    const place = item && reward.kind === 'item' ? placeOf(item, reward.store_id) : null
    return place ? [{ item_id: item!.item_id, place }] : []
  })
  if (asked.length === 0) return new Map()
  const rows = await tx.rows<{ item_id: string; place: string; left: number; taken: number }>(sql`
    select item_id, place, quantity - taken as "left", taken from gift_stock
    where (item_id, place) in (select * from unnest(${asked.map((one) => one.item_id)}::uuid[],
      ${asked.map((one) => one.place)}::uuid[]))
    order by item_id, place for update`)
  return new Map(rows.map(({ item_id, place, left, taken }) => [heapKey(item_id, place), { left, taken }]))
}

/** Promises and points first: should they refuse what was decided under locks, nothing is written at all. */
async function write(tx: Tx, handed: readonly Handed[]): Promise<void> {
  await issueCoupons(tx, handed)
  await grantPrivileges(tx, handed)
  await extendPlans(tx, handed)
  await promise(tx, handed)
  await movePoints(tx, handed)
  await Promise.all([writeGifts(tx, handed), writeDeliveries(tx, handed), takeStock(tx, handed), count(tx, handed)])
  await facts.write(
    tx,
    handed.map(({ want, decided, gift_id }) => ({
      name: 'gift.given',
      member_id: want.member_id,
      occurred_at: tx.now,
      data: {
        gift_id,
        kind: decided.kind,
        reason: want.reason,
        item_id: itemIdOf(want),
        points: want.reward.kind === 'points' ? want.reward.points : null,
        paid_points: decided.paid_points,
        cost_minor: decided.cost_minor,
        is_open: statusOf(decided) === 'open',
      },
    })),
  )
}

/** What is handed over by a person waits for one. */
function statusOf({ kind, item }: Decided): 'open' | 'done' {
  return kind === 'item' && item!.fulfilment !== 'code' ? 'open' : 'done'
}

async function promise(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const wants = handed.flatMap(({ want, decided, gift_id }) =>
    decided.budget_id === null
      ? []
      : [
          {
            budget_id: decided.budget_id,
            member_id: want.member_id,
            source,
            source_id: gift_id,
            amount_minor: decided.cost_minor,
            is_done: statusOf(decided) === 'done',
          },
        ],
  )
  insist(await budgets.reserve(tx, wants))
  insist(
    await budgets.settle(
      tx,
      wants.filter((want) => want.is_done),
    ),
  )
}

async function issueCoupons(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const issues = handed.flatMap(({ index, want: { member_id, reward }, gift_id }) =>
    reward.kind === 'coupon'
      ? [{ index, member_id, coupon_definition_id: reward.coupon_definition_id, source, source_id: gift_id }]
      : [],
  )
  const outcomes = await coupons.issue(tx, issues)
  const refused = outcomes.flatMap(({ outcome, refusal }, i): [number, Refusal][] =>
    outcome === 'refused' ? [[issues[i]!.index, { code: refusal!.code, params: { ...refusal!.params } }]] : [],
  )
  if (refused.length > 0) throw new RefusedLate(new Map(refused))
}

async function grantPrivileges(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const grants = handed.flatMap(({ want: { member_id, reward }, gift_id }) =>
    reward.kind === 'privilege'
      ? [
          {
            member_id,
            privilege_id: reward.privilege_id,
            uses: reward.uses,
            expires_on: null,
            source,
            source_id: gift_id,
          },
        ]
      : [],
  )
  if (grants.length > 0) insist(await privileges.grant(tx, grants))
}

async function extendPlans(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const wants = handed.flatMap(({ index, want: { member_id, reward }, gift_id }) =>
    reward.kind === 'plan_days'
      ? [{ index, member_id, plan_id: reward.plan_id, days: reward.days, source, source_id: gift_id }]
      : [],
  )
  const outcomes = await plans.extend(tx, wants)
  const refused = outcomes.flatMap(({ outcome, code, params }, i): [number, Refusal][] =>
    outcome === 'refused' ? [[wants[i]!.index, { code: code!, params: { ...params } }]] : [],
  )
  if (refused.length > 0) throw new RefusedLate(new Map(refused))
}

async function movePoints(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const refused = await payPoints(
    tx,
    handed.flatMap(({ index, want: { member_id }, decided: { paid_points, lent_points }, gift_id }) =>
      paid_points > 0
        ? [{ index, lent_points, spend: { member_id, points: paid_points, source, source_id: gift_id } }]
        : [],
    ),
  )
  if (refused.size > 0) throw new RefusedLate(refused)
  const given = handed.flatMap(({ want: { member_id, reward, reason }, gift_id }) =>
    reward.kind === 'points'
      ? [
          {
            member_id,
            points: reward.points,
            reason,
            given_by: { kind: 'gift' as const, id: gift_id },
            source,
            source_id: gift_id,
          },
        ]
      : [],
  )
  if (given.length > 0) insist(await points.adjust(tx, given))
}

async function writeGifts(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const of = <T>(pick: (one: Handed) => T): T[] => handed.map(pick)
  await tx.run(sql`
    insert into gifts (member_id, gift_id, kind, reward, item_id, place, reason, occurrence, paid_points, paid_minor,
      cost_minor, budget_id, period, fulfilment, status, note, why, order_id, given_at, ended_at, actor)
    select one.*, ${tx.now}::timestamptz, case when status = 'done' then ${tx.now}::timestamptz end,
      ${actorText(tx.actor)}::text
    from unnest(
      ${of(({ want }) => want.member_id)}::uuid[], ${of(({ gift_id }) => gift_id)}::uuid[],
      ${of(({ decided }) => decided.kind)}::text[], ${of(({ want }) => JSON.stringify(want.reward))}::jsonb[],
      ${of(({ want }) => itemIdOf(want))}::uuid[], ${of(({ decided }) => decided.place)}::uuid[],
      ${of(({ want }) => want.reason)}::text[], ${of(({ want }) => want.occurrence)}::text[],
      ${of(({ decided }) => decided.paid_points)}::bigint[], ${of(({ decided }) => decided.paid_minor)}::bigint[],
      ${of(({ decided }) => decided.cost_minor)}::numeric[], ${of(({ decided }) => decided.budget_id)}::uuid[],
      ${of(({ decided }) => decided.period)}::text[], ${of(({ decided }) => decided.item?.fulfilment ?? null)}::text[],
      ${of(({ decided }) => statusOf(decided))}::text[], ${of(({ want }) => want.note ?? null)}::text[],
      ${of(({ decided }) => JSON.stringify(decided.why))}::jsonb[],
      ${of(({ want }) => want.order_id ?? null)}::uuid[]
    ) as one (member_id, gift_id, kind, reward, item_id, place, reason, occurrence, paid_points, paid_minor, cost_minor,
      budget_id, period, fulfilment, status, note, why, order_id)`)
}

async function writeDeliveries(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const sent = handed.filter(({ want, decided }) => want.delivery && decided.item?.fulfilment === 'delivery')
  if (sent.length === 0) return
  await tx.run(sql`
    insert into gift_deliveries (member_id, gift_id, name, phone, address)
    select * from unnest(${sent.map(({ want }) => want.member_id)}::uuid[],
      ${sent.map(({ gift_id }) => gift_id)}::uuid[], ${sent.map(({ want }) => want.delivery!.name)}::text[],
      ${sent.map(({ want }) => want.delivery!.phone)}::text[],
      ${sent.map(({ want }) => want.delivery!.address)}::text[])`)
}

/** Takes from the heaps, and the codes whose numbers were drawn; the database refuses more than there is. */
async function takeStock(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const taking = handed.filter(({ decided }) => decided.place !== null)
  if (taking.length === 0) return
  await tx.run(sql`
    update gift_stock set taken = taken + one.count
    from (select item_id, place, count(*) as count
      from unnest(${taking.map(({ want }) => itemIdOf(want))}::uuid[],
        ${taking.map(({ decided }) => decided.place)}::uuid[]) as one (item_id, place) group by 1, 2) one
    where gift_stock.item_id = one.item_id and gift_stock.place = one.place`)
  const coded = taking.filter(({ decided }) => decided.number !== null)
  if (coded.length === 0) return
  const drawn = await tx.run(sql`
    update gift_codes set gift_id = one.gift_id, handed_at = ${tx.now}::timestamptz
    from unnest(${coded.map(({ want }) => itemIdOf(want))}::uuid[],
      ${coded.map(({ decided }) => decided.number)}::bigint[], ${coded.map(({ gift_id }) => gift_id)}::uuid[])
      as one (item_id, number, gift_id)
    where gift_codes.item_id = one.item_id and gift_codes.number = one.number and gift_codes.gift_id is null`)
  if (drawn !== coded.length) throw new AppError('gift.out_of_stock')
}

/** Counts what was redeemed within limits; the database refuses more than is allowed. */
async function count(tx: Tx, handed: readonly Handed[]): Promise<void> {
  const limited = handed.filter(({ decided }) => decided.period !== null)
  if (limited.length === 0) return
  await tx.run(sql`
    insert into gift_counts as counted (member_id, item_id, period, used, allowed)
    select member_id, item_id, period, count(*), max(allowed)
    from unnest(${limited.map(({ want }) => want.member_id)}::uuid[],
      ${limited.map(({ want }) => itemIdOf(want))}::uuid[],
      ${limited.map(({ decided }) => decided.period)}::text[],
      ${limited.map(({ decided }) => decided.item!.limit_count)}::bigint[]) as one (member_id, item_id, period, allowed)
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (member_id, item_id, period)
      do update set used = counted.used + excluded.used, allowed = excluded.allowed`)
}
