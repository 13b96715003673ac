import { afterAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { dayMs } from '../../base/time.ts'
import { counted } from '../../../test/statements.ts'
import { openWorld } from '../../../test/world.ts'
import * as members from './members.ts'
import type { MemberRef } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, mary, chen, guest } = world.cast

const asGuest = { create_as: 'guest', channel: 'pos' } as const
const asMember = { create_as: 'member', channel: 'pos' } as const
const resolve = (refs: MemberRef[], options: members.ResolveOptions = asGuest) =>
  world.tx((tx) => members.resolve(tx, refs, options))
const rowOf = (member_id: string) =>
  world.db.row<Record<string, unknown>>(sql`select * from members where member_id = ${member_id}::uuid`)
const factsOf = (member_id: string) =>
  world.db.rows<{ name: string; data: unknown; occurred_at: Date }>(sql`
  select name, data, occurred_at from facts where member_id = ${member_id}::uuid order by fact_id`)
const identitiesOf = async (member_id: string) =>
  (await members.identitiesOfMember(world.db, member_id)).map((one) => `${one.kind}=${one.value}`)

describe('resolving references', () => {
  test('known people are found by any of their identities, in any writing', async () => {
    const ids = await resolve([
      { phone: '0912-345-678' },
      { email: 'WANG@example.com' },
      { external_id: { source: 'wusong', id: 'M1' } },
      { member_id: wang },
      { phone: '+886 922 333 444' },
      {},
      { name: 'Somebody' },
      { phone: 'none' },
    ])
    expect(ids).toEqual([wang, wang, wang, wang, chen, null, null, null])
  })

  test('unknown people are made once, with what was said of them', async () => {
    const day = new Date('2024-05-06T00:00:00Z')
    const [a, b] = await resolve(
      [
        { phone: '0955000001', occurred_at: day },
        { phone: '0955 000 001', name: '新客', email: 'New@Example.com' },
      ],
      asMember,
    )
    expect(a).toBe(b)
    expect(await rowOf(a!)).toMatchObject({
      kind: 'member',
      display_name: '新客',
      phone: '+886955000001',
      email: 'new@example.com',
      joined_at: day,
      join_channel: 'pos',
    })
    expect(await factsOf(a!)).toEqual([
      { name: 'member.joined', occurred_at: day, data: { channel: 'pos', store_id: null, consents: [] } },
    ])
  })

  test('guests stay guests: no joining, no fact', async () => {
    const [id] = await resolve([{ email: 'passing@example.com' }])
    expect(await rowOf(id!)).toMatchObject({ kind: 'guest', joined_at: null, join_channel: null })
    expect(await factsOf(id!)).toEqual([])
    expect(await resolve([{ email: 'passing@example.com' }], asMember)).toEqual([id])
    expect(await rowOf(id!)).toMatchObject({ kind: 'guest' })
  })

  test('a new identity is added and shown where there was none', async () => {
    await resolve([
      { phone: '0922333444', email: 'chen@example.com', card: '88 01', external_id: { source: 'shop', id: 'c1' } },
    ])
    expect(await identitiesOf(chen)).toEqual(
      expect.arrayContaining(['email=chen@example.com', 'card=8801', 'external:shop=c1']),
    )
    expect(await rowOf(chen)).toMatchObject({ email: 'chen@example.com', phone: '+886922333444', external_id: 'M3' })
  })

  test('an identity is never taken from somebody else; the note names who has it', async () => {
    const { member_ids, notes } = await world.tx((tx) =>
      members.resolveWithNotes(
        tx,
        [
          { external_id: { source: 'wusong', id: 'M1' }, phone: '0922333444' },
          { member_id: '01890000-0000-7000-8000-00000000dead' },
          { email: 'no mail', phone: '0912345678' },
        ],
        asGuest,
      ),
    )
    expect(member_ids).toEqual([wang, null, wang])
    expect(notes).toEqual(
      expect.arrayContaining([
        { index: 0, code: 'member.identity_taken', params: { kind: 'phone', member_id: chen } },
        { index: 1, code: 'member.not_found', params: { member_id: '01890000-0000-7000-8000-00000000dead' } },
        { index: 2, code: 'member.email_unreadable', params: {} },
      ]),
    )
    expect(await identitiesOf(chen)).toContain('phone=+886922333444')
  })

  test('a family that shares a phone stays two people when the till knows them apart', async () => {
    const pos = (id: string) => ({ external_id: { source: 'pos', id }, phone: '0955000002' })
    const [first] = await resolve([pos('f1')])
    const [second] = await resolve([pos('f2')])
    expect(second).not.toBe(first)
    expect(await resolve([{ phone: '0955000002' }, pos('f1'), pos('f2')])).toEqual([first, first, second])
  })

  test('merged members lead to their survivor, erased ones to nobody', async () => {
    const [old, gone] = await resolve([{ card: 'MERGED' }, { card: 'ERASED' }])
    await world.db.run(sql`update members set merged_into = ${mary}::uuid where member_id = ${old}::uuid`)
    await world.db.run(sql`update members set erased_at = created_at where member_id = ${gone}::uuid`)
    expect(await resolve([{ member_id: old }, { member_id: gone }])).toEqual([mary, null])
  })

  test('known people cost one statement, new ones four, whatever the size of the set', async () => {
    const refs = Array.from({ length: 1000 }, (_, i) => ({
      external_id: { source: 'big', id: `${i}` },
      phone: `09660${String(i).padStart(5, '0')}`,
    }))
    await world.tx(async (tx) => {
      const watched = counted(tx)
      // the program is read once a transaction, what is given to who joins once a program
      await members.resolve(watched.tx, [{ external_id: { source: 'big', id: 'first' } }], asMember)
      const costOf = async (set: MemberRef[]) => {
        const before = watched.count()
        await members.resolve(watched.tx, set, asMember)
        return watched.count() - before
      }
      // look up, claim, insert, and whether anything is given to who joins; facts are put down with the commit
      expect(await costOf(refs.slice(0, 1))).toBe(4)
      expect(await costOf(refs)).toBe(4)
      expect(await costOf(refs)).toBe(1)
      expect(await costOf(refs.slice(0, 1))).toBe(1)
    })
  })

  test.each([1, 300])('two callers that meet the same %i strangers at once make each of them once', async (size) => {
    const refs = (shift: number) =>
      Array.from({ length: size }, (_, i) => ({
        phone: `09${size === 1 ? 77 : 78}${String(i).padStart(6, '0')}`,
        email: `at-once-${size}-${i}-${shift}@example.com`,
      }))
    const [a, b, c] = await Promise.all([1, 2, 3].map((shift) => resolve(refs(shift), asMember)))
    expect(b).toEqual(a)
    expect(c).toEqual(a)
    const joined = await world.db.row(sql`
      select count(*) as n from facts where name = 'member.joined' and member_id = any (${a}::uuid[])`)
    expect(joined).toEqual({ n: size })
    const orphans = await world.db.rows(sql`
      select from member_identities i where not exists (select from members m where m.member_id = i.member_id)`)
    expect(orphans).toEqual([])
  })
})

