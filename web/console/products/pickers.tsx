/** Products and categories to choose from: many of them, found by typing. */
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTexts } from '../../kit/i18n.ts'
import { ManyPicker, type PickerProps } from '../../kit/many-picker.tsx'
import { typingPauseMs } from '../../kit/search-field.tsx'
import { useCall } from '../../kit/use-call.ts'

/** Rows offered at once; who looks for more types. */
const offered_max = 30
/** Chosen ones whose names are asked for; of more, what is kept is shown. */
const named_max = 500
/** Names of products seldom change while a form is open. */
const freshMs = 60_000

/** Categories by name. */
export function CategoryPicker(props: PickerProps) {
  const shelves = useCall('GET /v1/admin/product-categories').data?.data ?? []
  return <ManyPicker {...props} data={shelves.map(({ category }) => ({ value: category, label: category }))} />
}

type By = 'sku' | 'product_id'

/** Products that fit what is typed, and those chosen already, as options. */
function useProducts(by: By, value: readonly string[]) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), typingPauseMs)
  const found = useCall('GET /v1/admin/products', { query: { limit: offered_max, ...(search && { search }) } })
  const wanted = value.slice(0, named_max)
  const chosen = useCall(
    'POST /v1/admin/products/names',
    { body: by === 'sku' ? { skus: wanted } : { product_ids: wanted } },
    { enabled: wanted.length > 0, fresh_ms: freshMs },
  )
  const rows = [...(chosen.data?.data ?? []), ...(found.data?.data ?? [])]
  const labels = new Map(rows.map((row) => [row[by], `${row.name} · ${row.sku}`]))
  return { data: [...labels].map(([option, label]) => ({ value: option, label })), typed, setTyped }
}

/** Products; what is kept of them is their SKU or their id. */
export function ProductPicker(props: PickerProps & { by: By }) {
  const { data, typed, setTyped } = useProducts(props.by, props.value)
  return <ManyPicker {...props} data={data} search={[typed, setTyped]} />
}

/** One product, by its SKU. */
export function OneProductPicker(props: {
  name: string
  label: string
  value: string | null
  onChange: (sku: string | null) => void
  error?: string | undefined
}) {
  const { t } = useTexts()
  const { value, onChange, ...shown } = props
  const { data, setTyped } = useProducts('sku', value === null ? [] : [value])
  return (
    <Select
      {...shown}
      data={data}
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      searchable
      nothingFoundMessage={t('segments:noOptions')}
    />
  )
}
