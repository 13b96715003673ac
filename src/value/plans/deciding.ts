/**
 * What becomes of wants: pure, one after the other over what was read behind the members' lock. An accepted want
 * changes what the next one sees, so a set answers as its parts would one by one; a refused one changes nothing.
 */
import { addDays, daysBetween } from '../../base/time.ts'
import {
  payableFrom,
  periodEnd,
  refundOf,
  rewardsOf,
  spreadRefund,
  stateOf,
  undoneBy,
  type Priced,
  type RefundDecision,
} from './rules.ts'
import {
  days_given_max,
  type Cancel,
  type EntryKind,
  type Extend,
  type GiveBack,
  type Period,
  type Plan,
  type PlanDesign,
  type PlanOutcome,
  type Renew,
  type Resume,
  type Start,
  type Subscription,
  type Want,
  type Why,
} from './types.ts'

export interface Entry {
  member_id: string
  entry_id: string
  subscription_id: string
  plan_id: string
  kind: EntryKind
  number: number | null
  amount_minor: number
  why: Why
  source: string
  source_id: string
  note: string | null
}
export interface Told {
  name: string
  member_id: string
  data: Record<string, unknown>
}
/** What decisions read and change. Keys: `pairKey`, `causeKey`, subscription ids, `plan version`. */
export interface Context {
  day: string
  newId: () => string
  members: ReadonlySet<string>
  plans: ReadonlyMap<string, Plan>
  designs: ReadonlyMap<string, PlanDesign>
  quotes: ReadonlyMap<string, Priced>
  subscriptions: Map<string, Subscription>
  trials: Map<string, string>
  entries: Map<string, Entry>
  /** What is to be written. */
  changed: Set<string>
  made: { entries: Entry[]; trials: string[]; facts: Told[] }
}

export const pairKey = (one: { member_id: string; plan_id: string }) => `${one.member_id} ${one.plan_id}`
export const causeKey = (one: { member_id: string; source: string; source_id: string }) =>
  `${one.member_id} ${one.source} ${one.source_id}`
export const designKey = (plan_id: string, version: number) => `${plan_id} ${version}`

type Done = Omit<PlanOutcome, 'index'>
const refuse = (code: string, params: Record<string, unknown> = {}): Done => ({ outcome: 'refused', code, params })

/** Decides one want. */
export function decide(want: Want, context: Context): Done {
  const before = context.entries.get(causeKey(want))
  if (before) return repeated(want, before)
  if (!context.members.has(want.member_id)) return refuse('member.not_found', { member_id: want.member_id })
  if (want.verb === 'start') return start(want, context)
  if (want.verb === 'extend') return extend(want, context)
  const held = context.subscriptions.get(want.subscription_id)
  if (!held || held.member_id !== want.member_id) {
    return refuse('plan.subscription_not_found', { subscription_id: want.subscription_id })
  }
  if (want.verb === 'refund') return giveBack(want, held, context)
  if (held.state === 'ended') return refuse('plan.ended', { ended_on: held.ended_on })
  if (want.verb === 'renew') return renew(want, held, context)
  return want.verb === 'cancel' ? cancel(want, held, context) : resume(want, held, context)
}

const kindsOf: Record<Want['verb'], readonly EntryKind[]> = {
  start: ['trial', 'paid'],
  renew: ['paid'],
  extend: ['given'],
  cancel: ['cancelled'],
  resume: ['resumed'],
  refund: ['refunded'],
}

/** Said again it is the same; another thing under the same name is refused. */
function repeated(want: Want, before: Entry): Done {
  const isSame =
    kindsOf[want.verb].includes(before.kind) &&
    (want.verb === 'start' || want.verb === 'extend'
      ? want.plan_id === before.plan_id
      : want.subscription_id === before.subscription_id)
  if (!isSame) return refuse('plan.source_used', { source: want.source, source_id: want.source_id })
  const { subscription_id, amount_minor, why } = before
  return { outcome: 'unchanged', subscription_id, amount_minor, why }
}

function running(want: { member_id: string; plan_id: string }, context: Context): Subscription | undefined {
  for (const one of context.subscriptions.values()) {
    if (one.member_id === want.member_id && one.plan_id === want.plan_id && one.state !== 'ended') return one
  }
  return undefined
}

