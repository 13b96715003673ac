/**
 * What a column can mean. `shape` says what its cells look like, which keeps a guess by name from taking a column of
 * something else.
 */
export type Shape = 'text' | 'id' | 'name' | 'date' | 'time' | 'amount' | 'count' | 'phone' | 'email' | 'word'

export const orderFields = {
  order_id: 'id',
  line_id: 'id',
  kind: 'word',
  occurred_at: 'date',
  occurred_time: 'time',
  paid_at: 'date',
  cancelled_at: 'date',
  status: 'word',
  source: 'text',
  store: 'text',
  member_external_id: 'id',
  member_phone: 'phone',
  member_email: 'email',
  member_card: 'id',
  member_name: 'name',
  member_first_name: 'name',
  member_last_name: 'name',
  sku: 'id',
  product_name: 'text',
  category: 'text',
  quantity: 'count',
  unit_price: 'amount',
  line_total: 'amount',
  line_discount: 'amount',
  order_subtotal: 'amount',
  order_total: 'amount',
  order_discount: 'amount',
  shipping: 'amount',
  tax: 'amount',
  refunded_total: 'amount',
  currency: 'word',
  exchange_rate: 'amount',
  refund_of: 'id',
  coupon: 'name',
} as const satisfies Record<string, Shape>

export const memberFields = {
  external_id: 'id',
  name: 'name',
  first_name: 'name',
  last_name: 'name',
  phone: 'phone',
  email: 'email',
  card: 'id',
  birth_date: 'date',
  gender: 'word',
  locale: 'word',
  joined_at: 'date',
  home_store: 'text',
  tags: 'text',
  tier: 'text',
  note: 'text',
  consent_email: 'word',
  consent_sms: 'word',
  consent_at: 'date',
  points_opening: 'amount',
  points_accumulated: 'amount',
  points_redeemed: 'amount',
  points_earned_at: 'date',
  points_expires_on: 'date',
} as const satisfies Record<string, Shape>

export type OrderField = keyof typeof orderFields
export type MemberField = keyof typeof memberFields
export type Field = OrderField | MemberField
export type ImportKind = 'orders' | 'members'

/** The fields of one kind of file, with their shapes. */
export function fieldsOf(kind: ImportKind): Readonly<Record<string, Shape>> {
  return kind === 'orders' ? orderFields : memberFields
}

/**
 * What must be there, any one of each group: an order needs its number, its time and an amount; a member one way to be
 * recognised.
 */
export const required: Record<ImportKind, readonly (readonly Field[])[]> = {
  orders: [['order_id'], ['occurred_at'], ['line_total', 'unit_price', 'order_total']],
  members: [['external_id', 'phone', 'email', 'card']],
}
