/** How each want is booked: the decisions of rules.ts put into a wallet. Pure. */
import { restored } from '../../base/ledger.ts'
import {
  about,
  firstOf,
  insufficient,
  ruleFor,
  type Context,
  type Refused,
  type StampWant,
  type Want,
  type WantOf,
} from './wants.ts'
import { bonusFor, dayTotal, decideRefund, lastDay, spendOrder, versionAt } from './rules.ts'
import { commit, hold, release, spend } from './spending.ts'
import {
  addStamps,
  amountIn,
  availableOf,
  balanceOf,
  choose,
  giveBack,
  heldBy,
  move,
  newDraft,
  openLot,
  payDebt,
  takeStamps,
  type Draft,
  type Wallet,
} from './wallet.ts'

/** Books one want; answers its entry, nothing when there was nothing to book, or why it is refused. */
export function bookWant(wallet: Wallet, want: Want, context: Context): Draft | Refused | null {
  switch (want.kind) {
    case 'stamp':
      return stamp(wallet, want, context)
    case 'issue':
    case 'top_up':
      return takesIn(want, context) ?? (want.kind === 'top_up' ? topUp(wallet, want, context) : null)
    case 'spend':
      return spendable(wallet) ?? spend(wallet, want, context)
    case 'hold':
      return spendable(wallet) ?? hold(wallet, want, context)
    case 'commit':
      return commit(wallet, want, context)
    case 'release':
      return release(wallet, want, context.booking)
    case 'restore':
      return restore(wallet, want, context)
    case 'refund':
      return refund(wallet, want, context)
    case 'adjust':
      return adjust(wallet, want, context)
    case 'settle':
      return want.is_merged ? settleMerged(wallet, want, context) : null
  }
}

function takesIn(want: Want, { law }: Context): Refused | null {
  if (law.status === 'stopped') return { code: 'card.stopped', params: {} }
  if (!versionAt(law, want.occurred_at)) return { code: 'card.not_begun', params: {} }
  return null
}

/** Stamps are never spent: a full card gives its reward by itself. */
function spendable({ kind }: Wallet): Refused | null {
  return kind === 'stamps' ? { code: 'card.wrong_kind', params: { kind } } : null
}

/** The rule of a moment; the first one for what is older than the card. */
/** Brings what is booked of an order to what it is worth now. */
function stamp(wallet: Wallet, want: StampWant, { booking, law }: Context): Draft | null {
  const { rule, version } = ruleFor(law, want.ordered_at, 'stamps')
  const known = wallet.orders.get(want.order_id)
  if (!known && want.is_refund) return null
  const before = known?.stamps ?? 0
  const { stamps, why } = want.stamped
  if (stamps === before || (stamps > before && law.status === 'stopped')) return null
  const others = [...wallet.orders]
    .filter(([order_id, one]) => order_id !== want.order_id && one.day === want.ordered_on)
    .map(([, one]) => one.stamps)
  const change = dayTotal([...others, stamps], rule) - dayTotal([...others, before], rule)
  const changes = known ? known.changes + 1 : 0
  wallet.orders.set(want.order_id, {
    day: want.ordered_on,
    stamps,
    changes,
    rule_version: version,
    is_changed: true,
  })
  if (change === 0) return null
  const base = { ...about(want), order_id: want.order_id, source_id: `${want.order_id}:${changes}` }
  if (change > 0) {
    const draft = newDraft(booking, wallet, { ...base, kind: 'stamp', why: structuredClone(why) })
    if (change < stamps - before) {
      draft.why.codes.push('cards.day_max')
      Object.assign(draft.why.params, { day_max: rule.day_max, given: change })
    }
    const expires_on = lastDay(rule.months, want.ordered_on)
    addStamps(booking, wallet, draft, { ...rule, stamps: change, expires_on, store_id: want.store_id })
    return draft
  }
  const draft = newDraft(booking, wallet, {
    ...base,
    kind: 'unstamp',
    why: { codes: ['cards.unstamped'], params: { stamps: -change, before, after: stamps }, rule_version: version },
  })
  takeStamps(wallet, draft, { stamps: -change, policy: rule.refunds })
  return draft
}

function topUp(wallet: Wallet, want: WantOf<'top_up'>, { booking, law }: Context): Draft | Refused {
  const version = versionAt(law, want.occurred_at)!
  const { rule, version: rule_version } = version
  if (rule.kind === 'sessions') {
    const packs = want.packs ?? 1
    const [uses, paid_minor] = [rule.uses * packs, rule.price_minor * packs]
    const draft = newDraft(booking, wallet, {
      ...about(want),
      kind: 'top_up',
      paid_minor,
      why: { codes: ['cards.uses_bought'], params: { uses, paid_minor }, rule_version },
    })
    openLot(booking, wallet, draft, { granted: uses, paid_minor, expires_on: lastDay(rule.months, want.day) })
    return draft
  }
  if (rule.kind !== 'value' || want.paid_minor === undefined)
    return { code: 'card.wrong_kind', params: { kind: rule.kind } }
  const { paid_minor } = want
  if (paid_minor < rule.minimum_minor)
    return { code: 'card.below_minimum', params: { minimum_minor: rule.minimum_minor } }
  const bonus = bonusFor(rule, paid_minor)
  const after = balanceOf(wallet) + paid_minor + (bonus?.bonus_minor ?? 0)
  if (rule.balance_max_minor !== null && after > rule.balance_max_minor)
    return { code: 'card.over_maximum', params: { maximum_minor: rule.balance_max_minor } }
  const draft = newDraft(booking, wallet, {
    ...about(want),
    kind: 'top_up',
    paid_minor,
    why: {
      codes: bonus ? ['cards.paid_in', 'cards.bonus'] : ['cards.paid_in'],
      params: { paid_minor, ...bonus },
      rule_version,
    },
  })
  const expires_on = lastDay(rule.principal_months, want.day)
  openLot(booking, wallet, draft, { granted: paid_minor, paid_minor, expires_on })
  openLot(booking, wallet, draft, {
    granted: bonus?.bonus_minor ?? 0,
    is_bonus: true,
    expires_on: lastDay(rule.bonus_months, want.day),
  })
  return draft
}

