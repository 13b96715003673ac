/** Orders for the benches: five lines each, forty stores' worth of products, times within a year. */
import type { OrderWire } from '../src/record/orders/types.ts'
import { diceOf, between } from '../src/app/demo/dice.ts'
import { products as menu } from '../src/app/demo/menu.ts'

const linesPerOrder = 5

/** Order `n` of a bench: the same at every call. */
export function orderOf(n: number, members: number, source: string, at: Date): OrderWire {
  const dice = diceOf(n, 17)
  return {
    source,
    source_id: `${source}-${n}`,
    status: 'completed',
    store: `S${between(dice, 1, 40)}`,
    member: { external_id: { source: 'bench', id: `B${between(dice, 0, members - 1)}` } },
    lines: Array.from({ length: linesPerOrder }, () => {
      const product = menu[between(dice, 0, menu.length - 1)]!
      return {
        sku: product.sku,
        name: product.name,
        category: product.category,
        quantity: 1,
        gross_minor: product.price,
        net_minor: product.price,
      }
    }),
    occurred_at: new Date(at.getTime() - between(dice, 0, 365 * 86_400) * 1000),
  }
}
