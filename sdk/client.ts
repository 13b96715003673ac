/**
 * Typed calls to the Regulars API. A route's name is the call: `call('GET /v1/admin/members', { query: { limit: 25 }
 * })`. Types come from the server's own route tables; nothing is generated and nothing of the server is bundled.
 */
import type { Api } from '../src/app/api.ts'

export type { Api }

/** Every route the server knows, as `METHOD /path/:with/:parameters`. */
export type RouteName = keyof Api & string
/** What a route answers. */
export type Answer<Name extends RouteName> = Api[Name]['answer']
/** One row of a route that answers `{data: […]}`. */
export type Row<Name extends RouteName> = Answer<Name> extends { data: readonly (infer Item)[] } ? Item : never
/** The names of routes that only read by GET. */
export type ReadName = Extract<RouteName, `GET ${string}`>

/** A part without fields may be left out, as may one whose fields are all optional. */
type Part<Key extends string, T> = [T] extends [Record<string, never>]
  ? { [K in Key]?: undefined }
  : Record<never, never> extends T
    ? { [K in Key]?: T }
    : { [K in Key]: T }

/** What each route takes. A table, so that the compiler looks up one route and never multiplies all of them out. */
type Inputs = {
  [Name in RouteName]: Part<'params', Api[Name]['params']> &
    Part<'query', Api[Name]['query']> &
    Part<'body', Api[Name]['body']>
}

/** What a route takes: path parameters, query, body; each only where the route has it. */
export type Input<Name extends RouteName> = Inputs[Name]

/** The arguments after a route's name; the input may be left out when nothing in it is required. */
export type InputArguments<Name extends RouteName, Options = CallOptions> = {
  [One in RouteName]: Record<never, never> extends Inputs[One]
    ? [input?: Inputs[One], options?: Options]
    : [input: Inputs[One], options?: Options]
}[Name]

export interface CallOptions {
  /** Cancels the call; the promise rejects with the signal's reason (an AbortError). */
  signal?: AbortSignal | undefined
  /** Names this logical call, so that sending it again does nothing twice; a random one unless given. */
  idempotency_key?: string | undefined
  /** Runs the real code and rolls it back. */
  dry_run?: boolean | undefined
}

export interface ClientOptions {
  /** Where the program lives, such as `https://club.example.com`; empty for the page's own origin. */
  base_url?: string
  /** An API key. Browsers leave it out: the session is a cookie. */
  token?: string
  /** Another `fetch`, such as one that records. */
  fetch?: typeof fetch
  /** The caller's language for the few answers that carry words (BCP 47). */
  locale?: () => string
  /** Told of each answer's headers and when it was asked for and came, in ms of this machine's clock. */
  heard?: (headers: Headers, asked_ms: number, came_ms: number) => void
  /**
   * How often a write is sent again, with the same key, when the network fails or the server is busy; 2 unless given.
   */
  retries_max?: number
}

/** One broken place of an input: JSON pointer into the body, rule, values. */
export interface ApiErrorPlace {
  pointer: string
  code: string
  params?: Record<string, unknown>
}

/**
 * A refused call. `code` is stable (`member.identity_taken`); status 0 with `network.unreachable` means no answer
 * of the program came.
 */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly params: Record<string, unknown>
  readonly errors: ApiErrorPlace[]
  readonly request_id: string | null

  constructor(problem: {
    status: number
    code: string
    title?: string | undefined
    params?: Record<string, unknown> | undefined
    errors?: ApiErrorPlace[] | undefined
    request_id?: string | null | undefined
    cause?: unknown
  }) {
    super(problem.title ?? problem.code, { cause: problem.cause })
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.params = problem.params ?? {}
    this.errors = problem.errors ?? []
    this.request_id = problem.request_id ?? null
  }
}

export interface Client {
  /** Calls a route. Throws `ApiError`. The answer must not help to infer the name: `const { data } = await call(…)`. */
  call<Name extends RouteName>(name: Name, ...rest: InputArguments<NoInfer<Name>>): Promise<Answer<NoInfer<Name>>>
  /** The address of a GET route: for downloads and links. */
  address<Name extends ReadName>(name: Name, ...rest: InputArguments<Name>): string
}

interface LooseInput {
  params?: Record<string, unknown> | undefined
  query?: Record<string, unknown> | undefined
  body?: unknown
}

