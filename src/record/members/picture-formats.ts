/** JPEG, PNG and WebP: enough to know by its bytes what a picture is, and how large. */
import { sizeOfPng } from '../program/program.ts'

export const picture_types = ['image/jpeg', 'image/png', 'image/webp'] as const
export type PictureType = (typeof picture_types)[number]

export interface PictureFormat {
  type: PictureType
  /** Pixels. */
  width: number
  height: number
}

/** What these bytes are, or null when they are no picture of a kind that is taken. */
export function formatOf(bytes: Buffer): PictureFormat | null {
  const readers = { 'image/jpeg': sizeOfJpeg, 'image/png': sizeOfPng, 'image/webp': sizeOfWebp }
  for (const type of picture_types) {
    const size = readers[type](bytes)
    if (size) return size.width > 0 && size.height > 0 ? { type, ...size } : null
  }
  return null
}

interface Size {
  width: number
  height: number
}

/** A frame begins with SOF0 to SOF15, among which DHT, JPG and DAC stand (ITU-T T.81, table B.1). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const endOfJpeg = Buffer.from([0xff, 0xd9])

/** From its start to its end; the size stands in the frame, before what was drawn (ITU-T T.81, B.2.2). */
function sizeOfJpeg(bytes: Buffer): Size | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8 || !bytes.subarray(-2).equals(endOfJpeg)) return null
  let at = 2
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!
    if (isFrame(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    // any marker may be filled up with more of its first byte (B.1.1.2)
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}

/** A RIFF as long as it says; plain, lossless or extended (RFC 9649, 2.5 to 2.7). */
function sizeOfWebp(bytes: Buffer): Size | null {
  if (bytes.length < 30 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP')
    return null
  if (bytes.readUInt32LE(4) + 8 !== bytes.length) return null
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
    default:
      return null
  }
}
