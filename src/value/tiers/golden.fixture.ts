/**
 * Golden cases of tiers, one a line (a tier that is wrong for years is noticed by nobody): which rule, what
 * happened, the day on which one looks, and what is then held, why, and until when. Moves: `+` an order, `-` a
 * refund of the order named by its letter.
 */
import type { TierRule } from './types.ts'

const base: TierRule = {
  measure: { kind: 'spend', base: 'net', include_shipping: false },
  window: { kind: 'rolling', days: 365 },
  thresholds: { silver: 10_000, gold: 30_000 },
  keep: { kind: 'months', months: 12 },
  grace_days: 0,
  downgrade: 'to_qualified',
  refund_undoes: true,
}

export const rules: Record<string, TierRule> = {
  rolling: base,
  step: { ...base, downgrade: 'one_step' },
  grace: { ...base, grace_days: 30 },
  year: { ...base, window: { kind: 'calendar_year' }, keep: { kind: 'year_end', years: 1 } },
  yearGrace: { ...base, window: { kind: 'calendar_year' }, keep: { kind: 'year_end', years: 1 }, grace_days: 31 },
  lenient: { ...base, refund_undoes: false },
  orders: {
    ...base,
    measure: { kind: 'orders', minimum_minor: 500 },
    thresholds: { silver: 2, gold: 3 },
    grace_days: 30,
  },
}

export type Golden = readonly [
  rule: string,
  moves: string,
  look: string,
  tier: string,
  why: string,
  review_on: string | null,
]

