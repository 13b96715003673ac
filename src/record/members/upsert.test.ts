import { afterAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { counted } from '../../../test/statements.ts'
import { openWorld } from '../../../test/world.ts'
import * as members from './members.ts'
import type { MemberInput } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, chen, guest } = world.cast

const upsert = (inputs: MemberInput[], options: { is_strict?: boolean } = {}) =>
  world.tx((tx) => members.upsert(tx, inputs, { source: 'erp', ...options }))
const rowOf = (member_id: string | null) =>
  world.db.row<Record<string, unknown>>(sql`select * from members where member_id = ${member_id}::uuid`)
const said = (status: 'granted' | 'withdrawn', at: string, channel = 'email') => ({
  channel,
  purpose: 'marketing',
  status,
  at: new Date(at),
  method: 'form',
})
/** Everything that is known of everybody, without the moments of writing. */
const state = () =>
  world.db.rows(sql`
  select to_jsonb(m) - 'updated_at' as member,
    (select jsonb_agg(to_jsonb(i) order by i.value) from member_identities i where i.member_id = m.member_id) as identities,
    (select jsonb_agg(to_jsonb(c) order by c.channel) from member_consents c where c.member_id = m.member_id) as consents,
    (select jsonb_agg(to_jsonb(e) order by e.at, e.channel, e.status) from member_consent_entries e where e.member_id = m.member_id) as entries,
    (select jsonb_agg(f.data order by f.fact_id) from facts f where f.member_id = m.member_id) as facts
  from members m order by m.number`)

const full: MemberInput = {
  external_id: 'E1',
  first_name: '怡君',
  last_name: '張',
  phone: '0966000001',
  email: 'Yi@example.com',
  card: 'YC 1',
  birth_date: '1985-12-24',
  gender: 'female',
  locale: 'zh-TW',
  time_zone: 'Asia/Taipei',
  attributes: { shoe: 37 },
  tags: ['b', 'a', 'a'],
  home_store_id: world.stores.get('DAAN')!,
  joined_at: new Date('2023-04-05T00:00:00Z'),
  join_channel: 'counter',
  join_store_id: world.stores.get('XINYI')!,
  consents: [said('granted', '2023-04-05T00:00:00Z'), said('granted', '2023-04-05T00:00:00Z', 'sms')],
}

