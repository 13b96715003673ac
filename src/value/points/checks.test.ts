import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  type Books,
} from '../../../test/books.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { checks as tierChecks } from '../tiers/tiers.ts'
import * as points from './points.ts'

let books: Books
let member_id: string
beforeAll(async () => {
  books = await openBooks({ members: 2, rule: { ...plainRule, expiry: { kind: 'months', months: 2, until: 'day' } } })
  member_id = books.members[0]!
  const [first, second] = [orderOf(member_id, '2024-01-01', 12_000), orderOf(member_id, '2024-03-02', 8_000)]
  await books.tx('2024-03-03', (tx) =>
    happen(tx, [paidFact(first), paidFact(second), refundFact({ order: second, on: '2024-03-03', net: 1_000 })]),
  )
  await books.tx('2024-03-04', (tx) => points.expireDue(tx))
  await books.tx('2024-03-04', (tx) => points.spend(tx, [{ member_id, points: 20, source: 'gift', source_id: '1' }]))
  const hold = { member_id, points: 3, source: 'till', expires_at: at('2024-03-05') }
  await books.tx('2024-03-04', (tx) =>
    points.hold(
      tx,
      ['1', '2'].map((source_id) => ({ ...hold, source_id })),
    ),
  )
  await books.tx('2024-03-04', (tx) => points.commitHold(tx, [{ member_id, source: 'till', source_id: '1' }]))
})
afterAll(() => books.close())

test('books that nobody touched by hand pass every check', async () => {
  expect(await broken(books.db)).toEqual([])
})

