/** Every door of the counter, the portal, joining and the wallets, by who knocks: each refusal is seen, none is left out. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tables } from '../../app/api.ts'
import { sql } from '../../base/sql.ts'
import type { AnyRoute } from '../../base/routes.ts'
import type { Role } from '../../record/staff/types.ts'
import { phonesOf } from '../../../test/phones.ts'
import { openWorld, type Caller, type World } from '../../../test/world.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
})
afterAll(() => world?.close())

const id = '019a0000-0000-7000-8000-00000000000d'
const doors = tables
  .flatMap((table) => Object.entries(table) as [string, AnyRoute][])
  .filter(([name]) =>
    / \/v1\/(till|portal|open\/portal|open\/wallets|admin\/(till|joining|wallets|portal|store-staff))/.test(name),
  )
const roles = ['owner', 'marketer', 'analyst', 'manager', 'clerk', 'developer'] as const satisfies readonly Role[]
/** Who may, by the word on the door. */
const may: Record<string, readonly Role[]> = {
  'till:use': ['owner', 'marketer', 'manager', 'clerk', 'developer'],
  'till:manage': ['owner', 'marketer', 'manager'],
  'program:read': roles,
  'program:write': ['owner'],
  'members:erase': ['owner', 'marketer'],
  'staff:write': ['owner'],
  'stores:read': roles,
  'cards:read': roles,
  'coupons:read': roles,
  'privileges:read': roles,
}
/** What a path needs to be one; nothing of it is there. */
const words: Record<string, string> = {
  provider: 'nowhere',
  token: 'x'.repeat(30),
  wallet: 'apple',
  source: 'a',
  pass_type: 'pass.x',
  device: 'd',
}
const inputOf = (name: string) => ({
  params: Object.fromEntries([...name.matchAll(/:(\w+)/g)].map(([, word]) => [word, words[word!] ?? id])),
  // looked at only by who may come in; half of it is refused there
  ...(name.startsWith('GET') || name.startsWith('DELETE') ? {} : { body: { nothing: 'of this kind' } }),
})
/** How a door answers somebody: the status, and the code of a refusal. */
async function knock(who: Caller, name: string) {
  const answer = await who.inject(name as 'GET /v1/till/work', inputOf(name) as never)
  const { code } = answer.statusCode >= 400 && answer.body ? answer.json<{ code?: string }>() : { code: undefined }
  return answer.statusCode === 401 || code === 'permission.missing' ? `${answer.statusCode} ${code}` : 'in'
}

test('the doors are those that this test knows', () => {
  expect(doors.length).toBeGreaterThan(80)
  const known = [...Object.keys(may), 'open', 'member']
  expect(doors.filter(([, { permission }]) => !known.includes(permission)).map(([name]) => name)).toEqual([])
})

test('nobody comes in anywhere but at open doors', async () => {
  for (const [name, { permission }] of doors) {
    if (permission === 'open') continue
    expect([name, await knock(world.nobody, name)]).toEqual([name, '401 session.required'])
  }
})

test('each role and key comes in where it may, and nowhere else', async () => {
  const few = await world.withKey(['orders:read'])
  const till = await world.withKey(['till:use'])
  const callers: [string, Caller, (permission: string) => boolean][] = [
    ...roles.map((role): [string, Caller, (word: string) => boolean] => [
      role,
      world.as(role),
      (word) => may[word]!.includes(role),
    ]),
    ['key without words', few, () => false],
    ['key of a till', till, (word) => word === 'till:use'],
  ]
  for (const [name, { permission, or_permission = permission }] of doors) {
    if (permission === 'open') continue
    for (const [who, caller, mayUse] of callers) {
      const isIn = permission !== 'member' && (mayUse(permission) || mayUse(or_permission))
      const right = permission === 'member' ? '401 session.required' : isIn ? 'in' : '403 permission.missing'
      expect([name, who, await knock(caller, name)]).toEqual([name, who, right])
    }
  }
})

