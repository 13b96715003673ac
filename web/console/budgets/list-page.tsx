/** What may be given away, and what is left of it? */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { BudgetBar, type Budget } from './bar.tsx'
import { BudgetDialog } from './edit-form.tsx'

export default function BudgetsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const list = useList('GET /v1/admin/budgets')
  const [edited, setEdited] = useState<Budget | 'new' | null>(null)
  const { rows } = list
  const sum = (key: 'amount_minor' | 'left_minor' | 'reserved_minor' | 'spent_minor') =>
    format.money((rows ?? []).reduce((total, row) => total + row[key], 0))
  const writes = may('budgets:write')
  return (
    <Page
      title={t('budgets:title')}
      question={t('budgets:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows &&
        rows.length > 0 && (
          <Sentence
            text={t('budgets:answer', {
              left: sum('left_minor'),
              amount: sum('amount_minor'),
              reserved: sum('reserved_minor'),
              spent: sum('spent_minor'),
            })}
          />
        )
      }
      action={writes && <PrimaryAction label={t('budgets:add')} icon="plus" onClick={() => setEdited('new')} />}
    >
      <DataGrid
        columns={useColumns()}
        list={list}
        label={t('budgets:title')}
        row_key={(row) => row.budget_id}
        to={(row) => `/budgets/${row.budget_id}`}
        download="budgets"
        skeleton_rows={4}
        empty={
          <Empty
            icon="table"
            title={t('budgets:empty')}
            hint={t('budgets:emptyHint')}
            action={writes && <Button onClick={() => setEdited('new')}>{t('budgets:add')}</Button>}
          />
        }
      />
      <BudgetDialog edited={edited} close={() => setEdited(null)} />
    </Page>
  )
}

/** The days on which a budget promises, as people say them. */
export function useDays(): (budget: Pick<Budget, 'from_on' | 'to_on'>) => string {
  const { t } = useTexts()
  const format = useFormat()
  return ({ from_on, to_on }) =>
    to_on === null
      ? t('budgets:endless', { from: format.day(from_on) })
      : t('budgets:span', { from: format.day(from_on), to: format.day(to_on) })
}

function useColumns(): Column<Budget>[] {
  const { t } = useTexts()
  const format = useFormat()
  const days = useDays()
  const money = (key: 'amount_minor' | 'left_minor' | 'reserved_minor' | 'spent_minor', priority: 1 | 2 | 3) => ({
    key,
    title: t(`budgets:${key === 'amount_minor' ? 'amount' : key === 'left_minor' ? 'left' : wordOf(key)}`),
    align: 'right' as const,
    priority,
    render: (row: Budget) => format.money(row[key]),
    value: (row: Budget) => row[key],
  })
  return [
    { key: 'name', title: t('budgets:name'), render: (row) => row.name, value: (row) => row.name },
    { key: 'bar', title: t('budgets:spent'), priority: 2, render: (row) => <BudgetBar budget={row} /> },
    money('left_minor', 1),
    money('spent_minor', 3),
    money('reserved_minor', 3),
    money('amount_minor', 2),
    { key: 'days', title: t('budgets:days'), priority: 3, render: days, value: days },
  ]
}

function wordOf(key: 'reserved_minor' | 'spent_minor'): 'reserved' | 'spent' {
  return key === 'reserved_minor' ? 'reserved' : 'spent'
}
