/** The builder: what it gives, what for, when, how often; beside it what it takes off a cart. */
import { MultiSelect, SimpleGrid, Stack } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import {
  ChoiceField,
  DayField,
  MoneyField,
  NumberField,
  PercentField,
  SwitchField,
  TextField,
} from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type FieldState, type Form } from '../../kit/use-form.ts'
import { CategoryPicker, ProductPicker } from '../products/pickers.tsx'
import { TakesEffectField, useTakesEffect, useTakesEffectCheck } from '../takes-effect.tsx'
import { Example } from './example.tsx'
import { LastMonth } from './last-month.tsx'
import { beginning, designOf, isWhole, valuesOf, type Values } from './values.ts'
import type { Definition } from './words.ts'

const kinds = ['amount', 'percent', 'item', 'shipping'] as const
const modes = ['none', 'generated', 'pool', 'shared'] as const

export function CouponForm({ definition }: { definition: Definition | null }) {
  const { t } = useTexts()
  const go = useGo()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective_from')
  const form = useForm<Values>({
    initial: definition ? valuesOf(definition) : beginning,
    check: (values): Record<string, string> => ({
      ...checkTime(values.effective_from),
      ...(values.name.trim() ? {} : { '/name': t('coupons:form.needName') }),
      ...(isWhole(values)
        ? {}
        : { [`/${values.kind === 'amount' ? 'amount_minor' : 'percent'}`]: t('coupons:form.needValue') }),
    }),
    save: async (values) => {
      const body = {
        name: values.name.trim(),
        note: values.note.trim(),
        design: designOf(values, definition?.design),
      }
      const from = bodyOf(values.effective_from)
      const saved = definition
        ? await call('PATCH /v1/admin/coupon-definitions/:coupon_definition_id', {
            params: { coupon_definition_id: definition.coupon_definition_id },
            body: { ...body, ...from },
          })
        : await call('POST /v1/admin/coupon-definitions', { body })
      await touch('coupon-definitions')
      go(`/coupons/${saved.coupon_definition_id}`)
    },
    saved: () => undefined,
  })
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <FormFrame
        form={form}
        cancel={() => go(definition ? `/coupons/${definition.coupon_definition_id}` : '/coupons')}
        {...(definition ? {} : { verb: t('coupons:form.save') })}
      >
        <Called form={form} />
        <What form={form} />
        <Where form={form} />
        <When form={form} />
        <HowOften form={form} />
        {definition && (
          <Section>
            <TakesEffectField field={form.field('effective_from')} consequence={t('coupons:form.fromHint')} />
          </Section>
        )}
      </FormFrame>
      <div style={{ position: 'sticky', top: 16, alignSelf: 'start' }}>
        <Stack gap="lg">
          <Example values={form.values} />
          <LastMonth design={designOf(form.values, definition?.design)} isWhole={isWhole(form.values)} />
        </Stack>
      </div>
    </SimpleGrid>
  )
}

