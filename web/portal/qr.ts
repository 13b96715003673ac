/**
 * QR codes by ISO/IEC 18004: bytes, error correction M (15 % may be covered), versions 1 to 4: up to 62 characters,
 * twice what a card needs.
 */

/** By version: bytes of data, correction bytes of a block, blocks, centre of the alignment pattern. */
const versions = [
  { data: 16, correction: 10, blocks: 1, align: 0 },
  { data: 28, correction: 16, blocks: 1, align: 18 },
  { data: 44, correction: 26, blocks: 1, align: 22 },
  { data: 64, correction: 18, blocks: 2, align: 26 },
] as const
/** Mode, length and terminator take two bytes and a half. */
const frame_bytes = 2

/** Products and inverses in the field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1. */
const exponents = new Uint8Array(512)
const logarithms = new Uint8Array(256)
for (let i = 0, value = 1; i < 255; i++) {
  exponents[i] = exponents[i + 255] = value
  logarithms[value] = i
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0)
}
const times = (a: number, b: number) => (a && b ? exponents[logarithms[a]! + logarithms[b]!]! : 0)

/** Dark modules, row by row; throws a RangeError for a text that is too long. */
export function qrOf(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text)
  const at = versions.findIndex(({ data }) => data >= bytes.length + frame_bytes)
  if (at < 0) throw new RangeError('too long for a card')
  const size = 21 + 4 * at
  const stream = interleaved(framed(bytes, versions[at]!.data), versions[at]!)
  const drawn = Array.from({ length: 8 }, (_, mask) => draw(size, versions[at]!.align, stream, mask))
  return drawn.reduce((best, one) => (penalty(one) < penalty(best) ? one : best))
}

/** 0100, the length, the bytes, then 11101100 and 00010001 in turn until the code is full. */
function framed(bytes: Uint8Array, length: number): number[] {
  const halves = [4, bytes.length >> 4, bytes.length & 15, ...[...bytes].flatMap((byte) => [byte >> 4, byte & 15]), 0]
  const out: number[] = []
  for (let i = 0; i + 1 < halves.length; i += 2) out.push((halves[i]! << 4) | halves[i + 1]!)
  for (let pad = 0xec; out.length < length; pad ^= 0xec ^ 0x11) out.push(pad)
  return out
}

function interleaved(data: number[], { correction, blocks }: (typeof versions)[number]): number[] {
  const length = data.length / blocks
  const parts = Array.from({ length: blocks }, (_, i) => data.slice(i * length, (i + 1) * length))
  const checks = parts.map((part) => remainder(part, correction))
  const mix = (lists: number[][]) => lists[0]!.flatMap((_, i) => lists.map((list) => list[i]!))
  return [...mix(parts), ...mix(checks)]
}

/** Reed–Solomon: what is left of the data, divided by the product of (x − 2^i). */
function remainder(data: readonly number[], degree: number): number[] {
  let generator = [1]
  for (let i = 0; i < degree; i++) {
    const next = [...generator, 0]
    generator.forEach((factor, j) => (next[j + 1]! ^= times(factor, exponents[i]!)))
    generator = next
  }
  const rest = [...data, ...Array<number>(degree).fill(0)]
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i]!
    generator.forEach((part, j) => (rest[i + j]! ^= times(part, factor)))
  }
  return rest.slice(data.length)
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

function draw(size: number, align: number, stream: readonly number[], mask: number): boolean[][] {
  const grid = Array.from({ length: size }, () => Array<boolean | null>(size).fill(null))
  const set = (x: number, y: number, dark: boolean) => {
    if (grid[y]?.[x] !== undefined) grid[y]![x] = dark
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  const square = (cx: number, cy: number, reach: number, dark: (ring: number) => boolean) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++) set(cx + dx, cy + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))))
  }
  for (const [cx, cy] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(cx, cy, 4, (ring) => ring !== 2 && ring !== 4)
  if (align) square(align, align, 2, (ring) => ring !== 1)
  format(size, mask, set)
  fill(grid, size, stream, masks[mask]!)
  return grid as boolean[][]
}

/** Level M is 00; ten bits of BCH behind it, and a mask so that it is never all light. */
function format(size: number, mask: number, set: (x: number, y: number, dark: boolean) => void): void {
  let rest = mask
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537)
  const bits = ((mask << 10) | rest) ^ 0x5412
  const bit = (i: number) => ((bits >> i) & 1) === 1
  for (let i = 0; i < 6; i++) set(8, i, bit(i))
  set(8, 7, bit(6))
  set(8, 8, bit(7))
  set(7, 8, bit(8))
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i))
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i))
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i))
  set(8, size - 8, true)
}

/** Two columns at a time from the right, up and down in turn, around what stands there. */
function fill(
  grid: (boolean | null)[][],
  size: number,
  stream: readonly number[],
  mask: (x: number, y: number) => boolean,
): void {
  let nth = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      const isUp = ((right + 1) & 2) === 0
      const y = isUp ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (grid[y]![x] !== null) continue
        const dark = nth < stream.length * 8 && ((stream[nth >> 3]! >> (7 - (nth & 7))) & 1) === 1
        grid[y]![x] = dark !== mask(x, y)
        nth += 1
      }
    }
  }
}

/** Runs and blocks of one colour make cameras stumble: the mask with the fewest is taken (rules 1, 2 and 4). */
function penalty(grid: boolean[][]): number {
  const size = grid.length
  let sum = 0
  for (const read of [(a: number, b: number) => grid[a]![b]!, (a: number, b: number) => grid[b]![a]!])
    for (let a = 0; a < size; a++)
      for (let b = 0, run = 0; b < size; b++) {
        run = b > 0 && read(a, b) === read(a, b - 1) ? run + 1 : 1
        if (run === 5) sum += 3
        else if (run > 5) sum += 1
      }
  let dark = 0
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const one = grid[y]![x]!
      if (one) dark += 1
      if (y && x && one === grid[y - 1]![x] && one === grid[y]![x - 1] && one === grid[y - 1]![x - 1]) sum += 3
    }
  return sum + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10))
}
