/** What stamps a card, how many fill it, and what it gives. */
import { Divider, MultiSelect, SimpleGrid } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, MoneyField, NumberField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import type { Form } from '../../kit/use-form.ts'
import { RewardFields } from '../reward-fields.tsx'
import type { CardValues } from './card-values.ts'

export function StampFields({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  const { by, refunds } = form.values
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <NumberField field={form.field('size')} label={t('cards:form.size')} min={2} max={100} required />
        <ChoiceField
          field={alwaysChosen(form.field('by'))}
          label={t('cards:form.per')}
          choices={(['units', 'order', 'spend'] as const).map((value) => ({
            value,
            label: t(`cards:form.pers.${value}`),
          }))}
        />
        {by === 'order' && (
          <MoneyField
            field={form.field('minimum_minor')}
            label={t('cards:form.minimumOrder')}
            consequence={t('cards:form.minimumOrderHint')}
          />
        )}
        {by === 'spend' && <MoneyField field={form.field('per_minor')} label={t('cards:form.perMinor')} />}
      </SimpleGrid>
      <Scope form={form} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <NumberField
          field={form.field('day_max')}
          label={t('cards:form.dayMax')}
          consequence={t('cards:form.dayMaxHint')}
          min={1}
        />
        <NumberField
          field={form.field('months')}
          label={t('cards:form.months')}
          consequence={t('cards:form.monthsHint')}
          min={1}
          max={120}
        />
      </SimpleGrid>
      <Divider />
      <RewardFields
        values={form.values.reward}
        onChange={(reward) => form.set({ reward })}
        label={t('cards:form.reward')}
        error={form.errorAt('/reward')}
        has_none
      />
      <ChoiceField
        field={alwaysChosen(form.field('refunds'))}
        label={t('cards:form.refunds')}
        consequence={t(`cards:form.refundHints.${refunds}`)}
        choices={(['carry', 'forgive'] as const).map((value) => ({
          value,
          label: t(`cards:form.refundKinds.${value}`),
        }))}
      />
    </>
  )
}

function Scope({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  const known = useCall('GET /v1/admin/product-categories').data?.data ?? []
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  const { categories, store_ids } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <MultiSelect
        label={t('cards:form.categories')}
        placeholder={categories.length === 0 ? t('cards:form.everything') : ''}
        data={[...new Set([...known.map(({ category }) => category), ...categories])]}
        value={categories}
        onChange={(value) => form.set({ categories: value })}
        searchable
      />
      <MultiSelect
        label={t('cards:form.stores')}
        placeholder={store_ids.length === 0 ? t('cards:form.everywhere') : ''}
        data={stores.map(({ store_id, name }) => ({ value: store_id, label: name }))}
        value={store_ids}
        onChange={(value) => form.set({ store_ids: value })}
        searchable
      />
    </SimpleGrid>
  )
}
