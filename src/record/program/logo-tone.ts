/**
 * How light a logo is, and what it must lie on to be seen. Most logos are see-through, so a white one is nothing on
 * paper and a black one nothing at night: where it would be lost it gets a plate in one of the brand's own colours.
 */
import { inflateSync } from 'node:zlib'
import { contrastOf, luminanceOf, type Colour, type Scheme, type Schemes } from './colours.ts'
import { sizeOfPng } from './png.ts'

/**
 * Logos are exempt from the 3 to 1 of WCAG 2.2 (1.4.11), and many in strong colours stand on white at a little over 2;
 * below that the shape is lost.
 */
const logoContrastMin = 2
/** A picture that leaves so little of its ground open brings one of its own … */
const ownGroundMin = 0.98
/** … when something stands out on it: the light and the dark twentieth of it, by contrast. */
const twentieth = 0.05

/** What lies under the logo; null: nothing is needed. */
export interface LogoPlate {
  /** On the app's paper: signing in, joining, a friend's link. */
  page: Colour | null
  /** On the card. */
  card: Colour | null
}
export interface LogoPlates {
  light: LogoPlate
  dark: LogoPlate
}

/** Where members see it without the card (web/kit/hand.css). */
const papers = { light: '#faf7f2', dark: '#1b1815' } as const

/** The plates under a logo of this luminance by day and by night; `null` luminance needs none. */
export function platesFor(luminance: number | null, schemes: Schemes): LogoPlates {
  const of = (light: 'light' | 'dark'): LogoPlate => ({
    page: plateOn(papers[light], luminance, schemes[light]),
    card: plateOn(schemes[light].brand, luminance, schemes[light]),
  })
  return { light: of('light'), dark: of('dark') }
}

function plateOn(ground: Colour, luminance: number | null, { brand, on_brand }: Scheme): Colour | null {
  if (luminance === null) return null
  const seenOn = (colour: Colour) => ratio(luminance, luminanceOf(colour))
  if (seenOn(ground) >= logoContrastMin) return null
  const best = [brand, on_brand].reduce((one, other) => (seenOn(other) > seenOn(one) ? other : one))
  // a plate in the colour of the ground would be none
  return seenOn(best) > seenOn(ground) && contrastOf(best, ground) > 1 ? best : null
}

const ratio = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)

/**
 * Mean relative luminance (WCAG 2.2) of what is drawn, weighted by how opaque it is: 0 black to 1 white. Null: it is
 * seen anywhere, for it brings its own ground; or it is written in a way that we do not read (interlaced, or with other
 * than eight bits), which no browser's canvas does.
 */
export function luminanceOfLogo(png: Buffer): number | null {
  const pixels = pixelsOf(png)
  if (!pixels) return null
  let [ink, weighed] = [0, 0]
  const drawn: number[] = []
  for (const { luminance, alpha } of pixels) {
    ink += alpha
    weighed += alpha * luminance
    if (alpha >= 0.5) drawn.push(luminance)
  }
  if (ink === 0) return null
  if (ink / pixels.length >= ownGroundMin) {
    drawn.sort((a, b) => a - b)
    const at = (share: number) => drawn[Math.round(share * (drawn.length - 1))]!
    if (ratio(at(1 - twentieth), at(twentieth)) >= logoContrastMin) return null
  }
  return weighed / ink
}

/** Channels by PNG's colour type: grey, colour, palette, grey with alpha, colour with alpha. */
const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

interface Pixel {
  luminance: number
  /** 0 to 1. */
  alpha: number
}

/** PNG (third edition), eight bits a channel, not interlaced; null for others. */
function pixelsOf(png: Buffer): Pixel[] | null {
  const size = sizeOfPng(png)
  const [bits, type, interlaced] = [png[24], png[25], png[28]]
  const wide = channels[type ?? -1]
  if (!size || bits !== 8 || interlaced !== 0 || !wide) return null
  const chunks = chunksOf(png)
  const bytes = inflated(Buffer.concat(chunks.filter(({ name }) => name === 'IDAT').map(({ data }) => data)), {
    bytes: size.height * (1 + size.width * wide),
  })
  if (!bytes) return null
  const samples = unfiltered(bytes, size.width * wide, size.height, wide)
  const named = (name: string) => chunks.find((one) => one.name === name)?.data
  const colourAt = readerFor(type!, samples, { palette: named('PLTE'), clear: named('tRNS') })
  return Array.from({ length: size.width * size.height }, (_, nth) => colourAt(nth * wide))
}

function chunksOf(png: Buffer): { name: string; data: Buffer }[] {
  const chunks: { name: string; data: Buffer }[] = []
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at)
    chunks.push({ name: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

/** Never more than the picture has; null for what cannot be read. */
function inflated(data: Buffer, { bytes }: { bytes: number }): Buffer | null {
  try {
    const found = inflateSync(data, { maxOutputLength: bytes })
    return found.length === bytes ? found : null
  } catch {
    return null
  }
}

/** Rows without their filters (PNG, 9): each byte was written as the difference to its neighbours. */
function unfiltered(bytes: Buffer, wide: number, high: number, pixel: number): Buffer {
  const out = Buffer.alloc(wide * high)
  for (let row = 0; row < high; row += 1) {
    const filter = bytes[row * (wide + 1)]!
    for (let at = 0; at < wide; at += 1) {
      const here = row * wide + at
      const left = at >= pixel ? out[here - pixel]! : 0
      const above = row > 0 ? out[here - wide]! : 0
      const corner = at >= pixel && row > 0 ? out[here - wide - pixel]! : 0
      const guess =
        filter === 1
          ? left
          : filter === 2
            ? above
            : filter === 3
              ? (left + above) >> 1
              : filter === 4
                ? paeth(left, above, corner)
                : 0
      out[here] = bytes[row * (wide + 1) + 1 + at]! + guess
    }
  }
  return out
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)]
  return a <= b && a <= c ? left : b <= c ? above : corner
}

/** Reads a pixel whose samples begin at a place. */
function readerFor(type: number, samples: Buffer, { palette, clear }: { palette?: Buffer; clear?: Buffer }) {
  const known = new Map<number, number>()
  const lit = (red: number, green: number, blue: number) => {
    const key = (red << 16) | (green << 8) | blue
    const found = known.get(key) ?? luminanceOf(`#${key.toString(16).padStart(6, '0')}`)
    known.set(key, found)
    return found
  }
  return (at: number): Pixel => {
    const [one, two, three, four] = [samples[at]!, samples[at + 1], samples[at + 2], samples[at + 3]]
    if (type === 3) {
      const [red, green, blue] = [0, 1, 2].map((nth) => palette?.[one * 3 + nth] ?? 0) as [number, number, number]
      return { luminance: lit(red, green, blue), alpha: (clear?.[one] ?? 255) / 255 }
    }
    if (type === 0 || type === 4) return { luminance: lit(one, one, one), alpha: type === 4 ? two! / 255 : 1 }
    return { luminance: lit(one, two!, three!), alpha: type === 6 ? four! / 255 : 1 }
  }
}
