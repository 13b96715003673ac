import { once } from 'node:events'
import { stringify } from 'csv-stringify'
import { Type } from 'typebox'
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import {
  Instant,
  Nullable,
  Page,
  pageOf,
  PageQuery,
  readCursor,
  route,
  Uuid,
  type RouteTable,
} from '../../base/routes.ts'
import { dayOf } from '../../base/time.ts'
import { VersionParams } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import * as codes from './codes.ts'
import * as coupons from './coupons.ts'
import * as definitions from './definitions.ts'
import * as queries from './queries.ts'
import { discountOf, judge } from './rules.ts'
import { preview } from './previews.ts'
import * as runs from '../runs/runs.ts'
import { RunShape } from '../runs/types.ts'
import {
  amount_minor_max,
  CartLineShape,
  CouponDefinitionChange,
  CouponDefinitionLine,
  CouponDefinitionShape,
  CouponDesign,
  CouponPreviewShape,
  CouponShape,
  CouponState,
  CouponVersionShape,
  DefinitionStatus,
  DiscountShape,
  NewCouponDefinition,
  RefusalShape,
  type Cart,
  type Discount,
  type HeldCoupon,
} from './types.ts'

/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50
/** A design that names 50,000 products, and 50,000 codes, come to some 2 MB of text. */
const body_bytes_max = 4 * 1024 * 1024
/** Members named one by one; larger audiences are segments. */
const members_max = 10_000
/** Lines of one cart. */
const cart_lines_max = 1_000

const DefinitionParams = Type.Object({ coupon_definition_id: Uuid })

const CartShape = Type.Object(
  {
    /** Now unless said. */
    at: Type.Optional(Instant),
    store_id: Type.Optional(Nullable(Uuid)),
    lines: Type.Array(CartLineShape, { maxItems: cart_lines_max }),
    shipping_minor: Type.Optional(Type.Integer({ minimum: 0, maximum: amount_minor_max })),
  },
  { additionalProperties: false },
)

const Judgement = Type.Object({
  coupon_id: Nullable(Uuid),
  coupon_definition_id: Nullable(Uuid),
  name: Nullable(Type.String()),
  refusals: Type.Array(RefusalShape),
  discount: DiscountShape,
})

const nothing: Discount = { discount_minor: 0, lines: [], shipping_minor: 0, why: { codes: [], params: {} } }

function cartOf(wire: CartWire, now: Date): Cart {
  return {
    at: wire.at ? new Date(wire.at) : now,
    store_id: wire.store_id ?? null,
    lines: wire.lines,
    shipping_minor: wire.shipping_minor ?? 0,
  }
}
interface CartWire {
  at?: string
  store_id?: string | null
  lines: Cart['lines']
  shipping_minor?: number
}

const definitionRoutes = {
  'GET /v1/admin/coupon-definitions': route({
    permission: 'coupons:read',
    summary: 'Coupon definitions with what was issued, used and taken off, newest first',
    query: Type.Object({ ...PageQuery, search: Type.Optional(Type.String({ maxLength: 120 })) }),
    answer: Page(CouponDefinitionLine),
    read: async (db, { query }, { now }) => {
      const limit = query.limit ?? pageSize
      const before = readCursor(query.cursor)?.[0]
      const rows = await queries.definitionsOf(db, {
        now,
        limit: limit + 1,
        search: query.search ?? null,
        only: null,
        before: before === undefined ? null : String(before),
      })
      return pageOf(rows, limit, (row) => [row.coupon_definition_id])
    },
  }),
  'GET /v1/admin/coupon-definitions/:coupon_definition_id': route({
    permission: 'coupons:read',
    summary: 'One coupon definition with its newest design',
    params: DefinitionParams,
    answer: CouponDefinitionLine,
    read: async (db, { params }, { now }) => {
      const only = params.coupon_definition_id
      const [found] = await queries.definitionsOf(db, { limit: 1, search: null, only, before: null, now })
      if (!found) throw new AppError('coupon_definition.not_found', params)
      return found
    },
  }),
  'POST /v1/admin/coupon-definitions': route({
    permission: 'coupons:write',
    summary: 'Makes a coupon definition',
    body: NewCouponDefinition,
    answer: CouponDefinitionShape,
    status: 201,
    body_bytes_max,
    write: async (tx, { body }) => (await definitions.define(tx, [body]))[0]!,
  }),
  'PATCH /v1/admin/coupon-definitions/:coupon_definition_id': route({
    permission: 'coupons:write',
    summary:
      'Changes a definition: another design is a new version, for coupons issued from `effective_from` (now) on',
    params: DefinitionParams,
    body: CouponDefinitionChange,
    answer: CouponDefinitionShape,
    body_bytes_max,
    write: (tx, { params, body }) => definitions.change(tx, params.coupon_definition_id, body),
  }),
  'GET /v1/admin/coupon-definitions/:coupon_definition_id/versions': route({
    permission: 'coupons:read',
    summary: 'All designs of a definition with their time, newest first; those to come too',
    params: DefinitionParams,
    answer: Type.Object({ data: Type.Array(CouponVersionShape) }),
    read: async (db, { params }, { now }) => ({
      data: await definitions.versionsOf(db, params.coupon_definition_id, now),
    }),
  }),
  'POST /v1/admin/coupon-definitions/:coupon_definition_id/versions/:version/call-off': route({
    permission: 'coupons:write',
    summary: 'Calls off a design that has not begun: it never holds; again changes nothing',
    params: Type.Object({ ...DefinitionParams.properties, ...VersionParams.properties }),
    answer: CouponDefinitionShape,
    write: async (tx, { params: { coupon_definition_id, version } }) => {
      await definitions.callOff(tx, coupon_definition_id, version)
      return definitions.definitionOf(tx, coupon_definition_id, tx.now)
    },
  }),
  'POST /v1/admin/coupon-definitions/:coupon_definition_id/status': route({
    permission: 'coupons:write',
    summary: 'Stops a definition, or starts it again',
    params: DefinitionParams,
    body: Type.Object({ status: DefinitionStatus }),
    answer: CouponDefinitionShape,
    write: (tx, { params, body }) => definitions.setStatus(tx, params.coupon_definition_id, body.status),
  }),
  'POST /v1/admin/coupon-definitions/examples': route({
    permission: 'coupons:read',
    summary: 'What a design takes off a cart, without being saved: for the screen that builds it',
    body: Type.Object({ design: CouponDesign, cart: CartShape }),
    answer: DiscountShape,
    idempotent: false,
    body_bytes_max,
    read: async (_db, { body }, { now }) => discountOf(body.design, cartOf(body.cart, now)),
  }),
  'POST /v1/admin/coupon-definitions/previews': route({
    permission: 'coupons:read',
    summary: 'What a design would have taken off the last 30 days’ baskets of members; ten seconds at most',
    body: Type.Object({ design: CouponDesign }),
    answer: CouponPreviewShape,
    idempotent: false,
    body_bytes_max,
    read: (_db, { body }, { db, now, signal }) => preview(db, body.design, { now, signal }),
  }),
} satisfies RouteTable

