/**
 * A second reading of docs/api/conditions.md, written to be obvious and slow: it looks at one person at a time, day
 * by day, and shares nothing with the compiler. It lives in the tests only.
 */
import type { Condition, Day, Group, Rule, RuleValue, Unit, Window } from './condition.ts'
import type { Item, Person, Visit, World } from './people.fixture.ts'

export interface Moment {
  now: Date
  zone: string
  past: boolean
}

/** Ids of the people for whom the condition holds, sorted. */
export function holdsFor(condition: Condition, world: World, moment: Moment): string[] {
  return world.people
    .filter((person) => groupHolds(condition, person, world, moment))
    .map(({ member_id }) => member_id)
    .sort()
}

function groupHolds(group: Group, person: Person, world: World, moment: Moment): boolean {
  const answers = group.rules.map((node) =>
    'rules' in node ? groupHolds(node, person, world, moment) : ruleHolds(node, person, world, moment),
  )
  if (answers.length === 0) return !group.not
  return (group.combinator === 'and' ? answers.every(Boolean) : answers.some(Boolean)) !== group.not
}

function ruleHolds(rule: Rule, person: Person, world: World, moment: Moment): boolean {
  const visits = world.visits.filter(
    (visit) => visit.member_id === person.member_id && visit.valid && (!moment.past || visit.at <= moment.now),
  )
  switch (rule.field) {
    case 'visits':
      return visitsHold(rule, visits, moment)
    case 'calls':
      return callsHold(rule, person, world, moment)
    case 'visit_count':
      return valueHolds(rule, visits.length, moment)
    // no history: always everything
    case 'spent':
      return valueHolds(
        rule,
        total(
          world.visits
            .filter((visit) => visit.member_id === person.member_id && visit.valid)
            .map(({ spent_minor }) => spent_minor),
        ),
        moment,
      )
    case 'last_visit_at': {
      const last = visits.map(({ at }) => at.getTime()).sort((a, b) => b - a)[0]
      return valueHolds(rule, last === undefined ? null : new Date(last), moment)
    }
    case 'joined_day':
      return valueHolds(rule, person.joined_at, moment)
    case 'birthday':
      return birthdayHolds(rule, person.born?.slice(-5) ?? null, moment)
    case 'friend':
      return valueHolds(rule, person.friend_id, moment)
    case 'labels':
      return setHolds(rule, person.labels ?? [])
    case 'marks':
      return setHolds(
        rule,
        world.marks
          .filter(
            (mark) =>
              mark.member_id === person.member_id &&
              (moment.past
                ? mark.from_at <= moment.now && (!mark.until_at || mark.until_at > moment.now)
                : !mark.until_at),
          )
          .map(({ mark }) => mark),
      )
    default:
      return valueHolds(rule, person[rule.field as keyof Person] as Value, moment)
  }
}

type Value = string | number | boolean | Date | null

function valueHolds(rule: Rule, value: Value, moment: Moment): boolean {
  const text = typeof value === 'string' ? value.toLowerCase() : value
  const asked = typeof rule.value === 'string' ? rule.value.toLowerCase() : rule.value
  const is = (operator: Rule['operator']) => valueHolds({ ...rule, operator }, value, moment)
  const listed = () =>
    (asked as RuleValue[]).some((one) => (typeof one === 'string' ? one.toLowerCase() : one) === text)
  const number = value as number
  switch (rule.operator) {
    case 'not_equals':
      return !is('equals')
    case 'not_in':
      return !is('in')
    case 'not_contains':
      return !is('contains')
    case 'not_between':
      return !is('between')
    case 'not_within':
      return !is('within')
    case 'is_not_known':
      return value === null
    case 'is_known':
      return value !== null
    case 'is':
      return (value ?? false) === asked
  }
  if (value === null) return false
  switch (rule.operator) {
    case 'equals':
      return text === asked
    case 'in':
      return listed()
    case 'contains':
      return String(text).includes(String(asked))
    case 'starts_with':
      return String(text).startsWith(String(asked))
    case 'at_least':
      return number >= Number(asked)
    case 'more_than':
      return number > Number(asked)
    case 'at_most':
      return number <= Number(asked)
    case 'less_than':
      return number < Number(asked)
    case 'between':
      return number >= Number((asked as number[])[0]) && number <= Number((asked as number[])[1])
  }
  const day = value instanceof Date ? localDay(value, moment.zone) : String(value)
  const today = localDay(moment.now, moment.zone)
  switch (rule.operator) {
    case 'on':
      return day === resolve(rule.value as Day, today)
    case 'before':
      return day < resolve(rule.value as Day, today)
    case 'after':
      return day > resolve(rule.value as Day, today)
    case 'within':
      return liesIn(day, rule.value as Window, today)
    default:
      throw new Error(`the naive reading does not know ${rule.operator}`)
  }
}

function setHolds({ operator, value }: Rule, values: readonly string[]): boolean {
  const asked = value as string[]
  switch (operator) {
    case 'has_any':
      return asked.some((one) => values.includes(one))
    case 'has_none':
      return !asked.some((one) => values.includes(one))
    case 'has_all':
      return asked.every((one) => values.includes(one))
    case 'is_empty':
      return values.length === 0
    default:
      return values.length > 0
  }
}

