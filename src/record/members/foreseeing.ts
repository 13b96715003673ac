/** What references will lead to, asked for before anybody has read what names them. */
import { Ahead } from '../../base/ahead.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../program/program.ts'
import { ownersOf, type Owners } from './recognise.ts'
import { identitiesOf } from './rules.ts'
import type { MemberRef } from './types.ts'

/** Answers on their way to whom references will lead. */
export interface Foreseen {
  survivors: Ahead<string, string>
  owners: Owners
}

/**
 * Asks for what `resolve` will ask for, before it is known whether it will. The country by which phones are read is
 * taken to be the one last seen: where it is not, the numbers differ and are asked for anew.
 */
export function foresee(tx: Tx, refs: readonly MemberRef[]): Foreseen {
  const member_ids = refs.flatMap((ref) => (ref.member_id ? [ref.member_id] : []))
  const country = program.lastCountry()
  const identities = country ? refs.flatMap((ref) => identitiesOf(ref, country).identities) : []
  return {
    survivors: new Ahead(member_ids, survivorsOf(tx, member_ids)),
    owners: new Ahead(
      identities.map(({ key }) => key),
      ownersOf(tx, identities),
    ),
  }
}

/** Merged members lead to their survivor; erased ones to nobody. */
export async function survivorsOf(db: Reader, member_ids: readonly string[]): Promise<Map<string, string>> {
  if (member_ids.length === 0) return new Map()
  const rows = await db.rows<{ member_id: string; survivor: string }>(sql`
    select member_id, coalesce(merged_into, member_id) as survivor from members
    where member_id = any (${[...new Set(member_ids)]}::uuid[]) and erased_at is null`)
  return new Map(rows.map((row) => [row.member_id, row.survivor]))
}
