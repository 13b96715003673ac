/** The till's doors, for shop systems and clerks. */
import { Type } from 'typebox'
import type { Tx } from '../../base/db.ts'
import { alone } from '../../base/gather.ts'
import { route, Uuid, type Context, type Guards, type RouteTable } from '../../base/routes.ts'
import { RefundBody } from '../../record/orders/types.ts'
import { TillQuery } from '../../record/stores/types.ts'
import { countAct } from './clerks/limits.ts'
import { insistOnPresent } from './clerks/presence.ts'
import { actOf, codeFirst, routes as clerks } from './clerks/routes.ts'
import { insistOnRecent, insistOnStoreCode, insistOnStoreOf, insistOnStoreOfNumber } from './clerks/settings.ts'
import { ApprovalQuery } from './clerks/types.ts'
import * as counter from './counter.ts'
import { look, memberAtTill } from './looking.ts'
import {
  AtTillShape,
  HoldBody,
  HoldShape,
  QuoteBody,
  QuoteShape,
  ReturnShape,
  SaleBody,
  SaleShape,
  SeenShape,
  type Return,
} from './types.ts'

const HoldParams = Type.Object({ hold_id: Uuid })

/** Names and notes are open to who may read members; others recognise a person by a mask. */
const seesAll = ({ permissions }: Context) => permissions.has('*') || permissions.has('members:read')

/** Who works elsewhere rings up nothing here: one of a set fails it, and each is tried alone. */
async function atTheirStore<Result>(
  tx: Tx,
  bodies: readonly HoldBody[],
  act: (tx: Tx, bodies: readonly HoldBody[]) => Promise<Result>,
): Promise<Result> {
  await insistOnStoreCode(
    tx,
    tx.actor,
    bodies.map(({ store }) => store),
  )
  await insistOnRecent(tx, bodies)
  return act(tx, bodies)
}

/** The same for holds, which bear the store they were made for. */
async function ofTheirStore<Result>(
  tx: Tx,
  hold_ids: readonly string[],
  act: (tx: Tx, hold_ids: readonly string[]) => Promise<Result>,
): Promise<Result> {
  await insistOnStoreCode(tx, tx.actor, await counter.storesOfHolds(tx, hold_ids))
  return act(tx, hold_ids)
}

/** Money that went back now counts against the day of who gave it. */
async function counted(tx: Tx, gone: Return, act: ReturnType<typeof actOf>): Promise<Return> {
  const amount = gone.outcome === 'unchanged' ? 0 : gone.money_minor
  await countAct(tx, { kind: 'refunds', amount, ...act })
  return gone
}

const looks = {
  'GET /v1/till/members': route({
    permission: 'till:use',
    summary: 'Who may be meant by a phone, its end, a name, pinyin, card or number: the best hits, phones masked',
    query: Type.Object({ search: Type.String({ maxLength: 200 }) }),
    answer: Type.Object({ data: Type.Array(SeenShape) }),
    read: async (db, { query }, context) => ({ data: await look(db, query.search, seesAll(context)) }),
  }),
  'GET /v1/till/members/:member_id': route({
    permission: 'till:use',
    summary: 'A member at the till: the usual, birthday, notes, points, tier, and all they may claim now',
    params: Type.Object({ member_id: Uuid }),
    query: TillQuery,
    answer: AtTillShape,
    read: (db, { params, query }, context) =>
      memberAtTill(db, params.member_id, {
        isOpen: seesAll(context),
        actor: context.actor,
        till: query.till ?? null,
      }),
  }),
} satisfies RouteTable

const sales = {
  'POST /v1/till/quotes': route({
    permission: 'till:use',
    summary: 'What a purchase would come to: discounts, points and what it earns, with every reason; changes nothing',
    body: QuoteBody,
    answer: QuoteShape,
    idempotent: false,
    read: async (db, { body }) => (await counter.quote(db, [body]))[0]!,
    read_together: (db, inputs) =>
      counter.quote(
        db,
        inputs.map(({ body }) => body),
      ),
  }),
  'POST /v1/till/holds': route({
    permission: 'till:use',
    summary: 'Sets the quoted points and coupons aside for a few minutes, under the receipt’s number',
    body: HoldBody,
    answer: HoldShape,
    status: 201,
    write: async (tx, { body }) => alone(await atTheirStore(tx, [body], counter.hold)),
    together: (tx, inputs) =>
      atTheirStore(
        tx,
        inputs.map(({ body }) => body),
        counter.hold,
      ),
  }),
  'POST /v1/till/holds/:hold_id/commit': route({
    permission: 'till:use',
    summary: 'The purchase happened: writes the order, spends the points, redeems the coupons',
    params: HoldParams,
    answer: SaleShape,
    write: async (tx, { params }) => alone(await ofTheirStore(tx, [params.hold_id], counter.commit)),
    together: (tx, inputs) =>
      ofTheirStore(
        tx,
        inputs.map(({ params }) => params.hold_id),
        counter.commit,
      ),
  }),
  'POST /v1/till/holds/:hold_id/release': route({
    permission: 'till:use',
    summary: 'The purchase did not happen: frees what was set aside',
    params: HoldParams,
    answer: HoldShape,
    write: async (tx, { params }) => alone(await ofTheirStore(tx, [params.hold_id], counter.release)),
    together: (tx, inputs) =>
      ofTheirStore(
        tx,
        inputs.map(({ params }) => params.hold_id),
        counter.release,
      ),
  }),
  'POST /v1/till/orders': route({
    permission: 'till:use',
    summary: 'A finished receipt: the same as holding and committing at once',
    body: SaleBody,
    answer: SaleShape,
    status: 201,
    write: async (tx, { body }) => alone(await atTheirStore(tx, [body], counter.sell)),
    together: (tx, inputs) =>
      atTheirStore(
        tx,
        inputs.map(({ body }) => body),
        counter.sell,
      ),
  }),
  'POST /v1/till/refunds': route({
    permission: 'till:use',
    summary: 'Takes goods back by line: returns the points they were paid with, takes back what they earned',
    query: ApprovalQuery,
    body: RefundBody,
    answer: ReturnShape,
    status: 201,
    before: codeFirst,
    write: async (tx, { body: { create_as: _none, ...wire }, query }, context) => {
      const act = actOf(context, query.approval)
      // goods may come back to another store than they were bought at, but who takes them says to which
      if (wire.store) await insistOnStoreCode(tx, context.actor, [wire.store])
      else if (wire.order) await insistOnStoreOfNumber(tx, context.actor, { source: wire.source, ...wire.order })
      return counted(tx, await counter.refund(tx, wire), act)
    },
  }),
  'POST /v1/till/orders/:order_id/cancellation': route({
    permission: 'till:use',
    summary: 'Takes an order back whole, with its points and coupons',
    params: Type.Object({ order_id: Uuid }),
    query: ApprovalQuery,
    answer: ReturnShape,
    status: 201,
    before: codeFirst,
    write: async (tx, { params, query }, context) => {
      const act = actOf(context, query.approval)
      await insistOnStoreOf(tx, context.actor, params.order_id)
      return counted(tx, await counter.cancel(tx, params.order_id), act)
    },
  }),
} satisfies RouteTable

/** What doors of lower floors ask here before they take something of a member's. */
export const guards: Guards = {
  presence: (tx, { params, query }) => {
    const { member_id } = params as { member_id: string }
    return insistOnPresent(tx, { member_id, till: (query as { till?: string }).till ?? null })
  },
}

export const routes = { ...looks, ...sales, ...clerks } satisfies RouteTable
