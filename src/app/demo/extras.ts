/** What surrounds the members: people who buy without being known, and members who use their points. */
import { addDays, daysBetween, instantOf } from '../../base/time.ts'
import type { OrderWire } from '../../record/orders/types.ts'
import type { Spend } from '../../value/points/types.ts'
import { between, diceOf, pick } from './dice.ts'
import { shelf, shopCategories, stores } from './menu.ts'
import type { Person } from './people.ts'

/** Anonymous receipts a day over all shops: guests are part of every store's share. */
const walkInsADay = 9

/** Receipts of people nobody knows, for the days [from, until). */
export function walkInsOf(seed: number, from: string, until: string): OrderWire[] {
  const days = daysBetween(from, until)
  return Array.from({ length: Math.max(0, days) }, (_, i) => addDays(from, i)).flatMap((day) => {
    const dice = diceOf(seed, Number(day.replaceAll('-', '')), 5)
    return Array.from({ length: between(dice, 0, walkInsADay * 2) }, (_, nth) => {
      const product = pick(dice, shelf[pick(dice, shopCategories.slice(0, 4))]!, (one) => one.weight)
      const store = pick(
        dice,
        stores.filter((one) => one.kind === 'shop'),
        (one) => one.weight,
      )
      const quantity = between(dice, 1, 2)
      const amount = product.price * quantity
      const two = (n: number) => String(n).padStart(2, '0')
      return {
        source: 'till',
        source_id: `G${seed}-${day}-${nth}`,
        status: 'completed' as const,
        store: store.code,
        member: null,
        lines: [
          {
            sku: product.sku,
            name: product.name,
            category: product.category,
            quantity,
            gross_minor: amount,
            net_minor: amount,
          },
        ],
        occurred_at: instantOf(`${day}T${two(between(dice, 10, 21))}:${two(between(dice, 0, 59))}:00`, 'Asia/Taipei'),
      }
    })
  })
}

/** Points are used by about one member in six a quarter who holds at least this many: five dollars off a tea. */
const spendMin = 500
/** … in hundreds: a dollar each. */
const spendStep = 100
const spendShare = 0.17

/** Who uses points in a slice of time, and how many. */
export function spendsOf(
  seed: number,
  from: string,
  people: readonly Person[],
  ids: readonly (string | null)[],
  balances: ReadonlyMap<string, { active: number }>,
  at: Date,
): Spend[] {
  return people.flatMap((person, i) => {
    const member_id = ids[i]
    const active = member_id ? (balances.get(member_id)?.active ?? 0) : 0
    const dice = diceOf(seed, person.number, 7, Number(from.replaceAll('-', '')))
    if (!member_id || active < spendMin || dice() > spendShare) return []
    const amount = Math.floor((active * (0.3 + dice() * 0.6)) / spendStep) * spendStep
    if (amount === 0) return []
    return [{ member_id, points: amount, source: 'demo', source_id: `S${person.number}-${from}`, occurred_at: at }]
  })
}
