/** Ways in and out, people, keys, audit, saved views. */
import { Type } from 'typebox'
import {
  Instant,
  Page,
  PageQuery,
  pageOf,
  readCursor,
  route,
  Uuid,
  type Context,
  type RouteTable,
} from '../../base/routes.ts'
import { AppError } from '../../base/errors.ts'
import { allKeys, allStaff, auditLines } from './queries.ts'
import {
  changePassword,
  create,
  createKey,
  lastSeen,
  newSignInLink,
  permissions,
  revokeKey,
  seen,
  signIn,
  signInByLink,
  signOut,
  staffOf,
  update,
} from './staff.ts'
import type { NewSession } from './sign-in.ts'
import {
  Anything,
  ApiKeyShape,
  AuditShape,
  NewStaff,
  Noun,
  SavedViewShape,
  SeenShape,
  StaffChanges,
  StaffShape,
} from './types.ts'
import { dropView, saveView, viewsOf } from './views.ts'

/** The cookie that carries a session token; scripts cannot read it, other sites' forms do not send it. */
export const sessionCookie = 'regulars_session'

function giveCookie(session: NewSession, context: Context): { staff: NewSession['staff'] } {
  void context.reply.setCookie(sessionCookie, session.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: context.base_url.startsWith('https:'),
    expires: session.expires_at,
  })
  return { staff: session.staff }
}

/** The person behind the call. A key has no views of its own: `session.required`. */
function personOf(context: Context): string {
  if (context.actor.kind !== 'staff' || !context.actor.id) throw new AppError('session.required', {}, { status: 403 })
  return context.actor.id
}

function sessionTokenOf(context: Context): string {
  return context.reply.request.cookies[sessionCookie] ?? ''
}

const Person = Type.Object({ staff: StaffShape })
const StaffId = Type.Object({ staff_id: Uuid })
const Link = Type.Object({ token: Type.String(), path: Type.String(), expires_at: Instant })

const ways = {
  'POST /v1/open/sign-in': route({
    permission: 'open',
    summary: 'Sign in by e-mail and password; the session comes as a cookie',
    body: Type.Object({ email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1000 }) }),
    answer: Person,
    // opens its own transactions: a failed try must be kept although the call fails
    read: async (db, { body }, context) => giveCookie(await signIn(db, { ...body, ip: context.ip }), context),
  }),
  'POST /v1/open/sign-in/link': route({
    permission: 'open',
    summary: 'Sign in by a one-time link',
    body: Type.Object({ token: Type.String({ maxLength: 200 }) }),
    answer: Person,
    idempotent: false,
    write: async (tx, { body }, context) => giveCookie(await signInByLink(tx, body.token), context),
  }),
  'DELETE /v1/admin/session': route({
    permission: 'signed_in',
    summary: 'Sign out',
    answer: Type.Null(),
    status: 204,
    write: async (tx, _input, context) => {
      await signOut(tx, sessionTokenOf(context))
      void context.reply.clearCookie(sessionCookie, { path: '/' })
      return null
    },
  }),
  'PATCH /v1/admin/session': route({
    permission: 'signed_in',
    summary: 'Change one’s own name or language',
    // named one by one: whatever else is sent (a role!) is refused
    body: Type.Object(
      { name: StaffChanges.properties.name, locale: StaffChanges.properties.locale },
      { additionalProperties: false },
    ),
    answer: Person,
    write: async (tx, { body }, context) => ({ staff: await update(tx, personOf(context), body) }),
  }),
  'POST /v1/admin/session/password': route({
    permission: 'signed_in',
    summary: 'Set one’s own password; other sessions of the same person end',
    body: Type.Object(
      {
        current: Type.Optional(Type.String({ maxLength: 1000 })),
        wanted: Type.String({ maxLength: 1000 }),
      },
      { additionalProperties: false },
    ),
    answer: Type.Null(),
    status: 204,
    idempotent: false,
    write: async (tx, { body }, context) => {
      const change = { staff_id: personOf(context), current: body.current, wanted: body.wanted }
      await changePassword(tx, { ...change, session_token: sessionTokenOf(context) })
      return null
    },
  }),
} satisfies RouteTable

const people = {
  'GET /v1/admin/staff': route({
    permission: 'staff:read',
    summary: 'Everybody who signs in',
    answer: Type.Object({ data: Type.Array(StaffShape) }),
    read: async (db) => ({ data: await allStaff(db) }),
  }),
  'GET /v1/admin/staff/:staff_id': route({
    permission: 'staff:read',
    summary: 'One person',
    params: StaffId,
    answer: StaffShape,
    read: (db, { params }) => staffOf(db, params.staff_id),
  }),
  'POST /v1/admin/staff': route({
    permission: 'staff:write',
    summary: 'Add a person',
    body: NewStaff,
    answer: StaffShape,
    status: 201,
    write: (tx, { body }) => create(tx, body),
  }),
  'PATCH /v1/admin/staff/:staff_id': route({
    permission: 'staff:write',
    summary: 'Change a person’s name, role or language, or disable',
    params: StaffId,
    body: StaffChanges,
    answer: StaffShape,
    write: (tx, { params, body }) => update(tx, params.staff_id, body),
  }),
  'POST /v1/admin/staff/:staff_id/sign-in-links': route({
    permission: 'staff:write',
    summary: 'A link that signs this person in once; shown only now',
    params: StaffId,
    answer: Link,
    status: 201,
    idempotent: false,
    write: async (tx, { params }) => {
      const link = await newSignInLink(tx, params.staff_id)
      if (!link) throw new AppError('staff.not_found', { staff_id: params.staff_id })
      return { ...link, path: `/sign-in#token=${link.token}` }
    },
  }),
} satisfies RouteTable

