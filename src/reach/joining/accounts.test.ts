/** Coming in by an account elsewhere, against a real OpenID provider and a server that speaks as WeChat does. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { openId, type OpenId } from '../../../test/oidc.ts'
import { phonesOf, refusal, type Phone } from '../../../test/phones.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { appleSecret } from './providers/apple.ts'
import type { Provider, ProviderBody } from './types.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
let there: OpenId
/** Where people are sent back to. */
const home = 'http://localhost/portal/account'

const keep = (provider: string, body: ProviderBody) =>
  world.as('owner').call('PUT /v1/admin/joining/providers/:provider', { params: { provider }, body })
const own = (more: Partial<ProviderBody> = {}): ProviderBody => ({
  preset: 'oidc',
  name: 'House',
  client_id: there.client_id,
  settings: { issuer: there.issuer },
  secrets: { client_secret: there.client_secret },
  is_on: true,
  ...more,
})
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  there = await openId([home])
  await keep('house', own())
})
afterAll(async () => {
  await there?.close()
  await world?.close()
})

const begin = async (phone: Phone, provider = 'house', bind = false) => {
  const params = { provider }
  return bind
    ? (await phone.call('POST /v1/portal/accounts/:provider', { params })).url
    : (await phone.call('POST /v1/open/portal/accounts/:provider', { params })).url
}
const back = (phone: Phone, answer: Record<string, string>) =>
  phone.call('POST /v1/open/portal/account-returns', { body: { answer } })
/** There and back in one browser. */
const come = async (phone: Phone, bind = false) => back(phone, await there.walk(await begin(phone, 'house', bind)))
const broken = async () => (await verify(world.db, checks)).checks.filter(({ ok }) => !ok).map(({ name }) => name)

