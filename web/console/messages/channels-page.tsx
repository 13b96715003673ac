/** By which ways do messages leave? Each channel, and the settings of those that need some. */
import { Stack, Text } from '@mantine/core'
import { StateBadge } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Failed } from '../../kit/states.tsx'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { EmailForm } from './email-form.tsx'
import { channelText, MessageParts } from './parts.tsx'

export type ChannelRow = Row<'GET /v1/admin/channels'>

export default function ChannelsPage() {
  const { t } = useTexts()
  const read = useCall('GET /v1/admin/channels')
  const email = read.data?.data.find(({ channel }) => channel === 'email')
  const host = email?.settings['host']
  const answer =
    email?.configured && typeof host === 'string'
      ? t('messages:channelsAnswerEmail', { host })
      : t('messages:channelsAnswerNone')
  return (
    <Page
      title={t('messages:tabs.channels')}
      question={t('messages:channelsQuestion')}
      width="narrow"
      answer={read.data && answer}
    >
      <MessageParts here="channels" />
      {read.isError && !read.data && <Failed error={read.error} retry={() => void read.refetch()} />}
      {read.isPending && <BlockSkeleton height={320} />}
      {read.data?.data.map((row) => (
        <One key={row.channel} row={row} />
      ))}
    </Page>
  )
}

function One({ row }: { row: ChannelRow }) {
  const { t } = useTexts()
  const may = useMay()
  const state = (
    <StateBadge tone={row.configured ? 'good' : 'quiet'}>
      {t(row.configured ? 'messages:ready' : 'messages:notReady')}
    </StateBadge>
  )
  const hint =
    row.channel === 'email' || row.channel === 'file' || row.channel === 'outbox'
      ? t(`messages:channelHints.${row.channel}`)
      : undefined
  return (
    <Section title={channelText(row.channel)} hint={hint} aside={state}>
      {row.channel === 'outbox' && may('members:erase') && (
        <Door to="/program/letters">{t('brand:readLetters')}</Door>
      )}
      {row.channel === 'email' && may('program:write') && (
        <Stack gap="xs">
          {row.updated_at && <ChangedAt at={row.updated_at} />}
          <EmailForm row={row} />
        </Stack>
      )}
    </Section>
  )
}

function ChangedAt({ at }: { at: string }) {
  const { t } = useTexts()
  // the sentence around a time that shows its minute on hover
  const [before = '', after = ''] = t('messages:changedAt', { ago: '\u0000' }).split('\u0000')
  return (
    <Text size="sm" c="dimmed">
      {before}
      <Moment at={at} />
      {after}
    </Text>
  )
}
