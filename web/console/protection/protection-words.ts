/** The rule of price protection in one line, and why something was given back. */
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { usePlans } from '../plans/plan-names.ts'
import { useTierNames } from '../points/rule-words.ts'
import type { ProtectionRule } from './protection-values.ts'

export function useProtectionLine(): (rule: ProtectionRule) => string {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  const plans = usePlans()
  const planName = (id: string) => plans.find((plan) => plan.plan_id === id)?.name ?? id
  return ({ is_on, days, tier_codes, plan_ids, limit }) => {
    if (!is_on) return t('protection:lineOff')
    const names = [...tier_codes.map(tierName), ...plan_ids.map(planName)]
    return t('protection:line', {
      days: format.number(days),
      whose: names.length > 0 ? t('protection:forSome', { names: format.list(names) }) : t('protection:everybody'),
      limit: limit
        ? t('protection:limited', {
            amount: format.money(limit.amount_minor),
            period: t(`protection:periods.${limit.period}`),
          })
        : t('protection:unlimited'),
    })
  }
}

/** The reason as a sentence. */
export function useProtectionWhy(): (why: {
  code: string
  params: Record<string, string | number | null>
}) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ code, params }) => {
    const money = (name: string) => format.money(params[name] as number | null)
    const said = {
      then_minor: money('then_minor'),
      now_minor: money('now_minor'),
      paid_minor: money('paid_minor'),
      costs_minor: money('costs_minor'),
      given_minor: money('given_minor'),
    }
    if (code === 'limited')
      return t('protection:whys.limited', {
        ...said,
        due_minor: money('due_minor'),
        limit_minor: money('limit_minor'),
      })
    return params['given_before_minor']
      ? t('protection:whys.given_again', { ...said, given_before_minor: money('given_before_minor') })
      : t('protection:whys.given', said)
  }
}