describe('by an OpenID account', () => {
  test('somebody new joins with a name and little else, and signs in by it from then on', async () => {
    there.as({ sub: 'anna', email: 'Anna@Example.com', email_verified: true, name: 'Anna Lin' })
    const phone = phones.phone('198.51.100.60')
    expect(await come(phone)).toEqual({
      outcome: 'joining',
      provider: 'house',
      email: 'anna@example.com',
      name: 'Anna Lin',
    })
    expect(await refusal(phone.call('GET /v1/portal/home'))).toBe('401 session.required')
    const { consents } = await phone.call('GET /v1/open/portal', { query: { language: 'en' } })
    const join = {
      name: 'Anna Lin',
      language: 'en' as const,
      consents: [{ channel: 'email' as const, granted: true, version: consents[0]!.version }],
    }
    await phone.call('POST /v1/open/portal/account-joins', { body: { join } })
    const { member } = await phone.call('GET /v1/portal/home')
    const kept = await world.db.row(sql`
      select m.email, m.join_channel, c.status from members m join member_consents c using (member_id)
      where m.number = ${member.number}::bigint`)
    expect(kept).toEqual({ email: 'anna@example.com', join_channel: 'house', status: 'granted' })
    // sent twice, nobody is made twice
    expect(await refusal(phone.call('POST /v1/open/portal/account-joins', { body: { join } }))).toBe(
      '422 joining.attempt_over',
    )
    const later = phones.phone('198.51.100.61')
    expect((await come(later)).outcome).toBe('signed_in')
    expect((await later.call('GET /v1/portal/home')).member.number).toBe(member.number)
    expect(await broken()).toEqual([])
  })

  test('an e-mail that the provider has not verified is nobody’s', async () => {
    there.as({ sub: 'mallory', email: 'wang@example.com', email_verified: false, name: 'Mallory' })
    const phone = phones.phone('198.51.100.62')
    expect(await come(phone)).toMatchObject({ outcome: 'joining', email: null })
    await phone.call('POST /v1/open/portal/account-joins', { body: { join: { name: 'M', consents: [] } } })
    const profile = await phone.call('GET /v1/portal/profile')
    expect(profile).toMatchObject({ email: null, addresses: [], accounts: [{ provider: 'house' }] })
    // the only way in stays
    const params = { provider: 'house' }
    expect(await refusal(phone.call('DELETE /v1/portal/accounts/:provider', { params }))).toBe(
      '422 member.last_way_in',
    )
    expect(await broken()).toEqual([])
  })

  test('a member’s verified e-mail is never taken silently: the code binds, then the account signs in', async () => {
    there.as({ sub: 'wang-there', email: 'wang@example.com', email_verified: true })
    world.at(new Date(world.now().getTime() + 3_600_000))
    const phone = phones.phone('198.51.100.63')
    expect(await come(phone)).toEqual({
      outcome: 'known',
      provider: 'house',
      email: 'wang@example.com',
      name: null,
    })
    expect(await refusal(phone.call('GET /v1/portal/home'))).toBe('401 session.required')
    // nor by pretending to be new
    const join = phone.call('POST /v1/open/portal/account-joins', { body: { join: { consents: [] } } })
    expect(await refusal(join)).toBe('409 member.identity_taken')
    const { code_id } = await phone.call('POST /v1/open/portal/codes', { body: { email: 'wang@example.com' } })
    const code = await phones.codeIn(code_id)
    await phone.call('POST /v1/open/portal/sessions', { body: { code_id, code } })
    await phone.call('POST /v1/portal/accounts', {})
    const later = phones.phone('198.51.100.64')
    expect((await come(later)).outcome).toBe('signed_in')
    expect((await later.call('GET /v1/portal/home')).member.display_name).toBe('王小明')
    expect(await broken()).toEqual([])
  })

  test('LINE, whose tokens are signed with the channel’s secret, comes in like the others', async () => {
    const [client_id, client_secret] = [`${there.client_id}-line`, `${there.client_secret}-long-enough`]
    await keep('line', own({ preset: 'line', name: 'LINE', client_id, secrets: { client_secret } }))
    there.as({ sub: 'U123', name: '小美' })
    const phone = phones.phone('198.51.100.65')
    const answer = await there.walk(await begin(phone, 'line'))
    expect(await back(phone, answer)).toMatchObject({ outcome: 'joining', provider: 'line', name: '小美' })
    await phone.call('POST /v1/open/portal/account-joins', { body: { join: { consents: [] } } })
    expect(await members.memberByAccount(world.db, 'line', 'U123')).not.toBeNull()
    // one that is signed as others are is no answer of LINE
    await keep('line', own({ preset: 'line', secrets: { client_secret: there.client_secret } }))
    const other = phones.phone('198.51.100.66')
    const wrong = await there.walk(await begin(other, 'line'))
    expect(await refusal(back(other, wrong))).toMatch(/^422 provider\.(answer_wrong|set_wrong)$/)
  })

  test('who is signed in binds an account, and parts from it', async () => {
    there.as({ sub: 'mary-there', email: 'other@example.com', email_verified: true })
    const mary = await phones.signedIn(world.cast.mary)
    expect((await come(mary, true)).outcome).toBe('bound')
    expect(await members.memberByAccount(world.db, 'house', 'mary-there')).toBe(world.cast.mary)
    // somebody else cannot have the same
    const chen = await phones.signedIn(world.cast.chen)
    expect(await refusal(come(chen, true))).toBe('409 member.account_taken')
    await mary.call('DELETE /v1/portal/accounts/:provider', { params: { provider: 'house' } })
    expect(await members.memberByAccount(world.db, 'house', 'mary-there')).toBeNull()
    expect(await broken()).toEqual([])
  })
})