/** Waits before a second and third try: long enough for a restart behind a proxy, short enough for a person. */
const retryPausesMs = [300, 1500]
const retriable = new Set([0, 429, 502, 503, 504])
/** Asking again would only take as long again. */
const final = new Set(['query.timed_out'])
/** The first sending of this very call is still at work: soon there is its answer. */
const passing = new Set(['idempotency.in_progress'])

/** A client for one program. */
export function createClient(options: ClientOptions = {}): Client {
  // typed loosely inside: two hundred routes at once are too many for the checker to hold against each other
  const loose = {
    call: (name: string, input?: LooseInput, call?: CallOptions) => send(options, name, input, call ?? {}),
    address: (name: string, input?: LooseInput) => addressOf(options.base_url ?? '', name, input),
  }
  return loose as unknown as Client
}

async function send(
  options: ClientOptions,
  name: string,
  input: LooseInput = {},
  call: CallOptions,
): Promise<unknown> {
  const method = name.slice(0, name.indexOf(' '))
  const query = call.dry_run ? { ...input.query, dry_run: true } : input.query
  const address = addressOf(options.base_url ?? '', name, { ...input, query })
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.token) headers['authorization'] = `Bearer ${options.token}`
  if (options.locale) headers['accept-language'] = options.locale()
  const form = typeof FormData !== 'undefined' && input.body instanceof FormData
  if (input.body !== undefined && !form) headers['content-type'] = 'application/json'
  // one key for the logical call: a retry after a lost answer must not happen twice
  if (method === 'POST') headers['idempotency-key'] = call.idempotency_key ?? randomKey()
  const body = input.body === undefined ? null : form ? (input.body as FormData) : JSON.stringify(input.body)
  const request: RequestInit = { method, headers, body, credentials: 'same-origin', signal: call.signal ?? null }
  const retries = method === 'GET' || method === 'POST' ? (options.retries_max ?? retryPausesMs.length) : 0
  for (let tried = 0; ; tried += 1) {
    try {
      return await once(options, address, request)
    } catch (thrown) {
      const again =
        thrown instanceof ApiError &&
        (passing.has(thrown.code) || (retriable.has(thrown.status) && !final.has(thrown.code))) &&
        tried < retries
      if (!again) throw thrown
      await pause(retryPausesMs[Math.min(tried, retryPausesMs.length - 1)]!, call.signal)
    }
  }
}

async function once(options: ClientOptions, address: string, request: RequestInit): Promise<unknown> {
  let response: Response
  const asked_ms = Date.now()
  try {
    response = await (options.fetch ?? fetch)(address, request)
    options.heard?.(response.headers, asked_ms, Date.now())
  } catch (thrown) {
    if (request.signal?.aborted) throw thrown
    throw new ApiError({ status: 0, code: 'network.unreachable', cause: thrown })
  }
  if (response.status === 204) return null
  const type = response.headers.get('content-type') ?? ''
  // no route answers with a page: somebody stands in between, such as a shop's network that wants a sign-in first
  if (response.ok && type.includes('html')) {
    const title = `network.unreachable: what answers at ${address} is a page`
    throw new ApiError({ status: 0, code: 'network.unreachable', title })
  }
  if (response.ok) return type.includes('json') ? response.json() : response.text()
  const problem = type.includes('json') ? ((await response.json().catch(() => ({}))) as Record<string, unknown>) : {}
  throw new ApiError({
    status: response.status,
    code: typeof problem['code'] === 'string' ? problem['code'] : 'server.failed',
    title: problem['title'] as string | undefined,
    params: problem['params'] as Record<string, unknown> | undefined,
    errors: problem['errors'] as ApiErrorPlace[] | undefined,
    request_id: (problem['request_id'] as string | undefined) ?? response.headers.get('x-request-id'),
  })
}

function addressOf(base: string, name: string, input: LooseInput = {}): string {
  const path = name.slice(name.indexOf(' ') + 1).replace(/:([a-z_]+)/g, (_whole, key: string) => {
    const value = input.params?.[key]
    if (value === undefined || value === null) throw new TypeError(`${name} needs params.${key}`)
    return encodeURIComponent(String(value))
  })
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(input.query ?? {})) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, String(one))
  }
  const text = search.toString()
  return base.replace(/\/$/, '') + path + (text ? `?${text}` : '')
}

/**
 * `randomUUID` exists on secure origins only; a shop's tablet may reach the program by plain http on its own network.
 */
function randomKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      },
      { once: true },
    )
  })
}
