/** When: the last or next so many days, a calendar period, between two days, or at any time. */
import { Group, NumberInput, Select, Text, Tooltip } from '@mantine/core'
import { useTexts } from '../../../kit/i18n.ts'
import type { Period, Unit, Window } from '../condition.ts'
import classes from './builder.module.css'
import { DayInput } from './day-input.tsx'

type Kind = 'ever' | 'last' | 'next' | 'period' | 'dates'

const units: Unit[] = ['day', 'week', 'month', 'year']
const periods: Period[] = ['day', 'week', 'month', 'quarter', 'year']
const usualDays = 30

function kindOf(window: Window | undefined): Kind {
  if (!window) return 'ever'
  if (window.last !== undefined) return 'last'
  if (window.next !== undefined) return 'next'
  return window.this || window.previous || window.following ? 'period' : 'dates'
}

interface WindowInputProps {
  value: Window | undefined
  onChange: (window: Window | undefined) => void
  /** Offer "at any time". */
  canBeEver?: boolean
  /** Offer what is still to come. */
  future?: boolean
}

export function WindowInput({ value, onChange, canBeEver = false, future = true }: WindowInputProps) {
  const { t } = useTexts()
  const kind = kindOf(value)
  const kinds: Kind[] = [
    ...(canBeEver ? (['ever'] as const) : []),
    'last',
    ...(future ? (['next'] as const) : []),
    'period',
    'dates',
  ]
  const choose = (chosen: Kind) => {
    if (chosen === 'ever') onChange(undefined)
    else if (chosen === 'last' || chosen === 'next')
      onChange({ [chosen]: value?.last ?? value?.next ?? usualDays, unit: value?.unit ?? 'day' })
    else onChange(chosen === 'period' ? { this: 'month' } : { from: { today: -usualDays, unit: 'day' } })
  }
  return (
    <Group gap={6} className={classes.value ?? ''}>
      <Select
        aria-label={t('segments:window.label')}
        value={kind}
        onChange={(chosen) => choose((chosen ?? 'last') as Kind)}
        w={150}
        allowDeselect={false}
        data={kinds.map((one) => ({ value: one, label: t(`segments:window.${one}`) }))}
      />
      {value && (kind === 'last' || kind === 'next') && <Length value={value} kind={kind} onChange={onChange} />}
      {value && kind === 'period' && <PeriodChoice value={value} onChange={onChange} future={future} />}
      {value && kind === 'dates' && <Dates value={value} onChange={onChange} />}
    </Group>
  )
}

interface PartProps {
  value: Window
  onChange: (window: Window) => void
}

function Length({ value, kind, onChange }: PartProps & { kind: 'last' | 'next' }) {
  const { t } = useTexts()
  const set = (changes: Partial<Window>) => {
    const next = { ...value, ...changes }
    if (!next.except_last) delete next.except_last
    onChange(next)
  }
  return (
    <>
      <NumberInput
        aria-label={t('segments:window.count')}
        hideControls
        min={1}
        max={3660}
        w={72}
        value={value[kind] || ''}
        onChange={(typed) => set({ [kind]: Number(typed || 0) })}
      />
      <Select
        aria-label={t('segments:window.unit')}
        value={value.unit ?? 'day'}
        w={96}
        allowDeselect={false}
        data={units.map((unit) => ({ value: unit, label: t(`segments:unitNames.${unit}`) }))}
        onChange={(unit) => set({ unit: unit as Unit })}
      />
      {kind === 'last' && (
        <Tooltip label={t('segments:window.exceptHint')}>
          <Group gap={6} wrap="nowrap">
            <Text size="sm" c="dimmed">
              {t('segments:window.except')}
            </Text>
            <NumberInput
              aria-label={t('segments:window.except')}
              hideControls
              min={0}
              w={56}
              value={value.except_last ?? ''}
              placeholder="0"
              max={Math.max(0, (value.last ?? 1) - 1)}
              onChange={(typed) => set({ except_last: Number(typed || 0) })}
            />
          </Group>
        </Tooltip>
      )}
    </>
  )
}

function PeriodChoice({ value, onChange, future }: PartProps & { future: boolean }) {
  const { t } = useTexts()
  const which = ['this', 'previous', ...(future ? (['following'] as const) : [])] as const
  const chosen = which.find((one) => value[one]) ?? 'this'
  const data = which.flatMap((one) =>
    periods.map((period) => ({ value: `${one}_${period}`, label: t(`segments:periods.${one}_${period}`) })),
  )
  return (
    <Select
      aria-label={t('segments:window.period')}
      data={data}
      value={`${chosen}_${value[chosen] ?? 'month'}`}
      w={140}
      allowDeselect={false}
      onChange={(name) => {
        const [one = 'this', period = 'month'] = (name ?? '').split('_')
        onChange({ [one]: period as Period })
      }}
    />
  )
}

function Dates({ value, onChange }: PartProps) {
  const { t } = useTexts()
  const set = (key: 'from' | 'to', day: Window['from'] | null) => {
    const { [key]: _before, ...rest } = value
    onChange(day === null || day === undefined ? rest : { ...rest, [key]: day })
  }
  return (
    <>
      <DayInput label={t('segments:window.from')} value={value.from ?? null} onChange={(day) => set('from', day)} />
      <Text size="sm">{t('segments:and')}</Text>
      <DayInput label={t('segments:window.to')} value={value.to ?? null} onChange={(day) => set('to', day)} />
    </>
  )
}
