/** Dice that fall the same way for the same seed and subject, whatever was drawn before: a demo of N members is the
 * beginning of a demo of N + 1. */

/** A stream of numbers in [0, 1). */
export type Dice = () => number

/** SplitMix-like mixing of two 32-bit words (Steele et al., 2014): neighbours in, strangers out. */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}

/** mulberry32 (Ettinger, 2017), started at the mix of the words. */
export function diceOf(...words: number[]): Dice {
  let state = words.reduce((mixed, word) => mix(mixed, word), 0x2545f491)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of a list, each with its weight. */
export function pick<T>(dice: Dice, list: readonly T[], weight: (item: T) => number = () => 1): T {
  const total = list.reduce((sum, item) => sum + weight(item), 0)
  let left = dice() * total
  for (const item of list) {
    left -= weight(item)
    if (left < 0) return item
  }
  return list[list.length - 1]!
}

/** A whole number from `low` to `high`, both included. */
export function between(dice: Dice, low: number, high: number): number {
  return low + Math.floor(dice() * (high - low + 1))
}

/** Standard normal (Box and Muller, 1958). */
export function normal(dice: Dice): number {
  return Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice())
}

/** Gamma with whole-number shape (a sum of exponentials) and the given mean: the higher the shape, the more regular. */
export function gamma(dice: Dice, shape: number, mean: number): number {
  let product = 1
  for (let i = 0; i < shape; i += 1) product *= 1 - dice()
  return (-Math.log(product) * mean) / shape
}
