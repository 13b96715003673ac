/**
 * Adding members and bringing them up to date, as the API and imports do it: one way for one row and for ten thousand.
 * What is absent is left alone; what is given holds. The same rows again change nothing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../program/program.ts'
import { openConsents, recordConsents } from './consents.ts'
import { decide, recognise } from './recognise.ts'
import { blank, insertMembers, joinedFacts, type NewRow } from './rows.ts'
import { displayNameOf, identitiesOf, readBirthDate, type Assignment } from './rules.ts'
import { loadDictionaries, searchWordsOf } from './search-words.ts'
import type { ConsentEntry, Identity, MemberInput, MemberOutcome } from './types.ts'

export interface UpsertOptions {
  /** The system that gives `external_id` its meaning, and the channel of joining unless a row says otherwise. */
  source: string
  /** Phones, e-mails and cards are already as identities keep them (an import has read them row by row). */
  is_normalised?: boolean
  /** Refuse a row with an unreadable phone or e-mail, or with somebody else's, instead of leaving that part out. */
  is_strict?: boolean
}

const identityMissing = { code: 'member.identity_missing', params: {} }

/** Rows thought about in one go, about a millisecond: then others hear the answers they wait for. */
const rowsInTurn = 250

/** A row on its way. */
interface Row {
  index: number
  input: MemberInput
  identities: Identity[]
  outcome: MemberOutcome
}

/**
 * Upserts members. One outcome a row, in order; a refused row never fails the others. A guest or follower that comes as
 * a member joins and keeps its id and history. A fixed number of statements (about ten) for any number of rows.
 */
export async function upsert(
  tx: Tx,
  inputs: readonly MemberInput[],
  options: UpsertOptions,
): Promise<MemberOutcome[]> {
  const { default_country } = await program.current(tx)
  const outcomes = inputs.map((_input, index): MemberOutcome => ({
    index,
    outcome: 'refused',
    member_id: null,
    notes: [],
  }))
  const rows: Row[] = []
  for (const [index, input] of inputs.entries()) {
    const row = readRow(input, outcomes[index]!, default_country, options)
    if (row) rows.push(row)
    if (index % rowsInTurn === rowsInTurn - 1) await nextTurn()
  }
  if (rows.length === 0) return outcomes
  await loadDictionaries()
  let people: Person[] = []
  const assignment = await recogniseRows(tx, rows, options, async (decided) => {
    people = foldAll(tx, rows, decided, options)
    // the words are kept with their names: finding them is the longest of what a new member costs us
    for (const [nth, { isNew, row }] of people.entries()) {
      if (isNew) searchWordsOf(row.display_name)
      if (nth % rowsInTurn === rowsInTurn - 1) await nextTurn()
    }
  })
  const fresh = people.filter((person) => person.isNew)
  await insertMembers(
    tx,
    fresh.map((person) => person.row),
  )
  await openConsents(
    tx,
    fresh.map((person) => ({ member_id: person.row.member_id, consents: person.consents })),
  )
  // new members keep the order of their rows, and so their numbers; known ones are taken in an order that all share
  const known = people.filter((person) => !person.isNew).sort((a, b) => (a.row.member_id < b.row.member_id ? -1 : 1))
  const changed = await updateKnown(tx, known)
  const consents = await recordConsents(
    tx,
    known.flatMap(({ row: { member_id }, consents: list }) => list.map((entry) => ({ ...entry, member_id }))),
  )
  const joined = [...changed.values()]
  const birthdays = joined.filter((one) => one.has_told_birthday).map(({ member_id }) => member_id)
  await facts.write(tx, [
    ...joinedFacts(
      fresh.map((person) => person.row),
      (nth) => fresh[nth]!.consents,
    ),
    ...joinedFacts(joined),
    ...birthdays.map((member_id) => birthdayTold(tx, member_id)),
    ...consents.said,
  ])
  for (const person of fresh) person.first.outcome = 'created'
  const added = new Set(known.length > 0 ? assignment.added.map((one) => one.member_id) : [])
  for (const {
    row: { member_id },
    first,
  } of known) {
    const isChanged = changed.has(member_id) || added.has(member_id) || consents.written.has(member_id)
    if (changed.get(member_id)?.kind === 'member') first.joined = true
    first.outcome = isChanged ? 'changed' : 'unchanged'
  }
  return outcomes
}

function readRow(input: MemberInput, outcome: MemberOutcome, country: string, options: UpsertOptions): Row | null {
  const { identities, unreadable } = identitiesOf(
    {
      external_id: input.external_id ? { source: options.source, id: input.external_id } : null,
      phone: input.phone,
      email: input.email,
      card: input.card,
    },
    country,
    options.is_normalised,
  )
  const broken = options.is_strict ? unreadable[0] : undefined
  if (broken) Object.assign(outcome, broken)
  else if (identities.length === 0) Object.assign(outcome, unreadable[0] ?? identityMissing)
  if (outcome.code !== undefined) return null
  outcome.notes.push(...unreadable)
  if (input.birth_date && !readBirthDate(input.birth_date)) {
    outcome.notes.push({ code: 'member.birth_date_unreadable', params: {} })
    return { index: outcome.index, input: { ...input, birth_date: null }, identities, outcome }
  }
  return { index: outcome.index, input, identities, outcome }
}

