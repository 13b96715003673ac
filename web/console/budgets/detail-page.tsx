/** One budget: what is left, and every line that made it so. */
import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { usePathParam } from '../../kit/address.ts'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Figure, Page, PrimaryAction, Section } from '../../kit/page.tsx'
import { BlockSkeleton, Empty, Failed } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useActorName } from '../actor.ts'
import { useMay } from '../session.tsx'
import { BudgetBar, type Budget } from './bar.tsx'
import { BudgetDialog, TopUpDialog } from './edit-form.tsx'
import { useDays } from './list-page.tsx'

type Line = Row<'GET /v1/admin/budgets/:budget_id/lines'>
/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function BudgetPage() {
  const { t } = useTexts()
  const budget_id = usePathParam('budget_id')
  const read = useCall('GET /v1/admin/budgets/:budget_id', { params: { budget_id } })
  const above = [{ title: t('budgets:title'), to: '/budgets' }]
  if (!read.data) {
    return (
      <Page title={t('budgets:title')} above={above}>
        {read.isError ? (
          <Failed error={read.error} retry={() => void read.refetch()} />
        ) : (
          <BlockSkeleton height={300} />
        )}
      </Page>
    )
  }
  return <Inside budget={read.data} above={above} as_of={read.dataUpdatedAt} />
}

function Inside(props: { budget: Budget; above: { title: string; to: string }[]; as_of: number }) {
  const { budget, above, as_of } = props
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const days = useDays()
  const [asking, setAsking] = useState<'edit' | 'top_up' | null>(null)
  const list = useList('GET /v1/admin/budgets/:budget_id/lines', {
    params: { budget_id: budget.budget_id },
    query: { limit: pageSize },
  })
  const writes = may('budgets:write')
  const close = () => setAsking(null)
  return (
    <Page
      title={budget.name}
      question={days(budget)}
      above={above}
      as_of={as_of}
      action={writes && <PrimaryAction label={t('budgets:topUp')} icon="plus" onClick={() => setAsking('top_up')} />}
      actions={
        writes && (
          <Button variant="default" onClick={() => setAsking('edit')}>
            {t('budgets:change')}
          </Button>
        )
      }
    >
      <Section>
        <Stack gap="md">
          <BudgetBar budget={budget} />
          <Group gap="xl">
            <Figure label={t('budgets:left')} value={format.money(budget.left_minor)} />
            <Figure label={t('budgets:spent')} value={format.money(budget.spent_minor)} />
            <Figure label={t('budgets:reserved')} value={format.money(budget.reserved_minor)} />
            <Figure label={t('budgets:amount')} value={format.money(budget.amount_minor)} />
          </Group>
        </Stack>
      </Section>
      <DataGrid
        columns={useColumns()}
        list={list}
        label={t('budgets:lines')}
        row_key={(row) => row.line_id}
        download="budget"
        empty={<Empty icon="table" title={t('budgets:linesEmpty')} />}
      />
      <BudgetDialog edited={asking === 'edit' ? budget : null} close={close} />
      <TopUpDialog budget={budget} opened={asking === 'top_up'} close={close} />
    </Page>
  )
}

function useColumns(): Column<Line>[] {
  const { t } = useTexts()
  const format = useFormat()
  const nameOf = useActorName()
  return [
    {
      key: 'kind',
      title: t('budgets:line'),
      render: (row) => [t(`budgets:kinds.${row.kind}`), row.note].filter(Boolean).join(' · '),
      value: (row) => row.kind,
    },
    {
      key: 'amount',
      title: t('budgets:amount'),
      align: 'right',
      render: (row) => format.money(row.amount_minor),
      value: (row) => row.amount_minor,
    },
    {
      key: 'member',
      title: t('budgets:member'),
      priority: 2,
      render: (row) =>
        row.member_id ? (
          <Door to={`/members/${row.member_id}`}>{row.display_name ?? t('members:unnamed')}</Door>
        ) : (
          nothing
        ),
      value: (row) => row.display_name,
    },
    { key: 'at', title: t('budgets:at'), render: (row) => <Moment at={row.at} />, value: (row) => row.at },
    { key: 'by', title: t('budgets:by'), priority: 3, render: (row) => nameOf(row.actor), value: (row) => row.actor },
  ]
}
