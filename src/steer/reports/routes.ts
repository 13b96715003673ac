import { Type } from 'typebox'
import type { Db } from '../../base/db.ts'
import { Day, Page, pageOf, PageQuery, readCursor, route, type RouteTable } from '../../base/routes.ts'
import * as people from '../people/people.ts'
import { PersonShape } from '../people/types.ts'
import { downloadOf } from './downloads.ts'
import * as reports from './reports.ts'
import * as t from './types.ts'

const Range = Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) })
const WithinDays = Type.Integer({ minimum: 1, maximum: 730 })
const Month = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' })
/** Rows a page when nothing is said. */
const pageSize = 50
const read = 'reports:read'

/** A page of members as lists show them, newest number first. */
async function pageOfPeople(
  db: Db,
  { limit = pageSize, cursor }: { limit?: number | undefined; cursor?: string | undefined },
  find: (page: { before: number | null; limit: number }) => Promise<{ member_id: string; number: number }[]>,
) {
  const before = readCursor(cursor)?.[0]
  const found = await find({ before: typeof before === 'number' ? before : null, limit: limit + 1 })
  const { data: shown, next_cursor } = pageOf(found, limit, ({ number }) => [number])
  const data = await people.rowsOf(
    db,
    shown.map(({ member_id }) => member_id),
  )
  return { data, next_cursor }
}

export const routes = {
  'GET /v1/admin/reports/summary': route({
    permission: read,
    summary: 'Orders, cancellations, members and net sales of all time',
    answer: t.Summary,
    read: (db) => reports.summary(db),
  }),
  'GET /v1/admin/reports/today': route({
    permission: read,
    summary: 'What changed in the last seven days, and what is coming',
    answer: t.Today,
    read: async (db, _input, { now }) => {
      const { today, zone } = await reports.rangeOf(db, { now })
      return reports.today(db, { day: today, as_of: now, zone })
    },
  }),
  'GET /v1/admin/reports/ours': route({
    permission: read,
    summary: 'Members who are reachable and buy within their rhythm, and what they bring',
    answer: t.Ours,
    read: async (db, _input, { now }) => reports.ours(db, (await reports.rangeOf(db, { now })).today),
  }),
  'GET /v1/admin/reports/drifting': route({
    permission: read,
    summary: 'Drowsy members among the best fifth of the buyers',
    answer: t.Drifting,
    read: (db) => reports.drifting(db),
  }),
  'GET /v1/admin/reports/cohorts': route({
    permission: read,
    summary: 'Members by month of first purchase, and how many were active in each month after',
    query: Type.Object({ activity: Type.Optional(t.CohortActivity) }),
    answer: Type.Object({ data: Type.Array(t.Cohort) }),
    read: async (db, { query }) => ({ data: await reports.cohorts(db, query.activity ?? 'orders') }),
  }),
  'GET /v1/admin/reports/cohorts/members': route({
    permission: 'members:read',
    summary: 'The members behind one cell of the cohorts; without a month, the whole cohort',
    query: Type.Object({
      ...PageQuery,
      activity: Type.Optional(t.CohortActivity),
      cohort: Month,
      month: Type.Optional(Month),
    }),
    answer: Page(PersonShape),
    read: async (db, { query }) => {
      const { activity = 'orders', cohort, month = cohort } = query
      return pageOfPeople(db, query, (page) => reports.cohortMembers(db, { activity, cohort, month }, page))
    },
  }),
  'GET /v1/admin/reports/rfm': route({
    permission: read,
    summary: 'Recency, frequency and monetary quartiles of every buying member at a day',
    query: Type.Object({ at: Type.Optional(Day) }),
    answer: Type.Object({ data: Type.Array(t.RfmRow) }),
    read: async (db, { query }, { now }) => ({
      data: await reports.rfm(db, query.at ?? (await reports.rangeOf(db, { now })).today),
    }),
  }),
  'GET /v1/admin/reports/flow': route({
    permission: read,
    summary: 'Members by state over time, and the moves between states',
    query: Range,
    answer: t.Flow,
    read: async (db, { query }, { now }) => {
      const { from, to } = await reports.rangeOf(db, { ...query, now })
      return reports.flow(db, { from, to })
    },
  }),
  'GET /v1/admin/reports/flow/members': route({
    permission: 'members:read',
    summary: 'The members behind one move between states in the period; without `was`, behind first purchases',
    query: Type.Object({ ...PageQuery, ...Range.properties, was: Type.Optional(t.StateName), became: t.StateName }),
    answer: Page(PersonShape),
    read: async (db, { query }, { now }) => {
      const { from, to } = await reports.rangeOf(db, { ...query, now })
      const move = { from, to, was: query.was ?? null, became: query.became }
      return pageOfPeople(db, query, (page) => reports.movedMembers(db, move, page))
    },
  }),
  'GET /v1/admin/reports/repurchase': route({
    permission: read,
    summary: 'How many bought again within N days of their first purchase',
    query: Type.Object({ within_days: Type.Optional(WithinDays) }),
    answer: t.Repurchase,
    read: async (db, { query }, { now }) =>
      reports.repurchase(db, {
        within_days: query.within_days ?? 90,
        today: (await reports.rangeOf(db, { now })).today,
      }),
  }),
  'GET /v1/admin/reports/concentration': route({
    permission: read,
    summary: 'What the best fifth of the members bring',
    answer: t.Concentration,
    read: (db) => reports.concentration(db),
  }),
  'GET /v1/admin/reports/points': route({
    permission: read,
    summary: 'Points earned, spent and expired by month, and what is owed',
    answer: t.PointsFlow,
    read: async (db, _input, { now }) => {
      const { today, zone } = await reports.rangeOf(db, { now })
      return reports.pointsFlow(db, { today, zone, point_value_minor: await reports.pointValue(db) })
    },
  }),
  'GET /v1/admin/reports/given': route({
    permission: read,
    summary: 'What was given and redeemed, by reason, and what it cost',
    query: Range,
    answer: t.Given,
    read: async (db, { query }, { now }) => reports.given(db, await reports.rangeOf(db, { ...query, now })),
  }),
  'GET /v1/admin/reports/stores': route({
    permission: read,
    summary: 'Member share of sales and joining rate by store',
    query: Range,
    answer: Type.Object({ data: Type.Array(t.StoreRow) }),
    read: async (db, { query }, { now }) => ({
      data: await reports.storeRows(db, await reports.rangeOf(db, { ...query, now })),
    }),
  }),
  'GET /v1/admin/reports/:name/download': route({
    permission: read,
    summary: 'A report’s table as CSV',
    params: Type.Object({ name: Type.String({ maxLength: 40 }) }),
    query: Type.Object({
      from: Type.Optional(Day),
      to: Type.Optional(Day),
      activity: Type.Optional(t.CohortActivity),
      within_days: Type.Optional(WithinDays),
    }),
    answer: Type.String(),
    stream: async (_request, reply, { params, query }, { db, now }) => {
      const text = await downloadOf(db, params.name, { ...query, now })
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${params.name}.csv"`)
        .send(text)
    },
  }),
} satisfies RouteTable
