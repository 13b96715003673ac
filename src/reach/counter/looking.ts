/** Looks members up for the clerk: who is meant, and all that one says and does in the next eight seconds. */
import type { Actor } from '../../base/actor.ts'
import type { Db, Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf, startOfDay } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as cards from '../../value/cards/cards.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import * as privileges from '../../value/privileges/privileges.ts'
import * as tiers from '../../value/tiers/tiers.ts'
import { absentAt } from './clerks/presence.ts'
import { birthdayNear, maskName, maskPhone } from './masking.ts'

/** A thumb scrolls no further; one types another digit. */
const found_max = 8
/** Orders that say what is usual: a habit of two years ago is none. */
const usual_orders_max = 60
/** Bought once is no habit. */
const usual_times_min = 2
const notes_max = 3
/** Of each kind of thing that waits; who has more asks at the table. */
const waiting_max = 20

/** What a look-up shows: `phone` always masked, `display_name` too unless the reader may read members. */
export interface Seen {
  member_id: string
  kind: string
  number: number
  display_name: string | null
  phone: string | null
  tier_names: Record<string, string> | null
  active_points: number
  last_order_at: Date | null
}

/** The best hits first, at most eight. Two statements. */
export async function look(db: Reader, search: string, isOpen: boolean): Promise<Seen[]> {
  if (search.trim() === '') return []
  const ids = await members.searchIds(db, search, found_max)
  if (ids.length === 0) return []
  const rows = await db.rows<Seen>(sql`
    select m.member_id, m.kind, m.number, m.display_name, m.phone, coalesce(tier.names, start.names) as tier_names,
      coalesce(balance.active, 0) as active_points, statistics.last_order_at
    from unnest(${ids}::uuid[]) with ordinality as hit (member_id, nth)
    join members m on m.member_id = hit.member_id
    left join member_statistics statistics on statistics.member_id = m.member_id
    left join point_balances balance on balance.member_id = m.member_id
    left join member_tiers held on held.member_id = m.member_id
    left join tiers tier on tier.tier_id = held.tier_id
    left join (select names from tiers order by rank limit 1) start on m.kind = 'member'
    where m.merged_into is null and m.erased_at is null
    order by hit.nth`)
  return rows.map((row) => ({
    ...row,
    phone: maskPhone(row.phone),
    display_name: isOpen ? row.display_name : maskName(row.display_name),
  }))
}

/** One member at the till, whole; a merged one's id answers with the kept one. Throws `member.not_found`. */
export async function memberAtTill(
  db: Db,
  asked_id: string,
  { isOpen, actor, till }: { isOpen: boolean; actor: Actor; till: string | null },
) {
  const now = db.now()
  const { time_zone } = await program.current(db)
  const day = dayOf(now, time_zone)
  const member_id = (await members.survivorIdOf(db, asked_id)) ?? asked_id
  const member = await members.memberOf(db, member_id)
  if (member.kind === 'walk_in') throw new AppError('member.not_found', { member_id })
  const isMember = member.kind === 'member'
  const since = startOfDay(`${day.slice(0, 4)}-01-01`, time_zone)
  const place = { member_id, till }
  const [progress, balances, held, wallet, cardsHeld, usual, visit, notes, gifts, offers, saved, isAbsent] =
    await Promise.all([
      isMember ? tiers.progressOf(db, [member_id]) : [],
      points.spendableOf(db, [member_id]),
      isMember ? privileges.heldBy(db, member_id, day) : [],
      isMember ? coupons.usable(db, [{ member_id, at: now }]) : [[]],
      isMember ? cards.balancesOf(db, [member_id], now) : [],
      usualOf(db, member_id),
      lastVisitOf(db, member_id),
      isOpen ? members.notesOf(db, member_id) : [],
      waitingGifts(db, member_id),
      openOffers(db, member_id, now),
      savedSince(db, member_id, since),
      absentAt(db, { actor, now, places: [place] }),
    ])
  const { available, pooled, pending } = balances[0]!
  const { tier_code, tier_names, next_tier_names, missing, measure, window_to } = progress[0] ?? noTier
  return {
    member_id,
    kind: member.kind,
    number: member.number,
    display_name: isOpen ? member.display_name : maskName(member.display_name),
    picture: isOpen ? (member.picture ?? null) : null,
    gender: member.gender,
    phone: isOpen ? member.phone : maskPhone(member.phone),
    joined_at: member.joined_at,
    tier: { tier_code, tier_names, next_tier_names, missing, measure, window_to },
    birthday: birthdayNear(member.birth_date, day),
    last_visit: visit ?? null,
    usual: usual ?? null,
    notes: notes.slice(0, notes_max),
    points: { available, pooled, pending },
    saved_minor: saved,
    may_spend: !isAbsent(place),
    privileges: held,
    coupons: (wallet[0] ?? []).slice(0, waiting_max).map(({ coupon_id, code, name, expires_on }) => ({
      coupon_id,
      code,
      name,
      expires_on,
    })),
    cards: cardsHeld
      .filter((card) => card.status === 'active')
      .map(({ card_definition_id, kind, names, available, size, needed, next_expiry_on }) => ({
        card_definition_id,
        kind,
        names,
        available,
        size,
        needed,
        next_expiry_on,
      })),
    gifts,
    offers,
  }
}