function start(want: Start, context: Context): Done {
  const plan = context.plans.get(want.plan_id)
  if (!plan) return refuse('plan.not_found', { plan_id: want.plan_id })
  if (plan.status === 'stopped') return refuse('plan.stopped')
  const held = running(want, context)
  if (held) return refuse('plan.running', { subscription_id: held.subscription_id })
  const isTrial = want.amount_minor === null
  if (isTrial && plan.design.trial_days === 0) return refuse('plan.no_trial')
  if (isTrial && context.trials.has(pairKey(want))) return refuse('plan.trial_used')
  const quote = context.quotes.get(pairKey(want))
  if (!isTrial) {
    const wrong = priceFault(quote, want.amount_minor!)
    if (wrong) return wrong
  }
  const made = begin(want, plan, want.auto_renew, context)
  if (isTrial) {
    const until = addDays(context.day, plan.design.trial_days)
    const why: Why = { code: 'trial_free', params: { days: plan.design.trial_days, version: plan.version } }
    made.trial_until = until
    context.trials.set(pairKey(want), made.subscription_id)
    context.made.trials.push(made.subscription_id)
    return append(want, made, { kind: 'trial', until, price_minor: 0, why }, context)
  }
  const until = periodEnd(plan.design.period, context.day)
  return append(want, made, { kind: 'paid', until, price_minor: want.amount_minor!, why: quote!.why }, context)
}

function priceFault(quote: Pick<Priced, 'price_minor'> | undefined, amount_minor: number): Done | null {
  const price_minor = quote?.price_minor ?? null
  if (price_minor === null) return refuse('plan.no_price')
  return price_minor === amount_minor ? null : refuse('plan.price_differs', { price_minor, amount_minor })
}

function begin(
  want: Start | Extend,
  plan: Plan,
  auto_renew: boolean,
  { day, newId, subscriptions }: Context,
): Subscription {
  const made: Subscription = {
    member_id: want.member_id,
    subscription_id: newId(),
    plan_id: want.plan_id,
    version: plan.version,
    auto_renew,
    started_on: day,
    trial_until: null,
    due_on: day,
    grace_days: plan.design.grace_days,
    ended_on: null,
    ended_why: null,
    state: 'active',
    holds_until: day,
    turn_on: null,
    asked: null,
    paid_minor: 0,
    refunded_minor: 0,
    periods: [],
  }
  subscriptions.set(made.subscription_id, made)
  return made
}

interface Next {
  kind: Period['kind']
  until: string
  price_minor: number
  why: Why
}

/** Puts the next period behind the last. */
function append(want: Want, held: Subscription, next: Next, context: Context): Done {
  const { kind, until, price_minor, why } = next
  const number = held.periods.length + 1
  const isFirst = held.periods.every((one) => one.kind !== 'paid')
  const promised =
    kind === 'paid' ? rewardsOf(context.designs.get(designKey(held.plan_id, held.version))!, isFirst) : []
  const rewards = promised.map((reward) => ({ reward_id: context.newId(), reward, gift_id: null, refused: null }))
  held.periods.push({
    number,
    kind,
    version: held.version,
    from_on: held.due_on,
    until_on: until,
    paid_on: context.day,
    price_minor,
    refunded_minor: 0,
    why,
    rewards,
  })
  held.due_on = until
  held.asked = null
  held.paid_minor += price_minor
  const told = want.verb === 'extend' ? 'plan.extended' : number === 1 ? 'plan.started' : 'plan.renewed'
  const promise = rewards.map(({ reward_id, reward }) => ({ reward_id, reward }))
  tell(context, told, held, { kind, number, price_minor, until_on: until, rewards: promise })
  return enter(want, held, { kind, number, amount_minor: price_minor, why }, context)
}

function enter(
  want: Want,
  held: Subscription,
  entry: Pick<Entry, 'kind' | 'number' | 'amount_minor' | 'why'>,
  context: Context,
): Done {
  const { member_id, source, source_id, note = null } = want
  const { subscription_id, plan_id } = held
  const made = { ...entry, member_id, entry_id: context.newId(), subscription_id, plan_id, source, source_id, note }
  context.entries.set(causeKey(want), made)
  context.made.entries.push(made)
  refresh(held, context)
  return { outcome: 'done', subscription_id, amount_minor: entry.amount_minor, why: entry.why }
}

function tell(context: Context, name: string, held: Subscription, data: Record<string, unknown>): void {
  const { member_id, plan_id, subscription_id } = held
  context.made.facts.push({ name, member_id, data: { plan_id, subscription_id, ...data } })
}

