/** Money that a clerk takes in for a card: once for ever by its name, within the day's limit. */
import type { Tx } from '../../../base/db.ts'
import { uuidv7 } from '../../../base/ids.ts'
import * as cards from '../../../value/cards/cards.ts'
import type { CardBalance } from '../../../value/cards/types.ts'
import { memberExists } from '../../../value/points/points.ts'
import { countAct } from './limits.ts'
import type { Clerk } from './settings.ts'
import type { TopUpBody } from './types.ts'

type Wanted = TopUpBody & { member_id: string; card_definition_id: string }

/** The same `source_id` again answers the same, and counts once. Throws `till.over_limit` and what cards refuse. */
export async function topUp(
  tx: Tx,
  { source_id = uuidv7(tx.now), ...wanted }: Wanted,
  act: { clerk: Clerk; approval: string | undefined },
): Promise<{ entry_id: number | null; units: number; paid_minor: number; card: CardBalance }> {
  const { member_id, card_definition_id } = wanted
  await memberExists(tx, member_id)
  const [booked] = await cards.topUp(tx, [{ ...wanted, source: 'top_up', source_id }])
  const { outcome, entry_id = null, units = 0, paid_minor = 0 } = cards.insist(booked!)
  // what it costs is known once it is booked: beyond the limit all of it goes back
  if (outcome === 'booked') await countAct(tx, { kind: 'top_ups', amount: paid_minor, ...act })
  const held = await cards.balancesOf(tx, [member_id], tx.now)
  const card = held.find((one) => one.card_definition_id === card_definition_id)!
  return { entry_id, units, paid_minor, card }
}
