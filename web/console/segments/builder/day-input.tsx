/** A day of the calendar, or one counted from today: "30 days ago" moves along by itself. */
import { Group, NumberInput, Select, TextInput } from '@mantine/core'
import { useTexts } from '../../../kit/i18n.ts'
import type { Day } from '../condition.ts'
import classes from './builder.module.css'

type Kind = 'date' | 'ago' | 'ahead'

/** Days offered when one changes from a fixed day to one that moves. */
const usualDays = 30

function kindOf(value: Day | null): Kind {
  if (value === null || typeof value === 'string') return 'date'
  return value.today > 0 ? 'ahead' : 'ago'
}

export function DayInput({
  value,
  onChange,
  label,
}: {
  value: Day | null
  onChange: (value: Day | null) => void
  label?: string
}) {
  const { t } = useTexts()
  const kind = kindOf(value)
  const days = typeof value === 'object' && value !== null ? Math.abs(value.today) : usualDays
  const choose = (chosen: Kind) =>
    onChange(chosen === 'date' ? null : { today: chosen === 'ago' ? -days : days, unit: 'day' })
  return (
    <Group gap={6} wrap="nowrap">
      {kind !== 'date' && (
        <NumberInput
          className={classes.number ?? ''}
          aria-label={label ?? t('segments:value')}
          hideControls
          min={0}
          max={3660}
          value={days}
          onChange={(typed) => onChange({ today: (kind === 'ago' ? -1 : 1) * Number(typed || 0), unit: 'day' })}
          w={80}
        />
      )}
      {kind === 'date' && (
        <TextInput
          type="date"
          aria-label={label ?? t('segments:value')}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          miw={140}
        />
      )}
      <Select
        aria-label={t('segments:dayKinds.label')}
        value={kind}
        onChange={(chosen) => choose((chosen ?? 'date') as Kind)}
        w={120}
        allowDeselect={false}
        data={(['date', 'ago', 'ahead'] as const).map((one) => ({
          value: one,
          label: t(`segments:dayKinds.${one}`),
        }))}
      />
    </Group>
  )
}
