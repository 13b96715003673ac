/** A top-up that was sent and not answered: whether it was booked nobody knows, so it keeps its name on the disk. */
import type { Input } from '../kit/call.ts'
import { readOne, writeDown } from './disk.ts'

export interface SentTopUp {
  card_definition_id: string
  paid_minor: number
  body: Input<'POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups'>['body']
}

const keyOf = (member_id: string) => `top-up ${member_id}`
/** Where a counter of before kept it. */
const earlierKeyOf = (member_id: string) => `regulars.top-up.${member_id}`

/** Rejects with `DeviceProblem`. */
export async function sentTopUp(member_id: string): Promise<SentTopUp | null> {
  const earlier = localStorage.getItem(earlierKeyOf(member_id))
  const sent = await readOne<SentTopUp>('own', keyOf(member_id))
  return sent ?? (earlier === null ? null : (JSON.parse(earlier) as SentTopUp))
}

/** Resolves when it is on the disk; null: it has its answer. Rejects with `DeviceProblem`. */
export async function keepTopUp(member_id: string, sent: SentTopUp | null): Promise<void> {
  await writeDown(['own'], (tx) => {
    if (sent) tx.objectStore('own').put(sent, keyOf(member_id))
    else tx.objectStore('own').delete(keyOf(member_id))
  })
  localStorage.removeItem(earlierKeyOf(member_id))
}
