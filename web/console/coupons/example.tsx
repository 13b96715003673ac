/** What the coupon would take off a cart: asked of the same rule as the till. */
import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useFormat } from '../../kit/format.ts'
import { MoneyField } from '../../kit/fields.tsx'
import { useTexts } from '../../kit/i18n.ts'
import { Section } from '../../kit/page.tsx'
import { Sentence } from '../../kit/sentence.tsx'
import { useCall } from '../../kit/use-call.ts'
import { designOf, isWhole, type Values } from './values.ts'

/** A cart to begin with, in whole units of money, and what sending it costs. */
const firstCart = 500
const firstShipping = 60

export function Example({ values }: { values: Values }) {
  const { t } = useTexts()
  const format = useFormat()
  const unit = 10 ** format.currency_decimals
  const isShipping = values.kind === 'shipping'
  const [typed, setTyped] = useState<number | null>(null)
  const amount = typed ?? (isShipping ? firstShipping : firstCart) * unit
  const line = {
    line_no: 1,
    product_id: null,
    sku: null,
    category: values.categories[0] ?? null,
    quantity: 1,
    net_minor: isShipping ? (values.minimum_minor ?? 0) : amount,
    gross_minor: isShipping ? (values.minimum_minor ?? 0) : amount,
  }
  const read = useCall(
    'POST /v1/admin/coupon-definitions/examples',
    { body: { design: designOf(values), cart: { lines: [line], shipping_minor: isShipping ? amount : 0 } } },
    { enabled: isWhole(values) },
  )
  const isBelow = !isShipping && amount < (values.minimum_minor ?? 0)
  const said = { amount: format.money(amount), off: format.money(read.data?.discount_minor ?? 0) }
  return (
    <Section title={t('coupons:example.title')}>
      <Stack gap="md">
        <Text component="div" fz={17} lh={1.5} aria-live="polite">
          {isBelow ? (
            t('coupons:example.nothing', { ...said, minimum: format.money(values.minimum_minor ?? 0) })
          ) : (
            <Sentence text={t(isShipping ? 'coupons:example.shipping' : 'coupons:example.sentence', said)} />
          )}
        </Text>
        <MoneyField
          field={{ name: 'example', value: amount, onChange: setTyped, error: undefined }}
          label={t(isShipping ? 'coupons:example.shippingCost' : 'coupons:example.cart')}
        />
      </Stack>
    </Section>
  )
}
