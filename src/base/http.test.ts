import { once } from 'node:events'
import { get } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { openDb, type Db } from './db.ts'
import { AppError } from './errors.ts'
import { openHttp } from './http.ts'
import { createLog } from './log.ts'
import { Nullable, Page, pageOf, PageQuery, readCursor, route, writeCursor, type Principal } from './routes.ts'
import { sql } from './sql.ts'

const Thing = Type.Object(
  { name: Type.String({ minLength: 1 }), amount: Type.Integer() },
  { additionalProperties: false },
)
let slowEntered: () => void = () => undefined
let slowMayEnd: Promise<void> = Promise.resolve()
let longBegun: (signal: AbortSignal) => void = () => undefined

const table = {
  'GET /v1/admin/things': route({
    permission: 'things:read',
    summary: 'All',
    query: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 3 })) }),
    answer: Type.Object({ limit: Nullable(Type.Integer()), names: Type.Array(Type.String()) }),
    read: async (db, { query }) => ({
      limit: query.limit ?? null,
      names: (await db.rows<{ name: string }>(sql`select name from things order by name`)).map((row) => row.name),
    }),
  }),
  'GET /v1/admin/numbered': route({
    permission: 'things:read',
    summary: 'By number',
    query: Type.Object(PageQuery),
    answer: Page(Type.Object({ n: Type.Integer() })),
    read: async (db, { query }) => {
      const after = readCursor(query.cursor)?.[0] ?? 0
      const rows = await db.rows<{ n: number }>(
        sql`select n from generate_series(1, 3) as n where n > ${after}::int limit 2`,
      )
      return pageOf(rows, 1, ({ n }) => [n])
    },
  }),
  'GET /v1/admin/numbered/again': route({
    permission: 'things:read',
    summary: 'By number too',
    query: Type.Object(PageQuery),
    answer: Page(Type.Object({ n: Type.Integer() })),
    read: async (_, { query }) => ({ data: [{ n: Number(readCursor(query.cursor)?.[0] ?? 0) }], next_cursor: null }),
  }),
  'POST /v1/admin/things': route({
    permission: 'things:write',
    summary: 'One',
    body: Thing,
    answer: Thing,
    status: 201,
    write: async (tx, { body }) => {
      if (body.amount < 0) throw new AppError('thing.negative', { amount: body.amount })
      await tx.run(sql`insert into things (name, amount) values (${body.name}, ${body.amount})`)
      return body
    },
  }),
  'POST /v1/admin/slow': route({
    permission: 'things:write',
    summary: 'Slow',
    answer: Type.Object({ ok: Type.Boolean() }),
    write: async () => {
      slowEntered()
      await slowMayEnd
      return { ok: true }
    },
  }),
  'GET /v1/admin/long': route({
    permission: 'things:read',
    summary: 'Ends when the caller hangs up',
    answer: Type.Null(),
    read: async (_db, _input, { signal }) => {
      longBegun(signal)
      await once(signal, 'abort')
      return null
    },
  }),
  'GET /v1/open/broken': route({
    permission: 'open',
    summary: 'Broken',
    answer: Type.Null(),
    read: async () => {
      throw new Error('secret detail')
    },
  }),
  'GET /v1/open/wrong': route({
    permission: 'open',
    summary: 'Answers what it did not promise',
    answer: Type.Object({ n: Type.Integer() }),
    read: async () => ({ n: 'no' }) as unknown as { n: number },
  }),
}

