import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, broken, happen, openBooks, orderOf, paidFact, yearRule, type Books } from '../../../test/books.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { checks } from './checks.ts'
import { forget } from './erasing.ts'
import * as tiers from './tiers.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ members: 20 })
  await books.tx('2024-01-02', async (tx) => {
    const ladder = (await tiers.ladderOf(tx)).map(({ tier_id, code, names }) => ({ tier_id, code, names }))
    await tiers.setLadder(tx, [...ladder, { code: 'black', names: { en: 'Black' }, invitation_only: true }])
    // black is kept by 50,000 a year, but reached by no amount
    await tiers.addRule(tx, { rule: { ...yearRule, thresholds: { ...yearRule.thresholds, black: 50_000 } } })
  })
})
afterAll(() => books.close())

let next = 0
const someone = () => books.members[next++]!
const invited = async (member_id: string, more: { tier_code?: string; until_on?: string; answer_by?: string } = {}) =>
  (
    await books.tx('2024-02-01', (tx) =>
      tiers.invite(tx, [
        { member_id, tier_code: 'black', source: 'console', source_id: 'one', note: 'a friend', ...more },
      ]),
    )
  )[0]!
const held = async (member_id: string, on: string) => {
  await books.tx(on, (tx) => tiers.review(tx))
  const [progress] = await books.tx(on, (tx) => tiers.progressOf(tx, [member_id]))
  return progress!
}
const buy = (member_id: string, on: string, net: number) =>
  books.tx(on, (tx) => happen(tx, [paidFact(orderOf(member_id, on, net))]))

// Protected by: qualified (rules.ts), which passes by what only the invited hold.
test('no amount reaches a tier for the invited, and the way to the next does not name it', async () => {
  const member_id = someone()
  await buy(member_id, '2024-02-01', 90_000)
  expect(await held(member_id, '2024-02-01')).toMatchObject({
    tier_code: 'gold',
    next_tier_code: null,
    missing: null,
  })
})

test('who accepts holds the tier at once and until its day, and keeps it by what was bought', async () => {
  const [idle, buyer] = [someone(), someone()]
  for (const member_id of [idle, buyer]) {
    const { invitation_id, invited_by } = await invited(member_id, { until_on: '2024-12-31' })
    expect(invited_by).toMatch(/system/)
    expect((await held(member_id, '2024-02-02')).tier_code).toBe('member')
    const accept = () => books.tx('2024-02-03', (tx) => tiers.accept(tx, { member_id, invitation_id }))
    await accept()
    await accept()
    expect(await held(member_id, '2024-02-03')).toMatchObject({
      tier_code: 'black',
      is_invited: true,
      review_on: '2025-01-01',
      why: { codes: ['tier.invited'], params: { from: 'member', tier: 'black' } },
    })
  }
  await buy(buyer, '2024-08-01', 50_000)
  expect(await held(idle, '2025-01-01')).toMatchObject({ tier_code: 'member', is_invited: false })
  expect(await held(buyer, '2025-01-01')).toMatchObject({
    tier_code: 'black',
    is_invited: false,
    why: { codes: ['tier.kept'] },
  })
  // … and once lost it is not reached again by buying
  expect(await held(buyer, '2026-01-01')).toMatchObject({ tier_code: 'member' })
  await buy(buyer, '2026-02-01', 60_000)
  expect(await held(buyer, '2026-02-01')).toMatchObject({ tier_code: 'gold' })
  expect(await broken(books.db)).toEqual([])
})

test('where the rule asks nothing of it, an invitation ends on its day and says so, without grace', async () => {
  const own = await openBooks({
    members: 1,
    tier_rule: { ...yearRule, grace_days: 30, thresholds: { silver: 10_000 } },
  })
  const member_id = own.members[0]!
  await own.tx('2024-02-01', async (tx) => {
    const [one] = await tiers.invite(tx, [
      { member_id, tier_code: 'gold', source: 'x', source_id: '1', until_on: '2024-06-30' },
    ])
    await tiers.accept(tx, one!)
  })
  await own.tx('2024-07-01', (tx) => tiers.review(tx))
  const [progress] = await own.tx('2024-07-01', (tx) => tiers.progressOf(tx, [member_id]))
  expect(progress).toMatchObject({ tier_code: 'member', why: { codes: ['tier.invitation_ended'] } })
  expect(await broken(own.db)).toEqual([])
  await own.close()
})

