import { Type } from 'typebox'
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { Nullable, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { dayOf } from '../../base/time.ts'
import { VersionParams } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import { audit } from '../../record/staff/staff.ts'
import { insistOnStore } from '../../record/stores/stores.ts'
import { TillQuery } from '../../record/stores/types.ts'
import { memberExists } from '../points/points.ts'
import { preview } from './previews.ts'
import * as prices from './prices.ts'
import * as privileges from './privileges.ts'
import * as queries from './queries.ts'
import {
  GrantBody,
  MayShape,
  NewPriceRule,
  NewPrivilege,
  PricedShape,
  PricePreviewShape,
  PriceRule,
  PriceRuleShape,
  PricesBody,
  PrivilegeChanges,
  PrivilegeShape,
  UseShape,
} from './types.ts'

const MemberParams = Type.Object({ member_id: Uuid })
const PrivilegeParams = Type.Object({ privilege_id: Uuid })
const Held = Type.Object({ data: Type.Array(MayShape) })

async function shown(db: Reader, privilege_id: string): Promise<queries.Listed> {
  const [found] = await queries.listed(db, privilege_id)
  if (!found) throw new AppError('privilege.not_found', { privilege_id })
  return found
}

async function held(db: Reader, member_id: string, now: Date) {
  await memberExists(db, member_id)
  const { time_zone } = await program.current(db)
  return { data: await queries.heldBy(db, member_id, dayOf(now, time_zone)) }
}

const definitions = {
  'GET /v1/admin/privileges': route({
    permission: 'privileges:read',
    summary: 'Every privilege, newest first, with how often it was used',
    answer: Type.Object({ data: Type.Array(PrivilegeShape) }),
    read: async (db) => ({ data: await queries.listed(db) }),
  }),
  'POST /v1/admin/privileges': route({
    permission: 'privileges:write',
    summary: 'Makes a privilege: for tiers or for whom it is given to, with or without a quota',
    body: NewPrivilege,
    answer: PrivilegeShape,
    status: 201,
    write: async (tx, { body }) => shown(tx, await privileges.create(tx, body)),
  }),
  'PATCH /v1/admin/privileges/:privilege_id': route({
    permission: 'privileges:write',
    summary: 'Changes a privilege from now on',
    params: PrivilegeParams,
    body: PrivilegeChanges,
    answer: PrivilegeShape,
    write: async (tx, { params, body }) => {
      await privileges.change(tx, params.privilege_id, body)
      return shown(tx, params.privilege_id)
    },
  }),
} satisfies RouteTable

const members = {
  'GET /v1/admin/members/:member_id/privileges': route({
    permission: 'privileges:read',
    summary: 'What a member may, and their newest uses',
    params: MemberParams,
    answer: Type.Object({ ...Held.properties, uses: Type.Array(UseShape) }),
    read: async (db, { params }, { now }) => ({
      ...(await held(db, params.member_id, now)),
      uses: await queries.usesOf(db, params.member_id),
    }),
  }),
  'POST /v1/admin/members/:member_id/privileges': route({
    permission: 'privileges:write',
    summary: 'Gives a privilege to a member by hand, for some uses or by its quota',
    params: MemberParams,
    body: GrantBody,
    answer: Type.Object({ grant_id: Uuid, ...Held.properties }),
    status: 201,
    write: async (tx, { params, body }, { now }) => {
      const { privilege_id, uses = null, expires_on = null, note, source_id = uuidv7(tx.now) } = body
      const want = { ...params, privilege_id, uses, expires_on, note, source: 'by_hand', source_id }
      const [outcome] = await privileges.grant(tx, [want])
      const grant_id = privileges.insist(outcome!)
      await audit(tx, [
        {
          action: 'privilege.granted',
          noun: 'members',
          noun_id: params.member_id,
          after: { privilege_id, uses, expires_on },
        },
      ])
      return { grant_id, ...(await held(tx, params.member_id, now)) }
    },
  }),
} satisfies RouteTable

const till = {
  'GET /v1/till/members/:member_id/privileges': route({
    permission: 'till:use',
    or_permission: 'privileges:read',
    summary: 'May this member? What they hold, how often it is left, and why',
    params: MemberParams,
    answer: Held,
    read: (db, { params }, { now }) => held(db, params.member_id, now),
  }),
  'POST /v1/till/members/:member_id/privileges/:privilege_id/uses': route({
    permission: 'till:use',
    summary: 'Uses a privilege; the same source_id is the same use, once for ever',
    params: Type.Object({ member_id: Uuid, privilege_id: Uuid }),
    query: TillQuery,
    guard: { name: 'presence' },
    body: Type.Object(
      {
        store_id: Type.Optional(Nullable(Uuid)),
        source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ use_id: Uuid, ...Held.properties }),
    status: 201,
    write: async (tx, { params, body }, { now }) => {
      const { store_id = null, source_id = uuidv7(tx.now) } = body
      await insistOnStore(tx, tx.actor, store_id)
      const [outcome] = await privileges.use(tx, [{ ...params, store_id, source: 'till', source_id }])
      return { use_id: privileges.insist(outcome!), ...(await held(tx, params.member_id, now)) }
    },
  }),
  'POST /v1/till/members/:member_id/privilege-uses/:use_id/undo': route({
    permission: 'till:use',
    summary: 'Undoes a use with a reason; what it took is there again',
    params: Type.Object({ member_id: Uuid, use_id: Uuid }),
    body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false }),
    answer: Held,
    write: async (tx, { params, body }, { now }) => {
      await privileges.undo(tx, { ...params, ...body })
      return held(tx, params.member_id, now)
    },
  }),
} satisfies RouteTable

