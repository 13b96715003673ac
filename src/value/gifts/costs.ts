/** What a reward costs before it is given, as `handing.ts` will write it down. */
import type { Reader } from '../../base/db.ts'
import { costMinor } from '../../base/money.ts'
import * as program from '../../record/program/program.ts'
import * as coupons from '../coupons/coupons.ts'
import { itemOf } from './catalogue.ts'
import type { Reward } from './types.ts'

/**
 * Minor units of one reward, to the scale of costs; a privilege and days of a plan cost nothing to give. Throws
 * `coupon_definition.not_found`, `gift_item.not_found`.
 */
export async function costOf(db: Reader, reward: Reward, now: Date): Promise<number> {
  if (reward.kind === 'points') {
    const { settings } = await program.current(db)
    return costMinor(settings.point_value_minor, reward.points)
  }
  if (reward.kind === 'coupon')
    return coupons.costOf((await coupons.definitionOf(db, reward.coupon_definition_id, now)).design)
  return reward.kind === 'item' ? (await itemOf(db, reward.item_id, now)).cost_minor : 0
}
