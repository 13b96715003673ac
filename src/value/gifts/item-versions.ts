/** What items cost and whether they are offered, in versions: from now, or from a stated time on. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { begunAt, calledOff, lastToCome } from '../../base/versions.ts'
import { callOffVersion } from '../../record/staff/staff.ts'
import type { Item, ItemTerms, ItemVersion } from './types.ts'

/** Joins to `item` the terms in force at a moment, as `terms`. */
export const termsAt = (now: Date): Sql => sql`
  cross join lateral (
    select version, cost_minor, price_points, price_minor, is_listed from gift_item_versions v
    where v.item_id = item.item_id and ${begunAt(now)} order by ${lastToCome} limit 1
  ) terms`

export function termsOf({ cost_minor, price_points, price_minor, is_listed }: ItemTerms): ItemTerms {
  return { cost_minor, price_points, price_minor, is_listed }
}

/** Adds a version, the first one included; the item is locked or new. */
export async function addTerms(tx: Tx, item_id: string, terms: ItemTerms, effective_from: Date): Promise<void> {
  await tx.run(sql`
    insert into gift_item_versions (item_id, version, effective_from, cost_minor, price_points, price_minor, is_listed,
      actor, created_at)
    select ${item_id}::uuid, coalesce(max(version), 0) + 1, ${effective_from}::timestamptz,
      ${terms.cost_minor}::bigint, ${terms.price_points}::bigint, ${terms.price_minor}::bigint,
      ${terms.is_listed}::boolean, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from gift_item_versions where item_id = ${item_id}::uuid`)
}

/** All versions of an item, newest first. */
export async function versionsOf(db: Reader, item_id: string, now: Date): Promise<ItemVersion[]> {
  return db.rows<ItemVersion>(sql`
    select v.version, v.effective_from, v.cost_minor, v.price_points, v.price_minor, v.is_listed, v.actor,
      v.created_at, ${calledOff}, called_off_at is null and v.effective_from > ${now}::timestamptz as is_coming,
      v.version = terms.version as in_force
    from gift_item_versions v join gift_items item on item.item_id = v.item_id ${termsAt(now)}
    where v.item_id = ${item_id}::uuid order by v.effective_from desc, v.version desc`)
}

/** Calls off a version that has not begun. Throws `gift_item.not_found`, `gift_item.already_begun`. */
export function callOff(tx: Tx, item_id: string, version: number): Promise<void> {
  return callOffVersion(tx, {
    table: 'gift_item_versions',
    code: 'gift_item.already_begun',
    version,
    of: { column: 'item_id', id: item_id },
    part_of: 'gift_items',
  })
}

/** Do these differ? */
export const differs = (before: Item, after: ItemTerms): boolean =>
  before.cost_minor !== after.cost_minor ||
  before.price_points !== after.price_points ||
  before.price_minor !== after.price_minor ||
  before.is_listed !== after.is_listed
