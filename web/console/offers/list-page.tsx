/** What is promised for buying, and how far do people come? */
import { Button } from '@mantine/core'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { useOfferColumns } from './table.tsx'

export default function OffersPage() {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const adds = useMay()('offers:write')
  const list = useList('GET /v1/admin/offers')
  const columns = useOfferColumns()
  const sum = (of: 'open' | 'completed') => format.number(list.rows?.reduce((all, row) => all + row[of], 0) ?? 0)
  return (
    <Page
      title={t('offers:title')}
      question={t('offers:question')}
      as_of={list.rows ? list.read.dataUpdatedAt : null}
      answer={
        list.rows && list.rows.length > 0 && t('offers:answer', { open: sum('open'), completed: sum('completed') })
      }
      action={adds && <PrimaryAction label={t('offers:add')} icon="plus" to="/offers/new" />}
    >
      <DataGrid
        columns={columns}
        list={list}
        label={t('offers:title')}
        row_key={(row) => row.offer_id}
        onOpen={(row) => go(`/offers/${row.offer_id}`)}
        download="offers"
        skeleton_rows={5}
        empty={
          <Empty
            icon="tag"
            title={t('offers:empty')}
            hint={t('offers:emptyHint')}
            action={
              adds && (
                <Button component={Door} to="/offers/new">
                  {t('offers:add')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}
