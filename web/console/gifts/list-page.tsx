/** What can members get for their points? The catalogue, with what is left of each. */
import { Button } from '@mantine/core'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { useItemColumns } from './table.tsx'

export default function GiftsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const list = useList('GET /v1/admin/gift-items')
  const waiting = useCall('GET /v1/admin/gifts/waiting').data
  const { rows } = list
  const writes = may('gifts:write')
  return (
    <Page
      title={t('gifts:title')}
      question={t('gifts:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows &&
        rows.length > 0 &&
        waiting && (
          <Sentence
            text={t('gifts:answer', { items: format.number(rows.length), waiting: format.number(waiting.open) })}
            doors={{ waiting: '/gifts/given?status=open' }}
          />
        )
      }
      action={writes && <PrimaryAction label={t('gifts:add')} icon="plus" to="/gifts/new" />}
      actions={
        <Button component={Door} to="/gifts/given" variant="default">
          {t('gifts:givenTitle')}
        </Button>
      }
    >
      <DataGrid
        columns={useItemColumns()}
        list={list}
        label={t('gifts:title')}
        row_key={(row) => row.item_id}
        to={(row) => `/gifts/${row.item_id}`}
        download="gifts"
        skeleton_rows={6}
        empty={
          <Empty
            icon="tag"
            title={t('gifts:empty')}
            hint={t('gifts:emptyHint')}
            action={
              writes && (
                <Button component={Door} to="/gifts/new">
                  {t('gifts:add')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}
