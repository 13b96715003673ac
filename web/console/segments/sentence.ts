/** A condition as one readable sentence. */
import {
  fieldOf,
  isGroup,
  valueKindOf,
  type Catalogue,
  type Day,
  type Group,
  type PartEntry,
  type Rule,
  type Value,
  type Window,
} from './condition.ts'
import { monthName, type Words } from './words.ts'

/** "state is asleep, and bought at least 2 times in the last 90 days (category is tea)"; '' if nothing is asked. */
export function sentenceOf(condition: Group, catalogue: Catalogue, words: Words): string {
  return sayGroup(condition, catalogue, words, true)
}

function sayGroup(group: Group, catalogue: Catalogue, words: Words, root = false): string {
  const parts = group.rules.map((node) =>
    isGroup(node) ? sayGroup(node, catalogue, words) : sayRule(node, catalogue, words),
  )
  const joined = parts.length === 1 ? parts[0]! : parts.join(words.say(`say.${group.combinator}`))
  if (group.not) return words.say('say.not', { what: joined })
  return root || parts.length === 1 ? joined : words.say('say.brackets', { what: joined })
}

function sayRule(rule: Rule, catalogue: Catalogue, words: Words): string {
  const field = fieldOf(catalogue, rule.field)
  if (!field) return rule.field
  if (field.type !== 'behaviour') return sayPlain(rule, field, words)
  const where = (rule.where ?? []).map((one) => {
    const filter = field.filters?.find(({ name }) => name === one.field)
    return filter ? sayPlain(one, filter, words) : one.field
  })
  const what = sayAmount(
    rule,
    field.measures?.find(({ name }) => name === (rule.measure ?? 'count')),
    words,
  )
  return words.say('say.behaviour', {
    what,
    when: rule.within ? sayWindow(rule.within, words) : words.say('say.ever'),
    where: where.length > 0 ? words.say('say.where', { what: where.join(words.say('say.and')) }) : '',
  })
}

/** "bought at least 2 times", "did not buy", "spent NT$1,000 or more". */
function sayAmount(
  rule: Rule,
  measure: { name: string; type: string; unit?: string } | undefined,
  words: Words,
): string {
  const name = measure?.name ?? 'count'
  const never =
    name === 'count' &&
    ((rule.operator === 'at_most' && rule.value === 0) ||
      (rule.operator === 'equals' && rule.value === 0) ||
      (rule.operator === 'less_than' && rule.value === 1))
  if (never)
    return words.sayOr(
      `behaviours.${rule.field}_never`,
      words.say('behaviours.never', { field: words.field(rule.field) }),
    )
  const amount = compare(
    rule.operator,
    rule.value,
    (value) => (measure?.type === 'money' ? words.format.money(value) : words.format.number(value)),
    words,
  )
  const generic = words.say('behaviours.other', {
    field: words.field(rule.field),
    measure: words.measure(rule.field, name),
    amount,
  })
  const [low, high] = Array.isArray(rule.value) ? rule.value : [rule.value, rule.value]
  return words.sayOr(`behaviours.${rule.field}_${name}`, generic, { amount, count: Number(high ?? low ?? 2) })
}

function compare(operator: string, value: Value, write: (value: number) => string, words: Words): string {
  const [low, high] = Array.isArray(value) ? value : [value, null]
  const text = (one: unknown) => (typeof one === 'number' ? write(one) : '…')
  return words.say(`compare.${operator}`, { value: text(low), low: text(low), high: text(high) })
}

function sayPlain(rule: Rule, part: PartEntry, words: Words): string {
  if (part.type === 'flag') {
    const yes = rule.value !== false
    const fallback = words.say(yes ? 'say.flag' : 'say.noFlag', { field: words.field(part.name) })
    return words.sayOr(`flags.${part.name}_${yes ? 'yes' : 'no'}`, fallback)
  }
  const field = words.field(part.name)
  const kind = valueKindOf(part, rule.operator)
  if (kind === 'number' || kind === 'range') {
    const unit = part.unit ? words.unit(part.unit) : ''
    const write = (value: number) =>
      part.type === 'money'
        ? words.format.money(value)
        : unit
          ? words.say('say.withUnit', { value: words.format.number(value), unit })
          : words.format.number(value)
    return words.say('say.compared', { field, amount: compare(rule.operator, rule.value, write, words) })
  }
  return words.say(`say.${rule.operator}`, { field, value: valueText(rule.value, kind, part, words) })
}

function valueText(value: Value, kind: string, part: PartEntry, words: Words): string {
  switch (kind) {
    case 'none':
      return ''
    case 'option':
      return value === null ? '…' : words.say('say.quoted', { what: words.option(part, String(value)) })
    case 'options': {
      const names = ((value as string[] | null) ?? []).map((one) =>
        words.say('say.quoted', { what: words.option(part, one) }),
      )
      return names.length > 0 ? names.join(words.say('say.or')) : '…'
    }
    case 'text':
      return value ? words.say('say.quoted', { what: String(value) }) : '…'
    case 'texts':
      return (
        ((value as string[] | null) ?? [])
          .map((one) => words.say('say.quoted', { what: one }))
          .join(words.say('say.or')) || '…'
      )
    case 'months':
      return (
        ((value as number[] | null) ?? [])
          .map((month) => monthName(month, words.format.locale))
          .join(words.say('say.or')) || '…'
      )
    case 'day':
      return sayDay(value as Day | null, words)
    case 'window':
      return sayWindow(value as Window | null, words)
    default:
      return String(value ?? '…')
  }
}

/** A day of the calendar, or one counted from today. */
export function sayDay(day: Day | null | undefined, words: Words): string {
  if (day === null || day === undefined || day === '') return '…'
  if (typeof day === 'string') return words.format.day(day)
  if (day.today === 0) return words.say('when.today')
  const length = words.say(`lengths.${day.unit ?? 'day'}`, { count: Math.abs(day.today) })
  return words.say(day.today < 0 ? 'when.ago' : 'when.ahead', { length })
}

/** "in the last 90 days", "this year", "from 1 Jan 2026 to 30 Jun 2026". */
export function sayWindow(window: Window | null | undefined, words: Words): string {
  if (!window) return '…'
  const length = (count: number) => words.say(`lengths.${window.unit ?? 'day'}`, { count })
  if (window.last !== undefined) {
    return window.except_last
      ? words.say('when.lastExcept', { length: length(window.last), except: length(window.except_last) })
      : words.say('when.last', { length: length(window.last) })
  }
  if (window.next !== undefined) return words.say('when.next', { length: length(window.next) })
  for (const which of ['this', 'previous', 'following'] as const) {
    const period = window[which]
    if (period) return words.say(`periods.${which}_${period}`)
  }
  const [from, to] = [sayDay(window.from, words), sayDay(window.to, words)]
  if (window.from !== undefined && window.to !== undefined) return words.say('when.between', { from, to })
  return window.from !== undefined ? words.say('when.since', { from }) : words.say('when.until', { to })
}
