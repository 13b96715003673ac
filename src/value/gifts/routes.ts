/** The catalogue, and what was handed out of it. */
import { Type } from 'typebox'
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { Nullable, Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { audit } from '../../record/staff/staff.ts'
import { TillQuery } from '../../record/stores/types.ts'
import { VersionParams } from '../../base/versions.ts'
import * as gifts from './gifts.ts'
import { refusedOf, retry } from './promised.ts'
import { callOff, versionsOf } from './item-versions.ts'
import { giftOf, giftsOf, openOf } from './queries.ts'
import {
  CodesInput,
  Delivery,
  GiftShape,
  ItemChanges,
  ItemShape,
  ItemVersionShape,
  NewItem,
  RefusedShape,
  Reward,
  statuses,
  StockInput,
  type GiftRef,
  type GiftRow,
} from './types.ts'

const ItemParams = Type.Object({ item_id: Uuid })
const MemberParams = Type.Object({ member_id: Uuid })
const GiftParams = Type.Object({ member_id: Uuid, gift_id: Uuid })
/** A word of a program or a person: `birthday`, `by_hand`, `campaign:spring`. */
const Reason = Type.String({ pattern: '^[a-z][a-z0-9_:.-]{0,59}$' })
const Occurrence = Type.String({ minLength: 1, maxLength: 200 })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50
/** Requests that bring a pool of codes: ten thousand of two hundred characters. */
const codes_bytes_max = 4_000_000

/** A person at a desk needs the member's code; who may give gifts away need not ask for one. */
const handing = { name: 'presence', unless: 'gifts:write' }
/** Rewards that wait for stock: more than a screen of them is a question to the store. */
const refused_max = 200

async function found(db: Reader, ref: GiftRef): Promise<GiftRow> {
  const gift = await giftOf(db, ref)
  if (!gift) throw new AppError('gift.not_found', { gift_id: ref.gift_id })
  return gift
}

const catalogue = {
  'GET /v1/admin/gift-items': route({
    permission: 'gifts:read',
    summary: 'The catalogue, newest first: price, stock by heap, how many were given',
    answer: Type.Object({ data: Type.Array(ItemShape) }),
    read: async (db, _input, { now }) => ({ data: await gifts.items(db, now) }),
  }),
  'POST /v1/admin/gift-items': route({
    permission: 'gifts:write',
    summary: 'Add an item to the catalogue',
    body: NewItem,
    answer: ItemShape,
    status: 201,
    write: (tx, { body }) => gifts.createItem(tx, body),
  }),
  'GET /v1/admin/gift-items/:item_id': route({
    permission: 'gifts:read',
    summary: 'One item',
    params: ItemParams,
    answer: ItemShape,
    read: (db, { params }, { now }) => gifts.itemOf(db, params.item_id, now),
  }),
  'GET /v1/admin/gift-items/:item_id/versions': route({
    permission: 'gifts:read',
    summary: 'What an item costs and whether it is listed, in versions, newest first; those to come too',
    params: ItemParams,
    answer: Type.Object({ data: Type.Array(ItemVersionShape) }),
    read: async (db, { params }, { now }) => ({ data: await versionsOf(db, params.item_id, now) }),
  }),
  'POST /v1/admin/gift-items/:item_id/versions/:version/call-off': route({
    permission: 'gifts:write',
    summary: 'Call off a version that has not begun: it never holds; again changes nothing',
    params: Type.Object({ ...ItemParams.properties, ...VersionParams.properties }),
    answer: ItemShape,
    write: async (tx, { params }) => {
      await callOff(tx, params.item_id, params.version)
      return gifts.itemOf(tx, params.item_id, tx.now)
    },
  }),
  'PATCH /v1/admin/gift-items/:item_id': route({
    permission: 'gifts:write',
    summary:
      'Change an item, prices and listing from now or a later moment on; what was given keeps its price and cost',
    params: ItemParams,
    body: ItemChanges,
    answer: ItemShape,
    write: (tx, { params, body }) => gifts.updateItem(tx, params.item_id, body),
  }),
  'PUT /v1/admin/gift-items/:item_id/stock': route({
    permission: 'gifts:write',
    summary: 'Say how many pieces are there now, in all or by store; heaps not named stay',
    params: ItemParams,
    body: StockInput,
    answer: ItemShape,
    write: (tx, { params, body }) => gifts.setStock(tx, params.item_id, body),
  }),
  'POST /v1/admin/gift-items/:item_id/codes': route({
    permission: 'gifts:write',
    summary: 'Add codes to a pool; codes it knows are left out',
    params: ItemParams,
    body: CodesInput,
    answer: Type.Object({ added: Type.Integer(), item: ItemShape }),
    status: 201,
    body_bytes_max: codes_bytes_max,
    write: async (tx, { params, body }) => ({
      added: await gifts.addCodes(tx, params.item_id, body.codes),
      item: await gifts.itemOf(tx, params.item_id, tx.now),
    }),
  }),
} satisfies RouteTable

const given = {
  'GET /v1/admin/gifts': route({
    permission: 'gifts:read',
    summary: 'What was given and redeemed, newest first',
    query: Type.Object({
      ...PageQuery,
      member_id: Type.Optional(Uuid),
      item_id: Type.Optional(Uuid),
      status: Type.Optional(Type.Enum([...statuses])),
      reason: Type.Optional(Reason),
    }),
    answer: Page(GiftShape),
    read: async (db, { query }) => {
      const limit = query.limit ?? pageSize
      const [given_at, gift_id] = readCursor(query.cursor) ?? []
      const before = typeof given_at === 'string' && typeof gift_id === 'string' ? { given_at, gift_id } : null
      const rows = await giftsOf(db, query, { before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.given_at.toISOString(), row.gift_id])
    },
  }),
  'GET /v1/admin/gifts/waiting': route({
    permission: 'gifts:read',
    summary: 'How many gifts wait to be handed over, and since when',
    answer: Type.Object({ open: Type.Integer(), oldest_at: Nullable(Type.String()) }),
    read: (db) => openOf(db),
  }),
  'GET /v1/admin/gifts/refused': route({
    permission: 'gifts:read',
    summary: 'Rewards of full cards and plans that could not be given, newest first, with the reason',
    answer: Type.Object({ data: Type.Array(RefusedShape) }),
    read: async (db) => ({ data: await refusedOf(db, refused_max) }),
  }),
  'POST /v1/admin/gifts/refused/:refused_id/retries': route({
    permission: 'gifts:write',
    summary: 'Give once more what was promised; refused again with its reason while it cannot be given',
    params: Type.Object({ refused_id: Uuid }),
    body: Type.Object({ store_id: Type.Optional(Nullable(Uuid)) }, { additionalProperties: false }),
    answer: Type.Object({ gift_id: Uuid }),
    write: async (tx, { params, body }) => ({ gift_id: await retry(tx, params.refused_id, body.store_id ?? null) }),
  }),
  'POST /v1/admin/members/:member_id/gifts': route({
    permission: 'gifts:write',
    summary: 'Give a member something for nothing; once for ever by reason and occurrence',
    params: MemberParams,
    body: Type.Object(
      {
        reward: Reward,
        reason: Type.Optional(Reason),
        occurrence: Type.Optional(Occurrence),
        budget_id: Type.Optional(Nullable(Uuid)),
        note: Type.Optional(Type.String({ maxLength: 500 })),
        delivery: Type.Optional(Delivery),
        /** The member's order it is for: should that go back whole, what is unused goes back too. */
        order_id: Type.Optional(Nullable(Uuid)),
      },
      { additionalProperties: false },
    ),
    answer: GiftShape,
    status: 201,
    write: async (tx, { params, body }) => {
      const want = { reason: 'by_hand', occurrence: uuidv7(tx.now), ...body, ...params }
      const [outcome] = await gifts.give(tx, [want])
      const gift_id = gifts.insist(outcome!).gift_id!
      const after = { gift_id, kind: body.reward.kind, reason: want.reason }
      await audit(tx, [{ action: 'gift.given', noun: 'members', noun_id: params.member_id, after }])
      return found(tx, { ...params, gift_id })
    },
  }),
  'POST /v1/admin/members/:member_id/redemptions': route({
    permission: 'gifts:redeem',
    summary: 'A member pays for an item with points; `source_id` names which time, once for ever',
    params: MemberParams,
    query: TillQuery,
    guard: handing,
    body: Type.Object(
      {
        item_id: Uuid,
        store_id: Type.Optional(Nullable(Uuid)),
        source_id: Type.Optional(Occurrence),
        delivery: Type.Optional(Delivery),
      },
      { additionalProperties: false },
    ),
    answer: GiftShape,
    status: 201,
    write: async (tx, { params, body }) => {
      const [outcome] = await gifts.redeem(tx, [{ source_id: uuidv7(tx.now), ...body, ...params }])
      return found(tx, { ...params, gift_id: gifts.insist(outcome!).gift_id! })
    },
  }),
  'GET /v1/admin/members/:member_id/gifts/:gift_id': route({
    permission: 'gifts:read',
    summary: 'One gift, with its why',
    params: GiftParams,
    answer: GiftShape,
    read: (db, { params }) => found(db, params),
  }),
  'POST /v1/admin/members/:member_id/gifts/:gift_id/fulfil': route({
    permission: 'gifts:redeem',
    summary: 'Hand an open gift over; a piece of one store’s stock only in that store',
    params: GiftParams,
    query: Type.Object({ ...TillQuery.properties, store_id: Type.Optional(Uuid) }),
    guard: handing,
    answer: GiftShape,
    write: async (tx, { params, query }) => {
      gifts.insist((await gifts.fulfil(tx, [{ ...params, store_id: query.store_id }]))[0]!)
      return found(tx, params)
    },
  }),
  'POST /v1/admin/members/:member_id/gifts/:gift_id/cancel': route({
    permission: 'gifts:redeem',
    summary: 'Cancel an open gift: points, stock and budget are put back',
    params: GiftParams,
    answer: GiftShape,
    write: async (tx, { params }) => {
      gifts.insist((await gifts.cancel(tx, [params]))[0]!)
      const after = { gift_id: params.gift_id }
      await audit(tx, [{ action: 'gift.cancelled', noun: 'members', noun_id: params.member_id, after }])
      return found(tx, params)
    },
  }),
} satisfies RouteTable

export const routes = { ...catalogue, ...given } satisfies RouteTable
