/** What nobody may learn or do at the member's doors: who is known, somebody else's things, more tries than are given. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tables } from '../../app/api.ts'
import type { Tx } from '../../base/db.ts'
import type { AnyRoute } from '../../base/routes.ts'
import { sql, type Sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import { codeFits, codeFor, tries_max } from '../../record/members/signing-in-rules.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import { phonesOf, refusal, type Phone } from '../../../test/phones.ts'
import { openWorld, type World } from '../../../test/world.ts'
import * as portal from './portal.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
})
afterAll(() => world?.close())

/** Every statement that some work runs, as it is written: what is done, whoever it is done for. */
async function statementsOf(work: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const texts: string[] = []
  await world.tx(async (tx) => {
    const seen = (query: Sql) => (texts.push(query.text), query)
    await work({
      ...tx,
      rows: (query: Sql) => tx.rows(seen(query)),
      row: (query: Sql) => tx.row(seen(query)),
      run: (query: Sql) => tx.run(seen(query)),
    } as Tx)
  })
  return texts
}

test('asking for a code is the same work for a known and an unknown address: the same statements, in order', async () => {
  const asker = { ip: '192.0.2.1', device: 'd' }
  const asked = (body: { email: string } | { phone: string }) =>
    statementsOf((tx) => portal.askSignInCode(tx, body, asker))
  const known = await asked({ email: 'wang@example.com' })
  expect(known.length).toBeGreaterThan(3)
  expect(await asked({ email: 'nobody.there@example.com' })).toEqual(known)
  expect(await asked({ phone: '0912 345 678' })).toEqual(await asked({ phone: '0987 654 321' }))
  const own = (email: string) => statementsOf((tx) => portal.askBindingCode(tx, world.cast.mary, { email }, asker))
  expect(await own('wang@example.com')).toEqual(await own('nobody.there@example.com'))
  // neither looks at anybody
  expect(known.join(' ')).not.toMatch(/member_identities|from members/)
})

test('a code is compared in the same time whatever is wrong with it, and nothing but its digits opens', () => {
  const secret = Buffer.alloc(32, 5)
  const id = '019a0000-0000-7000-8000-000000000001'
  const right = codeFor(secret, id)
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 30 }), fc.stringMatching(/^\d{0,8}$/)), (typed) => {
      // never throws, as a comparison of unequal lengths would
      expect(codeFits(secret, id, typed)).toBe(typed.normalize('NFKC').replace(/\D/g, '') === right)
    }),
  )
  expect(codeFits.toString()).toContain('timingSafeEqual')
})

test('of two hundred guesses at once no more are looked at than a code has tries', async () => {
  const phone = phones.phone('198.51.100.101')
  const { code_id } = await phone.call('POST /v1/open/portal/codes', { body: { email: 'guess@example.com' } })
  const right = await phones.codeIn(code_id)
  const wrong = Array.from({ length: 200 }, (_, i) => String(100_000 + i * 7)).filter(
    (code) => code !== right.replace(' ', ''),
  )
  const enter = (code: string) => refusal(phone.call('POST /v1/open/portal/sessions', { body: { code_id, code } }))
  expect(new Set(await Promise.all(wrong.map(enter)))).toEqual(new Set(['422 member_code.refused']))
  const tried = await world.db.row<{ tries: number }>(sql`
    select tries from member_sign_in_codes where code_id = ${code_id}::uuid`)
  expect(tried!.tries).toBe(tries_max)
  expect(await enter(right)).toBe('422 member_code.refused')
})

/** The same link but for one sign. */
const other = (token: string) => token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')

/** Routes that name a thing: how somebody else's is refused there. A new one must say so here. */
interface Foreign {
  gift_id: string
  pass_id: string
  token: string
}
const foreign: Record<string, (phone: Phone, his: Foreign) => Promise<string>> = {
  'GET /v1/portal/gifts/:gift_id': (phone, { gift_id }) =>
    refusal(phone.call('GET /v1/portal/gifts/:gift_id', { params: { gift_id } })),
  'DELETE /v1/portal/passes/:pass_id': (phone, { pass_id }) =>
    refusal(phone.call('DELETE /v1/portal/passes/:pass_id', { params: { pass_id } })),
  // who is in no pool of his takes nobody out of it, him neither
  'DELETE /v1/portal/pool/members/:member_id': (phone) =>
    refusal(phone.call('DELETE /v1/portal/pool/members/:member_id', { params: { member_id: world.cast.wang } })),
  // a link is for whoever holds it; one that was taken back is for nobody
  'POST /v1/portal/passes/:token/accept': (phone, { token }) =>
    refusal(phone.call('POST /v1/portal/passes/:token/accept', { params: { token: other(token) } })),
}
/** These name what is everybody's (a question, a provider) and act on the caller alone. */
const shared = [
  'POST /v1/portal/steps/:step_id',
  'POST /v1/portal/accounts/:provider',
  'DELETE /v1/portal/accounts/:provider',
]

