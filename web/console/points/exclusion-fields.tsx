/** What earns nothing: goods line by line, stores and channels with the whole purchase. */
import { SimpleGrid, Stack, TagsInput, Text } from '@mantine/core'
import { SwitchField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import type { Form } from '../../kit/use-form.ts'
import { CategoryPicker, ProductPicker } from '../products/pickers.tsx'
import { StorePicker } from '../stores/pickers.tsx'
import type { RuleValues } from './rule-values.ts'

export function ExclusionFields({ form }: { form: Form<RuleValues> }) {
  const { t } = useTexts()
  const field = (name: 'out_categories' | 'out_skus' | 'out_stores' | 'out_channels', place: string) => ({
    name,
    value: form.values[name],
    onChange: (value: string[]) => form.set({ [name]: value }),
    error: form.errorAt(`/rule/earn/excludes/${place}`),
  })
  return (
    <Stack gap="sm" component="section" aria-label={t('points:excludes.title')}>
      <div>
        <Text size="sm" fw={500}>
          {t('points:excludes.title')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('points:excludes.hint')}
        </Text>
      </div>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <CategoryPicker {...field('out_categories', 'categories')} label={t('points:excludes.categories')} />
        <ProductPicker {...field('out_skus', 'skus')} by="sku" label={t('points:excludes.skus')} />
        <StorePicker {...field('out_stores', 'store_ids')} label={t('points:excludes.stores')} />
        <TagsInput
          {...field('out_channels', 'channels')}
          label={t('points:excludes.channels')}
          description={t('points:bonuses.channelsHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
      </SimpleGrid>
      <SwitchField
        field={form.field('out_discounted')}
        label={t('points:excludes.discounted')}
        consequence={t('points:excludes.discountedHint')}
      />
    </Stack>
  )
}
