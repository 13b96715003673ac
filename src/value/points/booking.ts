/** How each want is booked: the decisions of rules.ts put into a purse. Pure. */
import { ruleAt } from '../tiers/tiers.ts'
import { newDraft, openLot, type Booking, type Draft, type Lot, type Purse } from './purse.ts'
import { activationIn, bringForward, datesOf, endOf, moveOn, sharedEnd, type Dates } from './dates.ts'
import { decideEarn, decideRebooking, decideReversal, decideUnmatchedReversal } from './rules.ts'
import { commit, hold, release } from './holding.ts'
import { borrow, giveBack, lend } from './pools/lending.ts'
import { restore } from './restoring.ts'
import { payOwed, settle } from './settling.ts'
import { availableOf, burn, takeBack } from './taking.ts'
import { keepEarned, keepJudged, keepReversed, standingOf, standingThen } from './earning/scenes.ts'
import type { PointRuleVersion, Why } from './types.ts'
import {
  needsLots,
  type AdjustWant,
  type Context,
  type OpenWant,
  type PaidWant,
  type RebookWant,
  type RefundWant,
  type Refused,
  type SpendWant,
  type Want,
} from './wants.ts'

/**
 * Books one want; answers the entry it is known by, nothing when there was nothing to book, or why it is refused.
 */
export function bookWant(purse: Purse, want: Want, context: Context): Draft | Refused | null {
  const { booking } = context
  // who owes pays from what became free before anything else comes in
  if (needsLots(want, context.rules) || (purse.debt > 0 && purse.is_whole)) settle(booking, purse, want.day)
  switch (want.kind) {
    case 'paid':
      return earn(purse, want, context)
    case 'open':
      return open(purse, want, context)
    case 'refund':
      return want.order_id === null ? reverseUnmatched(purse, want, context) : reverse(purse, want, context)
    case 'spend':
      return spend(purse, want, booking)
    case 'restore':
    case 'take_back':
      return restore(purse, want, context)
    case 'lend':
      return lend(purse, want, booking)
    case 'borrow':
      return borrow(purse, want, booking)
    case 'give_back':
      return giveBack(purse, want, booking)
    case 'hold':
      return hold(purse, want)
    case 'commit':
      return commit(purse, want, booking)
    case 'release':
      return release(purse, want, booking)
    case 'adjust':
      return adjust(purse, want, context)
    case 'rebook':
      return rebook(purse, want, context)
    case 'event':
      bringForward(purse, want, context)
      return null
    case 'pay':
      return payOwed(booking, purse, { ...want, at: want.occurred_at })
    case 'settle':
    case 'climb':
      return null
  }
}

function earn(purse: Purse, want: PaidWant, context: Context): Draft | null {
  const version = ruleAt(context.rules, want.occurred_at)
  if (!version) return null
  const scene = context.scenes.get(want.member_id)
  const decision = decideEarn(want, standingOf(scene, want.day, context.tierOf(want)), version)
  if (scene) keepEarned(scene, { ...want, points: decision.points })
  const draft = newDraft(context.booking, purse, {
    kind: 'earn',
    order_id: want.order_id,
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: decision.why,
  })
  openLot(context.booking, purse, draft, {
    granted: decision.points,
    earned_at: want.occurred_at,
    ...datesFor(purse, want, version),
    order_id: want.order_id,
    rule_version: version.version,
    counted_minor: decision.counted_minor,
  })
  return draft
}

/** A purchase also moves on the end of what else the member holds, where points end by inactivity. */
function datesFor(purse: Purse, want: PaidWant, version: PointRuleVersion): Dates {
  const dates = datesOf(version, want.day)
  const { rule } = version
  if (!rule.waiting_for && !dates.is_rolling) return dates
  const activates_on = activationIn(rule, want.day, want.basket?.status)
  if (!dates.is_rolling) return { ...dates, activates_on }
  const expires_on = sharedEnd(purse, dates.expires_on!)
  moveOn(purse, expires_on)
  return { activates_on, expires_on, is_rolling: true }
}

