/** Where do people buy? Shops and web stores with the codes that tills and files call them by. */
import { Button } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { StoreDialog } from './edit-form.tsx'
import { useStoreColumns } from './table.tsx'

export default function StoresPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const list = useList('GET /v1/admin/stores')
  const columns = useStoreColumns()
  const { rows } = list
  const shops = rows?.filter(({ kind }) => kind === 'shop').length ?? 0
  const writes = may('stores:write')
  const add = () => setAddress({ edit: 'new' })
  return (
    <Page
      title={t('stores:title')}
      question={t('stores:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows &&
        rows.length > 0 && (
          <Sentence
            text={t('stores:answer', { shops: format.number(shops), web: format.number(rows.length - shops) })}
          />
        )
      }
      action={writes && <PrimaryAction label={t('stores:add')} icon="plus" onClick={add} />}
    >
      <DataGrid
        columns={columns}
        list={list}
        label={t('stores:title')}
        row_key={(row) => row.store_id}
        download="stores"
        skeleton_rows={6}
        onOpen={writes ? (row) => setAddress({ edit: row.store_id }) : undefined}
        empty={
          <Empty
            icon="stores"
            title={t('stores:empty')}
            hint={t('stores:emptyHint')}
            action={writes && <Button onClick={add}>{t('stores:add')}</Button>}
          />
        }
      />
      {rows && <StoreDialog stores={rows} wanted={address['edit']} close={() => setAddress({ edit: null })} />}
    </Page>
  )
}
