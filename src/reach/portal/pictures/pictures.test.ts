/** A member's picture of themselves: put, seen by whom it is for, gone with them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import * as members from '../../../record/members/members.ts'
import { picture_bytes_max } from '../../../record/members/types.ts'
import { plainPng } from '../../../record/program/program.ts'
import { phonesOf, refusal, type Phone } from '../../../../test/phones.ts'
import { openWorld, type Caller, type World } from '../../../../test/world.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
})
afterAll(() => world?.close())

const red = plainPng(256, 256, '#ff0000')
const blue = plainPng(256, 256, '#0000ff')
const put = (phone: Phone, png: Buffer) =>
  phone.call('PUT /v1/portal/picture', { body: { base64: png.toString('base64') } })
const seen = (caller: Caller, member_id: string) =>
  caller.inject('GET /v1/admin/members/:member_id/picture', { params: { member_id } })
const atTill = (caller: Caller, member_id: string) =>
  caller.call('GET /v1/till/members/:member_id', { params: { member_id } })
const own = async (phone: Phone) => (await phone.call('GET /v1/portal/profile')).picture
const setFor = (member_id: string, png: Buffer) => world.tx((tx) => members.setPicture(tx, member_id, png))

test('is put, replaced and removed by the member, and the clerk sees the one of now', async () => {
  const { wang } = world.cast
  const [phone, clerk] = [await phones.signedIn(wang), world.as('clerk')]
  expect(await own(phone)).toBeNull()
  expect((await phone.inject('GET /v1/portal/picture')).statusCode).toBe(404)
  expect((await atTill(clerk, wang)).picture).toBeNull()
  const { picture: first } = await put(phone, red)
  expect(await own(phone)).toBe(first)
  expect((await phone.inject('GET /v1/portal/picture')).rawPayload.equals(red)).toBe(true)
  const { picture } = await put(phone, blue)
  expect(picture).not.toBe(first)
  // the same again is no other one
  const told = () =>
    world.db.rows(sql`
      select from facts where member_id = ${wang}::uuid and name = 'member.updated'
        and data->'fields' = '["picture"]'::jsonb`)
  expect(await told()).toHaveLength(2)
  expect(await put(phone, blue)).toEqual({ picture })
  expect(await told()).toHaveLength(2)
  expect((await atTill(clerk, wang)).picture).toBe(picture)
  const shown = await seen(clerk, wang)
  expect(shown.rawPayload.equals(blue)).toBe(true)
  expect(shown.headers).toMatchObject({
    ...{ 'content-type': 'image/png', 'cache-control': 'private, no-cache', etag: `"${picture}"` },
    'x-content-type-options': 'nosniff',
  })
  const again = await clerk.inject('GET /v1/admin/members/:member_id/picture', {
    params: { member_id: wang },
    headers: { 'if-none-match': `"${picture}"` },
  })
  expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0])
  await phone.call('DELETE /v1/portal/picture')
  await phone.call('DELETE /v1/portal/picture')
  expect([await own(phone), (await atTill(clerk, wang)).picture, (await seen(clerk, wang)).statusCode]).toEqual([
    ...[null, null],
    404,
  ])
})

test('what is too large, in bytes or in pixels, and what is no picture is refused', async () => {
  const phone = await phones.signedIn(world.cast.wang)
  const heavy = Buffer.concat([red, Buffer.alloc(picture_bytes_max)])
  for (const png of [heavy, plainPng(1_025, 1, '#ffffff')])
    expect(await refusal(put(phone, png))).toBe('422 member.picture_too_large')
  for (const bytes of [Buffer.from('<svg/>'), red.subarray(0, -1), Buffer.alloc(0)])
    expect(await refusal(put(phone, bytes))).toBe('422 member.picture_unreadable')
  expect(await own(phone)).toBeNull()
})

test('nobody sees it but the member and who may read members', async () => {
  const { wang, mary } = world.cast
  const [his, hers] = [await phones.signedIn(wang), await phones.signedIn(mary)]
  await put(his, red)
  expect((await hers.inject('GET /v1/portal/picture')).statusCode).toBe(404)
  await hers.call('DELETE /v1/portal/picture')
  await put(hers, blue)
  expect((await his.inject('GET /v1/portal/picture')).rawPayload.equals(red)).toBe(true)
  const till = await world.withKey(['till:use'])
  expect((await atTill(till, wang)).picture).toBeNull()
  expect((await seen(till, wang)).statusCode).toBe(403)
  for (const caller of [world.nobody, hers, his]) expect((await seen(caller, wang)).statusCode).toBe(401)
  expect((await world.nobody.inject('GET /v1/portal/picture')).statusCode).toBe(401)
  const { data } = await world.as('clerk').call('GET /v1/till/members', { query: { search: '0912345678' } })
  expect(JSON.stringify(data)).not.toContain('picture')
})

test('staff remove the one they saw, with a reason; the member reads it, and puts another', async () => {
  const { mary } = world.cast
  const [phone, clerk] = [await phones.signedIn(mary), world.as('clerk')]
  const params = { member_id: mary }
  const takeAway = (caller: Caller, version: string, reason = 'shows somebody else') =>
    caller.call('DELETE /v1/admin/members/:member_id/picture', { params, body: { version, reason } })
  const removedAt = async () => (await phone.call('GET /v1/portal/profile')).picture_taken_away_at
  const { picture: first } = await put(phone, red)
  expect(await refusal(takeAway(world.as('analyst'), first))).toBe('403 permission.missing')
  expect(await refusal(takeAway(phone, first))).toMatch(/^401/)
  expect(await refusal(takeAway(clerk, first, '  '))).toMatch(/^400/)
  // the member puts another meanwhile: nobody has judged that one
  const { picture } = await put(phone, blue)
  expect(await refusal(takeAway(clerk, first))).toBe('404 member.picture_not_found')
  expect([await own(phone), await removedAt()]).toEqual([picture, null])
  await takeAway(clerk, picture)
  expect([await own(phone), await removedAt()]).toEqual([null, world.now().toISOString()])
  expect([(await atTill(clerk, mary)).picture, (await seen(clerk, mary)).statusCode]).toEqual([null, 404])
  expect((await phone.inject('GET /v1/portal/picture')).statusCode).toBe(404)
  const { data } = await world.as('owner').call('GET /v1/admin/audit', { query: { noun: 'members' } })
  expect(data.find(({ action }) => action === 'member.picture_removed')).toMatchObject({
    ...{ actor_name: '小芳', noun_id: mary, after: null },
    personal: [{ member_id: mary, after: { reason: 'shows somebody else' } }],
  })
  // the very same one again is another try of theirs, and stands
  await put(phone, blue)
  expect([await own(phone), await removedAt()]).toEqual([picture, null])
  await takeAway(clerk, picture)
  await phone.call('DELETE /v1/portal/picture')
  expect(await removedAt()).toBeNull()
})

test('of two cards that become one the kept one’s stays, else the other’s comes along', async () => {
  const made = async (phone: string) =>
    (await world.as('clerk').call('POST /v1/admin/members', { body: { phone } })).member_id
  const [kept, gone, bare] = [await made('0966777001'), await made('0966777002'), await made('0966777003')]
  await setFor(kept, red)
  await setFor(gone, blue)
  await world.tx((tx) => members.merge(tx, [{ keep: kept, merge: gone }]))
  const clerk = world.as('clerk')
  for (const id of [kept, gone]) expect((await seen(clerk, id)).rawPayload.equals(red)).toBe(true)
  // one that staff removed gives way to a picture
  await setFor(bare, blue)
  const version = (await members.memberOf(world.db, bare)).picture!
  await world.tx((tx) => members.takeAwayPicture(tx, { member_id: bare, version, reason: 'no face' }))
  await world.tx((tx) => members.merge(tx, [{ keep: bare, merge: kept }]))
  expect((await seen(clerk, bare)).rawPayload.equals(red)).toBe(true)
  expect((await atTill(clerk, kept)).picture).toBe((await members.memberOf(world.db, bare)).picture)
  // merged and erased members put none
  await expect(setFor(kept, blue)).rejects.toMatchObject({ code: 'member.not_found' })
  expect(
    await world.db.rows(sql`select member_id from member_pictures where member_id <> all (${[bare]}::uuid[])
    and member_id = any (${[kept, gone]}::uuid[])`),
  ).toEqual([])
})

test('is exported as what any browser shows, and erased with the member', async () => {
  const { chen } = world.cast
  await setFor(chen, red)
  const params = { member_id: chen }
  const { data } = await world.as('owner').call('GET /v1/admin/members/:member_id/export', { params })
  expect((data as Record<string, unknown[]>)['member_pictures']).toMatchObject([
    { image: `data:image/png;base64,${red.toString('base64')}`, type: 'image/png' },
  ])
  await world.tx((tx) => members.erase(tx, [chen]))
  expect(await world.db.rows(sql`select from member_pictures where member_id = ${chen}::uuid`)).toEqual([])
  expect((await seen(world.as('clerk'), chen)).statusCode).toBe(404)
  await expect(setFor(chen, red)).rejects.toMatchObject({ code: 'member.not_found' })
})
