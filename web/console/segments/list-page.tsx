/** Who exactly do you mean? All segments with their newest count. */
import { Button } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { isOld, useSegmentColumns, type SegmentRow } from './table.tsx'

export default function SegmentsListPage() {
  const { t } = useTexts()
  const may = useMay()
  const now = useFormat().present().getTime()
  const [address, setAddress] = useAddress()
  const search = address['search'] ?? ''
  const list = useList('GET /v1/admin/segments', { query: search ? { search } : {} })
  const add = may('segments:write') ? (
    <PrimaryAction label={t('segments:add')} icon="plus" to="/segments/new" />
  ) : undefined
  return (
    <Page
      title={t('segments:title')}
      question={t('segments:question')}
      action={add}
      answer={list.rows && list.rows.length > 0 && !search ? <Answer rows={list.rows} now={now} /> : undefined}
    >
      <DataGrid
        label={t('segments:title')}
        columns={useSegmentColumns(now)}
        list={list}
        row_key={(row) => row.segment_id}
        to={(row) => `/segments/${row.segment_id}`}
        download="segments"
        search={{
          value: search,
          onChange: (text) => setAddress({ search: text }),
          placeholder: t('segments:searchPlaceholder'),
        }}
        empty={
          <Empty
            icon="segments"
            title={t('segments:emptyTitle')}
            hint={t('segments:emptyHint')}
            action={
              may('segments:write') && (
                <Button variant="default" component={Door} to="/segments/new">
                  {t('segments:add')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}

function Answer({ rows, now }: { rows: SegmentRow[]; now: number }) {
  const { t, language } = useTexts()
  const format = useFormat()
  const largest = rows.reduce(
    (most, row) => ((row.size?.count ?? -1) > (most.size?.count ?? -1) ? row : most),
    rows[0]!,
  )
  const old = rows.filter((row) => isOld(row.size, now)).length
  const sentences = [
    t('segments:answer', { count: rows.length }),
    ...(largest.size
      ? [t('segments:answerLargest', { name: largest.name, members: format.number(largest.size.count) })]
      : []),
    ...(old > 0 ? [t('segments:answerStale', { count: old })] : []),
  ]
  return <>{sentences.join(language === 'en' ? ' ' : '')}</>
}
