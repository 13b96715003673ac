/** The columns of a list of orders. */
import { Text } from '@mantine/core'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { OrderState, useBuyerName, useSourceName, type OrderRow } from './words.tsx'

export function useOrderColumns(): Column<OrderRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const buyer = useBuyerName()
  const sourceName = useSourceName()
  return [
    { key: 'number', title: t('orders:number'), render: (row) => row.source_id },
    {
      key: 'member',
      title: t('orders:member'),
      render: (row) => (
        <Text span inherit c={row.member_kind === 'walk_in' ? 'dimmed' : ''} maw={220} truncate="end" display="block">
          {buyer(row)}
        </Text>
      ),
    },
    { key: 'status', title: t('orders:status'), priority: 2, render: (row) => <OrderState order={row} /> },
    { key: 'store', title: t('orders:store'), priority: 2, render: (row) => row.store_name ?? nothing },
    {
      key: 'source',
      title: t('orders:source'),
      priority: 3,
      render: (row) => (
        <Text span c="dimmed" size="sm">
          {sourceName(row.source)}
        </Text>
      ),
    },
    {
      key: 'net',
      title: t('orders:net'),
      align: 'right',
      render: (row) => <span className="rg-figures">{format.money(row.net_minor)}</span>,
    },
    {
      key: 'refunded',
      title: t('orders:refunded'),
      align: 'right',
      priority: 3,
      render: (row) => (row.refunded_minor > 0 ? format.money(row.refunded_minor) : nothing),
    },
    { key: 'when', title: t('orders:when'), align: 'right', render: (row) => <Moment at={row.occurred_at} /> },
  ]
}
