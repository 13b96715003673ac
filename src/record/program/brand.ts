/** How the brand looks: name, colours, pictures, texts. Both apps, the passes and the letters follow it. */
import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { audit, differenceOf } from '../staff/staff.ts'
import { contrastOf, inkOn, mended, schemesOf, textContrastMin, type Schemes } from './colours.ts'
import { luminanceOfLogo, platesFor, type LogoPlates } from './logo-tone.ts'
import { sizeOfPng } from './png.ts'
import {
  picture_bytes_max,
  pictureSizes,
  type Brand,
  type BrandChanges,
  type Picture,
  type PictureKind,
} from './types.ts'

/** The house's own: a dark wood, until the brand says otherwise. */
const plain = {
  main_colour: '#33261d',
  on_colour: null,
  pictures: {},
  texts: { greeting: {}, terms_url: {}, help: {} },
} satisfies Omit<Brand, 'name'>
const plainName = 'Regulars'
/** With persimmon for what is pressed (web/kit/hand.css), which no brand's colour would come to. */
const house: Schemes = {
  light: { brand: '#33261d', on_brand: '#fdf6ec', action: '#c2461a', on_action: '#fffdfa', link: '#a33913' },
  dark: { brand: '#3a2c22', on_brand: '#fdf6ec', action: '#c2461a', on_action: '#fffdfa', link: '#f49c77' },
}

function schemesFor(main_colour: string, on_colour: string | null): Schemes {
  return main_colour === plain.main_colour && on_colour === null ? house : schemesOf(main_colour, on_colour)
}
/** Pages that were opened before still ask for the pictures they knew. */
const old_pictures_days = 30

type Kept = Partial<Omit<Brand, 'name'>>

/** The brand with what follows from it. */
export type Look = Brand & { schemes: Schemes; logo_plates: LogoPlates }

const toneOf = ({ pictures }: Pick<Brand, 'pictures'>) => pictures.logo?.['1x']?.luminance ?? null

/** The brand; before the program is founded, the house's own look. */
export async function brandOf(db: Reader): Promise<Look> {
  const row = await db.row<{ name: string; brand: Kept }>(sql`select name, brand from program`)
  const brand = { ...plain, ...row?.brand, name: row?.name ?? plainName }
  const schemes = schemesFor(brand.main_colour, brand.on_colour)
  const texts = { ...plain.texts, ...brand.texts }
  return { ...brand, texts, schemes, logo_plates: platesFor(toneOf(brand), schemes) }
}

/**
 * What two colours come to, and the nearest that can be read. `on` null: paper or ink, whichever is read better.
 * `logo`: the brand whose logo lies on them.
 */
export function judgeColours(main_colour: string, on_colour: string | null, logo: Pick<Brand, 'pictures'>) {
  const on = on_colour ?? inkOn(main_colour)
  const contrast = contrastOf(main_colour, on)
  const schemes = schemesFor(main_colour, on_colour)
  return {
    contrast: Math.round(contrast * 100) / 100,
    contrast_min: textContrastMin,
    passes: contrast >= textContrastMin,
    nearest_on: mended(on, main_colour),
    nearest_main: mended(main_colour, on),
    schemes,
    logo_plates: platesFor(toneOf(logo), schemes),
  }
}

/**
 * Changes the brand; what is not named stays. Throws `brand.contrast_too_low` with the nearest colours that pass, when
 * what is written on the main colour could not be read.
 */
export async function changeBrand(tx: Tx, changes: BrandChanges): Promise<Look> {
  await tx.run(sql`select from program for update`)
  const before = await brandOf(tx)
  const { name: _name, schemes: _schemes, logo_plates: _plates, ...kept } = before
  const { name = before.name, ...wanted } = changes
  const after: Omit<Brand, 'name'> = { ...kept, ...wanted }
  const judged = judgeColours(after.main_colour, after.on_colour, after)
  if (!judged.passes) {
    const { contrast, contrast_min, nearest_on, nearest_main } = judged
    throw new AppError('brand.contrast_too_low', { contrast, contrast_min, nearest_on, nearest_main })
  }
  return keep(tx, before, { name: name.trim(), ...after })
}

