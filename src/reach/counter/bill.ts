/** What takes money off a basket before points do: the member's prices and coupons, in the order the rule says. */
import type { LineDraft } from '../../record/orders/types.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import type { Cart } from '../../value/coupons/types.ts'
import { priceOf } from '../../value/privileges/privileges.ts'
import { whole_bp } from '../../value/privileges/types.ts'
import type { Stated } from './rules.ts'
import type { LineDiscount, Refusal } from './types.ts'

/** What is still to be paid for something, and why it is less than it was. */
export interface Due {
  due_minor: number
  discounts: LineDiscount[]
}
export interface Bill {
  lines: (Due & { line: LineDraft })[]
  shipping: Due
}

/** Takes a discount off; nothing is no discount. */
export function take(at: Due, discount: LineDiscount): void {
  if (discount.amount_minor === 0) return
  at.due_minor -= discount.amount_minor
  at.discounts.push(discount)
}

/** The basket as the shop rang it up, with what the shop itself gave. */
function billOf(stated: Stated): Bill {
  return {
    lines: stated.lines.map((line) => {
      const given = line.gross_minor - line.net_minor
      return {
        line,
        due_minor: line.net_minor,
        discounts: given > 0 ? [{ kind: 'given', amount_minor: given }] : [],
      }
    }),
    shipping: { due_minor: stated.shipping_minor, discounts: [] },
  }
}

export type Chosen = ReturnType<typeof coupons.applyAll>['chosen']

/**
 * The bill after the member's prices and coupons; which comes first, or alone, is the price rule's word. A plan's free
 * shipping comes before coupons: what the goods come to then decides, and no coupon is used up for it.
 */
export function discounted(stated: Stated, refusals: Refusal[]): { bill: Bill; chosen: Chosen } {
  const order = stated.price_rule?.rule.with_coupons ?? 'before'
  if (order === 'never') return eitherOf(stated, refusals)
  const bill = billOf(stated)
  if (order === 'before') takePrices(bill, stated)
  takeShipping(bill, stated)
  const chosen = takeCoupons(bill, stated, refusals)
  if (order === 'after') takePrices(bill, stated)
  return { bill, chosen }
}

/** Coupons that were named take the place of prices; those to choose from only where they take off more. */
function eitherOf(stated: Stated, refusals: Refusal[]): { bill: Bill; chosen: Chosen } {
  const cut = billOf(stated)
  takeShipping(cut, stated)
  const chosen = takeCoupons(cut, stated, refusals)
  const priced = billOf(stated)
  takePrices(priced, stated)
  takeShipping(priced, stated)
  const isNamed = chosen.some(({ coupon }) =>
    stated.named.some((one) => one.coupon_id === coupon.coupon_id && one.code === coupon.code),
  )
  if (isNamed || totalOf(cut) < totalOf(priced)) return { bill: cut, chosen }
  return { bill: priced, chosen: [] }
}

/** What is left to pay. */
export function totalOf({ lines, shipping }: Bill): number {
  return lines.reduce((sum, line) => sum + line.due_minor, shipping.due_minor)
}

/**
 * The member's price of each line: a discount in per cent is taken off the line as a whole, rounded down; a price of a
 * unit holds for each unit of it, rounded up for a part of one.
 */
function takePrices(bill: Bill, { price_rule, member, costs }: Stated): void {
  if (member?.kind !== 'member' || (price_rule === null && member.deals.length === 0)) return
  for (const one of bill.lines) {
    const { sku, category, quantity_e4 } = one.line
    if (sku === null || quantity_e4 <= 0) continue
    const { unit_price_minor, saved_minor, why } = priceOf(
      {
        sku,
        category,
        unit_price_minor: Math.floor((one.due_minor * 10_000) / quantity_e4),
        cost_minor: costs.get(sku) ?? null,
      },
      { version: price_rule, tier_code: member.tier_code ?? '', has_coupon: false, deals: member.deals },
    )
    if (saved_minor === 0) continue
    const amount =
      why.params['discount_bp'] !== undefined
        ? Math.floor((one.due_minor * Number(why.params['discount_bp'])) / whole_bp)
        : one.due_minor - Math.ceil((unit_price_minor * quantity_e4) / 10_000)
    take(one, { kind: 'member_price', amount_minor: Math.max(0, amount), why })
  }
}

/** Takes the shipping off where a plan of the member asks none for goods of so much. */
function takeShipping({ lines, shipping }: Bill, { member }: Stated): void {
  if (member?.kind !== 'member') return
  const froms = member.deals.flatMap(({ free_shipping_from_minor: from = null }) => (from === null ? [] : [from]))
  const from_minor = Math.min(...froms)
  const goods_minor = lines.reduce((sum, line) => sum + line.due_minor, 0)
  if (goods_minor < from_minor || !lines.some(({ line }) => line.quantity_e4 > 0)) return
  const why = { code: 'plan_shipping' as const, params: { from_minor, goods_minor }, rule_version: null }
  take(shipping, { kind: 'member_price', amount_minor: shipping.due_minor, why })
}

function takeCoupons(bill: Bill, stated: Stated, refusals: Refusal[]): Chosen {
  const cart: Cart = {
    at: stated.at,
    store_id: stated.store_id,
    shipping_minor: bill.shipping.due_minor,
    lines: bill.lines.map(({ line, due_minor }) => ({
      ...line,
      net_minor: due_minor,
      quantity: line.quantity_e4 / 10_000,
    })),
  }
  const chosen = chooseCoupons(stated, cart, refusals)
  for (const { coupon, discount } of chosen) {
    const { coupon_id } = coupon
    for (const part of discount.lines) {
      const at = bill.lines.find(({ line }) => line.line_no === part.line_no)!
      take(at, { kind: 'coupon', amount_minor: part.amount_minor, coupon_id })
    }
    take(bill.shipping, { kind: 'coupon', amount_minor: discount.shipping_minor, coupon_id })
  }
  return chosen
}

/** Named coupons that may be used, and the best of the others beside them; all that speaks against a named one. */
function chooseCoupons(stated: Stated, cart: Cart, refusals: Refusal[]): Chosen {
  const good = stated.named.filter((coupon) => {
    const why = coupons.judge(coupon, cart, stated.day)
    for (const { code, params } of why)
      refusals.push({ code, params: { ...params, coupon: coupon.code ?? coupon.name } })
    return why.length === 0
  })
  if (!coupons.mayStack(good)) {
    refusals.push({ code: 'till.coupons_not_together', params: { coupons: good.map((one) => one.code ?? one.name) } })
    return []
  }
  if (stated.choice.length === 0) return coupons.applyAll(good, cart).chosen
  if (good.length === 0) return coupons.bestOf(stated.choice, cart, stated.day).chosen
  // what was named is wanted: others are added one by one while they go with it and help
  let picked = good
  let best = coupons.applyAll(picked, cart)
  for (const coupon of stated.choice) {
    const more = [...picked, coupon]
    if (picked.some((one) => one.coupon_id === coupon.coupon_id) || !coupons.mayStack(more)) continue
    if (coupons.judge(coupon, cart, stated.day).length > 0) continue
    const tried = coupons.applyAll(more, cart)
    if (tried.discount_minor > best.discount_minor) [picked, best] = [more, tried]
  }
  return best.chosen
}
