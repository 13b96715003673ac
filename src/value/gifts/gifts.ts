/**
 * The one way in which a reward is handed out. `give` for nothing, `redeem` for points; both are done once for ever by
 * (member, reason, occurrence) and write down what they cost. README.md says what holds whatever happens.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { handOut } from './handing.ts'
import type { GiftOutcome, Give, Redeem } from './types.ts'

export { addCodes, createItem, fulfilmentOf, itemOf, items, setStock, updateItem } from './catalogue.ts'
export { checks } from './checks.ts'
export { costOf } from './costs.ts'
export { cancel, fulfil } from './ending.ts'
export { passable, passOn } from './passing.ts'
export { isCostUnknown } from './queries.ts'
export { takeBack, takeBackNamed } from './taking-back.ts'

/** The reason of what members pay for. */
export const redemption = 'redemption'

/**
 * Gives rewards for nothing: points, items, coupons, privileges, days of a plan. Again under the same (member, reason,
 * occurrence) changes nothing and answers the same gift. Refused, not thrown: `member.not_found`,
 * `gift_item.not_found`, `gift.out_of_stock`, `gift.store_missing`, `gift.delivery_missing`, `plan.not_found`,
 * `plan.stopped`, `budget.exhausted`, `budget.not_open`, `order.not_found`, `gift.order_refunded`.
 */
export async function give(tx: Tx, wants: readonly Give[]): Promise<GiftOutcome[]> {
  return handOut(
    tx,
    wants.map((want) => ({ ...want, is_redeemed: false })),
  )
}

/**
 * Members pay for items with their points. Refused as `give`, and: `gift.not_listed`, `gift.limit_reached`,
 * `points.insufficient`.
 */
export async function redeem(tx: Tx, wants: readonly Redeem[]): Promise<GiftOutcome[]> {
  return handOut(
    tx,
    wants.map(({ member_id, item_id, store_id, source_id, delivery }) => ({
      member_id,
      reward: { kind: 'item', item_id, ...(store_id ? { store_id } : {}) },
      reason: redemption,
      occurrence: source_id,
      delivery,
      is_redeemed: true,
    })),
  )
}

/** Turns a refused outcome into the error it names: for routes that take one. */
export function insist(outcome: GiftOutcome): GiftOutcome {
  if (outcome.outcome === 'refused') throw new AppError(outcome.code!, outcome.params ?? {})
  return outcome
}
