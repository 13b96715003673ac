/**
 * Pay: what takes points or coupons is held first, so that a dead network refuses it before the customer pays; then the
 * receipt is written down on the device, and only then is it called done and sent.
 */
import { useRef } from 'react'
import { call } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { bodyOf, grossOf, spends, type Basket, type Quote, type SaleBody } from './basket.ts'
import { useTill } from './clerk.tsx'
import { channelOf, deviceNow, nextNumber } from './device.ts'
import { add, refresh, unreconciled, type Entry, type Offline, type Sending } from './journal.ts'
import { go } from './place.ts'
import { send } from './sending.ts'
import { insistOnOffline } from './work.ts'

/** Between the quote and the button something changed: the customer has not agreed to this. */
export class PriceChanged extends Error {
  readonly cash_minor: number
  constructor(cash_minor: number) {
    super('what is to pay has changed')
    this.cash_minor = cash_minor
  }
}

interface Paying {
  basket: Basket
  member_id: string | null
  member_name: string | null
}

/** Counts the receipt to those that wait already. Rejects with `OfflineLimit`. */
async function takenOffline(number: string, amount_minor: number): Promise<Offline> {
  const all = await refresh()
  insistOnOffline(all, amount_minor)
  const stretch = unreconciled(all)[0]?.offline?.stretch ?? number
  return { stretch, said_at: deviceNow() }
}

/** Pays what the quote says; null without a network. Rejects when nothing was written down. */
export function usePay({ basket, member_id, member_name }: Paying): (quote: Quote | null) => Promise<void> {
  const till = useTill()
  const format = useFormat()
  // pressed again after a lost answer it is the same receipt, unless what is on it has changed
  const numbered = useRef({ number: '', of: '', at: '' })
  return async (quote) => {
    const cut = quote === null || !spends(quote)
    const { list_coupons: _list, ...bought } = bodyOf(
      cut ? { ...basket, codes: [], picked: [], points: 0, cards: [] } : basket,
      {
        member_id,
        store: till.store_code,
      },
    )
    const of = JSON.stringify(bought)
    if (numbered.current.of !== of) {
      const at = format.present().toISOString()
      numbered.current = { number: nextNumber(till, format.today()), of, at }
    }
    const { number, at } = numbered.current
    const amount_minor = quote?.to_pay_minor ?? grossOf(basket)
    const offline = quote === null ? await takenOffline(number, amount_minor) : null
    const sale: SaleBody = { ...bought, source: channelOf(till), source_id: number, occurred_at: at }
    const sending: Sending =
      quote && !cut ? await held(sale, quote) : { name: 'POST /v1/till/orders', input: { body: sale } }
    const entry: Entry = {
      number,
      at,
      member_id,
      member_name,
      to_pay_minor: amount_minor,
      quote,
      sending,
      offline,
      state: 'waiting',
      sale: null,
      error: null,
    }
    await add(entry)
    go(`/done/${encodeURIComponent(number)}`, { replace: true })
    void send()
  }

  async function held(sale: SaleBody, quote: Quote): Promise<Sending> {
    const hold = await call('POST /v1/till/holds', { body: sale })
    const { hold_id } = hold
    if (hold.quote.cash_minor !== quote.cash_minor) {
      await call('POST /v1/till/holds/:hold_id/release', { params: { hold_id } })
      throw new PriceChanged(hold.quote.cash_minor)
    }
    return { name: 'POST /v1/till/holds/:hold_id/commit', input: { params: { hold_id } } }
  }
}
