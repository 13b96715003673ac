/**
 * Glossary: *order* a purchase; *counts* paid or later, not cancelled, something of it left · *adjustment* keeps
 * the books of a source (fees, zero lines) and earns nothing · *supplement* what a source added to an order later:
 * further money, no further purchase · *refund* goods or money that went back; it *takes back* from lines of
 * orders, the rest is *unmatched* · *cancellation* a refund of all that is left · *correction* a refund of what a
 * source lowered later · *source* a named sales channel (`shopify`, `till-7`), never a file name. *Rhythm*: a
 * *purchase day* is a day with at least one counting order; the *usual interval* is the mean gap between them.
 *
 * Facts (members and guests only, never walk-ins): `order.placed` (an order that is not paid yet) · `order.paid`
 * (it counts for the first time; a receipt that arrives paid is this one fact) · `order.shipped`,
 * `order.delivered`, `order.completed`, `order.cancelled` (its source moved it) · `order.refunded` (one for each
 * order that a refund takes back from, and one with order_id null for the unmatched rest) · `order.named_another` (a
 * newer version names somebody else, whom nobody here may know; the order stays whose it is).
 *
 * Errors, as outcomes of single inputs: `order.source_missing`, `order.currency_foreign`, `order.in_future`,
 * `order.lines_too_many`, `order.quantity_invalid`, `order.quantity_negative`, `order.line_amount_missing`,
 * `order.amount_invalid`, `order.amount_negative`, `order.discount_too_large`, `order.stale`, `order.ended`,
 * `order.status_backwards`, `order.changed_meanwhile`, `order.not_found`, `order.is_theirs` (already the member's),
 * `order.not_movable` (not paid, taken back, or changed by its source since) · `refund.order_unknown`,
 * `refund.order_unpaid`, `refund.line_unknown`, `refund.too_much`, `refund.changed`, `refund.empty`,
 * `refund.order_lines_unnamed`. Notes beside a placed refund: `refund.unmatched`.
 */
import type { Foreseen } from './foreseeing.ts'
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Page, PageQuery, Uuid } from '../../base/routes.ts'
import { CompanyOrderShape, CompanyRef, type MemberRef } from '../members/types.ts'

/** Nothing a shop sells costs more; sums of a member's life still fit a double exactly. */
export const amount_minor_max = 1_000_000_000_000
/** Four decimals: weights in grams of a kilogram, hours in minutes; kept exact as ten-thousandths. */
export const quantity_places_max = 4
export const quantity_max = 1_000_000_000
/** The longest invoice of the public retail data has 1,114 lines. */
export const lines_max = 5_000
/** Clocks of tills run ahead; more than a day is a mistake in the date. */
export const future_hours_max = 24
/** Orders in one request. */
export const batch_max = 1_000

const statuses = ['placed', 'paid', 'shipped', 'delivered', 'completed', 'cancelled', 'refunded'] as const
export type OrderStatus = (typeof statuses)[number]
export const OrderStatus = Type.Enum([...statuses])
export type OrderKind = 'order' | 'adjustment' | 'supplement'
export type RefundKind = 'refund' | 'cancellation' | 'correction'

export const MemberState = Type.Union([
  Type.Literal('new'),
  Type.Literal('active'),
  Type.Literal('drowsy'),
  Type.Literal('asleep'),
  Type.Literal('lost'),
  Type.Literal('back'),
])
export type MemberState = Static<typeof MemberState>

const Source = Type.String({
  minLength: 1,
  maxLength: 60,
  description: 'the sales channel, such as shopify or till-7',
})
const SourceId = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'the number of the order or refund in its source',
})
const Amount = Type.Integer({ minimum: -amount_minor_max, maximum: amount_minor_max })
const Quantity = Type.Number({ description: `at most ${quantity_places_max} decimals` })
const Sku = Type.String({ maxLength: 200 })

/** Who bought; every part is optional and at least one should be there. Nothing at all: an anonymous receipt. */
export const MemberRefShape = Type.Object(
  {
    external_id: Type.Optional(
      Type.Object({ source: Type.String({ maxLength: 60 }), id: Type.String({ maxLength: 200 }) }),
    ),
    phone: Type.Optional(Type.String({ maxLength: 60 })),
    email: Type.Optional(Type.String({ maxLength: 254 })),
    card: Type.Optional(Type.String({ maxLength: 100 })),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    member_id: Type.Optional(Uuid),
  },
  { additionalProperties: false },
)

/** One line of an order. Its amount: `gross_minor`, or `unit_price_minor` times quantity, or only `net_minor`. */
export const LineWire = Type.Object(
  {
    sku: Type.Optional(Nullable(Sku)),
    name: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
    category: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    quantity: Quantity,
    unit_price_minor: Type.Optional(Amount),
    gross_minor: Type.Optional(Amount),
    /** Of this line alone. */
    discount_minor: Type.Optional(Amount),
    net_minor: Type.Optional(Amount),
  },
  { additionalProperties: false },
)
export type LineWire = Static<typeof LineWire>

