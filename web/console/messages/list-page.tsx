/** What was sent, to whom, and did it arrive? Every message, newest first; the outbox is one of the channels. */
import { Button, Group, Select, Text } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import type { Input, Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { channelText, MessageParts, MessageState, reasonText } from './parts.tsx'

type MessageRow = Row<'GET /v1/admin/messages'>
type Status = NonNullable<NonNullable<Input<'GET /v1/admin/messages'>['query']>['status']>
const pageSize = 25
const channels = ['outbox', 'email', 'file'] as const
const statuses = [
  'waiting',
  'sending',
  'listed',
  'accepted',
  'uncertain',
  'delivered',
  'bounced',
  'refused',
  'failed',
  'cancelled',
] as const satisfies readonly Status[]

export default function MessagesListPage() {
  const { t } = useTexts()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const { channel, send_id, member_id } = address
  const status = statuses.find((one) => one === address['status'])
  const list = useList('GET /v1/admin/messages', {
    query: {
      limit: pageSize,
      ...(channel ? { channel } : {}),
      ...(status ? { status } : {}),
      ...(send_id ? { send_id } : {}),
      ...(member_id ? { member_id } : {}),
    },
  })
  const send = send_id && list.rows?.[0]?.template_name
  return (
    <Page title={t('messages:title')} question={t('messages:question')}>
      <MessageParts here="list" />
      <DataGrid
        label={t('messages:title')}
        columns={useMessageColumns()}
        list={list}
        row_key={(row) => String(row.message_id)}
        to={(row) => `/messages/${row.message_id}`}
        download="messages"
        filters={<Filters channel={channel} status={status} set={setAddress} />}
        chosen={[
          channel && { text: channelText(channel), drops: ['channel'], has_field: true },
          status && { text: t(`messages:statuses.${status}`), drops: ['status'], has_field: true },
          send_id && {
            text: send ? t('messages:ofSend', { name: send }) : t('messages:oneSend'),
            drops: ['send_id'],
          },
          member_id && { text: t('messages:ofMember'), drops: ['member_id'] },
        ]}
        none_fit={t('messages:emptyFilter')}
        empty={
          <Empty
            icon="messages"
            title={t('messages:emptyTitle')}
            hint={t('messages:emptyHint')}
            action={
              may('campaigns:write') && (
                <Button component={Door} to="/campaigns/new" variant="default">
                  {t('messages:emptyAction')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}

interface FiltersProps {
  channel: string | undefined
  status: string | undefined
  set: (changes: Record<string, string | null>) => void
}

function Filters({ channel, status, set }: FiltersProps) {
  const { t } = useTexts()
  return (
    <>
      <Select
        aria-label={t('messages:channel')}
        value={channel ?? null}
        onChange={(chosen) => set({ channel: chosen })}
        clearable
        w={190}
        placeholder={t('messages:allChannels')}
        data={channels.map((one) => ({ value: one, label: t(`messages:channels.${one}`) }))}
      />
      <Select
        aria-label={t('messages:status')}
        value={status ?? null}
        onChange={(chosen) => set({ status: chosen })}
        clearable
        w={160}
        placeholder={t('messages:allStatuses')}
        data={statuses.map((one) => ({ value: one, label: t(`messages:statuses.${one}`) }))}
      />
    </>
  )
}

function useMessageColumns(): Column<MessageRow>[] {
  const { t } = useTexts()
  const nameOf = (row: MessageRow) => row.display_name ?? row.address ?? t('messages:unnamed')
  const reaction = (row: MessageRow) =>
    row.clicked_at ? t('messages:clicked') : row.opened_at ? t('messages:opened') : nothing
  return [
    { key: 'member', title: t('messages:member'), render: nameOf, value: nameOf },
    {
      key: 'subject',
      title: t('messages:subject'),
      priority: 2,
      value: (row) => row.subject || row.template_name,
      render: (row) => (
        <Text span size="sm" display="block" maw={360} truncate="end">
          {row.subject || row.template_name}
        </Text>
      ),
    },
    {
      key: 'status',
      title: t('messages:status'),
      value: (row) => row.status,
      render: (row) => (
        <Group gap={6} wrap="nowrap">
          <MessageState status={row.status} />
          {row.reason && (
            <Text span size="sm" c="dimmed" maw={220} truncate="end">
              {reasonText(row.reason)}
            </Text>
          )}
        </Group>
      ),
    },
    { key: 'reaction', title: t('messages:reaction'), priority: 2, render: reaction, value: reaction },
    {
      key: 'channel',
      title: t('messages:channel'),
      priority: 3,
      value: (row) => row.channel,
      render: (row) => (
        <Text span size="sm" c="dimmed">
          {channelText(row.channel)}
        </Text>
      ),
    },
    {
      key: 'at',
      title: t('messages:at'),
      align: 'right',
      render: (row) => <Moment at={row.sent_at ?? row.queued_at} />,
      value: (row) => row.sent_at ?? row.queued_at,
    },
  ]
}
