/** What a household shares: nobody's points move before a purchase, none is lent twice, and what is undone goes back. */
import { afterEach, describe, expect, test } from 'vitest'
import { actor, at, broken } from '../../../../test/books.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import * as members from '../../../record/members/members.ts'
import * as points from '../points.ts'
import * as pools from '../../../../test/pools.ts'
import {
  bring,
  commit,
  hold,
  lotsOf,
  open_to_all,
  openPool,
  release,
  spendable,
  today,
} from '../../../../test/pools.ts'
import type { PoolBooks } from '../../../../test/pools.ts'

const opened: PoolBooks[] = []
async function open(...args: Parameters<typeof openPool>): Promise<PoolBooks> {
  const books = await openPool(...args)
  opened.push(books)
  return books
}
afterEach(async () => {
  for (const books of opened.splice(0)) {
    expect(await broken(books.db)).toEqual([])
    await books.close()
  }
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof AppError ? thrown.code : String(thrown)),
  )

describe('a purchase', () => {
  test('takes the own points first, then the lots that expire first across the pool, with their last days', async () => {
    const books = await open(3)
    const [a, b, c] = books.members as [string, string, string]
    await bring(books, a, [[20, null]])
    await bring(books, b, [
      [30, '2024-12-31'],
      [30, null],
    ])
    await bring(books, c, [[25, '2024-06-30']])
    expect(await spendable(books)).toEqual([
      [20, 85],
      [60, 45],
      [25, 80],
    ])
    expect(await hold(books, a, 60, '1')).toMatchObject({
      outcome: 'booked',
      own: 20,
      lenders: [
        { member_id: c, points: 25 },
        { member_id: b, points: 15 },
      ],
    })
    // set aside, and not moved
    expect(await lotsOf(books, b)).toEqual([
      [30, '2024-12-31'],
      [30, null],
    ])
    expect(await spendable(books)).toEqual([
      [0, 45],
      [45, 0],
      [0, 45],
    ])
    expect(await hold(books, a, 60, '1')).toMatchObject({ outcome: 'unchanged', own: 20 })
    expect(await hold(books, a, 61, '1')).toMatchObject({ outcome: 'refused', code: 'points.source_reused' })
    expect(await commit(books, a, '1')).toMatchObject({ outcome: 'booked', points: -60 })
    expect(await commit(books, a, '1')).toMatchObject({ outcome: 'unchanged' })
    expect(await lotsOf(books, a)).toEqual([])
    expect(await lotsOf(books, b)).toEqual([
      [15, '2024-12-31'],
      [30, null],
    ])
    const [lent] = await points.entriesOf(books.db, { member_id: c, before: null, limit: 1 })
    expect(lent!.why).toMatchObject({ codes: ['points.lent'], params: { points: -25, mate_id: a } })
    const come = await points.entriesOf(books.db, { member_id: a, before: null, limit: 3 })
    expect(come.map(({ why }) => `${why.codes[0]} ${points.recompute(why)}`).sort()).toEqual([
      'points.borrowed 15',
      'points.borrowed 25',
      'points.spent -60',
    ])
  })

  test('that does not happen leaves every purse as it was, let go or out of time', async () => {
    const books = await open(2)
    const [a, b] = books.members as [string, string]
    await bring(books, b, [[50, '2024-12-31']])
    await hold(books, a, 40, '1')
    expect(await spendable(books)).toEqual([
      [0, 10],
      [10, 0],
    ])
    await release(books, a, '1')
    expect(await spendable(books)).toEqual([
      [0, 50],
      [50, 0],
    ])
    await hold(books, a, 40, '2')
    const later = '2024-03-01T14:00'
    expect(await spendable(books, later)).toEqual([
      [0, 50],
      [50, 0],
    ])
    expect(await codeOf(commit(books, a, '2', later))).toBe('points.insufficient')
    await books.tx('2024-03-02', (tx) => points.expireDue(tx))
    expect(await lotsOf(books, b)).toEqual([[50, '2024-12-31']])
    expect(await points.entriesOf(books.db, { member_id: b, before: null, limit: 9 })).toHaveLength(1)
  })

  test('may be paid with a lot whose last day passes while it is held', async () => {
    const books = await open(2)
    const [a, b] = books.members as [string, string]
    await bring(books, b, [[50, today]])
    await hold(books, a, 40, '1', `${today}T23:40`)
    await books.tx('2024-03-02T00:10', (tx) => points.expireDue(tx))
    expect(await commit(books, a, '1', '2024-03-02T00:20')).toMatchObject({ points: -40 })
    await books.tx('2024-03-02T02:00', (tx) => points.expireDue(tx))
    expect(await pools.total(books)).toBe(0)
  })

  test('is refused beyond what all hold, and for who may not spend what others hold', async () => {
    const books = await open(3, 2, { ...open_to_all, spenders: 'head' })
    const [a, b, c] = books.members as [string, string, string]
    for (const member_id of [a, b, c]) await bring(books, member_id, [[50, null]])
    expect(await hold(books, a, 101, '1')).toMatchObject({
      code: 'points.insufficient',
      params: { available: 100, wanted: 101 },
    })
    expect(await hold(books, b, 51, '2')).toMatchObject({ code: 'points.insufficient', params: { available: 50 } })
    expect(await hold(books, c, 51, '3')).toMatchObject({ code: 'points.insufficient', params: { available: 50 } })
    await books.tx(today, (tx) => points.addPoolRule(tx, { rule: { ...open_to_all, is_on: false } }))
    expect(await hold(books, a, 51, '4', '2024-03-02')).toMatchObject({ code: 'points.insufficient' })
  })

  test('never pays a debt: who owes neither borrows nor lends, and a debt that comes later is not paid with it', async () => {
    const books = await open(3)
    const [a, b, c] = books.members as [string, string, string]
    await bring(books, b, [[50, null]])
    const owe = (member_id: string) =>
      books.db.run(sql`
        with owing as (
          insert into point_entries (member_id, kind, points, debt, source, source_id, occurred_at, recorded_at, why,
            actor)
          values (${member_id}::uuid, 'adjust', -30, 30, 'test', 'debt', ${at(today)}::timestamptz,
            ${at(today)}::timestamptz, '{"codes": ["points.adjusted"], "params": {"points": -30, "reason": ""}}', 'test')
        )
        insert into point_balances (member_id, debt, updated_at)
        values (${member_id}::uuid, 30, ${at(today)}::timestamptz)
        on conflict (member_id) do update set debt = 30`)
    await owe(c)
    expect(await hold(books, c, 10, '1')).toMatchObject({ code: 'points.insufficient', params: { available: 0 } })
    await hold(books, a, 40, '2')
    await owe(a)
    expect(await commit(books, a, '2')).toMatchObject({ points: -40 })
    const [owing] = await points.balanceOf(books.db, [a])
    expect(owing).toMatchObject({ debt: 30, active: 0 })
    expect(await lotsOf(books, b)).toEqual([[10, null]])
  })

  // Protected by: sharing.ts, which locks the whole pool in sorted order before it reads what is open.
  test('of thirty-two at once takes no point twice', async () => {
    const books = await open(4)
    for (const member_id of books.members) await bring(books, member_id, [[50, '2024-12-31']])
    const wants = Array.from({ length: 32 }, (_, i) => ({ member_id: books.members[i % 4]!, id: String(i) }))
    const sold = await Promise.all(
      wants.map(({ member_id, id }) =>
        books.db.tx({ actor, now: at(today) }, async (tx) => {
          const want = { member_id, points: 15, source: 'till', source_id: id, expires_at: at('2024-03-02') }
          const [outcome] = await points.share(tx, [want])
          if (outcome!.outcome === 'refused') return 0
          return -(await pools.commitIn(tx, member_id, id)).points!
        }),
      ),
    )
    expect(sold.reduce((sum, one) => sum + one, 0)).toBe(195)
    expect(await pools.total(books)).toBe(5)
  })

  test('of a set locks all purses at once, and what one takes another does not find', async () => {
    const books = await open(3)
    const [a, b, c] = books.members as [string, string, string]
    await bring(books, c, [[50, null]])
    const outcomes = await books.tx(today, (tx) =>
      points.share(
        tx,
        [a, b].map((member_id) => ({
          ...{ member_id, points: 30, source: 'till', source_id: member_id },
          expires_at: at('2024-03-02'),
        })),
      ),
    )
    expect(outcomes.map((one) => [one.outcome, one.params?.['available']])).toEqual([
      ['booked', undefined],
      ['refused', 20],
    ])
  })
})

