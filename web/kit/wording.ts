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

/** By its name a parameter of an error is money or a day; `count` chooses the plural and stays a number. */
export function worded(params: Record<string, unknown>): Record<string, unknown> {
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
