/** Who is at a store works and looks only there: every door that a clerk or a manager has to another store's rows. */
import { afterAll, describe, expect, test } from 'vitest'
import { tables } from '../../app/api.ts'
import type { AnyRoute } from '../../base/routes.ts'
import { sql } from '../../base/sql.ts'
import { permissionsByRole } from '../../record/staff/rules.ts'
import * as privileges from '../../value/privileges/privileges.ts'
import { openClerks } from '../../../test/clerks.ts'
import { refusal } from '../../../test/phones.ts'
import type { Caller } from '../../../test/world.ts'

const { world, clerk, manager, owner, rung } = await openClerks()
const { wang, mary } = world.cast
const [xinyi, daan] = [world.stores.get('XINYI')!, world.stores.get('DAAN')!]
const roles = { clerk, manager }

async function placed(who: Caller, store_ids: string[]): Promise<void> {
  const me = await who.call('GET /v1/admin/session')
  const params = { staff_id: me.staff!.staff_id }
  await owner.call('PUT /v1/admin/store-staff/:staff_id', { params, body: { store_ids } })
}
afterAll(async () => {
  for (const who of Object.values(roles)) await placed(who, [])
})

/** What stands at XINYI. */
interface There {
  order_id: string
  number: string
  hold_id: string
  use_id: string
  privilege_id: string
  alarm_id: string
  request_id: string
}
type Door = (who: Caller, there: There) => Promise<unknown>
const line = { quantity: 1, gross_minor: 100 }
const sale = (source_id: string) => ({
  ...{ source: 'till-XINYI-1', source_id, store: 'XINYI', member: { member_id: wang }, lines: [line] },
})
const day = { from: '2026-11-01', to: '2026-11-30', store_id: xinyi }
const reason = 'elsewhere'

