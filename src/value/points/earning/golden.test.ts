import { expect, test } from 'vitest'
import { decideEarn, recompute } from '../rules.ts'
import type { PointRule, Why } from '../types.ts'
import { golden, rules, store_id } from './golden.fixture.ts'
import type { Basket, Standing } from './types.ts'

const ruleOf = (earn: PointRule['earn']) => ({
  version: 1,
  effective_from: new Date(0),
  rule: { earn, waiting_days: 0, expiry: { kind: 'never' as const }, debt: 'below_zero' as const },
})

function orderOf(text: string) {
  const [bought, day, ...more] = text.split(' · ') as [string, string, ...string[]]
  const lines = bought.split(', ').map((line) => {
    const [, category, amount, quantity] = /^(\w+) (\d+(?:\/\d+)?)×([\d.]+)$/.exec(line)!
    const [paid, shelf = paid] = amount!.split('/').map(Number) as [number, number?]
    return {
      sku: `SKU-${category}`,
      category: category!,
      quantity: Number(quantity),
      net_minor: paid,
      gross_minor: shelf,
    }
  })
  const goods_minor = lines.reduce((sum, line) => sum + line.net_minor, 0)
  const basket: Basket = {
    lines,
    day,
    store_id: more.includes('store') ? store_id : null,
    channel: more.find((word) => word === 'web' || word === 'till') ?? null,
    is_supplement: more.includes('added later'),
  }
  const gross_minor = lines.reduce((sum, line) => sum + line.gross_minor, 0)
  return { purchase: { goods_minor, gross_minor, shipping_minor: 0 }, basket }
}

function standingOf(text: string): Standing {
  const used = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1] ?? 0)
  return {
    tier_code: text === 'gold' ? 'gold' : null,
    birth_date: /\d\d-\d\d$/.test(text) ? text : null,
    is_first: text === 'first',
    earned_day: used('day'),
    earned_month: used('month'),
  }
}

/** What was left out, as the table says it. */
function outOf({ codes, params }: Why): string[] {
  const { lines_earning, lines_all, out_names, lines_discounted } = params
  return [
    ...(lines_all === undefined ? [] : [`${String(lines_earning)} of ${String(lines_all)} lines`]),
    ...(out_names ? [`${String(out_names)} out`] : []),
    ...(lines_discounted ? [`${String(lines_discounted)} reduced`] : []),
    ...(codes.includes('points.store_out') ? ['store out'] : []),
    ...(codes.includes('points.channel_out') ? ['channel out'] : []),
  ]
}

test.each(golden)('%s: %s, %s → %i (%s)', (rule, order, member, points, why) => {
  const decision = decideEarn(orderOf(order), standingOf(member), ruleOf(rules[rule]!))
  const parts = decision.why.parts ?? []
  const { cap_left } = decision.why.params
  const all = parts.reduce((sum, part) => sum + part.points, 0)
  const uncapped = recompute({ ...decision.why, params: { ...decision.why.params, cap_left: 1e9 } })
  const said = [uncapped - all, ...parts.map((part) => `${part.bonus} ${part.points}`)].join(' + ')
  const cap = decision.why.codes.find((code) => code.includes('.capped_'))?.replace('points.capped_', '')
  const capped = cap ? `${said}, ${cap} ${cap_left}` : said
  expect([decision.points, [capped, ...outOf(decision.why)].join('; ')]).toEqual([points, why])
  expect(recompute(decision.why)).toBe(points)
})
