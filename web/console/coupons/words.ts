/** What a coupon says, in one line. */
import type { Answer, Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'

export type DefinitionRow = Row<'GET /v1/admin/coupon-definitions'>
export type Definition = Answer<'GET /v1/admin/coupon-definitions/:coupon_definition_id'>
export type Design = Definition['design']
export type CouponRow = Row<'GET /v1/admin/coupons'>

/** 10 % off, NT$100 at most, from NT$500. */
export function useSaying(): (design: Design) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ benefit, minimum_minor }) => {
    const from = minimum_minor > 0 ? t('coupons:says.minimum', { amount: format.money(minimum_minor) }) : ''
    const says = (): string => {
      switch (benefit.kind) {
        case 'amount':
          return t('coupons:says.amount', { amount: format.money(benefit.amount_minor) })
        case 'percent': {
          const percent = format.percent(benefit.percent_bp / 10_000, benefit.percent_bp % 100 === 0 ? 0 : 2)
          return benefit.max_minor
            ? t('coupons:says.percentMax', { percent, amount: format.money(benefit.max_minor) })
            : t('coupons:says.percent', { percent })
        }
        case 'item': {
          const units = format.number(benefit.units)
          return benefit.price_minor === 0
            ? t('coupons:says.item', { units })
            : t('coupons:says.itemPrice', { units, amount: format.money(benefit.price_minor) })
        }
        case 'shipping':
          return benefit.max_minor
            ? t('coupons:says.shippingMax', { amount: format.money(benefit.max_minor) })
            : t('coupons:says.shipping')
      }
    }
    return [says(), from].filter(Boolean).join(' · ')
  }
}

/** The last day of those given today. */
export function useUntil(): (design: Design) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ window }) => {
    const parts = [
      window.days_after_issue == null ? '' : t('coupons:says.days', { count: window.days_after_issue }),
      window.ends_on ? format.day(window.ends_on) : '',
    ]
    return parts.filter(Boolean).join(' · ') || t('coupons:always')
  }
}
