/**
 * One member's card in memory: lots, debt and the entries about to be written. Moves keep the sums by construction: an
 * entry's `units` are what its lots gained less what the debt gained.
 */
import type * as ledger from '../../base/ledger.ts'
import { heldByLot, isPast, split, sumOf } from '../../base/ledger.ts'
import { addDays, startOfDay } from '../../base/time.ts'
import { restored_days_min, spendOrder } from './rules.ts'
import type { CardKind, CardReward, EntryKind, Why } from './types.ts'

export interface Lot {
  lot_id: number
  entry_id: number
  granted: number
  remaining: number
  expired: number
  is_ended: boolean
  is_bonus: boolean
  paid_minor: number
  order_id: string | null
  earned_at: Date
  expires_on: string | null
  is_new: boolean
  is_changed: boolean
}
export interface Draft {
  entry_id: number
  kind: EntryKind
  units: number
  debt: number
  paid_minor: number
  order_id: string | null
  source: string
  source_id: string
  corrects: number | null
  occurred_at: Date
  why: Why
  parts: Map<Lot, number>
}
export interface Hold {
  source: string
  source_id: string
  units: number
  lots: { lot_id: number; units: number }[]
  status: 'held' | 'committed' | 'released' | 'expired'
  expires_at: Date
  is_new: boolean
  is_changed: boolean
}
/** A card that was just filled. */
export interface Filled {
  round_no: number
  size: number
  entry_id: number
  order_id: string | null
  store_id: string | null
  reward: CardReward
  filled_at: Date
}
export interface OrderStamps {
  day: string
  stamps: number
  changes: number
  rule_version: number
  is_changed: boolean
}
export interface Wallet {
  member_id: string
  card_definition_id: string
  kind: CardKind
  /** As the database says; what is there now is the sum of the lots. */
  balance_before: number
  debt: number
  debt_before: number
  size: number | null
  rounds: number
  lots: Lot[]
  holds: Hold[]
  drafts: Draft[]
  filled: Filled[]
  orders: Map<string, OrderStamps>
  /** Rows came from another member: what it says is written, whatever happens. */
  is_moved: boolean
}
/** What all cards of one set share. */
export interface Booking {
  zone: string
  /** The moment of the transaction: decides whether a hold is alive. */
  now: Date
  nextId: () => number
}

export function newDraft(
  booking: Booking,
  wallet: Wallet,
  input: Pick<Draft, 'kind' | 'source' | 'source_id' | 'occurred_at' | 'why'> & {
    order_id?: string | null
    corrects?: number | null
    paid_minor?: number
  },
): Draft {
  const draft: Draft = {
    entry_id: booking.nextId(),
    kind: input.kind,
    units: 0,
    debt: 0,
    paid_minor: input.paid_minor ?? 0,
    order_id: input.order_id ?? null,
    source: input.source,
    source_id: input.source_id,
    corrects: input.corrects ?? null,
    occurred_at: input.occurred_at,
    why: input.why,
    parts: new Map(),
  }
  wallet.drafts.push(draft)
  return draft
}

export function openLot(
  booking: Booking,
  wallet: Wallet,
  draft: Draft,
  input: Pick<Lot, 'granted' | 'expires_on'> & Partial<Pick<Lot, 'is_bonus' | 'paid_minor' | 'order_id'>>,
): void {
  if (input.granted === 0) return
  const lot: Lot = {
    lot_id: booking.nextId(),
    entry_id: draft.entry_id,
    remaining: input.granted,
    expired: 0,
    is_ended: false,
    is_bonus: false,
    paid_minor: 0,
    order_id: null,
    earned_at: draft.occurred_at,
    ...input,
    is_new: true,
    is_changed: true,
  }
  wallet.lots.push(lot)
  draft.parts.set(lot, input.granted)
  draft.units += input.granted
}

/** Between a lot and an entry: taken if negative, given back if positive. */
export function move(draft: Draft, lot: Lot, units: number): void {
  if (units === 0) return
  lot.remaining += units
  lot.is_changed = true
  draft.parts.set(lot, (draft.parts.get(lot) ?? 0) + units)
  draft.units += units
}

/** Takes from lots in the order given, at most what is there; answers how many it took. */
function take(draft: Draft, lots: readonly Lot[], units: number): number {
  const parts = split(lots, units)
  for (const part of parts) move(draft, part.lot, -part.units)
  return sumOf(parts)
}

export const isOver = (lot: Lot, day: string): boolean => lot.is_ended || isPast(lot, day)

/** What holds that are alive have set aside, by lot. */
export const heldBy = ({ now }: Booking, { holds }: Wallet): Map<number, number> => heldByLot(holds, now)

export const balanceOf = (wallet: Wallet): number => wallet.lots.reduce((sum, lot) => sum + lot.remaining, 0)

/** Lets lots whose last day is over end. What is held outlives its last day until the hold ends. */
export function settle(booking: Booking, wallet: Wallet, day: string): void {
  const held = heldBy(booking, wallet)
  for (const lot of wallet.lots) {
    if (lot.remaining === 0 || lot.is_ended || !isOver(lot, day) || held.has(lot.lot_id)) continue
    const units = lot.remaining
    const draft = newDraft(booking, wallet, {
      kind: 'expire',
      order_id: lot.order_id,
      source: 'expiry',
      source_id: String(lot.lot_id),
      occurred_at: startOfDay(addDays(lot.expires_on!, 1), booking.zone),
      why: {
        codes: [`cards.expired_${wallet.kind}`],
        params: { ...amountIn(wallet.kind, units), ends_on: lot.expires_on },
        rule_version: null,
      },
    })
    move(draft, lot, -units)
    lot.expired += units
    lot.is_ended = true
  }
}

