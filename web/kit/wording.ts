/** Errors name amounts and days as the rest of the screen does. */

/** How amounts and days are written: those of the program's format. */
interface Wording {
  money: (minor: number) => string
  day: (day: string) => string
  number: (value: number) => string
}
let wording: Wording | undefined

/** Errors name amounts and days as the rest of the screen does; called when the screen's format is made. */
export function wordErrorsWith(format: Wording): void {
  wording = format
}

/** Nobody counts down 2,826 seconds: minutes from two on, hours from two on. */
const unit_from_s = { minute: 120, hour: 7_200 }
const unit_s = { second: 1, minute: 60, hour: 3_600 }

/** How long to wait, never less than that: 90 seconds, 48 minutes. */
export function waitOf(seconds: number, locale: string): string {
  const unit = seconds >= unit_from_s.hour ? 'hour' : seconds >= unit_from_s.minute ? 'minute' : 'second'
  const said = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })
  // as everywhere else on the screen a number stands apart from Chinese; not every browser's own words do that
  return said.format(Math.ceil(seconds / unit_s[unit])).replace(/(\d)(?=\p{Script=Han})/u, '$1 ')
}

/**
 * By its name a parameter of an error is money, a day or a time to wait; `count` chooses the plural and stays a number.
 */
export function worded(params: Record<string, unknown>, locale = 'en'): Record<string, unknown> {
  const wait = params['retry_after']
  if (typeof wait === 'number') return worded({ ...params, retry_after: waitOf(wait, locale) }, locale)
  if (!wording) return params
  const { money, day, number } = wording
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === 'number' && name !== 'count')
        return [name, name.endsWith('_minor') ? money(value) : number(value)]
      return [name, typeof value === 'string' && name.endsWith('_on') ? day(value) : value]
    }),
  )
}
