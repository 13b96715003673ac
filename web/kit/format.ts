/** Numbers, money, points, shares, days and moments as people read them, in one language, currency and zone. */
import { createContext, useContext } from 'react'
import { wordErrorsWith } from './wording.ts'

export interface FormatOptions {
  /** BCP 47. */
  locale: string
  /** ISO 4217; null before a program exists. */
  currency: string | null
  /** Decimals of the currency's minor unit as the program counts it (TWD 0). */
  currency_decimals: number
  /** IANA zone of the program: its days are days there. */
  time_zone: string
  /** How far the program's clock runs ahead of this browser's, in ms: a demo's does. 0 unless given. */
  ahead_ms?: number
}

export interface Format extends FormatOptions {
  /** The program's present; never the browser's own. */
  present: () => Date
  /** The day it is now in the program's zone, `YYYY-MM-DD`. */
  today: () => string
  /** The program's time at a moment of this browser's clock (ms), such as when an answer arrived. */
  presentAt: (browser_ms: number) => Date
  /** 12,345 */
  number: (value: number | null | undefined) => string
  /** 12.3 K, for axes. */
  short: (value: number | null | undefined) => string
  /** From minor units: NT$1,280. */
  money: (minor: number | null | undefined) => string
  /** From minor units, short, for axes: NT$1.3M. */
  moneyShort: (minor: number | null | undefined) => string
  /** From minor units, what is worth less than the smallest coin too: NT$0.01. */
  worth: (minor: number | null | undefined) => string
  /** Points are whole numbers. */
  points: (value: number | null | undefined) => string
  /** From a share between 0 and 1: 41 %. */
  percent: (share: number | null | undefined, digits?: number) => string
  /** `YYYY-MM-DD` as 12 Mar 2026; no time zone is involved. */
  day: (day: string | null | undefined) => string
  /** The day of an instant in the program's zone, written like `day`. */
  dayOf: (instant: string | Date | null | undefined) => string
  /** `YYYY-MM` or `YYYY-MM-DD` as Mar 2026. */
  month: (day: string | null | undefined) => string
  /** An instant to the minute in the program's zone, which is named where the reader's clock shows another time. */
  moment: (instant: string | Date | null | undefined) => string
  /** 3 days ago, in 2 hours; seen from the program's present unless `now` is given. */
  relative: (instant: string | Date | null | undefined, now?: Date) => string
  /** Seconds as 2 min 5 s. */
  duration: (seconds: number) => string
  /** Names joined by the language's own "and". */
  list: (items: readonly string[]) => string
}

/** What stands where nothing is known; never a zero. */
export const nothing = '–'

const spans: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** Makes a `Format`; every formatter is made once. */
export function createFormat(options: FormatOptions): Format {
  const { locale, currency, currency_decimals: decimals, time_zone: timeZone, ahead_ms = 0 } = options
  const number = new Intl.NumberFormat(locale)
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const money = moneyFormat(locale, currency, currency ? digits : {})
  const moneyShort = moneyFormat(locale, currency, { notation: 'compact', maximumFractionDigits: 1 })
  const worth = moneyFormat(locale, currency, { ...digits, maximumFractionDigits: Math.max(4, decimals) })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const zoned = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
  const month = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', timeZone: 'UTC' })
  const moment = momentFormat(locale, timeZone)
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  const minor = (value: number) => value / 10 ** decimals
  const presentAt = (browser_ms: number) => new Date(browser_ms + ahead_ms)
  const present = () => presentAt(Date.now())
  const format: Format = {
    ...options,
    present,
    presentAt,
    // en-CA writes YYYY-MM-DD
    today: () => new Intl.DateTimeFormat('en-CA', { timeZone }).format(present()),
    number: (value) => given(value, (known) => number.format(known)),
    short: (value) => given(value, (known) => short.format(known)),
    money: (value) => given(value, (known) => money.format(minor(known))),
    moneyShort: (value) => given(value, (known) => moneyShort.format(minor(known))),
    worth: (value) => given(value, (known) => worth.format(minor(known))),
    points: (value) => given(value, (known) => number.format(known)),
    percent: (share, digits = 0) => given(share, (known) => percentOf(locale, known, digits)),
    day: (value) => given(value, (known) => day.format(new Date(`${known.slice(0, 10)}T00:00:00Z`))),
    dayOf: (value) => given(value, (known) => zoned.format(new Date(known))),
    month: (value) => given(value, (known) => month.format(new Date(`${known.slice(0, 7)}-01T00:00:00Z`))),
    moment: (value) => given(value, (known) => moment(new Date(known))),
    relative: (value, now) => given(value, (known) => relativeTo(locale, new Date(known), now ?? present())),
    duration: (seconds) => durationOf(locale, seconds),
    list: (items) => list.format(items),
  }
  return format
}

/** The format of the whole screen: errors name amounts and days by it, too. */
export function createScreenFormat(options: FormatOptions): Format {
  const format = createFormat(options)
  wordErrorsWith(format)
  return format
}

function momentFormat(locale: string, timeZone: string): (at: Date) => string {
  const parts = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const
  const there = new Intl.DateTimeFormat(locale, { ...parts, timeZone })
  const here = new Intl.DateTimeFormat(locale, parts)
  const named = new Intl.DateTimeFormat(locale, { ...parts, timeZone, timeZoneName: 'short' })
  return (at) => (here.format(at) === there.format(at) ? there : named).format(at)
}

function given<T>(value: T | null | undefined, write: (known: T) => string): string {
  return value === null || value === undefined || value === '' ? nothing : write(value)
}

function moneyFormat(locale: string, currency: string | null, digits: Intl.NumberFormatOptions): Intl.NumberFormat {
  if (!currency) return new Intl.NumberFormat(locale, digits)
  // a shop in Taiwan writes NT$ in every language, and 元 in none
  return new Intl.NumberFormat(currency === 'TWD' ? 'en-US' : locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'symbol',
    ...digits,
  })
}

function percentOf(locale: string, share: number, digits: number): string {
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share)
}

function relativeTo(locale: string, instant: Date, now: Date): string {
  const seconds = (instant.getTime() - now.getTime()) / 1000
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, size] of spans) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return words.format(0, 'second')
}

function durationOf(locale: string, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts = [
    { unit: 'hour', value: Math.floor(whole / 3600) },
    { unit: 'minute', value: Math.floor((whole % 3600) / 60) },
    { unit: 'second', value: whole % 60 },
  ].filter((part) => part.value > 0)
  // from an hour on, seconds say nothing
  const shown = parts.length > 0 ? parts.slice(0, 2) : [{ unit: 'second', value: 0 }]
  return shown
    .map(({ unit, value }) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value),
    )
    .join(' ')
}

/** `1280` typed by a person → minor units, by the currency's decimals; null when it is no number. */
export function minorOf(text: string | number, decimals: number): number | null {
  const value = typeof text === 'number' ? text : Number(text.replace(/[,\s]/g, ''))
  return Number.isFinite(value) && text !== '' ? Math.round(value * 10 ** decimals) : null
}

export const FormatContext = createContext<Format>(
  createFormat({ locale: 'en', currency: null, currency_decimals: 2, time_zone: 'UTC' }),
)

/** The formatters of the signed-in program and the chosen language. */
export function useFormat(): Format {
  return useContext(FormatContext)
}
