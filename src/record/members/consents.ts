/**
 * What people said about being written to. Entries are never edited; `member_consents` is the latest of them by
 * (member, channel, purpose). Of two things said at the same instant the stricter holds, whichever arrives first.
 */
import { copyBinary, type RowWriter } from '../../base/binary-rows.ts'
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import type { ConsentEntry, Suppression } from './types.ts'

/**
 * Writes down what was said. A word that names its time is kept as proof, once; a word without one (a box ticked in a
 * form or a file) is written, as of now, only if it says something new. Something older than what holds is history and
 * changes nothing. Facts tell of changes of what holds. Answers the members for whom anything was written.
 */
export async function consent(tx: Tx, entries: readonly ConsentEntry[]): Promise<Set<string>> {
  const { written, said } = await recordConsents(tx, entries)
  await facts.write(tx, said)
  return written
}

/**
 * As `consent`, with the facts still to be written, so that a caller writes all its facts at once. One statement a
 * round; round k takes what each member said k-th about the same channel and purpose: rounds do not grow with members,
 * and the result is the same however a set is cut.
 */
export async function recordConsents(
  tx: Tx,
  entries: readonly ConsentEntry[],
): Promise<{ written: Set<string>; said: Fact[] }> {
  const written = new Set<string>()
  const said: Fact[] = []
  for (const round of roundsOf(entries)) {
    for (const { member_id, channel, purpose, status, at, isNews } of await recordRound(tx, round)) {
      written.add(member_id)
      const name = status === 'granted' ? 'consent.granted' : 'consent.withdrawn'
      if (isNews) said.push({ name, member_id, occurred_at: at, data: { channel, purpose } })
    }
  }
  return { written, said }
}

function roundsOf(entries: readonly ConsentEntry[]): ConsentEntry[][] {
  const rounds: ConsentEntry[][] = []
  const seen = new Map<string, number>()
  for (const entry of entries) {
    const key = `${entry.member_id} ${entry.channel} ${entry.purpose}`
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    const round = (rounds[nth] ??= [])
    round.push(entry)
  }
  // everybody locks members in the same order
  for (const round of rounds)
    round.sort((a, b) => (a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0))
  return rounds
}

interface Recorded {
  member_id: string
  channel: string
  purpose: string
  status: 'granted' | 'withdrawn'
  at: Date
  /** What holds is another status than before. */
  isNews: boolean
}

async function recordRound(tx: Tx, entries: readonly ConsentEntry[]): Promise<Recorded[]> {
  return tx.rows<Recorded>(sql`
    with input as materialized (
      select member_id, channel, purpose, status, at as own_at, coalesce(at, ${tx.now}::timestamptz) as at, method,
        text_version, ip
      from unnest(
        ${entries.map((entry) => entry.member_id)}::uuid[], ${entries.map((entry) => entry.channel)}::text[],
        ${entries.map((entry) => entry.purpose)}::text[], ${entries.map((entry) => entry.status)}::text[],
        ${entries.map((entry) => entry.at?.toISOString() ?? null)}::timestamptz[],
        ${entries.map((entry) => entry.method)}::text[],
        ${entries.map((entry) => entry.text_version ?? null)}::text[],
        ${entries.map((entry) => entry.ip ?? null)}::text[]
      ) as input (member_id, channel, purpose, status, at, method, text_version, ip)
    ),
    fresh as materialized (
      select input.*
      from input left join member_consents held using (member_id, channel, purpose)
      where held.status is null or held.status <> input.status or input.own_at <> held.at
    ),
    changed as (
      insert into member_consents as held (member_id, channel, purpose, status, at)
      select member_id, channel, purpose, status, at from fresh
      on conflict (member_id, channel, purpose) do update set status = excluded.status, at = excluded.at
      -- the later word holds, of two at the same instant the stricter (pain 16), however many write at once
      where (excluded.at, excluded.status = 'withdrawn') > (held.at, held.status = 'withdrawn')
      returning member_id, channel, purpose, old.status is distinct from new.status as news
    ),
    entered as (
      insert into member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, text_version,
        actor, ip)
      select member_id, channel, purpose, status, at, ${tx.now}::timestamptz, method, text_version,
        ${actorText(tx.actor)}::text, ip
      from fresh
      on conflict do nothing
      returning member_id, channel, purpose, status, at
    )
    select entered.*, coalesce(changed.news, false) as "isNews"
    from entered left join changed using (member_id, channel, purpose)`)
}

/** What one new member said while joining. */
export interface SaidByOne {
  member_id: string
  consents: readonly Omit<ConsentEntry, 'member_id'>[]
}

/**
 * What people said who have just been made in this transaction: nothing can hold of them yet, so both tables are copied
 * into. No facts: `member.joined` carries what was said with it (a million joining would otherwise make two million
 * facts more).
 */
