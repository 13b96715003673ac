import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endsFirst, heldByLot, isPast, restored, split, sumOf, type LotLike } from './ledger.ts'

const lot = fc.record({
  remaining: fc.nat(20),
  earned_at: fc.integer({ min: 0, max: 3 }).map((n) => new Date(n)),
  expires_on: fc.constantFrom(null, '2026-01-01', '2026-02-01'),
})
const lots: fc.Arbitrary<LotLike[]> = fc
  .array(lot, { maxLength: 6 })
  .map((all) => all.map((one, lot_id) => ({ ...one, lot_id })))

describe('splitting', () => {
  test('takes what is asked or all that is free, never more of a lot than is free, and no lot before its turn', () => {
    fc.assert(
      fc.property(lots, fc.nat(90), fc.array(fc.nat(10), { maxLength: 6 }), (all, units, asides) => {
        const held = new Map(asides.map((aside, i) => [i, Math.min(aside, all[i]?.remaining ?? 0)]))
        const free = (one: LotLike) => one.remaining - (held.get(one.lot_id) ?? 0)
        const sorted = [...all].sort(endsFirst())
        const parts = split(sorted, units, held)
        expect(sumOf(parts)).toBe(
          Math.min(
            units,
            all.reduce((sum, one) => sum + free(one), 0),
          ),
        )
        for (const part of parts) expect(part.units).toBeGreaterThan(0)
        for (const part of parts.slice(0, -1)) expect(part.units).toBe(free(part.lot))
        for (const part of parts) expect(part.units).toBeLessThanOrEqual(free(part.lot))
      }),
    )
  })

  test('several restores are what one of the whole would be, lot by lot', () => {
    fc.assert(
      fc.property(lots, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 9 }), (all, steps) => {
        const used = split(all, Number.MAX_SAFE_INTEGER)
        const back = new Map<number, number>()
        let before = 0
        for (const step of steps) {
          const units = Math.min(step, sumOf(used) - before)
          const parts = restored(used, before, units)
          expect(sumOf(parts)).toBe(units)
          for (const part of parts) back.set(part.lot.lot_id, (back.get(part.lot.lot_id) ?? 0) + part.units)
          before += units
        }
        const whole = new Map(restored(used, 0, before).map((part) => [part.lot.lot_id, part.units]))
        expect(back).toEqual(whole)
      }),
    )
  })
})

test('what ends first is used first, what never ends last; then as the ledger says, then what came first', () => {
  const at = (lot_id: number, expires_on: string | null, day = 1): LotLike => ({
    lot_id,
    remaining: 1,
    earned_at: new Date(day),
    expires_on,
  })
  const all = [
    at(1, null),
    at(2, '2026-02-01', 2),
    at(3, '2026-02-01', 1),
    at(4, '2026-01-01'),
    at(5, '2026-02-01', 1),
  ]
  expect([...all].sort(endsFirst()).map((one) => one.lot_id)).toEqual([4, 3, 5, 2, 1])
  const newest = (a: LotLike, b: LotLike) => b.lot_id - a.lot_id
  expect([...all].sort(endsFirst(newest)).map((one) => one.lot_id)).toEqual([4, 5, 3, 2, 1])
})

test('only holds that are alive set anything aside', () => {
  const now = new Date(1_000)
  const hold = (status: string, ends: number) => ({
    status,
    expires_at: new Date(ends),
    lots: [{ lot_id: 1, units: 5 }],
  })
  expect(heldByLot([hold('held', 1_001), hold('held', 2_000)], now)).toEqual(new Map([[1, 10]]))
  expect(heldByLot([hold('held', 1_000), hold('released', 2_000), hold('committed', 2_000)], now)).toEqual(new Map())
})

test('a last day is a day on which it still holds', () => {
  expect(isPast({ expires_on: '2026-01-01' }, '2026-01-01')).toBe(false)
  expect(isPast({ expires_on: '2026-01-01' }, '2026-01-02')).toBe(true)
  expect(isPast({ expires_on: null }, '9999-01-01')).toBe(false)
})
