/** What limits count: rows that are locked, looked at and written, and that the database refuses beyond their limit. */
import type { Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import type { CouponDesign, Used } from './types.ts'

export interface Counter {
  /** null: of all members together. */
  member_id: string | null
  coupon_definition_id: string
  kind: 'all' | 'day' | 'code'
  key: string
  used_max: number
}

/** Whose limits are asked for. */
export interface Counted {
  member_id: string
  coupon_definition_id: string
  code: string | null
  code_uses_max: number | null
}

/** The counters that one use of this coupon on a day counts in: those with a limit only. */
export function countersFor(coupon: Counted, limits: CouponDesign['limits'], day: string): Counter[] {
  const { coupon_definition_id, member_id, code, code_uses_max } = coupon
  const asked: [string | null, Counter['kind'], string, number | null | undefined][] = [
    [null, 'all', '', limits.total],
    [null, 'day', day, limits.per_day],
    [null, 'code', code ?? '', code === null ? null : code_uses_max],
    [member_id, 'all', '', limits.per_member],
    [member_id, 'day', day, limits.per_member_day],
  ]
  return asked.flatMap(([owner, kind, key, used_max]) =>
    used_max == null ? [] : [{ member_id: owner, coupon_definition_id, kind, key, used_max }],
  )
}

const nameOf = (one: Omit<Counter, 'used_max'>) =>
  `${one.member_id ?? ''} ${one.coupon_definition_id} ${one.kind} ${one.key}`

/** Counters locked by this transaction, with what it adds to them. */
export class Counters {
  readonly #rows: Map<string, Counter & { used: number; added: number }>

  constructor(rows: readonly (Counter & { used: number })[]) {
    this.#rows = new Map(rows.map((row) => [nameOf(row), { ...row, added: 0 }]))
  }

  count(counters: readonly Counter[]): void {
    for (const one of counters) this.#rows.get(nameOf(one))!.added += 1
  }

  /** How often it was used, by what limits count; 0 where there is no limit. */
  used(coupon: Counted, day: string): Omit<Used, 'coupon'> {
    const { member_id, coupon_definition_id, code } = coupon
    const of = (owner: string | null, kind: Counter['kind'], key: string) => {
      const row = this.#rows.get(nameOf({ member_id: owner, coupon_definition_id, kind, key }))
      return row ? row.used + row.added : 0
    }
    return {
      total: of(null, 'all', ''),
      day: of(null, 'day', day),
      code: code === null ? 0 : of(null, 'code', code),
      member: of(member_id, 'all', ''),
      member_day: of(member_id, 'day', day),
    }
  }

  /** The last parts of a `with`: they write what was added. */
  writes(): Sql {
    const rows = [...this.#rows.values()].filter((row) => row.added > 0)
    const all = rows.filter((row) => row.member_id === null)
    const own = rows.filter((row) => row.member_id !== null)
    return sql`
    counted as (
      update coupon_counters c set used = c.used + one.added
      from unnest(${all.map((row) => row.coupon_definition_id)}::uuid[], ${all.map((row) => row.kind)}::text[],
        ${all.map((row) => row.key)}::text[], ${all.map((row) => row.added)}::int[])
        as one (coupon_definition_id, kind, key, added)
      where c.coupon_definition_id = one.coupon_definition_id and c.kind = one.kind and c.key = one.key
    ),
    member_counted as (
      update coupon_member_counters c set used = c.used + one.added
      from unnest(${own.map((row) => row.member_id)}::uuid[], ${own.map((row) => row.coupon_definition_id)}::uuid[],
        ${own.map((row) => row.kind)}::text[], ${own.map((row) => row.key)}::text[],
        ${own.map((row) => row.added)}::int[]) as one (member_id, coupon_definition_id, kind, key, added)
      where c.member_id = one.member_id and c.coupon_definition_id = one.coupon_definition_id and c.kind = one.kind
        and c.key = one.key
    )`
  }
}

/**
 * Locks counters in one order that all share; one that is new begins with what was used before there was its limit. A
 * limit lowered below what was used stands at that: it refuses, and nothing that holds breaks.
 */
export async function lockCounters(tx: Tx, wanted: readonly Counter[]): Promise<Counters> {
  const unique = [...new Map(wanted.map((one) => [nameOf(one), one])).values()]
  const all = unique.filter((one) => one.member_id === null)
  const own = unique.filter((one) => one.member_id !== null)
  const [shared, owned] = await Promise.all([
    all.length > 0 ? tx.rows<Counter & { used: number }>(sharedSql(all)) : [],
    own.length > 0 ? tx.rows<Counter & { used: number }>(ownedSql(own)) : [],
  ])
  return new Counters([...shared, ...owned])
}

const sharedSql = (all: readonly Counter[]): Sql => sql`
  insert into coupon_counters as known (coupon_definition_id, kind, key, used, used_max)
  select one.coupon_definition_id, one.kind, one.key, past.used, greatest(one.used_max, past.used)
  from unnest(${all.map((one) => one.coupon_definition_id)}::uuid[], ${all.map((one) => one.kind)}::text[],
    ${all.map((one) => one.key)}::text[], ${all.map((one) => one.used_max)}::int[])
    as one (coupon_definition_id, kind, key, used_max)
  cross join lateral (select case when exists (
      select from coupon_counters c where c.coupon_definition_id = one.coupon_definition_id and c.kind = one.kind
        and c.key = one.key) then 0
    else (select count(*)::int from coupon_uses u where u.coupon_definition_id = one.coupon_definition_id
      and u.state in ('held', 'redeemed') and case one.kind when 'all' then true
        when 'day' then u.used_on::text = one.key else u.code = one.key end) end as used) past
  order by 1, 2, 3
  on conflict (coupon_definition_id, kind, key) do update set used_max = greatest(excluded.used_max, known.used)
  returning null::uuid as member_id, coupon_definition_id, kind, key, used, used_max`

const ownedSql = (own: readonly Counter[]): Sql => sql`
  insert into coupon_member_counters as known (member_id, coupon_definition_id, kind, key, used, used_max)
  select one.member_id, one.coupon_definition_id, one.kind, one.key, past.used, greatest(one.used_max, past.used)
  from unnest(${own.map((one) => one.member_id)}::uuid[], ${own.map((one) => one.coupon_definition_id)}::uuid[],
    ${own.map((one) => one.kind)}::text[], ${own.map((one) => one.key)}::text[],
    ${own.map((one) => one.used_max)}::int[]) as one (member_id, coupon_definition_id, kind, key, used_max)
  cross join lateral (select count(*)::int as used from coupon_uses u
    where u.member_id = one.member_id and u.coupon_definition_id = one.coupon_definition_id
      and u.state in ('held', 'redeemed') and (one.kind = 'all' or u.used_on::text = one.key)) past
  order by 1, 2, 3, 4
  on conflict (member_id, coupon_definition_id, kind, key)
    do update set used_max = greatest(excluded.used_max, known.used)
  returning member_id, coupon_definition_id, kind, key, used, used_max`
