import { Type } from 'typebox'
import { Minor, Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { addDays, dayOf, startOfDay } from '../../base/time.ts'
import { momentOf, VersionParams } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import * as protection from './protection.ts'
import * as queries from './queries.ts'
import {
  NewProtectionRule,
  ProtectionPreviewShape,
  ProtectionRule,
  ProtectionRuleShape,
  ProtectionShape,
} from './types.ts'

/** Rows of a page unless said. */
const pageSize = 50
/** The page says what a month cost. */
const month_days = 30

export const routes = {
  'GET /v1/admin/protection-rules': route({
    permission: 'rules:read',
    summary: 'All versions of price protection, newest first',
    answer: Type.Object({ data: Type.Array(ProtectionRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await queries.ruleVersions(db, now) }),
  }),
  'POST /v1/admin/protection-rules': route({
    permission: 'rules:write',
    summary: 'Adds a version, from now or a later moment on: whose purchases are protected, how long, how far',
    body: NewProtectionRule,
    answer: ProtectionRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      const { effective_from, ...given } = body
      const version = await protection.addRule(tx, { ...given, effective_from: momentOf(effective_from) })
      return (await queries.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/protection-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: ProtectionRuleShape,
    write: async (tx, { params: { version } }) => {
      await protection.callOffRule(tx, version)
      return (await queries.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/protection-rules/previews': route({
    permission: 'rules:read',
    summary: 'What a rule would give back at once, and to how many; changes nothing',
    body: Type.Object({ rule: ProtectionRule }, { additionalProperties: false }),
    answer: ProtectionPreviewShape,
    idempotent: false,
    read: (_db, { body }, { now, db }) => protection.preview(db, body.rule, now),
  }),
  'GET /v1/admin/protections': route({
    permission: 'rules:read',
    summary: 'What was given back because prices fell, newest first',
    query: Type.Object({ ...PageQuery, member_id: Type.Optional(Uuid) }),
    answer: Page(ProtectionShape),
    read: async (db, { query }) => {
      const limit = query.limit ?? pageSize
      const [given_at, gift_id] = readCursor(query.cursor) ?? []
      const before = typeof given_at === 'string' && typeof gift_id === 'string' ? { given_at, gift_id } : null
      const rows = await queries.given(db, { member_id: query.member_id ?? null, before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.given_at.toISOString(), row.gift_id])
    },
  }),
  'GET /v1/admin/protections/totals': route({
    permission: 'rules:read',
    summary: 'What price protection has given back, in all and in the last thirty days',
    answer: Type.Object({ given_minor: Minor, since_minor: Minor, members: Type.Integer() }),
    read: async (db, _input, { now }) => {
      const { time_zone } = await program.current(db)
      return queries.totalsOf(db, startOfDay(addDays(dayOf(now, time_zone), -month_days), time_zone))
    },
  }),
} satisfies RouteTable