/** Doors to one row, or to a list that is asked for that store. A new door to a row must say so here or below. */
const looking: Record<string, Door> = {
  'GET /v1/admin/orders/:order_id': (who, { order_id }) =>
    who.call('GET /v1/admin/orders/:order_id', { params: { order_id } }),
  'GET /v1/admin/orders/:order_id/points': (who, { order_id }) =>
    who.call('GET /v1/admin/orders/:order_id/points', { params: { order_id } }),
  'GET /v1/admin/orders': (who) => who.call('GET /v1/admin/orders', { query: { store_id: xinyi } }),
  'GET /v1/admin/orders/totals': (who) => who.call('GET /v1/admin/orders/totals', { query: { store_id: xinyi } }),
  'GET /v1/admin/orders/download': (who) => who.call('GET /v1/admin/orders/download', { query: { store_id: xinyi } }),
  'GET /v1/till/receipts': (who, { number }) =>
    who.call('GET /v1/till/receipts', { query: { number, store: 'XINYI' } }),
}
const working: Record<string, Door> = {
  'POST /v1/till/orders': (who) => who.call('POST /v1/till/orders', { body: sale('ELSE-1') }),
  'POST /v1/till/holds': (who) => who.call('POST /v1/till/holds', { body: sale('ELSE-2') }),
  'POST /v1/till/holds/:hold_id/commit': (who, { hold_id }) =>
    who.call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id } }),
  'POST /v1/till/holds/:hold_id/release': (who, { hold_id }) =>
    who.call('POST /v1/till/holds/:hold_id/release', { params: { hold_id } }),
  'POST /v1/till/refunds': (who, { number }) =>
    who.call('POST /v1/till/refunds', {
      body: {
        ...{ source: 'till-XINYI-1', source_id: 'ELSE-R', order: { source_id: number } },
        occurred_at: world.now().toISOString(),
      },
    }),
  'POST /v1/till/orders/:order_id/cancellation': (who, { order_id }) =>
    who.call('POST /v1/till/orders/:order_id/cancellation', { params: { order_id } }),
  'POST /v1/till/receipts': (who) =>
    who.call('POST /v1/till/receipts', {
      body: {
        ...{ store: 'XINYI', number: 'ELSE-3', amount_minor: 100, bought_on: '2026-11-01', member_id: wang, reason },
      },
    }),
  'POST /v1/till/receipts/:order_id/move': (who, { order_id }) =>
    who.call('POST /v1/till/receipts/:order_id/move', { params: { order_id }, body: { member_id: mary, reason } }),
  'POST /v1/till/members/:member_id/points': (who) =>
    who.call('POST /v1/till/members/:member_id/points', {
      params: { member_id: wang },
      body: { points: 1, reason, source_id: 'ELSE-4', store_id: xinyi },
    }),
  'POST /v1/till/approval-requests': (who) =>
    who.call('POST /v1/till/approval-requests', { body: { kind: 'points', amount: 1, store_id: xinyi } }),
  'POST /v1/till/members/:member_id/privileges/:privilege_id/uses': (who, { privilege_id }) =>
    who.call('POST /v1/till/members/:member_id/privileges/:privilege_id/uses', {
      params: { member_id: wang, privilege_id },
      body: { store_id: xinyi },
    }),
  'POST /v1/till/members/:member_id/privilege-uses/:use_id/undo': (who, { use_id }) =>
    who.call('POST /v1/till/members/:member_id/privilege-uses/:use_id/undo', {
      params: { member_id: wang, use_id },
      body: { reason },
    }),
}
const managing: Record<string, Door> = {
  'GET /v1/admin/till-days': (who) => who.call('GET /v1/admin/till-days', { query: day }),
  'GET /v1/admin/till-given': (who) => who.call('GET /v1/admin/till-given', { query: day }),
  'GET /v1/admin/till-entries': (who) => who.call('GET /v1/admin/till-entries', { query: { ...day, of: 'orders' } }),
  'GET /v1/admin/till-alarms': (who) => who.call('GET /v1/admin/till-alarms', { query: { store_id: xinyi } }),
  'GET /v1/admin/till-offline-receipts': (who) =>
    who.call('GET /v1/admin/till-offline-receipts', { query: { store_id: xinyi } }),
  'POST /v1/admin/till-alarms/:alarm_id/settle': (who, { alarm_id }) =>
    who.call('POST /v1/admin/till-alarms/:alarm_id/settle', { params: { alarm_id }, body: { note: reason } }),
  'POST /v1/admin/till-approval-requests/:request_id/decision': (who, { request_id }) =>
    who.call('POST /v1/admin/till-approval-requests/:request_id/decision', {
      params: { request_id },
      body: { allow: true },
    }),
}
/** These name a row that belongs to no store, or to the caller alone. */
const nowhere = [
  'GET /v1/till/approval-requests/:request_id',
  // what a device took without a network (offline.test.ts)
  'POST /v1/admin/till-offline-receipts/:source/:source_id/settle',
  // a card is of no store
  'POST /v1/till/members/:member_id/cards/:card_definition_id/uses/:source_id/undo',
  'POST /v1/till/members/:member_id/cards/:card_definition_id/holds/:source_id/commit',
  'POST /v1/till/members/:member_id/cards/:card_definition_id/holds/:source_id/release',
]

