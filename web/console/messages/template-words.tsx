/** The words of one language, and the places that can be filled in. */
import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useRef } from 'react'
import { useTexts } from '../../kit/i18n.ts'
import { places, type Medium, type Words } from './words.ts'

interface TemplateWordsProps {
  medium: Medium
  words: Words
  /** The language of the words: spelling and fonts follow it. */
  lang: string
  onChange: (words: Words) => void
}

type Part = keyof Words
type Field = HTMLInputElement | HTMLTextAreaElement

export function TemplateWords({ medium, words, lang, onChange }: TemplateWordsProps) {
  const { t } = useTexts()
  const last = useRef<{ part: Part; field: Field } | null>(null)
  const main: Part = medium === 'sms' ? 'text' : 'html'
  const field = (part: Part) => ({
    value: words[part],
    lang,
    onChange: (event: { currentTarget: Field }) => onChange({ ...words, [part]: event.currentTarget.value }),
    onFocus: (event: { currentTarget: Field }) => {
      last.current = { part, field: event.currentTarget }
    },
  })
  const insert = (liquid: string) => {
    const { part, field: where } = last.current ?? { part: main, field: null }
    const text = words[part]
    const [from, to] = where
      ? [where.selectionStart ?? text.length, where.selectionEnd ?? text.length]
      : [text.length, text.length]
    onChange({ ...words, [part]: text.slice(0, from) + liquid + text.slice(to) })
    requestAnimationFrame(() => {
      where?.focus()
      where?.setSelectionRange(from + liquid.length, from + liquid.length)
    })
  }
  return (
    <Stack gap="md">
      {medium === 'email' && (
        <>
          <TextInput label={t('messages:subject')} required maxLength={998} {...field('subject')} />
          <TextInput
            label={t('messages:preheader')}
            description={t('messages:preheaderHint')}
            maxLength={500}
            {...field('preheader')}
          />
          <Textarea
            label={t('messages:html')}
            description={t('messages:htmlHint')}
            autosize
            minRows={8}
            maxRows={24}
            spellCheck
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            {...field('html')}
          />
        </>
      )}
      {medium === 'sms' && (
        <Textarea
          label={t('messages:smsText')}
          description={t('messages:smsHint')}
          autosize
          minRows={4}
          {...field('text')}
        />
      )}
      <Places insert={insert} />
    </Stack>
  )
}

function Places({ insert }: { insert: (liquid: string) => void }) {
  const { t } = useTexts()
  return (
    <div>
      <Text size="sm" fw={500}>
        {t('messages:variables')}
      </Text>
      <Text size="sm" c="dimmed" mb={6}>
        {t('messages:variablesHint')}
      </Text>
      <Group gap={6}>
        {places.map(({ name, liquid }) => (
          <Button key={name} size="compact-sm" variant="default" onClick={() => insert(liquid)} title={liquid}>
            {t(`messages:variableNames.${name}`)}
          </Button>
        ))}
      </Group>
    </div>
  )
}
