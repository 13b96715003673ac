/**
 * How a gift that waits goes from one member to another. The giver's row stays, as passed on, with what was paid and
 * promised for it; the receiver has a row of their own that costs nothing more.
 */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as budgets from '../budgets/budgets.ts'
import * as points from '../points/points.ts'
import { source } from './handing.ts'
import { countKey, mayPass, periodOf, type Refusal } from './rules.ts'
import type { GiftOutcome, GiftStatus, GiftWhy, Item, PassOn } from './types.ts'

/** Why the receiver has it; the occurrence is the giver's gift. */
const reason = 'passed_on'
const why: GiftWhy = { codes: ['gifts.passed_on'], params: {}, rule_version: null }

interface Found {
  nth: number
  status: GiftStatus
  kind: string
  fulfilment: string | null
  item_id: string | null
  cost_minor: number
  budget_id: string | null
  may_be_passed_on: boolean
  limit_count: number | null
  limit_period: Item['limit_period']
  is_receiver_living: boolean
}

/**
 * Passes waiting items on. Of any number who try at once, one has it. Refused, not thrown: `gift.not_found`,
 * `gift.not_passable`, `gift.wrong_state`, `gift.limit_reached` (of the receiver), `gift.passed_to_self`,
 * `member.not_found`.
 */
