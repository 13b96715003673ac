/** New rows of members, and the fact that tells of them. */
import { copyBinary } from '../../base/binary-rows.ts'
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { searchWordsOf } from './search-words.ts'
import type { ConsentEntry, MemberKind } from './types.ts'

/** What a new row is made of; tags and attributes may be left out. */
export interface NewRow {
  member_id: string
  kind: MemberKind
  external_id: string | null
  display_name: string | null
  first_name: string | null
  last_name: string | null
  birth_date: string | null
  gender: string | null
  locale: string | null
  time_zone: string | null
  phone: string | null
  email: string | null
  attributes: Record<string, unknown> | null
  tags: readonly string[] | null
  home_store_id: string | null
  joined_at: Date | null
  join_channel: string | null
  join_store_id: string | null
}

/** Of somebody nothing is said yet. */
export const blank: Omit<NewRow, 'member_id' | 'kind'> = {
  external_id: null,
  display_name: null,
  first_name: null,
  last_name: null,
  birth_date: null,
  gender: null,
  locale: null,
  time_zone: null,
  phone: null,
  email: null,
  attributes: null,
  tags: null,
  home_store_id: null,
  joined_at: null,
  join_channel: null,
  join_store_id: null,
}

/** A row with everything that is not said left empty. */
export function newRow(parts: Pick<NewRow, 'member_id' | 'kind'> & Partial<NewRow>): NewRow {
  return { ...blank, ...parts }
}

/**
 * Inserts new members, few or many, by COPY: nothing can stand in the way of an id just made. `loadDictionaries()` must
 * have been awaited, because names are made searchable here.
 */
export async function insertMembers(tx: Tx, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return
  // what nobody of the set has is left to the columns' own values
  const isPlain = rows.every((row) => !row.attributes && !row.tags)
  await copyBinary(
    tx,
    `copy members (member_id, kind, external_id, display_name, first_name, last_name, birth_date, gender, locale,
      time_zone, phone, email, home_store_id, joined_at, join_channel, join_store_id, search, created_at, updated_at
      ${isPlain ? '' : ', attributes, tags'})`,
    rows,
    (out, row) => {
      out.row(isPlain ? 19 : 21)
      out.uuid(row.member_id)
      out.text(row.kind)
      out.text(row.external_id)
      out.text(row.display_name)
      out.text(row.first_name)
      out.text(row.last_name)
      out.text(row.birth_date)
      out.text(row.gender)
      out.text(row.locale)
      out.text(row.time_zone)
      out.text(row.phone)
      out.text(row.email)
      out.uuid(row.home_store_id)
      out.instant(row.joined_at)
      out.text(row.join_channel)
      out.uuid(row.join_store_id)
      out.text(searchWordsOf(row.display_name))
      out.instant(tx.now)
      out.instant(tx.now)
      if (isPlain) return
      out.jsonb(JSON.stringify(row.attributes ?? {}))
      out.texts(row.tags ?? [])
    },
  )
}

/** What was said about being written to, as `member.joined` carries it. */
export type SaidOnJoining = Pick<ConsentEntry, 'channel' | 'purpose' | 'status'>

/** `member.joined` for those that are members (guests and followers have not joined); `said` with the n-th row. */
export function joinedFacts(
  rows: readonly Pick<NewRow, 'member_id' | 'kind' | 'joined_at' | 'join_channel' | 'join_store_id'>[],
  said: (nth: number) => readonly SaidOnJoining[] = () => [],
): Fact[] {
  const facts: Fact[] = []
  rows.forEach(({ member_id, kind, joined_at, join_channel: channel, join_store_id: store_id }, nth) => {
    if (kind !== 'member' || !joined_at) return
    facts.push({
      name: 'member.joined',
      member_id,
      occurred_at: joined_at,
      data: { channel, store_id, consents: said(nth).map(shortOf) },
    })
  })
  return facts
}

function shortOf({ channel, purpose, status }: SaidOnJoining): SaidOnJoining {
  return { channel, purpose, status }
}
