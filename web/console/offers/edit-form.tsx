/** What an offer asks for, how long, and what it gives; the sentence above says it back at every key. */
import { Divider, Grid, MultiSelect, SimpleGrid, Text } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { ChoiceField, MomentField, MoneyField, NumberField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { filledNames, NamesFields, useSpoken } from '../names-fields.tsx'
import { isRewardSaid, RewardFields } from '../reward-fields.tsx'
import { LastMonth } from './last-month.tsx'
import { beginning, ruleOf, valuesOf, type OfferValues } from './rule-values.ts'
import { useOfferSentence, type Offer } from './words.ts'

export function OfferForm({ offer }: { offer: Offer | null }) {
  const { t } = useTexts()
  const go = useGo()
  const { time_zone } = useFormat()
  const sentence = useOfferSentence()
  const spoken = useSpoken()
  let made = offer ? `/offers/${offer.offer_id}` : '/offers'
  const form = useForm<OfferValues>({
    initial: offer ? valuesOf(offer, time_zone) : beginning,
    check: (values): Record<string, string> => ({
      ...(spoken.some((code) => values.names[code]?.trim()) ? {} : { '/names': t('offers:form.needName') }),
      ...(values.measure === 'spend' || values.measure === 'single_order'
        ? values.amount_minor === null
          ? { '/amount_minor': t('offers:form.needAmount') }
          : {}
        : {}),
      ...(values.measure !== 'none' && !isRewardSaid(values.reward) ? { '/reward': t('gifts:rewards.need') } : {}),
    }),
    save: async (values) => {
      const body = { names: filledNames(values.names), rule: ruleOf(values, offer?.rule ?? null, time_zone) }
      const saved = offer
        ? await call('PATCH /v1/admin/offers/:offer_id', { params: { offer_id: offer.offer_id }, body })
        : await call('POST /v1/admin/offers', { body })
      made = `/offers/${saved.offer_id}`
      await touch('offers')
    },
    saved: () => go(made),
  })
  const rule = ruleOf(form.values, offer?.rule ?? null, time_zone)
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Section>
          <FormFrame form={form} cancel={() => go(made)} {...(offer ? {} : { verb: t('offers:add') })}>
            <Text fw={500}>{sentence(rule)}</Text>
            <NamesFields form={form} />
            <Divider />
            <Threshold form={form} />
            <Scope form={form} />
            <Divider />
            <Window form={form} />
            <Divider />
            <Rewards form={form} />
          </FormFrame>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <LastMonth rule={rule} />
      </Grid.Col>
    </Grid>
  )
}

function Threshold({ form }: { form: Form<OfferValues> }) {
  const { t } = useTexts()
  const { measure } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(form.field('measure'))}
        label={t('offers:form.measure')}
        consequence={t(`offers:form.measureHints.${measure}`)}
        choices={(['spend', 'single_order', 'orders', 'none'] as const).map((value) => ({
          value,
          label: t(`offers:form.measures.${value}`),
        }))}
      />
      {(measure === 'spend' || measure === 'single_order') && (
        <MoneyField field={form.field('amount_minor')} label={t('offers:form.amount')} />
      )}
      {measure === 'orders' && <NumberField field={form.field('orders')} label={t('offers:form.orders')} min={1} />}
      {measure !== 'none' && (
        <ChoiceField
          field={alwaysChosen(form.field('reach'))}
          label={t('offers:form.reach')}
          choices={(['at_least', 'more_than'] as const).map((value) => ({
            value,
            label: t(`offers:form.reaches.${value}`),
          }))}
        />
      )}
      {measure !== 'none' && (
        <ChoiceField
          field={alwaysChosen(form.field('refunds'))}
          label={t('offers:form.refunds')}
          consequence={t(`offers:form.refundHints.${form.values.refunds}`)}
          choices={(['undo', 'ignore'] as const).map((value) => ({
            value,
            label: t(`offers:form.refundKinds.${value}`),
          }))}
        />
      )}
    </SimpleGrid>
  )
}

function Scope({ form }: { form: Form<OfferValues> }) {
  const { t } = useTexts()
  const categories = useCall('GET /v1/admin/product-categories').data?.data ?? []
  const stores = useCall('GET /v1/admin/stores').data?.data ?? []
  if (form.values.measure === 'none') return null
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <MultiSelect
        label={t('offers:form.categories')}
        placeholder={form.values.categories.length === 0 ? t('offers:form.everything') : ''}
        data={[...new Set([...categories.map(({ category }) => category), ...form.values.categories])]}
        value={form.values.categories}
        onChange={(value) => form.set({ categories: value })}
        searchable
      />
      <MultiSelect
        label={t('offers:form.stores')}
        placeholder={form.values.store_ids.length === 0 ? t('offers:form.everywhere') : ''}
        data={stores.map(({ store_id, name }) => ({ value: store_id, label: name }))}
        value={form.values.store_ids}
        onChange={(value) => form.set({ store_ids: value })}
        searchable
      />
    </SimpleGrid>
  )
}

function Window({ form }: { form: Form<OfferValues> }) {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(form.field('counts_from'))}
        label={t('offers:form.countsFrom')}
        choices={(['issue', 'view'] as const).map((value) => ({
          value,
          label: t(`offers:form.countsFroms.${value}`),
        }))}
      />
      <NumberField
        field={form.field('days')}
        label={t('offers:form.days')}
        consequence={t('offers:form.daysHint')}
        min={0}
        decimals={2}
      />
      <MomentField field={form.field('from')} label={t('offers:form.from')} clearable />
      <MomentField field={form.field('until')} label={t('offers:form.until')} clearable />
    </SimpleGrid>
  )
}

function Rewards({ form }: { form: Form<OfferValues> }) {
  const { t } = useTexts()
  if (form.values.measure === 'none') return null
  return (
    <RewardFields
      values={form.values.reward}
      onChange={(reward) => form.set({ reward })}
      label={t('offers:form.reward')}
      error={form.errorAt('/reward')}
      has_none
    />
  )
}
