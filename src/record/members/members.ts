/**
 * People: who they are, by what they are recognised, what they said about being written to. Verbs over sets; the larger
 * ones are siblings (upsert, consents, walk-ins) and are reached through here.
 */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../program/program.ts'
import { audit, differenceOf } from '../staff/staff.ts'
import { survivorsOf, type Foreseen } from './foreseeing.ts'
import { identityTaken, insistOnReadable, sharedWith } from './form-faults.ts'
import { recognise } from './recognise.ts'
import { insertMembers, joinedFacts, newRow, type NewRow } from './rows.ts'
import { displayNameOf, identitiesOf, type Assignment, type Want } from './rules.ts'
import { loadDictionaries, searchWordsOf } from './search-words.ts'
import type { Identity, Member, MemberChanges, MemberInput, MemberOutcome, MemberRef, Note } from './types.ts'
import { upsert } from './upsert.ts'

export type { MemberInput, MemberOutcome, MemberRef, Note } from './types.ts'
export { checks } from './checks.ts'
export { upsert }
export { createCompany, setCredit } from './companies/companies.ts'
export { keepParties, moveParties, partiesFor, type UnknownCompany } from './companies/parties.ts'
export { consent, suppress, unsuppress } from './consents.ts'
export { daysOf, setDays } from './days.ts'
export { erase, memberErased, type ErasedContext } from './erasing.ts'
export { find, type FoundBy } from './finding.ts'
export { foresee, type Foreseen } from './foreseeing.ts'
export { living } from './living.ts'
export { memberMerged, merge, mergedPairs, pairSql, type MergePair } from './merging.ts'
export { moveRows, type MovedTable } from './moving.ts'
export {
  askCode,
  beginMemberSession,
  codeOf,
  endMemberSessions,
  memberBySession,
  ownerOf,
  readAddress,
  sweepMemberSignIns,
  tryCode,
  useCode,
  waitForJoining,
  type MemberSession,
  type SignInCode,
} from './signing-in.ts'
export {
  accountsOf,
  bindAccount,
  bindAddress,
  createByAccount,
  memberByAccount,
  unbindAccount,
  unbindAddress,
  type Account,
} from './binding.ts'
export { pictureOf, removePicture, setPicture, setPictures, takeAwayPicture } from './pictures.ts'
export { refer } from './referring.ts'
export { walkIn, walk_ins_per_store } from './walk-ins.ts'
export {
  search_hits_max,
  searchIds,
  idsByExternal,
  consentsOf,
  identitiesOfMember,
  notesOf,
  suppressionsOf,
  survivorIdOf,
} from './queries.ts'

export interface ResolveOptions {
  /** What an unknown person becomes. A known one stays what they are. */
  create_as: 'member' | 'guest'
  /** The way in, kept as `join_channel`: `import`, `pos`, `shopify`. */
  channel: string
  /** When they were met, unless their reference says otherwise; now if neither does. */
  occurred_at?: Date
  /** What was asked for already. */
  foreseen?: Foreseen | undefined
}

/**
 * The member for each reference, in order; null for a reference with nothing to recognise anybody by. Unknown people
 * are made, identities that were new are added, none is ever taken from another member.
 */
export async function resolve(
  tx: Tx,
  refs: readonly MemberRef[],
  options: ResolveOptions,
): Promise<(string | null)[]> {
  return (await resolveWithNotes(tx, refs, options)).member_ids
}

/**
 * As `resolve`, with what could not be done: unreadable phones, identities that belong to somebody else, unknown ids.
 */
export async function resolveWithNotes(
  tx: Tx,
  refs: readonly MemberRef[],
  options: ResolveOptions,
): Promise<{ member_ids: (string | null)[]; notes: Note[] }> {
  const { default_country } = await program.current(tx)
  const member_ids = refs.flatMap((ref) => (ref.member_id ? [ref.member_id] : []))
  const survivors = (await options.foreseen?.survivors.take(member_ids)) ?? (await survivorsOf(tx, member_ids))
  const notes: Note[] = []
  const wants = refs.map((ref, index): Want => {
    const { identities, unreadable } = identitiesOf(ref, default_country)
    for (const problem of unreadable) notes.push({ index, ...problem })
    const member_id = ref.member_id ? (survivors.get(ref.member_id) ?? null) : undefined
    if (member_id === null) notes.push({ index, code: 'member.not_found', params: { member_id: ref.member_id } })
    return { member_id, identities }
  })
  const assignment = await recognise(tx, wants, { ahead: options.foreseen?.owners })
  notes.push(...assignment.conflicts)
  await makeMissing(tx, refs, assignment, options)
  await fillCopies(tx, assignment)
  return { member_ids: assignment.member_ids, notes }
}

