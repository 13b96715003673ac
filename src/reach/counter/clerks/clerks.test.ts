import { expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { verify } from '../../../base/verify.ts'
import { checks } from '../../../app/checks.ts'
import { refusal } from '../../../../test/phones.ts'
import * as members from '../../../record/members/members.ts'
import type { Role } from '../../../record/staff/types.ts'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, owner, rung, late, move, allIsWell, wallet } = await openClerks()
const { wang, mary } = world.cast

test('what clerks gave follows a merged member; an erased one’s words go', async () => {
  const person = (phone: string) => clerk.call('POST /v1/admin/members', { body: { phone } })
  const [kept, gone] = [await person('0966777001'), await person('0966777002')]
  const sold = await rung(gone.member_id, 600)
  await move(sold.order_id, mary)
  await late('MERGE-1', gone.member_id)
  await clerk.call('POST /v1/till/members/:member_id/points', {
    params: { member_id: gone.member_id },
    body: { points: 3, reason: 'a private word', source_id: 'merge' },
  })
  const payIn = { params: { member_id: gone.member_id, card_definition_id: await wallet() } }
  await clerk.call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
    ...payIn,
    body: { paid_minor: 100, paid_by: 'her cousin’s card' },
  })
  await world.tx((tx) => members.merge(tx, [{ keep: kept.member_id, merge: gone.member_id }]))
  const rows = await world.db.rows(sql`
    select 'receipt' as what, reason from till_given_receipts where member_id = ${kept.member_id}::uuid
    union all select 'points', reason from till_given_points where member_id = ${kept.member_id}::uuid
    union all select 'paid', paid_by from till_top_ups where member_id = ${kept.member_id}::uuid
    union all select 'from', '' from till_given_receipts where from_member_id = ${kept.member_id}::uuid order by 1`)
  expect(rows).toEqual([
    { what: 'from', reason: '' },
    { what: 'paid', reason: 'her cousin’s card' },
    { what: 'points', reason: 'a private word' },
    { what: 'receipt', reason: 'forgot the card' },
  ])
  await allIsWell()
  await world.tx((tx) => members.erase(tx, [kept.member_id]))
  const words = await world.db.rows(sql`
    select reason from till_given_receipts where member_id = ${kept.member_id}::uuid
    union all select coalesce(paid_by, '') from till_top_ups where member_id = ${kept.member_id}::uuid
    union all select reason from till_given_points where member_id = ${kept.member_id}::uuid`)
  expect(new Set(words.map((row) => (row as { reason: string }).reason))).toEqual(new Set(['']))
})

test('verify sees what is planted', async () => {
  const given = await late('PLANT-1', wang)
  await clerk.call('POST /v1/till/members/:member_id/points', {
    params: { member_id: wang },
    body: { points: 3, reason: 'planted', source_id: 'plant' },
  })
  const broken = async (planted: ReturnType<typeof sql>) => {
    const actor = { kind: 'system' as const, id: null, name: 'planting' }
    let found: string[] = []
    await world.db.tx({ actor, rollback: true }, async (tx) => {
      await tx.run(planted)
      found = (await verify(tx as never, own)).checks.filter(({ ok }) => !ok).map(({ name }) => name)
    })
    return found
  }
  const own = checks.filter(({ name }) => /^counter\.(given|offline|top_ups)/.test(name))
  expect(own).toHaveLength(4)
  expect(
    await broken(
      sql`update till_given_receipts set order_id = gen_random_uuid() where order_id = ${given.order_id}::uuid`,
    ),
  ).toEqual(['counter.given_receipts_stand'])
  expect(await broken(sql`update till_given_points set points = 4 where source_id = 'plant'`)).toEqual([
    'counter.given_points_entered',
  ])
  await clerk.call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
    params: { member_id: wang, card_definition_id: await wallet() },
    body: { paid_minor: 100 },
  })
  expect(await broken(sql`update till_top_ups set paid_minor = 101 where member_id = ${wang}::uuid`)).toEqual([
    'counter.top_ups_entered',
  ])
  expect(
    await broken(sql`
      insert into till_offline_receipts (source, source_id, device, stretch, said_at, clock_off_s, taken_at,
        received_at, received_on, amount_minor, body, status, order_id, actor, actor_name)
      values ('x', 'x', 'x', 'x', ${world.now()}, 0, ${world.now()}, ${world.now()}, '2026-11-02', 1, '{}', 'sold', ${given.order_id},
        'x', 'x')`),
  ).toEqual(['counter.offline_receipts_sold'])
})

