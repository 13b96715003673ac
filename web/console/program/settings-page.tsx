/** How does this program count, write and speak? */
import { MultiSelect, SimpleGrid, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch, type Answer } from '../../kit/call.ts'
import { ChoiceField, LongTextField, NumberField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { languages, textOf, useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useMay } from '../session.tsx'
import { channels, changesOf, valuesOf, type Values } from './values.ts'

export type Program = Answer<'GET /v1/admin/program'>

export default function ProgramPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/program')
  return (
    <Page title={t('program:title')} question={t('program:question')} width="narrow">
      {read.data ? (
        <SettingsForm program={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <Section>
          <TextSkeleton lines={12} />
        </Section>
      )}
    </Page>
  )
}

function SettingsForm({ program }: { program: Program }) {
  const { t } = useTexts()
  const may = useMay()
  const writes = may('program:write')
  const initial = valuesOf(program)
  const form = useForm<Values>({
    initial,
    check: ({ name, drowsy, asleep, lost, points_per_unit }): Record<string, string> => ({
      ...(name.trim() ? {} : { '/name': t('program:needName') }),
      ...(points_per_unit ? {} : { '/points_per_unit': t('points:form.needed') }),
      ...((drowsy ?? 0) < (asleep ?? 0) && (asleep ?? 0) < (lost ?? 0)
        ? {}
        : { '/asleep': t('program:rhythmOrder') }),
    }),
    save: async (values) => {
      await call('PATCH /v1/admin/program', { body: changesOf(initial, values, program) })
      await touch('program', 'session', 'members', 'reports')
    },
  })
  return (
    <FormFrame form={form} locked={!writes}>
      {!writes && <Notice>{t('program:mayNot')}</Notice>}
      <Part title={t('program:identity')}>
        <Identity form={form} program={program} />
      </Part>
      <Part title={t('program:counting')} hint={t('program:countingHint')}>
        <Counting form={form} />
      </Part>
      <Part title={t('program:sender')} hint={t('program:senderHint')}>
        <Sender form={form} />
      </Part>
      <Part title={t('program:costs')} hint={t('program:costsHint')}>
        <Costs form={form} />
      </Part>
    </FormFrame>
  )
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Section title={title} {...(hint ? { hint } : {})}>
      <Stack gap="md">{children}</Stack>
    </Section>
  )
}

/** Names of languages and countries in the reader's own. */
function useNames(type: 'language' | 'region' | 'currency'): (code: string) => string {
  const { language } = useTexts()
  const names = new Intl.DisplayNames(language, { type })
  return (code) => languages.find((one) => type === 'language' && one.code === code)?.name ?? names.of(code) ?? code
}

