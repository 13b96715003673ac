/** What is sold? Products by SKU, on their shelves. */
import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import { useAddress } from '../../kit/address.ts'
import type { Row } from '../../kit/call.ts'
import { DataGrid, type Column } from '../../kit/data-grid.tsx'
import { Door } from '../../kit/door.tsx'
import { nothing, useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { Page, PrimaryAction } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { Empty } from '../../kit/states.tsx'
import { useCall, useList } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import { ProductDialog } from './edit-form.tsx'

export type Product = Row<'GET /v1/admin/products'>
type Shelf = Row<'GET /v1/admin/product-categories'>
/** Rows a page: a desk shows 25 at once. */
const pageSize = 25

export default function ProductsPage() {
  const { t } = useTexts()
  const format = useFormat()
  const may = useMay()
  const [address, setAddress] = useAddress()
  const [edited, setEdited] = useState<Product | 'new' | null>(null)
  const { search = '', category } = address
  const list = useList('GET /v1/admin/products', {
    query: { limit: pageSize, ...(search ? { search } : {}), ...(category ? { category } : {}) },
  })
  const shelves = useCall('GET /v1/admin/product-categories').data?.data
  const choose = (value: string | null) => setAddress({ category: value })
  const writes = may('products:write')
  const shelved = shelves?.reduce((sum, { products }) => sum + products, 0) ?? 0
  return (
    <Page
      title={t('products:title')}
      question={t('products:question')}
      answer={
        shelves &&
        shelves.length > 0 && (
          <Sentence
            text={t('products:answer', { products: format.number(shelved), shelves: format.number(shelves.length) })}
          />
        )
      }
      action={writes && <PrimaryAction label={t('products:add')} icon="plus" onClick={() => setEdited('new')} />}
    >
      <DataGrid
        columns={useColumns()}
        list={list}
        label={t('products:title')}
        row_key={(row) => row.product_id}
        download="products"
        onOpen={writes ? (row) => setEdited(row) : undefined}
        search={{
          value: search,
          onChange: (text) => setAddress({ search: text }),
          placeholder: t('products:search'),
        }}
        filters={
          shelves && shelves.length > 0 && <ShelfFilter shelves={shelves} category={category} choose={choose} />
        }
        chosen={[category && { text: category, drops: ['category'], has_field: true }]}
        none_fit={t('products:noneHere')}
        empty={<NoProducts />}
      />
      <ProductDialog
        edited={edited}
        shelves={shelves?.map((shelf) => shelf.category) ?? []}
        close={() => setEdited(null)}
      />
    </Page>
  )
}

interface ShelfFilterProps {
  shelves: readonly Shelf[]
  category: string | undefined
  choose: (category: string | null) => void
}

function ShelfFilter({ shelves, category, choose }: ShelfFilterProps) {
  const { t } = useTexts()
  const format = useFormat()
  return (
    <Select
      size="xs"
      w={200}
      clearable
      searchable
      aria-label={t('products:category')}
      placeholder={t('products:anyCategory')}
      value={category ?? null}
      onChange={choose}
      data={shelves.map(({ category: value, products }) => ({
        value,
        label: `${value} (${format.number(products)})`,
      }))}
    />
  )
}

function NoProducts() {
  const { t } = useTexts()
  const may = useMay()
  return (
    <Empty
      icon="products"
      title={t('products:empty')}
      hint={t('products:emptyHint')}
      action={
        may('imports:write') && (
          <Button component={Door} to="/imports/new">
            {t('products:bring')}
          </Button>
        )
      }
    />
  )
}

function useColumns(): Column<Product>[] {
  const { t } = useTexts()
  const format = useFormat()
  const amount = (minor: number | null) => (minor === null ? null : minor / 10 ** format.currency_decimals)
  return [
    { key: 'name', title: t('products:name'), render: (row) => row.name, value: (row) => row.name },
    { key: 'sku', title: t('products:sku'), render: (row) => <code>{row.sku}</code>, value: (row) => row.sku },
    {
      key: 'category',
      title: t('products:category'),
      priority: 2,
      render: (row) => row.category ?? nothing,
      value: (row) => row.category,
    },
    {
      key: 'price',
      title: t('products:price'),
      align: 'right',
      render: (row) => format.money(row.price_minor),
      value: (row) => amount(row.price_minor),
    },
    {
      key: 'cost',
      title: t('products:cost'),
      align: 'right',
      priority: 2,
      render: (row) => format.money(row.cost_minor),
      value: (row) => amount(row.cost_minor),
    },
  ]
}