/** The lot that keeps an order's account: the one its earning made. */
function anchorOf(purse: Purse, order_id: string): Lot | undefined {
  return purse.lots.find((lot) => lot.order_id === order_id && lot.counted_minor !== null)
}

function reverse(purse: Purse, want: RefundWant, context: Context): Draft | null {
  const lot = anchorOf(purse, want.order_id!)
  const earned_by = context.rules.find((rule) => rule.version === lot?.rule_version)
  // an order that never earned, such as a guest's, has nothing to give back
  if (!lot || !earned_by) return null
  const decision = decideReversal(
    {
      earned: lot.granted + lot.corrected,
      counted_minor: lot.counted_minor!,
      refunded_minor: lot.refunded_minor,
      reversed: lot.reversed,
    },
    want,
    earned_by,
  )
  const draft = newDraft(context.booking, purse, {
    kind: 'reverse',
    order_id: want.order_id,
    source: want.source,
    source_id: want.source_id,
    corrects: lot.lot_id,
    occurred_at: want.occurred_at,
    why: decision.why,
  })
  keepReversed(context.scenes.get(want.member_id), want.order_id!, decision.points)
  lot.reversed += decision.points
  lot.refunded_minor = decision.refunded_minor
  lot.is_changed = true
  const { debt } = (ruleAt(context.rules, want.occurred_at) ?? earned_by).rule
  takeBack(purse, draft, {
    points: decision.points,
    order_id: want.order_id,
    day: want.day,
    policy: debt,
    may_owe: true,
  })
  return draft
}

function reverseUnmatched(purse: Purse, want: RefundWant, context: Context): Draft | null {
  const version = ruleAt(context.rules, want.occurred_at)
  if (!version) return null
  const decision = decideUnmatchedReversal(want, version)
  if (decision.points === 0) return null
  const draft = newDraft(context.booking, purse, {
    kind: 'reverse',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: decision.why,
  })
  takeBack(purse, draft, {
    points: decision.points,
    order_id: null,
    day: want.day,
    policy: version.rule.debt,
    may_owe: false,
  })
  return draft
}

function spend(purse: Purse, want: SpendWant, booking: Booking): Draft | Refused {
  const available = availableOf(purse, want.day)
  if (want.points > available) return { code: 'points.insufficient', params: { available, wanted: want.points } }
  const draft = newDraft(booking, purse, {
    kind: 'spend',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: { codes: ['points.spent'], params: { points: want.points, for: want.source }, rule_version: null },
  })
  burn(purse, draft, want)
  return draft
}

function adjust(purse: Purse, want: AdjustWant, context: Context): Draft | Refused {
  const available = availableOf(purse, want.day)
  if (want.points < 0 && -want.points > available) {
    return { code: 'points.insufficient', params: { available, wanted: -want.points } }
  }
  const version = ruleAt(context.rules, want.occurred_at)
  const draft = newDraft(context.booking, purse, {
    kind: 'adjust',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: givenWhy(want, version?.version ?? null),
  })
  if (want.points < 0) burn(purse, draft, { points: -want.points, day: want.day })
  else {
    openLot(context.booking, purse, draft, {
      granted: want.points,
      earned_at: want.occurred_at,
      activates_on: null,
      ...endOf(version, want.day, want.expires_on),
    })
  }
  return draft
}

/** What a module gave names it; what a person gave or took is theirs to answer for. */
function givenWhy({ points, reason, given_by }: AdjustWant, rule_version: number | null): Why {
  if (!given_by) return { codes: ['points.adjusted'], params: { points, reason }, rule_version }
  const params = { points, reason, giver: given_by.kind, giver_id: given_by.id }
  return { codes: ['points.given'], params, rule_version }
}

