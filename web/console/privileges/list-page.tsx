/** What may members do or have, and how often is it used? */
import { Button } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { PrivilegeDialog } from './edit-form.tsx'
import { usePrivilegeColumns } from './table.tsx'

export default function PrivilegesPage() {
  const { t } = useTexts()
  const format = useFormat()
  const writes = useMay()('privileges:write')
  const [address, setAddress] = useAddress()
  const list = useList('GET /v1/admin/privileges')
  const columns = usePrivilegeColumns()
  const { rows } = list
  const add = () => setAddress({ edit: 'new' })
  return (
    <Page
      title={t('privileges:title')}
      question={t('privileges:question')}
      as_of={rows ? list.read.dataUpdatedAt : null}
      answer={
        rows &&
        rows.length > 0 &&
        t('privileges:answer', {
          active: format.number(rows.filter((row) => row.status === 'active').length),
          used: format.number(rows.reduce((sum, row) => sum + row.used, 0)),
        })
      }
      action={writes && <PrimaryAction label={t('privileges:add')} icon="plus" onClick={add} />}
    >
      <DataGrid
        columns={columns}
        list={list}
        label={t('privileges:title')}
        row_key={(row) => row.privilege_id}
        onOpen={writes ? (row) => setAddress({ edit: row.privilege_id }) : undefined}
        download="privileges"
        skeleton_rows={5}
        empty={
          <Empty
            icon="membership"
            title={t('privileges:empty')}
            hint={t('privileges:emptyHint')}
            action={writes && <Button onClick={add}>{t('privileges:add')}</Button>}
          />
        }
      />
      {rows && (
        <PrivilegeDialog privileges={rows} wanted={address['edit']} close={() => setAddress({ edit: null })} />
      )}
    </Page>
  )
}
