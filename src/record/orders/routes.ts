/** Orders and refunds through the API: one or up to a thousand at a time, each with its own outcome. */
import { Type, type Static } from 'typebox'
import type { Actor } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { CompanyOrderShape } from '../members/types.ts'
import * as program from '../program/program.ts'
import { insistOnStore, storesWithin } from '../stores/stores.ts'
import { receive, refund } from './orders.ts'
import { openCsv, writeOrders } from './downloads.ts'
import { companyOrders } from './parties.ts'
import { orderOf, page, sources, totals, type Filter } from './queries.ts'
import {
  batch_max,
  CreateAs,
  OrderBody,
  OrderDetail,
  OrderFilter,
  OrderOutcomeShape,
  OrderPage,
  OrderQuery,
  OrderTotals,
  RefundBody,
  RefundOutcomeShape,
  type OrderOutcome,
  type OrderWire,
  type Outcome,
} from './types.ts'

/** Rows a page when nothing is said. */
const pageSize = 50
/** 1,000 orders of 20 lines stay under 8 MB. */
const batchBytesMax = 8_388_608

/** One input refused is the answer to the whole request. */
function accepted<T extends Outcome>(outcome: T | undefined): T {
  if (outcome?.outcome === 'refused') throw new AppError(outcome.code ?? 'order.refused', outcome.params)
  return outcome!
}

interface Batch {
  create_as?: Static<typeof CreateAs> | undefined
  /** By what channel unknown buyers come in; each order's own source unless said. */
  channel?: string
  orders: readonly OrderWire[]
}

/** Batches of several callers as sets, one for each way in which unknown buyers become known. */
async function receiveTogether(tx: Tx, batches: readonly Batch[]): Promise<OrderOutcome[][]> {
  const answers: OrderOutcome[][] = batches.map(() => [])
  const ways = new Map<string, number[]>()
  batches.forEach(({ create_as, channel }, i) => {
    const way = `${create_as ?? ''} ${channel ?? ''}`
    ways.set(way, [...(ways.get(way) ?? []), i])
  })
  for (const places of ways.values()) {
    const { create_as, channel } = batches[places[0]!]!
    const wires = places.flatMap((place) => batches[place]!.orders)
    const outcomes = await receive(tx, wires, {
      ...(create_as ? { create_as } : {}),
      ...(channel ? { channel } : {}),
    })
    let from = 0
    for (const place of places) {
      const to = from + batches[place]!.orders.length
      answers[place] = outcomes.slice(from, to).map((outcome, index) => ({ ...outcome, index }))
      from = to
    }
  }
  return answers
}

type BatchInput = { body: Batch }
type BatchAnswer = { data: OrderOutcome[] }

/** Which part an order belongs to: all orders of one member, as they are named, to the same. */
function partOf({ member }: OrderWire, parts: number): number {
  const named = member?.member_id ?? member?.external_id?.id ?? member?.phone ?? member?.email ?? member?.card ?? ''
  let hash = 0
  for (let i = 0; i < named.length; i += 1) hash = (hash * 31 + named.charCodeAt(i)) | 0
  return (hash >>> 0) % parts
}

/** Parts of the members of a batch; versions of one order stay together, whomever they name. */
function partsOf(orders: readonly OrderWire[], parts: number): number[] {
  const numbers = new Set(orders.map(({ source, source_id }) => `${source} ${source_id}`))
  return orders.map((order) => (numbers.size < orders.length ? 0 : partOf(order, parts)))
}

function cutByMember<I extends BatchInput>(input: I, parts: number): (I | null)[] {
  const places = partsOf(input.body.orders, parts)
  return Array.from({ length: parts }, (_, n) => {
    const orders = input.body.orders.filter((_order, i) => places[i] === n)
    return orders.length === 0 ? null : { ...input, body: { ...input.body, orders } }
  })
}

function joinOutcomes({ body }: BatchInput, answers: readonly (BatchAnswer | null)[]): BatchAnswer {
  const next = answers.map(() => 0)
  const data = partsOf(body.orders, answers.length).map((part, index) => ({
    ...answers[part]!.data[next[part]!++]!,
    index,
  }))
  return { data }
}

/** Who works at some stores sees the orders of those. Throws `till.not_your_store`. */
async function within(
  db: Reader,
  actor: Actor,
  { store_id, ...rest }: Omit<Static<typeof OrderQuery>, 'limit' | 'cursor'>,
): Promise<Filter> {
  const is_nowhere = store_id === 'none'
  return { ...rest, is_nowhere, store_ids: await storesWithin(db, actor, is_nowhere ? undefined : store_id) }
}

