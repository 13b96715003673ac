/**
 * How coupons are used: locked by a till, then redeemed or released. A hold is alive while it is held and its
 * `expires_at` lies ahead; whoever next asks for the same coupon or limit frees what has lapsed, clock work the rest.
 */
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { countersFor, lockCounters, type Counters } from './counters.ts'
import { inForce } from './definitions.ts'
import { standing } from './rules.ts'
import type { CouponHold, HoldOutcome, Redeem, Refusal, UseKey, UseOutcome } from './types.ts'

/** Holds freed in one transaction of clock work. */
export const lapsed_at_once = 5_000

interface Locked {
  member_id: string
  coupon_id: string
  coupon_definition_id: string
  name: string
  version: number
  code: string | null
  code_uses_max: number | null
  uses_max: number
  held: number
  redeemed: number
  ended: 'expired' | 'withdrawn' | null
  starts_on: string | null
  expires_on: string | null
}

interface Use {
  member_id: string
  use_id: string
  coupon_id: string
  coupon_definition_id: string
  source: string
  source_id: string
  state: 'held' | 'redeemed' | 'released' | 'lapsed' | 'returned'
  discount_minor: number
  order_id: string | null
}

const keyOf = (one: UseKey) => `${one.member_id} ${one.source} ${one.source_id}`
const couponKey = (one: { member_id: string; coupon_id: string }) => `${one.member_id} ${one.coupon_id}`
const refuse = (code: string, params: Refusal['params'] = {}): Refusal => ({ code, params })

/**
 * Locks coupons until `expires_at`, within every limit: of the coupon, its code, the member, the day, in all. The first
 * of a set get what is left. The same (member, source, source_id, coupon) again is `unchanged` while it is held or
 * redeemed; once released, that name is used up (`coupon_hold.wrong_state`).
 */
export async function hold(tx: Tx, holds: readonly CouponHold[]): Promise<HoldOutcome[]> {
  if (holds.length === 0) return []
  const { time_zone } = await program.current(tx)
  const definitions = await inForce(tx, await definitionIds(tx, holds))
  await lapse(tx, sql`u.coupon_definition_id = any (${[...definitions.keys()]}::uuid[])`)
  const [coupons, before] = await Promise.all([lockCoupons(tx, holds), usesOf(tx, holds)])
  const known = new Map(before.map((use) => [`${keyOf(use)} ${use.coupon_id}`, use]))
  const dayAt = (one: CouponHold) => dayOf(one.at ?? tx.now, time_zone)
  const wanted = holds.flatMap((one) => {
    const coupon = coupons.get(couponKey(one))
    return coupon ? [{ coupon, day: dayAt(one) }] : []
  })
  const counters = await lockCounters(
    tx,
    wanted.flatMap(({ coupon, day }) => countersFor(coupon, limitsOf(coupon), day)),
  )
  function limitsOf(coupon: Locked) {
    return definitions.get(coupon.coupon_definition_id)!.design.limits
  }
  const taken: Taken[] = []
  const outcomes = holds.map((one, index): HoldOutcome => {
    const coupon = coupons.get(couponKey(one))
    if (!coupon)
      return { index, outcome: 'refused', refusal: refuse('coupon.not_found', { coupon_id: one.coupon_id }) }
    const name = `${keyOf(one)} ${one.coupon_id}`
    const use = known.get(name)
    if (use?.state === 'held' || use?.state === 'redeemed') return { index, outcome: 'unchanged', use_id: use.use_id }
    if (use) return { index, outcome: 'refused', refusal: refuse('coupon_hold.wrong_state', { state: use.state }) }
    const definition = definitions.get(coupon.coupon_definition_id)!
    const refusal = refusalOf(coupon, definition, counters, dayAt(one))
    if (refusal) return { index, outcome: 'refused', refusal }
    const made: Taken = { ...one, coupon, use_id: uuidv7(tx.now), day: dayAt(one) }
    coupon.held += 1
    counters.count(countersFor(coupon, limitsOf(coupon), made.day))
    known.set(name, { ...made, coupon_definition_id: coupon.coupon_definition_id, state: 'held', order_id: null })
    taken.push(made)
    return { index, outcome: 'held', use_id: made.use_id }
  })
  await writeHolds(tx, taken, counters)
  return outcomes
}

interface Taken extends CouponHold {
  coupon: Locked
  use_id: string
  day: string
}

