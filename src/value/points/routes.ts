import { once } from 'node:events'
import { stringify } from 'csv-stringify'
import { Type } from 'typebox'
import type { Db, Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import {
  Day,
  Minor,
  Nullable,
  Page,
  pageOf,
  PageQuery,
  pageSizeMax,
  readCursor,
  route,
  Uuid,
  type RouteTable,
} from '../../base/routes.ts'
import { dayOf } from '../../base/time.ts'
import { momentOf, VersionParams } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import { audit } from '../../record/staff/staff.ts'
import { ladderOf } from '../tiers/tiers.ts'
import * as points from './points.ts'
import { exampleOf, presetsFor } from './presets.ts'
import * as previews from './previews.ts'
import * as queries from './queries.ts'
import { setPointValue } from './spend-rules.ts'
import { routes as spendRules } from './spending/routes.ts'
import { routes as poolRoutes } from './pools/routes.ts'
import { routes as transferRoutes } from './transfers/routes.ts'
import * as liability from './liability.ts'
import {
  BalanceShape,
  EntryShape,
  LotShape,
  NewPointPreview,
  NewPointRule,
  OverviewShape,
  PointPreviewShape,
  PointRuleShape,
  points_max,
  PresetShape,
} from './types.ts'

const MemberParams = Type.Object({ member_id: Uuid })
const PreviewParams = Type.Object({ preview_id: Uuid })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50
/** An example amount for presets unless one is asked for: what a small basket costs, in whole units. */
const example_units = 1_000

const Difference = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  orders: Type.Integer(),
  points_before: Type.Integer(),
  points_change: Type.Integer(),
})
const Booked = Type.Object({ entry_id: Type.Integer(), points: Type.Integer(), balance: BalanceShape })

const invalid = (pointer: string, code: string) =>
  new AppError('request.invalid', {}, { status: 400, errors: [{ pointer, code }] })