const priced = {
  'GET /v1/admin/price-rules': route({
    permission: 'rules:read',
    summary: 'All versions of what members pay less, newest first',
    answer: Type.Object({ data: Type.Array(PriceRuleShape) }),
    read: async (db, _input, { now }) => ({ data: await prices.ruleVersions(db, now) }),
  }),
  'POST /v1/admin/price-rules': route({
    permission: 'rules:write',
    summary: 'Adds a version: member prices, tier discounts, their floor, and how they go with coupons',
    body: NewPriceRule,
    answer: PriceRuleShape,
    status: 201,
    write: async (tx, { body }) => {
      const version = await prices.addRule(tx, {
        ...body,
        effective_from: body.effective_from ? new Date(body.effective_from) : undefined,
      })
      return (await prices.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/price-rules/:version/call-off': route({
    permission: 'rules:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: VersionParams,
    answer: PriceRuleShape,
    write: async (tx, { params: { version } }) => {
      await prices.callOffRule(tx, version)
      return (await prices.ruleVersions(tx, tx.now)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/price-rules/previews': route({
    permission: 'rules:read',
    summary: 'What another rule would have taken off last month’s purchases, and for how many; changes nothing',
    body: Type.Object({ rule: PriceRule }, { additionalProperties: false }),
    answer: PricePreviewShape,
    idempotent: false,
    read: (db, { body }, { now }) => preview(db, body.rule, now),
  }),
  'POST /v1/till/members/:member_id/prices': route({
    permission: 'till:use',
    summary: 'What products cost this member now, what they save, and why; changes nothing',
    params: MemberParams,
    body: PricesBody,
    answer: Type.Object({ data: Type.Array(PricedShape) }),
    idempotent: false,
    read: async (db, { params, body }, { now }) => {
      await memberExists(db, params.member_id)
      const { lines, has_coupon = false } = body
      return { data: await prices.pricesFor(db, { ...params, lines, has_coupon, at: now }) }
    },
  }),
} satisfies RouteTable

export const routes = { ...definitions, ...members, ...till, ...priced } satisfies RouteTable