/** In a strict set a row that names somebody else's identity is refused before anything of it is claimed. */
async function recogniseRows(
  tx: Tx,
  rows: Row[],
  options: UpsertOptions,
  meanwhile: (assignment: Assignment) => Promise<void>,
): Promise<Assignment> {
  if (options.is_strict) {
    for (const { index: nth, code, params } of (await decide(tx, rows)).conflicts) {
      Object.assign(rows[nth]!.outcome, { code, params })
    }
    rows.splice(0, rows.length, ...rows.filter((row) => row.outcome.code === undefined))
  }
  const assignment = await recognise(tx, rows, { looksNew: true, meanwhile })
  assignment.member_ids.forEach((member_id, nth) => (rows[nth]!.outcome.member_id = member_id))
  for (const { index: nth, code, params } of assignment.conflicts) rows[nth]!.outcome.notes.push({ code, params })
  return assignment
}

/** All rows of one member, folded into one; the later row wins where both speak. */
interface Person {
  isNew: boolean
  row: NewRow
  consents: readonly Omit<ConsentEntry, 'member_id'>[]
  /**
   * The outcome of the first row, which says created or changed; later rows of the same member say changed or
   * unchanged.
   */
  first: MemberOutcome
}

function foldAll(tx: Tx, rows: readonly Row[], assignment: Assignment, options: UpsertOptions): Person[] {
  const people = new Map<string, Person>()
  const taken = new Set(
    assignment.conflicts.map((conflict) => `${conflict.index} ${String(conflict.params['kind'])}`),
  )
  rows.forEach((row, nth) => {
    const member_id = assignment.member_ids[nth]!
    const known = people.get(member_id)
    const isNew = known?.isNew ?? assignment.created.has(member_id)
    const own = taken.size === 0 ? row.identities : row.identities.filter(({ kind }) => !taken.has(`${nth} ${kind}`))
    const next = fold(known?.row ?? null, row.input, own, { member_id, isNew, options, now: tx.now })
    const consents = row.input.consents ?? []
    if (!known) people.set(member_id, { isNew, row: next, consents, first: row.outcome })
    else {
      const isChanged =
        JSON.stringify(known.row) !== JSON.stringify(next) ||
        !consents.every((entry) => isSaid(known.consents, entry))
      row.outcome.outcome = isChanged ? 'changed' : 'unchanged'
      known.row = next
      known.consents = [...known.consents, ...consents]
    }
  })
  return [...people.values()]
}

function isSaid(said: readonly Omit<ConsentEntry, 'member_id'>[], entry: Omit<ConsentEntry, 'member_id'>): boolean {
  return said.some(
    (one) =>
      one.channel === entry.channel &&
      one.purpose === entry.purpose &&
      one.status === entry.status &&
      (!entry.at || one.at?.getTime() === entry.at.getTime()),
  )
}

function fold(
  before: NewRow | null,
  input: MemberInput,
  own: readonly Identity[],
  how: { member_id: string; isNew: boolean; options: UpsertOptions; now: Date },
): NewRow {
  const kind = input.kind ?? 'member'
  const joins = kind === 'member'
  const base = before ?? blank
  return {
    member_id: how.member_id,
    kind: before?.kind === 'member' ? 'member' : kind,
    external_id: base.external_id ?? valueOf(own, 'external'),
    display_name: displayNameOf(input) ?? base.display_name,
    first_name: input.first_name?.trim() || base.first_name,
    last_name: input.last_name?.trim() || base.last_name,
    birth_date: input.birth_date ?? base.birth_date,
    gender: input.gender ?? base.gender,
    locale: input.locale ?? base.locale,
    time_zone: input.time_zone ?? base.time_zone,
    phone: valueOf(own, 'phone') ?? base.phone,
    email: valueOf(own, 'email') ?? base.email,
    attributes: input.attributes ? { ...base.attributes, ...input.attributes } : base.attributes,
    tags: input.tags ? [...new Set([...(base.tags ?? []), ...input.tags])].sort() : base.tags,
    home_store_id: input.home_store_id ?? base.home_store_id,
    joined_at: earlier(base.joined_at, input.joined_at ?? (joins && how.isNew && !base.joined_at ? how.now : null)),
    join_channel: base.join_channel ?? input.join_channel ?? (joins ? how.options.source : null),
    join_store_id: base.join_store_id ?? input.join_store_id ?? null,
  }
}

/** The first identity of a kind: `external` of any source. */
function valueOf(own: readonly Identity[], kind: 'external' | 'phone' | 'email'): string | null {
  for (const identity of own) {
    if (kind === 'external' ? identity.kind.startsWith('external:') : identity.kind === kind) return identity.value
  }
  return null
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a && b ? (a < b ? a : b) : (a ?? b)
}

/** The one field of a profile that somebody waits for: its day may be today. */
function birthdayTold(tx: Tx, member_id: string): facts.Fact {
  return { name: 'member.updated', member_id, occurred_at: tx.now, data: { fields: ['birth_date'] } }
}

