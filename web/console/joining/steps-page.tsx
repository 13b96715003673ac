/** What are members asked after joining, one thing at a time, and what does answering bring? */
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { alwaysChosen } from '../../kit/always-chosen.ts'
import { call, touch } from '../../kit/call.ts'
import { ChoiceField, LongTextField, SwitchField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { languages, useTexts } from '../../kit/i18n.ts'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Empty, Failed, Notice } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { RewardFields } from '../reward-fields.tsx'
import { useMay, useSession } from '../session.tsx'
import { bodyOf, fields, newStep, valuesOf, type Steps, type StepsValues, type StepValues } from './steps-values.ts'

export default function StepsPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/joining/steps')
  return (
    <Page
      title={t('joining:steps.title')}
      question={t('joining:steps.question')}
      above={[{ title: t('joining:title'), to: '/joining' }]}
    >
      {read.data ? (
        <StepsForm before={read.data} />
      ) : read.isError ? (
        <Failed error={read.error} retry={() => void read.refetch()} />
      ) : (
        <BlockSkeleton height={400} />
      )}
    </Page>
  )
}

function StepsForm({ before }: { before: Steps }) {
  const { t } = useTexts()
  const format = useFormat()
  const writes = useMay()('program:write')
  const form = useForm<StepsValues>({
    initial: valuesOf(before),
    save: async (values) => {
      await call('PUT /v1/admin/joining/steps', { body: bodyOf(values, before) })
      await touch('joining')
    },
  })
  const { steps, completion } = form.values
  const add = () => {
    const field = fields.find((one) => !steps.some((step) => step.field === one)) ?? 'preferences'
    const id = 1 + Math.max(-1, ...steps.map((step) => step.id))
    form.set({ steps: [...steps, newStep(id, field, {})] })
  }
  return (
    <FormFrame form={form} locked={!writes}>
      {!writes && <Notice>{t('program:mayNot')}</Notice>}
      {steps.length === 0 && (
        <Empty icon="members" title={t('joining:steps.empty')} hint={t('joining:steps.emptyHint')} />
      )}
      {steps.map((step, place) => (
        <StepFields key={step.id} form={form} step={step} place={place} />
      ))}
      {writes && (
        <Button variant="default" onClick={add} w="fit-content">
          {t('joining:steps.add')}
        </Button>
      )}
      <Section
        title={t('joining:steps.all')}
        hint={t('joining:steps.completed', { count: before.completed, members: format.number(before.completed) })}
      >
        <RewardFields
          values={completion}
          onChange={(reward) => form.set({ completion: reward })}
          label={t('joining:steps.allReward')}
          error={undefined}
          has_none
          name="completion"
        />
      </Section>
    </FormFrame>
  )
}

function StepFields({ form, step, place }: { form: Form<StepsValues>; step: StepValues; place: number }) {
  const { t } = useTexts()
  const format = useFormat()
  const { steps } = form.values
  const set = (changes: Partial<StepValues>) =>
    form.set({ steps: steps.map((one, i) => (i === place ? { ...one, ...changes } : one)) })
  const up = () =>
    form.set({ steps: [...steps.slice(0, place - 1), step, steps[place - 1]!, ...steps.slice(place + 1)] })
  const field = <Key extends keyof StepValues>(key: Key) => ({
    name: `steps_${place}_${key}`,
    value: step[key],
    error: form.errorAt(`/steps/${place}/${key}`),
    onChange: (value: StepValues[Key]) => set({ [key]: value }),
  })
  const { answered, skipped } = step.counted ?? { answered: 0, skipped: 0 }
  return (
    <Section
      title={`${place + 1}. ${t(`joining:steps.fields.${step.field}`)}`}
      hint={t('joining:steps.counted', { answered: format.number(answered), skipped: format.number(skipped) })}
      aside={
        <Group gap="xs">
          {place > 0 && (
            <Button size="xs" variant="subtle" onClick={up}>
              {t('joining:steps.up')}
            </Button>
          )}
          <Button
            size="xs"
            variant="subtle"
            color="red"
            onClick={() => form.set({ steps: steps.filter((_one, i) => i !== place) })}
          >
            {t('joining:steps.remove')}
          </Button>
        </Group>
      }
    >
      <Stack gap="md">
        <ChoiceField
          field={alwaysChosen(field('field'))}
          label={t('joining:steps.field')}
          choices={fields.map((value) => ({ value, label: t(`joining:steps.fields.${value}`) }))}
        />
        {step.field === 'attribute' && (
          <TextField field={field('attribute')} label={t('joining:steps.attribute')} maxLength={40} required />
        )}
        <Names step={step} place={place} set={set} />
        {(step.field === 'preferences' || step.field === 'attribute') && (
          <LongTextField
            field={field('choices')}
            label={t('joining:steps.choices')}
            consequence={t('joining:steps.choicesHint')}
            rows={4}
          />
        )}
        <RewardFields
          values={step.reward}
          onChange={(reward) => set({ reward })}
          label={t('joining:steps.reward')}
          error={undefined}
          has_none
          name={`steps_${place}`}
        />
        <SwitchField field={field('is_on')} label={t('joining:steps.isOn')} />
      </Stack>
    </Section>
  )
}

function Names({
  step,
  place,
  set,
}: {
  step: StepValues
  place: number
  set: (changes: Partial<StepValues>) => void
}) {
  const { t } = useTexts()
  const { program } = useSession()
  const spoken = program?.languages ?? languages.map(({ code }) => code)
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: Math.min(3, spoken.length) }}>
        {spoken.map((code) => (
          <TextInput
            key={code}
            label={`${t('joining:steps.ask')} · ${languages.find((one) => one.code === code)?.name ?? code}`}
            lang={code}
            name={`steps_${place}_names_${code}`}
            maxLength={200}
            value={step.names[code] ?? ''}
            onChange={(event) => set({ names: { ...step.names, [code]: event.currentTarget.value } })}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {t('joining:steps.askHint')}
      </Text>
    </>
  )
}
