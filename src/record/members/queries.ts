/** How members are found and looked at. */
import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max'
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../program/program.ts'
import { readCard, readEmail, readPhone } from './rules.ts'
import { askedWordsOf, loadDictionaries, startsQuery } from './search-words.ts'
import type { Suppression } from './types.ts'

/** More hits than this help nobody: one types another letter. */
export const search_hits_max = 200
/** Digits that are enough to look for the end of a phone number; three match a thousandth of everybody. */
const phone_end_digits_min = 4
/** Characters of an e-mail, card or id that are enough to look for its beginning. */
const value_start_min = 3
/** A membership number has no more digits than this; longer ones are phones and cards. */
const number_digits_max = 9
/**
 * The greatest character there is: from a text to that text followed by it lies everything that begins with the text.
 */
const lastSign = '\u{10ffff}'

/**
 * Members by anything a person may type: a phone in any writing or its last digits, an e-mail, a card, a number or id,
 * any part of a name, its pinyin, initials or a mixture of both. Best hits first: an identity hit whole, then a whole
 * word of the name, then beginnings. One statement; each of its parts is answered by an index.
 */
export async function searchIds(db: Reader, text: string, limit: number = search_hits_max): Promise<string[]> {
  const asked = await ask(db, text.trim())
  const words = asked.words.map((word) => `'${word}'`).join(' & ') || null
  const starts = startsQuery(asked.words)
  const rows = await db.rows<{ member_id: string }>(sql`
    with hit as (
      select 1 as rank, member_id from member_identities where value = any (${asked.values}::text[])
      union all
      select 1, member_id from members where number = ${asked.number}::bigint and kind <> 'walk_in'
      union all
      (select 2, member_id from members
        where kind <> 'walk_in' and member_words(search) @@ ${words}::tsquery limit ${limit}::int)
      union all
      (select 3, member_id from member_identities
        where kind = 'phone' and reverse(value) >= ${asked.end}::text
          and reverse(value) < ${asked.end}::text || ${lastSign}::text
        limit ${limit}::int)
      union all
      (select 4, member_id
        from unnest(${asked.starts}::text[]) as start
        join member_identities on value >= start and value < start || ${lastSign}::text
        limit ${limit}::int)
      union all
      (select 5, member_id from members
        where kind <> 'walk_in' and member_words(search) @@ ${starts}::tsquery limit ${limit}::int)
    )
    select member_id
    from (select member_id, min(rank) as rank from hit group by member_id) best join members using (member_id)
    where kind <> 'walk_in' and merged_into is null and erased_at is null
    order by rank, number desc limit ${limit}::int`)
  return rows.map((row) => row.member_id)
}

interface Asked {
  /** Identities that are meant if the text is one. */
  values: string[]
  number: number | null
  /** The last digits of a phone, backwards. */
  end: string | null
  /** Beginnings of identities. */
  starts: string[]
  words: string[]
}

async function ask(db: Reader, text: string): Promise<Asked> {
  await loadDictionaries()
  const plain = text.normalize('NFKC')
  const digits = plain.replace(/[\s\-.()/]/g, '')
  const isNumber = /^\+?\d+$/.test(digits)
  const country = (await program.find(db))?.default_country ?? 'TW'
  const whole = [isNumber ? readPhone(plain, country) : null, readEmail(plain), readCard(plain), plain]
  const begun = isNumber
    ? [...phoneStarts(digits, country), digits]
    : [plain, plain.toLowerCase(), plain.toUpperCase()]
  const isLong = isNumber ? digits.length >= phone_end_digits_min : plain.length >= value_start_min
  const hasStart = isLong && (isNumber || !/\s/.test(plain))
  return {
    values: [...new Set(whole)].filter((value): value is string => value !== null && value !== ''),
    number: isNumber && digits.length <= number_digits_max ? Number(digits) : null,
    end: isNumber && hasStart ? [...digits.replace(/^[+0]+/, '')].reverse().join('') : null,
    starts: hasStart ? [...new Set(begun)] : [],
    // a long number is no name; a short one may stand in one (Tea House 88)
    words: isNumber && digits.length > phone_end_digits_min ? [] : askedWordsOf(plain),
  }
}

/** How a number begun in local writing begins in E.164. */
function phoneStarts(digits: string, country: string): string[] {
  if (digits.startsWith('+')) return [digits]
  const local = isSupportedCountry(country) ? [`+${getCountryCallingCode(country)}${digits.replace(/^0/, '')}`] : []
  return [...local, `+${digits}`]
}

/** The member of each id in another system, in order; null where nobody has it. */
export async function idsByExternal(db: Reader, source: string, ids: readonly string[]): Promise<(string | null)[]> {
  const rows = await db.rows<{ member_id: string | null }>(sql`
    select owned.member_id
    from unnest(${ids}::text[]) with ordinality as asked (value, nth)
    left join member_identities owned on owned.value = asked.value and owned.kind = ${`external:${source}`}::text
    order by asked.nth`)
  return rows.map((row) => row.member_id)
}

/** Everything one is recognised by. */
export async function identitiesOfMember(db: Reader, member_id: string): Promise<MemberIdentity[]> {
  return db.rows<MemberIdentity>(sql`
    select kind, value, display, verified_at, created_at from member_identities
    where member_id = ${member_id}::uuid order by kind, created_at, value`)
}

export interface MemberIdentity {
  kind: string
  value: string
  display: string | null
  verified_at: Date | null
  created_at: Date
}

/** What holds now, by channel and purpose, with its proof. */
export async function consentsOf(db: Reader, member_id: string): Promise<HeldConsent[]> {
  return db.rows<HeldConsent>(sql`
    select held.channel, held.purpose, held.status, held.at, entry.method, entry.text_version, entry.actor
    from member_consents held
    left join member_consent_entries entry on entry.member_id = held.member_id and entry.channel = held.channel
      and entry.purpose = held.purpose and entry.at = held.at and entry.status = held.status
    where held.member_id = ${member_id}::uuid order by held.channel, held.purpose`)
}

export interface HeldConsent {
  channel: string
  purpose: string
  status: 'granted' | 'withdrawn'
  at: Date
  method: string | null
  text_version: string | null
  actor: string | null
}

/** Addresses of one member that must not be written to. */
export async function suppressionsOf(db: Reader, member_id: string): Promise<Omit<Suppression, 'member_id'>[]> {
  return db.rows(sql`
    select channel, address, reason, at from member_suppressions where member_id = ${member_id}::uuid
    order by at desc, channel`)
}

/** Notes shown with a member; older ones are in the timeline. */
const notes_max = 50

/** What staff wrote down, newest first. */
export async function notesOf(db: Reader, member_id: string): Promise<MemberNote[]> {
  return db.rows<MemberNote>(sql`
    select note_id, body, actor_name, at from member_notes where member_id = ${member_id}::uuid
    order by at desc, note_id desc limit ${notes_max}::int`)
}

export interface MemberNote {
  note_id: string
  body: string
  actor_name: string
  at: Date
}

/** The member that an id leads to: itself, or the one it was merged into; null for an id nobody has. */
export async function survivorIdOf(db: Reader, member_id: string): Promise<string | null> {
  const found = await db.row<{ member_id: string }>(sql`
    select coalesce(merged_into, member_id) as member_id from members where member_id = ${member_id}::uuid`)
  return found?.member_id ?? null
}
