/** Doors of what goes beyond ringing up: late receipts, points by hand, approvals, alarms, no network. */
import { Type } from 'typebox'
import { Day, Instant, route, Uuid, type Context, type RouteTable } from '../../../base/routes.ts'
import { storesWithin } from '../../../record/stores/stores.ts'
import * as cards from '../../../value/cards/cards.ts'
import { Booked } from '../../../value/cards/types.ts'
import * as points from '../../../value/points/points.ts'
import * as tiers from '../../../value/tiers/tiers.ts'
import { alarms, settleAlarm } from './alarms.ts'
import { approvals, approve, insistOnCode } from './approvals.ts'
import { daysOf, givenRows } from './days.ts'
import { entriesOf } from './entries.ts'
import { givePoints } from './giving.ts'
import { offlineReceipts, settleOffline } from './offline.ts'
import { askApproval, askedOf, decideRequest, openRequests } from './requests.ts'
import { addReceipt, findReceipts, moveReceipt } from './receipts.ts'
import { setReceiptsSource, sourcesOf, tillStores } from './registers.ts'
import { insistOnStoreCode, rulesOf, setRules, type Clerk } from './settings.ts'
import { topUp } from './topping-up.ts'
import {
  AlarmShape,
  ApprovalAsked,
  ApprovalQuery,
  ApprovalRequestRow,
  ApprovalRow,
  ApprovalShape,
  AtWorkShape,
  DayRow,
  DaysQuery,
  EntriesQuery,
  EntryRow,
  FoundReceipt,
  GivenRow,
  GivenShape,
  MoveBody,
  NewApprovalRequest,
  NewReceipt,
  OfflineOutcome,
  OfflineRow,
  OfflineSettleBody,
  OfflineStatus,
  PointsBody,
  SettleBody,
  TillRules,
  TillStoreBody,
  TillStoreShape,
  TopUpBody,
} from './types.ts'

const may = ({ permissions }: Context, word: string) => permissions.has('*') || permissions.has(word)
export const clerkOf = (context: Context): Clerk => ({
  actor: context.actor,
  manages: may(context, 'till:manage'),
})

/** A manager's code is looked at before the act begins. */
export const codeFirst = ({ query }: { query: { approval?: string } }, context: Context) =>
  insistOnCode(context.db, clerkOf(context), query.approval)

/** The clerk, and the manager's code. */
export const actOf = (context: Context, approval: string | undefined) => ({ clerk: clerkOf(context), approval })