/** Brings the derived days and the state up to the day; tells of an end that came by itself. */
export function refresh(held: Subscription, context: Context): void {
  const standing = stateOf(held, context.day)
  if (standing.state === 'ended' && held.ended_on === null) {
    held.ended_on = standing.holds_until
    held.ended_why = held.auto_renew ? 'lapsed' : 'cancelled'
    tell(context, 'plan.ended', held, { why: held.ended_why, ended_on: held.ended_on })
  }
  Object.assign(held, standing)
  context.changed.add(held.subscription_id)
}

function renew(want: Renew, held: Subscription, context: Context): Done {
  const from = payableFrom(held, context.designs.get(designKey(held.plan_id, held.version))!.period)
  if (from !== null && context.day < from) return refuse('plan.not_due', { due_on: held.due_on, payable_from: from })
  const plan = context.plans.get(held.plan_id)!
  const quote = held.asked ?? context.quotes.get(pairKey(held))
  const wrong = priceFault(quote, want.amount_minor)
  if (wrong) return wrong
  held.version = held.asked?.version ?? plan.version
  const design = context.designs.get(designKey(held.plan_id, held.version))!
  held.grace_days = design.grace_days
  const until = periodEnd(design.period, held.due_on)
  return append(want, held, { kind: 'paid', until, price_minor: want.amount_minor, why: quote!.why }, context)
}

function extend(want: Extend, context: Context): Done {
  const plan = context.plans.get(want.plan_id)
  if (!plan) return refuse('plan.not_found', { plan_id: want.plan_id })
  const held = running(want, context)
  if (!held && plan.status === 'stopped') return refuse('plan.stopped')
  const until = addDays(held?.due_on ?? context.day, want.days)
  if (daysBetween(context.day, until) > days_given_max) return refuse('plan.too_long', { days_max: days_given_max })
  const why: Why = { code: 'days_given', params: { days: want.days } }
  // days for nothing are no promise to pay for more
  return append(
    want,
    held ?? begin(want, plan, false, context),
    { kind: 'given', until, price_minor: 0, why },
    context,
  )
}

function cancel(want: Cancel, held: Subscription, context: Context): Done {
  if (want.when === 'at_end') {
    if (!held.auto_renew) return refuse('plan.cancelled_already', { until: held.due_on })
    held.auto_renew = false
    held.asked = null
    const why: Why = { code: 'cancelled_at_end', params: { until: held.due_on } }
    tell(context, 'plan.cancelled', held, { at_end: true, amount_minor: 0 })
    return enter(want, held, { kind: 'cancelled', number: null, amount_minor: 0, why }, context)
  }
  const { refund } = context.designs.get(designKey(held.plan_id, held.version))!
  const decided = refundOf(refund, held.periods, context.day)
  takeBack(held, decided.parts)
  held.ended_on = context.day
  held.ended_why = 'cancelled'
  held.asked = null
  const undone = undoneBy(held.periods, context.day, true)
  tell(context, 'plan.cancelled', held, { at_end: false, amount_minor: decided.amount_minor, undone })
  tell(context, 'plan.ended', held, { why: 'cancelled', ended_on: context.day })
  // not -0, which JSON writes as 0 and equality tells apart
  const amount_minor = decided.amount_minor === 0 ? 0 : -decided.amount_minor
  return enter(want, held, { kind: 'cancelled', number: null, amount_minor, why: decided.why }, context)
}

function takeBack(held: Subscription, parts: RefundDecision['parts']): void {
  for (const { number, amount_minor } of parts) {
    held.periods[number - 1]!.refunded_minor += amount_minor
    held.refunded_minor += amount_minor
  }
}

function resume(want: Resume, held: Subscription, context: Context): Done {
  if (held.auto_renew) return refuse('plan.not_cancelled')
  held.auto_renew = true
  const why: Why = { code: 'resumed', params: { due_on: held.due_on } }
  tell(context, 'plan.resumed', held, { due_on: held.due_on })
  return enter(want, held, { kind: 'resumed', number: null, amount_minor: 0, why }, context)
}

function giveBack(want: GiveBack, held: Subscription, context: Context): Done {
  const left_minor = held.paid_minor - held.refunded_minor
  if (want.amount_minor > left_minor) return refuse('plan.refund_too_much', { left_minor })
  takeBack(held, spreadRefund(held.periods, want.amount_minor))
  const why: Why = { code: 'refund_by_hand', params: { amount_minor: want.amount_minor } }
  const undone = undoneBy(held.periods, context.day, false)
  tell(context, 'plan.refunded', held, { amount_minor: want.amount_minor, undone })
  return enter(want, held, { kind: 'refunded', number: null, amount_minor: -want.amount_minor, why }, context)
}