const keys = {
  'GET /v1/admin/api-keys': route({
    permission: 'keys:read',
    summary: 'API keys, living ones first, and the scopes a key may have',
    answer: Type.Object({ data: Type.Array(ApiKeyShape), scopes: Type.Array(Type.String()) }),
    read: async (db) => ({ data: await allKeys(db), scopes: [...permissions] }),
  }),
  'POST /v1/admin/api-keys': route({
    permission: 'keys:write',
    summary: 'Make a key; its token is shown only now',
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100 }),
        scopes: Type.Array(Type.String({ maxLength: 50 }), { minItems: 1, maxItems: permissions.length }),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ key: ApiKeyShape, token: Type.String() }),
    status: 201,
    // an idempotency key would keep the token in the database
    idempotent: false,
    write: (tx, { body }, { permissions: may }) => createKey(tx, { ...body, may }),
  }),
  'DELETE /v1/admin/api-keys/:key_id': route({
    permission: 'keys:write',
    summary: 'Revoke a key',
    params: Type.Object({ key_id: Uuid }),
    answer: Type.Null(),
    status: 204,
    write: async (tx, { params }) => {
      await revokeKey(tx, params.key_id)
      return null
    },
  }),
} satisfies RouteTable

/** Rows a page when nothing is said. */
const auditPage = 50

const trail = {
  'GET /v1/admin/audit': route({
    permission: 'audit:read',
    summary: 'Who changed what, newest first',
    query: Type.Object({
      ...PageQuery,
      noun: Type.Optional(Type.String({ maxLength: 50 })),
      noun_id: Type.Optional(Type.String({ maxLength: 100 })),
      actor: Type.Optional(Type.String({ maxLength: 100 })),
    }),
    answer: Page(AuditShape),
    read: async (db, { query }) => {
      const limit = query.limit ?? auditPage
      const before = readCursor(query.cursor)?.[0]
      const rows = await auditLines(db, {
        noun: query.noun ?? null,
        noun_id: query.noun_id ?? null,
        actor: query.actor ?? null,
        before: typeof before === 'number' ? before : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.audit_id])
    },
  }),
  'GET /v1/admin/saved-views': route({
    permission: 'signed_in',
    summary: 'One’s own saved views of a list',
    query: Type.Object({ noun: Noun }),
    answer: Type.Object({ data: Type.Array(SavedViewShape) }),
    read: async (db, { query }, context) => ({
      data: await viewsOf(db, { staff_id: personOf(context), noun: query.noun }),
    }),
  }),
  'POST /v1/admin/saved-views': route({
    permission: 'signed_in',
    summary: 'Save a list’s filters under a name',
    body: Type.Object(
      { noun: Noun, name: Type.String({ minLength: 1, maxLength: 100 }), query: Anything },
      { additionalProperties: false },
    ),
    answer: SavedViewShape,
    status: 201,
    write: (tx, { body }, context) => saveView(tx, { staff_id: personOf(context), ...body }),
  }),
  'DELETE /v1/admin/saved-views/:view_id': route({
    permission: 'signed_in',
    summary: 'Forget a saved view',
    params: Type.Object({ view_id: Uuid }),
    answer: Type.Null(),
    status: 204,
    write: async (tx, { params }, context) => {
      await dropView(tx, { staff_id: personOf(context), view_id: params.view_id })
      return null
    },
  }),
  'GET /v1/admin/seen': route({
    permission: 'signed_in',
    summary: 'The last ten one opened, newest first',
    query: Type.Object({ noun: Noun }),
    answer: Type.Object({ data: Type.Array(SeenShape) }),
    read: async (db, { query }, context) => ({
      data: await lastSeen(db, { staff_id: personOf(context), noun: query.noun }),
    }),
  }),
  'POST /v1/admin/seen': route({
    permission: 'signed_in',
    summary: 'Note that one opened something',
    body: Type.Object(
      { noun: Noun, noun_id: Type.String({ minLength: 1, maxLength: 100 }) },
      { additionalProperties: false },
    ),
    answer: Type.Null(),
    status: 204,
    idempotent: false,
    write: async (tx, { body }) => {
      await seen(tx, body.noun, body.noun_id)
      return null
    },
  }),
} satisfies RouteTable

export const routes = { ...ways, ...people, ...keys, ...trail } satisfies RouteTable
