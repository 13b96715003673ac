/** What of a budget is spent, promised and left, as one bar. */
import { Progress } from '@mantine/core'
import type { Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'

export type Budget = Row<'GET /v1/admin/budgets'>

export function BudgetBar({ budget }: { budget: Budget }) {
  const { t } = useTexts()
  const format = useFormat()
  const { amount_minor, spent_minor, reserved_minor } = budget
  const share = (minor: number) => (amount_minor === 0 ? 0 : (minor / amount_minor) * 100)
  const used = t('budgets:used', { share: format.percent(share(spent_minor + reserved_minor) / 100) })
  return (
    <Progress.Root size={14} miw={120} title={used}>
      <Progress.Section value={share(spent_minor)} color="var(--rg-good)" aria-label={t('budgets:spent')} />
      <Progress.Section value={share(reserved_minor)} color="var(--rg-warn)" aria-label={t('budgets:reserved')} />
    </Progress.Root>
  )
}
