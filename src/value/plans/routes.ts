import { Type } from 'typebox'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import {
  Day,
  Minor,
  Nullable,
  Page,
  pageOf,
  PageQuery,
  readCursor,
  route,
  Uuid,
  type RouteTable,
} from '../../base/routes.ts'
import { dayOf } from '../../base/time.ts'
import { VersionParams } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import * as program from '../../record/program/program.ts'
import { audit } from '../../record/staff/staff.ts'
import { memberExists } from '../points/points.ts'
import { cancelAgreement, sign } from './agreements/agreements.ts'
import * as plans from './plans.ts'
import { preview } from './previews.ts'
import * as queries from './queries.ts'
import { AgreementShape, NewAgreement } from './agreements/types.ts'
import {
  days_given_max,
  EntryShape,
  NewPlan,
  NewVersion,
  PlanChanges,
  PlanDesign,
  PlanShape,
  PlanState,
  QuoteShape,
  SavingShape,
  SubscriptionShape,
  VersionShape,
  WhyShape,
  type Want,
} from './types.ts'

const PlanParams = Type.Object({ plan_id: Uuid })
const MemberParams = Type.Object({ member_id: Uuid })
const HeldParams = Type.Object({ member_id: Uuid, subscription_id: Uuid })
const AgreementParams = Type.Object({ member_id: Uuid, agreement_id: Uuid })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 50
const Amount = Type.Integer({ minimum: 0, maximum: amount_minor_max })
/** Names what is done for ever: a payment's number, a click. Given by the program unless said. */
const cause = {
  source: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
  source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  note: Type.Optional(Type.String({ maxLength: 500 })),
}
const closed = { additionalProperties: false }

const MemberPlans = Type.Object({
  subscriptions: Type.Array(SubscriptionShape),
  entries: Type.Array(EntryShape),
  offers: Type.Array(QuoteShape),
  saved: Type.Array(Type.Object({ subscription_id: Uuid, saving: SavingShape })),
})
const Outcome = Type.Object({
  subscription_id: Uuid,
  /** Paid above zero, given back below. */
  amount_minor: Minor,
  why: WhyShape,
  unchanged: Type.Boolean(),
  subscription: SubscriptionShape,
})

async function today(db: Reader, now: Date): Promise<string> {
  const { time_zone } = await program.current(db)
  return dayOf(now, time_zone)
}

async function shown(db: Reader, now: Date, plan_id: string): Promise<queries.ListedPlan> {
  const [found] = await queries.listed(db, now, plan_id)
  if (!found) throw new AppError('plan.not_found', { plan_id })
  return found
}

