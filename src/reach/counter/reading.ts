/** Reads all that a quote hangs on; changes nothing. */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import type { LineWire, OrderInput } from '../../record/orders/types.ts'
import * as program from '../../record/program/program.ts'
import * as cards from '../../value/cards/cards.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import * as privileges from '../../value/privileges/privileges.ts'
import * as tiers from '../../value/tiers/tiers.ts'
import { ofNothing, tooOld } from './refusing.ts'
import type { Stated } from './rules.ts'
import type { QuoteBody, Refusal } from './types.ts'

/** A database or a transaction: both know what time it is. */
export type Present = (Db | Tx) & Reader

/** The till's number for a sale that has none yet: a quote. */
const unnumbered = { source: 'quote', source_id: 'quote' }

/**
 * Everything about baskets, each with all that reading it found wrong. The number of statements does not grow with the
 * baskets.
 */
export async function read(db: Present, bodies: readonly (QuoteBody & { source?: string })[]): Promise<Stated[]> {
  const now = typeof db.now === 'function' ? db.now() : db.now
  const { currency, time_zone } = await program.current(db)
  // none needs another's answer
  const [shop, people, laws] = await Promise.all([
    known(db, bodies, now),
    peopleOf(db, bodies, now),
    lawsOf(db, time_zone),
  ])
  const reading = { currency, now, time_zone, dayIn: (instant: Date) => dayOf(instant, time_zone) }
  const all = bodies.map((body, i): Stated => {
    const refusals: Refusal[] = []
    const { member, refusals: unmet } = people[i]!
    const { wires, store_id } = wiresOf(body, shop, refusals)
    const wire = { ...unnumbered, ...wireOf(body), lines: wires, occurred_at: body.occurred_at ?? now }
    const draft = readAll(wire, reading, refusals)
    for (const line of draft.lines) {
      const product = line.sku === null ? undefined : shop.products.get(line.sku)
      line.product_id = product?.product_id ?? null
      line.category = product ? product.category : line.category
    }
    refusals.push(...unmet)
    return {
      at: draft.occurred_at,
      day: draft.ordered_on,
      store_id,
      channel: body.source ?? null,
      lines: draft.lines,
      shipping_minor: draft.shipping_minor,
      refusals,
      member,
      points_to_use: body.points_to_use ?? 0,
      card_payments: body.card_payments ?? [],
      stamp_cards: [],
      // earning goes by the time of the purchase, spending and prices by now
      earn_rule: tiers.ruleAt(laws.earn, draft.occurred_at) ?? null,
      spend_rule: tiers.ruleAt(laws.spend, now) ?? null,
      tier_rule: tiers.ruleAt(laws.tiers, draft.occurred_at) ?? null,
      price_rule: shop.price_rule,
      costs: shop.costs,
      named: [],
      choice: [],
      listed: [],
    }
  })
  await Promise.all([readCoupons(db, bodies, all), readStandings(db, all), readStamps(db, all)])
  return all
}

const wireOf = ({ store, shipping_minor, discount_minor, currency }: QuoteBody) => ({
  ...(store ? { store } : {}),
  ...(shipping_minor === undefined ? {} : { shipping_minor }),
  ...(discount_minor === undefined ? {} : { discount_minor }),
  ...(currency === undefined ? {} : { currency }),
})

type Wire = Parameters<typeof orders.readOrder>[0]
type TillReading = Parameters<typeof orders.readOrder>[2] & { time_zone: string }

/**
 * Reads a basket as an order will be read; if that is refused, its head and then line by line, so that all faults are
 * named at once and each of them once.
 */
function readAll(wire: Wire, reading: TillReading, refusals: Refusal[]): OrderInput {
  const read = (part: Wire) => orders.orRefusal(() => orders.readOrder(part, 0, reading))
  const whole = read(wire)
  if (!orders.isRefusal(whole)) {
    refusals.push(...notAtTill(whole, reading))
    return whole
  }
  const bare = { ...unnumbered, occurred_at: reading.now }
  // what is taken off needs the goods; below zero it is wrong whatever they are
  const head = read({ ...wire, lines: [], discount_minor: Math.min(0, wire.discount_minor ?? 0) })
  const lines = wire.lines.map((line, i) => numbered(read({ ...bare, lines: [line] }), i + 1))
  const found = [head, ...lines].filter(orders.isRefusal)
  refusals.push(...(found.length > 0 ? found : [whole]))
  for (const part of [head, ...lines]) if (!orders.isRefusal(part)) refusals.push(...notAtTill(part, reading))
  return orders.readOrder({ ...bare, lines: [] }, 0, reading) as OrderInput
}

