/** What this device keeps: which till it is, its own mark, how many receipts it has numbered, and who was signed in. */
import type { Answer, Input } from '../kit/call.ts'

/** The till this device stands for. */
export interface Till {
  store_id: string
  store_code: string
  store_name: string
  till: string
}

export type Session = Answer<'GET /v1/admin/session'>
/** What the owner allows at the counter, and where the clerk works. */
export type Work = Answer<'GET /v1/till/work'>

const keys = {
  till: 'regulars.till',
  mark: 'regulars.till-mark',
  count: 'regulars.till-count',
  session: 'regulars.who',
  work: 'regulars.till-work',
  ahead: 'regulars.clock-ahead',
  topUp: 'regulars.top-up',
}

function kept<T>(key: string): T | null {
  const text = localStorage.getItem(key)
  return text === null ? null : (JSON.parse(text) as T)
}

export const keptTill = () => kept<Till>(keys.till)
export const keepTill = (till: Till) => localStorage.setItem(keys.till, JSON.stringify(till))

/** Who was signed in last. */
interface Known {
  session: Session
}
export const keptSession = () => kept<Known>(keys.session)
export const keepSession = (known: Known) => localStorage.setItem(keys.session, JSON.stringify(known))
export const forgetSession = () => localStorage.removeItem(keys.session)

export const keptWork = () => kept<Work>(keys.work)
export const keepWork = (work: Work) => localStorage.setItem(keys.work, JSON.stringify(work))

/** A top-up that was sent and not answered: whether it was taken down nobody knows, so it keeps its name. */
export interface SentTopUp {
  card_definition_id: string
  paid_minor: number
  body: Input<'POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups'>['body']
}
export const keptTopUp = (member_id: string) => kept<SentTopUp>(`${keys.topUp}.${member_id}`)
export function keepTopUp(member_id: string, sent: SentTopUp | null): void {
  const key = `${keys.topUp}.${member_id}`
  if (sent) localStorage.setItem(key, JSON.stringify(sent))
  else localStorage.removeItem(key)
}

/** How far the program's clock ran ahead of this device's, ms, and what the device's own said then. */
interface HeardAhead {
  ahead_ms: number
  at_ms: number
}

/** What was last heard; null: nothing, or the device's clock has been set back since. */
export function keptAhead(): number | null {
  const heard = kept<HeardAhead>(keys.ahead)
  return heard && Date.now() >= heard.at_ms - told_back_ms ? heard.ahead_ms : null
}
export const keepAhead = (ahead_ms: number) =>
  localStorage.setItem(keys.ahead, JSON.stringify({ ahead_ms, at_ms: Date.now() } satisfies HeardAhead))
/** Clocks that set themselves go back a little. */
const told_back_ms = 60_000

/** What this device's own clock says, right or wrong. ISO 8601. */
export const deviceNow = () => new Date().toISOString()

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const mark_length = 4

/** Two devices may be called till 1 of one store by mistake; their receipts must not share numbers. */
export function ownMark(): string {
  const known = localStorage.getItem(keys.mark)
  if (known) return known
  const signs = crypto.getRandomValues(new Uint8Array(mark_length))
  const mark = [...signs].map((byte) => letters[byte % letters.length]).join('')
  localStorage.setItem(keys.mark, mark)
  return mark
}

/** The next receipt's number, store-till-date-mark and a count that never goes back; `day` is the program's day. */
export function nextNumber({ store_code, till }: Till, day: string): string {
  const count = Number(localStorage.getItem(keys.count) ?? '0') + 1
  localStorage.setItem(keys.count, String(count))
  return [store_code, till, day.replaceAll('-', ''), ownMark() + String(count).padStart(3, '0')].join('-')
}

/** The sales channel that orders of this till carry. */
export const channelOf = ({ store_code, till }: Till) => `till-${store_code}-${till}`.slice(0, 60)
