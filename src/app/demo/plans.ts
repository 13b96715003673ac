/** The demo brand's paid membership: cheap for regulars, dearer for others; who holds it, and one agreement. */
import '../fields.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addDays, addMonths, dayOf } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import type { NewItem } from '../../value/gifts/types.ts'
import * as plans from '../../value/plans/plans.ts'
import type { PlanDesign } from '../../value/plans/types.ts'

/** Members who hold it at the start; every fourth tries it first, every tenth is leaving. */
const holders = 40
const triesEvery = 4
const leavesEvery = 10

const design: PlanDesign = {
  period: { unit: 'month', count: 1 },
  trial_days: 14,
  grace_days: 5,
  prices: [
    {
      when: { combinator: 'and', not: false, rules: [{ field: 'order_count', operator: 'at_least', value: 20 }] },
      price_minor: 29,
    },
    { when: null, price_minor: 59 },
  ],
  refund: { kind: 'pro_rata' },
  privilege_ids: [],
  discount_bp: 1_000,
  member_prices: [],
  free_shipping_from_minor: 300,
  rewards: [{ on: 'every', reward: { kind: 'points', points: 60 } }],
}
/** A partner's membership in the bundle; enough codes for the first year. */
const partner: NewItem = {
  names: { 'zh-TW': '聽書一個月', en: 'A month of audiobooks', 'zh-CN': '听书一个月' },
  cost_minor: 30,
  fulfilment: 'code',
  stock: 'total',
}
const partner_codes = 400

/** Makes it once; a demo that is taken up again keeps what is there. */
export async function makePlans(tx: Tx): Promise<void> {
  if (await tx.row(sql`select from plans limit 1`)) return
  const { item_id } = await gifts.createItem(tx, partner)
  await gifts.addCodes(
    tx,
    item_id,
    Array.from({ length: partner_codes }, (_, i) => `TING-${String(i + 1).padStart(4, '0')}`),
  )
  const listening = { on: 'start' as const, reward: { kind: 'item' as const, item_id } }
  const plan_id = await plans.create(tx, {
    names: { 'zh-TW': '悟松會', en: 'Wusong Club', 'zh-CN': '悟松会' },
    design: { ...design, rewards: [...design.rewards!, listening] },
  })
  const numbers = Array.from({ length: holders }, (_, i) => `M${i + 1}`)
  const known = (await members.idsByExternal(tx, 'demo', numbers)).filter((id) => id !== null)
  const quotes = await plans.quotePlans(
    tx,
    known.map((member_id) => ({ member_id, plan_id })),
    tx.now,
  )
  const started = await plans.start(
    tx,
    known.map((member_id, i) => ({
      member_id,
      plan_id,
      amount_minor: i % triesEvery === 0 ? null : quotes[i]!.price_minor!,
      auto_renew: true,
      source: 'demo',
      source_id: 'start',
    })),
  )
  await plans.act(
    tx,
    started
      .filter(({ index, outcome }) => outcome === 'done' && index % leavesEvery === 0)
      .map(({ index, subscription_id }) => ({
        verb: 'cancel',
        member_id: known[index]!,
        subscription_id: subscription_id!,
        when: 'at_end',
        source: 'demo',
        source_id: 'leave',
      })),
  )
  await signOne(tx, known.at(-1))
}

/** A small office that promised to buy for a quarter. */
async function signOne(tx: Tx, member_id: string | undefined): Promise<void> {
  if (!member_id) return
  const { time_zone } = await program.current(tx)
  const opens_on = addDays(dayOf(tx.now, time_zone), -30)
  await plans.sign(tx, [
    {
      member_id,
      title: '每季茶水間用茶',
      terms: {
        promised: { measure: 'amount', amount_minor: 3_000 },
        skus: [],
        categories: [],
        discount_bp: 1_000,
        member_prices: [],
        at_end: { kind: 'pay_difference', max_minor: 300 },
        closing_days: 7,
      },
      opens_on,
      closes_on: addMonths(opens_on, 3),
      source: 'demo',
      source_id: 'office',
    },
  ])
}
