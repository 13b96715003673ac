/**
 * What can be done with offers: make and change them (a change is a new version, for what is issued from then on),
 * issue them to members, note that they were seen. Progress and completion are nobody's verb: following.ts derives
 * them from the orders.
 */
import { isDeepStrictEqual } from 'node:util'
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../../record/staff/staff.ts'
import { canHandOut } from './rewarding.ts'
import { faultsOf } from './rules.ts'
import type { NewOffer, Offer, OfferChanges, OfferRule } from './types.ts'

export { checks } from './checks.ts'
export { issue, view } from './issuing.ts'
export { retryReward } from './rewarding.ts'
export { decide, whyCodes, windowOf } from './rules.ts'

/** Makes an offer. Throws `offer.rule_invalid`, `offer.reward_unavailable`. */
export async function create(tx: Tx, { names, rule }: NewOffer): Promise<Offer> {
  insistOn(rule)
  const made = await tx.row<{ offer_id: string }>(sql`
    with made as (
      insert into offers (names, created_at, updated_at)
      values (${JSON.stringify(names)}::jsonb, ${tx.now}::timestamptz, ${tx.now}::timestamptz)
      returning offer_id
    )
    insert into offer_versions (offer_id, version, rule, actor, created_at)
    select offer_id, 1, ${JSON.stringify(rule)}::jsonb, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz from made
    returning offer_id`)
  const { offer_id } = made!
  await audit(tx, [{ action: 'offer.created', noun: 'offers', noun_id: offer_id, after: { names, rule } }])
  return find(tx, offer_id)
}

/**
 * Changes an offer; another rule is a new version. What is issued keeps its own. Throws as `create`, and
 * `offer.not_found`.
 */
export async function change(tx: Tx, offer_id: string, changes: OfferChanges): Promise<Offer> {
  if (changes.rule) insistOn(changes.rule)
  const locked = await tx.row(sql`select from offers where offer_id = ${offer_id}::uuid for update`)
  if (!locked) throw new AppError('offer.not_found', { offer_id })
  const before = await find(tx, offer_id)
  const after = { ...before, ...changes }
  // what is stored has its keys in an order of its own
  const isNewRule = changes.rule !== undefined && !isDeepStrictEqual(changes.rule, before.rule)
  const version = before.version + (isNewRule ? 1 : 0)
  if (isNewRule) {
    await tx.run(sql`
      insert into offer_versions (offer_id, version, rule, actor, created_at)
      values (${offer_id}::uuid, ${version}::int, ${JSON.stringify(after.rule)}::jsonb, ${actorText(tx.actor)}::text,
        ${tx.now}::timestamptz)`)
  }
  await tx.run(sql`
    update offers set names = ${JSON.stringify(after.names)}::jsonb, status = ${after.status}::text,
      version = ${version}::int, updated_at = ${tx.now}::timestamptz
    where offer_id = ${offer_id}::uuid`)
  await audit(tx, [
    {
      action: 'offer.changed',
      noun: 'offers',
      noun_id: offer_id,
      before: { names: before.names, status: before.status, rule: before.rule },
      after: { names: after.names, status: after.status, rule: after.rule },
    },
  ])
  return find(tx, offer_id)
}

/** One offer with its newest rule. Throws `offer.not_found`. */
export async function find(db: Reader, offer_id: string): Promise<Offer> {
  const [found] = await byIds(db, [offer_id])
  if (!found) throw new AppError('offer.not_found', { offer_id })
  return found
}

/** Offers with their newest rules, in no order. */
export async function byIds(db: Reader, offer_ids: readonly string[]): Promise<Offer[]> {
  return db.rows<Offer>(sql`
    select o.offer_id, o.names, o.version, o.status, v.rule, o.created_at, o.updated_at
    from offers o join offer_versions v on v.offer_id = o.offer_id and v.version = o.version
    where o.offer_id = any (${offer_ids}::uuid[])`)
}

function insistOn(rule: OfferRule): void {
  const errors = faultsOf(rule)
  if (errors.length > 0) throw new AppError('offer.rule_invalid', { places: errors.length }, { errors })
  if (!canHandOut(rule.reward)) throw new AppError('offer.reward_unavailable', { kind: rule.reward.kind })
}
