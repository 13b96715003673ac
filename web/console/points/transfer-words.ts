/** The rule of giving points to each other, in one line. */
import type { Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'

export function useTransferLine(): (rule: Row<'GET /v1/admin/point-transfer-rules'>['rule']) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ is_on, minimum_points, fee_bp, limits }) => {
    if (!is_on) return t('points:transfers.off')
    const said = [
      t('points:transfers.said.from', { points: format.points(minimum_points) }),
      ...(limits.day ? [t('points:transfers.said.day', { points: format.points(limits.day) })] : []),
      ...(limits.month ? [t('points:transfers.said.month', { points: format.points(limits.month) })] : []),
      ...(fee_bp > 0 ? [t('points:transfers.said.fee', { share: format.percent(fee_bp / 10_000, 2) })] : []),
    ]
    return said.join(' · ')
  }
}