export const golden: readonly Golden[] = [
  ['rolling', '', '2024-06-01', 'member', 'tier.start', null],
  ['rolling', '2024-01-10 +a 9999', '2024-06-01', 'member', 'tier.start', null],
  ['rolling', '2024-01-10 +a 10000', '2024-06-01', 'silver', 'tier.reached', '2025-01-10'],
  ['rolling', '2024-01-10 +a 9999; 2024-01-11 +b 1', '2024-06-01', 'silver', 'tier.reached', '2025-01-11'],
  ['rolling', '2024-01-10 +a 30000', '2024-06-01', 'gold', 'tier.reached', '2025-01-10'],
  ['rolling', '2024-01-10 +a 10000; 2024-05-01 +b 20000', '2024-06-01', 'gold', 'tier.reached', '2025-05-01'],
  // the window is 365 days with the day itself: what was bought on its first day still counts, a day earlier no
  // longer
  ['rolling', '2023-03-03 +a 5000; 2024-03-01 +b 5000', '2024-03-01', 'silver', 'tier.reached', '2025-03-01'],
  ['rolling', '2023-03-02 +a 5000; 2024-03-01 +b 5000', '2024-03-01', 'member', 'tier.start', null],
  ['rolling', '2024-02-29 +a 10000', '2024-03-01', 'silver', 'tier.reached', '2025-02-28'],
  // at the review the window is the 365 days before it
  ['rolling', '2024-01-10 +a 10000', '2025-01-09', 'silver', 'tier.reached', '2025-01-10'],
  ['rolling', '2024-01-10 +a 10000', '2025-01-10', 'member', 'tier.lowered', null],
  // … but the day that lifted the member keeps nobody, in a year of 365 days either
  ['rolling', '2025-01-10 +a 10000', '2026-01-10', 'member', 'tier.lowered', null],
  ['rolling', '2025-01-10 +a 10000; 2025-01-11 +b 9999', '2026-01-10', 'member', 'tier.lowered', null],
  ['rolling', '2025-01-10 +a 10000; 2025-01-11 +b 10000', '2026-01-10', 'silver', 'tier.kept', '2027-01-10'],
  ['rolling', '2024-01-10 +a 10000; 2024-06-01 +b 10000', '2025-01-10', 'silver', 'tier.kept', '2026-01-10'],
  ['rolling', '2024-01-10 +a 30000; 2024-06-01 +b 10000', '2025-01-10', 'silver', 'tier.lowered', '2026-01-10'],
  ['rolling', '2024-01-10 +a 30000', '2025-01-10', 'member', 'tier.lowered', null],
  ['rolling', '2024-01-10 +a 30000; 2025-02-01 +b 10000', '2025-02-01', 'silver', 'tier.reached', '2026-02-01'],
  ['rolling', '2022-01-10 +a 30000', '2026-02-01', 'member', 'tier.lowered', null],
  ['step', '2024-01-10 +a 30000', '2025-01-10', 'silver', 'tier.lowered', '2026-01-10'],
  ['step', '2024-01-10 +a 30000', '2026-01-10', 'member', 'tier.lowered', null],
  // grace draws the window out instead of moving it
  ['grace', '2024-01-10 +a 10000', '2025-01-10', 'silver', 'tier.grace', '2025-02-09'],
  ['grace', '2024-01-10 +a 10000', '2025-02-08', 'silver', 'tier.grace', '2025-02-09'],
  ['grace', '2024-01-10 +a 10000', '2025-02-09', 'member', 'tier.lowered', null],
  [
    'grace',
    '2024-01-10 +a 10000; 2024-02-01 +b 6000; 2025-02-03 +c 4000',
    '2025-02-03',
    'silver',
    'tier.kept',
    '2026-01-10',
  ],
  [
    'grace',
    '2024-01-10 +a 10000; 2024-02-01 +b 6000; 2025-02-03 +c 3999',
    '2025-02-09',
    'member',
    'tier.lowered',
    null,
  ],
  ['grace', '2025-01-10 +a 10000; 2026-02-03 +c 9999', '2026-02-09', 'member', 'tier.lowered', null],
  ['grace', '2024-01-10 +a 10000; 2025-02-03 +c 30000', '2025-02-03', 'gold', 'tier.reached', '2026-02-03'],
  ['year', '2023-12-31 +a 6000; 2024-01-01 +b 6000', '2024-01-02', 'member', 'tier.start', null],
  ['year', '2024-03-01 +a 10000', '2025-12-31', 'silver', 'tier.reached', '2026-01-01'],
  ['year', '2024-03-01 +a 10000', '2026-01-01', 'member', 'tier.lowered', null],
  ['year', '2024-03-01 +a 10000; 2025-11-01 +b 10000', '2026-01-01', 'silver', 'tier.kept', '2027-01-01'],
  ['year', '2024-03-01 +a 30000; 2025-11-01 +b 10000', '2026-01-01', 'silver', 'tier.lowered', '2027-01-01'],
  [
    'yearGrace',
    '2024-03-01 +a 10000; 2025-11-01 +b 6000; 2026-01-20 +c 4000',
    '2026-01-20',
    'silver',
    'tier.kept',
    '2027-01-01',
  ],
  [
    'yearGrace',
    '2024-03-01 +a 10000; 2025-11-01 +b 6000; 2026-01-20 +c 3999',
    '2026-02-01',
    'member',
    'tier.lowered',
    null,
  ],
  // a refund of the order that lifted the member undoes the step, unless what was bought since earns it
  ['rolling', '2024-01-10 +a 10000; 2024-02-01 -a 1', '2024-02-01', 'member', 'tier.undone', null],
  ['lenient', '2024-01-10 +a 10000; 2024-02-01 -a 1', '2024-02-01', 'silver', 'tier.reached', '2025-01-10'],
  ['rolling', '2024-01-10 +a 12000; 2024-02-01 -a 2000', '2024-02-01', 'silver', 'tier.reached', '2025-01-10'],
  [
    'rolling',
    '2024-01-05 +z 10000; 2024-01-10 +a 20000; 2024-02-01 -a 20000',
    '2024-02-01',
    'silver',
    'tier.undone',
    '2025-01-05',
  ],
  ['rolling', '2024-01-10 +a 30000; 2024-02-01 -a 15000', '2024-02-01', 'silver', 'tier.undone', '2025-01-10'],
  [
    'rolling',
    '2024-01-10 +a 10000; 2024-01-20 +b 10000; 2024-02-01 -a 10000',
    '2024-02-01',
    'silver',
    'tier.reached',
    '2025-01-10',
  ],
  [
    'rolling',
    '2024-01-09 +z 5000; 2024-01-10 +a 5000; 2024-02-01 -z 5000',
    '2024-02-01',
    'silver',
    'tier.reached',
    '2025-01-10',
  ],
  [
    'rolling',
    '2024-01-10 +a 10000; 2024-02-01 -a 10000; 2024-02-02 +b 10000',
    '2024-02-02',
    'silver',
    'tier.reached',
    '2025-02-02',
  ],
  // orders: those of which at least 500 is left, whatever more was spent
  ['orders', '2024-01-10 +a 90000', '2024-06-01', 'member', 'tier.start', null],
  ['orders', '2024-01-10 +a 500; 2024-01-11 +b 500', '2024-06-01', 'silver', 'tier.reached', '2025-01-11'],
  ['orders', '2024-01-10 +a 500; 2024-01-11 +b 499', '2024-06-01', 'member', 'tier.start', null],
  [
    'orders',
    '2024-01-10 +a 500; 2024-01-10 +b 500; 2024-01-10 +c 500',
    '2024-06-01',
    'gold',
    'tier.reached',
    '2025-01-10',
  ],
  [
    'orders',
    '2024-01-10 +a 600; 2024-01-11 +b 600; 2024-01-12 -b 100',
    '2024-06-01',
    'silver',
    'tier.reached',
    '2025-01-11',
  ],
  ['orders', '2024-01-10 +a 600; 2024-01-11 +b 600; 2024-01-12 -b 101', '2024-06-01', 'member', 'tier.undone', null],
  [
    'orders',
    '2024-01-10 +a 600; 2024-01-11 +b 600; 2024-01-12 -b 60; 2024-01-13 -b 540',
    '2024-06-01',
    'member',
    'tier.undone',
    null,
  ],
  // the refund of an order that did not lift leaves the tier until its review
  [
    'orders',
    '2024-01-10 +a 600; 2024-01-11 +b 600; 2024-01-12 -a 600',
    '2024-06-01',
    'silver',
    'tier.reached',
    '2025-01-11',
  ],
  [
    'orders',
    '2024-01-10 +a 600; 2024-01-11 +b 600; 2024-01-12 -a 600',
    '2025-01-11',
    'silver',
    'tier.grace',
    '2025-02-10',
  ],
  [
    'orders',
    '2024-01-10 +a 600; 2024-01-11 +b 600; 2025-02-01 +c 600; 2025-02-02 +d 600',
    '2025-02-02',
    'silver',
    'tier.kept',
    '2026-01-11',
  ],
  ['orders', '2024-01-10 +a 600; 2024-01-11 +b 600', '2025-02-10', 'member', 'tier.lowered', null],
]

export interface GoldenMove {
  day: string
  letter: string
  amount: number
  is_order: boolean
}

export function movesOf(text: string): GoldenMove[] {
  return text
    .split(';')
    .map((move) => move.trim())
    .filter(Boolean)
    .map((move) => {
      const [day, letter, amount] = move.split(' ') as [string, string, string]
      return { day, letter: letter.slice(1), amount: Number(amount), is_order: letter.startsWith('+') }
    })
}
