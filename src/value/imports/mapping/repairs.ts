import type { Read, Unread } from './outcomes.ts'

/**
 * Repairs of text: what spreadsheets, old systems and copying do to a cell. All pure; each says what it mended. The
 * readers of telephones, amounts, dates and answers (their own files) begin with these.
 */

const notPlain = /[^\x20-\x7e]/
/**
 * Written by no key, seen by nobody: control characters (a database refuses U+0000), zero-width spaces, soft
 * hyphens, direction marks, byte order marks.
 */
const invisible = /[\u0000-\u0008\u000e-\u001f\u007f\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/** Spaces that are not U+0020: no-break, ideographic, narrow, tab, line ends. */
const otherSpaces = / *[\t\r\n\v\f\u00a0\u2000-\u200a\u202f\u205f\u3000]+ */g
/** A joiner means something inside an emoji or a script, nothing at the ends. */
const edges = /^[\s\u200c\u200d]+|[\s\u200c\u200d]+$/g
const marker = /^(?:="(.*)"|='(.*)'|'(.*))$/s
const emptyWords = new Set(['#N/A', '#REF!', '#VALUE!', '#NAME?', '#DIV/0!', '#NULL!', '\\N', '(null)', '<null>'])

/**
 * A cell as text: trimmed, invisible characters gone, other spaces made plain, spreadsheet errors and SQL nulls empty.
 * Nothing a person would call a change, so it is not reported.
 */
export function cleanText(cell: string): string {
  if (!notPlain.test(cell)) {
    const first = cell.charCodeAt(0)
    if (first > 35 && first !== 60 && first !== 92 && cell.charCodeAt(cell.length - 1) !== 32 && first !== 40)
      return cell
    const text = cell.trim()
    return emptyWords.has(text) ? '' : text
  }
  return cell.replace(invisible, '').replace(otherSpaces, ' ').replace(edges, '')
}

/** Did the decoder give up on a character of this text? */
export function hasUnreadable(text: string): boolean {
  return text.includes('\ufffd')
}

/** Full-width letters, digits and punctuation to plain ones: ０９１２－３４５ → 0912-345. */
export function narrow(text: string): Read<string> {
  if (!notPlain.test(text)) return { value: text }
  const value = text
    .replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[‐‑‒–—―−ー]/g, '-')
    .replace(/￥/g, '¥')
    .replace(/￡/g, '£')
    .trim()
  return value === text ? { value } : { value, repair: 'repair.full_width' }
}

/** `'0912345678` and `="0912345678"`: tricks that keep a spreadsheet from reading a number. */
export function withoutMarker(text: string): Read<string> {
  const first = text.charCodeAt(0)
  if (first !== 61 && first !== 39) return { value: text }
  const found = marker.exec(text)
  if (!found) return { value: text }
  return { value: (found[1] ?? found[2] ?? found[3] ?? '').trim(), repair: 'repair.text_marker' }
}

const exponent = /^([+-]?)(\d)(?:\.(\d+))?[eE]\+?(\d{1,3})$/

/**
 * `8.86912345678E+11` → 886912345678 when every digit is there. A spreadsheet shows six significant digits, so
 * 8.86912E+11 is *not* 886912000000: what is missing is unknown and the value counts as destroyed.
 */
export function writtenOut(
  text: string,
  destroyed: 'import.phone_destroyed' | 'import.id_destroyed',
): Read<string> | Unread {
  const found = exponent.exec(text)
  if (!found) return { value: text }
  const [, sign = '', lead = '', rest = '', power = '0'] = found
  // '1E5' and '5E10' are good article numbers: without a fraction only a long number can have been meant.
  if (rest === '' && !/[eE]\+/.test(text)) return { value: text }
  if (rest.length !== Number(power)) return { refused: destroyed }
  return { value: `${sign === '-' ? '-' : ''}${lead}${rest}`, repair: 'repair.exponent' }
}

/** Identifiers of members, cards, orders: as text, mended where a program took them for numbers. */
export function readIdentifier(cell: string): Read<string> | Unread {
  const first = cell.charCodeAt(0)
  // Most identifiers begin with a letter or digit and are plain: nothing to do but look for damage.
  const unmarked = first === 61 || first === 39 ? withoutMarker(cell) : { value: cell, repair: undefined }
  const plain = narrow(unmarked.value)
  const text = plain.value
  if (first > 57 || text.length < 3) return { value: text, repair: unmarked.repair ?? plain.repair }
  if (text.endsWith('.0') && /^\d+\.0$/.test(text)) return { value: text.slice(0, -2), repair: 'repair.decimal_zero' }
  const whole = text.includes('+') ? writtenOut(text, 'import.id_destroyed') : { value: text }
  if ('refused' in whole) return whole
  return { value: whole.value, repair: whole.repair ?? unmarked.repair ?? plain.repair }
}

const email = /^[^\s@,;:<>"()[\]\\]+@[^\s@,;:<>"()[\]\\.]+(?:\.[^\s@,;:<>"()[\]\\.]+)+$/
/** RFC 5321 allows 254 characters. */
const emailCharsMax = 254

/** An e-mail address in small letters. `Name <a@b.c>` and `mailto:` are opened. */
export function readEmail(cell: string): Read<string> | Unread {
  const plain = narrow(cell)
  let text = plain.value.toLowerCase()
  if (text.startsWith('mailto:')) text = text.slice(7)
  const opened = text.endsWith('>') ? /<([^<>]+)>$/.exec(text) : null
  if (opened) text = opened[1]!.trim()
  if (text.length > emailCharsMax || !email.test(text)) return { refused: 'import.email_unreadable' }
  return { value: text, repair: plain.repair }
}

/** Answers kept by one reader; dropped all at once when full, which is simple and costs little. */
const keptMax = 20_000

/**
 * A reader that keeps its answers: dates, words and telephones repeat through a file. A cell is a slice of its chunk of
 * the file, and a kept slice keeps the whole chunk: so the key is a copy (joining and cutting makes V8 write one).
 */
export function remembered<T>(read: (cell: string) => T): (cell: string) => T {
  const kept = new Map<string, T>()
  return (cell) => {
    const known = kept.get(cell)
    if (known !== undefined) return known
    if (kept.size >= keptMax) kept.clear()
    const found = read(cell)
    kept.set(` ${cell}`.slice(1), found)
    return found
  }
}
