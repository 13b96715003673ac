/** The brand as a pass shows it: the pictures as the files that Apple names. */
import type { Reader } from '../../base/db.ts'
import * as program from '../../record/program/program.ts'

export interface Look {
  brand: Awaited<ReturnType<typeof program.brandOf>>
  /** By the names of PassKit: `icon@2x.png`. */
  files: Record<string, Buffer>
}

/** Which of the brand's sizes is which file; a wallet refuses a pass without an icon. */
const named = {
  icon: { '29': 'icon.png', '58': 'icon@2x.png', '87': 'icon@3x.png' },
  logo: { '1x': 'logo.png', '2x': 'logo@2x.png', '3x': 'logo@3x.png' },
  card: { '1x': 'strip.png', '2x': 'strip@2x.png', '3x': 'strip@3x.png' },
} as const

/** Reads the look with all its pictures, in one statement for those. */
export async function lookOf(db: Reader): Promise<Look> {
  const brand = await program.brandOf(db)
  // a wallet lays the logo on the brand's colour as it is: where it could not be seen there, the name stands
  const isLost = brand.logo_plates.light.card !== null
  const wanted = Object.entries(named).flatMap(([kind, sizes]) =>
    Object.entries(kind === 'logo' && isLost ? {} : sizes).flatMap(([size, file]) => {
      const found = brand.pictures[kind as keyof typeof named]?.[size]
      return found ? [{ file, hash: found.hash }] : []
    }),
  )
  const pngs = await program.pngsOf(
    db,
    wanted.map(({ hash }) => hash),
  )
  const files = Object.fromEntries(wanted.map(({ file, hash }) => [file, pngs.get(hash)!]))
  const { main_colour } = brand
  const plain = Object.entries(named.icon).map(([side, file]) => [
    file,
    program.plainPng(Number(side), Number(side), main_colour),
  ])
  return { brand, files: { ...(Object.fromEntries(plain) as Record<string, Buffer>), ...files } }
}
