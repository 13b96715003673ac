/**
 * How wrong this device's clock is: each answer tells the program's time, and the world's. They differ in a demo alone,
 * whose program lives ahead of us.
 */
import { useSyncExternalStore } from 'react'

export interface HeardClock {
  /** The program's clock, less this device's. */
  ahead_ms: number
  /** The right time, less this device's; to a second. */
  off_ms: number
}

/** An answer that took longer says little about its own moment. */
const took_ms_max = 5_000
/** The world's time comes in whole seconds, and nobody draws a page anew for one. */
const told_from_ms = 2_000

let heard: HeardClock | null = null
const listeners = new Set<() => void>()

/** Takes the clocks out of an answer's headers; the answer was asked for and came at these times of this device. */
export function hearClock(headers: Pick<Headers, 'get'>, asked_ms: number, came_ms: number): void {
  if (came_ms - asked_ms > took_ms_max || came_ms < asked_ms) return
  const program_ms = Date.parse(headers.get('x-program-time') ?? '')
  const world_ms = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(program_ms) || Number.isNaN(world_ms)) return
  const between_ms = (asked_ms + came_ms) / 2
  // the header leaves its fraction of a second out: on average half of one
  const next = { ahead_ms: Math.round(program_ms - between_ms), off_ms: Math.round(world_ms + 500 - between_ms) }
  const isNews =
    heard === null ||
    Math.abs(next.ahead_ms - heard.ahead_ms) >= told_from_ms ||
    Math.abs(next.off_ms - heard.off_ms) >= told_from_ms
  if (!isNews) return
  heard = next
  for (const tell of listeners) tell()
}

/** What was heard last; null: nothing since the page opened. */
export const heardClock = (): HeardClock | null => heard

function subscribe(tell: () => void): () => void {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

export const useHeardClock = (): HeardClock | null => useSyncExternalStore(subscribe, heardClock)
