/** The demo brand's pictures, drawn by code: a tea leaf as its icon, hills of tea in the morning on its card. */
import type { Tx } from '../../base/db.ts'
import * as program from '../../record/program/program.ts'
import { pictureSizes, type PictureKind } from '../../record/program/types.ts'

export type Colour = readonly [number, number, number]
/** What is seen at a point; x and y are shares of the picture's height, y downward, x from its middle. */
export type Drawing = (x: number, y: number) => Colour

const green: Colour = [47, 93, 80]
const cream: Colour = [246, 239, 222]
const sky: Colour = [232, 226, 204]
const sun: Colour = [232, 160, 96]
const hills: readonly Colour[] = [[168, 186, 160], [110, 148, 124], [71, 118, 99], green]

/** Each pixel is looked at in so many places a side, so that edges are smooth. */
const looks_usual = 3

/** A leaf at the origin, half a unit long: two arcs that meet, and the vein between them. */
function isLeaf(x: number, y: number, size: number): boolean {
  const turned = { along: (x - y) / Math.SQRT2 / size, across: (x + y) / Math.SQRT2 / size }
  const { along, across } = turned
  const [radius, off] = [0.68, 0.46]
  const isInside = Math.hypot(along, across - off) < radius && Math.hypot(along, across + off) < radius
  const isVein = Math.abs(across) < 0.018 && along < 0.3
  return isInside && !isVein
}

/** What phones cut round stays clear: the leaf keeps to the middle of its ground. */
const icon: Drawing = (x, y) => {
  const stalk = Math.abs(x + y - 0.5) < 0.026 && x - y + 0.5 < -0.2 && x > -0.29
  return isLeaf(x - 0.02, y - 0.48, 0.62) || stalk ? cream : green
}

const card: Drawing = (x, y) => {
  const front = hills.findLastIndex((_colour, i) => y > crest(x, i))
  if (front >= 0) return hills[front]!
  return Math.hypot(x - 0.62, y - 0.34) < 0.13 ? sun : sky
}

/** How high a row of hills stands, nearer ones lower: two waves that do not repeat within the picture. */
function crest(x: number, row: number): number {
  return 0.42 + row * 0.16 + 0.09 * Math.sin(x * 2.3 + row * 1.9) + 0.035 * Math.sin(x * 6.1 - row * 2.7)
}

const drawings: Partial<Record<PictureKind, Drawing>> = { icon, card }

export async function makePictures(tx: Tx): Promise<void> {
  for (const [kind, drawing] of Object.entries(drawings) as [PictureKind, Drawing][]) {
    const pngs = pictureSizes[kind].map(({ name, width, height }) => ({ name, png: pngOf(drawing, width, height) }))
    await program.changePicture(tx, kind, pngs)
  }
}

/** The drawing at a size, in pixels. */
export const pngOf = (drawing: Drawing, width: number, height: number, looks = looks_usual): Buffer =>
  program.drawnPng(width, height, (left, top) => smooth(drawing, { left, top, width, height, looks }))

/** The mean of what is seen within one pixel. */
function smooth(
  drawing: Drawing,
  at: { left: number; top: number; width: number; height: number; looks: number },
): Colour {
  const { looks } = at
  const sum: [number, number, number] = [0, 0, 0]
  for (let i = 0; i < looks * looks; i++) {
    const x = (at.left + ((i % looks) + 0.5) / looks - at.width / 2) / at.height
    const y = (at.top + (Math.floor(i / looks) + 0.5) / looks) / at.height
    const seen = drawing(x, y)
    sum[0] += seen[0]
    sum[1] += seen[1]
    sum[2] += seen[2]
  }
  return sum.map((part) => Math.round(part / (looks * looks))) as unknown as Colour
}
