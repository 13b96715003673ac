/** Products. */
import { Type } from 'typebox'
import { Page, PageQuery, pageOf, readCursor, route, Uuid, type RouteTable } from '../../base/routes.ts'
import { categories, create, named, page, update } from './products.ts'
import { NewProduct, ProductChanges, ProductShape } from './types.ts'

/** Rows a page when nothing is said. */
const pageSize = 50
/** Chosen products whose names a form asks for at once. */
const names_max = 500

export const routes = {
  'GET /v1/admin/products': route({
    permission: 'products:read',
    summary: 'Products by SKU; `search` looks into SKU and name',
    query: Type.Object({
      ...PageQuery,
      search: Type.Optional(Type.String({ maxLength: 200 })),
      category: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    answer: Page(ProductShape),
    read: async (db, { query }) => {
      const limit = query.limit ?? pageSize
      const after = readCursor(query.cursor)?.[0]
      const rows = await page(db, {
        search: query.search || null,
        category: query.category ?? null,
        after: typeof after === 'string' ? after : null,
        limit: limit + 1,
      })
      return pageOf(rows, limit, (row) => [row.sku])
    },
  }),
  'POST /v1/admin/products/names': route({
    permission: 'products:read',
    summary: 'The names of products by their SKUs or ids, to say a choice in words',
    idempotent: false,
    body: Type.Object(
      {
        skus: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: names_max })),
        product_ids: Type.Optional(Type.Array(Uuid, { maxItems: names_max })),
      },
      { additionalProperties: false },
    ),
    answer: Type.Object({
      data: Type.Array(Type.Object({ product_id: Uuid, sku: Type.String(), name: Type.String() })),
    }),
    read: async (db, { body }) => ({ data: await named(db, body) }),
  }),
  'GET /v1/admin/product-categories': route({
    permission: 'products:read',
    summary: 'Categories with their number of products',
    answer: Type.Object({ data: Type.Array(Type.Object({ category: Type.String(), products: Type.Integer() })) }),
    read: async (db) => ({ data: await categories(db) }),
  }),
  'POST /v1/admin/products': route({
    permission: 'products:write',
    summary: 'Add a product',
    body: NewProduct,
    answer: ProductShape,
    status: 201,
    write: (tx, { body }) => create(tx, body),
  }),
  'PATCH /v1/admin/products/:product_id': route({
    permission: 'products:write',
    summary: 'Change a product',
    params: Type.Object({ product_id: Uuid }),
    body: ProductChanges,
    answer: ProductShape,
    write: (tx, { params, body }) => update(tx, params.product_id, body),
  }),
} satisfies RouteTable
