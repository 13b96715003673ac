import { expect, test } from 'vitest'
import { meantWay } from './meant-way.ts'

test('a number is a phone’s and an @ an e-mail’s, wherever they were typed; what is not open is not meant', () => {
  const both = ['email', 'phone'] as const
  expect(meantWay('0912-345 678', 'email', both)).toBe('phone')
  expect(meantWay('+886 912 345 678', 'email', both)).toBe('phone')
  expect(meantWay('０９１２３４５６７８', 'email', both)).toBe('phone')
  expect(meantWay('mei@example.com', 'phone', both)).toBe('email')
  expect(meantWay('20261123@example.com', 'phone', both)).toBe('email')
  expect(meantWay('mei', 'email', both)).toBe('email')
  expect(meantWay('mei', 'phone', both)).toBe('phone')
  expect(meantWay('0912345678', 'email', ['email'])).toBe('email')
})
