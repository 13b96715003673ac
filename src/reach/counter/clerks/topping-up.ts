/** Money that a clerk takes in for a card: once for ever by its name, within the day's limit. */
import { actorText } from '../../../base/actor.ts'
import type { Tx } from '../../../base/db.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { sql } from '../../../base/sql.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { storesOf } from '../../../record/stores/stores.ts'
import * as cards from '../../../value/cards/cards.ts'
import type { CardBalance } from '../../../value/cards/types.ts'
import { memberExists } from '../../../value/points/points.ts'
import { countAct } from './limits.ts'
import { insistOnStore, type Clerk } from './settings.ts'
import type { TopUpBody } from './types.ts'

type Wanted = TopUpBody & { member_id: string; card_definition_id: string }
interface Act {
  clerk: Clerk
  approval: string | undefined
}

/**
 * The same `source_id` again answers the same, and counts once. Throws `till.over_limit`, `till.not_your_store` and
 * what cards refuse.
 */
export async function topUp(
  tx: Tx,
  { source_id = uuidv7(tx.now), store_id = null, paid_by = null, ...wanted }: Wanted,
  act: Act,
): Promise<{ entry_id: number | null; units: number; paid_minor: number; card: CardBalance }> {
  const { member_id, card_definition_id } = wanted
  await memberExists(tx, member_id)
  const [booked] = await cards.topUp(tx, [{ ...wanted, source: 'top_up', source_id }])
  const { outcome, entry_id = null, units = 0, paid_minor = 0 } = cards.insist(booked!)
  if (outcome === 'booked') {
    const paid = { member_id, card_definition_id, entry_id: entry_id!, paid_minor, paid_by, store_id }
    await note(tx, paid, act)
  }
  const held = await cards.balancesOf(tx, [member_id], tx.now)
  const card = held.find((one) => one.card_definition_id === card_definition_id)!
  return { entry_id, units, paid_minor, card }
}

interface Paid {
  member_id: string
  card_definition_id: string
  entry_id: number
  paid_minor: number
  paid_by: string | null
  store_id: string | null
}

/** What it costs is known once it is booked: beyond the limit, or at another store, all of it goes back. */
async function note(tx: Tx, paid: Paid, act: Act): Promise<void> {
  const store_id = paid.store_id ?? (await onlyStore(tx, act.clerk))
  await insistOnStore(tx, act.clerk, store_id)
  const approved_by_name = await countAct(tx, { kind: 'top_ups', amount: paid.paid_minor, ...act })
  const { time_zone } = await program.current(tx)
  await tx.run(sql`
    insert into till_top_ups (member_id, entry_id, card_definition_id, paid_minor, paid_by, store_id, actor, actor_name,
      approved_by_name, paid_at, paid_on)
    values (${paid.member_id}::uuid, ${paid.entry_id}::bigint, ${paid.card_definition_id}::uuid,
      ${paid.paid_minor}::bigint, ${paid.paid_by?.trim() || null}::text, ${store_id}::uuid,
      ${actorText(tx.actor)}::text, ${tx.actor.name}::text, ${approved_by_name}::text, ${tx.now}::timestamptz,
      ${dayOf(tx.now, time_zone)}::date)`)
}

/** Who works at one store took the money there. */
async function onlyStore(tx: Tx, { actor }: Clerk): Promise<string | null> {
  const theirs = actor.kind === 'staff' ? await storesOf(tx, actor.id!) : []
  return theirs.length === 1 ? theirs[0]!.store_id : null
}
