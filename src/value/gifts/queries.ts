/** How gifts are looked at: reads for screens. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { anywhere, type GiftRow, type GiftStatus } from './types.ts'

/**
 * Does nobody know what this row of `gifts`, called `gift`, cost? A coupon at 0, unless the brand itself has said in
 * any version of its design that one costs nothing. Its `cost_minor` is 0 then, and stands for nothing.
 */
export const isCostUnknown: Sql = sql`
  (gift.kind = 'coupon' and gift.cost_minor = 0 and not exists (
    select from coupon_definition_versions version
    where version.coupon_definition_id = (gift.reward->>'coupon_definition_id')::uuid
      and (version.design->>'expected_cost_minor')::numeric = 0 and version.called_off_at is null))`

const gift: Sql = sql`
  select gift.member_id, member.display_name, gift.gift_id, gift.kind, gift.reward, gift.item_id,
    item.names as item_names, nullif(gift.place, ${anywhere}::uuid) as store_id, gift.reason, gift.occurrence,
    gift.paid_points, gift.paid_minor, gift.cost_minor::float8 as cost_minor, not ${isCostUnknown} as is_cost_known,
    gift.place is not null as is_from_stock, gift.budget_id,
    gift.fulfilment, gift.status, code.code,
    case when sent.gift_id is not null
      then json_build_object('name', sent.name, 'phone', sent.phone, 'address', sent.address) end as delivery,
    gift.note, gift.given_at, gift.ended_at, gift.order_id,
    gift.taken_back_at, gift.taken_back, gift.why, gift.actor
  from gifts gift
  left join members member on member.member_id = gift.member_id
  left join gift_items item on item.item_id = gift.item_id
  left join gift_codes code on code.gift_id = gift.gift_id and gift.fulfilment = 'code'
  left join gift_deliveries sent on sent.member_id = gift.member_id and sent.gift_id = gift.gift_id`

export interface GiftFilter {
  member_id?: string | undefined
  item_id?: string | undefined
  status?: GiftStatus | undefined
  reason?: string | undefined
}

/** Gifts, newest first, before a given one. */
export async function giftsOf(
  db: Reader,
  filter: GiftFilter,
  page: { before: { given_at: string; gift_id: string } | null; limit: number },
): Promise<GiftRow[]> {
  return db.rows<GiftRow>(sql`${gift}
    where (${filter.member_id ?? null}::uuid is null or gift.member_id = ${filter.member_id ?? null}::uuid)
      and (${filter.item_id ?? null}::uuid is null or gift.item_id = ${filter.item_id ?? null}::uuid)
      and (${filter.status ?? null}::text is null or gift.status = ${filter.status ?? null}::text)
      and (${filter.reason ?? null}::text is null or gift.reason = ${filter.reason ?? null}::text)
      and (${page.before === null}::boolean or (gift.given_at, gift.gift_id)
        < (${page.before?.given_at ?? null}::timestamptz, ${page.before?.gift_id ?? null}::uuid))
    order by gift.given_at desc, gift.gift_id desc limit ${page.limit}::int`)
}

/** One gift, or nothing. */
export async function giftOf(db: Reader, ref: { member_id: string; gift_id: string }): Promise<GiftRow | undefined> {
  return db.row<GiftRow>(sql`${gift}
    where gift.member_id = ${ref.member_id}::uuid and gift.gift_id = ${ref.gift_id}::uuid`)
}

/** How many wait to be handed over, and since when. */
export async function openOf(db: Reader): Promise<{ open: number; oldest_at: Date | null }> {
  const found = await db.row<{ open: number; oldest_at: Date | null }>(sql`
    select count(*) as open, min(given_at) as oldest_at from gifts where status = 'open'`)
  return found!
}
