/** The numbers of this device's receipts: its own mark, and a count that never goes back, whatever is killed when. */
import { earlierNumbering, forgetEarlierNumbering, type Till } from './device.ts'
import { writeDown } from './disk.ts'

/** Two devices may be called till 1 of one store by mistake; their receipts must not share numbers. */
export interface Numbering {
  /** Four signs. */
  mark: string
  /** How many receipts were numbered. */
  count: number
}

const key = 'numbering'
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const mark_length = 4

function newMark(): string {
  const signs = crypto.getRandomValues(new Uint8Array(mark_length))
  return [...signs].map((byte) => letters[byte % letters.length]).join('')
}

/**
 * Where the count begins on a device that an older counter has numbered on: above what it wrote into `localStorage`,
 * which may have been set back by a kill, and above every number that is written down.
 */
export function beginning(
  earlier: { mark: string | null; count: number },
  written_down: readonly string[],
  new_mark: string,
): Numbering {
  const mark = earlier.mark ?? new_mark
  const counts = written_down.map((number) => {
    const last = number.slice(number.lastIndexOf('-') + 1)
    return last.startsWith(mark) ? Number(last.slice(mark.length)) || 0 : 0
  })
  return { mark, count: counts.reduce((most, count) => Math.max(most, count), earlier.count) }
}

/** Reads, changes and writes it in one transaction, so that two pages never take one number. */
async function change(to: (now: Numbering) => Numbering): Promise<Numbering> {
  let changed: Numbering | undefined
  await writeDown(['own', 'journal'], (tx) => {
    const own = tx.objectStore('own')
    const keep = (now: Numbering) => own.put((changed = to(now)), key)
    const known = own.get(key)
    known.onsuccess = () => {
      if (known.result) return void keep(known.result as Numbering)
      const numbers = tx.objectStore('journal').getAllKeys()
      numbers.onsuccess = () => keep(beginning(earlierNumbering(), numbers.result as string[], newMark()))
    }
  })
  forgetEarlierNumbering()
  return changed!
}

/** This device's own mark. Rejects with `DeviceProblem`. */
export const ownMark = async (): Promise<string> => (await change((now) => now)).mark

/**
 * The next receipt's number, store-till-date-mark and count; `day` is the program's day. It is taken when this
 * resolves: nobody gets it again. Rejects with `DeviceProblem`.
 */
export async function takeNumber({ store_code, till }: Till, day: string): Promise<string> {
  const { mark, count } = await change((now) => ({ ...now, count: now.count + 1 }))
  return [store_code, till, day.replaceAll('-', ''), mark + String(count).padStart(3, '0')].join('-')
}
