/**
 * What a tier needs, how long it is kept, and what happens when it is not:
 * then seen on all members before it holds.
 */
import { Divider, SimpleGrid, Stack, Text } from '@mantine/core'
import { useRef } from 'react'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, type Row } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { ChoiceField, MoneyField, NumberField, SwitchField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { Failed, Notice, TextSkeleton } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useAddress } from '../../kit/address.ts'
import { useMay } from '../session.tsx'
import { measureKinds, type MeasureKind } from './measure-words.ts'
import type { TierRule } from './rule-words.ts'

type Tier = Row<'GET /v1/admin/tiers'>
interface Values {
  measure: MeasureKind
  base: 'net' | 'gross'
  include_shipping: boolean
  minimum_minor: number | null
  thresholds: Record<string, number | null>
  window: 'rolling' | 'calendar_year'
  days: number | null
  keep: 'months' | 'year_end'
  months: number | null
  years: number | null
  grace_days: number | null
  downgrade: TierRule['downgrade']
  refund_undoes: boolean
  lower_now: boolean
}

export default function TierRulePage() {
  const { t } = useTexts()
  const [address] = useAddress()
  const from = address['from']
  const tiers = useCall('GET /v1/admin/tiers')
  const versions = useCall('GET /v1/admin/tier-rules')
  const proposed = useCall(
    'GET /v1/admin/tier-rules/previews/:preview_id',
    { params: { preview_id: from ?? '' } },
    { enabled: Boolean(from) },
  )
  const frame = {
    title: t('tiers:change'),
    question: t('tiers:form.question'),
    above: [{ title: t('tiers:title'), to: '/tiers' }],
  }
  const failed = [tiers, versions].find((read) => read.isError && !read.data)
  if (!tiers.data || !versions.data || (from && proposed.isPending)) {
    return (
      <Page {...frame} width="narrow">
        {failed ? <Failed error={failed.error} retry={() => void failed.refetch()} /> : <TextSkeleton lines={10} />}
      </Page>
    )
  }
  const rule = proposed.data?.rule ?? versions.data.data.find((version) => version.in_force)?.rule
  return (
    <Page {...frame} width="narrow">
      <Section>
        <RuleForm
          tiers={tiers.data.data}
          initial={valuesOf(rule, tiers.data.data, proposed.data?.lower_now ?? false)}
        />
      </Section>
    </Page>
  )
}

/** Without a rule: a rolling year, kept for one, a month's grace; what most programs here do. */
function valuesOf(rule: TierRule | undefined, tiers: readonly Tier[], lower_now: boolean): Values {
  const measure = rule?.measure
  return {
    measure: measure?.kind ?? 'spend',
    base: measure?.kind === 'spend' ? measure.base : 'net',
    include_shipping: measure?.kind === 'spend' && measure.include_shipping,
    minimum_minor: measure?.kind === 'orders' && measure.minimum_minor > 0 ? measure.minimum_minor : null,
    thresholds: Object.fromEntries(tiers.slice(1).map(({ code }) => [code, rule?.thresholds[code] ?? null])),
    window: rule?.window.kind ?? 'rolling',
    days: rule?.window.kind === 'rolling' ? rule.window.days : 365,
    keep: rule?.keep.kind ?? 'months',
    months: rule?.keep.kind === 'months' ? rule.keep.months : 12,
    years: rule?.keep.kind === 'year_end' ? rule.keep.years : 1,
    grace_days: rule?.grace_days ?? 30,
    downgrade: rule?.downgrade ?? 'to_qualified',
    refund_undoes: rule?.refund_undoes ?? true,
    lower_now,
  }
}

function measureOf({ measure, base, include_shipping, minimum_minor }: Values): TierRule['measure'] {
  if (measure === 'spend') return { kind: 'spend', base, include_shipping }
  return measure === 'orders' ? { kind: 'orders', minimum_minor: minimum_minor ?? 0 } : { kind: measure }
}

function ruleOf(values: Values): TierRule {
  const thresholds = Object.entries(values.thresholds).filter((entry): entry is [string, number] => entry[1] !== null)
  return {
    measure: measureOf(values),
    thresholds: Object.fromEntries(thresholds),
    window: values.window === 'rolling' ? { kind: 'rolling', days: values.days ?? 365 } : { kind: 'calendar_year' },
    keep:
      values.keep === 'months'
        ? { kind: 'months', months: values.months ?? 12 }
        : { kind: 'year_end', years: values.years ?? 1 },
    grace_days: values.grace_days ?? 0,
    downgrade: values.downgrade,
    refund_undoes: values.refund_undoes,
  }
}

function RuleForm({ tiers, initial }: { tiers: readonly Tier[]; initial: Values }) {
  const { t } = useTexts()
  const go = useGo()
  const may = useMay()
  const made = useRef('/tiers')
  const form = useForm<Values>({
    initial,
    save: async (values) => {
      const body = { rule: ruleOf(values), lower_now: values.lower_now }
      made.current = `/tiers/previews/${(await call('POST /v1/admin/tier-rules/previews', { body })).preview_id}`
    },
    saved: () => go(made.current),
  })
  const allowed = may('rules:write')
  return (
    <FormFrame form={form} verb={t('points:form.verb')} always locked={!allowed} cancel={() => go('/tiers')}>
      <MeasureFields form={form} tiers={tiers} />
      <Thresholds form={form} tiers={tiers} />
      <Divider />
      <RuleFields form={form} />
      {!allowed && <Notice>{t('points:form.mayNot')}</Notice>}
    </FormFrame>
  )
}

