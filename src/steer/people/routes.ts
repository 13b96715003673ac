/** Members on screens. */
import { Type } from 'typebox'
import { Page, PageQuery, pageOf, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { MemberState } from '../../record/orders/types.ts'
import * as staff from '../../record/staff/staff.ts'
import { found, listed, profileOf, rowsOf, timelineOf } from './people.ts'
import { PersonShape, ProfileShape, TimelinePage, timelineKinds } from './types.ts'

/** Rows a page when nothing is said. */
const pageSize = 50

const MemberId = Type.Object({ member_id: Uuid })

export const routes = {
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
      return { data: await rowsOf(db, seen.map((one) => one.noun_id)) }
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
      kinds: Type.Optional(Type.String({ maxLength: 100,
        description: `a comma-separated choice of ${timelineKinds.join(', ')}` })),
    }),
    answer: TimelinePage,
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const chosen = query.kinds?.split(',') ?? []
      const kinds = timelineKinds.filter((kind) => chosen.length === 0 || chosen.includes(kind))
      const [at, key] = readCursor(query.cursor) ?? []
      const before = typeof at === 'string' && typeof key === 'string' ? { at, key } : null
      const rows = await timelineOf(db, { ...params, kinds, before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.at.toISOString(), row.key])
    },
  }),
} satisfies RouteTable
