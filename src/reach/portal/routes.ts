/** The member's own doors. Each acts on the member of its session; a staff session or key opens none of them. */
import { Type } from 'typebox'
import { AppError } from '../../base/errors.ts'
import { newToken } from '../../base/ids.ts'
import { Page, PageQuery, pageOf, readCursor, route, Uuid, type Context, type RouteTable } from '../../base/routes.ts'
import * as members from '../../record/members/members.ts'
import * as counter from '../counter/counter.ts'
import { OfflineBody, OfflineOutcome } from '../counter/types.ts'
import { lettersOf } from './letters.ts'
import * as portal from './portal.ts'
import { catalogueOf, historyOf, ownGifts, profileOf, programOf, pulseOf } from './queries.ts'
import {
  AcceptedShape,
  AddressBody,
  AskedShape,
  BindBody,
  BoundShape,
  CatalogueShape,
  CodeBody,
  ConsentBody,
  HistoryShape,
  HomeShape,
  IdentifiedShape,
  IdentifyBody,
  Language,
  LetterShape,
  OfferedPassShape,
  OwnGiftShape,
  OwnPassShape,
  PassBody,
  ProfileBody,
  ProfileShape,
  ProgramShape,
  PulseShape,
  RedeemBody,
  SessionBody,
  SessionShape,
  SpendCodeShape,
  TypedCode,
} from './types.ts'

/** Where members are signed in; scripts cannot read it, and the console's cookie is another. */
export const memberCookie = 'regulars_member'
/** A device that asks for codes, counted; it names nobody. */
const deviceCookie = 'regulars_device'
const device_days = 365
/** Entries on one page of history. */
const page_size = 30
/** Phones of a whole network share an address; codes have limits of their own. */
export const open_per_minute = 600

const Languages = Type.Object({ language: Type.Optional(Language) })
export const Nothing = Type.Object({})

/** Cookies that scripts cannot read, for this program’s API alone. */
export function cookieOptions({ base_url }: Context) {
  const secure = base_url.startsWith('https:')
  return { path: '/v1', httpOnly: true, sameSite: 'lax', secure } as const
}

function askerOf(context: Context): portal.Asker {
  const { ip, reply, now } = context
  const known = reply.request.cookies[deviceCookie]
  const device = known && known.length <= 60 ? known : newToken()
  const expires = new Date(now.getTime() + device_days * 86_400_000)
  void reply.setCookie(deviceCookie, device, { ...cookieOptions(context), expires })
  return { ip, device }
}

/** The browser is the member's from now on. */
export function keepSession(context: Context, session: members.MemberSession): void {
  const options = { ...cookieOptions(context), expires: session.expires_at }
  void context.reply.setCookie(memberCookie, session.token, options)
}

/** The member of this session. */
export function ownId({ actor }: Context): string {
  if (actor.kind !== 'member' || !actor.id) throw new AppError('session.required', {}, { status: 401 })
  return actor.id
}

const ways = {
  'GET /v1/open/portal': route({
    permission: 'open',
    summary: 'Whose portal this is, how one signs in, and what is asked when joining',
    query: Languages,
    answer: ProgramShape,
    open_per_minute_max: open_per_minute,
    read: (db, { query }, { db: whole }) => programOf(whole ?? db, query.language ?? 'en'),
  }),
  'POST /v1/open/portal/codes': route({
    permission: 'open',
    summary: 'Send a sign-in code to an e-mail address or a phone, whether or not anybody is known by it',
    body: CodeBody,
    answer: AskedShape,
    status: 201,
    idempotent: false,
    own_pages: true,
    open_per_minute_max: open_per_minute,
    write: async (tx, { body }, context) => {
      const { code_id, expires_at } = await portal.askSignInCode(tx, body, askerOf(context))
      return { code_id, expires_at }
    },
  }),
  'POST /v1/open/portal/sessions': route({
    permission: 'open',
    summary: 'Sign in by a code; somebody new is asked to join and comes again with `join`',
    body: SessionBody,
    answer: SessionShape,
    idempotent: false,
    own_pages: true,
    open_per_minute_max: open_per_minute,
    // opens its own transactions: a wrong try is counted although the call fails
    read: async (_db, { body }, context) => {
      const { outcome, session } = await portal.comeIn(context.db, body, context.ip)
      if (session) keepSession(context, session)
      return { outcome }
    },
  }),
} satisfies RouteTable

