/** Questions about many rows: behaviours (how often, how much, in which window) and sets (has any of these). */
import type { Rule } from './condition.ts'
import type { BehaviourField, Expression, Filter, Measure, SetField, SetRows, Summary } from './fields.ts'
import { join, raw, sql, type Sql } from '../sql.ts'
import type { Place, Rows, Scope } from './scope.ts'
import {
  compares,
  dayTest,
  instantTest,
  isPositive,
  numberTest,
  opposite,
  straighten,
  valueTest,
  type Question,
} from './value-tests.ts'
import { rangeOf, type DayRange } from './windows.ts'

interface Asked {
  field: BehaviourField
  rule: Rule
  measure: Measure
  name: string
  range: DayRange | undefined
  /** "Once at least" (true) or "never" (false), if that is all the rule asks. */
  presence: boolean | undefined
  negated: boolean
  place: Place
}

/** The test of a behavioural rule. */
export function behaviourTest(
  field: BehaviourField,
  rule: Rule,
  negated: boolean,
  place: Place,
  scope: Scope,
  pointer: string,
): Sql {
  const name = rule.measure ?? 'count'
  const measure = field.measures[name]
  if (!measure) throw new Error(`behaviour ${field.name} has no measure ${name}`)
  const range = rule.within ? rangeOf(rule.within, scope.present.today) : undefined
  const presence = name === 'count' ? presenceAsked(rule, negated) : undefined
  const asked: Asked = { field, rule, measure, name, range, presence, negated, place }
  const summed = scope.past ? undefined : fromSummaries(asked, scope)
  scope.explanations.push({
    pointer,
    field: field.name,
    answered_by: scope.past ? 'past' : summed ? 'summary' : 'rows',
    ...(range && { window: range }),
  })
  return summed ?? fromRows(asked, scope)
}

/** Counts are whole and never negative, so each of these asks no more than whether there is a row. */
function presenceAsked(rule: Rule, turned: boolean): boolean | undefined {
  const { question, negated } = straighten(rule, turned)
  const none = compares(question, 0)
  const some = [1, 2, Number.MAX_SAFE_INTEGER].map((count) => compares(question, count))
  const alike = some.every((answer) => answer === some[0])
  return alike && some[0] !== none ? some[0] !== negated : undefined
}

function fromRows(asked: Asked, scope: Scope): Sql {
  const { field, rule, measure, presence, place } = asked
  const filters = (rule.where ?? []).map((part) => ({ part, filter: filterOf(field, part.field) }))
  const used = joinsUsed(field, [measure, ...filters.map(({ filter }) => filter)])
  const rows: Rows = {
    from:
      used.length > 0
        ? sql`${field.rows} ${join(
            used.map((name) => field.joins![name]!.sql),
            ' ',
          )}`
        : field.rows,
    member: field.member,
    tests: [
      ...(field.counts ? [field.counts] : []),
      ...timeTests(asked, scope),
      ...filters.map(({ filter, part }) =>
        valueTest(filter, part, expressionOf(filter.sql, scope), scope.present, false),
      ),
    ],
  }
  if (presence !== undefined) return scope.presence(rows, presence, place)
  const over = used.filter((name) => field.joins?.[name]?.many).map((name) => measure.over?.[name])
  const value = over.find((other) => other !== undefined) ?? measure.sql
  return measured(rule, scope.aggregate(rows, value), asked)
}

function measured(question: Question, value: Sql, { measure, negated }: Asked): Sql {
  return numberTest(question, value, negated, measure.empty === null ? undefined : 0)
}

function timeTests({ field, range }: Asked, scope: Scope): Sql[] {
  const column = raw(field.at)
  const tests: Sql[] = []
  if (range) tests.push(momentTest(field, column, range, scope))
  if (!scope.past) return tests
  if (field.at_type === 'day' && !field.known_at) tests.push(sql`${column} <= ${scope.present.today}::date`)
  else tests.push(sql`${raw(field.known_at ?? field.at)} <= ${scope.present.now}::timestamptz`)
  return tests
}

/** The joins needed, in the order in which the behaviour declares them. */
function joinsUsed(field: BehaviourField, parts: readonly { needs?: readonly string[] }[]): string[] {
  const needs = new Set(parts.flatMap((part) => part.needs ?? []))
  return Object.keys(field.joins ?? {}).filter((name) => needs.has(name))
}

function filterOf(field: BehaviourField, name: string): Filter {
  const filter = field.filters?.find((other) => other.name === name)
  if (!filter) throw new Error(`behaviour ${field.name} has no filter ${name}`)
  return filter
}

export function expressionOf(expression: Expression, scope: Scope): Sql {
  return typeof expression === 'function' ? expression(scope.present) : expression
}

/** The answer from the first summary that knows it, if any does. */
function fromSummaries(asked: Asked, scope: Scope): Sql | undefined {
  for (const summary of asked.field.summaries ?? []) {
    const answer = summary.rows
      ? fromSummaryRows(asked, summary, summary.rows, scope)
      : fromSummaryTable(asked, summary, scope)
    if (answer) return answer
  }
  return undefined
}

