/** Founding a program: its row, the first tiers and rules of the presets, its owner. Once a database. */
import type { Tx } from '../base/db.ts'
import { AppError } from '../base/errors.ts'
import * as program from '../record/program/program.ts'
import * as staff from '../record/staff/staff.ts'
import * as points from '../value/points/points.ts'
import * as tiers from '../value/tiers/tiers.ts'

export interface Founding {
  name: string
  currency: string
  time_zone: string
  languages?: string[]
  /** ISO 3166 code; unless given, the zone's own country where it is plain, else GB. */
  default_country?: string
  /** The points rule to begin with (`value/points/presets.ts`); the usual one unless given. */
  points_preset?: string
}

/** Zones whose country decides how a bare local phone number is read. */
const countryByZone: Record<string, string> = {
  'Asia/Taipei': 'TW',
  'Asia/Hong_Kong': 'HK',
  'Asia/Macau': 'MO',
  'Asia/Shanghai': 'CN',
  'Asia/Singapore': 'SG',
  'Asia/Tokyo': 'JP',
  'Asia/Seoul': 'KR',
  'Asia/Ho_Chi_Minh': 'VN',
  'Asia/Kuala_Lumpur': 'MY',
  'Asia/Bangkok': 'TH',
  'Europe/London': 'GB',
  'America/New_York': 'US',
  'America/Chicago': 'US',
  'America/Los_Angeles': 'US',
}

/** The country of a zone, where it is plain: whose phone numbers stand without one. */
export function countryOfZone(zone: string): string | undefined {
  return countryByZone[zone]
}

/** Creates the program with presets that fit its currency. Throws `program.exists`. */
export async function found(tx: Tx, wanted: Founding): Promise<program.Program> {
  if (await program.find(tx)) throw new AppError('program.exists', {}, { status: 409 })
  const languages = wanted.languages ?? ['en', 'zh-TW', 'zh-CN']
  const founded = await program.create(tx, {
    name: wanted.name,
    currency: wanted.currency,
    time_zone: wanted.time_zone,
    languages,
    default_language: languages[0]!,
    default_country: wanted.default_country ?? countryOfZone(wanted.time_zone) ?? 'GB',
  })
  await staff.ensureOwner(tx)
  await tiers.foundPresets(tx, founded.currency)
  await points.foundPresets(tx, founded.currency, wanted.points_preset)
  return founded
}
