/** What is left of a bill is paid from stored value first, if asked; and what the purchase stamps. Pure. */
import * as cards from '../../value/cards/cards.ts'
import type { CardBalance, StampDefinition } from '../../value/cards/types.ts'
import { totalOf, type Bill } from './bill.ts'
import type { CardPayment, Quote, Refusal } from './types.ts'

/** What paying and stamping hang on. */
export interface Holdings {
  /** Cards of the member, of every kind. */
  cards: readonly CardBalance[]
  /** Stamp cards that stamp at the time of the purchase. */
  stamp_cards: readonly StampDefinition[]
  card_payments: readonly CardPayment[]
}

/** Takes the payments in the order asked; `max` takes what is there, as far as the bill goes. */
export function payFrom(
  bill: Bill,
  { cards: held, card_payments }: Holdings,
  refusals: Refusal[],
): Pick<Quote, 'payments' | 'cash_minor'> {
  let open = totalOf(bill)
  const payments: Quote['payments'] = []
  for (const { card_definition_id, amount_minor } of card_payments) {
    const card = held.find((one) => one.card_definition_id === card_definition_id)
    const refuse = (code: string, params: Refusal['params']) =>
      void refusals.push({ code, params: { card_definition_id, ...params } })
    if (!card) refuse('card.not_found', {})
    else if (card.kind !== 'value') refuse('card.wrong_kind', { kind: card.kind })
    else if (payments.some((one) => one.card_definition_id === card_definition_id)) refuse('till.card_twice', {})
    else if (amount_minor !== 'max' && amount_minor > card.available)
      refuse('card.insufficient', { available: card.available })
    else if (amount_minor !== 'max' && amount_minor > open) refuse('till.card_over_bill', { to_pay_minor: open })
    else {
      const paid = amount_minor === 'max' ? Math.min(open, card.available) : amount_minor
      open -= paid
      // an empty card pays nothing, and nothing is set aside
      if (paid === 0) continue
      payments.push({ card_definition_id, names: card.names, amount_minor: paid, left_minor: card.available - paid })
    }
  }
  return { payments, cash_minor: open }
}

/** The stamps a purchase brings, with how the card would stand; cards that it does not stamp are left out. */
export function stampsOf(
  bill: Bill,
  { store_id, cards: held, stamp_cards }: Holdings & { store_id: string | null },
): Quote['stamps'] {
  const purchase = {
    store_id,
    lines: bill.lines.map(({ line, due_minor }) => ({
      ...line,
      quantity: line.quantity_e4 / 10_000,
      net_minor: due_minor,
    })),
  }
  return cards.stampsFor(purchase, stamp_cards).flatMap(({ card_definition_id, stamps, why }) => {
    if (stamps === 0) return []
    const card = held.find((one) => one.card_definition_id === card_definition_id)
    const { names, rule } = stamp_cards.find((one) => one.card_definition_id === card_definition_id)!
    return [{ card_definition_id, names, stamps, balance: card?.balance ?? 0, size: card?.size ?? rule.size, why }]
  })
}

/**
 * What of a payment by stored value must be back once so much of the order is: its share of the money, rounded down on
 * the running total, so that the parts of a total refund sum to the whole.
 */
export function paidBackBy(payment: { amount_minor: number }, refunded_minor: number, net_minor: number): number {
  if (net_minor === 0) return 0
  return Number((BigInt(payment.amount_minor) * BigInt(Math.min(refunded_minor, net_minor))) / BigInt(net_minor))
}
