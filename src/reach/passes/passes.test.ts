import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chainOf, proveSignature, type Chain } from '../../../test/certificates.ts'
import { phonesOf, type Phone } from '../../../test/phones.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { catchUp, numberFacts } from '../../base/feed.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as points from '../../value/points/points.ts'
import { checks } from './checks.ts'
import { later } from './jobs.ts'
import { tell } from './telling.ts'
import type { WalletChannels } from './types.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
let chain: Chain
let wang: Phone
const pass_type = 'pass.example.wusong'
const google = generateKeyPairSync('rsa', { modulusLength: 2048 })
const googleKey = google.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const system = { kind: 'system', id: null, name: 'test' } as const

beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  chain = chainOf({ pass_type, team: 'TEAM123456', from: new Date('2024-01-01'), until: new Date('2035-01-01') })
  await world.tx((tx) => members.update(tx, world.cast.wang, { email: 'wang@example.com' }))
  wang = await phones.signedIn(world.cast.wang)
})
afterAll(() => world?.close())

const apple = (changes: Record<string, string> = {}) => ({
  certificate: chain.certificate,
  wwdr: chain.authority,
  key: chain.key,
  ...changes,
})
const setApple = (body = apple()) => world.as('owner').call('PUT /v1/admin/wallets/apple', { body })
const setGoogle = () =>
  world.as('owner').call('PUT /v1/admin/wallets/google', {
    body: { issuer_id: '3388000000022', service_email: 'passes@wusong.example', key: googleKey },
  })

/** The files of an archive that compresses nothing. */
function filesOf(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, name, extra] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)]
    const start = at + 30 + name + extra
    files.set(zip.toString('utf8', at + 30, at + 30 + name), zip.subarray(start, start + size))
    at = start + size
  }
  return files
}
async function passOf(phone: Phone): Promise<Map<string, Buffer>> {
  const answer = await phone.inject('GET /v1/portal/wallets/apple')
  expect(answer.headers['content-type']).toBe('application/vnd.apple.pkpass')
  return filesOf(answer.rawPayload)
}
const json = (files: Map<string, Buffer>) => JSON.parse(files.get('pass.json')!.toString()) as PassJson
interface PassJson {
  serialNumber: string
  authenticationToken?: string
  webServiceURL?: string
  storeCard: Record<string, { key: string; value: unknown }[]>
}

/** What the phone of a pass sends: its token stands in the pass, which is signed for secure addresses only. */
async function heldBy(member_id: string) {
  const row = await world.db.row<{ serial: string; token: string }>(sql`
    select serial, token from wallet_passes where member_id = ${member_id}::uuid and wallet = 'apple'`)
  return { ...row!, headers: { authorization: `ApplePass ${row!.token}` } }
}
const device = (serial: string, name = 'phone-1') => ({ device: name, pass_type, serial })

async function hear(): Promise<void> {
  while ((await numberFacts(world.db)) > 0);
  for (const hearer of later) while ((await catchUp(world.db, hearer, system)) > 0);
}
const quiet: WalletChannels = { apple: async () => new Map(), google: async () => undefined }
const round = (channels: Partial<WalletChannels>) =>
  tell(world.db, { ...quiet, ...channels }, { actor: system, now: world.now() })

test('a wallet that is not set up is not offered', async () => {
  expect(await wang.call('GET /v1/portal/wallets')).toEqual({ wallets: [] })
  expect((await wang.inject('GET /v1/portal/wallets/apple')).json()).toMatchObject({
    code: 'wallet_pass.not_configured',
  })
  await expect(wang.call('POST /v1/portal/wallets/google')).rejects.toMatchObject({
    code: 'wallet_pass.not_configured',
  })
})