describe('bringing members', () => {
  test('a new one is made with everything that was said, and joins at their own time', async () => {
    const [outcome] = await upsert([full])
    expect(outcome).toMatchObject({ outcome: 'created', notes: [] })
    expect(await rowOf(outcome!.member_id)).toMatchObject({
      kind: 'member',
      display_name: '張怡君',
      phone: '+886966000001',
      email: 'yi@example.com',
      external_id: 'E1',
      attributes: { shoe: 37 },
      tags: ['a', 'b'],
      joined_at: full.joined_at,
      join_channel: 'counter',
    })
    expect(await members.consentsOf(world.db, outcome!.member_id!)).toMatchObject([
      { channel: 'email', status: 'granted' },
      { channel: 'sms' },
    ])
    const facts = await world.db.rows(
      sql`select name, occurred_at, data from facts where member_id = ${outcome!.member_id}::uuid`,
    )
    const consents = ['email', 'sms'].map((channel) => ({ channel, purpose: 'marketing', status: 'granted' }))
    expect(facts).toEqual([
      {
        name: 'member.joined',
        occurred_at: full.joined_at,
        data: { channel: 'counter', store_id: full.join_store_id, consents },
      },
    ])
  })

  test('the same again changes nothing at all', async () => {
    await upsert([full])
    const before = await state()
    world.later(3)
    expect(await upsert([full, { ...full, phone: '0966-000-001', tags: ['a'] }])).toMatchObject([
      { outcome: 'unchanged' },
      { outcome: 'unchanged' },
    ])
    expect(await state()).toEqual(before)
    world.later(-3)
  })

  test('what is given holds, what is absent or null stays', async () => {
    const [outcome] = await upsert([
      {
        external_id: 'E1',
        phone: '0966000009',
        gender: null,
        attributes: { hat: 'M' },
        tags: ['c'],
        joined_at: new Date('2024-01-01T00:00:00Z'),
      },
    ])
    expect(outcome).toMatchObject({ outcome: 'changed' })
    expect(await rowOf(outcome!.member_id)).toMatchObject({
      phone: '+886966000009',
      gender: 'female',
      attributes: { shoe: 37, hat: 'M' },
      tags: ['a', 'b', 'c'],
      joined_at: full.joined_at,
      display_name: '張怡君',
    })
    expect(await members.searchIds(world.db, '0966000001')).toEqual([outcome!.member_id])
  })

  test('two rows of one person are one; the later row wins', async () => {
    const outcomes = await upsert([
      { external_id: 'E2', display_name: 'First', phone: '0966000002' },
      { external_id: 'E2', display_name: 'Second', tags: ['x'] },
      { phone: '0966000002' },
    ])
    expect(outcomes.map((one) => one.outcome)).toEqual(['created', 'changed', 'unchanged'])
    expect(new Set(outcomes.map((one) => one.member_id)).size).toBe(1)
    expect(await rowOf(outcomes[0]!.member_id)).toMatchObject({ display_name: 'Second', tags: ['x'] })
    expect(await members.searchIds(world.db, 'second')).toEqual([outcomes[0]!.member_id])
  })

  test('a guest who comes as a member joins; a member never becomes a guest', async () => {
    const [joins] = await upsert([
      { email: 'guest@example.com', display_name: '路人甲', joined_at: new Date('2025-01-01T00:00:00Z') },
    ])
    expect(joins).toMatchObject({ outcome: 'changed', joined: true, member_id: guest })
    expect(await rowOf(guest)).toMatchObject({
      kind: 'member',
      joined_at: new Date('2025-01-01T00:00:00Z'),
      join_channel: 'erp',
    })
    await upsert([{ email: 'guest@example.com', kind: 'guest' }])
    expect(await rowOf(guest)).toMatchObject({ kind: 'member' })
    const facts = await world.db.rows(sql`select name from facts where member_id = ${guest}::uuid`)
    expect(facts).toEqual([{ name: 'member.joined' }])
  })

  test('rows that cannot be taken are refused with their reason and never fail the others', async () => {
    const outcomes = await upsert([
      { display_name: 'Nobody' },
      { phone: '12', display_name: 'No phone' },
      { external_id: 'E3', phone: '12', birth_date: '1990-02-31' },
      { external_id: 'E4', phone: '0912345678' },
    ])
    expect(outcomes).toMatchObject([
      { outcome: 'refused', code: 'member.identity_missing', member_id: null },
      { outcome: 'refused', code: 'member.phone_unreadable' },
      { outcome: 'created', notes: [{ code: 'member.phone_unreadable' }, { code: 'member.birth_date_unreadable' }] },
      { outcome: 'changed', member_id: wang, notes: [] },
    ])
  })

  test('somebody else’s identity is left with them; the row is told so', async () => {
    const [outcome] = await upsert([{ external_id: 'E4', email: 'chen.new@example.com', phone: '0922333444' }])
    expect(outcome).toMatchObject({
      outcome: 'changed',
      member_id: wang,
      notes: [{ code: 'member.identity_taken', params: { kind: 'phone', member_id: chen } }],
    })
    expect(await rowOf(wang)).toMatchObject({ phone: '+886912345678', email: 'chen.new@example.com' })
    expect(await rowOf(chen)).toMatchObject({ phone: '+886922333444' })
  })

  test('a strict caller gets such a row refused, and nothing of it is claimed', async () => {
    const before = await state()
    const taken = { external_id: 'E1', email: 'strict@example.com', phone: '0922333444', card: 'S' }
    const [refused] = await upsert([taken], { is_strict: true })
    expect(refused).toMatchObject({
      outcome: 'refused',
      member_id: null,
      code: 'member.identity_taken',
      params: { kind: 'phone', member_id: chen },
    })
    expect(await state()).toEqual(before)
    // an id of its own makes it somebody of its own, but the phone stays where it is
    expect(await upsert([{ ...taken, external_id: 'E5' }])).toMatchObject([
      { outcome: 'changed', member_id: chen, notes: [] },
    ])
  })

  test('a set of any size costs the same number of statements', async () => {
    const rows = (from: number, count: number): MemberInput[] =>
      Array.from({ length: count }, (_, i) => ({
        external_id: `S${from + i}`,
        phone: `0967${String(from + i).padStart(6, '0')}`,
        display_name: `會員${from + i}`,
        consents: [said('granted', '2024-01-01T00:00:00Z')],
      }))
    await world.tx(async (tx) => {
      const watched = counted(tx)
      // the program is read once a transaction, what is given to who joins once a program
      await members.upsert(watched.tx, rows(9_000, 1), { source: 'erp' })
      const costOf = async (inputs: MemberInput[]) => {
        const before = watched.count()
        await members.upsert(watched.tx, inputs, { source: 'erp' })
        return watched.count() - before
      }
      // new: look up, claim, members, two of consents, and whether anything is given to who joins
      expect(await costOf(rows(0, 2))).toBe(6)
      expect(await costOf(rows(1000, 2000))).toBe(6)
      // known: look up, update, consents; for a large set first a few of them, to see whether it is new
      expect(await costOf(rows(0, 2))).toBe(3)
      expect(await costOf(rows(1000, 2000))).toBe(4)
    })
  })

  test('a large set that looks new and is not makes nobody twice', async () => {
    const strangers = (shop: string, count: number): MemberInput[] =>
      Array.from({ length: count }, (_, i) => ({ external_id: `${shop}${i}`, display_name: `客人${i}` }))
    const [known] = await upsert([{ external_id: 'N302', display_name: '老客人' }])
    // one of 640, between two of those that are asked about first
    const first = await upsert(strangers('N', 640))
    expect(first.filter((one) => one.outcome === 'created')).toHaveLength(639)
    expect(first[302]).toMatchObject({ outcome: 'changed', member_id: known!.member_id })
    // whoever has just been mistaken looks first for a while, and finds the same
    const again = await upsert(strangers('N', 641))
    expect(again.map((one) => one.member_id).slice(0, 640)).toEqual(first.map((one) => one.member_id))
    expect(again.map((one) => one.outcome)).toEqual([...Array<string>(640).fill('unchanged'), 'created'])
    const [count] = await world.db.rows(sql`
      select count(*)::int as identities, count(distinct owned.member_id)::int as people,
        count(m.member_id)::int as rows
      from member_identities owned left join members m using (member_id)
      where owned.kind = 'external:erp' and owned.value ~ '^N\\d+$'`)
    expect(count).toEqual({ identities: 641, people: 641, rows: 641 })
  })

  test('two rows of one stranger in a large set are one, and share what they have', async () => {
    const inputs: MemberInput[] = Array.from({ length: 300 }, (_, i) => ({ external_id: `D${i}` }))
    inputs[120] = { external_id: 'D120', email: 'twice@example.com', tags: ['a'] }
    inputs[240] = { email: 'twice@example.com', tags: ['b'] }
    const outcomes = await upsert(inputs)
    expect(outcomes[240]).toMatchObject({ outcome: 'changed', member_id: outcomes[120]!.member_id })
    expect(await rowOf(outcomes[120]!.member_id)).toMatchObject({ external_id: 'D120', tags: ['a', 'b'] })
  })

  test('the ids of new members follow the order of their rows', async () => {
    const ids = (await upsert(Array.from({ length: 500 }, (_, i) => ({ external_id: `O${i}` })))).map((one) =>
      String(one.member_id),
    )
    expect(ids).toEqual([...ids].sort())
    const numbers = await world.db.rows<{ member_id: string }>(sql`
      select member_id from members where member_id = any (${ids}::uuid[]) order by number`)
    expect(numbers.map((row) => row.member_id)).toEqual(ids)
  })

  test('the result does not depend on how the rows are cut into sets', async () => {
    const inputs: MemberInput[] = Array.from({ length: 60 }, (_, i) => ({
      ...(i % 3 ? { external_id: `C${i % 17}` } : {}),
      ...(i % 4 ? { phone: `09680000${String(i % 13).padStart(2, '0')}` } : {}),
      email: `cut${i % 11}@example.com`,
      display_name: `Name ${i % 7}`,
      tags: [`t${i % 5}`],
      attributes: { [`k${i % 3}`]: i },
      joined_at: new Date(Date.UTC(2024, 0, 1 + (i % 9))),
      consents: [
        said(i % 2 ? 'granted' : 'withdrawn', `2024-02-${String(1 + ((i * 7) % 20)).padStart(2, '0')}T00:00:00Z`),
      ],
    }))
    const after = async (size: number) => {
      let seen: unknown
      await world.db.tx({ actor: { kind: 'system', id: null, name: 'cut' }, rollback: true }, async (tx) => {
        for (let at = 0; at < inputs.length; at += size)
          await members.upsert(tx, inputs.slice(at, at + size), { source: 'cut' })
        seen = await tx.rows(sql`
          select display_name, external_id, phone, email, tags, attributes, joined_at, search,
            (select jsonb_agg(i.kind || i.value order by i.value, i.kind) from member_identities i where i.member_id = m.member_id) as identities,
            (select jsonb_agg(jsonb_build_array(c.channel, c.status, c.at) order by c.channel) from member_consents c where c.member_id = m.member_id) as consents
          from members m where exists (select from member_identities i where i.member_id = m.member_id and i.value like 'cut%')
          order by email, external_id, phone`)
      })
      return seen
    }
    const whole = await after(60)
    expect(whole).toHaveLength(
      new Set((whole as { identities: string[] }[]).map((row) => JSON.stringify(row.identities))).size,
    )
    for (const size of [1, 7, 23]) expect(await after(size)).toEqual(whole)
  })
})

