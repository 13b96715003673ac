/** Google's two services, played by a server of our own: a token for an assertion, and objects that are patched. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { googleWallet } from './google-wallet.ts'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const given = {
  issuer_id: '3388000000022',
  service_email: 'passes@wusong.example',
  key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
}
let server: Server
let base: string
const patched: { url: string; body: unknown; token: string | undefined }[] = []
let refuses = false

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => (text += String(part)))
    request.on('end', () => void answer(request.method!, request.url!, text, request.headers.authorization, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

async function answer(
  method: string,
  url: string,
  text: string,
  token: string | undefined,
  response: import('node:http').ServerResponse,
): Promise<void> {
  const say = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (url === '/token') {
    const form = new URLSearchParams(text)
    const known = await jwtVerify(form.get('assertion') ?? '', createPublicKey(key), {
      issuer: given.service_email,
      audience: 'https://oauth2.googleapis.com/token',
    }).catch(() => null)
    if (known?.payload['scope'] !== 'https://www.googleapis.com/auth/wallet_object.issuer') say(401, {})
    else say(200, { access_token: 'open' })
    return
  }
  if (refuses) return void say(503, {})
  patched.push({ url: `${method} ${url}`, body: JSON.parse(text), token })
  say(url.endsWith('.nobody') ? 404 : 200, {})
}

const write = () => googleWallet({ token_url: `${base}/token`, objects_url: `${base}/loyaltyObject` })

test('objects are patched with the service account’s access; one that nobody saved is no failure', async () => {
  await write()(given, [
    { id: '3388000000022.one', loyaltyPoints: { balance: { int: 12 } } },
    { id: '3388000000022.nobody' },
  ])
  expect(patched.find(({ url }) => url.endsWith('.one'))).toEqual({
    url: 'PATCH /loyaltyObject/3388000000022.one',
    body: { id: '3388000000022.one', loyaltyPoints: { balance: { int: 12 } } },
    token: 'Bearer open',
  })
})

test('a service that refuses us says so', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  await expect(write()({ ...given, key: other.toString() }, [{ id: 'x' }])).rejects.toThrow('no access: 401')
  refuses = true
  await expect(write()(given, [{ id: 'x' }])).rejects.toThrow('503')
})
