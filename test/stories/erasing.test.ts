/** A person is forgotten: nothing that names them is left anywhere, what they bought stays. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../src/app/checks.ts'
import { bound } from '../../src/app/hearers.ts'
import { openDb } from '../../src/base/db.ts'
import { join, raw, sql } from '../../src/base/sql.ts'
import { verify } from '../../src/base/verify.ts'
import * as messages from '../../src/reach/messages/messages.ts'
import * as members from '../../src/record/members/members.ts'
import * as imports from '../../src/value/imports/imports.ts'
import { actor, csvOf, openBringing, type Bringing } from '../bringing.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let files: Bringing
let gone: string
let old: string

/** By what the person is named: each writing of name, phone, mailbox, card and id. */
const names = [
  '歐陽測試',
  '欧阳测试',
  'ouyangceshi',
  '0988777666',
  '988777666',
  '+886988777666',
  'erase.me',
  'KARTE99',
  'ERASE-1',
  '10.9.8.7',
]

beforeAll(async () => {
  world = await openWorld()
  const marketer = world.as('marketer')
  const made = await marketer.call('POST /v1/admin/members', {
    body: {
      external_id: 'ERASE-1',
      display_name: '歐陽測試',
      phone: '0988-777-666',
      email: 'Erase.Me@example.com',
      card: 'karte 99',
      birth_date: '1988-08-08',
      gender: 'female',
      attributes: { nick: '歐陽測試' },
      tags: ['友:歐陽測試'],
      consents: [{ channel: 'email', status: 'granted', ip: '10.9.8.7' }],
    },
    headers: { 'idempotency-key': 'create-ouyang' },
  })
  gone = made.member_id
  const params = { member_id: gone }
  await marketer.call('PATCH /v1/admin/members/:member_id', {
    params,
    body: { first_name: '測試', last_name: '歐陽' },
  })
  await marketer.call('POST /v1/admin/members/:member_id/notes', {
    params,
    body: { body: '歐陽測試 likes the window' },
  })
  await marketer.call('POST /v1/admin/members/:member_id/suppressions', {
    params,
    body: { channel: 'email', address: 'erase.me@example.com' },
  })
  await marketer.call('DELETE /v1/admin/members/:member_id/suppressions', {
    params,
    query: { channel: 'email', address: 'erase.me@example.com' },
  })
  await marketer.call('POST /v1/admin/members/:member_id/points/adjustments', {
    params,
    body: { points: 50, reason: '歐陽測試 waited long' },
  })
  await marketer.call('POST /v1/admin/seen', { body: { noun: 'members', noun_id: gone } })
  await marketer.call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'T1',
      status: 'completed',
      occurred_at: world.now().toISOString(),
      member: { phone: '0988777666', name: '歐陽測試' },
      lines: [{ sku: 'TEA', quantity: 1, net_minor: 12_000 }],
    },
    headers: { 'idempotency-key': 'order-ouyang' },
  })
  const [other] = await world.tx((tx) =>
    members.upsert(tx, [{ display_name: '歐陽測試', email: 'erase.me+old@example.com' }], { source: 'x' }),
  )
  old = other!.member_id!
  await marketer.call('POST /v1/admin/members/:member_id/merge', { params, body: { merge: [old] } })
  await write()
  await bring()
})
afterAll(async () => {
  await files?.close()
  await world?.close()
})