const clerks = {
  'GET /v1/till/work': route({
    permission: 'till:use',
    summary: 'What the owner allows at the counter, and the stores where the caller works',
    answer: AtWorkShape,
    read: async (db, _input, context) => {
      const [rules, stores, laws, sold] = await Promise.all([
        rulesOf(db),
        tillStores(db, context.actor),
        points.spendRulesOf(db),
        cards.soldAt(db, context.now),
      ])
      const pays = tiers.ruleAt(laws, context.now)?.rule ?? null
      return { rules, stores, manages: clerkOf(context).manages, pays, cards: sold }
    },
  }),
  'GET /v1/till/receipts': route({
    permission: 'till:use',
    summary: 'Receipts of this number at a store: whose they are, and why they cannot be given to another member',
    query: Type.Object({ number: Type.String({ maxLength: 150 }), store: Type.String({ maxLength: 100 }) }),
    answer: Type.Object({ data: Type.Array(FoundReceipt) }),
    read: async (db, { query }, context) => {
      await insistOnStoreCode(db, context.actor, [query.store])
      const isOpen = may(context, 'members:read')
      return { data: await findReceipts(db, { ...query, number: query.number.trim() }, isOpen) }
    },
  }),
  'POST /v1/till/receipts': route({
    permission: 'till:use',
    summary: 'Adds a receipt for a member after the purchase, once by its number; one of nobody’s is claimed',
    query: ApprovalQuery,
    body: NewReceipt,
    answer: GivenShape,
    status: 201,
    before: codeFirst,
    write: async (tx, { body, query }, context) => addReceipt(tx, body, actOf(context, query.approval)),
  }),
  'POST /v1/till/receipts/:order_id/move': route({
    permission: 'till:use',
    summary: 'Moves a receipt to the right member, with everything it gave',
    params: Type.Object({ order_id: Uuid }),
    query: ApprovalQuery,
    body: MoveBody,
    answer: GivenShape,
    status: 201,
    before: codeFirst,
    write: async (tx, { params, body, query }, context) =>
      moveReceipt(tx, { ...params, ...body }, actOf(context, query.approval)),
  }),
  'POST /v1/till/members/:member_id/points': route({
    permission: 'till:use',
    summary: 'Gives points by hand, with a reason, within the clerk’s day',
    params: Type.Object({ member_id: Uuid }),
    query: ApprovalQuery,
    body: PointsBody,
    answer: Type.Object({ points: Type.Integer(), available: Type.Integer() }),
    status: 201,
    before: codeFirst,
    write: async (tx, { params, body, query }, context) =>
      givePoints(tx, { ...params, ...body, store_id: body.store_id ?? null }, actOf(context, query.approval)),
  }),
  'POST /v1/till/approval-requests': route({
    permission: 'till:use',
    summary: 'Asks a manager to allow one act beyond the day’s limit; it stands on their counter for three minutes',
    body: NewApprovalRequest,
    answer: Type.Object({ request_id: Uuid, expires_at: Instant }),
    status: 201,
    write: (tx, { body }) => askApproval(tx, body),
  }),
  'GET /v1/till/approval-requests/:request_id': route({
    permission: 'till:use',
    summary: 'What became of one’s own request; its id is the `approval` of the act once it is allowed',
    params: Type.Object({ request_id: Uuid }),
    answer: ApprovalAsked,
    read: (db, { params }, { actor }) => askedOf(db, actor, params.request_id),
  }),
  'POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups': route({
    permission: 'till:use',
    summary: 'Money is paid in, or sessions are bought; the same source_id is the same payment, once for ever',
    params: Type.Object({ member_id: Uuid, card_definition_id: Uuid }),
    query: ApprovalQuery,
    body: TopUpBody,
    answer: Booked,
    status: 201,
    before: codeFirst,
    write: async (tx, { params, body, query }, context) =>
      topUp(tx, { ...params, ...body }, actOf(context, query.approval)),
  }),
} satisfies RouteTable

const ReceiptNumber = Type.Object({
  source: Type.String({ maxLength: 60 }),
  source_id: Type.String({ maxLength: 200 }),
})