/**
 * Takes a picture in all its sizes. Throws `brand.picture_unreadable` (no PNG), `brand.picture_size_wrong`,
 * `brand.picture_too_large`.
 */
export async function changePicture(
  tx: Tx,
  kind: PictureKind,
  pngs: readonly { name: string; png: Buffer }[],
): Promise<Look> {
  const read = pictureSizes[kind].map((size) => {
    const { name } = size
    const png = pngs.find((one) => one.name === name)?.png
    if (!png) throw new AppError('brand.picture_size_wrong', { name })
    if (png.length > picture_bytes_max)
      throw new AppError('brand.picture_too_large', { bytes_max: picture_bytes_max })
    const found = sizeOfPng(png)
    if (!found) throw new AppError('brand.picture_unreadable', { name })
    const fits = size.is_exact
      ? found.width === size.width && found.height === size.height
      : found.width <= size.width && found.height <= size.height
    if (!fits) throw new AppError('brand.picture_size_wrong', { name, width: size.width, height: size.height })
    return { name, png, ...found, hash: createHash('sha256').update(png).digest('hex').slice(0, 32) }
  })
  await tx.run(sql`
    insert into brand_pictures (hash, width, height, png, created_at)
    select hash, width, height, decode(png, 'base64'), ${tx.now}::timestamptz
    from unnest(${read.map(({ hash }) => hash)}::text[], ${read.map(({ width }) => width)}::int[],
      ${read.map(({ height }) => height)}::int[], ${read.map(({ png }) => png.toString('base64'))}::text[]
    ) as picture (hash, width, height, png)
    on conflict (hash) do nothing`)
  // the smallest tells as much of its tone as the largest
  const tone = kind === 'logo' ? { luminance: luminanceOfLogo(read.at(-1)!.png) } : {}
  const sizes = read.map(({ name, hash, width, height }): [string, Picture] => [
    name,
    { hash, width, height, ...tone },
  ])
  return changePictures(tx, kind, Object.fromEntries(sizes))
}

/** Takes a picture away; the house's own stands in. */
export async function removePicture(tx: Tx, kind: PictureKind): Promise<Look> {
  return changePictures(tx, kind, null)
}

async function changePictures(tx: Tx, kind: PictureKind, sizes: Record<string, Picture> | null) {
  await tx.run(sql`select from program for update`)
  const before = await brandOf(tx)
  const { schemes: _schemes, logo_plates: _plates, ...kept } = before
  const { [kind]: _old, ...pictures } = kept.pictures
  const after = await keep(tx, before, { ...kept, pictures: { ...pictures, ...(sizes ? { [kind]: sizes } : {}) } })
  const named = Object.values(after.pictures).flatMap((one) => Object.values(one).map(({ hash }) => hash))
  await tx.run(sql`
    delete from brand_pictures where hash <> all (${named}::text[])
      and created_at < ${tx.now}::timestamptz - ${old_pictures_days}::int * interval '1 day'`)
  return after
}

async function keep(tx: Tx, before: Brand, { name, ...brand }: Brand): Promise<Look> {
  await tx.run(sql`update program set name = ${name}::text, brand = ${JSON.stringify(brand)}::jsonb`)
  const after = await brandOf(tx)
  await audit(tx, [{ action: 'brand.changed', noun: 'program', noun_id: null, ...differenceOf(before, after) }])
  return after
}

/** The bytes of pictures by their hashes. */
export async function pngsOf(db: Reader, hashes: readonly string[]): Promise<Map<string, Buffer>> {
  const rows = await db.rows<{ hash: string; png: Buffer }>(sql`
    select hash, png from brand_pictures where hash = any (${hashes}::text[])`)
  return new Map(rows.map(({ hash, png }) => [hash, png]))
}

/** The bytes of one picture. Throws `brand.picture_not_found`. */
export async function pngOf(db: Reader, hash: string): Promise<Buffer> {
  const png = (await pngsOf(db, [hash])).get(hash)
  if (!png) throw new AppError('brand.picture_not_found', { hash }, { status: 404 })
  return png
}
