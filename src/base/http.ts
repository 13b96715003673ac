/** Route tables → Fastify: permission, input check, transaction, idempotency, dry run, errors as problem+json. */
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import helmet from 'helmet'
import { Type, type Static } from 'typebox'
import { actorText, type Actor } from './actor.ts'
import type { Db } from './db.ts'
import { AppError, coerceError, isDatabaseAway, isPostgresError } from './errors.ts'
import { gatherer, inParts, written } from './gather.ts'
import { claim, keep, keyLengthMax } from './idempotency.ts'
import { inputHash, newToken } from './ids.ts'
import { marked, unmarked } from './list-marks.ts'
import type { Log } from './log.ts'
import { observeRequest } from './metrics.ts'
import {
  cursorUnreadable,
  type AnyRoute,
  type Context,
  type Guards,
  type Principal,
  type RouteTable,
} from './routes.ts'
import { check, checkText, fits, refuseUnknown } from './schemas.ts'
import { stopwatch } from './time.ts'

export interface HttpOptions {
  db: Db
  tables: readonly RouteTable[]
  /** What stands behind the names of guards; a route that names another is refused when the server is built. */
  guards?: Guards
  log: Log
  /** Who is calling? null for nobody. Throws a 401 for a wrong key. */
  authenticate: (request: FastifyRequest) => Promise<Principal | null>
  /** The public address; unless given, each request's own host. */
  base_url?: string
  /** Tests: an answer that does not fit its schema is an error. */
  check_answers?: boolean
  /** Requests a minute an address may make of routes that need no sign-in; real people need a handful. */
  open_per_minute_max?: number
  /** Plugins that must see every route, registered before the tables. */
  prepare?: (server: FastifyInstance) => Promise<void>
  /** Answers what no route knows; the problem+json of `route.not_found` unless given. */
  not_found?: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>
}

const nobody: Actor = { kind: 'system', id: null, name: 'nobody' }

/** Builds the server; the caller adds pages and listens. */
export async function openHttp(options: HttpOptions): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: undefined,
    logger: false,
    genReqId: requestIds(),
    trustProxy: 'loopback',
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  })
  server.setValidatorCompiler(() => () => true)
  server.setSerializerCompiler(() => (data) => JSON.stringify(data))
  server.setErrorHandler(
    (thrown, request, reply) => void answerError(options.log, coerceError(thrown), request, reply),
  )
  server.setNotFoundHandler(async (request, reply) => {
    if (await options.not_found?.(request, reply)) return reply
    const error = new AppError('route.not_found', { path: request.url.split('?')[0] })
    await answerError(options.log, error, request, reply)
    return reply
  })
  await server.register(cookie)
  server.addHook('onRequest', (request, reply, done) => secured(request.raw, reply.raw, done as () => void))
  await server.register(rateLimit, { global: false })
  // files of any size stream through; each route says how much of one it takes
  await server.register(multipart, { limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 1 } })
  await options.prepare?.(server)
  allowEmptyJson(server)
  for (const table of options.tables) {
    for (const [name, shape] of Object.entries(table)) addRoute(server, options, name, shape as AnyRoute)
  }
  return server
}

/** Numbers of requests: told apart between processes by what each drew when it began. */
function requestIds(): () => string {
  const process_id = newToken().slice(0, 8)
  let count = 0
  return () => `${process_id}-${(count += 1).toString(36)}`
}

/** Made once: the plugin for Fastify reads the whole policy anew for every request, a thirtieth of a till's order. */
const secured = helmet({
  contentSecurityPolicy: {
    directives: {
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'font-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'frame-src': ["'self'", 'data:', 'blob:'],
      'upgrade-insecure-requests': null,
    },
  },
  strictTransportSecurity: false,
})

/** A POST without a body is a POST of nothing, not an error, even when the client says JSON. */
function allowEmptyJson(server: FastifyInstance): void {
  server.removeContentTypeParser('application/json')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = body as string
    if (text.trim() === '') return done(null, {})
    try {
      done(null, JSON.parse(text))
    } catch {
      done(new AppError('request.not_json', {}, { status: 400 }))
    }
  })
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )
}

function addRoute(server: FastifyInstance, options: HttpOptions, name: string, shape: AnyRoute): void {
  const [method, url] = name.split(' ') as [string, string]
  const open = shape.permission === 'open'
  if (shape.guard && !options.guards?.[shape.guard.name]) throw new Error(`${name}: no guard ${shape.guard.name}`)
  const gather = gathererOf(options.db, shape)
  const served = { name, shape, gather, known: open ? null : knownOf(shape) }
  const openMax = options.open_per_minute_max ?? shape.open_per_minute_max ?? 300
  server.route({
    method: method as 'GET',
    url,
    bodyLimit: shape.body_bytes_max ?? 1_048_576,
    schema: {
      hide: false,
      summary: shape.summary,
      ...(shape.params ? { params: shape.params } : {}),
      ...(shape.query ? { querystring: shape.query } : {}),
      ...(shape.body ? { body: shape.body } : {}),
      response: { [shape.status ?? 200]: shape.answer },
    } as object,
    config: {
      name,
      permission: shape.permission,
      or_permission: shape.or_permission,
      ...(open ? { rateLimit: { max: openMax, timeWindow: '1 minute' } } : {}),
    },
    handler: (request, reply) => serve(options, served, request, reply),
  })
}

