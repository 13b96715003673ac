import { AppError } from '../../../base/errors.ts'
import type { Field, ImportKind } from './fields.ts'
import { emptyMapping, type Mapping } from './mapping.ts'
import type { LineKind } from './staged.ts'

/**
 * A preset is what we know of one program's export: its columns (each with the names it has had), its habits and, where
 * signs alone do not tell, a rule of what kind a line is.
 */
export interface Preset {
  name: string
  kind: ImportKind
  /** The sales channel its orders belong to. */
  source: string
  /** What an empty data folder gets; null where the export says nothing. */
  currency: string | null
  time_zone: string | null
  /** The first of the names that stands in a file is read; the next one where that is empty. */
  columns: Partial<Record<Field, readonly string[]>>
  /** A file with one column of each of these groups is of this program. */
  signature: readonly (readonly string[])[]
  settings: Partial<Mapping>
  /** Columns that give of a line what stayed with the buyer. */
  kept?: readonly string[]
  kindRule?: KindRule
}

/** Decides the kind of a line. `sign` is that of its exact amount, before rounding: 0 only for what was free. */
export type KindRule = (line: { source_id: string; quantity: number; sign: number }) => LineKind

/**
 * Shopify, Admin → Orders → Export. One row a line; what belongs to the order (financial status, totals, billing)
 * stands on the order's first row only, Name, Email, Created at and the Lineitem columns on each. Refunds are one
 * amount a order (`Refunded Amount`), not lines. Times carry their offset. `Lineitem discount` is of the line,
 * `Discount Amount` of the whole order. Telephones stand in Phone or Billing Phone, with an apostrophe before them.
 */
const shopify: Preset = {
  name: 'shopify',
  kind: 'orders',
  source: 'shopify',
  currency: null,
  time_zone: null,
  columns: {
    order_id: ['Name'],
    occurred_at: ['Created at'],
    paid_at: ['Paid at'],
    cancelled_at: ['Cancelled at'],
    status: ['Financial Status'],
    store: ['Location'],
    member_email: ['Email'],
    member_phone: ['Phone', 'Billing Phone'],
    member_name: ['Billing Name', 'Shipping Name'],
    sku: ['Lineitem sku'],
    product_name: ['Lineitem name'],
    quantity: ['Lineitem quantity'],
    unit_price: ['Lineitem price'],
    line_discount: ['Lineitem discount'],
    order_subtotal: ['Subtotal'],
    order_total: ['Total'],
    order_discount: ['Discount Amount'],
    shipping: ['Shipping'],
    tax: ['Taxes'],
    refunded_total: ['Refunded Amount'],
    currency: ['Currency'],
    coupon: ['Discount Code'],
  },
  signature: [['Name'], ['Financial Status'], ['Lineitem quantity'], ['Lineitem price'], ['Created at']],
  settings: { order_columns: 'first_line', negative_lines: 'refund' },
}

/**
 * WooCommerce, by the plugin "Advanced Order Export For WooCommerce" (AlgolPlus; its default columns, one row a line,
 * "fill order columns for" either all rows or the first). `Quantity (- Refund)` is what stayed with the buyer, so a
 * refunded line has 0, while the order's totals are those of before; `Item Cost` is the price of one. `Coupon Code` and
 * `Discount Amount` are of the order.
 */
const woocommerce: Preset = {
  name: 'woocommerce',
  kind: 'orders',
  source: 'woocommerce',
  currency: null,
  time_zone: null,
  columns: {
    order_id: ['Order Number', 'Order ID'],
    occurred_at: ['Order Date'],
    paid_at: ['Paid Date'],
    status: ['Order Status'],
    member_external_id: ['Customer User ID', 'Customer ID'],
    member_email: ['Email (Billing)'],
    member_phone: ['Phone (Billing)'],
    member_name: ['Full Name (Billing)'],
    member_first_name: ['First Name (Billing)'],
    member_last_name: ['Last Name (Billing)'],
    sku: ['SKU'],
    product_name: ['Item Name', 'Product Name', 'Name'],
    category: ['Category'],
    quantity: ['Quantity (- Refund)', 'Quantity'],
    unit_price: ['Item Cost'],
    line_total: ['Order Line Total (- Refund)', 'Order Line Total'],
    order_subtotal: ['Order Subtotal Amount'],
    order_total: ['Order Total Amount'],
    order_discount: ['Cart Discount Amount', 'Discount Amount'],
    shipping: ['Order Shipping Amount'],
    tax: ['Order Total Tax Amount'],
    refunded_total: ['Order Refund Amount'],
    currency: ['Currency', 'Order Currency'],
    coupon: ['Coupon Code', 'Coupons Used'],
  },
  signature: [
    ['Order Number', 'Order ID'],
    ['Order Date'],
    ['Item Cost', 'Order Line Total'],
    ['Quantity (- Refund)', 'Quantity'],
  ],
  settings: { order_columns: 'first_line', negative_lines: 'refund' },
  kept: ['Quantity (- Refund)', 'Order Line Total (- Refund)'],
}

/**
 * UCI Online Retail (a British gift wholesaler; also its second edition). An invoice that begins with C is a
 * cancellation, not linked to what it cancels: a refund that names no original. Invoices that begin with A correct
 * debts; negative quantities without a C write off stock; zero prices are gifts and mistakes: adjustments, which
 * stay in the books and earn nothing. Equal lines of one invoice are all kept. An invoice that carries two times
 * counts by its first line. CustomerID is empty for guests. Times are British local time.
 */
