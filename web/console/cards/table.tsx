/** The columns of the lists of cards and of who holds one. */
import { Text } from '@mantine/core'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { useDesignColumns } from '../design-columns.tsx'
import { Slots } from './picture.tsx'
import { useCardSentence, useUnits, type Card } from './words.ts'

export type Holder = Row<'GET /v1/admin/cards/:card_definition_id/members'>

export function useCardColumns(): Column<Card>[] {
  const { t } = useTexts()
  const format = useFormat()
  const sentence = useCardSentence()
  const units = useUnits()
  const columns = useDesignColumns<Card>('cards', {
    id: (row) => row.card_definition_id,
    line: (row) => sentence(row.rule),
  })
  return [
    columns.name,
    {
      key: 'kind',
      title: t('cards:kind'),
      priority: 2,
      value: (row) => t(`cards:kinds.${row.kind}`),
      render: (row) => t(`cards:kinds.${row.kind}`),
    },
    columns.status,
    {
      key: 'cards',
      title: t('cards:members'),
      align: 'right',
      value: (row) => row.cards,
      render: (row) => format.number(row.cards),
    },
    {
      key: 'balance',
      title: t('cards:balance'),
      align: 'right',
      value: (row) => row.units,
      render: (row) => units(row.kind, row.units),
    },
    {
      key: 'rounds',
      title: t('cards:rounds'),
      priority: 3,
      align: 'right',
      value: (row) => row.rounds,
      render: (row) => (row.kind === 'stamps' ? format.number(row.rounds) : ''),
    },
  ]
}

export function useHolderColumns(kind: Card['kind'], size: number): Column<Holder>[] {
  const { t } = useTexts()
  const format = useFormat()
  const units = useUnits()
  return [
    {
      key: 'member',
      title: t('cards:member'),
      value: (row) => row.display_name ?? row.member_id,
      render: (row) => row.display_name ?? row.member_id,
    },
    {
      key: 'balance',
      title: t('cards:balance'),
      value: (row) => row.balance,
      render: (row) =>
        kind === 'stamps' ? (
          <>
            <Slots stamped={row.balance} size={row.size ?? size} small />
            {row.debt > 0 && (
              <Text span size="xs" c="dimmed">
                {t('cards:owing', { owed: format.number(row.debt) })}
              </Text>
            )}
          </>
        ) : (
          units(kind, row.balance)
        ),
    },
    ...(kind === 'stamps'
      ? [
          {
            key: 'rounds',
            title: t('cards:rounds'),
            align: 'right' as const,
            value: (row: Holder) => row.rounds,
            render: (row: Holder) => format.number(row.rounds),
          },
        ]
      : []),
    {
      key: 'updated_at',
      title: t('cards:lastUsed'),
      priority: 2,
      value: (row) => row.updated_at,
      render: (row) => <Moment at={row.updated_at} />,
    },
  ]
}
