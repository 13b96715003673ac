/** C4: buyer, payer and user may be three people, and points go to whoever the program says. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks as memberChecks } from '../../src/record/members/members.ts'
import * as members from '../../src/record/members/members.ts'
import * as points from '../../src/value/points/points.ts'
import * as tiers from '../../src/value/tiers/tiers.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let company_id: string
beforeAll(async () => {
  world = await openWorld()
  const company = await owner().call('POST /v1/admin/companies', {
    body: { name: '悟松貿易', tax_id: '1234-5678', notes: 'pays monthly' },
  })
  company_id = company.company_id
  const since = '2026-01-01'
  for (const [person, role] of [
    ['wang', 'buyer'],
    ['mary', 'payer'],
    ['chen', 'user'],
  ] as const) {
    await owner().call('POST /v1/admin/companies/:company_id/people', {
      params: { company_id },
      body: { member_id: world.cast[person], role, since },
    })
  }
})
afterAll(() => world?.close())

const owner = () => world.as('owner')
const credit = (credited: 'buyer' | 'payer' | 'user' | 'company') =>
  owner().call('PUT /v1/admin/company-credit', { body: { credited } })
const pointsOf = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!.available
const progressOf = async (member_id: string) => (await tiers.progressOf(world.db, [member_id]))[0]!.progress
async function both(member_id: string): Promise<[number, number]> {
  const { active, pending } = (await points.balanceOf(world.db, [member_id]))[0]!
  return [active + pending, await progressOf(member_id)]
}

let next = 0
const order = (more: Record<string, unknown> = {}) => {
  next += 1
  return owner().call('POST /v1/admin/orders', {
    body: {
      source: 'b2b',
      source_id: `B${next}`,
      status: 'completed',
      occurred_at: world.now().toISOString(),
      company: { tax_id: '12345678' },
      buyer: { member_id: world.cast.wang },
      payer: { member_id: world.cast.mary },
      user: { member_id: world.cast.chen },
      lines: [{ sku: 'TEA', name: '高山茶', quantity: 2, net_minor: 1_000 }],
      ...more,
    },
  })
}
const refund = (source_id: string) =>
  owner().call('POST /v1/admin/refunds', {
    body: {
      source: 'b2b',
      source_id: `R-${source_id}`,
      order: { source_id },
      occurred_at: world.now().toISOString(),
    },
  })
async function faults(): Promise<string[]> {
  const failed: string[] = []
  for (const check of [...memberChecks, ...points.checks, ...tiers.checks]) {
    const finding = await check.run(world.db)
    if (!finding.ok) failed.push(`${check.name}: ${finding.detail}`)
  }
  return failed
}

test('the buyer has it unless the program says otherwise; the order names all three', async () => {
  const before = await both(world.cast.wang)
  const placed = await order()
  expect(placed).toMatchObject({ outcome: 'placed', member_id: world.cast.wang })
  expect(placed.code).toBeUndefined()
  const after = await both(world.cast.wang)
  expect(after[0]).toBeGreaterThan(before[0])
  expect(after[1] - before[1]).toBe(1_000)
  const detail = await owner().call('GET /v1/admin/orders/:order_id', { params: { order_id: placed.order_id! } })
  expect(detail.parties).toMatchObject({
    company_id,
    company_name: '悟松貿易',
    buyer_id: world.cast.wang,
    payer_id: world.cast.mary,
    user_id: world.cast.chen,
    credited: 'buyer',
    why: { codes: ['company.credited'] },
  })
  expect(await both(world.cast.mary)).toEqual([0, 0])
})

// Protected by: an order belongs to whom it was credited when it came; refunds follow the order.
test('what an order gave is taken from whom it gave, though the setting has changed meanwhile', async () => {
  for (const [credited, who] of [
    ['user', world.cast.chen],
    ['payer', world.cast.mary],
    ['company', company_id],
  ] as const) {
    await credit(credited)
    const before = await both(who)
    const placed = await order()
    expect(placed.member_id).toBe(who)
    expect((await both(who))[1] - before[1]).toBe(1_000)
    await credit('buyer')
    const others = await both(world.cast.wang)
    await refund(`B${next}`)
    expect(await both(who)).toEqual(before)
    expect(await both(world.cast.wang)).toEqual(others)
    // sent again, with another setting: nothing moves
    next -= 1
    expect(await order()).toMatchObject({ outcome: 'unchanged', member_id: who })
  }
  expect(await faults()).toEqual([])
})

test('who is not named, or not of the company that day, takes nothing: the company has it, and the answer says so', async () => {
  await credit('user')
  expect(await order({ user: null })).toMatchObject({
    outcome: 'placed',
    member_id: company_id,
    code: 'company.not_named',
  })
  const stranger = { member_id: world.cast.ouyang }
  expect(await order({ user: stranger })).toMatchObject({ member_id: company_id, code: 'company.not_of_company' })
  await expect(order({ company: { tax_id: '99999999' } })).rejects.toMatchObject({ code: 'company.not_found' })
  await credit('buyer')
})

test('who leaves keeps what was earned, and orders of before, however late they come', async () => {
  const earned = await pointsOf(world.cast.wang)
  const bought_at = world.now().toISOString()
  world.later(2)
  await owner().call('POST /v1/admin/companies/:company_id/people/:member_id/leave', {
    params: { company_id, member_id: world.cast.wang },
    body: { role: 'buyer', until: '2026-11-03' },
  })
  world.later(2)
  expect(await order()).toMatchObject({ member_id: company_id, code: 'company.not_of_company' })
  expect(await order({ occurred_at: bought_at })).toMatchObject({ member_id: world.cast.wang })
  expect(await pointsOf(world.cast.wang)).toBeGreaterThanOrEqual(earned)
  expect(await faults()).toEqual([])
})

test('a merged person stays the one of three, and a merged company keeps its people, orders and tax ids', async () => {
  await owner().call('POST /v1/admin/companies/:company_id/people', {
    params: { company_id },
    body: { member_id: world.cast.ouyang, role: 'buyer', since: '2026-01-01' },
  })
  const ouyang = { member_id: world.cast.ouyang }
  // all three in one person
  const placed = await order({ buyer: ouyang, payer: ouyang, user: ouyang })
  const before = await both(world.cast.ouyang)
  await world.tx((tx) => members.merge(tx, [{ keep: world.cast.mary, merge: world.cast.ouyang }]))
  const { parties } = await owner().call('GET /v1/admin/orders/:order_id', { params: { order_id: placed.order_id! } })
  expect(parties).toMatchObject({
    member_id: world.cast.mary,
    buyer_id: world.cast.mary,
    payer_id: world.cast.mary,
    user_id: world.cast.mary,
  })
  expect((await both(world.cast.mary))[1]).toBeGreaterThanOrEqual(before[1])
  await refund(`B${next}`)
  expect((await both(world.cast.mary))[1]).toBe(0)

  const other = await owner().call('POST /v1/admin/companies', {
    body: { name: '悟松貿易 (舊)', tax_id: '87654321' },
  })
  await owner().call('POST /v1/admin/companies/:company_id/people', {
    params: { company_id: other.company_id },
    body: { member_id: world.cast.chen, role: 'user', since: '2026-02-01' },
  })
  const old = await order({ company: { company_id: other.company_id }, buyer: null })
  await world.tx((tx) => members.merge(tx, [{ keep: company_id, merge: other.company_id }]))
  expect(await order({ company: { tax_id: '8765 4321' }, buyer: null })).toMatchObject({ member_id: company_id })
  const { data } = await owner().call('GET /v1/admin/companies/:company_id/orders', {
    params: { company_id },
    query: {},
  })
  expect(data.map((row) => row.order_id)).toContain(old.order_id)
  const { people } = await owner().call('GET /v1/admin/companies/:company_id', { params: { company_id } })
  expect(people.filter((one) => one.member_id === world.cast.chen && one.role === 'user')).toMatchObject([
    { since: '2026-01-01', until: null },
  ])
  expect(await faults()).toEqual([])
})

test('no two companies have one tax id, and who is forgotten belongs to none', async () => {
  await expect(
    owner().call('POST /v1/admin/companies', { body: { name: 'Another', tax_id: '1234 5678' } }),
  ).rejects.toMatchObject({ code: 'company.tax_id_taken', status: 409 })
  await world.tx((tx) => members.erase(tx, [world.cast.chen]))
  const { people, company } = await owner().call('GET /v1/admin/companies/:company_id', { params: { company_id } })
  expect(people.map((one) => one.member_id)).not.toContain(world.cast.chen)
  expect(company).toMatchObject({ tax_id: '12345678', name: '悟松貿易' })
  expect(await faults()).toEqual([])
})
