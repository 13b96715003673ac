/** Does what a file says of an order as a whole agree with its lines? Pure. */
import type { StagedHead } from './mapping/staged.ts'

/** What an order's lines, discount and shipping come to, held against its total. */
export interface Agreed {
  discount_minor: number
  shipping_minor: number
  differs: { lines_minor: number; total_minor: number } | null
}

/**
 * Is the order's discount already in the prices of its lines, or does it come off them? Shops export both ways, and
 * tax on top or inside. What makes lines, discount, shipping and tax equal the total holds; tax on top is not money
 * for goods and stays out. Where nothing agrees the lines and the stated discount hold, and a person is told.
 */
export function agree(head: StagedHead | null, goods_minor: number, line_discounts_minor: number): Agreed {
  const shipping_minor = head?.shipping_minor ?? 0
  const stated = head?.discount_minor ?? 0
  const agreed = (discount_minor: number): Agreed => ({
    discount_minor: discount_minor + line_discounts_minor,
    shipping_minor,
    differs: null,
  })
  if (!head || head.total_minor === null) {
    const isInside =
      head !== null && head.subtotal_minor !== null && head.subtotal_minor === goods_minor - line_discounts_minor
    return agreed(isInside ? 0 : stated)
  }
  const lines_minor = goods_minor - line_discounts_minor + shipping_minor
  const taxes = [0, head.tax_minor ?? 0]
  for (const tax of taxes) {
    if (lines_minor + tax === head.total_minor) return agreed(0)
    if (lines_minor - stated + tax === head.total_minor) return agreed(stated)
  }
  const bounded = Math.min(stated, goods_minor - line_discounts_minor)
  return {
    ...agreed(Math.max(0, bounded)),
    differs: { lines_minor: lines_minor - stated, total_minor: head.total_minor },
  }
}

/**
 * What the buyer kept of an order, goods and shipping without tax on top, where a file says what was paid and what went
 * back of it; null where it does not say. Of tax on top the same share went back as of the rest.
 */
export function keptOf(head: StagedHead | null): number | null {
  if (!head || head.total_minor === null || !head.refunded_minor) return null
  const { total_minor, subtotal_minor, discount_minor, shipping_minor, tax_minor, refunded_minor } = head
  const before = subtotal_minor === null ? null : subtotal_minor - (discount_minor ?? 0) + (shipping_minor ?? 0)
  const tax = tax_minor ?? 0
  const isOnTop = tax > 0 && before !== null && before !== total_minor && before + tax === total_minor
  const net = isOnTop ? total_minor - tax : total_minor
  const back = isOnTop ? Math.round((refunded_minor * net) / total_minor) : refunded_minor
  return Math.max(0, net - back)
}

/**
 * The same as `agree` for a file whose lines are what the buyer kept: of the order's discount only the part that lies
 * on those is left, whatever makes lines and shipping equal what was kept. What they still exceed it by went back
 * without a line (shipping, or money alone); what they lack nobody can say, and a person is told.
 */
export function agreeKept(
  head: StagedHead,
  goods_minor: number,
  line_discounts_minor: number,
  kept_minor: number,
): Agreed {
  const shipping_minor = head.shipping_minor ?? 0
  const goods = goods_minor - line_discounts_minor
  const over = goods + shipping_minor - kept_minor
  const discount_minor = Math.max(0, Math.min(over, head.discount_minor ?? 0, goods))
  return {
    discount_minor: discount_minor + line_discounts_minor,
    shipping_minor,
    differs: over < 0 ? { lines_minor: goods + shipping_minor, total_minor: kept_minor } : null,
  }
}
