/** A household shares its points: of the session's own member alone. One is invited by a link (`/v1/portal/passes`). */
import { Type } from 'typebox'
import { route, Uuid, type RouteTable } from '../../../base/routes.ts'
import * as points from '../../../value/points/points.ts'
import { Nothing, ownId } from '../routes.ts'
import { leave, ownPool, remove, rename } from './pool.ts'
import { OwnPoolShape, PoolBody } from './types.ts'

export const routes = {
  'GET /v1/portal/pool': route({
    permission: 'member',
    summary: 'With whom I share points, and what we hold together',
    answer: OwnPoolShape,
    read: (_db, _input, context) => ownPool(context.db, ownId(context)),
  }),
  'POST /v1/portal/pool': route({
    permission: 'member',
    summary: 'Found a pool of which I am the head; others join by a link',
    body: PoolBody,
    answer: Type.Object({ pool_id: Uuid }),
    status: 201,
    write: async (tx, { body }, context) => ({
      pool_id: await points.foundPool(tx, { head_id: ownId(context), name: body.name }),
    }),
  }),
  'PATCH /v1/portal/pool': route({
    permission: 'member',
    summary: 'Call my pool something else; the head alone may',
    body: PoolBody,
    answer: Nothing,
    write: async (tx, { body }, context) => {
      await rename(tx, ownId(context), body.name)
      return {}
    },
  }),
  'DELETE /v1/portal/pool': route({
    permission: 'member',
    summary: 'Leave my pool; my points stay mine',
    answer: Nothing,
    write: async (tx, _input, context) => {
      await leave(tx, ownId(context))
      return {}
    },
  }),
  'DELETE /v1/portal/pool/members/:member_id': route({
    permission: 'member',
    summary: 'Remove somebody from my pool; the head alone may, and their points stay theirs',
    params: Type.Object({ member_id: Uuid }),
    answer: Nothing,
    write: async (tx, { params }, context) => {
      await remove(tx, ownId(context), params.member_id)
      return {}
    },
  }),
} satisfies RouteTable
