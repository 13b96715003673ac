/** The fields of what members pay less: by tier, by product, what is left out, how low it may go. */
import { ActionIcon, Button, Divider, Group, MultiSelect, SimpleGrid, Stack, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { ChoiceField, MoneyField, PercentField, SwitchField } from '../../kit/fields.tsx'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { useCall } from '../../kit/use-call.ts'
import type { Form } from '../../kit/use-form.ts'
import { CategoryPicker, OneProductPicker, ProductPicker } from '../products/pickers.tsx'
import type { MemberPrice, PriceValues } from './price-values.ts'

interface PartProps {
  form: Form<PriceValues>
}
interface TierChoice {
  value: string
  label: string
}

export function PriceFields({ form }: PartProps) {
  const { t, language } = useTexts()
  const tiers = (useCall('GET /v1/admin/tiers').data?.data ?? []).map(({ code, names }) => ({
    value: code,
    label: nameIn(names, language, code),
  }))
  return (
    <Stack gap="lg">
      <TierDiscounts form={form} tiers={tiers} />
      <Divider />
      <MemberPrices form={form} tiers={tiers} />
      <Divider />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <CategoryPicker
          {...form.field('excluded_categories')}
          label={t('prices:excludedCategories')}
          hint={t('prices:excludedHint')}
        />
        <ProductPicker {...form.field('excluded_skus')} by="sku" label={t('prices:excludedProducts')} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <PercentField
          field={form.field('floor_share')}
          label={t('prices:floorShare')}
          consequence={t('prices:floorShareHint')}
        />
        <SwitchField
          field={form.field('floor_cost')}
          label={t('prices:floorCost')}
          consequence={t('prices:floorCostHint')}
        />
      </SimpleGrid>
      <ChoiceField
        field={alwaysChosen(form.field('with_coupons'))}
        label={t('prices:coupons')}
        consequence={t(`prices:couponHints.${form.values.with_coupons}`)}
        choices={(['before', 'after', 'never'] as const).map((value) => ({
          value,
          label: t(`prices:couponChoices.${value}`),
        }))}
      />
    </Stack>
  )
}

function TierDiscounts({ form, tiers }: PartProps & { tiers: TierChoice[] }) {
  const { t } = useTexts()
  const { discounts } = form.values
  return (
    <Stack gap="xs">
      <Text fw={600}>{t('prices:byTier')}</Text>
      {tiers.length === 0 && <Text c="dimmed">{t('prices:noTiers')}</Text>}
      <SimpleGrid cols={{ base: 2, sm: 3 }}>
        {tiers.map(({ value, label }) => (
          <PercentField
            key={value}
            label={label}
            field={{
              name: `discount_${value}`,
              value: discounts[value] ?? null,
              error: undefined,
              onChange: (share) => form.set({ discounts: { ...discounts, [value]: share } }),
            }}
          />
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function MemberPrices({ form, tiers }: PartProps & { tiers: TierChoice[] }) {
  const { t } = useTexts()
  const { member_prices } = form.values
  const change = (at: number, changes: Partial<MemberPrice>) =>
    form.set({ member_prices: member_prices.map((one, i) => (i === at ? { ...one, ...changes } : one)) })
  const remove = (at: number) => form.set({ member_prices: member_prices.filter((_one, i) => i !== at) })
  const add = () =>
    form.set({
      member_prices: [
        ...member_prices,
        { key: `new ${member_prices.length} ${Math.random()}`, sku: null, tier_codes: [], price_minor: null },
      ],
    })
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600}>{t('prices:byProduct')}</Text>
        <Text size="sm" c="dimmed">
          {t('prices:byProductHint')}
        </Text>
      </div>
      {member_prices.map((one, i) => (
        <PriceRow
          key={one.key}
          one={one}
          tiers={tiers}
          error={form.errorAt(`/rule/member_prices/${i}`)}
          change={(changes) => change(i, changes)}
          remove={() => remove(i)}
        />
      ))}
      <Group>
        <Button variant="default" onClick={add} leftSection={<Icon name="plus" />}>
          {t('prices:addProduct')}
        </Button>
      </Group>
    </Stack>
  )
}

function PriceRow(props: {
  one: MemberPrice
  tiers: TierChoice[]
  error: string | undefined
  change: (changes: Partial<MemberPrice>) => void
  remove: () => void
}) {
  const { t } = useTexts()
  const { one, tiers, error, change, remove } = props
  return (
    <Group align="flex-start" wrap="nowrap" gap="xs">
      <SimpleGrid cols={{ base: 1, sm: 3 }} style={{ flex: 1 }} spacing="xs">
        <OneProductPicker
          name={`sku_${one.key}`}
          label={t('prices:product')}
          value={one.sku}
          onChange={(sku) => change({ sku })}
          error={error}
        />
        <MultiSelect
          label={t('prices:tiers')}
          placeholder={one.tier_codes.length === 0 ? t('prices:everyTier') : ''}
          data={tiers}
          value={one.tier_codes}
          onChange={(tier_codes) => change({ tier_codes })}
        />
        <MoneyField
          label={t('prices:price')}
          field={{
            name: `price_${one.key}`,
            value: one.price_minor,
            error: undefined,
            onChange: (price_minor) => change({ price_minor }),
          }}
        />
      </SimpleGrid>
      <ActionIcon variant="subtle" color="gray" mt={28} size="lg" onClick={remove} aria-label={t('prices:remove')}>
        <Icon name="close" />
      </ActionIcon>
    </Group>
  )
}
