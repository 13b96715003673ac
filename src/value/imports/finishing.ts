/** What follows when all chunks are booked: history has aged, and the file's people are counted. */
import type { Actor } from '../../base/actor.ts'
import type { Db, Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as orders from '../../record/orders/orders.ts'
import * as points from '../points/points.ts'
import * as tiers from '../tiers/tiers.ts'
import type { Counts, Import } from './types.ts'

/**
 * Lets the past be past: the brand's median interval and the states that hang on it, points of old orders that are
 * active or expired by now, tiers whose period is over. All of it clock work does at night, too, so a kill in the
 * middle loses nothing.
 */
export async function settle({
  db,
  options: { actor },
  signal,
}: {
  db: Db
  options: { actor: Actor }
  signal: AbortSignal
}): Promise<void> {
  await db.tx({ actor, signal }, (tx) => orders.refreshUsual(tx))
  await points.settleAll(db, { actor, signal })
  while (!signal.aborted && (await db.tx({ actor }, (tx) => tiers.review(tx))) === tiers.reviewedMax);
  signal.throwIfAborted()
}

/** Members and others the file speaks of, by who they are now. */
export async function countPeople(db: Reader, imported: Import): Promise<Pick<Counts, 'members' | 'guests'>> {
  const people = imported.kind === 'orders' ? byOrders(imported) : byIdentities(imported)
  const counted = await db.row<Pick<Counts, 'members' | 'guests'>>(sql`
    select count(*) filter (where m.kind = 'member')::int as members,
      count(*) filter (where m.kind in ('guest', 'follower'))::int as guests
    from (${people}) spoken join members m using (member_id)`)
  return counted!
}

function byOrders({ import_id }: Import) {
  return sql`
    select distinct k.member_id
    from import_pieces piece
    join order_keys k on k.source = piece.source collate "default" and k.source_id = piece.source_id collate "default"
    where piece.import_id = ${import_id}::uuid`
}

/** A piece names its person by kind and value of an identity. */
function byIdentities({ import_id, mapping }: Import) {
  return sql`
    select distinct identity.member_id
    from (
      select distinct split_part(source_id, ' ', 1) as kind, substr(source_id, strpos(source_id, ' ') + 1) as value
      from import_pieces where import_id = ${import_id}::uuid
    ) named
    join member_identities identity
      on identity.kind = case named.kind when 'external' then ${`external:${mapping.source}`}::text else named.kind end
      and identity.value = case named.kind
        when 'card' then upper(regexp_replace(named.value, '[\\s-]', '', 'g')) else named.value end`
}