const managers = {
  'GET /v1/admin/till-rules': route({
    permission: 'till:manage',
    summary: 'What the owner allows at the counter',
    answer: TillRules,
    read: (db) => rulesOf(db),
  }),
  'PUT /v1/admin/till-rules': route({
    permission: 'program:write',
    summary: 'Sets what is allowed at the counter',
    body: TillRules,
    answer: TillRules,
    write: (tx, { body }) => setRules(tx, body),
  }),
  'GET /v1/admin/till-stores': route({
    permission: 'till:manage',
    summary: 'From which source the receipts of each store’s register come, and the sources that are known',
    answer: Type.Object({ data: Type.Array(TillStoreShape), sources: Type.Array(Type.String()) }),
    read: async (db) => ({ data: await tillStores(db, null), sources: await sourcesOf(db) }),
  }),
  'PUT /v1/admin/till-stores/:store_id': route({
    permission: 'program:write',
    summary: 'Receipts of this store come from that source: those added by hand are booked under it, once for ever',
    params: Type.Object({ store_id: Uuid }),
    body: TillStoreBody,
    answer: Type.Object({ data: Type.Array(TillStoreShape) }),
    write: async (tx, { params, body }) => {
      await setReceiptsSource(tx, params.store_id, body.receipts_source)
      return { data: await tillStores(tx, null) }
    },
  }),
  'GET /v1/admin/till-approvals': route({
    permission: 'till:manage',
    summary: 'The newest approval codes, and what they were used for',
    answer: Type.Object({ data: Type.Array(ApprovalRow) }),
    read: async (db) => ({ data: await approvals(db) }),
  }),
  'POST /v1/admin/till-approvals': route({
    permission: 'till:manage',
    summary: 'Makes a code that allows one act beyond a clerk’s limit; it is shown this once',
    answer: ApprovalShape,
    status: 201,
    idempotent: false,
    write: (tx) => approve(tx),
  }),
  'GET /v1/admin/till-approval-requests': route({
    permission: 'till:manage',
    summary: 'What clerks ask for at this moment; cheap enough to ask every second or two',
    answer: Type.Object({ data: Type.Array(ApprovalRequestRow) }),
    read: async (db, _input, { actor, now }) => ({
      data: await openRequests(db, { actor, now, store_ids: await storesWithin(db, actor, undefined) }),
    }),
  }),
  'POST /v1/admin/till-approval-requests/:request_id/decision': route({
    permission: 'till:manage',
    summary: 'Allows what a clerk asked for, or not',
    params: Type.Object({ request_id: Uuid }),
    body: Type.Object({ allow: Type.Boolean() }, { additionalProperties: false }),
    answer: ApprovalAsked,
    write: (tx, { params, body }) => decideRequest(tx, params.request_id, body.allow),
  }),
  'GET /v1/admin/till-alarms': route({
    permission: 'till:manage',
    summary: 'What a manager should look at: cards that earn too often, codes shown again, codes that were none',
    query: Type.Object({
      is_open: Type.Optional(Type.Boolean()),
      store_id: Type.Optional(Uuid),
      from: Type.Optional(Day),
      to: Type.Optional(Day),
    }),
    answer: Type.Object({ data: Type.Array(AlarmShape) }),
    read: async (db, { query: { store_id, ...query } }, { actor }) => ({
      data: await alarms(db, { ...query, store_ids: await storesWithin(db, actor, store_id) }),
    }),
  }),
  'POST /v1/admin/till-alarms/:alarm_id/settle': route({
    permission: 'till:manage',
    summary: 'Somebody has looked, and says what it was',
    params: Type.Object({ alarm_id: Uuid }),
    body: SettleBody,
    answer: Type.Object({ data: Type.Array(AlarmShape) }),
    write: async (tx, { params, body }) => {
      await settleAlarm(tx, params.alarm_id, body.note)
      return { data: await alarms(tx, { is_open: true, store_ids: await storesWithin(tx, tx.actor, undefined) }) }
    },
  }),
  'GET /v1/admin/till-offline-receipts': route({
    permission: 'till:manage',
    summary: 'Receipts that were taken without a network, with both times; open ones wait for a manager',
    query: Type.Object({ status: Type.Optional(OfflineStatus), store_id: Type.Optional(Uuid) }),
    answer: Type.Object({ data: Type.Array(OfflineRow) }),
    read: async (db, { query: { store_id, ...query } }, { actor }) => ({
      data: await offlineReceipts(db, { ...query, store_ids: await storesWithin(db, actor, store_id) }),
    }),
  }),
  'POST /v1/admin/till-offline-receipts/:source/:source_id/settle': route({
    permission: 'till:manage',
    summary: 'Takes an open receipt after all, or puts it away; with a reason',
    params: ReceiptNumber,
    body: OfflineSettleBody,
    answer: OfflineOutcome,
    write: (tx, { params, body }) => settleOffline(tx, { ...params, ...body }),
  }),
  'GET /v1/admin/till-days': route({
    permission: 'till:manage',
    summary: 'By day, store and person: sales, joining, privileges, points and receipts by hand, refunds, alarms',
    query: DaysQuery,
    answer: Type.Object({ data: Type.Array(DayRow) }),
    read: async (db, { query: { store_id, ...query } }, { actor }) => ({
      data: await daysOf(db, { ...query, store_ids: await storesWithin(db, actor, store_id) }),
    }),
  }),
  'GET /v1/admin/till-entries': route({
    permission: 'till:manage',
    summary: 'Behind a number of the day: receipts, people who joined, uses of privileges, refunds; 500 at most',
    query: EntriesQuery,
    answer: Type.Object({ data: Type.Array(EntryRow) }),
    read: async (db, { query: { store_id, ...query } }, { actor }) => ({
      data: await entriesOf(db, { ...query, store_ids: await storesWithin(db, actor, store_id) }),
    }),
  }),
  'GET /v1/admin/till-given': route({
    permission: 'till:manage',
    summary: 'Receipts and points that clerks gave by hand, with reasons and who approved',
    query: Type.Object({
      ...DaysQuery.properties,
      kind: Type.Optional(Type.Union([Type.Literal('receipts'), Type.Literal('points')])),
    }),
    answer: Type.Object({ data: Type.Array(GivenRow) }),
    read: async (db, { query: { store_id, ...query } }, { actor }) => ({
      data: await givenRows(db, { ...query, store_ids: await storesWithin(db, actor, store_id) }),
    }),
  }),
} satisfies RouteTable

export const routes = { ...clerks, ...managers } satisfies RouteTable
