import { Type } from 'typebox'
import { route, Uuid, type RouteTable } from '../../base/routes.ts'
import * as runs from './runs.ts'
import { RunShape } from './types.ts'

const RunParams = Type.Object({ run_id: Uuid })

export const routes = {
  'GET /v1/admin/coupon-runs/:run_id': route({
    permission: 'coupons:read',
    summary: 'How far giving a coupon to many has come',
    params: RunParams,
    answer: RunShape,
    read: (db, { params }) => runs.runOf(db, 'coupons', params.run_id),
  }),
  'GET /v1/admin/offer-runs/:run_id': route({
    permission: 'offers:read',
    summary: 'How far issuing an offer to many has come',
    params: RunParams,
    answer: RunShape,
    read: (db, { params }) => runs.runOf(db, 'offers', params.run_id),
  }),
} satisfies RouteTable
