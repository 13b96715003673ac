import { Decimal } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideDecimal, exactNumber, exactText, minorOf, readExact, times, type Exact } from './amounts.ts'

function text(cell: string, mark: '.' | ',' = '.'): string {
  const read = readExact(cell, mark)
  return 'refused' in read ? read.refused : `${exactText(read.value)} ${read.repair ?? ''}`.trim()
}

describe('an amount', () => {
  it('is read as people write it, and what was mended is told', () => {
    const cases: [string, string][] = [
      ['1280', '1280'],
      ['-5.50', '-5.50'],
      ['+3', '3'],
      ['.5', '.5'],
      ['1,280', '1280 repair.thousands'],
      ['1,234,567.89', '1234567.89 repair.thousands'],
      ['NT$1,280', '1280 repair.currency_mark'],
      ['￥99.50', '99.50 repair.currency_mark'],
      ['£2.55', '2.55 repair.currency_mark'],
      ['1280元', '1280 repair.currency_mark'],
      ['-NT$100', '-100 repair.currency_mark'],
      ['(99.50)', '-99.50 repair.parentheses'],
      ['99.50-', '-99.50 repair.minus_after'],
      ['１２８０', '1280 repair.full_width'],
      ['12.100000000000001', '12.1 repair.digits_beyond'],
      ['1.4E-15', '0 repair.exponent'],
    ]
    for (const [cell, expected] of cases)
      expect([cell, text(cell)]).toEqual([cell, expected === '.5' ? '0.5' : expected])
  })

  it('is refused rather than guessed', () => {
    for (const cell of ['1,28', '12a', 'abc', '1.2.3', '--5', '1.28E+8', '2024-05-01', '10%']) {
      expect([cell, text(cell)]).toEqual([cell, 'import.amount_unreadable'])
    }
    expect(text('99999999999999999999')).toBe('import.amount_too_large')
  })

  it('has a comma for decimals where the column says so', () => {
    expect(text('1.280,50', ',')).toBe('1280.50 repair.thousands')
    expect(text('12,5', ',')).toBe('12.5')
    expect(text('12.5', ',')).toBe('import.amount_unreadable')
    expect(decideDecimal(['1.280,50', '3,20', '1.000'])).toBe(',')
    expect(decideDecimal(['1,280', '2,000', '3'])).toBe('.')
    expect(decideDecimal(['NT$1,280.50', '3.20'])).toBe('.')
  })

  it('is turned to minor units half away from zero, exactly', () => {
    const decimal = fc.tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(decimal, decimal, fc.integer({ min: 0, max: 3 }), ([a, i], [b, j], decimals) => {
        const [first, second]: Exact[] = [
          { mantissa: a, scale: i },
          { mantissa: b, scale: j },
        ] as [Exact, Exact]
        const product = new Decimal(exactText(first!)).mul(exactText(second!))
        const ours = times(first!, second!)!
        const expected =
          product
            .mul(10 ** decimals)
            .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
            .toNumber() + 0
        expect(minorOf(ours, decimals)).toBe(Number.isSafeInteger(expected) ? expected : undefined)
        expect(new Decimal(exactText(first!)).toNumber()).toBe(exactNumber(first!))
      }),
    )
    expect(minorOf({ mantissa: 9_007_199_254_740_991, scale: 0 }, 2)).toBeUndefined()
    expect(minorOf({ mantissa: 12345, scale: 3 }, 2)).toBe(1235)
    expect(minorOf({ mantissa: -12345, scale: 3 }, 2)).toBe(-1235)
    expect(minorOf({ mantissa: 5, scale: 1 }, 0)).toBe(1)
    expect(Object.is(minorOf({ mantissa: -1, scale: 3 }, 2), 0)).toBe(true)
  })
})
