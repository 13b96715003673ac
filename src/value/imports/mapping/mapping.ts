import { Type, type Static } from 'typebox'
import { AppError, type ErrorDetail } from '../../../base/errors.ts'
import { check } from '../../../base/schemas.ts'
import { dateOrders } from './dates.ts'
import { fieldsOf, required, type Field } from './fields.ts'

const literals = <T extends string>(values: readonly T[]) => Type.Unsafe<T>(Type.Enum([...values]))

/**
 * How the columns of one file become our fields: what guessing gives, a person corrects and `--mapping FILE` reads.
 * `columns` names a header for each field used.
 */
export const MappingSchema = Type.Object(
  {
    kind: literals(['orders', 'members']),
    /** A preset may add rules of its own (presets.ts); its columns are written out here. */
    preset: Type.Optional(Type.String()),
    columns: Type.Record(Type.String(), Type.String()),
    /** A second column for a field, read where the first is empty (`Phone`, else `Billing Phone`). */
    spare_columns: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** For each date field whose cells do not say themselves; others are year first. */
    date_order: Type.Record(Type.String(), literals(dateOrders)),
    decimal: literals(['.', ',']),
    /** ISO 3166: whose numbering plan a telephone without country follows. */
    default_country: Type.String({ pattern: '^[A-Z]{2}$' }),
    /** ISO 4217 of the amounts where no column says; null: the program's. */
    currency: Type.Union([Type.String(), Type.Null()]),
    /** IANA zone of times without offset; null: the program's. */
    time_zone: Type.Union([Type.String(), Type.Null()]),
    /** The sales channel of orders where no column says: part of an order's identity for ever. */
    source: Type.String({ minLength: 1, maxLength: 100 }),
    /** Do an order's own columns stand on each of its lines, or on its first only? */
    order_columns: literals(['every_line', 'first_line']),
    /**
     * What a negative quantity means. A negative amount with a positive quantity is always an adjustment (a discount
     * line).
     */
    negative_lines: literals(['refund', 'adjustment', 'refuse']),
    /**
     * Orders: what becomes of a buyer who gave a telephone or an e-mail and has no id or card of the brand's own.
     * `guests` unless said: they earn nothing until they join. `members`: for a brand that knows its members by
     * telephone only.
     */
    contact_buyers: Type.Optional(literals(['guests', 'members'])),
    /**
     * Quantities and amounts of lines are what stayed with the buyer, so that what the file says was refunded of an
     * order is off them already.
     */
    lines_are_kept: Type.Optional(Type.Boolean()),
    /** The column that identifies a member holds names: kept as name, too. */
    external_id_is_name: Type.Boolean(),
    /** Members: further columns to keep as attributes. */
    attributes: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
    /**
     * Members whose points come as movements (accumulated, redeemed): columns that together name the period of a
     * row, such
     * as year and month. A period that comes twice is told.
     */
    points_period: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
    encoding: Type.Optional(Type.String()),
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    header_row: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    sheet: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
export type Mapping = Static<typeof MappingSchema>

/** A mapping without columns; guesses and presets start from it. */
export function emptyMapping(kind: Mapping['kind'], o: { country?: string; source?: string } = {}): Mapping {
  return {
    kind,
    columns: {},
    date_order: {},
    decimal: '.',
    default_country: o.country ?? 'TW',
    currency: null,
    time_zone: null,
    source: o.source ?? 'file',
    order_columns: 'every_line',
    negative_lines: 'refund',
    external_id_is_name: false,
  }
}

/** A mapping from outside (a JSON file, a request). Throws `request.invalid` with every broken place. */
export function parseMapping(value: unknown): Mapping {
  return check(MappingSchema, value) as Mapping
}

/** Groups of fields of which the mapping has none, though one is needed. */
export function missingFields(mapping: Mapping): readonly Field[][] {
  return required[mapping.kind]
    .filter((group) => !group.some((field) => mapping.columns[field] !== undefined))
    .map((group) => [...group])
}

/**
 * Is the mapping whole and does it fit this header? Throws `import.mapping_invalid` with all places: unknown fields,
 * headers that are not there (`import.column_not_found`), fields that are needed (`import.field_required`).
 */
export function checkMapping(mapping: Mapping, header: readonly string[]): void {
  const errors: ErrorDetail[] = []
  const known = fieldsOf(mapping.kind)
  const named = [
    ...Object.entries(mapping.columns).map(([field, column]) => ({ field, column, pointer: `/columns/${field}` })),
    ...Object.entries(mapping.spare_columns ?? {}).map(([field, column]) => ({
      field,
      column,
      pointer: `/spare_columns/${field}`,
    })),
  ]
  for (const { field, column, pointer } of named) {
    if (!(field in known)) errors.push({ pointer, code: 'import.field_unknown', params: { field } })
    else if (!header.includes(column)) errors.push({ pointer, code: 'import.column_not_found', params: { column } })
  }
  for (const column of mapping.attributes ?? []) {
    if (!header.includes(column))
      errors.push({ pointer: '/attributes', code: 'import.column_not_found', params: { column } })
  }
  for (const column of mapping.points_period ?? []) {
    if (!header.includes(column))
      errors.push({ pointer: '/points_period', code: 'import.column_not_found', params: { column } })
  }
  for (const fields of missingFields(mapping)) {
    errors.push({ pointer: '/columns', code: 'import.field_required', params: { fields } })
  }
  if (errors.length > 0) throw new AppError('import.mapping_invalid', { places: errors.length }, { errors })
}

/** How the mapping says its file is to be opened; for `openTable`. */
export function openingOf(mapping: Mapping): Pick<Mapping, 'encoding' | 'delimiter' | 'header_row' | 'sheet'> {
  const { encoding, delimiter, header_row, sheet } = mapping
  return { encoding, delimiter, header_row, sheet }
}