describe('misuse', () => {
  const fresh = () => {
    there.as({ sub: 'eve', name: 'Eve' })
    return phones.phone('198.51.100.70')
  }

  test('an answer is heard once, in the browser that began, within its time', async () => {
    const phone = fresh()
    const answer = await there.walk(await begin(phone))
    expect(await refusal(back(phones.phone('198.51.100.71'), answer))).toBe('422 joining.attempt_unknown')
    expect((await back(phone, answer)).outcome).toBe('joining')
    expect(await refusal(back(phone, answer))).toBe('422 joining.attempt_over')
    const victim = phones.phone('198.51.100.72')
    await begin(victim)
    // an answer of another's attempt in the victim's browser
    expect(await refusal(back(victim, answer))).toBe('422 joining.attempt_unknown')
    const slow = await there.walk(await begin(phone))
    world.at(new Date(world.now().getTime() + 601_000))
    expect(await refusal(back(phone, slow))).toBe('422 joining.attempt_over')
  })

  test('what was begun to bind binds nobody else', async () => {
    there.as({ sub: 'eve-binds' })
    const mary = await phones.signedIn(world.cast.mary)
    const answer = await there.walk(await begin(mary, 'house', true))
    const chen = await phones.signedIn(world.cast.chen)
    mary.cookies.set('regulars_member', chen.cookies.get('regulars_member')!)
    world.at(new Date(world.now().getTime() - 3_600_000))
    expect(await refusal(back(mary, answer))).toBe('422 joining.attempt_unknown')
    world.at(new Date(world.now().getTime() + 3_600_000))
    expect(await members.memberByAccount(world.db, 'house', 'eve-binds')).toBeNull()
  })

  test('an account that somebody left in a shared browser binds to nobody who signs in there after them', async () => {
    const [mary, eve] = [await phones.signedIn(world.cast.mary), phones.phone('198.51.100.74')]
    for (const left of [
      { sub: 'eve-left', name: 'Eve' },
      { sub: 'wang-left', email: 'wang@example.com', email_verified: true },
    ]) {
      there.as(left)
      await come(eve)
      const shared = phones.phone('198.51.100.75')
      shared.cookies.set('regulars_attempt', eve.cookies.get('regulars_attempt')!)
      shared.cookies.set('regulars_member', mary.cookies.get('regulars_member')!)
      expect(await refusal(shared.call('POST /v1/portal/accounts', {}))).toBe('422 joining.attempt_unknown')
      expect(await members.memberByAccount(world.db, 'house', left.sub)).not.toBe(world.cast.mary)
    }
  })

  test('another nonce, issuer, verifier or a no is refused, and nobody comes in', async () => {
    const phone = fresh()
    const spoilt = async (spoil: (answer: Record<string, string>) => Promise<unknown> | void) => {
      const answer = await there.walk(await begin(phone))
      await spoil(answer)
      return refusal(back(phone, answer))
    }
    const last = sql`returned_at is null`
    expect(await spoilt(() => world.db.run(sql`update joining_attempts set nonce = 'other' where ${last}`))).toBe(
      '422 provider.answer_wrong',
    )
    expect(await spoilt((answer) => void (answer['iss'] = 'http://evil.example'))).toBe('422 provider.answer_wrong')
    expect(
      await spoilt(() => world.db.run(sql`update joining_attempts set verifier = repeat('x', 60) where ${last}`)),
    ).toBe('422 provider.refused')
    expect(await spoilt((answer) => void (answer['code'] = 'made-up'))).toBe('422 provider.refused')
    const no = async (answer: Record<string, string>) => {
      delete answer['code']
      answer['error'] = 'access_denied'
    }
    expect(await spoilt(no)).toBe('422 provider.refused')
    expect(await refusal(phone.call('GET /v1/portal/home'))).toBe('401 session.required')
  })

  test('a provider that is off, unknown, down or given a wrong secret says so', async () => {
    const phone = fresh()
    expect(await refusal(begin(phone, 'nobody'))).toBe('404 provider.not_found')
    await keep('closed', own({ is_on: false }))
    expect(await refusal(begin(phone, 'closed'))).toBe('422 provider.off')
    await keep('gone', own({ settings: { issuer: 'http://127.0.0.1:9' } }))
    expect(await refusal(begin(phone, 'gone'))).toBe('503 provider.down')
    await keep('wrong', own({ secrets: { client_secret: 'not-it' } }))
    const answer = await there.walk(await begin(phone, 'wrong'))
    expect(await refusal(back(phone, answer))).toBe('422 provider.set_wrong')
    expect(await refusal(keep('apple', own({ preset: 'apple', settings: {} })))).toBe('422 provider.incomplete')
    const { data } = await world.as('owner').call('GET /v1/admin/joining/providers')
    expect(data.find((one) => one.provider === 'house')).toMatchObject({ secrets_set: ['client_secret'] })
    expect(JSON.stringify(data)).not.toContain(there.client_secret)
    // a secret that is not named stays
    const { secrets: _secrets, ...plain } = own({ name: 'House 2' })
    expect((await keep('house', plain)).secrets_set).toEqual(['client_secret'])
    // members come in by it: with another issuer the same names would be other people
    const elsewhere = own({ settings: { issuer: 'https://elsewhere.example' } })
    expect(await refusal(keep('house', elsewhere))).toBe('422 provider.has_members')
    expect(await refusal(keep('house', own({ preset: 'google', settings: {} })))).toBe('422 provider.has_members')
    expect((await keep('gone', elsewhere)).settings).toEqual({ issuer: 'https://elsewhere.example' })
    const clerk = world.as('clerk').call('PUT /v1/admin/joining/providers/:provider', {
      params: { provider: 'house' },
      body: plain,
    })
    expect(await refusal(clerk)).toBe('403 permission.missing')
  })

  test('what an attempt knew of a person is swept, and gone with an erasure', async () => {
    there.as({ sub: 'lea', email: 'lea@example.com', email_verified: true, name: 'Lea' })
    await come(phones.phone('198.51.100.73'))
    const left = () => world.db.rows(sql`select from joining_attempts where email = 'lea@example.com'`)
    expect(await left()).toHaveLength(1)
    world.at(new Date(world.now().getTime() + 3_600_000))
    await phones.run('joining.sweep', {})
    expect(await left()).toHaveLength(0)
  })
})