const definitions = {
  'GET /v1/admin/plans': route({
    permission: 'plans:read',
    summary: 'Every plan, newest first, with its subscribers and their money',
    answer: Type.Object({ data: Type.Array(PlanShape) }),
    read: async (db, _input, { now }) => ({ data: await queries.listed(db, now) }),
  }),
  'POST /v1/admin/plans': route({
    permission: 'plans:write',
    summary: 'Makes a plan: period, prices by condition, trial, grace, refund, and what it gives',
    body: NewPlan,
    answer: PlanShape,
    status: 201,
    write: async (tx, { body }) => shown(tx, tx.now, await plans.create(tx, body as never)),
  }),
  'GET /v1/admin/plans/:plan_id': route({
    permission: 'plans:read',
    summary: 'One plan with the design in force',
    params: PlanParams,
    answer: PlanShape,
    read: (db, { params }, { now }) => shown(db, now, params.plan_id),
  }),
  'PATCH /v1/admin/plans/:plan_id': route({
    permission: 'plans:write',
    summary: 'Renames a plan, stops selling it or sells it again; what members hold goes on',
    params: PlanParams,
    body: PlanChanges,
    answer: PlanShape,
    write: async (tx, { params, body }) => {
      await plans.change(tx, params.plan_id, body)
      return shown(tx, tx.now, params.plan_id)
    },
  }),
  'GET /v1/admin/plans/:plan_id/versions': route({
    permission: 'plans:read',
    summary: 'All versions of a plan, newest first',
    params: PlanParams,
    answer: Type.Object({ data: Type.Array(VersionShape) }),
    read: async (db, { params }, { now }) => ({ data: await queries.versions(db, now, params.plan_id) }),
  }),
  'POST /v1/admin/plans/:plan_id/versions': route({
    permission: 'plans:write',
    summary: 'Adds a version, from now or later on, for what is started or renewed from then on',
    params: PlanParams,
    body: NewVersion,
    answer: VersionShape,
    status: 201,
    write: async (tx, { params, body }) => {
      const { design, note, effective_from } = body
      const version = await plans.addVersion(tx, params.plan_id, {
        design: design as never,
        note,
        effective_from: effective_from ? new Date(effective_from) : undefined,
      })
      return (await queries.versions(tx, tx.now, params.plan_id)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/plans/:plan_id/versions/:version/call-off': route({
    permission: 'plans:write',
    summary: 'Calls off a version that has not begun: it never holds; again changes nothing',
    params: Type.Object({ ...PlanParams.properties, ...VersionParams.properties }),
    answer: VersionShape,
    write: async (tx, { params: { plan_id, version } }) => {
      await plans.callOff(tx, plan_id, version)
      return (await queries.versions(tx, tx.now, plan_id)).find((one) => one.version === version)!
    },
  }),
  'POST /v1/admin/plans/previews': route({
    permission: 'plans:read',
    summary: 'How many members would pay what with this design, and what they pay now; changes nothing',
    body: Type.Object({ plan_id: Type.Optional(Nullable(Uuid)), design: PlanDesign }, closed),
    answer: Type.Object({
      data: Type.Array(
        Type.Object({
          before_place: Nullable(Type.Integer()),
          after_place: Nullable(Type.Integer()),
          before_minor: Nullable(Minor),
          after_minor: Nullable(Minor),
          members: Type.Integer(),
          subscribers: Type.Integer(),
        }),
      ),
    }),
    idempotent: false,
    read: async (db, { body }, { now, signal }) => {
      const { plan_id = null } = body
      const after = body.design as never
      await plans.insistOn(db, after)
      const before = plan_id === null ? null : (await shown(db, now, plan_id)).design
      return { data: await preview(db, { plan_id, before, after, now, signal }) }
    },
  }),
  'GET /v1/admin/plans/:plan_id/subscriptions': route({
    permission: 'plans:read',
    summary: 'Who holds a plan, newest first',
    params: PlanParams,
    query: Type.Object({ ...PageQuery, state: Type.Optional(PlanState) }),
    answer: Page(SubscriptionShape),
    read: async (db, { params, query }, { now }) => {
      const limit = query.limit ?? pageSize
      const before = readCursor(query.cursor)?.[0]
      const rows = await queries.subscribers(db, await today(db, now), {
        ...params,
        state: query.state,
        before: typeof before === 'string' ? before : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.subscription_id])
    },
  }),
} satisfies RouteTable

type Verb = Want extends infer One ? (One extends Want ? Omit<One, 'source' | 'source_id'> : never) : never
/** What every verb of a member's plan is given. */
interface Said {
  source?: string | undefined
  source_id?: string | undefined
  note?: string | undefined
}

async function done(tx: Tx, verb: Verb, { source = 'console', source_id = uuidv7(tx.now), note }: Said) {
  await memberExists(tx, verb.member_id)
  const outcome = await plans.insist(tx, { ...verb, source, source_id, note } as Want)
  const { subscription_id = '', amount_minor = 0, why } = outcome
  const unchanged = outcome.outcome === 'unchanged'
  const after = { verb: verb.verb, subscription_id, amount_minor }
  if (!unchanged) {
    await audit(tx, [{ action: `plan.${verb.verb}`, noun: 'members', noun_id: verb.member_id, after }])
  }
  const own = await queries.held(tx, await today(tx, tx.now), verb.member_id)
  const subscription = own.find((one) => one.subscription_id === subscription_id)!
  return { subscription_id, amount_minor, why: why!, unchanged, subscription }
}

const inHands = {
  'GET /v1/admin/members/:member_id/plans': route({
    permission: 'plans:read',
    summary: 'The plans a member holds or held, what those on sale cost them and would have saved them',
    params: MemberParams,
    answer: MemberPlans,
    read: async (db, { params }, { now }) => {
      await memberExists(db, params.member_id)
      const subscriptions = await queries.held(db, await today(db, now), params.member_id)
      const [entries, quotes] = await Promise.all([
        queries.entriesOf(db, params.member_id),
        queries.offersFor(db, params.member_id, now, subscriptions),
      ])
      return { subscriptions, entries, ...quotes }
    },
  }),
  'POST /v1/admin/members/:member_id/plans': route({
    permission: 'plans:sell',
    summary: 'Starts a plan: a trial, or with the payment that was made for its first period',
    params: MemberParams,
    body: Type.Object(
      {
        plan_id: Uuid,
        /** What was paid; without it a trial. */
        amount_minor: Type.Optional(Nullable(Amount)),
        auto_renew: Type.Optional(Type.Boolean()),
        ...cause,
      },
      closed,
    ),
    answer: Outcome,
    status: 201,
    write: (tx, { params, body }) => {
      const { plan_id, amount_minor = null, auto_renew = true, ...said } = body
      return done(tx, { verb: 'start', ...params, plan_id, amount_minor, auto_renew }, said)
    },
  }),
  'POST /v1/admin/members/:member_id/plan-days': route({
    permission: 'plans:write',
    summary: 'Gives days of a plan for nothing: behind what is held, or as a subscription that ends with them',
    params: MemberParams,
    body: Type.Object(
      { plan_id: Uuid, days: Type.Integer({ minimum: 1, maximum: days_given_max }), ...cause },
      closed,
    ),
    answer: Outcome,
    status: 201,
    write: (tx, { params, body: { plan_id, days, ...said } }) =>
      done(tx, { verb: 'extend', ...params, plan_id, days }, said),
  }),
  'POST /v1/admin/members/:member_id/plans/:subscription_id/payments': route({
    permission: 'plans:sell',
    summary: 'Reports the payment of the next period; the same source_id is the same payment, once for ever',
    params: HeldParams,
    body: Type.Object({ amount_minor: Amount, ...cause }, closed),
    answer: Outcome,
    status: 201,
    write: (tx, { params, body: { amount_minor, ...said } }) =>
      done(tx, { verb: 'renew', ...params, amount_minor }, said),
  }),
  'POST /v1/admin/members/:member_id/plans/:subscription_id/cancel': route({
    permission: 'plans:sell',
    summary: 'Cancels at the end or at once; answers what goes back and why (?dry_run=true only says it)',
    params: HeldParams,
    body: Type.Object({ when: Type.Enum(['at_end', 'now']), ...cause }, closed),
    answer: Outcome,
    write: (tx, { params, body: { when, ...said } }) => done(tx, { verb: 'cancel', ...params, when }, said),
  }),
  'POST /v1/admin/members/:member_id/plans/:subscription_id/resume': route({
    permission: 'plans:sell',
    summary: 'Takes a cancellation at the end back',
    params: HeldParams,
    body: Type.Object(cause, closed),
    answer: Outcome,
    write: (tx, { params, body }) => done(tx, { verb: 'resume', ...params }, body),
  }),
  'POST /v1/admin/members/:member_id/plans/:subscription_id/refunds': route({
    permission: 'plans:write',
    summary: 'Gives back some of what was paid, by hand',
    params: HeldParams,
    body: Type.Object({ amount_minor: Type.Integer({ minimum: 1, maximum: amount_minor_max }), ...cause }, closed),
    answer: Outcome,
    write: (tx, { params, body: { amount_minor, ...said } }) =>
      done(tx, { verb: 'refund', ...params, amount_minor }, said),
  }),
  'GET /v1/till/members/:member_id/plans': route({
    permission: 'till:use',
    summary: 'Which plans does this member hold today, until when, and from where on is shipping free?',
    params: MemberParams,
    answer: Type.Object({
      data: Type.Array(
        Type.Object({
          plan_id: Uuid,
          plan_names: Type.Record(Type.String(), Type.String()),
          state: PlanState,
          holds_until: Day,
          free_shipping_from_minor: Nullable(Minor),
        }),
      ),
    }),
    read: async (db, { params }, { now }) => {
      await memberExists(db, params.member_id)
      const own = await plans.standingOf(db, params.member_id, await today(db, now))
      return {
        data: own.map(({ plan_id, plan_names, state, holds_until, design }) => ({
          plan_id,
          plan_names,
          state,
          holds_until,
          free_shipping_from_minor: design.free_shipping_from_minor,
        })),
      }
    },
  }),
} satisfies RouteTable

const agreements = {
  'GET /v1/admin/agreements': route({
    permission: 'plans:read',
    summary: 'Every agreement, newest first',
    query: Type.Object(PageQuery),
    answer: Page(AgreementShape),
    read: async (db, { query }) => {
      const limit = query.limit ?? pageSize
      const before = readCursor(query.cursor)?.[0]
      const rows = await queries.agreementsOf(db, {
        member_id: null,
        before: typeof before === 'string' ? before : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.agreement_id])
    },
  }),
  'GET /v1/admin/members/:member_id/agreements': route({
    permission: 'plans:read',
    summary: 'A member’s agreements, newest first',
    params: MemberParams,
    answer: Type.Object({ data: Type.Array(AgreementShape) }),
    read: async (db, { params }) => {
      await memberExists(db, params.member_id)
      return { data: await queries.agreementsOf(db, { ...params, before: null, limit: pageSize }) }
    },
  }),
  'POST /v1/admin/members/:member_id/agreements': route({
    permission: 'plans:write',
    summary: 'Signs an agreement: the price holds at once, orders of its days count',
    params: MemberParams,
    body: NewAgreement,
    answer: AgreementShape,
    status: 201,
    write: async (tx, { params, body }) => {
      const { source_id = uuidv7(tx.now), ...wanted } = body
      const [outcome] = await sign(tx, [{ ...params, ...wanted, source: 'console', source_id }])
      if (outcome!.outcome === 'refused') throw new AppError(outcome!.code!, outcome!.params ?? {})
      const rows = await queries.agreementsOf(tx, { ...params, before: null, limit: pageSize })
      return rows.find((row) => row.agreement_id === outcome!.agreement_id)!
    },
  }),
  'POST /v1/admin/members/:member_id/agreements/:agreement_id/cancel': route({
    permission: 'plans:write',
    summary: 'Ends an agreement before its time: its price ends, nothing is asked back',
    params: AgreementParams,
    body: Type.Object({}, closed),
    answer: AgreementShape,
    write: async (tx, { params }) => {
      await cancelAgreement(tx, params)
      const rows = await queries.agreementsOf(tx, { member_id: params.member_id, before: null, limit: pageSize })
      return rows.find((row) => row.agreement_id === params.agreement_id)!
    },
  }),
} satisfies RouteTable

export const routes = { ...definitions, ...inHands, ...agreements } satisfies RouteTable
