/** What is drawn is what cameras read: held against the standard's own examples and the shape of every code. */
import { expect, test } from 'vitest'
import { barsOf } from './barcode.ts'
import { qrOf } from './qr.ts'

/** Reads the fifteen bits beside the upper left corner, as a camera does first. */
function formatOf(grid: boolean[][]): number {
  const places: [number, number][] = [0, 1, 2, 3, 4, 5, 7, 8].map((y) => [8, y])
  places.push([7, 8], [5, 8], [4, 8], [3, 8], [2, 8], [1, 8], [0, 8])
  return places.reduce((bits, [x, y], i) => bits | (Number(grid[y]![x]) << i), 0)
}

/** ISO/IEC 18004, table C.1: the bits of level M with masks 0 to 7. */
const formats = [0x5412, 0x5125, 0x5e7c, 0x5b4b, 0x45f9, 0x40ce, 0x4f97, 0x4aa0]

test('a QR code has its corners, its timing and a format of level M', () => {
  for (const [length, size] of [
    [1, 21],
    [14, 21],
    [15, 25],
    [26, 25],
    [27, 29],
    [42, 29],
    [43, 33],
    [62, 33],
  ] as const) {
    const grid = qrOf('x'.repeat(length))
    expect([length, grid.length]).toEqual([length, size])
    const row = (y: number, from: number) =>
      grid[y]!.slice(from, from + 7)
        .map(Number)
        .join('')
    for (const [x, y] of [
      [0, 0],
      [size - 7, 0],
      [0, size - 7],
    ] as const)
      expect([0, 1, 2, 3, 4, 5, 6].map((dy) => row(y + dy, x))).toEqual([
        '1111111',
        '1000001',
        '1011101',
        '1011101',
        '1011101',
        '1000001',
        '1111111',
      ])
    expect(grid[6]!.slice(8, size - 8).every((dark, i) => dark === (i % 2 === 0))).toBe(true)
    expect(formats).toContain(formatOf(grid))
  }
  expect(() => qrOf('x'.repeat(63))).toThrow(RangeError)
})

/** Read back by another program when it was written; a module changed is a code that nobody reads. */
test('one code is drawn module by module as it was when it was read', () => {
  const rows = qrOf('RGS1.1.ABC').map((row) => Number.parseInt(row.map(Number).join(''), 2).toString(16))
  expect(rows).toEqual([
    '1fd37f',
    '105b41',
    '17405d',
    '175b5d',
    '17405d',
    '104441',
    '1fd57f',
    '1800',
    '16e84b',
    '1ca92c',
    '845e7',
    '9210b',
    '1b621c',
    '1c5b',
    '1fdcdc',
    '105385',
    '174244',
    '1754a2',
    '175eec',
    '104b59',
    '1fd3a4',
  ])
})

test('a barcode is EAN-13 as the standard draws it', () => {
  // GS1 General Specifications, figure of 5901234123457
  expect(barsOf('5901234123457')).toBe(
    '10100010110100111011001100100110111101001110101010110011011011001000010101110010011101000100101',
  )
  expect(barsOf('2900000000018')).toHaveLength(95)
})
