/** What colleagues wrote down about a member. */
import { Button, Stack, Text, Textarea } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { Refused } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import type { Profile } from './detail-page.tsx'

/** Newest notes shown here; older ones are in the timeline. */
const notesShown = 3
/** As the server takes them. */
const noteCharsMax = 4000

export function NotesPart({ member_id, notes }: { member_id: string; notes: Profile['notes'] }) {
  const { t } = useTexts()
  const writes = useMay()('members:write')
  const [text, setText] = useState('')
  const write = useWrite('POST /v1/admin/members/:member_id/notes')
  const keep = (event: FormEvent) => {
    event.preventDefault()
    const body = text.trim()
    if (body) write.mutate({ params: { member_id }, body: { body } }, { onSuccess: () => setText('') })
  }
  if (!writes && notes.length === 0) return null
  return (
    <Section title={t('members:notes.title')}>
      <Stack gap="sm">
        {notes.slice(0, notesShown).map((note) => (
          <div key={note.note_id}>
            <Text style={{ whiteSpace: 'pre-wrap' }}>{note.body}</Text>
            <Text size="sm" c="dimmed">
              {note.actor_name} · <Moment at={note.at} />
            </Text>
          </div>
        ))}
        {notes.length === 0 && (
          <Text c="dimmed" size="sm">
            {t('members:notes.none')}
          </Text>
        )}
        {writes && (
          <form onSubmit={keep}>
            <Stack gap={6} align="flex-start">
              <Textarea
                w="100%"
                autosize
                minRows={2}
                maxRows={8}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
                placeholder={t('members:notes.placeholder')}
                aria-label={t('members:notes.write')}
                maxLength={noteCharsMax}
              />
              <Button size="xs" variant="default" type="submit" disabled={!text.trim()} loading={write.isPending}>
                {t('members:notes.save')}
              </Button>
            </Stack>
          </form>
        )}
        {write.error && <Refused error={write.error} />}
      </Stack>
    </Section>
  )
}
