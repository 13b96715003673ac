/** What this device remembers: which till it is, who was signed in. What it must never lose is elsewhere (disk.ts). */
import type { Answer } from '../kit/call.ts'

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

/** What a counter of before numbered with here; numbers are taken on the disk since (numbering.ts). */
export const earlierNumbering = () => ({
  mark: localStorage.getItem(keys.mark),
  count: Number(localStorage.getItem(keys.count)) || 0,
})
export function forgetEarlierNumbering(): void {
  localStorage.removeItem(keys.mark)
  localStorage.removeItem(keys.count)
}

/** The sales channel that orders of this till carry. */
export const channelOf = ({ store_code, till }: Till) => `till-${store_code}-${till}`.slice(0, 60)
