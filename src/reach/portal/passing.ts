/**
 * Passing on: a member makes a link for a coupon, a gift or a place in a pool, whoever opens it accepts, and accepting
 * is joining. The link's row is the lock: of any number who accept at once, one has the thing.
 */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs, dayOf, startOfDay, addDays } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import * as points from '../../value/points/points.ts'
import { secretOf } from './queries.ts'
import { masked, passToken, readPassToken } from './rules.ts'
import type { OfferedPass, OwnPass, PassBody } from './types.ts'

/** Long enough for a friend on holiday; the thing's own last day ends it sooner. */
const pass_days = 14

interface Pass {
  pass_id: string
  member_id: string
  kind: PassBody['kind']
  thing_id: string
  state: 'open' | 'accepted' | 'taken_back'
  expires_at: Date
  accepted_by: string | null
  received_id: string | null
}

const notFound = () => new AppError('pass.not_found', {}, { status: 404 })

/**
 * Makes the link for a coupon or a gift of the member's own; asked again, the same link, good anew. Throws
 * `coupon.not_passable`, `gift.not_passable`, `pool.not_head` and what else speaks against it.
 */
export async function makePass(tx: Tx, member_id: string, { kind, id }: PassBody): Promise<OwnPass> {
  if (kind === 'pool') await points.mayInvite(tx, { pool_id: id, member_id })
  else {
    const passable = kind === 'coupon' ? coupons.passable : gifts.passable
    const refusal = await passable(tx, member_id, id)
    if (refusal) throw new AppError(refusal.code, refusal.params)
  }
  const expires_at = await endOf(tx, member_id, { kind, id })
  const made = await tx.row<{ pass_id: string; expires_at: Date }>(sql`
    insert into portal_passes as held (pass_id, member_id, kind, thing_id, state, created_at, expires_at)
    values (${uuidv7(tx.now)}::uuid, ${member_id}::uuid, ${kind}::text, ${id}::uuid, 'open', ${tx.now}::timestamptz,
      ${expires_at}::timestamptz)
    on conflict (member_id, kind, thing_id) where state = 'open' do update set expires_at = excluded.expires_at
    returning pass_id, expires_at`)
  return ownPass(await secretOf(tx), made!)
}

async function endOf(tx: Tx, member_id: string, { kind, id }: PassBody): Promise<Date> {
  const latest = addMs(tx.now, pass_days * dayMs)
  if (kind !== 'coupon') return latest
  const held = await tx.row<{ expires_on: string | null }>(sql`
    select expires_on from coupons where member_id = ${member_id}::uuid and coupon_id = ${id}::uuid`)
  if (!held?.expires_on) return latest
  const { time_zone } = await program.current(tx)
  const end = startOfDay(addDays(held.expires_on, 1), time_zone)
  return end < latest ? end : latest
}

function ownPass(secret: Buffer, { pass_id, expires_at }: { pass_id: string; expires_at: Date }): OwnPass {
  return { pass_id, path: `/portal/pass/${passToken(secret, pass_id)}`, expires_at }
}

/** The links of a member that are open, by what they give. */
export async function openPasses(db: Reader, member_id: string, now: Date): Promise<Map<string, OwnPass>> {
  const [secret, rows] = [
    await secretOf(db),
    await db.rows<Pass>(sql`
      select pass_id, thing_id, expires_at from portal_passes
      where member_id = ${member_id}::uuid and state = 'open' and expires_at > ${now}::timestamptz`),
  ]
  return new Map(rows.map((row) => [row.thing_id, ownPass(secret, row)]))
}

/** The coupons and gifts of a member that may be passed on as they stand. */
export async function passableOf(db: Reader, member_id: string, today: string): Promise<Set<string>> {
  const rows = await db.rows<{ id: string }>(sql`
    select c.coupon_id as id from coupons c join coupon_definition_versions own
      on own.coupon_definition_id = c.coupon_definition_id and own.version = c.version
    where c.member_id = ${member_id}::uuid and c.ended is null and c.held = 0 and c.redeemed = 0
      and (c.expires_on is null or c.expires_on >= ${today}::date)
      and (own.design->>'may_be_passed_on')::boolean and own.design->>'codes' <> 'shared'
    union all
    select g.gift_id from gifts g join gift_items item on item.item_id = g.item_id
    where g.member_id = ${member_id}::uuid and g.status = 'open' and g.fulfilment = 'pickup' and item.may_be_passed_on`)
  return new Set(rows.map((row) => row.id))
}

/** Takes a link back that nobody has accepted. Throws `pass.not_found`, `pass.accepted`. */
export async function takeBackPass(tx: Tx, member_id: string, pass_id: string): Promise<void> {
  const ended = await tx.run(sql`
    update portal_passes set state = 'taken_back', ended_at = ${tx.now}::timestamptz
    where pass_id = ${pass_id}::uuid and member_id = ${member_id}::uuid and state = 'open'`)
  if (ended > 0) return
  const held = await tx.row<Pass>(sql`
    select state from portal_passes where pass_id = ${pass_id}::uuid and member_id = ${member_id}::uuid`)
  if (!held) throw notFound()
  if (held.state === 'accepted') throw new AppError('pass.accepted', {}, { status: 409 })
}

async function passIdOf(db: Reader, token: string): Promise<string> {
  const pass_id = readPassToken(await secretOf(db), token)
  if (!pass_id) throw notFound()
  return pass_id
}

