/** What went out, and what does it wait for? Mailings, newest first. */
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { channelText, MessageParts } from './parts.tsx'

type SendListRow = Row<'GET /v1/admin/sends'>
const pageSize = 25
const tones: Record<string, Tone> = {
  done: 'good',
  reporting: 'warn',
  open: 'busy',
  paused: 'warn',
  cancelled: 'quiet',
}

export default function SendsPage() {
  const { t } = useTexts()
  const list = useList('GET /v1/admin/sends', { query: { limit: pageSize } })
  return (
    <Page title={t('messages:tabs.sends')} question={t('messages:sendsQuestion')}>
      <MessageParts here="sends" />
      <DataGrid
        label={t('messages:tabs.sends')}
        columns={useSendColumns()}
        list={list}
        row_key={(row) => row.send_id}
        to={(row) => `/messages/sends/${row.send_id}`}
        empty={<Empty icon="messages" title={t('messages:sendsEmpty')} hint={t('messages:sendsEmptyHint')} />}
      />
    </Page>
  )
}

interface StateOf {
  status: string
  trouble: unknown
  done: boolean
  /** Some of it lies in a list, or with a vendor who has not reported it. */
  awaits_report: boolean
}

/** The state of a mailing; one that waits for its channel or for a vendor says so. */
export function SendState({ status, trouble, done, awaits_report }: StateOf) {
  useTexts()
  const state = status !== 'open' || !done ? status : awaits_report ? 'reporting' : 'done'
  return (
    <StateBadge tone={trouble ? 'bad' : (tones[state] ?? 'quiet')}>
      {textOf(`messages:sendStatuses.${state}`, state)}
    </StateBadge>
  )
}

function useSendColumns(): Column<SendListRow>[] {
  const { t } = useTexts()
  return [
    {
      key: 'template',
      title: t('messages:template'),
      render: (row) => row.template_name,
      value: (row) => row.template_name,
    },
    {
      key: 'origin',
      title: t('messages:purpose'),
      priority: 3,
      value: (row) => row.origin,
      render: (row) => textOf(`messages:origins.${row.origin}`, row.origin),
    },
    {
      key: 'channel',
      title: t('messages:channel'),
      priority: 2,
      render: (row) => channelText(row.channel),
      value: (row) => row.channel,
    },
    {
      key: 'status',
      title: t('messages:status'),
      value: (row) => row.status,
      render: (row) => <SendState {...row} done={row.is_done} />,
    },
    {
      key: 'begun',
      title: t('messages:begun'),
      align: 'right',
      render: (row) => <Moment at={row.created_at} />,
      value: (row) => row.created_at,
    },
  ]
}
