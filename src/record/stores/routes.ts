/** Stores. */
import { Type } from 'typebox'
import { route, Uuid, type RouteTable } from '../../base/routes.ts'
import { all, create, setStoresOf, staffPlaces, update } from './stores.ts'
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
  'GET /v1/admin/store-staff': route({
    permission: 'stores:read',
    summary: 'Who works at which store; who is not named works at every one',
    answer: Type.Object({ data: Type.Array(Type.Object({ staff_id: Uuid, store_id: Uuid })) }),
    read: async (db) => ({ data: await staffPlaces(db) }),
  }),
  'PUT /v1/admin/store-staff/:staff_id': route({
    permission: 'staff:write',
    summary: 'Says at which stores a person works; none: every one',
    params: Type.Object({ staff_id: Uuid }),
    body: Type.Object({ store_ids: Type.Array(Uuid, { maxItems: 1_000 }) }, { additionalProperties: false }),
    answer: Type.Object({ data: Type.Array(Type.Object({ staff_id: Uuid, store_id: Uuid })) }),
    write: async (tx, { params, body }) => {
      await setStoresOf(tx, params.staff_id, body.store_ids)
      return { data: await staffPlaces(tx) }
    },
  }),
} satisfies RouteTable
