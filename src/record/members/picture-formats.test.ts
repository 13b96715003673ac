import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainPng } from '../program/program.ts'
import { formatOf } from './picture-formats.ts'

/** What stands around the drawing: start, a table, the frame with its size, end. */
function jpegOf(width: number, height: number, more: readonly number[] = []): Buffer {
  const size = [height >> 8, height & 255, width >> 8, width & 255]
  const frame = [0xff, 0xc0, 0, 11, 8, ...size, 1, 1, 0x11, 0]
  return Buffer.from([0xff, 0xd8, 0xff, 0xc4, 0, 5, 0, 0, 0, ...frame, ...more, 0xff, 0xd9])
}
/** One pixel, as browsers write it: plain, lossless, with alpha. */
const webps = [
  'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
  'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==',
  'UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==',
].map((base64) => Buffer.from(base64, 'base64'))

test('a picture is known by its bytes, with its size', () => {
  expect(formatOf(plainPng(3, 2, '#ff0000'))).toEqual({ type: 'image/png', width: 3, height: 2 })
  expect(formatOf(jpegOf(640, 300))).toEqual({ type: 'image/jpeg', width: 640, height: 300 })
  for (const webp of webps) expect(formatOf(webp)).toEqual({ type: 'image/webp', width: 1, height: 1 })
})

test('what is cut off, what hides behind a picture and what is none is no picture', () => {
  for (const whole of [plainPng(3, 2, '#ff0000'), jpegOf(8, 8), ...webps]) {
    expect(formatOf(whole.subarray(0, -1))).toBeNull()
    expect(formatOf(Buffer.concat([whole, Buffer.from('<script>')]))).toBeNull()
  }
  for (const other of ['', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'GIF89a', '%PDF-1.7'])
    expect(formatOf(Buffer.from(other))).toBeNull()
  expect(formatOf(jpegOf(0, 8))).toBeNull()
})

test('any bytes are read to an end', () => {
  const heads = [jpegOf(8, 8).subarray(0, 9), Buffer.from([0xff, 0xd8]), webps[0]!.subarray(0, 16)]
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      const format = formatOf(Buffer.concat([head, rest, Buffer.from([0xff, 0xd9])]))
      expect(format === null || format.width > 0).toBe(true)
    }),
  )
})
