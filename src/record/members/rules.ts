/** How people are told apart: reading identities, and deciding which reference is whom. Pure. */
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import type { Identity, MemberRef, Note } from './types.ts'

/** Longer values are not identities but mistakes; an index entry of PostgreSQL ends at 2,700 bytes. */
export const identity_length_max = 254

/** What most lists here hold, read without the library (10 µs a number); a test holds that it reads them the same. */
const plainMobiles: readonly { form: RegExp; countries: readonly string[]; read: (digits: string) => string }[] = [
  { form: /^\+8869\d{8}$/, countries: [], read: (digits) => digits },
  { form: /^09\d{8}$/, countries: ['TW'], read: (digits) => `+886${digits.slice(1)}` },
]

/** A phone in any writing to E.164, read as dialled in `country` (ISO 3166); null when it is no phone number. */
export function readPhone(written: string, country: string): string | null {
  const plain =
    readPlain(written, country) ??
    readPlain(written.normalize('NFKC').replace(/[\s\-.()/\u200b\ufeff]/g, ''), country)
  if (plain) return plain
  const parsed = parsePhoneNumberFromString(written.normalize('NFKC'), country as CountryCode)
  return parsed?.isValid() ? parsed.number : null
}

function readPlain(digits: string, country: string): string | null {
  for (const mobile of plainMobiles) {
    const isHere = mobile.countries.length === 0 || mobile.countries.includes(country)
    if (isHere && mobile.form.test(digits)) return mobile.read(digits)
  }
  return null
}

/** An e-mail address in lower case; null when it cannot be one. */
export function readEmail(written: string): string | null {
  const address = written.normalize('NFKC').trim().toLowerCase()
  return address.length <= identity_length_max && /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(address)
    ? address
    : null
}

/** A card number as it is compared: capitals, without the blanks and dashes it is printed with. */
export function readCard(written: string): string | null {
  const card = written.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
  return card.length > 0 && card.length <= identity_length_max ? card : null
}

interface ReadIdentities {
  identities: Identity[]
  unreadable: { code: string; params: Record<string, unknown> }[]
}

/** Reads the identities of a reference, those that decide first: external, card, phone, e-mail. */
export function identitiesOf(
  ref: Pick<MemberRef, 'external_id' | 'card' | 'phone' | 'email'>,
  country: string,
  isNormalised = false,
): ReadIdentities {
  const result: ReadIdentities = { identities: [], unreadable: [] }
  const id = ref.external_id?.id.trim()
  if (ref.external_id && id) result.identities.push(identity(`external:${ref.external_id.source}`, id))
  const how = { country, isNormalised }
  readInto(result, 'card', ref.card, readCard, how)
  readInto(result, 'phone', ref.phone, readPhone, how)
  readInto(result, 'email', ref.email, readEmail, how)
  return result
}

/** No function made anew for each of a million rows, as this would be inside the one above. */
function readInto(
  { identities, unreadable }: ReadIdentities,
  kind: 'card' | 'phone' | 'email',
  written: string | null | undefined,
  read: (text: string, country: string) => string | null,
  how: { country: string; isNormalised: boolean },
): void {
  const trimmed = written?.trim()
  if (!trimmed) return
  const value = how.isNormalised ? trimmed : read(trimmed, how.country)
  // the written value is personal: it stays out of the note, which may be logged
  if (value === null) unreadable.push({ code: `member.${kind}_unreadable`, params: {} })
  else identities.push(identity(kind, value, kind !== 'phone' && value !== trimmed ? trimmed : null))
}

/** An identity as maps and tables want it. */
export function identity(kind: string, value: string, display: string | null = null): Identity {
  return { kind, value, key: `${kind} ${value}`, display }
}

/** One reference with its identities read. */
export interface Want {
  /** Already known by its id; null when the id is unknown to us. */
  member_id?: string | null | undefined
  identities: readonly Identity[]
}

/** Who is whom, decided. */
export interface Assignment {
  /** For each want, in its order; null when there is nothing to recognise it by. */
  member_ids: (string | null)[]
  /** New people, with the first want that speaks of them. */
  created: Map<string, number>
  /** Identities that nobody had, with their new owner. */
  added: { identity: Identity; member_id: string }[]
  /** Identities left with their owner: `member.identity_taken`. */
  conflicts: Note[]
  /** Members of whom it must be known which external ids they have, before this may be believed. */
  unsure: Set<string>
}