const uciOnlineRetail: Preset = {
  name: 'uci-online-retail',
  kind: 'orders',
  source: 'online-retail',
  currency: 'GBP',
  time_zone: 'Europe/London',
  columns: {
    order_id: ['InvoiceNo', 'Invoice'],
    occurred_at: ['InvoiceDate'],
    sku: ['StockCode'],
    product_name: ['Description'],
    quantity: ['Quantity'],
    unit_price: ['UnitPrice', 'Price'],
    member_external_id: ['CustomerID', 'Customer ID'],
  },
  signature: [
    ['InvoiceNo', 'Invoice'],
    ['StockCode'],
    ['InvoiceDate'],
    ['UnitPrice', 'Price'],
    ['CustomerID', 'Customer ID'],
  ],
  settings: { default_country: 'GB', currency: 'GBP', time_zone: 'Europe/London' },
  kindRule: ({ source_id, quantity, sign }) => {
    const mark = source_id.charCodeAt(0) | 0x20
    if (mark === 0x63) return 'refund'
    return mark === 0x61 || quantity <= 0 || sign <= 0 ? 'adjustment' : 'order'
  },
}

/** Shopify, Admin → Customers → Export. Consent is yes or no for each channel; telephones carry an apostrophe. */
const shopifyCustomers: Preset = {
  name: 'shopify-customers',
  kind: 'members',
  source: 'shopify',
  currency: null,
  time_zone: null,
  columns: {
    external_id: ['Customer ID'],
    first_name: ['First Name'],
    last_name: ['Last Name'],
    email: ['Email'],
    phone: ['Phone', 'Default Address Phone'],
    tags: ['Tags'],
    note: ['Note'],
    consent_email: ['Accepts Email Marketing', 'Accepts Marketing'],
    consent_sms: ['Accepts SMS Marketing'],
  },
  signature: [
    ['First Name'],
    ['Last Name'],
    ['Email'],
    ['Accepts Email Marketing', 'Accepts Marketing'],
    ['Total Spent'],
    ['Total Orders'],
  ],
  settings: {},
}

/**
 * What members earned and spent, a row a month: the way older programs hand over their books. Name, number or card of
 * the member, points accumulated and redeemed, year and month. All rows of a member add up to one opening balance.
 */
const pointsActivity: Preset = {
  name: 'points-activity',
  kind: 'members',
  source: 'file',
  currency: null,
  time_zone: null,
  columns: {
    external_id: ['Loyalty Number', 'Member Number', 'Member ID', 'Customer ID'],
    points_accumulated: ['Points Accumulated', 'Points Earned'],
    points_redeemed: ['Points Redeemed', 'Points Spent'],
  },
  signature: [
    ['Loyalty Number', 'Member Number', 'Member ID', 'Customer ID'],
    ['Points Accumulated', 'Points Earned'],
    ['Points Redeemed', 'Points Spent'],
    ['Year'],
    ['Month'],
  ],
  settings: { points_period: ['Year', 'Month'] },
}

export const presets: readonly Preset[] = [shopify, woocommerce, uciOnlineRetail, shopifyCustomers, pointsActivity]

/** Throws `import.preset_unknown` {preset, presets}. */
export function presetNamed(name: string): Preset {
  const preset = presets.find((known) => known.name === name)
  if (!preset)
    throw new AppError('import.preset_unknown', { preset: name, presets: presets.map((known) => known.name) })
  return preset
}

/** The rule of a preset, if it has one. */
export function kindRuleOf(name: string | undefined): KindRule | undefined {
  return name === undefined ? undefined : presetNamed(name).kindRule
}

/** The preset whose program wrote a file with this header. */
export function presetOf(header: readonly string[], kind: ImportKind): Preset | undefined {
  return presets.find((preset) => preset.kind === kind && lacks(preset, header).length === 0)
}

function lacks(preset: Preset, header: readonly string[]): string[] {
  return preset.signature.filter((names) => !names.some((name) => header.includes(name))).map((names) => names[0]!)
}

/**
 * The preset written out for one file. Throws `import.preset_mismatch` {preset, columns} when its columns are not
 * there.
 */
export function presetMapping(preset: Preset, header: readonly string[], o: { country?: string } = {}): Mapping {
  const missing = lacks(preset, header)
  if (missing.length > 0) throw new AppError('import.preset_mismatch', { preset: preset.name, columns: missing })
  const columns: Record<string, string> = {}
  const spare_columns: Record<string, string> = {}
  for (const [field, names] of Object.entries(preset.columns)) {
    const [name, spare] = names.filter((candidate) => header.includes(candidate))
    if (name !== undefined) columns[field] = name
    if (spare !== undefined) spare_columns[field] = spare
  }
  return {
    ...emptyMapping(preset.kind, { country: o.country, source: preset.source }),
    ...preset.settings,
    columns,
    ...(preset.kept?.some((name) => Object.values(columns).includes(name)) ? { lines_are_kept: true } : {}),
    ...(Object.keys(spare_columns).length > 0 ? { spare_columns } : {}),
    preset: preset.name,
  }
}
