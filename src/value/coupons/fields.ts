/** What conditions may ask about coupons. */
import type { Field, Measure } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

const count: Measure = { type: 'number', integer: true, sql: sql`count(*)` }

export const fields: Field[] = [
  {
    name: 'coupons_held',
    group: 'coupons',
    type: 'set',
    options: 'coupons',
    cast: 'uuid',
    rows: {
      from: sql`coupons held_coupon`,
      member: 'held_coupon.member_id',
      value: sql`held_coupon.coupon_definition_id`,
      // what is only locked at a till is still held
      where: sql`held_coupon.ended is null and held_coupon.redeemed < held_coupon.uses_max`,
    },
  },
  {
    name: 'coupons_redeemed',
    group: 'coupons',
    type: 'behaviour',
    rows: sql`coupon_uses coupon_use`,
    member: 'coupon_use.member_id',
    at: 'coupon_use.redeemed_at',
    counts: sql`coupon_use.state = 'redeemed'`,
    measures: { count, sum: { type: 'money', sql: sql`sum(coupon_use.discount_minor)` } },
    filters: [
      {
        name: 'coupon',
        type: 'choice',
        options: 'coupons',
        cast: 'uuid',
        sql: sql`coupon_use.coupon_definition_id`,
      },
    ],
  },
  {
    name: 'coupons_expiring',
    group: 'coupons',
    type: 'behaviour',
    rows: sql`coupons ending`,
    member: 'ending.member_id',
    at: 'ending.expires_on',
    at_type: 'day',
    known_at: 'ending.issued_at',
    counts: sql`ending.ended is null and ending.redeemed < ending.uses_max`,
    measures: { count },
    filters: [
      { name: 'coupon', type: 'choice', options: 'coupons', cast: 'uuid', sql: sql`ending.coupon_definition_id` },
    ],
  },
]
