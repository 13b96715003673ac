/**
 * Named errors. The domain throws `AppError('noun.reason', params)`; only the edge (http.ts, the command line)
 * turns it into a status and a sentence. What the outside world does wrong (a bounce) is data, not an error.
 */

/** One broken place in an input: where (JSON pointer), which rule, with what values. */
export interface ErrorDetail {
  pointer: string
  code: string
  params?: Record<string, unknown>
}

/** The HTTP statuses an error may ask for; api.md says which means what. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 422 | 429 | 500 | 503

/** An error with a stable code (`points.insufficient`), parameters for translation and, if many, its places. */
export class AppError extends Error {
  readonly code: string
  readonly params: Record<string, unknown>
  readonly status: ErrorStatus
  readonly errors: ErrorDetail[]

  constructor(
    code: string,
    params: Record<string, unknown> = {},
    options: { status?: ErrorStatus; errors?: ErrorDetail[]; message?: string; cause?: unknown } = {},
  ) {
    super(options.message ?? sentence(code, params), { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.params = params
    this.status = options.status ?? defaultStatus(code)
    this.errors = options.errors ?? []
  }
}

/**
 * What was decided rests on what is no longer so: the transaction is undone and its work begins anew, as it does when
 * PostgreSQL finds a deadlock. The text is for the log.
 */
export class TryAgain extends Error {
  override readonly name = 'TryAgain'
}

/** `x.not_found` is 404 and so on; everything the domain refuses is 422 unless it says otherwise. */
function defaultStatus(code: string): ErrorStatus {
  if (code.endsWith('.not_found')) return 404
  if (code.endsWith('.conflict') || code.endsWith('.stale') || code.endsWith('.wrong_state')) return 409
  if (code.endsWith('.forbidden')) return 403
  return 422
}

function sentence(code: string, params: Record<string, unknown>): string {
  const known = Object.entries(params).map(
    ([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  )
  return known.length > 0 ? `${code}: ${known.join(', ')}` : code
}

/** Turns anything thrown into an Error, so that a log line always has a message and a stack. */
export function coerceError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** The PostgreSQL error fields we look at, when a thrown thing is one. */
export interface PostgresError extends Error {
  code: string
  constraint?: string
  detail?: string
  table?: string
}

/**
 * Is this an error that PostgreSQL sent? It has an SQLSTATE of five characters, none of which begins with E, as the
 * system's EPIPE does.
 */
export function isPostgresError(thrown: unknown): thrown is PostgresError {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    /^(?!E)[0-9A-Z]{5}$/.test(thrown.code)
  )
}

const lineCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'])

/**
 * Was the line to the database cut, or could none be opened? What was on its way may or may not be committed. `ENOENT`
 * counts where a socket was looked for; the driver itself says some of it in words only.
 */
export function isLineLost(error: Error): boolean {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  if (typeof code === 'string' && lineCodes.has(code)) return true
  if (code === 'ENOENT' && syscall === 'connect') return true
  return /^Connection terminated|^Client has encountered a connection error/.test(error.message)
}

/**
 * Can the database not serve anybody now? Its line is lost, it stops or starts (57P), or it has run out of disk, memory
 * or connections (53).
 */
export function isDatabaseAway(error: Error): boolean {
  return isLineLost(error) || (isPostgresError(error) && /^(08|57P|53)/.test(error.code))
}

/** Does this error say that the named constraint refused the row? */
export function violates(thrown: unknown, constraint: string): boolean {
  return isPostgresError(thrown) && thrown.constraint === constraint
}
