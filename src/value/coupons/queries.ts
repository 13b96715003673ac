/** How coupons are looked at: what deciding needs, and reads for screens. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { begunAt, lastToCome } from '../../base/versions.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { codeFrom } from './codes.ts'
import { inForceAt, waitingAt } from './definitions.ts'
import { daysOf, standing } from './rules.ts'
import type { CouponDefinition, CouponFigures, CouponRow, CouponState, HeldCoupon } from './types.ts'

/** The moment asked about and its day in the program's zone, as SQL: a value, or a column of what is asked. */
interface Moment {
  at: Sql
  day: Sql
}

/** Uses that count at a moment: redeemed, or held by a hold that is alive. */
const counts = ({ at }: Moment) => sql`(u.state = 'redeemed' or u.state = 'held' and u.expires_at > ${at})`

/** A counter, less the holds that have lapsed and were not freed yet; counted up where there is none yet. */
function counted(kind: 'all' | 'day' | 'code', key: Sql, same: Sql, moment: Moment): Sql {
  return sql`coalesce(
    (select counter.used - (select count(*)::int from coupon_uses u
        where u.coupon_definition_id = d.coupon_definition_id and u.state = 'held'
          and u.expires_at <= ${moment.at} and ${same})
      from coupon_counters counter
      where counter.coupon_definition_id = d.coupon_definition_id and counter.kind = ${kind}::text
        and counter.key = ${key}),
    (select count(*)::int from coupon_uses u
      where u.coupon_definition_id = d.coupon_definition_id and ${counts(moment)} and ${same}))`
}

/** `{total, day, code, member, member_day}` for `d`, `limits`, the code and the member that are given as SQL. */
function usedSql(member: Sql, code: Sql, moment: Moment): Sql {
  const today = sql`u.used_on = ${moment.day}`
  const own = sql`select count(*)::int from coupon_uses u
    where u.member_id = ${member} and u.coupon_definition_id = d.coupon_definition_id and ${counts(moment)}`
  return sql`jsonb_build_object(
    'total', case when limits.limits->>'total' is null then 0
      else ${counted('all', sql`''`, sql`true`, moment)} end,
    'day', case when limits.limits->>'per_day' is null then 0
      else ${counted('day', sql`${moment.day}::text`, today, moment)} end,
    'code', case when code.uses_max is null then 0
      else ${counted('code', code, sql`u.code = ${code}`, moment)} end,
    'member', (${own}), 'member_day', (${own} and ${today}))`
}

/** The design in force at the moment asked about. */
const present = sql`
  cross join lateral (select v.version, v.design, v.design->'limits' as limits from coupon_definition_versions v
    where v.coupon_definition_id = d.coupon_definition_id and ${begunAt(sql`greatest(asked.at, d.created_at)`)}
    order by ${lastToCome} limit 1) limits`

/** `asked` as the columns (nth, at, day), and the moment they make. */
const asked_moment: Moment = { at: sql`asked.at`, day: sql`asked.day` }

/** A coupon with the place of what asked for it. */
type Placed = HeldCoupon & { nth: number }

/** Coupons that `asked` leads to (rows with nth, at, day and what `where` needs), those that end first first. */
async function held(db: Reader, asked: Sql, where: Sql): Promise<Placed[]> {
  return db.rows<Placed>(sql`
    select asked.nth, c.member_id, c.coupon_id, c.coupon_definition_id, d.name, d.status, c.version, c.code, own.design,
      limits.limits, code.uses_max as code_uses_max, c.uses_max, c.ended, c.starts_on, c.expires_on,
      ${usedSql(sql`c.member_id`, sql`c.code`, asked_moment)} || jsonb_build_object('coupon', c.redeemed + (
        select count(*)::int from coupon_uses u where u.member_id = c.member_id and u.coupon_id = c.coupon_id
          and u.state = 'held' and u.expires_at > asked.at)) as used
    from (${asked}) asked join coupons c on ${where}
    join coupon_definitions d on d.coupon_definition_id = c.coupon_definition_id
    join coupon_definition_versions own on own.coupon_definition_id = c.coupon_definition_id
      and own.version = c.version
    ${present}
    left join coupon_codes code on code.code = c.code and code.kind = 'shared'
    order by asked.nth, c.expires_on nulls last, c.issued_at, c.coupon_id`)
}

/** Who asks, and for what moment. */
export interface Asking {
  member_id: string
  at: Date
}

