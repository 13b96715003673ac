import { Decimal } from 'decimal.js'
import { noCounts, type Counts } from './types.ts'

/** Adds up what parts of an import came to; decimals stay exact. */
export function addCounts(a: Counts, b: Counts): Counts {
  const sum: Record<string, number | string> = {}
  for (const key of Object.keys(noCounts) as (keyof Counts)[]) {
    const [x, y] = [a[key], b[key]]
    sum[key] = typeof x === 'number' && typeof y === 'number' ? x + y : new Decimal(x).plus(y).toFixed()
  }
  return sum as Counts
}