const card = {
  'GET /v1/portal/home': route({
    permission: 'member',
    summary: 'The card and all that the member has',
    answer: HomeShape,
    read: async (_db, _input, context) => (await portal.homeOf(context.db, ownId(context))) as never,
  }),
  'GET /v1/portal/pulse': route({
    permission: 'member',
    summary: 'Has anything of mine changed? Another mark says yes; cheap enough to ask every second',
    answer: PulseShape,
    read: (db, _input, context) => pulseOf(db, ownId(context)),
  }),
  'GET /v1/portal/code': route({
    permission: 'member',
    summary: 'The code for spending: turns every half minute, good for one minute, once',
    answer: SpendCodeShape,
    read: (_db, _input, context) => portal.spendCodeOf(context.db, ownId(context)),
  }),
  'GET /v1/portal/history': route({
    permission: 'member',
    summary: 'Points that came and went, newest first, each with its why',
    query: Type.Object(PageQuery),
    answer: Page(HistoryShape),
    read: async (db, { query }, context) => {
      const limit = query.limit ?? page_size
      const [occurred_at, entry_id] = readCursor(query.cursor) ?? []
      const before =
        typeof occurred_at === 'string' && typeof entry_id === 'number' ? { occurred_at, entry_id } : null
      const rows = await historyOf(db, { member_id: ownId(context), before, limit: limit + 1 })
      return pageOf(rows, limit, (row) => [row.at, row.entry_id])
    },
  }),
} satisfies RouteTable

const shop = {
  'GET /v1/portal/catalogue': route({
    permission: 'member',
    summary: 'What may be had for points',
    answer: CatalogueShape,
    read: (_db, _input, context) => catalogueOf(context.db, ownId(context)),
  }),
  'POST /v1/portal/redemptions': route({
    permission: 'member',
    summary: 'Pay for an item with points; `wish_id` names which time, once for ever',
    body: RedeemBody,
    answer: OwnGiftShape,
    status: 201,
    write: async (tx, { body }, context) => {
      const member_id = ownId(context)
      return (await ownGifts(tx, member_id, tx.now, await portal.redeem(tx, member_id, body)))[0]!
    },
  }),
  'GET /v1/portal/gifts': route({
    permission: 'member',
    summary: 'My gifts, those that wait first',
    answer: Type.Object({ data: Type.Array(OwnGiftShape) }),
    read: async (db, _input, context) => ({ data: await ownGifts(db, ownId(context), context.now) }),
  }),
  'GET /v1/portal/gifts/:gift_id': route({
    permission: 'member',
    summary: 'One of my gifts',
    params: Type.Object({ gift_id: Uuid }),
    answer: OwnGiftShape,
    read: async (db, { params }, context) => {
      const [found] = await ownGifts(db, ownId(context), context.now, params.gift_id)
      if (!found) throw new AppError('gift.not_found', params)
      return found
    },
  }),
} satisfies RouteTable

const Token = Type.Object({ token: Type.String({ maxLength: 60 }) })
const passing = {
  'GET /v1/open/portal/passes/:token': route({
    permission: 'open',
    summary: 'What a friend’s link gives, and whether it can still be accepted',
    params: Token,
    answer: OfferedPassShape,
    open_per_minute_max: open_per_minute,
    read: (_db, { params }, context) => portal.offeredBy(context.db, params.token),
  }),
  'POST /v1/portal/passes': route({
    permission: 'member',
    summary: 'Make the link that passes a coupon or a gift of mine on to whoever accepts it first',
    body: PassBody,
    answer: OwnPassShape,
    status: 201,
    write: (tx, { body }, context) => portal.makePass(tx, ownId(context), body),
  }),
  'DELETE /v1/portal/passes/:pass_id': route({
    permission: 'member',
    summary: 'Take a link back that nobody has accepted',
    params: Type.Object({ pass_id: Uuid }),
    answer: Nothing,
    write: async (tx, { params }, context) => {
      await portal.takeBackPass(tx, ownId(context), params.pass_id)
      return {}
    },
  }),
  'POST /v1/portal/passes/:token/accept': route({
    permission: 'member',
    summary: 'Accept what a friend passes on: it is mine from now on; again answers the same',
    params: Token,
    answer: AcceptedShape,
    write: (tx, { params }, context) => portal.acceptPass(tx, ownId(context), params.token),
  }),
} satisfies RouteTable

