import { Type } from 'typebox'
import { AppError } from '../../../base/errors.ts'
import { Nullable, route, Uuid, type RouteTable } from '../../../base/routes.ts'
import { momentOf, VersionParams } from '../../../base/versions.ts'
import { audit } from '../../../record/staff/staff.ts'
import { memberExists } from '../points.ts'
import { addPoolRule, callOffPoolRule, foundPool, joinPool, leavePool, poolOf, poolRules } from './pools.ts'
import { NewPoolRule, PoolName, PoolRuleShape, PoolShape } from './types.ts'

const strict = { additionalProperties: false }
const OfMember = Type.Object({ member_id: Uuid })
const Held = Type.Object({ pool: Nullable(PoolShape) })

export const routes = {
  'GET /v1/admin/point-pool-rules': route({
    permission: 'rules:read',
    summary: 'All versions of whether members may share points in pools, newest first',
    answer: Type.Object({ data: Type.Array(PoolRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await poolRules(db, now) }),
  }),
  'POST /v1/admin/point-pool-rules': route({
    permission: 'rules:write',
    summary: 'Adds a version, from now or a later moment on',
    body: NewPoolRule,
    answer: PoolRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      const { effective_from, ...given } = body
      const version = await addPoolRule(tx, { ...given, effective_from: momentOf(effective_from) })
      return (await poolRules(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/point-pool-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: PoolRuleShape,
    write: async (tx, { params: { version } }) => {
      await callOffPoolRule(tx, version)
      return (await poolRules(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'GET /v1/admin/members/:member_id/pool': route({
    permission: 'points:read',
    summary: 'The pool that a member is in, with all who share it',
    params: OfMember,
    answer: Held,
    read: async (_db, { params }, { db }) => {
      await memberExists(db, params.member_id, ['member', 'guest', 'follower'])
      return { pool: (await poolOf(db, params.member_id)) ?? null }
    },
  }),
  'POST /v1/admin/members/:member_id/pool': route({
    permission: 'points:write',
    summary: 'Founds a pool of which this member is the head',
    params: OfMember,
    body: Type.Object({ name: PoolName }, strict),
    answer: PoolShape,
    status: 201,
    write: async (tx, { params: { member_id }, body }) => {
      await foundPool(tx, { head_id: member_id, name: body.name })
      return (await poolOf(tx, member_id))!
    },
  }),
  'POST /v1/admin/members/:member_id/pool/members': route({
    permission: 'points:write',
    summary: 'Adds somebody to the pool that this member is in',
    params: OfMember,
    body: Type.Object({ member_id: Uuid }, strict),
    answer: PoolShape,
    status: 201,
    write: async (tx, { params, body: { member_id } }) => {
      const pool_id = (await poolOf(tx, params.member_id))?.pool_id
      if (!pool_id) throw new AppError('pool.not_found')
      await joinPool(tx, { pool_id, member_id })
      await audit(tx, [{ action: 'pool.joined', noun: 'members', noun_id: member_id, after: { pool_id } }])
      return (await poolOf(tx, params.member_id))!
    },
  }),
  'DELETE /v1/admin/members/:member_id/pool': route({
    permission: 'points:write',
    summary: 'Takes this member out of their pool; points stay theirs',
    params: OfMember,
    answer: Type.Object({}),
    write: async (tx, { params: { member_id } }) => {
      const pool_id = (await poolOf(tx, member_id))?.pool_id
      if (!pool_id) throw new AppError('pool.not_found')
      await leavePool(tx, { pool_id, member_id })
      await audit(tx, [{ action: 'pool.left', noun: 'members', noun_id: member_id, after: { pool_id } }])
      return {}
    },
  }),
} satisfies RouteTable
