/**
 * Reads the values of rules: texts, numbers, options, days and windows. Each reader answers undefined after naming
 * the fault.
 */
import {
  list_values_max,
  number_max,
  periods,
  text_characters_max,
  units,
  units_max,
  type Day,
  type Operator,
  type Period,
  type RuleValue,
  type Unit,
  type Window,
} from './condition.ts'
import { recordOf, refuseOtherKeys, type Faults } from './faults.ts'
import type { Field, Filter, Measure } from './fields.ts'
import { isDay } from './windows.ts'

/** Reads the value of a rule of this field and operator. `null` is the value of operators that take none. */
export function parseValue(
  field: Field | Filter,
  operator: Operator,
  value: unknown,
  pointer: string,
  faults: Faults,
): RuleValue | undefined {
  switch (operator) {
    case 'is_known':
    case 'is_not_known':
    case 'is_empty':
    case 'is_not_empty':
      return null
    case 'is':
      return typeof value === 'boolean' ? value : wrong('flag', pointer, faults)
    case 'in':
    case 'not_in':
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return parseList(value, pointer, faults, (item, at) => parseChoice(field, item, at, faults))
    case 'month_in':
      return parseList(value, pointer, faults, (item, at) =>
        parseNumber(item, at, faults, { min: 1, max: 12, integer: true }),
      )
    case 'on':
    case 'before':
    case 'after':
      return parseDay(value, pointer, faults)
    case 'within':
    case 'not_within':
      return parseFieldWindow(field, value, pointer, faults)
    default:
      if (field.type === 'number' || field.type === 'money') {
        const integer = field.type === 'money' || field.integer === true
        return parseComparison(operator, value, pointer, faults, { min: -number_max, max: number_max, integer })
      }
      return parseChoice(field, value, pointer, faults)
  }
}

/** Reads what a measure is compared with. */
export function parseMeasured(
  name: string,
  measure: Measure,
  operator: Operator,
  value: unknown,
  pointer: string,
  faults: Faults,
): RuleValue | undefined {
  const integer = name === 'count' || measure.type === 'money' || measure.integer === true
  const min = name === 'count' ? 0 : -number_max
  return parseComparison(operator, value, pointer, faults, { min, max: number_max, integer })
}

interface NumberForm {
  min: number
  max: number
  integer: boolean
}

function parseComparison(
  operator: Operator,
  value: unknown,
  pointer: string,
  faults: Faults,
  form: NumberForm,
): number | number[] | undefined {
  if (operator !== 'between' && operator !== 'not_between') return parseNumber(value, pointer, faults, form)
  if (!Array.isArray(value) || value.length !== 2) return wrong('range', pointer, faults)
  const low = parseNumber(value[0], `${pointer}/0`, faults, form)
  const high = parseNumber(value[1], `${pointer}/1`, faults, form)
  if (low === undefined || high === undefined) return undefined
  return low <= high ? [low, high] : faults.add(pointer, 'condition.range_reversed')
}

function parseNumber(value: unknown, pointer: string, faults: Faults, form: NumberForm): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrong('number', pointer, faults)
  if (form.integer && !Number.isInteger(value)) return wrong('integer', pointer, faults)
  if (value < form.min || value > form.max) {
    return faults.add(pointer, 'condition.number_out_of_range', { min: form.min, max: form.max })
  }
  return value
}

const castForms = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  bigint: /^-?\d{1,18}$/,
} as const

/** A text, or an option written as text. NUL cannot be stored by PostgreSQL and so equals nothing. */
function parseChoice(field: Field | Filter, value: unknown, pointer: string, faults: Faults): string | undefined {
  if (typeof value !== 'string' || value.includes('\0')) return wrong('text', pointer, faults)
  if (value.length > text_characters_max) {
    return faults.add(pointer, 'condition.text_too_long', { max: text_characters_max })
  }
  if (Array.isArray(field.options) && !field.options.includes(value)) {
    return faults.add(pointer, 'condition.option_unknown', { option: value, options: field.options })
  }
  const form = field.cast && field.cast !== 'text' ? castForms[field.cast] : undefined
  return form && !form.test(value) ? wrong(field.cast ?? 'text', pointer, faults) : value
}

function parseList<T extends string | number>(
  value: unknown,
  pointer: string,
  faults: Faults,
  parse: (item: unknown, pointer: string) => T | undefined,
): T[] | undefined {
  if (!Array.isArray(value)) return wrong('list', pointer, faults)
  if (value.length === 0) return faults.add(pointer, 'condition.list_empty')
  if (value.length > list_values_max) return faults.add(pointer, 'condition.list_too_long', { max: list_values_max })
  const items = value.map((item, index) => parse(item, `${pointer}/${index}`))
  return items.every((item) => item !== undefined) ? items : undefined
}

