/** What templates are filled with, and who may be written to at this moment: one statement for a set of members. */
import type { Reader } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import type { Medium, Purpose, Refusal } from './types.ts'

/** What a template may say about a member. */
export interface MemberValues {
  member_id: string
  display_name: string | null
  first_name: string | null
  last_name: string | null
  number: number
  external_id: string | null
  birth_date: string | null
  locale: string | null
  tags: string[]
  attributes: Record<string, unknown>
  /** Points that may be spent now. */
  points: number
  tier_code: string | null
  tier_names: Record<string, string> | null
  store_name: string | null
  /** The tier above and what is missing to it, in minor units; null where there is none. Only if a text asks for it. */
  next_tier?: { code: string; names: Record<string, string> | null; missing_minor: number } | null
}

/** A member's values with how the question "may we?" stands. */
export interface Standing extends MemberValues {
  kind: string
  merged_into: string | null
  address: string | null
  refusal: Refusal | null
}

export interface ProgramValues {
  name: string
  default_language: string
  time_zone: string
  /** ISO 4217. */
  currency: string
  postal_address: string | null
}

export async function programValues(db: Reader): Promise<ProgramValues> {
  const program = await db.row<ProgramValues>(sql`
    select name, default_language, time_zone, currency, settings->>'postal_address' as postal_address from program`)
  return program ?? { name: '', default_language: 'en', time_zone: 'UTC', currency: 'USD', postal_address: null }
}

/** The column that holds the address of a medium. */
export function addressColumn(medium: Medium): Sql {
  return medium === 'email' ? sql`m.email` : sql`m.phone`
}

/**
 * Why member `m` may not be written to, null if nothing is against it: one piece of SQL for the audience, the moment
 * of sending and the lists, so that they cannot disagree. Asked in the order of `refusals`. Needs `standingJoins`.
 */
export function refusalCase(medium: Medium, purpose: Purpose): Sql {
  const marketing = purpose === 'marketing'
  const asked: Sql[] = [
    sql`when m.erased_at is not null then 'erased'`,
    sql`when m.merged_into is not null then 'merged'`,
    // a guest bought and asked for nothing; only what belongs to that purchase may reach them
    ...(marketing ? [sql`when m.kind not in ('member', 'follower') then 'guest'`] : []),
    sql`when coalesce(${addressColumn(medium)}, '') = '' then 'address_missing'`,
    sql`when suppression.member_id is not null then 'suppressed'`,
    sql`when consent.status = 'withdrawn' then 'consent_withdrawn'`,
    ...(marketing ? [sql`when consent.status is null then 'consent_missing'`] : []),
  ]
  return sql`case ${join(asked, ' ')} end`
}

/** The rows that `refusalCase` looks at. */
export function standingJoins(medium: Medium, purpose: Purpose): Sql {
  return sql`
    left join member_consents consent on consent.member_id = m.member_id
      and consent.channel = ${medium}::text and consent.purpose = ${purpose}::text
    left join member_suppressions suppression on suppression.member_id = m.member_id
      and suppression.channel = ${medium}::text and suppression.address = ${addressColumn(medium)}`
}

/** Values and standing of members, by id; ids nobody has are missing. */
export async function standingOf(
  db: Reader,
  member_ids: readonly string[],
  medium: Medium,
  purpose: Purpose,
): Promise<Map<string, Standing>> {
  const rows = await db.rows<Standing>(sql`
    select m.member_id, m.display_name, m.first_name, m.last_name, m.number, m.external_id, m.birth_date, m.locale,
      m.tags, m.attributes, m.kind, m.merged_into, ${addressColumn(medium)} as address,
      coalesce(balance.active, 0) as points, tier.code as tier_code, tier.names as tier_names,
      store.name as store_name, ${refusalCase(medium, purpose)} as refusal
    from members m
    ${standingJoins(medium, purpose)}
    left join point_balances balance on balance.member_id = m.member_id
    left join member_tiers held on held.member_id = m.member_id
    left join tiers tier on tier.tier_id = held.tier_id
    left join stores store on store.store_id = m.home_store_id
    where m.member_id = any (${member_ids}::uuid[])`)
  return new Map(rows.map((row) => [row.member_id, row]))
}
