/** When something is given: the kind, and what it asks. */
import { MultiSelect, SimpleGrid } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, DayField, NumberField, SwitchField, TextField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import { TierPicker } from '../tiers/pickers.tsx'
import type { MomentValues } from './values.ts'
import { holidayNames, isOfCalendar, keyOf, knownHolidays, useHolidayName, type When } from './words.ts'

const kinds: readonly When['kind'][] = [
  'joining',
  'purchase',
  'upgrade',
  'waking',
  'birthday',
  'join_anniversary',
  'brand_anniversary',
  'holiday',
  'own_day',
]
/** Before and after together; a longer window is refused. */
const window_days_max = 60

export function WhenFields({ form }: { form: Form<MomentValues> }) {
  const { t } = useTexts()
  const { kind } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(form.field('kind'))}
        label={t('moments:form.when')}
        consequence={t(`moments:form.kindHints.${kind}`)}
        choices={kinds.map((value) => ({ value, label: t(`moments:form.kinds.${value}`) }))}
      />
      <KindFields form={form} />
      {isOfCalendar({ kind }) && (
        <>
          <NumberField
            field={form.field('before_days')}
            label={t('moments:form.before')}
            consequence={t('moments:form.beforeHint')}
            min={0}
            max={window_days_max}
          />
          <NumberField
            field={form.field('after_days')}
            label={t('moments:form.after')}
            consequence={t('moments:form.afterHint')}
            min={0}
            max={window_days_max}
          />
        </>
      )}
      <DayField field={form.field('starts_on')} label={t('moments:form.starts')} clearable />
      <DayField
        field={form.field('ends_on')}
        label={t('moments:form.ends')}
        consequence={t('moments:form.endsHint')}
        clearable
        {...(form.values.starts_on ? { min: form.values.starts_on } : {})}
      />
    </SimpleGrid>
  )
}

function KindFields({ form }: { form: Form<MomentValues> }) {
  const { t } = useTexts()
  switch (form.values.kind) {
    case 'purchase':
      return (
        <>
          <NumberField field={form.field('number')} label={t('moments:form.number')} min={1} required />
          <SwitchField field={form.field('repeats')} label={t('moments:form.repeats')} />
        </>
      )
    case 'upgrade':
      return (
        <TierPicker
          name="tiers"
          label={t('moments:form.tiers')}
          value={form.values.tiers}
          onChange={(tiers) => form.set({ tiers })}
          error={form.errorAt('/tiers')}
        />
      )
    case 'waking':
      return <NumberField field={form.field('days')} label={t('moments:form.days')} min={1} required />
    case 'birthday':
      return <BirthdayFields form={form} />
    case 'brand_anniversary':
      return (
        <SimpleGrid cols={2}>
          <NumberField field={form.field('month')} label={t('moments:form.month')} min={1} max={12} required />
          <NumberField
            field={form.field('day_of_month')}
            label={t('moments:form.dayOfMonth')}
            min={1}
            max={31}
            required
          />
        </SimpleGrid>
      )
    case 'holiday':
      return <HolidayFields form={form} />
    case 'own_day':
      return (
        <TextField
          field={form.field('own_name')}
          label={t('moments:form.ownName')}
          consequence={t('moments:form.ownNameHint')}
          maxLength={40}
          required
        />
      )
    default:
      return null
  }
}

function BirthdayFields({ form }: { form: Form<MomentValues> }) {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={2}>
      <ChoiceField
        field={alwaysChosen(form.field('span'))}
        label={t('moments:form.span')}
        choices={(['day', 'week', 'month'] as const).map((value) => ({
          value,
          label: t(`moments:form.spans.${value}`),
        }))}
      />
      <ChoiceField
        field={alwaysChosen(form.field('calendar'))}
        label={t('moments:form.calendar')}
        consequence={form.values.calendar === 'lunar' ? t('moments:form.lunarHint') : undefined}
        choices={(['solar', 'lunar'] as const).map((value) => ({
          value,
          label: t(`moments:form.calendars.${value}`),
        }))}
      />
    </SimpleGrid>
  )
}

function HolidayFields({ form }: { form: Form<MomentValues> }) {
  const { t, language } = useTexts()
  const nameOf = useHolidayName()
  const known = holidayNames.map((name) => knownHolidays[name])
  // what the API said otherwise stays to be chosen
  const others = form.values.yearly.filter((key) => !known.some((one) => keyOf(one) === key))
  const choices = [
    ...known.map((one) => ({ value: keyOf(one), label: nameOf(one) })),
    ...others.map((value) => {
      const [calendar, month_day] = value.split(' ') as ['solar' | 'lunar', string]
      return { value, label: nameOf({ calendar, month_day }) }
    }),
  ]
  return (
    <>
      <MultiSelect
        label={t('moments:form.yearly')}
        placeholder={form.values.yearly.length === 0 ? t('moments:form.yearlyNone') : ''}
        data={choices}
        value={form.values.yearly}
        onChange={(yearly) => form.set({ yearly })}
        error={form.errorAt('/yearly')}
      />
      <DatePickerInput
        type="multiple"
        label={t('moments:form.dates')}
        value={form.values.dates}
        onChange={(dates) => form.set({ dates: dates.map((day) => String(day).slice(0, 10)) })}
        valueFormat="YYYY-MM-DD"
        locale={language.toLowerCase()}
        clearable
        clearButtonProps={{ 'aria-label': t('kit:clear') }}
      />
    </>
  )
}
