/** Every version of a rule: since when, what it says, who wrote it and why. Nothing is ever overwritten. */
import { Box, Stack, Text } from '@mantine/core'
import { StateBadge } from '../kit/badge.tsx'
import { DataGrid, type Column } from '../kit/data-grid.tsx'
import { useFormat } from '../kit/format.ts'
import { useTexts } from '../kit/i18n.ts'
import { Moment } from '../kit/moment.tsx'
import { Empty } from '../kit/states.tsx'
import type { List } from '../kit/use-call.ts'
import { useActorName } from './actor.ts'
import { CallOffButton, useCalledOff } from './call-off.tsx'
import { isAwaited, standingOf, type RuleVersion } from './rule-standing.ts'
import { useMay } from './session.tsx'

export type { RuleVersion } from './rule-standing.ts'

/** Rules founded with a program hold for all time before it: their year is not worth reading. */
const beginningYear = 1971

interface Props<Row> {
  list: List<Row>
  line: (row: Row) => string
  /** Calls off a version to come, and tells all who read. */
  callOff: (version: number) => Promise<unknown>
  /** Who may call off; whoever writes rules unless said otherwise. */
  permission?: string
}

export function RuleVersions<Row extends RuleVersion>(props: Props<Row>) {
  const { list, line, callOff, permission = 'rules:write' } = props
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useActorName()
  const since = (row: Row) =>
    new Date(row.effective_from).getUTCFullYear() < beginningYear
      ? t('points:versions.always')
      : format.dayOf(row.effective_from)
  const rows = list.rows ?? []
  const stateOf = useStanding(rows)
  const mayWrite = useMay()(permission)
  const columns: Column<Row>[] = [
    {
      key: 'version',
      title: t('points:versions.version'),
      width: 90,
      value: (row) => row.version,
      render: (row) => t('points:versions.number', { version: format.number(row.version) }),
    },
    {
      key: 'state',
      title: t('points:versions.state'),
      width: 200,
      value: stateOf,
      render: (row) => <StateBadge tone={row.in_force ? 'good' : 'quiet'}>{stateOf(row)}</StateBadge>,
    },
    { key: 'from', title: t('points:versions.from'), width: 130, render: since, value: (row) => row.effective_from },
    {
      key: 'rule',
      title: t('points:versions.rule'),
      value: line,
      render: (row) => (
        <Says
          row={row}
          says={line(row)}
          callOff={mayWrite && isAwaited(row, rows, format.present()) ? callOff : null}
        />
      ),
    },
    {
      key: 'who',
      title: t('points:versions.who'),
      width: 150,
      priority: 2,
      value: (row) => nameOf(row.actor),
      render: (row) => (
        <>
          {nameOf(row.actor)} · <Moment at={row.created_at} />
        </>
      ),
    },
  ]
  return (
    <DataGrid
      columns={columns}
      list={list}
      label={t('points:versions.title')}
      row_key={(row) => String(row.version)}
      skeleton_rows={3}
      empty={<Empty icon="note" title={t('points:versions.none')} />}
    />
  )
}

interface SaysProps {
  row: RuleVersion
  says: string
  /** null: it has begun, or it is not for this reader to say. */
  callOff: ((version: number) => Promise<unknown>) | null
}

/** What a version says, why it was written, who called it off; or the way to do so. */
function Says({ row, says, callOff }: SaysProps) {
  const wasCalledOff = useCalledOff()
  return (
    <Stack gap={0} py={4}>
      <Text size="sm" style={{ whiteSpace: 'normal' }}>
        {says}
      </Text>
      {row.note && (
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'normal' }}>
          {row.note}
        </Text>
      )}
      {row.called_off_at && (
        <Text size="sm" c="dimmed" style={{ whiteSpace: 'normal' }}>
          {wasCalledOff(row)}
        </Text>
      )}
      {callOff && (
        <Box mt={6}>
          <CallOffButton version={row.version} effective_from={row.effective_from} callOff={callOff} />
        </Box>
      )}
    </Stack>
  )
}

/** In words where a version stands among the others: in force, from when, until when. */
function useStanding(rows: readonly RuleVersion[]): (row: RuleVersion) => string {
  const { t } = useTexts()
  const format = useFormat()
  return (row) => {
    const { standing, day } = standingOf(row, rows, format.present())
    if (standing === 'calledOff') return t('rules:callOff.state')
    // of what is to come the hour is asked for, too
    return t(`points:versions.${standing}`, { day: standing === 'coming' ? format.moment(day) : format.dayOf(day) })
  }
}
