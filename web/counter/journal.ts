/**
 * What was rung up here and must not be lost: written down on the device before anything is sent, kept until the server
 * has answered. The receipt's number is its key here and on the server, so that sending it again does nothing twice.
 */
import { useSyncExternalStore } from 'react'
import type { Answer, Input } from '../kit/call.ts'
import type { Quote } from './basket.ts'
import { readAll, writeDown } from './disk.ts'

export type Sale = Omit<Answer<'POST /v1/till/orders'>, 'hold_id'>

/** What is sent: a whole receipt, or the commit of one whose points and coupons are held. */
export type Sending =
  | { name: 'POST /v1/till/orders'; input: Input<'POST /v1/till/orders'> }
  | { name: 'POST /v1/till/holds/:hold_id/commit'; input: Input<'POST /v1/till/holds/:hold_id/commit'> }

/** Of a receipt that was taken without a network. */
export interface Offline {
  /** The number of the first receipt that waited when this one came: until all are sent, they count together. */
  stretch: string
  /** By the device's own clock, whatever the program's says. ISO 8601. */
  said_at: string
  /** How far the program's clock was ahead of it when it was last heard; null: never. */
  ahead_ms: number | null
  /** Points that paid some of it, by the code that the member showed. */
  spend: { code: string; shown_at: string; points: number; worth_minor: number } | null
}

export interface Entry {
  number: string
  /** ISO 8601; entries are sent in its order. */
  at: string
  member_id: string | null
  member_name: string | null
  to_pay_minor: number
  /** What was promised on screen; null without a network. */
  quote: Quote | null
  sending: Sending
  /** null: with a network, or before it was lost. */
  offline: Offline | null
  /** manager: the program has it, and a manager is to settle it. */
  state: 'waiting' | 'done' | 'refused' | 'manager'
  sale: Sale | null
  error: { code: string; params: Record<string, unknown> } | null
}

/** Receipts that were sent are kept so long to be looked at; the server has them for ever. */
const done_kept = 50

async function write(act: (store: IDBObjectStore) => void): Promise<void> {
  await writeDown(['journal'], (tx) => act(tx.objectStore('journal')))
  await refresh()
}

let entries: readonly Entry[] = []
const listeners = new Set<() => void>()

/** Reads what is written down, in the order it was rung up. */
export async function refresh(): Promise<readonly Entry[]> {
  const all = await readAll<Entry>('journal')
  entries = all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.number < b.number ? -1 : 1))
  for (const tell of listeners) tell()
  return entries
}

/**
 * Writes a receipt down. One that is there already, for the button was pressed again, stays as it is; another under its
 * number is never written over. Rejects with `DeviceProblem`.
 */
export const add = (entry: Entry) =>
  write((store) => {
    const known = store.get(entry.number)
    known.onsuccess = () => {
      const there = known.result as Entry | undefined
      if (!there) store.add(entry)
      else if (JSON.stringify(there.sending) !== JSON.stringify(entry.sending)) store.transaction.abort()
    }
  })

/** Notes what became of it. */
export const settle = (entry: Entry) => write((store) => store.put(entry))

/** Puts a receipt away that the server has refused and somebody has seen. */
export const forget = (number: string) => write((store) => store.delete(number))

/** Lets go of old receipts that were sent. */
export async function prune(): Promise<void> {
  const done = (await refresh()).filter((entry) => entry.state === 'done')
  const old = done.slice(0, Math.max(0, done.length - done_kept))
  if (old.length > 0) await write((store) => old.forEach(({ number }) => store.delete(number)))
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

/** All that is written down, as it changes. */
export function useJournal(): readonly Entry[] {
  return useSyncExternalStore(subscribe, () => entries)
}

/** Receipts without a network that the program has not got yet. */
export const unreconciled = (all: readonly Entry[]) =>
  all.filter((entry) => entry.state === 'waiting' && entry.offline != null)
