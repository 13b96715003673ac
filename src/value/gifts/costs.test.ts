/** What gifts cost where a point is worth less than the smallest coin: a hundred points are one. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { addMembers } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { openWorld } from '../../../test/world.ts'
import { openDb } from '../../base/db.ts'
import { costMinor } from '../../base/money.ts'
import { verify } from '../../base/verify.ts'
import * as program from '../../record/program/program.ts'
import * as budgets from '../budgets/budgets.ts'
import * as points from '../points/points.ts'
import * as gifts from './gifts.ts'
import { giftOf } from './queries.ts'
import { costBack } from './rules.ts'

const world = await openWorld()
afterAll(() => world.close())
const marketer = world.as('marketer')
beforeAll(() => world.tx((tx) => program.update(tx, { settings: { point_value_minor: 0.01 } })))
afterEach(async () => {
  const { checks } = await verify(world.db, [...gifts.checks, ...budgets.checks])
  expect(checks.filter((check) => !check.ok)).toEqual([])
})

const people = (count: number) => world.tx((tx) => addMembers(tx, count))
const open = async (amount_minor: number) =>
  (await marketer.call('POST /v1/admin/budgets', { body: { name: 'Small coins', amount_minor } })).budget_id
const standing = (budget_id: string) => marketer.call('GET /v1/admin/budgets/:budget_id', { params: { budget_id } })
const want = (member_id: string, held: number, budget_id: string, more: { reason: string; occurrence: string }) => ({
  member_id,
  reward: { kind: 'points' as const, points: held },
  budget_id,
  ...more,
})

test('a thousand gifts of seven points cost seventy together, in the report, the envelope and its lines', async () => {
  const members = await people(10)
  const budget_id = await open(70)
  const wants = members.flatMap((member_id) =>
    Array.from({ length: 100 }, (_, i) => want(member_id, 7, budget_id, { reason: 'sevens', occurrence: `${i}` })),
  )
  const outcomes = await world.tx((tx) => gifts.give(tx, wants))
  expect(outcomes.filter(({ outcome }) => outcome === 'given')).toHaveLength(1_000)
  expect(await standing(budget_id)).toMatchObject({ reserved_minor: 0, spent_minor: 70, left_minor: 0 })
  const { reasons, cost_minor } = await marketer.call('GET /v1/admin/reports/given')
  expect([reasons.find(({ reason }) => reason === 'sevens')!.cost_minor, cost_minor]).toEqual([70, 70])
  const csv = await marketer.inject('GET /v1/admin/reports/:name/download', { params: { name: 'given' } })
  expect(csv.body).toContain('sevens,points,1000,10,0,0,70')
  const { data } = await marketer.call('GET /v1/admin/gifts', { query: { member_id: members[0]! } })
  expect(data[0]!.cost_minor).toBe(0.07)
  const lines = await marketer.call('GET /v1/admin/budgets/:budget_id/lines', { params: { budget_id } })
  expect(new Set(lines.data.map((line) => line.amount_minor))).toEqual(new Set([0.07]))
  const [more] = await world.tx((tx) =>
    gifts.give(tx, [want(members[0]!, 1, budget_id, { reason: 'one', occurrence: '1' })]),
  )
  expect(more).toMatchObject({ outcome: 'refused', code: 'budget.exhausted', params: { left_minor: 0 } })
})

test('from one coin three gifts of thirty points are given and no fourth, one after the other or sixteen at once', async () => {
  const members = await people(16)
  const give = (member_id: string, budget_id: string) =>
    world.tx(
      async (tx) =>
        (await gifts.give(tx, [want(member_id, 30, budget_id, { reason: 'coin', occurrence: budget_id })]))[0]!,
    )
  const [first, second, third] = [await open(1), await open(1), await open(1)]
  const inTurn = []
  for (const member_id of members.slice(0, 4)) inTurn.push(await give(member_id, first))
  const asOne = await world.tx((tx) =>
    gifts.give(
      tx,
      members.slice(0, 4).map((who) => want(who, 30, second, { reason: 'coin', occurrence: second })),
    ),
  )
  for (const answers of [inTurn, asOne]) {
    expect(answers.map(({ outcome }) => outcome)).toEqual(['given', 'given', 'given', 'refused'])
    expect(answers[3]).toMatchObject({ code: 'budget.exhausted', params: { left_minor: 0.1 } })
  }
  const atOnce = await Promise.all(members.map((who) => give(who, third)))
  expect(atOnce.filter(({ outcome }) => outcome === 'given')).toHaveLength(3)
  for (const budget_id of [first, second, third])
    expect(await standing(budget_id)).toMatchObject({ spent_minor: 0.9, left_minor: 0.1 })
})

test('what is taken back in part returns its share, and gifts taken back whole return all that they cost', async () => {
  const members = await people(5)
  const budget_id = await open(2)
  const given = await world.tx((tx) =>
    gifts.give(
      tx,
      members.map((who) => want(who, 30, budget_id, { reason: 'back', occurrence: '1' })),
    ),
  )
  const refs = given.map(({ gift_id }, i) => ({ member_id: members[i]!, gift_id: gift_id! }))
  expect((await standing(budget_id)).spent_minor).toBe(1.5)
  const spend = (member_id: string, spent: number) =>
    world.tx((tx) => points.spend(tx, [{ member_id, points: spent, source: 'test', source_id: `back ${spent}` }]))
  await spend(members[0]!, 10)
  await spend(members[1]!, 29)
  await world.tx((tx) => gifts.takeBack(tx, refs.slice(0, 2)))
  // twenty of thirty points, and one of thirty
  expect((await standing(budget_id)).spent_minor).toBe(costMinor(1.5 - 0.2 - 0.01))
  await world.tx((tx) => gifts.takeBack(tx, refs.slice(2)))
  expect(await standing(budget_id)).toMatchObject({ spent_minor: 0.39, left_minor: 1.61 })
})

test('a share of a cost is never more than the cost, and parts lose less than the scale keeps', () => {
  const worth = fc.integer({ min: 1, max: 3_000_000 }).map((n) => n / 30_000)
  fc.assert(
    fc.property(worth, fc.integer({ min: 1, max: 100_000 }), fc.nat(100), (point_value, held, percent) => {
      const reward = { kind: 'points' as const, points: held }
      const cost = costMinor(point_value, held)
      const part = Math.floor((held * percent) / 100)
      expect(Math.abs(cost - point_value * held)).toBeLessThan(0.000_051)
      expect(costBack(cost, reward, held)).toBe(cost)
      const lost = costMinor(cost - costBack(cost, reward, part) - costBack(cost, reward, held - part))
      expect([0, 0.0001]).toContain(lost)
    }),
  )
})

test('rows of whole units read as before, and what was rounded down for a budget is no error', async () => {
  const database = await createTestDatabase()
  const client = new pg.Client(database.url)
  await client.connect()
  const whole = (table: string, names: readonly string[]) =>
    client.query(`alter table ${table} ${names.map((name) => `alter column ${name} type bigint`).join(', ')}`)
  await whole('gifts', ['cost_minor'])
  await whole('budgets', ['reserved_minor', 'spent_minor'])
  await whole('budget_entries', ['reserved_minor', 'spent_minor'])
  const [member_id, gift_id, budget_id] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`)
  const when = `'2026-03-02T12:00:00+08'`
  // forty points had cost 60, seven of them were there: 10.5 came back as 10
  await client.query(`
    insert into budgets (budget_id, name, amount_minor, spent_minor, from_on, created_at, updated_at)
      values ('${budget_id}', 'Spring', 100, 50, '2026-03-02', ${when}, ${when});
    insert into budget_changes (budget_id, amount_minor, note, at, actor)
      values ('${budget_id}', 100, '', ${when}, 'test');
    insert into budget_entries (member_id, budget_id, kind, reserved_minor, spent_minor, source, source_id, at, actor)
      select '${member_id}', '${budget_id}', kind, reserved, spent, 'gift', '${gift_id}', ${when}, 'test'
      from (values ('reserve', 60, 0), ('settle', -60, 60), ('refund', 0, -10)) one (kind, reserved, spent);
    insert into gifts (member_id, gift_id, kind, reward, reason, occurrence, cost_minor, budget_id, status, given_at,
        ended_at, taken_back_at, taken_back, why, actor)
      values ('${member_id}', '${gift_id}', 'points', '{"kind": "points", "points": 40}', 'spring', '1', 60,
        '${budget_id}', 'done', ${when}, ${when}, ${when}, '{"points": 7}', '{"codes": [], "params": {}}', 'test')`)
  for (const name of ['202611240021-gifts', '202611240022-budgets'])
    await client.query(await readFile(new URL(`../../../migrations/${name}.sql`, import.meta.url), 'utf8'))
  await client.end()
  const db = await openDb(database.url)
  expect(await giftOf(db, { member_id: member_id!, gift_id: gift_id! })).toMatchObject({
    cost_minor: 60,
    taken_back: { points: 7, returned_minor: 10 },
  })
  expect(await budgets.budgetOf(db, budget_id!)).toMatchObject({ reserved_minor: 0, spent_minor: 50, left_minor: 50 })
  const { checks } = await verify(db, [
    ...gifts.checks.filter(({ name }) => name !== 'gifts.points_are_in_the_ledger'),
    ...budgets.checks,
  ])
  expect(checks.filter((check) => !check.ok)).toEqual([])
  await db.close()
  await database.drop()
})
