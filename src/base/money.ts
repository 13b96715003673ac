import { Decimal } from 'decimal.js'
import { AppError } from './errors.ts'

/**
 * Decimals of a currency's minor unit as people use it. TWD, JPY, KRW, VND, CLP and ISK are written without decimals
 * (ISO 4217 gives TWD two, nobody prints them); KWD, BHD, OMR, JOD, TND have three; every other currency has two.
 */
const decimalsByCurrency: Record<string, number> = {
  TWD: 0,
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  ISK: 0,
  IDR: 0,
  HUF: 0,
  PYG: 0,
  UGX: 0,
  XAF: 0,
  XOF: 0,
  KWD: 3,
  BHD: 3,
  OMR: 3,
  JOD: 3,
  TND: 3,
}

/** How many decimals an amount in this currency has; 2 unless the table says otherwise. */
export function decimalsOf(currency: string): number {
  return decimalsByCurrency[currency] ?? 2
}

/** An ISO 4217 code that Intl knows, in capitals. Throws `money.currency_unknown`. */
export function parseCurrency(text: string): string {
  const code = text.trim().toUpperCase()
  if (!/^[A-Z]{3}$/.test(code) || !Intl.supportedValuesOf('currency').includes(code)) {
    throw new AppError('money.currency_unknown', { currency: text })
  }
  return code
}

/** `12.345` GBP → 1235: to whole minor units, half away from zero (the rule receipts use). */
export function toMinor(amount: string | number, currency: string): number {
  const minor = new Decimal(amount)
    .mul(new Decimal(10).pow(decimalsOf(currency)))
    .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
  if (!Number.isSafeInteger(minor.toNumber())) throw new AppError('money.too_large', { amount: String(amount) })
  return minor.toNumber()
}

/** Minor units as people of a language write them: 1240 TWD → NT$1,240. */
export function moneyText(minor: number, currency: string, language: string): string {
  const digits = decimalsOf(currency)
  // a shop in Taiwan writes NT$ in every language, and 元 in none
  return new Intl.NumberFormat(currency === 'TWD' ? 'en-US' : language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(minor / 10 ** digits)
}

/** A cost is told to so many decimals of a minor unit: ten points at a hundredth of a coin are a tenth of it. */
const cost_decimals = 4

/**
 * A cost in minor units, or `times` as much of it, half up to the scale in which costs are kept. Costs that were added
 * or subtracted go through it again: then floats say what PostgreSQL's `numeric(20,4)` says, up to a tenth of 10¹²
 * minor units.
 */
export function costMinor(minor: number, times = 1): number {
  return new Decimal(minor).mul(times).toDecimalPlaces(cost_decimals, Decimal.ROUND_HALF_UP).toNumber()
}

/** The part of a cost that falls on `part` of `whole`, rounded down to that scale; of the whole it is the cost. */
export function costShare(cost_minor: number, part: number, whole: number): number {
  const scale = 10 ** cost_decimals
  const units = BigInt(new Decimal(cost_minor).mul(scale).toFixed(0))
  return Number((units * BigInt(part)) / BigInt(whole)) / scale
}

/**
 * Splits `total` over `weights` so that the parts sum to the total: largest remainder (Hare) with ties to the earlier
 * part. All-zero weights give everything to the first part.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  if (weights.length === 0) return []
  if (sum === 0) return weights.map((_, i) => (i === 0 ? total : 0))
  const exact = weights.map((weight) => new Decimal(total).mul(weight).div(sum))
  const parts = exact.map((part) => part.floor().toNumber())
  let missing = total - parts.reduce((a, b) => a + b, 0)
  const order = exact
    .map((part, i) => ({ i, rest: part.minus(part.floor()) }))
    .sort((a, b) => b.rest.cmp(a.rest) || a.i - b.i)
  for (const { i } of order) {
    if (missing <= 0) break
    parts[i] = parts[i]! + 1
    missing -= 1
  }
  return parts
}