const rules = {
  'GET /v1/admin/point-rules': route({
    permission: 'rules:read',
    summary: 'All versions of the point rule, newest first',
    answer: Type.Object({ data: Type.Array(PointRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await queries.ruleVersions(db, now) }),
  }),
  'GET /v1/admin/point-rules/current': route({
    permission: 'rules:read',
    summary: 'The point rule in force now',
    answer: PointRuleShape,
    read: async (db, _input, { now }) => {
      const found = (await queries.ruleVersions(db, now)).find((version) => version.in_force)
      if (!found) throw new AppError('point_rule.not_found')
      return found
    },
  }),
  'POST /v1/admin/point-rules': route({
    permission: 'rules:write',
    summary:
      'Adds a version: a rule from now or a later moment on, or a previewed one that books the differences it showed',
    body: NewPointRule,
    answer: PointRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      if (!body.preview_id && !body.rule) throw invalid('/rule', 'schema.required')
      // what a preview showed is booked from its own window's start on
      if (body.preview_id && body.effective_from) throw invalid('/effective_from', 'point_rule.preview_begins')
      const effective_from = momentOf(body.effective_from)
      const { version } = body.preview_id
        ? await previews.applyPreview(tx, { preview_id: body.preview_id, note: body.note })
        : await points.addRule(tx, {
            rule: body.rule!,
            note: body.note,
            effective_from,
          })
      if (body.point_value_minor !== undefined) {
        await setPointValue(tx, body.point_value_minor, effective_from)
      }
      return (await queries.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/point-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: PointRuleShape,
    write: async (tx, { params: { version } }) => {
      await points.callOffRule(tx, version)
      return (await queries.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'GET /v1/admin/points/presets': route({
    permission: 'rules:read',
    summary: 'Rules to begin with, each with the return members feel and an example',
    query: Type.Object({ amount_minor: Type.Optional(Type.Integer({ minimum: 0, maximum: points_max })) }),
    answer: Type.Object({ data: Type.Array(PresetShape) }),
    read: async (db, { query }) => {
      const { currency, currency_decimals } = await program.current(db)
      const codes = (await ladderOf(db)).map((tier) => tier.code)
      const amount_minor = query.amount_minor ?? example_units * 10 ** currency_decimals
      return {
        data: presetsFor(currency, codes).map((one) => ({ ...one, example: exampleOf(one, amount_minor, codes) })),
      }
    },
  }),
} satisfies RouteTable

const previewRoutes = {
  'POST /v1/admin/point-rules/previews': route({
    permission: 'rules:write',
    summary: 'Finds out what a proposed rule would change for the orders of a window, without changing anything',
    body: NewPointPreview,
    answer: PointPreviewShape,
    status: 202,
    write: (tx, { body }) => previews.proposeRule(tx, body),
  }),
  'GET /v1/admin/point-rules/previews/:preview_id': route({
    permission: 'rules:read',
    summary: 'How far a preview is and what it found',
    params: PreviewParams,
    answer: PointPreviewShape,
    read: async (db, { params }) => {
      const found = await queries.previewOf(db, params.preview_id)
      if (!found) throw new AppError('point_rule_preview.not_found', { preview_id: params.preview_id })
      return found
    },
  }),
  'POST /v1/admin/point-rules/previews/:preview_id/cancel': route({
    permission: 'rules:write',
    summary: 'Stops a preview',
    params: PreviewParams,
    answer: PointPreviewShape,
    write: (tx, { params }) => previews.cancelPreview(tx, params.preview_id),
  }),
  'GET /v1/admin/point-rules/previews/:preview_id/differences': route({
    permission: 'rules:read',
    summary: 'Members whose points the proposed rule would change, the largest change first',
    params: PreviewParams,
    query: Type.Object({
      ...PageQuery,
      change: Type.Optional(
        Type.Union([Type.Literal('more'), Type.Literal('less')], { description: 'only who gains, or who loses' }),
      ),
    }),
    answer: Page(Difference),
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const after = sizeCursor(query.cursor)
      const { change } = query
      const rows = await queries.differencesOf(db, { ...params, change, after, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [Math.abs(row.points_change), row.member_id])
    },
  }),
  'GET /v1/admin/point-rules/previews/:preview_id/differences.csv': route({
    permission: 'rules:read',
    summary: 'The same as a file',
    params: PreviewParams,
    answer: Type.Unknown(),
    stream: async (_request, reply, { params }, { db }) => {
      const csv = stringify({
        header: true,
        bom: true,
        columns: ['member_id', 'display_name', 'orders', 'points_before', 'points_change'],
      })
      void reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="differences.csv"')
        .send(csv)
      await writeDifferences(db, params.preview_id, csv)
      return reply
    },
  }),
} satisfies RouteTable

/** Page by page, waiting for a slow reader, so that memory stays flat. */
async function writeDifferences(db: Db, preview_id: string, csv: ReturnType<typeof stringify>): Promise<void> {
  let after: { size: number; member_id: string } | null = null
  for (;;) {
    const rows: queries.DifferenceRow[] = await queries.differencesOf(db, { preview_id, after, limit: pageSizeMax })
    for (const row of rows) if (!csv.write(row)) await once(csv, 'drain')
    const last = rows.at(-1)
    if (!last || rows.length < pageSizeMax) break
    after = { size: Math.abs(last.points_change), member_id: last.member_id }
  }
  csv.end()
}

function sizeCursor(cursor: string | undefined): { size: number; member_id: string } | null {
  const [size, member_id] = readCursor(cursor) ?? []
  return typeof size === 'number' && typeof member_id === 'string' ? { size, member_id } : null
}

/** Months of expiry on the overview: half a year is as far as one plans. */
const expiry_months_max = 6

const overview = {
  'GET /v1/admin/points/overview': route({
    permission: 'points:read',
    summary: 'What members hold together: spendable, waiting, owed by members; what it is worth and when it ends',
    answer: OverviewShape,
    read: async (db, _input, { now }) => {
      const { settings, time_zone } = await program.current(db)
      const held = await queries.overviewOf(db)
      return {
        ...held,
        point_value_minor: settings.point_value_minor,
        liability_minor: Math.round((held.active + held.pending) * settings.point_value_minor),
        next_expiries: await queries.nextExpiries(db, { today: dayOf(now, time_zone), limit: expiry_months_max }),
      }
    },
  }),
} satisfies RouteTable

const owedShape = { points: Type.Integer(), members: Type.Integer(), owed_minor: Minor }
const LiabilityShape = Type.Object({
  by_age: Type.Array(
    Type.Object({ code: Type.String(), from: Type.Integer(), to: Nullable(Type.Integer()), ...owedShape }),
  ),
  by_end: Type.Array(Type.Object({ month: Nullable(Type.String()), ...owedShape })),
})

async function liabilityOf(db: Db | Reader, now: Date) {
  const { settings, time_zone } = await program.current(db)
  const seen = { today: dayOf(now, time_zone), zone: time_zone, point_value_minor: settings.point_value_minor }
  return { by_age: await liability.owedByAge(db, seen), by_end: await liability.owedByEnd(db, seen) }
}

const liabilityRoutes = {
  'GET /v1/admin/points/liability': route({
    permission: 'points:read',
    summary: 'What is owed in points, by how long ago it was earned and by the month in which it ends',
    answer: LiabilityShape,
    read: (db, _input, { now }) => liabilityOf(db, now),
  }),
  'GET /v1/admin/points/liability.csv': route({
    permission: 'points:read',
    summary: 'The same as a file',
    answer: Type.Unknown(),
    stream: async (_request, reply, _input, { db, now }) => {
      const { by_age, by_end } = await liabilityOf(db, now)
      const rows = [
        ...by_age.map(({ code, ...owed }) => ({ by: 'age', part: code, ...owed })),
        ...by_end.map(({ month, ...owed }) => ({ by: 'end', part: month ?? 'never', ...owed })),
      ]
      const csv = stringify(rows, {
        header: true,
        bom: true,
        columns: ['by', 'part', 'points', 'members', 'owed_minor'],
      })
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="points-owed.csv"')
        .send(csv)
    },
  }),
} satisfies RouteTable

const members = {
  'GET /v1/admin/members/:member_id/points': route({
    permission: 'points:read',
    summary: 'A member’s balance, lots in the order they are spent, and entries with their whys, newest first',
    params: MemberParams,
    query: Type.Object(PageQuery),
    answer: Type.Object({
      balance: BalanceShape,
      /** What the active points are worth when spent, in minor units. */
      worth_minor: Type.Number(),
      lots: Type.Array(LotShape),
      entries: Page(EntryShape),
    }),
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const [occurred_at, entry_id] = readCursor(query.cursor) ?? []
      const before =
        typeof occurred_at === 'string' && typeof entry_id === 'number' ? { occurred_at, entry_id } : null
      await points.memberExists(db, params.member_id, ['member', 'guest', 'follower'])
      const { settings } = await program.current(db)
      const [balance] = await points.balanceOf(db, [params.member_id])
      const entries = await points.entriesOf(db, { member_id: params.member_id, before, limit: limit + 1 })
      return {
        balance: balance!,
        worth_minor: balance!.active * settings.point_value_minor,
        lots: await points.lotsOf(db, params.member_id),
        entries: pageOf(entries, limit, (row) => [row.occurred_at.toISOString(), row.entry_id]),
      }
    },
  }),
  'POST /v1/admin/members/:member_id/points/adjustments': route({
    permission: 'points:write',
    summary: 'Gives or takes points by hand, with a reason',
    params: MemberParams,
    body: Type.Object({
      points: Type.Integer({ minimum: -points_max, maximum: points_max, not: { const: 0 } }),
      reason: Type.String({ minLength: 1, maxLength: 200 }),
      /** The last day of points given; by the rule unless said. */
      expires_on: Type.Optional(Nullable(Day)),
    }),
    answer: Booked,
    status: 201,
    write: async (tx, { params, body }) => {
      await points.memberExists(tx, params.member_id)
      const [outcome] = await points.adjust(tx, [
        {
          ...body,
          member_id: params.member_id,
          source: 'adjustment',
          source_id: uuidv7(tx.now),
        },
      ])
      const { entry_id } = points.insist(outcome!)
      await audit(tx, [
        {
          action: 'points.adjusted',
          noun: 'members',
          noun_id: params.member_id,
          after: { points: body.points, entry_id },
        },
      ])
      const [balance] = await points.balanceOf(tx, [params.member_id])
      return { entry_id: entry_id!, points: body.points, balance: balance! }
    },
  }),
  'POST /v1/admin/members/:member_id/points/spends': route({
    permission: 'points:write',
    summary: 'Spends a member’s points; `source` and `source_id` name what for, once for ever',
    params: MemberParams,
    body: Type.Object({
      points: Type.Integer({ minimum: 1, maximum: points_max }),
      source: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
      source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
    answer: Type.Object({ ...Booked.properties, worth_minor: Minor }),
    status: 201,
    write: async (tx, { params, body }) => {
      await points.memberExists(tx, params.member_id)
      const [outcome] = await points.spend(tx, [
        {
          member_id: params.member_id,
          points: body.points,
          source: `spend:${body.source ?? 'console'}`,
          source_id: body.source_id ?? uuidv7(tx.now),
        },
      ])
      const { entry_id } = points.insist(outcome!)
      const { settings } = await program.current(tx)
      const [balance] = await points.balanceOf(tx, [params.member_id])
      return {
        entry_id: entry_id!,
        points: -body.points,
        balance: balance!,
        // a member is never given a fraction of a minor unit
        worth_minor: Math.floor(body.points * settings.point_value_minor),
      }
    },
  }),
} satisfies RouteTable

export const routes = {
  ...rules,
  ...spendRules,
  ...previewRoutes,
  ...overview,
  ...liabilityRoutes,
  ...transferRoutes,
  ...poolRoutes,
  ...members,
} satisfies RouteTable
