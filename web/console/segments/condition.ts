/** A condition as the builder holds it: the grammar's JSON, where a value that is still missing is null. */
import type { Answer } from '../../kit/call.ts'

export type Catalogue = Answer<'GET /v1/admin/segments/fields'>
export type FieldEntry = Catalogue['fields'][number]
export type FilterEntry = NonNullable<FieldEntry['filters']>[number]
/** What a rule can be about: a field, or a filter of a behaviour. */
export type PartEntry = Pick<FieldEntry, 'name' | 'type' | 'operators' | 'unit' | 'integer' | 'options'>

export type Unit = 'day' | 'week' | 'month' | 'year'
export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year'
export type Day = string | { today: number; unit?: Unit }
export interface Window {
  last?: number
  next?: number
  unit?: Unit
  except_last?: number
  from?: Day
  to?: Day
  this?: Period
  previous?: Period
  following?: Period
}
export type Value =
  null | string | number | boolean | (string | number | null)[] | Window | { today: number; unit?: Unit }

export interface Rule {
  id: string
  field: string
  operator: string
  value: Value
  measure?: string
  where?: Rule[]
  within?: Window
}
export interface Group {
  id: string
  combinator: 'and' | 'or'
  not: boolean
  rules: (Group | Rule)[]
}

let made = 0
/** Rules need names that stay while they are moved and removed; the server drops them. */
export function newId(): string {
  made += 1
  return `r${made}`
}

export function isGroup(node: Group | Rule): node is Group {
  return 'rules' in node
}

export function emptyGroup(): Group {
  return { id: newId(), combinator: 'and', not: false, rules: [] }
}

/** A condition from the server or an address, with an id everywhere; null when it is not one. */
export function readCondition(given: unknown): Group | null {
  return readGroup(given, 0)
}

/** Deeper than the grammar allows is no condition of ours. */
const depthMax = 6

function readGroup(given: unknown, depth: number): Group | null {
  const group = given as Partial<Group> | null
  if (!group || typeof group !== 'object' || !Array.isArray(group.rules) || depth > depthMax) return null
  const rules = group.rules.map((node: unknown) => readNode(node, depth + 1))
  if (rules.includes(null)) return null
  return {
    id: newId(),
    combinator: group.combinator === 'or' ? 'or' : 'and',
    not: group.not === true,
    rules: rules as (Group | Rule)[],
  }
}

function readNode(given: unknown, depth: number): Group | Rule | null {
  if (!given || typeof given !== 'object') return null
  if ('rules' in given) return readGroup(given, depth)
  const rule = given as Partial<Rule>
  if (typeof rule.field !== 'string' || typeof rule.operator !== 'string') return null
  const where = (rule.where ?? []).map((node) => readNode(node, depth + 1))
  if (where.includes(null)) return null
  return {
    ...(rule as Rule),
    value: rule.value ?? null,
    id: newId(),
    ...(where.length > 0 ? { where: where as Rule[] } : {}),
  }
}

/** As it is sent: without the builder's ids. */
export function plain(group: Group): { combinator: 'and' | 'or'; not: boolean; rules: unknown[] } {
  return {
    combinator: group.combinator,
    not: group.not,
    rules: group.rules.map((node) => (isGroup(node) ? plain(node) : plainRule(node))),
  }
}

function plainRule({ id: _id, where, value, ...rule }: Rule): object {
  return {
    ...rule,
    ...(value === null ? {} : { value }),
    ...(where && where.length > 0 ? { where: where.map(plainRule) } : {}),
  }
}

export function fieldOf(catalogue: Catalogue, name: string): FieldEntry | undefined {
  return catalogue.fields.find((field) => field.name === name)
}

/** What the operator of a part is compared with; `none` when it needs nothing. */
export function valueKindOf(part: PartEntry | undefined, operator: string): string {
  return part?.operators.find(({ name }) => name === operator)?.value ?? 'none'
}

/** What most people mean first: reachable is, a number at least, a day within, several choices one of. */
const firstOperators: Record<string, string> = {
  text: 'contains',
  number: 'at_least',
  money: 'at_least',
  day: 'within',
  instant: 'within',
  choice: 'in',
  set: 'has_any',
  flag: 'is',
  anniversary: 'within',
  behaviour: 'at_least',
}

/** Behaviours that speak of what is to come: their windows look ahead. */
export const comingFields: ReadonlySet<string> = new Set(['points_expiring'])

