/** A tier rule in sentences. */
import type { Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useMeasured } from './measure-words.ts'

export type TierRule = Row<'GET /v1/admin/tier-rules'>['rule']

/** What the rule says, part by part; thresholds stand in the ladder. */
export function useTierRuleLines(): (rule: TierRule) => { label: string; text: string }[] {
  const { t } = useTexts()
  const format = useFormat()
  const counted = (measure: TierRule['measure']) => {
    if (measure.kind === 'spend')
      return t(`whys:what.${measure.base}${measure.include_shipping ? '_shipping' : ''}` as 'whys:what.net')
    if (measure.kind === 'orders' && measure.minimum_minor > 0)
      return t('tiers:lines.ordersFrom', { amount: format.money(measure.minimum_minor) })
    return t(`tiers:lines.${measure.kind}`)
  }
  return (rule) => [
    { label: t('tiers:form.base'), text: counted(rule.measure) },
    {
      label: t('tiers:form.window'),
      text:
        rule.window.kind === 'rolling'
          ? t('tiers:lines.rolling', { count: rule.window.days })
          : t('tiers:lines.calendar'),
    },
    {
      label: t('tiers:form.keep'),
      text:
        rule.keep.kind === 'months'
          ? t('tiers:lines.months', { count: rule.keep.months })
          : t('tiers:lines.yearEnd', { count: rule.keep.years }),
    },
    {
      label: t('tiers:form.grace'),
      text: rule.grace_days === 0 ? t('tiers:lines.noGrace') : t('tiers:lines.grace', { count: rule.grace_days }),
    },
    { label: t('tiers:form.downgrade'), text: t(`tiers:form.downgrades.${rule.downgrade}`) },
    { label: t('tiers:form.refund'), text: t(rule.refund_undoes ? 'tiers:lines.undoes' : 'tiers:lines.keeps') },
  ]
}

/** The rule in one line, for lists: what is needed, and in which time. */
export function useTierRuleLine(nameOf: (code: string) => string): (rule: TierRule) => string {
  const measured = useMeasured()
  const lines = useTierRuleLines()
  return (rule) => {
    const needed = Object.entries(rule.thresholds)
      .sort(([, a], [, b]) => a - b)
      .map(([code, amount]) => `${nameOf(code)} ${measured(rule.measure.kind, amount)}`)
    return [
      ...needed,
      ...lines(rule)
        .slice(1, 4)
        .map(({ text }) => text),
    ].join(' · ')
  }
}
