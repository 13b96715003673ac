/** The values of the editor, and the rule they make. */
import { rewardOf, rewardValuesOf, type RewardValues } from '../reward-fields.tsx'
import {
  emptyGroup,
  isComplete,
  plain,
  readCondition,
  ruleCount,
  type Catalogue,
  type Group,
} from '../segments/condition.ts'
import { keyOf, isOfCalendar, type Holiday, type Moment, type MomentRule, type When } from './words.ts'

type Birthday = Extract<When, { kind: 'birthday' }>

export interface MomentValues {
  names: Record<string, string>
  kind: When['kind']
  number: number | null
  repeats: boolean
  tiers: string[]
  days: number | null
  span: Birthday['span']
  calendar: Birthday['calendar']
  month: number | null
  day_of_month: number | null
  /** `lunar 01-01` */
  yearly: string[]
  dates: string[]
  own_name: string
  before_days: number | null
  after_days: number | null
  joined_days_min: number | null
  starts_on: string | null
  ends_on: string | null
  is_for_some: boolean
  whom: Group
  reward: RewardValues
  budget_id: string | null
}

/** Half a year: past the rhythm of any shop that people visit by habit. */
const asleep_days = 180
/** As long as a new member takes to come a second time; who joins for the gift alone has gone by then. */
const known_days = 30

export const beginning: MomentValues = {
  names: {},
  kind: 'birthday',
  number: 1,
  repeats: false,
  tiers: [],
  days: asleep_days,
  span: 'month',
  calendar: 'solar',
  month: 1,
  day_of_month: 1,
  yearly: [],
  dates: [],
  own_name: '',
  before_days: 0,
  after_days: 0,
  joined_days_min: 0,
  starts_on: null,
  ends_on: null,
  is_for_some: false,
  whom: emptyGroup(),
  reward: { ...rewardValuesOf({ kind: 'points', points: 50 }) },
  budget_id: null,
}

/** Moments to begin with: what they change in the values. The name stands in the texts. */
export const presets = {
  joining: { kind: 'joining' },
  first_purchase: { kind: 'purchase', number: 1, repeats: false },
  birthday: { kind: 'birthday', span: 'month', calendar: 'solar', joined_days_min: known_days },
  upgrade: { kind: 'upgrade' },
  waking: { kind: 'waking', days: asleep_days },
} as const satisfies Record<string, Partial<MomentValues>>
export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as PresetName[]

export function valuesOf({ names, rule }: Pick<Moment, 'names' | 'rule'>): MomentValues {
  const { when, whom, reward, budget_id, before_days, after_days, joined_days_min } = rule
  const condition = whom ? readCondition(whom) : null
  return {
    ...beginning,
    ...whenValues(when),
    names,
    kind: when.kind,
    before_days,
    after_days,
    joined_days_min,
    starts_on: rule.starts_on ?? null,
    ends_on: rule.ends_on ?? null,
    is_for_some: condition !== null,
    whom: condition ?? emptyGroup(),
    reward: rewardValuesOf(reward),
    budget_id,
  }
}

function whenValues(when: When): Partial<MomentValues> {
  switch (when.kind) {
    case 'purchase':
      return { number: when.number, repeats: when.repeats }
    case 'upgrade':
      return { tiers: when.tiers }
    case 'waking':
      return { days: when.days }
    case 'birthday':
      return { span: when.span, calendar: when.calendar }
    case 'brand_anniversary':
      return { month: Number(when.month_day.slice(0, 2)), day_of_month: Number(when.month_day.slice(3)) }
    case 'holiday':
      return { yearly: when.yearly.map(keyOf), dates: when.dates }
    case 'own_day':
      return { own_name: when.name }
    default:
      return {}
  }
}

const two = (n: number | null) => String(n ?? 1).padStart(2, '0')

function whenOf(values: MomentValues): When {
  const { kind } = values
  switch (kind) {
    case 'joining':
    case 'join_anniversary':
      return { kind }
    case 'purchase':
      return { kind, number: values.number || 1, repeats: values.repeats }
    case 'upgrade':
      return { kind, tiers: values.tiers }
    case 'waking':
      return { kind, days: values.days || 1 }
    case 'birthday':
      return { kind, span: values.span, calendar: values.calendar }
    case 'brand_anniversary':
      return { kind, month_day: `${two(values.month)}-${two(values.day_of_month)}` }
    case 'holiday':
      return { kind, yearly: values.yearly.map(holidayOf), dates: [...values.dates].sort() }
    case 'own_day':
      return { kind, name: values.own_name.trim() || '?' }
  }
}

function holidayOf(key: string): Holiday {
  const [calendar, month_day] = key.split(' ') as [Holiday['calendar'], string]
  return { calendar, month_day }
}

/** Is everything said that the rule needs? */
export function isWhole(values: MomentValues, catalogue: Catalogue | undefined): boolean {
  return isWhenSaid(values) && rewardOf(values.reward).kind !== 'none' && isWhomSaid(values, catalogue)
}

export function isWhomSaid({ is_for_some, whom }: MomentValues, catalogue: Catalogue | undefined): boolean {
  return !is_for_some || (catalogue !== undefined && ruleCount(whom) > 0 && isComplete(whom, catalogue))
}

export function isWhenSaid({ kind, tiers, yearly, dates, own_name }: MomentValues): boolean {
  if (kind === 'upgrade') return tiers.length > 0
  if (kind === 'holiday') return yearly.length + dates.length > 0
  return kind !== 'own_day' || own_name.trim() !== ''
}

/** The rule that the values make; the window stays with moments of the calendar. */
export function ruleOf(values: MomentValues, before: MomentRule | null): MomentRule {
  const when = whenOf(values)
  const reward = rewardOf(values.reward)
  const isClocked = isOfCalendar(when)
  return {
    when,
    whom: values.is_for_some ? (plain(values.whom) as NonNullable<MomentRule['whom']>) : null,
    // days of a plan are promised by the API alone: kept as they were
    reward: reward.kind === 'none' ? (before?.reward ?? { kind: 'points', points: 1 }) : reward,
    budget_id: values.budget_id,
    before_days: isClocked ? (values.before_days ?? 0) : 0,
    after_days: isClocked ? (values.after_days ?? 0) : 0,
    joined_days_min: when.kind === 'joining' ? 0 : (values.joined_days_min ?? 0),
    // what says nothing is left out: a rule that is as before is no new version
    ...(values.starts_on ? { starts_on: values.starts_on } : {}),
    ...(values.ends_on ? { ends_on: values.ends_on } : {}),
  }
}