describe('walk-ins', () => {
  const walkIn = (wants: { store_id: string | null; key: string }[]) => world.tx((tx) => members.walkIn(tx, wants))

  test('a receipt always falls on the same of its store’s 64 rows', async () => {
    const store_id = world.stores.get('XINYI')!
    const wants = Array.from({ length: 2000 }, (_, i) => ({ store_id, key: `receipt ${i}` }))
    const [first, again] = await Promise.all([walkIn(wants), walkIn(wants)])
    expect(again).toEqual(first)
    expect(new Set(first).size).toBe(members.walk_ins_per_store)
    const rows = await world.db.rows(sql`
      select member_id from members where kind = 'walk_in' and walk_in_store_id = ${store_id}::uuid`)
    expect(rows).toHaveLength(64)
    const [other, none] = await walkIn([
      { ...wants[0]!, store_id: world.stores.get('DAAN')! },
      { store_id: null, key: 'receipt 0' },
    ])
    expect(new Set([first[0], other, none]).size).toBe(3)
  })

  test('nobody finds them', async () => {
    const [id] = await walkIn([{ store_id: null, key: 'x' }])
    await expect(members.memberOf(world.db, id!)).rejects.toMatchObject({ code: 'member.not_found' })
    await world.tx((tx) => members.tag(tx, [{ member_id: id!, add: ['vip'] }]))
    expect(await rowOf(id!)).toMatchObject({ tags: [] })
  })
})

