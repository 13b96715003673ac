/** What an item is called, costs and is worth; how it is kept and handed over. */
import { SimpleGrid } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, MoneyField, NumberField, PointsField, SwitchField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { filledNames, NamesFields } from '../names-fields.tsx'
import { useMay } from '../session.tsx'
import { TakesEffectField, useTakesEffect, useTakesEffectCheck } from '../takes-effect.tsx'
import type { Item } from './table.tsx'

type Values = Pick<
  Item,
  | 'names'
  | 'price_points'
  | 'price_minor'
  | 'fulfilment'
  | 'stock'
  | 'limit_count'
  | 'limit_period'
  | 'budget_id'
  | 'is_listed'
  | 'may_be_passed_on'
> & { cost_minor: number | null }
/** `effective`: when prices, cost and listing change. */
type FormValues = Values & { effective: string | null }

const blank: Values = {
  names: {},
  cost_minor: null,
  price_points: null,
  price_minor: null,
  fulfilment: 'pickup',
  stock: 'total',
  limit_count: null,
  limit_period: 'ever',
  budget_id: null,
  is_listed: true,
  may_be_passed_on: false,
}

function valuesOf(item: Item): Values {
  return Object.fromEntries(Object.keys(blank).map((key) => [key, item[key as keyof Values]])) as unknown as Values
}

export function ItemForm({ item, saved }: { item: Item | null; saved: (item_id: string) => void }) {
  const { t } = useTexts()
  const writes = useMay()('gifts:write')
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective')
  const form: Form<FormValues> = useForm<FormValues>({
    initial: { ...(item ? valuesOf(item) : blank), effective: null },
    check: ({ names, cost_minor, effective }): Record<string, string> => ({
      ...checkTime(effective),
      ...(Object.values(names).some((name) => name.trim()) ? {} : { '/names': t('gifts:needName') }),
      ...(cost_minor === null ? { '/cost_minor': t('gifts:needCost') } : {}),
    }),
    save: async ({ effective, ...values }) => {
      const names = filledNames(values.names)
      const stock = values.fulfilment === 'code' ? ('total' as const) : values.stock
      const body = { ...values, names, stock, cost_minor: values.cost_minor! }
      const kept = item
        ? await call('PATCH /v1/admin/gift-items/:item_id', {
            params: { item_id: item.item_id },
            body: { ...body, ...bodyOf(effective) },
          })
        : await call('POST /v1/admin/gift-items', { body })
      await touch('gift-items')
      if (!item) saved(kept.item_id)
    },
    ...(item ? {} : { saved: () => undefined }),
  })
  return (
    <FormFrame form={form} locked={!writes} {...(item ? {} : { verb: t('gifts:add') })}>
      <NamesFields form={form} />
      <Prices form={form} />
      <Keeping form={form} />
      <Limits form={form} />
      <SwitchField field={form.field('is_listed')} label={t('gifts:listed')} consequence={t('gifts:listedHint')} />
      {form.values.fulfilment === 'pickup' ? (
        <SwitchField
          field={form.field('may_be_passed_on')}
          label={t('gifts:mayPass')}
          consequence={t('gifts:mayPassHint')}
        />
      ) : null}
      {item && (
        <TakesEffectField
          field={form.field('effective')}
          label={t('gifts:effective')}
          consequence={t('gifts:effectiveHint')}
        />
      )}
    </FormFrame>
  )
}

function Prices({ form }: { form: Form<FormValues> }) {
  const { t } = useTexts()
  const format = useFormat()
  const program = useCall('GET /v1/admin/program', {}, { fresh_ms: 300_000 }).data
  const worth = Math.round((form.values.price_points ?? 0) * (program?.settings.point_value_minor ?? 0))
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <PointsField
        field={form.field('price_points')}
        label={t('gifts:pricePoints')}
        {...(worth > 0 ? { consequence: t('gifts:pricePointsHint', { worth: format.money(worth) }) } : {})}
      />
      <MoneyField
        field={form.field('price_minor')}
        label={t('gifts:priceMinor')}
        consequence={t('gifts:priceMinorHint')}
      />
      <MoneyField
        field={form.field('cost_minor')}
        label={t('gifts:cost')}
        consequence={t('gifts:costHint')}
        required
      />
    </SimpleGrid>
  )
}

function Keeping({ form }: { form: Form<FormValues> }) {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <ChoiceField
        field={alwaysChosen(form.field('fulfilment'))}
        label={t('gifts:fulfilment')}
        consequence={t('gifts:fulfilmentHint')}
        choices={(['pickup', 'delivery', 'code'] as const).map((value) => ({
          value,
          label: t(`gifts:fulfilments.${value}`),
        }))}
      />
      {form.values.fulfilment !== 'code' && (
        <ChoiceField
          field={alwaysChosen(form.field('stock'))}
          label={t('gifts:stock')}
          consequence={t('gifts:stockHint')}
          choices={(['total', 'stores', 'none'] as const).map((value) => ({
            value,
            label: t(`gifts:stocks.${value}`),
          }))}
        />
      )}
    </SimpleGrid>
  )
}

function Limits({ form }: { form: Form<FormValues> }) {
  const { t } = useTexts()
  const may = useMay()
  const budgets = useCall('GET /v1/admin/budgets', {}, { enabled: may('budgets:read') }).data?.data ?? []
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <NumberField
        field={form.field('limit_count')}
        label={t('gifts:limit')}
        consequence={t('gifts:limitHint')}
        min={1}
      />
      <ChoiceField
        field={alwaysChosen(form.field('limit_period'))}
        label={t('gifts:period')}
        choices={(['ever', 'year', 'month', 'day'] as const).map((value) => ({
          value,
          label: t(`gifts:periods.${value}`),
        }))}
      />
      <ChoiceField
        field={form.field('budget_id')}
        label={t('gifts:budget')}
        consequence={t('gifts:budgetHint')}
        placeholder={t('gifts:noBudget')}
        choices={budgets.map(({ budget_id, name }) => ({ value: budget_id, label: name }))}
        clearable
      />
    </SimpleGrid>
  )
}
