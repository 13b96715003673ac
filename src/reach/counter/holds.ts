/** The rows of holds: found by number, claimed, locked, written. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { quoteOf, remember, type Promised } from './promises.ts'
import type { Hold, Quote } from './types.ts'

export interface HoldRow extends Hold {
  member_id: string
  store: string | null
  content_hash: string
  occurred_at: Date | null
}

/** A hold about to be made. */
export interface Claimed {
  member_id: string
  hold_id: string
  source: string
  source_id: string
  store: string | null
  content_hash: string
  expires_at: Date
  occurred_at: Date | null
  quote: Quote
}

const columns = sql`h.member_id, h.hold_id, h.status, h.source, h.source_id, h.store, h.content_hash, h.expires_at,
  h.occurred_at, h.order_id, h.quote`

/** A number is taken while its hold lives, and for ever once it is committed. */
export function lives(row: HoldRow, now: Date): boolean {
  return row.status === 'committed' || (row.status === 'held' && row.expires_at > now)
}

type Number = Pick<Claimed, 'source' | 'source_id'>
const numberOf = ({ source, source_id }: Number) => `${source} ${source_id}`
const numbersSql = (numbers: readonly Number[]): Sql => sql`
  unnest(${numbers.map((one) => one.source)}::text[], ${numbers.map((one) => one.source_id)}::text[])`

/** The newest hold of each number, whatever its state; by `<source> <source_id>`. */
export async function newestOf(tx: Tx, numbers: readonly Number[]): Promise<Map<string, HoldRow>> {
  const rows = await tx.rows<HoldRow>(sql`
    select ${columns} from ${numbersSql(numbers)} as asked (source, source_id)
    join till_keys k on k.source = asked.source and k.source_id = asked.source_id
    join till_holds h on h.member_id = k.member_id and h.hold_id = k.hold_id`)
  return new Map(rows.map((row) => [numberOf(row), row]))
}

/**
 * Takes the numbers of sales for new holds, unless a number's newest hold lives: answers those. The keys' rows are the
 * lock for callers with the same number, taken in sorted order.
 */
export async function claimKeys(tx: Tx, wanted: readonly Claimed[]): Promise<Map<string, HoldRow>> {
  if (wanted.length === 0) return new Map()
  const sorted = [...wanted].sort((a, b) => (numberOf(a) < numberOf(b) ? -1 : 1))
  const rows = await tx.rows<Number & { hold_id: string }>(sql`
    insert into till_keys as known (source, source_id, hold_id, member_id)
    select * from unnest(${sorted.map((one) => one.source)}::text[], ${sorted.map((one) => one.source_id)}::text[],
      ${sorted.map((one) => one.hold_id)}::uuid[], ${sorted.map((one) => one.member_id)}::uuid[])
    on conflict (source, source_id) do update set hold_id = known.hold_id
    returning source, source_id, hold_id`)
  const holderOf = new Map(rows.map((row) => [numberOf(row), row.hold_id]))
  const known = sorted.filter((one) => holderOf.get(numberOf(one)) !== one.hold_id)
  if (known.length === 0) return new Map()
  const living = await newestOf(tx, known)
  for (const [number, row] of living) if (!lives(row, tx.now)) living.delete(number)
  const free = known.filter((one) => !living.has(numberOf(one)))
  if (free.length > 0) {
    await tx.run(sql`
      update till_keys k set hold_id = anew.hold_id, member_id = anew.member_id
      from unnest(${free.map((one) => one.source)}::text[], ${free.map((one) => one.source_id)}::text[],
        ${free.map((one) => one.hold_id)}::uuid[], ${free.map((one) => one.member_id)}::uuid[])
        as anew (source, source_id, hold_id, member_id)
      where k.source = anew.source and k.source_id = anew.source_id`)
  }
  return living
}

/** The stores that holds were made for, for who may act at some alone; nothing is asked for a shop's own system. */
export async function storesOfHolds(tx: Tx, hold_ids: readonly string[]): Promise<(string | null)[]> {
  if (tx.actor.kind !== 'staff') return []
  const rows = await tx.rows<{ store: string | null }>(sql`
    select distinct store from till_holds where hold_id = any (${hold_ids}::uuid[])`)
  return rows.map(({ store }) => store)
}

/**
 * Locks holds that are to be ended; by id, without those that are not there. The quotes of those that were promised
 * here, and that nobody has touched since, are not carried over again.
 */
export async function lockHolds(
  tx: Tx,
  hold_ids: readonly string[],
  promised: ReadonlyMap<string, Promised> = new Map(),
): Promise<Map<string, HoldRow>> {
  if (hold_ids.length === 0) return new Map()
  const rows = await tx.rows<Omit<HoldRow, 'quote'> & { quote: Quote | null }>(sql`
    select h.member_id, h.hold_id, h.status, h.source, h.source_id, h.store, h.content_hash, h.expires_at,
      h.occurred_at, h.order_id, case when h.xmin::text <> coalesce(known.mark, '') then h.quote end as quote
    from till_holds h
    left join unnest(${[...promised.keys()]}::uuid[], ${[...promised.values()].map((one) => one.mark)}::text[])
      as known (hold_id, mark) on known.hold_id = h.hold_id
    where h.hold_id = any (${hold_ids}::uuid[])
    order by h.hold_id for no key update of h`)
  return new Map(
    rows.map((row) => [row.hold_id, { ...row, quote: row.quote ?? quoteOf(promised.get(row.hold_id)!) }]),
  )
}

/** Writes holds; nobody waits for it. */
export function insertHolds(tx: Tx, wanted: readonly Claimed[]): void {
  if (wanted.length === 0) return
  const quotes = wanted.map((one) => JSON.stringify(one.quote))
  const written = tx.send<{ mark: string }>(sql`
    insert into till_holds (member_id, hold_id, source, source_id, store, content_hash, quote, status, expires_at,
      occurred_at, created_at, actor)
    select member_id, hold_id, source, source_id, store, content_hash, quote, 'held', expires_at, occurred_at,
      ${tx.now}::timestamptz, ${actorText(tx.actor)}::text
    from unnest(${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.hold_id)}::uuid[],
      ${wanted.map((one) => one.source)}::text[], ${wanted.map((one) => one.source_id)}::text[],
      ${wanted.map((one) => one.store)}::text[], ${wanted.map((one) => one.content_hash)}::text[],
      ${quotes}::jsonb[],
      ${wanted.map((one) => one.expires_at)}::timestamptz[],
      ${wanted.map((one) => one.occurred_at)}::timestamptz[]
    ) as one (member_id, hold_id, source, source_id, store, content_hash, quote, expires_at, occurred_at)
    returning xmin::text as mark`)
  written.then(
    ([row]) =>
      tx.afterCommit(() => {
        wanted.forEach((one, i) => remember({ ...one, quote: quotes[i]!, mark: row!.mark }))
      }),
    // the commit fails of it
    () => undefined,
  )
}

/** What the outside sees of a hold. */
export function wireOf({ hold_id, status, source, source_id, expires_at, order_id, quote }: Hold, now: Date): Hold {
  const isOver = status === 'held' && expires_at <= now
  return { hold_id, status: isOver ? 'expired' : status, source, source_id, expires_at, order_id, quote }
}
