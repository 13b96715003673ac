/** What an item is called, costs and is worth; how it is kept and handed over. */
import { SimpleGrid, TextInput } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, MoneyField, NumberField, PointsField, SwitchField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { languages, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useMay, useSession } from '../session.tsx'
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
> & { cost_minor: number | null }

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
}

function valuesOf(item: Item): Values {
  return Object.fromEntries(Object.keys(blank).map((key) => [key, item[key as keyof Values]])) as unknown as Values
}

export function ItemForm({ item, saved }: { item: Item | null; saved: (item_id: string) => void }) {
  const { t } = useTexts()
  const form: Form<Values> = useForm<Values>({
    initial: item ? valuesOf(item) : blank,
    check: ({ names, cost_minor }): Record<string, string> => ({
      ...(Object.values(names).some((name) => name.trim()) ? {} : { '/names': t('gifts:needName') }),
      ...(cost_minor === null ? { '/cost_minor': t('gifts:needCost') } : {}),
    }),
    save: async (values) => {
      const names = Object.fromEntries(Object.entries(values.names).filter(([, name]) => name.trim()))
      const stock = values.fulfilment === 'code' ? ('total' as const) : values.stock
      const body = { ...values, names, stock, cost_minor: values.cost_minor! }
      const kept = item
        ? await call('PATCH /v1/admin/gift-items/:item_id', { params: { item_id: item.item_id }, body })
        : await call('POST /v1/admin/gift-items', { body })
      await touch('gift-items')
      if (!item) saved(kept.item_id)
    },
    ...(item ? {} : { saved: () => undefined }),
  })
  return (
    <FormFrame form={form} {...(item ? {} : { verb: t('gifts:add') })}>
      <Names form={form} />
      <Prices form={form} />
      <Keeping form={form} />
      <Limits form={form} />
      <SwitchField field={form.field('is_listed')} label={t('gifts:listed')} consequence={t('gifts:listedHint')} />
    </FormFrame>
  )
}

function Names({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const { program } = useSession()
  const spoken = program?.languages ?? languages.map(({ code }) => code)
  const { names } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: Math.min(3, spoken.length) }}>
      {spoken.map((code, i) => (
        <TextInput
          key={code}
          label={`${t('gifts:name')} · ${languages.find((one) => one.code === code)?.name ?? code}`}
          lang={code}
          name={i === 0 ? 'names' : `names/${code}`}
          maxLength={200}
          value={names[code] ?? ''}
          error={i === 0 ? form.errorAt('/names') : undefined}
          onChange={(event) => form.set({ names: { ...names, [code]: event.currentTarget.value } })}
        />
      ))}
    </SimpleGrid>
  )
}

function Prices({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const format = useFormat()
  const program = useCall('GET /v1/admin/program', {}, { fresh_ms: 300_000 }).data
  const worth = Math.round((form.values.price_points ?? 0) * (program?.settings.point_value_minor ?? 0))
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <PointsField
        field={form.field('price_points')}
        label={t('gifts:pricePoints')}
        consequence={t('gifts:pricePointsHint', { worth: format.money(worth) })}
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

function Keeping({ form }: { form: Form<Values> }) {
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

function Limits({ form }: { form: Form<Values> }) {
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