function fromSummaryTable(asked: Asked, summary: Summary, scope: Scope): Sql | undefined {
  const { rule, range, presence } = asked
  if (rule.where) return undefined
  let answer: Sql | undefined
  const value = summary.measures[asked.name]
  if (!range) answer = value && measured(rule, value, asked)
  else if (presence !== undefined) {
    const once = boundTest(asked.field, summary, range, scope)
    answer = once && (presence ? once : opposite(once))
  }
  if (answer) scope.table(summary.table)
  return answer
}

/**
 * "Any since" and "any until" need only the last or the first moment; a range that ends before today needs the rows.
 */
function boundTest(field: BehaviourField, summary: Summary, range: DayRange, scope: Scope): Sql | undefined {
  const reachesNow = range.to === undefined || range.to >= scope.present.today
  if (range.from !== undefined && reachesNow && summary.last) {
    return momentTest(field, summary.last, { from: range.from }, scope)
  }
  if (range.from === undefined && summary.first) return momentTest(field, summary.first, range, scope)
  return undefined
}

/** A test on a column of the same type as the behaviour's moment. */
function momentTest(field: BehaviourField, column: Sql, range: DayRange, scope: Scope): Sql {
  return field.at_type === 'day' ? dayTest(column, range) : instantTest(column, range, scope.present.zone)
}

function fromSummaryRows(
  asked: Asked,
  summary: Summary,
  rows: { from: Sql; member: string },
  scope: Scope,
): Sql | undefined {
  const { field, rule, range, presence, name, place } = asked
  const column = summary.measures[name]
  const where = rule.where ?? []
  if (!column || !knowsAll(field, summary, where, presence === undefined ? name : undefined)) return undefined
  const tests = where.map((part) =>
    valueTest(filterOf(field, part.field), part, summary.filters![part.field]!.sql, scope.present, false),
  )
  if (presence !== undefined) {
    const bound = range && boundTest(field, summary, range, scope)
    if (range && !bound) return undefined
    const some = [...tests, sql`${column} > 0`, ...(bound ? [bound] : [])]
    return scope.presence({ ...rows, tests: some }, presence, place)
  }
  if (range) return undefined
  return measured(rule, scope.aggregate({ ...rows, tests }, sql`sum(${column})`), asked)
}

/**
 * Do the summary's rows hold everything that these filters let through, and may `sum` (if the answer is one) be added
 * up over it? Rows for unknown values may be missing, and a value may be one of several that a thing has.
 */
function knowsAll(field: BehaviourField, summary: Summary, where: readonly Rule[], sum: string | undefined): boolean {
  if (where.some((part) => !summary.filters?.[part.field])) return false
  return Object.entries(summary.filters ?? {}).every(([filter, by]) => {
    const parts = where.filter((part) => part.field === filter)
    const whole = by.holds_unknown === true || parts.some(({ operator }) => isPositive(operator))
    const single = filterOf(field, filter).type === 'choice' && parts.some(isSingle)
    return whole && (sum === undefined || by.adds === undefined || by.adds.includes(sum) || single)
  })
}

function isSingle({ operator, value }: Rule): boolean {
  return operator === 'equals' || (operator === 'in' && Array.isArray(value) && value.length === 1)
}

/** The test of a rule on a set. */
export function setTest(
  field: SetField,
  rule: Rule,
  turned: boolean,
  place: Place,
  scope: Scope,
  pointer: string,
): Sql {
  const past = scope.past && field.at ? field.at(scope.history).rows : undefined
  if (scope.past && !field.at && !field.timeless) scope.withoutHistory.add(field.name)
  const rows = past ?? field.rows
  scope.explanations.push({ pointer, field: field.name, answered_by: past ? 'past' : rows ? 'rows' : 'value' })
  const { question, negated } = straighten(rule, turned)
  if (rows) return setRowsTest(field, rows, question, negated, place, scope)
  scope.table(field.table)
  const test = arrayTest(field, field.array!, question)
  return negated ? opposite(test) : test
}

function arrayTest(field: SetField, array: Sql, { operator, value }: Question): Sql {
  if (operator === 'is_empty') return sql`coalesce(cardinality(${array}), 0) = 0`
  const values = sql`${value}::${raw(field.cast ?? 'text')}[]`
  return operator === 'has_all' ? sql`${array} @> ${values}` : sql`${array} && ${values}`
}

function setRowsTest(
  field: SetField,
  set: SetRows,
  { operator, value }: Question,
  negated: boolean,
  place: Place,
  scope: Scope,
): Sql {
  const own = set.where ? [set.where] : []
  const source = { from: set.from, member: set.member }
  if (operator === 'is_empty') return scope.presence({ ...source, tests: own }, negated, place)
  const values = [...new Set(value as string[])]
  const rows: Rows = {
    ...source,
    tests: [...own, sql`${set.value} = any(${values}::${raw(field.cast ?? 'text')}[])`],
  }
  if (operator === 'has_any') return scope.presence(rows, !negated, place)
  const found = scope.aggregate(rows, sql`count(distinct ${set.value})`)
  return numberTest({ operator: 'at_least', value: values.length }, found, negated, 0)
}