async function makeMissing(
  tx: Tx,
  refs: readonly MemberRef[],
  assignment: Assignment,
  options: ResolveOptions,
): Promise<void> {
  if (assignment.created.size === 0) return
  await loadDictionaries()
  const rows: NewRow[] = []
  const copies = copiesOf(assignment)
  const names = namesOf(refs, assignment)
  for (const [member_id, index] of assignment.created) {
    const joined_at = refs[index]!.occurred_at ?? options.occurred_at ?? tx.now
    const kind = refs[index]!.create_as ?? options.create_as
    const isMember = kind === 'member'
    rows.push(
      newRow({
        member_id,
        kind,
        display_name: names.get(member_id) ?? null,
        ...copies.get(member_id),
        joined_at: isMember ? joined_at : null,
        join_channel: isMember ? options.channel : null,
      }),
    )
  }
  await insertMembers(tx, rows)
  await facts.write(tx, joinedFacts(rows))
}

/** The first name that any reference gives to a new person. */
function namesOf(refs: readonly MemberRef[], assignment: Assignment): Map<string, string> {
  const names = new Map<string, string>()
  assignment.member_ids.forEach((member_id, index) => {
    const name = refs[index]!.name?.trim()
    if (member_id && name && assignment.created.has(member_id) && !names.has(member_id)) names.set(member_id, name)
  })
  return names
}

interface Copies {
  phone?: string
  email?: string
  external_id?: string
}

/** First new phone, e-mail and external id of each member that got one. */
export function copiesOf(assignment: Pick<Assignment, 'added'>): Map<string, Copies> {
  const copies = new Map<string, Copies>()
  for (const { identity, member_id } of assignment.added) {
    const copy = copies.get(member_id) ?? {}
    if (identity.kind === 'phone') copy.phone ??= identity.value
    else if (identity.kind === 'email') copy.email ??= identity.value
    else if (identity.kind.startsWith('external:')) copy.external_id ??= identity.value
    copies.set(member_id, copy)
  }
  return copies
}

/** Known members that had no phone, e-mail or external id show the one they have just got. */
async function fillCopies(tx: Tx, assignment: Assignment): Promise<void> {
  const copies = [...copiesOf(assignment)].filter(([member_id]) => !assignment.created.has(member_id))
  if (copies.length === 0) return
  copies.sort(([a], [b]) => (a < b ? -1 : 1))
  await tx.run(sql`
    update members m set phone = coalesce(m.phone, fresh.phone), email = coalesce(m.email, fresh.email),
      external_id = coalesce(m.external_id, fresh.external_id), updated_at = ${tx.now}::timestamptz
    from unnest(
      ${copies.map(([member_id]) => member_id)}::uuid[],
      ${copies.map(([, copy]) => copy.phone ?? null)}::text[],
      ${copies.map(([, copy]) => copy.email ?? null)}::text[],
      ${copies.map(([, copy]) => copy.external_id ?? null)}::text[]
    ) as fresh (member_id, phone, email, external_id)
    where m.member_id = fresh.member_id and (m.phone is null and fresh.phone is not null
      or m.email is null and fresh.email is not null or m.external_id is null and fresh.external_id is not null)`)
}

