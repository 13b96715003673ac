/**
 * What was rung up here and must not be lost: written down on the device before anything is sent, kept until the server
 * has answered. The receipt's number is its key here and on the server, so that sending it again does nothing twice.
 */
import { useSyncExternalStore } from 'react'
import type { Answer, Input } from '../kit/call.ts'
import type { Quote } from './basket.ts'

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

const storeName = 'journal'
/** Receipts that were sent are kept so long to be looked at; the server has them for ever. */
const done_kept = 50

let opening: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('regulars-counter', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: 'number' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error!)
  })
  return opening
}

/** Resolves when the device has it on its disk, not before. */
async function write(act: (store: IDBObjectStore) => void): Promise<void> {
  const db = await open()
  await new Promise<void>((resolve, reject) => {
    const tx = db.transaction(storeName, 'readwrite', { durability: 'strict' })
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error!)
    act(tx.objectStore(storeName))
  })
  await refresh()
}

let entries: readonly Entry[] = []
const listeners = new Set<() => void>()

/** Reads what is written down, in the order it was rung up. */
export async function refresh(): Promise<readonly Entry[]> {
  const db = await open()
  const all = await new Promise<Entry[]>((resolve, reject) => {
    const request = db.transaction(storeName).objectStore(storeName).getAll()
    request.onsuccess = () => resolve(request.result as Entry[])
    request.onerror = () => reject(request.error!)
  })
  entries = all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.number < b.number ? -1 : 1))
  for (const tell of listeners) tell()
  return entries
}

/** Writes a receipt down; rejects with `ConstraintError` if its number is taken. */
export const add = (entry: Entry) => write((store) => store.add(entry))

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
