/** How units are spent, at once or by way of a hold. */
import { restored, sumOf } from '../../base/ledger.ts'
import type { CardAct } from './types.ts'
import { about, firstOf, insufficient, type Context, type Refused, type Want, type WantOf } from './wants.ts'
import {
  amountIn,
  choose,
  move,
  newDraft,
  type Booking,
  type Draft,
  type Hold,
  type Part,
  type Wallet,
} from './wallet.ts'

function take(wallet: Wallet, want: Want & { order_id?: string | null }, parts: readonly Part[], booking: Booking) {
  const draft = newDraft(booking, wallet, {
    ...about(want),
    kind: 'spend',
    order_id: want.order_id ?? null,
    why: {
      codes: [`cards.spent_${wallet.kind}`],
      params: { ...amountIn(wallet.kind, sumOf(parts)), for: want.source },
      rule_version: null,
    },
  })
  for (const part of parts) move(draft, part.lot, -part.units)
  return draft
}

export function spend(wallet: Wallet, want: WantOf<'spend'>, { booking, law }: Context): Draft | Refused {
  const { units, day } = want
  const parts = choose(booking, wallet, { units, day, first: firstOf(wallet, want, law) })
  if (sumOf(parts) < units) return insufficient(sumOf(parts), units)
  return take(wallet, want, parts, booking)
}

const findHold = (wallet: Wallet, want: CardAct): Hold | undefined =>
  wallet.holds.find((one) => one.source === want.source && one.source_id === want.source_id)

export function hold(wallet: Wallet, want: WantOf<'hold'>, { booking, law }: Context): Refused | null {
  const { source, source_id, units, day, expires_at } = want
  const known = findHold(wallet, want)
  if (known) {
    return known.units === units ? null : { code: 'card.source_reused', params: { source_id, units: known.units } }
  }
  const parts = choose(booking, wallet, { units, day, first: firstOf(wallet, want, law) })
  if (sumOf(parts) < units) return insufficient(sumOf(parts), units)
  const lots = parts.map((part) => ({ lot_id: part.lot.lot_id, units: part.units }))
  wallet.holds.push({ source, source_id, units, lots, status: 'held', expires_at, is_new: true, is_changed: true })
  return null
}

/**
 * Spends what was set aside, from the lots that were chosen, even if their last day is over by now. What is no longer
 * in them (another process, whose clock runs ahead, held the hold for over) is made up from others, and refused if
 * there is none.
 */
export function commit(wallet: Wallet, want: WantOf<'commit'>, { booking, law }: Context): Draft | Refused | null {
  const set = findHold(wallet, want)
  const params = { source_id: want.source_id }
  if (!set) return { code: 'hold.not_found', params }
  if (set.status === 'committed') return null
  if (set.status === 'released') return { code: 'hold.released', params }
  if (set.status === 'expired' || set.expires_at <= booking.now)
    return { code: 'hold.expired', params: { ...params, expires_at: set.expires_at.toISOString() } }
  set.status = 'committed'
  const own = set.lots.flatMap(({ lot_id, units }): Part[] => {
    const lot = wallet.lots.find((one) => one.lot_id === lot_id)
    return lot ? [{ lot, units: Math.min(units, lot.remaining) }] : []
  })
  const chosen = new Set(own.map((part) => part.lot))
  const missing = set.units - sumOf(own)
  const first = firstOf(wallet, want, law)
  const free = choose(booking, wallet, { units: Number.MAX_SAFE_INTEGER, day: want.day, first }).filter(
    ({ lot }) => !chosen.has(lot),
  )
  if (sumOf(free) < missing) {
    set.status = 'held'
    return insufficient(sumOf(own) + sumOf(free), set.units)
  }
  set.is_changed = true
  return take(wallet, want, [...own, ...restored(free, 0, missing)], booking)
}

export function release(wallet: Wallet, want: WantOf<'release'>, booking: Booking): Refused | null {
  const set = findHold(wallet, want)
  const params = { source_id: want.source_id }
  if (!set) return { code: 'hold.not_found', params }
  if (set.status === 'committed') return { code: 'hold.committed', params }
  if (set.status === 'held') {
    set.status = set.expires_at <= booking.now ? 'expired' : 'released'
    set.is_changed = true
  }
  return null
}
