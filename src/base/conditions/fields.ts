/**
 * What conditions may ask about. Modules lend their fields (`fields.ts` of each module); this folder knows none of
 * their nouns. SQL in a field refers to the population's alias (usually `m`) or to the alias of the field's own
 * table.
 */
import type { Operator } from './condition.ts'
import type { Sql } from '../sql.ts'

/** The present of one question. */
export interface Present {
  now: Date
  /** The program's IANA zone. */
  zone: string
  /** `YYYY-MM-DD` of `now` in `zone`. */
  today: string
}

/** SQL for a value, where needed made for the present (such as a day in the program's zone). */
export type Expression = Sql | ((present: Present) => Sql)

/** A table or subquery with at most one row a member; joined once (`left join … on alias.member_id = key`). */
export interface Table {
  alias: string
  /** Without the alias: `sql`member_statistics``. */
  from: Sql
}

/** How a field is to be read as it stood at a past moment. */
export interface Past extends Present {
  /** ` and column = any(…)` if only some members are asked about, else nothing: put it into every subquery. */
  only: (column: string) => Sql
}

export type ScalarType = 'text' | 'number' | 'money' | 'day' | 'instant' | 'choice' | 'flag' | 'anniversary'
export type FilterType = Exclude<ScalarType, 'anniversary'>
export type FieldType = ScalarType | 'set' | 'behaviour'

/** The PostgreSQL type of the stored values of a choice or set; values from outside are checked against it. */
export type ChoiceCast = 'text' | 'uuid' | 'bigint'

interface FieldBase {
  name: string
  /** Where the picker shows it. */
  group: string
  /** For the screen: `points`, `day` … */
  unit?: string
  /** Choices and sets: the fixed options, or the name of the list that the screen fetches (`stores`). */
  options?: string | readonly string[]
  /** Of choices and sets; `text` by default. */
  cast?: ChoiceCast
  /** Numbers: only whole ones make sense. Money always is. */
  integer?: boolean
}

/** One value a member. An `anniversary` yields text `MM-DD`. NULL means unknown. */
export interface ScalarField extends FieldBase {
  type: ScalarType
  sql: Expression
  /** Where `sql` lives, if not in the population itself. */
  table?: Table
  /** Numbers and money: the value when there is no row (an order count of 0); the field is then never unknown. */
  missing?: number
  /** The value never changes, so today's is also that of any past moment (a birthday). */
  timeless?: boolean
  /** The field as it stood at a past moment. Without it (and not timeless) the answer at a past moment is flagged. */
  at?: (past: Past) => { sql: Sql; table?: Table }
}

/** Rows of many values a member: `from` with aliases, the member's column, the value. */
export interface SetRows {
  from: Sql
  member: string
  value: Sql
  where?: Sql
}

/** Many values a member: in rows of their own, or in an array column. */
export interface SetField extends FieldBase {
  type: 'set'
  rows?: SetRows
  array?: Sql
  /** Where `array` lives, if not in the population itself. */
  table?: Table
  timeless?: boolean
  at?: (past: Past) => { rows: SetRows }
}

/** What a behaviour can be filtered by. `needs` names joins of the behaviour. */
export interface Filter extends Omit<FieldBase, 'group'> {
  type: FilterType
  sql: Expression
  needs?: readonly string[]
}

/** What is measured of the rows: an aggregate. */
export interface Measure {
  type: 'number' | 'money'
  sql: Sql
  /** The aggregate when a join that repeats rows is used: `{lines: sql`sum(l.net_minor)`}`. */
  over?: Readonly<Record<string, Sql>>
  needs?: readonly string[]
  /** Its value over no rows: 0 by default; null for averages, which are then unknown. */
  empty?: 0 | null
  unit?: string
  /** Only whole numbers make sense; money always, a count always. */
  integer?: boolean
}

/** Parts or companions of a row, joined only if a filter or measure needs them. */
export interface BehaviourJoin {
  sql: Sql
  /** One row may become several. */
  many?: boolean
}

/**
 * Ready-made answers at the present, kept by the module in the same transaction as the rows. Either one row a member
 * (`table`) or a few (`rows`, by store for instance). Asked in order; the first that knows the answer is used and the
 * behaviour's own rows are left alone.
 */
export interface Summary {
  table?: Table
  rows?: { from: Sql; member: string }
  /** Of `rows` they are summed, so they must be plain columns or expressions; NULL counts as 0. */
  measures: Readonly<Record<string, Sql>>
  /**
   * Moment (as `at_type`) of the first and last row, NULL without any: they answer "any until" and "any since". Only
   * if no row lies in the future.
   */
  first?: Sql
  last?: Sql
  /** Filters that divide `rows`. */
  filters?: Readonly<Record<string, SummaryFilter>>
}

/** A filter that divides the rows of a summary. */
export interface SummaryFilter {
  sql: Sql
  /**
   * The measures that may be added up over several values, if not all: an order with two categories lies in two rows;
   * its sums add up, its count does not.
   */
  adds?: readonly string[]
  /** There are rows for the unknown value too (NULL), so all rows together are everything. */
  holds_unknown?: boolean
}