describe('the edge', () => {
  let db: Db
  let server: FastifyInstance
  let drop: () => Promise<void>
  const reader: Principal = {
    actor: { kind: 'staff', id: '1', name: 'R' },
    permissions: new Set(['things:read']),
    locale: 'en',
  }
  const writer: Principal = { actor: { kind: 'key', id: '2', name: 'W' }, permissions: new Set(['*']), locale: 'en' }

  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = () => database.drop()
    db = openDb(database.url)
    await db.run(sql`create table things (name text primary key, amount int)`)
    server = await openHttp({
      db,
      tables: [table],
      log: createLog({ level: 'silent' }),
      check_answers: true,
      open_per_minute_max: 5,
      authenticate: async (request) => ({ reader, writer })[request.headers.authorization ?? ''] ?? null,
    })
  })
  afterAll(async () => {
    await server.close()
    await db.close()
    await drop()
  })

  const call = (
    method: 'GET' | 'POST',
    url: string,
    options: { as?: string; body?: object; headers?: Record<string, string> } = {},
  ) =>
    server.inject({
      method,
      url,
      ...(options.body ? { payload: options.body } : {}),
      headers: { ...(options.as ? { authorization: options.as } : {}), ...options.headers },
    })
  const names = async () =>
    (await call('GET', '/v1/admin/things', { as: 'reader' })).json<{ names: string[] }>().names

  it('lets nobody in without a session, and nobody further than their permission', async () => {
    expect((await call('GET', '/v1/admin/things')).json()).toMatchObject({ status: 401, code: 'session.required' })
    const refused = await call('POST', '/v1/admin/things', { as: 'reader', body: { name: 'x', amount: 1 } })
    expect(refused.json()).toMatchObject({
      status: 403,
      code: 'permission.missing',
      params: { permission: 'things:write' },
    })
  })

  it('names every broken place of an input by its pointer', async () => {
    const answer = await call('POST', '/v1/admin/things', { as: 'writer', body: { name: '', more: 1 } })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    const { code, errors } = answer.json<{ code: string; errors: { pointer: string; code: string }[] }>()
    expect(code).toBe('request.invalid')
    expect(errors.find(({ pointer }) => pointer === '/more')?.code).toBe('schema.additionalProperties')
    expect(errors.map((error) => error.pointer).sort()).toEqual(['/amount', '/more', '/name'])
    expect((await call('GET', '/v1/admin/things?limit=4', { as: 'reader' })).json()).toMatchObject({
      errors: [{ pointer: '/query/limit' }],
    })
    expect((await call('GET', '/v1/admin/things?limit=2', { as: 'reader' })).json()).toMatchObject({ limit: 2 })
  })

  it('refuses parameters that nobody reads, by their names, but not behind open doors', async () => {
    const answer = await call('GET', '/v1/admin/things?limit=2&limits=1&as=csv', { as: 'reader' })
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'request.parameter_unknown',
      params: { parameters: ['limits', 'as'], known: ['limit'] },
      errors: [{ pointer: '/query/limits' }, { pointer: '/query/as' }],
    })
    expect((await call('GET', '/v1/admin/things?dry_run=true', { as: 'reader' })).statusCode).toBe(400)
    // whoever follows a link brings what others hung onto it
    expect((await call('GET', '/v1/open/wrong?utm_source=x')).json()).toMatchObject({ code: 'answer.invalid' })
  })

  it('refuses a cursor that is none of the list, instead of beginning anew', async () => {
    const page = (cursor: string) => call('GET', `/v1/admin/numbered?cursor=${cursor}`, { as: 'reader' })
    const first = (await page('')).json<{ data: { n: number }[]; next_cursor: string }>()
    expect(first.data).toEqual([{ n: 1 }])
    expect((await page(first.next_cursor)).json()).toMatchObject({ data: [{ n: 2 }] })
    const mark = first.next_cursor.slice(0, -writeCursor([1]).length)
    const others = [['2026-01-01'], [3e10], []].map((key) => mark + writeCursor(key))
    for (const cursor of ['abc', first.next_cursor.slice(0, -2), 'NQ', ...others]) {
      expect((await page(cursor)).json()).toMatchObject({
        status: 400,
        code: 'request.cursor_unreadable',
        errors: [{ pointer: '/query/cursor' }],
      })
    }
    // ordered by a column of the same kind
    const another = await call('GET', `/v1/admin/numbered/again?cursor=${first.next_cursor}`, { as: 'reader' })
    expect(another.json()).toMatchObject({ status: 400, code: 'request.cursor_unreadable' })
  })

  it('says that the database is away, whether its port is closed or its socket gone', async () => {
    for (const url of ['postgres://x@127.0.0.1:1/x', 'postgres://x@localhost/x?host=/nowhere']) {
      const away = openDb(url)
      const edge = await openHttp({
        db: away,
        tables: [table],
        log: createLog({ level: 'silent' }),
        authenticate: async () => reader,
      })
      try {
        const answer = await edge.inject({ method: 'GET', url: '/v1/admin/things' })
        expect(answer.json()).toMatchObject({ status: 503, code: 'database.unavailable' })
      } finally {
        await edge.close()
        await away.close()
      }
    }
  })

  it('answers a refusal of the domain with its code, and hides what it did not expect', async () => {
    const refused = await call('POST', '/v1/admin/things', { as: 'writer', body: { name: 'n', amount: -1 } })
    expect(refused.json()).toMatchObject({ status: 422, code: 'thing.negative', params: { amount: -1 } })
    const broken = await call('GET', '/v1/open/broken')
    expect(broken.statusCode).toBe(500)
    expect(broken.body).not.toContain('secret')
    expect(broken.json<{ request_id: string }>().request_id).toBe(broken.headers['x-request-id'])
  })

  it('does the same work once for one key, and refuses another input under it', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await call('POST', '/v1/admin/things', { as: 'writer', body: { name: 'once', amount: 1 }, headers })
    const again = await call('POST', '/v1/admin/things', { as: 'writer', body: { amount: 1, name: 'once' }, headers })
    expect([first.statusCode, again.statusCode]).toEqual([201, 201])
    expect(again.json()).toEqual(first.json())
    expect(again.headers['idempotent-replayed']).toBe('true')
    const other = await call('POST', '/v1/admin/things', { as: 'writer', body: { name: 'once', amount: 2 }, headers })
    expect(other.json()).toMatchObject({ status: 422, code: 'idempotency.key_reused' })
    expect(await names()).toContain('once')
  })

  it('says that a call with the same key is still running', async () => {
    let end: () => void = () => undefined
    slowMayEnd = new Promise((resolve) => (end = resolve))
    const entered = new Promise<void>((resolve) => (slowEntered = resolve))
    const headers = { 'idempotency-key': 'slow' }
    const first = call('POST', '/v1/admin/slow', { as: 'writer', headers })
    await entered
    const second = await call('POST', '/v1/admin/slow', { as: 'writer', headers })
    expect(second.json()).toMatchObject({ status: 409, code: 'idempotency.in_progress' })
    expect(second.headers['retry-after']).toBe('1')
    end()
    expect((await first).statusCode).toBe(200)
  })

  it('runs the real code in a dry run and keeps nothing', async () => {
    const dry = await call('POST', '/v1/admin/things?dry_run=true', {
      as: 'writer',
      body: { name: 'dry', amount: 1 },
    })
    expect(dry.json()).toEqual({ name: 'dry', amount: 1 })
    const body = { name: 'dry', amount: 1 }
    expect((await call('POST', '/v1/admin/things?dry_run=1', { as: 'writer', body })).statusCode).toBe(201)
    const unclear = await call('POST', '/v1/admin/things?dry_run=yes', { as: 'writer', body })
    expect(unclear.json()).toMatchObject({ status: 400, errors: [{ pointer: '/query/dry_run' }] })
    expect(await names()).not.toContain('dry')
  })

  it('refuses a session that another site sends along', async () => {
    const foreign = await call('POST', '/v1/admin/things', {
      as: 'reader',
      body: { name: 'f', amount: 1 },
      headers: { origin: 'https://evil.example', host: 'shop.example' },
    })
    expect(foreign.json()).toMatchObject({ status: 403, code: 'session.foreign_origin' })
  })

  it('tells a long read that its caller has hung up', async () => {
    const begun = new Promise<AbortSignal>((resolve) => (longBegun = resolve))
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const asked = get(`${address}/v1/admin/long`, { headers: { authorization: 'reader' } })
    asked.once('error', () => undefined)
    const signal = await begun
    expect(signal.aborted).toBe(false)
    asked.destroy()
    if (!signal.aborted) await once(signal, 'abort')
  })

  it('sends what keeps a browser from guessing and framing with every answer, under a number of its own', async () => {
    const [one, other] = [await call('GET', '/v1/admin/things'), await call('GET', '/nowhere')]
    for (const { headers } of [one, other]) {
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' })
      expect(headers['content-security-policy']).toContain("script-src 'self'")
    }
    expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id'])
  })

  it('finds an answer that does not keep its promise', async () => {
    expect((await call('GET', '/v1/open/wrong')).statusCode).toBe(500)
  })

  it('limits what nobody in particular may ask', async () => {
    const answers = await Promise.all(Array.from({ length: 7 }, () => call('GET', '/v1/open/wrong')))
    const limited = answers.find((answer) => answer.statusCode === 429)
    expect(limited?.json()).toMatchObject({ code: 'request.too_many' })
    expect(limited?.headers['retry-after']).toBeDefined()
  })
})
