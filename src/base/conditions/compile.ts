/**
 * The one compiler: a condition becomes joins and a `where` over a population of members. All values are bound and
 * all days and instants computed before, so the same SQL answers for all members, for some, at the present and at a
 * past moment.
 */
import { isGroup, type Condition, type Group, type Rule } from './condition.ts'
import { behaviourTest, expressionOf, setTest } from './behaviours.ts'
import type { Fields, ScalarField } from './fields.ts'
import { Scope, type Explanation, type Place } from './scope.ts'
import { raw, sql, type Sql } from '../sql.ts'
import { allOf, anyOf, valueTest } from './value-tests.ts'
import { dayOf } from '../time.ts'

/** Whom a condition is asked about. */
export interface Population {
  /** `sql`members m``: the alias is the one that fields of the population use. */
  from: Sql
  /** The member's column: `m.member_id`. */
  key: string
  /** Who belongs to it at all. */
  where?: Sql
  /** PostgreSQL type of the key; `uuid` by default. */
  key_type?: 'uuid' | 'bigint' | 'text'
}

export interface CompileOptions {
  fields: Fields
  population: Population
  /** The present, read once for the question. */
  now: Date
  /** The program's IANA zone. */
  zone: string
  /** `now` from statistics where they know the answer; `{at}` from history as it stood at that instant. */
  reading: 'now' | { at: Date }
  /** Ask about these members only. */
  ids?: readonly string[]
}

export interface Compiled {
  /** `with …` ahead of the select, or nothing. */
  with: Sql
  from: Sql
  joins: Sql
  /** NULL counts as "does not hold": use it as a `where`, or as `(…) is true` for a column. */
  where: Sql
  key: string
  /** The present or the past moment for which this was compiled. */
  as_of: Date
  explain: Explanation[]
  /** Fields asked at a past moment that keep no history: their answer is today's. */
  without_history: string[]
  condition: Condition
  options: CompileOptions
}

/** Compiles a parsed condition (parse.ts) against the fields it was parsed with. */
export function compileCondition(condition: Condition, options: CompileOptions): Compiled {
  const { fields, population, reading, zone, ids } = options
  const now = reading === 'now' ? options.now : reading.at
  const scope = new Scope({
    key: population.key,
    idType: population.key_type ?? 'uuid',
    ids,
    past: reading !== 'now',
    present: { now, zone, today: dayOf(now, zone) },
  })
  const test = groupTest(condition, { negated: false, place: 'and', pointer: '' }, fields, scope)
  return {
    with: scope.with(),
    from: population.from,
    joins: scope.joins(),
    where: allOf([...(population.where ? [sql`(${population.where})`] : []), ...scope.onlyIds(population.key), test]),
    key: population.key,
    as_of: now,
    explain: scope.explanations,
    without_history: [...scope.withoutHistory].sort(),
    condition,
    options,
  }
}

interface Position {
  /** Is the opposite asked? Negation is carried down to the rules (de Morgan), where it costs nothing. */
  negated: boolean
  place: Place
  pointer: string
}

function groupTest(group: Group, position: Position, fields: Fields, scope: Scope): Sql {
  const negated = group.not !== position.negated
  if (group.rules.length === 0) return negated ? sql`false` : sql`true`
  const all = (group.combinator === 'and') !== negated
  const place = all || group.rules.length === 1 ? position.place : 'or'
  const tests = group.rules.map((node, index) => {
    const below = { negated, place, pointer: `${position.pointer}/rules/${index}` }
    return isGroup(node) ? groupTest(node, below, fields, scope) : ruleTest(node, below, fields, scope)
  })
  return all ? allOf(tests) : anyOf(tests)
}

function ruleTest(rule: Rule, { negated, place, pointer }: Position, fields: Fields, scope: Scope): Sql {
  const field = fields.get(rule.field)
  if (!field) throw new Error(`no field is named ${rule.field}: the condition was not parsed with these fields`)
  if (field.type === 'behaviour') return behaviourTest(field, rule, negated, place, scope, pointer)
  if (field.type === 'set') return setTest(field, rule, negated, place, scope, pointer)
  return valueTest(field, rule, valueOf(field, scope, pointer), scope.present, negated)
}

/** Where a scalar field's value stands, at the present or as it was. */
function valueOf(field: ScalarField, scope: Scope, pointer: string): Sql {
  const past = scope.past && field.at ? field.at(scope.history) : undefined
  if (scope.past && !past && !field.timeless) scope.withoutHistory.add(field.name)
  scope.explanations.push({ pointer, field: field.name, answered_by: past ? 'past' : 'value' })
  scope.table(past ? past.table : field.table)
  return past ? past.sql : expressionOf(field.sql, scope)
}

/** These columns of the members for whom it holds; columns of the population may be named. */
export function selectOf(compiled: Compiled, columns: Sql): Sql {
  return sql`${compiled.with}select ${columns} from ${compiled.from}${compiled.joins} where ${compiled.where}`
}

/** How many: one row `{count}`. */
export function countOf(compiled: Compiled): Sql {
  return selectOf(compiled, sql`count(*) as count`)
}

/** Who: rows `{member_id}`, in no order. */
export function idsOf(compiled: Compiled): Sql {
  return selectOf(compiled, sql`${raw(compiled.key)} as member_id`)
}

/** Which of these members: the same condition compiled with their ids, which also narrow every subquery. */
export function matchOf(compiled: Compiled, ids: readonly string[]): Sql {
  return idsOf(compileCondition(compiled.condition, { ...compiled.options, ids }))
}

/**
 * Which of these members fulfil which conditions: rows `{condition, member_id}`, `condition` being the index; one
 * statement.
 */
export function matchesOf(conditions: readonly Compiled[], ids: readonly string[]): Sql {
  const parts = conditions.map(
    (compiled, index) =>
      sql`select ${index}::int as condition, matched.member_id from (${matchOf(compiled, ids)}) matched`,
  )
  if (parts.length === 0) return sql`select null::int as condition, null::uuid as member_id where false`
  return parts.reduce((all, part) => sql`${all} union all ${part}`)
}
