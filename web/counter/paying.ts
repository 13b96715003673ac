/**
 * Pay: what takes points or coupons is held first, so that a dead network refuses it before the customer pays; then the
 * receipt is written down on the device, and only then is it called done and sent.
 */
import { useRef } from 'react'
import { call } from '../kit/call.ts'
import { useFormat } from '../kit/format.ts'
import { bodyOf, grossOf, spends, type Basket, type Quote, type SaleBody } from './basket.ts'
import { useTill } from './clerk.tsx'
import { channelOf, deviceNow, keptAhead } from './device.ts'
import { add, refresh, unreconciled, type Entry, type Offline, type Sending } from './journal.ts'
import { noteSpent } from './known.ts'
import { takeNumber } from './numbering.ts'
import type { OfflineSpend } from './offline-spending.tsx'
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
  may_spend: boolean
  member_name: string | null
  /** Points that pay if there is no network. */
  offline_spend: OfflineSpend | null
}

/** Counts the receipt to those that wait already. Rejects with `OfflineLimit`. */
async function takenOffline(number: string, amount_minor: number, spent: OfflineSpend | null): Promise<Offline> {
  const all = await refresh()
  insistOnOffline(all, amount_minor)
  const stretch = unreconciled(all)[0]?.offline?.stretch ?? number
  const spend = spent && {
    code: spent.code,
    shown_at: spent.shown_at,
    points: spent.points,
    worth_minor: spent.worth_minor,
  }
  return { stretch, said_at: deviceNow(), ahead_ms: keptAhead(), spend }
}

/**
 * Pays what the quote says; null without a network, with the points that may be used so. Rejects when nothing was
 * written down.
 */
export function usePay({
  basket,
  member_id: named_id,
  may_spend,
  member_name: name,
  offline_spend,
}: Paying): (quote: Quote | null) => Promise<void> {
  const till = useTill()
  const format = useFormat()
  // pressed again after a lost answer it is the same receipt, unless what is on it has changed
  const numbered = useRef({ number: '', of: '', at: '' })
  return async (quote) => {
    const spent = quote === null ? offline_spend : null
    const member_id = spent?.member.member_id ?? named_id
    const member_name = spent?.member.name ?? name
    const cut = quote === null || !spends(quote)
    const { list_coupons: _list, ...bought } = bodyOf(
      cut ? { ...basket, codes: [], picked: [], points: 0, cards: [] } : basket,
      { member_id, may_spend, store: till.store_code },
    )
    const of = JSON.stringify([bought, spent?.code, spent?.points])
    if (numbered.current.of !== of) {
      const at = format.present().toISOString()
      numbered.current = { number: await takeNumber(till, format.today()), of, at }
    }
    const { number, at } = numbered.current
    const amount_minor = quote?.to_pay_minor ?? grossOf(basket) - (spent?.worth_minor ?? 0)
    const offline = quote === null ? await takenOffline(number, amount_minor, spent?.points ? spent : null) : null
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
    if (spent?.points) noteSpent(spent.member.member_id, spent.points)
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