/** A message that went out, was clicked, bounced, and one tried on a colleague. */
async function write(): Promise<void> {
  await world.tx(async (tx) => {
    const template = await messages.createTemplate(tx, {
      name: 'n',
      medium: 'email',
      purpose: 'marketing',
      languages: { 'zh-TW': { subject: '{{ name }}', html: '<p>{{ name }}</p>' } },
    })
    const send = await messages.openSend(tx, {
      origin: 'campaign',
      origin_id: 'x',
      template_id: template.template_id,
      base_url: 'http://127.0.0.1',
    })
    await messages.queue(tx, send.send_id, {
      members: messages.membersById([gone]),
      not_after: new Date(tx.now.getTime() + 86_400_000),
    })
    const { message_id } = (await tx.row<{ message_id: number }>(sql`
      update messages set status = 'accepted', sent_at = ${tx.now}::timestamptz, reason = 'x' where member_id = ${gone}::uuid returning message_id`))!
    await tx.run(sql`
      insert into message_bodies (member_id, message_id, address, subject, html) values
        (${gone}::uuid, ${message_id}::bigint, 'erase.me@example.com', '歐陽測試', '<p>歐陽測試</p>')`)
    await tx.run(sql`
      insert into message_receipts (member_id, message_id, kind, detail, at, recorded_at, receipt_key) values
        (${gone}::uuid, ${message_id}::bigint, 'deferred', '450 <erase.me@example.com> busy', ${tx.now}::timestamptz, ${tx.now}::timestamptz, 'k')`)
    await messages.createTest(tx, {
      template_id: template.template_id,
      language: 'zh-TW',
      member_id: gone,
      address: 'me@wusong.example',
      base_url: 'http://127.0.0.1',
    })
    await tx.run(sql`update message_tests set subject = '歐陽測試'`)
  })
}

/** A file in the same database: a mended phone, a refused row, sample rows. */
async function bring(): Promise<void> {
  files = await openBringing()
  const header = ['external_id', 'name', 'phone', 'email', 'birthday']
  const kept = await imports.fileInPlace(
    files.file(
      csvOf([
        header,
        ['ERASE-1', '歐陽測試', '988777666', 'erase.me@example.com', '1988-08-08'],
        ['X2', 'Anna', '0911222333', 'anna@example.com', ''],
        ['X3', '歐陽測試', 'no phone', '', 'not a day'],
      ]),
    ),
  )
  const looked = await imports.look(kept.file_path, {
    kind: 'members',
    country: 'TW',
    preset: undefined,
    source: 'pos',
    encoding: undefined,
  })
  const { import_id } = await world.tx((tx) =>
    imports.create(tx, {
      ...kept,
      ...looked,
      kind: 'members',
      file_name: 'f.csv',
      is_upload: false,
      points_as_of: null,
    }),
  )
  await world.tx((tx) => imports.start(tx, import_id, { as_job: false }))
  const own = openDb(world.url, { bound })
  try {
    const done = await imports.run(own, import_id, { actor })
    expect(done.status).toBe('done')
  } finally {
    await own.close()
  }
}

/** Every text, json and array column of every table, searched for each name. */
async function found(): Promise<string[]> {
  const columns = await world.db.rows<{ table: string; column: string }>(sql`
    select c.table_name::text as "table", c.column_name::text as "column" from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type in ('text', 'jsonb', 'json', 'ARRAY')`)
  const rows = await world.db.rows<{ place: string }>(
    join(
      columns.map(
        ({ table, column }) => sql`
    select distinct ${`${table}.${column}`}::text as place from ${raw(`"${table}"`)} one, unnest(${names}::text[]) as naming (word)
    where strpos(lower(one.${raw(`"${column}"`)}::text), lower(naming.word)) > 0`,
      ),
      ' union all ',
    ),
  )
  return [...new Set(rows.map((row) => row.place))].sort()
}

test('before, the person is named all over the place', async () => {
  expect(await found()).toEqual(
    expect.arrayContaining([
      'idempotency_keys.answer',
      'import_results.details',
      'imports.inspection',
      'member_consent_entries.ip',
      'member_identities.value',
      'member_notes.body',
      'members.attributes',
      'members.display_name',
      'members.search',
      'members.tags',
      'message_bodies.address',
      'message_receipts.detail',
      'message_tests.subject',
      'point_entries.why',
      'staff_audit_personal.after',
    ]),
  )
})

