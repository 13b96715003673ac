import { Type } from 'typebox'
import { Instant, Minor, route, type RouteTable } from '../../../base/routes.ts'
import { addMonths, dayOf, startOfDay } from '../../../base/time.ts'
import { VersionParams } from '../../../base/versions.ts'
import * as program from '../../../record/program/program.ts'
import { addSpendRule, callOffSpendRule, spendRuleVersions } from '../spend-rules.ts'
import { previewSpending } from './preview.ts'
import { NewPointSpendRule, PointSpendRule, PointSpendRuleShape } from './types.ts'

const SpendPreviewShape = Type.Object({
  from: Instant,
  points_owed: Type.Integer(),
  owed_minor: Minor,
  owed_after_minor: Minor,
  spends: Type.Integer(),
  points_spent: Type.Integer(),
  refused: Type.Integer(),
  refused_points: Type.Integer(),
  below_minimum: Type.Integer(),
  off_step: Type.Integer(),
  over_share: Type.Integer(),
})

export const routes = {
  'GET /v1/admin/point-spend-rules': route({
    permission: 'rules:read',
    summary: 'All versions of what points pay, newest first',
    answer: Type.Object({ data: Type.Array(PointSpendRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await spendRuleVersions(db, now) }),
  }),
  'POST /v1/admin/point-spend-rules': route({
    permission: 'rules:write',
    summary: 'Adds a version of what points pay, from now or a later moment on; what a point is worth follows then',
    body: NewPointSpendRule,
    answer: PointSpendRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      const { version } = await addSpendRule(tx, {
        rule: body.rule,
        note: body.note,
        effective_from: body.effective_from ? new Date(body.effective_from) : undefined,
      })
      return (await spendRuleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/point-spend-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: PointSpendRuleShape,
    write: async (tx, { params: { version } }) => {
      await callOffSpendRule(tx, version)
      return (await spendRuleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/point-spend-rules/preview': route({
    permission: 'rules:read',
    summary:
      'What another rule would change: what is owed, and how many of last month’s spends it would have refused',
    body: Type.Object({ rule: PointSpendRule }, { additionalProperties: false }),
    answer: SpendPreviewShape,
    write: async (tx, { body }) => {
      const { settings, time_zone } = await program.current(tx)
      const from = startOfDay(addMonths(dayOf(tx.now, time_zone), -1), time_zone)
      return previewSpending(tx, { ...body, from, point_value_minor: settings.point_value_minor })
    },
  }),
} satisfies RouteTable
