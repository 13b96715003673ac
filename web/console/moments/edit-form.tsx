/** When, to whom, what; the sentence above says it back at every key, what it would come to stands beside it. */
import { Divider, Grid, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { call, touch } from '../../kit/call.ts'
import { useGo } from '../../kit/door.tsx'
import { ChoiceField, NumberField, SwitchField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { filledNames, NamesFields, useSpoken } from '../names-fields.tsx'
import { isRewardSaid, RewardFields } from '../reward-fields.tsx'
import { ConditionGroup } from '../segments/builder/condition-group.tsx'
import { useCatalogue, useLabels, useWords } from '../segments/words.ts'
import type { Catalogue } from '../segments/condition.ts'
import { useMay } from '../session.tsx'
import { PreviewPart } from './preview-part.tsx'
import { beginning, isWhenSaid, isWhole, isWhomSaid, ruleOf, valuesOf, type MomentValues } from './values.ts'
import { WhenFields } from './when-fields.tsx'
import { useMomentSentence, type Moment } from './words.ts'

interface MomentFormProps {
  moment: Moment | null
  /** What a new one begins with. */
  start?: Partial<MomentValues>
}

export function MomentForm({ moment, start }: MomentFormProps) {
  const { t } = useTexts()
  const go = useGo()
  const sentence = useMomentSentence()
  const catalogue = useCatalogue().data
  // read once: conditions get names of their own each time they are read
  const [initial] = useState(() => (moment ? valuesOf(moment) : { ...beginning, ...start }))
  let made = moment ? `/moments/${moment.moment_id}` : '/moments'
  const check = useFaults(catalogue)
  const form = useForm<MomentValues>({
    initial,
    check,
    save: async (values) => {
      const body = { names: filledNames(values.names), rule: ruleOf(values, moment?.rule ?? null) }
      const saved = moment
        ? await call('PATCH /v1/admin/moments/:moment_id', { params: { moment_id: moment.moment_id }, body })
        : await call('POST /v1/admin/moments', { body })
      made = `/moments/${saved.moment_id}`
      await touch('moments')
    },
    saved: () => go(made),
  })
  const { values } = form
  const rule = ruleOf(values, moment?.rule ?? null)
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Section>
          <FormFrame
            form={form}
            cancel={() => go(made)}
            {...(moment ? {} : { verb: t('moments:add'), always: true })}
          >
            {isWhenSaid(values) && <Text fw={500}>{sentence(rule)}</Text>}
            <NamesFields form={form} />
            <Divider />
            <WhenFields form={form} />
            <Divider />
            <Whom form={form} catalogue={catalogue} />
            <Divider />
            <What form={form} />
          </FormFrame>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <PreviewPart rule={isWhole(values, catalogue) ? rule : null} moment_id={moment?.moment_id ?? null} />
      </Grid.Col>
    </Grid>
  )
}

/** What must be said before it is sent: pointer → sentence. */
function useFaults(catalogue: Catalogue | undefined): (values: MomentValues) => Record<string, string> {
  const { t } = useTexts()
  const spoken = useSpoken()
  return (values) => ({
    ...(spoken.some((code) => values.names[code]?.trim()) ? {} : { '/names': t('moments:form.needName') }),
    ...(isWhenSaid(values)
      ? {}
      : values.kind === 'upgrade'
        ? { '/tiers': t('moments:form.tiersNone') }
        : values.kind === 'holiday'
          ? { '/yearly': t('moments:form.needDay') }
          : { '/own_name': t('moments:form.needDay') }),
    ...(values.kind === 'purchase' && !values.number ? { '/number': t('moments:form.needNumber') } : {}),
    ...(values.kind === 'waking' && !values.days ? { '/days': t('moments:form.needNumber') } : {}),
    ...(isWhomSaid(values, catalogue) ? {} : { '/whom': t('moments:form.needCondition') }),
    ...(isRewardSaid(values.reward) ? {} : { '/reward': t('gifts:rewards.need') }),
  })
}

function Whom({ form, catalogue }: { form: Form<MomentValues>; catalogue: Catalogue | undefined }) {
  const { t } = useTexts()
  const { whom, is_for_some, kind } = form.values
  const words = useWords(useLabels(whom, catalogue))
  return (
    <Stack gap="md">
      <SwitchField field={form.field('is_for_some')} label={t('moments:form.onlySome')} />
      {is_for_some && catalogue && (
        <ConditionGroup
          group={whom}
          catalogue={catalogue}
          words={words}
          onChange={(changed) => form.set({ whom: { ...changed, id: whom.id } })}
          errorAt={(at) => form.errorAt(`/rule/whom${at}`)}
        />
      )}
      {form.errorAt('/whom') && (
        <Text c="red" size="sm" role="alert">
          {form.errorAt('/whom')}
        </Text>
      )}
      {kind !== 'joining' && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField
            field={form.field('joined_days_min')}
            label={t('moments:form.joined')}
            consequence={t('moments:form.joinedHint')}
            min={0}
          />
        </SimpleGrid>
      )}
    </Stack>
  )
}

function What({ form }: { form: Form<MomentValues> }) {
  const { t } = useTexts()
  const sees = useMay()('budgets:read')
  const budgets = useCall('GET /v1/admin/budgets', {}, { enabled: sees }).data?.data ?? []
  return (
    <Stack gap="md">
      <RewardFields
        values={form.values.reward}
        onChange={(reward) => form.set({ reward })}
        label={t('moments:form.reward')}
        error={form.errorAt('/reward') ?? form.errorAt('/rule/reward')}
        has_none={false}
      />
      {budgets.length > 0 && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <ChoiceField
            field={form.field('budget_id')}
            label={t('moments:form.budget')}
            consequence={t('moments:form.budgetHint')}
            placeholder={t('moments:form.noBudget')}
            choices={budgets.map(({ budget_id, name }) => ({ value: budget_id, label: name }))}
            clearable
          />
        </SimpleGrid>
      )}
    </Stack>
  )
}
