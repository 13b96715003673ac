/** What is wrong with a moment before it is kept: each fault with its place. */
import { allFields } from '../../base/conditions/gathered.ts'
import { parseCondition } from '../../base/conditions/parse.ts'
import type { Reader } from '../../base/db.ts'
import { AppError, type ErrorDetail } from '../../base/errors.ts'
import * as gifts from '../gifts/gifts.ts'
import { isOfCalendar } from './rules.ts'
import { window_days_max, type MomentRule, type NewMoment } from './types.ts'

/** All faults of a moment; none: it may be kept. */
export async function faultsOf(db: Reader, { names, rule }: NewMoment): Promise<ErrorDetail[]> {
  const named = Object.values(names).some((name) => name.trim())
  return [...(named ? [] : [{ pointer: '/names', code: 'moment.name_missing' }]), ...(await faultsOfRule(db, rule))]
}

/** Faults of a rule alone, as a preview asks it. */
export async function faultsOfRule(db: Reader, rule: MomentRule): Promise<ErrorDetail[]> {
  const faults = whenFaults(rule)
  const isLong = rule.before_days + rule.after_days > window_days_max
  if (isOfCalendar(rule.when) && isLong) faults.push({ pointer: '/rule/after_days', code: 'moment.window_too_long' })
  faults.push(...spanFaults(rule))
  if (rule.whom) {
    try {
      parseCondition(rule.whom, allFields())
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !thrown.errors) throw thrown
      for (const one of thrown.errors) faults.push({ ...one, pointer: `/rule/whom${one.pointer}` })
    }
  }
  if (rule.reward.kind === 'item') {
    const fulfilment = await gifts.fulfilmentOf(db, rule.reward.item_id)
    // nobody is there to say where to
    if (fulfilment === 'delivery') faults.push({ pointer: '/rule/reward', code: 'moment.delivery_impossible' })
  }
  return faults
}

const days_of = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isMonthDay(text: string, calendar: 'solar' | 'lunar'): boolean {
  const [month, day] = [Number(text.slice(0, 2)), Number(text.slice(3))]
  const most = calendar === 'lunar' ? (month >= 1 && month <= 12 ? 30 : 0) : (days_of[month - 1] ?? 0)
  return day >= 1 && day <= most
}

function isDate(text: string): boolean {
  const instant = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text)
}

function spanFaults({ starts_on, ends_on }: MomentRule): ErrorDetail[] {
  const days = { starts_on, ends_on }
  const unreadable = Object.entries(days).flatMap(([name, day]) =>
    day && !isDate(day) ? [{ pointer: `/rule/${name}`, code: 'moment.day_unreadable' }] : [],
  )
  if (unreadable.length > 0) return unreadable
  return starts_on && ends_on && ends_on < starts_on
    ? [{ pointer: '/rule/ends_on', code: 'moment.ends_before_start' }]
    : []
}

function whenFaults({ when }: MomentRule): ErrorDetail[] {
  const unreadable = (pointer: string) => ({ pointer: `/rule/when/${pointer}`, code: 'moment.day_unreadable' })
  if (when.kind === 'brand_anniversary') return isMonthDay(when.month_day, 'solar') ? [] : [unreadable('month_day')]
  if (when.kind === 'upgrade')
    return when.tiers.length > 0 ? [] : [{ pointer: '/rule/when/tiers', code: 'moment.tiers_missing' }]
  if (when.kind !== 'holiday') return []
  if (when.yearly.length + when.dates.length === 0) return [{ pointer: '/rule/when', code: 'moment.no_days' }]
  return [
    ...when.yearly.flatMap(({ calendar, month_day }, i) =>
      isMonthDay(month_day, calendar) ? [] : [unreadable(`yearly/${i}`)],
    ),
    ...when.dates.flatMap((date, i) => (isDate(date) ? [] : [unreadable(`dates/${i}`)])),
  ]
}
