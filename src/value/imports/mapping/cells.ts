import { isGuestWord } from './answers.ts'
import { instantReader } from './dates.ts'
import type { Field } from './fields.ts'
import type { Mapping } from './mapping.ts'
import {
  isUnread,
  type Read,
  type Refusal,
  type RefusalCode,
  type Repair,
  type RepairCode,
  type Unread,
} from './outcomes.ts'
import { cleanText, hasUnreadable, readIdentifier } from './repairs.ts'

/** Reads one row into `state.repairs` and `state.refusals`; undefined when it was refused. */
export type RowMapper<T> = (state: RowState) => T | undefined

/** The row being read. `refusals` collects for the whole batch, `repairs` for this row. */
export interface RowState {
  cells: readonly string[]
  row: number
  repairs: Repair[]
  refusals: Refusal[]
}

/** Where a field stands in the file. */
export interface Column {
  name: string
  index: number
  /** Read where the first is empty. */
  spare?: number
}

/** The column of a field, undefined when the mapping has none. */
export function columnOf(mapping: Mapping, header: readonly string[], field: Field): Column | undefined {
  const name = mapping.columns[field]
  if (name === undefined) return undefined
  const spare = mapping.spare_columns?.[field]
  return { name, index: header.indexOf(name), spare: spare === undefined ? undefined : header.indexOf(spare) }
}

/** The cleaned cell, '' when there is no such column. */
export function cellOf(state: RowState, column: Column | undefined): string {
  if (column === undefined) return ''
  const cell = cleanText(state.cells[column.index] ?? '')
  return cell === '' && column.spare !== undefined ? cleanText(state.cells[column.spare] ?? '') : cell
}

/** Longer identifiers are slipped columns or whole documents, and no index should hold them. In characters. */
export const idCharsMax = 200
/** Names, notes and products; what is longer is cut and told. In characters. */
export const textCharsMax = 2000

/** A text or null when empty. Characters that could not be decoded are kept and told. */
export function textOf(state: RowState, column: Column | undefined): string | null {
  const text = withoutGuard(cellOf(state, column))
  if (text === '') return null
  if (hasUnreadable(text)) mended(state, column!, 'repair.characters_lost', text, text)
  if (text.length <= textCharsMax) return text
  mended(state, column!, 'repair.text_cut', text, text.slice(0, textCharsMax))
  return text.slice(0, textCharsMax)
}

/** The mark that downloads put before what a spreadsheet would run, ours among them, is none of the text. */
function withoutGuard(text: string): string {
  return text.charCodeAt(0) === 39 && /^'[=+@-]/.test(text) ? text.slice(1) : text
}

export function refuse(state: RowState, column: Column | undefined, code: RefusalCode, value: string): void {
  state.refusals.push({ row: state.row, column: column?.name ?? '', code, value })
}

export function mended(state: RowState, column: Column, code: RepairCode, from: string, to: string): void {
  state.repairs.push({ column: column.name, code, from, to })
}

/** An optional value that nobody can read: the row lives on without it, and a person sees that. */
export function leftOut(state: RowState, column: Column, reason: RefusalCode, from: string): void {
  state.repairs.push({ column: column.name, code: 'repair.left_out', from, to: '', reason })
}

/** The value of a read, its mending told; `otherwise` says what to do when there is none. */
export function valueOf(
  state: RowState,
  column: Column,
  cell: string,
  read: Read<string> | Unread,
  otherwise: 'refuse' | 'leave_out',
): string | null {
  if (isUnread(read)) {
    if (otherwise === 'refuse') refuse(state, column, read.refused, cell)
    else leftOut(state, column, read.refused, cell)
    return null
  }
  if (read.repair) mended(state, column, read.repair, cell, read.value)
  return read.value
}

function readId(cell: string): Read<string> | Unread {
  if (cell.length > idCharsMax) return { refused: 'import.id_too_long' }
  return hasUnreadable(cell) ? { refused: 'import.characters_unreadable' } : readIdentifier(cell)
}

/** An identifier, or null when empty. One with lost digits or characters is no identifier. */
export function identifierOf(
  state: RowState,
  column: Column | undefined,
  otherwise: 'refuse' | 'leave_out',
): string | null {
  const cell = cellOf(state, column)
  if (cell === '') return null
  const read = readId(cell)
  return valueOf(state, column!, cell, read, otherwise) || null
}

/** A telephone or address as read: its text, null when nothing was said, or why it cannot be read. */
export type Contact = string | null | (Unread & { cell: string })

/**
 * Reads a telephone or an e-mail address; what is unreadable waits for `dropContact`, as other identities may be
 * there.
 */
export function contactOf(state: RowState, column: Column, reader: (cell: string) => Read<string> | Unread): Contact {
  const cell = cellOf(state, column)
  if (cell === '' || isGuestWord(cell)) return null
  const read = reader(cell)
  return isUnread(read) ? { ...read, cell } : valueOf(state, column, cell, read, 'leave_out')
}

export function isRead(contact: Contact): contact is string {
  return typeof contact === 'string'
}

export function isUnreadContact(contact: Contact): contact is Unread & { cell: string } {
  return typeof contact === 'object' && contact !== null
}

/** An unreadable contact is left out as long as the member is known by something else; else the row is refused. */
export function dropContact(
  state: RowState,
  column: Column,
  contact: Unread & { cell: string },
  isKnown: boolean,
): void {
  if (isKnown) leftOut(state, column, contact.refused, contact.cell)
  else refuse(state, column, contact.refused, contact.cell)
}

export type InstantReader = (cell: string) => Read<string> | Unread

/** The reader of a date column, in the order the mapping says. */
export function instantsOf(mapping: Mapping, field: Field, zone: string): InstantReader {
  return instantReader({ order: mapping.date_order[field] ?? 'ymd', zone })
}

/** An optional instant or day: what cannot be read is left out. */
export function instantOrNull(state: RowState, column: Column | undefined, read: InstantReader): string | null {
  const cell = cellOf(state, column)
  return cell === '' ? null : valueOf(state, column!, cell, read(cell), 'leave_out')
}

const han = /^[\p{Script=Han}々]+$/u

/** Family name first where both are written in Chinese characters, else last. */
export function joinName(first: string | null, last: string | null): string | null {
  if (first === null || last === null) return first ?? last
  return han.test(first) && han.test(last) ? `${last}${first}` : `${first} ${last}`
}
