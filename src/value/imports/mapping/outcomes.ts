/**
 * What can come of a cell: a value, a value that was mended (and how), or none (and why). All codes stand here, so that
 * screens can name each and `types.ts` of the module can list them.
 */

/** What was mended. Every mending is shown to a person, with what stood there before. */
export const repairCodes = [
  'repair.phone_zero', // 912345678 → 0912345678: a spreadsheet dropped the leading zero
  'repair.exponent', // 8.86912345678E+11 → 886912345678: written out, all digits were there
  'repair.full_width', // ０９１２ → 0912
  'repair.roc_year', // 113/05/01 → 2024-05-01
  'repair.era_year', // 令和6年5月1日 → 2024-05-01
  'repair.serial_date', // 45413 → 2024-05-01: a spreadsheet's count of days
  'repair.time_gap', // a local time that daylight saving skipped; the later one was taken
  'repair.thousands', // 1,280 → 1280
  'repair.currency_mark', // NT$1,280 → 1280
  'repair.parentheses', // (99.50) → -99.50
  'repair.minus_after', // 99.50- → -99.50
  'repair.digits_beyond', // 12.100000000000001 → 12.1: the tail of a binary fraction
  'repair.decimal_zero', // 17850.0 → 17850: a number that was an identifier
  'repair.text_marker', // '0912345678 and ="0912345678" → 0912345678
  'repair.first_of_several', // two telephones in one cell: the first readable one
  'repair.quantity_assumed', // empty quantity → 1
  'repair.sign_turned', // a return written with a positive amount
  'repair.characters_lost', // a character the encoding does not know; it stays as \ufffd
  'repair.text_cut', // longer than `textCharsMax`: the beginning is kept
  'repair.left_out', // an optional value nobody can read: the row is kept without it; `reason` says why
] as const
export type RepairCode = (typeof repairCodes)[number]

/** Why a cell cannot be read. As a refusal it stops the row; for optional values see `repair.left_out`. */
export const refusalCodes = [
  'import.order_id_missing',
  'import.identity_missing',
  'import.date_missing',
  'import.date_unreadable',
  'import.amount_missing',
  'import.amount_unreadable',
  'import.amount_too_large',
  'import.quantity_unreadable',
  'import.currency_foreign',
  'import.phone_unreadable',
  'import.phone_destroyed',
  'import.email_unreadable',
  'import.id_destroyed',
  'import.id_too_long',
  'import.birth_date_unreadable',
  'import.locale_unknown',
  'import.gender_unknown',
  'import.status_unknown',
  'import.answer_unknown',
  'import.points_unreadable',
  'import.negative_refused',
  'import.row_too_long',
  'import.characters_unreadable',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** Errors of the files themselves, thrown as AppError by `files/`. */
export const fileErrorCodes = [
  'import.file_not_found',
  'import.file_empty',
  'import.file_not_text',
  'import.gzip_broken',
  'import.encoding_unknown',
  'import.quote_unclosed',
  'import.record_too_long',
  'import.sheet_not_found',
  'import.xlsx_too_large',
  'import.xlsx_unreadable',
] as const

/** Errors of a mapping against a file, thrown as AppError by `mapping.ts`. */
export const mappingErrorCodes = [
  'import.mapping_invalid',
  'import.column_not_found',
  'import.field_required',
  'import.field_unknown',
  'import.preset_unknown',
  'import.preset_mismatch',
] as const

/** One mended cell. `reason` only with `repair.left_out`. */
export interface Repair {
  column: string
  code: RepairCode
  from: string
  to: string
  reason?: RefusalCode
}

/** One reason why a row was not taken; a row may have several. `row` is its number in the file. */
export interface Refusal {
  row: number
  column: string
  code: RefusalCode
  value: string
}

/** What a reader of cells gives: a value, perhaps with what was mended. */
export interface Read<T> {
  value: T
  repair?: RepairCode
}

/** What it gives when it cannot: why. */
export interface Unread {
  refused: RefusalCode
}

export function isUnread<T>(read: Read<T> | Unread): read is Unread {
  return 'refused' in read
}
