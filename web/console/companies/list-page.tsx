/** Which companies buy from us, through whom, and who has the points? */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Day } from '../../kit/moment.tsx'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { CreditDialog } from './credit-form.tsx'
import { CompanyDialog } from './edit-form.tsx'

export type Company = Row<'GET /v1/admin/companies'>

export default function CompaniesPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const [asking, setAsking] = useState<'new' | 'credit' | null>(null)
  const search = address['search'] ?? ''
  const list = useList('GET /v1/admin/companies', { query: search ? { search } : {} })
  const credit = useCall('GET /v1/admin/company-credit').data
  const { rows } = list
  const writes = may('members:write')
  const close = () => setAsking(null)
  return (
    <Page
      title={t('companies:title')}
      question={t('companies:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows &&
        rows.length > 0 &&
        // of a list with more pages only a part is here to be counted
        !list.next &&
        list.page === 1 &&
        credit && (
          <Sentence
            text={t(credit.progress === 'same' ? 'companies:answer' : 'companies:answerApart', {
              companies: t('companies:count', { count: rows.length, companies: format.number(rows.length) }),
              credited: t(`companies:credits.${credit.credited}`),
              progress: t(`companies:climbers.${credit.progress}`),
            })}
          />
        )
      }
      action={writes && <PrimaryAction label={t('companies:add')} icon="plus" onClick={() => setAsking('new')} />}
      actions={
        may('rules:write') && (
          <Button variant="default" onClick={() => setAsking('credit')}>
            {t('companies:credit')}
          </Button>
        )
      }
    >
      <DataGrid
        columns={useColumns()}
        list={list}
        label={t('companies:title')}
        row_key={(row) => row.company_id}
        to={(row) => `/companies/${row.company_id}`}
        download="companies"
        skeleton_rows={6}
        search={{
          value: search,
          onChange: (text) => setAddress({ search: text || null }),
          placeholder: t('companies:search'),
        }}
        empty={
          <Empty
            icon="membership"
            title={t('companies:empty')}
            hint={t('companies:emptyHint')}
            action={writes && <Button onClick={() => setAsking('new')}>{t('companies:add')}</Button>}
          />
        }
      />
      <CompanyDialog edited={asking === 'new' ? 'new' : null} close={close} />
      {credit && <CreditDialog wanted={credit} opened={asking === 'credit'} close={close} />}
    </Page>
  )
}

function useColumns(): Column<Company>[] {
  const { t } = useTexts()
  const format = useFormat()
  return [
    { key: 'name', title: t('companies:name'), render: (row) => row.name ?? nothing, value: (row) => row.name },
    {
      key: 'tax',
      title: t('companies:taxId'),
      priority: 2,
      render: (row) => (row.tax_id ? <code>{row.tax_id}</code> : nothing),
      value: (row) => row.tax_id,
    },
    {
      key: 'people',
      title: t('companies:people'),
      align: 'right',
      render: (row) => format.number(row.people),
      value: (row) => row.people,
    },
    {
      key: 'orders',
      title: t('companies:orders'),
      align: 'right',
      render: (row) => format.number(row.orders),
      value: (row) => row.orders,
    },
    {
      key: 'since',
      title: t('companies:since'),
      priority: 3,
      align: 'right',
      render: (row) => <Day on={row.created_at} />,
      value: (row) => row.created_at,
    },
  ]
}
