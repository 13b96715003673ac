import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDatabase, size, type TestDatabase } from '../../../test/database.ts'
import { openDb, type Db } from '../db.ts'
import { compileCondition, countOf, idsOf, matchesOf, matchOf, type CompileOptions } from './compile.ts'
import type { Condition } from './condition.ts'
import { holdsFor } from './naive.fixture.ts'
import { parseCondition } from './parse.ts'
import { fields, fill, population } from './people.fixture.ts'
import { conditions, idOf, makeWorld, moments } from './random.fixture.ts'
import type { Sql } from '../sql.ts'

const runs = size === 'long' ? 10_000 : 600
if (size === 'long') vi.setConfig({ testTimeout: 300_000 })
const world = makeWorld(20_250_305)
let database: TestDatabase
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  await fill(database.url, world)
  db = openDb(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const unprepared = { prepare: false }
const ask = async (statement: Sql): Promise<string[]> =>
  (await db.rows<{ member_id: string }>(statement, unprepared)).map(({ member_id }) => member_id).sort()

interface Moment {
  now: Date
  zone: string
}
const compile = (condition: Condition, { now, zone }: Moment, reading: CompileOptions['reading'] = 'now') =>
  compileCondition(condition, { fields, population, now, zone, reading })

const everyone = world.people.map(({ member_id }) => member_id).sort()

test('a random condition holds for exactly those for whom a naive reading says so', async () => {
  await fc.assert(
    fc.asyncProperty(conditions(), moments, async (json, moment) => {
      const condition = parseCondition(json, fields)
      const compiled = compile(condition, moment)
      expect(await ask(idsOf(compiled))).toEqual(holdsFor(condition, world, { ...moment, past: false }))
    }),
    { numRuns: runs },
  )
})

test('and so at any past moment', async () => {
  const instants = fc.date({ min: new Date('2023-10-01'), max: new Date('2025-06-01'), noInvalidDate: true })
  await fc.assert(
    fc.asyncProperty(conditions(), moments, instants, async (json, { now, zone }, at) => {
      const condition = parseCondition(json, fields)
      const compiled = compile(condition, { now, zone }, { at })
      expect(await ask(idsOf(compiled))).toEqual(holdsFor(condition, world, { now: at, zone, past: true }))
    }),
    { numRuns: runs / 2 },
  )
})

test('statistics and history agree at the present', async () => {
  const withHistory = ['visits', 'visit_count', 'last_visit_at', 'marks', 'birthday', 'since_on', 'joined_at']
  await fc.assert(
    fc.asyncProperty(conditions(withHistory), moments, async (json, moment) => {
      const condition = parseCondition(json, fields)
      const past = compile(condition, moment, { at: moment.now })
      expect(past.without_history).toEqual([])
      expect(await ask(idsOf(past))).toEqual(await ask(idsOf(compile(condition, moment))))
    }),
    { numRuns: runs / 2 },
  )
})

test('asking about one, about some and about all gives one answer', async () => {
  const some = fc.uniqueArray(fc.integer({ min: 0, max: world.people.length + 1 }).map(idOf), {
    minLength: 1,
    maxLength: 5,
  })
  const past = fc.boolean()
  await fc.assert(
    fc.asyncProperty(conditions(), moments, some, past, async (json, moment, ids, inPast) => {
      const compiled = compile(parseCondition(json, fields), moment, inPast ? { at: moment.now } : 'now')
      const all = await ask(idsOf(compiled))
      expect((await db.rows<{ count: number }>(countOf(compiled), unprepared))[0]?.count).toBe(all.length)
      expect(await ask(matchOf(compiled, ids))).toEqual(all.filter((id) => ids.includes(id)))
      expect(await ask(matchOf(compiled, [ids[0]!]))).toEqual(all.filter((id) => id === ids[0]))
    }),
    { numRuns: runs / 2 },
  )
})

test('not loses nobody, and twice not changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(conditions(), moments, async (json, moment) => {
      const condition = parseCondition(json, fields)
      const not = (inner: Condition): Condition => ({ combinator: 'and', not: true, rules: [inner] })
      const holds = await ask(idsOf(compile(condition, moment)))
      const holdsNot = await ask(idsOf(compile(not(condition), moment)))
      expect([...holds, ...holdsNot].sort()).toEqual(everyone)
      expect(await ask(idsOf(compile(not(not(condition)), moment)))).toEqual(holds)
    }),
    { numRuns: runs / 2 },
  )
})

test('many conditions are asked of some members in one statement', async () => {
  const moment = { now: new Date('2025-03-05T12:00:00Z'), zone: 'Asia/Taipei' }
  const asked = fc
    .sample(conditions(), { numRuns: 12, seed: 7 })
    .map((json) => compile(parseCondition(json, fields), moment))
  const ids = everyone.slice(0, 30)
  const rows = await db.rows<{ condition: number; member_id: string }>(matchesOf(asked, ids), unprepared)
  for (const [index, compiled] of asked.entries()) {
    const found = rows.filter(({ condition }) => condition === index).map(({ member_id }) => member_id)
    expect(found.sort()).toEqual(await ask(matchOf(compiled, ids)))
  }
  expect(await db.rows(matchesOf([], ids))).toEqual([])
})