type Joined = Pick<NewRow, 'member_id' | 'kind' | 'joined_at' | 'join_channel' | 'join_store_id'>
type Changed = Joined & { has_told_birthday: boolean }

/**
 * Brings known members up to date; rows that say nothing new are not touched. Answers those that changed; of them
 * `kind` is 'member' only where the member has joined just now.
 */
async function updateKnown(tx: Tx, people: readonly Person[]): Promise<Map<string, Changed>> {
  if (people.length === 0) return new Map()
  const rows = people.map((person) => person.row)
  const text = (key: Exclude<keyof NewRow, 'attributes' | 'tags' | 'joined_at'>) => rows.map((row) => row[key])
  const changed = await tx.rows<Changed>(sql`
    with given as materialized (
      select * from unnest(${text('member_id')}::uuid[], ${text('kind')}::text[], ${text('external_id')}::text[],
        ${text('display_name')}::text[], ${text('first_name')}::text[], ${text('last_name')}::text[],
        ${text('birth_date')}::text[], ${text('gender')}::text[], ${text('locale')}::text[],
        ${text('time_zone')}::text[],
        ${text('phone')}::text[], ${text('email')}::text[],
        ${rows.map((row) => row.attributes && JSON.stringify(row.attributes))}::jsonb[],
        ${rows.map((row) => row.tags && JSON.stringify(row.tags))}::jsonb[], ${text('home_store_id')}::uuid[],
        ${rows.map((row) => row.joined_at?.toISOString() ?? null)}::timestamptz[], ${text('join_channel')}::text[],
        ${text('join_store_id')}::uuid[],
        ${rows.map((row) => row.display_name && searchWordsOf(row.display_name))}::text[]
      ) as given (member_id, kind, external_id, display_name, first_name, last_name, birth_date, gender, locale,
      time_zone,
      phone, email, attributes, tags, home_store_id, joined_at, join_channel, join_store_id, search)
    ),
    wanted as materialized (
      select m.member_id,
        case when m.kind = 'member' or given.kind = 'guest' then m.kind else given.kind end as kind,
        coalesce(m.external_id, given.external_id) as external_id,
        coalesce(given.display_name, m.display_name) as display_name,
        coalesce(given.first_name, m.first_name) as first_name, coalesce(given.last_name, m.last_name) as last_name,
        coalesce(given.birth_date, m.birth_date) as birth_date, coalesce(given.gender, m.gender) as gender,
        coalesce(given.locale, m.locale) as locale, coalesce(given.time_zone, m.time_zone) as time_zone,
        coalesce(given.phone, m.phone) as phone, coalesce(given.email, m.email) as email,
        m.attributes || coalesce(given.attributes, '{}') as attributes,
        case when given.tags is null or m.tags @> array(select jsonb_array_elements_text(given.tags)) then m.tags
          else array(select tag from unnest(m.tags || array(select jsonb_array_elements_text(given.tags))) as tag
            group by tag order by tag) end as tags,
        coalesce(given.home_store_id, m.home_store_id) as home_store_id,
        case when m.kind <> 'member' and given.kind = 'member' then coalesce(given.joined_at, ${tx.now}::timestamptz)
          else least(m.joined_at, case when m.kind = 'member' then given.joined_at end) end as joined_at,
        case when m.kind <> 'member' and given.kind = 'member' then given.join_channel
          else m.join_channel end as join_channel,
        case when m.kind <> 'member' and given.kind = 'member' then given.join_store_id
          else m.join_store_id end as join_store_id,
        coalesce(given.search, m.search) as search
      from given join members m using (member_id)
    )
    update members m set kind = w.kind, external_id = w.external_id, display_name = w.display_name,
      first_name = w.first_name,
      last_name = w.last_name, birth_date = w.birth_date, gender = w.gender, locale = w.locale, time_zone = w.time_zone,
      phone = w.phone, email = w.email, attributes = w.attributes, tags = w.tags, home_store_id = w.home_store_id,
      joined_at = w.joined_at, join_channel = w.join_channel, join_store_id = w.join_store_id, search = w.search,
      updated_at = ${tx.now}::timestamptz
    from wanted w
    where m.member_id = w.member_id and (m.kind, m.external_id, m.display_name, m.first_name, m.last_name, m.birth_date,
      m.gender,
      m.locale, m.time_zone, m.phone, m.email, m.attributes, m.tags, m.home_store_id, m.joined_at, m.join_channel,
      m.join_store_id)
      is distinct from (w.kind, w.external_id, w.display_name, w.first_name, w.last_name, w.birth_date, w.gender,
        w.locale, w.time_zone, w.phone, w.email, w.attributes, w.tags, w.home_store_id, w.joined_at, w.join_channel,
        w.join_store_id)
    returning m.member_id, case when old.kind <> 'member' then new.kind else 'known' end as kind, new.joined_at,
    new.join_channel, new.join_store_id, old.kind = 'member' and new.birth_date is distinct from old.birth_date
      as has_told_birthday`)
  return new Map(changed.map((row) => [row.member_id, row]))
}
