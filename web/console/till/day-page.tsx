/** What happened at the tills: by day, store and person, for whoever answers for them. */
import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Chosen } from '../../kit/chips.tsx'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { ApprovalDialog } from './approval-dialog.tsx'
import { RequestsPart } from './requests-part.tsx'
import { rowKey, useDayColumns, type DayRow } from './table.tsx'

const ranges = { day: 0, week: 6, month: 29 } as const
type RangeName = keyof typeof ranges
const isRange = (name: string | undefined): name is RangeName => name !== undefined && name in ranges

const daysBefore = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)

export default function TillDaysPage() {
  const { t } = useTexts()
  const format = useFormat()
  const [address] = useAddress()
  const [isApproving, setApproving] = useState(false)
  const range = isRange(address['range']) ? address['range'] : 'week'
  const to = format.today()
  const from = daysBefore(to, ranges[range])
  const work = useCall('GET /v1/till/work')
  const stores = work.data?.stores ?? []
  // who answers for some stores sees one of these at a time
  const store_id = address['store_id'] ?? (stores.length === 1 ? stores[0]!.store_id : undefined)
  const list = useList('GET /v1/admin/till-days', { query: { from, to, ...(store_id ? { store_id } : {}) } })
  const columns = useDayColumns()
  const chosen: Chosen = [
    address['store_id'] && {
      text: stores.find((store) => store.store_id === store_id)?.name ?? '…',
      drops: ['store_id'],
      has_field: true,
    },
    range !== 'week' && { text: t(`till:ranges.${range}`), drops: ['range'], has_field: true },
  ]
  return (
    <Page
      title={t('till:title')}
      question={t('till:question')}
      as_of={list.rows ? list.read.dataUpdatedAt : null}
      answer={list.rows && list.rows.length > 0 && <DaysAnswer rows={list.rows} />}
      actions={
        <>
          <Button variant="default" component={Door} to="/till/alarms">
            {t('till:alarms')}
          </Button>
          <Button variant="default" component={Door} to="/till/rules">
            {t('till:rules')}
          </Button>
        </>
      }
      action={<PrimaryAction label={t('till:approve')} icon="key" onClick={() => setApproving(true)} />}
    >
      <RequestsPart />
      <DataGrid
        columns={columns}
        list={list}
        label={t('till:title')}
        row_key={rowKey}
        filters={<Filters range={range} store_id={store_id} stores={stores} />}
        chosen={chosen}
        none_fit={t('till:empty')}
        download="till"
        skeleton_rows={8}
        empty={<Empty icon="stores" title={t('till:empty')} hint={t('till:emptyHint')} />}
      />
      <ApprovalDialog opened={isApproving} close={() => setApproving(false)} />
    </Page>
  )
}

interface FiltersProps {
  range: RangeName
  store_id: string | undefined
  stores: readonly { store_id: string; name: string }[]
}

function Filters({ range, store_id, stores }: FiltersProps) {
  const { t } = useTexts()
  const [, setAddress] = useAddress()
  return (
    <>
      <Select
        size="sm"
        w={190}
        aria-label={t('till:columns.store')}
        value={store_id ?? 'all'}
        onChange={(value) => setAddress({ store_id: value === 'all' ? null : value })}
        data={[
          { value: 'all', label: t('till:allStores') },
          ...stores.map((store) => ({ value: store.store_id, label: store.name })),
        ]}
      />
      <Select
        size="sm"
        w={150}
        aria-label={t('till:columns.day')}
        value={range}
        onChange={(value) => setAddress({ range: value })}
        data={(Object.keys(ranges) as RangeName[]).map((value) => ({ value, label: t(`till:ranges.${value}`) }))}
      />
    </>
  )
}

function DaysAnswer({ rows }: { rows: readonly DayRow[] }) {
  const { t } = useTexts()
  const format = useFormat()
  const sum = (key: 'orders' | 'member_orders' | 'sales_minor' | 'member_sales_minor' | 'joined' | 'alarms') =>
    rows.reduce((total, row) => total + row[key], 0)
  const [sales, joined] = [sum('sales_minor'), sum('joined')]
  const chances = joined + sum('orders') - sum('member_orders')
  return (
    <Sentence
      text={t('till:answer', {
        sales: format.money(sales),
        share: format.percent(sales > 0 ? sum('member_sales_minor') / sales : null),
        rate: format.percent(chances > 0 ? joined / chances : null),
        alarms: format.number(sum('alarms')),
      })}
      doors={{ alarms: '/till/alarms' }}
    />
  )
}