/** Puts tags on and takes them off; only real changes are written and become facts. */
export async function tag(
  tx: Tx,
  changes: readonly { member_id: string; add?: readonly string[]; remove?: readonly string[] }[],
): Promise<void> {
  const wanted = changes
    .flatMap(({ member_id, add = [], remove = [] }) => [
      ...add.map((name) => ({ member_id, name: name.trim(), on: true })),
      ...remove.map((name) => ({ member_id, name: name.trim(), on: false })),
    ])
    .filter(({ name }) => name !== '')
  if (wanted.length === 0) return
  const rows = await tx.rows<{ member_id: string; added: string[]; removed: string[] }>(sql`
    with wanted as (
      select member_id, coalesce(array_agg(distinct name) filter (where adding), '{}') as adds,
        coalesce(array_agg(distinct name) filter (where not adding), '{}') as removes
      from unnest(${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.name)}::text[],
        ${wanted.map((one) => one.on)}::boolean[]) as one (member_id, name, adding)
      group by member_id
    )
    update members m set updated_at = ${tx.now}::timestamptz, tags = array(
      select name from unnest(m.tags || wanted.adds) as name where name <> all (wanted.removes) group by name
        order by name)
    from wanted
    where m.member_id = wanted.member_id and m.kind <> 'walk_in'
      and (not m.tags @> wanted.adds or m.tags && wanted.removes)
    returning m.member_id,
    array(select name from unnest(new.tags) as name where name <> all (old.tags)) as added,
    array(select name from unnest(old.tags) as name where name <> all (new.tags)) as removed`)
  const fact = (name: string, member_id: string, tags: string[]) => ({
    name,
    member_id,
    occurred_at: tx.now,
    data: { tags },
  })
  await facts.write(
    tx,
    rows.flatMap(({ member_id, added, removed }) => [
      ...(added.length > 0 ? [fact('member.tagged', member_id, added)] : []),
      ...(removed.length > 0 ? [fact('member.untagged', member_id, removed)] : []),
    ]),
  )
}

/** Writes notes down; answers their ids in order. */
export async function note(tx: Tx, notes: readonly { member_id: string; body: string }[]): Promise<string[]> {
  if (notes.length === 0) return []
  const rows = await tx.rows<{ note_id: string }>(sql`
    with input as materialized (
      select uuidv7() as note_id, input.* from unnest(${notes.map((one) => one.member_id)}::uuid[],
        ${notes.map((one) => one.body.trim())}::text[]) with ordinality as input (member_id, body, nth)
    ),
    kept as (
      insert into member_notes (member_id, note_id, body, actor, actor_name, at)
      select member_id, note_id, body, ${actorText(tx.actor)}::text, ${tx.actor.name}::text,
        ${tx.now}::timestamptz
      from input
    )
    select note_id from input order by nth`)
  return rows.map((row) => row.note_id)
}

/** One member's own row. Throws `member.not_found` (also for walk-ins, the erased and the merged). */
export async function memberOf(db: Reader, member_id: string): Promise<Member> {
  const found = await db.row<Member>(sql`
    select member_id, kind, number, external_id, display_name, first_name, last_name, birth_date, gender, locale,
      time_zone, phone, email, attributes, tags, home_store_id, joined_at, join_channel, join_store_id,
      created_at, m.updated_at, own.hash as picture, own.taken_away_at as picture_taken_away_at
    from members m left join member_pictures own using (member_id)
    where member_id = ${member_id}::uuid and kind <> 'walk_in' and erased_at is null and merged_into is null`)
  if (!found) throw new AppError('member.not_found', { member_id })
  return found
}

