/** Budgets. */
import { Type } from 'typebox'
import { Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import * as budgets from './budgets.ts'
import { linesOf } from './queries.ts'
import { BudgetChanges, BudgetLineShape, BudgetShape, NewBudget, TopUp } from './types.ts'

const Params = Type.Object({ budget_id: Uuid })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50

export const routes = {
  'GET /v1/admin/budgets': route({
    permission: 'budgets:read',
    summary: 'Every budget with what is promised, spent and left, newest first',
    answer: Type.Object({ data: Type.Array(BudgetShape) }),
    read: async (db) => ({ data: await budgets.all(db) }),
  }),
  'POST /v1/admin/budgets': route({
    permission: 'budgets:write',
    summary: 'Open a budget',
    body: NewBudget,
    answer: BudgetShape,
    status: 201,
    write: (tx, { body }) => budgets.create(tx, body),
  }),
  'GET /v1/admin/budgets/:budget_id': route({
    permission: 'budgets:read',
    summary: 'One budget',
    params: Params,
    answer: BudgetShape,
    read: (db, { params }) => budgets.budgetOf(db, params.budget_id),
  }),
  'PATCH /v1/admin/budgets/:budget_id': route({
    permission: 'budgets:write',
    summary: 'Rename a budget or move its days',
    params: Params,
    body: BudgetChanges,
    answer: BudgetShape,
    write: (tx, { params, body }) => budgets.update(tx, params.budget_id, body),
  }),
  'POST /v1/admin/budgets/:budget_id/top-ups': route({
    permission: 'budgets:write',
    summary: 'Put money in, or with a negative amount take out what is left',
    params: Params,
    body: TopUp,
    answer: BudgetShape,
    status: 201,
    write: (tx, { params, body }) => budgets.topUp(tx, params.budget_id, body),
  }),
  'GET /v1/admin/budgets/:budget_id/lines': route({
    permission: 'budgets:read',
    summary: 'What was put in, promised, spent and released, newest first',
    params: Params,
    query: Type.Object(PageQuery),
    answer: Page(BudgetLineShape),
    read: async (db, { params, query }) => {
      await budgets.budgetOf(db, params.budget_id)
      const limit = query.limit ?? pageSize
      const [at, line_id] = readCursor(query.cursor) ?? []
      const before = typeof at === 'string' && typeof line_id === 'string' ? { at, line_id } : null
      const rows = await linesOf(db, { ...params, before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.at.toISOString(), row.line_id])
    },
  }),
} satisfies RouteTable
