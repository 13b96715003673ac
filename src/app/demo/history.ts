/** What the demo's members buy: a renewal process walked from their joining, the same at every call. */
import { addDays, daysBetween } from '../../base/time.ts'
import { between, diceOf, gamma, pick, type Dice } from './dice.ts'
import { seasons, shelf, shopCategories, webCategories } from './menu.ts'
import type { Person } from './people.ts'

export interface DemoLine {
  sku: string
  name: string
  category: string
  quantity: number
  net_minor: number
  gross_minor: number
}

export interface DemoOrder {
  source_id: string
  /** Local wall-clock time `YYYY-MM-DDTHH:MM:SS`. */
  local: string
  store: string
  lines: DemoLine[]
  shipping_minor: number
  /** Part of it goes back some days later. */
  refund: { local: string; line: number; quantity: number } | null
}

/** A shop sells little before ten and after nine; the peak is the afternoon. */
function clockOf(dice: Dice): string {
  const hour = Math.min(21, 10 + Math.floor((dice() + dice()) * 5.5))
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(hour)}:${two(between(dice, 0, 59))}:${two(between(dice, 0, 59))}`
}

function linesOf(dice: Dice, person: Person, month: number, web: boolean): DemoLine[] {
  const count = 1 + Math.min(7, Math.floor(gamma(dice, 2, person.rhythm.basket - 1 + 0.2)))
  const categories = web ? webCategories : shopCategories
  const weight = (category: string) =>
    seasons[category]![month]! * (category === person.favourite ? 3 : shopWeight[category]!)
  return Array.from({ length: count }, () => {
    const product = pick(dice, shelf[pick(dice, categories, weight)]!, (one) => one.weight)
    const quantity = product.price < 100 && dice() < 0.15 ? between(dice, 2, 4) : 1
    const amount = product.price * quantity
    return {
      sku: product.sku,
      name: product.name,
      category: product.category,
      quantity,
      net_minor: amount,
      gross_minor: amount,
    }
  })
}

/** How the counter's sales divide when nobody's favourite is asked. */
const shopWeight: Record<string, number> = {
  'pure-tea': 1,
  'milk-tea': 1,
  'fruit-tea': 0.8,
  snack: 0.35,
  leaf: 0.08,
  'gift-box': 0.06,
  cup: 0.04,
}

function orderOf(person: Person, day: string, nth: number, seed: number): DemoOrder {
  const dice = diceOf(seed, person.number, 3, nth)
  const web = person.home_store === 'WEB' || dice() < 0.04
  const lines = linesOf(dice, person, Number(day.slice(5, 7)) - 1, web)
  const goods = lines.reduce((sum, line) => sum + line.net_minor, 0)
  const local = `${day}T${clockOf(dice)}`
  const refunded = dice() < (web ? 0.04 : 0.01)
  return {
    source_id: `${web ? 'W' : 'R'}${seed}-${person.number}-${nth}`,
    local,
    store: web ? 'WEB' : dice() < 0.88 ? person.home_store : pick(dice, ['TPE-DA', 'TPE-XY', 'NTP-BQ']),
    lines,
    // the web store ships free from NT$ 800
    shipping_minor: web && goods < 800 ? 80 : 0,
    refund: refunded
      ? {
          local: `${addDays(day, between(dice, 0, 5))}T20:30:00`,
          line: between(dice, 0, lines.length - 1),
          quantity: 1,
        }
      : null,
  }
}

/** Every order of a member up to and including a day, oldest first. */
export function historyOf(person: Person, until: string, seed: number): DemoOrder[] {
  const dice = diceOf(seed, person.number, 2)
  const orders: DemoOrder[] = []
  const last = person.leaves_on && person.leaves_on < until ? person.leaves_on : until
  const days = daysBetween(person.joined_on, last)
  let at = 0
  for (let nth = 0; at <= days; nth += 1) {
    orders.push(orderOf(person, addDays(person.joined_on, Math.floor(at)), nth, seed))
    at += Math.max(0.5, gamma(dice, person.rhythm.regularity, person.rhythm.interval))
  }
  return orders
}
