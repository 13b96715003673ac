/**
 * A route table: `'POST /v1/admin/members'` → permission, schemas, verb. The route's own name is its identifier
 * everywhere: server, typed client, documents, tests, log lines.
 *
 * `read` gets the database, `write` gets an open transaction (http.ts opens it, keeps the idempotency key and rolls
 * back a dry run), `stream` gets the raw request for uploads, downloads and redirects.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static, type TObject, type TSchema } from 'typebox'
import type { Actor } from './actor.ts'
import type { Db, Tx } from './db.ts'
import { AppError } from './errors.ts'
import type { Apart } from './gather.ts'
import type { Log } from './log.ts'

/** Whoever is calling, known by a session cookie, an API key or nothing at all. */
export interface Principal {
  actor: Actor
  /** `noun:verb` words; `*` means all. */
  permissions: ReadonlySet<string>
  locale: string
}

/** What a route function knows besides its input. */
export interface Context {
  actor: Actor
  permissions: ReadonlySet<string>
  /** The caller's language (BCP 47), for the few answers that carry words. */
  locale: string
  db: Db
  now: Date
  request_id: string
  ip: string
  log: Log
  /** The address under which this program is reached, without a trailing slash: for links in messages. */
  base_url: string
  /** True when `?dry_run=true`: the transaction is rolled back afterwards. */
  dry_run: boolean
  /** Aborted when the caller hangs up: long reads pass it on. */
  signal: AbortSignal
  /** Sets a response header or cookie (sign-in, downloads). */
  reply: FastifyReply
}

/** A row may hold a Date where the schema says text: JSON writes it as RFC 3339. */
export type Loose<T> = unknown extends T
  ? unknown
  : T extends string
    ? T | Date
    : T extends readonly (infer Item)[]
      ? Loose<Item>[]
      : T extends object
        ? { [Key in keyof T]: Loose<T[Key]> }
        : T

type Infer<S> = S extends TSchema ? Static<S> : Record<string, never>

/** The three places an input comes from, each checked against its schema before the function runs. */
export interface Input<P, Q, B> {
  params: Infer<P>
  query: Infer<Q>
  body: Infer<B>
}

/** What a door asks of floors above it, by name: `app` joins the names to their verbs, as it joins hearers to facts. */
export type Guards = Record<
  string,
  (tx: Tx, input: Input<TSchema, TSchema, TSchema>, context: Context) => Promise<void>
>

export interface RouteShape<P, Q, B, A> {
  /** `noun:verb`, or `open` (no sign-in), `signed_in` (any staff session or key), `member` (one's own portal). */
  permission: string
  /** Opens the door as well: whoever may read a noun need not stand at a till to read it there. */
  or_permission?: string
  /** One sentence for the API document. */
  summary: string
  params?: P
  query?: Q
  body?: B
  answer: A
  /** 200 unless said otherwise: 201 created, 202 a job, 204 nothing. */
  status?: 200 | 201 | 202 | 204
  /** false: takes no Idempotency-Key (sign-in, counts, previews). */
  idempotent?: boolean
  /** Of an open route: calls a minute one address may make; 300 unless said otherwise. Phones share addresses. */
  open_per_minute_max?: number
  /**
   * Of an open route that signs in: only pages of our own may call it, or another site's form could sign a visitor in
   * as somebody else. Programs, which name no origin, may.
   */
  own_pages?: boolean
  /** Largest body in bytes; Fastify's 1 MiB unless said otherwise. */
  body_bytes_max?: number
  read?: (db: Db, input: Input<P, Q, B>, context: Context) => Promise<Loose<Infer<A>>>
  /**
   * Before `write`, outside its transaction: for what stays noted although the call is refused. A transaction opened
   * within `write` would wait for a connection while it holds one; enough calls at once would wait for ever.
   */
  before?: (input: Input<P, Q, B>, context: Context) => Promise<void>
  write?: (tx: Tx, input: Input<P, Q, B>, context: Context) => Promise<Loose<Infer<A>>>
  /** Asked in the transaction of `write` before it, of all but those who may `unless`; throws what refuses the call. */
  guard?: { name: string; unless?: string }
  /**
   * Beside `write`: the same for calls that arrive at once, in one transaction (gather.ts). Calls with a key of their
   * own and dry runs take `write`.
   */
  together?: (tx: Tx, inputs: readonly Input<P, Q, B>[]) => Promise<(Loose<Infer<A>> | Error)[]>
  /** Beside `read`: the same for calls that arrive at once. */
  read_together?: (db: Db, inputs: readonly Input<P, Q, B>[]) => Promise<(Loose<Infer<A>> | Error)[]>
  /** Beside `together`: how many rows a call brings, one unless said. */
  rows_of?: (input: Input<P, Q, B>) => number
  /** Beside `together`: how a call of many rows is cut into parts of different rows. */
  apart?: Apart<Input<P, Q, B>, Loose<Infer<A>>>
  stream?: (request: FastifyRequest, reply: FastifyReply, input: Input<P, Q, B>, context: Context) => Promise<unknown>
}

