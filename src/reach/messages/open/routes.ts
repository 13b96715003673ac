/** What members and their mail programs call: links, pixels, unsubscribing. No sign-in; the code says who. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { coerceError } from '../../../base/errors.ts'
import { route, type Context, type RouteTable } from '../../../base/routes.ts'
import { donePage, questionPage, unknownPage } from '../page.ts'
import { reach, targetOf, touch, unsubscribe, type Reached, type Visitor } from '../touches.ts'
import { programValues } from '../values.ts'

const Code = Type.Object({ code: Type.String({ maxLength: 40 }) })
/** Whole mobile networks and the image proxies of mail services come from a few addresses after a big wave. */
const perMinute = 20_000

/** The smallest GIF: one transparent point. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

export const routes = {
  'GET /l/:code': route({
    permission: 'open',
    open_per_minute_max: perMinute,
    summary: 'Follows a counted link of a message to where its template points',
    params: Code,
    answer: Type.Unknown(),
    stream: async (request, reply, { params }, context) => follow(request, reply, params.code, context),
  }),
  'GET /v1/open/messages/pixels/:code': route({
    permission: 'open',
    open_per_minute_max: perMinute,
    summary: 'The tracking pixel of an e-mail; answers the same picture to everybody',
    params: Code,
    answer: Type.Unknown(),
    stream: async (request, reply, { params }, context) => {
      const reached = await reach(context.db, 'link', params.code)
      if (reached) await note(request, reached.message, { kind: 'open' }, context)
      return reply.header('cache-control', 'no-store, max-age=0').type('image/gif').send(pixel)
    },
  }),
  'GET /v1/open/unsubscribe/:code': route({
    permission: 'open',
    open_per_minute_max: perMinute,
    summary: 'Asks a person whether to unsubscribe; changes nothing',
    params: Code,
    answer: Type.Unknown(),
    stream: async (_request, reply, { params }, context) => {
      const reached = await reach(context.db, 'control', params.code)
      if (!reached) return pageOf(reply, 404, unknownPage(context.locale))
      return pageOf(reply, 200, questionPage(await asked(reached.message, context)))
    },
  }),
  'POST /v1/open/unsubscribe/:code': route({
    permission: 'open',
    open_per_minute_max: perMinute,
    summary: 'Unsubscribes: one POST by the mail program (RFC 8058) or by the page’s button',
    params: Code,
    answer: Type.Unknown(),
    stream: async (request, reply, { params }, context) => {
      const reached = await reach(context.db, 'control', params.code)
      if (!reached) return pageOf(reply, 404, unknownPage(context.locale))
      const { message } = reached
      const by = (await isOneClick(request)) ? 'one_click' : 'page'
      await context.db.tx({ actor: actorOf(message), now: context.now }, (tx) =>
        unsubscribe(tx, message, by, context.ip),
      )
      return pageOf(reply, 200, donePage(await asked(message, context)))
    },
  }),
} satisfies RouteTable

async function follow(
  request: FastifyRequest,
  reply: FastifyReply,
  code: string,
  context: Context,
): Promise<FastifyReply> {
  const reached = await reach(context.db, 'link', code)
  if (!reached || reached.link_no === null) {
    // the short way to unsubscribe, for texts where every character costs
    const control = reached ? null : await reach(context.db, 'control', code)
    if (!control) return pageOf(reply, 404, unknownPage(context.locale))
    return reply.header('cache-control', 'no-store').redirect(`${context.base_url}/v1/open/unsubscribe/${code}`, 302)
  }
  const target = await targetOf(context.db, reached.message, reached.link_no)
  if (!target) return pageOf(reply, 404, unknownPage(reached.message.language))
  await note(request, reached.message, { kind: 'click', link_no: reached.link_no }, context)
  return reply.header('cache-control', 'no-store').redirect(target, 302)
}

/** Counting must never stand between a reader and where the link leads. */
async function note(
  request: FastifyRequest,
  message: Reached,
  what: { kind: 'open' | 'click'; link_no?: number },
  context: Context,
): Promise<void> {
  try {
    await context.db.tx({ actor: actorOf(message), now: context.now }, (tx) =>
      touch(tx, message, what, visitorOf(request)),
    )
  } catch (thrown) {
    context.log.error({ err: coerceError(thrown), request_id: context.request_id }, 'touch not counted')
  }
}

function actorOf(message: Reached) {
  return { kind: 'member' as const, id: message.member_id, name: 'link' }
}

function visitorOf(request: FastifyRequest): Visitor {
  const { headers } = request
  const said = [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']]
  const purpose = said.flat().filter(Boolean).join(' ')
  return { method: request.method, user_agent: headers['user-agent'] ?? '', purpose }
}

async function asked(message: Reached, context: Context) {
  const { name } = await programValues(context.db)
  return { language: message.language ?? context.locale, medium: message.medium, program: name }
}

function pageOf(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html)
}

/** RFC 8058 3.2 lets mail programs send the word as multipart or as a plain form. */
async function isOneClick(request: FastifyRequest): Promise<boolean> {
  const wanted = 'one-click'
  if (request.isMultipart()) {
    for await (const part of request.parts({ limits: { fields: 10, files: 0, fieldSize: 1_000 } })) {
      if (part.type === 'field' && part.fieldname === 'List-Unsubscribe') {
        return String(part.value).toLowerCase() === wanted
      }
    }
    return false
  }
  const said = (request.body as Record<string, unknown> | null | undefined)?.['List-Unsubscribe']
  return typeof said === 'string' && said.toLowerCase() === wanted
}
