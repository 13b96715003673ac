/**
 * Fields of a form. Each takes a `field` from `form.field('name')`, a label, and its consequence: a sentence under
 * it that says what the choice means.
 */
import { NumberInput, PasswordInput, Select, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { DatePickerInput, DateTimePicker } from '@mantine/dates'
import type { ReactNode } from 'react'
import { useFormat } from './format.ts'
import { useTexts } from './i18n.ts'
import type { FieldState } from './use-form.ts'

export interface FieldProps<T> {
  field: FieldState<T>
  label: string
  /** What this choice does, beside the field. */
  consequence?: ReactNode
  required?: boolean
  disabled?: boolean
}

function shared<T>({ field, label, consequence, required, disabled }: FieldProps<T>) {
  return {
    name: field.name,
    label,
    description: consequence,
    error: field.error,
    required: required ?? false,
    disabled: disabled ?? false,
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
  }
}

type TextFieldProps = FieldProps<string> & {
  placeholder?: string
  type?: 'text' | 'email' | 'tel' | 'url'
  autoComplete?: string
  autoFocus?: boolean
  maxLength?: number
}

/** One line of text. */
export function TextField(props: TextFieldProps) {
  const { field, placeholder, type, autoComplete, autoFocus, maxLength } = props
  return (
    <TextInput
      {...shared(props)}
      value={field.value}
      onChange={(event) => field.onChange(event.currentTarget.value)}
      placeholder={placeholder ?? ''}
      type={type ?? 'text'}
      autoComplete={autoComplete ?? 'off'}
      data-autofocus={autoFocus || undefined}
      {...(maxLength ? { maxLength } : {})}
    />
  )
}

/** Several lines of text. */
export function LongTextField(props: FieldProps<string> & { rows?: number; monospace?: boolean }) {
  const { field } = props
  return (
    <Textarea
      {...shared(props)}
      value={field.value}
      onChange={(event) => field.onChange(event.currentTarget.value)}
      autosize
      minRows={props.rows ?? 4}
      maxRows={24}
      styles={props.monospace ? { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } : {}}
    />
  )
}

/** A password, shown on wish. */
export function PasswordField(props: FieldProps<string> & { autoComplete: 'current-password' | 'new-password' }) {
  const { field } = props
  return (
    <PasswordInput
      {...shared(props)}
      value={field.value}
      onChange={(event) => field.onChange(event.currentTarget.value)}
      autoComplete={props.autoComplete}
    />
  )
}

type NumberFieldProps = FieldProps<number | null> & {
  min?: number
  max?: number
  step?: number
  suffix?: string
  decimals?: number
}

/** A number; empty is null, never 0. */
export function NumberField(props: NumberFieldProps) {
  const { field, min, max, step, suffix, decimals } = props
  return (
    <NumberInput
      {...shared(props)}
      value={field.value ?? ''}
      thousandSeparator=","
      decimalScale={decimals ?? 0}
      hideControls
      onChange={(value) => field.onChange(typeof value === 'number' ? value : value === '' ? null : Number(value))}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      {...(step ? { step } : {})}
      {...(suffix ? { suffix: ` ${suffix}` } : {})}
    />
  )
}

/** An amount: minor units in the value, the currency as people write it on screen. */
export function MoneyField(props: FieldProps<number | null> & { min?: number }) {
  const { field } = props
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  const sign = currencySign(format.locale, format.currency)
  return (
    <NumberInput
      {...shared(props)}
      value={field.value === null ? '' : field.value / unit}
      thousandSeparator=","
      hideControls
      decimalScale={format.currency_decimals}
      fixedDecimalScale={format.currency_decimals > 0}
      min={props.min ?? 0}
      onChange={(value) => field.onChange(value === '' ? null : Math.round(Number(value) * unit))}
      leftSection={
        <Text size="sm" c="dimmed">
          {sign}
        </Text>
      }
      leftSectionWidth={sign.length > 1 ? 46 : 30}
    />
  )
}

function currencySign(locale: string, currency: string | null): string {
  if (!currency) return ''
  const parts = new Intl.NumberFormat(currency === 'TWD' ? 'en-US' : locale, {
    style: 'currency',
    currency,
  }).formatToParts(0)
  return parts.find((part) => part.type === 'currency')?.value ?? currency
}

/** Whole points. */
export function PointsField(props: FieldProps<number | null> & { min?: number }) {
  return <NumberField {...props} min={props.min ?? 0} />
}

/** A share: 0.1 in the value, 10 % on screen. */
export function PercentField(props: FieldProps<number | null> & { max?: number; decimals?: number }) {
  const { field } = props
  const decimals = props.decimals ?? 1
  return (
    <NumberInput
      {...shared(props)}
      value={field.value === null ? '' : round(field.value * 100, decimals)}
      suffix=" %"
      hideControls
      decimalScale={decimals}
      min={0}
      max={(props.max ?? 1) * 100}
      onChange={(value) => field.onChange(value === '' ? null : round(Number(value) / 100, decimals + 2))}
    />
  )
}

function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals
}