/**
 * Decides wants one after the other, so that the answer is the same however a set is cut. The first identity that
 * somebody has decides; the others are added to that person when free, and never taken away from another.
 *
 * One exception keeps families apart that share a phone: when a want bears an id of a source, and the person found by
 * phone, card or e-mail already has a different id of the same source, then the source says these are two people.
 * Taking two for one cannot be undone by looking; taking one for two can.
 *
 * @param known.owners who has which identity now, by `Identity.key`.
 * @param known.externals the external ids of members, by kind; members that are missing are answered in `unsure`.
 */
export function assign(
  wants: readonly Want[],
  known: { owners: ReadonlyMap<string, string>; externals: ReadonlyMap<string, ReadonlySet<string>> },
  newId: () => string,
): Assignment {
  const owners = new Map(known.owners)
  const given = new GivenExternals()
  const result: Assignment = { member_ids: [], created: new Map(), added: [], conflicts: [], unsure: new Set() }
  const hasOther = (member_id: string, external: Identity): boolean => {
    if (given.has(member_id, external.kind)) return true
    if (result.created.has(member_id)) return false
    const kinds = known.externals.get(member_id)
    if (!kinds) result.unsure.add(member_id)
    return kinds?.has(external.kind) ?? false
  }
  const find = (want: Want): string | undefined => {
    const external = want.identities[0]?.kind.startsWith('external:') ? want.identities[0] : undefined
    for (const identity of want.identities) {
      const owner = owners.get(identity.key)
      if (owner && (identity === external || !external || !hasOther(owner, external))) return owner
    }
    return undefined
  }
  wants.forEach((want, index) => {
    if (want.member_id === null || (want.member_id === undefined && want.identities.length === 0)) {
      result.member_ids.push(null)
      return
    }
    let member_id = want.member_id ?? find(want)
    if (!member_id) {
      member_id = newId()
      result.created.set(member_id, index)
    }
    result.member_ids.push(member_id)
    for (const identity of want.identities) {
      const owner = owners.get(identity.key)
      if (!owner) {
        owners.set(identity.key, member_id)
        result.added.push({ identity, member_id })
      } else if (owner !== member_id) {
        const kind = identity.kind
        result.conflicts.push({ index, code: 'member.identity_taken', params: { kind, member_id: owner } })
      }
      if (identity.kind.startsWith('external:') && (!owner || owner === member_id)) {
        given.add(member_id, identity.kind)
      }
    }
  })
  return result
}

/** Kinds of external ids by member; hardly anybody has two, so one is no set yet. */
class GivenExternals {
  #kinds = new Map<string, string | Set<string>>()

  has(member_id: string, kind: string): boolean {
    const kinds = this.#kinds.get(member_id)
    return typeof kinds === 'string' ? kinds === kind : (kinds?.has(kind) ?? false)
  }

  add(member_id: string, kind: string): void {
    const kinds = this.#kinds.get(member_id)
    if (kinds === undefined) this.#kinds.set(member_id, kind)
    else if (typeof kinds !== 'string') kinds.add(kind)
    else if (kinds !== kind) this.#kinds.set(member_id, new Set([kinds, kind]))
  }
}

/** What lists show: the name as given, else put together the way its script does (王小明, Mary Smith). */
export function displayNameOf(parts: {
  display_name?: string | null | undefined
  first_name?: string | null | undefined
  last_name?: string | null | undefined
}): string | null {
  const given = parts.display_name?.trim()
  if (given) return given
  const first = parts.first_name?.trim() ?? ''
  const last = parts.last_name?.trim() ?? ''
  const joined = /\p{Script=Han}/u.test(last + first) ? last + first : `${first} ${last}`.trim()
  return joined || null
}

/** `YYYY-MM-DD` or `--MM-DD`; null when there is no such day (29 February is one without a year). */
export function readBirthDate(written: string): string | null {
  const parts = /^(\d{4}|-)-(\d{2})-(\d{2})$/.exec(written)
  if (!parts) return null
  const year = parts[1] === '-' ? 2000 : Number(parts[1])
  const daysInMonth = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(parts[2]) - 1] ?? 0
  return year >= 1850 && Number(parts[3]) >= 1 && Number(parts[3]) <= daysInMonth ? written : null
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}
