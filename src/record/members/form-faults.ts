/** What a form says of one person is read as a whole: every place that cannot be kept is named at once. */
import type { Reader } from '../../base/db.ts'
import { AppError, coerceError, type ErrorDetail } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf, parseZone } from '../../base/time.ts'
import * as program from '../program/program.ts'
import * as stores from '../stores/stores.ts'
import { identitiesOf, readBirthDate } from './rules.ts'
import type { MemberChanges, MemberInput } from './types.ts'

/** Parts of a language's name as BCP 47 writes them: zh-TW, en, zh-Hant-TW. */
const localePattern = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/

type Said = MemberChanges & Pick<MemberInput, 'join_store_id'>

/**
 * Throws the first fault by its own name, with all of them at their places: `member.phone_unreadable`, `.email_`,
 * `.card_`, `.birth_date_` and `.locale_unreadable`, `member.birth_date_ahead`, `time.zone_unknown`, `store.not_found`.
 */
export async function insistOnReadable(db: Reader, said: Said, now: Date): Promise<void> {
  const { default_country, time_zone } = await program.current(db)
  const faults: ErrorDetail[] = identitiesOf(
    { phone: said.phone, email: said.email, card: said.card },
    default_country,
  ).unreadable.map(({ code, params }) => ({ pointer: `/${/\.(\w+)_unreadable$/.exec(code)![1]!}`, code, params }))
  const birth_date = said.birth_date ?? null
  if (birth_date && !readBirthDate(birth_date))
    faults.push({ pointer: '/birth_date', code: 'member.birth_date_unreadable' })
  // `--MM-DD` sorts before every year
  else if (birth_date && birth_date > dayOf(now, time_zone))
    faults.push({ pointer: '/birth_date', code: 'member.birth_date_ahead' })
  if (said.locale && !localePattern.test(said.locale))
    faults.push({ pointer: '/locale', code: 'member.locale_unreadable' })
  if (said.time_zone) faults.push(...zoneFaults(said.time_zone))
  faults.push(...(await storeFaults(db, said)))
  const [first] = faults
  if (first) throw new AppError(first.code, first.params ?? {}, { status: 422, errors: faults })
}

/** `member.identity_taken` (409), at the place of the form that says it. */
export function identityTaken(params: Record<string, unknown> = {}): AppError {
  const code = 'member.identity_taken'
  const isField = ['phone', 'email', 'card'].includes(String(params['kind']))
  const errors: ErrorDetail[] = isField ? [{ pointer: `/${String(params['kind'])}`, code, params }] : []
  return new AppError(code, params, { status: 409, errors })
}

/** Which of the identities that a form says this member has: the first of card, phone and e-mail. */
export async function sharedWith(db: Reader, member_id: string, said: Said): Promise<{ kind?: string }> {
  const { default_country } = await program.current(db)
  const { phone, email, card } = said
  const keys = identitiesOf({ phone, email, card }, default_country).identities.map((identity) => identity.key)
  const known = await db.row<{ kind: string }>(sql`
    select kind from member_identities
    where member_id = ${member_id}::uuid and kind || ' ' || value = any (${keys}::text[])
    order by array_position(${keys}::text[], kind || ' ' || value) limit 1`)
  return known ?? {}
}

function zoneFaults(zone: string): ErrorDetail[] {
  try {
    parseZone(zone)
    return []
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw coerceError(thrown)
    return [{ pointer: '/time_zone', code: thrown.code, params: thrown.params }]
  }
}

async function storeFaults(db: Reader, said: Said): Promise<ErrorDetail[]> {
  const named = (['home_store_id', 'join_store_id'] as const).filter((place) => said[place])
  if (named.length === 0) return []
  const known = new Set((await stores.all(db)).map(({ store_id }) => store_id))
  return named
    .filter((place) => !known.has(said[place]!.toLowerCase()))
    .map((place) => ({ pointer: `/${place}`, code: 'store.not_found', params: { store_id: said[place] } }))
}
