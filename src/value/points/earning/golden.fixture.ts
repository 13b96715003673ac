/**
 * Golden cases of earning, one a line: which rule, the order, the member, and what is earned, why. Orders: what was
 * paid for each line as `category amount×quantity`, the day, the store or channel. The base is one point for a hundred,
 * gold one and a half.
 */
import type { PointRule } from '../types.ts'
import type { Bonus } from './types.ts'

const plain: PointRule['earn'] = {
  base: 'net',
  include_shipping: false,
  points: 1,
  per_minor: 100,
  rounding: 'floor',
  tier_percent: { gold: 150 },
}
const bonus = (code: string, when: Bonus['when'], effect: Bonus['effect']): Bonus => ({
  code,
  names: { en: code },
  when,
  effect,
})
const double = { kind: 'multiply', percent: 200 } as const
const triple = { kind: 'multiply', percent: 300 } as const
export const store_id = '0195a000-0000-7000-8000-000000000001'

const tea = bonus('tea', { categories: ['tea'] }, double)
const gifts = bonus('gift', { skus: ['SKU-gift'] }, { kind: 'add', points: 20, per: 'unit' })
const hundred = bonus('hundred', {}, { kind: 'add', points: 10, per: 'order', minimum_minor: 1_000 })

export const rules: Record<string, PointRule['earn']> = {
  plain,
  tea: { ...plain, bonuses: [tea] },
  up: { ...plain, rounding: 'ceil', bonuses: [tea] },
  gifts: { ...plain, bonuses: [gifts] },
  hundred: { ...plain, bonuses: [hundred] },
  best: { ...plain, bonuses: [tea, hundred, bonus('gold', { tiers: ['gold'] }, triple)] },
  all: { ...plain, combine: 'add', bonuses: [tea, hundred, bonus('gold', { tiers: ['gold'] }, triple)] },
  week: { ...plain, bonuses: [bonus('week', { weekdays: [6, 7] }, double)] },
  birthday: { ...plain, bonuses: [bonus('birthday', { birthday: 'day' }, double)] },
  month: { ...plain, bonuses: [bonus('month', { birthday: 'month' }, double)] },
  first: { ...plain, bonuses: [bonus('first', { first_order: true }, { kind: 'add', points: 50, per: 'order' })] },
  store: { ...plain, bonuses: [bonus('store', { store_ids: [store_id] }, double)] },
  web: { ...plain, bonuses: [bonus('web', { channels: ['web'] }, double)] },
  may: { ...plain, bonuses: [bonus('may', { from_on: '2024-05-01', until_on: '2024-05-31' }, double)] },
  out: { ...plain, excludes: { categories: ['card'], skus: ['SKU-deposit'] } },
  reduced: { ...plain, excludes: { discounted: true } },
  fair: { ...plain, excludes: { store_ids: [store_id], channels: ['web'] } },
  without: { ...plain, bonuses: [tea, hundred], combine: 'add', excludes: { skus: ['SKU-tea'] } },
  capped: { ...plain, bonuses: [tea], caps: { order: 30, day: 50, month: 100 } },
}

export type Golden = readonly [rule: string, order: string, member: string, points: number, why: string]

