/** Faces of the demo's members, drawn by code: flat and friendly, nobody's likeness. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import { diceOf, pick, type Dice } from './dice.ts'
import { pngOf, type Colour, type Drawing } from './pictures.ts'

/** Those who bought last are met first, at the counter and in lists; so many of them whatever the brand's size. */
const looked_at = 200
/** Of them, who put a picture. */
const share = 0.6
/** Nearly twice what the counter shows; four looks a pixel: 2 kB, drawn in 10 ms, so that a hundred take a second. */
const side = 96
const looks_a_side = 2

const grounds: readonly Colour[] = [
  [221, 232, 214],
  [246, 226, 205],
  [214, 228, 238],
  [240, 219, 219],
  [231, 224, 240],
  [250, 238, 200],
]
const skins: readonly Colour[] = [
  [250, 221, 196],
  [243, 205, 172],
  [229, 184, 148],
  [205, 155, 118],
]
const hairs: readonly Colour[] = [
  [38, 32, 30],
  [58, 42, 34],
  [92, 62, 42],
  [130, 88, 56],
]
const greys: readonly Colour[] = [
  [150, 148, 146],
  [196, 193, 190],
]
const clothes: readonly Colour[] = [
  [47, 93, 80],
  [178, 86, 60],
  [70, 98, 140],
  [150, 110, 60],
  [120, 82, 120],
  [90, 100, 104],
]
const pupil: Colour = [45, 38, 36]
const lips: Colour = [176, 84, 76]
/** From here on hair is grey as often as not. */
const grey_from_years = 58

interface Sitter {
  gender: string | null
  /** Years at the end of the demo; null: unknown. */
  age: number | null
}

type Cut = 'short' | 'bald' | 'bob' | 'long' | 'bun'
interface Looks {
  ground: Colour
  skin: Colour
  hair: Colour
  cloth: Colour
  cut: Cut
  /** How far down the hair stands in the forehead, and to which side it falls. */
  fringe: number
  parting: number
  has_glasses: boolean
  has_beard: boolean
}

function looksOf(dice: Dice, { gender, age }: Sitter): Looks {
  const isOld = age !== null && age >= grey_from_years
  const isMan = gender === 'male'
  const cuts: readonly Cut[] = !isMan ? ['bob', 'long', 'bun'] : isOld ? ['short', 'bald'] : ['short']
  return {
    ground: pick(dice, grounds),
    skin: pick(dice, skins),
    hair: pick(dice, isOld && dice() < 0.7 ? greys : hairs),
    cloth: pick(dice, clothes),
    cut: pick(dice, cuts),
    fringe: 0.29 + dice() * 0.06,
    parting: (dice() - 0.5) * 0.5,
    has_glasses: dice() < (isOld ? 0.5 : 0.25),
    has_beard: isMan && dice() < 0.2,
  }
}

const isIn = (x: number, y: number, [left, top, wide, high]: readonly [number, number, number, number]) =>
  ((x - left) / wide) ** 2 + ((y - top) / high) ** 2 < 1
/** Middle, and half the width and height. */
const head = [0, 0.43, 0.175, 0.215] as const
const shade = (colour: Colour, by: number) => colour.map((part) => Math.round(part * by)) as unknown as Colour

/** Eyes, mouth, glasses, beard; null: bare skin. */
function featureAt(x: number, y: number, { hair, skin, has_glasses, has_beard }: Looks): Colour | null {
  const aside = Math.abs(x)
  const toEye = Math.hypot(aside - 0.07, y - 0.43)
  if (toEye < 0.017) return pupil
  if (has_glasses && (Math.abs(toEye - 0.052) < 0.007 || (aside < 0.02 && Math.abs(y - 0.42) < 0.006))) return pupil
  const toMouth = Math.hypot(x, y - 0.47)
  if (Math.abs(toMouth - 0.075) < 0.009 && y > 0.515) return lips
  if (has_beard && y > 0.5 && (aside > 0.06 || y > 0.565)) return hair
  return Math.hypot(aside - 0.105, y - 0.5) < 0.028 ? shade(skin, 0.94) : null
}

/** Hair before the forehead. */
const isFringe = (x: number, y: number, { cut, fringe, parting }: Looks) =>
  cut !== 'bald' && isIn(x, y, [0, 0.39, 0.195, 0.21]) && y < fringe + parting * x + 0.9 * x * x

/** Hair behind head and shoulders. */
function isBehind(x: number, y: number, { cut }: Looks): boolean {
  if (cut === 'bun') return isIn(x, y, [0, 0.165, 0.085, 0.08]) || isIn(x, y, [0, 0.39, 0.2, 0.215])
  if (cut === 'bob') return isIn(x, y, [0, 0.44, 0.235, 0.255]) && y < 0.62
  if (cut === 'long') return (isIn(x, y, [0, 0.42, 0.235, 0.24]) || (Math.abs(x) < 0.235 && y > 0.42)) && y < 0.86
  return cut === 'short' && isIn(x, y, [0, 0.38, 0.19, 0.205]) && y < 0.46
}

function drawingOf(looks: Looks): Drawing {
  const { ground, skin, hair, cloth } = looks
  return (x, y) => {
    if (isFringe(x, y, looks)) return hair
    if (isIn(x, y, head)) return featureAt(x, y, looks) ?? skin
    if (Math.hypot(Math.abs(x) - 0.175, y - 0.45) < 0.035) return skin
    if (Math.abs(x) < 0.07 && y > 0.55 && y < 0.72 + 0.6 * (0.07 - Math.abs(x))) return shade(skin, 0.92)
    if (isIn(x, y, [0, 1.03, 0.37, 0.35])) return cloth
    return isBehind(x, y, looks) ? hair : ground
  }
}

/** The face of one member, as PNG: the same for the same seed and number. */
export function faceOf(seed: number, number: number, sitter: Sitter): Buffer {
  return pngOf(drawingOf(looksOf(diceOf(seed, number, 13), sitter)), side, side, looks_a_side)
}

/** Some of those who bought last put a picture of themselves. Two reads and writes, however many members there are. */
export async function makeFaces(tx: Tx, seed: number): Promise<void> {
  const rows = await tx.rows<Sitter & { member_id: string; number: number }>(sql`
    select m.member_id, m.number, m.gender,
      extract(year from age(${tx.now}::timestamptz, m.birth_date::date))::int as age
    from members m join member_statistics s on s.member_id = m.member_id
    where m.kind = 'member' and s.last_order_at is not null
    order by s.last_order_at desc, m.member_id limit ${looked_at}::int`)
  const sitting = rows.filter(({ number }) => diceOf(seed, number, 17)() < share)
  const images = sitting.map(({ member_id, number, ...sitter }) => ({
    member_id,
    image: faceOf(seed, number, sitter),
  }))
  await members.setPictures(tx, images)
}
