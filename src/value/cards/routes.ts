/** Cards: what kinds there are, what members have of them, and what the till does with them. */
import { Type } from 'typebox'
import type { Reader, Tx } from '../../base/db.ts'
import { uuidv7 } from '../../base/ids.ts'
import { Page, pageOf, PageQuery, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { addMs } from '../../base/time.ts'
import { VersionParams } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { audit } from '../../record/staff/staff.ts'
import { TillQuery } from '../../record/stores/types.ts'
import { memberExists } from '../points/points.ts'
import * as cards from './cards.ts'
import { preview } from './previews.ts'
import * as queries from './queries.ts'
import {
  Booked,
  CardBalanceShape,
  CardDefinitionChanges,
  CardDefinitionShape,
  CardEntryShape,
  CardHolderShape,
  CardPreviewShape,
  CardRoundShape,
  CardVersionShape,
  NewCardDefinition,
  StampRule,
  type CardOutcome,
} from './types.ts'

const strict = { additionalProperties: false }
const DefinitionParams = Type.Object({ card_definition_id: Uuid })
const MemberParams = Type.Object({ member_id: Uuid })
const CardParams = Type.Object({ member_id: Uuid, card_definition_id: Uuid })
const HoldParams = Type.Object({ ...CardParams.properties, source_id: Type.String({ minLength: 1, maxLength: 200 }) })
const Amount = Type.Integer({ minimum: 1, maximum: amount_minor_max })
const SourceId = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
const Reason = Type.String({ minLength: 1, maxLength: 200 })
/** Rows of a page unless asked otherwise: what a screen shows. */
const pageSize = 25
/** Filled cards beside a list: the newest. */
const roundsShown = 10
/** What is set aside frees itself after so long unless said: as long as a customer stands at a till. */
const hold_seconds = 600
const hold_seconds_max = 3_600
const SpendBody = Type.Object({ units: Amount, source_id: SourceId }, strict)
/** One outcome as an answer: refused ones are errors. */
async function answered(tx: Tx, of: { member_id: string; card_definition_id: string }, outcome: CardOutcome) {
  const { entry_id = null, units = 0, paid_minor = 0 } = cards.insist(outcome)
  const card = (await queries.balancesOf(tx, [of.member_id], tx.now)).find(
    (one) => one.card_definition_id === of.card_definition_id,
  )
  return { entry_id, units, paid_minor, card: card! }
}

async function noted(tx: Tx, action: string, member_id: string, after: Record<string, unknown>) {
  await audit(tx, [{ action, noun: 'members', noun_id: member_id, after }])
}

const definitions = {
  'GET /v1/admin/cards': route({
    permission: 'cards:read',
    summary: 'Every kind of card, with how many members have it and what is owed on it',
    answer: Type.Object({ data: Type.Array(CardDefinitionShape) }),
    read: async (db, _input, { now }) => ({ data: await queries.listed(db, now) }),
  }),
  'POST /v1/admin/cards': route({
    permission: 'cards:write',
    summary: 'Makes a kind of card: stamps, stored value or prepaid sessions; in force from now on',
    body: NewCardDefinition,
    answer: CardDefinitionShape,
    status: 201,
    write: async (tx, { body }) => queries.definitionOf(tx, await cards.define(tx, body), tx.now),
  }),
  'POST /v1/admin/cards/previews': route({
    permission: 'cards:read',
    summary: 'What a stamp card would have stamped and given in the last 30 days; ten seconds at most',
    body: Type.Object({ rule: StampRule }, strict),
    answer: CardPreviewShape,
    idempotent: false,
    read: (_db, { body }, { db, now, signal }) => preview(db, body.rule, { now, signal }),
  }),
  'GET /v1/admin/cards/:card_definition_id': route({
    permission: 'cards:read',
    summary: 'One kind of card, its versions newest first, and the cards filled last',
    params: DefinitionParams,
    answer: Type.Object({
      ...CardDefinitionShape.properties,
      versions: Type.Array(CardVersionShape),
      filled: Type.Array(CardRoundShape),
    }),
    read: async (db, { params: { card_definition_id } }, { now }) => ({
      ...(await queries.definitionOf(db, card_definition_id, now)),
      versions: await queries.versionsOf(db, card_definition_id, now),
      filled: await queries.roundsOf(db, { card_definition_id }, roundsShown),
    }),
  }),
  'PATCH /v1/admin/cards/:card_definition_id': route({
    permission: 'cards:write',
    summary: 'Changes names and state at once, the rule by a new version from now or a later moment on',
    params: DefinitionParams,
    body: CardDefinitionChanges,
    answer: CardDefinitionShape,
    write: async (tx, { params: { card_definition_id }, body }) => {
      await cards.change(tx, card_definition_id, body)
      return queries.definitionOf(tx, card_definition_id, tx.now)
    },
  }),
  'POST /v1/admin/cards/:card_definition_id/versions/:version/call-off': route({
    permission: 'cards:write',
    summary: 'Calls off a version of the rule that has not begun: it never holds; again changes nothing',
    params: Type.Object({ ...DefinitionParams.properties, ...VersionParams.properties }),
    answer: CardDefinitionShape,
    write: async (tx, { params: { card_definition_id, version } }) => {
      await cards.callOff(tx, card_definition_id, version)
      return queries.definitionOf(tx, card_definition_id, tx.now)
    },
  }),
  'GET /v1/admin/cards/:card_definition_id/members': route({
    permission: 'cards:read',
    summary: 'Who has such a card, last used first',
    params: DefinitionParams,
    query: Type.Object(PageQuery),
    answer: Page(CardHolderShape),
    read: async (db, { params, query }) => {
      const limit = query.limit ?? pageSize
      const [updated_at, member_id] = readCursor(query.cursor) ?? []
      const before =
        typeof updated_at === 'string' && typeof member_id === 'string' ? { updated_at, member_id } : null
      const rows = await queries.holdersOf(db, params.card_definition_id, { before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.updated_at.toISOString(), row.member_id])
    },
  }),
} satisfies RouteTable

const held = async (db: Reader, member_id: string, now: Date) => {
  await memberExists(db, member_id)
  return queries.balancesOf(db, [member_id], now)
}

const members = {
  'GET /v1/admin/members/:member_id/cards': route({
    permission: 'cards:read',
    summary: 'A member’s cards, what happened to them, and the ones filled last',
    params: MemberParams,
    query: Type.Object({ ...PageQuery, card_definition_id: Type.Optional(Uuid) }),
    answer: Type.Object({
      cards: Type.Array(CardBalanceShape),
      filled: Type.Array(CardRoundShape),
      ...Page(CardEntryShape).properties,
    }),
    read: async (db, { params: { member_id }, query }, { now }) => {
      const limit = query.limit ?? pageSize
      const [before] = readCursor(query.cursor) ?? []
      const of = { member_id, card_definition_id: query.card_definition_id }
      const page = { before: typeof before === 'number' ? before : null, limit: limit + 1 }
      const owned = await held(db, member_id, now)
      const rows = await queries.entriesOf(db, of, page)
      const filled = await queries.roundsOf(db, { member_id }, roundsShown)
      return { cards: owned, filled, ...pageOf(rows, limit, (row) => [row.entry_id]) }
    },
  }),
  'POST /v1/admin/members/:member_id/cards': route({
    permission: 'cards:write',
    summary: 'Opens a card for a member; one that is there stays',
    params: MemberParams,
    body: Type.Object({ card_definition_id: Uuid }, strict),
    answer: CardBalanceShape,
    status: 201,
    write: async (tx, { params, body }) => {
      const of = { ...params, ...body }
      const [outcome] = await cards.issue(tx, [of])
      return (await answered(tx, of, outcome!)).card
    },
  }),
  'POST /v1/admin/members/:member_id/cards/:card_definition_id/adjustments': route({
    permission: 'cards:write',
    summary: 'Gives or takes stamps, value or uses by hand, with a reason',
    params: CardParams,
    body: Type.Object(
      {
        units: Type.Integer({ minimum: -amount_minor_max, maximum: amount_minor_max, not: { const: 0 } }),
        reason: Reason,
      },
      strict,
    ),
    answer: Booked,
    status: 201,
    write: async (tx, { params, body }) => {
      const act = { ...params, ...body, source: 'adjustment', source_id: uuidv7(tx.now) }
      const booked = await answered(tx, params, (await cards.adjust(tx, [act]))[0]!)
      await noted(tx, 'card.adjusted', params.member_id, { ...body, reason: undefined, entry_id: booked.entry_id })
      return booked
    },
  }),
  'POST /v1/admin/members/:member_id/cards/:card_definition_id/refund': route({
    permission: 'cards:write',
    summary: 'Takes what is left off the card; `paid_minor`, negative, is what goes back. Ask with dry_run first',
    params: CardParams,
    body: Type.Object({ reason: Reason, source_id: SourceId }, strict),
    answer: Type.Object({ ...Booked.properties, why: CardEntryShape.properties.why }),
    status: 201,
    write: async (tx, { params, body: { reason, source_id = uuidv7(tx.now) } }) => {
      const [outcome] = await cards.refund(tx, [{ ...params, reason, source: 'refund', source_id }])
      const booked = await answered(tx, params, outcome!)
      const { entry_id, units, paid_minor } = booked
      const after = { card_definition_id: params.card_definition_id, entry_id, units, paid_minor }
      await noted(tx, 'card.refunded', params.member_id, after)
      const entries = await queries.entriesOf(tx, params, { before: entry_id! + 1, limit: 1 })
      return { ...booked, why: entries[0]!.why }
    },
  }),
} satisfies RouteTable

const till = {
  'GET /v1/till/members/:member_id/cards': route({
    permission: 'till:use',
    or_permission: 'cards:read',
    summary: 'A member’s cards and what can be used of them',
    params: MemberParams,
    answer: Type.Object({ data: Type.Array(CardBalanceShape) }),
    read: async (db, { params }, { now }) => ({ data: await held(db, params.member_id, now) }),
  }),
  'POST /v1/till/members/:member_id/cards/:card_definition_id/uses': route({
    permission: 'till:use',
    summary: 'Spends value or uses a session; the same source_id is the same use, once for ever',
    params: CardParams,
    query: TillQuery,
    guard: { name: 'presence' },
    body: SpendBody,
    answer: Booked,
    status: 201,
    write: async (tx, { params, body: { units, source_id = uuidv7(tx.now) } }) => {
      const [outcome] = await cards.spend(tx, [{ ...params, units, source: 'till', source_id }])
      return answered(tx, params, outcome!)
    },
  }),
  'POST /v1/till/members/:member_id/cards/:card_definition_id/uses/:source_id/undo': route({
    permission: 'till:use',
    summary: 'Gives a use back to the card, whole or in part',
    params: HoldParams,
    body: Type.Object({ units: Type.Optional(Amount), undo_id: SourceId }, strict),
    answer: Booked,
    write: async (tx, { params: { source_id: spend_source_id, ...of }, body }) => {
      const source_id = body.undo_id ?? uuidv7(tx.now)
      const act = { ...of, units: body.units, spend_source: 'till', spend_source_id, source: 'undo', source_id }
      return answered(tx, of, (await cards.restore(tx, [act]))[0]!)
    },
  }),
  'POST /v1/till/members/:member_id/cards/:card_definition_id/holds': route({
    permission: 'till:use',
    summary: 'Sets value or uses aside for a purchase under way; frees itself at its time',
    params: CardParams,
    query: TillQuery,
    guard: { name: 'presence' },
    body: Type.Object(
      {
        units: Amount,
        source_id: Type.String({ minLength: 1, maxLength: 200 }),
        seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: hold_seconds_max })),
      },
      strict,
    ),
    answer: Booked,
    status: 201,
    write: async (tx, { params, body: { seconds = hold_seconds, ...body } }) => {
      const act = { ...params, ...body, source: 'till', expires_at: addMs(tx.now, seconds * 1_000) }
      return answered(tx, params, (await cards.hold(tx, [act]))[0]!)
    },
  }),
  'POST /v1/till/members/:member_id/cards/:card_definition_id/holds/:source_id/commit': route({
    permission: 'till:use',
    summary: 'Spends what was set aside',
    params: HoldParams,
    answer: Booked,
    write: async (tx, { params }) =>
      answered(tx, params, (await cards.commitHold(tx, [{ ...params, source: 'till' }]))[0]!),
  }),
  'POST /v1/till/members/:member_id/cards/:card_definition_id/holds/:source_id/release': route({
    permission: 'till:use',
    summary: 'Lets go of what was set aside',
    params: HoldParams,
    answer: Booked,
    write: async (tx, { params }) =>
      answered(tx, params, (await cards.releaseHold(tx, [{ ...params, source: 'till' }]))[0]!),
  }),
} satisfies RouteTable

export const routes = { ...definitions, ...members, ...till } satisfies RouteTable
