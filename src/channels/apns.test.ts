/** A push service of our own: HTTP/2 with TLS, which asks for the pass's certificate and answers as Apple says. */
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chainOf } from '../../test/certificates.ts'
import { apns } from './apns.ts'

const pass_type = 'pass.example.wusong'
const span = { from: new Date('2024-01-01'), until: new Date('2035-01-01') }
const own = chainOf({ pass_type: 'push', team: 'T', ip: '127.0.0.1', ...span })
const brand = chainOf({ pass_type, team: 'TEAM123456', ...span })

let server: Http2SecureServer
let host: string
const seen: { path: string; topic: string; body: string; subject: string }[] = []

/** What the service says of a token. */
const answers: Record<string, [number, string]> = {
  thrown: [410, 'Unregistered'],
  mistyped: [400, 'BadDeviceToken'],
  busy: [429, 'TooManyRequests'],
  refused: [403, 'BadCertificate'],
}

beforeAll(async () => {
  server = createSecureServer({ cert: own.certificate, key: own.key, ca: brand.authority, requestCert: true })
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path'])
    let body = ''
    stream.on('data', (part) => (body += String(part)))
    stream.on('end', () => {
      const subject = (stream.session!.socket as TLSSocket).getPeerCertificate().subject
      seen.push({ path, topic: String(headers['apns-topic']), body, subject: JSON.stringify(subject) })
      const [status, reason] = answers[path.split('/').at(-1)!] ?? [200, '']
      stream.respond({ ':status': status })
      stream.end(reason ? JSON.stringify({ reason }) : '')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

const given = { certificate: brand.certificate, key: brand.key, key_passphrase: null, pass_type }

test('wakes every phone with an empty notice, by the certificate of the pass type', async () => {
  const tokens = Array.from({ length: 500 }, (_, i) => `phone-${i}`)
  const told = await apns({ host, ca: own.authority })(given, tokens)
  expect([...told.values()].every((outcome) => outcome === 'told')).toBe(true)
  expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(tokens.map((token) => `/3/device/${token}`)))
  expect(seen[0]).toMatchObject({ topic: pass_type, body: '{}' })
  expect(seen[0]!.subject).toContain(pass_type)
})

test('phones that threw the pass away are gone, and one that is too much now is for later', async () => {
  const told = await apns({ host, ca: own.authority })(given, ['thrown', 'mistyped', 'busy', 'phone-1'])
  const taken = { thrown: 'gone', mistyped: 'gone', busy: 'later', 'phone-1': 'told' }
  expect(Object.fromEntries(told)).toEqual(taken)
})

test('a service that refuses us or is not there is no phone’s fault', async () => {
  await expect(apns({ host, ca: own.authority })(given, ['refused'])).rejects.toThrow('403 BadCertificate')
  await expect(apns({ host })(given, ['phone-1'])).rejects.toThrow()
  await expect(apns({ host: 'https://127.0.0.1:9', ca: own.authority })(given, ['phone-1'])).rejects.toThrow()
})
