import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBooks, type Books } from '../../../test/books.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as budgets from './budgets.ts'
import { bound } from './jobs.ts'
import type { Budget } from './types.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ members: 4 })
})
afterAll(() => books.close())

const today = '2026-03-02'
const open = (amount_minor: number, more = {}): Promise<Budget> =>
  books.tx(today, (tx) => budgets.create(tx, { name: 'Spring', amount_minor, from_on: today, ...more }))
const promise = (budget: Budget, source_id: string, amount_minor: number, member = 0) => ({
  budget_id: budget.budget_id,
  member_id: books.members[member]!,
  source: 'gift',
  source_id,
  amount_minor,
})
const left = async ({ budget_id }: Budget) => (await budgets.budgetOf(books.db, budget_id)).left_minor

test('a budget promises what it has and not one unit more', async () => {
  const budget = await open(100)
  const outcomes = await books.tx(today, (tx) =>
    budgets.reserve(tx, [promise(budget, 'a', 60), promise(budget, 'b', 41), promise(budget, 'c', 40)]),
  )
  expect(outcomes).toEqual([
    { index: 0, outcome: 'booked' },
    { index: 1, outcome: 'refused', code: 'budget.exhausted', params: { left_minor: 40 } },
    { index: 2, outcome: 'booked' },
  ])
  expect(await left(budget)).toBe(0)
})

test('settling for less gives the rest back, for more takes what is left, beyond that it is refused', async () => {
  const budget = await open(100)
  await books.tx(today, (tx) => budgets.reserve(tx, [promise(budget, 'a', 40), promise(budget, 'b', 40)]))
  await books.tx(today, (tx) => budgets.settle(tx, [promise(budget, 'a', 30)]))
  expect(await left(budget)).toBe(30)
  const [dear] = await books.tx(today, (tx) => budgets.settle(tx, [promise(budget, 'b', 71)]))
  expect(dear).toMatchObject({ outcome: 'refused', code: 'budget.exhausted' })
  const [fair] = await books.tx(today, (tx) => budgets.settle(tx, [promise(budget, 'b', 70)]))
  expect([fair!.outcome, await left(budget)]).toEqual(['booked', 0])
})

test('a promise ends once; what was settled cannot be taken back', async () => {
  const budget = await open(100)
  const one = promise(budget, 'a', 50)
  await books.tx(today, (tx) => budgets.reserve(tx, [one]))
  const end = (verb: 'settle' | 'release') => books.tx(today, async (tx) => (await budgets[verb](tx, [one]))[0])
  expect(await end('settle')).toMatchObject({ outcome: 'booked' })
  expect(await end('settle')).toMatchObject({ outcome: 'unchanged' })
  expect(await end('release')).toMatchObject({ outcome: 'refused', code: 'budget.reservation_closed' })
  const [unknown] = await books.tx(today, (tx) => budgets.release(tx, [promise(budget, 'never', 1)]))
  expect(unknown).toMatchObject({ code: 'budget.reservation_not_found' })
})

test('outside its days, for amounts that are none, and under a used name a budget refuses', async () => {
  const budget = await open(100, { from_on: '2026-04-01', to_on: '2026-04-02' })
  const ask = async (day: string, amount: number, id = `${day} ${amount}`) =>
    (await books.tx(day, (tx) => budgets.reserve(tx, [promise(budget, id, amount)])))[0]!.code
  expect(await ask('2026-03-31', 1)).toBe('budget.not_open')
  expect(await ask('2026-04-03', 1)).toBe('budget.not_open')
  for (const amount of [-1, 0.000_05, NaN, Infinity, 1e16])
    expect(await ask('2026-04-01', amount)).toBe('budget.amount_invalid')
  expect(await ask('2026-04-01', 1, 'x')).toBeUndefined()
  expect(await ask('2026-04-01', 2, 'x')).toBe('budget.source_reused')
  await expect(open(1, { from_on: '2026-04-02', to_on: '2026-04-01' })).rejects.toMatchObject({
    code: 'budget.days_invalid',
  })
})

test('what is promised cannot be taken out again, and of what is left the whole part can', async () => {
  const budget = await open(100)
  await books.tx(today, (tx) => budgets.reserve(tx, [promise(budget, 'a', 59.7)]))
  const change = (amount_minor: number) =>
    books.tx(today, (tx) => budgets.topUp(tx, budget.budget_id, { amount_minor }))
  await expect(change(-41)).rejects.toMatchObject({ code: 'budget.promised_already', params: { left_minor: 40 } })
  await change(-40)
  expect(await left(budget)).toBe(0.3)
  await change(25)
  expect(await left(budget)).toBe(25.3)
})

test('sixty-four callers at once never promise more than there is', async () => {
  const budget = await open(1_000)
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, (_, i) =>
      books.tx(today, async (tx) => (await budgets.reserve(tx, [promise(budget, String(i), 70, i % 4)]))[0]!),
    ),
  )
  expect(outcomes.filter(({ outcome }) => outcome === 'booked')).toHaveLength(14)
  expect(await left(budget)).toBe(20)
})

const moveOf = fc.record({
  kind: fc.constantFrom('reserve', 'reserve', 'settle', 'release', 'refund', 'top_up', 'replay'),
  pick: fc.nat(40),
  /** Hundredths of a minor unit. */
  amount: fc.integer({ min: 1, max: 9_000 }),
})

