/** New rows of members, and the fact that tells of them. */
import { copyRows } from '../../base/bulk.ts'
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

/** A row with everything that is not said left empty. */
export function newRow(parts: Pick<NewRow, 'member_id' | 'kind'> & Partial<NewRow>): NewRow {
  return {
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
    ...parts,
  }
}

const columns = [
  'member_id',
  'kind',
  'external_id',
  'display_name',
  'first_name',
  'last_name',
  'birth_date',
  'gender',
  'locale',
  'time_zone',
  'phone',
  'email',
  'home_store_id',
  'joined_at',
  'join_channel',
  'join_store_id',
] as const satisfies readonly (keyof NewRow)[]

/**
 * Inserts new members, few or many, by COPY: nothing can stand in the way of an id just made. `loadDictionaries()` must
 * have been awaited, because names are made searchable here.
 */
export async function insertMembers(tx: Tx, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return
  const at = tx.now.toISOString()
  await copyRows(
    tx,
    `copy members (${columns.join(', ')}, attributes, tags, search, created_at, updated_at)
    from stdin`,
    rows.map((row) => [
      ...columns.map((column) => row[column]),
      row.attributes ?? '{}',
      arrayText(row.tags ?? []),
      searchWordsOf(row.display_name),
      at,
      at,
    ]),
  )
}

/** A PostgreSQL array of texts as text. */
function arrayText(values: readonly string[]): string {
  if (values.length === 0) return '{}'
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

/** What was said about being written to, as `member.joined` carries it. */
export type SaidOnJoining = Pick<ConsentEntry, 'channel' | 'purpose' | 'status'>

/** `member.joined` for those that are members (guests and followers have not joined). */
export function joinedFacts(
  rows: readonly Pick<NewRow, 'member_id' | 'kind' | 'joined_at' | 'join_channel' | 'join_store_id'>[],
  said: (member_id: string) => readonly SaidOnJoining[] = () => [],
): Fact[] {
  const facts: Fact[] = []
  for (const { member_id, kind, joined_at, join_channel: channel, join_store_id: store_id } of rows) {
    if (kind !== 'member' || !joined_at) continue
    facts.push({
      name: 'member.joined',
      member_id,
      occurred_at: joined_at,
      data: { channel, store_id, consents: said(member_id).map(shortOf) },
    })
  }
  return facts
}

function shortOf({ channel, purpose, status }: SaidOnJoining): SaidOnJoining {
  return { channel, purpose, status }
}
