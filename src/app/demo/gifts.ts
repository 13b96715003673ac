/** The demo brand's catalogue: three gifts, the budget they come from, and who has redeemed them already. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addDays, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as stores from '../../record/stores/stores.ts'
import * as budgets from '../../value/budgets/budgets.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import type { NewItem } from '../../value/gifts/types.ts'

/** A quarter of gifts for a brand of a few shops, in minor units. */
const budget_minor = 30_000
const budget_days = 90
/** Members who redeem each gift at the start; half of what is picked up has been handed over. */
const redeemers = 8

const bottle: NewItem = {
  names: { 'zh-TW': '冷泡茶隨身瓶', en: 'Cold brew bottle', 'zh-CN': '冷泡茶随身瓶' },
  cost_minor: 120,
  price_points: 2_000,
  fulfilment: 'pickup',
  stock: 'total',
  limit_count: 1,
  limit_period: 'year',
}
const teabags: NewItem = {
  names: { 'zh-TW': '四季春茶包五入', en: 'Five oolong teabags', 'zh-CN': '四季春茶包五入' },
  cost_minor: 35,
  price_points: 800,
  fulfilment: 'pickup',
  stock: 'stores',
}
const ticket: NewItem = {
  names: { 'zh-TW': '電影票序號', en: 'Cinema ticket', 'zh-CN': '电影票兑换码' },
  cost_minor: 210,
  price_points: 3_000,
  price_minor: 50,
  fulfilment: 'code',
  stock: 'total',
  limit_count: 2,
  limit_period: 'month',
}

/** Makes them once; a demo that is taken up again keeps what is there. */
export async function makeGifts(tx: Tx): Promise<void> {
  if ((await gifts.items(tx, tx.now)).length > 0) return
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const to_on = addDays(today, budget_days)
  const { budget_id } = await budgets.create(tx, { name: '本季兌換禮', amount_minor: budget_minor, to_on })
  const { item_id: bottles } = await gifts.createItem(tx, { ...bottle, budget_id })
  const { item_id: bags } = await gifts.createItem(tx, { ...teabags, budget_id })
  const { item_id: tickets } = await gifts.createItem(tx, { ...ticket, budget_id })
  const shops = (await stores.all(tx)).filter(({ kind }) => kind === 'shop')
  await gifts.setStock(tx, bottles, { heaps: [{ store_id: null, left: 60 }] })
  if (shops.length > 0)
    await gifts.setStock(tx, bags, { heaps: shops.map(({ store_id }, i) => ({ store_id, left: 12 + i * 4 })) })
  await gifts.addCodes(
    tx,
    tickets,
    Array.from({ length: 40 }, (_, i) => `MOVIE-${String(7_301 + i * 17)}`),
  )
  const people = await tx.rows<{ member_id: string }>(sql`
    select member_id from point_balances where active > 0 order by active desc, member_id limit ${redeemers}::int`)
  const outcomes = await gifts.redeem(
    tx,
    people.flatMap(({ member_id }, i) => [
      { member_id, item_id: bottles, source_id: 'demo-bottle' },
      { member_id, item_id: tickets, source_id: 'demo-ticket' },
      { member_id, item_id: bags, source_id: 'demo-bags', store_id: shops[i % Math.max(1, shops.length)]?.store_id },
    ]),
  )
  const refs = outcomes.flatMap(({ outcome, gift_id, index }) =>
    outcome === 'given' ? [{ gift_id: gift_id!, member_id: people[Math.floor(index / 3)]!.member_id }] : [],
  )
  await gifts.fulfil(
    tx,
    refs.filter((_ref, i) => i % 2 === 0),
  )
}