const codeRoutes = {
  'POST /v1/admin/coupon-definitions/:coupon_definition_id/codes': route({
    permission: 'coupons:write',
    summary: 'Adds codes: imported ones, a number of new ones, or one that everybody may use',
    params: DefinitionParams,
    body: Type.Union([
      Type.Object({
        codes: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
          minItems: 1,
          maxItems: codes.codes_at_once_max,
        }),
      }),
      Type.Object({ count: Type.Integer({ minimum: 1, maximum: codes.codes_at_once_max }) }),
      Type.Object({
        shared: Type.String({ minLength: 3, maxLength: 60 }),
        uses_max: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000 }))),
      }),
    ]),
    answer: Type.Object({ added: Type.Integer(), known: Type.Integer() }),
    status: 201,
    body_bytes_max,
    write: async (tx, { params, body }) => {
      const { coupon_definition_id } = await definitions.definitionOf(tx, params.coupon_definition_id, tx.now)
      if ('codes' in body) return codes.bringCodes(tx, coupon_definition_id, body.codes)
      if ('count' in body) return { added: await codes.makeCodes(tx, coupon_definition_id, body.count), known: 0 }
      await codes.shareCode(tx, coupon_definition_id, { code: body.shared, uses_max: body.uses_max ?? null })
      return { added: 1, known: 0 }
    },
  }),
  'GET /v1/admin/coupon-definitions/:coupon_definition_id/codes': route({
    permission: 'coupons:read',
    summary: 'Codes of a definition: whose they are and their state',
    params: DefinitionParams,
    query: Type.Object(PageQuery),
    answer: Page(
      Type.Object({
        code: Type.String(),
        kind: Type.String(),
        uses_max: Nullable(Type.Integer()),
        member_id: Nullable(Uuid),
        state: Type.String(),
        created_at: Instant,
      }),
    ),
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const after = readCursor(query.cursor)?.[0]
      const rows = await codes.codesOf(db, {
        ...params,
        limit: limit + 1,
        after: after === undefined ? null : String(after),
      })
      return pageOf(rows, limit, (row) => [row.code])
    },
  }),
  'GET /v1/admin/coupon-definitions/:coupon_definition_id/codes/download': route({
    permission: 'coupons:read',
    summary: 'All codes of a definition as CSV',
    params: DefinitionParams,
    answer: Type.String(),
    stream: async (_request, reply, { params }, { db, now }) => {
      await definitions.definitionOf(db, params.coupon_definition_id, now)
      void reply.header('content-disposition', 'attachment; filename="codes.csv"').type('text/csv; charset=utf-8')
      const csv = stringify({ header: true, bom: true, columns: ['code', 'kind', 'state', 'member_id'] })
      void writeCodes(db, params.coupon_definition_id, csv).catch((thrown: unknown) => csv.destroy(thrown as Error))
      return reply.send(csv)
    },
  }),
} satisfies RouteTable