const own = {
  'GET /v1/portal/profile': route({
    permission: 'member',
    summary: 'What the brand knows of me, and what I said about being written to',
    query: Languages,
    answer: ProfileShape,
    read: (_db, { query }, context) => profileOf(context.db, ownId(context), query.language ?? 'en'),
  }),
  'PATCH /v1/portal/profile': route({
    permission: 'member',
    summary: 'Change name, birthday (once) or language',
    body: ProfileBody,
    answer: Nothing,
    write: async (tx, { body }, context) => {
      await portal.changeProfile(tx, ownId(context), body)
      return {}
    },
  }),
  'PUT /v1/portal/consents': route({
    permission: 'member',
    summary: 'Say yes or no to being written to on a channel',
    body: ConsentBody,
    answer: Nothing,
    write: async (tx, { body }, context) => {
      await portal.sayConsent(tx, ownId(context), body, context.ip)
      return {}
    },
  }),
  'POST /v1/portal/addresses/codes': route({
    permission: 'member',
    summary: 'Send a code to another address of mine, whoever has it',
    body: CodeBody,
    answer: AskedShape,
    status: 201,
    idempotent: false,
    write: async (tx, { body }, context) => {
      const { code_id, expires_at } = await portal.askBindingCode(tx, ownId(context), body, askerOf(context))
      return { code_id, expires_at }
    },
  }),
  'POST /v1/portal/addresses': route({
    permission: 'member',
    summary: 'Add the address by its code; one of another card is told now, and the cards become one with `merge`',
    body: BindBody,
    answer: BoundShape,
    idempotent: false,
    // opens its own transactions: a wrong try is counted although the call fails
    read: (_db, { body }, context) => portal.bindByCode(context.db, ownId(context), body),
  }),
  'POST /v1/portal/addresses/removals': route({
    permission: 'member',
    summary: 'Part from an address of mine; not from the last way in',
    body: AddressBody,
    answer: Nothing,
    write: async (tx, { body }, context) => {
      await portal.partFromAddress(tx, ownId(context), body)
      return {}
    },
  }),
  'POST /v1/portal/erasure/codes': route({
    permission: 'member',
    summary: 'Send the code that deletes my account',
    body: Languages,
    answer: AskedShape,
    status: 201,
    idempotent: false,
    write: async (tx, { body }, context) => {
      const asked = await portal.askErasureCode(tx, ownId(context), body.language, askerOf(context))
      return { code_id: asked.code_id, expires_at: asked.expires_at }
    },
  }),
  'POST /v1/portal/erasure': route({
    permission: 'member',
    summary: 'Delete my account; cannot be undone',
    body: TypedCode,
    answer: Nothing,
    idempotent: false,
    read: async (_db, { body }, context) => {
      await portal.eraseMyself(context.db, ownId(context), body)
      void context.reply.clearCookie(memberCookie, cookieOptions(context))
      return {}
    },
  }),
  'DELETE /v1/portal/session': route({
    permission: 'member',
    summary: 'Sign out on this device',
    answer: Nothing,
    write: async (tx, _input, context) => {
      const token = context.reply.request.cookies[memberCookie] ?? ''
      await members.endMemberSessions(tx, ownId(context), token)
      void context.reply.clearCookie(memberCookie, cookieOptions(context))
      return {}
    },
  }),
  'DELETE /v1/portal/sessions': route({
    permission: 'member',
    summary: 'Sign out everywhere',
    answer: Nothing,
    write: async (tx, _input, context) => {
      await members.endMemberSessions(tx, ownId(context), null)
      void context.reply.clearCookie(memberCookie, cookieOptions(context))
      return {}
    },
  }),
} satisfies RouteTable

const staffed = {
  'GET /v1/till/members/:member_id/pulse': route({
    permission: 'till:use',
    summary: 'Has anything of a member changed? Another mark says yes; cheap enough to ask every second',
    params: Type.Object({ member_id: Uuid }),
    answer: PulseShape,
    read: (db, { params }) => pulseOf(db, params.member_id),
  }),
  'POST /v1/till/members/identify': route({
    permission: 'till:use',
    summary: 'The member behind a scanned or typed code; a code for spending is taken once',
    body: IdentifyBody,
    answer: IdentifiedShape,
    idempotent: false,
    // opens its own transaction: a code shown again is noted although the call fails
    read: (_db, { body }, { db, actor }) => portal.identify(db, body, actor),
  }),
  'POST /v1/till/offline-receipts': route({
    permission: 'till:use',
    summary:
      'A receipt that was taken without a network: sold under its number, or left for a manager with the reason',
    body: OfflineBody,
    answer: OfflineOutcome,
    status: 201,
    write: (tx, { body }, { actor }) => counter.takeOffline(tx, body, { actor, proves: portal.proves }),
  }),
  'GET /v1/admin/portal/letters': route({
    permission: 'members:erase',
    summary: 'Sign-in codes that were sent nowhere, because no channel is configured',
    answer: Type.Object({ data: Type.Array(LetterShape) }),
    read: async (db) => ({ data: await lettersOf(db) }),
  }),
} satisfies RouteTable

export const routes = { ...ways, ...card, ...shop, ...passing, ...own, ...staffed } satisfies RouteTable