export async function openConsents(tx: Tx, people: readonly SaidByOne[]): Promise<void> {
  const actor = actorText(tx.actor)
  const entries: ConsentSaid[] = []
  const latest: ConsentSaid[] = []
  for (const { member_id, consents } of people) {
    const kept = keptOf(consents, tx.now)
    for (const word of kept.entries) entries.push({ member_id, word })
    for (const word of kept.latest) latest.push({ member_id, word })
  }
  if (entries.length === 0) return
  await copyBinary(
    tx,
    `copy member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, text_version, actor,
      ip)`,
    entries,
    (out, { member_id, word }) => {
      out.row(10)
      writeSaid(out, member_id, word)
      out.instant(tx.now)
      out.text(word.method ?? null)
      out.text(word.text_version ?? null)
      out.text(actor)
      out.text(word.ip ?? null)
    },
  )
  await copyBinary(
    tx,
    'copy member_consents (member_id, channel, purpose, status, at)',
    latest,
    (out, { member_id, word }) => {
      out.row(5)
      writeSaid(out, member_id, word)
    },
  )
}

interface ConsentSaid {
  member_id: string
  word: TimedWord
}

function writeSaid(out: RowWriter, member_id: string, word: TimedWord): void {
  out.uuid(member_id)
  out.text(word.channel)
  out.text(word.purpose)
  out.text(word.status)
  out.instant(word.at)
}

type Word = Omit<ConsentEntry, 'member_id'>
type TimedWord = Word & { at: Date }

/**
 * The same as `recordRound` for somebody of whom nothing holds: a handful of words, so pairs are compared without a
 * map.
 */
function keptOf(words: readonly Word[], now: Date): { entries: TimedWord[]; latest: TimedWord[] } {
  const entries: TimedWord[] = []
  const latest: TimedWord[] = []
  for (const word of words) {
    const place = latest.findIndex((one) => one.channel === word.channel && one.purpose === word.purpose)
    const held = latest[place]
    if (held && !word.at && held.status === word.status) continue
    const timed = isTimed(word) ? word : { ...word, at: now }
    if (entries.some((one) => isSame(one, timed))) continue
    entries.push(timed)
    if (!held) latest.push(timed)
    else if (isStronger(timed, held)) latest[place] = timed
  }
  return { entries, latest }
}

function isTimed(word: Word): word is TimedWord {
  return word.at !== undefined
}

function isSame(a: TimedWord, b: TimedWord): boolean {
  return (
    a.channel === b.channel && a.purpose === b.purpose && a.status === b.status && a.at.getTime() === b.at.getTime()
  )
}

/** Later, or at the same instant stricter. */
function isStronger(a: TimedWord, b: TimedWord): boolean {
  const difference = a.at.getTime() - b.at.getTime()
  return difference > 0 || (difference === 0 && a.status === 'withdrawn' && b.status === 'granted')
}

/**
 * Addresses that must not be written to any more, whatever the consent. `at` is now unless said. One that is already
 * suppressed stays as it was. Also given up: nobody but `unsuppress` lifts it.
 */
export async function suppress(tx: Tx, entries: readonly (Omit<Suppression, 'at'> & { at?: Date })[]): Promise<void> {
  if (entries.length === 0) return
  const rows = await tx.rows<{ member_id: string; channel: string; reason: string; at: Date }>(sql`
    insert into member_suppressions (member_id, channel, address, reason, at)
    select member_id, channel, address, reason, at
    from unnest(${entries.map((entry) => entry.member_id)}::uuid[], ${entries.map((entry) => entry.channel)}::text[],
      ${entries.map((entry) => entry.address)}::text[], ${entries.map((entry) => entry.reason)}::text[],
      ${entries.map((entry) => (entry.at ?? tx.now).toISOString())}::timestamptz[]
    ) as entry (member_id, channel, address, reason, at)
    on conflict (member_id, channel, address) do nothing
    returning member_id, channel, reason, at`)
  await facts.write(
    tx,
    rows.map(({ member_id, channel, reason, at }) => ({
      name: 'member.suppressed',
      member_id,
      occurred_at: at,
      data: { channel, reason },
    })),
  )
}

/** Lifts suppressions (the address works again, or was never wrong). */
export async function unsuppress(
  tx: Tx,
  entries: readonly Pick<Suppression, 'member_id' | 'channel' | 'address'>[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = await tx.rows<{ member_id: string; channel: string }>(sql`
    delete from member_suppressions held
    using unnest(${entries.map((entry) => entry.member_id)}::uuid[], ${entries.map((entry) => entry.channel)}::text[],
      ${entries.map((entry) => entry.address)}::text[]) as entry (member_id, channel, address)
    where held.member_id = entry.member_id and held.channel = entry.channel and held.address = entry.address
    returning held.member_id, held.channel`)
  await facts.write(
    tx,
    rows.map(({ member_id, channel }) => ({
      name: 'member.unsuppressed',
      member_id,
      occurred_at: tx.now,
      data: { channel },
    })),
  )
}