describe('adding one member', () => {
  const clerk = world.as('clerk')
  const add = (body: object) => clerk.call('POST /v1/admin/members', { body })

  test('makes a member with consents and says so', async () => {
    const made = await add({
      last_name: '林',
      first_name: '美玲',
      phone: '0955100001',
      birth_date: '--02-29',
      consents: [{ channel: 'sms', status: 'granted' }],
    })
    expect(made).toMatchObject({
      kind: 'member',
      display_name: '林美玲',
      phone: '+886955100001',
      join_channel: 'api',
      birth_date: '--02-29',
    })
    expect(await members.consentsOf(world.db, made.member_id)).toMatchObject([
      { channel: 'sms', purpose: 'marketing', status: 'granted', method: 'console' },
    ])
    const { data } = await world
      .as('owner')
      .call('GET /v1/admin/audit', { query: { noun: 'members', noun_id: made.member_id } })
    expect(data[0]).toMatchObject({
      action: 'member.created',
      after: { kind: 'member' },
      personal: [{ after: { display_name: '林美玲' } }],
    })
    expect(JSON.stringify(data[0]!.after)).not.toContain('美玲')
  })

  test('a guest who joins keeps the id and the history', async () => {
    const made = await add({ email: 'Guest@example.com', phone: '0955100002', display_name: '路人甲' })
    expect(made).toMatchObject({ member_id: guest, kind: 'member', joined_at: world.now().toISOString() })
    expect((await factsOf(guest)).map((fact) => fact.name)).toEqual(['member.joined'])
  })

  test.each([
    [409, 'member.identity_taken', { phone: '0912345678' }],
    [
      409,
      'member.identity_taken',
      { external_id: 'X9', source: 'other', phone: '0955100003', email: 'wang@example.com', card: '1' },
    ],
    [422, 'member.phone_unreadable', { phone: '123', email: 'fine@example.com' }],
    [422, 'member.email_unreadable', { email: 'fine' }],
    [422, 'member.identity_missing', { display_name: 'Nobody' }],
    [422, 'member.birth_date_ahead', { phone: '0955100004', birth_date: '2090-01-01' }],
    [422, 'store.not_found', { phone: '0955100004', join_store_id: '01890000-0000-7000-8000-00000000dead' }],
    [400, 'request.invalid', { phone: '0955100004', birth_date: 'May' }],
    [400, 'request.invalid', { phone: '0955100004', colour: 'red' }],
  ])('is refused with %i %s for %o, and leaves nothing behind', async (status, code, body) => {
    const before = await world.db.row(
      sql`select (select count(*) from members) as m, (select count(*) from member_identities) as i`,
    )
    await expect(add(body)).rejects.toMatchObject({ status, code })
    expect(
      await world.db.row(
        sql`select (select count(*) from members) as m, (select count(*) from member_identities) as i`,
      ),
    ).toEqual(before)
  })

  test('an analyst may not', async () => {
    await expect(
      world.as('analyst').call('POST /v1/admin/members', { body: { phone: '0955100005' } }),
    ).rejects.toMatchObject({ status: 403 })
  })
})

