/** How coupons are decided: pure functions over stated inputs. Every answer says why. */
import { apportion } from '../../base/money.ts'
import { addDays } from '../../base/time.ts'
import type { Cart, CartLine, CouponDesign, Discount, HeldCoupon, Refusal, Scope } from './types.ts'

const refusal = (code: string, params: Refusal['params'] = {}): Refusal => ({ code, params })

/** Is this line within the scope? What is excluded is out whatever names it. */
export function inScope(scope: Scope, line: Pick<CartLine, 'product_id' | 'category'>): boolean {
  const { product_id, category } = line
  if (product_id !== null && scope.excluded_product_ids?.includes(product_id)) return false
  if (category !== null && scope.excluded_categories?.includes(category)) return false
  const isOpen = !scope.product_ids?.length && !scope.categories?.length
  return (
    isOpen ||
    (product_id !== null && scope.product_ids?.includes(product_id) === true) ||
    (category !== null && scope.categories?.includes(category) === true)
  )
}

/** Lines with something to pay that the coupon looks at. */
export function linesInScope(design: CouponDesign, lines: readonly CartLine[]): CartLine[] {
  return lines.filter((line) => line.net_minor > 0 && inScope(design.scope, line))
}

const sumOf = (lines: readonly CartLine[]) => lines.reduce((sum, line) => sum + line.net_minor, 0)

/** `amount × bp / 10,000`, rounded once, half up; exact for every amount there is. */
export function shareOf(amount_minor: number, basis_points: number): number {
  return Number((BigInt(amount_minor) * BigInt(basis_points) + 5_000n) / 10_000n)
}

/** First and last day of a coupon issued on a day. */
export function daysOf(
  design: CouponDesign,
  issued_on: string,
): { starts_on: string | null; expires_on: string | null } {
  const { starts_on = null, ends_on = null, days_after_issue = null } = design.window
  const own = days_after_issue === null ? null : addDays(issued_on, days_after_issue)
  const expires_on = own === null ? ends_on : ends_on === null || own < ends_on ? own : ends_on
  return { starts_on, expires_on }
}

/** What one is expected to cost when used: as the brand says, else what the benefit can be at most, where it says. */
export function costOf(design: CouponDesign): number {
  const { benefit, expected_cost_minor } = design
  if (expected_cost_minor != null) return expected_cost_minor
  if (benefit.kind === 'amount') return benefit.amount_minor
  return benefit.kind === 'item' ? 0 : (benefit.max_minor ?? 0)
}

/**
 * Every reason why this coupon does not go on this cart on this day (`YYYY-MM-DD` in the program's zone), at once;
 * none: it does.
 */
export function judge(coupon: HeldCoupon, cart: Cart, on: string): Refusal[] {
  return [...standing(coupon, on), ...fitting(coupon.design, cart)]
}

/** What speaks against the coupon itself, whatever is in the cart. */
export function standing(coupon: HeldCoupon, on: string): Refusal[] {
  const { used, limits, starts_on, expires_on } = coupon
  const found: Refusal[] = []
  if (coupon.status === 'stopped') found.push(refusal('coupon.stopped'))
  if (coupon.ended === 'withdrawn') found.push(refusal('coupon.withdrawn'))
  if (coupon.ended === 'passed_on') found.push(refusal('coupon.passed_on'))
  if (starts_on !== null && on < starts_on) found.push(refusal('coupon.not_yet', { starts_on }))
  if (coupon.ended === 'expired' || (expires_on !== null && on > expires_on))
    found.push(refusal('coupon.expired', { expires_on }))
  if (used.coupon >= coupon.uses_max) found.push(refusal('coupon.used_up', { uses_max: coupon.uses_max }))
  return [...found, ...overLimits(used, limits, coupon.code_uses_max)]
}

/** What deciding about passing a coupon on needs. */
export interface Passable {
  /** Its own version's: may it be passed on? */
  design: CouponDesign
  /** The present version's: how often a member may. */
  limits: CouponDesign['limits']
  ended: HeldCoupon['ended']
  held: number
  redeemed: number
  expires_on: string | null
  /** How often the receiver used coupons of this definition. */
  receiver_used: number
}

/** Why a coupon may not be passed on on this day; null: it may. Only whole and unused ones move. */
export function mayPass(coupon: Passable, on: string): Refusal | null {
  const { design, limits, ended, held, redeemed, expires_on, receiver_used } = coupon
  // a shared code is everybody's anyway
  if (!design.may_be_passed_on || design.codes === 'shared') return refusal('coupon.not_passable')
  if (ended === 'passed_on') return refusal('coupon.passed_on')
  if (ended === 'withdrawn') return refusal('coupon.withdrawn')
  if (ended === 'expired' || (expires_on !== null && on > expires_on))
    return refusal('coupon.expired', { expires_on })
  if (redeemed > 0) return refusal('coupon.used_up', { uses_max: redeemed })
  if (held > 0) return refusal('coupon.held')
  const limit = limits.per_member
  return limit != null && receiver_used >= limit ? refusal('coupon.limit_member', { limit }) : null
}

