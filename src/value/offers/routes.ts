import { Type } from 'typebox'
import { uuidv7 } from '../../base/ids.ts'
import { Instant, Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { AppError } from '../../base/errors.ts'
import { memberExists } from '../points/points.ts'
import * as offers from './offers.ts'
import * as runs from '../runs/runs.ts'
import { RunShape } from '../runs/types.ts'
import { preview } from './previews.ts'
import * as queries from './queries.ts'
import {
  IssueShape,
  IssueState,
  issues_max,
  NewOffer,
  OfferChanges,
  OfferPreviewShape,
  OfferRule,
  OfferShape,
} from './types.ts'

const OfferParams = Type.Object({ offer_id: Uuid })
const MemberParams = Type.Object({ member_id: Uuid })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50
/** Members of one run named one by one; larger audiences are segments. */
const run_members_max = 10_000
/** Who may hold an offer: everybody who is somebody. */
const persons = ['member', 'guest', 'follower']

const Outcome = Type.Object({
  index: Type.Integer(),
  outcome: Type.Union([Type.Literal('issued'), Type.Literal('unchanged'), Type.Literal('refused')]),
  code: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  issue_id: Type.Optional(Uuid),
})

async function shown(db: Parameters<typeof queries.listed>[0], now: Date, offer_id: string) {
  const [found] = await queries.listed(db, now, offer_id)
  if (!found) throw new AppError('offer.not_found', { offer_id })
  return found
}

const definitions = {
  'GET /v1/admin/offers': route({
    permission: 'offers:read',
    summary: 'Every offer, newest first, with how many issues were seen and completed',
    answer: Type.Object({ data: Type.Array(OfferShape) }),
    read: async (db, _input, { now }) => ({ data: await queries.listed(db, now) }),
  }),
  'POST /v1/admin/offers': route({
    permission: 'offers:write',
    summary: 'Makes an offer: a window, a threshold and a reward',
    body: NewOffer,
    answer: OfferShape,
    status: 201,
    write: async (tx, { body }) => shown(tx, tx.now, (await offers.create(tx, body)).offer_id),
  }),
  'GET /v1/admin/offers/:offer_id': route({
    permission: 'offers:read',
    summary: 'One offer with its newest rule',
    params: OfferParams,
    answer: OfferShape,
    read: (db, { params }, { now }) => shown(db, now, params.offer_id),
  }),
  'PATCH /v1/admin/offers/:offer_id': route({
    permission: 'offers:write',
    summary: 'Changes an offer; another rule is a new version for what is issued from then on',
    params: OfferParams,
    body: OfferChanges,
    answer: OfferShape,
    write: async (tx, { params, body }) => {
      await offers.change(tx, params.offer_id, body)
      return shown(tx, tx.now, params.offer_id)
    },
  }),
  'POST /v1/admin/offers/previews': route({
    permission: 'offers:read',
    summary: 'How many members would have completed a rule in the last 30 days; ten seconds at most',
    body: Type.Object({ rule: OfferRule }),
    answer: OfferPreviewShape,
    idempotent: false,
    read: (_db, { body }, { db, now, signal }) => preview(db, body.rule, { now, signal }),
  }),
} satisfies RouteTable

const inHands = {
  'GET /v1/admin/offers/:offer_id/issues': route({
    permission: 'offers:read',
    summary: 'Who holds an offer and how far they are, newest first',
    params: OfferParams,
    query: Type.Object({ ...PageQuery, state: Type.Optional(IssueState) }),
    answer: Page(IssueShape),
    read: async (db, { params, query }, { now }) => {
      const limit = query.limit ?? pageSize
      const before = readCursor(query.cursor)?.[0]
      const rows = await queries.issues(db, now, {
        offer_id: params.offer_id,
        state: query.state,
        before: typeof before === 'string' ? before : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.issue_id])
    },
  }),
  'POST /v1/admin/offers/:offer_id/issues': route({
    permission: 'offers:write',
    summary: 'Issues an offer to members, once for ever each by source and source_id; orders made since count',
    params: OfferParams,
    body: Type.Object(
      {
        member_ids: Type.Array(Uuid, { minItems: 1, maxItems: issues_max }),
        source: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
        source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        /** Now unless said. */
        issued_at: Type.Optional(Instant),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ data: Type.Array(Outcome) }),
    write: async (tx, { params, body }) => {
      const source_id = body.source_id ?? uuidv7(tx.now)
      const data = await offers.issue(
        tx,
        body.member_ids.map((member_id) => ({
          member_id,
          offer_id: params.offer_id,
          source: body.source ?? 'console',
          source_id,
          ...(body.issued_at ? { issued_at: new Date(body.issued_at) } : {}),
        })),
      )
      return { data }
    },
  }),
  'POST /v1/admin/offers/:offer_id/runs': route({
    permission: 'offers:write',
    summary: 'Issues an offer to everybody in a segment, or to many members, as a job; orders made since count',
    params: OfferParams,
    body: Type.Object(
      {
        segment_id: Type.Optional(Uuid),
        member_ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: run_members_max })),
      },
      { additionalProperties: false },
    ),
    answer: RunShape,
    status: 202,
    write: async (tx, { params, body }) => {
      const { status } = await offers.find(tx, params.offer_id)
      if (status === 'stopped') throw new AppError('offer.stopped')
      return runs.startRun(tx, 'offers', params.offer_id, body)
    },
  }),
  'GET /v1/admin/members/:member_id/offers': route({
    permission: 'offers:read',
    summary: 'The offers a member holds or held, newest first',
    params: MemberParams,
    query: Type.Object({ limit: PageQuery.limit }),
    answer: Type.Object({ data: Type.Array(IssueShape) }),
    read: async (db, { params, query }, { now }) => {
      await memberExists(db, params.member_id, persons)
      return { data: await queries.issues(db, now, { ...params, limit: query.limit ?? pageSize }) }
    },
  }),
  'POST /v1/admin/members/:member_id/offers/:issue_id/reward': route({
    permission: 'offers:write',
    summary: 'Give once more what a completion could not be given; refused again with its reason while it cannot be',
    params: Type.Object({ member_id: Uuid, issue_id: Uuid }),
    answer: IssueShape,
    write: async (tx, { params }) => {
      await offers.retryReward(tx, params)
      return (await queries.issue(tx, tx.now, params))!
    },
  }),
  'POST /v1/admin/members/:member_id/offers/:issue_id/views': route({
    permission: 'offers:write',
    summary: 'Notes that a member has seen an offer; windows that count from viewing begin',
    params: Type.Object({ member_id: Uuid, issue_id: Uuid }),
    body: Type.Object({ viewed_at: Type.Optional(Instant) }, { additionalProperties: false }),
    answer: IssueShape,
    write: async (tx, { params, body }) => {
      await memberExists(tx, params.member_id, persons)
      await offers.view(tx, [{ ...params, ...(body.viewed_at ? { viewed_at: new Date(body.viewed_at) } : {}) }])
      const found = await queries.issue(tx, tx.now, params)
      if (!found) throw new AppError('offer_issue.not_found', { issue_id: params.issue_id })
      return found
    },
  }),
} satisfies RouteTable

export const routes = { ...definitions, ...inHands } satisfies RouteTable
