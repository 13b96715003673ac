/** Sends the saved words to a colleague, and shows what became of the last tests. */
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Row } from '../../kit/call.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { Refused } from '../../kit/states.tsx'
import { useCall, useWrite } from '../../kit/use-call.ts'
import { useMay, useSession } from '../session.tsx'
import { languageName } from './parts.tsx'
import classes from './parts.module.css'
import type { Medium } from './words.ts'

interface TemplateTestProps {
  template_id: string
  medium: Medium
  member_id: string | null
  languages: string[]
  /** Words were changed: the test would show the old ones. */
  unsaved: boolean
}

/** While a test is on its way its state is asked for every second. */
const pollMs = 1_000
const shownMax = 5

export function TemplateTest({ template_id, medium, member_id, languages, unsaved }: TemplateTestProps) {
  const { t, language } = useTexts()
  const { staff } = useSession()
  const may = useMay()
  const [address, setAddress] = useState(medium === 'email' ? (staff?.email ?? '') : '')
  const [chosen, setChosen] = useState<string | null>(null)
  const [watching, setWatching] = useState(false)
  const send = useWrite('POST /v1/admin/templates/:template_id/tests', { done: () => setWatching(true) })
  const tests = useCall(
    'GET /v1/admin/templates/:template_id/tests',
    { params: { template_id } },
    { every_ms: watching ? pollMs : false },
  )
  const channels = useCall('GET /v1/admin/channels')
  const open = (tests.data?.data ?? []).some(({ status }) => status === 'waiting' || status === 'sending')
  if (watching && !open && !send.isPending && !tests.isFetching) setWatching(false)
  const wanted = chosen && languages.includes(chosen) ? chosen : (languages[0] ?? null)
  const stays =
    medium === 'sms' || channels.data?.data.find(({ channel }) => channel === 'email')?.configured === false
  const why = unsaved ? t('messages:saveFirst') : member_id ? null : t('messages:testNeeds')
  if (!may('messages:write')) return null
  return (
    <Section title={t('messages:test')} hint={t('messages:testHint')}>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t(medium === 'email' ? 'messages:testAddress' : 'messages:testPhone')}
            value={address}
            flex={1}
            miw={200}
            onChange={(event) => setAddress(event.currentTarget.value)}
            type={medium === 'email' ? 'email' : 'tel'}
          />
          <Select
            label={t('messages:language')}
            value={wanted}
            onChange={setChosen}
            w={170}
            data={languages.map((code) => ({ value: code, label: languageName(code, language) }))}
          />
          <Button
            variant="default"
            loading={send.isPending}
            disabled={why !== null || !wanted || address.trim().length < 3}
            onClick={() =>
              send.mutate({
                params: { template_id },
                body: { member_id: member_id!, language: wanted!, address: address.trim() },
              })
            }
          >
            {t('messages:testSend')}
          </Button>
        </Group>
        {[why, stays ? t('messages:testOutbox') : null].map(
          (note) =>
            note && (
              <Text key={note} size="sm" c="dimmed">
                {note}
              </Text>
            ),
        )}
        {send.isError && <Refused error={send.error} />}
        <LastTests tests={tests.data?.data ?? []} />
      </Stack>
    </Section>
  )
}

type Test = Row<'GET /v1/admin/templates/:template_id/tests'>

function LastTests({ tests }: { tests: Test[] }) {
  const { t, language } = useTexts()
  if (tests.length === 0) return null
  return (
    <ol className={classes.trail} aria-label={t('messages:testLast')}>
      {tests.slice(0, shownMax).map((test) => (
        <li key={test.test_id} className={classes.step}>
          <Moment at={test.created_at} />
          <Text size="sm">
            {test.address} · {languageName(test.language, language)} ·{' '}
            {textOf(`messages:testStatuses.${test.status}`, test.status)}
            {test.detail ? ` · ${test.detail}` : ''}
          </Text>
        </li>
      ))}
    </ol>
  )
}