const noTier = {
  tier_code: null,
  tier_names: null,
  next_tier_names: null,
  missing: null,
  measure: 'spend' as const,
  window_to: null,
}

interface Usual {
  sku: string | null
  name: string
  times: number
  of: number
}

/** What stands on most of the newest receipts, its options with it, for they are its SKU or name. */
function usualOf(db: Reader, member_id: string): Promise<Usual | undefined> {
  return db.row<Usual>(sql`
    with newest as (
      select order_id, occurred_at from orders where member_id = ${member_id}::uuid and counts
      order by occurred_at desc limit ${usual_orders_max}::int
    )
    select max(line.sku) as sku, coalesce(max(product.name), max(line.name), max(line.sku)) as name,
      count(distinct line.order_id) as times, (select count(*) from newest) as of
    from newest join order_lines line on line.member_id = ${member_id}::uuid and line.order_id = newest.order_id
    left join products product on product.product_id = line.product_id
    where line.quantity > line.refunded_quantity and coalesce(line.sku, line.name) is not null
    group by coalesce(line.sku, line.name)
    having count(distinct line.order_id) >= ${usual_times_min}::int
    order by count(distinct line.order_id) desc, max(newest.occurred_at) desc, coalesce(line.sku, line.name)
    limit 1`)
}

function lastVisitOf(db: Reader, member_id: string) {
  return db.row<{ at: Date; store_name: string | null }>(sql`
    select o.occurred_at as at, s.name as store_name from orders o left join stores s on s.store_id = o.store_id
    where o.member_id = ${member_id}::uuid and o.counts order by o.occurred_at desc limit 1`)
}

interface WaitingGift {
  gift_id: string
  names: Record<string, string> | null
  given_at: Date
  store_name: string | null
}

/** Gifts that are handed over the counter and have not been; the oldest first. */
function waitingGifts(db: Reader, member_id: string): Promise<WaitingGift[]> {
  return db.rows<WaitingGift>(sql`
    select gift.gift_id, item.names, gift.given_at, store.name as store_name
    from gifts gift left join gift_items item on item.item_id = gift.item_id
    left join stores store on store.store_id = gift.place
    where gift.member_id = ${member_id}::uuid and gift.status = 'open'
      and gift.fulfilment is distinct from 'delivery'
    order by gift.given_at, gift.gift_id limit ${waiting_max}::int`)
}

interface OpenOffer {
  issue_id: string
  names: Record<string, string>
  closes_at: Date | null
  progress: number
  measure: string | null
  amount: number | null
}

/** Offers under way: what of them is done, in minor units or orders as their rule measures. */
function openOffers(db: Reader, member_id: string, now: Date): Promise<OpenOffer[]> {
  return db.rows<OpenOffer>(sql`
    select i.issue_id, o.names, i.closes_at, i.progress, v.rule->'threshold'->>'measure' as measure,
      (v.rule->'threshold'->>'amount')::bigint as amount
    from offer_issues i join offers o on o.offer_id = i.offer_id
    join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
    where i.member_id = ${member_id}::uuid and i.completed_at is null and i.opens_at <= ${now}::timestamptz
      and (i.closes_at is null or i.closes_at >= ${now}::timestamptz)
    order by i.closes_at nulls last, i.issue_id limit ${waiting_max}::int`)
}

/** What member prices and coupons took off at tills since then, of purchases that still count. Minor units. */
async function savedSince(db: Reader, member_id: string, since: Date): Promise<number> {
  const row = await db.row<{ saved: number }>(sql`
    select coalesce(sum((hold.quote->>'saved_minor')::bigint), 0)::bigint as saved
    from till_holds hold join orders o on o.member_id = hold.member_id and o.order_id = hold.order_id
    where hold.member_id = ${member_id}::uuid and hold.status = 'committed' and o.counts
      and o.occurred_at >= ${since}::timestamptz`)
  return row!.saved
}
