/** What is drawn is what cameras and guns read: held against the standard's examples and against another program. */
import bwip from 'bwip-js/node'
import { expect, test } from 'vitest'
import { qrPath } from '../kit/qr.tsx'
import { barsOf } from './barcode.ts'

test('a barcode is EAN-13 as the standard draws it', () => {
  // GS1 General Specifications, figure of 5901234123457
  expect(barsOf('5901234123457')).toBe(
    '10100010110100111011001100100110111101001110101010110011011011001000010101110010011101000100101',
  )
})

test('a barcode has the bars that another program draws', () => {
  for (const code of ['2900000000018', '2900000123458', '2998765432106', '4006381333931']) {
    const [drawn] = bwip.raw('ean13', code, {} as never) as { sbs?: number[] }[]
    // widths of bars and gaps in turn
    const bars = drawn!.sbs!.map((width, i) => String((i + 1) % 2).repeat(width)).join('')
    expect([code, barsOf(code)]).toEqual([code, bars])
  }
})

test('a spend code fits the smallest sizes of a QR code and keeps its white margin', () => {
  const { path, size } = qrPath('RGS1.2S.1K5QW3C.AbCdEfGhIjKlMnOp')
  expect(size).toBe(29 + 8)
  expect(path.startsWith('M4 4h1v1h-1z')).toBe(true)
})