async function momentsOf(db: Reader, asking: readonly { at: Date }[]): Promise<{ at: Date; day: string }[]> {
  const { time_zone } = await program.current(db)
  return asking.map(({ at }) => ({ at, day: dayOf(at, time_zone) }))
}

/**
 * The coupons of members that nothing but a cart speaks against at a moment: those that end first come first; one list
 * for each that asks, in order.
 */
export async function usable(db: Reader, asking: readonly Asking[]): Promise<HeldCoupon[][]> {
  const lists: HeldCoupon[][] = asking.map(() => [])
  if (asking.length === 0) return lists
  const moments = await momentsOf(db, asking)
  const rows = await held(
    db,
    sql`select * from unnest(${asking.map((one) => one.member_id)}::uuid[],
      ${asking.map((one) => one.at)}::timestamptz[], ${moments.map((one) => one.day)}::date[]
    ) with ordinality as one (member_id, at, day, nth)`,
    sql`c.member_id = asked.member_id and c.ended is null and c.redeemed < c.uses_max`,
  )
  for (const { nth, ...coupon } of rows)
    if (standing(coupon, moments[nth - 1]!.day).length === 0) lists[nth - 1]!.push(coupon)
  return lists
}

/** The coupon of a member with this id, whatever its state. */
export async function heldOf(
  db: Reader,
  wanted: { member_id: string; coupon_id: string; at: Date },
): Promise<HeldCoupon | undefined> {
  const [moment] = await momentsOf(db, [wanted])
  const rows = await held(
    db,
    sql`select 1 as nth, ${wanted.at}::timestamptz as at, ${moment!.day}::date as day`,
    sql`c.member_id = ${wanted.member_id}::uuid and c.coupon_id = ${wanted.coupon_id}::uuid`,
  )
  if (!rows[0]) return undefined
  const { nth: _nth, ...coupon } = rows[0]
  return coupon
}

/** What a code turned out to be: a coupon, or why not. */
export type Presented = { coupon: HeldCoupon } | { refusal: string }

/** A code shown by somebody (null: nobody is known) at a moment. */
export interface Presenting {
  text: string
  member_id: string | null
  at: Date
}

/**
 * What codes stand for, for those who show them: their coupon with it, or the one they would be given; one answer each,
 * in order. `coupon.code_unknown`, and `coupon.other_member` where it is somebody else's, come as the refusal.
 */
export async function byCodes(db: Reader, presenting: readonly Presenting[]): Promise<Presented[]> {
  if (presenting.length === 0) return []
  const codes = presenting.map((one) => codeFrom(one.text))
  const moments = await momentsOf(db, presenting)
  const asked = sql`select * from unnest(${codes}::text[], ${presenting.map((one) => one.member_id)}::uuid[],
      ${presenting.map((one) => one.at)}::timestamptz[], ${moments.map((one) => one.day)}::date[]
    ) with ordinality as one (code, member_id, at, day, nth)`
  const [known, own, offers] = await Promise.all([
    db.rows<{ code: string; member_id: string | null; coupon_id: string | null }>(sql`
      select code, member_id, coupon_id from coupon_codes where code = any (${codes}::text[])`),
    held(db, asked, sql`c.member_id = asked.member_id and c.code = asked.code`),
    offered(db, asked),
  ])
  const rows = new Map(known.map((row) => [row.code, row]))
  const at = (list: readonly Placed[]) => new Map(list.map(({ nth, ...coupon }) => [nth, coupon as HeldCoupon]))
  const [mine, made] = [
    at(own),
    at(offers.map((one) => ({ ...one, ...daysOf(one.design, moments[one.nth - 1]!.day) }))),
  ]
  return presenting.map(({ member_id }, i) => {
    const row = rows.get(codes[i]!)
    if (!row) return { refusal: 'coupon.code_unknown' }
    if (row.coupon_id !== null && row.member_id !== member_id) return { refusal: 'coupon.other_member' }
    return { coupon: (mine.get(i + 1) ?? made.get(i + 1))! }
  })
}

