/** The codes of a card: what opens a purse does so for one minute, and nothing else does. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge, masked, plainCode, readCode, spendCode } from './rules.ts'

const secret = Buffer.alloc(32, 7)
const other = Buffer.alloc(32, 8)
const numbers = fc.integer({ min: 1, max: 9_999_999_999 })
const moments = fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }).map((seconds) => new Date(seconds * 1000))
const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000)

test('a code for spending is good from its first second to its last, scanned or typed, and not after', () => {
  fc.assert(
    fc.property(numbers, moments, (number, now) => {
      const { qr, digits, valid_until, step } = spendCode(secret, number, now)
      const left = (valid_until.getTime() - now.getTime()) / 1000
      expect(left > 30 && left <= 60).toBe(true)
      const spaced = `${digits.slice(0, -8)} ${digits.slice(-8, -4)} ${digits.slice(-4)}`
      for (const text of [qr, digits, spaced, ` ${qr} `]) {
        expect(judge(secret, readCode(text), now)).toEqual({ number, may_spend: true, step })
        expect(judge(secret, readCode(text), later(now, left - 1))).toMatchObject({ may_spend: true })
      }
      expect(judge(secret, readCode(qr), valid_until)).toEqual({ refused: 'portal_code.expired' })
      expect(judge(secret, readCode(digits), valid_until)).not.toMatchObject({ may_spend: true })
      // the phone's clock is asked nowhere; a code of the time to come is as bad as an old one
      expect(judge(secret, readCode(qr), later(now, -60))).toEqual({ refused: 'portal_code.expired' })
    }),
  )
})

test('no other secret, no other number and no other step makes the same code', () => {
  fc.assert(
    fc.property(numbers, numbers, moments, (number, another, now) => {
      const foreign = spendCode(other, number, now)
      expect(judge(secret, readCode(foreign.qr), now)).toEqual({ refused: 'portal_code.refused' })
      if (another === number) return
      const own = spendCode(secret, number, now).qr.split('.')
      const changed = [own[0], another.toString(36).toUpperCase(), own[2], own[3]].join('.')
      expect(judge(secret, readCode(changed), now)).toEqual({ refused: 'portal_code.refused' })
    }),
  )
})

test('the plain code is an EAN-13 that earns and never spends', () => {
  // check digit by the book: GS1 General Specifications, example 6291041500213
  expect(plainCode(1).slice(0, 12)).toBe('290000000001')
  fc.assert(
    fc.property(numbers, moments, (number, now) => {
      const code = plainCode(number)
      expect(code).toMatch(/^29\d{11}$/)
      const sum = [...code].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0)
      expect(sum % 10).toBe(0)
      expect(judge(secret, readCode(code), now)).toEqual({ number, may_spend: false, step: null })
    }),
  )
})

test('anything else is refused, whatever is scanned', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,30}$/)), (text) => {
      const judged = judge(secret, readCode(text), new Date('2026-11-02T02:00:00Z'))
      if (!('refused' in judged)) expect(plainCode(judged.number)).toBe(text.replace(/\D/g, ''))
    }),
  )
  for (const text of ['', 'RGS1...', 'RGS1.1.1.x', 'RGS1.ZZZZZZZZZZZZZZZZ.1.x', '４７１１'])
    expect(judge(secret, readCode(text), new Date('2026-11-02T02:00:00Z'))).toHaveProperty('refused')
})

test('a masked name is recognised by who bears it and learned by nobody', () => {
  expect(['王小明', '王明', '歐陽娜娜', 'Mary Wang', '', null, 'Å'].map(masked)).toEqual([
    '王○明',
    '王○',
    '歐○○娜',
    'M… W…',
    null,
    null,
    'Å…',
  ])
})