test('certificate and key are judged before they are kept, and the key never comes out', async () => {
  const from = new Date('2024-01-01')
  const foreign = chainOf({ pass_type: 'web.example', team: 'T', from, until: new Date('2035-01-01') })
  const over = chainOf({ pass_type, team: 'T', from: new Date('2020-01-01'), until: new Date('2021-01-01') })
  for (const [code, changes] of [
    ['wallet_pass.certificate_unreadable', { certificate: 'hello' }],
    ['wallet_pass.certificate_foreign', { certificate: foreign.certificate }],
    ['wallet_pass.certificate_expired', { certificate: over.certificate }],
    ['wallet_pass.certificate_unsigned', { wwdr: foreign.authority }],
    ['wallet_pass.key_unreadable', { key: 'hello' }],
    ['wallet_pass.key_unreadable', { key: chain.locked('oolong') }],
    ['wallet_pass.key_foreign', { key: foreign.key }],
  ] as const)
    await expect(setApple(apple(changes))).rejects.toMatchObject({ code })
  await setApple(apple({ key: chain.locked('oolong'), key_passphrase: 'oolong' }))
  const { data } = await setApple()
  expect(data[0]).toMatchObject({ configured: true, apple: { pass_type, team: 'TEAM123456' } })
  expect(JSON.stringify(data)).not.toContain('PRIVATE KEY')
  const { key: _key, ...kept } = apple()
  await world.as('owner').call('PUT /v1/admin/wallets/apple', { body: kept })
  await expect(world.as('marketer').call('GET /v1/admin/wallets')).resolves.toBeDefined()
  await expect(world.as('marketer').call('PUT /v1/admin/wallets/apple', { body: apple() })).rejects.toMatchObject({
    status: 403,
  })
})

test('a pass is signed by the brand’s certificate, and every file of it is in the manifest', async () => {
  await setApple()
  expect(await wang.call('GET /v1/portal/wallets')).toEqual({ wallets: ['apple'] })
  const files = await passOf(wang)
  const manifest = JSON.parse(files.get('manifest.json')!.toString()) as Record<string, string>
  for (const [name, bytes] of files) {
    if (name === 'manifest.json' || name === 'signature') continue
    expect([name, manifest[name]]).toEqual([name, createHash('sha1').update(bytes).digest('hex')])
  }
  proveSignature(files.get('signature')!, files.get('manifest.json')!, chain)
  const other = Buffer.from(files.get('manifest.json')!.toString().replace('{', '{ '))
  expect(() => proveSignature(files.get('signature')!, other, chain)).toThrow('other bytes')
  // only secure addresses are named: phones refuse a pass that names another
  expect(json(files).webServiceURL).toBeUndefined()
  const secure = await wang.inject('GET /v1/portal/wallets/apple', {
    headers: { 'x-forwarded-proto': 'https' },
  } as never)
  const { webServiceURL, authenticationToken } = json(filesOf(secure.rawPayload))
  expect(webServiceURL).toMatch(/^https:.*\/v1\/open\/wallets\/apple$/)
  expect(authenticationToken).toBe((await heldBy(world.cast.wang)).token)
  for (const icon of ['icon.png', 'icon@2x.png', 'icon@3x.png']) expect([...files.keys()]).toContain(icon)
})

test('a pass shows points, tier and the code that earns, in three languages', async () => {
  const lot = { earned_at: world.now(), source: 'test', member_id: world.cast.wang, source_id: 'pass' }
  await world.tx((tx) => points.openLots(tx, [{ ...lot, points: 1_280, expires_on: '2030-03-31' }]))
  const files = await passOf(wang)
  const home = await wang.call('GET /v1/portal/home')
  expect(json(files)).toMatchObject({
    formatVersion: 1,
    passTypeIdentifier: pass_type,
    teamIdentifier: 'TEAM123456',
    organizationName: '悟松茶 Wusong Tea',
    sharingProhibited: true,
    barcodes: [{ format: 'PKBarcodeFormatCode128', message: home.member.plain_code }],
    storeCard: {
      headerFields: [{ key: 'points', value: home.points.available, changeMessage: 'points_changed' }],
      auxiliaryFields: [{ value: 1_280 }, { value: '2030-03-31T00:00:00Z' }],
    },
  })
  for (const [folder, words] of [
    ['en.lproj', 'POINTS'],
    ['zh-Hant.lproj', '點數'],
    ['zh-Hans.lproj', '积分'],
  ] as const)
    expect(files.get(`${folder}/pass.strings`)!.toString()).toContain(words)
})

