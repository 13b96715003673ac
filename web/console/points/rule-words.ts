/** A point rule in sentences. */
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useExtraLines } from './bonus-words.ts'
import type { PointRule } from './rule-values.ts'

/** Names of tiers by code, as this reader reads them. */
export function useTierNames(): (code: string) => string {
  const { language } = useTexts()
  const tiers = useCall('GET /v1/admin/tiers', {}, { fresh_ms: 300_000 }).data?.data
  return (code) => nameIn(tiers?.find((tier) => tier.code === code)?.names, language, code)
}

export interface RuleLine {
  label: string
  text: string
}

/** What the rule says, part by part. */
export function useRuleLines(): (rule: PointRule) => RuleLine[] {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  const extras = useExtraLines()
  const units = (points: number) => t('whys:unit', { count: points, points: format.points(points) })
  const whatOf = ({ base, include_shipping }: PointRule['earn']) =>
    t(`whys:what.${base}${include_shipping ? '_shipping' : ''}` as 'whys:what.net')
  const expiryOf = ({ expiry }: PointRule) => {
    if (expiry.kind === 'never') return t('points:lines.never')
    if (expiry.kind === 'year_end')
      return expiry.years === 0 ? t('points:lines.yearEndSame') : t('points:lines.yearEnd', { count: expiry.years })
    if (expiry.kind === 'inactivity') return t('points:lines.inactivity', { count: expiry.months })
    return t(expiry.until === 'day' ? 'points:lines.monthsDay' : 'points:lines.monthsEnd', { count: expiry.months })
  }
  const waitingOf = ({ waiting_days, waiting_for }: PointRule) => {
    if (waiting_for)
      return t(`points:lines.${waiting_for.event}`, {
        count: waiting_for.days,
        latest: String(waiting_for.latest_days),
      })
    return waiting_days === 0 ? t('points:lines.atOnce') : t('points:lines.waiting', { count: waiting_days })
  }
  return (rule) => {
    const tiers = Object.entries(rule.earn.tier_percent).map(([code, percent]) =>
      t('points:lines.tier', { tier: tierName(code), percent: format.percent(percent / 100) }),
    )
    return [
      {
        label: t('points:form.rate'),
        text: t('points:lines.rate', { points: units(rule.earn.points), amount: format.money(rule.earn.per_minor) }),
      },
      {
        label: t('points:form.base'),
        text: `${whatOf(rule.earn)} · ${t(`points:form.roundings.${rule.earn.rounding}`)}`,
      },
      ...(tiers.length > 0 ? [{ label: t('points:form.tiers'), text: tiers.join(' · ') }] : []),
      ...extras(rule.earn),
      {
        label: t('points:form.waiting'),
        text: waitingOf(rule),
      },
      { label: t('points:form.expiry'), text: expiryOf(rule) },
      { label: t('points:form.debt'), text: t(`points:form.debts.${rule.debt}`) },
    ]
  }
}

/** The rule in one line, for lists. */
export function useRuleLine(): (rule: PointRule) => string {
  const lines = useRuleLines()
  return (rule) => {
    const [rate, , ...rest] = lines(rule)
    return [rate!.text, ...rest.slice(0, -1).map(({ text }) => text)].join(' · ')
  }
}
