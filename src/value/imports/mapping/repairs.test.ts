import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { phoneReader, taiwanMobile } from './phones.ts'
import { cleanText, narrow, readEmail, readIdentifier } from './repairs.ts'

describe('text', () => {
  it('is trimmed, without what nobody sees and without errors of spreadsheets', () => {
    expect(cleanText('  tea ')).toBe('tea')
    expect(cleanText('\u3000\u200b王\u00a0小明\ufeff')).toBe('王 小明')
    expect(cleanText('a\u00a0b\n c\u0000')).toBe('a b c')
    expect(cleanText('👩\u200d👩\u200d👧')).toBe('👩\u200d👩\u200d👧')
    expect(['#N/A', '\\N', ' ', '(null)'].map(cleanText)).toEqual(['', '', '', ''])
    expect(['#1001', 'Null', '(大杯)'].map(cleanText)).toEqual(['#1001', 'Null', '(大杯)'])
  })

  it('becomes narrow', () => {
    expect(narrow('０９１２－３４５＃１')).toEqual({ value: '0912-345#1', repair: 'repair.full_width' })
    expect(narrow('0912')).toEqual({ value: '0912' })
  })
})

describe('an identifier', () => {
  it('is mended where it was taken for a number', () => {
    expect(readIdentifier('17850.0')).toEqual({ value: '17850', repair: 'repair.decimal_zero' })
    expect(readIdentifier('="00123"')).toEqual({ value: '00123', repair: 'repair.text_marker' })
    expect(readIdentifier("'00123")).toEqual({ value: '00123', repair: 'repair.text_marker' })
    expect(readIdentifier('1.2345678E+7')).toEqual({ value: '12345678', repair: 'repair.exponent' })
    expect(readIdentifier('Ａ００１')).toEqual({ value: 'A001', repair: 'repair.full_width' })
  })

  it('is refused when digits are lost, and left alone when it only looks like a number', () => {
    expect(readIdentifier('1.23457E+15')).toEqual({ refused: 'import.id_destroyed' })
    for (const id of ['1E5', '12E3', 'C536379', '85123A', '1.5', '#1001', 'CA-2011-100006', '0012']) {
      expect(readIdentifier(id)).toEqual({ value: id, repair: undefined })
    }
  })
})

describe('an e-mail address', () => {
  it('is read in small letters, out of brackets, with narrow letters', () => {
    expect(readEmail('Wang.Ming@Example.COM')).toMatchObject({ value: 'wang.ming@example.com' })
    expect(readEmail('王小明 <a@b.tw>')).toMatchObject({ value: 'a@b.tw' })
    expect(readEmail('ａ＠ｂ．ｔｗ')).toEqual({ value: 'a@b.tw', repair: 'repair.full_width' })
  })

  it('is refused when it is none', () => {
    for (const text of ['a@b', 'a b@c.d', '@c.d', 'a@', 'a@b..c', `${'x'.repeat(250)}@b.tw`, 'a@b.c, d@e.f']) {
      expect(readEmail(text)).toEqual({ refused: 'import.email_unreadable' })
    }
  })
})

describe('a telephone', () => {
  const read = phoneReader('TW')

  it('is read in any writing', () => {
    const writings = [
      '0912345678',
      '0912-345-678',
      '0912 345 678',
      '+886 912 345 678',
      '886912345678',
      '+886-912345678',
      '+8860912345678',
    ]
    for (const writing of writings) {
      expect(read(writing)).toMatchObject({ value: '+886912345678' })
      expect([writing, taiwanMobile.test(writing)]).toEqual([writing, true])
    }
    expect(read('(02) 2345-6789')).toMatchObject({ value: '+886223456789' })
    expect(read('+86 138 1234 5678')).toMatchObject({ value: '+8613812345678' })
    expect(phoneReader('JP')('090-1234-5678')).toMatchObject({ value: '+819012345678' })
  })

  it('gets back the zero that a spreadsheet dropped', () => {
    expect(read('912345678')).toEqual({ value: '+886912345678', repair: 'repair.phone_zero' })
    expect(read('912345678.0')).toEqual({ value: '+886912345678', repair: 'repair.decimal_zero' })
    expect(read('223456789')).toEqual({ value: '+886223456789', repair: 'repair.phone_zero' })
    expect(phoneReader('JP')('9012345678')).toEqual({ value: '+819012345678', repair: 'repair.phone_zero' })
  })

  it('is written out of an exponent only if every digit is there', () => {
    expect(read('8.86912345678E+11')).toEqual({ value: '+886912345678', repair: 'repair.exponent' })
    expect(read('9.12345678E+08')).toEqual({ value: '+886912345678', repair: 'repair.exponent' })
    for (const lost of ['8.86912E+11', '9.12346E+08', '8.8691E+11'])
      expect(read(lost)).toEqual({ refused: 'import.phone_destroyed' })
  })

  it('is mended where it was marked or full-width, and the first of several is taken', () => {
    expect(read('０９１２３４５６７８')).toEqual({ value: '+886912345678', repair: 'repair.full_width' })
    expect(read("'0912345678")).toEqual({ value: '+886912345678', repair: 'repair.text_marker' })
    expect(read('0912345678 / 02-23456789')).toEqual({ value: '+886912345678', repair: 'repair.first_of_several' })
  })

  it('is refused when no plan knows it', () => {
    for (const text of ['12', 'abc', '0912', '09123456789012', '1280'])
      expect(read(text)).toEqual({ refused: 'import.phone_unreadable' })
  })

  it('of a mobile in Taiwan reads as libphonenumber reads it', () => {
    const prefix = fc.constantFrom('', '0', '+886', '886', '+886 ', '886-', '+8860', '+886 0')
    const digits = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9_999_999 }))
    fc.assert(
      fc.property(prefix, digits, fc.constantFrom('', '-', ' '), (before, [second, rest], mark) => {
        const number = `9${second}${String(rest).padStart(7, '0')}`
        const text = before + [number.slice(0, 3), number.slice(3, 6), number.slice(6)].join(mark)
        const theirs = parsePhoneNumberFromString(text, 'TW')
        const ours = read(text)
        expect('value' in ours ? ours.value : undefined).toBe(theirs?.isValid() ? theirs.number : undefined)
      }),
      { numRuns: 2000 },
    )
  })
})
