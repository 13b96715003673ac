/**
 * Two accounts of one person become one. Here moves what this module owns; the fact `member.merged` lets every module
 * above move its own rows in the same transaction. The merged row stays and leads to the kept one.
 */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import { audit } from '../staff/staff.ts'
import { moveCompanies } from './companies/moving.ts'
import { moveDays } from './days.ts'
import { movePictures } from './pictures.ts'
import { loadDictionaries, searchWordsOf } from './search-words.ts'
import { moveSignIns } from './signing-in.ts'
import { endsOf, strictestOf, survivorOf, type HeldBefore, type MergePair } from './survivor.ts'
import type { Member } from './types.ts'

export type { MergePair } from './survivor.ts'

/** What hearers listen for: about the kept member, `data.merged_id` says who is no more. */
export const memberMerged = 'member.merged'
/**
 * What was on its way for a merged member while the merge was being made (an order whose buyer had just been looked
 * up) follows so much later; a transaction of a till or an import's chunk is over by then.
 */
const follow_after_ms = 60_000

/**
 * Merges members. What the kept one says holds, blanks are filled (survivor.ts); a withdrawn consent of any of them
 * holds. Throws `member.not_found`, `member.merge_tangled` (into two, into oneself, in a circle).
 */
export async function merge(tx: Tx, pairs: readonly MergePair[]): Promise<MergePair[]> {
  if (pairs.length === 0) return []
  const ended = endsOf(pairs)
  if (!ended) throw new AppError('member.merge_tangled')
  await loadDictionaries()
  await keepOne(tx, ended)
  await moveOwn(tx, ended)
  await tx.run(sql`
    with ${pairSql(ended)}
    insert into member_merges (member_id, merged_id, at, actor, actor_name)
    select keep, merged, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text, ${tx.actor.name}::text from pair
    on conflict do nothing`)
  await audit(
    tx,
    ended.map(({ keep, merge: merged_id }) => ({
      action: 'member.merged',
      noun: 'members',
      noun_id: keep,
      after: { merged_id },
    })),
  )
  await facts.write(
    tx,
    ended.map((pair) => factOf(pair, tx.now)),
  )
  await addJobs(tx, [{ name: 'members.follow_merged', run_at: addMs(tx.now, follow_after_ms) }])
  return ended
}

function factOf({ keep, merge: merged_id }: MergePair, occurred_at: Date): facts.Fact {
  return { name: memberMerged, member_id: keep, occurred_at, data: { merged_id } }
}

/** The pairs that facts of merging tell of: for hearers. */
export function mergedPairs(told: readonly facts.Fact[]): MergePair[] {
  return told.map(({ member_id, data }) => ({ keep: member_id, merge: String(data['merged_id']) }))
}

/** `pair (merged, keep)` for a `with`. */
export function pairSql(pairs: readonly MergePair[]): Sql {
  return sql`pair as materialized (
    select * from unnest(${pairs.map((pair) => pair.merge)}::uuid[], ${pairs.map((pair) => pair.keep)}::uuid[])
      as pair (merged, keep))`
}

/**
 * Moves what was written in the name of somebody merged since `since`, after all: hearers hear again, without a new
 * fact. Moving what has been moved changes nothing.
 */
export async function followMerged(tx: Tx, since: Date): Promise<void> {
  const rows = await tx.rows<{ keep: string; merge: string }>(sql`
    select distinct m.merged_into as keep, m.member_id as merge
    from member_merges one join members m on m.member_id = one.merged_id
    where one.at >= ${since}::timestamptz and m.merged_into is not null`)
  if (rows.length === 0) return
  await moveOwn(tx, rows)
  const told = rows.map((pair) => factOf(pair, tx.now))
  for (const hearer of tx.bound) if (hearer.names.includes(memberMerged)) await hearer.hear(tx, told)
}

const memberColumns = sql`member_id, kind, number, external_id, display_name, first_name, last_name, birth_date,
  gender, locale, time_zone, phone, email, attributes, tags, home_store_id, joined_at, join_channel, join_store_id,
  created_at, updated_at`
