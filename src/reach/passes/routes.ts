/** Passes by HTTP: the owner sets wallets up, members take their pass, Apple's phones ask for what changed. */
import { Type } from 'typebox'
import { AppError } from '../../base/errors.ts'
import { route, Uuid, type Context, type RouteTable } from '../../base/routes.ts'
import * as passes from './passes.ts'
import { offered, setApple, setGoogle, unset, walletsOf } from './settings.ts'
import { AppleBody, GoogleBody, OfferedShape, SaveLinkShape, WalletShape } from './types.ts'

const List = Type.Object({ data: Type.Array(WalletShape) })
/** Apple's servers ask for many phones from few addresses. */
const open_per_minute = 6_000
/** What a phone logs is for eyes, not for disks. */
const log_lines_max = 20
const log_letters_max = 500

function ownId({ actor }: Context): string {
  if (actor.kind !== 'member' || !actor.id) throw new AppError('session.required', {}, { status: 401 })
  return actor.id
}

const settings = {
  'GET /v1/admin/wallets': route({
    permission: 'program:read',
    summary: 'Apple and Google Wallet: how each is set up, and how many passes there are; keys are never given back',
    answer: List,
    read: async (db) => ({ data: await walletsOf(db) }),
  }),
  'PUT /v1/admin/wallets/apple': route({
    permission: 'program:write',
    summary: 'Set up Apple Wallet by the certificate of a pass type; a key that is not named stays',
    body: AppleBody,
    answer: List,
    // the body carries a private key: nothing of it is kept for a replay
    idempotent: false,
    write: async (tx, { body }) => {
      await setApple(tx, body)
      return { data: await walletsOf(tx) }
    },
  }),
  'PUT /v1/admin/wallets/google': route({
    permission: 'program:write',
    summary: 'Set up Google Wallet by an issuer and its service account; a key that is not named stays',
    body: GoogleBody,
    answer: List,
    idempotent: false,
    write: async (tx, { body }) => {
      await setGoogle(tx, body)
      return { data: await walletsOf(tx) }
    },
  }),
  'DELETE /v1/admin/wallets/:wallet': route({
    permission: 'program:write',
    summary: 'Take a wallet away: its button goes, passes on phones stay as they are',
    params: Type.Object({ wallet: Type.Enum(['apple', 'google']) }),
    answer: List,
    write: async (tx, { params }) => {
      await unset(tx, params.wallet)
      return { data: await walletsOf(tx) }
    },
  }),
} satisfies RouteTable

const own = {
  'GET /v1/portal/wallets': route({
    permission: 'member',
    summary: 'The wallets that the card may be kept in',
    answer: OfferedShape,
    read: async (db, _input, { now }) => ({ wallets: await offered(db, now) }),
  }),
  'GET /v1/portal/wallets/apple': route({
    permission: 'member',
    summary: 'My card as a signed pass for Apple Wallet (.pkpass)',
    answer: Type.Unknown(),
    stream: async (_request, reply, _input, context) => {
      const { actor, now, db, base_url } = context
      const { file } = await db.tx({ actor, now }, (tx) => passes.appleFor(tx, ownId(context), base_url))
      return reply.type(pkpass).header('content-disposition', 'attachment; filename="card.pkpass"').send(file)
    },
  }),
  'POST /v1/portal/wallets/google': route({
    permission: 'member',
    summary: 'The signed link that keeps my card in Google Wallet',
    answer: SaveLinkShape,
    idempotent: false,
    write: async (tx, _input, context) => ({
      url: await passes.googleLinkFor(tx, ownId(context), context.base_url),
    }),
  }),
} satisfies RouteTable

const pkpass = 'application/vnd.apple.pkpass'
const Device = Type.String({ minLength: 1, maxLength: 100 })
const PassType = Type.String({ minLength: 1, maxLength: 150 })
const Held = { device: Device, pass_type: PassType, serial: Uuid }

