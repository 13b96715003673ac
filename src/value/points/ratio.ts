/** Exact ratios of whole numbers. */

/** `a × b / c` in whole numbers, exact whatever the size; `a`, `b` not negative, `c` positive. */
export function ratio(a: number, b: number, c: number, rounding: 'floor' | 'half_up' | 'ceil' = 'floor'): number {
  const product = a * b
  if (!Number.isSafeInteger(product)) return bigRatio(BigInt(a) * BigInt(b), BigInt(c), rounding)
  const rest = product % c
  const floor = (product - rest) / c
  if (rounding === 'floor' || rest === 0) return floor
  return rounding === 'ceil' || rest >= c - rest ? floor + 1 : floor
}

function bigRatio(product: bigint, c: bigint, rounding: 'floor' | 'half_up' | 'ceil'): number {
  const rest = product % c
  const up = rest > 0n && (rounding === 'ceil' || (rounding === 'half_up' && rest >= c - rest))
  return Number(product / c + (up ? 1n : 0n))
}
