import { readExact } from './amounts.ts'
import { readWritten, readTime, dateOrders } from './dates.ts'
import type { Shape } from './fields.ts'
import { phoneReader } from './phones.ts'
import { cleanText, narrow, readEmail } from './repairs.ts'

/** What the cells of a column look like: shares of the filled ones, 0 to 1. */
export interface Profile {
  filled: number
  /** Share of rows that are filled. */
  coverage: number
  date: number
  time: number
  number: number
  integer: number
  phone: number
  email: number
  /** Letters or ideographs with blanks, no digits: names of people. */
  words: number
  /** Different cells, as a share. */
  distinct: number
}

/** So many filled cells of a column are looked at. */
const cellsMax = 300

/** Profiles one column of a sample. */
export function profileOf(rows: readonly string[][], index: number, country: string): Profile {
  const cells: string[] = []
  let filled = 0
  for (const row of rows) {
    const cell = cleanText(row[index] ?? '')
    if (cell === '') continue
    filled += 1
    if (cells.length < cellsMax) cells.push(cell)
  }
  const readPhone = phoneReader(country)
  const share = (test: (cell: string) => boolean): number =>
    cells.length === 0 ? 0 : cells.filter(test).length / cells.length
  const isNumber = (cell: string): boolean => 'value' in readExact(cell, '.') || 'value' in readExact(cell, ',')
  return {
    filled,
    coverage: rows.length === 0 ? 0 : filled / rows.length,
    date: share((cell) => dateOrders.some((order) => readWritten(cell, order) !== undefined)),
    time: share((cell) => /^\D*\d{1,2}[:時时]/.test(cell) && readTime(narrow(cell).value) !== undefined),
    number: share(isNumber),
    integer: share((cell) => /^-?\d{1,9}(?:\.0+)?$/.test(narrow(cell).value)),
    phone: share((cell) => looksLikePhone(cell) && 'value' in readPhone(cell)),
    email: share((cell) => cell.includes('@') && 'value' in readEmail(cell)),
    words: share(
      (cell) => /^[\p{L}\p{M}'’. ·・-]+$/u.test(cell) && (/\s/.test(cell) || /\p{Script=Han}/u.test(cell)),
    ),
    distinct: cells.length === 0 ? 0 : new Set(cells).size / cells.length,
  }
}

/** Short numbers are valid in some plans; a column of amounts must not pass for telephones. */
function looksLikePhone(cell: string): boolean {
  const digits = narrow(cell).value.replace(/[^\d]/g, '')
  return digits.length >= 8 && !/^\d+\.\d+$/.test(cell)
}

/** How well a column's cells go with a shape, 0 to 1; an empty column contradicts nothing and supports nothing. */
export function fitOf(profile: Profile, shape: Shape): number {
  if (profile.filled === 0) return 0.5
  switch (shape) {
    case 'date':
      return profile.date
    case 'time':
      return profile.time
    case 'amount':
      return profile.number
    case 'count':
      return profile.number
    case 'phone':
      // Damaged numbers are still telephones: enough that some are whole or all look like numbers.
      return Math.max(profile.phone, profile.number * 0.5)
    case 'email':
      return profile.email
    case 'name':
      return 1 - Math.max(profile.email, profile.date, profile.number)
    case 'word':
      return 1 - Math.max(profile.email, profile.date)
    case 'id':
    case 'text':
      return 1
  }
}