describe('a pool', () => {
  test('is founded, joined up to its size, and nobody is in two', async () => {
    const books = await open(4, 2, { ...open_to_all, members_max: 3 })
    const [a, b, c, d] = books.members as [string, string, string, string]
    const { pool_id } = books
    const join = (member_id: string, id = pool_id) =>
      books.tx(today, (tx) => points.joinPool(tx, { pool_id: id, member_id }))
    expect(await codeOf(join(b))).toBe('none')
    // both want the last place
    expect((await Promise.all([codeOf(join(c)), codeOf(join(d))])).sort()).toEqual(['none', 'pool.full'])
    const found = (head_id: string) => books.tx(today, (tx) => points.foundPool(tx, { head_id, name: 'Other' }))
    expect(await codeOf(found(b))).toBe('pool.in_another')
    expect(await codeOf(join(b, a))).toBe('pool.not_found')
    const shown = await books.tx(today, (tx) => points.poolOf(tx, b))
    expect(shown).toMatchObject({ name: 'Family', head_id: a, members: [{ member_id: a, is_head: true }, {}, {}] })
    await books.tx(today, (tx) => points.addPoolRule(tx, { rule: { ...open_to_all, is_on: false } }))
    expect(await codeOf(books.tx('2024-03-02', (tx) => points.joinPool(tx, { pool_id, member_id: d })))).toBe(
      'pool.off',
    )
  })

  test('that its head leaves passes to who has been in it longest, and ends where one is left', async () => {
    const books = await open(3)
    const [a, b, c] = books.members as [string, string, string]
    const { pool_id } = books
    await bring(books, c, [[50, null]])
    const leave = (member_id: string) => books.tx(today, (tx) => points.leavePool(tx, { pool_id, member_id }))
    const headNow = async () => (await books.tx(today, (tx) => points.poolOf(tx, c)))?.head_id
    await leave(a)
    expect(await headNow()).toBe(b)
    expect(await codeOf(leave(a))).toBe('pool.not_found')
    // what is set aside stays so for who leaves meanwhile
    await hold(books, b, 20, '1')
    await leave(b)
    expect(await headNow()).toBeUndefined()
    expect(await commit(books, b, '1')).toMatchObject({ points: -20 })
    expect(await hold(books, b, 10, '2')).toMatchObject({ code: 'points.insufficient' })
  })

  test('follows merged accounts: who was in two stays in one, and what was set aside is spent', async () => {
    const books = await open(4, 3)
    const [a, b, c, d] = books.members as [string, string, string, string]
    await bring(books, a, [[10, null]])
    await bring(books, b, [[20, null]])
    await bring(books, c, [[30, null]])
    const other = await books.tx(today, (tx) => points.foundPool(tx, { head_id: d, name: 'Other' }))
    await hold(books, a, 60, '1')
    const merge = (keep: string, gone: string) =>
      books.tx(`${today}T12:10`, (tx) => members.merge(tx, [{ keep, merge: gone }]))
    // a lender becomes the buyer, and another lender somebody of another pool
    await merge(a, b)
    await merge(d, c)
    expect(await broken(books.db)).toEqual([])
    expect(await commit(books, a, '1', `${today}T12:20`)).toMatchObject({ points: -60 })
    expect(await pools.total(books)).toBe(0)
    const poolNow = async (member_id: string) =>
      (await books.tx(today, (tx) => points.poolOf(tx, member_id)))?.members.map((one) => one.member_id)
    expect(await poolNow(a)).toEqual([a])
    expect(await poolNow(d)).toEqual([d])
    expect((await books.tx(today, (tx) => points.poolOf(tx, d)))!.pool_id).toBe(other)
    await merge(d, a)
    expect(await poolNow(d)).toEqual([d])
    // where they were before is not forgotten
    const past = await books.db.rows<{ pool_id: string; is_left: boolean }>(sql`
      select pool_id, left_at is not null as is_left from point_pool_members where member_id = ${d}::uuid
      order by is_left`)
    expect(past).toEqual([
      { pool_id: other, is_left: false },
      { pool_id: books.pool_id, is_left: true },
    ])
  })

  test('forgets its name with the head that is forgotten, and passes on', async () => {
    const books = await open(3)
    const [a, b] = books.members as [string, string]
    await books.tx(today, (tx) => members.erase(tx, [a]))
    expect(await books.tx(today, (tx) => points.poolOf(tx, b))).toMatchObject({ name: '', head_id: b })
  })
})

