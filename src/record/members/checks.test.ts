import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDb, type Db } from '../../base/db.ts'
import { systemActor } from '../../base/actor.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as program from '../program/program.ts'
import { createTestDatabase } from '../../../test/database.ts'
import * as members from './members.ts'

const actor = systemActor('test')
let db: Db
let drop: () => Promise<void>

beforeAll(async () => {
  const made = await createTestDatabase()
  drop = made.drop
  db = openDb(made.url)
  const now = new Date('2026-06-01T04:00:00Z')
  await db.tx({ actor, now }, async (tx) => {
    await program.create(tx, {
      name: 'Test',
      currency: 'TWD',
      time_zone: 'Asia/Taipei',
      languages: ['en'],
      default_language: 'en',
      default_country: 'TW',
    })
    const said = (status: 'granted' | 'withdrawn', day: string) => ({
      channel: 'email',
      purpose: 'marketing',
      status,
      at: new Date(day),
      method: 'form',
      ip: '192.0.2.1',
    })
    await members.upsert(
      tx,
      [
        {
          display_name: '王小明',
          phone: '0912345678',
          email: 'Wang@Example.com',
          card: 'ab 12',
          external_id: 'M1',
          consents: [said('granted', '2026-01-01'), said('withdrawn', '2026-02-01')],
        },
        { display_name: 'Mary Smith', phone: '0922333444', consents: [said('granted', '2026-01-01')] },
        { display_name: 'Gone', email: 'gone@example.com' },
        { display_name: 'Lost', email: 'lost@example.com' },
        { display_name: '路人', email: 'guest@example.com', kind: 'guest' },
      ],
      { source: 'pos' },
    )
    const [walk_in] = await members.walkIn(tx, [{ store_id: null, key: '1' }])
    expect(walk_in).toBeDefined()
  })
  await db.run(sql`
    with gone as (
      update members set merged_into = (select member_id from members where display_name = 'Mary Smith')
      where display_name = 'Gone' returning member_id
    ) delete from member_identities i using gone where i.member_id = gone.member_id`)
  await db.run(sql`
    with gone as (
      update members set erased_at = created_at, display_name = null, email = null, search = ''
      where display_name = 'Lost' returning member_id
    ) delete from member_identities i using gone where i.member_id = gone.member_id`)
})
afterAll(async () => {
  await db.close()
  await drop()
})

test('what the verbs write holds', async () => {
  const { checks } = await verify(db, members.checks)
  expect(checks.filter((check) => !check.ok)).toEqual([])
})

const id = (name: string) => sql`(select member_id from members where display_name = ${name}::text)`
const walkIn = sql`(select member_id from members where kind = 'walk_in' limit 1)`
const erased = sql`(select member_id from members where erased_at is not null)`

// each check finds the error planted for it, and names the row
test.each<[string, Sql, Record<string, unknown>]>([
  [
    'members.identities_normalised',
    sql`update member_identities set value = '0912345678' where value = '+886912345678'`,
    { value: '0912345678' },
  ],
  [
    'members.identities_normalised',
    sql`update member_identities set value = 'Wang@example.com' where kind = 'email' and value like 'wang%'`,
    { value: 'Wang@example.com' },
  ],
  [
    'members.identities_normalised',
    sql`update member_identities set value = 'ab 12' where kind = 'card'`,
    { kind: 'card' },
  ],
  [
    'members.identities_normalised',
    sql`update member_identities set kind = 'fax' where kind = 'card'`,
    { kind: 'fax' },
  ],
  [
    'members.identities_owned',
    sql`update member_identities set member_id = uuidv7() where kind = 'card'`,
    { kind: 'card', member_kind: null },
  ],
  [
    'members.identities_owned',
    sql`update member_identities set member_id = ${id('Gone')} where kind = 'card'`,
    { kind: 'card', member_kind: 'member' },
  ],
  [
    'members.shown_are_identities',
    sql`update members set phone = '+886999999999' where display_name = '王小明'`,
    { phone: '+886999999999' },
  ],
  [
    'members.shown_are_identities',
    sql`delete from member_identities where kind = 'external:pos'`,
    { external_id: 'M1' },
  ],
  [
    'members.search_words',
    sql`update members set search = 'wang' where display_name = '王小明'`,
    { display_name: '王小明', search: 'wang' },
  ],
  [
    'members.consents_latest',
    sql`update member_consents set status = 'granted' where member_id = ${id('王小明')}`,
    { held: 'granted', last_word: 'withdrawn' },
  ],
  [
    'members.consents_latest',
    sql`delete from member_consents where member_id = ${id('Mary Smith')}`,
    { held: null, last_word: 'granted' },
  ],
  [
    'members.consents_latest',
    sql`delete from member_consent_entries where member_id = ${id('Mary Smith')}`,
    { held: 'granted', last_word: null },
  ],
  ['members.walk_ins_are_nobody', sql`update members set tags = '{vip}' where kind = 'walk_in'`, {}],
  [
    'members.walk_ins_are_nobody',
    sql`update member_consent_entries set member_id = ${walkIn} where status = 'withdrawn'`,
    {},
  ],
  ['members.joined', sql`update members set joined_at = null where display_name = '王小明'`, { kind: 'member' }],
  ['members.joined', sql`update members set joined_at = created_at where display_name = '路人'`, { kind: 'guest' }],
  [
    'members.merged_lead_to_somebody',
    sql`update members set merged_into = uuidv7() where display_name = 'Gone'`,
    { further: null },
  ],
  [
    'members.merged_lead_to_somebody',
    sql`update members set merged_into = ${id('王小明')} where display_name = 'Mary Smith'`,
    {},
  ],
  [
    'members.companies_have_accounts',
    sql`insert into company_members (member_id, company_id, role, since, created_at)
      values (${id('王小明')}, uuidv7(), 'buyer', '2026-01-01', '2026-01-01')`,
    {},
  ],
  [
    'members.credited_is_named',
    sql`insert into order_parties (member_id, order_id, company_id, buyer_id, credited, why, recorded_at)
      values (${id('王小明')}, uuidv7(), uuidv7(), ${id('Mary Smith')}, 'buyer', '{}', '2026-01-01')`,
    { credited: 'buyer' },
  ],
  [
    'members.climbers_are_named',
    sql`insert into order_parties (member_id, order_id, company_id, buyer_id, credited, why, climber, climber_id,
        recorded_at)
      values (${id('王小明')}, uuidv7(), uuidv7(), ${id('王小明')}, 'buyer', '{}', 'payer', ${id('Mary Smith')},
        '2026-01-01')`,
    { climber: 'payer' },
  ],
  ['members.erased_are_nameless', sql`update members set first_name = 'Lost' where member_id = ${erased}`, {}],
  [
    'members.erased_are_nameless',
    sql`update member_consent_entries set member_id = ${erased} where status = 'withdrawn'`,
    {},
  ],
])('%s finds what was planted (%#)', async (name, plant, row) => {
  const undone = new Error('undone')
  await db
    .tx({ actor }, async (tx) => {
      await tx.run(plant)
      const { checks } = await verify(tx, members.checks)
      const check = checks.find((one) => one.name === name)!
      expect(check.ok).toBe(false)
      expect(check.rows![0]).toMatchObject(row)
      throw undone
    })
    .catch((thrown: unknown) => {
      if (thrown !== undone) throw thrown
    })
})