export async function passOn(tx: Tx, wishes: readonly PassOn[]): Promise<GiftOutcome[]> {
  if (wishes.length === 0) return []
  // members, heaps, envelopes: the order in which everybody locks; the members' rows make the answers stand
  await points.lock(
    tx,
    wishes.flatMap((wish) => [wish.member_id, wish.to_member_id]),
  )
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const found = new Map((await read(tx, wishes)).map((row) => [row.nth, row]))
  const counts = await countsOf(tx, wishes)
  const passing: Passing[] = []
  const given = new Set<string>()
  const outcomes = wishes.map((wish, index): GiftOutcome => {
    const row = found.get(index + 1)
    const refused = refusalOf(wish, row, { today, counts, isGiven: given.has(wish.gift_id) })
    if (refused) return { index, outcome: 'refused', ...refused }
    const { limit_count, limit_period } = row!
    const period = limit_count === null ? null : periodOf(limit_period, today)
    const key = countKey(wish.to_member_id, row!.item_id!, period ?? '')
    if (period !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
    given.add(wish.gift_id)
    passing.push({ wish, row: row!, received_id: uuidv7(tx.now), period })
    return { index, outcome: 'given', gift_id: passing.at(-1)!.received_id }
  })
  await write(tx, passing)
  return outcomes
}

/** May a gift be passed on by its holder now, whoever receives it? The refusal, or null. */
export async function passable(db: Reader, member_id: string, gift_id: string): Promise<Refusal | null> {
  const [row] = await read(db, [{ member_id, gift_id, to_member_id: member_id }])
  return row ? mayPass(row, 0) : { code: 'gift.not_found', params: { gift_id } }
}

interface Passing {
  wish: PassOn
  row: Found
  received_id: string
  /** In which the receiver's limit counts it; null: there is no limit. */
  period: string | null
}

function refusalOf(
  { member_id, gift_id, to_member_id }: PassOn,
  row: Found | undefined,
  held: { today: string; counts: ReadonlyMap<string, number>; isGiven: boolean },
): Refusal | null {
  if (!row) return { code: 'gift.not_found', params: { gift_id } }
  if (member_id === to_member_id) return { code: 'gift.passed_to_self', params: {} }
  if (!row.is_receiver_living) return { code: 'member.not_found', params: { member_id: to_member_id } }
  const period = periodOf(row.limit_period, held.today)
  const used = held.counts.get(countKey(to_member_id, row.item_id ?? '', period)) ?? 0
  return mayPass(held.isGiven ? { ...row, status: 'passed_on' } : row, used)
}

function read(db: Reader, wishes: readonly PassOn[]): Promise<Found[]> {
  return db.rows<Found>(sql`
    select one.nth::int as nth, g.status, g.kind, g.fulfilment, g.item_id,
      g.cost_minor::float8 as cost_minor, g.budget_id,
      coalesce(item.may_be_passed_on, false) as may_be_passed_on, item.limit_count,
      coalesce(item.limit_period, 'ever') as limit_period,
      exists (select from members m where m.member_id = one.receiver and m.kind = 'member' and m.merged_into is null
        and m.erased_at is null) as is_receiver_living
    from unnest(${wishes.map((one) => one.member_id)}::uuid[], ${wishes.map((one) => one.gift_id)}::uuid[],
      ${wishes.map((one) => one.to_member_id)}::uuid[]) with ordinality as one (member_id, gift_id, receiver, nth)
    join gifts g on g.member_id = one.member_id and g.gift_id = one.gift_id
    left join gift_items item on item.item_id = g.item_id`)
}

async function countsOf(tx: Tx, wishes: readonly PassOn[]): Promise<Map<string, number>> {
  const rows = await tx.rows<{ member_id: string; item_id: string; period: string; used: number }>(sql`
    select member_id, item_id, period, used from gift_counts
    where member_id = any (${[...new Set(wishes.map((one) => one.to_member_id))]}::uuid[])`)
  return new Map(rows.map((row) => [countKey(row.member_id, row.item_id, row.period), row.used]))
}

async function write(tx: Tx, passing: readonly Passing[]): Promise<void> {
  if (passing.length === 0) return
  const promised = passing.flatMap(({ wish, row }) =>
    row.budget_id === null
      ? []
      : [
          {
            budget_id: row.budget_id,
            member_id: wish.member_id,
            source,
            source_id: wish.gift_id,
            amount_minor: row.cost_minor,
          },
        ],
  )
  // from now on it is the friend's: for the brand it is spent
  const settled = await budgets.settle(tx, promised)
  const refused = settled.find(({ outcome }) => outcome === 'refused')
  if (refused) throw new AppError(refused.code!, refused.params ?? {})
  await tx.run(sql`
    with one as materialized (
      select * from unnest(${passing.map(({ wish }) => wish.member_id)}::uuid[],
        ${passing.map(({ wish }) => wish.gift_id)}::uuid[], ${passing.map(({ wish }) => wish.to_member_id)}::uuid[],
        ${passing.map(({ received_id }) => received_id)}::uuid[], ${passing.map(({ period }) => period)}::text[])
        as one (member_id, gift_id, receiver, received_id, period)
    ),
    ended as (
      update gifts g set status = 'passed_on', ended_at = ${tx.now}::timestamptz,
        ended_by = ${actorText(tx.actor)}::text
      from one where g.member_id = one.member_id and g.gift_id = one.gift_id and g.status = 'open'
      returning g.kind, g.reward, g.item_id, g.place, g.gift_id, g.fulfilment, one.receiver, one.received_id,
        one.period as counted_in
    )
    insert into gifts (member_id, gift_id, kind, reward, item_id, place, reason, occurrence, cost_minor, period,
      fulfilment, status, why, given_at, actor)
    select receiver, received_id, kind, reward, item_id, place, ${reason}::text, gift_id::text, 0, counted_in,
      fulfilment, 'open', ${JSON.stringify(why)}::jsonb, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text
    from ended order by receiver`)
  await count(tx, passing)
  await facts.write(tx, passing.flatMap(told(tx.now)))
}

/** The database refuses more than the receiver is allowed. */
async function count(tx: Tx, passing: readonly Passing[]): Promise<void> {
  const limited = passing.filter(({ period }) => period !== null)
  if (limited.length === 0) return
  await tx.run(sql`
    insert into gift_counts as counted (member_id, item_id, period, used, allowed)
    select member_id, item_id, period, count(*), max(allowed)
    from unnest(${limited.map(({ wish }) => wish.to_member_id)}::uuid[],
      ${limited.map(({ row }) => row.item_id)}::uuid[], ${limited.map(({ period }) => period)}::text[],
      ${limited.map(({ row }) => row.limit_count)}::bigint[]) as one (member_id, item_id, period, allowed)
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (member_id, item_id, period)
      do update set used = counted.used + excluded.used, allowed = excluded.allowed`)
}

const told =
  (occurred_at: Date) =>
  ({ wish, row, received_id }: Passing): facts.Fact[] => [
    {
      name: 'gift.passed_on',
      member_id: wish.member_id,
      occurred_at,
      data: { gift_id: wish.gift_id, kind: row.kind, item_id: row.item_id, received_id },
    },
    {
      name: 'gift.received',
      member_id: wish.to_member_id,
      occurred_at,
      data: { gift_id: received_id, kind: row.kind, item_id: row.item_id, passed_on_id: wish.gift_id },
    },
  ]
