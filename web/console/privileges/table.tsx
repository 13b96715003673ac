/** The columns of the list of privileges. */
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useDesignColumns } from '../design-columns.tsx'
import { usePlans } from '../plans/plan-names.ts'
import { useTierNames } from '../points/rule-words.ts'

export type Privilege = Row<'GET /v1/admin/privileges'>

/** Who has it and how often, as one line. */
export function useRuleLine(): (rule: Privilege['rule']) => string {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  const planNames = usePlans()
  const planName = (id: string) => planNames.find((plan) => plan.plan_id === id)?.name ?? id
  const whoOf = ({ tier_codes, plans = [] }: Privilege['rule']) => {
    const tiers = format.list(tier_codes.map(tierName))
    const held = format.list(
      plans.map(({ plan_id, uses }) =>
        uses === null
          ? planName(plan_id)
          : t('privileges:planTimes', { plan: planName(plan_id), uses: format.number(uses) }),
      ),
    )
    if (tier_codes.length === 0)
      return plans.length === 0 ? t('privileges:onlyGiven') : t('privileges:forPlans', { plans: held })
    return plans.length === 0
      ? t('privileges:forTiers', { tiers })
      : t('privileges:forTiersAndPlans', { tiers, plans: held })
  }
  return (rule) => {
    const { quota } = rule
    const who = whoOf(rule)
    const often = quota
      ? t(`privileges:quotas.${quota.period}`, { count: quota.uses, uses: format.number(quota.uses) })
      : t('privileges:noQuota')
    return t('privileges:line', { who, often })
  }
}

export function usePrivilegeColumns(): Column<Privilege>[] {
  const { t } = useTexts()
  const format = useFormat()
  const line = useRuleLine()
  const columns = useDesignColumns<Privilege>('privileges', {
    id: (row) => row.privilege_id,
    line: (row) => line(row.rule),
  })
  return [
    columns.name,
    columns.status,
    {
      key: 'granted',
      title: t('privileges:granted'),
      priority: 2,
      align: 'right',
      value: (row) => row.granted,
      render: (row) => format.number(row.granted),
    },
    {
      key: 'used',
      title: t('privileges:used'),
      align: 'right',
      value: (row) => row.used,
      render: (row) => format.number(row.used),
    },
  ]
}
