/** Where do members buy, and which store asks people to join? */
import { Table } from '@mantine/core'
import type { Answer } from '../../kit/call.ts'
import { Chart } from '../../kit/chart.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { NumberDoor } from '../../kit/number-door.tsx'
import { Section } from '../../kit/page.tsx'
import { useCall } from '../../kit/use-call.ts'
import { all, ordersAddress, peopleAddress, type Rule } from '../people.ts'
import { ReportPage, useRange } from './report-page.tsx'

type Store = Answer<'GET /v1/admin/reports/stores'>['data'][number]
interface Range {
  from: string
  to: string
}

export default function StoresReportPage() {
  const { t } = useTexts()
  const range = useRange()
  const { from, to } = range
  const read = useCall('GET /v1/admin/reports/stores', { query: { from, to } })
  return (
    <ReportPage
      name="stores"
      read={read}
      controls={range.control}
      download={{ from, to }}
      isEmpty={({ data }) => data.length === 0}
      answer={({ data }) => <StoresAnswer rows={data} />}
    >
      {({ data }) => (
        <>
          <Section>
            <ShareChart rows={data} />
          </Section>
          <Section title={t('reports:stores.title')}>
            <StoresTable rows={data} range={{ from, to }} />
          </Section>
        </>
      )}
    </ReportPage>
  )
}

function useStoreName(): (row: Store) => string {
  const { t } = useTexts()
  return (row) => row.name ?? row.code ?? t('reports:stores.noStore')
}

function StoresAnswer({ rows }: { rows: Store[] }) {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useStoreName()
  const net = rows.reduce((sum, row) => sum + row.net_minor, 0)
  const members = rows.reduce((sum, row) => sum + row.member_net_minor, 0)
  const share = net > 0 ? format.percent(members / net) : nothing
  const best = most(rows, 'member_share')
  // where nobody but members buys, there is nobody to ask
  const joining = most(
    rows.filter((row) => row.guest_orders > 0),
    'joining_rate',
  )
  if (!best || !joining || rows.length < 2) return t('reports:stores.answerShort', { share })
  return t('reports:stores.answer', {
    share,
    best: nameOf(best),
    best_share: format.percent(best.member_share),
    joining: nameOf(joining),
    joining_rate: format.percent(joining.joining_rate),
  })
}

function most(rows: Store[], key: 'member_share' | 'joining_rate'): Store | undefined {
  return rows.filter((row) => row.store_id !== null && row[key] !== null).sort((a, b) => b[key]! - a[key]!)[0]
}

function ShareChart({ rows }: { rows: Store[] }) {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useStoreName()
  const sorted = [...rows].sort((a, b) => (b.member_share ?? -1) - (a.member_share ?? -1))
  const best = sorted[0]!
  return (
    <Chart
      kind="bar"
      horizontal
      height={Math.max(160, 60 + sorted.length * 34)}
      title={t('reports:stores.chart', { best: nameOf(best), best_share: format.percent(best.member_share) })}
      definition={t('reports:stores.definition')}
      x={{ name: t('reports:stores.store'), values: sorted.map(nameOf) }}
      y={{
        name: t('reports:stores.memberShare'),
        format: (share) => format.percent(share, 1),
        mark: (share) => format.percent(share),
        max: 1,
      }}
      series={[{ name: t('reports:stores.memberShare'), color: 0, values: sorted.map((row) => row.member_share) }]}
      download="stores"
    />
  )
}

function StoresTable({ rows, range }: { rows: Store[]; range: Range }) {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useStoreName()
  return (
    <Table.ScrollContainer minWidth={620} type="native">
      <Table verticalSpacing={6} aria-label={t('reports:stores.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('reports:stores.store')}</Table.Th>
            {(['sales', 'orders', 'memberShare', 'guestOrders', 'joined', 'joiningRate'] as const).map((key) => (
              <Table.Th key={key} scope="col" ta="right">
                {t(`reports:stores.${key}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.store_id ?? 'none'}>
              <Table.Th scope="row" fw={400}>
                {nameOf(row)}
              </Table.Th>
              <Table.Td ta="right">{format.money(row.net_minor)}</Table.Td>
              <Table.Td ta="right">
                <NumberDoor value={format.number(row.orders)} to={ordersOf(row, range)} />
              </Table.Td>
              <Table.Td ta="right">
                <NumberDoor
                  value={format.percent(row.member_share, 1)}
                  to={row.member_net_minor > 0 ? buyersAt(row, range) : undefined}
                />
              </Table.Td>
              <Table.Td ta="right">
                <NumberDoor
                  value={format.number(row.guest_orders)}
                  to={row.guest_orders > 0 ? ordersOf(row, range, 'guest') : undefined}
                />
              </Table.Td>
              <Table.Td ta="right">
                <NumberDoor
                  value={format.number(row.joined)}
                  to={row.joined > 0 ? joinedAt(row, range) : undefined}
                />
              </Table.Td>
              <Table.Td ta="right">{format.percent(row.joining_rate, 1)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** The purchases there in the period: all of them, or those of people who have not joined. */
function ordersOf({ store_id }: Store, range: Range, buyer?: 'guest'): string {
  return ordersAddress({ ...range, store_id: store_id ?? 'none', counted: true, ...(buyer ? { buyer } : {}) })
}

/** Members who bought there in the period. */
function buyersAt({ store_id }: Store, { from, to }: Range): string {
  const where: Rule[] =
    store_id === null
      ? [{ field: 'store', operator: 'is_not_known' }]
      : [{ field: 'store', operator: 'equals', value: store_id }]
  return peopleAddress(all({ field: 'purchases', operator: 'at_least', value: 1, where, within: { from, to } }))
}

/** Members who joined there in the period. */
function joinedAt({ store_id }: Store, { from, to }: Range): string {
  return peopleAddress(
    all(
      store_id === null
        ? { field: 'join_store', operator: 'is_not_known' }
        : { field: 'join_store', operator: 'equals', value: store_id },
      { field: 'joined_at', operator: 'within', value: { from, to } },
    ),
  )
}
