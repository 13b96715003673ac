/** The demo brand's cards: the tenth cup free, stamped for two months by now, and a wallet that some have paid into. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as cards from '../../value/cards/cards.ts'
import * as coupons from '../../value/coupons/coupons.ts'

/** So long ago the stamp card began: long enough that some are full. */
export const stamped_days = 60
/** Members who have paid into the wallet, and what: some with a bonus, some without. */
const payers = 40
const payments_minor = [500, 1_000, 1_000, 2_000]
/** Every so many of them has spent of it, in minor units. */
const spent_each = 2
const spent_minor = 180

const teas = ['原味茶', '奶茶', '水果茶']

/** Makes the stamp card, in force from now on: before the orders that stamp it. */
export async function makeStampCard(tx: Tx): Promise<void> {
  if (await tx.row(sql`select from card_definitions limit 1`)) return
  const [cup] = await coupons.define(tx, [
    {
      name: '集滿招待一杯',
      note: '集點卡的獎勵',
      design: {
        benefit: { kind: 'item', price_minor: 0, units: 1 },
        scope: { categories: teas },
        minimum_minor: 0,
        window: { days_after_issue: 90 },
        stacking: { group: 'card', is_exclusive: false },
        limits: { per_coupon: 1 },
        codes: 'generated',
        gives_back: true,
      },
    },
  ])
  await cards.define(tx, {
    names: { 'zh-TW': '喝十送一', en: 'Tenth cup free', 'zh-CN': '喝十送一' },
    rule: {
      kind: 'stamps',
      size: 10,
      per: { by: 'units' },
      scope: { skus: [], categories: teas, excluded_skus: [], excluded_categories: [], store_ids: [] },
      day_max: 5,
      months: 12,
      refunds: 'carry',
      reward: { kind: 'coupon', coupon_definition_id: cup!.coupon_definition_id },
    },
  })
}

/** Makes the wallet once, and what was paid into it. */
export async function makeWallet(tx: Tx): Promise<void> {
  if (await tx.row(sql`select from card_definitions where kind = 'value' limit 1`)) return
  const card_definition_id = await cards.define(tx, {
    names: { 'zh-TW': '悟松儲值卡', en: 'Wusong wallet', 'zh-CN': '悟松储值卡' },
    rule: {
      kind: 'value',
      minimum_minor: 300,
      balance_max_minor: 10_000,
      bonuses: [
        { from_minor: 1_000, bonus_minor: 100 },
        { from_minor: 2_000, bonus_minor: 300 },
      ],
      principal_months: null,
      bonus_months: 12,
      spend_first: 'principal',
      refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
    },
  })
  const people = await tx.rows<{ member_id: string }>(sql`
    select m.member_id from members m join member_statistics s on s.member_id = m.member_id
    where m.kind = 'member' and s.last_order_at is not null
    order by s.last_order_at desc, m.member_id limit ${payers}::int`)
  const acts = people.map(({ member_id }) => ({ member_id, card_definition_id, source: 'demo' }))
  await cards.topUp(
    tx,
    acts.map((act, i) => ({ ...act, source_id: 'paid', paid_minor: payments_minor[i % payments_minor.length]! })),
  )
  await cards.spend(
    tx,
    acts.filter((_act, i) => i % spent_each === 0).map((act) => ({ ...act, source_id: 'tea', units: spent_minor })),
  )
}