/** Which limits leave nothing. */
export function overLimits(
  used: HeldCoupon['used'],
  limits: CouponDesign['limits'],
  code_uses_max: number | null,
): Refusal[] {
  const asked: [string, number, number | null | undefined][] = [
    ['coupon.limit_total', used.total, limits.total],
    ['coupon.limit_day', used.day, limits.per_day],
    ['coupon.limit_member', used.member, limits.per_member],
    ['coupon.limit_member_day', used.member_day, limits.per_member_day],
    ['coupon.limit_code', used.code, code_uses_max],
  ]
  return asked.flatMap(([code, count, limit]) => (limit != null && count >= limit ? [refusal(code, { limit })] : []))
}

/** What speaks against the cart. */
export function fitting(design: CouponDesign, cart: Cart): Refusal[] {
  const { scope, benefit, minimum_minor } = design
  const found: Refusal[] = []
  if (scope.store_ids?.length && (cart.store_id === null || !scope.store_ids.includes(cart.store_id)))
    found.push(refusal('coupon.store_excluded'))
  const eligible = linesInScope(design, cart.lines)
  const eligible_minor = sumOf(eligible)
  if (eligible.length === 0 && benefit.kind !== 'shipping') found.push(refusal('coupon.no_product'))
  if (eligible_minor < minimum_minor) {
    const missing_minor = minimum_minor - eligible_minor
    found.push(refusal('coupon.minimum_missed', { minimum_minor, eligible_minor, missing_minor }))
  }
  if (found.length === 0 && discountOf(design, cart).discount_minor === 0)
    found.push(refusal('coupon.nothing_to_take_off'))
  return found
}

/**
 * What the design takes off this cart, whether or not it may be used: never more than is to be paid. The whole is
 * rounded once (per cents half up), then laid on the lines in proportion to what they cost, largest remainder first
 * (`apportion`), so that the parts sum to the whole.
 */
export function discountOf(design: CouponDesign, cart: Cart): Discount {
  const { benefit } = design
  const eligible = linesInScope(design, cart.lines)
  const eligible_minor = sumOf(eligible)
  const spread = (wanted: number, code: string, params: Refusal['params']): Discount => {
    const discount_minor = Math.min(wanted, eligible_minor)
    const parts = apportion(
      discount_minor,
      eligible.map((line) => line.net_minor),
    )
    return discountFrom(eligible, parts, 0, [code, ...(wanted > eligible_minor ? ['coupon.down_to_zero'] : [])], {
      ...params,
      eligible_minor,
    })
  }
  switch (benefit.kind) {
    case 'amount':
      return spread(benefit.amount_minor, 'coupon.amount', { amount_minor: benefit.amount_minor })
    case 'percent': {
      const share = shareOf(eligible_minor, benefit.percent_bp)
      const { percent_bp, max_minor = null } = benefit
      if (max_minor === null || share <= max_minor) return spread(share, 'coupon.percent', { percent_bp })
      return spread(max_minor, 'coupon.percent_capped', { percent_bp, max_minor })
    }
    case 'item':
      return discountFrom(eligible, unitsOff(eligible, benefit), 0, ['coupon.item'], {
        units: benefit.units,
        price_minor: benefit.price_minor,
      })
    case 'shipping': {
      const { max_minor = null } = benefit
      const shipping = Math.min(cart.shipping_minor, max_minor ?? cart.shipping_minor)
      return discountFrom([], [], shipping, ['coupon.shipping'], { max_minor })
    }
  }
}

function discountFrom(
  lines: readonly CartLine[],
  parts: readonly number[],
  shipping_minor: number,
  codes: string[],
  params: Refusal['params'],
): Discount {
  const off = lines
    .map((line, index) => ({ line_no: line.line_no, amount_minor: parts[index]! }))
    .filter(({ amount_minor }) => amount_minor > 0)
  const discount_minor = shipping_minor + off.reduce((sum, { amount_minor }) => sum + amount_minor, 0)
  return { discount_minor, lines: off, shipping_minor, why: { codes, params } }
}

/** The dearest units first, of equal ones those of the earlier line; a unit of a line costs its whole part of it. */
function unitsOff(lines: readonly CartLine[], benefit: { price_minor: number; units: number }): number[] {
  const parts = lines.map(() => 0)
  const order = lines
    .map((line, index) => ({
      index,
      units: Math.floor(line.quantity),
      unit: Math.floor(line.net_minor / line.quantity),
    }))
    .filter(({ units, unit }) => units > 0 && unit > benefit.price_minor)
    .sort((a, b) => b.unit - a.unit || a.index - b.index)
  let left = benefit.units
  for (const { index, units, unit } of order) {
    const taken = Math.min(left, units)
    parts[index] = taken * (unit - benefit.price_minor)
    left -= taken
  }
  return parts
}

