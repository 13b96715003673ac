/** How a coupon goes from one member to another: whole, with its code and its last day, and never to two. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { inForceAt } from './definitions.ts'
import { mayPass } from './rules.ts'
import type { CouponDesign, PassedOn, PassOn, Refusal } from './types.ts'

/** What a coupon that a friend gave was given for; its id is the giver's coupon. */
const source = 'passed_on'

interface Found {
  nth: number
  coupon_definition_id: string
  design: CouponDesign
  limits: CouponDesign['limits']
  ended: 'expired' | 'withdrawn' | 'passed_on' | null
  held: number
  redeemed: number
  expires_on: string | null
  receiver_used: number
  is_receiver_living: boolean
}

/**
 * Passes coupons on; each giver's row ends as `passed_on` and a new one of the receiver has its code and last day. Of
 * any number who try at once, one has it. Refused, not thrown: `coupon.not_found`, `coupon.not_passable`,
 * `coupon.passed_on`, `coupon.held`, `coupon.used_up`, `coupon.expired`, `coupon.withdrawn`, `coupon.limit_member` (the
 * receiver has used as many as one may), `coupon.passed_to_self`, `member.not_found`.
 */
export async function passOn(tx: Tx, wishes: readonly PassOn[]): Promise<PassedOn[]> {
  if (wishes.length === 0) return []
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const found = new Map((await read(tx, wishes)).map((row) => [row.nth, row]))
  const refusals = wishes.map((wish, i): Refusal | null => {
    const row = found.get(i + 1)
    if (!row) return { code: 'coupon.not_found', params: {} }
    if (wish.member_id === wish.to_member_id) return { code: 'coupon.passed_to_self', params: {} }
    if (!row.is_receiver_living) return { code: 'member.not_found', params: { member_id: wish.to_member_id } }
    return mayPass(row, today)
  })
  const moved = await move(
    tx,
    wishes.flatMap((wish, i) => (refusals[i] ? [] : [{ ...wish, received_id: uuidv7(tx.now) }])),
  )
  return wishes.map((wish, index): PassedOn => {
    const refusal = refusals[index]
    if (refusal) return { index, outcome: 'refused', refusal }
    const coupon_id = moved.get(`${wish.member_id} ${wish.coupon_id} ${wish.to_member_id}`)
    // somebody was faster, or a till took it between the look and the write
    if (!coupon_id) return { index, outcome: 'refused', refusal: { code: 'coupon.passed_on', params: {} } }
    return { index, outcome: 'passed_on', coupon_id }
  })
}

/** May a coupon be passed on by its holder now, whoever receives it? The refusal, or null. */
export async function passable(tx: Tx, member_id: string, coupon_id: string): Promise<Refusal | null> {
  const { time_zone } = await program.current(tx)
  const [row] = await read(tx, [{ member_id, coupon_id, to_member_id: member_id }])
  if (!row) return { code: 'coupon.not_found', params: {} }
  return mayPass({ ...row, receiver_used: 0 }, dayOf(tx.now, time_zone))
}

function read(tx: Tx, wishes: readonly PassOn[]): Promise<Found[]> {
  return tx.rows<Found>(sql`
    select one.nth::int as nth, c.coupon_definition_id, own.design, v.design->'limits' as limits, c.ended, c.held,
      c.redeemed, c.expires_on,
      (select count(*)::int from coupon_uses u where u.member_id = one.receiver
        and u.coupon_definition_id = c.coupon_definition_id and u.state in ('held', 'redeemed')) as receiver_used,
      exists (select from members m where m.member_id = one.receiver and m.kind = 'member' and m.merged_into is null
        and m.erased_at is null) as is_receiver_living
    from unnest(${wishes.map((one) => one.member_id)}::uuid[], ${wishes.map((one) => one.coupon_id)}::uuid[],
      ${wishes.map((one) => one.to_member_id)}::uuid[]) with ordinality as one (member_id, coupon_id, receiver, nth)
    join coupons c on c.member_id = one.member_id and c.coupon_id = one.coupon_id
    join coupon_definition_versions own on own.coupon_definition_id = c.coupon_definition_id
      and own.version = c.version
    join coupon_definitions d on d.coupon_definition_id = c.coupon_definition_id
    ${inForceAt(sql`${tx.now}::timestamptz`)}`)
}

/** The giver's row is the lock, and what must hold is asked again where it is written. */
async function move(tx: Tx, passes: readonly (PassOn & { received_id: string })[]): Promise<Map<string, string>> {
  if (passes.length === 0) return new Map()
  const sorted = [...passes].sort((a, b) => (a.member_id + a.coupon_id < b.member_id + b.coupon_id ? -1 : 1))
  const rows = await tx.rows<PassOn & { received_id: string; coupon_definition_id: string }>(sql`
    with one as materialized (
      select * from unnest(${sorted.map((pass) => pass.member_id)}::uuid[],
        ${sorted.map((pass) => pass.coupon_id)}::uuid[], ${sorted.map((pass) => pass.to_member_id)}::uuid[],
        ${sorted.map((pass) => pass.received_id)}::uuid[]) as one (member_id, coupon_id, receiver, received_id)
    ),
    ended as (
      update coupons c set ended = 'passed_on', ended_at = ${tx.now}::timestamptz, updated_at = ${tx.now}::timestamptz,
        -- a code is in one hand
        code = null
      from one where c.member_id = one.member_id and c.coupon_id = one.coupon_id and c.ended is null and c.held = 0
        and c.redeemed = 0
      returning old.*, one.receiver, one.received_id
    ),
    coded as (
      update coupon_codes k set member_id = ended.receiver, coupon_id = ended.received_id
      from ended where k.code = ended.code and k.kind = 'unique'
    ),
    made as (
      insert into coupons (member_id, coupon_id, coupon_definition_id, version, code, uses_max, starts_on, expires_on,
        cost_minor, source, source_id, issued_at, updated_at, actor)
      select receiver, received_id, coupon_definition_id, version, code, uses_max, starts_on, expires_on, cost_minor,
        ${source}::text, coupon_id::text, ${tx.now}::timestamptz, ${tx.now}::timestamptz,
        ${actorText(tx.actor)}::text
      from ended order by receiver
    )
    select member_id, coupon_id, receiver as to_member_id, received_id, coupon_definition_id from ended`)
  await facts.write(
    tx,
    rows.flatMap(({ member_id, coupon_id, to_member_id, received_id, coupon_definition_id }) => [
      {
        name: 'coupon.passed_on',
        member_id,
        occurred_at: tx.now,
        data: { coupon_id, coupon_definition_id, received_id },
      },
      {
        name: 'coupon.received',
        member_id: to_member_id,
        occurred_at: tx.now,
        data: { coupon_id: received_id, coupon_definition_id, passed_on_id: coupon_id },
      },
    ]),
  )
  return new Map(rows.map((row) => [`${row.member_id} ${row.coupon_id} ${row.to_member_id}`, row.received_id]))
}
