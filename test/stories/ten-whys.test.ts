/**
 * Ten decisions made through the doors, and what people read about them: each sentence was read aloud and found clear
 * (ten-whys.fixture.ts). Whoever changes a text reads the new one aloud before writing it there.
 */
import i18next from 'i18next'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMs, dayMs } from '../../src/base/time.ts'
import { issue } from '../../src/value/coupons/coupons.ts'
import * as points from '../../src/value/points/points.ts'
import * as tiers from '../../src/value/tiers/tiers.ts'
import { whySentences, type Why } from '../../web/kit/why-sentences.ts'
import { worded } from '../../web/kit/wording.ts'
import { createScreenFormat } from '../../web/kit/format.ts'
import { texts as en } from '../../web/kit/texts/en.ts'
import { texts as cn } from '../../web/kit/texts/zh-CN.ts'
import { texts as tw } from '../../web/kit/texts/zh-TW.ts'
import { plainRule, yearRule } from '../books.ts'
import { openWorld, Refused, type World } from '../world.ts'
import { readAloud } from './ten-whys.fixture.ts'

const languages = { en, 'zh-TW': tw, 'zh-CN': cn }
type Language = keyof typeof languages
const spoken = Object.keys(languages) as Language[]
let world: World
beforeAll(async () => {
  world = await openWorld()
  await i18next.init({
    lng: 'en',
    ns: Object.keys(en),
    resources: languages as never,
    interpolation: { escapeValue: false },
  })
})
afterAll(() => world.close())

function sayIn(language: Language) {
  const t = i18next.getFixedT(language)
  const words = {
    format: createScreenFormat({ locale: language, currency: 'TWD', currency_decimals: 0, time_zone: 'Asia/Taipei' }),
    text: (key: string, params: Record<string, unknown>) =>
      i18next.exists(`whys:${key}`, { lng: language, ...params })
        ? String(t(`whys:${key}` as never, params as never))
        : null,
    tierName: (code: string) => names[code]?.[language] ?? code,
    nameOf: (given: Record<string, string>) => given[language] ?? given['en']!,
  }
  return {
    why: (why: Why) => whySentences(why, words),
    refusal: ({ code, params }: { code: string; params: Record<string, unknown> }) => [
      String(t(`errors:${code}` as never, worded(params) as never)),
    ],
  }
}
const names: Record<string, Record<string, string>> = {}

type Decided = { why: Why } | { refused: { code: string; params: Record<string, unknown> } }
const decided: [name: string, what: Decided][] = []
const note = (name: string, what: Decided) => void decided.push([name, what])
async function refusalOf(call: Promise<unknown>): Promise<Decided> {
  const refused = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(refused instanceof Refused)) throw new Error('it was not refused')
  return { refused: { code: refused.code, params: refused.params } }
}

let made = 0
const numbered = (text: string) => `${text}-${++made}`
async function buy(member_id: string, lines: { sku: string; category: string; net_minor: number }[], days_ago = 0) {
  const source_id = numbered('T')
  const { order_id } = await world.as('owner').call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id,
      status: 'completed',
      occurred_at: addMs(world.now(), -days_ago * dayMs).toISOString(),
      store: 'XINYI',
      member: { member_id },
      lines: lines.map((line) => ({ ...line, quantity: 1 })),
    },
  })
  return { source_id, order_id: order_id! }
}
async function ofPoints() {
  const bonus = { en: 'Tea week', 'zh-TW': '茶週', 'zh-CN': '茶周' }
  const earn = {
    ...plainRule.earn,
    combine: 'add' as const,
    bonuses: [
      {
        code: 'tea',
        names: bonus,
        when: { categories: ['tea'] },
        effect: { kind: 'multiply' as const, percent: 200 },
      },
    ],
    caps: { order: 20 },
  }
  await world.as('marketer').call('POST /v1/admin/point-rules', { body: { rule: { ...plainRule, earn } } })
  const order = await buy(world.cast.wang, [
    { sku: 'oolong', category: 'tea', net_minor: 1_280 },
    { sku: 'cup', category: 'cups', net_minor: 420 },
  ])
  const entries = async () =>
    (
      await world
        .as('marketer')
        .call('GET /v1/admin/orders/:order_id/points', { params: { order_id: order.order_id } })
    ).data
  note('points with a bonus and a cap', { why: (await entries())[0]!.why as Why })
  await world.as('owner').call('POST /v1/admin/refunds', {
    body: {
      source: 'till',
      source_id: numbered('R'),
      order: { source_id: order.source_id },
      lines: [{ sku: 'cup', quantity: 1 }],
      occurred_at: world.now().toISOString(),
    },
  })
  note('points taken back for a returned line', { why: (await entries()).at(-1)!.why as Why })
}

async function ofTiers() {
  await world.as('marketer').call('POST /v1/admin/tier-rules', { body: { rule: yearRule } })
  const { mary } = world.cast
  await buy(mary, [{ sku: 'oolong', category: 'tea', net_minor: 12_500 }])
  const standing = async () =>
    (await world.as('marketer').call('GET /v1/admin/members/:member_id', { params: { member_id: mary } })).tier!.why
  note('a tier reached', { why: (await standing()) as Why })
  world.later(300)
  await buy(mary, [{ sku: 'oolong', category: 'tea', net_minor: 11_000 }])
  world.later(70)
  await world.tx((tx) => tiers.review(tx))
  note('a tier kept', { why: (await standing()) as Why })
}

async function couponOf(name: string, design: object) {
  const { coupon_definition_id } = await world.as('marketer').call('POST /v1/admin/coupon-definitions', {
    body: {
      name,
      design: {
        scope: {},
        minimum_minor: 0,
        window: {},
        limits: { per_coupon: 1 },
        codes: 'none',
        gives_back: true,
        ...design,
      } as never,
    },
  })
  const [one] = await world.tx((tx) =>
    issue(tx, [{ member_id: world.cast.chen, coupon_definition_id, source: 'test', source_id: name }]),
  )
  return one!.coupon_id!
}

