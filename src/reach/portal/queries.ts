/** How a member sees what is theirs. */
import type { Db, Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayOf } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import { marketing } from '../../record/members/types.ts'
import * as program from '../../record/program/program.ts'
import * as stores from '../../record/stores/stores.ts'
import * as cards from '../../value/cards/cards.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import type { Fulfilment, GiftStatus } from '../../value/gifts/types.ts'
import * as plans from '../../value/plans/plans.ts'
import * as points from '../../value/points/points.ts'
import * as privileges from '../../value/privileges/privileges.ts'
import * as tiers from '../../value/tiers/tiers.ts'
import { consentText, doors } from '../joining/joining.ts'
import { openWays } from './letters.ts'
import { openPasses, passableOf } from './passing.ts'
import { plainCode, spendCode } from './rules.ts'
import type { Home, Language, OwnPass } from './types.ts'

/** Days on which points end that a card has room for. */
const expiring_max = 3
/** A member's own gifts fit on one page. */
const gifts_max = 100

/** Between paying and leaving: what a purchase earned stands on the card for three hours. */
const recent_ms = 3 * 3_600_000
/** Paying with points and coupons writes a few lines beside what is earned. */
const recent_entries = 5

const secrets = new WeakMap<Reader, Promise<Buffer>>()

/** The secret that signs spend codes, read once a process: it never changes. */
export function secretOf(db: Reader): Promise<Buffer> {
  const known = secrets.get(db)
  if (known) return known
  const read = db.row<{ secret: Buffer }>(sql`select secret from portal_secret`).then((row) => row!.secret)
  secrets.set(db, read)
  read.catch(() => secrets.delete(db))
  return read
}

/** The code for spending, of this half minute. */
export async function spendCodeOf(db: Db, member_id: string) {
  const [secret, { number }] = [await secretOf(db), await members.memberOf(db, member_id)]
  const now = db.now()
  const { step, ...code } = spendCode(secret, number, now)
  const used = await db.row(sql`
    select from portal_shown_codes where member_id = ${member_id}::uuid and step = ${step}::bigint`)
  return { ...code, is_used: used !== undefined, now }
}

/** What the sign-in page needs: whose portal this is, and how one comes in. */
export async function programOf(db: Db, language: Language) {
  const found = await program.current(db)
  const [ways, accounts, ladder] = await Promise.all([
    openWays(db),
    doors(db),
    db.rows<{ code: string; names: Record<string, string> }>(sql`select code, names from tiers order by rank`),
  ])
  return {
    tiers: ladder,
    name: found.name,
    currency: found.currency,
    currency_decimals: found.currency_decimals,
    time_zone: found.time_zone,
    languages: found.languages,
    default_language: found.default_language,
    contact_email: found.settings.contact_email,
    contact_phone: found.settings.contact_phone,
    ways,
    accounts,
    consents: (['email', 'sms'] as const).map((channel) => consentText(channel, language, found.name)),
    now: db.now(),
  }
}

/** The card and all that is held, in one answer: the portal's first screen. */
export async function homeOf(db: Db, member_id: string): Promise<{ [Key in keyof Home]: unknown }> {
  const now = db.now()
  const { time_zone, settings } = await program.current(db)
  const today = dayOf(now, time_zone)
  const [member, balances, lots, progress, wallet, owned, held, running, worth, waiting, passable, passes, recent] =
    await Promise.all([
      members.memberOf(db, member_id),
      points.spendableOf(db, [member_id]),
      points.lotsOf(db, member_id),
      tiers.progressOf(db, [member_id]),
      coupons.walletOf(db, member_id),
      privileges.heldBy(db, member_id, today),
      cards.balancesOf(db, [member_id], now),
      plans.standingOf(db, member_id, today),
      worthOf(db, member_id, { today, time_zone }),
      waitingOf(db, member_id),
      passableOf(db, member_id, today),
      openPasses(db, member_id, now),
      historyOf(db, { member_id, before: null, limit: recent_entries }),
    ])
  const { number, display_name, joined_at } = member
  const { available, pooled, pending, debt } = balances[0]!
  return {
    member: { number, display_name, joined_at, plain_code: plainCode(number) },
    tier: tierOf(progress[0]!, today),
    points: {
      available,
      pooled,
      pending,
      debt,
      worth_minor: Math.floor(available * settings.point_value_minor),
      expiring: expiringOf(lots, today),
    },
    coupons: wallet
      .filter(({ state, expires_on }) => state === 'available' && (expires_on === null || expires_on >= today))
      .map(({ coupon_id, name, code, uses_max, redeemed, starts_on, expires_on }) => ({
        ...{ coupon_id, name, code, starts_on, expires_on },
        uses_left: uses_max - redeemed,
        ...passOf(coupon_id, passable, passes),
      })),
    privileges: owned.map(({ privilege_id, names, texts, may, left }) => ({ privilege_id, names, texts, may, left })),
    cards: held.map(({ card_definition_id, kind, names, available: usable, balance, size, needed, ...card }) => ({
      ...{ card_definition_id, kind, names, balance, size, needed },
      available: usable,
      next_expiry_on: card.next_expiry_on,
    })),
    plans: running.map(({ plan_id, plan_names, state, holds_until }) => ({
      ...{ plan_id, state, holds_until },
      names: plan_names,
    })),
    worth,
    gifts_waiting: waiting,
    latest:
      recent.find(({ kind, order, at }) => kind === 'earn' && order !== null && at >= addMs(now, -recent_ms)) ?? null,
    now,
  }
}

