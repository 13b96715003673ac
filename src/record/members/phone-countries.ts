/** What a program's country means for phones, by example: how a mobile number is written there, what it is read as. */
import { getCountries, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { readPhone } from './rules.ts'

export interface PhoneCountry {
  /** ISO 3166. */
  country: string
  /** A mobile number as people there write it, without the country's code. */
  written: string
  /** What it is read as (E.164). */
  phone: string
}

let known: PhoneCountry[] | undefined

/** Every country whose numbers can be read; made once, it takes some hundredths of a second. */
export function phoneCountries(): PhoneCountry[] {
  known ??= getCountries().flatMap((country) => {
    const written = getExampleNumber(country, examples)?.formatNational()
    const phone = written ? readPhone(written, country) : null
    return written && phone ? [{ country, written, phone }] : []
  })
  return known
}