function parseDay(value: unknown, pointer: string, faults: Faults): Day | undefined {
  if (typeof value === 'string' && isDay(value)) return value
  const record = recordOf(value)
  if (!record || typeof record.today !== 'number') return faults.add(pointer, 'condition.day_invalid')
  refuseOtherKeys(record, ['today', 'unit'], pointer, faults)
  const unit = record.unit === undefined ? 'day' : unitOf(record.unit)
  if (!unit) return faults.add(`${pointer}/unit`, 'condition.day_invalid', { units })
  const form = { min: -units_max[unit], max: units_max[unit], integer: true }
  const today = parseNumber(record.today, `${pointer}/today`, faults, form)
  return today === undefined ? undefined : { today, unit }
}

function parseFieldWindow(
  field: Field | Filter,
  value: unknown,
  pointer: string,
  faults: Faults,
): Window | undefined {
  const window = parseWindow(value, pointer, faults)
  const open = window && isBetweenDays(window) && (window.from === undefined || window.to === undefined)
  // every anniversary lies before some day, so an open end would ask nothing
  return field.type === 'anniversary' && open ? faults.add(pointer, 'condition.window_invalid') : window
}

function isBetweenDays(window: Window): window is { from?: Day; to?: Day } {
  return 'from' in window || 'to' in window
}

/** Reads a window. */
export function parseWindow(value: unknown, pointer: string, faults: Faults): Window | undefined {
  const record = recordOf(value)
  if (!record) return faults.add(pointer, 'condition.window_invalid')
  if ('last' in record) return parseLast(record, pointer, faults)
  if ('next' in record) {
    refuseOtherKeys(record, ['next', 'unit'], pointer, faults)
    const unit = parseUnit(record.unit, pointer, faults)
    const next = parseUnits(record.next, unit, `${pointer}/next`, faults)
    return next && unit ? { next, unit } : undefined
  }
  for (const key of ['this', 'previous', 'following'] as const) {
    if (key in record) return parsePeriod(key, record, pointer, faults)
  }
  refuseOtherKeys(record, ['from', 'to'], pointer, faults)
  if (record.from === undefined && record.to === undefined) return faults.add(pointer, 'condition.window_invalid')
  const from = record.from === undefined ? undefined : parseDay(record.from, `${pointer}/from`, faults)
  const to = record.to === undefined ? undefined : parseDay(record.to, `${pointer}/to`, faults)
  if ((record.from !== undefined && !from) || (record.to !== undefined && !to)) return undefined
  if (reversed(from, to)) return faults.add(pointer, 'condition.range_reversed')
  return { ...(from && { from }), ...(to && { to }) }
}

/**
 * Two fixed days, or two counted in one unit, are reversed at any time; a mixture may be one day and then holds for
 * nobody.
 */
function reversed(from: Day | undefined, to: Day | undefined): boolean {
  if (from === undefined || to === undefined) return false
  if (typeof from === 'string') return typeof to === 'string' && from > to
  return typeof to !== 'string' && from.unit === to.unit && from.today > to.today
}

function parseLast(record: Record<string, unknown>, pointer: string, faults: Faults): Window | undefined {
  refuseOtherKeys(record, ['last', 'unit', 'except_last'], pointer, faults)
  const unit = parseUnit(record.unit, pointer, faults)
  const last = parseUnits(record.last, unit, `${pointer}/last`, faults)
  if (record.except_last === undefined) return last && unit ? { last, unit } : undefined
  const except_last = parseUnits(record.except_last, unit, `${pointer}/except_last`, faults)
  if (!last || !unit || !except_last) return undefined
  if (except_last >= last) return faults.add(`${pointer}/except_last`, 'condition.range_reversed')
  return { last, unit, except_last }
}

function parsePeriod(
  key: 'this' | 'previous' | 'following',
  record: Record<string, unknown>,
  pointer: string,
  faults: Faults,
): Window | undefined {
  refuseOtherKeys(record, [key], pointer, faults)
  const period = periods.find((name): name is Period => name === record[key])
  if (!period) return faults.add(`${pointer}/${key}`, 'condition.window_invalid', { periods })
  if (key === 'this') return { this: period }
  return key === 'previous' ? { previous: period } : { following: period }
}

function parseUnits(value: unknown, unit: Unit | undefined, pointer: string, faults: Faults): number | undefined {
  return parseNumber(value, pointer, faults, { min: 1, max: units_max[unit ?? 'day'], integer: true })
}

function parseUnit(value: unknown, pointer: string, faults: Faults): Unit | undefined {
  return unitOf(value) ?? faults.add(`${pointer}/unit`, 'condition.window_invalid', { units })
}

function unitOf(value: unknown): Unit | undefined {
  return units.find((unit) => unit === value)
}

function wrong(expected: string, pointer: string, faults: Faults): undefined {
  return faults.add(pointer, 'condition.value_wrong', { expected })
}
