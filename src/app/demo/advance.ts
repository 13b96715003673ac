/**
 * Lets a demo brand live on: its clock moves day by day, its members buy as they would have, and some of those who got
 * a message buy once more because of it. That share is the *true* response: a measured lift must cover it.
 * Orders come in through the API, as a till's would.
 */
import { AppError } from '../../base/errors.ts'
import type { Db, Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { systemActor } from '../../base/actor.ts'
import { addDays, dayMs, dayOf, instantOf } from '../../base/time.ts'
import type { OrderWire } from '../../record/orders/types.ts'
import * as program from '../../record/program/program.ts'
import { between, diceOf } from './dice.ts'
import { walkInsOf } from './extras.ts'
import { historyOf, type DemoOrder } from './history.ts'
import { wireOf, zone } from './make.ts'
import { shelf } from './menu.ts'
import { nightly } from './nights.ts'
import { personOf, type Person } from './people.ts'

export interface AdvanceOptions {
  days: number
  /** Probability that a delivered message causes one more purchase within the following week; 0 for none. */
  response: number
  /** Hands a set of orders to the API; throws if one is refused. */
  place(orders: OrderWire[]): Promise<void>
  tell?: (line: string) => void
}

export interface Advanced {
  days: number
  orders: number
  /** Purchases that would not have happened without a message. */
  caused: number
  caused_minor: number
}

/** A message works within a week, mostly soon. */
const responseDays = 7
const actor = systemActor('demo')

/** Moves the demo's clock by whole days. Throws `demo.missing` for a program that is no demo brand. */
export async function advance(db: Db, options: AdvanceOptions): Promise<Advanced> {
  const demo = await program.demoOf(db)
  if (!demo) throw new AppError('demo.missing', {}, { status: 409 })
  const span = { from: demo.from, days: 365 * demo.years }
  const people = Array.from({ length: demo.members }, (_, i) => personOf(demo.seed, i, span))
  const first = addDays(dayOf(db.now(), zone), 1)
  const last = addDays(first, options.days - 1)
  const ordinary = byDay(
    people.flatMap((person) =>
      historyOf(person, last, demo.seed)
        .filter((order) => order.local.slice(0, 10) >= first)
        .map((order) => ({ person, order })),
    ),
  )
  const done: Advanced = { days: options.days, orders: 0, caused: 0, caused_minor: 0 }
  for (let day = first; day <= last; day = addDays(day, 1)) {
    await moveClock(db)
    const caused = await causedOn(db, day, people, demo.seed, options.response)
    const wires = [
      ...(ordinary.get(day) ?? []).map(({ person, order }) => wireOf(order, person)),
      ...walkInsOf(demo.seed, day, addDays(day, 1)),
      ...caused,
    ]
    // a till's clock may not run ahead of ours: what lies later this day is told at its end
    const now = db.now()
    for (const wire of wires) if ((wire.occurred_at as Date) > now) wire.occurred_at = now
    if (wires.length > 0) await options.place(wires)
    await nightly(db, now)
    done.orders += wires.length
    done.caused += caused.length
    done.caused_minor += caused.reduce(
      (sum, wire) => sum + wire.lines.reduce((net, line) => net + (line.net_minor ?? 0), 0),
      0,
    )
    options.tell?.(`${day}: ${wires.length} orders, ${caused.length} of them caused by a message`)
  }
  return done
}

async function moveClock(db: Db): Promise<void> {
  await db.tx({ actor }, (tx) => program.advanceClock(tx, dayMs))
  const row = await db.row<{ clock_offset_ms: number }>(sql`select clock_offset_ms from program`)
  db.setClockOffset(row?.clock_offset_ms ?? 0)
}

function byDay(list: { person: Person; order: DemoOrder }[]): Map<string, { person: Person; order: DemoOrder }[]> {
  const days = new Map<string, { person: Person; order: DemoOrder }[]>()
  for (const one of list) {
    const day = one.order.local.slice(0, 10)
    const found = days.get(day)
    if (found) found.push(one)
    else days.set(day, [one])
  }
  return days
}

/** Messages that reached a member in the last week: each may cause one purchase, on a day its dice choose. */
async function causedOn(
  db: Reader,
  day: string,
  people: Person[],
  seed: number,
  response: number,
): Promise<OrderWire[]> {
  if (response <= 0) return []
  const delivered = await db.rows<{ message_id: number; number: number; sent_on: string }>(sql`
    select msg.message_id, substr(m.external_id, 2)::int as number, (msg.sent_at at time zone ${zone}::text)::date
      as sent_on
    from messages msg join members m on m.member_id = msg.member_id
    where msg.status in ('accepted', 'delivered') and m.external_id ~ '^M\\d+$'
      and msg.sent_at >= (${addDays(day, -responseDays)}::date)::timestamp at time zone ${zone}::text`)
  return delivered.flatMap(({ message_id, number, sent_on }) => {
    const dice = diceOf(seed, message_id, 11)
    if (dice() >= response) return []
    const delay = 1 + Math.floor(dice() * dice() * responseDays)
    const person = people[number]
    if (!person || addDays(sent_on, delay) !== day) return []
    const product = shelf[person.favourite]![0]!
    const quantity = between(dice, 1, 3)
    const amount = product.price * quantity
    return [
      {
        source: 'till',
        source_id: `C${seed}-${message_id}`,
        status: 'completed' as const,
        store: person.home_store,
        member: { external_id: { source: 'demo', id: `M${number}` } },
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
        occurred_at: instantOf(`${day}T${10 + between(dice, 0, 10)}:30:00`, zone),
      },
    ]
  })
}
