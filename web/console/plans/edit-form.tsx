/** What a plan costs whom, and what it gives. Before a version is published it shows who would pay what. */
import { Box, Button, MultiSelect, SimpleGrid, Stack } from '@mantine/core'
import { useState } from 'react'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { ChoiceField, MoneyField, NumberField, PercentField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { filledNames, NamesFields, useSpoken } from '../names-fields.tsx'
import { isRewardSaid } from '../reward-fields.tsx'
import { useCatalogue } from '../segments/words.ts'
import { PreviewPart } from './preview-part.tsx'
import { PricesPart } from './prices-part.tsx'
import { RewardsPart } from './rewards-part.tsx'
import { TakesEffectField, useTakesEffect, useTakesEffectCheck } from '../takes-effect.tsx'
import { beginning, designOf, isSaid, valuesOf, type PlanValues } from './values.ts'
import type { Plan, PlanDesign } from './words.ts'

export function PlanForm({ plan }: { plan: Plan | null }) {
  const { t } = useTexts()
  const go = useGo()
  const { bodyOf } = useTakesEffect()
  const checkTime = useTakesEffectCheck('effective')
  const catalogue = useCatalogue().data
  const [asked, ask] = useState<PlanDesign | null>(null)
  // read once: conditions get names of their own each time they are read
  const [initial] = useState(() => (plan ? valuesOf(plan) : beginning))
  let made = plan ? `/plans/${plan.plan_id}` : '/plans'
  const faults = useFaults()
  const form = useForm<PlanValues>({
    initial,
    check: (values) => ({ ...faults(values), ...checkTime(values.effective) }),
    save: async (values) => {
      made = `/plans/${await publish(plan, values, bodyOf(values.effective))}`
      await touch('plans')
    },
    saved: () => go(made),
  })
  const isWhole = Object.keys(faults(form.values)).length === 0
  return (
    <FormFrame
      form={form}
      cancel={() => go(made)}
      verb={plan ? t('plans:form.publish') : t('plans:add')}
      {...(plan ? {} : { always: true })}
    >
      <Section>
        <Box mb="md">
          <NamesFields form={form} />
        </Box>
        <Period form={form} />
      </Section>
      <Section title={t('plans:pricesTitle')} hint={t('plans:pricesHint')}>
        {catalogue && <PricesPart form={form} catalogue={catalogue} />}
      </Section>
      <Section title={t('plans:gives')}>
        <Gives form={form} />
      </Section>
      <Section title={t('plans:rewards')} hint={t('plans:rewardsHint')}>
        <RewardsPart form={form} />
      </Section>
      <Section>
        <Ending form={form} />
        {plan && <When form={form} />}
      </Section>
      <Section title={t('plans:form.preview')} hint={t('plans:form.previewHint')}>
        <Stack gap="sm" align="flex-start">
          <Button
            variant="default"
            disabled={!isWhole}
            onClick={() => ask(designOf(form.values, plan?.design ?? null))}
          >
            {t('plans:form.previewShow')}
          </Button>
          {asked && <PreviewPart plan_id={plan?.plan_id ?? null} design={asked} />}
        </Stack>
      </Section>
    </FormFrame>
  )
}

/** What must be said before it is sent: pointer → sentence. */
function useFaults(): (values: PlanValues) => Record<string, string> {
  const { t } = useTexts()
  const spoken = useSpoken()
  const catalogue = useCatalogue().data
  return (values) => ({
    ...(spoken.some((code) => values.names[code]?.trim()) ? {} : { '/names': t('plans:form.needName') }),
    ...(values.count === null ? { '/count': t('plans:form.needCount') } : {}),
    ...(values.sells_others && values.others_minor === null ? { '/others_minor': t('plans:form.needPrice') } : {}),
    ...Object.fromEntries(
      values.prices.flatMap((one, i) =>
        isSaid(one, catalogue) ? [] : [[`/design/prices/${i}`, t('plans:form.needCondition')]],
      ),
    ),
    ...Object.fromEntries(
      values.rewards.flatMap((one, i) =>
        isRewardSaid(one.reward) ? [] : [[`/design/rewards/${i}/reward`, t('gifts:rewards.need')]],
      ),
    ),
  })
}

async function publish(plan: Plan | null, values: PlanValues, begins: { effective_from?: string }): Promise<string> {
  const names = filledNames(values.names)
  const design = designOf(values, plan?.design ?? null)
  if (!plan) return (await call('POST /v1/admin/plans', { body: { names, design } })).plan_id
  const { plan_id } = plan
  const isRenamed = JSON.stringify(names) !== JSON.stringify(plan.names)
  if (isRenamed) await call('PATCH /v1/admin/plans/:plan_id', { params: { plan_id }, body: { names } })
  if (JSON.stringify(design) !== JSON.stringify(plan.design)) {
    const body = { design, note: values.note, ...begins }
    await call('POST /v1/admin/plans/:plan_id/versions', { params: { plan_id }, body })
  }
  return plan_id
}

function Period({ form }: { form: Form<PlanValues> }) {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <NumberField field={form.field('count')} label={t('plans:form.count')} min={1} />
      <ChoiceField
        field={alwaysChosen(form.field('unit'))}
        label={t('plans:form.unit')}
        choices={(['month', 'day'] as const).map((value) => ({ value, label: t(`plans:form.units.${value}`) }))}
      />
      <NumberField
        field={form.field('trial_days')}
        label={t('plans:form.trial')}
        consequence={t('plans:form.trialHint')}
        min={0}
      />
      <NumberField
        field={form.field('grace_days')}
        label={t('plans:form.grace')}
        consequence={t('plans:form.graceHint')}
        min={0}
      />
    </SimpleGrid>
  )
}

function Gives({ form }: { form: Form<PlanValues> }) {
  const { t, language } = useTexts()
  const privileges = useCall('GET /v1/admin/privileges').data?.data ?? []
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <PercentField
        field={form.field('discount')}
        label={t('plans:form.discount')}
        consequence={t('plans:form.discountHint')}
      />
      <MoneyField
        field={form.field('free_shipping_from_minor')}
        label={t('plans:form.shipping')}
        consequence={t('plans:form.shippingHint')}
      />
      <MultiSelect
        label={t('plans:form.privileges')}
        description={t('plans:form.privilegesHint')}
        data={privileges.map((one) => ({
          value: one.privilege_id,
          label: nameIn(one.names, language, one.privilege_id),
        }))}
        value={form.values.privilege_ids}
        onChange={(value) => form.set({ privilege_ids: value })}
        searchable
      />
    </SimpleGrid>
  )
}

function Ending({ form }: { form: Form<PlanValues> }) {
  const { t } = useTexts()
  const { refund } = form.values
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md">
      <ChoiceField
        field={alwaysChosen(form.field('refund'))}
        label={t('plans:form.refund')}
        consequence={t(`plans:form.refundHints.${refund}`)}
        choices={(['none', 'pro_rata', 'full_within'] as const).map((value) => ({
          value,
          label: t(`plans:form.refunds.${value}`),
        }))}
      />
      {refund === 'full_within' && (
        <NumberField field={form.field('refund_days')} label={t('plans:form.refundDays')} min={1} />
      )}
    </SimpleGrid>
  )
}

function When({ form }: { form: Form<PlanValues> }) {
  const { t } = useTexts()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="md" mt="md">
      <TakesEffectField field={form.field('effective')} />
      <TextField field={form.field('note')} label={t('plans:form.note')} maxLength={500} />
    </SimpleGrid>
  )
}
