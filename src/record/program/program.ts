/** The one program of this database. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { decimalsOf, parseCurrency } from '../../base/money.ts'
import { sql } from '../../base/sql.ts'
import { parseZone } from '../../base/time.ts'
import { audit, differenceOf } from '../staff/staff.ts'
import type { NewProgram, Program, ProgramChanges, Settings } from './types.ts'

export type { Program } from './types.ts'
export { brandOf, changeBrand, changePicture, pngsOf } from './brand.ts'
export { pageHead, pictureUrl, type Besides } from './page-head.ts'
export { drawnPng, plainPng, sizeOfPng } from './png.ts'

/** What holds until somebody says otherwise. */
export const defaultSettings: Settings = {
  // architecture's rule: past 1.5 usual intervals something is different, past 3 one sleeps, past 6 one is lost
  rhythm: { drowsy: 1.5, asleep: 3, lost: 6 },
  // an order that comes in three days late may still be thanked for; a year-old one from an import may not
  fact_hours_max: 72,
  // two weeks: the usual window of shops that buy monthly; long enough for a visit, short enough to be the message's
  // work
  attribution_days: 14,
  message_cost_minor: {},
  // one point for one minor unit: exact for "1 per 100, 1 for 1" in currencies without decimals
  point_value_minor: 1,
  // who returns everything has not earned the gift; what was used by then is forgiven
  gifts_on_refund: 'take_back_unused',
  from_name: null,
  from_email: null,
  reply_to: null,
  postal_address: null,
  contact_email: null,
  contact_phone: null,
  site_url: null,
}

/** One reading a transaction: verbs ask as often as they like. */
const read = new WeakMap<Reader, Promise<Program | null>>()

/** The program, or null before it is founded. */
export async function find(db: Reader): Promise<Program | null> {
  // the pool's reader lives for ever: only a transaction's answer may be kept
  if (!isTx(db)) return load(db)
  let found = read.get(db)
  if (!found) {
    found = load(db)
    read.set(db, found)
  }
  return found
}

/** The program. Throws `program.missing` (503) before it is founded. */
export async function current(db: Reader): Promise<Program> {
  const found = await find(db)
  if (!found) throw new AppError('program.missing', {}, { status: 503 })
  return found
}

function isTx(db: Reader): db is Tx {
  return 'actor' in db
}

async function load(db: Reader): Promise<Program | null> {
  const row = await db.row<Omit<Program, 'currency_decimals'>>(sql`
    select name, currency, time_zone, languages, default_language, default_country, settings, frozen_at, created_at
    from program`)
  if (!row) return null
  last_country = row.default_country
  return { ...row, currency_decimals: decimalsOf(row.currency), settings: { ...defaultSettings, ...row.settings } }
}

let last_country: string | null = null

/** The default country of whatever program was read last by this process: a guess, to be proved by who uses it. */
export function lastCountry(): string | null {
  return last_country
}

/** Founds the program. Throws `program.exists`, and what `check` says of its values. */
export async function create(tx: Tx, input: NewProgram): Promise<Program> {
  const wanted = checked(input)
  const made = await tx.run(sql`
    insert into program (name, currency, time_zone, languages, default_language, default_country, settings, created_at)
    values (${wanted.name}::text, ${wanted.currency}::text, ${wanted.time_zone}::text, ${wanted.languages}::text[],
      ${wanted.default_language}::text, ${wanted.default_country}::text, ${JSON.stringify(input.settings ?? {})}::jsonb,
      ${tx.now}::timestamptz)
    on conflict (one) do nothing`)
  if (made === 0) throw new AppError('program.exists', {}, { status: 409 })
  read.delete(tx)
  await audit(tx, [{ action: 'program.created', noun: 'program', noun_id: null, after: { ...wanted } }])
  return current(tx)
}

/**
 * Changes the program; of `settings` only what is named. Throws `program.frozen` for another currency or zone once
 * orders exist: amounts and days in the books would change their meaning.
 */
export async function update(tx: Tx, changes: ProgramChanges): Promise<Program> {
  // the row lock comes before the reading, or an order could come in between
  await tx.run(sql`select from program for update`)
  read.delete(tx)
  const before = await current(tx)
  const { settings, ...named } = changes
  const wanted = checked({ ...before, ...named })
  if (before.frozen_at && (wanted.currency !== before.currency || wanted.time_zone !== before.time_zone)) {
    throw new AppError('program.frozen', { currency: before.currency, time_zone: before.time_zone }, { status: 409 })
  }
  await tx.run(sql`
    update program set name = ${wanted.name}::text, currency = ${wanted.currency}::text,
      time_zone = ${wanted.time_zone}::text,
      languages = ${wanted.languages}::text[], default_language = ${wanted.default_language}::text,
      default_country = ${wanted.default_country}::text,
      settings = settings || ${JSON.stringify(settings ?? {})}::jsonb`)
  read.delete(tx)
  const after = await current(tx)
  await audit(tx, [{ action: 'program.updated', noun: 'program', noun_id: null, ...differenceOf(before, after) }])
  return after
}

/** Called with the first order: from now on currency and zone stay. Costs nothing once it is so. */
export async function freeze(tx: Tx): Promise<void> {
  if ((await current(tx)).frozen_at) return
  await tx.run(sql`update program set frozen_at = ${tx.now}::timestamptz where frozen_at is null`)
  read.delete(tx)
}

/** What a demo brand was made from: enough to let it live on the same way. null for a real program. */
export interface DemoSeed {
  seed: number
  years: number
  /** The day its history begins. */
  from: string
  members: number
  /** False while it is being made: a run that was cut off goes on from what is there. */
  is_complete: boolean
}

/** Marks this program as a demo brand. */
export async function noteDemo(tx: Tx, demo: DemoSeed): Promise<void> {
  await tx.run(sql`update program set demo = ${JSON.stringify(demo)}::jsonb`)
}

/** How this demo brand was made, or null for a real program. */
export async function demoOf(db: Reader): Promise<DemoSeed | null> {
  return (await db.row<{ demo: DemoSeed | null }>(sql`select demo from program`))?.demo ?? null
}

/** Moves a demo's clock ahead of the wall's; every process follows within a second. */
export async function advanceClock(tx: Tx, ms: number): Promise<void> {
  await tx.run(sql`update program set clock_offset_ms = clock_offset_ms + ${ms}::bigint`)
}

type Values = Pick<Program, 'name' | 'currency' | 'time_zone' | 'languages' | 'default_language' | 'default_country'>

function checked(input: Values): Values {
  const languages = [...new Set(input.languages)]
  if (!languages.includes(input.default_language)) {
    throw new AppError('program.language_missing', { default_language: input.default_language, languages })
  }
  const country = input.default_country
  if (!isCountry(country)) throw new AppError('program.country_unknown', { country })
  return {
    name: input.name.trim(),
    currency: parseCurrency(input.currency),
    time_zone: parseZone(input.time_zone),
    languages,
    default_language: input.default_language,
    default_country: input.default_country,
  }
}

/** An ISO 3166 code that Intl knows. */
function isCountry(code: string): boolean {
  const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  return /^[A-Z]{2}$/.test(code) && regions.of(code) !== undefined
}
