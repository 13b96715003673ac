/** How open gifts end: handed over, or cancelled with everything put back. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as budgets from '../budgets/budgets.ts'
import * as points from '../points/points.ts'
import { source } from './handing.ts'
import { insist } from './paying.ts'
import type { GiftOutcome, GiftRef, GiftStatus } from './types.ts'

interface Ended extends GiftRef {
  item_id: string
  place: string | null
  period: string | null
  paid_points: number
  cost_minor: number
  budget_id: string | null
  reason: string
}

const keyOf = (one: GiftRef) => `${one.member_id} ${one.gift_id}`

/** An open gift to hand over; `store_id`: at whose counter, none: at nobody's. */
export interface HandOver extends GiftRef {
  store_id?: string | undefined
}

/**
 * Hands open gifts over. A piece out of a store's own stock is handed over in that store: at another one's counter, and
 * by people who work at others, it is refused. Refused: `gift.not_found`, `gift.other_store`, `gift.wrong_state` (it
 * was cancelled).
 */
export async function fulfil(tx: Tx, refs: readonly HandOver[]): Promise<GiftOutcome[]> {
  const { ended, outcomes } = await end(tx, refs, 'done', await keptElsewhere(tx, refs))
  const settled = await budgets.settle(
    tx,
    promisesOf(ended).map((one) => ({ ...one.promise, amount_minor: one.cost_minor })),
  )
  insist(settled)
  await tell(tx, 'gift.fulfilled', ended)
  return outcomes
}

/**
 * Cancels open gifts: points go back to their lots, those that mates of the pool had lent to theirs, the piece to its
 * heap, the promise to its budget, the count of the member's limit down. Codes are handed over at once and never come
 * back. Refused: `gift.not_found`, `gift.wrong_state`.
 */
export async function cancel(
  tx: Tx,
  refs: readonly GiftRef[],
  also_budgets: readonly string[] = [],
): Promise<GiftOutcome[]> {
  // members, heaps, envelopes: the order in which everybody locks
  const locked = await points.lockWithLenders(
    tx,
    refs.map(({ member_id, gift_id }) => ({ member_id, source, source_id: gift_id })),
  )
  const { ended, outcomes } = await end(tx, refs, 'cancelled')
  const paid = ended.filter((gift) => gift.paid_points > 0)
  insist(
    await points.restoreShared(
      tx,
      paid.map(({ member_id, gift_id }) => ({
        member_id,
        spend_source: source,
        spend_source_id: gift_id,
        source: 'gift_cancelled',
        source_id: gift_id,
      })),
      locked,
    ),
  )
  await putBack(tx, ended)
  // all envelopes that the caller will move too, in one order
  await budgets.lock(tx, [...promisesOf(ended).map((one) => one.promise.budget_id), ...also_budgets])
  insist(
    await budgets.release(
      tx,
      promisesOf(ended).map((one) => one.promise),
    ),
  )
  await tell(tx, 'gift.cancelled', ended)
  return outcomes
}

/** The store of each gift that is not handed over here, by member and gift: where a gift lies never changes. */
async function keptElsewhere(tx: Tx, refs: readonly HandOver[]): Promise<Map<string, string>> {
  const staff_id = tx.actor.kind === 'staff' ? tx.actor.id : null
  const rows = await tx.rows<GiftRef & { store: string }>(sql`
    select gift.member_id, gift.gift_id, store.name as store
    from unnest(${refs.map((ref) => ref.member_id)}::uuid[], ${refs.map((ref) => ref.gift_id)}::uuid[],
      ${refs.map((ref) => ref.store_id ?? null)}::uuid[]) as want (member_id, gift_id, store_id)
    join gifts gift on gift.member_id = want.member_id and gift.gift_id = want.gift_id
    join stores store on store.store_id = gift.place
    where gift.place <> want.store_id
      or exists (select from store_staff works where works.staff_id = ${staff_id}::uuid)
        and not exists (select from store_staff works where works.staff_id = ${staff_id}::uuid
          and works.store_id = gift.place)`)
  return new Map(rows.map((row) => [keyOf(row), row.store]))
}

