import { Type } from 'typebox'
import { AppError } from '../../base/errors.ts'
import { Nullable, Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import type { Reader } from '../../base/db.ts'
import { memberExists } from '../points/points.ts'
import * as moments from './moments.ts'
import { preview } from './previews.ts'
import * as queries from './queries.ts'
import {
  MomentChanges,
  MomentGiftShape,
  MomentPreviewShape,
  MomentRule,
  MomentShape,
  NewMoment,
  type MomentChanges as Changes,
  type MomentRule as Rule,
  type NewMoment as New,
} from './types.ts'

const MomentParams = Type.Object({ moment_id: Uuid })
/** Rows of a page unless asked otherwise: what a screen shows. */
const page_size = 50

async function shown(db: Reader, moment_id: string) {
  const [found] = await queries.listed(db, moment_id)
  if (!found) throw new AppError('moment.not_found', { moment_id })
  return found
}

export const routes = {
  'GET /v1/admin/moments': route({
    permission: 'gifts:read',
    summary: 'Every moment, newest first, with what it gave and cost',
    answer: Type.Object({ data: Type.Array(MomentShape) }),
    read: async (db) => ({ data: await queries.listed(db) }),
  }),
  'POST /v1/admin/moments': route({
    permission: 'gifts:write',
    summary: 'Makes a moment: when something is given, to whom and what; alive from now on',
    body: NewMoment,
    answer: MomentShape,
    status: 201,
    write: async (tx, { body }) => shown(tx, (await moments.create(tx, body as New)).moment_id),
  }),
  'GET /v1/admin/moments/:moment_id': route({
    permission: 'gifts:read',
    summary: 'One moment with its newest rule',
    params: MomentParams,
    answer: MomentShape,
    read: (db, { params }) => shown(db, params.moment_id),
  }),
  'PATCH /v1/admin/moments/:moment_id': route({
    permission: 'gifts:write',
    summary: 'Changes a moment; another rule is a new version for what is given from then on',
    params: MomentParams,
    body: MomentChanges,
    answer: MomentShape,
    write: async (tx, { params, body }) => {
      await moments.change(tx, params.moment_id, body as Changes)
      return shown(tx, params.moment_id)
    },
  }),
  'POST /v1/admin/moments/previews': route({
    permission: 'gifts:read',
    summary: 'What a rule would give in the next 30 days, or would have given in the last; ten seconds at most',
    body: Type.Object(
      { rule: MomentRule, moment_id: Type.Optional(Nullable(Uuid)) },
      { additionalProperties: false },
    ),
    answer: MomentPreviewShape,
    idempotent: false,
    read: (_db, { body }, { db, now, signal }) =>
      preview(db, { rule: body.rule as Rule, moment_id: body.moment_id ?? null, now, signal }),
  }),
  'GET /v1/admin/moments/:moment_id/gifts': route({
    permission: 'gifts:read',
    summary: 'What a moment gave and could not give, newest first',
    params: MomentParams,
    query: Type.Object({ ...PageQuery, refused: Type.Optional(Type.Boolean()) }),
    answer: Page(MomentGiftShape),
    read: async (db, { params, query }) => {
      const limit = query.limit ?? page_size
      const [recorded_at, member_id] = readCursor(query.cursor) ?? []
      const isBehind = typeof recorded_at === 'string' && typeof member_id === 'string'
      const rows = await queries.given(db, {
        moment_id: params.moment_id,
        is_refused: query.refused,
        before: isBehind ? { recorded_at, member_id } : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.recorded_at, row.member_id])
    },
  }),
  'POST /v1/admin/moments/:moment_id/retries': route({
    permission: 'gifts:write',
    summary: 'Gives once more what could not be given, a thousand at most; refused again while it cannot be',
    params: MomentParams,
    answer: Type.Object({ given: Type.Integer(), refused: Type.Integer() }),
    write: (tx, { params }) => moments.retryRefused(tx, params.moment_id),
  }),
  'GET /v1/admin/members/:member_id/moments': route({
    permission: 'gifts:read',
    summary: 'What moments gave a member and why, newest first',
    params: Type.Object({ member_id: Uuid }),
    query: Type.Object({ limit: PageQuery.limit }),
    answer: Type.Object({ data: Type.Array(MomentGiftShape) }),
    read: async (db, { params, query }) => {
      await memberExists(db, params.member_id, ['member', 'guest', 'follower'])
      return { data: await queries.given(db, { ...params, limit: query.limit ?? page_size }) }
    },
  }),
} satisfies RouteTable
