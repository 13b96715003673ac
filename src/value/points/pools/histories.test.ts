/** Random histories of a pool against boxes of coins: ledger = lots = coins, whatever happens in which order. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMembers, broken } from '../../../../test/books.ts'
import { size } from '../../../../test/database.ts'
import { addDays } from '../../../base/time.ts'
import * as points from '../points.ts'
import { Coins } from './coins.fixture.ts'
import { commitIn, openPool, type PoolBooks } from '../../../../test/pools.ts'

let books: PoolBooks
beforeAll(async () => {
  books = await openPool(1)
})
afterAll(() => books.close())

const people = 4
const who = fc.nat(people - 1)
const nth = fc.nat(5)
const move = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('hold' as const), who, points: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'refund' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('join' as const), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('days' as const), clock: fc.boolean() }) },
)
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never

/** One history: its moves in both books, compared after each. */
class History {
  coins = new Coins()
  ids: string[] = []
  members: string[] = []
  pool_id = ''
  // even days pass, lots end on odd ones: what is given back for thirty days ends with no other
  day = '2024-03-02'
  minutes = 0
  private undone = false

  private get now() {
    const clock = 600 + this.minutes
    return `${this.day}T${String(Math.floor(clock / 60)).padStart(2, '0')}:${String(clock % 60).padStart(2, '0')}`
  }
  private get instant() {
    return new Date(`${this.now}:00Z`).getTime() / 60_000
  }

  async open(lots: readonly (readonly [who: number, points: number])[]): Promise<void> {
    await books.tx('2024-02-01', async (tx) => {
      this.members = await addMembers(tx, people)
      this.pool_id = await points.foundPool(tx, { head_id: this.members[0]!, name: 'Family' })
      for (const member_id of this.members.slice(1)) await points.joinPool(tx, { pool_id: this.pool_id, member_id })
      await points.openLots(
        tx,
        lots.map(([member, amount], i) => ({
          member_id: this.members[member]!,
          points: amount,
          earned_at: tx.now,
          expires_on: addDays('2024-03-03', i * 4),
          source: 'other',
          source_id: String(i),
        })),
      )
    })
    this.coins.inPool = new Set(this.members)
    lots.forEach(([member, amount], i) => {
      for (let n = 0; n < amount; n += 1)
        this.coins.boxes.push({ owner: this.members[member]!, last: addDays('2024-03-03', i * 4), hold: null })
    })
  }

  async step(one: Move, index: number): Promise<void> {
    this.minutes += 10
    this.coins.at(this.instant, this.day)
    if (one.kind === 'days') await this.pass(one.clock)
    else if (one.kind === 'hold') await this.hold(this.members[one.who]!, one.points, `${this.pool_id}-${index}`)
    else if (one.kind === 'leave' || one.kind === 'join') await this.change(one.kind, this.members[one.who]!)
    else await this.end(one.kind, this.ids.at(-1 - one.nth))
    this.coins.at(this.instant, this.day)
    await this.compare()
  }

  private async pass(clock: boolean): Promise<void> {
    this.day = addDays(this.day, 2)
    this.minutes = 0
    this.undone = false
    if (clock) await books.tx(this.now, (tx) => points.expireDue(tx))
  }

  private async hold(member_id: string, amount: number, source_id: string): Promise<void> {
    const [outcome] = await books.tx(this.now, (tx) => {
      const expires_at = new Date(tx.now.getTime() + 3_600_000)
      return points.share(tx, [{ member_id, points: amount, source: 'till', source_id, expires_at }])
    })
    const isHeld = this.coins.hold(source_id, member_id, amount, this.instant + 60)
    expect(outcome!.outcome).toBe(isHeld ? 'booked' : 'refused')
    if (isHeld) this.ids.push(source_id)
  }

  private async end(kind: 'commit' | 'release' | 'cancel' | 'refund', id: string | undefined): Promise<void> {
    if (!id) return
    const buyer = this.coins.holds.get(id)?.buyer ?? this.coins.spends.get(id)?.buyer
    if (!buyer) return
    const name = { member_id: buyer, source: 'till', source_id: id }
    const restore = { member_id: buyer, spend_source: 'till', spend_source_id: id, source: 'undo', source_id: id }
    const isHeld = this.coins.holds.has(id)
    if (kind === 'commit' && isHeld) {
      await books.tx(this.now, (tx) => commitIn(tx, buyer, id))
      this.coins.commit(id)
    } else if (kind === 'release' && isHeld) {
      await books.tx(this.now, async (tx) =>
        points.releaseHold(tx, [name, ...(await points.heldByMates(tx, [name]))]),
      )
      this.coins.release(id)
    } else if ((kind === 'cancel' || kind === 'refund') && !isHeld && !this.undone) {
      // once a day, or two would end together
      this.undone = true
      await books.tx(this.now, async (tx) =>
        kind === 'refund'
          ? points.restore(tx, [restore])
          : points.restoreShared(tx, [restore], await points.lockWithLenders(tx, [name])),
      )
      this.coins.undo(id, this.day, kind === 'cancel')
    }
  }

  private async change(kind: 'leave' | 'join', member_id: string): Promise<void> {
    const { inPool } = this.coins
    if (kind === 'leave' && inPool.has(member_id) && inPool.size > 2) {
      await books.tx(this.now, (tx) => points.leavePool(tx, { pool_id: this.pool_id, member_id }))
      inPool.delete(member_id)
    } else if (kind === 'join' && !inPool.has(member_id)) {
      await books.tx(this.now, (tx) => points.joinPool(tx, { pool_id: this.pool_id, member_id }))
      inPool.add(member_id)
    }
  }

  private async compare(): Promise<void> {
    const all = await books.tx(this.now, (tx) => points.spendableOf(tx, this.members))
    expect(all.map(({ available, pooled }) => [available, pooled])).toEqual(
      this.members.map((member) => this.coins.spendable(member)),
    )
  }

  /** Lots as clock work leaves them. */
  async close(): Promise<void> {
    await this.pass(true)
    this.coins.at(this.instant, this.day)
    for (const member_id of this.members) {
      const lots = await points.lotsOf(books.db, member_id)
      const byDay = new Map<string, number>()
      for (const { expires_on, remaining } of lots) byDay.set(expires_on!, (byDay.get(expires_on!) ?? 0) + remaining)
      expect([...byDay]).toEqual(this.coins.lots(member_id))
    }
  }
}

test('whatever a family holds, buys, lets go, cancels, returns, joins and leaves, the books are its coins', async () => {
  const lots = fc.array(fc.tuple(who, fc.integer({ min: 1, max: 30 })), { minLength: 3, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(lots, fc.array(move, { minLength: 10, maxLength: 40 }), async (given, moves) => {
      const history = new History()
      await history.open(given)
      for (const [i, one] of moves.entries()) await history.step(one, i)
      await history.close()
    }),
    { numRuns: size === 'long' ? 200 : 10, interruptAfterTimeLimit: size === 'long' ? 600_000 : 20_000 },
  )
  expect(await broken(books.db)).toEqual([])
}, 700_000)