test('a wallet shows the name in place of a logo that could not be seen on the brand’s colour', async () => {
  const logo = (colour: string) => ({
    pngs: [3, 2, 1].map((by) => ({
      name: `${by}x`,
      base64: program.plainPng(160 * by, 50 * by, colour).toString('base64'),
    })),
  })
  const params = { kind: 'logo' as const }
  const passWith = async (colour: string) => {
    await world.as('owner').call('PUT /v1/admin/brand/pictures/:kind', { params, body: logo(colour) })
    const files = await passOf(wang)
    return { has_logo: files.has('logo.png'), name: (json(files) as { logoText?: string }).logoText }
  }
  expect(await passWith('#ffffff')).toEqual({ has_logo: true, name: undefined })
  expect(await passWith('#000000')).toEqual({ has_logo: false, name: '悟松茶 Wusong Tea' })
  await world.as('owner').call('DELETE /v1/admin/brand/pictures/:kind', { params })
})

test('a phone that holds the pass hears of it; one that cannot prove it is refused', async () => {
  await passOf(wang)
  const { serial, headers } = await heldBy(world.cast.wang)
  const name = 'POST /v1/open/wallets/apple/v1/devices/:device/registrations/:pass_type/:serial'
  const asked = { params: device(serial), body: { pushToken: 'token-1' } }
  const status = async (input: object) => (await world.nobody.inject(name, input as never)).statusCode
  expect(await status({ ...asked, headers })).toBe(201)
  expect(await status({ ...asked, headers })).toBe(200)
  for (const authorization of ['ApplePass wrong', 'Bearer x', 'ApplePass '])
    expect(await status({ ...asked, headers: { authorization } })).toBe(401)
  expect(await status({ ...asked, params: { ...asked.params, pass_type: 'pass.other' }, headers })).toBe(401)
  expect(await status({ ...asked, params: device('00000000-0000-7000-8000-000000000000'), headers })).toBe(401)

  const list = 'GET /v1/open/wallets/apple/v1/devices/:device/registrations/:pass_type'
  const params = { device: 'phone-1', pass_type }
  const all = await world.nobody.inject(list, { params })
  expect(all.json()).toMatchObject({ serialNumbers: [serial] })
  const { lastUpdated } = all.json<{ lastUpdated: string }>()
  const since = (tag: string) => world.nobody.inject(list, { params, query: { passesUpdatedSince: tag } })
  expect((await since(lastUpdated)).statusCode).toBe(204)

  const latest = 'GET /v1/open/wallets/apple/v1/passes/:pass_type/:serial'
  const held = { params: { pass_type, serial }, headers }
  const first = await world.nobody.inject(latest, held as never)
  expect(json(filesOf(first.rawPayload)).serialNumber).toBe(serial)
  const known = { ...held, headers: { ...headers, 'if-modified-since': String(first.headers['last-modified']) } }
  expect((await world.nobody.inject(latest, known as never)).statusCode).toBe(304)
  expect((await world.nobody.inject(latest, { params: held.params })).statusCode).toBe(401)

  world.later(1)
  const lot = { earned_at: world.now(), source: 'test', member_id: world.cast.wang, source_id: 'later' }
  await world.tx((tx) =>
    points.adjust(tx, [{ member_id: lot.member_id, points: 20, source: 'test', source_id: 'a', reason: 'kind' }]),
  )
  await hear()
  expect((await since(lastUpdated)).json()).toMatchObject({ serialNumbers: [serial] })
  expect((await world.nobody.inject(latest, known as never)).statusCode).toBe(200)
  const log = await world.nobody.inject('POST /v1/open/wallets/apple/v1/log', { body: { logs: ['too long ago'] } })
  expect(log.statusCode).toBe(200)
})

test('many changes wake a phone once; a phone that is gone is forgotten; what failed is told the next round', async () => {
  const { serial } = await heldBy(world.cast.wang)
  await round({})
  const woken: string[][] = []
  const push = (outcome: 'told' | 'gone' | 'later') => async (_given: unknown, tokens: readonly string[]) => {
    woken.push([...tokens])
    return new Map(tokens.map((token) => [token, outcome] as const))
  }
  await round({ apple: push('told') })
  expect(woken).toEqual([])
  for (let i = 0; i < 5; i += 1)
    await world.tx((tx) =>
      points.adjust(tx, [
        { member_id: world.cast.wang, points: 1, source: 'test', source_id: `many-${i}`, reason: 'kind' },
      ]),
    )
  await hear()
  await expect(round({ apple: () => Promise.reject(new Error('no network')) })).rejects.toThrow('no network')
  await round({ apple: push('later') })
  await round({ apple: push('told') })
  await round({ apple: push('told') })
  expect(woken).toEqual([['token-1'], ['token-1']])
  // the brand changed its colour: every pass did
  world.later(1)
  await world.as('owner').call('PATCH /v1/admin/brand', { body: { main_colour: '#1d3557' } })
  await round({ apple: push('gone') })
  expect(woken).toHaveLength(3)
  const devices = await world.db.rows(sql`select from wallet_devices where serial = ${serial}::uuid`)
  expect(devices).toEqual([])
})

