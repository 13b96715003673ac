import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiError, createClient, type Client } from './client.ts'

interface Heard {
  line: string
  key: string | undefined
  token: string | undefined
  body: string
}
type Reply = { status: number; type?: string; body?: unknown } | 'hang up' | 'never'

let server: Server
let heard: Heard[]
let replies: Reply[]
let client: Client
let base_url: string

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

beforeEach(async () => {
  heard = []
  replies = []
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { authorization: token, 'idempotency-key': key } = request.headers
      heard.push({ line: `${request.method} ${request.url}`, key: key as string | undefined, token, body })
      const reply = replies.shift() ?? { status: 200, body: {} }
      if (reply === 'never') return
      if (reply === 'hang up') return request.socket.destroy()
      response.writeHead(reply.status, { 'content-type': reply.type ?? 'application/json', 'x-request-id': 'r-1' })
      response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = createClient({ base_url, token: 'rk_test' })
})
afterEach(
  () =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(resolve)
    }),
)

const refusal = (thrown: unknown) => thrown as ApiError

test('a route is called by its name, with the token and no key on a read', async () => {
  replies.push({ status: 200, body: { staff: null } })
  expect(await client.call('GET /v1/admin/session')).toEqual({ staff: null })
  expect(heard).toEqual([{ line: 'GET /v1/admin/session', key: undefined, token: 'Bearer rk_test', body: '' }])
})

test('path and query are filled in and encoded; what is not given is left out', async () => {
  await client.call('PATCH /v1/admin/members/:member_id', { params: { member_id: 'a/b 王' }, body: {} })
  await client.call('GET /v1/admin/facts', { query: { name: 'order.paid & more', limit: 5 } })
  expect(heard.map(({ line }) => line)).toEqual([
    'PATCH /v1/admin/members/a%2Fb%20%E7%8E%8B',
    'GET /v1/admin/facts?name=order.paid+%26+more&limit=5',
  ])
})

test('a write whose answer was lost is sent again under the same key', async () => {
  replies.push('hang up', { status: 200, body: { staff: {} } })
  await client.call('POST /v1/open/sign-in', { body: { email: 'a@b.example', password: 'secret' } })
  expect(heard).toHaveLength(2)
  expect(heard[0]!.key).toMatch(/^[0-9a-f-]{32,36}$/)
  expect(heard[1]!.key).toBe(heard[0]!.key)
  expect(heard[1]!.body).toBe(heard[0]!.body)
})

test('what is still being done when it is sent again is asked for once more, under the same key', async () => {
  replies.push(
    'hang up',
    { status: 409, body: { status: 409, code: 'idempotency.in_progress', params: { retry_after: 1 } } },
    { status: 200, body: { staff: {} } },
  )
  await client.call('POST /v1/open/sign-in', { body: { email: 'a@b.example', password: 'secret' } })
  expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
  expect(heard).toHaveLength(3)
})

test('two logical writes have two keys', async () => {
  const body = { email: 'a@b.example', password: 'secret' }
  await client.call('POST /v1/open/sign-in', { body })
  await client.call('POST /v1/open/sign-in', { body })
  expect(new Set(heard.map(({ key }) => key)).size).toBe(2)
})

test('a change that has no key is never sent twice', async () => {
  replies.push('hang up')
  const thrown = await client
    .call('PATCH /v1/admin/members/:member_id', { params: { member_id: '1' }, body: {} })
    .catch(refusal)
  expect(thrown).toMatchObject({ name: 'ApiError', status: 0, code: 'network.unreachable' })
  expect(heard).toHaveLength(1)
})

test('a refusal keeps its code, its parameters and its places, and is not repeated', async () => {
  const problem = {
    code: 'request.invalid',
    params: { places: 1 },
    request_id: 'r-9',
    errors: [{ pointer: '/email', code: 'schema.format' }],
  }
  replies.push({ status: 400, type: 'application/problem+json; charset=utf-8', body: problem })
  const thrown = await client.call('POST /v1/open/sign-in', { body: { email: '?', password: '' } }).catch(refusal)
  expect(thrown).toBeInstanceOf(ApiError)
  expect(thrown).toMatchObject({ status: 400, ...problem })
  expect(heard).toHaveLength(1)
})

test('an answer without a body is null', async () => {
  replies.push({ status: 204 })
  expect(await client.call('DELETE /v1/admin/session')).toBeNull()
})

test('a page in place of an answer is no answer: a wrong address, or a network that wants a sign-in', async () => {
  replies.push(...Array.from({ length: 3 }, () => ({ status: 200, type: 'text/html; charset=utf-8', body: {} })))
  const thrown = await client
    .call('POST /v1/open/sign-in', { body: { email: 'a@b.example', password: 'secret' } })
    .catch(refusal)
  expect(thrown).toMatchObject({ name: 'ApiError', status: 0, code: 'network.unreachable' })
  expect((thrown as ApiError).message).toContain(`${base_url}/v1/open/sign-in is a page`)
})

test('a caller that gives up hears so at once, and nothing is sent again', async () => {
  replies.push('never')
  const stop = new AbortController()
  const call = client.call('GET /v1/admin/session', {}, { signal: stop.signal }).catch((thrown: unknown) => thrown)
  await expect.poll(() => heard.length).toBe(1)
  stop.abort()
  expect((await call) as Error).toMatchObject({ name: 'AbortError' })
  expect(heard).toHaveLength(1)
})

test('the compiler refuses unknown routes and wrong input', () => {
  // the suppressions are the test: the compiler fails where one of these calls is right after all
  const unsent = () => [
    // @ts-expect-error no such route
    client.call('GET /v1/admin/nobody'),
    // @ts-expect-error the path needs its parameter
    client.call('GET /v1/admin/members/:member_id'),
    // @ts-expect-error limit is a number
    client.call('GET /v1/admin/members', { query: { limit: 'many' } }),
    // @ts-expect-error this route takes no query
    client.call('GET /v1/admin/session', { query: { limit: 1 } }),
  ]
  expect(unsent).toBeTypeOf('function')
})
