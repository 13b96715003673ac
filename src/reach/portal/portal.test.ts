/** What a member does alone: coming in, the card, what is owned, leaving; and what nobody else can do in their name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import * as points from '../../value/points/points.ts'
import { codes_max } from '../../record/members/signing-in-rules.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { phonesOf, refusal, type Phone } from '../../../test/phones.ts'

let world: World
let bottle: string
let phones: ReturnType<typeof phonesOf>
const phone = (ip?: string) => phones.phone(ip)
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  bottle = await world.tx(async (tx) => {
    const lot = { points: 500, earned_at: world.now(), expires_on: '2026-12-31', source: 'test' }
    await points.openLots(tx, [{ ...lot, member_id: world.cast.wang, source_id: '1' }])
    const item = { names: { en: 'Bottle' }, cost_minor: 60, price_points: 300 }
    return (await gifts.createItem(tx, { ...item, fulfilment: 'pickup', stock: 'none' })).item_id
  })
})
afterAll(() => world?.close())

describe('coming in', () => {
  test('known and unknown addresses get the same answer and the same letter', async () => {
    const known = await phone('198.51.100.1').inject('POST /v1/open/portal/codes', {
      body: await phones.addressOf(world.cast.mary),
    })
    const unknown = await phone('198.51.100.2').inject('POST /v1/open/portal/codes', {
      body: { email: 'nobody.knows@example.com' },
    })
    const shape = (answer: typeof known) => [answer.statusCode, Object.keys(answer.json() as object)]
    expect(shape(unknown)).toEqual(shape(known))
    for (const answer of [known, unknown]) {
      const { code_id } = answer.json<{ code_id: string }>()
      expect(await phones.codeIn(code_id)).toMatch(/^\d{3} \d{3}$/)
    }
  })

  test('a wrong, a late and a used code are refused alike, and the sixth look is refused whatever it is', async () => {
    const theirs = phone('198.51.100.3')
    const ask = async () =>
      (await theirs.call('POST /v1/open/portal/codes', { body: { email: 'tries@example.com' } })).code_id
    const enter = (code_id: string, code: string) =>
      refusal(theirs.call('POST /v1/open/portal/sessions', { body: { code_id, code } }))
    const first = await ask()
    const right = await phones.codeIn(first)
    const wrong = right.startsWith('1') ? '222222' : '111111'
    for (let i = 0; i < 5; i++) expect(await enter(first, wrong)).toBe('422 member_code.refused')
    expect(await enter(first, right)).toBe('422 member_code.refused')
    const second = await ask()
    const late = await phones.codeIn(second)
    world.at(new Date(world.now().getTime() + 601_000))
    expect(await enter(second, late)).toBe('422 member_code.refused')
    expect(await enter('019a0000-0000-7000-8000-000000000000', '123456')).toBe('422 member_code.refused')
  })

  test('of two that bring one code at once, one is let in', async () => {
    const { code_id } = await phone('198.51.100.4').call('POST /v1/open/portal/codes', {
      body: await phones.addressOf(world.cast.chen),
    })
    const code = await phones.codeIn(code_id)
    const tries = await Promise.all(
      Array.from({ length: 4 }, () =>
        refusal(phone('198.51.100.4').call('POST /v1/open/portal/sessions', { body: { code_id, code } })),
      ),
    )
    expect(tries.sort()).toEqual([...Array(3).fill('422 member_code.refused'), 'not refused'])
    // also when both have passed the look at the code before either uses it up
    const body = await phones.addressOf(world.cast.mary)
    const asked = await phone('198.51.100.4').call('POST /v1/open/portal/codes', { body })
    const typed = { code_id: asked.code_id, code: await phones.codeIn(asked.code_id), purpose: 'sign_in' as const }
    const seen = await members.tryCode(world.db, typed, world.now())
    const used = await Promise.allSettled([1, 2, 3].map(() => world.tx((tx) => members.useCode(tx, seen))))
    expect(used.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('two hundred at once get no more codes than the limits: by number, by device, by address', async () => {
    const asked = async (one: (i: number) => Promise<unknown>) => {
      world.at(new Date(world.now().getTime() + 3_600_000))
      const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => refusal(one(i))))
      expect(new Set(answers)).toEqual(new Set(['not refused', '429 member_code.too_many']))
      return answers.filter((answer) => answer === 'not refused').length
    }
    const ask = (from: Phone, email: string) => from.call('POST /v1/open/portal/codes', { body: { email } })
    expect(await asked((i) => ask(phone(`192.0.2.${i}`), 'one@example.com'))).toBe(codes_max.number)
    const device = phone('192.0.2.201')
    await ask(device, 'first@example.com')
    device.cookies.delete('regulars_member')
    expect(await asked((i) => ask(device, `device${i}@example.com`))).toBe(codes_max.device)
    expect(await asked((i) => ask(phone('192.0.2.202'), `caller${i}@example.com`))).toBe(codes_max.caller)
  })

  test('somebody new joins with a name, where they were met, and what they said to which text', async () => {
    world.at(new Date(world.now().getTime() + 3_600_000))
    const theirs = phone('198.51.100.5')
    const body = { email: 'Lin.New@example.com' }
    const { code_id } = await theirs.call('POST /v1/open/portal/codes', { body })
    const code = await phones.codeIn(code_id)
    const first = await theirs.call('POST /v1/open/portal/sessions', { body: { code_id, code } })
    expect(first).toEqual({ outcome: 'joining' })
    expect(await refusal(theirs.call('GET /v1/portal/home'))).toBe('401 session.required')
    const { consents } = await theirs.call('GET /v1/open/portal', { query: { language: 'zh-TW' } })
    expect(consents[0]).toMatchObject({ channel: 'email', version: '2026-11/zh-TW' })
    const join = {
      name: '林新',
      language: 'zh-TW' as const,
      store: 'XINYI',
      source: 'poster-xinyi',
      consents: [{ channel: 'email' as const, granted: true, version: consents[0]!.version }],
    }
    const second = await theirs.call('POST /v1/open/portal/sessions', { body: { code_id, code, join } })
    expect(second).toEqual({ outcome: 'joined' })
    const home = await theirs.call('GET /v1/portal/home')
    expect(home.member.display_name).toBe('林新')
    const kept = await world.db.row(sql`
      select m.kind, m.join_channel, m.join_store_id, m.locale, c.status, c.method, c.text_version, c.ip, i.verified_at
      from members m join member_consent_entries c using (member_id) join member_identities i using (member_id)
      where m.number = ${home.member.number}::bigint`)
    expect(kept).toMatchObject({
      kind: 'member',
      join_channel: 'poster-xinyi',
      join_store_id: world.stores.get('XINYI'),
      locale: 'zh-TW',
      status: 'granted',
      method: 'portal',
      text_version: '2026-11/zh-TW',
      ip: '198.51.100.5',
    })
    expect((kept as { verified_at: Date }).verified_at).not.toBeNull()
    // the form sent twice makes nobody twice
    const again = phone('198.51.100.5').call('POST /v1/open/portal/sessions', { body: { code_id, code, join } })
    expect(await refusal(again)).toBe('422 member_code.refused')
  })

  test('a session ends on this device, or everywhere, and follows a merge', async () => {
    const [one, two] = [await phones.signedIn(world.cast.mary), await phones.signedIn(world.cast.mary)]
    await one.call('DELETE /v1/portal/session')
    expect(await refusal(one.call('GET /v1/portal/home'))).toBe('401 session.required')
    expect((await two.call('GET /v1/portal/profile')).sessions).toBe(1)
    const token = two.cookies.get('regulars_member')!
    await two.call('DELETE /v1/portal/sessions')
    two.cookies.set('regulars_member', token)
    expect(await refusal(two.call('GET /v1/portal/home'))).toBe('401 session.required')
    const chen = await phones.signedIn(world.cast.chen)
    const kept = await world.as('marketer').call('POST /v1/admin/members', { body: { phone: '0912 000 111' } })
    await world.tx((tx) => members.merge(tx, [{ keep: kept.member_id, merge: world.cast.chen }]))
    expect((await chen.call('GET /v1/portal/home')).member.number).toBe(kept.number)
  })
})

describe('the card', () => {
  const identify = (code: string, scan_id?: string) =>
    world.as('clerk').call('POST /v1/till/members/identify', { body: { code, ...(scan_id ? { scan_id } : {}) } })

  test('is taken once for spending; who shows it again is refused and noted', async () => {
    const wang = await phones.signedIn(world.cast.wang)
    const { qr, digits } = await wang.call('GET /v1/portal/code')
    const scan = '019a0000-0000-7000-8000-00000000000a'
    const seen = await identify(qr, scan)
    expect(seen).toMatchObject({ member_id: world.cast.wang, may_spend: true })
    // the same look of the same till, its answer lost
    expect(await identify(qr, scan)).toEqual(seen)
    const again = await wang.call('GET /v1/portal/code')
    expect(again).toMatchObject({ qr, is_used: true })
    world.at(new Date(again.next_at))
    const next = await wang.call('GET /v1/portal/code')
    expect([next.is_used, next.qr === qr]).toEqual([false, false])
    for (const copied of [qr, digits]) expect(await refusal(identify(copied))).toBe('409 portal_code.shown_before')
    const noted = await world.db.row(sql`
      select replays, replayed_at from portal_shown_codes where member_id = ${world.cast.wang}::uuid`)
    expect(noted).toMatchObject({ replays: 2, replayed_at: world.now() })
    world.at(new Date(world.now().getTime() + 61_000))
    expect(await refusal(identify(qr))).toBe('422 portal_code.expired')
    expect(await refusal(identify(digits))).toBe('422 portal_code.refused')
    expect(await refusal(identify(`${qr.slice(0, -1)}${qr.endsWith('A') ? 'B' : 'A'}`))).toBe(
      '422 portal_code.refused',
    )
  })

  test('shown at twenty tills at once is taken by one', async () => {
    const wang = await phones.signedIn(world.cast.wang)
    const { qr } = await wang.call('GET /v1/portal/code')
    const answers = await Promise.all(Array.from({ length: 20 }, () => refusal(identify(qr))))
    expect(answers.filter((answer) => answer === 'not refused')).toHaveLength(1)
  })

  test('plain is good for earning, with a masked name', async () => {
    const wang = await phones.signedIn(world.cast.wang)
    const { member } = await wang.call('GET /v1/portal/home')
    const seen = await identify(member.plain_code)
    expect(seen).toMatchObject({ member_id: world.cast.wang, may_spend: false })
    expect(seen.display_name).not.toBe(member.display_name)
    expect(seen.display_name![0]).toBe(member.display_name![0])
  })

  test('tells what is held and what ends when', async () => {
    const { points: held, tier, worth } = await (await phones.signedIn(world.cast.wang)).call('GET /v1/portal/home')
    expect(held).toMatchObject({ available: 500, expiring: [{ expires_on: '2026-12-31', points: 500 }] })
    expect(tier).not.toBeNull()
    expect(worth).toEqual({ year_minor: 0, ever_minor: 0 })
  })
})

describe('what is mine', () => {
  test('a wish is fulfilled once, with a pick-up code and its why in the history', async () => {
    const wang = await phones.signedIn(world.cast.wang)
    const { data } = await wang.call('GET /v1/portal/catalogue')
    expect(data).toMatchObject([{ item_id: bottle, price_points: 300 }])
    const body = { item_id: bottle, wish_id: '019a0000-0000-7000-8000-00000000000b' }
    const [one, two] = await Promise.all([
      wang.call('POST /v1/portal/redemptions', { body }),
      wang.call('POST /v1/portal/redemptions', { body }),
    ])
    expect(one).toEqual(two)
    expect(one.pickup_code).toMatch(/^[0-9A-F]{6}$/)
    const wish_id = '019a0000-0000-7000-8000-00000000000c'
    expect(await refusal(wang.call('POST /v1/portal/redemptions', { body: { item_id: bottle, wish_id } }))).toBe(
      '422 points.insufficient',
    )
    const { data: entries } = await wang.call('GET /v1/portal/history')
    expect(entries[0]).toMatchObject({ points: -300, why: { codes: ['points.spent'] } })
  })

  test('name and language change; the birthday is said once; consent is given and withdrawn with its text', async () => {
    const mary = await phones.signedIn(world.cast.mary)
    await mary.call('PATCH /v1/portal/profile', { body: { display_name: 'Mary W.', locale: 'zh-TW' } })
    await world.tx((tx) => members.update(tx, world.cast.mary, { birth_date: null }))
    await mary.call('PATCH /v1/portal/profile', { body: { birth_date: '1990-05-06' } })
    const later = mary.call('PATCH /v1/portal/profile', { body: { birth_date: '1990-12-01' } })
    expect(await refusal(later)).toBe('422 portal.birthday_known')
    const { consents, ...profile } = await mary.call('GET /v1/portal/profile')
    expect(profile).toMatchObject({ display_name: 'Mary W.', birth_date: '1990-05-06', locale: 'zh-TW' })
    const { channel, version } = consents[0]! as { channel: 'email'; version: string }
    for (const granted of [true, false]) {
      await mary.call('PUT /v1/portal/consents', { body: { channel, version, granted } })
      expect((await mary.call('GET /v1/portal/profile')).consents[0]).toMatchObject({ channel, granted })
    }
    const forged = mary.call('PUT /v1/portal/consents', { body: { channel, granted: true, version: 'mine/en' } })
    expect(await refusal(forged)).toBe('422 portal_consent.unknown')
  })
})

test('an account is deleted by a second code only, and nothing of it can be used or read again', async () => {
  const ouyang = await phones.signedIn(world.cast.ouyang)
  const other = await phones.signedIn(world.cast.ouyang)
  const address = Object.values(await phones.addressOf(world.cast.ouyang))[0]!
  const { qr } = await ouyang.call('GET /v1/portal/code')
  const signIn = await phone().call('POST /v1/open/portal/codes', { body: await phones.addressOf(world.cast.ouyang) })
  const body = { code_id: signIn.code_id, code: await phones.codeIn(signIn.code_id) }
  expect(await refusal(ouyang.call('POST /v1/portal/erasure', { body }))).toBe('422 member_code.refused')
  const { code_id } = await ouyang.call('POST /v1/portal/erasure/codes', { body: {} })
  await ouyang.call('POST /v1/portal/erasure', { body: { code_id, code: await phones.codeIn(code_id) } })
  for (const gone of [ouyang, other])
    expect(await refusal(gone.call('GET /v1/portal/home'))).toBe('401 session.required')
  const shown = world.as('clerk').call('POST /v1/till/members/identify', { body: { code: qr } })
  expect(await refusal(shown)).toBe('422 portal_code.refused')
  const left = await world.db.row<{ n: number }>(sql`
    select (select count(*) from member_sign_in_codes where address = ${address}::text)
      + (select count(*) from portal_letters where address = ${address}::text)
      + (select count(*) from member_sessions where member_id = ${world.cast.ouyang}::uuid) as n`)
  expect(left!.n).toBe(0)
})

test('what is over is swept, what is not stays', async () => {
  const wang = await phones.signedIn(world.cast.wang)
  world.later(2)
  await phones.run('portal.sweep', {})
  const left = await world.db.row<{ codes: number; letters: number }>(sql`
    select (select count(*) from member_sign_in_codes) as codes, (select count(*) from portal_letters) as letters`)
  expect(left).toEqual({ codes: 0, letters: 0 })
  expect((await wang.call('GET /v1/portal/home')).points.available).toBe(200)
  world.later(90)
  expect(await refusal(wang.call('GET /v1/portal/home'))).toBe('401 session.required')
})

test('verify holds, and sees what is planted', async () => {
  const own = checks.filter(({ name }) => name.startsWith('portal.'))
  const broken = async () => (await verify(world.db, own)).checks.filter(({ ok }) => !ok).map(({ name }) => name)
  expect(await broken()).toEqual([])
  const [nobody, now] = ['019a0000-0000-7000-8000-00000000000e', world.now()]
  await world.db.run(sql`
    insert into member_sessions (token_hash, member_id, created_at, expires_at)
    values ('\\x01', ${nobody}::uuid, ${now}::timestamptz, ${now}::timestamptz)`)
  await world.db.run(sql`
    insert into portal_shown_codes (member_id, step, scan_id, shown_at, actor)
    values (${nobody}::uuid, 1, ${nobody}::uuid, ${now}::timestamptz, 'test')`)
  await world.db.run(sql`
    insert into member_sign_in_codes (code_id, kind, address, purpose, created_at, expires_at)
    select uuidv7(), 'email', 'many@example.com', 'sign_in', ${now}::timestamptz, ${now}::timestamptz
    from generate_series(1, 6)`)
  await world.db.run(sql`
    insert into portal_letters (code_id, channel, address, subject, body, created_at)
    select code_id, 'outbox', 'other@example.com', '', '', created_at from member_sign_in_codes
    where address = 'many@example.com' limit 1`)
  await world.db.run(sql`
    insert into portal_passes (pass_id, member_id, kind, thing_id, state, created_at, expires_at, ended_at,
      accepted_by, received_id)
    values (uuidv7(), ${nobody}::uuid, 'coupon', uuidv7(), 'accepted', ${now}::timestamptz, ${now}::timestamptz,
      ${now}::timestamptz, ${nobody}::uuid, uuidv7())`)
  expect((await broken()).sort()).toEqual(own.map(({ name }) => name).sort())
})
