/**
 * One rule on one value as SQL. A test is true, false or NULL; NULL counts as "does not hold", and only `and` and
 * `or` stand above it, so it can never turn into "holds". A negated test is never NULL.
 */
import type { Day, Operator, RuleValue, Window } from './condition.ts'
import type { ChoiceCast, Filter, Present, ScalarField } from './fields.ts'
import { empty, join, raw, sql, type Sql } from '../sql.ts'
import { addDays } from '../time.ts'
import { anniversariesIn, dayFor, instantsOf, monthText, rangeOf, type DayRange } from './windows.ts'

export interface Question {
  operator: Operator
  value: RuleValue
}

const positives: Partial<Record<Operator, Operator>> = {
  not_equals: 'equals',
  not_in: 'in',
  not_contains: 'contains',
  not_within: 'within',
  not_between: 'between',
  has_none: 'has_any',
  is_not_known: 'is_known',
  is_not_empty: 'is_empty',
}

/** The positive operator behind a negative one, and whether the answer is to be turned round. */
export function straighten(question: Question, negated: boolean): { question: Question; negated: boolean } {
  const operator = positives[question.operator]
  return operator ? { question: { operator, value: question.value }, negated: !negated } : { question, negated }
}

/** Is unknown never an answer to it? */
export function isPositive(operator: Operator): boolean {
  return positives[operator] === undefined
}

/** The opposite, never NULL. */
export function opposite(test: Sql): Sql {
  return sql`(${test}) is not true`
}

/** Asks `question` of the value `expression` of a field's type. */
export function valueTest(
  field: ScalarField | Filter,
  asked: Question,
  expression: Sql,
  present: Present,
  turned: boolean,
): Sql {
  const { question, negated } = straighten(asked, turned)
  if (question.operator === 'is_known') return sql`${expression} is ${negated ? empty : raw('not ')}null`
  if (field.type === 'flag') {
    return question.value === !negated ? sql`${expression}` : opposite(expression)
  }
  if (field.type === 'number' || field.type === 'money') {
    return numberTest(question, expression, negated, 'missing' in field ? field.missing : undefined)
  }
  const test = positiveTest(field, question, expression, present)
  return negated ? opposite(test) : test
}

function positiveTest(field: ScalarField | Filter, question: Question, expression: Sql, present: Present): Sql {
  switch (field.type) {
    case 'text':
      return textTest(question, expression)
    case 'day':
      return dayTest(expression, rangeFor(question, present))
    case 'instant':
      return instantTest(expression, rangeFor(question, present), present.zone)
    case 'anniversary':
      return anniversaryTest(question, expression, present)
    default:
      return choiceTest(question, expression, field.cast)
  }
}

/**
 * A number against a number or a range. With `missing` (the value of members without a row) the test is two-valued,
 * and `coalesce` is written only if members without a row pass: otherwise the bare column lets the planner turn the
 * left join into an inner one.
 */
export function numberTest(asked: Question, expression: Sql, turned: boolean, missing?: number): Sql {
  const { question, negated } = straighten(asked, turned)
  const test = (value: Sql): Sql => comparison(question, value)
  if (missing === undefined) return negated ? opposite(test(expression)) : test(expression)
  const missingPasses = compares(question, missing) !== negated
  const value = missingPasses ? sql`coalesce(${expression}, ${numberOf(missing)})` : expression
  return negated ? sql`not (${test(value)})` : test(value)
}

const signs: Partial<Record<Operator, Sql>> = {
  equals: raw('='),
  at_least: raw('>='),
  more_than: raw('>'),
  at_most: raw('<='),
  less_than: raw('<'),
}

function comparison({ operator, value }: Question, expression: Sql): Sql {
  if (Array.isArray(value)) {
    return sql`(${expression} between ${numberOf(Number(value[0]))} and ${numberOf(Number(value[1]))})`
  }
  return sql`${expression} ${signs[operator]} ${numberOf(Number(value))}`
}

