import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import type { Read, RepairCode, Unread } from './outcomes.ts'
import { narrow, remembered, withoutMarker, writtenOut } from './repairs.ts'

export type PhoneReader = (cell: string) => Read<string> | Unread

/**
 * Mobile numbers of Taiwan in every usual writing. Read here because they are most of what comes, and reading one by
 * libphonenumber takes some 15 µs; a test holds that both agree. Its metadata: 9[0-8] and seven digits is a
 * mobile, 99 and seven a personal number.
 */
export const taiwanMobile = /^(?:\+?886[-\s]?0?|0)?(9\d{2})[-\s]?(\d{3})[-\s]?(\d{3})$/

/**
 * Reads telephones as E.164 (`+886912345678`). Numbers without a country are of `country` (ISO 3166, `TW`). A leading
 * zero that a spreadsheet dropped is put back; `8.86912E+11` is refused as `import.phone_destroyed`, what no plan of
 * numbers knows as `import.phone_unreadable`.
 */
export function phoneReader(country: string): PhoneReader {
  const slowly = remembered((cell) => readSlowly(cell, country as CountryCode))
  return (cell) => {
    const quick =
      country === 'TW' || cell.startsWith('+886') || cell.startsWith('886') ? taiwanMobile.exec(cell) : null
    if (quick) {
      const value = `+886${quick[1]}${quick[2]}${quick[3]}`
      return cell.charCodeAt(0) === 57 ? { value, repair: 'repair.phone_zero' } : { value }
    }
    return slowly(cell)
  }
}

function readSlowly(cell: string, country: CountryCode): Read<string> | Unread {
  const unmarked = withoutMarker(cell)
  const plain = narrow(unmarked.value)
  const unpointed = plain.value.replace(/^(\d+)\.0$/, '$1')
  const whole = writtenOut(unpointed, 'import.phone_destroyed')
  if ('refused' in whole) return whole
  const pointed = unpointed === plain.value ? undefined : 'repair.decimal_zero'
  const before = whole.repair ?? pointed ?? plain.repair ?? unmarked.repair
  const one = readOne(whole.value, country, before)
  if (one) return one
  // "0912345678 / 02-23456789": the first that can be read. A dash or blank alone parts nothing.
  for (const part of whole.value.split(/[/;,、，；|]|\s或\s/).map((text) => text.trim())) {
    const first = part === '' || part === whole.value ? undefined : readOne(part, country, before)
    if (first) return { value: first.value, repair: 'repair.first_of_several' }
  }
  return { refused: 'import.phone_unreadable' }
}

function readOne(text: string, country: CountryCode, before: RepairCode | undefined): Read<string> | undefined {
  const phone = parsePhoneNumberFromString(text, country)
  if (!phone?.isValid()) return undefined
  const digits = text.replace(/\D/g, '')
  const lostZero = digits === phone.nationalNumber && phone.formatNational().replace(/\D/g, '') === `0${digits}`
  return { value: phone.number, repair: before ?? (lostZero ? 'repair.phone_zero' : undefined) }
}