/** The coupons that presenting these codes would make; their days are still to be reckoned. */
async function offered(db: Reader, asked: Sql): Promise<Placed[]> {
  const rows = await db.rows<Omit<Placed, 'uses_max' | 'starts_on' | 'expires_on' | 'ended'>>(sql`
    select asked.nth, asked.member_id, null::uuid as coupon_id, d.coupon_definition_id, d.name, d.status,
      limits.version, code.code, limits.design, limits.limits, code.uses_max as code_uses_max,
      ${usedSql(sql`asked.member_id`, sql`code.code`, asked_moment)} || '{"coupon": 0}' as used
    from (${asked}) asked join coupon_codes code on code.code = asked.code
    join coupon_definitions d on d.coupon_definition_id = code.coupon_definition_id ${present}`)
  return rows.map((row) => ({
    ...row,
    uses_max: row.design.limits.per_coupon,
    ended: null,
    starts_on: null,
    expires_on: null,
  }))
}

interface Page {
  limit: number
}

/** A member's coupons, those that can still be used first. */
export async function walletOf(db: Reader, member_id: string): Promise<CouponRow[]> {
  return listed(db, sql`c.member_id = ${member_id}::uuid`, sql`c.state <> 'available', c.expires_on nulls last`, 200)
}

/** Coupons of a definition or of all, newest first. */
export async function couponsOf(
  db: Reader,
  page: Page & {
    coupon_definition_id?: string | undefined
    member_id?: string | undefined
    state?: CouponState | undefined
    before: { issued_at: string; coupon_id: string } | null
  },
): Promise<CouponRow[]> {
  const where = sql`
    (${page.coupon_definition_id ?? null}::uuid is null
      or c.coupon_definition_id = ${page.coupon_definition_id ?? null}::uuid)
    and (${page.member_id ?? null}::uuid is null or c.member_id = ${page.member_id ?? null}::uuid)
    and (${page.state ?? null}::text is null or c.state = ${page.state ?? null}::text)
    and (${page.before === null}::boolean or (c.issued_at, c.coupon_id)
      < (${page.before?.issued_at ?? null}::timestamptz, ${page.before?.coupon_id ?? null}::uuid))`
  return listed(db, where, sql`c.issued_at desc, c.coupon_id desc`, page.limit)
}

async function listed(db: Reader, where: Sql, order: Sql, limit: number): Promise<CouponRow[]> {
  return db.rows<CouponRow>(sql`
    select c.member_id, c.coupon_id, c.coupon_definition_id, d.name, c.code, c.state, c.uses_max, c.redeemed,
      c.starts_on, c.expires_on, c.source, c.issued_at, m.display_name,
      coalesce((select sum(u.discount_minor)::bigint from coupon_uses u
        where u.member_id = c.member_id and u.coupon_id = c.coupon_id and u.state = 'redeemed'), 0) as discount_minor
    from coupons c join coupon_definitions d on d.coupon_definition_id = c.coupon_definition_id
    join members m on m.member_id = c.member_id
    where ${where} order by ${order} limit ${limit}::int`)
}

/** Definitions with what became of them, newest first. */
export async function definitionsOf(
  db: Reader,
  page: Page & { search: string | null; only: string | null; before: string | null; now: Date },
): Promise<(CouponDefinition & CouponFigures)[]> {
  const at = sql`${page.now}::timestamptz`
  return db.rows(sql`
    select d.coupon_definition_id, d.name, d.note, d.status, v.version, v.design, next.waiting, d.created_at,
      d.updated_at,
      coalesce(given.issued, 0) as issued, coalesce(given.available, 0) as available,
      coalesce(given.expired, 0) as expired, coalesce(used.uses, 0) as uses,
      coalesce(used.discount_minor, 0)::bigint as discount_minor
    from coupon_definitions d ${inForceAt(at)} ${waitingAt(at)}
    left join lateral (
      select count(*) filter (where state <> 'passed_on') as issued,
        count(*) filter (where state in ('available', 'held')) as available,
        count(*) filter (where state = 'expired') as expired
      from coupons c where c.coupon_definition_id = d.coupon_definition_id) given on true
    left join lateral (
      select count(*) as uses, sum(u.discount_minor) as discount_minor from coupon_uses u
      where u.coupon_definition_id = d.coupon_definition_id and u.state = 'redeemed') used on true
    where (${page.only}::uuid is null or d.coupon_definition_id = ${page.only}::uuid)
      and (${page.search}::text is null or position(lower(${page.search}::text) in lower(d.name)) > 0)
      and (${page.before}::uuid is null or d.coupon_definition_id < ${page.before}::uuid)
    order by d.coupon_definition_id desc limit ${page.limit}::int`)
}
