/** What was bought, where, and by whom? Search and filters live in the address; every row opens an order. */
import { Button } from '@mantine/core'
import { useAddress } from '../../kit/address.ts'
import { client } from '../../kit/call.ts'
import { DataGrid } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Icon } from '../../kit/icons.tsx'
import { Page } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty, TextSkeleton } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { Filters, filtersOf, useChosen } from './filters.tsx'
import { useOrderColumns } from './table.tsx'

/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function OrdersListPage() {
  const { t } = useTexts()
  const [address, setAddress] = useAddress()
  const filters = filtersOf(address)
  const list = useList('GET /v1/admin/orders', { query: { limit: pageSize, ...filters } })
  const any = list.rows && list.rows.length > 0
  return (
    <Page
      title={t('orders:title')}
      question={t('orders:question')}
      answer={any ? <Answer filters={filters} /> : null}
      actions={
        any && (
          <Button
            component="a"
            variant="default"
            leftSection={<Icon name="download" size={16} />}
            download="orders.csv"
            href={client.address('GET /v1/admin/orders/download', { query: filters })}
          >
            {t('orders:download')}
          </Button>
        )
      }
    >
      <DataGrid
        label={t('orders:title')}
        columns={useOrderColumns()}
        list={list}
        row_key={(row) => row.order_id}
        to={(row) => `/orders/${row.order_id}`}
        search={{
          value: address['search'] ?? '',
          onChange: (text) => setAddress({ search: text }),
          placeholder: t('orders:searchPlaceholder'),
        }}
        filters={<Filters />}
        chosen={useChosen()}
        none_fit={t('orders:noneFit')}
        empty={<NoOrders />}
      />
    </Page>
  )
}

/** How many fit and what they brought; counted apart, so that the rows need not wait for it. */
function Answer({ filters }: { filters: ReturnType<typeof filtersOf> }) {
  const { t } = useTexts()
  const format = useFormat()
  const totals = useCall('GET /v1/admin/orders/totals', { query: filters }).data
  if (!totals) return <TextSkeleton lines={1} width={320} />
  const { orders, net_minor } = totals
  return (
    <Sentence
      text={t('orders:answer', { count: orders, orders: format.number(orders), net: format.money(net_minor) })}
    />
  )
}

function NoOrders() {
  const { t } = useTexts()
  const may = useMay()
  return (
    <Empty
      icon="orders"
      title={t('orders:noneTitle')}
      hint={t('orders:noneHint')}
      action={
        may('imports:write') && (
          <Button component={Door} to="/imports/new">
            {t('orders:bring')}
          </Button>
        )
      }
    />
  )
}