/** What an unknown buyer becomes: only joining makes a member. */
export const CreateAs = Type.Union([Type.Literal('member'), Type.Literal('guest')])

/** An order as a shop or a till sends it. */
export const OrderBody = Type.Object(
  {
    create_as: Type.Optional(CreateAs),
    source: Source,
    source_id: SourceId,
    kind: Type.Optional(Type.Union([Type.Literal('order'), Type.Literal('adjustment')])),
    status: Type.Optional(OrderStatus),
    /** The store's code. */
    store: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
    member: Type.Optional(Nullable(MemberRefShape)),
    /** Bought in the name of a company; then three people may be named. Unless said, the buyer is `member`. */
    company: Type.Optional(Nullable(CompanyRef)),
    buyer: Type.Optional(Nullable(MemberRefShape)),
    payer: Type.Optional(Nullable(MemberRefShape)),
    user: Type.Optional(Nullable(MemberRefShape)),
    lines: Type.Array(LineWire, { maxItems: lines_max }),
    shipping_minor: Type.Optional(Amount),
    /** Of the whole order, beside those of its lines; apportioned over them. */
    discount_minor: Type.Optional(Amount),
    currency: Type.Optional(Type.String({ maxLength: 3 })),
    occurred_at: Instant,
    /** When the source last changed it: decides which of two versions is newer. */
    updated_at: Type.Optional(Nullable(Instant)),
  },
  { additionalProperties: false },
)
/** The same for verbs: instants as Dates too, imports have them at hand. */
export type OrderWire = Omit<
  Static<typeof OrderBody>,
  'create_as' | 'occurred_at' | 'updated_at' | 'member' | 'buyer' | 'payer' | 'user'
> & {
  occurred_at: string | Date
  updated_at?: string | Date | null
  member?: MemberRef | null
  buyer?: MemberRef | null
  payer?: MemberRef | null
  user?: MemberRef | null
}

/** One line that goes back: of the named order by `line_no` or `sku`, else by `sku` alone. Amounts are positive. */
export const RefundLineWire = Type.Object(
  {
    line_no: Type.Optional(Type.Integer({ minimum: 1 })),
    sku: Type.Optional(Nullable(Sku)),
    quantity: Quantity,
    /** Unless given: what was paid for this quantity. */
    net_minor: Type.Optional(Amount),
  },
  { additionalProperties: false },
)
export type RefundLineWire = Static<typeof RefundLineWire>

/** Goods or money that went back. An order named without lines and amount is taken back whole. */
export const RefundBody = Type.Object(
  {
    create_as: Type.Optional(CreateAs),
    source: Source,
    source_id: SourceId,
    /** The order it takes back from; its source is the refund's own unless given. */
    order: Type.Optional(Nullable(Type.Object({ source: Type.Optional(Source), source_id: SourceId }))),
    store: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
    member: Type.Optional(Nullable(MemberRefShape)),
    lines: Type.Optional(Type.Array(RefundLineWire, { maxItems: lines_max })),
    /** Money without goods, over all lines of the named order. */
    amount_minor: Type.Optional(Amount),
    shipping_minor: Type.Optional(Amount),
    currency: Type.Optional(Type.String({ maxLength: 3 })),
    occurred_at: Instant,
  },
  { additionalProperties: false },
)
export type RefundWire = Omit<Static<typeof RefundBody>, 'create_as' | 'occurred_at' | 'member'> & {
  occurred_at: string | Date
  member?: MemberRef | null
}

/** How a set is to be received. */
export interface ReceiveOptions {
  /** What these orders name, asked for already. */
  foreseen?: Foreseen | undefined
  /** What an unknown buyer becomes; guest unless said otherwise: only joining makes a member. */
  create_as?: Static<typeof CreateAs>
  /** Kept as the join channel of members created here. */
  channel?: string
  /** A refund of an order that is not known is kept as unmatched instead of being refused (imports). */
  allow_unmatched?: boolean
  /** What goes beside each order, by its place in the set. */
  beside?: readonly Beside[]
}

/**
 * Something set aside that an order uses up. Passed on to those who hear of the order, not kept: whoever keeps what was
 * set aside may use it up together with what the order brings, and says so here.
 */
export interface Held {
  member_id: string
  source: string
  source_id: string
  is_used: boolean
}

/** What goes beside an order to those who hear of it, and what they say back to whoever waits for it. Not kept. */
export interface Beside {
  held: Held | null
  /** What it earned its member; null as long as nobody has said so. */
  points_earned: number | null
}

/** What became of one input. `code` is the reason of a refusal, or a note beside what was placed. */
export interface Outcome {
  index: number
  outcome: 'placed' | 'unchanged' | 'changed' | 'refused'
  code?: string
  params?: Record<string, unknown>
  member_id?: string
}
export interface OrderOutcome extends Outcome {
  order_id?: string
}
export interface RefundOutcome extends Outcome {
  refund_id?: string
  unmatched_minor?: number
}

/** A line with its amounts decided. `quantity` is its decimal text, `quantity_e4` the same in ten-thousandths. */
export interface LineDraft {
  line_no: number
  sku: string | null
  name: string | null
  category: string | null
  /** Known once products are resolved; null for a line without a SKU. */
  product_id: string | null
  quantity: string
  quantity_e4: number
  gross_minor: number
  net_minor: number
}

