/** Writes a template: languages as tabs, places to fill in, and beside it what a real member would read. */
import { Grid, Stack, Tabs, Text } from '@mantine/core'
import { useState } from 'react'
import { ChoiceField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { useForm, type Form } from '../../kit/use-form.ts'
import { useMay, useSession } from '../session.tsx'
import { languageName } from './parts.tsx'
import { TemplatePreview } from './template-preview.tsx'
import { TemplateTest } from './template-test.tsx'
import { TemplateWords } from './template-words.tsx'
import { isWritten, written, type Medium, type Purpose, type TemplateValues } from './words.ts'

interface TemplateFormProps {
  initial: TemplateValues
  /** null: it is new, and its medium may still be chosen. */
  template_id: string | null
  save: (values: TemplateValues) => Promise<unknown>
  saved?: () => void
  cancel: () => void
}

export function TemplateForm({ initial, template_id, save, saved, cancel }: TemplateFormProps) {
  const { t } = useTexts()
  const writes = useMay()('messages:write')
  const [member_id, setMember] = useState<string | null>(null)
  const form = useForm<TemplateValues>({
    initial,
    save,
    ...(saved ? { saved } : {}),
    check: (values) => ({
      ...(values.name.trim() ? {} : { '/name': t('messages:needsName') }),
      ...(Object.keys(written(values.languages, values.medium)).length > 0
        ? {}
        : { '/languages': t('messages:needsWords') }),
    }),
  })
  const { medium, purpose, languages } = form.values
  return (
    <FormFrame
      form={form}
      verb={t('messages:saveTemplate')}
      cancel={cancel}
      always={template_id === null}
      disabled={!writes}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Stack gap="lg">
            <Settings form={form} fixed={template_id !== null} />
            <LanguageTabs
              values={form.values}
              onChange={(changed) => form.set({ languages: changed })}
              error={form.errorAt('/languages')}
            />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Stack gap="lg">
            <TemplatePreview
              medium={medium}
              purpose={purpose}
              languages={written(languages, medium)}
              member_id={member_id}
              onMember={setMember}
            />
            {template_id && (
              <TemplateTest
                template_id={template_id}
                medium={medium}
                member_id={member_id}
                unsaved={form.changed}
                languages={Object.keys(languages).filter((code) => isWritten(languages[code], medium))}
              />
            )}
          </Stack>
        </Grid.Col>
      </Grid>
    </FormFrame>
  )
}

/** Name, medium and purpose; the medium of a kept template is fixed. */
function Settings({ form, fixed }: { form: Form<TemplateValues>; fixed: boolean }) {
  const { t } = useTexts()
  return (
    <Section>
      <Stack gap="md">
        <TextField
          field={form.field('name')}
          label={t('messages:templateName')}
          consequence={t('messages:templateNameHint')}
          required
        />
        <ChoiceField<Medium>
          field={form.field('medium') as never}
          label={t('messages:medium')}
          disabled={fixed}
          consequence={fixed ? undefined : t('messages:mediumHint')}
          choices={(['email', 'sms'] as const).map((value) => ({
            value,
            label: t(`messages:mediums.${value}`),
          }))}
        />
        <ChoiceField<Purpose>
          field={form.field('purpose') as never}
          label={t('messages:purpose')}
          consequence={t(form.values.purpose === 'service' ? 'messages:purposeService' : 'messages:purposeMarketing')}
          choices={(['marketing', 'service'] as const).map((value) => ({
            value,
            label: t(`messages:purposes.${value}`),
          }))}
        />
      </Stack>
    </Section>
  )
}

interface LanguageTabsProps {
  values: TemplateValues
  onChange: (languages: TemplateValues['languages']) => void
  error: string | undefined
}

function LanguageTabs({ values, onChange, error }: LanguageTabsProps) {
  const { t, language } = useTexts()
  const { program } = useSession()
  const codes = Object.keys(values.languages)
  const [open, setOpen] = useState(codes[0] ?? null)
  const fallback =
    codes.find((code) => code === program?.default_language && isWritten(values.languages[code], values.medium)) ??
    codes.find((code) => isWritten(values.languages[code], values.medium))
  return (
    <Section title={t('messages:words')}>
      <div data-field="languages" tabIndex={-1}>
        {error && (
          <Text c="red" size="sm" role="alert" mb="xs">
            {error}
          </Text>
        )}
        <Tabs value={open} onChange={setOpen} keepMounted={false}>
          <Tabs.List mb="md">
            {codes.map((code) => (
              <Tabs.Tab key={code} value={code}>
                {languageName(code, language)}
                {!isWritten(values.languages[code], values.medium) && (
                  <Text span c="dimmed" size="xs">
                    {' '}
                    · {t('messages:languageAdd')}
                  </Text>
                )}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {codes.map((code) => (
            <Tabs.Panel key={code} value={code}>
              {!isWritten(values.languages[code], values.medium) && fallback && (
                <Text size="sm" c="dimmed" mb="sm">
                  {t('messages:languageEmpty', {
                    language: languageName(code, language),
                    other: languageName(fallback, language),
                  })}
                </Text>
              )}
              <TemplateWords
                medium={values.medium}
                words={values.languages[code]!}
                lang={code}
                onChange={(words) => onChange({ ...values.languages, [code]: words })}
              />
            </Tabs.Panel>
          ))}
        </Tabs>
      </div>
    </Section>
  )
}
