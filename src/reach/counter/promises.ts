/**
 * What this program has promised lately: most purchases are committed moments after they were held, by the server that
 * held them. A promise is a guess until its row is locked: its mark says whether anybody has changed it since.
 */
import type { Claimed } from './holds.ts'
import type { Quote } from './types.ts'

/** A hold as it was written; its quote as text, which takes a tenth of the memory. */
export interface Promised extends Omit<Claimed, 'quote'> {
  /** The transaction that wrote the row. */
  mark: string
  quote: string
}

/** Some thousand purchases under way. */
const charactersMax = 8_000_000
let characters = 0
/** By hold, the oldest first. */
const promised = new Map<string, Promised>()

/** Called when the hold is committed to the database. */
export function remember(hold: Promised): void {
  forget(hold.hold_id)
  promised.set(hold.hold_id, hold)
  characters += hold.quote.length
  for (const hold_id of promised.keys()) {
    if (characters <= charactersMax) return
    forget(hold_id)
  }
}

/** Those of these holds that were promised here. Each is given once: it is about to end. */
export function recall(hold_ids: readonly string[]): Map<string, Promised> {
  const found = new Map<string, Promised>()
  for (const hold_id of hold_ids) {
    const hold = promised.get(hold_id)
    if (!hold) continue
    found.set(hold_id, hold)
    forget(hold_id)
  }
  return found
}

function forget(hold_id: string): void {
  characters -= promised.get(hold_id)?.quote.length ?? 0
  promised.delete(hold_id)
}

/** The quote that was promised. */
export function quoteOf({ quote }: Promised): Quote {
  return JSON.parse(quote) as Quote
}