export interface Choice<T extends string> {
  value: T
  label: string
}

/** One of a few, or one of many with a search. */
export function ChoiceField<T extends string>(
  props: FieldProps<T | null> & {
    choices: readonly Choice<T>[]
    placeholder?: string
    clearable?: boolean
  },
) {
  const { field, choices, placeholder, clearable } = props
  return (
    <Select
      {...shared(props)}
      value={field.value}
      onChange={(value) => field.onChange(value as T | null)}
      data={[...choices]}
      // long lists are typed into
      searchable={choices.length > 8}
      placeholder={placeholder ?? ''}
      clearable={clearable ?? false}
    />
  )
}

/** Yes or no, as it is at once understood. */
export function SwitchField(props: FieldProps<boolean>) {
  const { field, label, consequence, disabled } = props
  return (
    <Switch
      name={field.name}
      label={label}
      description={consequence}
      error={field.error}
      checked={field.value}
      onChange={(event) => field.onChange(event.currentTarget.checked)}
      disabled={disabled ?? false}
    />
  )
}

/** A day of the program's calendar, `YYYY-MM-DD`. */
export function DayField(props: FieldProps<string | null> & { min?: string; max?: string; clearable?: boolean }) {
  const { field, min, max, clearable } = props
  const { language, t } = useTexts()
  const format = useFormat()
  return (
    <DatePickerInput
      {...shared(props)}
      value={field.value}
      onChange={(value) => field.onChange(value)}
      valueFormat="YYYY-MM-DD"
      clearable={clearable ?? false}
      clearButtonProps={{ 'aria-label': t('kit:clear') }}
      locale={language.toLowerCase()}
      defaultDate={format.today()}
      {...(min ? { minDate: min } : {})}
      {...(max ? { maxDate: max } : {})}
    />
  )
}

/** A wall-clock moment `YYYY-MM-DD HH:mm:ss` in the program's zone; the server turns it into an instant. */
export function MomentField(props: FieldProps<string | null> & { min?: string; clearable?: boolean }) {
  const { field, min, clearable, consequence } = props
  const { language, t } = useTexts()
  const format = useFormat()
  // whose clock it is stands with what the moment does
  const said = consequence ? (
    <>
      {consequence} · {format.time_zone}
    </>
  ) : (
    format.time_zone
  )
  return (
    <DateTimePicker
      {...shared({ ...props, consequence: said })}
      value={field.value}
      onChange={(value) => field.onChange(value)}
      valueFormat="YYYY-MM-DD HH:mm"
      clearable={clearable ?? false}
      clearButtonProps={{ 'aria-label': t('kit:clear') }}
      locale={language.toLowerCase()}
      defaultDate={format.today()}
      maw={320}
      {...(min ? { minDate: min } : {})}
    />
  )
}
