/** The columns of a list of imports. */
import { StateBadge, type Tone } from '../../kit/badge.tsx'
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'

export type ImportRow = Row<'GET /v1/admin/imports'>

const tones: Record<ImportRow['status'], Tone> = {
  uploaded: 'quiet',
  checking: 'busy',
  running: 'busy',
  done: 'good',
  cancelled: 'warn',
  failed: 'bad',
}

export function ImportState({ status }: { status: ImportRow['status'] }) {
  const { t } = useTexts()
  return <StateBadge tone={tones[status]}>{t(`imports:statuses.${status}`)}</StateBadge>
}

export function useImportColumns(): Column<ImportRow>[] {
  const { t } = useTexts()
  const format = useFormat()
  const count = (row: ImportRow, value: number) => (row.status === 'uploaded' ? nothing : format.number(value))
  return [
    { key: 'file', title: t('imports:file'), render: (row) => row.file_name },
    { key: 'kind', title: t('imports:kind'), priority: 2, render: (row) => t(`imports:kinds.${row.kind}`) },
    { key: 'status', title: t('imports:status'), render: (row) => <ImportState status={row.status} /> },
    {
      key: 'rows',
      title: t('imports:rows'),
      align: 'right',
      priority: 2,
      render: (row) => count(row, row.counts.rows),
    },
    {
      key: 'refused',
      title: t('imports:refused'),
      align: 'right',
      priority: 2,
      render: (row) => count(row, row.counts.refused),
    },
    {
      key: 'orders',
      title: t('imports:counts.orders'),
      align: 'right',
      priority: 3,
      render: (row) => count(row, row.counts.orders),
    },
    {
      key: 'members',
      title: t('imports:counts.members'),
      align: 'right',
      priority: 3,
      render: (row) => count(row, row.counts.members),
    },
    { key: 'by', title: t('imports:by'), priority: 3, render: (row) => row.actor_name },
    {
      key: 'when',
      title: t('imports:when'),
      align: 'right',
      render: (row) => <Moment at={row.finished_at ?? row.started_at ?? row.created_at} />,
    },
  ]
}
