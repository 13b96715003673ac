/** A spend rule in sentences. */
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import type { RuleLine } from './rule-words.ts'
import type { SpendRule } from './spending-values.ts'

/** What the rule says, part by part. */
export function useSpendLines(): (rule: SpendRule) => RuleLine[] {
  const { t } = useTexts()
  const format = useFormat()
  const units = (points: number) => t('whys:unit', { count: points, points: format.points(points) })
  const paidOf = ({ pays_goods, pays_shipping }: SpendRule) => {
    if (pays_goods && pays_shipping) return t('points:spending.lines.both')
    if (pays_goods) return t('points:spending.lines.goods')
    return pays_shipping ? t('points:spending.lines.shipping') : t('points:spending.lines.nothing')
  }
  return (rule) => [
    {
      label: t('points:spending.worth'),
      text: t('points:presets.worth', { points: units(rule.points), amount: format.money(rule.worth_minor) }),
    },
    {
      label: t('points:spending.howMany'),
      text: t('points:spending.lines.howMany', {
        step: units(rule.step),
        minimum: units(Math.max(rule.minimum_points, rule.step)),
      }),
    },
    {
      label: t('points:spending.share'),
      text: t('points:spending.lines.share', { share: format.percent(rule.share_max_bp / 10_000) }),
    },
    { label: t('points:spending.pays'), text: paidOf(rule) },
    ...(rule.excluded_categories.length > 0
      ? [{ label: t('points:spending.excluded'), text: format.list(rule.excluded_categories) }]
      : []),
  ]
}

/** The same in one line, for the list of versions. */
export function useSpendLine(): (rule: SpendRule) => string {
  const lines = useSpendLines()
  return (rule) =>
    lines(rule)
      .map((line) => line.text)
      .join(' · ')
}