test('a manager of some stores sees and settles what is theirs', async () => {
  const me = await manager.call('GET /v1/admin/session')
  const put = (store_ids: string[]) =>
    owner.call('PUT /v1/admin/store-staff/:staff_id', {
      params: { staff_id: me.staff!.staff_id },
      body: { store_ids },
    })
  const xinyi = world.stores.get('XINYI')!
  await world.tx((tx) =>
    tx.run(sql`
      insert into till_alarms (kind, occurrence, store_id, day, evidence, raised_at)
      values ('mistyped', 'elsewhere', ${xinyi}::uuid, '2026-11-02', '{"times": 5}', ${tx.now})`),
  )
  const query = { from: '2026-11-01', to: '2026-11-30' }
  const { data } = await manager.call('GET /v1/admin/till-alarms', {})
  const elsewhere = data.find((one) => one.kind === 'mistyped' && one.store_id === xinyi)!
  await put([world.stores.get('DAAN')!])
  expect((await manager.call('GET /v1/admin/till-days', { query })).data).toEqual([])
  expect(await refusal(manager.call('GET /v1/admin/till-days', { query: { ...query, store_id: xinyi } }))).toBe(
    '403 till.not_your_store',
  )
  const { data: left } = await manager.call('GET /v1/admin/till-alarms', {})
  expect(left.filter((one) => one.store_id === xinyi)).toEqual([])
  const settle = () =>
    manager.call('POST /v1/admin/till-alarms/:alarm_id/settle', {
      params: { alarm_id: elsewhere.alarm_id },
      body: { note: 'not mine' },
    })
  expect(await refusal(settle())).toBe('403 till.not_your_store')
  await put([])
  await settle()
})

test('who may: each door by role', async () => {
  const id = '019a0000-0000-7000-8000-000000000000'
  const query = { from: '2026-11-02', to: '2026-11-02' }
  const doors: [string, string, object][] = [
    ['till', 'GET /v1/till/work', {}],
    ['till', 'GET /v1/till/receipts', { query: { number: 'X', store: 'XINYI' } }],
    ['till', 'POST /v1/till/receipts', { body: {} }],
    ['till', 'POST /v1/till/receipts/:order_id/move', { params: { order_id: id }, body: {} }],
    ['till', 'POST /v1/till/members/:member_id/points', { params: { member_id: id }, body: {} }],
    ['till', 'POST /v1/till/offline-receipts', { body: {} }],
    ['manage', 'GET /v1/admin/till-rules', {}],
    ['manage', 'GET /v1/admin/till-approvals', {}],
    ['manage', 'GET /v1/admin/till-alarms', {}],
    ['manage', 'POST /v1/admin/till-alarms/:alarm_id/settle', { params: { alarm_id: id }, body: {} }],
    ['manage', 'GET /v1/admin/till-offline-receipts', {}],
    [
      'manage',
      'POST /v1/admin/till-offline-receipts/:source/:source_id/settle',
      {
        params: { source: 'a', source_id: 'b' },
        body: {},
      },
    ],
    ['manage', 'GET /v1/admin/till-days', { query }],
    ['manage', 'GET /v1/admin/till-entries', { query: { ...query, of: 'orders' } }],
    ['manage', 'GET /v1/admin/till-given', { query }],
    ['own', 'PUT /v1/admin/till-rules', { body: {} }],
    ['own', 'PUT /v1/admin/store-staff/:staff_id', { params: { staff_id: id }, body: {} }],
  ]
  const may: Record<string, Role[]> = {
    till: ['owner', 'marketer', 'manager', 'clerk', 'developer'],
    manage: ['owner', 'marketer', 'manager'],
    own: ['owner'],
  }
  for (const [kind, name, input] of doors) {
    expect([name, (await world.nobody.inject(name as never, input as never)).statusCode]).toEqual([name, 401])
    for (const role of ['owner', 'marketer', 'analyst', 'manager', 'clerk', 'developer'] as const) {
      const { statusCode } = await world.as(role).inject(name as never, input as never)
      expect([name, role, statusCode === 403]).toEqual([name, role, !may[kind]!.includes(role)])
    }
  }
})
