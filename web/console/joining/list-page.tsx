/** By what did members join, and which poster brings them? */
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door, useGo } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Moment } from '../../kit/moment.tsx'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { SourceDialog } from './source-form.tsx'

type Source = Row<'GET /v1/admin/joining/sources'>

/** The words that ways of joining go by where no link was made for them; others stand as they came. */
const words = ['counter', 'poster', 'web', 'portal', 'company', 'console', 'import'] as const
const isWord = (code: string): code is (typeof words)[number] => words.some((word) => word === code)

export default function JoiningPage() {
  const { t } = useTexts()
  const format = useFormat()
  const go = useGo()
  const writes = useMay()('program:write')
  const list = useList('GET /v1/admin/joining/sources')
  const [isAdding, setAdding] = useState(false)
  const { rows } = list
  const sum = (key: 'joined_30_days' | 'joined') =>
    format.number((rows ?? []).reduce((all, row) => all + row[key], 0))
  return (
    <Page
      title={t('joining:title')}
      question={t('joining:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows && rows.length > 0 && t('joining:answer', { lately: sum('joined_30_days'), joined: sum('joined') })
      }
      action={writes && <PrimaryAction label={t('joining:add')} icon="plus" onClick={() => setAdding(true)} />}
      actions={
        <>
          <Button variant="default" component={Door} to="/joining/steps">
            {t('joining:steps.title')}
          </Button>
          <Button variant="default" component={Door} to="/joining/accounts">
            {t('joining:accounts.title')}
          </Button>
        </>
      }
    >
      <DataGrid
        columns={useColumns()}
        list={list}
        label={t('joining:title')}
        row_key={(row) => row.source_id ?? `word ${row.code}`}
        onOpen={(row) => row.source_id && go(`/joining/${row.source_id}`)}
        download="joining"
        skeleton_rows={5}
        empty={
          <Empty
            icon="members"
            title={t('joining:empty')}
            hint={t('joining:emptyHint')}
            action={writes && <Button onClick={() => setAdding(true)}>{t('joining:add')}</Button>}
          />
        }
      />
      <SourceDialog
        opened={isAdding}
        close={() => setAdding(false)}
        made={(source_id) => go(`/joining/${source_id}`)}
      />
    </Page>
  )
}

function useColumns(): Column<Source>[] {
  const { t } = useTexts()
  const format = useFormat()
  const count = (key: 'joined' | 'joined_30_days' | 'bought', priority?: 2): Column<Source> => ({
    key,
    title: t(`joining:${key}`),
    align: 'right',
    ...(priority ? { priority } : {}),
    render: (row) => format.number(row[key]),
    value: (row) => row[key],
  })
  return [
    {
      key: 'name',
      title: t('joining:name'),
      render: (row) =>
        row.source_id
          ? [row.name, row.is_closed ? t('joining:closed') : null].filter(Boolean).join(' · ')
          : t('joining:word', { word: isWord(row.code) ? t(`joining:words.${row.code}`) : row.code }),
      value: (row) => row.name ?? row.code,
    },
    {
      key: 'kind',
      title: t('joining:kind'),
      priority: 2,
      render: (row) => (row.kind ? t(`joining:kinds.${row.kind}`) : nothing),
      value: (row) => row.kind,
    },
    {
      key: 'store',
      title: t('joining:store'),
      priority: 2,
      render: (row) => row.store_name ?? nothing,
      value: (row) => row.store_name,
    },
    count('joined_30_days'),
    count('joined'),
    count('bought', 2),
    {
      key: 'last',
      title: t('joining:last'),
      priority: 3,
      render: (row) => (row.last_joined_at ? <Moment at={row.last_joined_at} /> : nothing),
      value: (row) => row.last_joined_at,
    },
  ]
}
