/** Reads all that a quote hangs on; changes nothing. */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import type { LineWire, OrderInput } from '../../record/orders/types.ts'
import * as program from '../../record/program/program.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import type { HeldCoupon } from '../../value/coupons/types.ts'
import * as points from '../../value/points/points.ts'
import * as tiers from '../../value/tiers/tiers.ts'
import type { Stated } from './rules.ts'
import type { QuoteBody, Refusal } from './types.ts'

/** A database or a transaction: both know what time it is. */
export type Present = (Db | Tx) & Reader

/** The till's number for a sale that has none yet: a quote. */
const unnumbered = { source: 'quote', source_id: 'quote' }

/** Everything about one basket, with all that reading it found wrong. */
export async function read(db: Present, body: QuoteBody): Promise<Stated> {
  const now = typeof db.now === 'function' ? db.now() : db.now
  const { currency, time_zone } = await program.current(db)
  const zone = time_zone
  // none needs another's answer
  const [[shop, lines], met, laws] = await Promise.all([known(db, body), personOf(db, body), lawsOf(db, zone)])
  const refusals: Refusal[] = [...lines.refusals]
  const reading = { currency, now, dayIn: (instant: Date) => dayOf(instant, time_zone) }
  const wire = { ...unnumbered, ...wireOf(body), lines: lines.wires, occurred_at: body.occurred_at ?? now }
  const draft = readAll(wire, reading, refusals)
  for (const line of draft.lines) {
    const product = line.sku === null ? undefined : lines.products.get(line.sku)
    line.product_id = product?.product_id ?? null
    line.category = product ? product.category : line.category
  }
  refusals.push(...met.refusals)
  const stated: Stated = {
    at: draft.occurred_at,
    day: draft.ordered_on,
    store_id: shop,
    lines: draft.lines,
    shipping_minor: draft.shipping_minor,
    refusals,
    member: met.member,
    points_to_use: body.points_to_use ?? 0,
    // earning goes by the time of the purchase, spending by now
    earn_rule: tiers.ruleAt(laws.earn, draft.occurred_at) ?? null,
    spend_rule: tiers.ruleAt(laws.spend, now) ?? null,
    tier_rule: tiers.ruleAt(laws.tiers, draft.occurred_at) ?? null,
    named: [],
    choice: [],
  }
  return { ...stated, ...(await couponsOf(db, body, stated, refusals)) }
}

const wireOf = ({ store, shipping_minor, discount_minor, currency }: QuoteBody) => ({
  ...(store ? { store } : {}),
  ...(shipping_minor === undefined ? {} : { shipping_minor }),
  ...(discount_minor === undefined ? {} : { discount_minor }),
  ...(currency === undefined ? {} : { currency }),
})

type Wire = Parameters<typeof orders.readOrder>[0]

/** Reads a basket as an order will be read; if that is refused, line by line, so that all faults are named at once. */
function readAll(wire: Wire, reading: Parameters<typeof orders.readOrder>[2], refusals: Refusal[]): OrderInput {
  const whole = orders.orRefusal(() => orders.readOrder(wire, 0, reading))
  if (!orders.isRefusal(whole)) return whole
  const found: Refusal[] = []
  const bare = { ...wire, discount_minor: 0, shipping_minor: 0 }
  wire.lines.forEach((line, i) => {
    const one = orders.orRefusal(() => orders.readOrder({ ...bare, lines: [line] }, 0, reading))
    if (orders.isRefusal(one)) found.push({ code: one.code, params: { ...one.params, line_no: i + 1 } })
  })
  const isSaid = found.some((one) => one.code === whole.code)
  refusals.push(...(isSaid ? [] : [whole]), ...found)
  const empty = { ...unnumbered, lines: [], occurred_at: reading.now }
  return orders.readOrder(empty, 0, reading) as OrderInput
}

interface Product {
  product_id: string
  sku: string
  category: string | null
  price_minor: number | null
}

/** The store, and the products by SKU; a line without a price takes the product's. */
async function known(db: Present, body: QuoteBody) {
  const skus = [...new Set(body.lines.flatMap((line) => (line.sku?.trim() ? [line.sku.trim()] : [])))]
  const rows = await db.rows<Partial<Product> & { store_id: string | null }>(sql`
    select product_id, sku, category, price_minor, null::uuid as store_id from products
    where sku = any (${skus}::text[])
    union all
    select null, null, null, null, store_id from stores where code = ${body.store?.trim() ?? null}::text`)
  const products = new Map(rows.flatMap((row) => (row.sku ? [[row.sku, row as Product] as const] : [])))
  const refusals: Refusal[] = []
  const wires = body.lines.map((line, i): LineWire => {
    if ((line.gross_minor ?? line.unit_price_minor ?? line.net_minor) !== undefined) return line
    const price = products.get(line.sku?.trim() ?? '')?.price_minor
    if (price !== null && price !== undefined) return { ...line, unit_price_minor: price }
    refusals.push({ code: 'till.price_unknown', params: { line_no: i + 1, sku: line.sku ?? null } })
    return { ...line, net_minor: 0 }
  })
  const shop = rows.find((row) => row.store_id)?.store_id ?? null
  return [shop, { products, wires, refusals }] as const
}

async function personOf(
  db: Present,
  body: QuoteBody,
): Promise<{ member: Stated['member']; refusals: readonly Refusal[] }> {
  const nobody = { member: null, refusals: [] }
  if (!body.member || Object.keys(body.member).length === 0) return nobody
  const { found, unreadable } = await members.find(db, body.member)
  if (found.length > 1)
    return { ...nobody, refusals: [{ code: 'till.member_ambiguous', params: { members: found.length } }] }
  if (found.length === 0)
    return { ...nobody, refusals: unreadable.length > 0 ? unreadable : [{ code: 'till.member_unknown', params: {} }] }
  const { member_id, kind } = found[0]!
  const [[balance], [progress]] = await Promise.all([
    points.balanceOf(db, [member_id]),
    tiers.progressOf(db, [member_id]),
  ])
  const { tier_code, next_tier_code, missing } = progress!
  const points_available = balance!.available
  return {
    member: { member_id, kind, tier_code, next_tier_code, missing_minor: missing, points_available },
    refusals: [],
  }
}

async function lawsOf(db: Present, zone: string) {
  const [earn, spend, law] = await Promise.all([points.rulesOf(db), points.spendRulesOf(db), tiers.lawOf(db, zone)])
  return { earn, spend, tiers: law.rules }
}

/** Coupons that were named by their codes, and the member's own if the best are wanted. */
async function couponsOf(
  db: Present,
  body: QuoteBody,
  { at, member }: Stated,
  refusals: Refusal[],
): Promise<{ named: HeldCoupon[]; choice: HeldCoupon[] }> {
  const codes = [...new Set(body.coupon_codes ?? [])]
  const none = { named: [], choice: [] }
  if (codes.length === 0 && !body.best) return none
  if (member?.kind !== 'member') {
    if (codes.length > 0) refusals.push({ code: 'till.coupons_need_member', params: {} })
    return none
  }
  const [presented, choice] = await Promise.all([
    coupons.byCodes(db, { texts: codes, member_id: member.member_id, at }),
    body.best ? coupons.usable(db, member.member_id, at) : [],
  ])
  const named: HeldCoupon[] = []
  presented.forEach((found, nth) => {
    if ('coupon' in found) named.push(found.coupon)
    else refusals.push({ code: found.refusal, params: { code: codes[nth] } })
  })
  return { named, choice }
}