function refusalOf(
  coupon: Locked,
  definition: { status: 'active' | 'stopped'; design: Parameters<typeof standing>[0]['design'] },
  counters: Counters,
  day: string,
): Refusal | undefined {
  const { limits } = definition.design
  const { held, redeemed, uses_max } = coupon
  if (redeemed < uses_max && held + redeemed >= uses_max) return refuse('coupon.held')
  const used = { coupon: held + redeemed, ...counters.used(coupon, day) }
  return standing({ ...coupon, status: definition.status, design: definition.design, limits, used }, day)[0]
}

async function definitionIds(tx: Tx, holds: readonly CouponHold[]): Promise<string[]> {
  const rows = await tx.rows<{ coupon_definition_id: string }>(sql`
    select distinct c.coupon_definition_id
    from unnest(${holds.map((one) => one.member_id)}::uuid[], ${holds.map((one) => one.coupon_id)}::uuid[])
      as one (member_id, coupon_id)
    join coupons c on c.member_id = one.member_id and c.coupon_id = one.coupon_id`)
  return rows.map((row) => row.coupon_definition_id)
}

/** The row that is written is the lock. */
async function lockCoupons(tx: Tx, holds: readonly CouponHold[]): Promise<Map<string, Locked>> {
  const rows = await tx.rows<Locked>(sql`
    update coupons c set updated_at = ${tx.now}::timestamptz
    from (
      select distinct one.member_id, one.coupon_id
      from unnest(${holds.map((one) => one.member_id)}::uuid[], ${holds.map((one) => one.coupon_id)}::uuid[])
        as one (member_id, coupon_id)
      order by 1, 2
    ) one
    where c.member_id = one.member_id and c.coupon_id = one.coupon_id
    returning c.member_id, c.coupon_id, c.coupon_definition_id, '' as name, c.version, c.code, c.uses_max, c.held,
      c.redeemed, c.ended, c.starts_on, c.expires_on,
      (select k.uses_max from coupon_codes k where k.code = c.code and k.kind = 'shared') as code_uses_max`)
  return new Map(rows.map((row) => [couponKey(row), row]))
}

async function usesOf(tx: Tx, keys: readonly UseKey[]): Promise<Use[]> {
  return tx.rows<Use>(sql`
    select u.member_id, u.use_id, u.coupon_id, u.coupon_definition_id, u.source, u.source_id, u.state,
      u.discount_minor, u.order_id
    from (${keysSql(keys)}) one
    join coupon_uses u on u.member_id = one.member_id and u.source = one.source and u.source_id = one.source_id
    order by u.use_id`)
}

const keysSql = (keys: readonly UseKey[]): Sql => sql`
  select distinct * from unnest(${keys.map((key) => key.member_id)}::uuid[], ${keys.map((key) => key.source)}::text[],
    ${keys.map((key) => key.source_id)}::text[]) as key (member_id, source, source_id)`

async function writeHolds(tx: Tx, taken: readonly Taken[], counters: Counters): Promise<void> {
  if (taken.length === 0) return
  await tx.run(sql`
    with used as (
      insert into coupon_uses (member_id, use_id, coupon_id, coupon_definition_id, code, source, source_id, state,
        used_on, store_id, discount_minor, why, held_at, expires_at)
      select member_id, use_id, coupon_id, coupon_definition_id, code, source, source_id, 'held', used_on, store_id,
        discount_minor, why, ${tx.now}::timestamptz, expires_at
      from unnest(${taken.map((one) => one.member_id)}::uuid[], ${taken.map((one) => one.use_id)}::uuid[],
        ${taken.map((one) => one.coupon_id)}::uuid[],
        ${taken.map(({ coupon }) => coupon.coupon_definition_id)}::uuid[],
        ${taken.map(({ coupon }) => coupon.code)}::text[], ${taken.map((one) => one.source)}::text[],
        ${taken.map((one) => one.source_id)}::text[], ${taken.map((one) => one.day)}::date[],
        ${taken.map((one) => one.store_id ?? null)}::uuid[], ${taken.map((one) => one.discount_minor)}::bigint[],
        ${taken.map((one) => JSON.stringify(one.why ?? { codes: [], params: {} }))}::jsonb[],
        ${taken.map((one) => one.expires_at)}::timestamptz[]
      ) as one (member_id, use_id, coupon_id, coupon_definition_id, code, source, source_id, used_on, store_id,
        discount_minor, why, expires_at)
      returning member_id, coupon_id
    ),
    ${counters.writes()}
    update coupons c set held = c.held + one.uses
    from (select member_id, coupon_id, count(*)::int as uses from used group by member_id, coupon_id) one
    where c.member_id = one.member_id and c.coupon_id = one.coupon_id`)
}