function gathererOf(db: Db, { together, read_together, rows_of, apart }: AnyRoute): Served['gather'] {
  if (!together) return read_together ? gatherer<never, unknown>((_actor, inputs) => read_together(db, inputs)) : null
  const open = (options: { isDivided?: boolean; atOnce?: number }) =>
    gatherer<never, unknown>(written(db, together as never), rows_of as never, options)
  return apart ? inParts(() => open({ atOnce: 1 }), apart as never) : open({ isDivided: true })
}

/** The parameters a query may have. */
function knownOf({ query, write }: AnyRoute): string[] {
  const { properties = {} } = (query ?? {}) as { properties?: object }
  return [...Object.keys(properties), ...(write ? ['dry_run'] : [])]
}

interface Served {
  name: string
  /** null: whatever comes is taken, since people come to open doors by links, and links get parameters on their way. */
  known: string[] | null
  shape: AnyRoute
  /** Of routes that can be written or read together. */
  gather: ((actor: Actor, input: never) => Promise<unknown>) | null
}

async function serve(
  options: HttpOptions,
  served: Served,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { name, shape, known } = served
  const elapsed = stopwatch()
  reply.header('x-request-id', request.id)
  // apps learn by how much their own clock is wrong
  reply.header('x-program-time', options.db.now().toISOString())
  reply.raw.once('close', () => observeRequest(name, reply.statusCode, elapsed()))
  const principal = await permit(options, shape, request)
  const { dry_run, ...query } = request.query as Record<string, unknown>
  if (known) refuseUnknown(known, request.query as Record<string, unknown>)
  const asked = shape.write && dry_run !== undefined ? checkText(DryRun, { dry_run }, '/query') : {}
  const context = contextOf(options, principal, request, reply, asked as Static<typeof DryRun>)
  const input = {
    params: shape.params ? checkText(shape.params, request.params, '/params') : {},
    query: shape.query ? unmarked(name, checkText(shape.query, query, '/query')) : {},
    body: shape.body ? check(shape.body, request.body ?? {}, '') : {},
  } as never
  if (shape.stream) return shape.stream(request, reply, input, context)
  const answer = shape.write
    ? await runWrite(options, served, input, context, request)
    : marked(name, await readOf(served, options.db, input, context))
  reply.code(shape.status ?? 200)
  if (shape.status === 204) return reply.send()
  if (options.check_answers) checkAnswer(name, shape, answer)
  return reply.type('application/json; charset=utf-8').send(answer)
}

/** Written `?dry_run=1` too: what was meant to be tried only must never be done. */
const DryRun = Type.Object({ dry_run: Type.Optional(Type.Boolean()) })

/** Data that no column can be: text where a number, an id or an instant must stand. */
const unfit = new Set(['22P02', '22003', '22007', '22008'])

async function readOf({ shape, gather }: Served, db: Db, input: never, context: Context): Promise<unknown> {
  try {
    return await (gather ? gather(context.actor, input) : shape.read!(db, input, context))
  } catch (thrown) {
    const { query } = input as { query: { cursor?: string } }
    // all else was checked by its schema: this cursor was written by hand
    if (query.cursor && isPostgresError(thrown) && unfit.has(thrown.code)) throw cursorUnreadable()
    throw thrown
  }
}

function checkAnswer(name: string, shape: AnyRoute, answer: unknown): void {
  const plain: unknown = JSON.parse(JSON.stringify(answer))
  if (fits(shape.answer, plain)) return
  try {
    check(shape.answer, plain)
  } catch (thrown) {
    const errors = thrown instanceof AppError ? thrown.errors : []
    throw new AppError(
      'answer.invalid',
      { route: name },
      { status: 500, errors, message: JSON.stringify(errors.slice(0, 5)) },
    )
  }
}

async function permit(options: HttpOptions, shape: AnyRoute, request: FastifyRequest): Promise<Principal | null> {
  const principal = await options.authenticate(request)
  if (shape.permission === 'open') {
    if (shape.own_pages) refuseForeignOrigin(request)
    return principal
  }
  if (!principal) throw new AppError('session.required', {}, { status: 401 })
  if (principal.actor.kind === 'staff' || principal.actor.kind === 'member') refuseForeignOrigin(request)
  const words = [shape.permission, ...(shape.or_permission ? [shape.or_permission] : [])]
  const may = shape.permission === 'signed_in' || words.some((word) => mayDo(principal, word))
  if (!may) throw new AppError('permission.missing', { permission: shape.permission }, { status: 403 })
  return principal
}