describe('through the API', () => {
  test('a batch answers one outcome a row, in order', async () => {
    const { data } = await world.as('developer').call('POST /v1/admin/members/batch', {
      body: {
        source: 'erp',
        members: [
          { external_id: 'B1', phone: '0969000001', joined_at: '2024-05-01T00:00:00Z' },
          { display_name: 'x' },
        ],
      },
    })
    expect(data).toMatchObject([
      { index: 0, outcome: 'created' },
      { index: 1, outcome: 'refused', code: 'member.identity_missing' },
    ])
    const { data: lines } = await world
      .as('owner')
      .call('GET /v1/admin/audit', { query: { noun: 'members', limit: 1 } })
    expect(lines).toMatchObject([
      { action: 'members.brought', actor_name: 'Dev', after: { source: 'erp', created: 1, changed: 0 } },
    ])
  })

  test('a dry run answers the same and leaves nothing', async () => {
    const body = { members: [{ external_id: 'DRY', phone: '0969000002' }] }
    const dry = await world.as('developer').call('POST /v1/admin/members/batch', { body, query: { dry_run: 'true' } })
    expect(dry.data).toMatchObject([{ outcome: 'created' }])
    expect(await rowOf(dry.data[0]!.member_id)).toBeUndefined()
  })

  test('the same key twice is one call', async () => {
    const send = () =>
      world.as('developer').inject('POST /v1/admin/members/batch', {
        body: { members: [{ phone: '0969000003' }] },
        headers: { 'idempotency-key': 'batch-1' },
      })
    const [first, second] = [await send(), await send()]
    expect(second.json()).toEqual(first.json())
    expect(second.headers['idempotent-replayed']).toBe('true')
  })
})