const living = sql`m.kind <> 'walk_in' and m.merged_into is null and m.erased_at is null`

/** The merged rows lead to the kept one from now on (also those merged into them before), and its row is made whole. */
async function keepOne(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const gone = await tx.rows<Member & { keep: string }>(sql`
    with ${pairSql(pairs)},
    ended as (
      update members m set merged_into = pair.keep, updated_at = ${tx.now}::timestamptz
      from pair where m.member_id = pair.merged and ${living}
      returning m.*
    ),
    before as (
      update members m set merged_into = pair.keep from pair where m.merged_into = pair.merged
    )
    select ${memberColumns}, merged_into as keep from ended`)
  const kept = await tx.rows<Member>(sql`
    update members m set updated_at = ${tx.now}::timestamptz
    where m.member_id = any (${[...new Set(pairs.map((pair) => pair.keep))]}::uuid[]) and ${living}
    returning ${memberColumns}`)
  const here = new Set([...gone, ...kept].map((row) => row.member_id))
  const missing = pairs.flatMap((pair) => [pair.merge, pair.keep]).find((member_id) => !here.has(member_id))
  if (missing) throw new AppError('member.not_found', { member_id: missing })
  const nth = new Map(pairs.map((pair, index) => [pair.merge, index]))
  gone.sort((a, b) => nth.get(a.member_id)! - nth.get(b.member_id)!)
  await writeSurvivors(
    tx,
    kept.map((row) =>
      survivorOf(
        row,
        gone.filter((one) => one.keep === row.member_id),
      ),
    ),
  )
}

async function writeSurvivors(tx: Tx, rows: readonly Member[]): Promise<void> {
  const text = (key: Exclude<keyof Member, 'attributes' | 'tags' | 'joined_at'>) => rows.map((row) => row[key])
  await tx.run(sql`
    update members m set kind = w.kind, external_id = w.external_id, display_name = w.display_name,
      first_name = w.first_name, last_name = w.last_name, birth_date = w.birth_date, gender = w.gender,
      locale = w.locale, time_zone = w.time_zone, phone = w.phone, email = w.email, attributes = w.attributes,
      tags = array(select jsonb_array_elements_text(w.tags)), home_store_id = w.home_store_id,
      joined_at = w.joined_at, join_channel = w.join_channel, join_store_id = w.join_store_id, search = w.search
    from unnest(
      ${text('member_id')}::uuid[], ${text('kind')}::text[], ${text('external_id')}::text[],
      ${text('display_name')}::text[], ${text('first_name')}::text[], ${text('last_name')}::text[],
      ${text('birth_date')}::text[], ${text('gender')}::text[], ${text('locale')}::text[],
      ${text('time_zone')}::text[], ${text('phone')}::text[], ${text('email')}::text[],
      ${rows.map((row) => JSON.stringify(row.attributes))}::jsonb[],
      ${rows.map((row) => JSON.stringify(row.tags))}::jsonb[],
      ${text('home_store_id')}::uuid[], ${rows.map((row) => row.joined_at?.toISOString() ?? null)}::timestamptz[],
      ${text('join_channel')}::text[], ${text('join_store_id')}::uuid[],
      ${rows.map((row) => searchWordsOf(row.display_name))}::text[]
    ) as w (member_id, kind, external_id, display_name, first_name, last_name, birth_date, gender, locale, time_zone,
      phone, email, attributes, tags, home_store_id, joined_at, join_channel, join_store_id, search)
    where m.member_id = w.member_id`)
}

