import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { openWorld } from '../../../test/world.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, mary, chen, ouyang, guest } = world.cast
const clerk = world.as('clerk')

const list = (query: object = {}) => clerk.call('GET /v1/admin/members', { query })
const idsOf = (page: { data: { member_id: string }[] }) => page.data.map((row) => row.member_id)

beforeAll(async () => {
  const order = (source_id: string, occurred_at: string, unit_price_minor: number) => ({
    source: 'till',
    source_id,
    store: 'XINYI',
    status: 'completed' as const,
    member: { member_id: wang },
    occurred_at: new Date(occurred_at),
    lines: [{ sku: 'TEA-1', name: '烏龍茶', category: 'tea', quantity: 2, unit_price_minor }],
  })
  const placed = await world.tx((tx) =>
    orders.receive(
      tx,
      [
        order('R1', '2026-08-01T04:00:00Z', 300),
        order('R2', '2026-09-01T04:00:00Z', 200),
        order('R3', '2026-10-01T04:00:00Z', 100),
      ],
      {},
    ),
  )
  expect(placed.map((one) => one.outcome)).toEqual(['placed', 'placed', 'placed'])
  const refunded = await world.tx((tx) =>
    orders.refund(
      tx,
      [
        {
          source: 'till',
          source_id: 'R2-R',
          order: { source: 'till', source_id: 'R2' },
          lines: [{ line_no: 1, quantity: 1 }],
          occurred_at: new Date('2026-09-03T04:00:00Z'),
        },
      ],
      {},
    ),
  )
  expect(refunded.map((one) => one.outcome)).toEqual(['placed'])
  await world.tx((tx) => members.note(tx, [{ member_id: wang, body: '喜歡熱的' }]))
})

describe('the list', () => {
  test('shows the newest first, with tier, points and rhythm', async () => {
    const page = await list()
    expect(idsOf(page)).toEqual([guest, ouyang, chen, mary, wang])
    expect(page.next_cursor).toBeNull()
    const row = page.data.at(-1)!
    expect(row).toMatchObject({
      kind: 'member',
      display_name: '王小明',
      phone: '+886912345678',
      email: 'wang@example.com',
      order_count: 3,
      net_minor: 1000,
      last_order_at: '2026-10-01T04:00:00.000Z',
    })
    expect(row.active_points).toBeGreaterThan(0)
    expect(row.tier_code).not.toBeNull()
    // a guest climbs no ladder
    expect(page.data[0]).toMatchObject({ kind: 'guest', tier_code: null, state: null, active_points: 0 })
  })

  test('is read in pages that neither repeat nor skip', async () => {
    const first = await list({ limit: 2 })
    const second = await list({ limit: 2, cursor: first.next_cursor })
    const third = await list({ limit: 2, cursor: second.next_cursor })
    expect([first, second, third].flatMap(idsOf)).toEqual([guest, ouyang, chen, mary, wang])
    expect(third.next_cursor).toBeNull()
  })

  test('a search is read in pages too, the best hit first', async () => {
    const first = await list({ search: 'example.com wang', limit: 1 })
    expect(first.data).toEqual([])
    const found = await list({ search: 'm', limit: 1 })
    expect(found.next_cursor).not.toBeNull()
    const rest = await list({ search: 'm', limit: 50, cursor: found.next_cursor })
    expect(new Set([...idsOf(found), ...idsOf(rest)]).size).toBe(found.data.length + rest.data.length)
    expect(idsOf(await list({ search: 'wxm' }))).toEqual([wang])
  })

  test.each([
    ['kind', { kind: 'guest' }, () => [guest]],
    ['tag', { tag: 'vip' }, () => [ouyang]],
    ['home store', { store_id: world.stores.get('XINYI') }, () => [chen, wang]],
    ['search and home store', { search: 'example', store_id: world.stores.get('XINYI') }, () => []],
  ])('is filtered by %s', async (_by, query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected())
  })

  test('is filtered by state and tier as its rows show them', async () => {
    const all = (await list()).data
    const { state, tier_code } = all.find((row) => row.member_id === wang)!
    expect(idsOf(await list({ state }))).toEqual(all.filter((row) => row.state === state).map((row) => row.member_id))
    expect(idsOf(await list({ tier_code }))).toEqual(
      all.filter((row) => row.tier_code === tier_code).map((row) => row.member_id),
    )
  })

  test('of a higher tier shows its holders only, of an unknown one nobody', async () => {
    await world.tx((tx) =>
      orders.receive(
        tx,
        [
          {
            source: 'till',
            source_id: 'BIG',
            store: 'DAAN',
            status: 'completed',
            member: { member_id: ouyang },
            occurred_at: world.now(),
            lines: [{ sku: 'SET', quantity: 1, unit_price_minor: 900_000 }],
          },
        ],
        {},
      ),
    )
    const all = (await list()).data
    const codeOf = (member_id: string) => all.find((row) => row.member_id === member_id)!.tier_code!
    expect(codeOf(ouyang)).not.toBe(codeOf(chen))
    expect(idsOf(await list({ tier_code: codeOf(ouyang) }))).toEqual([ouyang])
    expect(idsOf(await list({ tier_code: codeOf(chen) }))).toEqual([chen, mary, wang])
    expect(idsOf(await list({ tier_code: 'nothing' }))).toEqual([])
  })

  test('shows neither walk-ins nor the merged nor the erased', async () => {
    await world.tx((tx) => members.walkIn(tx, [{ store_id: null, key: 'x' }]))
    const [old, gone] = await world.tx((tx) =>
      members.resolve(tx, [{ card: 'OLD' }, { card: 'GONE' }], { create_as: 'member', channel: 'pos' }),
    )
    await world.db.run(sql`update members set merged_into = ${wang}::uuid where member_id = ${old}::uuid`)
    await world.db.run(sql`update members set erased_at = created_at where member_id = ${gone}::uuid`)
    expect(idsOf(await list())).toEqual([guest, ouyang, chen, mary, wang])
    expect(idsOf(await list({ search: 'OLD' }))).toEqual([])
    await expect(
      clerk.call('GET /v1/admin/members/:member_id', { params: { member_id: gone! } }),
    ).rejects.toMatchObject({ status: 404 })
  })
})

