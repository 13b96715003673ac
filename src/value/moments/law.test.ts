/** The laws of README.md under many hands, random clocks and a kill in the middle. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { addDays, daysBetween, dayOf } from '../../base/time.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { receive } from '../../record/orders/orders.ts'
import * as gifts from '../gifts/gifts.ts'
import * as points from '../points/points.ts'
import * as moments from './moments.ts'
import { dayIn } from './rules.ts'
import type { MomentRule, When } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({ empty: true })
})
afterAll(() => world.close())

const plain: Omit<MomentRule, 'when'> = {
  whom: null,
  reward: { kind: 'points', points: 10 },
  budget_id: null,
  before_days: 0,
  after_days: 0,
  joined_days_min: 0,
}
const momentOf = async (when: When, rule: Partial<MomentRule> = {}) =>
  (await world.tx((tx) => moments.create(tx, { names: { en: when.kind }, rule: { ...plain, when, ...rule } })))
    .moment_id
const stop = (moment_id: string) => world.tx((tx) => moments.change(tx, moment_id, { status: 'stopped' }))
let made = 0
async function people(birth_dates: readonly string[]): Promise<string[]> {
  const outcomes = await world.tx((tx) =>
    members.upsert(
      tx,
      birth_dates.map((birth_date) => ({ external_id: `L${++made}`, birth_date, joined_at: new Date('2020-01-01') })),
      { source: 'law' },
    ),
  )
  return outcomes.map((one) => one.member_id!)
}
const at = (day: string, hour = 10) => world.at(new Date(`${day}T${String(hour).padStart(2, '0')}:00:00+08:00`))
const tick = async (limit?: number) => {
  while (await world.tx((tx) => moments.giveDue(tx, limit))) continue
}
const givenOf = (moment_id: string) =>
  world.db.rows<{ member_id: string; occurrence: string; given_on: string; occurs_on: string }>(sql`
    select member_id, occurrence, given_on, occurs_on from moment_gifts where moment_id = ${moment_id}::uuid
    order by member_id, given_on`)
const broken = async () =>
  (await verify(world.db, [...moments.checks, ...gifts.checks, ...points.checks])).checks.filter((one) => !one.ok)

const birthday: When = { kind: 'birthday', span: 'day', calendar: 'solar' }

test('clocks that run on random days give each birthday once, late inside the window, never outside of it', async () => {
  const anyDate = fc.nat(365).map((n) => `19${80 + (n % 20)}-${addDays('2024-01-01', n).slice(5)}`)
  const anyBirthDate = anyDate.map((date) => (date.endsWith('02-29') ? '1988-02-29' : date))
  const begin = dayOf(world.now(), 'Asia/Taipei')
  let start = begin
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyBirthDate, { minLength: 3, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 20, maxLength: 60 }),
      fc.record({ before: fc.nat(10), after: fc.nat(10), limit: fc.constantFrom(1, 3, 2_000) }),
      async (births, gaps, { before, after, limit }) => {
        const ids = await people(births)
        at(start)
        const moment_id = await momentOf(birthday, { before_days: before, after_days: after })
        const ran: string[] = []
        for (const gap of [0, ...gaps]) {
          start = addDays(start, gap)
          ran.push(start)
          at(start)
          await tick(limit)
          // twice a day is once
          await tick(limit)
        }
        const rows = (await givenOf(moment_id)).filter((row) => ids.includes(row.member_id))
        const expected = ids.flatMap((member_id, i) => wanted(member_id, births[i]!, { ran, before, after }))
        expect(rows.map(({ member_id, occurs_on, given_on }) => [member_id, occurs_on, given_on]).sort()).toEqual(
          expected.sort(),
        )
        await stop(moment_id)
        start = addDays(start, 400)
      },
    ),
    { numRuns: 8 },
  )
  expect(await broken()).toEqual([])
}, 120_000)

/** What a member must have been given: by days alone, without the module's own rules. */
function wanted(
  member_id: string,
  born: string,
  { ran, before, after }: { ran: readonly string[]; before: number; after: number },
): [string, string, string][] {
  const from = Number(ran[0]!.slice(0, 4)) - 1
  const years = Array.from({ length: 5 }, (_, i) => from + i)
  return years.flatMap((year): [string, string, string][] => {
    const day = dayIn(year, born.slice(5))
    const first = ran.find((today) => daysBetween(today, day) <= before && daysBetween(day, today) <= after)
    return first ? [[member_id, day, first]] : []
  })
}

test('32 tills that join and buy at once, and say it twice, give each welcome and first purchase once', async () => {
  at('2031-03-03')
  const joining = await momentOf({ kind: 'joining' })
  const first = await momentOf({ kind: 'purchase', number: 1, repeats: false })
  const third = await momentOf({ kind: 'purchase', number: 3, repeats: true })
  const tills = Array.from({ length: 32 }, (_, i) => i)
  const order = (person: number, nth: number) => ({
    source: 'till',
    source_id: `P${person}-${nth}`,
    occurred_at: world.now(),
    member: { phone: `09120000${String(person).padStart(2, '0')}` },
    lines: [{ sku: 'oolong', category: 'tea', quantity: 1, net_minor: 100 }],
  })
  // eight people, four purchases each, every one sent by two tills
  await Promise.all(
    tills.flatMap((till) =>
      [0, 1].map(() =>
        world.tx((tx) => receive(tx, [order(till % 8, Math.floor(till / 8))], { create_as: 'member' })),
      ),
    ),
  )
  const count = async (moment_id: string) => (await givenOf(moment_id)).map((row) => row.occurrence)
  expect(await count(joining)).toEqual(Array.from({ length: 8 }, () => 'joined'))
  expect(await count(first)).toEqual(Array.from({ length: 8 }, () => '1'))
  expect(await count(third)).toEqual(Array.from({ length: 8 }, () => '3'))
  expect(await broken()).toEqual([])
  for (const moment_id of [joining, first, third]) await stop(moment_id)
}, 60_000)

test('runs that are cut off in the middle, and run by four at once, give everybody once', async () => {
  at('2032-05-05')
  await people(Array.from({ length: 60 }, () => '1990-06-06'))
  const moment_id = await momentOf({ kind: 'holiday', yearly: [], dates: ['2032-06-06', '2032-06-07'] })
  const births = await momentOf(birthday)
  at('2032-06-06', 0)
  // every third piece is killed before its commit
  let piece = 0
  const work = async () => {
    for (let more = true; more;) {
      more = await world
        .tx(async (tx) => {
          const left = await moments.giveDue(tx, 7)
          piece += 1
          if (piece % 3 === 0) throw new Error('killed')
          return left
        })
        .catch((thrown: unknown) => {
          if (!(thrown instanceof Error) || thrown.message !== 'killed') throw thrown
          return true
        })
    }
  }
  await Promise.all([work(), work(), work(), work()])
  await tick()
  const members_count = (await world.db.row<{ n: number }>(sql`
    select count(*) as n from members where kind = 'member' and erased_at is null and merged_into is null`))!.n
  expect(await givenOf(moment_id)).toHaveLength(members_count)
  expect(await givenOf(births)).toHaveLength(
    (await world.db.row<{ n: number }>(sql`
      select count(*) as n from members where right(birth_date, 5) = '06-06' and kind = 'member'`))!.n,
  )
  at('2032-06-07', 0)
  await tick(11)
  expect(await givenOf(moment_id)).toHaveLength(2 * members_count)
  expect(await broken()).toEqual([])
}, 60_000)
