/** What the choices of a condition's fields are, for the screen that builds it. */
import type { Db } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'

/** The lists that fields name as their options. Languages and consents are named by the screen: label is null. */
export const optionLists = [
  'stores',
  'products',
  'categories',
  'tags',
  'sources',
  'join_channels',
  'languages',
  'consents',
  'tiers',
  'campaigns',
  'offers',
  'coupons',
  'plans',
] as const
export type OptionList = (typeof optionLists)[number]

export interface Option {
  value: string
  label: string | null
}

/** Lists of modules above this one: `app` lends them. */
type LentList = 'campaigns'
const lent = new Map<LentList, Sql>()

/** Lends `select value, label` of lists that only modules above know. */
export function provideOptions(lists: Readonly<Record<LentList, Sql>>): void {
  for (const [list, select] of Object.entries(lists)) lent.set(list as LentList, select)
}

/** A picker shows so many; beyond them one types. */
const optionsMax = 100
/** Lists that are read from the members themselves walk them once: 0.3 s for a million. */
const optionsTimeoutMs = 5_000

/** `select value, label` of each list. Tiers in the reader's language, else in any that they have. */
function allOf(list: OptionList, locale: string): Sql {
  switch (list) {
    case 'stores':
      return sql`select store_id::text as value, name as label from stores`
    case 'products':
      return sql`select product_id::text as value, name || ' · ' || sku as label from products`
    case 'categories':
      return sql`select distinct category as value, category as label from products where category is not null`
    case 'tags':
      return sql`select distinct tag as value, tag as label from members, unnest(tags) as tag where tags <> '{}'`
    case 'sources':
      return sql`select distinct source as value, null::text as label from orders`
    case 'join_channels':
      return sql`select distinct join_channel as value, null::text as label from members where join_channel is not null`
    case 'languages':
      return sql`select distinct locale as value, null::text as label from members where locale is not null`
    case 'consents':
      return sql`select distinct channel || ':' || purpose as value, null::text as label from member_consents`
    case 'tiers':
      return sql`
        select code as value, coalesce(names->>${locale}::text, names->>'en', code) as label from tiers`
    case 'offers':
      return sql`
        select offer_id::text as value, coalesce(names->>${locale}::text, names->>'en', (
          select min(value) from jsonb_each_text(names))) as label from offers`
    case 'coupons':
      return sql`select coupon_definition_id::text as value, name as label from coupon_definitions`
    case 'plans':
      return sql`
        select plan_id::text as value, coalesce(names->>${locale}::text, names->>'en', (
          select min(value) from jsonb_each_text(names))) as label from plans`
    case 'campaigns':
      return lent.get(list) ?? sql`select null::text as value, null::text as label where false`
  }
}

/** The choices of a list, by name; of those only what contains `search`. */
export async function optionsOf(
  db: Db,
  list: OptionList,
  asked: { search?: string | undefined; locale: string; signal?: AbortSignal },
): Promise<{ data: Option[]; more: boolean }> {
  const pattern = asked.search ? `%${asked.search.replaceAll(/[\\%_]/g, '\\$&')}%` : null
  const rows = await db.timed<Option>(
    sql`
      select value, label from (${allOf(list, asked.locale)}) offered
      where ${pattern}::text is null or coalesce(label, value) ilike ${pattern}::text
      order by lower(coalesce(label, value)), value limit ${optionsMax + 1}::int`,
    { timeout_ms: optionsTimeoutMs, ...(asked.signal ? { signal: asked.signal } : {}) },
  )
  return { data: rows.slice(0, optionsMax), more: rows.length > optionsMax }
}

/** The lists whose values are no words; the names of the others stand in their values or on the screen. */
const named = ['stores', 'products', 'tiers', 'campaigns', 'offers', 'coupons', 'plans'] as const
type NamedList = (typeof named)[number]

/** The names of chosen values, by list: what a saved condition says in words. Unknown values are left out. */
export async function labelsOf(
  db: Db,
  wanted: Partial<Record<NamedList, string[]>>,
  locale: string,
): Promise<Record<string, Record<string, string>>> {
  const parts = named
    .filter((list) => wanted[list]?.length)
    .map(
      (list) => sql`
    select ${list}::text as list, value, label from (${allOf(list, locale)}) offered
    where value = any (${wanted[list]!}::text[])`,
    )
  if (parts.length === 0) return {}
  const rows = await db.rows<{ list: NamedList; value: string; label: string }>(join(parts, ' union all '))
  const labels: Record<string, Record<string, string>> = {}
  for (const { list, value, label } of rows) (labels[list] ??= {})[value] = label
  return labels
}
