/** What stands behind a number of the tills' days. */
import { useAddress } from '../../kit/address.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import type { Row } from '../../kit/call.ts'
import { useList } from '../../kit/use-call.ts'

const entryKinds = ['orders', 'members', 'joined', 'privileges', 'refunds', 'top_ups'] as const
type EntryKind = (typeof entryKinds)[number]
const givenKinds = ['receipts', 'points'] as const
type GivenKind = (typeof givenKinds)[number]

interface Range {
  from: string
  to: string
  store_id?: string
}

export default function TillEntriesPage() {
  const { t } = useTexts()
  const format = useFormat()
  const [address] = useAddress()
  const today = format.today()
  const { of, from = today, to = today, store_id, actor } = address
  const range = { from, to, ...(store_id ? { store_id } : {}) }
  const given = givenKinds.find((one) => one === of)
  const kind = entryKinds.find((one) => one === of) ?? 'orders'
  return (
    <Page
      title={t(`till:of.${given ?? kind}`)}
      question={from === to ? format.day(from) : t('till:fromTo', { from: format.day(from), to: format.day(to) })}
      above={[{ title: t('till:title'), to: '/till' }]}
    >
      {given ? <Given range={range} kind={given} /> : <Entries range={range} kind={kind} actor={actor} />}
    </Page>
  )
}

function Person({ member_id, name }: { member_id: string | null; name: string | null }) {
  const { t } = useTexts()
  if (!member_id) return t('till:noMember')
  return (
    <Door className="rg-door" to={`/members/${member_id}`}>
      {name ?? t('till:unnamed')}
    </Door>
  )
}

type Entry = Row<'GET /v1/admin/till-entries'>

function Entries({ range, kind, actor }: { range: Range; kind: EntryKind; actor: string | undefined }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const list = useList('GET /v1/admin/till-entries', { query: { ...range, of: kind, ...(actor ? { actor } : {}) } })
  const what = ({ number, names, order_id, note }: Entry) => {
    if (names) return [nameIn(names, language, nothing), note].filter(Boolean).join(' · ')
    if (!number) return nothing
    if (!order_id) return number
    return (
      <Door className="rg-door" to={`/orders/${order_id}`}>
        {number}
      </Door>
    )
  }
  const columns: Column<Entry>[] = [
    {
      key: 'at',
      title: t('till:columns.at'),
      priority: 1,
      value: (row) => row.at,
      render: (row) => <Moment at={row.at} />,
    },
    {
      key: 'who',
      title: t('till:columns.who'),
      priority: 1,
      value: (row) => row.display_name,
      render: (row) => <Person member_id={row.member_id} name={row.display_name} />,
    },
    { key: 'what', title: t('till:columns.what'), priority: 2, value: (row) => row.number, render: what },
    {
      key: 'amount',
      title: t('till:columns.amount'),
      align: 'right',
      priority: 2,
      value: (row) => row.amount_minor,
      render: (row) => (row.amount_minor === null ? nothing : format.money(row.amount_minor)),
    },
    {
      key: 'actor',
      title: t('till:columns.actor'),
      priority: 2,
      value: (row) => row.actor_name,
      render: (row) =>
        row.actor_name && row.approved_by_name
          ? t('till:approvedBy', { name: row.actor_name, manager: row.approved_by_name })
          : (row.actor_name ?? t('till:nobody')),
    },
  ]
  return (
    <DataGrid
      columns={columns}
      list={list}
      label={t(`till:of.${kind}`)}
      row_key={(row) => `${row.at} ${row.number} ${row.member_id}`}
      download={`till-${kind}`}
      empty={<Empty icon="stores" title={t('till:empty')} />}
    />
  )
}

type GivenRow = Row<'GET /v1/admin/till-given'>

function Given({ range, kind }: { range: Range; kind: GivenKind }) {
  const { t } = useTexts()
  const format = useFormat()
  const list = useList('GET /v1/admin/till-given', { query: { ...range, kind } })
  const columns: Column<GivenRow>[] = [
    {
      key: 'at',
      title: t('till:columns.at'),
      priority: 1,
      value: (row) => row.given_at,
      render: (row) => <Moment at={row.given_at} />,
    },
    {
      key: 'who',
      title: t('till:columns.who'),
      priority: 1,
      value: (row) => row.display_name,
      render: (row) => <Person member_id={row.member_id} name={row.display_name} />,
    },
    {
      key: 'what',
      title: t('till:columns.what'),
      priority: 2,
      value: (row) => row.number,
      render: (row) =>
        row.order_id ? (
          <Door className="rg-door" to={`/orders/${row.order_id}`}>
            {`${row.number} · ${t(`till:given.${row.kind}`)}`}
          </Door>
        ) : (
          t(`till:given.${row.kind}`)
        ),
    },
    {
      key: 'amount',
      title: t('till:columns.amount'),
      align: 'right',
      priority: 2,
      value: (row) => row.amount,
      render: (row) => (row.kind === 'points' ? format.points(row.amount) : format.money(row.amount)),
    },
    {
      key: 'reason',
      title: t('till:columns.reason'),
      priority: 2,
      value: (row) => row.reason,
      render: (row) => row.reason,
    },
    {
      key: 'actor',
      title: t('till:columns.actor'),
      priority: 2,
      value: (row) => row.actor_name,
      render: (row) =>
        row.approved_by_name
          ? t('till:approvedBy', { name: row.actor_name, manager: row.approved_by_name })
          : row.actor_name,
    },
  ]
  return (
    <DataGrid
      columns={columns}
      list={list}
      label={t(`till:of.${kind}`)}
      row_key={(row) => `${row.given_at} ${row.member_id} ${row.order_id}`}
      download={`till-${kind}`}
      empty={<Empty icon="stores" title={t('till:empty')} />}
    />
  )
}