describe('one member', () => {
  test('is told whole on one page', async () => {
    const page = await clerk.call('GET /v1/admin/members/:member_id', { params: { member_id: wang } })
    expect(page).toMatchObject({
      member: { display_name: '王小明', birth_date: '1990-05-01' },
      home_store_name: '信義店',
      consents: [{ channel: 'email', purpose: 'marketing', status: 'granted', method: 'form' }],
      notes: [{ body: '喜歡熱的' }],
      statistics: { order_count: 3, purchase_days: 3, usual_interval_days: 30.5, last_order_on: '2026-10-01' },
      stores: [{ name: '信義店', order_count: 3 }],
      categories: [{ category: 'tea', net_minor: 1000 }],
    })
    expect(page.identities.map((one) => one.kind).sort()).toEqual(['email', 'external:wusong', 'phone'])
    expect(page.tier).toMatchObject({ progress: 1000 })
    expect(page.tier!.missing! + page.tier!.progress).toBeGreaterThan(1000)
    expect(page.points.active + page.points.pending).toBe(page.lots.reduce((sum, lot) => sum + lot.remaining, 0))
  })

  test('a guest has neither tier nor points', async () => {
    const page = await clerk.call('GET /v1/admin/members/:member_id', { params: { member_id: guest } })
    expect(page).toMatchObject({ tier: null, statistics: null, points: { active: 0 }, lots: [] })
  })

  test('whom nobody knows is not found', async () => {
    const params = { member_id: '01890000-0000-7000-8000-00000000dead' }
    await expect(clerk.call('GET /v1/admin/members/:member_id', { params })).rejects.toMatchObject({
      status: 404,
      code: 'member.not_found',
    })
  })
})

describe('the timeline', () => {
  const timeline = (query: object = {}, member_id = wang) =>
    clerk.call('GET /v1/admin/members/:member_id/timeline', { params: { member_id }, query })

  test('merges orders, refunds, points, consents and notes, the newest first', async () => {
    const { data } = await timeline()
    const times = data.map((item) => item.at)
    expect(times).toEqual([...times].sort().reverse())
    const kinds = new Set(data.map((item) => item.kind))
    for (const kind of ['order', 'refund', 'points', 'consent', 'note', 'joined'] as const)
      expect(kinds).toContain(kind)
    const order = data.find((item) => item.kind === 'order')!
    expect(order.data).toMatchObject({
      source_id: 'R3',
      store_name: '信義店',
      net_minor: 200,
      line_count: 1,
      lines: [{ sku: 'TEA-1', name: '烏龍茶', quantity: 2, net_minor: 200 }],
    })
    expect(data.find((item) => item.kind === 'points')!.data).toMatchObject({ why: { codes: expect.any(Array) } })
    expect(data.find((item) => item.kind === 'refund')!.data).toMatchObject({ source_id: 'R2-R', net_minor: 200 })
  })

  test('is read in pages that neither repeat nor skip, also where many things share one moment', async () => {
    const whole = (await timeline({ limit: 200 })).data
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof timeline>> = await timeline({ limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.data.map((item) => item.key))
      cursor = page.next_cursor
    } while (cursor)
    expect(seen).toEqual(whole.map((item) => item.key))
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('names both tiers of a climb in the words of the brand', async () => {
    await world.as('owner').call('POST /v1/admin/orders', {
      body: {
        source: 'till',
        source_id: 'R9',
        status: 'completed',
        occurred_at: world.now().toISOString(),
        store: 'XINYI',
        member: { member_id: world.cast.chen },
        lines: [{ sku: 'TEA-1', quantity: 1, net_minor: 12_000 }],
      },
    })
    const { data } = await timeline({ kinds: 'tier' }, world.cast.chen)
    expect(data[0]!.data).toMatchObject({
      from_tier_code: 'member',
      from_tier_names: { 'zh-TW': '一般會員' },
      to_tier_names: { 'zh-TW': expect.any(String) },
    })
  })

  test('shows chosen kinds only', async () => {
    const { data } = await timeline({ kinds: 'note,order' })
    expect(new Set(data.map((item) => item.kind))).toEqual(new Set(['note', 'order']))
  })

  test('of a stranger is empty', async () => {
    expect((await timeline({}, '01890000-0000-7000-8000-00000000dead')).data).toEqual([])
  })
})

test('the last ten seen come back as rows', async () => {
  for (const noun_id of [wang, chen]) {
    world.at(new Date(world.now().getTime() + 1000))
    await clerk.call('POST /v1/admin/seen', { body: { noun: 'members', noun_id } })
  }
  const { data } = await clerk.call('GET /v1/admin/members/seen')
  expect(data.map((row) => row.member_id)).toEqual([chen, wang])
  expect((await (await world.withKey(['members:read'])).call('GET /v1/admin/members/seen')).data).toEqual([])
})