function open(purse: Purse, want: OpenWant, context: Context): Draft {
  const version = ruleAt(context.rules, want.occurred_at)
  const { expires_on, is_rolling } = endOf(version, want.day, want.expires_on)
  const draft = newDraft(context.booking, purse, {
    kind: 'open',
    source: want.source,
    source_id: want.source_id,
    occurred_at: want.occurred_at,
    why: {
      codes: ['points.opened'],
      params: { points: want.points, earned_on: want.day, expires_on },
      rule_version: want.expires_on === undefined ? (version?.version ?? null) : null,
    },
  })
  openLot(context.booking, purse, draft, {
    granted: want.points,
    earned_at: want.occurred_at,
    activates_on: want.activates_on,
    expires_on,
    is_rolling,
  })
  return draft
}

/** Books the difference between what is booked for an order and what the rules now say of it. */
function rebook(purse: Purse, want: RebookWant, context: Context): Draft | null {
  const version = ruleAt(context.rules, want.ordered_at)
  if (!version) return null
  const scene = context.scenes.get(want.member_id)
  if (want.kept) {
    keepJudged(scene, want, want.kept, version)
    return null
  }
  const lot = anchorOf(purse, want.order_id)
  const booked = lot ? lot.granted + lot.corrected - lot.reversed : 0
  const decision = decideRebooking({ ...want, booked }, standingThen(scene, want), version)
  keepJudged(scene, want, decision.earned, version)
  const dates = datesLater(purse, want, version, lot)
  if (!lot) return earnLate(purse, want, { version, decision, dates }, context)
  lot.corrected = decision.earned.points - lot.granted
  lot.reversed = decision.reversed
  lot.counted_minor = decision.earned.counted_minor
  lot.refunded_minor = decision.refunded_minor
  lot.rule_version = version.version
  lot.is_changed = true
  if (decision.change === 0) return null
  const draft = newDraft(context.booking, purse, {
    kind: 'adjust',
    order_id: want.order_id,
    source: want.source,
    source_id: want.source_id,
    corrects: lot.lot_id,
    occurred_at: want.occurred_at,
    why: decision.why,
  })
  if (decision.change > 0) {
    openLot(context.booking, purse, draft, {
      granted: decision.change,
      earned_at: want.ordered_at,
      ...dates,
      order_id: want.order_id,
    })
  } else {
    takeBack(purse, draft, {
      points: -decision.change,
      order_id: want.order_id,
      day: want.day,
      policy: version.rule.debt,
      may_owe: true,
    })
  }
  return draft
}

/** What is booked for an order later begins with it, and ends with all that its member holds if points roll on. */
function datesLater(purse: Purse, want: RebookWant, version: PointRuleVersion, lot: Lot | undefined): Dates {
  const dates = datesOf(version, want.order_day)
  const activates_on = version.rule.waiting_for && lot ? lot.activates_on : dates.activates_on
  if (!dates.is_rolling) return { ...dates, activates_on }
  const expires_on = sharedEnd(purse, dates.expires_on!)
  moveOn(purse, expires_on)
  return { activates_on, expires_on, is_rolling: true }
}

/**
 * An order of a time without any rule: it earns now what the new rule gives, less what its refunds would have taken.
 */
function earnLate(
  purse: Purse,
  want: RebookWant,
  {
    version,
    decision,
    dates,
  }: {
    version: PointRuleVersion
    decision: ReturnType<typeof decideRebooking>
    dates: Dates
  },
  context: Context,
): Draft {
  const { earned, refunded_minor, reversed } = decision
  const draft = newDraft(context.booking, purse, {
    kind: 'earn',
    order_id: want.order_id,
    source: 'order',
    source_id: want.order_id,
    occurred_at: want.ordered_at,
    why: { ...earned.why, params: { ...earned.why.params, refunded_minor } },
  })
  const lot = openLot(context.booking, purse, draft, {
    granted: earned.points - reversed,
    earned_at: want.ordered_at,
    ...dates,
    order_id: want.order_id,
    rule_version: version.version,
    counted_minor: earned.counted_minor,
  })
  lot.corrected = reversed
  lot.reversed = reversed
  lot.refunded_minor = refunded_minor
  return draft
}
