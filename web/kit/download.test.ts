import { expect, test } from 'vitest'
import { csvOf } from './download.ts'

test('cells are quoted where they must be, and Chinese opens in a spreadsheet', () => {
  const text = csvOf(
    ['姓名', 'note'],
    [
      ['王小明', 'says "hi", twice'],
      ['林', 'two\nlines'],
      ['陳', null],
    ],
  )
  expect(text).toBe('\uFEFF姓名,note\r\n王小明,"says ""hi"", twice"\r\n林,"two\nlines"\r\n陳,\r\n')
})

test('a name that looks like a formula stays a name; numbers and phones stay as they are', () => {
  const lines = csvOf(['a'], [['=HYPERLINK("x")'], ['@sum'], ['-12.5'], ['+886912345678'], [-3]]).split('\r\n')
  expect(lines.slice(1, -1)).toEqual([`"'=HYPERLINK(""x"")"`, `'@sum`, '-12.5', '+886912345678', '-3'])
})