/**
 * Redeems everything held under each name. Again: `unchanged`. Refused: `coupon_hold.not_found`,
 * `coupon_hold.expired` (it lapsed; what it locked may be somebody else's by now), `coupon_hold.wrong_state`
 * (released).
 */
export async function redeem(tx: Tx, wanted: readonly Redeem[]): Promise<UseOutcome[]> {
  if (wanted.length === 0) return []
  const moved = await tx.rows<Use>(sql`
    with key as materialized (
      select distinct on (member_id, source, source_id) * from unnest(
        ${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.source)}::text[],
        ${wanted.map((one) => one.source_id)}::text[], ${wanted.map((one) => one.order_id ?? null)}::uuid[],
        ${wanted.map((one) => one.occurred_at ?? tx.now)}::timestamptz[]
      ) as key (member_id, source, source_id, order_id, occurred_at) order by member_id, source, source_id
    ),
    moved as (
      update coupon_uses u set state = 'redeemed', redeemed_at = key.occurred_at, order_id = key.order_id
      from key
      where u.member_id = key.member_id and u.source = key.source and u.source_id = key.source_id
        and u.state = 'held' and u.expires_at > ${tx.now}::timestamptz
      returning u.*
    ),
    counted as (
      update coupons c set held = c.held - one.uses, redeemed = c.redeemed + one.uses,
        updated_at = ${tx.now}::timestamptz
      from (select member_id, coupon_id, count(*)::int as uses from moved group by member_id, coupon_id) one
      where c.member_id = one.member_id and c.coupon_id = one.coupon_id
    )
    select member_id, use_id, coupon_id, coupon_definition_id, source, source_id, state, discount_minor, order_id
    from moved`)
  const times = new Map(wanted.map((one) => [keyOf(one), one.occurred_at ?? tx.now]))
  await facts.write(
    tx,
    moved.map((use) => ({
      name: 'coupon.redeemed',
      member_id: use.member_id,
      occurred_at: times.get(keyOf(use))!,
      data: aboutUse(use, { discount_minor: use.discount_minor, order_id: use.order_id }),
    })),
  )
  return answers(tx, wanted, moved, 'redeemed')
}

const aboutUse = (use: Use, more: Record<string, unknown>) => ({
  coupon_id: use.coupon_id,
  coupon_definition_id: use.coupon_definition_id,
  ...more,
})

/** Frees everything held under each name. Again, or when it had lapsed: `unchanged`. Redeemed ones are refused. */
export async function release(tx: Tx, wanted: readonly UseKey[]): Promise<UseOutcome[]> {
  if (wanted.length === 0) return []
  const moved = await free(tx, inKeys(wanted, 'held'), 'released')
  return answers(tx, wanted, moved, 'released')
}

/** Gives redeemed coupons back whose design says so; the rest is `unchanged`. */
export async function giveBack(tx: Tx, wanted: readonly UseKey[]): Promise<UseOutcome[]> {
  if (wanted.length === 0) return []
  const moved = await free(tx, sql`${inKeys(wanted, 'redeemed')} and ${goesBack}`, 'returned')
  return answers(tx, wanted, moved, 'returned')
}

/** Orders that were cancelled give their coupons back. */
export async function giveBackOrders(
  tx: Tx,
  orders: readonly { member_id: string; order_id: string }[],
): Promise<void> {
  await free(
    tx,
    sql`
    (u.member_id, u.order_id) in (select * from unnest(${orders.map((order) => order.member_id)}::uuid[],
      ${orders.map((order) => order.order_id)}::uuid[])) and u.state = 'redeemed' and ${goesBack}`,
    'returned',
  )
}

const goesBack = sql`exists (
  select from coupons own
  join coupon_definition_versions v on v.coupon_definition_id = own.coupon_definition_id and v.version = own.version
  where own.member_id = u.member_id and own.coupon_id = u.coupon_id and (v.design->>'gives_back')::boolean)`

const inKeys = (keys: readonly UseKey[], state: string): Sql => sql`
  (u.member_id, u.source, u.source_id) in (${keysSql(keys)}) and u.state = ${state}::text`

