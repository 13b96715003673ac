/** How cards are looked at: one function a statement. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import { begunAt, calledOff, inForceSql, lastToCome, type ListedVersion } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import type { CardBalance, CardEntry, CardKind, CardReward, CardRule } from './types.ts'

/** The version of a definition in force at a moment; the first before it. */
const versionSql = (moment: Date): Sql => sql`
  select v.version, v.rule, v.effective_from from card_versions v
  where v.card_definition_id = d.card_definition_id and (${begunAt(moment)} or v.version = 1)
  order by ${lastToCome} limit 1`

export interface ListedDefinition {
  card_definition_id: string
  kind: CardKind
  names: Record<string, string>
  status: 'active' | 'stopped'
  version: number
  effective_from: Date
  rule: CardRule
  created_at: Date
  cards: number
  in_use: number
  units: number
  rounds: number
  owed_minor: number
  owed_bonus_minor: number
  paid_in_minor: number
}

/** Definitions with what they owe; one if it is named. */
export async function listed(db: Reader, now: Date, card_definition_id?: string): Promise<ListedDefinition[]> {
  return db.rows(sql`
    select d.card_definition_id, d.kind, d.names, d.status, v.version, v.effective_from, v.rule, d.created_at,
      coalesce(held.cards, 0) as cards, coalesce(held.in_use, 0) as in_use, coalesce(held.units, 0) as units,
      coalesce(held.rounds, 0) as rounds, coalesce(lot.owed_minor, 0) as owed_minor,
      coalesce(lot.owed_bonus_minor, 0) as owed_bonus_minor, coalesce(paid.paid_in_minor, 0) as paid_in_minor
    from card_definitions d cross join lateral (${versionSql(now)}) v
    left join lateral (
      select count(*) as cards, count(*) filter (where balance > 0) as in_use, sum(balance)::bigint as units,
        sum(rounds)::bigint as rounds
      from cards c where c.card_definition_id = d.card_definition_id
    ) held on true
    left join lateral (
      -- whole lots rounded down one by one, as a refund would
      select sum(floor(paid_minor::numeric * remaining / granted))::bigint as owed_minor,
        sum(case when l.is_bonus and d.kind = 'value' then remaining else 0 end)::bigint as owed_bonus_minor
      from card_lots l where l.card_definition_id = d.card_definition_id and l.remaining > 0
    ) lot on true
    left join lateral (
      select sum(paid_minor)::bigint as paid_in_minor from card_entries e
      where e.card_definition_id = d.card_definition_id and e.kind = 'top_up'
    ) paid on true
    where ${card_definition_id ?? null}::uuid is null or d.card_definition_id = ${card_definition_id ?? null}::uuid
    order by d.created_at, d.card_definition_id`)
}

export type SoldCard = Pick<ListedDefinition, 'card_definition_id' | 'kind' | 'names' | 'rule'>

/** Cards on which money can be paid in, or whose sessions can be bought, by their rules of that moment. */
export async function soldAt(db: Reader, now: Date): Promise<SoldCard[]> {
  return db.rows(sql`
    select d.card_definition_id, d.kind, d.names, v.rule
    from card_definitions d cross join lateral (${versionSql(now)}) v
    where d.kind <> 'stamps' and d.status = 'active' and v.effective_from <= ${now}::timestamptz
    order by d.created_at, d.card_definition_id`)
}

/** Throws `card_definition.not_found`. */
export async function definitionOf(db: Reader, card_definition_id: string, now: Date): Promise<ListedDefinition> {
  const [found] = await listed(db, now, card_definition_id)
  if (!found) throw new AppError('card_definition.not_found', { card_definition_id })
  return found
}

export interface VersionRow extends ListedVersion {
  rule: CardRule
}