/** Coupons on one purchase apply in this order, each on what the ones before have left. */
const order: Record<CouponDesign['benefit']['kind'], number> = { item: 0, percent: 1, amount: 2, shipping: 3 }

export interface Chosen {
  coupon: HeldCoupon
  discount: Discount
}
export interface Best {
  discount_minor: number
  chosen: Chosen[]
}

/** May these go on one purchase? One of each group, and an exclusive one goes alone. */
export function mayStack(coupons: readonly HeldCoupon[]): boolean {
  const groups = coupons.map(({ design }) => design.stacking.group)
  return (
    new Set(groups).size === groups.length &&
    (coupons.length < 2 || coupons.every(({ design }) => !design.stacking.is_exclusive))
  )
}

const byOrder = (a: HeldCoupon, b: HeldCoupon) =>
  order[a.design.benefit.kind] - order[b.design.benefit.kind] || (keyOf(a) < keyOf(b) ? -1 : 1)
const keyOf = (coupon: HeldCoupon) => coupon.coupon_id ?? coupon.code ?? coupon.coupon_definition_id

/** Takes these coupons off the cart in their order. Whether each may be used is `judge`'s answer, not this one's. */
export function applyAll(coupons: readonly HeldCoupon[], cart: Cart): Best {
  let rest = cart
  const chosen: Chosen[] = []
  for (const coupon of [...coupons].sort(byOrder)) {
    const discount = discountOf(coupon.design, rest)
    chosen.push({ coupon, discount })
    rest = lessOf(rest, discount)
  }
  return { discount_minor: chosen.reduce((sum, { discount }) => sum + discount.discount_minor, 0), chosen }
}

function lessOf(cart: Cart, discount: Discount): Cart {
  const off = new Map(discount.lines.map(({ line_no, amount_minor }) => [line_no, amount_minor]))
  return {
    ...cart,
    shipping_minor: cart.shipping_minor - discount.shipping_minor,
    lines: cart.lines.map((line) => ({ ...line, net_minor: line.net_minor - (off.get(line.line_no) ?? 0) })),
  }
}

/** Combinations looked at: six groups of three coupons each, which no wallet seen so far had. */
const combinations_max = 4_096

/**
 * The combination that takes off most, of those that may go together; of equal ones the one with fewer coupons, then
 * the one found first in their order. All combinations are looked at while there are at most 4,096 of them; beyond
 * that, the group whose best coupon takes off most chooses first and each next one adds what helps most.
 */
export function bestOf(coupons: readonly HeldCoupon[], cart: Cart, on: string): Best {
  const usable = [...coupons].sort(byOrder).filter((coupon) => judge(coupon, cart, on).length === 0)
  const alone = usable.map((coupon) => applyAll([coupon], cart))
  let best: Best = { discount_minor: 0, chosen: [] }
  for (const one of alone) best = better(one, best)
  const groups = new Map<string, HeldCoupon[]>()
  for (const coupon of usable) {
    if (coupon.design.stacking.is_exclusive) continue
    const { group } = coupon.design.stacking
    groups.set(group, [...(groups.get(group) ?? []), coupon])
  }
  const choices = [...groups.values()]
  const count = choices.reduce((product, group) => product * (group.length + 1), 1)
  const found = count <= combinations_max ? bestOfAll(choices, cart) : bestByGroups(choices, cart)
  return better(found, best)
}

function better(one: Best, other: Best): Best {
  if (one.discount_minor !== other.discount_minor) return one.discount_minor > other.discount_minor ? one : other
  return one.chosen.length < other.chosen.length ? one : other
}

function bestOfAll(groups: readonly HeldCoupon[][], cart: Cart): Best {
  let best: Best = { discount_minor: 0, chosen: [] }
  const walk = (at: number, picked: HeldCoupon[]): void => {
    if (at === groups.length) {
      best = better(applyAll(picked, cart), best)
      return
    }
    walk(at + 1, picked)
    for (const coupon of groups[at]!) walk(at + 1, [...picked, coupon])
  }
  walk(0, [])
  return best
}

function bestByGroups(groups: readonly HeldCoupon[][], cart: Cart): Best {
  let best: Best = { discount_minor: 0, chosen: [] }
  let left = [...groups]
  while (left.length > 0) {
    const picked = best.chosen.map(({ coupon }) => coupon)
    const tries = left.map((group) =>
      group.map((coupon) => applyAll([...picked, coupon], cart)).reduce((a, b) => better(b, a)),
    )
    const next = tries.reduce((at, one, index) => (better(one, tries[at]!) === one ? index : at), 0)
    if (tries[next]!.discount_minor <= best.discount_minor) return best
    best = tries[next]!
    left = left.filter((_group, index) => index !== next)
  }
  return best
}
