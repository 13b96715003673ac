/**
 * Glossary: *product* what is sold, known by its SKU · *category* the shelf it stands on, one word or path of the
 * brand's own. Errors: `product.not_found` · `product.sku_taken`
 */
import { Type, type Static } from 'typebox'
import { Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'

export const ProductShape = Type.Object({
  product_id: Uuid,
  sku: Type.String(),
  name: Type.String(),
  category: Nullable(Type.String()),
  price_minor: Nullable(Minor),
  cost_minor: Nullable(Minor),
  created_at: Instant,
})

export interface Product {
  product_id: string
  sku: string
  name: string
  category: string | null
  price_minor: number | null
  cost_minor: number | null
  created_at: Date
}

/** A product as an order line names it. */
export interface ProductRef {
  sku: string
  name?: string | null | undefined
  category?: string | null | undefined
}

/** What an order line needs to know of its product. */
export interface ResolvedProduct {
  product_id: string
  category: string | null
}

const amount = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })
export const NewProduct = Type.Object(
  {
    sku: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    category: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 200 }))),
    price_minor: Type.Optional(Nullable(amount)),
    cost_minor: Type.Optional(Nullable(amount)),
  },
  { additionalProperties: false },
)
export type NewProduct = Static<typeof NewProduct>

export const ProductChanges = Type.Partial(NewProduct, { additionalProperties: false })
export type ProductChanges = Static<typeof ProductChanges>
