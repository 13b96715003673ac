/**
 * What this device must not lose when it is switched off in the middle of work: one database of the browser, written
 * strictly. `localStorage` is no place for it: Chromium writes that seconds later, or not at all.
 */

/** `journal`: receipts by their number. `own`: numbering.ts, sent-top-up.ts. */
export type Store = 'journal' | 'own'

/** The device itself failed, not the program: `errors:<code>` says how. */
export class DeviceProblem extends Error {
  override readonly name = 'DeviceProblem'
  readonly code: 'device.full' | 'device.other_tab' | 'device.failed'
  constructor(code: DeviceProblem['code'], cause?: unknown) {
    super(code, { cause })
    this.code = code
  }
}

/** What a browser says of itself is for no clerk. */
function named(thrown: unknown): DeviceProblem {
  if (thrown instanceof DeviceProblem) return thrown
  const isFull = thrown instanceof DOMException && thrown.name === 'QuotaExceededError'
  return new DeviceProblem(isFull ? 'device.full' : 'device.failed', thrown)
}

const version = 2

let opening: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  if (opening) return opening
  const begun = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('regulars-counter', version)
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) request.result.createObjectStore('journal', { keyPath: 'number' })
      if (oldVersion < 2) request.result.createObjectStore('own')
    }
    // a page of an older counter holds it open
    request.onblocked = () => reject(new DeviceProblem('device.other_tab'))
    request.onerror = () => reject(named(request.error))
    request.onsuccess = () => {
      const db = request.result
      db.onversionchange = () => {
        db.close()
        opening = null
      }
      db.onclose = () => (opening = null)
      resolve(db)
    }
  })
  // what failed once is tried again
  begun.catch(() => (opening = null))
  return (opening = begun)
}

/** All of `act` or nothing; resolves when the device has it on its disk, not before. Rejects with `DeviceProblem`. */
export async function writeDown(stores: Store[], act: (tx: IDBTransaction) => void): Promise<void> {
  const db = await open()
  try {
    await new Promise<void>((resolve, reject) => {
      const tx = db.transaction(stores, 'readwrite', { durability: 'strict' })
      tx.oncomplete = () => resolve()
      tx.onabort = () => reject(tx.error as Error)
      act(tx)
    })
  } catch (thrown) {
    throw named(thrown)
  }
}

async function read<T>(store: Store, ask: (from: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = ask(db.transaction(store).objectStore(store))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error as Error)
    })
  } catch (thrown) {
    throw named(thrown)
  }
}

/** Everything in a store. Rejects with `DeviceProblem`. */
export const readAll = async <T>(store: Store) => (await read(store, (from) => from.getAll())) as T[]

/** What lies under a key. Rejects with `DeviceProblem`. */
export const readOne = async <T>(store: Store, key: string) =>
  (await read(store, (from) => from.get(key))) as T | undefined