function Identity({ form, program }: { form: Form<Values>; program: Program }) {
  const { t } = useTexts()
  const format = useFormat()
  const [languageName, currencyName] = [useNames('language'), useNames('currency')]
  const spoken = form.field('languages')
  const frozen = program.frozen_at
    ? t('program:frozen', { day: format.dayOf(program.frozen_at) })
    : t('program:notFrozen')
  const known = [...new Set([...languages.map(({ code }) => code as string), 'ja', 'ko', ...program.languages])]
  return (
    <>
      <TextField
        field={form.field('name')}
        label={t('program:name')}
        consequence={t('program:nameHint')}
        maxLength={100}
        required
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <MultiSelect
          label={t('program:languages')}
          description={t('program:languagesHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={known.map((value) => ({ value, label: languageName(value) }))}
          value={spoken.value}
          error={spoken.error}
          onChange={(codes) =>
            form.set({
              languages: codes,
              ...(codes.includes(form.values.default_language) ? {} : { default_language: codes[0] ?? '' }),
            })
          }
        />
        <ChoiceField
          field={alwaysChosen(form.field('default_language'))}
          label={t('program:defaultLanguage')}
          consequence={t('program:defaultLanguageHint')}
          choices={spoken.value.map((value) => ({ value, label: languageName(value) }))}
        />
        <CountryField form={form} />
        <div>
          <Text size="sm" fw={500}>
            {t('program:frozenTitle')}
          </Text>
          <Text>{`${currencyName(program.currency)} (${program.currency}) · ${program.time_zone}`}</Text>
          <Text size="xs" c="dimmed">
            {frozen}
          </Text>
        </div>
      </SimpleGrid>
    </>
  )
}

/** Whose phone numbers stand without a code, shown by one of them. */
function CountryField({ form }: { form: Form<Values> }) {
  const { language, t } = useTexts()
  const nameOf = useNames('region')
  const { data } = useCall('GET /v1/admin/phone-countries')
  const { default_country } = form.values
  const example = data?.data.find(({ country }) => country === default_country)
  const codes = new Set([default_country, ...(data?.data.map(({ country }) => country) ?? [])])
  const choices = [...codes].map((value) => ({ value, label: nameOf(value) }))
  return (
    <ChoiceField
      field={alwaysChosen(form.field('default_country'))}
      label={t('program:country')}
      consequence={
        example
          ? t('program:countryExample', { written: example.written, phone: example.phone })
          : t('program:countryHint')
      }
      choices={choices.sort((one, other) => one.label.localeCompare(other.label, language))}
    />
  )
}

function Counting({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 3 }} verticalSpacing="md">
        {(['drowsy', 'asleep', 'lost'] as const).map((state) => (
          <NumberField
            key={state}
            field={form.field(state)}
            label={t('program:after', { state: t(`members:states.${state}`) })}
            decimals={2}
            min={1}
            max={100}
            suffix="×"
            consequence={t('program:afterHint', { days: format.number(Math.round(30 * (form.values[state] ?? 0))) })}
          />
        ))}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <NumberField
          field={form.field('attribution_days')}
          label={t('program:attribution')}
          min={1}
          max={365}
          suffix={t('points:form.days')}
          consequence={t('program:attributionHint', { count: form.values.attribution_days ?? 0 })}
        />
        <NumberField
          field={form.field('points_per_unit')}
          label={t('points:form.worth', { amount: format.money(unit) })}
          decimals={4}
          min={0}
          consequence={t('program:pointValueHint', {
            amount: format.money(Math.round((1000 * unit) / (form.values.points_per_unit || 1))),
          })}
        />
      </SimpleGrid>
      <ChoiceField
        field={alwaysChosen(form.field('gifts_on_refund'))}
        label={t('program:giftsOnRefund')}
        consequence={t(`program:giftsOnRefundHints.${form.values.gifts_on_refund}`)}
        choices={(['take_back_unused', 'keep'] as const).map((value) => ({
          value,
          label: t(`program:giftsOnRefunds.${value}`),
        }))}
      />
    </>
  )
}

function Sender({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const text = (key: 'from_name' | 'from_email' | 'reply_to' | 'contact_email' | 'contact_phone' | 'site_url') => ({
    field: form.field(key),
    label: t(`program:${key}`),
    maxLength: 200,
  })
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <TextField {...text('from_name')} consequence={t('program:fromNameHint')} />
        <TextField {...text('from_email')} type="email" consequence={t('program:fromEmailHint')} />
        <TextField {...text('reply_to')} type="email" consequence={t('program:replyToHint')} />
        <TextField {...text('site_url')} type="url" />
        <TextField {...text('contact_email')} type="email" />
        <TextField {...text('contact_phone')} type="tel" />
      </SimpleGrid>
      <LongTextField
        field={form.field('postal_address')}
        label={t('program:postal_address')}
        consequence={t('program:postalHint')}
        rows={2}
      />
    </>
  )
}

function Costs({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      {channels(form.values.costs).map((channel) => {
        const each = form.values.costs[channel] ?? null
        return (
          <NumberField
            key={channel}
            label={textOf(`program:channels.${channel}`, channel)}
            decimals={4}
            min={0}
            consequence={
              each === null
                ? t('program:costUnknown')
                : t('program:costOf', { amount: format.money(Math.round(each * unit * 1000)) })
            }
            field={{
              name: `settings/message_cost_minor/${channel}`,
              value: each,
              error: form.errorAt(`/settings/message_cost_minor/${channel}`),
              onChange: (value) => form.set({ costs: { ...form.values.costs, [channel]: value } }),
            }}
          />
        )
      })}
    </SimpleGrid>
  )
}