test('the key of a till comes in at every door of the till, and nowhere in the console', async () => {
  const till = await world.withKey(['till:use'])
  const doorsOfTills = doors.map(([name]) => name).filter((name) => / \/v1\/till\//.test(name))
  expect(doorsOfTills.length).toBeGreaterThan(25)
  for (const name of doorsOfTills) expect([name, await knock(till, name)]).toEqual([name, 'in'])
  const console = [
    'GET /v1/admin/members/:member_id/cards',
    'GET /v1/admin/members/:member_id/privileges',
    'GET /v1/admin/members/:member_id',
    'GET /v1/admin/coupons',
  ]
  for (const name of console) expect([name, await knock(till, name)]).toEqual([name, '403 permission.missing'])
  // who reads cards in the console reads them at the till, and nothing else there
  const cards = await world.withKey(['cards:read'])
  expect(await knock(cards, 'GET /v1/till/members/:member_id/cards')).toBe('in')
  expect(await knock(cards, 'GET /v1/till/members/:member_id/privileges')).toBe('403 permission.missing')
})

test('a member comes in at the portal alone', async () => {
  const leaving = (name: string) => / \/v1\/portal\/sessions?$/.test(name)
  const sorted = [...doors].sort(([a], [b]) => Number(leaving(a)) - Number(leaving(b)))
  let wang = await phones.signedIn(world.cast.wang)
  for (const [name, { permission }] of sorted) {
    if (permission === 'open') continue
    if (leaving(name)) wang = await phones.signedIn(world.cast.wang)
    const right = permission === 'member' ? 'in' : '401 session.required'
    expect([name, await knock(wang, name)]).toEqual([name, right])
  }
})

test('a phone without the pass’s own token learns and changes nothing of it', async () => {
  const proven = doors.filter(([name]) => /open\/wallets\/apple.*:serial/.test(name)).map(([name]) => name)
  expect(proven).toHaveLength(3)
  const foreign = { authorization: 'ApplePass somebody-elses-token' }
  for (const name of proven)
    for (const headers of [{}, foreign]) {
      const body = name.startsWith('POST') ? { body: { pushToken: 'x' } } : {}
      const answer = await world.nobody.inject(name as never, { ...inputOf(name), ...body, headers } as never)
      expect([name, answer.statusCode]).toEqual([name, 401])
    }
})

/** Doors of the till that act for a store, with what is said of one. */
const line = { quantity: 1, gross_minor: 100 }
const sale = (source_id: string) => ({ source: 'till-XINYI-1', source_id, store: 'XINYI', lines: [line] })
const elsewhere: Record<string, (made: Made) => object> = {
  'GET /v1/till/receipts': () => ({ query: { number: 'X', store: 'XINYI' } }),
  'POST /v1/till/holds': () => ({ body: sale('other') }),
  'POST /v1/till/holds/:hold_id/commit': ({ hold_id }) => ({ params: { hold_id } }),
  'POST /v1/till/holds/:hold_id/release': ({ hold_id }) => ({ params: { hold_id } }),
  'POST /v1/till/orders': () => ({ body: sale('other') }),
  'POST /v1/till/orders/:order_id/cancellation': ({ order_id }) => ({ params: { order_id } }),
  'POST /v1/till/refunds': () => ({
    body: {
      ...{ source: 'till-XINYI-1', source_id: 'r', order: { source_id: 'made' } },
      occurred_at: world.now().toISOString(),
    },
  }),
  'POST /v1/till/receipts': () => ({
    body: {
      ...{ store: 'XINYI', number: 'L-1', amount_minor: 100, bought_on: '2026-11-01', reason: 'forgot the card' },
      member_id: world.cast.wang,
    },
  }),
  'POST /v1/till/receipts/:order_id/move': ({ order_id }) => ({
    params: { order_id },
    body: { member_id: world.cast.mary, reason: 'for the wrong person' },
  }),
  'POST /v1/till/approval-requests': () => ({
    body: { kind: 'points', amount: 1, store_id: world.stores.get('XINYI') },
  }),
  'POST /v1/till/members/:member_id/points': () => ({
    params: { member_id: world.cast.wang },
    body: { points: 1, reason: 'spilled tea', source_id: 'p', store_id: world.stores.get('XINYI') },
  }),
}
/** These act on a member wherever that one stands, change nothing, or keep what they refuse for a manager. */
const anywhere = [
  'GET /v1/till/work',
  'POST /v1/till/quotes',
  'POST /v1/till/members/identify',
  'POST /v1/till/coupons/judgements',
  'POST /v1/till/offline-receipts',
  // one's own
  'GET /v1/till/approval-requests/:request_id',
]
interface Made {
  hold_id: string
  order_id: string
}

test('a clerk of another store is refused by the store’s name at every door that acts for one', async () => {
  const clerk = world.as('clerk')
  const { hold_id } = await clerk.call('POST /v1/till/holds', { body: sale('held') })
  const { order_id } = await clerk.call('POST /v1/till/orders', { body: sale('made') })
  await world.tx((tx) =>
    tx.run(sql`
      insert into store_staff (staff_id, store_id)
      select staff_id, ${world.stores.get('DAAN')!}::uuid from staff where role = 'clerk'`),
  )
  const acting = doors
    .map(([name]) => name)
    .filter(
      (name) =>
        / \/v1\/till\//.test(name) && !anywhere.includes(name) && !/members(\/:member_id\/(?!points)|$)/.test(name),
    )
    .filter((name) => name !== 'GET /v1/till/members/:member_id')
  expect(acting.filter((name) => !(name in elsewhere))).toEqual([])
  for (const [name, input] of Object.entries(elsewhere)) {
    const answer = await clerk.inject(name as never, input({ hold_id, order_id }) as never)
    expect([name, answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
      name,
      403,
      'till.not_your_store',
    ])
  }
})
