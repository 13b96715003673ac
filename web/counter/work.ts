/** What the owner allows here; without a network, what was allowed when it was last asked. */
import { useEffect } from 'react'
import { useCall } from '../kit/use-call.ts'
import { keepWork, keptWork, type Work } from './device.ts'
import { unreconciled, type Entry } from './journal.ts'

/** It changes once a season. */
const freshMs = 60_000

export function useWork(): Work | null {
  const read = useCall('GET /v1/till/work', {}, { fresh_ms: freshMs })
  const { data } = read
  useEffect(() => {
    if (data) keepWork(data)
  }, [data])
  return data ?? keptWork()
}

/** One more receipt without a network would be more than the owner allows until they are sent. */
export class OfflineLimit extends Error {
  readonly receipts: number
  constructor(receipts: number) {
    super('no more receipts without a network')
    this.receipts = receipts
  }
}

/** Throws `OfflineLimit`; a device that never heard of a limit takes none. */
export function insistOnOffline(all: readonly Entry[], amount_minor: number): void {
  const rules = keptWork()?.rules
  const waiting = unreconciled(all)
  const amount = waiting.reduce((sum, entry) => sum + entry.to_pay_minor, amount_minor)
  const most = rules?.offline_receipts_max ?? 0
  const most_minor = rules?.offline_amount_max_minor ?? Infinity
  if (waiting.length + 1 > most || amount > most_minor) throw new OfflineLimit(most)
}
