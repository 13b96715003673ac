import { expect, test } from 'vitest'
import { beginning } from './numbering.ts'

const written = ['XINYI-1-20261123-AB2C007', 'XINYI-1-20261123-AB2C012', 'XINYI-1-20261122-ZZZZ099']

test('an older counter’s count that a kill has set back is begun above what is written down under its mark', () => {
  expect(beginning({ mark: 'AB2C', count: 9 }, written, 'NEWM')).toEqual({ mark: 'AB2C', count: 12 })
})

test('receipts that were sent and put away count too: the older count is kept where it is higher', () => {
  expect(beginning({ mark: 'AB2C', count: 4_711 }, written, 'NEWM')).toEqual({ mark: 'AB2C', count: 4_711 })
})

test('where the mark is lost a new one begins, and shares no number with the old', () => {
  expect(beginning({ mark: null, count: 0 }, written, 'NEWM')).toEqual({ mark: 'NEWM', count: 0 })
})