/** A line that was read alone, under the number it has in its basket. */
function numbered(one: OrderInput | Refusal, line_no: number): OrderInput | Refusal {
  if (orders.isRefusal(one)) return { code: one.code, params: { ...one.params, line_no } }
  one.lines[0]!.line_no = line_no
  return one
}

/** What only a till refuses. */
function notAtTill({ occurred_at, lines }: OrderInput, { time_zone }: TillReading): Refusal[] {
  return [tooOld(occurred_at, time_zone), ...lines.map((line) => ofNothing(line, line.line_no))].filter(
    (one) => one !== null,
  )
}

interface Product {
  product_id: string
  sku: string
  category: string | null
  price_minor: number | null
  cost_minor: number | null
}

/** Products by SKU, stores by code, and what members pay for these products now. */
async function known(db: Present, bodies: readonly QuoteBody[], now: Date) {
  const skus = [
    ...new Set(bodies.flatMap(({ lines }) => lines.flatMap(({ sku }) => (sku?.trim() ? [sku.trim()] : [])))),
  ]
  const codes = [...new Set(bodies.flatMap(({ store }) => (store?.trim() ? [store.trim()] : [])))]
  const [rows, price_rule] = await Promise.all([
    db.rows<Partial<Product> & { code: string | null; store_id: string | null }>(sql`
      select product_id, sku, category, price_minor, cost_minor, null as code, null::uuid as store_id from products
      where sku = any (${skus}::text[])
      union all
      select null, null, null, null, null, code, store_id from stores where code = any (${codes}::text[])`),
    privileges.ruleFor(db, now, skus),
  ])
  const products = new Map(rows.flatMap((row) => (row.sku ? [[row.sku, row as Product] as const] : [])))
  const stores = new Map(rows.flatMap((row) => (row.code ? [[row.code, row.store_id!] as const] : [])))
  const costs = new Map(
    [...products].flatMap(([sku, one]) => (one.cost_minor === null ? [] : [[sku, one.cost_minor]])),
  )
  return { products, stores, costs, price_rule }
}

/** The lines; one without a price takes the product's. */
function wiresOf(
  body: QuoteBody,
  { products, stores }: Awaited<ReturnType<typeof known>>,
  refusals: Refusal[],
): { wires: LineWire[]; store_id: string | null } {
  const wires = body.lines.map((line, i): LineWire => {
    if ((line.gross_minor ?? line.unit_price_minor ?? line.net_minor) !== undefined) return line
    const price = products.get(line.sku?.trim() ?? '')?.price_minor
    if (price !== null && price !== undefined) return { ...line, unit_price_minor: price }
    refusals.push({ code: 'till.price_unknown', params: { line_no: i + 1, sku: line.sku ?? null } })
    return { ...line, net_minor: 0 }
  })
  return { wires, store_id: stores.get(body.store?.trim() ?? '') ?? null }
}

interface Person {
  member: Stated['member']
  refusals: readonly Refusal[]
}

