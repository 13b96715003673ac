/** Versions to come, said where another is tried and applied. */
import { Text } from '@mantine/core'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { Notice } from '../kit/states.tsx'
import { standingOf, type RuleVersion } from './rule-standing.ts'

interface Props<Row> {
  rows: readonly Row[] | undefined
  line: (row: Row) => string
}

export function ComingVersions<Row extends RuleVersion>({ rows = [], line }: Props<Row>) {
  const { t } = useTexts()
  const format = useFormat()
  const coming = rows.filter((row) => standingOf(row, rows, format.present()).standing === 'coming')
  if (coming.length === 0) return null
  return (
    <Notice>
      {coming.map((row) => (
        <div key={row.version}>
          {t('rules:coming', { version: format.number(row.version), at: format.moment(row.effective_from) })}
          <Text size="sm" c="dimmed">
            {line(row)}
          </Text>
        </div>
      ))}
      <Text size="sm" mt={4}>
        {t('rules:comingHint')}
      </Text>
    </Notice>
  )
}
