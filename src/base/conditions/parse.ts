/**
 * Reads a condition from JSON: everything is checked against the program's fields, and all faults are reported at
 * once.
 */
import {
  depth_max,
  rules_max,
  where_rules_max,
  type Condition,
  type Group,
  type Operator,
  type Rule,
  type RuleValue,
} from './condition.ts'
import { AppError } from '../errors.ts'
import { Faults, recordOf, refuseOtherKeys } from './faults.ts'
import { operatorsOf, type BehaviourField, type Fields, type Filter, type Field } from './fields.ts'
import { parseMeasured, parseValue, parseWindow } from './parse-values.ts'

interface Reading {
  fields: Fields
  faults: Faults
  rules: number
}

/**
 * The condition in this JSON. Throws `condition.invalid` (422) with every fault: JSON pointer, code and parameters
 * (docs/api/conditions.md lists them). Parsing its own result gives the same condition.
 */
export function parseCondition(json: unknown, fields: Fields): Condition {
  const reading: Reading = { fields, faults: new Faults(), rules: 0 }
  const condition = parseGroup(json, '', 1, reading)
  if (reading.rules > rules_max) reading.faults.add('', 'condition.too_many_rules', { max: rules_max })
  if (!condition || reading.faults.list.length > 0) {
    throw new AppError('condition.invalid', { faults: reading.faults.list.length }, { errors: reading.faults.list })
  }
  return condition
}

function parseGroup(json: unknown, pointer: string, depth: number, reading: Reading): Group | undefined {
  const { faults } = reading
  const record = recordOf(json)
  if (!record) return faults.add(pointer, 'condition.shape', { expected: 'group' })
  if (depth > depth_max) return faults.add(pointer, 'condition.too_deep', { max: depth_max })
  refuseOtherKeys(record, ['id', 'combinator', 'not', 'rules'], pointer, faults)
  const combinator = record.combinator === 'and' || record.combinator === 'or' ? record.combinator : undefined
  if (!combinator) faults.add(`${pointer}/combinator`, 'condition.combinator_unknown')
  if (record.not !== undefined && typeof record.not !== 'boolean') {
    faults.add(`${pointer}/not`, 'condition.value_wrong', { expected: 'flag' })
  }
  if (!Array.isArray(record.rules)) return faults.add(`${pointer}/rules`, 'condition.shape', { expected: 'list' })
  if (record.rules.length === 0 && depth > 1) faults.add(pointer, 'condition.group_empty')
  // a list beyond the limit is not read to its end: the limit protects the reader too
  if (record.rules.length > rules_max) {
    return faults.add(`${pointer}/rules`, 'condition.too_many_rules', { max: rules_max })
  }
  const rules = record.rules.map((node, index) => parseNode(node, `${pointer}/rules/${index}`, depth, reading))
  if (!combinator || !rules.every((rule) => rule !== undefined)) return undefined
  return { combinator, not: record.not === true, rules }
}

function parseNode(json: unknown, pointer: string, depth: number, reading: Reading): Group | Rule | undefined {
  const record = recordOf(json)
  if (record && ('rules' in record || 'combinator' in record)) return parseGroup(record, pointer, depth + 1, reading)
  if (!record) return reading.faults.add(pointer, 'condition.shape', { expected: 'rule' })
  reading.rules += 1
  const field = typeof record.field === 'string' ? reading.fields.get(record.field) : undefined
  if (!field)
    return reading.faults.add(`${pointer}/field`, 'condition.field_unknown', { field: record.field ?? null })
  return field.type === 'behaviour'
    ? parseBehaviour(field, record, pointer, reading)
    : parseScalar(field, record, pointer, reading)
}

const scalarKeys = ['id', 'valueSource', 'field', 'operator', 'value']
const behaviourKeys = [...scalarKeys, 'measure', 'where', 'within']

function parseScalar(
  field: Field | Filter,
  record: Record<string, unknown>,
  pointer: string,
  { faults }: Reading,
): Rule | undefined {
  refuseOtherKeys(record, scalarKeys, pointer, faults)
  refuseValueSource(record, pointer, faults)
  const operator = parseOperator(field, record, pointer, faults)
  if (!operator) return undefined
  const value = parseValue(field, operator, record.value, `${pointer}/value`, faults)
  return value === undefined ? undefined : { field: field.name, operator, value }
}

function parseBehaviour(
  field: BehaviourField,
  record: Record<string, unknown>,
  pointer: string,
  reading: Reading,
): Rule | undefined {
  const { faults } = reading
  refuseOtherKeys(record, behaviourKeys, pointer, faults)
  refuseValueSource(record, pointer, faults)
  const operator = parseOperator(field, record, pointer, faults)
  const name = record.measure ?? 'count'
  const measure = typeof name === 'string' && Object.hasOwn(field.measures, name) ? field.measures[name] : undefined
  if (!measure || typeof name !== 'string') {
    faults.add(`${pointer}/measure`, 'condition.measure_unknown', { measures: Object.keys(field.measures) })
  }
  const within = record.within === undefined ? null : parseWindow(record.within, `${pointer}/within`, faults)
  const where = parseWhere(field, record.where, `${pointer}/where`, reading)
  let value: RuleValue | undefined
  if (operator && measure && typeof name === 'string') {
    value = parseMeasured(name, measure, operator, record.value, `${pointer}/value`, faults)
  }
  if (!operator || typeof name !== 'string' || value === undefined || within === undefined || !where) return undefined
  return {
    field: field.name,
    operator,
    value,
    measure: name,
    ...(where.length > 0 && { where }),
    ...(within && { within }),
  }
}

function parseWhere(field: BehaviourField, json: unknown, pointer: string, reading: Reading): Rule[] | undefined {
  const { faults } = reading
  if (json === undefined) return []
  if (!Array.isArray(json)) return faults.add(pointer, 'condition.shape', { expected: 'list' })
  if (json.length > where_rules_max) return faults.add(pointer, 'condition.too_many_rules', { max: where_rules_max })
  reading.rules += json.length
  const rules = json.map((item: unknown, index) => {
    const at = `${pointer}/${index}`
    const record = recordOf(item)
    if (!record) return faults.add(at, 'condition.shape', { expected: 'rule' })
    const filter = field.filters?.find(({ name }) => name === record.field)
    if (filter) return parseScalar(filter, record, at, reading)
    return faults.add(`${at}/field`, 'condition.filter_unknown', { filter: record.field ?? null })
  })
  return rules.every((rule) => rule !== undefined) ? rules : undefined
}

function parseOperator(
  field: Field | Filter,
  record: Record<string, unknown>,
  pointer: string,
  faults: Faults,
): Operator | undefined {
  const operators = operatorsOf(field)
  return (
    operators.find((operator) => operator === record.operator) ??
    faults.add(`${pointer}/operator`, 'condition.operator_unknown', { operator: record.operator ?? null, operators })
  )
}

/** react-querybuilder can compare with another field; we cannot, and must not take the field's name for a value. */
function refuseValueSource(record: Record<string, unknown>, pointer: string, faults: Faults): void {
  if (record.valueSource !== undefined && record.valueSource !== 'value') {
    faults.add(`${pointer}/valueSource`, 'condition.value_wrong', { expected: 'value' })
  }
}
