import { afterAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../base/actor.ts'
import { sql } from '../../base/sql.ts'
import { addMs, clock } from '../../base/time.ts'
import { openWorld } from '../../../test/world.ts'
import { failures_per_email_max, lock_minutes, permissions, permissionsByRole, session_days } from './rules.ts'
import * as staff from './staff.ts'

const world = await openWorld({ empty: true })
afterAll(() => world.close())

const owner = world.as('owner')
const link = async (staff_id: string, now = clock()) =>
  (await world.tx((tx) => staff.newSignInLink(tx, staff_id, now)))!
const cookieOf = (response: { headers: Record<string, unknown> }) => String(response.headers['set-cookie'] ?? '')

async function person(email: string, password?: string) {
  return owner.call('POST /v1/admin/staff', {
    body: { email, name: 'Somebody', role: 'clerk', ...(password ? { password } : {}) },
  })
}

describe('signing in', () => {
  test('by e-mail in any case and password gives a cookie that scripts cannot read', async () => {
    await person('pia@wusong.example', 'correct horse battery')
    const response = await world.nobody.inject('POST /v1/open/sign-in', {
      body: { email: 'PIA@wusong.example ', password: 'correct horse battery' },
    })
    expect(response.statusCode).toBe(200)
    expect(cookieOf(response)).toMatch(/^regulars_session=[\w-]{43}; .*HttpOnly; SameSite=Lax/)
    const token = /regulars_session=([\w-]+)/.exec(cookieOf(response))![1]!
    const principal = await staff.authenticate(world.db, { cookie: token })
    expect(principal).toMatchObject({ actor: { kind: 'staff', name: 'Somebody' } })
    expect(principal!.permissions).toEqual(new Set(permissionsByRole.clerk))
  })

  test('a wrong password and an unknown e-mail get the same answer', async () => {
    await person('quy@wusong.example', 'correct horse battery')
    const wrong = await world.nobody.inject('POST /v1/open/sign-in', {
      body: { email: 'quy@wusong.example', password: 'wrong' },
    })
    const unknown = await world.nobody.inject('POST /v1/open/sign-in', {
      body: { email: 'no@wusong.example', password: 'wrong' },
    })
    const bare = (body: { request_id: string }) => ({ ...body, request_id: '' })
    expect(wrong.statusCode).toBe(401)
    expect(bare(unknown.json())).toEqual(bare(wrong.json()))
    expect(wrong.json()).toMatchObject({ code: 'sign_in.refused' })
  })

  test('too many wrong tries lock the e-mail, also for the right password, until the window has passed', async () => {
    await person('rae@wusong.example', 'correct horse battery')
    const now = clock()
    const sign = (password: string, at: Date) =>
      staff.signIn(world.db, { email: 'rae@wusong.example', password, ip: '203.0.113.1' }, at)
    for (let i = 0; i < failures_per_email_max; i += 1)
      await expect(sign('wrong', now)).rejects.toMatchObject({ code: 'sign_in.refused' })
    await expect(sign('correct horse battery', addMs(now, 60_000))).rejects.toMatchObject({
      code: 'sign_in.locked',
      status: 429,
      params: { retry_after: lock_minutes * 60 - 60 },
    })
    await expect(sign('correct horse battery', addMs(now, lock_minutes * 60_000))).resolves.toMatchObject({
      staff: { name: 'Somebody' },
    })
  })

  test('many guesses at once do not get past the lock', async () => {
    const guesses = Array.from({ length: 12 }, (_, i) =>
      staff
        .signIn(world.db, { email: 'sam@wusong.example', password: 'guess', ip: `203.0.113.${100 + i}` })
        .catch((error: { code: string }) => error.code),
    )
    const codes = await Promise.all(guesses)
    expect(codes.filter((code) => code === 'sign_in.refused')).toHaveLength(failures_per_email_max)
    expect(codes.filter((code) => code === 'sign_in.locked')).toHaveLength(12 - failures_per_email_max)
  })

  test('an address that tries many e-mails is locked too', async () => {
    const now = clock()
    const sign = (i: number) =>
      staff.signIn(world.db, { email: `n${i}@x.example`, password: 'x', ip: '203.0.113.3' }, now)
    await world.db.run(sql`
      insert into staff_sign_in_failures (email, at, ip)
      select 'm' || n || '@x.example', ${now}::timestamptz, '203.0.113.3' from generate_series(1, 30) as n`)
    await expect(sign(1)).rejects.toMatchObject({ code: 'sign_in.locked' })
  })

  test('a link signs in once, and not after its time', async () => {
    const { staff_id } = await person('tom@wusong.example')
    const { token } = await link(staff_id)
    await expect(world.nobody.call('POST /v1/open/sign-in/link', { body: { token } })).resolves.toMatchObject({
      staff: { staff_id },
    })
    await expect(world.nobody.call('POST /v1/open/sign-in/link', { body: { token } })).rejects.toMatchObject({
      status: 401,
      code: 'sign_in.link_unusable',
    })
    const late = await link(staff_id, addMs(clock(), -16 * 60_000))
    await expect(world.tx((tx) => staff.signInByLink(tx, late.token))).rejects.toMatchObject({
      code: 'sign_in.link_unusable',
    })
  })

  test('two uses of one link at the same moment: one wins', async () => {
    const { staff_id } = await person('uma@wusong.example')
    const { token } = await link(staff_id)
    const uses = await Promise.allSettled([1, 2, 3].map(() => world.tx((tx) => staff.signInByLink(tx, token))))
    expect(uses.filter((use) => use.status === 'fulfilled')).toHaveLength(1)
  })

  test('the first owner has a link for a day; without an owner there is none', async () => {
    const made = await link('owner')
    expect(made.expires_at.getTime() - clock().getTime()).toBeGreaterThan(23.9 * 3_600_000)
    const none = world.db.tx({ actor: systemActor('test'), rollback: true }, async (tx) => {
      await tx.run(sql`update staff set disabled_at = ${tx.now}::timestamptz where role = 'owner'`)
      return staff.newSignInLink(tx, 'owner')
    })
    await expect(none).resolves.toBeNull()
  })

  test('a session ends when signed out, after its days, and when the person is disabled', async () => {
    const { staff_id } = await person('vic@wusong.example')
    const session = () =>
      world.tx(async (tx) => (await staff.signInByLink(tx, (await staff.newSignInLink(tx, staff_id))!.token)).token)
    const first = await session()
    expect(await staff.authenticate(world.db, { cookie: first })).not.toBeNull()
    expect(
      await staff.authenticate(world.db, { cookie: first }, addMs(clock(), session_days * 86_400_000)),
    ).toBeNull()
    await world.tx((tx) => staff.signOut(tx, first))
    expect(await staff.authenticate(world.db, { cookie: first })).toBeNull()
    const second = await session()
    await owner.call('PATCH /v1/admin/staff/:staff_id', { params: { staff_id }, body: { disabled: true } })
    expect(await staff.authenticate(world.db, { cookie: second })).toBeNull()
    expect(await world.tx((tx) => staff.newSignInLink(tx, staff_id))).toBeNull()
  })

  test('sign-in lives in real time: a story in another year keeps its sessions', async () => {
    world.later(5_000)
    await expect(owner.call('GET /v1/admin/session')).resolves.toMatchObject({ staff: { role: 'owner' } })
    world.later(-5_000)
  })

  test('the sweep forgets what is over and keeps what lives', async () => {
    const before = await world.db.row<{ n: number }>(sql`select count(*) as n from staff_sessions`)
    await world.tx((tx) => staff.sweepSignIns(tx))
    expect(await world.db.row(sql`select count(*) as n from staff_sessions`)).toEqual(before)
    await world.tx((tx) => staff.sweepSignIns(tx, addMs(clock(), 25 * 3_600_000)))
    expect(await world.db.row(sql`select count(*) as n from staff_sign_in_failures`)).toEqual({ n: 0 })
    expect(await world.db.row(sql`select count(*) as n from staff_sign_in_links`)).toEqual({ n: 0 })
  })
})

describe('passwords', () => {
  test('are changed by who knows the old one; other sessions end, this one stays', async () => {
    const { staff_id } = await person('wen@wusong.example', 'an old password')
    const [here, there] = await world.tx(async (tx) => {
      const one = async () => (await staff.signInByLink(tx, (await staff.newSignInLink(tx, staff_id))!.token)).token
      return [await one(), await one()]
    })
    const change = (current: string, wanted: string) =>
      world.tx((tx) => staff.changePassword(tx, { staff_id, current, wanted, session_token: here! }))
    await expect(change('not it', 'a new password')).rejects.toMatchObject({ code: 'password.wrong', status: 403 })
    await expect(change('an old password', 'short')).rejects.toMatchObject({ code: 'password.too_short' })
    await change('an old password', 'a new password')
    expect(await staff.authenticate(world.db, { cookie: here })).not.toBeNull()
    expect(await staff.authenticate(world.db, { cookie: there })).toBeNull()
    const sign = (password: string) =>
      staff.signIn(world.db, { email: 'wen@wusong.example', password, ip: '203.0.113.9' })
    await expect(sign('an old password')).rejects.toMatchObject({ code: 'sign_in.refused' })
    await expect(sign('a new password')).resolves.toBeDefined()
  })
})

describe('people', () => {
  test('an e-mail is used once, whatever its case', async () => {
    await person('xia@wusong.example')
    await expect(person('XIA@wusong.example')).rejects.toMatchObject({ status: 409, code: 'staff.email_taken' })
  })

  test('a program is never left without an owner', async () => {
    const { staff: me } = await owner.call('GET /v1/admin/session')
    const demote = owner.call('PATCH /v1/admin/staff/:staff_id', {
      params: { staff_id: me!.staff_id },
      body: { role: 'clerk' },
    })
    await expect(demote).rejects.toMatchObject({ status: 409, code: 'staff.last_owner' })
    const disable = owner.call('PATCH /v1/admin/staff/:staff_id', {
      params: { staff_id: me!.staff_id },
      body: { disabled: true },
    })
    await expect(disable).rejects.toMatchObject({ code: 'staff.last_owner' })
  })

  test('somebody unknown is not found', async () => {
    const params = { staff_id: '00000000-0000-7000-8000-000000000000' }
    await expect(owner.call('GET /v1/admin/staff/:staff_id', { params })).rejects.toMatchObject({
      status: 404,
      code: 'staff.not_found',
    })
    await expect(owner.call('POST /v1/admin/staff/:staff_id/sign-in-links', { params })).rejects.toMatchObject({
      code: 'staff.not_found',
    })
  })

  test('everybody changes their own language, nobody their own role', async () => {
    const clerk = world.as('clerk')
    await expect(clerk.call('PATCH /v1/admin/session', { body: { locale: 'en' } })).resolves.toMatchObject({
      staff: { locale: 'en' },
    })
    const rise = clerk.call('PATCH /v1/admin/session', { body: { role: 'owner' } as never })
    await expect(rise).rejects.toMatchObject({ status: 400, code: 'request.invalid' })
    await expect(clerk.call('GET /v1/admin/session')).resolves.toMatchObject({ staff: { role: 'clerk' } })
  })

  test('a change is audited with who, before and after', async () => {
    const { staff_id } = await person('yan@wusong.example')
    await owner.call('PATCH /v1/admin/staff/:staff_id', { params: { staff_id }, body: { role: 'analyst' } })
    const { data } = await owner.call('GET /v1/admin/audit', { query: { noun: 'staff', noun_id: staff_id } })
    expect(data[0]).toMatchObject({
      action: 'staff.updated',
      actor_name: 'Owner',
      before: { role: 'clerk' },
      after: { role: 'analyst' },
      personal: [],
    })
    expect(data[1]).toMatchObject({ action: 'staff.created' })
  })
})

describe('roles', () => {
  test('each has only permissions that exist, and the owner all of them', () => {
    for (const list of Object.values(permissionsByRole))
      expect(permissions).toEqual(expect.arrayContaining([...list]))
    expect(new Set(permissionsByRole.owner)).toEqual(new Set(permissions))
  })

  test('who may not, is told which permission is missing', async () => {
    await expect(world.as('clerk').call('GET /v1/admin/staff')).rejects.toMatchObject({
      status: 403,
      code: 'permission.missing',
      params: { permission: 'staff:read' },
    })
    await expect(world.nobody.call('GET /v1/admin/staff')).rejects.toMatchObject({
      status: 401,
      code: 'session.required',
    })
  })
})

describe('API keys', () => {
  test('work with their scopes until revoked; the token is shown once and kept as a hash', async () => {
    const { key, token } = await owner.call('POST /v1/admin/api-keys', {
      body: { name: 'Shop', scopes: ['stores:read'] },
      headers: { 'idempotency-key': 'k1' },
    })
    expect(token.startsWith(key.prefix)).toBe(true)
    const shop = { authorization: `Bearer ${token}` }
    await expect(world.nobody.call('GET /v1/admin/stores', { headers: shop })).resolves.toBeDefined()
    await expect(world.nobody.call('GET /v1/admin/products', { headers: shop })).rejects.toMatchObject({
      status: 403,
    })
    const kept = await world.db.row(sql`
      select from staff_api_keys k, idempotency_keys i where k::text like ${`%${token}%`}::text or i::text like ${`%${token}%`}::text`)
    expect(kept).toBeUndefined()
    await owner.call('DELETE /v1/admin/api-keys/:key_id', { params: { key_id: key.key_id } })
    await expect(world.nobody.call('GET /v1/admin/stores', { headers: shop })).rejects.toMatchObject({
      status: 401,
      code: 'key.unknown',
    })
    await expect(
      owner.call('DELETE /v1/admin/api-keys/:key_id', { params: { key_id: key.key_id } }),
    ).rejects.toMatchObject({ code: 'key.not_found' })
  })

  test('may have nothing that their maker may not, and no scope that is none', async () => {
    const developer = world.as('developer')
    const make = (scopes: string[]) => developer.call('POST /v1/admin/api-keys', { body: { name: 'x', scopes } })
    await expect(make(['staff:write'])).rejects.toMatchObject({
      status: 403,
      code: 'key.scope_exceeds',
      params: { scope: 'staff:write' },
    })
    await expect(make(['points:mint'])).rejects.toMatchObject({ status: 422, code: 'key.scope_unknown' })
  })

  test('are looked up once by calls that arrive at once, and anew by the next call', async () => {
    const { key, token } = await owner.call('POST /v1/admin/api-keys', {
      body: { name: 'Till', scopes: ['stores:read'] },
    })
    let asked = 0
    const watched = {
      ...world.db,
      row: (...args: Parameters<typeof world.db.row>) => ((asked += 1), world.db.row(...args)),
    } as typeof world.db
    const call = () => staff.authenticate(watched, { authorization: `Bearer ${token}` })
    const answers = await Promise.all(Array.from({ length: 20 }, call))
    expect([asked, answers.map((one) => one?.actor.name)]).toEqual([1, Array(20).fill('Till')])
    await owner.call('DELETE /v1/admin/api-keys/:key_id', { params: { key_id: key.key_id } })
    await expect(call()).rejects.toMatchObject({ code: 'key.unknown' })
  })

  test('have no person behind them', async () => {
    const key = await world.withKey(['members:read'])
    await expect(key.call('GET /v1/admin/session')).resolves.toMatchObject({
      staff: null,
      permissions: ['members:read'],
    })
    await expect(key.call('GET /v1/admin/saved-views', { query: { noun: 'members' } })).rejects.toMatchObject({
      code: 'session.required',
    })
  })
})

describe('saved views and what was seen', () => {
  const clerk = world.as('clerk')
  const analyst = world.as('analyst')

  test('a view belongs to the person who saved it', async () => {
    const body = { noun: 'members', name: 'Sleeping', query: { state: 'asleep' } }
    const view = await clerk.call('POST /v1/admin/saved-views', { body })
    await expect(clerk.call('POST /v1/admin/saved-views', { body })).rejects.toMatchObject({
      status: 409,
      code: 'saved_view.name_taken',
    })
    await expect(analyst.call('POST /v1/admin/saved-views', { body })).resolves.toMatchObject({ name: 'Sleeping' })
    const mine = await clerk.call('GET /v1/admin/saved-views', { query: { noun: 'members' } })
    expect(mine.data).toEqual([expect.objectContaining({ view_id: view.view_id, query: { state: 'asleep' } })])
    const drop = (who: typeof clerk) =>
      who.call('DELETE /v1/admin/saved-views/:view_id', { params: { view_id: view.view_id } })
    await expect(drop(analyst)).rejects.toMatchObject({ status: 404, code: 'saved_view.not_found' })
    await drop(clerk)
    expect((await clerk.call('GET /v1/admin/saved-views', { query: { noun: 'members' } })).data).toEqual([])
  })

  test('the last ten are kept, the newest first, each once', async () => {
    for (const noun_id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'b']) {
      world.at(addMs(world.now(), 1000))
      await clerk.call('POST /v1/admin/seen', { body: { noun: 'members', noun_id } })
    }
    const { data } = await clerk.call('GET /v1/admin/seen', { query: { noun: 'members' } })
    expect(data.map((one) => one.noun_id)).toEqual(['b', 'k', 'j', 'i', 'h', 'g', 'f', 'e', 'd', 'c'])
    expect((await analyst.call('GET /v1/admin/seen', { query: { noun: 'members' } })).data).toEqual([])
  })
})

