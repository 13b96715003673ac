/** Lists for an SMS vendor: make one, download it, and bring the vendor's delivery report back. */
import { Button, FileButton, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { client, type Answer } from '../../kit/call.ts'
import { Confirm } from '../../kit/confirm.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Moment } from '../../kit/moment.tsx'
import { Section } from '../../kit/page.tsx'
import { Notice, Refused } from '../../kit/states.tsx'
import { useWrite } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import classes from './parts.module.css'
import type { SendDetail } from './send-page.tsx'

export function SendLists({ send }: { send: SendDetail }) {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const make = useWrite('POST /v1/admin/sends/:send_id/lists', { touches: ['messages', 'campaigns'] })
  const listed = send.counts.by_status['listed'] ?? 0
  const count = format.number(listed)
  return (
    <Section title={t('messages:lists')} hint={t('messages:listsHint')}>
      <Stack gap="md">
        {listed > 0 && may('messages:write') && (
          <div>
            <Button onClick={() => setAsking(true)}>{t('messages:makeList', { count })}</Button>
            <Confirm
              opened={asking}
              close={() => setAsking(false)}
              title={t('messages:makeListTitle', { count })}
              verb={t('messages:makeList', { count })}
              act={() => make.mutateAsync({ params: { send_id: send.send_id } })}
            >
              {t('messages:makeListText')}
            </Confirm>
          </div>
        )}
        {send.lists.length > 0 && (
          <ul className={classes.trail}>
            {send.lists.map((list) => (
              <li key={list.list_id} className={classes.step}>
                <span>
                  {t('messages:listName', { no: format.number(list.list_no) })} · <Moment at={list.created_at} />
                </span>
                <Group gap="md">
                  <Text size="sm">
                    {t('messages:listRows', { count: list.row_count, rows: format.number(list.row_count) })}
                  </Text>
                  {list.left_out > 0 && (
                    <Text size="sm" c="dimmed">
                      {t('messages:listLeftOut', { count: format.number(list.left_out) })}
                    </Text>
                  )}
                  <Button
                    size="xs"
                    variant="default"
                    component="a"
                    download
                    leftSection={<Icon name="download" size={14} />}
                    href={client.address('GET /v1/admin/lists/:list_id/file', { params: { list_id: list.list_id } })}
                  >
                    {t('messages:download')}
                  </Button>
                </Group>
              </li>
            ))}
          </ul>
        )}
        {send.lists.length > 0 && may('messages:write') && <Report send_id={send.send_id} />}
      </Stack>
    </Section>
  )
}

type Outcome = Answer<'POST /v1/admin/sends/:send_id/reports'>
/** Enough to see what the vendor calls things. */
const unclearShown = 5

function Report({ send_id }: { send_id: string }) {
  const { t } = useTexts()
  const format = useFormat()
  const upload = useWrite('POST /v1/admin/sends/:send_id/reports', { touches: ['messages', 'campaigns'] })
  const send = (file: File | null) => {
    if (!file) return
    const form = new FormData()
    form.append('file', file)
    // the route streams its body, so the table knows no schema for it
    upload.mutate({ params: { send_id }, body: form } as never)
  }
  const outcome = upload.data as Outcome | undefined
  return (
    <Stack gap="xs">
      <Text fw={600}>{t('messages:report')}</Text>
      <Text size="sm" c="dimmed">
        {t('messages:reportHint')}
      </Text>
      <FileButton onChange={send} accept=".csv,text/csv">
        {(props) => (
          <Button
            {...props}
            variant="default"
            loading={upload.isPending}
            leftSection={<Icon name="upload" size={15} />}
            w="fit-content"
          >
            {t('messages:reportUpload')}
          </Button>
        )}
      </FileButton>
      {upload.isError && <Refused error={upload.error} />}
      {outcome && (
        <Notice kind={outcome.stray.length + outcome.unclear.length > 0 ? 'warn' : 'good'}>
          {t('messages:reportAnswer', {
            rows: format.number(outcome.rows),
            matched: format.number(outcome.matched),
            known: format.number(outcome.known),
            stray: format.number(outcome.stray.length),
          })}
          {outcome.unclear.length > 0 && (
            <Text size="sm">
              {t('messages:reportUnclear', {
                lines: format.list(
                  outcome.unclear.slice(0, unclearShown).map((one) => t('messages:reportLine', one)),
                ),
              })}
            </Text>
          )}
        </Notice>
      )}
    </Stack>
  )
}
