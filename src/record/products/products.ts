/** What is sold. A SKU that an order names and nobody knows yet becomes a product on the spot. */
import { Ahead } from '../../base/ahead.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, violates } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import { audit, differenceOf } from '../staff/staff.ts'
import type { NewProduct, Product, ProductChanges, ProductRef, ResolvedProduct } from './types.ts'

/**
 * What moved is told as a job of this name; whoever keeps categories beside their own rows does it. It looks for
 * itself what differs, so asking twice costs a look.
 */
const moved = { name: 'products.moved', queue: 'products.moved' } as const
/** The same for list prices; what a product cost before is kept with the moment it ended. */
const repriced = { name: 'products.repriced', queue: 'products.repriced' } as const
/** Categories that orders fill in come by the hundred while a file is brought in: one look after the last of them. */
const filled_in_pause_ms = 60_000

export type { ProductRef, ResolvedProduct } from './types.ts'

interface Known extends ResolvedProduct {
  sku: string
  /** The product still bears its SKU for a name. */
  unnamed: boolean
}

/**
 * Products by SKU. Unknown ones are made; of known ones a name or category that was missing is filled in, never
 * overwritten (an old file must not undo what somebody corrected). When nothing is new it is one statement.
 */
export async function resolve(
  tx: Tx,
  items: readonly ProductRef[],
  foreseen?: Foreseen,
): Promise<Map<string, ResolvedProduct>> {
  const wanted = gather(items)
  if (wanted.size === 0) return new Map()
  const known = (await foreseen?.take(wanted.keys())) ?? (await knownOf(tx, [...wanted.keys()]))
  const missing = [...wanted.values()].filter((item) => !known.has(item.sku))
  const gaps = [...wanted.values()].filter((item) => {
    const product = known.get(item.sku)
    return product && ((item.name && product.unnamed) || (item.category && product.category === null))
  })
  if (missing.length === 0 && gaps.length === 0) return known
  const changed = [...missing, ...gaps].sort((a, b) => (a.sku < b.sku ? -1 : 1))
  const rows = await tx.rows<Known>(sql`
    insert into products as product (sku, name, category, created_at)
    select sku, coalesce(name, sku), category, ${tx.now}::timestamptz
    from unnest(${changed.map((item) => item.sku)}::text[], ${changed.map((item) => item.name)}::text[],
      ${changed.map((item) => item.category)}::text[]) as item (sku, name, category)
    on conflict (sku) do update set
      name = case when product.name = product.sku then excluded.name else product.name end,
      category = coalesce(product.category, excluded.category)
    returning sku, product_id, category, name = sku as unnamed`)
  if (rows.some((row) => row.category !== null && known.get(row.sku)?.category === null)) {
    await addJobs(tx, [{ ...moved, key: 'products.filled_in', run_at: addMs(tx.now, filled_in_pause_ms) }])
  }
  for (const row of rows) known.set(row.sku, row)
  return known
}

/** Products on their way, by SKU. */
export type Foreseen = Ahead<string, Known>

/** Asks for what `resolve` will ask for, before it is known whether it will. */
export function foresee(tx: Tx, skus: ReadonlySet<string>): Foreseen {
  return new Ahead(skus, skus.size > 0 ? knownOf(tx, [...skus]) : Promise.resolve(new Map()))
}

interface Wanted {
  sku: string
  name: string | null
  category: string | null
}

/** One item a SKU: the first name and the first category that are said. */
function gather(items: readonly ProductRef[]): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  for (const { sku, name, category } of items) {
    const item = wanted.get(sku)
    if (!item) wanted.set(sku, { sku, name: name?.trim() || null, category: category?.trim() || null })
    else {
      if (item.name === null && name) item.name = name.trim() || null
      if (item.category === null && category) item.category = category.trim() || null
    }
  }
  return wanted
}

async function knownOf(db: Reader, skus: string[]): Promise<Map<string, Known>> {
  const rows = await db.rows<Known>(sql`
    select product.sku, product_id, category, name = product.sku as unnamed
    from unnest(${skus}::text[]) as wanted (sku) join products product on product.sku = wanted.sku`)
  return new Map(rows.map((row) => [row.sku, row]))
}

