/** What came in from other systems, and is anything left to do? */
import { Button } from '@mantine/core'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { useImportColumns, type ImportRow } from './table.tsx'

/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function ImportsListPage() {
  const { t } = useTexts()
  const may = useMay()
  const list = useList('GET /v1/admin/imports', { query: { limit: pageSize } }, { every_ms: 10_000 })
  const bring = may('imports:write') && <PrimaryAction label={t('imports:bring')} icon="upload" to="/imports/new" />
  return (
    <Page
      title={t('imports:title')}
      question={t('imports:question')}
      answer={list.rows?.length ? answerOf(list.rows) : null}
      action={bring}
    >
      <DataGrid
        label={t('imports:title')}
        columns={useImportColumns()}
        list={list}
        row_key={(row) => row.import_id}
        to={(row) => `/imports/${row.import_id}`}
        skeleton_rows={6}
        empty={
          <Empty
            icon="imports"
            title={t('imports:emptyTitle')}
            hint={t('imports:emptyHint')}
            action={
              may('imports:write') && (
                <Button variant="default" component={Door} to="/imports/new">
                  {t('imports:bring')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )

  function answerOf(rows: readonly ImportRow[]): string {
    const waiting = rows.filter(
      ({ status }) => status === 'uploaded' || status === 'failed' || status === 'cancelled',
    ).length
    return waiting === 0 ? t('imports:answerNone') : t('imports:answerWaiting', { count: waiting })
  }
}