/** Units under the name of what they are, so that a why reads as stamps, money or uses. */
export function amountIn(kind: CardKind, units: number): Record<string, number> {
  if (kind === 'value') return { amount_minor: units }
  return kind === 'stamps' ? { stamps: units } : { uses: units }
}

export type Part = ledger.Part<Lot>

/** Chooses what is spent, as the rule says; less than wanted if there is not enough. */
export function choose(
  booking: Booking,
  wallet: Wallet,
  wanted: { units: number; day: string; first: 'principal' | 'bonus' },
): Part[] {
  const usable = wallet.lots.filter((lot) => lot.remaining > 0 && !isOver(lot, wanted.day))
  return split(usable.sort(spendOrder(wanted.first)), wanted.units, heldBy(booking, wallet))
}

/** What can be used on a day: neither over nor held. */
export function availableOf(booking: Booking, wallet: Wallet, day: string): number {
  return sumOf(choose(booking, wallet, { units: Number.MAX_SAFE_INTEGER, day, first: 'principal' }))
}

/** Stamps that come in: they pay what is owed, then go to the open round, and on to the next when it is full. */
export function addStamps(
  booking: Booking,
  wallet: Wallet,
  draft: Draft,
  input: { stamps: number; size: number; expires_on: string | null; store_id: string | null; reward: CardReward },
): void {
  const paid = Math.min(wallet.debt, input.stamps)
  if (paid > 0) {
    wallet.debt -= paid
    draft.debt -= paid
    draft.units += paid
    draft.why.codes.push('cards.owed_paid')
    draft.why.params['owed'] = paid
  }
  wallet.size = input.size
  let open = input.stamps - paid
  do {
    const begun = wallet.lots.filter((lot) => lot.remaining > 0)
    const balance = begun.reduce((sum, lot) => sum + lot.remaining, 0)
    const part = Math.min(open, Math.max(0, input.size - balance))
    // a round is over on one day, whenever its stamps came
    const expires_on = begun.length > 0 ? begun[0]!.expires_on : input.expires_on
    openLot(booking, wallet, draft, { granted: part, expires_on, order_id: draft.order_id })
    open -= part
    if (balance + part >= input.size) fill(booking, wallet, draft, input)
  } while (open > 0)
}

function fill(
  booking: Booking,
  wallet: Wallet,
  cause: Draft,
  { size, reward, store_id }: { size: number; reward: CardReward; store_id: string | null },
): void {
  wallet.rounds += 1
  const draft = newDraft(booking, wallet, {
    kind: 'fill',
    order_id: cause.order_id,
    source: 'round',
    source_id: String(cause.entry_id) + ':' + String(wallet.rounds),
    occurred_at: cause.occurred_at,
    why: { codes: ['cards.filled'], params: { size }, rule_version: cause.why.rule_version },
  })
  take(draft, wallet.lots, size)
  wallet.filled.push({
    round_no: wallet.rounds,
    size,
    entry_id: draft.entry_id,
    order_id: cause.order_id,
    store_id,
    reward,
    filled_at: cause.occurred_at,
  })
}

/**
 * Stamps of an order that go back: from its own lots; what of these had expired is gone and not taken twice; then from
 * the open round; what a filled round has used up is owed, or let go. A filled round stays filled.
 */
export function takeStamps(
  wallet: Wallet,
  draft: Draft,
  wanted: { stamps: number; policy: 'carry' | 'forgive' },
): void {
  let open = wanted.stamps
  const own = wallet.lots.filter((lot) => lot.order_id !== null && lot.order_id === draft.order_id)
  const note = (code: string, param: string, stamps: number) => {
    if (stamps === 0) return
    draft.why.codes.push(code)
    draft.why.params[param] = stamps
  }
  open -= take(draft, own, open)
  let gone = 0
  for (const lot of own) {
    const part = Math.min(open, lot.expired)
    if (part === 0) continue
    lot.expired -= part
    lot.is_changed = true
    open -= part
    gone += part
  }
  note('cards.gone_before', 'gone', gone)
  open -= take(draft, wallet.lots, open)
  if (wanted.policy === 'carry' && open > 0) {
    wallet.debt += open
    draft.debt += open
    draft.units -= open
    note('cards.carried', 'carried', open)
    open = 0
  }
  note('cards.let_go', 'let_go', open)
}

/** What is owed is paid from what is there: after two cards of one person became one. */
export function payDebt(wallet: Wallet, draft: Draft): void {
  const paid = Math.min(wallet.debt, balanceOf(wallet))
  wallet.debt -= paid
  draft.debt -= paid
  draft.units += paid
  take(draft, wallet.lots, paid)
}

/** Back to the lots it came from; what belongs to a lot that has ended opens a new one that lives a while. */
export function giveBack(
  booking: Booking,
  wallet: Wallet,
  draft: Draft,
  { parts, day }: { parts: readonly Part[]; day: string },
): void {
  for (const { lot, units } of parts) {
    if (!isOver(lot, day)) {
      move(draft, lot, units)
      continue
    }
    const expires_on = addDays(day, restored_days_min)
    if (!draft.why.codes.includes('cards.restored_to_new_lot')) draft.why.codes.push('cards.restored_to_new_lot')
    draft.why.params['until_on'] = expires_on
    const paid_minor = Math.floor((lot.paid_minor * units) / lot.granted)
    openLot(booking, wallet, draft, { granted: units, expires_on, is_bonus: lot.is_bonus, paid_minor })
  }
}
