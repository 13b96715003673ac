/** The fields of price protection, each with what it means beside it. */
import { SimpleGrid, Stack, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, MoneyField, NumberField, SwitchField, TextField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { ManyPicker } from '../../kit/many-picker.tsx'
import { useCall } from '../../kit/use-call.ts'
import type { Form } from '../../kit/use-form.ts'
import { usePlans } from '../plans/plan-names.ts'
import { CategoryPicker } from '../products/pickers.tsx'
import { useMay } from '../session.tsx'
import { TierPicker } from '../tiers/pickers.tsx'
import type { ProtectionValues } from './protection-values.ts'

/** The longest that the server takes. */
const days_max = 180

export function ProtectionFields({ form }: { form: Form<ProtectionValues> }) {
  const { t } = useTexts()
  const may = useMay()
  const budgets = useCall('GET /v1/admin/budgets', {}, { enabled: may('budgets:read') }).data?.data ?? []
  return (
    <Stack gap="md">
      <SwitchField field={form.field('is_on')} label={t('protection:on')} consequence={t('protection:onHint')} />
      <NumberField
        field={form.field('days')}
        label={t('protection:days')}
        min={1}
        max={days_max}
        suffix={t('protection:daysUnit')}
      />
      <Whose form={form} />
      <CategoryPicker {...manyOf(form, 'excluded_categories')} label={t('protection:excluded')} />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <MoneyField
          field={form.field('minimum_minor')}
          label={t('protection:minimum')}
          consequence={t('protection:minimumHint')}
        />
        <MoneyField
          field={form.field('limit_minor')}
          label={t('protection:limit')}
          consequence={t('protection:limitHint')}
        />
        <ChoiceField
          field={alwaysChosen(form.field('limit_period'))}
          label={t('protection:per')}
          choices={(['month', 'year', 'ever'] as const).map((value) => ({
            value,
            label: t(`protection:periods.${value}`),
          }))}
        />
      </SimpleGrid>
      {budgets.length > 0 && (
        <ChoiceField
          field={form.field('budget_id')}
          label={t('protection:budget')}
          consequence={t('protection:budgetHint')}
          clearable
          choices={budgets.map(({ budget_id, name }) => ({ value: budget_id, label: name }))}
        />
      )}
      <Text size="sm" c="dimmed">
        {t('protection:given_as')}
      </Text>
      <TextField field={form.field('note')} label={t('protection:note')} maxLength={500} />
    </Stack>
  )
}

function manyOf(form: Form<ProtectionValues>, name: 'tier_codes' | 'plan_ids' | 'excluded_categories') {
  return {
    name,
    value: form.values[name],
    onChange: (value: string[]) => form.set({ [name]: value }),
    error: form.errorAt(`/rule/${name}/0`),
  }
}

/** Whose purchases are protected. */
function Whose({ form }: { form: Form<ProtectionValues> }) {
  const { t } = useTexts()
  const plans = usePlans()
  return (
    <div>
      <Text size="sm" fw={500}>
        {t('protection:whose')}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {t('protection:whoseHint')}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TierPicker {...manyOf(form, 'tier_codes')} label={t('protection:tiers')} />
        <ManyPicker
          {...manyOf(form, 'plan_ids')}
          label={t('protection:plans')}
          data={plans.map(({ plan_id, name }) => ({ value: plan_id, label: name }))}
        />
      </SimpleGrid>
    </div>
  )
}
