/** What a real member would read, in every language at once, of words that may not be saved yet. */
import { Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Answer } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { BlockSkeleton, Notice, Refused } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { MemberPicker } from './member-picker.tsx'
import { MessageFrame } from './message-frame.tsx'
import { languageName, reasonText } from './parts.tsx'
import classes from './parts.module.css'
import type { Medium, Purpose, Words } from './words.ts'

interface TemplatePreviewProps {
  medium: Medium
  purpose: Purpose
  languages: Record<string, Partial<Words>>
  member_id: string | null
  onMember: (member_id: string | null) => void
}

type Preview = Answer<'POST /v1/admin/templates/previews'>['previews'][number]
/** Words come faster than anybody reads a preview. */
const pauseMs = 300

export function TemplatePreview({ medium, purpose, languages, member_id, onMember }: TemplatePreviewProps) {
  const { t } = useTexts()
  const format = useFormat()
  const [asked] = useDebouncedValue(
    JSON.stringify({ medium, purpose, languages, ...(member_id ? { member_id } : {}) }),
    pauseMs,
  )
  const body = JSON.parse(asked) as {
    medium: Medium
    purpose: Purpose
    languages: Record<string, Partial<Words>>
    member_id?: string
  }
  const some = Object.keys(body.languages).length > 0
  const read = useCall('POST /v1/admin/templates/previews', { body }, { enabled: some })
  const refusal = read.data?.previews[0]?.refusal
  return (
    <Section title={t('messages:previewTitle')} hint={t('messages:previewHint')}>
      <Stack gap="md">
        <MemberPicker
          label={t('messages:previewMember')}
          placeholder={t('messages:previewAny')}
          value={member_id}
          onChange={onMember}
        />
        {!some && <Text c="dimmed">{t('messages:previewEmpty')}</Text>}
        {some && read.isPending && <BlockSkeleton height={240} />}
        {some && read.isError && <Refused error={read.error} />}
        {some && read.data && read.data.member_id === null && <Text c="dimmed">{t('messages:previewNobody')}</Text>}
        {refusal && <Notice kind="warn">{t('messages:previewRefusal', { reason: reasonText(refusal) })}</Notice>}
        {read.data && read.data.unknown.length > 0 && (
          <Notice kind="warn">{t('messages:unknown', { names: format.list(read.data.unknown) })}</Notice>
        )}
        {some && !read.isError && read.data && (
          <SimpleGrid
            cols={{ base: 1, md: Math.min(2, read.data.previews.length) }}
            spacing="md"
            style={{ opacity: read.isPlaceholderData ? 0.75 : 1 }}
          >
            {read.data.previews.map((preview) => (
              <One key={preview.language} preview={preview} />
            ))}
          </SimpleGrid>
        )}
      </Stack>
    </Section>
  )
}

const frameHeight = 300

function One({ preview }: { preview: Preview }) {
  const { t, language } = useTexts()
  const name = languageName(preview.language, language)
  return (
    <div lang={preview.language}>
      <Group justify="space-between" mb={4}>
        <Text size="sm" c="dimmed">
          {name}
        </Text>
        {preview.parts !== null && (
          <Text size="sm" c="dimmed">
            {t('messages:sentIn', { parts: t('messages:previewParts', { count: preview.parts }) })}
          </Text>
        )}
      </Group>
      {preview.parts === null && (
        <Text fw={600} mb={6}>
          {preview.subject || t('messages:noSubject')}
        </Text>
      )}
      {preview.html ? (
        <MessageFrame
          html={preview.html}
          title={t('messages:previewFrame', { language: name })}
          height={frameHeight}
        />
      ) : (
        <pre className={classes.text}>{preview.text}</pre>
      )}
    </div>
  )
}