export const routes = {
  'POST /v1/admin/orders': route({
    permission: 'orders:write',
    summary: 'Send an order; the same number again changes nothing, a newer version of it corrects',
    body: OrderBody,
    answer: OrderOutcomeShape,
    write: async (tx, { body: { create_as, ...wire } }) =>
      accepted((await receive(tx, [wire], { ...(create_as ? { create_as } : {}), channel: wire.source }))[0]),
    together: async (tx, inputs) => {
      const batches = inputs.map(({ body: { create_as, ...wire } }) => ({
        create_as,
        channel: wire.source,
        orders: [wire],
      }))
      return (await receiveTogether(tx, batches)).map(([outcome]) =>
        outcome!.outcome === 'refused' ? new AppError(outcome!.code ?? 'order.refused', outcome!.params) : outcome!,
      )
    },
  }),
  'POST /v1/admin/orders/batch': route({
    permission: 'orders:write',
    summary: 'Send up to 1,000 orders; one outcome each, and none fails the others',
    body: Type.Object(
      {
        create_as: Type.Optional(CreateAs),
        orders: Type.Array(Type.Omit(OrderBody, ['create_as']), { minItems: 1, maxItems: batch_max }),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ data: Type.Array(OrderOutcomeShape) }),
    body_bytes_max: batchBytesMax,
    write: async (tx, { body: { create_as, orders } }) => ({
      data: await receive(tx, orders, create_as ? { create_as } : {}),
    }),
    together: async (tx, inputs) =>
      (
        await receiveTogether(
          tx,
          inputs.map(({ body }) => body),
        )
      ).map((data) => ({ data })),
    rows_of: ({ body }) => body.orders.length,
    apart: { cut: cutByMember, join: joinOutcomes },
  }),
  'POST /v1/admin/refunds': route({
    permission: 'orders:write',
    summary:
      'Send what went back: of a named order, by line, by amount or whole; or of the newest purchases of a member',
    body: RefundBody,
    answer: RefundOutcomeShape,
    write: async (tx, { body: { create_as, ...wire } }) =>
      accepted((await refund(tx, [wire], create_as ? { create_as } : {}))[0]),
  }),
  'GET /v1/admin/orders': route({
    permission: 'orders:read',
    summary: 'Orders, newest first',
    query: OrderQuery,
    answer: OrderPage,
    read: async (db, { query: { limit = pageSize, cursor, ...asked } }, { actor }) => {
      const key = readCursor(cursor)
      const after: [string, string] | null =
        typeof key?.[0] === 'string' && typeof key[1] === 'string' ? [key[0], key[1]] : null
      const { time_zone } = await program.current(db)
      const rows = await page(db, await within(db, actor, asked), time_zone, after, limit + 1)
      return pageOf(rows, limit, (row) => [row.occurred_at, row.order_id])
    },
  }),
  'GET /v1/admin/orders/totals': route({
    permission: 'orders:read',
    summary: 'How many orders fit, and what was paid for them and kept',
    query: Type.Object(OrderFilter),
    answer: OrderTotals,
    read: async (db, { query }, { actor }) =>
      totals(db, await within(db, actor, query), (await program.current(db)).time_zone),
  }),
  'GET /v1/admin/orders/download': route({
    permission: 'orders:read',
    summary: 'The orders that fit as a file (CSV), newest first, however many',
    query: Type.Object(OrderFilter),
    answer: Type.Unknown(),
    stream: async (_request, reply, { query }, { db, signal, actor }) => {
      const { time_zone } = await program.current(db)
      const wanted = await within(db, actor, query)
      const csv = openCsv()
      void reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="orders.csv"')
        .send(csv)
      // what was sent cannot be taken back: a broken file must not look like a whole one
      await writeOrders(db, wanted, { zone: time_zone, to: csv, signal }).catch((thrown: Error) =>
        csv.destroy(thrown),
      )
      return reply
    },
  }),
  'GET /v1/admin/orders/sources': route({
    permission: 'orders:read',
    summary: 'The names of the sources orders came from',
    answer: Type.Object({ data: Type.Array(Type.String()) }),
    read: async (db) => ({ data: await sources(db) }),
  }),
  'GET /v1/admin/orders/:order_id': route({
    permission: 'orders:read',
    summary: 'An order with its lines, its refunds and what was added later',
    params: Type.Object({ order_id: Uuid }),
    answer: OrderDetail,
    read: async (db, { params }, { actor }) => {
      const order = await orderOf(db, params.order_id)
      await insistOnStore(db, actor, order.store_id)
      return order
    },
  }),
  'GET /v1/admin/companies/:company_id/orders': route({
    permission: 'orders:read',
    summary: 'Orders in the name of a company, newest first: who ordered, paid and uses it, and to whom they count',
    params: Type.Object({ company_id: Uuid }),
    query: Type.Object(PageQuery),
    answer: Page(CompanyOrderShape),
    read: async (db, { params, query }, { actor }) => {
      const limit = query.limit ?? pageSize
      const key = readCursor(query.cursor)
      const after: [string, string] | null =
        typeof key?.[0] === 'string' && typeof key[1] === 'string' ? [key[0], key[1]] : null
      const store_ids = await storesWithin(db, actor, undefined)
      const rows = await companyOrders(db, { ...params, store_ids, after, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.occurred_at, row.order_id])
    },
  }),
} satisfies RouteTable