test('another member’s things are refused at every door that names one', async () => {
  const his = await world.tx(async (tx) => {
    const item = { names: { en: 'Bottle' }, cost_minor: 60, fulfilment: 'pickup', stock: 'none' } as const
    const { item_id } = await gifts.createItem(tx, { ...item, may_be_passed_on: true })
    const want = { member_id: world.cast.wang, reward: { kind: 'item' as const, item_id }, reason: 'test' }
    const [given] = await gifts.give(tx, [{ ...want, occurrence: '1' }])
    const pass = await portal.makePass(tx, world.cast.wang, { kind: 'gift', id: given!.gift_id! })
    return { gift_id: given!.gift_id!, pass_id: pass.pass_id, token: pass.path.split('/').at(-1)! }
  })
  const named = tables
    .flatMap((table) => Object.entries(table) as [string, AnyRoute][])
    .filter(([name, { permission }]) => permission === 'member' && name.includes('/:'))
    .map(([name]) => name)
  const told = named.filter((name) => !/\/wallets?\//.test(name))
  expect(told.filter((name) => !(name in foreign) && !shared.includes(name))).toEqual([])
  const mary = await phones.signedIn(world.cast.mary)
  for (const [name, act] of Object.entries(foreign))
    expect([name, await act(mary, his)]).toEqual([name, expect.stringMatching(/^404 /)])
  // by a body as well: she cannot give away or redeem what is his
  const body = { kind: 'gift' as const, id: his.gift_id }
  expect(await refusal(mary.call('POST /v1/portal/passes', { body }))).toBe('404 gift.not_found')
  // and it is still his
  const wang = await phones.signedIn(world.cast.wang)
  expect((await wang.call('GET /v1/portal/gifts/:gift_id', { params: { gift_id: his.gift_id } })).status).toBe('open')
  expect(await coupons.walletOf(world.db, world.cast.mary)).toEqual([])
})

test('a code opens what it was asked for and nothing else, once, for whom it was asked', async () => {
  const wang = await phones.signedIn(world.cast.wang)
  const mary = await phones.signedIn(world.cast.mary)
  const purposes = {
    erase: async () => (await wang.call('POST /v1/portal/erasure/codes', { body: {} })).code_id,
    bind: async () =>
      (await wang.call('POST /v1/portal/addresses/codes', { body: { email: 'third@example.com' } })).code_id,
    sign_in: async () =>
      (await phones.phone().call('POST /v1/open/portal/codes', { body: { email: 'third@example.com' } })).code_id,
  }
  const doors = {
    erase: (phone: Phone, body: { code_id: string; code: string }) =>
      refusal(phone.call('POST /v1/portal/erasure', { body })),
    bind: (phone: Phone, body: { code_id: string; code: string }) =>
      refusal(phone.call('POST /v1/portal/addresses', { body })),
    sign_in: (_phone: Phone, body: { code_id: string; code: string }) =>
      refusal(phones.phone('198.51.100.102').call('POST /v1/open/portal/sessions', { body })),
  }
  for (const [purpose, ask] of Object.entries(purposes)) {
    const code_id = await ask()
    const body = { code_id, code: await phones.codeIn(code_id) }
    for (const [door, open] of Object.entries(doors)) {
      if (door === purpose) continue
      expect([purpose, door, await open(wang, body)]).toEqual([purpose, door, '422 member_code.refused'])
    }
    if (purpose !== 'sign_in') expect(await doors[purpose as 'erase'](mary, body)).toBe('422 member_code.refused')
  }
  expect((await members.memberOf(world.db, world.cast.wang)).display_name).toBe('王小明')
})