/** Codes read at once for a download. */
const codes_chunk = 5_000

async function writeCodes(db: Db, coupon_definition_id: string, csv: ReturnType<typeof stringify>): Promise<void> {
  let after: string | null = null
  for (;;) {
    const rows = await codes.codesOf(db, { coupon_definition_id, after, limit: codes_chunk })
    for (const { code, kind, state, member_id } of rows)
      if (!csv.write([code, kind, state, member_id])) await once(csv, 'drain')
    if (rows.length < codes_chunk) break
    after = rows.at(-1)!.code
  }
  csv.end()
}

const couponRoutes = {
  'GET /v1/admin/coupons': route({
    permission: 'coupons:read',
    summary: 'Coupons of a definition, of a member or of all, newest first',
    query: Type.Object({
      ...PageQuery,
      coupon_definition_id: Type.Optional(Uuid),
      member_id: Type.Optional(Uuid),
      state: Type.Optional(CouponState),
    }),
    answer: Page(CouponShape),
    read: async (db, { query }) => {
      const { limit = pageSize, cursor, ...filter } = query
      const key = readCursor(cursor)
      const before = key ? { issued_at: String(key[0]), coupon_id: String(key[1]) } : null
      const rows = await queries.couponsOf(db, { ...filter, limit: limit + 1, before })
      return pageOf(rows, limit, (row) => [row.issued_at.toISOString(), row.coupon_id])
    },
  }),
  'GET /v1/admin/members/:member_id/coupons': route({
    permission: 'coupons:read',
    summary: 'A member’s coupons, those that can still be used first',
    params: Type.Object({ member_id: Uuid }),
    answer: Type.Object({ data: Type.Array(CouponShape) }),
    read: async (db, { params }) => ({ data: await queries.walletOf(db, params.member_id) }),
  }),
  'POST /v1/admin/coupons': route({
    permission: 'coupons:write',
    summary: 'Gives a coupon to members or to everybody in a segment, as a job',
    body: Type.Object({
      coupon_definition_id: Uuid,
      segment_id: Type.Optional(Uuid),
      member_ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: members_max })),
    }),
    answer: RunShape,
    status: 202,
    write: async (tx, { body: { coupon_definition_id, ...whom } }) => {
      const { status } = await definitions.definitionOf(tx, coupon_definition_id, tx.now)
      if (status === 'stopped') throw new AppError('coupon_definition.stopped')
      return runs.startRun(tx, 'coupons', coupon_definition_id, whom)
    },
  }),
  'POST /v1/admin/members/:member_id/coupons/:coupon_id/withdraw': route({
    permission: 'coupons:write',
    summary: 'Takes a coupon back, with a reason',
    params: Type.Object({ member_id: Uuid, coupon_id: Uuid }),
    body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 200 }) }),
    answer: Type.Object({ withdrawn: Type.Integer() }),
    write: async (tx, { params, body }) => {
      await coupons.insistOn(tx, params.member_id, params.coupon_id)
      return { withdrawn: await coupons.withdraw(tx, [{ ...params, ...body }]) }
    },
  }),
  'POST /v1/till/coupons/judgements': route({
    permission: 'till:use',
    or_permission: 'coupons:read',
    summary: 'What a code or coupon takes off this cart and why, or every reason why it does not go',
    body: Type.Object({
      code: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
      coupon_id: Type.Optional(Uuid),
      member_id: Type.Optional(Nullable(Uuid)),
      cart: CartShape,
    }),
    answer: Judgement,
    idempotent: false,
    read: async (db, { body }, { now }) => {
      const cart = cartOf(body.cart, now)
      const member_id = body.member_id ?? null
      const found =
        body.code !== undefined
          ? (await queries.byCodes(db, [{ text: body.code, member_id, at: cart.at }]))[0]!
          : await mine(db, { member_id, coupon_id: body.coupon_id, at: cart.at })
      if ('refusal' in found) {
        const refusals = [{ code: found.refusal, params: {} }]
        return { coupon_id: null, coupon_definition_id: null, name: null, refusals, discount: nothing }
      }
      const { time_zone } = await program.current(db)
      const refusals = judge(found.coupon, cart, dayOf(cart.at, time_zone))
      const discount = refusals.length > 0 ? nothing : discountOf(found.coupon.design, cart)
      const { coupon_id, coupon_definition_id, name } = found.coupon
      return { coupon_id, coupon_definition_id, name, refusals, discount }
    },
  }),
} satisfies RouteTable

async function mine(
  db: Db,
  wanted: { member_id: string | null; coupon_id: string | undefined; at: Date },
): Promise<{ coupon: HeldCoupon } | { refusal: string }> {
  const { member_id, coupon_id, at } = wanted
  if (!coupon_id || !member_id) return { refusal: 'coupon.code_unknown' }
  const coupon = await queries.heldOf(db, { member_id, coupon_id, at })
  return coupon ? { coupon } : { refusal: 'coupon.not_found' }
}

export const routes = { ...definitionRoutes, ...codeRoutes, ...couponRoutes } satisfies RouteTable