describe('the audit', () => {
  test('keeps personal values in rows of their own, each with its line', async () => {
    const member_id = '01890000-0000-7000-8000-000000000001'
    await world.tx((tx) =>
      staff.audit(tx, [
        { action: 'x.first', noun: 'x', noun_id: '1', after: { n: 1 } },
        {
          action: 'x.second',
          noun: 'x',
          noun_id: '1',
          personal: [{ member_id, before: { name: 'A' }, after: { name: 'B' } }],
        },
      ]),
    )
    const { data } = await owner.call('GET /v1/admin/audit', { query: { noun: 'x' } })
    expect(data).toMatchObject([
      {
        action: 'x.second',
        before: null,
        after: null,
        personal: [{ member_id, before: { name: 'A' }, after: { name: 'B' } }],
      },
      { action: 'x.first', after: { n: 1 }, personal: [] },
    ])
  })

  test('is read in pages', async () => {
    await world.tx((tx) =>
      staff.audit(
        tx,
        Array.from({ length: 5 }, (_, i) => ({ action: `p.${i}`, noun: 'p', noun_id: null })),
      ),
    )
    const first = await owner.call('GET /v1/admin/audit', { query: { noun: 'p', limit: 3 } })
    const second = await owner.call('GET /v1/admin/audit', {
      query: { noun: 'p', limit: 3, cursor: first.next_cursor! },
    })
    expect([...first.data, ...second.data].map((line) => line.action)).toEqual(['p.4', 'p.3', 'p.2', 'p.1', 'p.0'])
    expect(second.next_cursor).toBeNull()
  })
})
