/**
 * What a marketer of the demo brand has made already: three segments, a template and two coupons, so that no page
 * begins empty.
 */
import '../fields.ts'
import type { Tx } from '../../base/db.ts'
import { addMs } from '../../base/time.ts'
import * as messages from '../../reach/messages/messages.ts'
import * as segments from '../../reach/segments/segments.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import * as protection from '../../value/protection/protection.ts'
import * as privileges from '../../value/privileges/privileges.ts'
import { shelf } from './menu.ts'
import { makePictures } from './pictures.ts'
import { makeTill } from './till.ts'

const and = (...rules: unknown[]) => ({ combinator: 'and' as const, rules })

const starters = [
  {
    name: '瞌睡的常客',
    note: '買過六次以上，最近比平常久沒來',
    condition: and(
      { field: 'state', operator: 'equals', value: 'drowsy' },
      { field: 'order_count', operator: 'at_least', value: 6 },
    ),
  },
  {
    name: '90 天內買過兩次水果茶',
    note: '夏天的熟面孔',
    condition: and({
      field: 'purchases',
      operator: 'at_least',
      value: 2,
      where: [{ field: 'category', operator: 'equals', value: '水果茶' }],
      within: { last: 90, unit: 'day' },
    }),
  },
  {
    name: '收得到信的會員',
    note: '有信箱、同意收信',
    condition: and({ field: 'reachable_by_email', operator: 'is', value: true }),
  },
]

/** A deep oolong green, and a word of welcome. */
const look = {
  main_colour: '#2f5d50',
  texts: {
    greeting: { en: 'Good to see you again', 'zh-TW': '又見面了，今天喝什麼？', 'zh-CN': '又见面了，今天喝什么？' },
    terms_url: { en: 'https://wusong.example/terms', 'zh-TW': 'https://wusong.example/terms' },
    help: {
      en: 'Ask at the counter, or write to hello@wusong.example.',
      'zh-TW': '門市夥伴，或來信 hello@wusong.example',
    },
  },
}

/** Members of a family share their points, within reason. */
const giving = { is_on: true, minimum_points: 10, fee_bp: 0, limits: { day: 200, month: 500 } }

/** Gold members pay a twentieth less, never below cost. */
const pricing = {
  member_prices: [],
  tier_discounts: [{ tier_code: 'gold', discount_bp: 500 }],
  excluded_skus: [],
  excluded_categories: [],
  floor: { cost: true, share_bp: 5_000 },
  with_coupons: 'before' as const,
}

/** Two weeks, to everybody, up to five hundred dollars a year. */
const protecting = {
  is_on: true,
  days: 14,
  tier_codes: [],
  plan_ids: [],
  excluded_categories: [],
  minimum_minor: 5,
  limit: { amount_minor: 500, period: 'year' as const },
  budget_id: null,
}

/** Saves them once; a demo that is taken up again keeps what is there. */
export async function makeStarters(tx: Tx): Promise<void> {
  const known = new Set((await segments.list(tx)).map((segment) => segment.name))
  if (starters.some((starter) => known.has(starter.name))) return
  for (const starter of starters) await segments.create(tx, starter)
  await makeCoupons(tx)
  await makeTill(tx)
  await program.changeBrand(tx, look)
  await makePictures(tx)
  await makeRules(tx)
  await points.addTransferRule(tx, { rule: giving, note: '家人朋友之間' })
  await protection.addRule(tx, { rule: protecting, note: '開幕以來的約定' })
  await messages.createTemplate(tx, {
    name: '好久不見',
    medium: 'email',
    languages: {
      'zh-TW': {
        subject: '{{ member.name }}，好久不見',
        html: '<p>你有 {{ points }} 點，新的冬茶到了。</p><p><a href="https://wusong.example/menu">看看新茶</a></p>',
      },
      en: {
        subject: 'It has been a while, {{ member.first_name }}',
        html:
          '<p>You have {{ points }} points, and the winter teas are in.</p>' +
          '<p><a href="https://wusong.example/menu">See the new teas</a></p>',
      },
      'zh-CN': {
        subject: '{{ member.name }}，好久不见',
        html: '<p>你有 {{ points }} 积分，新的冬茶到了。</p><p><a href="https://wusong.example/menu">看看新茶</a></p>',
      },
    },
  })
}

/** From today on: gold members pay a little less, and gift boxes earn no points. */
async function makeRules(tx: Tx): Promise<void> {
  const current = (await points.rulesOf(tx)).at(-1)!.rule
  const boxes = shelf['gift-box']![0]!.category
  await points.addRule(tx, {
    rule: { ...current, earn: { ...current.earn, excludes: { categories: [boxes] } } },
    note: '禮盒不給點',
  })
  await privileges.addPriceRule(tx, { rule: pricing, note: '金卡會員九五折' })
}

/** Members who are given coupons, and how many of them have used theirs: every third. */
const couponMembers = 120
const usedEvery = 3

const plain = {
  minimum_minor: 0,
  stacking: { group: 'coupon', is_exclusive: false },
  codes: 'generated',
  gives_back: true,
  may_be_passed_on: true,
} as const

/** Two coupons: money off from a usual basket on, and a tenth off fruit tea. Some have been used. */
async function makeCoupons(tx: Tx): Promise<void> {
  const definitions = await coupons.define(tx, [
    {
      name: '滿 300 折 50',
      note: '給最近沒來的人',
      design: {
        ...plain,
        benefit: { kind: 'amount', amount_minor: 50 },
        scope: {},
        minimum_minor: 300,
        window: { days_after_issue: 30 },
        limits: { per_coupon: 1, per_member: 2 },
      },
    },
    {
      name: '水果茶 9 折',
      note: '最多折 60',
      design: {
        ...plain,
        benefit: { kind: 'percent', percent_bp: 1_000, max_minor: 60 },
        scope: { categories: ['水果茶'] },
        window: { days_after_issue: 60 },
        limits: { per_coupon: 1 },
      },
    },
  ])
  const numbers = Array.from({ length: couponMembers }, (_, i) => `M${i + 1}`)
  const known = (await members.idsByExternal(tx, 'demo', numbers)).filter((id) => id !== null)
  for (const { coupon_definition_id } of definitions) {
    const outcomes = await coupons.issue(
      tx,
      known.map((member_id) => ({
        member_id,
        coupon_definition_id,
        source: 'demo',
        source_id: coupon_definition_id,
      })),
    )
    const holds = outcomes
      .filter((_outcome, i) => i % usedEvery === 0)
      .map(({ index, coupon_id }) => ({
        member_id: known[index]!,
        coupon_id: coupon_id!,
        source: 'demo',
        source_id: coupon_definition_id,
        expires_at: addMs(tx.now, 60_000),
        discount_minor: 50,
      }))
    await coupons.hold(tx, holds)
    await coupons.redeem(tx, holds)
  }
}