test('an export gives all that is kept, also what came from the merged account', async () => {
  const { data } = await world
    .as('marketer')
    .call('GET /v1/admin/members/:member_id/export', { params: { member_id: old } })
  expect(Object.keys(data)).toEqual(
    expect.arrayContaining([
      'facts',
      'member_consent_entries',
      'member_identities',
      'member_notes',
      'members',
      'message_bodies',
      'messages',
      'orders',
      'order_lines',
      'point_balances',
      'point_entries',
      'point_lots',
    ]),
  )
  expect(data['members']!.map((row) => row['member_id']).sort()).toEqual([gone, old].sort())
  expect(data['orders']).toMatchObject([{ source_id: 'T1', net_minor: 12_000 }])
  expect(data['member_identities']!.map((row) => row['value'])).toContain('+886988777666')
  await expect(
    world.as('clerk').call('GET /v1/admin/members/:member_id/export', { params: { member_id: gone } }),
  ).rejects.toMatchObject({ status: 403 })
})

test('an import on its way that names the person stands against it', async () => {
  const insert = world.db.run(sql`
    with held as (
      insert into imports (kind, status, file_name, is_upload, file_sha256, file_bytes, source, encoding, inspection, mapping, actor, actor_name, created_at)
      values ('orders', 'cancelled', 'open.csv', false, '', 0, 'pos', 'utf-8', '{"sample": [], "candidates": []}', '{}', 'test', 'test', ${world.now()}::timestamptz)
      returning import_id)
    insert into import_pieces (import_id, piece_no, source, source_id, is_sale, is_torn, rows, payload)
    select import_id, 1, 'pos', 'o1', true, false, 1, '{"member":[null,"0988-777-666",null,null,null]}' from held`)
  await insert
  await expect(
    world.as('owner').call('POST /v1/admin/members/:member_id/erase', { params: { member_id: gone } }),
  ).rejects.toMatchObject({ status: 409, code: 'import.names_member', params: { file_name: 'open.csv' } })
  await world.db.run(sql`delete from import_pieces`)
  await world.db.run(sql`delete from imports where file_name = 'open.csv'`)
})

test('afterwards nothing names them, and the money is still there', async () => {
  const params = { member_id: gone }
  await expect(world.as('clerk').call('POST /v1/admin/members/:member_id/erase', { params })).rejects.toMatchObject({
    status: 403,
  })
  const before = await world.db.row(sql`select sum(net_minor)::int as net, count(*)::int as n from orders`)
  const answer = await world.as('marketer').call('POST /v1/admin/members/:member_id/erase', { params })
  expect(answer).toMatchObject({ member_id: gone, kept: { orders: 1, net_minor: 12_000, identities: 0, notes: 0 } })
  expect(await found()).toEqual([])
  expect(await world.db.row(sql`select sum(net_minor)::int as net, count(*)::int as n from orders`)).toEqual(before)
  const { checks: proved } = await verify(world.db, checks)
  expect(proved.filter((check) => !check.ok)).toEqual([])
  for (const member_id of [gone, old]) {
    await expect(
      world.as('marketer').call('GET /v1/admin/members/:member_id', { params: { member_id } }),
    ).rejects.toMatchObject({ status: 404 })
  }
  expect(await members.searchIds(world.db, '0988777666')).toEqual([])
  const told = await world.db.rows(
    sql`select member_id, data from facts where name = 'member.erased' order by member_id`,
  )
  expect(told).toEqual([gone, old].sort().map((member_id) => ({ member_id, data: {} })))
})

test('who comes again is somebody new; the call that made them does nothing when it is sent again', async () => {
  const again = await world.as('marketer').inject('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'T1',
      status: 'completed',
      occurred_at: world.now().toISOString(),
      member: { phone: '0988777666', name: '歐陽測試' },
      lines: [{ sku: 'TEA', quantity: 1, net_minor: 12_000 }],
    },
    headers: { 'idempotency-key': 'order-ouyang' },
  })
  expect(again.statusCode).toBe(410)
  expect(await found()).toEqual([])
  const [id] = await world.tx((tx) =>
    members.resolve(tx, [{ phone: '0988777666' }], { create_as: 'member', channel: 'pos' }),
  )
  expect([gone, old]).not.toContain(id)
})
