import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { birthdayNear, maskName, maskPhone } from './masking.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const brew = { sku: 'FOUR-SEASONS-HALF', name: 'Four Seasons, half sugar', quantity: 1, unit_price_minor: 60 }
const cake = { sku: 'CAKE', name: 'Cake', quantity: 1, unit_price_minor: 90 }
const sell = (lines: object[], member: object = { phone: '0912345678' }) =>
  world.as('clerk').call('POST /v1/till/orders', {
    body: { source: 'till-1', source_id: randomUUID(), store: 'XINYI', member, lines: lines as never },
  })

describe('who is meant', () => {
  test('a phone said aloud, its end, pinyin and a name find the member; the phone is never shown whole', async () => {
    for (const search of ['0912 345 678', '345678', 'wxm', '王小明']) {
      const { data } = await world.as('clerk').call('GET /v1/till/members', { query: { search } })
      expect(data[0]).toMatchObject({ member_id: world.cast.wang, display_name: '王小明', phone: '•••678' })
    }
    const none = await world.as('clerk').call('GET /v1/till/members', { query: { search: '0999000111' } })
    expect(none.data).toEqual([])
  })

  test('who may not read members sees a mask of the name, and no note', async () => {
    await world.as('clerk').call('POST /v1/admin/members/:member_id/notes', {
      params: { member_id: world.cast.wang },
      body: { body: 'likes the window seat' },
    })
    const till = await world.withKey(['till:use'])
    const { data } = await till.call('GET /v1/till/members', { query: { search: '0912345678' } })
    expect(data).toMatchObject([{ display_name: '王○明', phone: '•••678' }])
    const params = { member_id: world.cast.wang }
    const masked = await till.call('GET /v1/till/members/:member_id', { params })
    expect(masked).toMatchObject({ display_name: '王○明', phone: '•••678', notes: [] })
    const whole = await world.as('clerk').call('GET /v1/till/members/:member_id', { params })
    expect(whole).toMatchObject({ display_name: '王小明', notes: [{ body: 'likes the window seat' }] })
    const reader = await world.withKey(['members:read'])
    await expect(reader.call('GET /v1/till/members/:member_id', { params })).rejects.toMatchObject({ status: 403 })
  })
})

describe('the member at the till', () => {
  const at = (member_id: string) =>
    world.as('clerk').call('GET /v1/till/members/:member_id', { params: { member_id } })

  test('the usual is what stands on most receipts; bought once is no habit', async () => {
    expect((await at(world.cast.wang)).usual).toBeNull()
    await sell([cake])
    expect(await at(world.cast.wang)).toMatchObject({ usual: null, last_visit: { store_name: '信義店' } })
    await sell([brew])
    await sell([brew, { ...cake, quantity: 9 }])
    await sell([brew])
    expect((await at(world.cast.wang)).usual).toEqual({
      sku: 'FOUR-SEASONS-HALF',
      name: 'Four Seasons, half sugar',
      times: 3,
      of: 4,
    })
  })

  test('a birthday within the week is said', async () => {
    const params = { member_id: world.cast.mary }
    await world.as('clerk').call('PATCH /v1/admin/members/:member_id', { params, body: { birth_date: '--11-05' } })
    expect((await at(world.cast.mary)).birthday).toEqual({ on: '2026-11-05', in_days: 3 })
  })

  test('nobody is not found', async () => {
    await expect(at(randomUUID())).rejects.toMatchObject({ code: 'member.not_found', status: 404 })
  })
})

test('masks keep what one recognises a person by', () => {
  expect(['王明', '王小明', '歐陽菲菲', '王', 'Mary Chen', 'Q'].map(maskName)).toEqual([
    '王○',
    '王○明',
    '歐○○菲',
    '王',
    'M••• C•••',
    'Q',
  ])
  expect(maskName(null)).toBeNull()
  expect(maskPhone('+886912345678')).toBe('•••678')
})

test('birthdays are near from a week before to the day itself, over the year’s end and on 29 February', () => {
  const cases = [
    ['1990-11-09', '2026-11-02', 7],
    ['1990-11-10', '2026-11-02', null],
    ['--11-02', '2026-11-02', 0],
    ['--11-01', '2026-11-02', null],
    ['1988-01-02', '2026-12-30', 3],
    ['1992-02-29', '2027-02-25', 3],
    ['1992-02-29', '2028-02-25', 4],
  ] as const
  for (const [born, today, in_days] of cases)
    expect([born, today, birthdayNear(born, today)?.in_days ?? null]).toEqual([born, today, in_days])
})