function passOf(id: string, passable: ReadonlySet<string>, passes: ReadonlyMap<string, OwnPass>) {
  return { may_pass: passable.has(id), pass: passable.has(id) ? (passes.get(id) ?? null) : null }
}

function tierOf(one: Awaited<ReturnType<typeof tiers.progressOf>>[number], today: string) {
  if (!one.tier_code) return null
  return {
    tier_code: one.tier_code,
    names: one.tier_names,
    measure: one.measure,
    progress: one.progress,
    next_names: one.next_tier_names,
    missing: one.missing,
    until: one.window_to && one.window_to > today ? one.window_to : null,
    keep_missing: one.keep_missing,
    review_on: one.review_on,
  }
}

function expiringOf(
  lots: readonly { expires_on: string | null; remaining: number; status: string }[],
  today: string,
) {
  const days = new Map<string, number>()
  for (const { expires_on, remaining, status } of lots) {
    if (status !== 'active' || !expires_on || expires_on < today) continue
    days.set(expires_on, (days.get(expires_on) ?? 0) + remaining)
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, expiring_max)
    .map(([expires_on, sum]) => ({ expires_on, points: sum }))
}

/** What coupons and member prices took off: of receipts from tills, and of coupons used elsewhere. */
async function worthOf(db: Reader, member_id: string, present: { today: string; time_zone: string }) {
  const found = await db.row<{ year_minor: number; ever_minor: number }>(sql`
    select coalesce(sum(saved), 0)::bigint as ever_minor,
      coalesce(sum(saved) filter (where extract(year from at at time zone ${present.time_zone}::text)
        = extract(year from ${present.today}::date)), 0)::bigint as year_minor
    from (
      select (h.quote->>'saved_minor')::bigint as saved, o.occurred_at as at
      from till_holds h join orders o on o.member_id = h.member_id and o.order_id = h.order_id
      where h.member_id = ${member_id}::uuid and h.status = 'committed' and o.status not in ('cancelled', 'refunded')
      union all
      select u.discount_minor, u.redeemed_at from coupon_uses u
      where u.member_id = ${member_id}::uuid and u.state = 'redeemed' and not exists (
        select from till_holds h where h.member_id = u.member_id and h.order_id = u.order_id)
    ) saved`)
  return found!
}

async function waitingOf(db: Reader, member_id: string): Promise<number> {
  const found = await db.row<{ n: number }>(sql`
    select count(*)::int as n from gifts where member_id = ${member_id}::uuid and status = 'open'`)
  return found!.n
}

/** What may be had for points, the cheapest first. */
export async function catalogueOf(db: Db, member_id: string) {
  const [all, shops, [balance]] = await Promise.all([
    gifts.items(db, db.now()),
    stores.all(db),
    points.spendableOf(db, [member_id]),
  ])
  const nameOf = new Map(shops.map((store) => [store.store_id, store.name]))
  const data = all.flatMap((item) =>
    item.is_listed && item.price_points !== null
      ? [
          {
            item_id: item.item_id,
            names: item.names,
            descriptions: item.descriptions,
            price_points: item.price_points,
            price_minor: item.price_minor,
            fulfilment: item.fulfilment,
            left: item.left,
            stores: item.heaps.flatMap(({ store_id, quantity, taken }) =>
              store_id && quantity > taken
                ? [{ store_id, name: nameOf.get(store_id) ?? '', left: quantity - taken }]
                : [],
            ),
          },
        ]
      : [],
  )
  data.sort((a, b) => a.price_points - b.price_points || (a.item_id < b.item_id ? -1 : 1))
  return { data, points_available: balance!.available, points_pooled: balance!.pooled }
}

export interface OwnGift {
  gift_id: string
  kind: string
  names: Record<string, string> | null
  store_name: string | null
  fulfilment: Fulfilment | null
  status: GiftStatus
  paid_points: number
  paid_minor: number
  pickup_code: string | null
  code: string | null
  given_at: Date
  ended_at: Date | null
  may_pass: boolean
  pass: OwnPass | null
}

