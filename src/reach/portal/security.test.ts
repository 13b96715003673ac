/** Whose door is whose: staff are no members, members are no staff, and nobody is anybody else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tables } from '../../app/api.ts'
import type { AnyRoute } from '../../base/routes.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { phonesOf, refusal } from '../../../test/phones.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
const phone = (ip?: string) => phones.phone(ip)
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  await world.tx(async (tx) => {
    const item = { names: { en: 'Bottle' }, cost_minor: 60, fulfilment: 'pickup', stock: 'none' } as const
    const { item_id } = await gifts.createItem(tx, item)
    const reward = { kind: 'item' as const, item_id }
    await gifts.give(tx, [{ member_id: world.cast.wang, reward, reason: 'test', occurrence: '1' }])
  })
})
afterAll(() => world?.close())

describe('nobody else', () => {
  const portalRoutes = tables
    .flatMap((table) => Object.entries(table) as [string, AnyRoute][])
    .filter(([, shape]) => shape.permission === 'member')
    .map(([name]) => name)
  const params = { gift_id: '019a0000-0000-7000-8000-00000000000d' }

  test('a staff session or key is no member: every route of the portal is closed to them', async () => {
    const key = await world.withKey(['members:read', 'members:write', 'till:use'])
    expect(portalRoutes.length).toBeGreaterThan(10)
    for (const caller of [world.nobody, world.as('owner'), world.as('clerk'), key])
      for (const name of portalRoutes) {
        const { statusCode } = await caller.inject(name as 'GET /v1/portal/home', { params } as never)
        expect([name, statusCode]).toEqual([name, 401])
      }
  })

  test('a member is no staff: every other route that asks for a sign-in is closed to them', async () => {
    const wang = await phones.signedIn(world.cast.wang)
    const closed = tables
      .flatMap((table) => Object.entries(table) as [string, AnyRoute][])
      .filter(([, shape]) => !['open', 'member'].includes(shape.permission))
    for (const [name] of closed) {
      const { statusCode } = await wang.inject(name as 'GET /v1/admin/staff', { params: { staff_id: 'x' } } as never)
      expect([name, statusCode]).toEqual([name, 401])
    }
    // the member's token in the cookie of staff, and the other way round
    const token = wang.cookies.get('regulars_member')!
    const headers = { cookie: `regulars_session=${token}` }
    expect((await world.nobody.inject('GET /v1/admin/session', { headers })).statusCode).toBe(401)
    expect((await world.nobody.inject('GET /v1/portal/home', { headers })).statusCode).toBe(401)
  })

  test('another member sees nothing of mine and can end nothing of mine', async () => {
    const [wang, ouyang] = [await phones.signedIn(world.cast.wang), await phones.signedIn(world.cast.ouyang)]
    const { data } = await wang.call('GET /v1/portal/gifts')
    const own = { params: { gift_id: data[0]!.gift_id } }
    expect((await wang.call('GET /v1/portal/gifts/:gift_id', own)).gift_id).toBe(own.params.gift_id)
    expect(await refusal(ouyang.call('GET /v1/portal/gifts/:gift_id', own))).toBe('404 gift.not_found')
    await ouyang.call('DELETE /v1/portal/sessions')
    expect((await wang.call('GET /v1/portal/home')).member.number).toBeGreaterThan(0)
    // signed in before the code is asked for: it must still be good
    const again = await phones.signedIn(world.cast.ouyang)
    const { code_id } = await wang.call('POST /v1/portal/erasure/codes', { body: {} })
    const code = await phones.codeIn(code_id)
    expect(await refusal(again.call('POST /v1/portal/erasure', { body: { code_id, code } }))).toBe(
      '422 member_code.refused',
    )
    // nor does it sign anybody in
    expect(await refusal(phone().call('POST /v1/open/portal/sessions', { body: { code_id, code } }))).toBe(
      '422 member_code.refused',
    )
  })

  test('another site can make a member’s browser do nothing', async () => {
    const wang = await phones.signedIn(world.cast.wang)
    const foreign = wang.call('DELETE /v1/portal/session', { headers: { origin: 'https://evil.example' } })
    expect(await refusal(foreign)).toBe('403 session.foreign_origin')
  })

  test('another site’s form signs nobody in as somebody else', async () => {
    const wang = phones.phone()
    world.at(new Date(world.now().getTime() + 3_600_000))
    const { code_id } = await wang.call('POST /v1/open/portal/codes', { body: { email: 'wang@example.com' } })
    const body = { code_id, code: await phones.codeIn(code_id) }
    const headers = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }
    const form = new URLSearchParams(body).toString() as never
    const victim = phones.phone('198.51.100.9')
    const answer = await victim.inject('POST /v1/open/portal/sessions', { body: form, headers })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([403, 'session.foreign_origin'])
    expect(victim.cookies.size).toBe(0)
    for (const name of ['POST /v1/open/portal/codes', 'POST /v1/open/portal/account-returns'] as const)
      expect([
        name,
        (await victim.inject(name, { body: {} as never, headers: { origin: 'null' } })).statusCode,
      ]).toEqual([name, 403])
    // the code is still good where it was asked for
    expect(await wang.call('POST /v1/open/portal/sessions', { body })).toEqual({ outcome: 'signed_in' })
  })
})
