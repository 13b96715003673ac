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
] as const

export default function MessagesListPage() {
  const { t } = useTexts()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const { channel, status, send_id, member_id } = address
  const filtered = Boolean(channel || status || send_id || member_id)
  const list = useList('GET /v1/admin/messages', {
    query: {
      limit: pageSize,
      ...(channel ? { channel } : {}),
      ...(status ? { status: status as Status } : {}),
      ...(send_id ? { send_id } : {}),
      ...(member_id ? { member_id } : {}),
    },
  })
  return (
    <Page title={t('messages:title')} question={t('messages:question')}>
      <MessageParts here="list" />
      {(send_id || member_id) && (
        <Group gap="sm">
          <Text size="sm">
            {send_id ? t('messages:ofSend', { name: list.rows?.[0]?.template_name ?? '…' }) : t('messages:ofMember')}
          </Text>
          <Button size="xs" variant="default" onClick={() => setAddress({ send_id: null, member_id: null })}>
            {t('messages:showAll')}
          </Button>
        </Group>
      )}
      <DataGrid
        label={t('messages:title')}
        columns={useMessageColumns()}
        list={list}
        row_key={(row) => String(row.message_id)}
        to={(row) => `/messages/${row.message_id}`}
        download="messages"
        filters={<Filters channel={channel} status={status} set={setAddress} />}
        empty={
          filtered ? (
            <Empty icon="messages" title={t('messages:emptyFilter')} />
          ) : (
            <Empty
              icon="messages"
              title={t('messages:emptyTitle')}
              hint={t('messages:emptyHint')}
              action={
                may('campaigns:write') ? (
                  <Button component={Door} to="/campaigns/new" variant="default">
                    {t('messages:emptyAction')}
                  </Button>
                ) : undefined
              }
            />
          )
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