/** As `upsert`, for a caller from outside: one line of audit tells how many were created and changed. */
export async function bring(
  tx: Tx,
  inputs: readonly MemberInput[],
  options: { source: string },
): Promise<MemberOutcome[]> {
  const outcomes = await upsert(tx, inputs, options)
  const countOf = (wanted: MemberOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length
  const after = { source: options.source, created: countOf('created'), changed: countOf('changed') }
  if (after.created + after.changed > 0) {
    await audit(tx, [{ action: 'members.brought', noun: 'members', noun_id: null, after }])
  }
  return outcomes
}

/**
 * Adds one member, as a form does. A guest or follower with one of its identities joins. Throws `member.identity_taken`
 * with the member who has it, `member.identity_missing`, `member.phone_unreadable` and its like.
 */
export async function create(tx: Tx, input: MemberInput, options: { source: string }): Promise<Member> {
  await insistOnReadable(tx, input, tx.now)
  const [outcome] = await upsert(tx, [input], { ...options, is_strict: true })
  const { code, member_id } = outcome!
  if (code === 'member.identity_taken') throw identityTaken(outcome!.params)
  if (code !== undefined) throw new AppError(code, outcome!.params)
  const made = await memberOf(tx, member_id!)
  const joined = outcome!.outcome === 'created' || outcome!.joined
  if (!joined) throw identityTaken({ ...(await sharedWith(tx, made.member_id, input)), member_id })
  const { display_name, phone, email } = made
  const personal = [{ member_id: made.member_id, before: {}, after: { display_name, phone, email } }]
  const after = { kind: made.kind }
  await audit(tx, [{ action: 'member.created', noun: 'members', noun_id: made.member_id, after, personal }])
  return made
}

/**
 * Changes one member; null clears. A phone, e-mail or card set here replaces the shown one of its kind. Throws
 * `member.not_found`, `member.identity_taken`, `member.phone_unreadable` and its like. Personal values are audited
 * beside.
 */
export async function update(tx: Tx, member_id: string, changes: MemberChanges): Promise<Member> {
  await tx.run(sql`select from members where member_id = ${member_id}::uuid for update`)
  const before = await memberOf(tx, member_id)
  // what was there before, from an import say, stands in nobody's way
  const said = Object.entries(changes).filter(([name, value]) => value !== before[name as keyof Member])
  await insistOnReadable(tx, Object.fromEntries(said), tx.now)
  const { phone, email, card } = await replaceIdentities(tx, before, changes)
  const wanted: Member = { ...before, ...profileOf(before, changes), phone, email }
  await loadDictionaries()
  await tx.run(sql`
    update members set display_name = ${wanted.display_name}::text, first_name = ${wanted.first_name}::text,
      last_name = ${wanted.last_name}::text, phone = ${wanted.phone}::text, email = ${wanted.email}::text,
      birth_date = ${wanted.birth_date}::text, gender = ${wanted.gender}::text, locale = ${wanted.locale}::text,
      time_zone = ${wanted.time_zone}::text, home_store_id = ${wanted.home_store_id}::uuid,
      attributes = ${JSON.stringify(wanted.attributes)}::jsonb, search = ${searchWordsOf(wanted.display_name)}::text,
      updated_at = ${tx.now}::timestamptz
    where member_id = ${member_id}::uuid`)
  const after = { ...wanted, updated_at: tx.now }
  const difference = differenceOf({ ...before, card: null }, { ...after, card, updated_at: before.updated_at })
  const fields = Object.keys(difference.after)
  if (fields.length === 0) return before
  await audit(tx, [
    {
      action: 'member.updated',
      noun: 'members',
      noun_id: member_id,
      after: { fields },
      personal: [{ member_id, ...difference }],
    },
  ])
  await facts.write(tx, [{ name: 'member.updated', member_id, occurred_at: tx.now, data: { fields } }])
  return after
}

function profileOf(before: Member, changes: MemberChanges): Partial<Member> {
  const { phone: _phone, email: _email, card: _card, attributes, ...rest } = changes
  const named = { ...before, ...rest }
  // a new first or last name makes a new shown name, unless that is given too
  const isRenamed =
    changes.display_name === undefined && (changes.first_name !== undefined || changes.last_name !== undefined)
  const display_name = displayNameOf(isRenamed ? { ...named, display_name: null } : named)
  return { ...rest, display_name, attributes: withoutNulls({ ...before.attributes, ...attributes }) }
}

function withoutNulls(attributes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
}

/** Claims the new ones, gives up the old ones; answers what is shown from now on. */
async function replaceIdentities(
  tx: Tx,
  before: Member,
  changes: MemberChanges,
): Promise<{ phone: string | null; email: string | null; card: string | null }> {
  const shown = { phone: before.phone, email: before.email, card: null as string | null }
  const named = (['phone', 'email', 'card'] as const).filter((kind) => changes[kind] !== undefined)
  if (named.length === 0) return shown
  const { default_country } = await program.current(tx)
  const { identities } = identitiesOf(
    { phone: changes.phone, email: changes.email, card: changes.card },
    default_country,
  )
  const { conflicts } = await recognise(tx, [{ member_id: before.member_id, identities }])
  if (conflicts[0]) throw identityTaken(conflicts[0].params)
  const kept = new Map<string, Identity>(identities.map((identity) => [identity.kind, identity]))
  const given_up = named.filter((kind) => kind === 'card' || shown[kind] !== (kept.get(kind)?.value ?? null))
  await tx.run(sql`
    delete from member_identities
    where member_id = ${before.member_id}::uuid and kind = any (${given_up}::text[])
      and not (kind || ' ' || value = any (${identities.map((identity) => identity.key)}::text[]))
      and (kind = 'card' or value = any (${[before.phone, before.email]}::text[]))`)
  for (const kind of named) shown[kind] = kept.get(kind)?.value ?? null
  return shown
}
