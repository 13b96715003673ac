/** The fields of the point rule, each with what it means beside it. */
import { Divider, SimpleGrid, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, MoneyField, NumberField, PercentField, PointsField, SwitchField } from '../../kit/fields.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import { BonusFields, CapFields } from './bonus-fields.tsx'
import { ExclusionFields } from './exclusion-fields.tsx'
import type { RuleValues } from './rule-values.ts'
import { useTierNames } from './rule-words.ts'

/** Ten times the base rate: more is a slip of the hand. */
const tierShareMax = 10

export function RuleFields({ form, return_share }: { form: Form<RuleValues>; return_share: number }) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <PointsField field={form.field('points')} label={t('points:form.points')} min={1} />
        <MoneyField field={form.field('per_minor')} label={t('points:form.per')} />
      </SimpleGrid>
      <NumberField
        field={form.field('points_per_unit')}
        label={t('points:form.worth', { amount: format.money(10 ** format.currency_decimals) })}
        decimals={4}
        min={0}
        consequence={t('points:form.worthHint', { share: format.percent(return_share, 2) })}
      />
      <Divider />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <ChoiceField
          field={alwaysChosen(form.field('base'))}
          label={t('points:form.base')}
          consequence={t(`points:form.baseHints.${form.values.base}`)}
          choices={(['net', 'gross'] as const).map((value) => ({ value, label: t(`points:form.bases.${value}`) }))}
        />
        <ChoiceField
          field={alwaysChosen(form.field('rounding'))}
          label={t('points:form.rounding')}
          consequence={t('points:form.roundingHint')}
          choices={(['floor', 'half_up', 'ceil'] as const).map((value) => ({
            value,
            label: t(`points:form.roundings.${value}`),
          }))}
        />
      </SimpleGrid>
      <SwitchField
        field={form.field('include_shipping')}
        label={t('points:form.shipping')}
        consequence={t('points:form.shippingHint')}
      />
      <TierFields form={form} />
      <Divider />
      <BonusFields form={form} />
      <Divider />
      <ExclusionFields form={form} />
      <Divider />
      <CapFields form={form} />
      <Divider />
      <WaitingFields form={form} />
      <ExpiryFields form={form} />
      <ChoiceField
        field={alwaysChosen(form.field('debt'))}
        label={t('points:form.debt')}
        consequence={t(`points:form.debtHints.${form.values.debt}`)}
        choices={(['below_zero', 'to_zero', 'pending_only'] as const).map((value) => ({
          value,
          label: t(`points:form.debts.${value}`),
        }))}
      />
    </>
  )
}

function TierFields({ form }: { form: Form<RuleValues> }) {
  const { t } = useTexts()
  const tierName = useTierNames()
  const codes = Object.keys(form.values.tiers)
  if (codes.length === 0) return null
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <Text component="legend" size="sm" fw={500}>
        {t('points:form.tiers')}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {t('points:form.tiersHint')}
      </Text>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {codes.map((code) => (
          <PercentField
            key={code}
            label={tierName(code)}
            max={tierShareMax}
            decimals={0}
            field={{
              name: `tier_${code}`,
              value: form.values.tiers[code] ?? null,
              error: form.errorAt(`/rule/earn/tier_percent/${code}`),
              onChange: (value) => form.set({ tiers: { ...form.values.tiers, [code]: value } }),
            }}
          />
        ))}
      </SimpleGrid>
    </fieldset>
  )
}

function WaitingFields({ form }: { form: Form<RuleValues> }) {
  const { t } = useTexts()
  const { waiting } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(form.field('waiting'))}
        label={t('points:form.waitingFor')}
        consequence={t(`points:form.waitingHints.${waiting}`)}
        choices={(['days', 'delivered', 'completed'] as const).map((value) => ({
          value,
          label: t(`points:form.waitings.${value}`),
        }))}
      />
      <NumberField
        field={form.field('waiting_days')}
        label={t('points:form.waiting')}
        min={0}
        max={365}
        suffix={t('points:form.days')}
        consequence={t('points:form.waitingHint')}
      />
      {waiting !== 'days' && (
        <NumberField
          field={form.field('latest_days')}
          label={t('points:form.latest')}
          min={1}
          max={365}
          suffix={t('points:form.days')}
          consequence={t('points:form.latestHint')}
        />
      )}
    </SimpleGrid>
  )
}

function ExpiryFields({ form }: { form: Form<RuleValues> }) {
  const { t } = useTexts()
  const { expiry } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(form.field('expiry'))}
        label={t('points:form.expiry')}
        consequence={t(`points:form.expiryHints.${expiry}`)}
        choices={(['year_end', 'months_end', 'months_day', 'inactivity', 'never'] as const).map((value) => ({
          value,
          label: t(`points:form.expiries.${value}`),
        }))}
      />
      {(expiry === 'months_day' || expiry === 'months_end' || expiry === 'inactivity') && (
        <NumberField field={form.field('months')} label={t('points:form.months')} min={1} max={120} />
      )}
      {expiry === 'year_end' && (
        <NumberField
          field={form.field('years')}
          label={t('points:form.years')}
          min={0}
          max={10}
          consequence={t('points:form.yearsHint')}
        />
      )}
    </SimpleGrid>
  )
}