test('somebody in two pools is found, should the database ever let it be', async () => {
  const books = await open(3, 2)
  const [a] = books.members as [string, string, string]
  const again = sql`
    insert into point_pool_members (member_id, pool_id, joined_at, actor)
    values (${a}::uuid, uuidv7(), ${at(today)}::timestamptz, 'test')`
  expect(await books.db.run(again).catch((thrown: { code: string }) => thrown.code)).toBe('23505')
  const found = await books
    .tx(today, async (tx) => {
      await tx.run(sql`drop index point_pool_members_one`)
      await tx.run(again)
      const check = points.checks.find((one) => one.name === 'points.pool_members_in_one')!
      throw Object.assign(new Error('undo'), { finding: await check.run(tx) })
    })
    .catch((thrown: { finding: unknown }) => thrown.finding)
  expect(found).toMatchObject({ ok: false, rows: [{ member_id: a }] })
})

describe('a spend that is undone', () => {
  const undo = (books: PoolBooks, member_id: string, source_id: string, on: string) =>
    books.tx(on, async (tx) => {
      const spend = { member_id, source: 'till', source_id }
      const locked = await points.lockWithLenders(tx, [spend])
      const restore = { member_id, spend_source: 'till', spend_source_id: source_id, source: 'undone', source_id }
      return points.restoreShared(tx, [restore], locked)
    })

  test('gives back what was lent to the lots it came from, as far as their last day is not over', async () => {
    const books = await open(3)
    const [a, b, c] = books.members as [string, string, string]
    await bring(books, a, [[10, null]])
    await bring(books, b, [[20, '2024-03-10']])
    await bring(books, c, [[30, '2024-12-31']])
    await hold(books, a, 55, '1')
    await commit(books, a, '1')
    expect(await undo(books, a, '1', '2024-04-01')).toMatchObject([{ outcome: 'booked', points: 55 }])
    // what has ended stays with who spent it, for thirty days
    expect(await lotsOf(books, a)).toEqual([
      [20, '2024-05-01'],
      [10, null],
    ])
    expect(await lotsOf(books, b)).toEqual([])
    expect(await lotsOf(books, c)).toEqual([[30, '2024-12-31']])
    expect(await undo(books, a, '1', '2024-04-02')).toMatchObject([{ outcome: 'unchanged' }])
    const [back] = await points.entriesOf(books.db, { member_id: c, before: null, limit: 1 })
    expect(back!.why).toMatchObject({ codes: ['points.lent_back'], params: { points: 25, mate_id: a } })
  })

  test('pays nobody’s debt with what others lent', async () => {
    const books = await open(2)
    const [a, b] = books.members as [string, string]
    await bring(books, a, [[10, null]])
    await bring(books, b, [[50, null]])
    await hold(books, a, 40, '1')
    await commit(books, a, '1')
    await books.db.run(sql`
      with owing as (
        insert into point_entries (member_id, kind, points, debt, source, source_id, occurred_at, recorded_at, why,
          actor)
        values (${a}::uuid, 'adjust', -25, 25, 'test', 'debt', ${at(today)}::timestamptz, ${at(today)}::timestamptz,
          '{"codes": ["points.adjusted"], "params": {"points": -25, "reason": ""}}', 'test')
      )
      update point_balances set debt = 25 where member_id = ${a}::uuid`)
    await undo(books, a, '1', today)
    expect(await points.balanceOf(books.db, [a, b])).toMatchObject([
      { active: 0, debt: 15 },
      { active: 50, debt: 0 },
    ])
  })
})
