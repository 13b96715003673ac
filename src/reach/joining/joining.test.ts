/** Posters and what they bring; the profile step by step with its reward. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { phonesOf, refusal } from '../../../test/phones.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { codeFrom } from './sources.ts'
import type { StepsBody } from './types.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
})
afterAll(() => world?.close())

const broken = async () => (await verify(world.db, checks)).checks.filter(({ ok }) => !ok).map(({ name }) => name)
async function joinBy(source: string, email: string, ip: string) {
  world.at(new Date(world.now().getTime() + 3_600_000))
  const phone = phones.phone(ip)
  const { code_id } = await phone.call('POST /v1/open/portal/codes', { body: { email } })
  const code = await phones.codeIn(code_id)
  const join = { name: 'New', language: 'en' as const, source, consents: [] }
  await phone.call('POST /v1/open/portal/sessions', { body: { code_id, code, join } })
  return phone
}

describe('a poster', () => {
  test('brings its word and its store to who joins by it, and says how many did and bought', async () => {
    const owner = world.as('owner')
    const store_id = world.stores.get('DAAN')!
    const made = await owner.call('POST /v1/admin/joining/sources', {
      body: { name: 'Lift, 2nd floor', kind: 'poster', store_id },
    })
    expect(made).toMatchObject({ code: 'lift-2nd-floor', path: '/portal?source=lift-2nd-floor', joined: 0 })
    await joinBy('lift-2nd-floor', 'one@example.com', '198.51.100.90')
    await joinBy('LIFT-2nd-floor', 'two@example.com', '198.51.100.91')
    const kept = await world.db.row(sql`
      select join_channel, join_store_id from members where email = 'two@example.com'`)
    expect(kept).toEqual({ join_channel: 'lift-2nd-floor', join_store_id: store_id })
    const { data } = await owner.call('GET /v1/admin/joining/sources')
    expect(data.find((one) => one.code === made.code)).toMatchObject({ joined: 2, joined_30_days: 2, bought: 0 })
    // ways that no poster bears are counted, too
    expect(data.some((one) => one.source_id === null && one.joined > 0)).toBe(true)
    const sum = data.reduce((all, one) => all + one.joined, 0)
    const real = await world.db.row<{ n: number }>(sql`
      select count(*)::int as n from members
      where kind = 'member' and merged_into is null and erased_at is null and join_channel is not null`)
    expect(sum).toBe(real!.n)
  })

  test('keeps its word when it is renamed; closed, it is a word like any other', async () => {
    const owner = world.as('owner')
    const body = { name: '二樓電梯', kind: 'leaflet' as const, store_id: world.stores.get('DAAN')! }
    const made = await owner.call('POST /v1/admin/joining/sources', { body })
    expect(made.code).toBe('leaflet')
    expect((await owner.call('POST /v1/admin/joining/sources', { body })).code).toBe('leaflet-2')
    const taken = owner.call('POST /v1/admin/joining/sources', { body: { ...body, code: 'leaflet' } })
    expect(await refusal(taken)).toBe('409 joining_source.code_taken')
    const params = { source_id: made.source_id! }
    const changes = { name: 'Door', is_closed: true }
    const closed = await owner.call('PATCH /v1/admin/joining/sources/:source_id', { params, body: changes })
    expect(closed).toMatchObject({ name: 'Door', code: 'leaflet', is_closed: true })
    await joinBy('leaflet', 'three@example.com', '198.51.100.92')
    const kept = await world.db.row(sql`
      select join_channel, join_store_id from members where email = 'three@example.com'`)
    expect(kept).toEqual({ join_channel: 'leaflet', join_store_id: null })
    expect(await refusal(world.as('clerk').call('POST /v1/admin/joining/sources', { body }))).toBe(
      '403 permission.missing',
    )
  })

  test('a word is made of letters that a link may hold', () => {
    expect(['Café & Bar №1', '  ', '大安', 'x'.repeat(60)].map((name) => codeFrom(name, 'poster'))).toEqual([
      'cafe-bar-no1',
      'poster',
      'poster',
      'x'.repeat(32),
    ])
  })
})

describe('the profile, step by step', () => {
  const choice = (value: string) => ({ value, names: { en: value } })
  const steps: StepsBody = {
    steps: [
      {
        field: 'birth_date',
        names: { en: 'When is your birthday?' },
        choices: [],
        reward: { kind: 'points', points: 20 },
        is_on: true,
      },
      {
        field: 'preferences',
        names: { en: 'What do you like?' },
        choices: [choice('green-tea'), choice('oolong')],
        reward: { kind: 'points', points: 10 },
        is_on: true,
      },
      { field: 'city', names: { en: 'Where do you live?' }, choices: [], reward: null, is_on: true },
      { field: 'gender', names: { en: 'Off' }, choices: [], reward: null, is_on: false },
    ],
    completion_reward: { kind: 'points', points: 50 },
  }
  const keep = (body: StepsBody) => world.as('owner').call('PUT /v1/admin/joining/steps', { body })

  test('asks one thing at a time, gives each reward once, and more for all', async () => {
    await keep(steps)
    const phone = await joinBy('portal', 'steps@example.com', '198.51.100.93')
    const next = async () => (await phone.call('GET /v1/portal/steps')).next
    const say = (step_id: string, value: string | string[] | null) =>
      phone.call('POST /v1/portal/steps/:step_id', { params: { step_id }, body: { value } })
    const points = async () => (await phone.call('GET /v1/portal/home')).points.available
    const first = (await next())!
    expect(first.field).toBe('birth_date')
    const before = await points()
    expect(await refusal(say(first.step_id, '1990-02-31'))).toBe('422 member.birth_date_unreadable')
    expect(await say(first.step_id, '1990-02-03')).toEqual({ rewarded: true, completed: false })
    expect(await say(first.step_id, '1990-02-03')).toEqual({ rewarded: false, completed: false })
    const second = (await next())!
    expect(second.choices).toHaveLength(2)
    expect(await refusal(say(second.step_id, ['beer']))).toBe('422 joining_step.answer_invalid')
    const taps = await Promise.all([1, 2, 3, 4].map(() => say(second.step_id, ['oolong'])))
    expect(taps.filter(({ rewarded }) => rewarded)).toHaveLength(1)
    const third = (await next())!
    expect(await say(third.step_id, '臺北')).toEqual({ rewarded: true, completed: true })
    expect(await next()).toBeNull()
    expect((await points()) - before).toBe(80)
    const kept = await world.db.row(sql`
      select birth_date, tags, attributes from members where email = 'steps@example.com'`)
    expect(kept).toEqual({ birth_date: '1990-02-03', tags: ['oolong'], attributes: { city: '臺北' } })
    expect(await world.as('owner').call('GET /v1/admin/joining/steps')).toMatchObject({
      completed: 1,
      steps: [{ answered: 1 }, { answered: 1 }, { answered: 1 }, { answered: 0 }],
    })
    expect(await broken()).toEqual([])
  })

  test('what is skipped is not asked again and brings nothing; what is known is not asked at all', async () => {
    await keep(steps)
    const wang = await phones.signedIn(world.cast.wang)
    const { next } = await wang.call('GET /v1/portal/steps')
    // the birthday is known
    expect(next!.field).toBe('preferences')
    const skip = (step_id: string) =>
      wang.call('POST /v1/portal/steps/:step_id', { params: { step_id }, body: { value: null } })
    expect(await skip(next!.step_id)).toEqual({ rewarded: false, completed: false })
    const { next: then } = await wang.call('GET /v1/portal/steps')
    expect(then!.field).toBe('city')
    await skip(then!.step_id)
    expect(await wang.call('GET /v1/portal/steps')).toMatchObject({ next: null, done: 1, total: 3 })
    expect(await refusal(skip('019a0000-0000-7000-8000-00000000000a'))).toBe('404 joining_step.not_found')
  })

  test('steps keep their answers when they are moved; a question needs what it asks of', async () => {
    const before = await world.as('owner').call('GET /v1/admin/joining/steps')
    const moved = [...before.steps].reverse().map(({ answered: _a, skipped: _s, ...step }) => step)
    const after = await keep({ steps: moved, completion_reward: null })
    expect(after.steps.map(({ step_id }) => step_id)).toEqual(moved.map(({ step_id }) => step_id))
    const bare = { field: 'preferences' as const, names: {}, choices: [], reward: null, is_on: true }
    expect(await refusal(keep({ steps: [bare], completion_reward: null }))).toBe('422 joining_step.choices_missing')
    const own = { ...bare, field: 'attribute' as const }
    expect(await refusal(keep({ steps: [own], completion_reward: null }))).toBe('422 joining_step.attribute_missing')
  })

  test('answers follow a merge, an answer before a skip, and go with an erasure', async () => {
    await keep(steps)
    const [one, two] = [world.cast.ouyang, world.cast.chen]
    const { steps: list } = await world.as('owner').call('GET /v1/admin/joining/steps')
    const step_id = list[1]!.step_id
    await world.db.run(sql`
      insert into joining_answers values (${one}::uuid, ${step_id}::uuid, 'skipped', ${world.now()}::timestamptz),
        (${two}::uuid, ${step_id}::uuid, 'answered', ${world.now()}::timestamptz)`)
    await world.tx((tx) => members.merge(tx, [{ keep: one, merge: two }]))
    expect(await world.db.rows(sql`select state from joining_answers where member_id = ${one}::uuid`)).toEqual([
      { state: 'answered' },
    ])
    await world.tx((tx) => members.erase(tx, [one]))
    expect(await world.db.rows(sql`select from joining_answers where member_id = ${one}::uuid`)).toEqual([])
    expect(await broken()).toEqual([])
  })
})

test('verify sees what is planted', async () => {
  const own = checks.filter(({ name }) => name.startsWith('joining.'))
  const failing = async () => (await verify(world.db, own)).checks.filter(({ ok }) => !ok).map(({ name }) => name)
  expect(await failing()).toEqual([])
  const now = world.now()
  const nobody = '019a0000-0000-7000-8000-00000000000e'
  const { steps: list } = await world.as('owner').call('GET /v1/admin/joining/steps')
  await world.db.run(sql`
    insert into joining_answers values (${nobody}::uuid, ${nobody}::uuid, 'answered', ${now}::timestamptz)`)
  await world.db.run(sql`
    insert into joining_attempts (state_hash, provider, nonce, verifier, created_at, expires_at, ended_at, email)
    values ('\\x01', 'x', '', '', ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, 'a@example.com')`)
  await world.db.run(sql`
    insert into gifts (member_id, kind, reward, reason, occurrence, cost_minor, status, given_at, why, actor)
    values (${world.cast.mary}::uuid, 'points', '{}', 'profile_step', ${list[0]!.step_id}::text, 0, 'done',
      ${now}::timestamptz, '{}', 'test')`)
  expect((await failing()).sort()).toEqual(own.map(({ name }) => name).sort())
})
