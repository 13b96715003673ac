import type { Gender, OrderStatus } from './answers.ts'
import type { Repair } from './outcomes.ts'

/**
 * - `order`: something was bought. - `refund`: something came back or a whole order was cancelled; quantity and amount
 * are negative. - `adjustment`: kept for the books, earns nothing (zero and negative lines of an order, corrections).
 */
export type LineKind = 'order' | 'refund' | 'adjustment'

/** Who bought, as the file says. At least one of the first four is there; a buyer without any is a guest (null). */
export interface StagedIdentity {
  external_id: string | null
  /** E.164 */
  phone: string | null
  /** in small letters */
  email: string | null
  card: string | null
  name: string | null
}

/**
 * What belongs to the order and not to its lines; null where the row says nothing. Where several lines of an order say
 * it, the first line (by row) counts. Amounts in minor units; discount, shipping, tax and refunded are not negative.
 */
export interface StagedHead {
  /** RFC 3339, UTC */
  paid_at: string | null
  cancelled_at: string | null
  subtotal_minor: number | null
  total_minor: number | null
  discount_minor: number | null
  shipping_minor: number | null
  tax_minor: number | null
  refunded_minor: number | null
  coupon: string | null
}

/**
 * One row of a file of orders, read. Lines with one (source, source_id) are one order, however far apart they stand.
 */
export interface StagedLine {
  row: number
  kind: LineKind
  source: string
  source_id: string
  line_id: string | null
  /**
   * RFC 3339, UTC. Where the mapping says `first_line`, later lines of an order have neither time nor status, head and
   * perhaps member: null there means "as on the order's first line" (by row). An order left without a time is refused
   * by whoever puts its lines together (`import.date_missing`).
   */
  occurred_at: string | null
  /** Null where the file says nothing: a finished sale. */
  status: OrderStatus | null
  store: string | null
  member: StagedIdentity | null
  sku: string | null
  product_name: string | null
  category: string | null
  quantity: number
  /** Exact decimal in major units, as text: a unit price may have more decimals than its currency. */
  unit_price: string | null
  /** What was charged for the line, minor units: rounded once per line, half away from zero. */
  net_minor: number
  /** quantity × unit price where there is one, else net + line discount. */
  gross_minor: number
  /** The program's currency. An order in another has been exchanged by its own rate. */
  currency: string
  /** The order a refund names; null if it names none. */
  refund_of: string | null
  head: StagedHead | null
  repairs: Repair[]
}

/** One row of a file of members, read. */
export interface StagedMember {
  row: number
  external_id: string | null
  phone: string | null
  email: string | null
  card: string | null
  name: string | null
  first_name: string | null
  last_name: string | null
  /** `YYYY-MM-DD`, or `--MM-DD` where no year was given */
  birth_date: string | null
  gender: Gender | null
  /** BCP 47 */
  locale: string | null
  /** RFC 3339, UTC */
  joined_at: string | null
  home_store: string | null
  tags: string[]
  tier: string | null
  note: string | null
  /** null: the file does not say */
  consent_email: boolean | null
  consent_sms: boolean | null
  consent_at: string | null
  /**
   * Exact decimal as text, negative where more was spent than earned: rows of one member are added up first, then
   * `openingLot` gives the lot.
   */
  points_opening: string | null
  points_earned_at: string | null
  /** `YYYY-MM-DD` */
  points_expires_on: string | null
  attributes: Record<string, string> | null
  repairs: Repair[]
}

/** What the program says to a mapping that leaves it open. `today` is a day in its zone (for birthdays' centuries). */
export interface MapContext {
  currency: string
  time_zone: string
  today: string
}
