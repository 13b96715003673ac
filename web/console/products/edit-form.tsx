/** A product's name, SKU, shelf, price and cost. */
import { Autocomplete, Modal, SimpleGrid } from '@mantine/core'
import { call, touch } from '../../kit/call.ts'
import { MoneyField, TextField } from '../../kit/fields.tsx'
import { FormFrame } from '../../kit/form.tsx'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useForm } from '../../kit/use-form.ts'
import type { Product } from './list-page.tsx'

interface Values {
  name: string
  sku: string
  category: string
  price_minor: number | null
  cost_minor: number | null
}
interface DialogProps {
  edited: Product | 'new' | null
  /** Categories there are, to choose from or to type a new one. */
  shelves: readonly string[]
  close: () => void
}

export function ProductDialog({ edited, shelves, close }: DialogProps) {
  const { t } = useTexts()
  const title = edited === 'new' || !edited ? t('products:add') : t('products:change', { name: edited.name })
  return (
    <Modal opened={edited !== null} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('kit:close') }}>
      {edited && <ProductForm product={edited === 'new' ? null : edited} shelves={shelves} close={close} />}
    </Modal>
  )
}

function ProductForm({
  product,
  shelves,
  close,
}: {
  product: Product | null
  shelves: readonly string[]
  close: () => void
}) {
  const { t } = useTexts()
  const format = useFormat()
  const form = useForm<Values>({
    initial: {
      name: product?.name ?? '',
      sku: product?.sku ?? '',
      category: product?.category ?? '',
      price_minor: product?.price_minor ?? null,
      cost_minor: product?.cost_minor ?? null,
    },
    check: ({ name, sku }): Record<string, string> => ({
      ...(name.trim() ? {} : { '/name': t('products:needName') }),
      ...(sku.trim() ? {} : { '/sku': t('products:needSku') }),
    }),
    save: async ({ name, sku, category, price_minor, cost_minor }) => {
      const body = { name: name.trim(), sku: sku.trim(), category: category.trim() || null, price_minor, cost_minor }
      if (product)
        await call('PATCH /v1/admin/products/:product_id', { params: { product_id: product.product_id }, body })
      else await call('POST /v1/admin/products', { body })
      await touch('products', 'product-categories')
    },
    saved: close,
  })
  const { price_minor: price, cost_minor: cost } = form.values
  const margin =
    price && cost !== null
      ? t('products:margin', { share: format.percent((price - cost) / price) })
      : t('products:costHint')
  const category = form.field('category')
  return (
    <FormFrame form={form} cancel={close} {...(product ? {} : { verb: t('products:add') })}>
      <TextField field={form.field('name')} label={t('products:name')} maxLength={500} autoFocus required />
      <TextField
        field={form.field('sku')}
        label={t('products:sku')}
        consequence={t('products:skuHint')}
        maxLength={200}
        required
      />
      <Autocomplete
        name={category.name}
        label={t('products:category')}
        description={t('products:categoryHint')}
        data={[...shelves]}
        maxLength={200}
        value={category.value}
        onChange={category.onChange}
        error={category.error}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
      <SimpleGrid cols={2}>
        <MoneyField field={form.field('price_minor')} label={t('products:price')} />
        <MoneyField field={form.field('cost_minor')} label={t('products:cost')} consequence={margin} />
      </SimpleGrid>
    </FormFrame>
  )
}
