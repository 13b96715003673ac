/** The ladder and rule that a new program begins with; the brand changes them as it likes. */
import type { Tx } from '../../base/db.ts'
import { decimalsOf } from '../../base/money.ts'
import { sql } from '../../base/sql.ts'
import { addRule, beginning, setLadder } from './law.ts'
import type { LadderInput, TierRule } from './types.ts'

const ladder: LadderInput = [
  { code: 'member', names: { en: 'Member', 'zh-TW': '一般會員', 'zh-CN': '普通会员' } },
  { code: 'silver', names: { en: 'Silver', 'zh-TW': '銀卡會員', 'zh-CN': '银卡会员' } },
  { code: 'gold', names: { en: 'Gold', 'zh-TW': '金卡會員', 'zh-CN': '金卡会员' } },
]

/** What a regular spends in a year, in whole units of the currency: silver and gold begin at 1 and 3 times this. */
const yearlySpend: Record<string, number> = {
  TWD: 10_000,
  HKD: 2_500,
  CNY: 2_000,
  JPY: 50_000,
  KRW: 450_000,
  MYR: 1_200,
  THB: 10_000,
  VND: 7_000_000,
  IDR: 4_500_000,
}
const yearlySpendElsewhere = 300

/** A year's spend, looked at again a year later, thirty days of grace, one step down. */
export function presetRule(currency: string): TierRule {
  const minor = (yearlySpend[currency] ?? yearlySpendElsewhere) * 10 ** decimalsOf(currency)
  return {
    measure: { kind: 'spend', base: 'net', include_shipping: false },
    window: { kind: 'rolling', days: 365 },
    thresholds: { silver: minor, gold: 3 * minor },
    keep: { kind: 'months', months: 12 },
    grace_days: 30,
    downgrade: 'one_step',
    refund_undoes: true,
  }
}

/**
 * Gives a new program its ladder and first rule, in force from the beginning of time. Does nothing if there is a
 * ladder.
 */
export async function foundPresets(tx: Tx, currency: string): Promise<void> {
  if (await tx.row(sql`select from tiers limit 1`)) return
  await setLadder(tx, ladder)
  await addRule(tx, { rule: presetRule(currency), effective_from: beginning })
}
