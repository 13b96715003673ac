/** The columns of a list of members. */
import { Text } from '@mantine/core'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { Day, Moment } from '../../kit/moment.tsx'
import { isState } from './words.ts'

export type MemberRow = Row<'GET /v1/admin/members'>

const tones: Record<string, Tone> = {
  new: 'good',
  active: 'good',
  back: 'good',
  drowsy: 'warn',
  asleep: 'bad',
  lost: 'quiet',
}

/** A state of a member's rhythm, as a word with its shape. */
export function MemberState({ state }: { state: string | null }) {
  const { t } = useTexts()
  if (!isState(state))
    return (
      <Text span c="dimmed">
        {nothing}
      </Text>
    )
  return <StateBadge tone={tones[state] ?? 'quiet'}>{t(`members:states.${state}`)}</StateBadge>
}

export function useMemberColumns(): Column<MemberRow>[] {
  return [...usePersonColumns(), ...useFigureColumns()]
}

/** Who they are and where they stand. */
function usePersonColumns(): Column<MemberRow>[] {
  const { t, language } = useTexts()
  const stateName = (state: string | null) => (isState(state) ? t(`members:states.${state}`) : state)
  return [
    {
      key: 'name',
      title: t('members:name'),
      render: (row) => nameOf(row, t('members:unnamed')),
      value: (row) => row.display_name,
    },
    {
      key: 'contact',
      title: t('members:contact'),
      priority: 3,
      render: (row) => (
        <Text span c="dimmed" size="sm">
          {row.phone ?? row.email ?? nothing}
        </Text>
      ),
      value: (row) => row.phone,
    },
    {
      key: 'tier',
      title: t('members:tier'),
      priority: 2,
      render: (row) => nameIn(row.tier_names, language, row.tier_code ?? nothing),
      value: (row) => row.tier_code,
    },
    {
      key: 'state',
      title: t('members:state'),
      render: (row) => <MemberState state={row.state} />,
      value: (row) => stateName(row.state),
    },
  ]
}

/** What they have and did. */
function useFigureColumns(): Column<MemberRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    {
      key: 'points',
      title: t('members:points'),
      align: 'right',
      priority: 2,
      render: (row) => format.points(row.active_points),
      value: (row) => row.active_points,
    },
    {
      key: 'orders',
      title: t('members:orders'),
      align: 'right',
      priority: 2,
      render: (row) => format.number(row.order_count),
      value: (row) => row.order_count,
    },
    {
      key: 'net',
      title: t('members:net'),
      align: 'right',
      render: (row) => format.money(row.net_minor),
      value: (row) => row.net_minor / 10 ** format.currency_decimals,
    },
    {
      key: 'last_order',
      title: t('members:lastOrder'),
      align: 'right',
      render: (row) => <Moment at={row.last_order_at} fallback={t('members:never')} />,
      value: (row) => row.last_order_at,
    },
    {
      key: 'joined',
      title: t('members:joined'),
      align: 'right',
      priority: 3,
      render: (row) => <Day on={row.joined_at} />,
      value: (row) => row.joined_at,
    },
  ]
}

function nameOf(row: MemberRow, unnamed: string): string {
  return row.display_name ?? row.phone ?? row.email ?? unnamed
}