/**
 * An order checked and computed. One object from the wire to the table (a million of them pass here, and copying
 * each at every step cost more than all else): member, store and products are filled in when they are known, the id
 * when it is booked.
 */
export interface OrderInput {
  /** Its place in the set it came in. */
  index: number
  member_id: string
  store_id: string | null
  order_id: string
  source: string
  source_id: string
  kind: OrderKind
  adds_to: string | null
  status: OrderStatus
  counts: boolean
  occurred_at: Date
  ordered_on: string
  updated_at: Date | null
  gross_minor: number
  discount_minor: number
  shipping_minor: number
  net_minor: number
  lines: LineDraft[]
  content_hash: string
  beside?: Beside | undefined
  /** Whose tier climbs by it; whoever has the order, unless said. */
  climber_id?: string | null
}

const LineShape = Type.Object({
  line_no: Type.Integer(),
  product_id: Nullable(Uuid),
  sku: Nullable(Type.String()),
  name: Nullable(Type.String()),
  category: Nullable(Type.String()),
  quantity: Type.String(),
  gross_minor: Minor,
  net_minor: Minor,
  refunded_quantity: Type.String(),
  refunded_minor: Minor,
})
const RefundShape = Type.Object({
  refund_id: Uuid,
  kind: Type.Union([Type.Literal('refund'), Type.Literal('cancellation'), Type.Literal('correction')]),
  source: Type.String(),
  source_id: Type.String(),
  occurred_at: Instant,
  net_minor: Minor,
  unmatched_minor: Minor,
  /** What it took back from this order. */
  from_this_minor: Minor,
})

const orderFields = {
  order_id: Uuid,
  member_id: Uuid,
  member_kind: Type.String(),
  display_name: Nullable(Type.String()),
  source: Type.String(),
  source_id: Type.String(),
  kind: Type.Union([Type.Literal('order'), Type.Literal('adjustment'), Type.Literal('supplement')]),
  adds_to: Nullable(Uuid),
  status: OrderStatus,
  store_id: Nullable(Uuid),
  store_code: Nullable(Type.String()),
  store_name: Nullable(Type.String()),
  occurred_at: Instant,
  ordered_on: Day,
  gross_minor: Minor,
  discount_minor: Minor,
  shipping_minor: Minor,
  net_minor: Minor,
  refunded_minor: Minor,
  counts: Type.Boolean(),
}
/** An order as lists show it. */
export const OrderRow = Type.Object(orderFields)
export type OrderRow = Omit<Static<typeof OrderRow>, 'occurred_at'> & { occurred_at: Date }
export const OrderPage = Page(OrderRow)
/** An order with everything about it. */
export const OrderDetail = Type.Object({
  ...orderFields,
  revision: Type.Integer(),
  recorded_at: Instant,
  lines: Type.Array(LineShape),
  refunds: Type.Array(RefundShape),
  supplements: Type.Array(OrderRow),
  /** Of an order in the name of a company: who it was, and to whom it counts. */
  parties: Nullable(CompanyOrderShape),
})

/** Which orders a list shows, sums up or exports. */
export const OrderFilter = {
  search: Type.Optional(
    Type.String({ maxLength: 200, description: 'the number of an order, or of a refund that took back from it' }),
  ),
  buyer: Type.Optional(
    Type.Union([Type.Literal('member'), Type.Literal('guest')], {
      description: 'guest: everybody who has not joined',
    }),
  ),
  counted: Type.Optional(
    Type.Boolean({ description: 'whether it counts as a purchase: paid, not cancelled, something of it left' }),
  ),
  member_id: Type.Optional(Uuid),
  store_id: Type.Optional(Type.Union([Uuid, Type.Literal('none')], { description: 'none: orders of no store' })),
  source: Type.Optional(Type.String()),
  source_id: Type.Optional(Type.String()),
  status: Type.Optional(OrderStatus),
  /** Days in the program's zone, both included. */
  from: Type.Optional(Day),
  to: Type.Optional(Day),
}
export const OrderQuery = Type.Object({ ...PageQuery, ...OrderFilter })
export type OrderQuery = Static<typeof OrderQuery>
/** What a list of orders comes to. */
export const OrderTotals = Type.Object({
  orders: Type.Integer(),
  net_minor: Minor,
})
export type OrderTotals = Static<typeof OrderTotals>

const outcomeFields = {
  index: Type.Integer(),
  outcome: Type.Union([
    Type.Literal('placed'),
    Type.Literal('unchanged'),
    Type.Literal('changed'),
    Type.Literal('refused'),
  ]),
  code: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  member_id: Type.Optional(Uuid),
}
export const OrderOutcomeShape = Type.Object({ ...outcomeFields, order_id: Type.Optional(Uuid) })
export const RefundOutcomeShape = Type.Object({
  ...outcomeFields,
  refund_id: Type.Optional(Uuid),
  unmatched_minor: Type.Optional(Minor),
})