test('Google’s link is signed by the service account, with a class and an object', async () => {
  await setGoogle()
  const { url } = await wang.call('POST /v1/portal/wallets/google')
  const [address, token] = [url.slice(0, url.lastIndexOf('/')), url.slice(url.lastIndexOf('/') + 1)]
  expect(address).toBe('https://pay.google.com/gp/v/save')
  const { payload } = await jwtVerify(token, createPublicKey(googleKey), {
    issuer: 'passes@wusong.example',
    audience: 'google',
    currentDate: world.now(),
  })
  const home = await wang.call('GET /v1/portal/home')
  expect(payload).toMatchObject({
    typ: 'savetowallet',
    payload: {
      loyaltyClasses: [
        {
          id: '3388000000022.regulars',
          programName: '悟松茶 Wusong Tea',
          issuerName: '悟松茶 Wusong Tea',
          reviewStatus: 'UNDER_REVIEW',
        },
      ],
      loyaltyObjects: [
        {
          classId: '3388000000022.regulars',
          state: 'ACTIVE',
          accountId: String(home.member.number),
          barcode: { type: 'EAN_13', value: home.member.plain_code },
          loyaltyPoints: { balance: { int: home.points.available } },
        },
      ],
    },
  })
  const again = await wang.call('POST /v1/portal/wallets/google')
  const rows = await world.db.rows(sql`select from wallet_passes where wallet = 'google'`)
  expect([again.url.startsWith(address), rows.length]).toEqual([true, 1])
})

test('Google is written to when points change', async () => {
  await round({})
  const written: Record<string, unknown>[] = []
  const google = async (_given: unknown, objects: readonly Record<string, unknown>[]) => void written.push(...objects)
  world.later(1)
  await world.tx((tx) =>
    points.adjust(tx, [{ member_id: world.cast.wang, points: 7, source: 'test', source_id: 'g', reason: 'kind' }]),
  )
  await hear()
  await round({ google })
  const home = await wang.call('GET /v1/portal/home')
  expect(written).toMatchObject([{ loyaltyPoints: { balance: { int: home.points.available } } }])
})

test('two taps at once make one pass', async () => {
  const mary = await phones.signedIn(world.cast.mary)
  await Promise.all([passOf(mary), passOf(mary), passOf(mary)])
  const rows = await world.db.rows(sql`select from wallet_passes where member_id = ${world.cast.mary}::uuid`)
  expect(rows).toHaveLength(1)
})

test('a merged member’s pass goes on with the kept one; an erased one’s is gone', async () => {
  const { serial, headers } = await heldBy(world.cast.mary)
  await world.tx((tx) => members.merge(tx, [{ keep: world.cast.wang, merge: world.cast.mary }]))
  const held = { params: { pass_type, serial }, headers }
  const name = 'GET /v1/open/wallets/apple/v1/passes/:pass_type/:serial'
  const pass = json(filesOf((await world.nobody.inject(name, held as never)).rawPayload))
  const { member } = await wang.call('GET /v1/portal/home')
  expect(pass.storeCard['backFields']).toContainEqual(
    expect.objectContaining({ key: 'number', value: String(member.number) }),
  )
  for (const check of checks) expect((await check.run(world.db)).ok).toBe(true)
  await world.tx((tx) => members.erase(tx, [world.cast.wang]))
  expect((await world.nobody.inject(name, held as never)).statusCode).toBe(401)
  for (const check of checks) expect((await check.run(world.db)).ok).toBe(true)
  await world.tx((tx) => tx.run(sql`insert into wallet_serials values (uuidv7(), ${world.cast.chen}::uuid)`))
  expect((await checks[0]!.run(world.db)).ok).toBe(false)
})
