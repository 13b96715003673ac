import type { GuessedField } from './headers.ts'
import type { Field } from './fields.ts'

/**
 * Is an amount of the order or of its line? 金額 and Discount are written for both. In a file with several lines an
 * order, what is of the order is the same on all of them; what is of the line is not.
 */
const pairs: readonly (readonly [line: Field, order: Field])[] = [
  ['line_total', 'order_total'],
  ['line_discount', 'order_discount'],
]

/** Orders of several lines that must be seen before cells overrule a name. */
const ordersMin = 3

/**
 * Moves amounts that stand on the wrong level to the other, where that one is free; drops the line's level of a file
 * of whole orders.
 */
export function orderLevel(
  fields: readonly GuessedField[],
  header: readonly string[],
  rows: readonly string[][],
): GuessedField[] {
  const has = (field: Field): boolean => fields.some((guessed) => guessed.field === field)
  const order = fields.find(({ field }) => field === 'order_id')
  if (!order) return [...fields]
  const groups = severalLines(rows, header.indexOf(order.column))
  const isWholeOrders =
    groups.length === 0 && !has('sku') && !has('product_name') && !has('unit_price') && !has('quantity')
  return fields.map((guessed) => {
    for (const [line, whole] of pairs) {
      if (guessed.field !== line && guessed.field !== whole) continue
      const index = header.indexOf(guessed.column)
      const target = isWholeOrders
        ? whole
        : groups.length >= ordersMin
          ? isSame(groups, index)
            ? whole
            : line
          : guessed.field
      if (target !== guessed.field && !has(target)) return { ...guessed, field: target }
    }
    return guessed
  })
}

/** The rows of each order that has several, among the sample. */
function severalLines(rows: readonly string[][], index: number): string[][][] {
  const groups = new Map<string, string[][]>()
  for (const row of rows) {
    const id = row[index] ?? ''
    if (id === '') continue
    const group = groups.get(id)
    if (group) group.push(row)
    else groups.set(id, [row])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

/** The same on all lines of nearly every order. All empty or all nought tells nothing and counts as the line's. */
function isSame(groups: readonly string[][][], index: number): boolean {
  const telling = groups.filter((group) => group.some((row) => !/^[0.\s-]*$/.test(row[index] ?? '')))
  const same = telling.filter((group) => group.every((row) => row[index] === group[0]![index]))
  return telling.length > 0 && same.length / telling.length > 0.9
}
