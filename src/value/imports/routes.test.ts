import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor } from '../../base/actor.ts'
import { readConfig } from '../../base/config.ts'
import { createLog } from '../../base/log.ts'
import { sql } from '../../base/sql.ts'
import { csvOf } from '../../../test/bringing.ts'
import { openWorld, type Caller, type World } from '../../../test/world.ts'
import { jobs } from './jobs.ts'

const data = mkdtempSync(path.join(tmpdir(), 'regulars-uploads-'))
readConfig({ data })

let world: World
let marketer: Caller
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
})
afterAll(async () => {
  await world.close()
  rmSync(data, { recursive: true, force: true })
})

const header = ['訂單編號', '下單時間', '門市', '會員編號', '商品編號', '商品名稱', '數量', '單價']
const text = csvOf([
  header,
  ['T1', '2026-10-01 10:00', 'XINYI', 'M1', 'tea', '紅茶', 2, 60],
  ['T1', '2026-10-01 10:00', 'XINYI', 'M1', 'cake', '蛋糕', 1, 90],
  ['T2', '115/10/02', 'DAAN', 'M9', 'tea', '紅茶', 1, 60],
  ['T3', 'soon', 'DAAN', 'M9', 'tea', '紅茶', 1, 60],
])

/** A multipart body as a browser sends a form: its fields, then the file. */
function form(fields: Record<string, string>, file?: { name: string; content: string | Buffer }) {
  const boundary = 'regulars-test-boundary'
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const head = file
    ? `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\ncontent-type: text/csv\r\n\r\n`
    : ''
  const body = Buffer.concat([
    Buffer.from(parts.join('') + head),
    Buffer.from(file?.content ?? ''),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  return { body: body as never, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}

const upload = (fields: Record<string, string>, content: string | Buffer = text, who = marketer) =>
  who.call('POST /v1/admin/imports', form(fields, { name: 'orders.csv', content }))

/** What the worker does with the job that a route has added. */
async function work(import_id: string): Promise<void> {
  const waiting = await world.db.row(sql`
    select payload from graphile_worker._private_jobs where payload->>'import_id' = ${import_id}::text`)
  expect(waiting).toBeDefined()
  const context = {
    db: world.db,
    actor: systemActor('jobs'),
    now: world.now(),
    signal: new AbortController().signal,
    log: createLog({ level: 'silent' }),
  }
  await jobs['imports.run']!({ import_id }, context)
}

describe('bringing a file through the API', () => {
  test('from upload to results: look, correct, try, run', async () => {
    const seen = await upload({ kind: 'orders', source: 'wusong' })
    const { import_id } = seen
    const params = { import_id }
    expect(seen).toMatchObject({
      status: 'uploaded',
      file_name: 'orders.csv',
      encoding: 'utf-8',
      source: 'wusong',
      mapping: { columns: { order_id: '訂單編號', member_external_id: '會員編號', unit_price: '單價' } },
      inspection: { header, is_certain: true, missing: [] },
    })
    expect(seen).not.toHaveProperty('file_path')
    expect(readdirSync(path.join(data, 'uploads'))).toHaveLength(1)

    const columns = { ...seen.mapping.columns }
    delete columns['store']
    const corrected = await marketer.call('PUT /v1/admin/imports/:import_id/mapping', {
      params,
      body: { mapping: { ...seen.mapping, columns } },
    })
    expect(corrected.mapping.columns['store']).toBeUndefined()
    const looked = await marketer.call('PUT /v1/admin/imports/:import_id/mapping', {
      params,
      body: { source: 'wusong' },
    })
    expect(looked.mapping.columns['store']).toBe('門市')

    expect(await marketer.call('POST /v1/admin/imports/:import_id/dry-run', { params })).toMatchObject({
      status: 'checking',
    })
    await work(import_id)
    const tried = await marketer.call('GET /v1/admin/imports/:import_id', { params })
    expect(tried).toMatchObject({ status: 'uploaded', dry_run: { rows: 4, orders: 2, refused: 1, repaired: 1 } })
    expect((await marketer.call('GET /v1/admin/orders', { query: { source: 'wusong' } })).data).toEqual([])

    expect(await marketer.call('POST /v1/admin/imports/:import_id/start', { params })).toMatchObject({
      status: 'running',
      stage: 'waiting',
    })
    await work(import_id)
    const done = await marketer.call('GET /v1/admin/imports/:import_id', { params })
    expect(done).toMatchObject({
      status: 'done',
      counts: { rows: 4, orders: 2, refused: 1, members: 2 },
      progress: { rows_booked: 3 },
    })
    const orders = await marketer.call('GET /v1/admin/orders', { query: { source: 'wusong' } })
    expect(orders.data.map(({ source_id, net_minor }) => [source_id, net_minor])).toEqual([
      ['T2', 60],
      ['T1', 210],
    ])
    // M1 was known under this source: the cast's own 王小明
    expect(orders.data.find(({ source_id }) => source_id === 'T1')!.member_id).toBe(world.cast.wang)

    const refused = await marketer.call('GET /v1/admin/imports/:import_id/results', {
      params,
      query: { outcome: 'refused' },
    })
    expect(refused.data).toMatchObject([
      { row_no: 5, code: 'import.date_unreadable', details: [{ column: '下單時間', value: 'soon' }] },
    ])
    const sums = await marketer.call('GET /v1/admin/imports/:import_id/result-sums', { params })
    expect(sums.data).toEqual([
      { outcome: 'refused', code: 'import.date_unreadable', rows: 1 },
      { outcome: 'repaired', code: 'repair.roc_year', rows: 1 },
    ])
    const csv = await marketer.inject('GET /v1/admin/imports/:import_id/results/download', {
      params,
      query: { outcome: 'refused' },
    })
    expect(csv.headers['content-type']).toContain('text/csv')
    expect(csv.body.split('\r\n')[1]).toContain('T3,soon,DAAN,M9,tea,紅茶,1,60,5,refused,')
    expect((await marketer.call('GET /v1/admin/imports')).data[0]).toMatchObject({ import_id, status: 'done' })
  })

  test('in pages: results and imports', async () => {
    const bad = csvOf([
      header,
      ...Array.from({ length: 12 }, (_, i) => [
        `B${i}`,
        '2026-10-01',
        'XINYI',
        'M1',
        'tea',
        '紅茶',
        i < 5 ? 'x' : 1,
        60,
      ]),
    ])
    const { import_id } = await upload({ kind: 'orders' }, bad)
    const params = { import_id }
    await marketer.call('POST /v1/admin/imports/:import_id/dry-run', { params })
    await work(import_id)
    const rows: number[] = []
    let cursor: string | undefined
    do {
      const page = await marketer.call('GET /v1/admin/imports/:import_id/results', {
        params,
        query: { limit: 2, ...(cursor ? { cursor } : {}) },
      })
      rows.push(...page.data.map(({ row_no }) => row_no))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(rows).toEqual([2, 3, 4, 5, 6])
    const first = await marketer.call('GET /v1/admin/imports', { query: { limit: 1 } })
    expect(first.data[0]!.import_id).toBe(import_id)
    const next = await marketer.call('GET /v1/admin/imports', { query: { limit: 1, cursor: first.next_cursor! } })
    expect(next.data[0]!.import_id).not.toBe(import_id)
  })

  test('stops and goes on', async () => {
    const { import_id } = await upload({ kind: 'orders', source: 'again' })
    const params = { import_id }
    await marketer.call('POST /v1/admin/imports/:import_id/start', { params })
    expect(await marketer.call('POST /v1/admin/imports/:import_id/cancellation', { params })).toMatchObject({
      status: 'cancelled',
    })
    await expect(marketer.call('POST /v1/admin/imports/:import_id/cancellation', { params })).rejects.toMatchObject({
      code: 'import.wrong_state',
      status: 409,
    })
    expect(await marketer.call('POST /v1/admin/imports/:import_id/resumption', { params })).toMatchObject({
      status: 'running',
    })
    await work(import_id)
    expect(await marketer.call('GET /v1/admin/imports/:import_id', { params })).toMatchObject({ status: 'done' })
  })

  test('forgets a file with its import', async () => {
    const before = readdirSync(path.join(data, 'uploads')).length
    const { import_id } = await upload({ kind: 'orders' })
    expect(readdirSync(path.join(data, 'uploads'))).toHaveLength(before + 1)
    await marketer.call('DELETE /v1/admin/imports/:import_id', { params: { import_id } })
    await expect.poll(() => readdirSync(path.join(data, 'uploads')).length).toBe(before)
    await expect(marketer.call('GET /v1/admin/imports/:import_id', { params: { import_id } })).rejects.toMatchObject({
      status: 404,
    })
  })

  test('refuses what is no file, says no kind, or cannot be read, and keeps nothing of it', async () => {
    const before = existsSync(path.join(data, 'uploads')) ? readdirSync(path.join(data, 'uploads')).length : 0
    await expect(marketer.call('POST /v1/admin/imports', form({ kind: 'orders' }))).rejects.toMatchObject({
      code: 'import.file_missing',
    })
    await expect(upload({})).rejects.toMatchObject({ code: 'import.kind_missing' })
    await expect(upload({ kind: 'orders', preset: 'uci-online-retail' })).rejects.toMatchObject({
      code: 'import.preset_mismatch',
    })
    await expect(upload({ kind: 'orders', encoding: 'klingon' })).rejects.toMatchObject({
      code: 'import.encoding_unknown',
    })
    await expect(upload({ kind: 'orders' }, '')).rejects.toMatchObject({ code: 'import.file_empty' })
    expect(readdirSync(path.join(data, 'uploads'))).toHaveLength(before)
  })

  test('is for those who may', async () => {
    await expect(upload({ kind: 'orders' }, text, world.as('clerk'))).rejects.toMatchObject({ status: 403 })
    await expect(upload({ kind: 'orders' }, text, world.nobody)).rejects.toMatchObject({ status: 401 })
    expect((await world.as('analyst').call('GET /v1/admin/import-presets')).data.map(({ name }) => name)).toContain(
      'shopify',
    )
    const { import_id } = await upload({ kind: 'orders' })
    await expect(
      world.as('analyst').call('POST /v1/admin/imports/:import_id/start', { params: { import_id } }),
    ).rejects.toMatchObject({ status: 403 })
  })
})
