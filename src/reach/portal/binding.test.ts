/** A second address: added by code, told of another card only after it, and the two made one. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import * as points from '../../value/points/points.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { phonesOf, refusal, type Phone } from '../../../test/phones.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
})
afterAll(() => world?.close())

async function ask(phone: Phone, body: { email: string } | { phone: string }) {
  const { code_id } = await phone.call('POST /v1/portal/addresses/codes', { body })
  return { code_id, code: await phones.codeIn(code_id) }
}
const bind = (phone: Phone, body: { code_id: string; code: string; merge?: boolean }) =>
  phone.call('POST /v1/portal/addresses', { body })

test('a second e-mail is added by its code and signs in from then on; the shown one stays', async () => {
  const wang = await phones.signedIn(world.cast.wang)
  expect(await bind(wang, await ask(wang, { email: 'Second@Example.com' }))).toEqual({
    outcome: 'bound',
    other: null,
  })
  const profile = await wang.call('GET /v1/portal/profile')
  expect(profile.email).toBe('wang@example.com')
  expect(profile.addresses.map(({ address }) => address)).toContain('second@example.com')
  world.at(new Date(world.now().getTime() + 3_600_000))
  const other = phones.phone()
  const { code_id } = await other.call('POST /v1/open/portal/codes', { body: { email: 'second@example.com' } })
  const body = { code_id, code: await phones.codeIn(code_id) }
  expect(await other.call('POST /v1/open/portal/sessions', { body })).toEqual({ outcome: 'signed_in' })
  expect((await verify(world.db, checks)).checks.filter(({ ok }) => !ok)).toEqual([])
})

test('whose address it was is told only after the code; wrong, late and foreign codes are refused', async () => {
  const [wang, chen] = [await phones.signedIn(world.cast.wang), await phones.signedIn(world.cast.chen)]
  const known = await wang.inject('POST /v1/portal/addresses/codes', {
    body: { phone: (await members.memberOf(world.db, world.cast.chen)).phone! },
  })
  const unknown = await wang.inject('POST /v1/portal/addresses/codes', { body: { email: 'nobody@example.com' } })
  const shape = (answer: typeof known) => [answer.statusCode, Object.keys(answer.json() as object)]
  expect(shape(known)).toEqual(shape(unknown))
  const { code_id } = known.json<{ code_id: string }>()
  const code = await phones.codeIn(code_id)
  const wrong = code.startsWith('1') ? '222222' : '111111'
  expect(await refusal(bind(wang, { code_id, code: wrong }))).toBe('422 member_code.refused')
  expect(await refusal(bind(chen, { code_id, code }))).toBe('422 member_code.refused')
  // a code for adding signs nobody in, and one for signing in adds nothing
  expect(await refusal(phones.phone().call('POST /v1/open/portal/sessions', { body: { code_id, code } }))).toBe(
    '422 member_code.refused',
  )
  for (let i = 0; i < 3; i++)
    expect(await refusal(bind(wang, { code_id, code: wrong }))).toBe('422 member_code.refused')
  expect(await refusal(bind(wang, { code_id, code }))).toBe('422 member_code.refused')
  const late = await ask(wang, { email: 'late@example.com' })
  world.at(new Date(world.now().getTime() + 601_000))
  expect(await refusal(bind(wang, late))).toBe('422 member_code.refused')
})

test('two cards of one person become one, after being told what comes over', async () => {
  await world.tx(async (tx) => {
    const lot = { points: 70, earned_at: world.now(), expires_on: null, source: 'test', source_id: '1' }
    await points.openLots(tx, [{ ...lot, member_id: world.cast.chen }])
  })
  const wang = await phones.signedIn(world.cast.wang)
  const before = (await wang.call('GET /v1/portal/home')).points.available
  const chen = await members.memberOf(world.db, world.cast.chen)
  const typed = await ask(wang, { phone: chen.phone! })
  expect(await bind(wang, typed)).toMatchObject({ outcome: 'known', other: { number: chen.number, points: 70 } })
  // told is not done
  expect((await members.memberOf(world.db, world.cast.chen)).number).toBe(chen.number)
  expect(await bind(wang, { ...typed, merge: true })).toEqual({ outcome: 'merged', other: null })
  const home = await wang.call('GET /v1/portal/home')
  expect(home.points.available).toBe(before + 70)
  expect(home.member.display_name).toBe('王小明')
  const gone = await world.db.row(sql`select merged_into from members where member_id = ${world.cast.chen}::uuid`)
  expect(gone).toEqual({ merged_into: world.cast.wang })
  // the same code makes nothing twice
  expect(await refusal(bind(wang, { ...typed, merge: true }))).toBe('422 member_code.refused')
  expect((await verify(world.db, checks)).checks.filter(({ ok }) => !ok)).toEqual([])
})

test('a guest’s purchases come to the member who proves the address', async () => {
  const wang = await phones.signedIn(world.cast.wang)
  expect((await bind(wang, await ask(wang, { email: 'guest@example.com' }))).outcome).toBe('bound')
  const gone = await world.db.row(sql`select merged_into from members where member_id = ${world.cast.guest}::uuid`)
  expect(gone).toEqual({ merged_into: world.cast.wang })
})

test('an account leads to one member, once for a provider, and the last way in stays', async () => {
  const bindTo = (member_id: string, subject: string) =>
    world.tx((tx) => members.bindAccount(tx, member_id, 'google', subject))
  const part = (member_id: string) =>
    world.tx((tx) => members.unbindAccount(tx, member_id, 'google', ['email', 'phone', 'account:google']))
  await Promise.all(Array.from({ length: 8 }, () => bindTo(world.cast.mary, 'sub-1')))
  expect(await members.memberByAccount(world.db, 'google', 'sub-1')).toBe(world.cast.mary)
  await expect(bindTo(world.cast.ouyang, 'sub-1')).rejects.toMatchObject({ code: 'member.account_taken' })
  await expect(bindTo(world.cast.mary, 'sub-2')).rejects.toMatchObject({ code: 'member.account_known' })
  const [only] = await world.tx((tx) => members.upsert(tx, [{ card: 'K-1' }], { source: 'test' }))
  await bindTo(only!.member_id!, 'sub-9')
  await expect(part(only!.member_id!)).rejects.toMatchObject({ code: 'member.last_way_in' })
  await part(world.cast.mary)
  expect(await members.accountsOf(world.db, world.cast.mary)).toEqual([])
})

test('an address is parted from, the next is shown, and the last that lets one in stays', async () => {
  const ouyang = await phones.signedIn(world.cast.ouyang)
  const before = await ouyang.call('GET /v1/portal/profile')
  await bind(ouyang, await ask(ouyang, { email: 'first@example.com' }))
  await bind(ouyang, await ask(ouyang, { email: 'next@example.com' }))
  const part = (kind: 'email' | 'phone', address: string, who = ouyang) =>
    refusal(who.call('POST /v1/portal/addresses/removals', { body: { kind, address } }))
  const addresses = async () => (await ouyang.call('GET /v1/portal/profile')).addresses.map(({ address }) => address)
  // somebody else parts from nothing of theirs
  await part('email', 'next@example.com', await phones.signedIn(world.cast.mary))
  expect(await addresses()).toContain('next@example.com')
  const shown = (await ouyang.call('GET /v1/portal/profile')).email!
  expect(await part('email', shown)).toBe('not refused')
  expect(await part('email', shown)).toBe('not refused')
  const after = await ouyang.call('GET /v1/portal/profile')
  expect(after.email).not.toBe(shown)
  expect(after.addresses.map(({ address }) => address)).toContain(after.email)
  expect(await members.ownerOf(world.db, { kind: 'email', address: shown })).toBeNull()
  // of all at once one stays
  const left = after.addresses
  const outcomes = await Promise.all(left.map(({ kind, address }) => part(kind, address)))
  expect(outcomes.filter((one) => one === '422 member.last_way_in')).toHaveLength(1)
  expect(await addresses()).toHaveLength(1)
  expect(before.addresses.length).toBeGreaterThan(0)
  expect((await verify(world.db, checks)).checks.filter(({ ok }) => !ok)).toEqual([])
})

test('a way that nothing serves at present is no way in', async () => {
  const [made] = await world.tx((tx) => members.upsert(tx, [{ phone: '0966999001' }], { source: 'test' }))
  const member_id = made!.member_id!
  await world.tx((tx) => members.bindAddress(tx, member_id, { kind: 'email', address: 'only@example.com' }))
  const part = (open: string[]) =>
    refusalOf(
      world.tx((tx) => members.unbindAddress(tx, member_id, { kind: 'email', address: 'only@example.com' }, open)),
    )
  // the phone is known, but no message reaches it
  expect(await part(['email'])).toBe('member.last_way_in')
  expect(await part(['email', 'phone'])).toBeNull()
})

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (thrown: { code: string }) => thrown.code,
  )
