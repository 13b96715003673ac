/** The rule of sharing points, in one line. */
import type { Row } from '../../kit/call.ts'
import { useTexts } from '../../kit/i18n.ts'

export function usePoolLine(): (rule: Row<'GET /v1/admin/point-pool-rules'>['rule']) => string {
  const { t } = useTexts()
  return ({ is_on, members_max, spenders }) =>
    is_on
      ? [t('points:pools.said.members', { count: members_max }), t(`points:pools.said.${spenders}`)].join(' · ')
      : t('points:pools.off')
}