/** All versions of a kind of card, newest first. */
export async function versionsOf(db: Reader, card_definition_id: string, now: Date): Promise<VersionRow[]> {
  const of = sql`and card_definition_id = ${card_definition_id}::uuid`
  return db.rows<VersionRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('card_versions', now, of)} as in_force
    from card_versions where card_definition_id = ${card_definition_id}::uuid order by version desc`)
}

/** The cards of a member, with what can be used of them now. */
export async function balancesOf(db: Reader, member_ids: readonly string[], now: Date): Promise<CardBalance[]> {
  const { time_zone } = await program.current(db)
  return db.rows(sql`
    select c.member_id, c.card_definition_id, d.kind, d.status, d.names, v.version, v.rule, c.balance,
      coalesce(h.held, 0) as held, greatest(0, coalesce(l.usable, 0) - coalesce(h.held, 0)) as available, c.debt,
      c.size, c.size - c.balance + c.debt as needed, c.rounds,
      coalesce(l.bonus, 0) as bonus, c.next_expiry_on, c.opened_at,
      c.updated_at
    from cards c join card_definitions d on d.card_definition_id = c.card_definition_id
    cross join lateral (${versionSql(now)}) v
    left join lateral (
      select sum(one.units)::bigint as held, jsonb_agg(part->'lot_id') as lots
      from card_holds h, jsonb_array_elements(h.lots) part
        cross join lateral (select (part->>'units')::bigint as units) one
      where h.member_id = c.member_id and h.card_definition_id = c.card_definition_id and h.status = 'held'
        and h.expires_at > ${now}::timestamptz
    ) h on true
    left join lateral (
      -- what is over is not there any more, whether or not the clock has booked it; what is held of it is, until then
      select sum(case when l.expires_on < ${dayOf(now, time_zone)}::date
          then case when h.lots @> to_jsonb(l.lot_id) then (
            select sum((part->>'units')::bigint) from card_holds o, jsonb_array_elements(o.lots) part
            where o.member_id = l.member_id and o.card_definition_id = l.card_definition_id and o.status = 'held'
              and o.expires_at > ${now}::timestamptz and (part->>'lot_id')::bigint = l.lot_id) else 0 end
          else l.remaining end)::bigint as usable,
        sum(case when l.is_bonus and d.kind = 'value' then l.remaining else 0 end)::bigint as bonus
      from card_lots l
      where l.member_id = c.member_id and l.card_definition_id = c.card_definition_id and l.remaining > 0
    ) l on true
    where c.member_id = any (${member_ids}::uuid[])
    order by c.member_id, d.kind, c.opened_at, c.card_definition_id`)
}

/** What happened to a member's cards, newest first. */
export async function entriesOf(
  db: Reader,
  of: { member_id: string; card_definition_id?: string | undefined },
  page: { before: number | null; limit: number },
): Promise<CardEntry[]> {
  return db.rows(sql`
    select entry_id, card_definition_id, kind, units, debt, paid_minor, order_id, source, source_id, occurred_at, why,
      actor
    from card_entries
    where member_id = ${of.member_id}::uuid and entry_id < coalesce(${page.before}::bigint, 9223372036854775807)
      and (${of.card_definition_id ?? null}::uuid is null
        or card_definition_id = ${of.card_definition_id ?? null}::uuid)
    order by entry_id desc limit ${page.limit}::int`)
}

export interface Holder {
  member_id: string
  display_name: string | null
  balance: number
  debt: number
  size: number | null
  rounds: number
  next_expiry_on: string | null
  opened_at: Date
  updated_at: Date
}
/** Who has such a card, last used first. */
export async function holdersOf(
  db: Reader,
  card_definition_id: string,
  page: { before: { updated_at: string; member_id: string } | null; limit: number },
): Promise<Holder[]> {
  return db.rows(sql`
    select c.member_id, m.display_name, c.balance, c.debt, c.size, c.rounds, c.next_expiry_on, c.opened_at, c.updated_at
    from cards c join members m on m.member_id = c.member_id
    where c.card_definition_id = ${card_definition_id}::uuid
      and (${page.before === null}::boolean or (c.updated_at, c.member_id)
        < (${page.before?.updated_at ?? null}::timestamptz, ${page.before?.member_id ?? null}::uuid))
    order by c.updated_at desc, c.member_id desc limit ${page.limit}::int`)
}

export interface Round {
  round_id: string
  member_id: string
  card_definition_id: string
  display_name: string | null
  round_no: number
  size: number
  reward: CardReward
  gift_id: string | null
  refused: string | null
  filled_at: Date
}
/** The cards that were filled last: of one definition, or of one member. */
export async function roundsOf(
  db: Reader,
  of: { card_definition_id?: string; member_id?: string },
  limit: number,
): Promise<Round[]> {
  return db.rows(sql`
    select r.round_id, r.member_id, r.card_definition_id, m.display_name, r.round_no, r.size, r.reward, r.gift_id,
      r.refused, r.filled_at
    from card_rounds r join members m on m.member_id = r.member_id
    where (${of.card_definition_id ?? null}::uuid is null
        or r.card_definition_id = ${of.card_definition_id ?? null}::uuid)
      and (${of.member_id ?? null}::uuid is null or r.member_id = ${of.member_id ?? null}::uuid)
    order by r.filled_at desc, r.round_id desc limit ${limit}::int`)
}

/** A full card whose reward could not be given. */
export interface RefusedRound {
  member_id: string
  display_name: string | null
  round_id: string
  names: Record<string, string>
  reward: CardReward
  refused: string
  filled_at: Date
}

/** Full cards whose reward could not be given, newest first; one alone if it is named. */
export async function refusedRounds(db: Reader, page: { limit: number; round_id?: string }): Promise<RefusedRound[]> {
  return db.rows<RefusedRound>(sql`
    select r.member_id, m.display_name, r.round_id, d.names, r.reward, r.refused, r.filled_at
    from card_rounds r join members m on m.member_id = r.member_id
    join card_definitions d on d.card_definition_id = r.card_definition_id
    where r.refused is not null and r.gift_id is null
      and (${page.round_id ?? null}::uuid is null or r.round_id = ${page.round_id ?? null}::uuid)
    order by r.filled_at desc, r.round_id limit ${page.limit}::int`)
}
