/** PNG (third edition): enough to know that one is whole and how large, and to write what was drawn. */
import { crc32, deflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/**
 * Width and height in pixels, or null when this is no whole PNG: signature, IHDR first, chunks that fit, IDAT among
 * them and IEND at the very end (nothing may hide behind it).
 */
export function sizeOfPng(png: Buffer): { width: number; height: number } | null {
  if (!png.subarray(0, 8).equals(signature)) return null
  const chunks: string[] = []
  let at = 8
  while (at + 12 <= png.length) {
    const length = png.readUInt32BE(at)
    chunks.push(png.toString('latin1', at + 4, at + 8))
    at += 12 + length
    if (chunks.at(-1) === 'IEND') break
  }
  const isWhole = at === png.length && chunks.at(-1) === 'IEND' && chunks.includes('IDAT')
  if (!isWhole || chunks[0] !== 'IHDR' || png.readUInt32BE(8) !== 13) return null
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  return width > 0 && height > 0 ? { width, height } : null
}

/** A picture of one colour, where the brand has none of its own. */
export function plainPng(width: number, height: number, colour: string): Buffer {
  const pixel = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return drawnPng(width, height, () => pixel)
}

/** A picture whose every pixel is asked for: red, green and blue, 0 to 255, from the left and from the top. */
export function drawnPng(
  width: number,
  height: number,
  pixelAt: (left: number, top: number) => readonly number[],
): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // eight bits a channel, true colour
  header.set([8, 2], 8)
  // a row begins with its filter: none
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let at = 0; at < width * height; at++) {
    const [left, top] = [at % width, Math.floor(at / width)]
    rows.set(pixelAt(left, top), top * (1 + width * 3) + 1 + left * 3)
  }
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