function promisesOf(ended: readonly Ended[]) {
  return ended.flatMap(({ budget_id, member_id, gift_id, cost_minor }) =>
    budget_id === null ? [] : [{ promise: { budget_id, member_id, source, source_id: gift_id }, cost_minor }],
  )
}

/** Ends what is open; the row that is written is the lock. What has ended so already is left as it is. */
async function end(
  tx: Tx,
  refs: readonly GiftRef[],
  status: 'done' | 'cancelled',
  elsewhere: ReadonlyMap<string, string> = new Map(),
): Promise<{ ended: Ended[]; outcomes: GiftOutcome[] }> {
  const wanted = refs.filter((ref) => !elsewhere.has(keyOf(ref))).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const rows = await tx.rows<Ended>(sql`
    update gifts gift set status = ${status}::text, ended_at = ${tx.now}::timestamptz,
      ended_by = ${actorText(tx.actor)}::text
    from unnest(${wanted.map((ref) => ref.member_id)}::uuid[], ${wanted.map((ref) => ref.gift_id)}::uuid[])
      as want (member_id, gift_id)
    where gift.member_id = want.member_id and gift.gift_id = want.gift_id and gift.status = 'open'
    returning gift.member_id, gift.gift_id, item_id, place, period, paid_points,
      cost_minor::float8 as cost_minor, budget_id, reason`)
  const states = await tx.rows<GiftRef & { status: GiftStatus }>(sql`
    select gift.member_id, gift.gift_id, gift.status
    from unnest(${refs.map((ref) => ref.member_id)}::uuid[], ${refs.map((ref) => ref.gift_id)}::uuid[])
      as want (member_id, gift_id)
    join gifts gift on gift.member_id = want.member_id and gift.gift_id = want.gift_id`)
  const stateOf = new Map(states.map((row) => [keyOf(row), row.status]))
  const fresh = new Set(rows.map(keyOf))
  const outcomes = refs.map((ref, index): GiftOutcome => {
    const { gift_id } = ref
    const now = stateOf.get(keyOf(ref))
    if (!now) return { index, outcome: 'refused', code: 'gift.not_found', params: { gift_id } }
    const store = elsewhere.get(keyOf(ref))
    if (store !== undefined) return { index, outcome: 'refused', code: 'gift.other_store', params: { store } }
    if (now !== status) return { index, outcome: 'refused', code: 'gift.wrong_state', params: { status: now } }
    return { index, outcome: fresh.delete(keyOf(ref)) ? 'ended' : 'unchanged', gift_id }
  })
  return { ended: rows, outcomes }
}

async function putBack(tx: Tx, ended: readonly Ended[]): Promise<void> {
  const placed = ended.filter((gift) => gift.place !== null)
  await tx.run(sql`
    with one as materialized (
      select item_id, place, count(*) as count
      from unnest(${placed.map((gift) => gift.item_id)}::uuid[], ${placed.map((gift) => gift.place)}::uuid[])
        as one (item_id, place) group by 1, 2
    ),
    heaps as (
      select heap.item_id, heap.place from gift_stock heap join one using (item_id, place)
      order by item_id, place for update of heap
    )
    update gift_stock set taken = taken - one.count from one join heaps using (item_id, place)
    where gift_stock.item_id = one.item_id and gift_stock.place = one.place`)
  const counted = ended.filter((gift) => gift.period !== null)
  await tx.run(sql`
    update gift_counts set used = used - one.count
    from (select member_id, item_id, period, count(*) as count
      from unnest(${counted.map((gift) => gift.member_id)}::uuid[], ${counted.map((gift) => gift.item_id)}::uuid[],
        ${counted.map((gift) => gift.period)}::text[]) as one (member_id, item_id, period) group by 1, 2, 3) one
    where gift_counts.member_id = one.member_id and gift_counts.item_id = one.item_id
      and gift_counts.period = one.period`)
}

async function tell(tx: Tx, name: string, ended: readonly Ended[]): Promise<void> {
  await facts.write(
    tx,
    ended.map(({ member_id, gift_id, item_id, reason, paid_points, cost_minor }) => ({
      name,
      member_id,
      occurred_at: tx.now,
      data: { gift_id, kind: 'item', item_id, reason, paid_points, cost_minor },
    })),
  )
}
