/** What an answer to a sent receipt means for it: a clerk rings up again what is called refused, so few are. */
import { ApiError } from '../kit/call.ts'

export type Meaning =
  /** The program has read this receipt and says no: sending it again brings the same. */
  | { kind: 'refused'; code: string; params: Record<string, unknown> }
  /** It is booked; what it brought is not told any more. */
  | { kind: 'booked' }
  /** Nothing was said about it: it is sent again. */
  | { kind: 'again'; after_ms: number | null; others_may_go_first: boolean }

/** 4xx that are about the sender or the moment: signed out, not allowed, too slow, too often. */
const not_of_receipt = [401, 403, 408, 425, 429]

/** Codes that are about the road or the moment, whatever their status. */
const passing_codes = [
  'idempotency.in_progress',
  'order.conflict',
  'order.changed_meanwhile',
  'query.cancelled',
  'request.not_json',
  'request.unreadable',
  'route.not_found',
  // no program speaks like that: something between it and us does
  'server.failed',
]

/** Whatever was sent: this answer says nothing of what became of it. */
export const isOfMoment = ({ code }: ApiError) => passing_codes.includes(code)

/** However long it is asked to wait, a receipt is tried again within a minute. */
const wait_ms_max = 60_000

export function meaningOf(thrown: unknown): Meaning {
  if (!(thrown instanceof ApiError)) return { kind: 'again', after_ms: null, others_may_go_first: false }
  const { code, status, params } = thrown
  if (code === 'idempotency.answer_forgotten') return { kind: 'booked' }
  if (isOfReceipt(thrown)) return { kind: 'refused', ...firstOf(thrown) }
  const wait = params['retry_after']
  return {
    kind: 'again',
    after_ms: typeof wait === 'number' ? Math.min(Math.max(0, wait) * 1_000, wait_ms_max) : null,
    // order matters to points and tiers, so those behind it wait too; but not for one that the server stumbles over
    others_may_go_first: status === 500,
  }
}

function isOfReceipt(error: ApiError): boolean {
  const { code, status, params } = error
  if (status < 400 || status >= 500 || isOfMoment(error) || 'retry_after' in params) return false
  // another store's till is 403: asking again changes nothing
  return code.startsWith('till.') || !not_of_receipt.includes(status)
}

/** `till.refused` names each reason; the first one is said. */
function firstOf(error: ApiError): { code: string; params: Record<string, unknown> } {
  const [first] = error.errors
  return first ? { code: first.code, params: first.params ?? {} } : { code: error.code, params: error.params }
}