async function ofCoupons() {
  const { chen } = world.cast
  const group = (text: string) => ({ stacking: { group: text, is_exclusive: false } })
  const coupon_id = await couponOf('From 300', {
    ...group('a'),
    benefit: { kind: 'amount', amount_minor: 50 },
    minimum_minor: 300,
  })
  await couponOf('Ten per cent', {
    ...group('b'),
    benefit: { kind: 'percent', percent_bp: 1_000, max_minor: 100 },
  })
  const line = {
    line_no: 1,
    product_id: null,
    sku: 'oolong',
    category: 'tea',
    quantity: 1,
    net_minor: 199,
    gross_minor: 199,
  }
  const { refusals } = await world
    .as('clerk')
    .call('POST /v1/till/coupons/judgements', { body: { coupon_id, member_id: chen, cart: { lines: [line] } } })
  note('a coupon refused', { refused: refusals[0]! })
  const quote = await world.as('clerk').call('POST /v1/till/quotes', {
    body: { member: { member_id: chen }, lines: [{ sku: 'oolong', quantity: 2, unit_price_minor: 800 }], best: true },
  })
  const whys = quote.coupons.map(({ why }) => why as Why)
  note('the best combination of coupons', {
    why: {
      codes: whys.flatMap(({ codes }) => codes),
      params: Object.assign({}, ...whys.map(({ params }) => params)) as Why['params'],
      rule_version: null,
    },
  })
}

async function ofPrices() {
  await world.as('owner').call('POST /v1/admin/products', {
    body: { sku: 'jade', name: 'Jade tea', price_minor: 1_000, cost_minor: 850 } as never,
  })
  await world.as('marketer').call('POST /v1/admin/price-rules', {
    body: {
      rule: {
        member_prices: [],
        tier_discounts: [{ tier_code: 'silver', discount_bp: 2_000 }],
        excluded_skus: [],
        excluded_categories: [],
        floor: { cost: true, share_bp: 0 },
        with_coupons: 'before',
      },
      note: '',
    },
  })
  const quote = await world.as('clerk').call('POST /v1/till/quotes', {
    body: { member: { member_id: world.cast.mary }, lines: [{ sku: 'jade', quantity: 1 }] },
  })
  const priced = quote.lines[0]!.discounts.find(({ kind }) => kind === 'member_price')!.why!
  note('a member price that meets the floor', {
    why: { codes: [`price.${priced.code}`], params: priced.params, rule_version: priced.rule_version },
  })
}

async function ofGiftsAndPrivileges() {
  const { ouyang } = world.cast
  const marketer = world.as('marketer')
  const { budget_id } = await marketer.call('POST /v1/admin/budgets', { body: { name: 'Gifts', amount_minor: 500 } })
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', {
    body: {
      names: { en: 'Cup' },
      cost_minor: 80,
      price_points: 100,
      fulfilment: 'pickup',
      stock: 'total',
      limit_count: 2,
      limit_period: 'month',
      budget_id,
    },
  })
  const heaps = [{ store_id: null, left: 5 }]
  await marketer.call('PUT /v1/admin/gift-items/:item_id/stock', { params: { item_id }, body: { heaps } })
  const adjust = { member_id: ouyang, points: 300, reason: 'test', source: 'adjustment', source_id: 'ten' }
  await world.tx((tx) => points.adjust(tx, [adjust]))
  const gift = await world
    .as('clerk')
    .call('POST /v1/admin/members/:member_id/redemptions', { params: { member_id: ouyang }, body: { item_id } })
  note('a gift redeemed, from a budget', { why: gift.why })
  const { privilege_id } = await marketer.call('POST /v1/admin/privileges', {
    body: {
      names: { en: 'A free cup' },
      rule: { tier_codes: Object.keys(names), quota: { uses: 1, period: 'month' } },
    },
  })
  const use = () =>
    world.as('clerk').call('POST /v1/till/members/:member_id/privileges/:privilege_id/uses', {
      params: { member_id: ouyang, privilege_id },
      body: { store_id: world.stores.get('XINYI')! },
    })
  await use()
  note('a privilege used up', await refusalOf(use()))
}

async function ofHolds() {
  const till = world.as('clerk')
  const hold = await till.call('POST /v1/till/holds', {
    body: {
      member: { member_id: world.cast.ouyang },
      lines: [{ sku: 'oolong', quantity: 1, unit_price_minor: 500 }],
      points_to_use: 50,
      source: 'till',
      source_id: numbered('H'),
      hold_seconds: 60,
    },
  })
  world.at(addMs(world.now(), 61_000))
  note(
    'a hold that ran out',
    await refusalOf(till.call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id: hold.hold_id } })),
  )
}

test('ten decisions say why, in three languages, in the words that were read aloud', async () => {
  const { data } = await world.as('marketer').call('GET /v1/admin/tiers')
  for (const tier of data) names[tier.code] = tier.names
  await ofPoints()
  await ofTiers()
  await ofCoupons()
  await ofPrices()
  await ofGiftsAndPrivileges()
  await ofHolds()
  expect(decided).toHaveLength(10)
  const said = decided.map(([name, what]) => ({
    decision: name,
    ...Object.fromEntries(
      spoken.map((language) => {
        const say = sayIn(language)
        return [language, 'why' in what ? say.why(what.why) : say.refusal(what.refused)]
      }),
    ),
  }))
  if (process.env['REGULARS_READ_ALOUD']) console.log(JSON.stringify(said, null, 2))
  expect(said).toEqual(readAloud)
})
