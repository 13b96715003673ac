/** The columns of the list of privileges. */
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useDesignColumns } from '../design-columns.tsx'
import { useTierNames } from '../points/rule-words.ts'

export type Privilege = Row<'GET /v1/admin/privileges'>

/** Who has it and how often, as one line. */
export function useRuleLine(): (rule: Privilege['rule']) => string {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  return ({ tier_codes, quota }) => {
    const who =
      tier_codes.length === 0
        ? t('privileges:onlyGiven')
        : t('privileges:forTiers', { tiers: format.list(tier_codes.map(tierName)) })
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
