/** A price rule in one line. */
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useTierNames } from '../points/rule-words.ts'
import type { PriceRule } from './price-values.ts'

export function usePriceLine(): (rule: PriceRule) => string {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  return ({ tier_discounts, member_prices, floor, with_coupons }) =>
    [
      ...tier_discounts
        .filter((one) => one.discount_bp > 0)
        .map((one) =>
          t('prices:line.tier', { tier: tierName(one.tier_code), share: format.percent(one.discount_bp / 10_000) }),
        ),
      ...(member_prices.length > 0
        ? [t('prices:line.products', { count: member_prices.length, products: format.number(member_prices.length) })]
        : []),
      ...(floor.share_bp > 0 ? [t('prices:line.floor', { share: format.percent(floor.share_bp / 10_000) })] : []),
      ...(floor.cost ? [t('prices:line.cost')] : []),
      t(`prices:line.${with_coupons}`),
    ].join(' · ')
}