/** Does a constant pass? Only for the value of missing rows, to choose between two ways of writing the same SQL. */
export function compares({ operator, value }: Question, constant: number): boolean {
  if (Array.isArray(value)) return constant >= Number(value[0]) && constant <= Number(value[1])
  const bound = Number(value)
  switch (operator) {
    case 'equals':
      return constant === bound
    case 'at_least':
      return constant >= bound
    case 'more_than':
      return constant > bound
    case 'at_most':
      return constant <= bound
    default:
      return constant < bound
  }
}

/** Whole numbers as bigint, so that an index on an integer column can be used; others as numeric. */
function numberOf(value: number): Sql {
  return Number.isInteger(value) ? sql`${value}::bigint` : sql`${value}::numeric`
}

function textTest({ operator, value }: Question, expression: Sql): Sql {
  // both sides are lowered by the database: its idea of lower case is not JavaScript's
  if (Array.isArray(value)) {
    return sql`lower(${expression}) = any(array(select lower(listed) from unnest(${value}::text[]) as listed))`
  }
  const text = String(value)
  if (operator === 'equals') return sql`lower(${expression}) = lower(${text}::text)`
  const pattern = text.replaceAll(/[\\%_]/g, '\\$&')
  return sql`${expression} ilike ${operator === 'contains' ? `%${pattern}%` : `${pattern}%`}::text`
}

function choiceTest({ value }: Question, expression: Sql, cast: ChoiceCast = 'text'): Sql {
  if (Array.isArray(value)) return sql`${expression} = any(${value}::${raw(cast)}[])`
  return sql`${expression} = ${value}::${raw(cast)}`
}

function rangeFor({ operator, value }: Question, { today }: Present): DayRange {
  if (operator === 'within') return rangeOf(value as Window, today)
  const day = dayFor(value as Day, today)
  if (operator === 'on') return { from: day, to: day }
  return operator === 'before' ? { to: addDays(day, -1) } : { from: addDays(day, 1) }
}

/** A test on a column of days; both ends of the range are included. */
export function dayTest(expression: Sql, range: DayRange): Sql {
  const parts: Sql[] = []
  if (range.from !== undefined) parts.push(sql`${expression} >= ${range.from}::date`)
  if (range.to !== undefined) parts.push(sql`${expression} <= ${range.to}::date`)
  return allOf(parts)
}

/** A test on a column of instants: from the start of the first day until the start of the day after the last. */
export function instantTest(expression: Sql, range: DayRange, zone: string): Sql {
  const { from, until } = instantsOf(range, zone)
  const parts: Sql[] = []
  if (from) parts.push(sql`${expression} >= ${from}::timestamptz`)
  if (until) parts.push(sql`${expression} < ${until}::timestamptz`)
  return allOf(parts)
}

/** All of these tests; true if there is none. */
export function allOf(tests: readonly Sql[]): Sql {
  if (tests.length === 0) return sql`true`
  return tests.length === 1 ? tests[0]! : join(tests, ' and ', '(', ')')
}

/** One of these tests; false if there is none. */
export function anyOf(tests: readonly Sql[]): Sql {
  if (tests.length === 0) return sql`false`
  return tests.length === 1 ? tests[0]! : join(tests, ' or ', '(', ')')
}

function anniversaryTest(question: Question, expression: Sql, present: Present): Sql {
  if (question.operator === 'month_in') {
    const months = (question.value as number[]).map(monthText)
    return sql`left(${expression}, 2) = any(${months}::text[])`
  }
  const range = anniversariesIn(rangeFor(question, present))
  if (range === 'none') return sql`false`
  if (range === 'all') return sql`${expression} is not null`
  const from = sql`${expression} collate "C" >= ${range.from}::text`
  const to = sql`${expression} collate "C" <= ${range.to}::text`
  return range.from <= range.to ? sql`(${from} and ${to})` : sql`(${from} or ${to})`
}