/** What a link gives, for whoever holds it; the giver's name is masked. Throws `pass.not_found`. */
export async function offeredBy(db: Db, token: string): Promise<OfferedPass> {
  const pass_id = await passIdOf(db, token)
  const now = db.now()
  const { time_zone } = await program.current(db)
  const found = await db.row<
    Omit<OfferedPass, 'state' | 'from'> & { state: Pass['state']; display_name: string | null; stands: boolean }
  >(sql`
    select p.kind, p.state, p.expires_at, giver.display_name, coalesce(d.name, pool.name) as name, item.names,
      c.expires_on, coalesce(c.ended is null and c.redeemed = 0, g.status = 'open',
        pool.pool_id is not null and pool.ended_at is null) as stands
    from portal_passes p
    join members giver on giver.member_id = p.member_id
    left join coupons c on p.kind = 'coupon' and c.member_id = p.member_id and c.coupon_id = p.thing_id
    left join coupon_definitions d on d.coupon_definition_id = c.coupon_definition_id
    left join gifts g on p.kind = 'gift' and g.member_id = p.member_id and g.gift_id = p.thing_id
    left join gift_items item on item.item_id = g.item_id
    left join point_pools pool on p.kind = 'pool' and pool.pool_id = p.thing_id and pool.head_id = p.member_id
    where p.pass_id = ${pass_id}::uuid`)
  if (!found) throw notFound()
  const { state, display_name, stands, ...rest } = found
  const isOver = found.expires_at <= now || (rest.expires_on !== null && rest.expires_on < dayOf(now, time_zone))
  return {
    ...rest,
    from: masked(display_name),
    state: state !== 'open' ? state : isOver ? 'expired' : stands ? 'open' : 'gone',
  }
}

/**
 * Makes the thing the accepting member's own; again it answers the same. Throws `pass.not_found`, `pass.own`,
 * `pass.accepted`, `pass.taken_back`, `pass.expired`, and what speaks against the thing: `coupon.limit_member`, …
 */
export async function acceptPass(
  tx: Tx,
  member_id: string,
  token: string,
): Promise<{ kind: Pass['kind']; id: string }> {
  const pass_id = await passIdOf(tx, token)
  const pass = await tx.row<Pass>(sql`
    select pass_id, member_id, kind, thing_id, state, expires_at, accepted_by, received_id from portal_passes
    where pass_id = ${pass_id}::uuid for update`)
  if (!pass) throw notFound()
  if (pass.state === 'accepted' && pass.accepted_by === member_id) return { kind: pass.kind, id: pass.received_id! }
  if (pass.member_id === member_id) throw new AppError('pass.own')
  if (pass.state === 'accepted') throw new AppError('pass.accepted', {}, { status: 409 })
  if (pass.state === 'taken_back') throw new AppError('pass.taken_back')
  if (pass.expires_at <= tx.now) throw new AppError('pass.expired')
  const received_id = await hand(tx, pass, member_id)
  await tx.run(sql`
    update portal_passes set state = 'accepted', ended_at = ${tx.now}::timestamptz, accepted_by = ${member_id}::uuid,
      received_id = ${received_id}::uuid
    where pass_id = ${pass_id}::uuid`)
  return { kind: pass.kind, id: received_id }
}

async function hand(tx: Tx, { kind, member_id, thing_id }: Pass, to_member_id: string): Promise<string> {
  if (kind === 'pool') {
    // who is the head no more invites nobody
    await points.mayInvite(tx, { pool_id: thing_id, member_id })
    await points.joinPool(tx, { pool_id: thing_id, member_id: to_member_id })
    return thing_id
  }
  if (kind === 'gift') {
    const [outcome] = await gifts.passOn(tx, [{ member_id, gift_id: thing_id, to_member_id }])
    return gifts.insist(outcome!).gift_id!
  }
  const [outcome] = await coupons.passOn(tx, [{ member_id, coupon_id: thing_id, to_member_id }])
  if (!outcome!.coupon_id) throw new AppError(outcome!.refusal!.code, outcome!.refusal!.params)
  return outcome!.coupon_id
}

/** Whose link it is, as long as it can be accepted: who joins by it was brought by them. null for any other. */
export async function giverOf(tx: Tx, token: string): Promise<string | null> {
  const pass_id = readPassToken(await secretOf(tx), token)
  if (!pass_id) return null
  const found = await tx.row<{ member_id: string }>(sql`
    select member_id from portal_passes
    where pass_id = ${pass_id}::uuid and state = 'open' and expires_at > ${tx.now}::timestamptz`)
  return found?.member_id ?? null
}

/** Links follow a merged member. */
export async function movePasses(tx: Tx, pairs: readonly members.MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${members.pairSql(pairs)}
    update portal_passes p set member_id = coalesce(giver.keep, p.member_id),
      accepted_by = coalesce(taker.keep, p.accepted_by)
    from (
      select pass_id from portal_passes join pair on pair.merged = member_id
      union select pass_id from portal_passes join pair on pair.merged = accepted_by
    ) touched
    join portal_passes held on held.pass_id = touched.pass_id
    left join pair giver on giver.merged = held.member_id left join pair taker on taker.merged = held.accepted_by
    where p.pass_id = held.pass_id`)
}

/** Nobody gives any more what somebody forgotten offered. */
export async function endPasses(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    update portal_passes set state = 'taken_back', ended_at = ${tx.now}::timestamptz
    where member_id = any (${member_ids}::uuid[]) and state = 'open'`)
}
