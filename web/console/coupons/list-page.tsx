/** Which coupons are out, who uses them, and what do they cost? */
import { Button } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Empty } from '../../kit/states.tsx'
import { useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { useDefinitionColumns } from './table.tsx'

export default function CouponsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const search = address['search'] ?? ''
  const list = useList('GET /v1/admin/coupon-definitions', { query: search ? { search } : {} })
  const { rows } = list
  const sum = (of: (row: NonNullable<typeof rows>[number]) => number) =>
    (rows ?? []).reduce((total, row) => total + of(row), 0)
  return (
    <Page
      title={t('coupons:title')}
      question={t('coupons:question')}
      answer={
        rows &&
        rows.length > 0 &&
        !search &&
        t('coupons:answer', {
          count: rows.length,
          used: format.number(sum((row) => row.uses)),
          amount: format.money(sum((row) => row.discount_minor)),
        })
      }
      action={may('coupons:write') && <PrimaryAction label={t('coupons:add')} icon="plus" to="/coupons/new" />}
    >
      <DataGrid
        label={t('coupons:title')}
        columns={useDefinitionColumns()}
        list={list}
        row_key={(row) => row.coupon_definition_id}
        to={(row) => `/coupons/${row.coupon_definition_id}`}
        download="coupons"
        search={{
          value: search,
          onChange: (text) => setAddress({ search: text }),
          placeholder: t('coupons:searchPlaceholder'),
        }}
        empty={
          <Empty
            icon="tag"
            title={t('coupons:empty')}
            hint={t('coupons:emptyHint')}
            action={
              may('coupons:write') && (
                <Button variant="default" component={Door} to="/coupons/new">
                  {t('coupons:add')}
                </Button>
              )
            }
          />
        }
      />
    </Page>
  )
}
