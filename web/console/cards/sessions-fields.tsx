/** How many uses are sold at what price, how long they last, and what comes back of them. */
import { Divider, SimpleGrid } from '@mantine/core'
import { MoneyField, NumberField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import type { CardValues } from './card-values.ts'
import { RefundFields } from './value-fields.tsx'

export function SessionsFields({ form }: { form: Form<CardValues> }) {
  const { t } = useTexts()
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
        <NumberField field={form.field('uses')} label={t('cards:form.uses')} min={1} max={1_000} required />
        <MoneyField field={form.field('price_minor')} label={t('cards:form.price')} />
        <MoneyField field={form.field('worth_minor')} label={t('cards:form.worth')} />
        <NumberField
          field={form.field('months')}
          label={t('cards:form.principalMonths')}
          consequence={t('cards:form.neverHint')}
          min={1}
          max={120}
        />
      </SimpleGrid>
      <Divider />
      <RefundFields form={form} />
    </>
  )
}
