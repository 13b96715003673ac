/** The program's settings and its brand. */
import { Type } from 'typebox'
import { route, type RouteTable } from '../../base/routes.ts'
import { brandOf, changeBrand, changePicture, judgeColours, pngOf, removePicture } from './brand.ts'
import { manifestOf } from './page-head.ts'
import { current, find, update } from './program.ts'
import {
  BrandChanges,
  BrandShape,
  ColoursBody,
  ColoursShape,
  picture_bytes_max,
  PictureKindParams,
  PicturesBody,
  ProgramChanges,
  ProgramShape,
} from './types.ts'

/** Base64 of one picture in all its sizes. */
const upload_bytes_max = 3 * picture_bytes_max
/** A page asks for a few at once, and many phones share an address. */
const pictures_per_minute = 3_000

const brand = {
  'GET /v1/admin/brand': route({
    permission: 'program:read',
    summary: 'How the brand looks: name, colours with what is derived from them, pictures, texts',
    answer: BrandShape,
    read: (db) => brandOf(db),
  }),
  'PATCH /v1/admin/brand': route({
    permission: 'program:write',
    summary: 'Change the brand; refused when what is written on its colour could not be read',
    body: BrandChanges,
    answer: BrandShape,
    write: (tx, { body }) => changeBrand(tx, body),
  }),
  'POST /v1/admin/brand/colours': route({
    permission: 'program:read',
    summary: 'What two colours come to in both apps, and the nearest that can be read; changes nothing',
    body: ColoursBody,
    answer: ColoursShape,
    idempotent: false,
    read: async (db, { body }) => judgeColours(body.main_colour, body.on_colour, await brandOf(db)),
  }),
  'PUT /v1/admin/brand/pictures/:kind': route({
    permission: 'program:write',
    summary: 'Take a picture in all its sizes, as PNG in base64',
    params: PictureKindParams,
    body: PicturesBody,
    body_bytes_max: upload_bytes_max,
    answer: BrandShape,
    write: (tx, { params, body }) => {
      const pngs = body.pngs.map(({ name, base64 }) => ({ name, png: Buffer.from(base64, 'base64') }))
      return changePicture(tx, params.kind, pngs)
    },
  }),
  'DELETE /v1/admin/brand/pictures/:kind': route({
    permission: 'program:write',
    summary: 'Take a picture away; the house’s own stands in',
    params: PictureKindParams,
    answer: BrandShape,
    write: (tx, { params }) => removePicture(tx, params.kind),
  }),
} satisfies RouteTable

/** Without sign-in, as a browser asks for them. */
const shown = {
  'GET /brand/pictures/:file': route({
    permission: 'open',
    summary: 'A picture of the brand; its name is its content, so it never changes',
    params: Type.Object({ file: Type.String({ pattern: '^[0-9a-f]{32}\\.png$' }) }),
    answer: Type.Unknown(),
    open_per_minute_max: pictures_per_minute,
    stream: async (request, reply, { params }, { db }) => {
      const etag = `"${params.file}"`
      reply.header('cache-control', 'public, max-age=31536000, immutable').header('etag', etag)
      // wallets fetch it from their own servers
      reply.header('cross-origin-resource-policy', 'cross-origin')
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type('image/png').send(await pngOf(db, params.file.slice(0, -4)))
    },
  }),
  'GET /brand/counter.webmanifest': manifestRoute('counter'),
  'GET /brand/portal.webmanifest': manifestRoute('portal'),
} satisfies RouteTable

function manifestRoute(app: 'counter' | 'portal') {
  return route({
    permission: 'open',
    summary: `What a phone needs to install the ${app}: the brand’s name, icon and colours`,
    answer: Type.Unknown(),
    stream: async (_request, reply, _input, { db }) => {
      const language = (await find(db))?.default_language ?? null
      const manifest = JSON.stringify(manifestOf(app, await brandOf(db), language))
      return reply.type('application/manifest+json').header('cache-control', 'no-cache').send(manifest)
    },
  })
}

export const routes = {
  'GET /v1/admin/program': route({
    permission: 'program:read',
    summary: 'Name, currency, time zone, languages and settings',
    answer: ProgramShape,
    read: (db) => current(db),
  }),
  'PATCH /v1/admin/program': route({
    permission: 'program:write',
    summary: 'Change the program; of settings only what is named. Currency and zone are frozen once orders exist',
    body: ProgramChanges,
    answer: ProgramShape,
    write: (tx, { body }) => update(tx, body),
  }),
  ...brand,
  ...shown,
} satisfies RouteTable
