/** Members on screens. */
import { Type } from 'typebox'
import { AppError } from '../../base/errors.ts'
import { Page, PageQuery, pageOf, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import * as members from '../../record/members/members.ts'
import { MemberState } from '../../record/orders/types.ts'
import * as staff from '../../record/staff/staff.ts'
import { duplicatesOf, exportOf, found, holdingsOf, listed, profileOf, rowsOf, saidBy, timelineOf } from './people.ts'
import { pointsOfOrder } from './orders.ts'
import {
  DuplicatesShape,
  EraseShape,
  ExportShape,
  MergeShape,
  OrderPointsShape,
  PersonShape,
  ProfileShape,
  TimelinePage,
  timelineKinds,
} from './types.ts'

/** Rows a page when nothing is said. */
const pageSize = 50

/** Accounts of one person merged by one call: nobody has more, and each moves a life of buying. */
const mergedMax = 20

const MemberId = Type.Object({ member_id: Uuid })

const reads = {
  'GET /v1/admin/members': route({
    permission: 'members:read',
    summary: 'Members, the newest first; `search` takes a name (pinyin too), phone, e-mail, card, number or id',
    query: Type.Object({
      ...PageQuery,
      search: Type.Optional(Type.String({ maxLength: 200 })),
      kind: Type.Optional(Type.Union([Type.Literal('member'), Type.Literal('guest'), Type.Literal('follower')])),
      tier_code: Type.Optional(Type.String({ maxLength: 60 })),
      state: Type.Optional(MemberState),
      tag: Type.Optional(Type.String({ maxLength: 60 })),
      store_id: Type.Optional(Uuid),
    }),
    answer: Page(PersonShape),
    read: async (db, { query }) => {
      const { limit: asked, cursor, search, ...wanted } = query
      const limit = asked ?? pageSize
      const place = readCursor(cursor)?.[0]
      const from = typeof place === 'number' ? place : null
      if (search === undefined || search.trim() === '') {
        return pageOf(await listed(db, wanted, { before: from, limit: limit + 1 }), limit, (row) => [row.number])
      }
      const offset = from ?? 0
      return pageOf(await found(db, search, wanted, { offset, limit: limit + 1 }), limit, () => [offset + limit])
    },
  }),
  'GET /v1/admin/members/seen': route({
    permission: 'members:read',
    summary: 'The last ten members one opened, newest first',
    answer: Type.Object({ data: Type.Array(PersonShape) }),
    read: async (db, _input, { actor }) => {
      if (actor.kind !== 'staff' || !actor.id) return { data: [] }
      const seen = await staff.lastSeen(db, { staff_id: actor.id, noun: 'members' })
      return {
        data: await rowsOf(
          db,
          seen.map((one) => one.noun_id),
        ),
      }
    },
  }),
  'GET /v1/admin/members/:member_id': route({
    permission: 'members:read',
    summary: 'One member: profile, identities, consents, rhythm, tier and how far to the next, points',
    params: MemberId,
    answer: ProfileShape,
    read: (db, { params }) => profileOf(db, params.member_id),
  }),
  'GET /v1/admin/members/:member_id/timeline': route({
    permission: 'members:read',
    summary: 'What happened, newest first: orders, refunds, points, tiers, messages, consents, notes, states',
    params: MemberId,
    query: Type.Object({
      ...PageQuery,
      kinds: Type.Optional(
        Type.String({ maxLength: 100, description: `a comma-separated choice of ${timelineKinds.join(', ')}` }),
      ),
    }),
    answer: TimelinePage,
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const chosen = query.kinds?.split(',') ?? []
      const kinds = timelineKinds.filter((kind) => chosen.length === 0 || chosen.includes(kind))
      const [at, key] = readCursor(query.cursor) ?? []
      const before = typeof at === 'string' && typeof key === 'string' ? { at, key } : null
      const member_id = (await members.survivorIdOf(db, params.member_id)) ?? params.member_id
      const rows = await timelineOf(db, { member_id, kinds, before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.at.toISOString(), row.key])
    },
  }),
  'GET /v1/admin/orders/:order_id/points': route({
    permission: 'points:read',
    summary: 'What an order did to points, each entry with its why, oldest first',
    params: Type.Object({ order_id: Uuid }),
    answer: Type.Object({ data: Type.Array(OrderPointsShape) }),
    read: async (db, { params }, { actor }) => ({ data: await pointsOfOrder(db, actor, params.order_id) }),
  }),
} satisfies RouteTable

const ends = {
  'POST /v1/admin/members/:member_id/merge': route({
    permission: 'members:merge',
    summary: 'Merge other accounts of the same person into this one; with dry_run=true it only says what would move',
    params: MemberId,
    body: Type.Object(
      { merge: Type.Array(Uuid, { minItems: 1, maxItems: mergedMax }) },
      { additionalProperties: false },
    ),
    answer: MergeShape,
    write: async (tx, { params: { member_id }, body }) => {
      const merge = [...new Set(body.merge)]
      const [before] = await rowsOf(tx, [member_id])
      if (!before) throw new AppError('member.not_found', { member_id })
      const merged = await rowsOf(tx, merge)
      const moved = await holdingsOf(tx, merge)
      const granted = await saidBy(tx, [member_id, ...merge], 'granted')
      await members.merge(
        tx,
        merge.map((one) => ({ keep: member_id, merge: one })),
      )
      const [after] = await rowsOf(tx, [member_id])
      const consents_withdrawn = (await saidBy(tx, [member_id], 'withdrawn')).filter((no) =>
        granted.some((yes) => yes.channel === no.channel && yes.purpose === no.purpose),
      )
      return { member_id, merged, moved, before, after: after!, consents_withdrawn }
    },
  }),
  'POST /v1/admin/members/:member_id/erase': route({
    permission: 'members:erase',
    summary: 'Forget a person: what names them goes everywhere, what they bought stays nameless. Cannot be undone',
    params: MemberId,
    answer: EraseShape,
    write: async (tx, { params: { member_id } }) => {
      await members.erase(tx, [member_id])
      return { member_id, erased_at: tx.now, kept: await holdingsOf(tx, [member_id]) }
    },
  }),
  'GET /v1/admin/members/:member_id/export': route({
    permission: 'members:export',
    summary: 'All that is kept of a member, as JSON',
    params: MemberId,
    answer: ExportShape,
    read: (db, { params }, { now }) => exportOf(db, params.member_id, now),
  }),
  'GET /v1/admin/members/duplicates': route({
    permission: 'members:read',
    summary: 'Members who may be one person: same name by sound and birthday, same mailbox, same end of a phone',
    answer: DuplicatesShape,
    read: async (db, _input, { signal }) => {
      const groups = await duplicatesOf(db, signal)
      const rows = await rowsOf(db, [...new Set(groups.flatMap((group) => group.member_ids))])
      const byId = new Map(rows.map((row) => [row.member_id, row]))
      return {
        data: groups.map(({ clue, member_ids }) => ({
          clue,
          members: member_ids.flatMap((member_id) => byId.get(member_id) ?? []),
        })),
      }
    },
  }),
} satisfies RouteTable

export const routes = { ...reads, ...ends } satisfies RouteTable
