/**
 * The fields as data for the screen's condition builder. Texts (names, operators) are the screen's: keys are names.
 */
import { Type, type Static } from 'typebox'
import {
  list_values_max,
  periods,
  rules_max,
  text_characters_max,
  units,
  units_max,
  depth_max,
  type Operator,
} from './condition.ts'
import { operatorsOf, type Field, type Fields, type FieldType, type Filter, type Measure } from './fields.ts'

const valueKinds = [
  'none',
  'text',
  'texts',
  'option',
  'options',
  'number',
  'range',
  'flag',
  'day',
  'window',
  'months',
] as const
export type ValueKind = (typeof valueKinds)[number]

const operatorSchema = Type.Object({
  name: Type.String(),
  value: Type.Enum([...valueKinds], { description: 'What the operator is compared with' }),
})

const partSchema = {
  name: Type.String(),
  type: Type.String(),
  operators: Type.Array(operatorSchema),
  unit: Type.Optional(Type.String()),
  integer: Type.Boolean(),
  options: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], {
      description: 'The options themselves, or the name of the list that has them',
    }),
  ),
}

/** One field as the builder sees it. */
export const fieldEntrySchema = Type.Object({
  ...partSchema,
  group: Type.String(),
  keeps_history: Type.Boolean({ description: 'May be asked at a past moment' }),
  measures: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        type: Type.String(),
        unit: Type.Optional(Type.String()),
        integer: Type.Boolean(),
      }),
    ),
  ),
  filters: Type.Optional(Type.Array(Type.Object(partSchema))),
})
export type FieldEntry = Static<typeof fieldEntrySchema>

export const catalogueSchema = Type.Object({
  fields: Type.Array(fieldEntrySchema),
  units: Type.Array(Type.String()),
  periods: Type.Array(Type.String()),
  limits: Type.Record(Type.String(), Type.Integer()),
})
export type Catalogue = Static<typeof catalogueSchema>

/** Everything a condition builder needs to know. */
export function fieldCatalogue(fields: Fields): Catalogue {
  return {
    fields: [...fields.values()].map(entryOf),
    units: [...units],
    periods: [...periods],
    limits: {
      depth_max,
      rules_max,
      list_values_max,
      text_characters_max,
      days_max: units_max.day,
      weeks_max: units_max.week,
      months_max: units_max.month,
      years_max: units_max.year,
    },
  }
}

function entryOf(field: Field): FieldEntry {
  const entry = { ...partOf(field), group: field.group, keeps_history: keepsHistory(field) }
  if (field.type !== 'behaviour') return entry
  return {
    ...entry,
    measures: Object.entries(field.measures).map(([name, measure]) => measureOf(name, measure)),
    filters: (field.filters ?? []).map(partOf),
  }
}

function partOf(field: Field | Filter) {
  return {
    name: field.name,
    type: field.type,
    operators: operatorsOf(field).map((name) => ({ name, value: valueKind(field.type, name) })),
    integer: field.type === 'money' || field.integer === true,
    ...(field.unit !== undefined && { unit: field.unit }),
    ...(field.options !== undefined && {
      options: typeof field.options === 'string' ? field.options : [...field.options],
    }),
  }
}

function measureOf(name: string, measure: Measure) {
  return {
    name,
    type: measure.type,
    integer: name === 'count' || measure.type === 'money' || measure.integer === true,
    ...(measure.unit !== undefined && { unit: measure.unit }),
  }
}

function keepsHistory(field: Field): boolean {
  return field.type === 'behaviour' || field.timeless === true || field.at !== undefined
}

function valueKind(type: FieldType, operator: Operator): ValueKind {
  switch (operator) {
    case 'is_known':
    case 'is_not_known':
    case 'is_empty':
    case 'is_not_empty':
      return 'none'
    case 'is':
      return 'flag'
    case 'on':
    case 'before':
    case 'after':
      return 'day'
    case 'within':
    case 'not_within':
      return 'window'
    case 'between':
    case 'not_between':
      return 'range'
    case 'month_in':
      return 'months'
    case 'in':
    case 'not_in':
      return type === 'text' ? 'texts' : 'options'
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return 'options'
    case 'contains':
    case 'not_contains':
    case 'starts_with':
      return 'text'
    case 'equals':
    case 'not_equals':
      if (type === 'choice') return 'option'
      return type === 'text' ? 'text' : 'number'
    default:
      return 'number'
  }
}