/** `Authorization: ApplePass <token>`. */
function claimOf(context: Context, params: { pass_type: string; serial: string }): passes.Claim {
  const [scheme, token] = (context.reply.request.headers.authorization ?? '').split(' ')
  return { ...params, token: scheme === 'ApplePass' && token ? token : '' }
}

/** Apple's “Adding a Web Service to Update Passes”: paths, statuses and shapes are its own. */
const service = {
  'POST /v1/open/wallets/apple/v1/devices/:device/registrations/:pass_type/:serial': route({
    permission: 'open',
    summary: 'Apple: a phone wants to hear when this pass changes',
    params: Type.Object(Held),
    body: Type.Object({ pushToken: Type.String({ minLength: 1, maxLength: 200 }) }),
    answer: Type.Unknown(),
    open_per_minute_max: open_per_minute,
    stream: async (_request, reply, { params, body }, context) => {
      const { actor, now, db } = context
      const device = { device: params.device, push_token: body.pushToken }
      const outcome = await db.tx({ actor, now }, (tx) => passes.register(tx, claimOf(context, params), device))
      return reply.code(outcome === 'created' ? 201 : 200).send()
    },
  }),
  'DELETE /v1/open/wallets/apple/v1/devices/:device/registrations/:pass_type/:serial': route({
    permission: 'open',
    summary: 'Apple: a phone wants to hear of this pass no longer',
    params: Type.Object(Held),
    answer: Type.Unknown(),
    open_per_minute_max: open_per_minute,
    stream: async (_request, reply, { params }, context) => {
      const { actor, now, db } = context
      await db.tx({ actor, now }, (tx) => passes.unregister(tx, claimOf(context, params), params.device))
      return reply.code(200).send()
    },
  }),
  'GET /v1/open/wallets/apple/v1/devices/:device/registrations/:pass_type': route({
    permission: 'open',
    summary: 'Apple: which passes of this phone changed since it asked last',
    params: Type.Object({ device: Device, pass_type: PassType }),
    query: Type.Object({ passesUpdatedSince: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) }),
    answer: Type.Unknown(),
    open_per_minute_max: open_per_minute,
    stream: async (_request, reply, { params, query }, { db }) => {
      const changed = await passes.changedOn(db, { ...params, since: Number(query.passesUpdatedSince ?? 0) })
      if (!changed) return reply.code(204).send()
      return reply.send({ serialNumbers: changed.serials, lastUpdated: String(changed.tag) })
    },
  }),
  'GET /v1/open/wallets/apple/v1/passes/:pass_type/:serial': route({
    permission: 'open',
    summary: 'Apple: the latest version of a pass',
    params: Type.Object({ pass_type: PassType, serial: Uuid }),
    answer: Type.Unknown(),
    open_per_minute_max: open_per_minute,
    stream: async (request, reply, { params }, context) => {
      const asked = request.headers['if-modified-since']
      const since = asked && !Number.isNaN(Date.parse(asked)) ? new Date(asked) : null
      const { db, base_url } = context
      const pass = await passes.latest(db, claimOf(context, params), { since, base_url })
      if (!pass) return reply.code(304).send()
      return reply.type(pkpass).header('last-modified', pass.changed_at.toUTCString()).send(pass.file)
    },
  }),
  'POST /v1/open/wallets/apple/v1/log': route({
    permission: 'open',
    summary: 'Apple: what went wrong on a phone',
    body: Type.Object({ logs: Type.Array(Type.String()) }),
    answer: Type.Unknown(),
    body_bytes_max: 65_536,
    stream: async (_request, reply, { body }, { log }) => {
      const lines = body.logs.slice(0, log_lines_max).map((line) => line.slice(0, log_letters_max))
      log.warn({ lines }, 'Apple Wallet says')
      return reply.code(200).send()
    },
  }),
} satisfies RouteTable

export const routes = { ...settings, ...own, ...service } satisfies RouteTable