function restore(wallet: Wallet, want: WantOf<'restore'>, { booking, law, spendOf }: Context): Draft | Refused {
  const booked = spendOf(want)
  const { spend_source: source, spend_source_id: source_id } = want
  if (!booked) return { code: 'card.entry_not_found', params: { source, source_id } }
  const spent = booked.parts.reduce((sum, part) => sum - part.units, 0)
  const left = spent - booked.restored
  const units = want.units ?? left
  if (left === 0 || units > left)
    return { code: 'card.restored_already', params: { entry_id: booked.entry_id, left } }
  // what was spent last comes back first: it lives longest. Several restores go on where the one before ended.
  const first = firstOf(wallet, want, law)
  const ordered = booked.parts
    .map((part) => ({ lot: wallet.lots.find((lot) => lot.lot_id === part.lot_id)!, units: -part.units }))
    .sort((a, b) => spendOrder(first)(b.lot, a.lot))
  const parts = restored(ordered, booked.restored, units)
  booked.restored += units
  const draft = newDraft(booking, wallet, {
    ...about(want),
    kind: 'restore',
    corrects: booked.entry_id,
    why: {
      codes: [`cards.restored_${wallet.kind}`],
      params: amountIn(wallet.kind, units),
      rule_version: null,
    },
  })
  giveBack(booking, wallet, draft, { parts, day: want.day })
  return draft
}

/** Everything that is left goes; what was paid for comes back in money, as the rule in force says. */
function refund(wallet: Wallet, want: WantOf<'refund'>, { booking, law }: Context): Draft | Refused {
  const { version, rule } = versionAt(law, want.occurred_at) ?? law.versions[0]!
  if (rule.kind === 'stamps') return { code: 'card.wrong_kind', params: { kind: rule.kind } }
  if (!rule.refund.is_offered) return { code: 'card.refund_not_offered', params: {} }
  const held = [...heldBy(booking, wallet).values()].reduce((sum, units) => sum + units, 0)
  if (held > 0) return { code: 'card.held', params: { held } }
  if (balanceOf(wallet) === 0) return { code: 'card.nothing_left', params: {} }
  const { amount_minor, why } = decideRefund(rule, wallet.lots, version)
  const draft = newDraft(booking, wallet, {
    ...about(want),
    kind: 'refund',
    paid_minor: -amount_minor,
    why: { ...why, params: { ...why.params, reason: want.reason } },
  })
  for (const lot of wallet.lots) move(draft, lot, -lot.remaining)
  return draft
}

function adjust(wallet: Wallet, want: WantOf<'adjust'>, { booking, law }: Context): Draft | Refused {
  const { version, rule } = versionAt(law, want.occurred_at) ?? law.versions[0]!
  const { units, day, reason } = want
  const available = availableOf(booking, wallet, day)
  if (units < 0 && -units > available) return insufficient(available, -units)
  const draft = newDraft(booking, wallet, {
    ...about(want),
    kind: 'adjust',
    why: {
      codes: [`cards.adjusted_${wallet.kind}`],
      params: { ...amountIn(wallet.kind, units), reason },
      rule_version: version,
    },
  })
  if (units < 0) {
    const parts = choose(booking, wallet, { units: -units, day, first: firstOf(wallet, want, law) })
    for (const part of parts) move(draft, part.lot, -part.units)
  } else if (rule.kind === 'stamps') {
    const expires_on = lastDay(rule.months, day)
    addStamps(booking, wallet, draft, { ...rule, stamps: units, expires_on, store_id: null })
  } else {
    // given, not paid for: nothing of it comes back in money
    const months = rule.kind === 'value' ? rule.bonus_months : rule.months
    openLot(booking, wallet, draft, { granted: units, is_bonus: true, expires_on: lastDay(months, day) })
  }
  return draft
}

function settleMerged(wallet: Wallet, want: WantOf<'settle'>, { booking, law }: Context): Draft | null {
  const { version, rule } = ruleFor(law, want.occurred_at, 'stamps')
  const balance = balanceOf(wallet)
  const isFull = wallet.kind === 'stamps' && balance - wallet.debt >= rule.size
  if (!isFull && (wallet.debt === 0 || balance === 0)) return null
  const draft = newDraft(booking, wallet, {
    ...about(want),
    kind: 'settle',
    why: { codes: ['cards.merged'], params: {}, rule_version: version },
  })
  payDebt(wallet, draft)
  while (balanceOf(wallet) >= rule.size)
    addStamps(booking, wallet, draft, { ...rule, stamps: 0, expires_on: null, store_id: null })
  return draft
}