/** Any route, its schemas forgotten: what the server walks over. */
export type AnyRoute = RouteShape<TSchema | undefined, TSchema | undefined, TSchema | undefined, TSchema>
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
export type RouteTable = Record<RouteName, unknown>

/** Writes one route of a table; its only work is to infer the types. */
export function route<
  A extends TSchema,
  P extends TObject | undefined = undefined,
  Q extends TObject | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(shape: RouteShape<P, Q, B, A>): RouteShape<P, Q, B, A> {
  return shape
}

/** The client's view of a table: what each route takes and answers, as JSON types. */
export type Calls<T> = {
  [Name in keyof T]: T[Name] extends RouteShape<infer P, infer Q, infer B, infer A>
    ? { params: Infer<P>; query: Infer<Q>; body: Infer<B>; answer: Infer<A> }
    : never
}

/** Shapes that many routes share. */
export const Uuid = Type.String({ format: 'uuid' })
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' })
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'YYYY-MM-DD in the program’s zone' })
export const Minor = Type.Integer({ description: 'integer in minor units of the program’s currency' })
/** What something costs us: a single point may be worth less than the smallest coin. */
export const CostMinor = Type.Number({
  description: 'in minor units of the program’s currency, to four decimals of one',
})

/** A value or null. */
export function Nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()])
}

/** `{data, next_cursor}`: every list answers this. */
export function Page<S extends TSchema>(item: S) {
  return Type.Object({ data: Type.Array(item), next_cursor: Nullable(Type.String()) })
}

/** How lists are asked: at most 200 rows a page (a screen shows 25–50; exports use downloads). */
export const pageSizeMax = 200
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageSizeMax })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
}

/** Cursors are opaque to callers: base64url of the last row's sort key. */
export function writeCursor(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** What is no cursor of this list: to begin anew instead would have a program read the first page for ever. */
export const cursorUnreadable = (): AppError =>
  new AppError(
    'request.cursor_unreadable',
    {},
    {
      status: 400,
      errors: [{ pointer: '/query/cursor', code: 'schema.format' }],
    },
  )

/** The sort key in a cursor, or null when there is none. Throws `request.cursor_unreadable`. */
export function readCursor(cursor: string | undefined): unknown[] | null {
  if (!cursor) return null
  let key: unknown
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw cursorUnreadable()
  }
  if (!Array.isArray(key) || key.length === 0) throw cursorUnreadable()
  return key
}

/** Cuts one row too many off a list that was asked with `limit + 1` and makes the next cursor from the last kept. */
export function pageOf<T>(
  rows: T[],
  limit: number,
  key: (row: T) => unknown[],
): { data: T[]; next_cursor: string | null } {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, next_cursor: rows.length > limit && last ? writeCursor(key(last)) : null }
}
