/** The columns of a list of segments, and of the people in one. */
import { Group, Text } from '@mantine/core'
import { StateBadge } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Day, Moment } from '../../kit/moment.tsx'
import { MemberState } from '../members/table.tsx'

export type SegmentRow = Row<'GET /v1/admin/segments'>
export type PersonRow = Row<'GET /v1/admin/segments/:segment_id/people'>

/** Counted every night: older than a day and some hours means that a night was missed. */
const oldHours = 26

/** Is this count older than it should be? */
export function isOld(size: SegmentRow['size'], now: number): boolean {
  return size !== null && now - new Date(size.computed_at).getTime() > oldHours * 3_600_000
}

export function useSegmentColumns(now: number): Column<SegmentRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    { key: 'name', title: t('segments:name'), value: (row) => row.name, render: (row) => row.name },
    {
      key: 'note',
      title: t('segments:note'),
      priority: 3,
      value: (row) => row.note,
      render: (row) => (
        <Text span c="dimmed" size="sm" maw={320} truncate="end" display="block">
          {row.note}
        </Text>
      ),
    },
    {
      key: 'size',
      title: t('segments:size'),
      align: 'right',
      value: (row) => row.size?.count,
      render: (row) => format.number(row.size?.count),
    },
    {
      key: 'counted',
      title: t('segments:counted'),
      align: 'right',
      value: (row) => row.size?.computed_at,
      render: (row) => (
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {isOld(row.size, now) && <StateBadge tone="warn">{t('segments:old')}</StateBadge>}
          <Moment at={row.size?.computed_at} fallback={t('segments:never')} />
        </Group>
      ),
    },
    {
      key: 'kind',
      title: t('segments:kind'),
      priority: 3,
      value: (row) => t(`segments:kinds.${row.kind}`),
      render: (row) => (
        <Text span c="dimmed" size="sm">
          {t(`segments:kinds.${row.kind}`)}
        </Text>
      ),
    },
    {
      key: 'changed',
      title: t('segments:changed'),
      align: 'right',
      priority: 3,
      value: (row) => row.updated_at,
      render: (row) => <Moment at={row.updated_at} />,
    },
  ]
}

export function usePersonColumns(): Column<PersonRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = (row: PersonRow) => row.display_name ?? row.phone ?? row.email ?? t('segments:unnamed')
  return [
    { key: 'name', title: t('members:name'), render: nameOf, value: nameOf },
    {
      key: 'contact',
      title: t('segments:contact'),
      priority: 2,
      value: (row) => row.phone ?? row.email,
      render: (row) => (
        <Text span c="dimmed" size="sm">
          {row.phone ?? row.email ?? nothing}
        </Text>
      ),
    },
    {
      key: 'state',
      title: t('segments:state'),
      render: (row) => <MemberState state={row.state} />,
      value: (row) => row.state,
    },
    {
      key: 'orders',
      title: t('segments:orders'),
      align: 'right',
      priority: 2,
      render: (row) => format.number(row.order_count),
      value: (row) => row.order_count,
    },
    {
      key: 'net',
      title: t('segments:net'),
      align: 'right',
      render: (row) => format.money(row.net_minor),
      value: (row) => row.net_minor / 10 ** format.currency_decimals,
    },
    {
      key: 'last_order',
      title: t('segments:lastOrder'),
      align: 'right',
      render: (row) => <Day on={row.last_order_on} />,
      value: (row) => row.last_order_on,
    },
    {
      key: 'joined',
      title: t('segments:joined'),
      align: 'right',
      priority: 3,
      render: (row) => <Day on={row.joined_at?.slice(0, 10)} />,
      value: (row) => row.joined_at,
    },
  ]
}
