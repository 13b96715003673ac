/** The value of a rule, by what its operator is compared with. */
import { Group, MultiSelect, NumberInput, SegmentedControl, TagsInput, Text, TextInput } from '@mantine/core'
import { useFormat } from '../../../kit/format.ts'
import { useTexts } from '../../../kit/i18n.ts'
import type { Day, PartEntry, Value, Window } from '../condition.ts'
import { monthName, type Words } from '../words.ts'
import classes from './builder.module.css'
import { DayInput } from './day-input.tsx'
import { OptionPicker } from './option-picker.tsx'
import { WindowInput } from './window-input.tsx'

interface RuleValueProps {
  part: PartEntry
  kind: string
  value: Value
  onChange: (value: Value) => void
  words: Words
}

export function RuleValue(props: RuleValueProps) {
  const { part, kind, value, onChange } = props
  const { t } = useTexts()
  const label = t('segments:value')
  switch (kind) {
    case 'none':
      return null
    case 'flag':
      return (
        <SegmentedControl
          aria-label={label}
          value={value === false ? 'no' : 'yes'}
          onChange={(chosen) => onChange(chosen === 'yes')}
          data={[
            { value: 'yes', label: t('segments:flagYes') },
            { value: 'no', label: t('segments:flagNo') },
          ]}
        />
      )
    case 'number':
      return <Amount {...props} label={label} value={typeof value === 'number' ? value : null} />
    case 'range':
      return <Range {...props} />
    case 'option':
    case 'options':
      return <OptionPicker {...props} many={kind === 'options'} />
    case 'text':
      return (
        <TextInput
          className={classes.value ?? ''}
          aria-label={label}
          value={typeof value === 'string' ? value : ''}
          maxLength={200}
          onChange={(event) => onChange(event.currentTarget.value || null)}
        />
      )
    case 'texts':
      return (
        <TagsInput
          className={classes.value ?? ''}
          aria-label={label}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={onChange}
          placeholder={t('segments:typeValues')}
        />
      )
    case 'months':
      return <Months value={value} onChange={onChange} label={label} />
    case 'day':
      return <DayInput value={value as Day | null} onChange={onChange} />
    case 'window':
      return (
        <WindowInput
          value={(value ?? undefined) as Window | undefined}
          onChange={(window) => onChange(window ?? null)}
          future={part.type !== 'behaviour'}
        />
      )
    default:
      return <Text c="dimmed">{String(value)}</Text>
  }
}

interface AmountProps {
  part: PartEntry
  label: string
  value: number | null
  onChange: (value: number | null) => void
  words: Words
}

/** A number in the unit people use: money in the currency, minor units in the value. */
function Amount({ part, label, value, onChange, words }: AmountProps) {
  const format = useFormat()
  const money = part.type === 'money'
  const scale = money ? 10 ** format.currency_decimals : 1
  const unit = part.unit ? words.unit(part.unit) : money ? (format.currency ?? '') : ''
  return (
    <NumberInput
      className={classes.number ?? ''}
      aria-label={label}
      hideControls
      thousandSeparator=","
      value={value === null ? '' : value / scale}
      decimalScale={money ? format.currency_decimals : part.integer ? 0 : 2}
      {...(unit ? { suffix: ` ${unit}` } : {})}
      onChange={(typed) => onChange(typed === '' ? null : Math.round(Number(typed) * scale * 100) / 100)}
    />
  )
}

function Range({ part, value, onChange, words }: RuleValueProps) {
  const { t } = useTexts()
  const [low = null, high = null] = (Array.isArray(value) ? value : []) as (number | null)[]
  return (
    <Group gap={6} wrap="nowrap">
      <Amount
        part={part}
        words={words}
        label={t('segments:low')}
        value={low}
        onChange={(typed) => onChange([typed, high])}
      />
      <Text size="sm">{t('segments:and')}</Text>
      <Amount
        part={part}
        words={words}
        label={t('segments:high')}
        value={high}
        onChange={(typed) => onChange([low, typed])}
      />
    </Group>
  )
}

function Months({ value, onChange, label }: { value: Value; onChange: (value: Value) => void; label: string }) {
  const { language } = useTexts()
  const months = Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: monthName(i + 1, language) }))
  return (
    <MultiSelect
      className={classes.value ?? ''}
      aria-label={label}
      data={months}
      value={(Array.isArray(value) ? value : []).map(String)}
      onChange={(chosen) => onChange(chosen.map(Number).sort((a, b) => a - b))}
    />
  )
}