/** Who each basket is for, with what they hold. */
async function peopleOf(db: Present, bodies: readonly QuoteBody[], now: Date): Promise<Person[]> {
  const isNamed = (ref: QuoteBody['member']) => !!ref && Object.keys(ref).length > 0
  const met = await members.find(
    db,
    bodies.map(({ member }) => (isNamed(member) ? member! : {})),
  )
  const ids = [...new Set(met.flatMap(({ found }) => (found.length === 1 ? [found[0]!.member_id] : [])))]
  const [balances, progresses, held, deals] =
    ids.length === 0
      ? [[], [], [], []]
      : await Promise.all([
          points.spendableOf(db, ids),
          tiers.progressOf(db, ids),
          cards.balancesOf(db, ids, now),
          privileges.dealsFor(
            db,
            ids.map((member_id) => ({ member_id, at: now })),
          ),
        ])
  return met.map(({ found, unreadable }, i): Person => {
    if (!isNamed(bodies[i]!.member)) return { member: null, refusals: [] }
    if (found.length > 1)
      return { member: null, refusals: [{ code: 'till.member_ambiguous', params: { members: found.length } }] }
    if (found.length === 0) {
      const unknown = [{ code: 'till.member_unknown', params: {} }]
      return { member: null, refusals: unreadable.length > 0 ? unreadable : unknown }
    }
    const { member_id, kind } = found[0]!
    const nth = ids.indexOf(member_id)
    const { tier_code, next_tier_code, missing, measure } = progresses[nth]!
    return {
      member: {
        member_id,
        kind,
        tier_code,
        next_tier_code,
        missing_minor: measure === 'spend' ? missing : null,
        points_available: balances[nth]!.available,
        points_pooled: balances[nth]!.pooled,
        cards: held.filter((card) => card.member_id === member_id),
        // known once the day of the purchase is
        standing: { tier_code },
        deals: deals[nth]!,
      },
      refusals: [],
    }
  })
}

async function lawsOf(db: Present, zone: string) {
  const [earn, spend, law] = await Promise.all([points.rulesOf(db), points.spendRulesOf(db), tiers.lawOf(db, zone)])
  return { earn, spend, tiers: law.rules }
}

/** Fills in the stamp cards of the purchases' own times; only members have cards. */
async function readStamps(db: Present, all: readonly Stated[]): Promise<void> {
  const buying = all.filter(({ member }) => member?.kind === 'member')
  if (buying.length === 0) return
  const found = await cards.stampDefinitions(
    db,
    buying.map(({ at }) => at),
  )
  buying.forEach((stated, nth) => (stated.stamp_cards = found[nth]!))
}

/** Fills in how members stand before rules that look at birthdays, first orders, or what a day has earned. */
async function readStandings(db: Present, all: readonly Stated[]): Promise<void> {
  const buyers = all.flatMap(({ member, day, earn_rule }) =>
    member && earn_rule ? [{ member, buyer: { ...member, day, version: earn_rule } }] : [],
  )
  const standings = await points.readStandings(
    db,
    buyers.map(({ buyer }) => buyer),
  )
  buyers.forEach(({ member }, nth) => (member.standing = standings[nth]!))
}

/**
 * Fills in coupons that were named by their codes or ids, and the members' own where the best are wanted, or a list to
 * pick from.
 */
async function readCoupons(db: Present, bodies: readonly QuoteBody[], all: readonly Stated[]): Promise<void> {
  const presenting: { text: string; member_id: string; at: Date; stated: Stated }[] = []
  const asking: { member_id: string; at: Date; stated: Stated; body: QuoteBody }[] = []
  bodies.forEach((body, i) => {
    const stated = all[i]!
    const { member, at } = stated
    const codes = [...new Set(body.coupon_codes ?? [])]
    const picked = body.coupon_ids ?? []
    if (member?.kind === 'member') {
      const { member_id } = member
      presenting.push(...codes.map((text) => ({ text, member_id, at, stated })))
      if (body.best || body.list_coupons || picked.length > 0) asking.push({ member_id, at, stated, body })
    } else if (codes.length + picked.length > 0) {
      stated.refusals.push({ code: 'till.coupons_need_member', params: {} })
    }
  })
  if (presenting.length === 0 && asking.length === 0) return
  const [presented, held] = await Promise.all([coupons.byCodes(db, presenting), coupons.usable(db, asking)])
  presented.forEach((found, nth) => {
    const { stated, text } = presenting[nth]!
    if ('coupon' in found) stated.named.push(found.coupon)
    else stated.refusals.push({ code: found.refusal, params: { code: text } })
  })
  asking.forEach(({ stated, body }, nth) => {
    if (body.best) stated.choice.push(...held[nth]!)
    if (body.list_coupons) stated.listed.push(...held[nth]!)
    for (const coupon_id of new Set(body.coupon_ids ?? [])) {
      const coupon = held[nth]!.find((one) => one.coupon_id === coupon_id)
      const isNamed = stated.named.some((one) => one.coupon_id === coupon_id)
      if (!coupon) stated.refusals.push({ code: 'coupon.not_found', params: { coupon_id } })
      else if (!isNamed) stated.named.push(coupon)
    }
  })
}
