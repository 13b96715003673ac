/**
 * What of an order earns nothing: goods, stores and channels that the rule leaves out. Pure. Which lines were left out
 * is kept with the order (excluded-lines.ts), so that a refund gives back what counted even where a product has moved
 * to another category since.
 */
import type { Purchase } from '../types.ts'
import type { Basket, BasketLine, Excludes } from './types.ts'

/** What is left out of one order. */
export interface LeftOut {
  /** The whole order, by where it was bought. */
  whole: 'store' | 'channel' | null
  lines: readonly BasketLine[]
  /** What the lines left out are called: categories and products, each once. */
  names: readonly string[]
  /** How many of the lines are out only because they were reduced. */
  discounted: number
}

const none: LeftOut = { whole: null, lines: [], names: [], discounted: 0 }
/** What a sentence can carry; the order itself shows the rest. */
const names_max = 5

/** Why a line is out: what it is called there; empty: it was reduced; null: it is not out. */
function reasonOf(line: BasketLine, { categories, skus, discounted }: Excludes): string | null {
  if (line.category !== null && categories?.includes(line.category)) return line.category
  if (line.sku !== null && skus?.includes(line.sku)) return line.name ?? line.sku
  return discounted && line.net_minor < line.gross_minor ? '' : null
}

/** What a rule leaves out of an order. */
export function leftOutOf(basket: Basket | undefined, excludes: Excludes | undefined): LeftOut {
  if (!basket || !excludes) return none
  const { store_id, channel, lines } = basket
  if (store_id !== null && excludes.store_ids?.includes(store_id)) return { ...none, whole: 'store' }
  if (channel !== null && excludes.channels?.includes(channel)) return { ...none, whole: 'channel' }
  const out = lines.flatMap((line) => {
    const reason = reasonOf(line, excludes)
    return reason === null ? [] : [{ line, reason }]
  })
  if (out.length === 0) return none
  const names = [...new Set(out.map(({ reason }) => reason).filter(Boolean))]
  return {
    whole: null,
    lines: out.map(({ line }) => line),
    names: names.slice(0, names_max),
    discounted: out.filter(({ reason }) => reason === '').length,
  }
}

/** The numbers of the lines left out. */
export function numbersOf({ lines }: LeftOut): number[] {
  return lines.flatMap(({ line_no }) => (line_no === undefined ? [] : [line_no]))
}

/** A purchase, or what went back of one, without some of its lines. */
export function without(purchase: Purchase, lines: readonly { net_minor: number; gross_minor: number }[]): Purchase {
  if (lines.length === 0) return purchase
  let { goods_minor, gross_minor } = purchase
  for (const line of lines) {
    goods_minor -= line.net_minor
    gross_minor -= line.gross_minor
  }
  return { ...purchase, goods_minor: Math.max(0, goods_minor), gross_minor: Math.max(0, gross_minor) }
}

/** Of these lines of an order, those with such numbers. */
export function amongThese<T extends { line_no?: number | null | undefined }>(
  lines: readonly T[] | undefined,
  numbers: readonly number[],
): T[] {
  if (!lines || numbers.length === 0) return []
  return lines.filter(({ line_no }) => typeof line_no === 'number' && numbers.includes(line_no))
}

/** What a why says of it: codes, and the numbers their sentences need. */
export function saidOf(
  out: LeftOut,
  basket: Basket | undefined,
  base: 'net' | 'gross',
): { codes: string[]; params: Record<string, string | number> } {
  if (out.whole === 'store') return { codes: ['points.store_out'], params: {} }
  if (out.whole === 'channel') return { codes: ['points.channel_out'], params: { channel: basket?.channel ?? '' } }
  if (out.lines.length === 0) return { codes: [], params: {} }
  const all = basket?.lines.length ?? 0
  return {
    codes: [
      ...(out.names.length > 0 ? ['points.lines_out'] : []),
      ...(out.discounted > 0 ? ['points.discounted_out'] : []),
    ],
    params: {
      lines_all: all,
      lines_earning: all - out.lines.length,
      out_minor: out.lines.reduce((sum, line) => sum + (base === 'net' ? line.net_minor : line.gross_minor), 0),
      out_names: out.names.join(', '),
      ...(out.discounted > 0 && { lines_discounted: out.discounted }),
    },
  }
}