function Called({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  return (
    <Section>
      <Stack gap="sm">
        <TextField field={form.field('name')} label={t('coupons:name')} maxLength={120} autoFocus required />
        <TextField
          field={form.field('note')}
          label={t('coupons:note')}
          consequence={t('coupons:noteHint')}
          maxLength={500}
        />
      </Stack>
    </Section>
  )
}

function What({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const { kind } = form.values
  const max = (
    <MoneyField
      field={form.field('max_minor')}
      label={t('coupons:form.max')}
      consequence={t('coupons:form.maxHint')}
    />
  )
  return (
    <Section title={t('coupons:form.what')}>
      <Stack gap="sm">
        <ChoiceField
          field={alwaysChosen(form.field('kind'))}
          label={t('coupons:form.kind')}
          choices={kinds.map((value) => ({ value, label: t(`coupons:kinds.${value}`) }))}
        />
        {kind === 'amount' && (
          <MoneyField field={form.field('amount_minor')} label={t('coupons:form.amount')} required />
        )}
        {kind === 'percent' && (
          <PercentField field={form.field('percent')} label={t('coupons:form.percent')} decimals={2} />
        )}
        {(kind === 'percent' || kind === 'shipping') && max}
        {kind === 'item' && (
          <>
            <MoneyField
              field={form.field('price_minor')}
              label={t('coupons:form.price')}
              consequence={t('coupons:form.priceHint')}
            />
            <NumberField field={form.field('units')} label={t('coupons:form.units')} min={1} max={1_000} />
          </>
        )}
        <MoneyField
          field={form.field('minimum_minor')}
          label={t('coupons:form.minimum')}
          consequence={t('coupons:form.minimumHint')}
        />
      </Stack>
    </Section>
  )
}

function Many(props: {
  field: FieldState<string[]>
  label: string
  hint?: string
  data: { value: string; label: string }[]
}) {
  const { field, label, hint, data } = props
  return (
    <MultiSelect
      name={field.name}
      label={label}
      description={hint}
      data={data}
      value={field.value}
      onChange={(value) => field.onChange(value)}
      error={field.error}
      searchable
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  )
}

function Where({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  return (
    <Section title={t('coupons:form.where')}>
      <Stack gap="sm">
        {form.values.kind !== 'shipping' && (
          <>
            <CategoryPicker
              {...form.field('categories')}
              label={t('coupons:form.categories')}
              hint={t('coupons:form.categoriesHint')}
            />
            <ProductPicker
              {...form.field('product_ids')}
              by="product_id"
              label={t('coupons:form.products')}
              hint={t('coupons:form.productsHint')}
            />
          </>
        )}
        <CategoryPicker {...form.field('excluded_categories')} label={t('coupons:form.excluded')} />
        <ProductPicker
          {...form.field('excluded_product_ids')}
          by="product_id"
          label={t('coupons:form.excludedProducts')}
        />
        <Many
          field={form.field('store_ids')}
          label={t('coupons:form.stores')}
          hint={t('coupons:form.storesHint')}
          data={stores.map(({ store_id, name }) => ({ value: store_id, label: name }))}
        />
      </Stack>
    </Section>
  )
}

function When({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  return (
    <Section title={t('coupons:form.when')}>
      <Stack gap="sm">
        <NumberField
          field={form.field('days_after_issue')}
          label={t('coupons:form.days')}
          consequence={t('coupons:form.daysHint')}
          min={0}
          max={3_660}
        />
        <SimpleGrid cols={2}>
          <DayField field={form.field('starts_on')} label={t('coupons:form.starts')} clearable />
          <DayField field={form.field('ends_on')} label={t('coupons:form.ends')} clearable />
        </SimpleGrid>
      </Stack>
    </Section>
  )
}

function HowOften({ form }: { form: Form<Values> }) {
  const { t } = useTexts()
  const limit = (name: 'per_member' | 'per_day' | 'total', label: string) => (
    <NumberField field={form.field(name)} label={label} consequence={t('coupons:form.none')} min={1} />
  )
  return (
    <Section title={t('coupons:form.limits')}>
      <Stack gap="sm">
        <SimpleGrid cols={2}>
          <NumberField field={form.field('per_coupon')} label={t('coupons:form.perCoupon')} min={1} />
          {limit('per_member', t('coupons:form.perMember'))}
          {limit('per_day', t('coupons:form.perDay'))}
          {limit('total', t('coupons:form.total'))}
        </SimpleGrid>
        <TextField
          field={form.field('group')}
          label={t('coupons:form.group')}
          consequence={t('coupons:form.groupHint')}
          maxLength={40}
        />
        <SwitchField
          field={form.field('is_exclusive')}
          label={t('coupons:form.exclusive')}
          consequence={t('coupons:form.exclusiveHint')}
        />
        <ChoiceField
          field={alwaysChosen(form.field('codes'))}
          label={t('coupons:form.codes')}
          consequence={t('coupons:form.codesHint')}
          choices={modes.map((value) => ({ value, label: t(`coupons:form.codeModes.${value}`) }))}
        />
        <SwitchField field={form.field('gives_back')} label={t('coupons:form.givesBack')} />
        {form.values.codes === 'shared' ? null : (
          <SwitchField
            field={form.field('may_be_passed_on')}
            label={t('coupons:form.mayPass')}
            consequence={t('coupons:form.mayPassHint')}
          />
        )}
      </Stack>
    </Section>
  )
}
