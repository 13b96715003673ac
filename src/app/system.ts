/** Routes of the house itself: is it well, what happened, what can be called. */
import { Type } from 'typebox'
import { ping } from '../base/db.ts'
import { factsAfter, feedBatchMax } from '../base/feed.ts'
import { metricsText } from '../base/metrics.ts'
import { Instant, pageSizeMax, readCursor, route, Uuid, writeCursor, type RouteTable } from '../base/routes.ts'

const FactShape = Type.Object({
  position: Type.Integer(),
  fact_id: Type.Integer(),
  name: Type.String(),
  member_id: Uuid,
  occurred_at: Instant,
  recorded_at: Instant,
  data: Type.Record(Type.String(), Type.Unknown()),
})

export const routes = {
  'GET /healthz': route({
    permission: 'open',
    summary: 'Is the server up and its database answering?',
    answer: Type.Object({ ok: Type.Boolean() }),
    read: async (db) => {
      await ping(db)
      return { ok: true }
    },
  }),
  'GET /metrics': route({
    permission: 'open',
    summary: 'Figures for Prometheus',
    answer: Type.Unknown(),
    stream: async (_request, reply) => {
      const { text, type } = await metricsText()
      return reply.header('content-type', type).send(text)
    },
  }),
  'GET /v1/admin/facts': route({
    permission: 'facts:read',
    summary: 'The feed: every fact once, in the order of its position; keep next_cursor and come back',
    query: Type.Object({
      cursor: Type.Optional(Type.String({ maxLength: 500 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: feedBatchMax })),
      name: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    answer: Type.Object({ data: Type.Array(FactShape), next_cursor: Type.String() }),
    read: async (db, { query }) => {
      const after = Number(readCursor(query.cursor)?.[0] ?? 0)
      const data = await factsAfter(db, after, query.limit ?? pageSizeMax, query.name ? [query.name] : undefined)
      return { data, next_cursor: writeCursor([data.at(-1)?.position ?? after]) }
    },
  }),
} satisfies RouteTable