async function thingsThere(): Promise<There> {
  const { order_id, source_id: number } = await rung(wang, 700)
  const { hold_id } = await clerk.call('POST /v1/till/holds', { body: sale('HELD-1') })
  const rule = { tier_codes: [], quota: null }
  const { privilege_id } = await owner.call('POST /v1/admin/privileges', {
    body: { names: { en: 'Tea while you wait' }, rule },
  })
  const use_id = await world.tx(async (tx) => {
    const named = { member_id: wang, privilege_id, source: 'test', source_id: '1' }
    privileges.insist((await privileges.grant(tx, [{ ...named, uses: 9, expires_on: null }]))[0]!)
    const want = { ...named, store_id: xinyi }
    return privileges.insist((await privileges.use(tx, [want]))[0]!)
  })
  const alarm = await world.tx((tx) =>
    tx.row<{ alarm_id: string }>(sql`
      insert into till_alarms (kind, occurrence, store_id, day, evidence, raised_at)
      values ('mistyped', 'there', ${xinyi}::uuid, '2026-11-02', '{"times": 5}', ${tx.now})
      returning alarm_id`),
  )
  const body = { kind: 'points' as const, amount: 1, store_id: xinyi }
  const { request_id } = await clerk.call('POST /v1/till/approval-requests', { body })
  return { order_id, number, hold_id, use_id, privilege_id, alarm_id: alarm!.alarm_id, request_id }
}

describe('who works at another store', () => {
  test('opens none of its rows, as clerk and as manager', async () => {
    const there = await thingsThere()
    for (const [role, who] of Object.entries(roles)) {
      await placed(who, [daan])
      const doors = { ...looking, ...working, ...(role === 'manager' ? managing : {}) }
      for (const [name, door] of Object.entries(doors)) {
        expect([role, name, await refusal(door(who, there))]).toEqual([role, name, '403 till.not_your_store'])
      }
      // at home again the same doors open
      await placed(who, [xinyi, daan])
      for (const [name, door] of Object.entries(looking))
        expect([role, name, await refusal(door(who, there))]).toEqual([role, name, 'not refused'])
    }
  })

  test('is shown the lists of their own stores, without asking', async () => {
    const own = (await rung(wang, 300, { source: 'till-DAAN-1', store: 'DAAN' })).order_id
    const all = await owner.call('GET /v1/admin/orders', { query: { member_id: wang } })
    expect(new Set(all.data.map(({ store_id }) => store_id))).toEqual(new Set([xinyi, daan]))
    for (const who of Object.values(roles)) {
      await placed(who, [daan])
      const { data } = await who.call('GET /v1/admin/orders', { query: { member_id: wang } })
      expect(data.map(({ order_id }) => order_id)).toEqual([own])
      expect((await who.call('GET /v1/admin/orders/totals', {})).orders).toBe(1)
      const { body } = await who.inject('GET /v1/admin/orders/download')
      expect(body).toContain(own)
      expect(body.trim().split('\n')).toHaveLength(2)
      await placed(who, [])
      expect((await who.call('GET /v1/admin/orders/totals', {})).orders).toBeGreaterThan(1)
    }
  })

  test('rings up and takes back at the till’s doors alone, where days and stores are looked at', async () => {
    const order = { ...sale('BESIDES-1'), occurred_at: world.now().toISOString() }
    for (const [role, who] of Object.entries(roles))
      for (const [name, body] of [
        ['POST /v1/admin/orders', order],
        ['POST /v1/admin/orders/batch', { orders: [order] }],
        ['POST /v1/admin/refunds', { source: 'x', source_id: 'y', occurred_at: order.occurred_at }],
      ] as const)
        expect([role, name, await refusal(who.call(name, { body: body as never }))]).toEqual([
          ...[role, name, '403 permission.missing'],
        ])
  })

  test('every door that names a row of the till is in the list above', () => {
    const rows = /\/:(order_id|hold_id|request_id|alarm_id|use_id|source_id)\b/
    const open = new Set<string>(permissionsByRole.manager)
    const named = tables
      .flatMap((table) => Object.entries(table) as [string, AnyRoute][])
      .filter(
        ([name, shape]) => rows.test(name) && (open.has(shape.permission) || open.has(shape.or_permission ?? '')),
      )
      .map(([name]) => name)
      .filter((name) => !name.includes('/joining/'))
    const known = [...Object.keys({ ...looking, ...working, ...managing }), ...nowhere]
    expect(named.filter((name) => !known.includes(name))).toEqual([])
    expect(named.length).toBeGreaterThan(10)
  })
})
