import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServer } from '../../app/server.ts'
import { createLog } from '../../base/log.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { contrastOf, textContrastMin } from './colours.ts'
import { plainPng } from './png.ts'
import { pictureSizes, type PictureKind } from './types.ts'

let world: World
let server: Awaited<ReturnType<typeof openServer>>
beforeAll(async () => {
  world = await openWorld()
  server = await openServer({ db: world.db, log: createLog({ level: 'error' }) })
})
afterAll(async () => {
  await server?.close()
  await world?.close()
})

const png = (width: number, height: number) => plainPng(width, height, '#888888')
const allSizes = (kind: PictureKind) =>
  pictureSizes[kind].map(({ name, width, height }) => ({ name, base64: png(width, height).toString('base64') }))

test('begins with the house’s own look, and takes colours that can be read', async () => {
  const owner = world.as('owner')
  const before = await owner.call('GET /v1/admin/brand')
  expect(before).toMatchObject({ main_colour: '#33261d', on_colour: null, pictures: {} })
  for (const { brand, on_brand, action, on_action } of Object.values(before.schemes)) {
    expect(contrastOf(brand, on_brand)).toBeGreaterThanOrEqual(textContrastMin)
    expect(contrastOf(action, on_action)).toBeGreaterThanOrEqual(textContrastMin)
  }
  const after = await owner.call('PATCH /v1/admin/brand', {
    body: {
      name: 'Wusong Tea House',
      main_colour: '#0b6e4f',
      texts: { ...before.texts, greeting: { en: 'Welcome' } },
    },
  })
  expect(after).toMatchObject({
    name: 'Wusong Tea House',
    main_colour: '#0b6e4f',
    texts: { greeting: { en: 'Welcome' } },
  })
  expect(after.schemes.light).toMatchObject({ brand: '#0b6e4f', on_brand: '#ffffff' })
  expect((await owner.call('GET /v1/admin/program')).name).toBe('Wusong Tea House')
})

test('refuses a colour that could not be read, and names the nearest that can', async () => {
  const owner = world.as('owner')
  const body = { main_colour: '#f5d76e', on_colour: '#ffffff' }
  const judged = await owner.call('POST /v1/admin/brand/colours', { body })
  expect(judged).toMatchObject({ passes: false, contrast_min: 4.5 })
  expect(judged.nearest_on).not.toBe('#ffffff')
  await expect(owner.call('PATCH /v1/admin/brand', { body })).rejects.toMatchObject({
    code: 'brand.contrast_too_low',
    params: { nearest_on: judged.nearest_on, nearest_main: judged.nearest_main },
  })
  const mended = { ...body, on_colour: judged.nearest_on }
  expect(await owner.call('POST /v1/admin/brand/colours', { body: mended })).toMatchObject({ passes: true })
  await owner.call('PATCH /v1/admin/brand', { body: { main_colour: body.main_colour, on_colour: null } })
})

test('takes pictures in all their sizes and serves them for ever; the next picture leaves the last one readable', async () => {
  const owner = world.as('owner')
  const put = (kind: PictureKind, pngs: ReturnType<typeof allSizes>) =>
    owner.call('PUT /v1/admin/brand/pictures/:kind', { params: { kind }, body: { pngs } })
  const { pictures } = await put('icon', allSizes('icon'))
  const { hash } = pictures.icon!['192']!
  const url = `/brand/pictures/${hash}.png`
  const served = await server.inject({ url })
  expect(served.headers).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    etag: `"${hash}.png"`,
  })
  expect(served.rawPayload.equals(png(192, 192))).toBe(true)
  const again = await server.inject({ url, headers: { 'if-none-match': `"${hash}.png"` } })
  expect(again.statusCode).toBe(304)
  expect((await server.inject({ url: `/brand/pictures/${'0'.repeat(32)}.png` })).statusCode).toBe(404)

  const removed = await owner.call('DELETE /v1/admin/brand/pictures/:kind', { params: { kind: 'icon' } })
  expect(removed.pictures.icon).toBeUndefined()
  expect((await server.inject({ url })).statusCode).toBe(200)
  await put('icon', allSizes('icon'))
})

test.each([
  [
    'brand.picture_unreadable',
    (pngs: ReturnType<typeof allSizes>) => pngs.map((one) => ({ ...one, base64: 'R0lG' })),
  ],
  [
    'brand.picture_unreadable',
    (pngs: ReturnType<typeof allSizes>) =>
      // something hides behind the picture
      pngs.map((one) => ({
        ...one,
        base64: Buffer.concat([Buffer.from(one.base64, 'base64'), Buffer.from('<script>')]).toString('base64'),
      })),
  ],
  ['brand.picture_size_wrong', (pngs: ReturnType<typeof allSizes>) => pngs.slice(1)],
  [
    'brand.picture_size_wrong',
    (pngs: ReturnType<typeof allSizes>) => pngs.map((one) => ({ ...one, base64: png(30, 30).toString('base64') })),
  ],
  [
    'brand.picture_too_large',
    (pngs: ReturnType<typeof allSizes>) =>
      pngs.map((one) => ({ ...one, base64: Buffer.alloc(1_500_001).toString('base64') })).slice(0, 1),
  ],
])('refuses a picture with %s', async (code, spoil) => {
  const call = world
    .as('owner')
    .call('PUT /v1/admin/brand/pictures/:kind', { params: { kind: 'icon' }, body: { pngs: spoil(allSizes('icon')) } })
  await expect(call).rejects.toMatchObject({ code })
})

test('only who may write the program changes the brand', async () => {
  await expect(
    world.as('clerk').call('PATCH /v1/admin/brand', { body: { main_colour: '#000000' } }),
  ).rejects.toMatchObject({ status: 403 })
})

test('the counter’s manifest names it in the program’s language', async () => {
  const named = async () => {
    const { lang, name, short_name } = (await server.inject({ url: '/brand/counter.webmanifest' })).json<
      Record<'lang' | 'name' | 'short_name', string>
    >()
    return [lang, name, short_name]
  }
  const speak = (default_language: 'en' | 'zh-TW' | 'zh-CN') =>
    world
      .as('owner')
      .call('PATCH /v1/admin/program', { body: { default_language, languages: ['en', 'zh-TW', 'zh-CN'] } })
  await speak('zh-TW')
  expect(await named()).toEqual(['zh-TW', 'Wusong Tea House · 櫃檯', '櫃檯'])
  await speak('zh-CN')
  expect(await named()).toEqual(['zh-CN', 'Wusong Tea House · 收银', '收银'])
  await speak('en')
  expect(await named()).toEqual(['en', 'Wusong Tea House · Counter', 'Counter'])
})

test('the manifests bear the brand’s name and icon', async () => {
  for (const app of ['counter', 'portal']) {
    const answer = await server.inject({ url: `/brand/${app}.webmanifest` })
    expect(answer.headers['content-type']).toContain('application/manifest+json')
    const manifest = answer.json<{ name: string; start_url: string; icons: { src: string }[] }>()
    expect(manifest.name).toContain('Wusong Tea House')
    expect(manifest.start_url).toBe(`/${app}/`)
    for (const { src } of manifest.icons) expect(src).toMatch(/^\/brand\/pictures\/[0-9a-f]{32}\.png$/)
  }
})