const mayDo = ({ permissions }: Pick<Principal, 'permissions'>, word: string) =>
  permissions.has('*') || permissions.has(word)

/** A cookie travels with requests that other sites make; their Origin header gives them away (OWASP, CSRF). */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers
  if (request.method === 'GET' || !origin) return
  if (origin === 'null' || new URL(origin).host !== host)
    throw new AppError('session.foreign_origin', { origin }, { status: 403 })
}

function contextOf(
  options: HttpOptions,
  principal: Principal | null,
  request: FastifyRequest,
  reply: FastifyReply,
  { dry_run = false }: Static<typeof DryRun>,
): Context {
  let hangUp: AbortController | undefined
  const accepted = request.headers['accept-language']?.split(',')[0]?.trim()
  return {
    actor: principal?.actor ?? nobody,
    permissions: principal?.permissions ?? new Set(),
    locale: principal?.locale ?? accepted ?? 'en',
    db: options.db,
    now: options.db.now(),
    request_id: request.id,
    ip: request.ip,
    log: options.log,
    base_url: options.base_url ?? `${request.protocol}://${request.host}`,
    dry_run,
    // few reads take long enough to ask for it
    get signal() {
      hangUp ??= hangUpOf(reply)
      return hangUp.signal
    },
    reply,
  }
}

/** Aborted when the caller hangs up before the answer is written. */
function hangUpOf({ raw }: FastifyReply): AbortController {
  const hangUp = new AbortController()
  const close = () => {
    if (!raw.writableEnded) hangUp.abort()
  }
  if (raw.closed) close()
  else raw.once('close', close)
  return hangUp
}

async function runWrite(
  options: HttpOptions,
  { name, shape, gather }: Served,
  input: never,
  context: Context,
  request: FastifyRequest,
): Promise<unknown> {
  const key = request.headers['idempotency-key']
  const wanted =
    typeof key === 'string' && shape.idempotent !== false && !context.dry_run
      ? { scope: actorText(context.actor), key, route: name, input_hash: inputHash([name, input]) }
      : null
  if (wanted && wanted.key.length > keyLengthMax)
    throw new AppError('idempotency.key_too_long', { length_max: keyLengthMax })
  await shape.before?.(input, context)
  if (gather && !wanted && !context.dry_run) return gather(context.actor, input)
  return options.db.tx({ actor: context.actor, now: context.now, rollback: context.dry_run }, async (tx) => {
    const stored = wanted ? await claim(tx, wanted) : null
    if (stored) {
      context.reply.header('idempotent-replayed', 'true')
      return stored.answer
    }
    const { guard } = shape
    const isAsked = guard && !(guard.unless && mayDo(context, guard.unless))
    if (isAsked) await options.guards![guard.name]!(tx, input, context)
    const answer = await shape.write!(tx, input, context)
    if (wanted) await keep(tx, wanted, answer)
    return answer
  })
}

/** RFC 9457. What we did not expect is logged whole and answered without detail. */
async function answerError(log: Log, error: Error, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const known = known4xx(error)
  if (!known || known.status >= 500) {
    const statement = (error as { statement?: string }).statement
    log.error({ err: error, request_id: request.id, url: request.url.split('?')[0], statement }, 'request failed')
  }
  const problem = known ?? {
    status: 500 as const,
    code: 'server.failed',
    params: {},
    errors: [],
    message: 'unexpected error',
  }
  const retryAfter = problem.params['retry_after']
  if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter))
  await reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({
      type: `urn:regulars:error:${problem.code}`,
      title: problem.message,
      status: problem.status,
      code: problem.code,
      params: problem.params,
      errors: problem.errors,
      request_id: request.id,
    })
}

type Known = Pick<AppError, 'status' | 'code' | 'params' | 'errors' | 'message'>

function known4xx(error: Error): Known | null {
  if (error instanceof AppError) return error
  // its own words may name a folder of ours
  if (isDatabaseAway(error))
    return problemOf(503, 'database.unavailable', new Error('the database is away: send it again'))
  if (isPostgresError(error)) {
    // 22P02/22003: a value that cannot be what the column is; a constraint with no name of ours is still the
    // caller's input
    if (error.code === '22003') return problemOf(422, 'request.number_too_large', error)
    // a character that no text can hold: NUL, in a value or in JSON
    if (error.code === '22021' || error.code === '22P05') return problemOf(400, 'request.unreadable', error)
    if (error.code === '57014') return problemOf(503, 'query.timed_out', error)
    return null
  }
  const { statusCode, code } = error as Error & { statusCode?: number; code?: string }
  if (statusCode === 429) return problemOf(429, 'request.too_many', error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problemOf(413, 'request.too_large', error)
  if (statusCode && statusCode >= 400 && statusCode < 500) return problemOf(400, 'request.unreadable', error)
  return null
}

function problemOf(status: AppError['status'], code: string, error: Error): Known {
  return { status, code, params: {}, errors: [], message: error.message }
}