/** Identities, notes, suppressions and consents; what is there already stays. */
async function moveOwn(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    noted as (
      delete from member_notes n using pair where n.member_id = pair.merged returning n as row, pair.keep
    ),
    kept_notes as (
      insert into member_notes
      select moved.* from noted
      cross join lateral jsonb_populate_record(noted.row, jsonb_build_object('member_id', noted.keep)) as moved
    ),
    suppressed as (
      delete from member_suppressions s using pair where s.member_id = pair.merged returning s as row, pair.keep
    ),
    kept_suppressions as (
      insert into member_suppressions
      select moved.* from suppressed
      cross join lateral
        jsonb_populate_record(suppressed.row, jsonb_build_object('member_id', suppressed.keep)) as moved
      on conflict do nothing
    )
    update member_identities i set member_id = pair.keep from pair where i.member_id = pair.merged`)
  await moveConsents(tx, pairs)
  await moveCompanies(tx, pairs)
  await moveSignIns(tx, pairs)
  await moveDays(tx, pairs)
  await movePictures(tx, pairs)
}

async function moveConsents(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  interface HeldRow {
    member_id: string
    channel: string
    purpose: string
    status: HeldBefore['status']
    at: Date
  }
  const keepOf = new Map(pairs.map((pair) => [pair.merge, pair.keep]))
  const ids = [...new Set(pairs.flatMap((pair) => [pair.merge, pair.keep]))]
  const held = await tx.rows<HeldRow>(sql`
    select member_id, channel, purpose, status, at from member_consents where member_id = any (${ids}::uuid[])`)
  if (!held.some((row) => keepOf.has(row.member_id))) return
  const said = new Map<string, { member_id: string; channel: string; purpose: string; held: HeldBefore[] }>()
  for (const { member_id, channel, purpose, status, at } of held) {
    const keep = keepOf.get(member_id) ?? member_id
    const key = `${keep} ${channel} ${purpose}`
    const one = said.get(key) ?? { member_id: keep, channel, purpose, held: [] }
    one.held.push({ is_own: keep === member_id, status, at })
    said.set(key, one)
  }
  const decided = [...said.values()].map((one) => ({ ...one, ...strictestOf(one.held, tx.now) }))
  await writeConsents(tx, pairs, decided)
  const changed = decided.filter((one) => one.held.find((before) => before.is_own)?.status !== one.status)
  await facts.write(
    tx,
    changed.map(({ member_id, channel, purpose, status, at }) => ({
      name: status === 'granted' ? 'consent.granted' : 'consent.withdrawn',
      member_id,
      occurred_at: at,
      data: { channel, purpose },
    })),
  )
}

interface Decided {
  member_id: string
  channel: string
  purpose: string
  status: HeldBefore['status']
  at: Date
  is_said_anew: boolean
}

/** The proofs move along; a no that has to be said again is written down with the merge as its way. */
async function writeConsents(tx: Tx, pairs: readonly MergePair[], decided: readonly Decided[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from member_consents c using pair where c.member_id = pair.merged),
    said as (delete from member_consent_entries e using pair where e.member_id = pair.merged
      returning e as row, pair.keep)
    insert into member_consent_entries
    select moved.* from said
    cross join lateral jsonb_populate_record(said.row, jsonb_build_object('member_id', said.keep)) as moved
    on conflict do nothing`)
  await tx.run(sql`
    with decided as materialized (
      select * from unnest(${decided.map((one) => one.member_id)}::uuid[], ${decided.map((one) => one.channel)}::text[],
        ${decided.map((one) => one.purpose)}::text[], ${decided.map((one) => one.status)}::text[],
        ${decided.map((one) => one.at.toISOString())}::timestamptz[],
        ${decided.map((one) => one.is_said_anew)}::boolean[]
      ) as one (member_id, channel, purpose, status, at, anew)
    ),
    anew as (
      insert into member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, actor)
      select member_id, channel, purpose, status, at, ${tx.now}::timestamptz, 'merge', ${actorText(tx.actor)}::text
      from decided where anew
      on conflict do nothing
    )
    insert into member_consents as held (member_id, channel, purpose, status, at)
    select member_id, channel, purpose, status, at from decided
    on conflict (member_id, channel, purpose) do update set status = excluded.status, at = excluded.at
    where (held.status, held.at) is distinct from (excluded.status, excluded.at)`)
}
