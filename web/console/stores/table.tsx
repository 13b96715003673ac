/** The columns of the list of stores. */
import type { Row } from '../../kit/call.ts'
import type { Column } from '../../kit/data-grid.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Day } from '../../kit/moment.tsx'
import { useSession } from '../session.tsx'

export type Store = Row<'GET /v1/admin/stores'>

export function useStoreColumns(): Column<Store>[] {
  const { t } = useTexts()
  const { program } = useSession()
  return [
    { key: 'name', title: t('stores:name'), render: (row) => row.name, value: (row) => row.name },
    { key: 'code', title: t('stores:code'), render: (row) => <code>{row.code}</code>, value: (row) => row.code },
    {
      key: 'kind',
      title: t('stores:kind'),
      render: (row) => t(`stores:kinds.${row.kind}`),
      value: (row) => row.kind,
    },
    {
      key: 'zone',
      title: t('stores:zone'),
      priority: 2,
      value: (row) => row.time_zone,
      render: (row) => row.time_zone ?? t('stores:zoneOf', { zone: program?.time_zone ?? '' }),
    },
    {
      key: 'created',
      title: t('stores:since'),
      priority: 3,
      align: 'right',
      render: (row) => <Day on={row.created_at} />,
      value: (row) => row.created_at,
    },
  ]
}