test('invitations are made once, answered in time, once, and only upwards', async () => {
  const member_id = someone()
  const one = await invited(member_id, { answer_by: '2024-02-10' })
  expect(await invited(member_id, { answer_by: '2024-02-10' })).toEqual(one)
  await expect(invited(member_id, { tier_code: 'gold' })).rejects.toMatchObject({
    code: 'tier_invitation.source_reused',
  })
  await expect(books.tx('2024-02-11', (tx) => tiers.accept(tx, one))).rejects.toMatchObject({
    code: 'tier_invitation.too_late',
  })
  await books.tx('2024-02-09', (tx) => tiers.decline(tx, one))
  await expect(books.tx('2024-02-09', (tx) => tiers.accept(tx, one))).rejects.toMatchObject({
    code: 'tier_invitation.wrong_state',
  })
  const other = someone()
  await buy(other, '2024-01-20', 30_000)
  const low = await invited(other, { tier_code: 'silver' })
  await expect(books.tx('2024-02-09', (tx) => tiers.accept(tx, low))).rejects.toMatchObject({
    code: 'tier_invitation.not_above',
  })
  expect((await tiers.invitationsOf(books.db, other))[0]).toMatchObject({ status: 'open', note: 'a friend' })
  await expect(
    books.tx('2024-02-09', (tx) =>
      tiers.invite(tx, [{ member_id, tier_code: 'member', source: 'x', source_id: 'y' }]),
    ),
  ).rejects.toMatchObject({ code: 'tier_invitation.lowest' })
})

// Protected by: writeAccounts, which decides anew when a tier was given since it looked.
test('an order and an invitation of one member at once decide one after the other', async () => {
  for (let round = 0; round < 6; round += 1) {
    const member_id = someone()
    const one = await invited(member_id)
    await Promise.all([
      books.tx('2024-02-05', (tx) => tiers.accept(tx, one)),
      books.tx('2024-02-05', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-02-05', 30_000))])),
    ])
    expect((await held(member_id, '2024-02-05')).tier_code).toBe('black')
  }
  expect(await broken(books.db)).toEqual([])
})

test('what was written of an erased member goes, and a planted invitation is found', async () => {
  const member_id = someone()
  const one = await invited(member_id)
  await books.tx('2024-02-05', (tx) => tiers.accept(tx, one))
  await books.tx('2024-02-06', (tx) =>
    forget(tx, [{ name: 'member.erased', member_id, occurred_at: at('2024-02-06'), data: {} } satisfies facts.Fact]),
  )
  expect((await tiers.invitationsOf(books.db, member_id))[0]).toMatchObject({ note: null, status: 'accepted' })
  await books.db.run(sql`update tier_invitations set status = 'declined' where member_id = ${member_id}::uuid`)
  const found = await checks.find((check) => check.name === 'tiers.invited_were_invited')!.run(books.db)
  expect(found.ok).toBe(false)
  await books.db.run(sql`update tier_invitations set status = 'accepted' where member_id = ${member_id}::uuid`)
})

test('a day’s review asks the index of due days, never all members', async () => {
  await books.db.run(sql`
    insert into member_tiers (member_id, tier_id, since, review_on, rule_version, why)
    select uuidv7(), (select tier_id from tiers where rank = 1), '2024-02-01', '2099-01-01', 1, '{}' from generate_series(1, 3000)`)
  await books.db.run(sql`analyze member_tiers`)
  const plan = await books.db.rows<{ 'QUERY PLAN': string }>(sql`
    explain select member_id from member_tiers where review_on <= '2024-02-10'::date
    order by review_on, member_id limit 5000`)
  expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/member_tiers_review/)
})
