/** Cards follow a merged member to the kept one: two of a kind become one, with every lot and its dates. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import { book } from './ledger.ts'
import type { CardRef } from './types.ts'

/**
 * Moves the ledger. What one owes the other's stamps pay, and what is full together is filled. What caused an entry may
 * have caused one for both: the second bears whose it was.
 */
export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const pair = pairSql(pairs)
  const moved = await tx.rows<CardRef>(sql`
    with ${pair},
    locked as (
      insert into cards (member_id, card_definition_id, opened_at, updated_at)
      select one.member_id, gone.card_definition_id, gone.opened_at, ${tx.now}::timestamptz
      from pair join cards gone on gone.member_id = pair.merged
      cross join lateral (values (pair.merged), (pair.keep)) as one (member_id)
      order by one.member_id, gone.card_definition_id
      on conflict (member_id, card_definition_id) do update set updated_at = excluded.updated_at
      returning member_id, card_definition_id
    )
    select locked.member_id, locked.card_definition_id from locked join pair on pair.keep = locked.member_id`)
  if (moved.length === 0) return
  const named = { unique: ['card_definition_id', 'source'], rename: 'source_id' }
  await moveRows(tx, pairs, [
    { table: 'card_entries', ...named },
    { table: 'card_holds', ...named },
    { table: 'card_entry_lots' },
    { table: 'card_lots' },
    { table: 'card_orders' },
    { table: 'card_rounds' },
  ])
  // the balance is what the lots say, written when the card is booked anew; the sum of debts is paid from it then
  await tx.run(sql`
    with ${pair},
    gone as (
      delete from cards c using pair where c.member_id = pair.merged
      returning pair.keep, c.card_definition_id, c.debt, c.size, c.rounds, c.opened_at
    ), summed as (
      select keep, card_definition_id, sum(debt) as debt, max(size) as size, sum(rounds) as rounds,
        min(opened_at) as opened_at
      from gone group by keep, card_definition_id
    )
    update cards c set balance = 0, debt = c.debt + summed.debt, size = coalesce(c.size, summed.size),
      rounds = c.rounds + summed.rounds, opened_at = least(c.opened_at, summed.opened_at)
    from summed where c.member_id = summed.keep and c.card_definition_id = summed.card_definition_id`)
  const { time_zone } = await program.current(tx)
  const at = { occurred_at: tx.now, day: dayOf(tx.now, time_zone) }
  const into = new Map(pairs.map(({ keep, merge }) => [keep, merge]))
  await book(
    tx,
    moved.map((card) => ({
      ...card,
      ...at,
      kind: 'settle',
      source: 'merge',
      // hearers may hear of a merge again: each time has its own name
      source_id: `${into.get(card.member_id)!}:${tx.now.getTime()}`,
      is_merged: true,
    })),
  )
}

/** What staff wrote as a reason may name the person, and so may the name of a payment. */
export async function forget(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const member_ids = facts.map((fact) => fact.member_id)
  await tx.run(sql`
    update card_entries set why = case when why->'params' ? 'reason' then jsonb_set(why, '{params,reason}', '""')
        else why end,
      source_id = case when kind in ('top_up', 'refund', 'adjust') then entry_id::text
        else source_id end
    where member_id = any (${member_ids}::uuid[])`)
}