describe('WeChat', () => {
  let server: Server
  let answers: Record<string, object>
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url!, 'http://x')
      const good = url.pathname.endsWith('userinfo') || url.searchParams.get('code') === 'good'
      response.end(JSON.stringify(good ? answers[url.pathname] : { errcode: 40029, errmsg: 'invalid code' }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const api_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    answers = {
      '/sns/oauth2/access_token': { access_token: 't', openid: 'o-1', expires_in: 7200 },
      '/sns/userinfo': { openid: 'o-1', unionid: 'u-1', nickname: '小美' },
    }
    const settings = { api_url }
    await keep(
      'wechat',
      own({ preset: 'wechat', name: 'WeChat', client_id: 'wx1', settings, secrets: { client_secret: 's' } }),
    )
  })
  afterAll(() => server?.close())

  test('comes back with a code or a no, and the union id is the person', async () => {
    const phone = phones.phone('198.51.100.80')
    const stateOf = async () => {
      const url = new URL(await begin(phone, 'wechat'))
      expect([url.searchParams.get('appid'), url.hash]).toEqual(['wx1', '#wechat_redirect'])
      return url.searchParams.get('state')!
    }
    expect(await refusal(back(phone, { state: await stateOf() }))).toBe('422 provider.refused')
    expect(await refusal(back(phone, { state: await stateOf(), code: 'bad' }))).toBe('422 provider.refused')
    expect(await back(phone, { state: await stateOf(), code: 'good' })).toMatchObject({
      outcome: 'joining',
      email: null,
      name: '小美',
    })
    await phone.call('POST /v1/open/portal/account-joins', { body: { join: { name: '小美', consents: [] } } })
    expect(await members.memberByAccount(world.db, 'wechat', 'u-1')).not.toBeNull()
  })
})

test('Apple’s secret is a token of our own key, for this client, and its answer comes as a form', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const provider = {
    client_id: 'com.example.portal',
    settings: { team_id: 'TEAM', key_id: 'KEY' },
    secrets: { private_key: await exportPKCS8(privateKey) },
  } as unknown as Provider
  const now = new Date()
  const secret = await appleSecret(provider, now)
  expect(decodeProtectedHeader(secret)).toEqual({ alg: 'ES256', kid: 'KEY' })
  const { payload } = await jwtVerify(secret, publicKey, { audience: 'https://appleid.apple.com' })
  expect(payload).toMatchObject({ iss: 'TEAM', sub: 'com.example.portal' })
  await expect(appleSecret({ ...provider, secrets: {} }, now)).rejects.toMatchObject({ code: 'provider.incomplete' })
  const answer = await phones.phone().inject('POST /v1/open/portal/account-form', {
    body: { code: 'c', state: 's', user: '{}' },
  })
  expect([answer.statusCode, answer.headers.location]).toEqual([303, '/portal/account?code=c&state=s&form=1'])
})