test('a random history ends as an envelope of paper would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moveOf, { minLength: 5, maxLength: 30 }), async (moves) => {
      const budget = await open(200)
      const paper = {
        amount: 20_000,
        spent: 0,
        promises: new Map<string, { amount: number; ended: boolean; spent?: number; back?: number }>(),
      }
      const held = () => [...paper.promises.values()].reduce((sum, one) => sum + (one.ended ? 0 : one.amount), 0)
      const room = () => paper.amount - paper.spent - held()
      for (const { kind, pick, amount } of moves) {
        const name = String(pick)
        const known = paper.promises.get(name)
        if (kind === 'top_up') {
          const units = Math.ceil(amount / 100)
          await books.tx(today, (tx) => budgets.topUp(tx, budget.budget_id, { amount_minor: units }))
          paper.amount += units * 100
        } else if (kind === 'reserve' || kind === 'replay') {
          const wanted = kind === 'replay' && known ? known.amount : amount
          await books.tx(today, (tx) => budgets.reserve(tx, [promise(budget, name, wanted / 100)]))
          if (!known && wanted <= room()) paper.promises.set(name, { amount: wanted, ended: false })
        } else if (kind === 'refund') {
          await books.tx(today, (tx) => budgets.refund(tx, [promise(budget, name, amount / 100)]))
          if (known?.spent === undefined || known.back !== undefined || amount > known.spent) continue
          known.back = amount
          paper.spent -= amount
        } else {
          const want = promise(budget, name, amount / 100)
          await books.tx(today, (tx) => budgets[kind as 'settle' | 'release'](tx, [want]))
          if (!known || known.ended || (kind === 'settle' && amount - known.amount > room())) continue
          known.ended = true
          if (kind === 'settle') paper.spent += amount
          if (kind === 'settle') known.spent = amount
        }
        const now = await budgets.budgetOf(books.db, budget.budget_id)
        const paperSays = [paper.amount, held(), paper.spent, room()].map((hundredths) => hundredths / 100)
        expect([now.amount_minor, now.reserved_minor, now.spent_minor, now.left_minor]).toEqual(paperSays)
      }
    }),
    { numRuns: 12 },
  )
  expect((await verify(books.db, budgets.checks)).ok).toBe(true)
})

test('what was spent comes back once, never more of it, and another day pays others', async () => {
  const budget = await open(100)
  const one = promise(budget, 'a', 60)
  const refund = async (amount_minor: number) =>
    (await books.tx(today, (tx) => budgets.refund(tx, [{ ...one, amount_minor }])))[0]
  await books.tx(today, (tx) => budgets.reserve(tx, [one]))
  expect(await refund(10)).toMatchObject({ outcome: 'refused', code: 'budget.reservation_not_found' })
  await books.tx(today, (tx) => budgets.settle(tx, [one]))
  expect(await refund(61)).toMatchObject({ code: 'budget.refund_too_much', params: { spent_minor: 60 } })
  expect((await refund(60))!.outcome).toBe('booked')
  expect((await refund(60))!.outcome).toBe('unchanged')
  expect(await refund(10)).toMatchObject({ code: 'budget.reservation_closed' })
  expect(await left(budget)).toBe(100)
})

class Undo extends Error {}
const planted: readonly [string, (budget: Budget) => Sql][] = [
  [
    'budgets.entries_equal_budget',
    (one) => sql`
    update budgets set spent_minor = spent_minor + 1 where budget_id = ${one.budget_id}::uuid`,
  ],
  [
    'budgets.changes_equal_amount',
    (one) => sql`
    update budgets set amount_minor = amount_minor + 1 where budget_id = ${one.budget_id}::uuid`,
  ],
  [
    'budgets.promises_end_whole',
    (one) => sql`
    delete from budget_entries where budget_id = ${one.budget_id}::uuid and kind = 'reserve'`,
  ],
  [
    'budgets.refunds_were_spent',
    (one) => sql`
    update budget_entries set spent_minor = -51 where budget_id = ${one.budget_id}::uuid and kind = 'refund'`,
  ],
]

test.each(planted)('%s names the row', async (name, wrong) => {
  const budget = await open(100)
  const one = promise(budget, 'a', 50)
  await books.tx(today, (tx) => budgets.reserve(tx, [one]))
  await books.tx(today, (tx) => budgets.settle(tx, [one]))
  await books.tx(today, (tx) => budgets.refund(tx, [{ ...one, amount_minor: 20 }]))
  const check = budgets.checks.find((known) => known.name === name)!
  const work = books.tx(today, async (tx) => {
    expect(await tx.run(wrong(budget))).toBeGreaterThan(0)
    expect((await check.run(tx)).rows?.[0]?.['budget_id']).toBe(budget.budget_id)
    throw new Undo()
  })
  await expect(work).rejects.toThrow(Undo)
})

test('every check has an error that it finds', () => {
  expect(budgets.checks.map(({ name }) => name)).toEqual(planted.map(([name]) => name))
})

test('promises follow a merged member, and may be settled there', async () => {
  const budget = await open(100)
  await books.tx(today, (tx) => budgets.reserve(tx, [promise(budget, 'a', 50), promise(budget, 'a', 20, 1)]))
  const told = { name: 'member.merged', member_id: books.members[0]!, occurred_at: new Date(0), data: {} }
  await books.tx(today, (tx) => bound[0]!.hear(tx, [{ ...told, data: { merged_id: books.members[1]! } }]))
  const moved = promise(budget, `a/${books.members[1]!}`, 20)
  expect((await books.tx(today, (tx) => budgets.settle(tx, [moved])))[0]!.outcome).toBe('booked')
  expect((await verify(books.db, budgets.checks)).ok).toBe(true)
})