function MeasureFields({ form, tiers }: { form: Form<Values>; tiers: readonly Tier[] }) {
  const { t } = useTexts()
  const { values } = form
  const field = alwaysChosen(form.field('measure'))
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        // amounts of one measure say nothing in another
        field={{
          ...field,
          onChange: (measure) =>
            form.set({
              measure: measure ?? 'spend',
              thresholds: Object.fromEntries(tiers.map(({ code }) => [code, null])),
            }),
        }}
        label={t('tiers:form.measure')}
        consequence={t(`tiers:form.measureHints.${values.measure}`)}
        choices={measureKinds.map((value) => ({ value, label: t(`tiers:form.measures.${value}`) }))}
      />
      {values.measure === 'spend' && (
        <ChoiceField
          field={alwaysChosen(form.field('base'))}
          label={t('tiers:form.base')}
          choices={(['net', 'gross'] as const).map((value) => ({ value, label: t(`points:form.bases.${value}`) }))}
        />
      )}
      {values.measure === 'orders' && (
        <MoneyField
          field={form.field('minimum_minor')}
          label={t('tiers:form.minimum')}
          consequence={t('tiers:form.minimumHint')}
        />
      )}
    </SimpleGrid>
  )
}

function Thresholds({ form, tiers }: { form: Form<Values>; tiers: readonly Tier[] }) {
  const { t, language } = useTexts()
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t('tiers:form.thresholds')}
      </Text>
      <Text size="xs" c="dimmed">
        {t('tiers:form.thresholdsHint', { tier: nameIn(tiers[0]?.names, language, tiers[0]?.code ?? '') })}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: Math.min(3, Math.max(1, tiers.length - 1)) }}>
        {tiers.slice(1).map(({ code, names, invitation_only }) => {
          const tier = nameIn(names, language, code)
          const label = invitation_only ? t('tiers:form.thresholdInvited', { tier }) : tier
          const field = {
            name: `rule/thresholds/${code}`,
            value: form.values.thresholds[code] ?? null,
            error: form.errorAt(`/rule/thresholds/${code}`),
            onChange: (value: number | null) =>
              form.set({ thresholds: { ...form.values.thresholds, [code]: value } }),
          }
          if (form.values.measure === 'spend') return <MoneyField key={code} label={label} field={field} />
          const suffix = t(`tiers:form.measures.${form.values.measure}`)
          return <NumberField key={code} label={label} field={field} min={1} consequence={suffix} />
        })}
      </SimpleGrid>
    </Stack>
  )
}

function RuleFields({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const { values } = form
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <ChoiceField
          field={alwaysChosen(form.field('window'))}
          label={t('tiers:form.window')}
          consequence={t(`tiers:form.windowHints.${values.window}`)}
          choices={(['rolling', 'calendar_year'] as const).map((value) => ({
            value,
            label: t(`tiers:form.windows.${value}`),
          }))}
        />
        {values.window === 'rolling' && (
          <NumberField field={form.field('days')} label={t('tiers:form.days')} min={30} max={1095} />
        )}
        <ChoiceField
          field={alwaysChosen(form.field('keep'))}
          label={t('tiers:form.keep')}
          consequence={t('tiers:form.keepHint')}
          choices={(['months', 'year_end'] as const).map((value) => ({
            value,
            label: t(`tiers:form.keeps.${value}`),
          }))}
        />
        {values.keep === 'months' ? (
          <NumberField field={form.field('months')} label={t('tiers:form.months')} min={1} max={36} />
        ) : (
          <NumberField field={form.field('years')} label={t('tiers:form.years')} min={1} max={3} />
        )}
        <NumberField
          field={form.field('grace_days')}
          label={t('tiers:form.grace')}
          min={0}
          max={180}
          suffix={t('points:form.days')}
          consequence={t('tiers:form.graceHint')}
        />
        <ChoiceField
          field={alwaysChosen(form.field('downgrade'))}
          label={t('tiers:form.downgrade')}
          choices={(['to_qualified', 'one_step'] as const).map((value) => ({
            value,
            label: t(`tiers:form.downgrades.${value}`),
          }))}
        />
      </SimpleGrid>
      <Switches form={form} />
    </>
  )
}

function Switches({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  return (
    <>
      {form.values.measure === 'spend' && (
        <SwitchField
          field={form.field('include_shipping')}
          label={t('points:form.shipping')}
          consequence={t('tiers:form.shippingHint')}
        />
      )}
      <SwitchField
        field={form.field('refund_undoes')}
        label={t('tiers:form.refundSwitch')}
        consequence={t('tiers:form.refundHint')}
      />
      <SwitchField
        field={form.field('lower_now')}
        label={t('tiers:form.lowerNow')}
        consequence={t('tiers:form.lowerNowHint')}
      />
    </>
  )
}
