/** What is being rung up, and the body it is quoted, held and sold as. */
import type { Answer, Input } from '../kit/call.ts'

export type Quote = Answer<'POST /v1/till/quotes'>
export type SaleBody = NonNullable<Input<'POST /v1/till/orders'>['body']>
type QuoteBody = NonNullable<Input<'POST /v1/till/quotes'>['body']>

export interface Line {
  sku: string
  name: string
  quantity: number
  unit_price_minor: number | null
}

export interface Basket {
  /** Without an item: what the register says. Minor units. */
  amount_minor: number | null
  lines: readonly Line[]
  codes: readonly string[]
  /** Coupons picked by hand, by id; null: the best by themselves. */
  picked: readonly string[] | null
  points: number | 'max'
  /** Cards whose stored value pays as much as it can, by their definition. */
  cards: readonly string[]
}

export const emptyBasket: Basket = { amount_minor: null, lines: [], codes: [], picked: null, points: 0, cards: [] }

/** Without the member's code nothing of theirs is on the purchase; a code on paper may be. */
const untouched = { picked: [], points: 0, cards: [] } as const

/** One more of an item; the same SKU is one line. */
export function withItem(basket: Basket, item: Omit<Line, 'quantity'>, count = 1): Basket {
  const known = basket.lines.find(({ sku }) => sku === item.sku)
  if (!known) return count > 0 ? { ...basket, lines: [...basket.lines, { ...item, quantity: count }] } : basket
  const lines = basket.lines.map((line) => (line === known ? { ...line, quantity: line.quantity + count } : line))
  return { ...basket, lines: lines.filter(({ quantity }) => quantity > 0) }
}

export const isEmpty = ({ amount_minor, lines }: Basket) => lines.length === 0 && !amount_minor

/** What the goods cost before anything is taken off, as far as the counter knows. */
export function grossOf({ amount_minor, lines }: Basket): number {
  return lines.reduce(
    (sum, { quantity, unit_price_minor }) => sum + quantity * (unit_price_minor ?? 0),
    amount_minor ?? 0,
  )
}

/** Who buys and where. */
export interface Purchase {
  member_id: string | null
  store: string
  /** The member has shown their code: what is theirs may be used. */
  may_spend: boolean
}

/** What a quote is asked for. Coupons and points are a member's alone, and used only before their eyes. */
export function bodyOf(all: Basket, { member_id, store, may_spend }: Purchase): QuoteBody {
  const basket = may_spend ? all : { ...all, ...untouched }
  const goods = basket.lines.map(({ sku, name, quantity, unit_price_minor }) => ({
    sku,
    name,
    quantity,
    ...(unit_price_minor === null ? {} : { unit_price_minor }),
  }))
  const amount = basket.amount_minor ? [{ quantity: 1, gross_minor: basket.amount_minor }] : []
  const held = {
    coupon_codes: [...basket.codes],
    best: basket.picked === null,
    coupon_ids: [...(basket.picked ?? [])],
    list_coupons: true,
    points_to_use: basket.points,
    card_payments: basket.cards.map((card_definition_id) => ({ card_definition_id, amount_minor: 'max' as const })),
  }
  return {
    store,
    lines: [...goods, ...amount],
    ...(member_id === null ? {} : { member: { member_id }, ...held }),
  }
}

/** Takes points, coupons or stored value out of the member's hands: never without the server's word. */
export const spends = ({ points, coupons, payments }: Quote) =>
  points.used > 0 || coupons.length > 0 || payments.length > 0
