import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { openWorld } from '../../../test/world.ts'
import * as members from './members.ts'
import type { ConsentEntry } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, mary, chen, ouyang } = world.cast

const entry = (member_id: string, status: 'granted' | 'withdrawn', at: string, channel = 'sms'): ConsentEntry => ({
  member_id,
  channel,
  purpose: 'marketing',
  status,
  at: new Date(at),
  method: 'counter',
})
const say = (...entries: ConsentEntry[]) => world.tx((tx) => members.consent(tx, entries))
const held = async (member_id: string, channel = 'sms') =>
  (await members.consentsOf(world.db, member_id)).find((one) => one.channel === channel)
const said = (member_id: string, channel = 'sms') =>
  world.db.rows<{ status: string; at: Date }>(sql`
  select status, at from member_consent_entries where member_id = ${member_id}::uuid and channel = ${channel}::text order by at, status`)
const factsOf = async (member_id: string) =>
  (
    await world.db.rows<{ name: string }>(sql`
  select name from facts where member_id = ${member_id}::uuid and name like 'consent.%' order by fact_id`)
  ).map((fact) => fact.name)

describe('consent', () => {
  test('what was said last holds; every change is kept and becomes a fact', async () => {
    await say(entry(wang, 'granted', '2026-01-01T00:00:00Z'))
    await say(entry(wang, 'withdrawn', '2026-02-01T00:00:00Z'))
    expect(await held(wang)).toMatchObject({ status: 'withdrawn', method: 'counter', actor: 'system:world' })
    expect(await said(wang)).toHaveLength(2)
    expect(await factsOf(wang)).toEqual(['consent.granted', 'consent.withdrawn'])
  })

  test('a word without a time is written only if it says something new', async () => {
    const { at: _at, ...untimed } = entry(wang, 'withdrawn', '2026-02-01T00:00:00Z')
    await say(untimed, entry(wang, 'withdrawn', '2026-02-01T00:00:00Z'))
    expect(await said(wang)).toHaveLength(2)
    await say({ ...untimed, status: 'granted' }, { ...untimed, status: 'granted' }, untimed)
    expect((await said(wang)).slice(2)).toEqual([
      { status: 'granted', at: world.now() },
      { status: 'withdrawn', at: world.now() },
    ])
    expect(await held(wang)).toMatchObject({ status: 'withdrawn', at: world.now() })
  })

  test('a later proof of the same is kept and is no change', async () => {
    await say(
      entry(chen, 'granted', '2026-02-01T00:00:00Z', 'line'),
      entry(chen, 'granted', '2026-04-01T00:00:00Z', 'line'),
    )
    expect(await said(chen, 'line')).toHaveLength(2)
    expect(await held(chen, 'line')).toMatchObject({ at: new Date('2026-04-01T00:00:00Z') })
    expect(await factsOf(chen)).toEqual(['consent.granted'])
  })

  test('something older is history and changes nothing', async () => {
    await say(entry(wang, 'granted', '2026-01-15T00:00:00Z'))
    expect(await held(wang)).toMatchObject({ status: 'withdrawn' })
    expect(await said(wang)).toHaveLength(5)
    expect(await factsOf(wang)).toHaveLength(4)
  })

  test('pain 16: of two things said at the same instant the stricter holds, whichever comes first', async () => {
    const at = '2026-03-01T00:00:00Z'
    await say(entry(mary, 'granted', at))
    await say(entry(mary, 'withdrawn', at))
    await say(entry(chen, 'withdrawn', at))
    await say(entry(chen, 'granted', at))
    await say(entry(ouyang, 'withdrawn', at), entry(ouyang, 'granted', at))
    for (const member_id of [mary, chen, ouyang]) expect(await held(member_id)).toMatchObject({ status: 'withdrawn' })
  })

  test('channels stand apart', async () => {
    expect(await held(mary, 'email')).toMatchObject({ status: 'granted' })
  })

  test('two callers at once: the later word holds, not the later writer', async () => {
    const words = Array.from({ length: 8 }, (_, i) =>
      entry(mary, i % 2 ? 'granted' : 'withdrawn', `2026-05-0${i + 1}T00:00:00Z`, 'line'),
    )
    await Promise.all([...words].reverse().map((word) => say(word)))
    expect(await held(mary, 'line')).toMatchObject({ status: 'granted', at: words[7]!.at })
  })

  test('the outcome does not depend on order or on how the words are cut', async () => {
    const word = fc.record({
      day: fc.integer({ min: 1, max: 6 }),
      status: fc.constantFrom('granted' as const, 'withdrawn' as const),
    })
    let nth = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat({ max: 3 })),
        async (words, cuts) => {
          const channel = `c${++nth}`
          const entries = words.map(({ day, status }) => entry(wang, status, `2026-07-0${day}T00:00:00Z`, channel))
          const rest = [...entries]
          for (const cut of cuts) {
            if (rest.length === 0) break
            await say(...rest.splice(0, cut + 1))
          }
          const last = [...entries].sort(
            (a, b) => b.at!.getTime() - a.at!.getTime() || (a.status < b.status ? 1 : -1),
          )[0]!
          expect((await held(wang, channel))!.status).toBe(last.status)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('through the API, with the address it came from', async () => {
    const params = { member_id: chen }
    const { data } = await world.as('clerk').call('POST /v1/admin/members/:member_id/consents', {
      params,
      body: { channel: 'email', status: 'granted', text_version: '2026-10' },
    })
    expect(data).toContainEqual(
      expect.objectContaining({ channel: 'email', status: 'granted', method: 'console', text_version: '2026-10' }),
    )
    const row = await world.db.row(
      sql`select ip, actor from member_consent_entries where member_id = ${chen}::uuid and channel = 'email'`,
    )
    expect(row).toMatchObject({ ip: '127.0.0.1', actor: expect.stringMatching(/^staff:/) })
  })
})

describe('suppression', () => {
  const params = { member_id: ouyang }

  test('stands beside consent, once an address, until lifted', async () => {
    const entries = [{ member_id: ouyang, channel: 'email', address: 'oyff@example.com', reason: 'hard_bounce' }]
    await world.tx((tx) => members.suppress(tx, entries))
    await world.tx((tx) => members.suppress(tx, [{ ...entries[0]!, reason: 'complained' }]))
    expect(await members.suppressionsOf(world.db, ouyang)).toEqual([
      { channel: 'email', address: 'oyff@example.com', reason: 'hard_bounce', at: world.now() },
    ])
    expect(await held(ouyang, 'email')).toMatchObject({ status: 'granted' })
    const { data } = await world.as('clerk').call('DELETE /v1/admin/members/:member_id/suppressions', {
      params,
      query: { channel: 'email', address: 'oyff@example.com' },
    })
    expect(data).toEqual([])
    const facts = await world.db.rows(
      sql`select name, data from facts where member_id = ${ouyang}::uuid and name like 'member.%suppressed'`,
    )
    expect(facts).toEqual([
      { name: 'member.suppressed', data: { channel: 'email', reason: 'hard_bounce' } },
      { name: 'member.unsuppressed', data: { channel: 'email' } },
    ])
  })

  test('a clerk can put one on', async () => {
    const { data } = await world.as('clerk').call('POST /v1/admin/members/:member_id/suppressions', {
      params,
      body: { channel: 'sms', address: '+886933555666' },
    })
    expect(data).toMatchObject([{ channel: 'sms', reason: 'asked' }])
  })
})
