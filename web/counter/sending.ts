/** Sends what the journal holds, in order, again and again until each receipt has its answer. */
import { call, callByName, noticeSignedOut, touch } from '../kit/call.ts'
import { meaningOf, type Meaning } from './answers.ts'
import { deviceNow } from './device.ts'
import { prune, refresh, settle, type Entry, type Sale } from './journal.ts'
import { ownMark } from './numbering.ts'

/** Between tries without a network; the browser's own `online` event comes sooner, when it comes. */
const pauseMs = 5_000

let running: Promise<void> | null = null
let again = false
let timer: ReturnType<typeof setTimeout> | undefined

/** Sends all that waits; a call while another runs is one more round. Never rejects. */
export function send(): Promise<void> {
  again = true
  running ??= rounds()
    // the device's own disk did not answer
    .catch(() => tryAgain(pauseMs))
    .finally(() => (running = null))
  return running
}

function tryAgain(after_ms: number): void {
  clearTimeout(timer)
  timer = setTimeout(() => void send(), after_ms)
}

async function rounds(): Promise<void> {
  clearTimeout(timer)
  while (again) {
    again = false
    const waiting = (await refresh()).filter((entry) => entry.state === 'waiting')
    for (const entry of waiting) {
      const meant = await sendOne(entry)
      if (meant === null) continue
      tryAgain(meant.after_ms ?? pauseMs)
      if (!meant.others_may_go_first) return
    }
  }
}

type Again = Extract<Meaning, { kind: 'again' }>

/** null when it has its answer. */
async function sendOne(entry: Entry): Promise<Again | null> {
  try {
    await settle(await answered(entry))
  } catch (thrown) {
    const meant = meaningOf(thrown)
    if (meant.kind === 'again') {
      noticeSignedOut(thrown)
      return meant
    }
    if (meant.kind === 'refused') {
      const { code, params } = meant
      await settle({ ...entry, state: 'refused', error: { code, params } })
      return null
    }
    await settle({ ...entry, state: 'done' })
  }
  await touch('members', 'orders')
  return null
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
  const body = { ...offline, device: await ownMark(), device_now: deviceNow(), sale }
  const { order_id, code, params, ...brought } = await call('POST /v1/till/offline-receipts', { body })
  if (order_id === null) return { ...entry, state: 'manager', error: code ? { code, params: params ?? {} } : null }
  const { source, source_id } = sale
  const { paid_minor, points_earned } = brought
  const sold = { order_id, source, source_id, paid_minor, points_earned, saved_minor: 0, points_used: 0, lenders: [] }
  return { ...entry, state: 'done', sale: sold }
}

/** Begins when the app does, and whenever the network is back. */
export function startSending(): void {
  window.addEventListener('online', () => void send())
  void prune().then(send, send)
}
