/** Builds a condition with its count beside it, and saves it under a name. */
import { Grid, Stack, Text } from '@mantine/core'
import { ApiError } from '../../kit/call.ts'
import { LongTextField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { placeSentences } from '../../kit/problem.ts'
import { useCall } from '../../kit/use-call.ts'
import { useForm, type Form } from '../../kit/use-form.ts'
import { ConditionGroup } from './builder/condition-group.tsx'
import { isComplete, type Catalogue, type Group } from './condition.ts'
import classes from './edit-form.module.css'
import { LiveCountBox, Sentence } from './live-count.tsx'
import { useLiveCount } from './use-live-count.ts'
import { useLabels, useWords } from './words.ts'

export interface SegmentValues {
  name: string
  note: string
  /** null: a list kept by hand. */
  condition: Group | null
}

interface EditFormProps {
  initial: SegmentValues
  catalogue: Catalogue
  save: (values: SegmentValues) => Promise<unknown>
  saved: () => void
  cancel: () => void
  /** Something new may be saved as it is. */
  always?: boolean
}

const everybody = { combinator: 'and' as const, rules: [] }

export function SegmentEditForm({ initial, catalogue, save, saved, cancel, always = false }: EditFormProps) {
  const { t } = useTexts()
  const form = useForm<SegmentValues>({
    initial,
    save,
    saved,
    check: (values) => ({
      ...(values.name.trim() ? {} : { '/name': t('segments:nameNeeded') }),
      ...(values.condition && !isComplete(values.condition, catalogue)
        ? { '/condition': t('segments:unfinished') }
        : {}),
    }),
  })
  const { condition } = form.values
  const words = useWords(useLabels(condition, catalogue))
  const live = useLiveCount(condition && isComplete(condition, catalogue) ? condition : null)
  const all = useCall('POST /v1/admin/segments/counts', { body: { condition: everybody } }, { fresh_ms: 60_000 })
  const counted = live.error instanceof ApiError ? placeSentences(live.error) : {}
  return (
    <FormFrame form={form} verb={t('segments:saveVerb')} cancel={cancel} always={always}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <Section
              title={t('segments:builder')}
              hint={condition ? t('segments:builderHint') : t('segments:listHint')}
            >
              {condition && (
                <div data-field="condition" tabIndex={-1}>
                  <ConditionGroup
                    group={condition}
                    catalogue={catalogue}
                    words={words}
                    onChange={(changed) => form.set({ condition: changed })}
                    errorAt={(pointer) =>
                      form.errorAt(`/condition${pointer}`) ?? counted[`/condition${pointer}`] ?? counted[pointer]
                    }
                  />
                  {form.errorAt('/condition') && (
                    <Text c="red" size="sm" role="alert">
                      {form.errorAt('/condition')}
                    </Text>
                  )}
                </div>
              )}
            </Section>
            <NameAndNote form={form} />
          </Stack>
        </Grid.Col>
        {condition && (
          <Grid.Col span={{ base: 12, md: 4 }} className={classes.beside ?? ''}>
            <div className={classes.stays}>
              <Section>
                <Stack gap="md">
                  <LiveCountBox live={live} condition={condition} total={all.data?.count} />
                  <Sentence condition={condition} catalogue={catalogue} words={words} />
                </Stack>
              </Section>
            </div>
          </Grid.Col>
        )}
      </Grid>
    </FormFrame>
  )
}

function NameAndNote({ form }: { form: Form<SegmentValues> }) {
  const { t } = useTexts()
  return (
    <Section>
      <Stack gap="md">
        <TextField field={form.field('name')} label={t('segments:name')} required maxLength={120} />
        <LongTextField
          field={form.field('note')}
          label={t('segments:note')}
          consequence={t('segments:noteHint')}
          rows={2}
        />
      </Stack>
    </Section>
  )
}
