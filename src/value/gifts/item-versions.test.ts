/** What a gift costs members and whether they can have it changes at a stated time; nobody needs to be awake then. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addMembers } from '../../../test/books.ts'
import { monday, openWorld, type Caller, type World } from '../../../test/world.ts'
import { addMs, dayMs } from '../../base/time.ts'
import * as points from '../points/points.ts'
import * as gifts from './gifts.ts'

let world: World
let marketer: Caller
let member_id: string
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
})
afterAll(() => world.close())
beforeEach(async () => {
  world.at(monday)
  member_id = (await world.tx((tx) => addMembers(tx, 1)))[0]!
  const given = { member_id, points: 1_000, reason: 'test', source: 'test', source_id: member_id }
  await world.tx((tx) => points.adjust(tx, [given]))
})

const cup = async (price_points: number | null = 300) =>
  (
    await marketer.call('POST /v1/admin/gift-items', {
      body: { names: { en: 'Cup' }, cost_minor: 80, price_points, fulfilment: 'pickup', stock: 'none' },
    })
  ).item_id
const change = (item_id: string, body: object) =>
  marketer.call('PATCH /v1/admin/gift-items/:item_id', { params: { item_id }, body })
const inDays = (days: number) => addMs(world.now(), days * dayMs).toISOString()
const shown = async (item_id: string) => {
  const { price_points, is_listed, cost_minor } = await marketer.call('GET /v1/admin/gift-items/:item_id', {
    params: { item_id },
  })
  return [price_points, is_listed, cost_minor]
}
let nth = 0
const redeem = (item_id: string) =>
  world.tx(async (tx) => (await gifts.redeem(tx, [{ member_id, item_id, source_id: `r${++nth}` }]))[0]!)
const left = async () => (await points.balanceOf(world.db, [member_id]))[0]!.available

test('a price said for later holds from its moment on, to the millisecond, and not before', async () => {
  const item_id = await cup()
  await change(item_id, { price_points: 500, cost_minor: 90, effective_from: inDays(3) })
  expect(await shown(item_id)).toEqual([300, true, 80])
  await redeem(item_id)
  expect(await left()).toBe(700)
  world.at(addMs(monday, 3 * dayMs - 1))
  expect(await shown(item_id)).toEqual([300, true, 80])
  world.at(addMs(monday, 3 * dayMs))
  expect(await shown(item_id)).toEqual([500, true, 90])
  await redeem(item_id)
  expect(await left()).toBe(200)
  // what was given keeps what it cost
  const { data } = await marketer.call('GET /v1/admin/gifts', { query: { member_id, item_id } })
  expect(data.map((gift) => [gift.paid_points, gift.cost_minor])).toEqual([
    [500, 90],
    [300, 80],
  ])
})

test('an item is there for a while: listed on a day, gone on another', async () => {
  const item_id = await cup()
  await change(item_id, { is_listed: false })
  await change(item_id, { is_listed: true, effective_from: inDays(1) })
  await change(item_id, { is_listed: false, effective_from: inDays(2) })
  const outcomes: string[] = []
  for (const days of [0, 1, 2]) {
    world.at(addMs(monday, days * dayMs))
    outcomes.push((await redeem(item_id)).outcome)
  }
  expect(outcomes).toEqual(['refused', 'given', 'refused'])
})

test('what is to come can be seen and called off; what has come stays', async () => {
  const item_id = await cup()
  await change(item_id, { names: { en: 'A large cup' } })
  const versions = async () =>
    (await marketer.call('GET /v1/admin/gift-items/:item_id/versions', { params: { item_id } })).data
  expect((await versions()).map((one) => [one.version, one.in_force])).toEqual([[1, true]])
  await change(item_id, { price_points: 400, effective_from: inDays(5) })
  expect((await versions()).map((one) => [one.version, one.price_points, one.is_coming, one.in_force])).toEqual([
    [2, 400, true, false],
    [1, 300, false, true],
  ])
  const callOff = (version: number) =>
    marketer.call('POST /v1/admin/gift-items/:item_id/versions/:version/call-off', { params: { item_id, version } })
  await expect(callOff(1)).rejects.toMatchObject({ code: 'gift_item.already_begun' })
  await expect(callOff(3)).rejects.toMatchObject({ code: 'gift_item.not_found' })
  await callOff(2)
  await callOff(2)
  expect((await versions()).map((one) => [one.version, one.is_coming, one.called_off_at])).toEqual([
    [2, false, monday.toISOString()],
    [1, false, null],
  ])
  world.at(addMs(monday, 6 * dayMs))
  expect(await shown(item_id)).toEqual([300, true, 80])
  await expect(change(item_id, { price_points: 1, effective_from: monday })).rejects.toMatchObject({
    code: 'gift_item.in_past',
  })
})
