/** Sends what the journal holds, in order, again and again until each receipt has its answer. */
import { ApiError, call, callByName, noticeSignedOut, touch } from '../kit/call.ts'
import { deviceNow, ownMark } from './device.ts'
import { prune, refresh, settle, type Entry, type Sale } from './journal.ts'

/** Between tries without a network; the browser's own `online` event comes sooner, when it comes. */
const pauseMs = 5_000

let running: Promise<void> | null = null
let again = false
let timer: ReturnType<typeof setTimeout> | undefined

/** Sends all that waits; a call while another runs is one more round. Never rejects. */
export function send(): Promise<void> {
  again = true
  running ??= rounds().finally(() => (running = null))
  return running
}

async function rounds(): Promise<void> {
  clearTimeout(timer)
  while (again) {
    again = false
    const waiting = (await refresh()).filter((entry) => entry.state === 'waiting')
    for (const entry of waiting) {
      const came = await sendOne(entry)
      if (came === 'answered') continue
      clearTimeout(timer)
      timer = setTimeout(() => void send(), pauseMs)
      // order matters to points and tiers, so those behind it wait too; but not for one that the server stumbles over
      if (came === 'unreachable') return
    }
  }
}

/** What became of it: a sale or a refusal, nobody there, or a server that fails on this one. */
async function sendOne(entry: Entry): Promise<'answered' | 'unreachable' | 'stumbled'> {
  try {
    await settle(await answered(entry))
    await touch('members', 'orders')
    return 'answered'
  } catch (thrown) {
    if (!isRefusal(thrown)) {
      noticeSignedOut(thrown)
      return thrown instanceof ApiError && thrown.status === 500 ? 'stumbled' : 'unreachable'
    }
    const { code, params } = firstOf(thrown)
    await settle({ ...entry, state: 'refused', error: { code, params } })
    return 'answered'
  }
}

async function answered(entry: Entry): Promise<Entry> {
  const { sending, offline, number } = entry
  if (!offline || sending.name !== 'POST /v1/till/orders') {
    const { name, input } = sending
    const sale = (await callByName(name, input, { idempotency_key: `counter ${number}` })) as Sale
    return { ...entry, state: 'done', sale }
  }
  const sale = sending.input.body
  // the number is its key: what the clock says now is another word each time it is sent
  const body = { ...offline, device: ownMark(), device_now: deviceNow(), sale }
  const { order_id, code, params, ...brought } = await call('POST /v1/till/offline-receipts', { body })
  if (order_id === null) return { ...entry, state: 'manager', error: code ? { code, params: params ?? {} } : null }
  const { source, source_id } = sale
  const { paid_minor, points_earned } = brought
  const sold = { order_id, source, source_id, paid_minor, points_earned, saved_minor: 0, points_used: 0, lenders: [] }
  return { ...entry, state: 'done', sale: sold }
}

/** The server has read it and says no; anything else may still become a yes. */
function isRefusal(thrown: unknown): thrown is ApiError {
  if (!(thrown instanceof ApiError)) return false
  // another store's till: asking again changes nothing
  if (thrown.code.startsWith('till.')) return true
  return thrown.status >= 400 && thrown.status < 500 && ![401, 403, 408, 429].includes(thrown.status)
}

/** `till.refused` names each reason; the first one is said. */
function firstOf(error: ApiError): { code: string; params: Record<string, unknown> } {
  const [first] = error.errors
  return first ? { code: first.code, params: first.params ?? {} } : error
}

/** Begins when the app does, and whenever the network is back. */
export function startSending(): void {
  window.addEventListener('online', () => void send())
  void prune().then(send)
}
