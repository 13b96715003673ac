/** What do paid members pay, and who stays? */
import { Button } from '@mantine/core'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { usePlanColumns } from './table.tsx'

export default function PlansPage() {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const adds = useMay()('plans:write')
  const list = useList('GET /v1/admin/plans')
  const columns = usePlanColumns()
  const rows = list.rows ?? []
  const running = format.number(rows.reduce((all, row) => all + row.running, 0))
  const money = format.money(rows.reduce((all, row) => all + row.paid_minor - row.refunded_minor, 0))
  return (
    <Page
      title={t('plans:title')}
      question={t('plans:question')}
      as_of={list.rows ? list.read.dataUpdatedAt : null}
      answer={rows.length > 0 && t('plans:answer', { running, money })}
      action={adds && <PrimaryAction label={t('plans:add')} icon="plus" to="/plans/new" />}
    >
      <DataGrid
        columns={columns}
        list={list}
        label={t('plans:title')}
        row_key={(row) => row.plan_id}
        onOpen={(row) => go(`/plans/${row.plan_id}`)}
        download="plans"
        skeleton_rows={4}
        empty={
          <Empty
            icon="membership"
            title={t('plans:empty')}
            hint={t('plans:emptyHint')}
            action={
              adds && (
                <Button component={Door} to="/plans/new">
                  {t('plans:add')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}