export const golden: readonly Golden[] = [
  ['plain', 'tea 1280×1 · 2024-05-04', '', 12, '12'],
  ['plain', 'tea 1280×1 · 2024-05-04', 'gold', 19, '19'],
  ['tea', 'tea 600×1, cup 680×2 · 2024-05-04', '', 18, '12 + tea 6'],
  ['tea', 'tea 650×1, cup 630×2 · 2024-05-04', '', 19, '12 + tea 7'],
  ['tea', 'tea 600×1, cup 680×2 · 2024-05-04', 'gold', 28, '19 + tea 9'],
  ['tea', 'cup 1280×1 · 2024-05-04', '', 12, '12'],
  ['up', 'tea 650×1, cup 630×2 · 2024-05-04', '', 20, '13 + tea 7'],
  ['gifts', 'gift 300×2, cup 700×1 · 2024-05-04', '', 50, '10 + gift 40'],
  ['gifts', 'gift 300×2.5 · 2024-05-04', '', 43, '3 + gift 40'],
  ['gifts', 'gift 0×1, cup 700×1 · 2024-05-04', '', 7, '7'],
  ['hundred', 'tea 1000×1 · 2024-05-04', '', 20, '10 + hundred 10'],
  ['hundred', 'tea 999×1 · 2024-05-04', '', 9, '9'],
  ['hundred', 'tea 1000×1 · 2024-05-04 · added later', '', 10, '10'],
  ['best', 'tea 900×1 · 2024-05-04', '', 18, '9 + tea 9'],
  ['best', 'tea 1000×1 · 2024-05-04', '', 20, '10 + tea 10'],
  ['best', 'tea 1000×1 · 2024-05-04', 'gold', 45, '15 + gold 30'],
  ['all', 'tea 1000×1 · 2024-05-04', 'gold', 70, '15 + tea 15 + hundred 10 + gold 30'],
  ['all', 'tea 500×1, cup 500×1 · 2024-05-04', 'gold', 62, '15 + tea 7 + hundred 10 + gold 30'],
  ['week', 'tea 500×1 · 2024-05-04', '', 10, '5 + week 5'],
  ['week', 'tea 500×1 · 2024-05-03', '', 5, '5'],
  ['birthday', 'tea 500×1 · 2024-05-04', '1990-05-04', 10, '5 + birthday 5'],
  ['birthday', 'tea 500×1 · 2024-05-04', '--05-04', 10, '5 + birthday 5'],
  ['birthday', 'tea 500×1 · 2024-05-04', '1990-05-05', 5, '5'],
  ['birthday', 'tea 500×1 · 2023-02-28', '1992-02-29', 10, '5 + birthday 5'],
  ['birthday', 'tea 500×1 · 2024-02-28', '1992-02-29', 5, '5'],
  ['birthday', 'tea 500×1 · 2024-02-29', '1992-02-29', 10, '5 + birthday 5'],
  ['birthday', 'tea 500×1 · 2024-05-04', '', 5, '5'],
  ['month', 'tea 500×1 · 2024-05-31', '1990-05-04', 10, '5 + month 5'],
  ['month', 'tea 500×1 · 2024-06-01', '1990-05-04', 5, '5'],
  ['first', 'tea 500×1 · 2024-05-04', 'first', 55, '5 + first 50'],
  ['first', 'tea 500×1 · 2024-05-04', '', 5, '5'],
  ['first', 'tea 0×1 · 2024-05-04', 'first', 0, '0'],
  ['store', 'tea 500×1 · 2024-05-04 · store', '', 10, '5 + store 5'],
  ['store', 'tea 500×1 · 2024-05-04', '', 5, '5'],
  ['web', 'tea 500×1 · 2024-05-04 · web', '', 10, '5 + web 5'],
  ['web', 'tea 500×1 · 2024-05-04 · till', '', 5, '5'],
  ['may', 'tea 500×1 · 2024-05-01', '', 10, '5 + may 5'],
  ['may', 'tea 500×1 · 2024-05-31', '', 10, '5 + may 5'],
  ['may', 'tea 500×1 · 2024-06-01', '', 5, '5'],
  ['capped', 'tea 1500×1 · 2024-05-04', '', 30, '15 + tea 15'],
  ['capped', 'tea 1600×1 · 2024-05-04', '', 30, '16 + tea 16, order 30'],
  ['capped', 'tea 1600×1 · 2024-05-04', 'day 40', 10, '16 + tea 16, day 10'],
  ['capped', 'tea 1600×1 · 2024-05-04', 'day 60', 0, '16 + tea 16, day 0'],
  ['capped', 'tea 1600×1 · 2024-05-04', 'day 20 month 75', 25, '16 + tea 16, month 25'],
  ['capped', 'tea 200×1 · 2024-05-04', 'day 20 month 75', 4, '2 + tea 2'],
  ['out', 'tea 500×1, card 1000×1, deposit 100×1 · 2024-05-04', '', 5, '5; 1 of 3 lines; card, SKU-deposit out'],
  ['out', 'card 1000×1 · 2024-05-04', 'gold', 0, '0; 0 of 1 lines; card out'],
  ['out', 'tea 500×1 · 2024-05-04', '', 5, '5'],
  ['reduced', 'tea 500/600×1, cup 700×1 · 2024-05-04', '', 7, '7; 1 of 2 lines; 1 reduced'],
  ['fair', 'tea 500×1 · 2024-05-04 · store', '', 0, '0; store out'],
  ['fair', 'tea 500×1 · 2024-05-04 · web', '', 0, '0; channel out'],
  ['fair', 'tea 500×1 · 2024-05-04 · till', '', 5, '5'],
  ['without', 'tea 900×1, cup 900×1 · 2024-05-04', '', 9, '9; 1 of 2 lines; SKU-tea out'],
  ['without', 'tea 900×1, cup 1000×1 · 2024-05-04', '', 20, '10 + hundred 10; 1 of 2 lines; SKU-tea out'],
]