/** A page of products by SKU, those whose SKU or name contains `search`. */
export async function page(
  db: Reader,
  wanted: { search: string | null; category: string | null; after: string | null; limit: number },
): Promise<Product[]> {
  return db.rows<Product>(sql`
    select product_id, sku, name, category, price_minor, cost_minor, created_at from products
    where (${wanted.after}::text is null or sku > ${wanted.after}::text)
      and (${wanted.category}::text is null or category = ${wanted.category}::text)
      and (${wanted.search}::text is null or position(lower(${wanted.search}::text) in lower(sku || ' ' || name)) > 0)
    order by sku limit ${wanted.limit}::int`)
}

/** Products by their SKUs or ids; those that are not there are left out. */
export async function named(
  db: Reader,
  wanted: { skus?: readonly string[] | undefined; product_ids?: readonly string[] | undefined },
): Promise<Pick<Product, 'product_id' | 'sku' | 'name'>[]> {
  return db.rows(sql`
    select product_id, sku, name from products
    where sku = any (${wanted.skus ?? []}::text[]) or product_id = any (${wanted.product_ids ?? []}::uuid[])
    order by sku`)
}

/** Every category with its number of products, for pickers. */
export async function categories(db: Reader): Promise<{ category: string; products: number }[]> {
  return db.rows(sql`
    select category, count(*) as products from products where category is not null group by category order by category`)
}

/** Adds a product. Throws `product.sku_taken`. */
export async function create(tx: Tx, input: NewProduct): Promise<Product> {
  const made = await tx.row<Product>(sql`
    insert into products (sku, name, category, price_minor, cost_minor, created_at)
    values (${input.sku}::text, ${input.name ?? input.sku}::text, ${input.category ?? null}::text,
      ${input.price_minor ?? null}::bigint, ${input.cost_minor ?? null}::bigint, ${tx.now}::timestamptz)
    on conflict (sku) do nothing
    returning product_id, sku, name, category, price_minor, cost_minor, created_at`)
  if (!made) throw new AppError('product.sku_taken', { sku: input.sku }, { status: 409 })
  await audit(tx, [
    { action: 'product.created', noun: 'products', noun_id: made.product_id, after: { sku: made.sku } },
  ])
  return made
}

/**
 * Changes a product; if it moves to another category, what was bought of it follows by a job. Throws
 * `product.not_found`, `product.sku_taken`.
 */
export async function update(tx: Tx, product_id: string, changes: ProductChanges): Promise<Product> {
  const before = await tx.row<Product>(sql`
    select product_id, sku, name, category, price_minor, cost_minor, created_at from products
    where product_id = ${product_id}::uuid for update`)
  if (!before) throw new AppError('product.not_found', { product_id })
  const after = { ...before, ...changes }
  try {
    await tx.savepoint(() =>
      tx.run(sql`
      update products set sku = ${after.sku}::text, name = ${after.name}::text, category = ${after.category}::text,
        price_minor = ${after.price_minor}::bigint, cost_minor = ${after.cost_minor}::bigint
      where product_id = ${product_id}::uuid`),
    )
  } catch (thrown) {
    if (violates(thrown, 'products_sku_key'))
      throw new AppError('product.sku_taken', { sku: after.sku }, { status: 409 })
    throw thrown
  }
  if (after.price_minor !== before.price_minor) {
    await tx.run(sql`
      insert into product_prices (product_id, until_at, price_minor)
      values (${product_id}::uuid, ${tx.now}::timestamptz, ${before.price_minor}::bigint) on conflict do nothing`)
    await addJobs(tx, [{ ...repriced, key: repriced.name }])
  }
  if (after.category !== before.category) await addJobs(tx, [{ ...moved, key: 'products.moved' }])
  await audit(tx, [
    { action: 'product.updated', noun: 'products', noun_id: product_id, ...differenceOf(before, after) },
  ])
  return after
}
