/** How a plan is said: its period, its prices, what it gives, and why. */
import type { Answer, Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'

export type Plan = Answer<'GET /v1/admin/plans/:plan_id'>
export type PlanDesign = Plan['design']
export type MemberPlans = Answer<'GET /v1/admin/members/:member_id/plans'>
export type Held = MemberPlans['subscriptions'][number]
export type Offered = MemberPlans['offers'][number]
export type SubscriptionRow = Row<'GET /v1/admin/plans/:plan_id/subscriptions'>
export type AgreementRow = Answer<'GET /v1/admin/members/:member_id/agreements'>['data'][number]

/** "every month", "every 30 days". */
export function usePeriod(): (period: PlanDesign['period']) => string {
  const { t } = useTexts()
  return ({ unit, count }) => {
    if (unit === 'day') return t('plans:period_day', { count })
    if (count === 1) return t('plans:monthly')
    return count === 12 ? t('plans:yearly') : t('plans:period_month', { count })
  }
}

/** "NT$88 to NT$888 every month". */
export function usePriceLine(): (design: PlanDesign) => string {
  const { t } = useTexts()
  const format = useFormat()
  const period = usePeriod()
  return ({ prices, period: each }) => {
    const amounts = prices.map((one) => one.price_minor)
    const [low, high] = [Math.min(...amounts), Math.max(...amounts)]
    if (low === high) return t('plans:from', { price: format.money(low), period: period(each) })
    return t('plans:fromTo', { low: format.money(low), high: format.money(high), period: period(each) })
  }
}

/** What a plan gives beside its privileges, one short phrase each. */
export function useGiven(): (design: PlanDesign) => string[] {
  const { t } = useTexts()
  const format = useFormat()
  return ({ discount_bp, free_shipping_from_minor: from, member_prices, trial_days }) => [
    ...(discount_bp > 0
      ? [t('plans:givesDiscount', { share: format.percent(discount_bp / 10_000, discount_bp % 100 === 0 ? 0 : 1) })]
      : []),
    ...(from === null ? [] : [from === 0 ? t('plans:givesShippingAlways') : shipping(from)]),
    ...(member_prices.length > 0 ? [t('plans:givesPrices', { count: member_prices.length })] : []),
    ...(trial_days > 0 ? [t('plans:givesTrial', { count: trial_days })] : []),
  ]
  function shipping(amount: number) {
    return t('plans:givesShipping', { amount: format.money(amount) })
  }
}

/** A why in words: amounts and days as people write them. */
export function usePlanWhy(): (why: Held['periods'][number]['why']) => string {
  const format = useFormat()
  return ({ code, params }) => {
    const shown = Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key,
        typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? format.day(value) : value,
      ]),
    )
    const amount = (key: string) => format.money(Number(params[key] ?? 0))
    const more = { received: amount('received_minor'), due: amount('due_minor') }
    return textOf(`plans:whys.${code}`, code, { ...shown, ...more })
  }
}
