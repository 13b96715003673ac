/** Stores. */
import { Type } from 'typebox'
import { route, Uuid, type RouteTable } from '../../base/routes.ts'
import { all, create, update } from './stores.ts'
import { NewStore, StoreChanges, StoreShape } from './types.ts'

export const routes = {
  'GET /v1/admin/stores': route({
    permission: 'stores:read',
    summary: 'Every store, by code',
    answer: Type.Object({ data: Type.Array(StoreShape) }),
    read: async (db) => ({ data: await all(db) }),
  }),
  'POST /v1/admin/stores': route({
    permission: 'stores:write',
    summary: 'Add a store',
    body: NewStore,
    answer: StoreShape,
    status: 201,
    write: (tx, { body }) => create(tx, body),
  }),
  'PATCH /v1/admin/stores/:store_id': route({
    permission: 'stores:write',
    summary: 'Change a store',
    params: Type.Object({ store_id: Uuid }),
    body: StoreChanges,
    answer: StoreShape,
    write: (tx, { params, body }) => update(tx, params.store_id, body),
  }),
} satisfies RouteTable