describe('changing a member', () => {
  const clerk = world.as('clerk')
  const change = (member_id: string, body: object) =>
    clerk.call('PATCH /v1/admin/members/:member_id', { params: { member_id }, body })

  test('a new phone replaces the old one; both are audited as personal, the fact names the fields only', async () => {
    const after = await change(mary, { phone: '0955200001', first_name: 'Maria', attributes: { shoe: 38 } })
    expect(after).toMatchObject({ phone: '+886955200001', display_name: 'Maria Smith', attributes: { shoe: 38 } })
    expect(await identitiesOf(mary)).toEqual([
      'email=mary.smith@example.com',
      'external:wusong=M2',
      'phone=+886955200001',
    ])
    expect(await resolve([{ phone: '+447911123456' }])).not.toEqual([mary])
    const fact = (await factsOf(mary)).at(-1)!
    expect(fact.name).toBe('member.updated')
    expect((fact.data as { fields: string[] }).fields.sort()).toEqual([
      'attributes',
      'display_name',
      'first_name',
      'phone',
    ])
    const { data } = await world
      .as('owner')
      .call('GET /v1/admin/audit', { query: { noun: 'members', noun_id: mary } })
    expect(data[0]!.personal).toMatchObject([
      { before: { phone: '+447911123456', first_name: 'Mary' }, after: { phone: '+886955200001' } },
    ])
    expect(JSON.stringify([data[0]!.before, data[0]!.after, fact])).not.toContain('955200001')
    expect(await members.searchIds(world.db, 'maria')).toContain(mary)
  })

  test('null clears, and gives the identity free', async () => {
    const [id] = await resolve([{ phone: '0955200002', email: 'clear@example.com', card: 'C1' }], asMember)
    const after = await change(id!, { email: null, card: null, attributes: { a: null } })
    expect(after).toMatchObject({ email: null, phone: '+886955200002', attributes: {} })
    expect(await identitiesOf(id!)).toEqual(['phone=+886955200002'])
  })

  test('saying what already holds is no change', async () => {
    const before = (await factsOf(wang)).length
    await change(wang, { phone: '0912 345 678', display_name: '王小明', email: 'Wang@example.com' })
    expect(await factsOf(wang)).toHaveLength(before)
  })

  test.each([
    [409, 'member.identity_taken', { phone: '0922333444' }],
    [422, 'member.email_unreadable', { email: 'x' }],
    [422, 'time.zone_unknown', { time_zone: 'Mars/Olympus' }],
    [422, 'member.birth_date_unreadable', { birth_date: '1991-02-29' }],
    [422, 'member.birth_date_ahead', { birth_date: '2026-11-03' }],
    [422, 'member.locale_unreadable', { locale: 'chinese!!' }],
    [422, 'store.not_found', { home_store_id: '01890000-0000-7000-8000-00000000dead' }],
  ])('is refused with %i %s for %o', async (status, code, body) => {
    await expect(change(wang, body)).rejects.toMatchObject({ status, code })
    expect(await rowOf(wang)).toMatchObject({
      phone: '+886912345678',
      email: 'wang@example.com',
      birth_date: '1990-05-01',
    })
  })

  test('everything that cannot be kept is named at once, each at its place', async () => {
    const refused = change(wang, { phone: '12', email: 'not mail', birth_date: '--02-30', time_zone: 'Mars/Olympus' })
    await expect(refused).rejects.toMatchObject({
      code: 'member.phone_unreadable',
      errors: [
        { pointer: '/phone', code: 'member.phone_unreadable' },
        { pointer: '/email', code: 'member.email_unreadable' },
        { pointer: '/birth_date', code: 'member.birth_date_unreadable' },
        { pointer: '/time_zone', code: 'time.zone_unknown' },
      ],
    })
  })

  test('what another member has is named at its place, when adding too', async () => {
    const errors = [{ pointer: '/phone', code: 'member.identity_taken', params: { kind: 'phone' } }]
    await expect(change(wang, { phone: '0922333444' })).rejects.toMatchObject({ errors })
    const adding = clerk.call('POST /v1/admin/members', { body: { phone: '0922333444' } })
    await expect(adding).rejects.toMatchObject({ status: 409, errors })
  })

  test('what an import once kept stands in nobody’s way', async () => {
    await world.db.run(sql`update members set locale = 'Chinese!' where member_id = ${wang}::uuid`)
    expect(await change(wang, { locale: 'Chinese!', gender: 'male' })).toMatchObject({ gender: 'male' })
    expect(await change(wang, { locale: null })).toMatchObject({ locale: null })
  })

  test('whom nobody knows is not found', async () => {
    await expect(change('01890000-0000-7000-8000-00000000dead', {})).rejects.toMatchObject({
      status: 404,
      code: 'member.not_found',
    })
  })
})

describe('tags and notes', () => {
  const params = { member_id: chen }

  test('only real changes are written and become facts', async () => {
    const clerk = world.as('clerk')
    const tag = (body: object) => clerk.call('POST /v1/admin/members/:member_id/tags', { params, body })
    const before = (await factsOf(chen)).length
    expect(await tag({ add: ['tea lover', 'vip', 'vip'] })).toEqual({ tags: ['tea lover', 'vip'] })
    expect(await tag({ add: ['vip'], remove: ['never had'] })).toEqual({ tags: ['tea lover', 'vip'] })
    expect(await tag({ add: ['oolong'], remove: ['vip'] })).toEqual({ tags: ['oolong', 'tea lover'] })
    expect((await factsOf(chen)).slice(before).map(({ name, data }) => [name, data])).toEqual([
      ['member.tagged', { tags: ['tea lover', 'vip'] }],
      ['member.tagged', { tags: ['oolong'] }],
      ['member.untagged', { tags: ['vip'] }],
    ])
  })

  test('a note keeps who wrote it and when', async () => {
    world.later(1)
    const { data } = await world
      .as('clerk')
      .call('POST /v1/admin/members/:member_id/notes', { params, body: { body: ' Likes it hot. ' } })
    expect(data).toMatchObject([{ body: 'Likes it hot.', actor_name: '小芳', at: world.now().toISOString() }])
    world.at(new Date(world.now().getTime() - dayMs))
  })
})