const someone = () => sql`${member_id}::uuid`
/** Which check names the row, for each error planted by direct SQL. */
const planted: readonly [string, () => Sql][] = [
  [
    'points.entries_equal_balance',
    () => sql`update point_balances set active = active + 1 where member_id = ${someone()}`,
  ],
  [
    'points.lots_equal_balance',
    () => sql`update point_balances set active = active + 1 where member_id = ${someone()}`,
  ],
  [
    'points.lots_equal_balance',
    () => sql`update point_balances set next_expiry_on = '2031-01-01' where member_id = ${someone()}`,
  ],
  [
    'points.entries_equal_balance',
    () => sql`
    update point_entries set points = points + 1 where member_id = ${someone()} and kind = 'earn'`,
  ],
  [
    'points.entries_equal_lots',
    () => sql`
    update point_lots set remaining = remaining - 1 where member_id = ${someone()} and remaining > 0`,
  ],
  ['points.entries_equal_lots', () => sql`delete from point_entry_lots where member_id = ${someone()}`],
  [
    'points.entries_move_lots',
    () => sql`
    update point_entries set points = points - 1 where member_id = ${someone()} and kind = 'spend'`,
  ],
  [
    'points.reversals_within_earnings',
    () => sql`
    update point_lots set reversed = reversed + 1 where member_id = ${someone()} and reversed > 0`,
  ],
  [
    'points.reversals_within_earnings',
    () => sql`
    update point_lots set refunded_minor = counted_minor + 1 where member_id = ${someone()}`,
  ],
  [
    'points.order_is_earned_once',
    () => sql`
    insert into point_entries (member_id, kind, points, order_id, source, source_id, occurred_at, recorded_at, why, actor)
    select member_id, kind, points, order_id, 'again', source_id, occurred_at, recorded_at, why, actor
    from point_entries where member_id = ${someone()} and kind = 'earn'`,
  ],
  [
    'points.refunds_are_taken_back',
    () => sql`delete from point_entries where member_id = ${someone()} and kind = 'reverse'`,
  ],
  [
    'points.expiry_is_booked',
    () => sql`
    update point_entries set occurred_at = '2024-01-02' where member_id = ${someone()} and kind = 'expire'`,
  ],
  [
    'points.expiry_is_booked',
    () => sql`
    update point_lots set status = 'active' where member_id = ${someone()} and status = 'expired'`,
  ],
  [
    'points.held_is_there',
    () => sql`
    update point_holds set lots = (
      select jsonb_agg(jsonb_build_object('lot_id', lot.lot_id, 'points', lot.remaining + 1)) from point_lots lot
      where lot.member_id = ${someone()} and lot.remaining > 0
    ) where member_id = ${someone()} and status = 'held'`,
  ],
  ['points.debt_only_when_empty', () => sql`update point_balances set debt = 5 where member_id = ${someone()}`],
  [
    'points.restores_within_spends',
    () => sql`
    insert into point_entries (member_id, kind, points, source, source_id, corrects, occurred_at, recorded_at, why, actor)
    select member_id, 'restore', 21, 'by hand', 'x', entry_id, occurred_at, recorded_at, why, actor
    from point_entries where member_id = ${someone()} and source = 'gift'`,
  ],
  ['points.holds_have_lots', () => sql`update point_holds set lots = '[]' where member_id = ${someone()}`],
  [
    'points.holds_are_spent_once',
    () => sql`
    update point_holds set status = 'released', ended_at = created_at
    where member_id = ${someone()} and status = 'committed'`,
  ],
  [
    'points.excluded_lines_are_bought',
    () => sql`
    insert into point_excluded_lines (member_id, order_id, lines)
    select member_id, order_id, '{1}' from orders where member_id = ${someone()} limit 1`,
  ],
  [
    'points.transfers_arrive',
    () => sql`
    insert into point_transfers (member_id, to_member_id, points, fee, source, source_id, rule_version, given_at, actor)
    values (${someone()}, uuidv7(), 5, 0, 'x', 'x', 1, '2024-03-05', 'test')`,
  ],
  [
    'points.pool_members_in_one',
    () => sql`
    insert into point_pools (pool_id, name, head_id, created_at, actor)
    values (uuidv7(), 'Without its head', ${someone()}, '2024-03-05', 'test')`,
  ],
  ['points.pool_lent_is_received', () => shareSql(sql`uuidv7()`, 0)],
  ['points.pool_given_back', () => shareSql(sql`uuidv7()`, 5)],
  ['points.pool_shares_are_held', () => shareSql(sql`null`, 0)],
  ['tiers.held_is_last_change', () => sql`delete from tier_changes where member_id = ${someone()}`],
  [
    'tiers.held_is_last_change',
    () => sql`
    update member_tiers set tier_id = (select tier_id from tiers where code = 'gold') where member_id = ${someone()}`,
  ],
  [
    'tiers.changes_are_a_chain',
    () => sql`
    update tier_changes set from_tier_id = (select tier_id from tiers where code = 'gold') where member_id = ${someone()}`,
  ],
  [
    'tiers.progress_equals_orders',
    () => sql`
    update tier_progress set amount = amount + 1 where member_id = ${someone()} and source = 'order'`,
  ],
  [
    'tiers.climbers_are_the_order_s',
    () => sql`
    insert into order_parties (member_id, order_id, company_id, credited, why, climber, climber_id, recorded_at)
    select member_id, order_id, uuidv7(), 'company', '{}', 'buyer', ${books.members[1]!}::uuid, occurred_at
    from orders where member_id = ${someone()} limit 1`,
  ],
  [
    'tiers.refunds_within_orders',
    () => sql`
    update tier_progress set amount = -99999 where member_id = ${someone()} and source = 'refund'`,
  ],
  [
    'tiers.xp_is_its_entries',
    () => sql`
    insert into member_xp (member_id, xp, updated_at) values (${someone()}, 5, '2024-03-05')`,
  ],
  [
    'tiers.invited_were_invited',
    () => sql`update member_tiers set invitation_id = uuidv7() where member_id = ${someone()}`,
  ],
  ['tiers.reviews_are_due', () => sql`update member_tiers set review_on = null where member_id = ${someone()}`],
]

/** Something lent of which neither purse knows. */
function shareSql(transfer_id: Sql, returned: number): Sql {
  return sql`
    insert into point_pool_shares (member_id, share_id, source, source_id, pool_id, lender_id, points, transfer_id,
      returned, created_at)
    values (${someone()}, uuidv7(), 'till', 'x', uuidv7(), uuidv7(), 5, ${transfer_id}::uuid, ${returned}::bigint,
      '2024-03-05')`
}

class Undo extends Error {}

test.each(planted)('%s names the row', async (name, wrong) => {
  const check = [...points.checks, ...tierChecks].find((one) => one.name === name)!
  await books.db
    .tx({ actor: { kind: 'system', id: null, name: 'test' }, now: at('2024-03-05') }, async (tx) => {
      expect(await tx.run(wrong())).toBeGreaterThan(0)
      const finding = await check.run(tx)
      expect([finding.ok, finding.rows?.[0]?.['member_id']]).toEqual([false, member_id])
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
})

test('every check has an error that it finds', () => {
  const found = new Set(planted.map(([name]) => name))
  expect([...points.checks, ...tierChecks].map((check) => check.name).filter((name) => !found.has(name))).toEqual([])
})