/** Many rows a member, counted or summed in a window. */
export interface BehaviourField extends FieldBase {
  type: 'behaviour'
  /** `sql`orders o``. */
  rows: Sql
  /** `o.member_id`. */
  member: string
  /** The column of the moment: `o.occurred_at`. */
  at: string
  /** Is `at` an instant (default) or a day? */
  at_type?: 'instant' | 'day'
  /** The instant from which the row was known, if it speaks of the future (an appointment); `at` by default. */
  known_at?: string
  /** Which rows count at all. */
  counts?: Sql
  joins?: Readonly<Record<string, BehaviourJoin>>
  /** `count` must be 1 or more exactly when there is a row. */
  measures: { readonly count: Measure; readonly [name: string]: Measure }
  filters?: readonly Filter[]
  summaries?: readonly Summary[]
}

export type Field = ScalarField | SetField | BehaviourField

/** All fields of a program by name. */
export type Fields = ReadonlyMap<string, Field>

const known: readonly Operator[] = ['is_known', 'is_not_known']
const comparisons: readonly Operator[] = [
  'equals',
  'not_equals',
  'at_least',
  'more_than',
  'at_most',
  'less_than',
  'between',
  'not_between',
]
const moments: readonly Operator[] = ['on', 'before', 'after', 'within', 'not_within', ...known]

const operatorsByType: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: ['equals', 'not_equals', 'contains', 'not_contains', 'starts_with', 'in', 'not_in', ...known],
  number: [...comparisons, ...known],
  money: [...comparisons, ...known],
  day: moments,
  instant: moments,
  choice: ['equals', 'not_equals', 'in', 'not_in', ...known],
  set: ['has_any', 'has_all', 'has_none', 'is_empty', 'is_not_empty'],
  flag: ['is'],
  anniversary: ['on', 'within', 'not_within', 'month_in', ...known],
  behaviour: comparisons,
}

/** The operators that this field understands. */
export function operatorsOf(field: Field | Filter): readonly Operator[] {
  const operators = operatorsByType[field.type]
  const neverUnknown = 'missing' in field && field.missing !== undefined
  return neverUnknown ? operators.filter((operator) => !known.includes(operator)) : operators
}

/**
 * Puts the lists of all modules together. A mistake in a module's list is thrown here, at start, with the field's
 * name.
 */
export function gatherFields(lists: readonly (readonly Field[])[]): Fields {
  const fields = new Map<string, Field>()
  const tables = new Map<string, string>()
  for (const field of lists.flat()) {
    if (fields.has(field.name)) throw new Error(`field ${field.name} is lent twice`)
    for (const table of tablesOf(field)) {
      const text = JSON.stringify([table.from.text, table.from.values])
      if ((tables.get(table.alias) ?? text) !== text)
        throw new Error(`field ${field.name}: alias ${table.alias} already names another table`)
      tables.set(table.alias, text)
    }
    const fault = faultOf(field)
    if (fault) throw new Error(`field ${field.name}: ${fault}`)
    fields.set(field.name, field)
  }
  return fields
}

function tablesOf(field: Field): Table[] {
  if (field.type !== 'behaviour') return field.table ? [field.table] : []
  return (field.summaries ?? []).flatMap((summary) => (summary.table ? [summary.table] : []))
}

const nameForm = /^[a-z][a-z0-9_]*$/
/** Aliases of the shape b1, b2 … are given out by the compiler. */
const reservedAlias = /^b\d+$/

function faultOf(field: Field): string | undefined {
  if (!nameForm.test(field.name)) return 'a name is snake_case'
  for (const { alias } of tablesOf(field)) {
    if (!nameForm.test(alias) || reservedAlias.test(alias)) return `alias ${alias} cannot be used`
  }
  if (field.type === 'set') return !field.rows === !field.array ? 'a set has either rows or an array' : undefined
  return field.type === 'behaviour' ? behaviourFault(field) : undefined
}

function behaviourFault(field: BehaviourField): string | undefined {
  const joins = field.joins ?? {}
  const needs = [...(field.filters ?? []), ...Object.values(field.measures)].flatMap((part) => part.needs ?? [])
  const stray = needs.find((name) => !(name in joins))
  if (stray) return `no join is named ${stray}`
  for (const [name, { many }] of Object.entries(joins)) {
    if (!many) continue
    for (const [measure, { over, needs: own }] of Object.entries(field.measures)) {
      if (!over?.[name] && !own?.includes(name))
        return `measure ${measure} does not say what it is over the join ${name}`
    }
  }
  for (const summary of field.summaries ?? []) {
    if (!summary.table === !summary.rows) return 'a summary has either a table or rows'
    if (summary.table && summary.filters) return 'a summary with one row a member cannot be filtered'
    const alien = Object.keys(summary.filters ?? {}).find(
      (name) => !field.filters?.some((filter) => filter.name === name),
    )
    if (alien) return `no filter is named ${alien}`
    const average = Object.keys(summary.measures).find((name) => summary.rows && field.measures[name]?.empty === null)
    if (average) return `measure ${average} cannot be summed`
  }
  return undefined
}