function visitsHold(rule: Rule, visits: readonly Visit[], moment: Moment): boolean {
  const today = localDay(moment.now, moment.zone)
  const inWindow = visits.filter(({ at }) => !rule.within || liesIn(localDay(at, moment.zone), rule.within, today))
  const byItem =
    rule.measure === 'pieces' || rule.where?.some(({ field }) => field === 'kind' || field === 'item_pieces')
  const rows = inWindow.flatMap((visit) =>
    (byItem ? visit.items : [null]).map((item: Item | null) => ({ visit, item })),
  )
  const chosen = rows.filter(({ visit, item }) =>
    (rule.where ?? []).every((part) => {
      const values: Record<string, Value> = {
        place: visit.place,
        note: visit.note,
        urgent: visit.urgent,
        kind: item?.kind ?? null,
        item_pieces: item?.pieces ?? null,
      }
      return valueHolds(part, values[part.field] ?? null, moment)
    }),
  )
  const amounts = chosen.map(({ visit, item }) => (item ? item.minor : visit.spent_minor))
  switch (rule.measure) {
    case 'sum':
      return valueHolds(rule, total(amounts), moment)
    case 'pieces':
      return valueHolds(rule, total(chosen.map(({ item }) => item!.pieces)), moment)
    case 'average':
      return valueHolds(rule, chosen.length ? total(amounts) / chosen.length : null, moment)
    default:
      return valueHolds(rule, new Set(chosen.map(({ visit }) => visit.visit_id)).size, moment)
  }
}

function callsHold(rule: Rule, person: Person, world: World, moment: Moment): boolean {
  const today = localDay(moment.now, moment.zone)
  const calls = world.calls.filter(
    (call) =>
      call.member_id === person.member_id &&
      (!moment.past || call.known_at <= moment.now) &&
      (!rule.within || liesIn(call.call_on, rule.within, today)) &&
      (rule.where ?? []).every((part) => valueHolds(part, call.topic, moment)),
  )
  return valueHolds(rule, calls.length, moment)
}

function birthdayHolds(rule: Rule, born: string | null, moment: Moment): boolean {
  if (rule.operator === 'is_known' || rule.operator === 'is_not_known') return valueHolds(rule, born, moment)
  if (rule.operator === 'not_within') return !birthdayHolds({ ...rule, operator: 'within' }, born, moment)
  if (born === null) return false
  if (rule.operator === 'month_in') return (rule.value as number[]).includes(Number(born.slice(0, 2)))
  const today = localDay(moment.now, moment.zone)
  // the birthdays of eleven years on either side, each on the day on which it is celebrated
  for (let year = Number(today.slice(0, 4)) - 11; year <= Number(today.slice(0, 4)) + 11; year += 1) {
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
    const day = `${year}-${born === '02-29' && !leap ? '02-28' : born}`
    const celebrated =
      rule.operator === 'on' ? day === resolve(rule.value as Day, today) : liesIn(day, rule.value as Window, today)
    if (celebrated) return true
  }
  return false
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

const days = new Map<string, string>()

function localDay(instant: Date, zone: string): string {
  const key = `${zone} ${instant.getTime()}`
  const day =
    days.get(key) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(instant)
  days.set(key, day)
  return day
}

function plusDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)
}

function plus(day: string, n: number, unit: Unit): string {
  if (unit === 'day' || unit === 'week') return plusDays(day, unit === 'week' ? n * 7 : n)
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + (unit === 'year' ? n * 12 : n)
  const last = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate()
  const month = `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`
  return `${month}-${String(Math.min(Number(day.slice(8)), last)).padStart(2, '0')}`
}

function resolve(day: Day, today: string): string {
  return typeof day === 'string' ? day : plus(today, day.today, day.unit)
}

function liesIn(day: string, window: Window, today: string): boolean {
  if ('last' in window) {
    const until = window.except_last ? plus(today, -window.except_last, window.unit) : today
    return day > plus(today, -window.last, window.unit) && day <= until
  }
  if ('next' in window) return day >= today && day < plus(today, window.next, window.unit)
  if ('this' in window) return periodOf(day, window.this) === periodOf(today, window.this)
  if ('previous' in window) return isNext(day, today, window.previous)
  if ('following' in window) return isNext(today, day, window.following)
  return (
    (window.from === undefined || day >= resolve(window.from, today)) &&
    (window.to === undefined || day <= resolve(window.to, today))
  )
}

/** Does `later` lie in the period right after that of `earlier`? Walks on day by day until the period changes. */
function isNext(earlier: string, later: string, period: string): boolean {
  if (later < earlier || later > plusDays(earlier, 800)) return false
  let day = earlier
  while (periodOf(day, period) === periodOf(earlier, period)) day = plusDays(day, 1)
  return periodOf(later, period) === periodOf(day, period)
}

function periodOf(day: string, period: string): string | number {
  switch (period) {
    case 'day':
      return day
    case 'week':
      return Math.floor((Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 3) / 7)
    case 'month':
      return day.slice(0, 7)
    case 'quarter':
      return `${day.slice(0, 4)} ${Math.ceil(Number(day.slice(5, 7)) / 3)}`
    default:
      return day.slice(0, 4)
  }
}
