/** What of a person may be shown to who may only recognise one: enough to ask "Ms Wang?", too little to write down. */
import { daysBetween } from '../../base/time.ts'

const han = /\p{Script=Han}/u
const dot = '•'
const phone_end_digits = 3

/** 王小明 → 王○明, Mary Chen → M••• C•••; one sign alone stays. */
export function maskName(name: string | null): string | null {
  if (name === null) return null
  return name.trim().split(/\s+/).map(maskWord).join(' ')
}

function maskWord(word: string): string {
  const signs = [...word]
  if (!han.test(word)) return signs.length < 2 ? word : `${signs[0]}${dot.repeat(3)}`
  if (signs.length < 2) return word
  if (signs.length === 2) return `${signs[0]}○`
  return `${signs[0]}${'○'.repeat(signs.length - 2)}${signs.at(-1)}`
}

/** +886912345678 → •••678. */
export function maskPhone(phone: string | null): string | null {
  return phone === null ? null : `${dot.repeat(3)}${phone.slice(-phone_end_digits)}`
}

const days_ahead_max = 7

/**
 * The next birthday if it is at most a week away: its day and how many days are left. `birth_date` is YYYY-MM-DD or
 * --MM-DD; who was born on 29 February has it on the 28th in other years.
 */
export function birthdayNear(birth_date: string | null, today: string): { on: string; in_days: number } | null {
  if (birth_date === null) return null
  const monthDay = birth_date.slice(-5)
  for (const year of [Number(today.slice(0, 4)), Number(today.slice(0, 4)) + 1]) {
    const on = dayIn(year, monthDay)
    const in_days = daysBetween(today, on)
    if (in_days >= 0 && in_days <= days_ahead_max) return { on, in_days }
  }
  return null
}

function dayIn(year: number, monthDay: string): string {
  const on = `${year}-${monthDay}`
  const isDay = !Number.isNaN(Date.parse(on)) && new Date(on).toISOString().startsWith(on)
  return isDay ? on : `${year}-02-28`
}
