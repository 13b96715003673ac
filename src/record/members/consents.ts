/**
 * What people said about being written to. Entries are never edited; `member_consents` is the latest of them by
 * (member, channel, purpose). Of two things said at the same instant the stricter holds, whichever arrives first.
 */
import { actorText } from '../../base/actor.ts'
import { copyRows, type Cell } from '../../base/bulk.ts'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import type { ConsentEntry, Suppression } from './types.ts'

/**
 * Writes down what was said. Saying again what already holds writes nothing; something older than what holds is kept as
 * history and changes nothing. Answers the members for whom anything was written.
 */
export async function consent(tx: Tx, entries: readonly ConsentEntry[]): Promise<Set<string>> {
  const { written, said } = await recordConsents(tx, entries)
  await facts.write(tx, said)
  return written
}

/**
 * As `consent`, with the facts still to be written, so that a caller writes all its facts at once. One statement a round;
 * round k takes what each member said k-th about the same channel and purpose: rounds do not grow with members.
 */
export async function recordConsents(tx: Tx, entries: readonly ConsentEntry[]): Promise<{ written: Set<string>; said: Fact[] }> {
  const written = new Set<string>()
  const said: Fact[] = []
  for (const round of roundsOf(entries)) {
    for (const row of await recordRound(tx, round)) {
      written.add(row.member_id)
      if (!row.holds) continue
      said.push({
        name: row.status === 'granted' ? 'consent.granted' : 'consent.withdrawn', member_id: row.member_id, occurred_at: row.at,
        data: { channel: row.channel, purpose: row.purpose },
      })
    }
  }
  return { written, said }
}

/** What one new member said while joining. */
export interface SaidByOne {
  member_id: string
  consents: readonly Omit<ConsentEntry, 'member_id'>[]
}

/**
 * What people said who have just been made in this transaction: nothing can hold of them yet, so both tables are copied into.
 * No facts: `member.joined` carries what was said with it (a million joining would otherwise make two million facts more).
 */
export async function openConsents(tx: Tx, people: readonly SaidByOne[]): Promise<void> {
  const recorded_at = tx.now.toISOString()
  const actor = actorText(tx.actor)
  const entries: Cell[][] = []
  const latest: Cell[][] = []
  for (const { member_id, consents } of people) {
    // a handful each: comparing them pairwise is cheaper than any map
    const sorted = consents.length > 1 ? [...consents].sort(byTime) : consents
    sorted.forEach((entry, nth) => {
      const { channel, purpose, status, at } = entry
      const later = sorted.slice(nth + 1).filter((other) => other.channel === channel && other.purpose === purpose)
      if (later.length === 0) latest.push([member_id, channel, purpose, status, at])
      if (later.some((other) => other.status === status && other.at.getTime() === at.getTime())) return
      entries.push([member_id, channel, purpose, status, at, recorded_at, entry.method, entry.text_version, actor, entry.ip])
    })
  }
  if (entries.length === 0) return
  await copyRows(tx, `copy member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, text_version,
    actor, ip) from stdin`, entries)
  await copyRows(tx, 'copy member_consents (member_id, channel, purpose, status, at) from stdin', latest)
}

/** Of equals the stricter is last: `granted` comes before `withdrawn` also in the alphabet. */
function byTime(a: Pick<ConsentEntry, 'at' | 'status'>, b: Pick<ConsentEntry, 'at' | 'status'>): number {
  return a.at.getTime() - b.at.getTime() || compare(a.status, b.status)
}

/** Sorted by member and time, then dealt out. */
function roundsOf(entries: readonly ConsentEntry[]): ConsentEntry[][] {
  const sorted = [...entries].sort((a, b) => compare(a.member_id, b.member_id) || byTime(a, b))
  const rounds: ConsentEntry[][] = []
  const seen = new Map<string, number>()
  for (const entry of sorted) {
    const key = `${entry.member_id} ${entry.channel} ${entry.purpose}`
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    const round = (rounds[nth] ??= [])
    round.push(entry)
  }
  return rounds
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

interface Recorded {
  member_id: string
  channel: string
  purpose: string
  status: 'granted' | 'withdrawn'
  at: Date
  /** It changed what holds. */
  holds: boolean
}

async function recordRound(tx: Tx, entries: readonly ConsentEntry[]): Promise<Recorded[]> {
  return tx.rows<Recorded>(sql`
    with input as materialized (
      select * from unnest(
        ${entries.map((entry) => entry.member_id)}::uuid[], ${entries.map((entry) => entry.channel)}::text[],
        ${entries.map((entry) => entry.purpose)}::text[], ${entries.map((entry) => entry.status)}::text[],
        ${entries.map((entry) => entry.at.toISOString())}::timestamptz[], ${entries.map((entry) => entry.method)}::text[],
        ${entries.map((entry) => entry.text_version ?? null)}::text[], ${entries.map((entry) => entry.ip ?? null)}::text[]
      ) as input (member_id, channel, purpose, status, at, method, text_version, ip)
    ),
    fresh as materialized (
      select input.*, held.status as held_status, held.at as held_at
      from input left join member_consents held using (member_id, channel, purpose)
      where held.status is null or held.status <> input.status or input.at < held.at
    ),
    changed as (
      insert into member_consents as held (member_id, channel, purpose, status, at)
      select member_id, channel, purpose, status, at from fresh
      where held_status is null or (held_status <> status and (at, status = 'withdrawn') > (held_at, held_status = 'withdrawn'))
      on conflict (member_id, channel, purpose) do update set status = excluded.status, at = excluded.at
      where held.status <> excluded.status
        and (excluded.at, excluded.status = 'withdrawn') > (held.at, held.status = 'withdrawn')
      returning member_id, channel, purpose, status
    ),
    entered as (
      insert into member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, text_version, actor, ip)
      select member_id, channel, purpose, status, at, ${tx.now}::timestamptz, method, text_version,
        ${actorText(tx.actor)}::text, ip
      from fresh
      on conflict do nothing
      returning member_id, channel, purpose, status, at
    )
    select entered.*, changed.member_id is not null as holds
    from entered left join changed using (member_id, channel, purpose, status)`)
}

/**
 * Addresses that must not be written to any more, whatever the consent. `at` is now unless said. One that is already
 * suppressed stays as it was. Also given up: nobody but `unsuppress` lifts it.
 */
export async function suppress(
  tx: Tx, entries: readonly (Omit<Suppression, 'at'> & { at?: Date })[],
): Promise<void> {
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
  await facts.write(tx, rows.map(({ member_id, channel, reason, at }) => (
    { name: 'member.suppressed', member_id, occurred_at: at, data: { channel, reason } })))
}

/** Lifts suppressions (the address works again, or was never wrong). */
export async function unsuppress(
  tx: Tx, entries: readonly Pick<Suppression, 'member_id' | 'channel' | 'address'>[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = await tx.rows<{ member_id: string; channel: string }>(sql`
    delete from member_suppressions held
    using unnest(${entries.map((entry) => entry.member_id)}::uuid[], ${entries.map((entry) => entry.channel)}::text[],
      ${entries.map((entry) => entry.address)}::text[]) as entry (member_id, channel, address)
    where held.member_id = entry.member_id and held.channel = entry.channel and held.address = entry.address
    returning held.member_id, held.channel`)
  await facts.write(tx, rows.map(({ member_id, channel }) => (
    { name: 'member.unsuppressed', member_id, occurred_at: tx.now, data: { channel } })))
}
