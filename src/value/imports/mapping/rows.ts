import { AppError } from '../../../base/errors.ts'
import type { Batch } from '../files/csv.ts'
import type { RowMapper } from './cells.ts'
import { checkMapping, type Mapping } from './mapping.ts'
import { memberMapper } from './member-rows.ts'
import { orderMapper } from './order-rows.ts'
import type { Refusal } from './outcomes.ts'
import type { MapContext, StagedLine, StagedMember } from './staged.ts'

/** Rows that were taken and reasons for those that were not (a row may have several), each in the file's order. */
export interface Mapped<T> {
  taken: T[]
  refusals: Refusal[]
}

/** Prepares a mapping for a file of orders. Errors: those of `checkMapping`, `import.currency_foreign`. */
export function mapOrders(
  mapping: Mapping,
  header: readonly string[],
  context: MapContext,
): (batch: Batch) => Mapped<StagedLine> {
  checkMapping(mapping, header)
  const currency = mapping.currency ?? context.currency
  if (currency !== context.currency && mapping.columns['exchange_rate'] === undefined) {
    throw new AppError('import.currency_foreign', { currency, program: context.currency })
  }
  return overBatch(orderMapper(mapping, header, context), header.length)
}

/** Prepares a mapping for a file of members. Errors: those of `checkMapping`. */
export function mapMembers(
  mapping: Mapping,
  header: readonly string[],
  context: MapContext,
): (batch: Batch) => Mapped<StagedMember> {
  checkMapping(mapping, header)
  return overBatch(memberMapper(mapping, header, context), header.length)
}

function overBatch<T>(map: RowMapper<T>, width: number): (batch: Batch) => Mapped<T> {
  return (batch) => {
    const mapped: Mapped<T> = { taken: [], refusals: [] }
    for (let at = 0; at < batch.rows.length; at += 1) {
      const cells = batch.rows[at]!
      const row = batch.numbers[at]!
      // More filled cells than columns: a delimiter stands inside a value and all after it has slipped.
      if (cells.length > width) {
        mapped.refusals.push({ row, column: '', code: 'import.row_too_long', value: cells.slice(width).join(' | ') })
        continue
      }
      const taken = map({ cells, row, repairs: [], refusals: mapped.refusals })
      if (taken !== undefined) mapped.taken.push(taken)
    }
    return mapped
  }
}
