/** Pools for tests: members with lots, who share, and a till that holds, sells and lets go as the counter does. */
import { openBooks, plainRule, type Books } from './books.ts'
import { addMs } from '../src/base/time.ts'
import { sql } from '../src/base/sql.ts'
import type { Tx } from '../src/base/db.ts'
import * as points from '../src/value/points/points.ts'
import type { PoolRule } from '../src/value/points/types.ts'

export const open_to_all: PoolRule = { is_on: true, members_max: 6, spenders: 'everyone' }
export const today = '2024-03-01'

export interface PoolBooks extends Books {
  pool_id: string
}

/** Books whose first `together` members are in one pool, the first of them its head. */
export async function openPool(count: number, together = count, rule = open_to_all): Promise<PoolBooks> {
  const books = await openBooks({ members: count, rule: plainRule })
  const pool_id = await books.tx('2024-02-01', async (tx) => {
    await points.addPoolRule(tx, { rule })
    const made = await points.foundPool(tx, { head_id: books.members[0]!, name: 'Family' })
    for (const member_id of books.members.slice(1, together)) await points.joinPool(tx, { pool_id: made, member_id })
    return made
  })
  return { ...books, pool_id }
}

const hour_ms = 3_600_000
let brought = 0
/** Gives a member lots by their last day. */
export function bring(books: Books, member_id: string, lots: readonly (readonly [number, string | null])[]) {
  return books.tx('2024-02-01', (tx) =>
    points.openLots(
      tx,
      lots.map(([amount, expires_on]) => {
        brought += 1
        const source_id = String(brought)
        return { member_id, points: amount, earned_at: tx.now, expires_on, source: 'other', source_id }
      }),
    ),
  )
}

const source = 'till'
const nameOf = (member_id: string, source_id: string) => ({ member_id, source, source_id })

/** Sets aside for an hour, as a till does. */
export function hold(books: Books, member_id: string, amount: number, source_id: string, on = today) {
  return books.tx(on, async (tx) => {
    const want = { ...nameOf(member_id, source_id), points: amount, expires_at: addMs(tx.now, hour_ms) }
    return (await points.share(tx, [want]))[0]!
  })
}

export async function commitIn(tx: Tx, member_id: string, source_id: string) {
  await points.bringShares(tx, [nameOf(member_id, source_id)])
  return (await points.commitHold(tx, [nameOf(member_id, source_id)]))[0]!
}
export const commit = (books: Books, member_id: string, source_id: string, on = today) =>
  books.tx(on, (tx) => commitIn(tx, member_id, source_id))

export function release(books: Books, member_id: string, source_id: string, on = today) {
  return books.tx(on, async (tx) => {
    const names = [nameOf(member_id, source_id)]
    return points.releaseHold(tx, [...names, ...(await points.heldByMates(tx, names))])
  })
}

export const lotsOf = async (books: Books, member_id: string) =>
  (await points.lotsOf(books.db, member_id)).map((lot) => [lot.remaining, lot.expires_on])

/** What each could spend at a moment, own and lent. */
export async function spendable(books: Books, on = today): Promise<[own: number, pooled: number][]> {
  const all = await books.tx(on, (tx) => points.spendableOf(tx, books.members))
  return all.map(({ available, pooled }) => [available, pooled])
}

/** Points of all together, pending and held too. */
export async function total(books: Books): Promise<number> {
  const found = await books.db.row<{ sum: number }>(sql`
    select coalesce(sum(active + pending - debt), 0)::bigint as sum from point_balances`)
  return found!.sum
}