/** Frees holds whose time is over. Answers how many; call until none is left. */
export async function expireHolds(tx: Tx): Promise<number> {
  const due = sql`(u.member_id, u.use_id) in (
    select member_id, use_id from coupon_uses
    where state = 'held' and expires_at <= ${tx.now}::timestamptz order by expires_at limit ${lapsed_at_once}::int)`
  return (await lapse(tx, due)).length
}

async function lapse(tx: Tx, among: Sql): Promise<Use[]> {
  return free(tx, sql`${among} and u.state = 'held' and u.expires_at <= ${tx.now}::timestamptz`, 'lapsed')
}

/** Takes uses back, with all that they were counted in. */
async function free(tx: Tx, which: Sql, to: 'released' | 'lapsed' | 'returned'): Promise<Use[]> {
  const isReturned = to === 'returned'
  const moved = await tx.rows<Use>(sql`
    with moved as (
      update coupon_uses u set state = ${to}::text, ended_at = ${tx.now}::timestamptz where ${which} returning u.*
    ),
    freed as (
      update coupons c set held = c.held - case when ${isReturned}::boolean then 0 else one.uses end,
        redeemed = c.redeemed - case when ${isReturned}::boolean then one.uses else 0 end,
        updated_at = ${tx.now}::timestamptz
      from (select member_id, coupon_id, count(*)::int as uses from moved group by member_id, coupon_id) one
      where c.member_id = one.member_id and c.coupon_id = one.coupon_id
    ),
    counted as (
      update coupon_counters c set used = c.used - one.uses
      from (
        select coupon_definition_id, kind, key, count(*)::int as uses from moved
        cross join lateral (values ('all', ''), ('day', used_on::text), ('code', code)) as one (kind, key)
        where key is not null group by 1, 2, 3 order by 1, 2, 3
      ) one
      where c.coupon_definition_id = one.coupon_definition_id and c.kind = one.kind and c.key = one.key
    ),
    member_counted as (
      update coupon_member_counters c set used = c.used - one.uses
      from (
        select member_id, coupon_definition_id, kind, key, count(*)::int as uses from moved
        cross join lateral (values ('all', ''), ('day', used_on::text)) as one (kind, key)
        group by 1, 2, 3, 4 order by 1, 2, 3, 4
      ) one
      where c.member_id = one.member_id and c.coupon_definition_id = one.coupon_definition_id and c.kind = one.kind
        and c.key = one.key
    )
    select member_id, use_id, coupon_id, coupon_definition_id, source, source_id, state, discount_minor, order_id
    from moved`)
  await facts.write(
    tx,
    moved.map((use) => ({
      name: 'coupon.released',
      member_id: use.member_id,
      occurred_at: tx.now,
      data: aboutUse(use, { reason: to }),
    })),
  )
  return moved
}

type Done = 'redeemed' | 'released' | 'returned'

/** What became of each name, by what was moved now and what it is by now. */
async function answers(tx: Tx, wanted: readonly UseKey[], moved: readonly Use[], done: Done): Promise<UseOutcome[]> {
  const present = new Map<string, Use[]>()
  for (const use of await usesOf(tx, wanted)) {
    const same = present.get(keyOf(use))
    if (same) same.push(use)
    else present.set(keyOf(use), [use])
  }
  const now = new Set(moved.map(keyOf))
  return wanted.map((one, index): UseOutcome => {
    const uses = present.get(keyOf(one)) ?? []
    const reached = uses.filter((use) => use.state === done)
    const discount_minor = reached.reduce((sum, use) => sum + use.discount_minor, 0)
    const answer = { index, uses: reached.length, discount_minor }
    if (now.has(keyOf(one))) return { ...answer, outcome: done }
    const refusal = reached.length > 0 ? undefined : whyNot(uses, done)
    return refusal ? { ...answer, outcome: 'refused', refusal } : { ...answer, outcome: 'unchanged' }
  })
}

function whyNot(uses: readonly Use[], done: Done): Refusal | undefined {
  const states = uses.map((use) => use.state)
  if (done === 'returned') return undefined
  if (states.length === 0) return refuse('coupon_hold.not_found')
  if (done === 'released') return states.includes('redeemed') ? refuse('coupon_hold.wrong_state') : undefined
  return states.some((state) => state === 'held' || state === 'lapsed')
    ? refuse('coupon_hold.expired')
    : refuse('coupon_hold.wrong_state')
}
