import { readWritten, type DateOrder } from './dates.ts'
import { cleanText, narrow } from './repairs.ts'

/**
 * What a column of dates was found to be. `ambiguous`: another order would read every cell as well, so a person
 * decides.
 */
export interface DateColumn {
  order: DateOrder
  ambiguous: boolean
  /** Other orders that read all cells, when ambiguous. */
  others: DateOrder[]
  /** Share of filled cells that the order can read. */
  readable: number
}

const three = /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?!\d)/
/** Countries that write the month first where the year stands last. */
const monthFirst = new Set(['US', 'PH', 'CA', 'PR', 'GU'])

/**
 * Decides by all cells given: one day above 12 settles what a thousand below it cannot. Where several orders read
 * everything, the one whose year varies least is taken, then the country's habit, and the column is called ambiguous.
 */
export function decideDateOrder(cells: Iterable<string>, o: { country: string } = { country: 'TW' }): DateColumn {
  const seen = new Set<string>()
  let filled = 0
  const shapes = { four_first: 0, three_first: 0, year_last: 0, short: 0 }
  for (const cell of cells) {
    const text = narrow(cleanText(cell)).value
    if (text === '') continue
    filled += 1
    if (seen.has(text)) continue
    seen.add(text)
    const found = three.exec(text)
    if (!found) continue
    if (found[1]!.length === 4) shapes.four_first += 1
    else if (found[1]!.length === 3) shapes.three_first += 1
    else if (found[3]!.length === 4) shapes.year_last += 1
    else shapes.short += 1
  }
  const distinct = [...seen]
  const readableBy = (order: DateOrder): number =>
    distinct.filter((cell) => readWritten(cell, order)).length / Math.max(1, distinct.length)
  const say = (order: DateOrder, others: DateOrder[] = []): DateColumn => ({
    order,
    others,
    ambiguous: others.length > 0,
    readable: filled === 0 ? 0 : readableBy(order),
  })
  // One three-digit year in the column makes 99/05/01 the Republic's year 99 (2010) and not 1999.
  if (shapes.three_first > 0 && shapes.year_last === 0) return say('roc')
  if (shapes.year_last === 0 && shapes.short === 0) return say('ymd')
  const tried: DateOrder[] = shapes.short > 0 && shapes.year_last === 0 ? ['ymd', 'mdy', 'dmy'] : ['mdy', 'dmy']
  const shares = tried.map((order) => ({ order, share: readableBy(order) }))
  const best = Math.max(...shares.map(({ share }) => share))
  const equal = shares.filter(({ share }) => share === best).map(({ order }) => order)
  if (equal.length === 1) return say(equal[0]!)
  const ranked = equal.sort(
    (a, b) => spread(distinct, a) - spread(distinct, b) || habit(b, o.country) - habit(a, o.country),
  )
  return say(ranked[0]!, ranked.slice(1))
}

/**
 * How many different years an order reads: the true one reads few. Only told apart when years stand in other places.
 */
function spread(cells: readonly string[], order: DateOrder): number {
  return new Set(cells.map((cell) => readWritten(cell, order)?.day.slice(0, 4))).size
}

function habit(order: DateOrder, country: string): number {
  if (order === 'mdy') return monthFirst.has(country) ? 2 : 0
  return order === 'dmy' ? 1 : 0
}

/** Is one cell enough to settle an ambiguous column? Given the orders still possible, those it leaves. */
export function narrowOrders(orders: readonly DateOrder[], cell: string): DateOrder[] {
  const text = cleanText(cell)
  const left = orders.filter((order) => readWritten(text, order) !== undefined)
  return left.length > 0 ? left : [...orders]
}
