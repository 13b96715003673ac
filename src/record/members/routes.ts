/** Members through the API: make, change, note, tag, consent. Lists and pages of members are read in steer/people. */
import { Type } from 'typebox'
import { sendPrivate } from '../../base/private-file.ts'
import { Instant, Nullable, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { routes as companies } from './companies/routes.ts'
import {
  bring,
  consent,
  create,
  daysOf,
  memberOf,
  note,
  pictureOf,
  setDays,
  suppress,
  tag,
  takeAwayPicture,
  unsuppress,
  update,
} from './members.ts'
import { phoneCountries } from './phone-countries.ts'
import { consentsOf, notesOf, suppressionsOf } from './queries.ts'
import { consentEntryOf, inputOf } from './wire.ts'
import {
  ConsentInput,
  MemberChanges,
  MemberDays,
  MemberShape,
  MemberWire,
  OutcomeShape,
  PictureTakenAway,
  PictureVersion,
  Tag,
} from './types.ts'

/** Rows in one request: a second's work at most, and an answer that still fits on a page. */
const batch_max = 1_000
/** 1,000 members with all their fields stay under 4 MB. */
const batch_bytes_max = 4_194_304

const MemberId = Type.Object({ member_id: Uuid })
const Source = Type.String({
  pattern: '^[a-z0-9][a-z0-9_.-]{0,59}$',
  description: 'the system that gives external_id its meaning',
})

const HeldConsent = Type.Object({
  channel: Type.String(),
  purpose: Type.String(),
  status: Type.String(),
  at: Instant,
  method: Nullable(Type.String()),
  text_version: Nullable(Type.String()),
  actor: Nullable(Type.String()),
})
const Suppressed = Type.Object({ channel: Type.String(), address: Type.String(), reason: Type.String(), at: Instant })
const NoteShape = Type.Object({ note_id: Uuid, body: Type.String(), actor_name: Type.String(), at: Instant })

const people = {
  'POST /v1/admin/members': route({
    permission: 'members:write',
    summary: 'Add a member; a guest with the same phone or e-mail joins and keeps the history',
    body: Type.Object({ ...MemberWire.properties, source: Type.Optional(Source) }, { additionalProperties: false }),
    answer: MemberShape,
    status: 201,
    write: (tx, { body: { source, ...wire } }) => create(tx, inputOf(wire, 'console'), { source: source ?? 'api' }),
  }),
  'POST /v1/admin/members/batch': route({
    permission: 'members:write',
    summary: 'Add or bring up to date up to 1,000 members; one outcome a row, and none fails the others',
    body: Type.Object(
      {
        source: Type.Optional(Source),
        members: Type.Array(MemberWire, { minItems: 1, maxItems: batch_max }),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ data: Type.Array(OutcomeShape) }),
    body_bytes_max: batch_bytes_max,
    write: async (tx, { body }) => ({
      data: await bring(
        tx,
        body.members.map((wire) => inputOf(wire, 'api')),
        { source: body.source ?? 'api' },
      ),
    }),
  }),
  'PATCH /v1/admin/members/:member_id': route({
    permission: 'members:write',
    summary: 'Change a member; null clears, and a phone or e-mail replaces the shown one',
    params: MemberId,
    body: MemberChanges,
    answer: MemberShape,
    write: (tx, { params, body }) => update(tx, params.member_id, body),
  }),
} satisfies RouteTable

const phones = {
  'GET /v1/admin/phone-countries': route({
    permission: 'program:read',
    summary: 'Countries whose phone numbers can be read, each with a mobile number as written there and as read',
    answer: Type.Object({
      data: Type.Array(
        Type.Object({
          country: Type.String({ description: 'ISO 3166' }),
          written: Type.String({ description: 'a mobile number without the country’s code' }),
          phone: Type.String({ description: 'E.164' }),
        }),
      ),
    }),
    read: async () => ({ data: phoneCountries() }),
  }),
} satisfies RouteTable

const words = {
  'GET /v1/admin/members/:member_id/days': route({
    permission: 'members:read',
    summary: 'The days of a member’s own, such as a wedding',
    params: MemberId,
    answer: MemberDays,
    read: async (db, { params }) => {
      await memberOf(db, params.member_id)
      return { data: await daysOf(db, params.member_id) }
    },
  }),
  'PUT /v1/admin/members/:member_id/days': route({
    permission: 'members:write',
    summary: 'Sets all days of a member’s own; what is left out is forgotten',
    params: MemberId,
    body: MemberDays,
    answer: MemberDays,
    write: async (tx, { params, body }) => ({ data: await setDays(tx, params.member_id, body.data) }),
  }),
  'GET /v1/admin/members/:member_id/picture': route({
    permission: 'members:read',
    summary: 'The picture that a member put of themselves',
    params: MemberId,
    query: PictureVersion,
    answer: Type.Unknown(),
    stream: async (request, reply, { params }, { db }) =>
      sendPrivate(request, reply, await pictureOf(db, params.member_id)),
  }),
  'DELETE /v1/admin/members/:member_id/picture': route({
    permission: 'members:write',
    summary: 'Remove an unseemly picture, with a reason; the member is told, and may put another',
    params: MemberId,
    body: PictureTakenAway,
    answer: Type.Object({}),
    write: async (tx, { params, body }) => {
      await takeAwayPicture(tx, { ...params, ...body })
      return {}
    },
  }),
  'POST /v1/admin/members/:member_id/notes': route({
    permission: 'members:write',
    summary: 'Write a note',
    params: MemberId,
    body: Type.Object({ body: Type.String({ minLength: 1, maxLength: 4000 }) }, { additionalProperties: false }),
    answer: Type.Object({ data: Type.Array(NoteShape) }),
    status: 201,
    write: async (tx, { params, body }) => {
      await memberOf(tx, params.member_id)
      await note(tx, [{ ...params, ...body }])
      return { data: await notesOf(tx, params.member_id) }
    },
  }),
  'POST /v1/admin/members/:member_id/tags': route({
    permission: 'members:write',
    summary: 'Put tags on, take tags off',
    params: MemberId,
    body: Type.Object(
      {
        add: Type.Optional(Type.Array(Tag, { maxItems: 100 })),
        remove: Type.Optional(Type.Array(Tag, { maxItems: 100 })),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ tags: Type.Array(Type.String()) }),
    write: async (tx, { params, body }) => {
      await memberOf(tx, params.member_id)
      await tag(tx, [{ ...params, ...body }])
      return { tags: (await memberOf(tx, params.member_id)).tags }
    },
  }),
  'POST /v1/admin/members/:member_id/consents': route({
    permission: 'members:write',
    summary: 'Write down what the member said about a channel',
    params: MemberId,
    body: ConsentInput,
    answer: Type.Object({ data: Type.Array(HeldConsent) }),
    status: 201,
    write: async (tx, { params, body }, { ip }) => {
      await memberOf(tx, params.member_id)
      await consent(tx, [{ ...consentEntryOf({ ip, ...body }, 'console'), ...params }])
      return { data: await consentsOf(tx, params.member_id) }
    },
  }),
  'POST /v1/admin/members/:member_id/suppressions': route({
    permission: 'members:write',
    summary: 'Never write to this address again, whatever the consent',
    params: MemberId,
    body: Type.Object(
      {
        channel: Type.String({ maxLength: 40 }),
        address: Type.String({ minLength: 1, maxLength: 254 }),
        reason: Type.Optional(Type.String({ maxLength: 60 })),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ data: Type.Array(Suppressed) }),
    status: 201,
    write: async (tx, { params, body }) => {
      await memberOf(tx, params.member_id)
      await suppress(tx, [{ reason: 'asked', ...body, ...params }])
      return { data: await suppressionsOf(tx, params.member_id) }
    },
  }),
  'DELETE /v1/admin/members/:member_id/suppressions': route({
    permission: 'members:write',
    summary: 'Lift a suppression',
    params: MemberId,
    query: Type.Object({ channel: Type.String({ maxLength: 40 }), address: Type.String({ maxLength: 254 }) }),
    answer: Type.Object({ data: Type.Array(Suppressed) }),
    write: async (tx, { params, query }) => {
      await unsuppress(tx, [{ ...params, ...query }])
      return { data: await suppressionsOf(tx, params.member_id) }
    },
  }),
} satisfies RouteTable

export const routes = { ...people, ...phones, ...words, ...companies } satisfies RouteTable
