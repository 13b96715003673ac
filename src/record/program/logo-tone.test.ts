/** Is a logo seen on what it lies on? Pictures as canvases and drawing programs write them. */
import { crc32, deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { contrastOf, schemesOf } from './colours.ts'
import { luminanceOfLogo, platesFor } from './logo-tone.ts'
import { plainPng } from './png.ts'

const chunk = (name: string, data: Buffer) => {
  const [body, length, check] = [Buffer.concat([Buffer.from(name), data]), Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** A picture in a colour type, every row filtered in another of the five ways (PNG, 9.2). */
function written(type: number, rows: readonly Buffer[], more: readonly Buffer[] = [], bits = 8, interlaced = 0) {
  const pixel = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[type]!
  const header = Buffer.alloc(13)
  header.writeUInt32BE(rows[0]!.length / pixel, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([bits, type, 0, 0, interlaced], 8)
  const filtered = rows.map((row, high) => {
    const filter = high % 5
    const above = rows[high - 1] ?? Buffer.alloc(row.length)
    const out = Array.from(row, (value, at) => {
      const [a, b, c] = [row[at - pixel] ?? 0, above[at]!, at >= pixel ? above[at - pixel]! : 0]
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
      const guesses = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c]
      return (value - guesses[filter]! + 256) % 256
    })
    return Buffer.from([filter, ...out])
  })
  const data = chunk('IDAT', deflateSync(Buffer.concat(filtered)))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), ...more, data, chunk('IEND', Buffer.alloc(0))])
}

/** Ten rows of twelve pixels, each asked for. */
const drawn = (type: number, pixelAt: (left: number, top: number) => number[], more?: Buffer[]) =>
  written(
    type,
    Array.from({ length: 10 }, (_, top) =>
      Buffer.from(Array.from({ length: 12 }, (_, left) => pixelAt(left, top)).flat()),
    ),
    more,
  )
const isWord = (left: number, top: number) => left > 2 && left < 9 && top > 3 && top < 7

test('a see-through logo is as light as its word, whatever stands in the pixels that nobody sees', () => {
  const white = drawn(6, (left, top) => (isWord(left, top) ? [255, 255, 255, 255] : [0, 0, 0, 0]))
  const black = drawn(6, (left, top) => (isWord(left, top) ? [0, 0, 0, 255] : [255, 255, 255, 0]))
  expect(luminanceOfLogo(white)).toBe(1)
  expect(luminanceOfLogo(black)).toBe(0)
  // its soft edge weighs as much as it is seen
  const soft = drawn(6, (left, top) => (isWord(left, top) ? [255, 255, 255, 255] : [0, 0, 0, 13]))
  expect(luminanceOfLogo(soft)).toBeCloseTo(18 / (18 + (102 * 13) / 255), 5)
})

test('grey, palettes and pictures without transparency are read as what they show', () => {
  expect(luminanceOfLogo(drawn(4, (left, top) => [255, isWord(left, top) ? 255 : 0]))).toBe(1)
  const palette = [chunk('PLTE', Buffer.from([0, 0, 0, 255, 255, 255])), chunk('tRNS', Buffer.from([0]))]
  expect(luminanceOfLogo(drawn(3, (left, top) => [isWord(left, top) ? 1 : 0], palette))).toBe(1)
  expect(luminanceOfLogo(plainPng(160, 50, '#ffffff'))).toBe(1)
  expect(luminanceOfLogo(drawn(0, () => [0]))).toBe(0)
})

test('a picture with a ground of its own needs none of ours; nor does one that we cannot read', () => {
  expect(luminanceOfLogo(drawn(2, (left, top) => (isWord(left, top) ? [20, 20, 20] : [255, 255, 255])))).toBeNull()
  expect(luminanceOfLogo(drawn(6, () => [9, 9, 9, 0]))).toBeNull()
  const rows = [Buffer.from([1, 2, 3, 4])]
  expect(luminanceOfLogo(written(6, rows, [], 8, 1))).toBeNull()
  expect(luminanceOfLogo(written(6, rows, [], 16))).toBeNull()
  // says it is small and is not: never more is unpacked than it says
  const bomb = written(6, [Buffer.alloc(4)])
  const huge = Buffer.concat([
    bomb.subarray(0, 33),
    chunk('IDAT', deflateSync(Buffer.alloc(50_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
  expect(luminanceOfLogo(huge)).toBeNull()
})

test('what is lost on a ground lies on the brand’s colour that shows it best; what is seen lies on nothing', () => {
  const schemes = schemesOf('#0b6e4f', null)
  expect(platesFor(1, schemes)).toEqual({
    light: { page: '#0b6e4f', card: null },
    dark: { page: null, card: null },
  })
  const ink = platesFor(0, schemes)
  expect(ink.light.page).toBeNull()
  // black at night: on what is written on the card
  expect(contrastOf(ink.dark.page!, '#000000')).toBeGreaterThan(4.5)
  expect(platesFor(null, schemes)).toEqual({
    light: { page: null, card: null },
    dark: { page: null, card: null },
  })
  // whatever the brand's colour, whatever the logo: it is seen
  for (const main of ['#ffffff', '#000000', '#f5d76e', '#808080', '#c2461a'])
    for (const luminance of [0, 0.05, 0.18, 0.5, 0.9, 1]) {
      const both = schemesOf(main, null)
      const plates = platesFor(luminance, both)
      for (const light of ['light', 'dark'] as const) {
        const grey = greyOf(luminance)
        const page = plates[light].page ?? { light: '#faf7f2', dark: '#1b1815' }[light]
        const card = plates[light].card ?? both[light].brand
        expect(contrastOf(grey, page), `${main} ${luminance} ${light} page`).toBeGreaterThan(1.7)
        expect(contrastOf(grey, card), `${main} ${luminance} ${light} card`).toBeGreaterThan(1.7)
      }
    }
})

/** The grey of a luminance (inverse of IEC 61966-2-1). */
function greyOf(luminance: number): string {
  const coded = luminance <= 0.0031308 ? 12.92 * luminance : 1.055 * luminance ** (1 / 2.4) - 0.055
  const byte = Math.round(coded * 255)
    .toString(16)
    .padStart(2, '0')
  return `#${byte}${byte}${byte}`
}
