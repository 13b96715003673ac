/** The columns of the list of moments, and of what one gave. */
import { Text } from '@mantine/core'
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { Moment as When } from '../../kit/moment.tsx'
import { NumberDoor } from '../../kit/number-door.tsx'
import { useDesignColumns } from '../design-columns.tsx'
import { useMomentSentence, useMomentState, useMomentWhy, type Given, type MomentState } from './words.ts'

export type MomentRow = Row<'GET /v1/admin/moments'>

const tones: Record<MomentState, Tone> = { active: 'good', to_come: 'busy', over: 'quiet', stopped: 'quiet' }

export function useMomentColumns(): Column<MomentRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const sentence = useMomentSentence()
  const stateOf = useMomentState()
  const columns = useDesignColumns<MomentRow>('moments', {
    id: (row) => row.moment_id,
    line: (row) => sentence(row.rule),
  })
  return [
    columns.name,
    {
      ...columns.status,
      value: (row) => t(`moments:statuses.${stateOf(row)}`),
      render: (row) => <StateBadge tone={tones[stateOf(row)]}>{t(`moments:statuses.${stateOf(row)}`)}</StateBadge>,
    },
    {
      key: 'given',
      title: t('moments:given'),
      align: 'right',
      value: (row) => row.given,
      render: (row) => <NumberDoor value={format.number(row.given)} to={`/moments/${row.moment_id}`} />,
    },
    {
      key: 'cost',
      title: t('moments:cost'),
      align: 'right',
      priority: 2,
      value: (row) => row.cost_minor,
      render: (row) => format.money(row.cost_minor),
    },
    {
      key: 'refused',
      title: t('moments:refused'),
      align: 'right',
      priority: 2,
      value: (row) => row.refused,
      render: (row) =>
        row.refused > 0 ? (
          <NumberDoor value={format.number(row.refused)} to={`/moments/${row.moment_id}?refused=true`} />
        ) : (
          nothing
        ),
    },
    {
      key: 'last',
      title: t('moments:lastGiven'),
      priority: 3,
      value: (row) => row.last_given_at,
      render: (row) => (row.last_given_at ? <When at={row.last_given_at} /> : t('moments:never')),
    },
  ]
}

/** Given, waiting to be fetched, gone back, or why it could not be given. */
export function GivenState({ row }: { row: Pick<Given, 'refused' | 'status' | 'taken_back_at'> }) {
  const { t } = useTexts()
  if (row.refused)
    return (
      <Text span size="sm" c="var(--rg-bad)">
        {textOf(`errors:${row.refused}`, row.refused)}
      </Text>
    )
  if (row.taken_back_at) return <StateBadge tone="quiet">{t('gifts:takenBack')}</StateBadge>
  const status = row.status ?? 'done'
  const tone = status === 'open' ? 'warn' : status === 'done' ? 'good' : 'quiet'
  return <StateBadge tone={tone}>{textOf(`gifts:states.${status}`, status)}</StateBadge>
}

export function useGivenColumns(): Column<Given>[] {
  const { t } = useTexts()
  const format = useFormat()
  const why = useMomentWhy()
  return [
    {
      key: 'member',
      title: t('moments:member'),
      value: (row) => row.display_name ?? row.member_id,
      render: (row) => row.display_name ?? t('members:unnamed'),
    },
    { key: 'why', title: t('moments:because'), value: (row) => why(row.why), render: (row) => why(row.why) },
    { key: 'state', title: t('moments:state'), render: (row) => <GivenState row={row} /> },
    {
      key: 'given',
      title: t('moments:givenOn'),
      priority: 2,
      value: (row) => row.given_on,
      render: (row) => format.day(row.given_on),
    },
    {
      key: 'cost',
      title: t('moments:cost'),
      align: 'right',
      priority: 3,
      value: (row) => row.cost_minor,
      render: (row) => (row.cost_minor === null ? nothing : format.money(row.cost_minor)),
    },
  ]
}