/** A new rule about a field, as far as it can be guessed. */
export function newRule(part: PartEntry & { measures?: FieldEntry['measures'] }): Rule {
  const operator = firstOperators[part.type] ?? part.operators[0]?.name ?? 'is'
  const known = part.operators.some(({ name }) => name === operator)
    ? operator
    : (part.operators[0]?.name ?? operator)
  const rule: Rule = { id: newId(), field: part.name, operator: known, value: firstValue(part, known) }
  if (part.type !== 'behaviour') return rule
  // purchases are counted; of points and progress one asks how much
  const amount = part.measures?.find(({ name, unit }) => name === 'sum' && unit !== undefined)
  return {
    ...rule,
    ...(amount ? { measure: amount.name } : {}),
    ...(comingFields.has(part.name) ? { within: { next: 30, unit: 'day' as const } } : {}),
  }
}

/** The value a rule starts with when its operator is chosen; what was there is kept where it still fits. */
export function firstValue(part: PartEntry, operator: string, before: Value = null): Value {
  const kind = valueKindOf(part, operator)
  const single = Array.isArray(before) ? (before[0] ?? null) : before
  switch (kind) {
    case 'none':
      return null
    case 'flag':
      return typeof before === 'boolean' ? before : true
    case 'number':
      return typeof single === 'number' ? single : part.type === 'behaviour' ? 1 : null
    case 'range':
      return [typeof single === 'number' ? single : null, null]
    case 'options':
    case 'texts':
      return Array.isArray(before)
        ? before.filter((one) => typeof one === 'string')
        : typeof before === 'string'
          ? [before]
          : []
    case 'option':
    case 'text':
      return typeof single === 'string' ? single : null
    case 'months':
      return []
    case 'window':
      return isWindow(before)
        ? before
        : part.type === 'anniversary'
          ? { next: 30, unit: 'day' }
          : { last: 30, unit: 'day' }
    default:
      return isWindow(before) || typeof before === 'object' ? null : before
  }
}

function isWindow(value: Value): value is Window {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('today' in value)
}

/** Is every value given? Only then can it be counted; the rest the server judges. */
export function isComplete(group: Group, catalogue: Catalogue): boolean {
  return group.rules.every((node) =>
    isGroup(node)
      ? node.rules.length > 0 && isComplete(node, catalogue)
      : isRuleComplete(node, fieldOf(catalogue, node.field)),
  )
}

function isRuleComplete(rule: Rule, part: FieldEntry | FilterEntry | undefined): boolean {
  if (!part) return false
  const filters = 'filters' in part ? (part.filters ?? []) : []
  const whole = (rule.where ?? []).every((one) =>
    isRuleComplete(
      one,
      filters.find(({ name }) => name === one.field),
    ),
  )
  return whole && isGiven(rule.value, valueKindOf(part, rule.operator)) && (!rule.within || isWhole(rule.within))
}

function isGiven(value: Value, kind: string): boolean {
  if (kind === 'none') return true
  if (value === null || value === '') return false
  if (kind === 'window') return isWhole(value as Window)
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => one !== null && one !== '')
  return true
}

function isWhole(window: Window): boolean {
  if ('from' in window || 'to' in window) return Boolean(window.from ?? window.to)
  return window.last !== 0 && window.next !== 0
}

/** Every chosen option by the name of its list, for looking up their names. */
export function optionsIn(group: Group, catalogue: Catalogue): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  const note = (rule: Rule, part: PartEntry | undefined) => {
    if (typeof part?.options !== 'string') return
    const values = (Array.isArray(rule.value) ? rule.value : [rule.value]).filter(
      (one): one is string => typeof one === 'string',
    )
    found[part.options] = [...new Set([...(found[part.options] ?? []), ...values])].sort()
  }
  const walk = (node: Group | Rule) => {
    if (isGroup(node)) return node.rules.forEach(walk)
    const field = fieldOf(catalogue, node.field)
    note(node, field)
    for (const one of node.where ?? [])
      note(
        one,
        field?.filters?.find(({ name }) => name === one.field),
      )
  }
  walk(group)
  return found
}

/** How many rules there are, those about rows included: the grammar's limit counts both. */
export function ruleCount(group: Group): number {
  return group.rules.reduce((sum, node) => sum + (isGroup(node) ? ruleCount(node) : 1 + (node.where?.length ?? 0)), 0)
}