/** The member's own gifts, those that wait first; one of them if named. */
export async function ownGifts(
  db: Reader,
  member_id: string,
  now: Date,
  gift_id: string | null = null,
): Promise<OwnGift[]> {
  const { time_zone } = await program.current(db)
  const [passable, passes] = [
    await passableOf(db, member_id, dayOf(now, time_zone)),
    await openPasses(db, member_id, now),
  ]
  const rows = await db.rows<Omit<OwnGift, 'may_pass' | 'pass'>>(sql`
    select g.gift_id, g.kind, item.names, store.name as store_name, g.fulfilment, g.status, g.paid_points,
      g.paid_minor, code.code, g.given_at, g.ended_at,
      -- the end of the id is random: six signs of it tell gifts of one person apart
      case when g.fulfilment = 'pickup' and g.status = 'open' then upper(right(g.gift_id::text, 6)) end as pickup_code
    from gifts g
    left join gift_items item on item.item_id = g.item_id
    left join stores store on store.store_id = g.place
    left join gift_codes code on code.gift_id = g.gift_id and g.fulfilment = 'code'
    where g.member_id = ${member_id}::uuid and g.kind = 'item'
      and (${gift_id}::uuid is null or g.gift_id = ${gift_id}::uuid)
    order by g.status <> 'open', g.given_at desc, g.gift_id desc limit ${gifts_max}::int`)
  return rows.map((row) => ({ ...row, ...passOf(row.gift_id, passable, passes) }))
}

/** The last word written about a member: one look at an index, so that a screen may ask every second. */
export async function pulseOf(db: Reader, member_id: string): Promise<{ mark: number }> {
  const found = await db.row<{ mark: number }>(sql`
    select coalesce(max(fact_id), 0)::bigint as mark from facts where member_id = ${member_id}::uuid`)
  return found!
}

/** Points that came and went, newest first, each with its why and the purchase behind it. */
export async function historyOf(
  db: Reader,
  page: { member_id: string; before: { occurred_at: string; entry_id: number } | null; limit: number },
) {
  const entries = await points.entriesOf(db, page)
  const ids = entries.flatMap(({ order_id }) => (order_id ? [order_id] : []))
  const orders = await db.rows<{ order_id: string; net_minor: number; store_name: string | null }>(sql`
    select o.order_id, o.net_minor, s.name as store_name from orders o left join stores s on s.store_id = o.store_id
    where o.member_id = ${page.member_id}::uuid and o.order_id = any (${ids}::uuid[])`)
  const orderOf = new Map(orders.map(({ order_id, ...order }) => [order_id, order]))
  const mates = await mateNames(db, page.member_id, entries)
  return entries.map(({ entry_id, kind, points: amount, occurred_at, why, order_id }) => ({
    ...{ entry_id, kind, why },
    points: amount,
    at: occurred_at,
    mate_name: mates.get(String(why.params['mate_id'])) ?? null,
    order: order_id ? (orderOf.get(order_id) ?? null) : null,
  }))
}

/** Names of those whom something was lent to or by; only of who shares a pool with the member now. */
async function mateNames(
  db: Reader,
  member_id: string,
  entries: readonly { why: points.Why }[],
): Promise<Map<string, string | null>> {
  const ids = entries.flatMap(({ why }) => (why.params['mate_id'] ? [String(why.params['mate_id'])] : []))
  if (ids.length === 0) return new Map()
  const rows = await db.rows<{ member_id: string; display_name: string | null }>(sql`
    select m.member_id, m.display_name from point_pool_members mine
    join point_pool_members mate on mate.pool_id = mine.pool_id and mate.left_at is null
    join members m on m.member_id = mate.member_id
    where mine.member_id = ${member_id}::uuid and mine.left_at is null and m.member_id = any (${ids}::uuid[])`)
  return new Map(rows.map((row) => [row.member_id, row.display_name]))
}

/** What the brand knows of the member, and what the member said about being written to. */
export async function profileOf(db: Db, member_id: string, language: Language) {
  const [member, said, { name }, { sessions }, addresses, accounts] = await Promise.all([
    members.memberOf(db, member_id),
    members.consentsOf(db, member_id),
    program.current(db),
    db.row<{ sessions: number }>(sql`
      select count(*)::int as sessions from member_sessions
      where member_id = ${member_id}::uuid and expires_at > ${db.now()}::timestamptz`) as Promise<{
      sessions: number
    }>,
    db.rows<{ kind: 'email' | 'phone'; address: string }>(sql`
      select kind, value as address from member_identities
      where member_id = ${member_id}::uuid and kind in ('email', 'phone') order by kind, created_at, value`),
    members.accountsOf(db, member_id),
  ])
  const asked = [...(member.email ? ['email' as const] : []), ...(member.phone ? ['sms' as const] : [])]
  return {
    display_name: member.display_name,
    picture: member.picture ?? null,
    picture_taken_away_at: member.picture_taken_away_at ?? null,
    birth_date: member.birth_date,
    locale: member.locale,
    email: member.email,
    phone: member.phone,
    addresses,
    accounts,
    joined_at: member.joined_at,
    consents: asked.map((channel) => {
      const held = said.find((one) => one.channel === channel && one.purpose === marketing)
      return { ...consentText(channel, language, name), granted: held?.status === 'granted', at: held?.at ?? null }
    }),
    sessions,
  }
}
