/** Routes of templates, waves, messages and channels for staff and their programs. */
import { Type } from 'typebox'
import { AppError } from '../../base/errors.ts'
import { Nullable, Page, PageQuery, pageOf, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import * as program from '../../record/program/program.ts'
import * as staff from '../../record/staff/staff.ts'
import { listsOf, makeList, receiveReport, reportBytesMax, writeList } from './lists.ts'
import { routes as openRoutes } from './open/routes.ts'
import { previewDraft, previewOf } from './previews.ts'
import { countsOf, messageOf, messagesOf, sendsOf, waitingFor } from './queries.ts'
import { cancel, findSend, pause, resume } from './sends.ts'
import { channels, configure } from './settings.ts'
import { archiveTemplate, createTemplate, findTemplate, listTemplates, updateTemplate } from './templates.ts'
import { createTest, testsOf } from './tests.ts'
import {
  ChannelShape,
  Count,
  Counts,
  Data,
  Languages,
  List,
  Medium,
  Message,
  Preview,
  Previews,
  Purpose,
  Send,
  Status,
  Step,
  Template,
  Test,
  Waiting,
} from './types.ts'
import { resolveUncertain } from './uncertain.ts'

const read = 'messages:read'
const write = 'messages:write'
const TemplateId = Type.Object({ template_id: Uuid })
const SendId = Type.Object({ send_id: Uuid })
const templateRoutes = {
  'GET /v1/admin/templates': route({
    permission: read,
    summary: 'Templates with the words of their newest version, last changed first',
    query: Type.Object({
      ...PageQuery,
      medium: Type.Optional(Medium),
      archived: Type.Optional(Type.Boolean()),
      search: Type.Optional(Type.String({ maxLength: 200, description: 'part of the name' })),
    }),
    answer: Page(Template),
    read: async (db, { query }) => {
      const { limit = 50, cursor, ...asked } = query
      const after = readCursor(cursor) as [string, string] | null
      const rows = await listTemplates(db, { ...asked, limit: limit + 1, after })
      return pageOf(rows, limit, (row) => [row.updated_at, row.template_id])
    },
  }),
  'POST /v1/admin/templates': route({
    permission: write,
    summary: 'Write a new template',
    status: 201,
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 200 }),
        medium: Medium,
        purpose: Type.Optional(Purpose),
        languages: Languages,
      },
      { additionalProperties: false },
    ),
    answer: Template,
    write: async (tx, { body }) => {
      const made = await createTemplate(tx, body)
      await staff.audit(tx, [
        { action: 'template.created', noun: 'templates', noun_id: made.template_id, after: body },
      ])
      return made
    },
  }),
  'GET /v1/admin/templates/:template_id': route({
    permission: read,
    summary: 'One template; an older version if asked for',
    params: TemplateId,
    query: Type.Object({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
    answer: Template,
    read: async (db, { params, query }) => known(await findTemplate(db, params.template_id, query.version), params),
  }),
  'PATCH /v1/admin/templates/:template_id': route({
    permission: write,
    summary: 'Change a template; new words make a new version',
    params: TemplateId,
    body: Type.Object(
      {
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        purpose: Type.Optional(Purpose),
        languages: Type.Optional(Languages),
        archived: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    answer: Template,
    write: async (tx, { params, body }) => {
      const { archived, ...changes } = body
      const before = known(await findTemplate(tx, params.template_id), params)
      let after = await updateTemplate(tx, params.template_id, changes)
      if (archived !== undefined) after = await archiveTemplate(tx, params.template_id, archived)
      await staff.audit(tx, [
        {
          action: 'template.updated',
          noun: 'templates',
          noun_id: params.template_id,
          ...staff.differenceOf({ ...before }, { ...after }),
        },
      ])
      return after
    },
  }),
  'POST /v1/admin/templates/previews': route({
    permission: read,
    idempotent: false,
    summary: 'What one member would read of a text that is not saved yet',
    body: Type.Object(
      {
        medium: Medium,
        purpose: Purpose,
        languages: Languages,
        member_id: Type.Optional(Uuid),
      },
      { additionalProperties: false },
    ),
    answer: Previews,
    read: (db, { body: { member_id, ...draft } }, { base_url }) =>
      previewDraft(db, draft, { base_url, ...(member_id ? { member_id } : {}) }),
  }),
  'POST /v1/admin/templates/:template_id/previews': route({
    permission: read,
    idempotent: false,
    params: TemplateId,
    summary: 'What one member would read in each language; of words not saved yet if given',
    body: Type.Object(
      {
        member_id: Type.Optional(Uuid),
        languages: Type.Optional(Languages),
        purpose: Type.Optional(Purpose),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({
      member_id: Nullable(Uuid),
      unknown: Type.Array(Type.String()),
      previews: Type.Array(Preview),
    }),
    read: (db, { params, body }, { base_url }) => previewOf(db, { ...params, ...body, base_url }),
  }),
  'POST /v1/admin/templates/:template_id/tests': route({
    permission: write,
    summary: 'Send it to a colleague with one member’s values in it',
    status: 202,
    params: TemplateId,
    body: Type.Object(
      {
        member_id: Uuid,
        language: Type.String({ maxLength: 20 }),
        address: Type.String({ minLength: 3, maxLength: 254 }),
        channel: Type.Optional(Type.String({ maxLength: 40 })),
      },
      { additionalProperties: false },
    ),
    answer: Test,
    write: (tx, { params, body }, { base_url }) => createTest(tx, { ...params, ...body, base_url }),
  }),
  'GET /v1/admin/templates/:template_id/tests': route({
    permission: read,
    summary: 'The last tests of a template and what became of them',
    params: TemplateId,
    answer: Type.Object({ data: Type.Array(Test) }),
    read: async (db, { params }) => ({ data: await testsOf(db, params.template_id) }),
  }),
} satisfies RouteTable

const sendRoutes = {
  'GET /v1/admin/sends': route({
    permission: read,
    summary: 'Waves of messages, newest first',
    query: Type.Object(PageQuery),
    answer: Page(
      Type.Object({
        ...Send.properties,
        template_name: Type.String(),
        is_done: Type.Boolean(),
        awaits_report: Type.Boolean(),
      }),
    ),
    read: (db, { query }, { now }) => sendsOf(db, query, now),
  }),
  'GET /v1/admin/sends/:send_id': route({
    permission: read,
    summary: 'A wave: its figures, and what it waits for',
    params: SendId,
    answer: Type.Object({
      ...Send.properties,
      counts: Counts,
      waiting_for: Type.Array(Waiting),
      lists: Type.Array(List),
    }),
    read: async (db, { params }, { now }) => {
      const send = known(await findSend(db, params.send_id), params)
      const { send_id } = send
      return {
        ...send,
        counts: await countsOf(db, send_id),
        waiting_for: await waitingFor(db, send_id, now),
        lists: await listsOf(db, send_id),
      }
    },
  }),
  'POST /v1/admin/sends/:send_id/pause': route({
    permission: write,
    summary: 'Stop within a second',
    params: SendId,
    answer: Send,
    write: (tx, { params }) => changed(tx, 'send.paused', pause(tx, params.send_id)),
  }),
  'DELETE /v1/admin/sends/:send_id/pause': route({
    permission: write,
    summary: 'Go on from what was sent',
    params: SendId,
    answer: Send,
    write: (tx, { params }) => changed(tx, 'send.resumed', resume(tx, params.send_id)),
  }),
  'POST /v1/admin/sends/:send_id/cancellation': route({
    permission: write,
    summary: 'End a wave: what has not left stays',
    params: SendId,
    answer: Send,
    write: (tx, { params }) => changed(tx, 'send.cancelled', cancel(tx, params.send_id)),
  }),
  'POST /v1/admin/sends/:send_id/uncertain': route({
    permission: write,
    summary: 'Decide what the uncertain messages were: they left, or send them again',
    params: SendId,
    body: Type.Object(
      {
        as: Type.Union([Type.Literal('left'), Type.Literal('again')]),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({ count: Count }),
    write: async (tx, { params, body }) => {
      const count = await resolveUncertain(tx, params.send_id, body.as)
      await staff.audit(tx, [
        { action: 'send.uncertain_resolved', noun: 'sends', noun_id: params.send_id, after: { as: body.as, count } },
      ])
      return { count }
    },
  }),
  'POST /v1/admin/sends/:send_id/lists': route({
    permission: write,
    summary: 'Make the list for a vendor; its messages then count as sent',
    params: SendId,
    status: 201,
    answer: List,
    write: async (tx, { params }) => {
      const list = await makeList(tx, known(await findSend(tx, params.send_id), params))
      await staff.audit(tx, [{ action: 'list.made', noun: 'sends', noun_id: params.send_id, after: { ...list } }])
      return list
    },
  }),
  'GET /v1/admin/lists/:list_id/file': route({
    permission: write,
    summary: 'A list as CSV: reference, phone, text',
    params: Type.Object({ list_id: Uuid }),
    answer: Type.String({ description: 'text/csv' }),
    stream: async (_request, reply, { params }, { db }) => {
      const pieces = writeList(db, params.list_id)
      // the first piece is asked for before the headers leave: an unknown list is still a 404
      const first = await pieces.next()
      const { Readable } = await import('node:stream')
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="list-${params.list_id}.csv"`)
        .send(Readable.from(withFirst(first.value as string, pieces)))
    },
  }),
  'POST /v1/admin/sends/:send_id/reports': route({
    permission: write,
    params: SendId,
    body_bytes_max: reportBytesMax,
    summary: 'Take in a vendor’s delivery report: a CSV file as multipart/form-data',
    answer: Type.Object({
      rows: Count,
      matched: Count,
      known: Count,
      stray: Type.Array(Count),
      unclear: Type.Array(Type.Object({ line: Count, status: Type.String() })),
      counts: Type.Record(Type.String(), Count),
    }),
    stream: async (request, reply, { params }, context) => {
      const file = await request.file({ limits: { fileSize: reportBytesMax } })
      if (!file) throw new AppError('report.file_missing', {}, { status: 400 })
      const csv = await file.toBuffer()
      const outcome = await context.db.tx({ actor: context.actor, now: context.now }, async (tx) => {
        const send = known(await findSend(tx, params.send_id), params)
        const received = await receiveReport(tx, send, csv, (await program.current(tx)).default_country)
        const { stray, unclear, ...counted } = received
        await staff.audit(tx, [
          {
            action: 'report.received',
            noun: 'sends',
            noun_id: params.send_id,
            after: { ...counted, stray: stray.length, unclear: unclear.length },
          },
        ])
        return received
      })
      return reply.send(outcome)
    },
  }),
} satisfies RouteTable

const messageRoutes = {
  'GET /v1/admin/messages': route({
    permission: read,
    summary: 'Messages, newest first; `channel=outbox` is the outbox',
    query: Type.Object({
      ...PageQuery,
      send_id: Type.Optional(Uuid),
      member_id: Type.Optional(Uuid),
      channel: Type.Optional(Type.String({ maxLength: 40 })),
      status: Type.Optional(Status),
    }),
    answer: Page(Message),
    read: (db, { query }) => messagesOf(db, query),
  }),
  'GET /v1/admin/messages/:message_id': route({
    permission: read,
    summary: 'One message: what it said, if kept, and everything that happened to it',
    params: Type.Object({ message_id: Type.Integer({ minimum: 1 }) }),
    answer: Type.Object({
      ...Message.properties,
      html: Nullable(Type.String()),
      text: Nullable(Type.String()),
      trail: Type.Array(Step),
    }),
    read: (db, { params }) => messageOf(db, params.message_id),
  }),
  'GET /v1/admin/channels': route({
    permission: read,
    summary: 'The ways out and how each is set; secrets are never given back',
    answer: Type.Object({ data: Type.Array(ChannelShape) }),
    read: async (db) => ({ data: (await channels(db)).map((row) => ({ ...row, mediums: [...row.mediums] })) }),
  }),
  'PUT /v1/admin/channels/:channel': route({
    permission: 'program:write',
    summary: 'Set up a channel; a secret that is not named stays, null takes it away',
    params: Type.Object({ channel: Type.String({ maxLength: 40 }) }),
    body: Type.Object(
      {
        settings: Data,
        secrets: Type.Optional(Type.Record(Type.String(), Nullable(Type.String({ maxLength: 1000 })))),
      },
      { additionalProperties: false },
    ),
    answer: ChannelShape,
    write: async (tx, { params, body }) => {
      const kept = await configure(tx, params.channel, body)
      await staff.audit(tx, [
        {
          action: 'channel.configured',
          noun: 'channels',
          noun_id: params.channel,
          after: { settings: kept.settings, secrets_set: kept.secrets_set },
        },
      ])
      return { ...kept, mediums: [...kept.mediums] }
    },
  }),
} satisfies RouteTable

export const routes = { ...templateRoutes, ...sendRoutes, ...messageRoutes, ...openRoutes } satisfies RouteTable

function known<T>(found: T | undefined, params: Record<string, unknown>): T {
  if (found === undefined) throw new AppError(`${'send_id' in params ? 'send' : 'template'}.not_found`, params)
  return found
}

async function changed(
  tx: Parameters<typeof staff.audit>[0],
  action: string,
  work: ReturnType<typeof pause>,
): Promise<Awaited<ReturnType<typeof pause>>> {
  const send = await work
  await staff.audit(tx, [{ action, noun: 'sends', noun_id: send.send_id, after: { status: send.status } }])
  return send
}

async function* withFirst(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}
