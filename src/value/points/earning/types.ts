/**
 * The rule of earning: its base, what it gives beyond it, when points begin and end. *Bonus* more points for purchases
 * that meet its conditions · *basket* what of an order the conditions look at · *standing* what they look at in the
 * member · *cap* the most that one order, day or month may earn · *part* what one bonus gave, as its why says it.
 */
import { Type, type Static } from 'typebox'
import { Day, Uuid } from '../../../base/routes.ts'
import { Counting, Names, TierCode } from '../../tiers/types.ts'

/** Largest points one verb may move: a balance stays an exact integer whatever happens. */
export const points_max = 1_000_000_000_000
/** No rule gives more than this for one unit of money; keeps sums inside exact integers. */
const rate_max = 1_000_000
/** A bonus is a season's promise; more than so many at once no customer understands. */
export const bonuses_max = 50
/** Names in one condition: a campaign's list of products, typed or pasted. */
const listed_max = 2_000
/** Ten times the base rate: more is a slip of the hand; it also keeps sums inside exact integers. */
export const bonus_percent_max = 1_000
/** Nobody gives more for one order or unit. */
const bonus_points_max = 1_000_000
const amount_minor_max = 1_000_000_000_000

const strict = { additionalProperties: false }
const words = (item: ReturnType<typeof Type.String>) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: listed_max, uniqueItems: true }))
const Word = Type.String({ minLength: 1, maxLength: 200 })

/** All that is said must hold; of a list, one. Products and categories are alternatives of each other. */
export const BonusWhen = Type.Object(
  {
    tiers: Type.Optional(Type.Array(TierCode, { minItems: 1, maxItems: 50, uniqueItems: true })),
    skus: words(Word),
    categories: words(Word),
    store_ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: listed_max, uniqueItems: true })),
    /** The sources of orders. */
    channels: words(Word),
    /** 1 is Monday, 7 Sunday. */
    weekdays: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7, uniqueItems: true }),
    ),
    birthday: Type.Optional(Type.Enum(['month', 'day'] as const)),
    /** The first order that earns: what was bought before joining does not count. */
    first_order: Type.Optional(Type.Literal(true)),
    /** Days in the program's zone, both included: a campaign. */
    from_on: Type.Optional(Day),
    until_on: Type.Optional(Day),
  },
  strict,
)
export type BonusWhen = Static<typeof BonusWhen>

export const BonusEffect = Type.Union([
  /** What matches earns so many per cent of what it would earn otherwise: 200 is double. */
  Type.Object(
    { kind: Type.Literal('multiply'), percent: Type.Integer({ minimum: 101, maximum: bonus_percent_max }) },
    strict,
  ),
  /** So many points on top, for the order or for each whole unit of what matches. */
  Type.Object(
    {
      kind: Type.Literal('add'),
      points: Type.Integer({ minimum: 1, maximum: bonus_points_max }),
      per: Type.Enum(['order', 'unit'] as const),
      /** What matches must come to this. */
      minimum_minor: Type.Optional(Type.Integer({ minimum: 0, maximum: amount_minor_max })),
    },
    strict,
  ),
])
export type BonusEffect = Static<typeof BonusEffect>

export const Bonus = Type.Object(
  { code: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), names: Names, when: BonusWhen, effect: BonusEffect },
  strict,
)
export type Bonus = Static<typeof Bonus>

const Cap = Type.Optional(Type.Integer({ minimum: 1, maximum: points_max }))

/** What earns nothing; each of these suffices. Goods are left out line by line, stores and channels with the order. */
const Excludes = Type.Object(
  {
    categories: words(Word),
    skus: words(Word),
    store_ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: listed_max, uniqueItems: true })),
    /** The sources of orders. */
    channels: words(Word),
    /** Whatever is sold below its shelf price. */
    discounted: Type.Optional(Type.Literal(true)),
  },
  strict,
)
export type Excludes = Static<typeof Excludes>

/** The parts of an earn rule that look at more than the sum of an order. A rule without them reads nothing more. */
const Extras = {
  bonuses: Type.Optional(Type.Array(Bonus, { maxItems: bonuses_max })),
  /** Of the bonuses that an order meets: the one that brings the most, or all of them. `best` unless said. */
  combine: Type.Optional(Type.Enum(['best', 'add'] as const)),
  /** The most points that one order, day or month of the program's zone may earn. */
  caps: Type.Optional(Type.Object({ order: Cap, day: Cap, month: Cap }, strict)),
  excludes: Type.Optional(Excludes),
}
/**
 * When points of a lot end: never, N months later (that day or the end of its month), at the end of the Nth next
 * year, or N months after the member's last purchase, all together.
 */
const Expiry = Type.Union([
  Type.Object({ kind: Type.Literal('never') }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal('months'),
      months: Type.Integer({ minimum: 1, maximum: 120 }),
      until: Type.Union([Type.Literal('day'), Type.Literal('month_end')]),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('year_end'), years: Type.Integer({ minimum: 0, maximum: 10 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('inactivity'), months: Type.Integer({ minimum: 1, maximum: 120 }) },
    { additionalProperties: false },
  ),
])

/**
 * Points wait for what becomes of their order: `days` after it was delivered or completed. Not every source tells, so
 * they are spendable `latest_days` after the order in any case.
 */
const WaitingFor = Type.Object(
  {
    event: Type.Enum(['delivered', 'completed'] as const),
    days: Type.Integer({ minimum: 0, maximum: 365 }),
    latest_days: Type.Integer({ minimum: 1, maximum: 365 }),
  },
  { additionalProperties: false },
)

/**
 * What a refund does when the points are spent: take only what is pending, take down to zero, or go below (debt).
 */
const Debt = Type.Union([Type.Literal('pending_only'), Type.Literal('to_zero'), Type.Literal('below_zero')])

export const PointRule = Type.Object(
  {
    earn: Type.Object(
      {
        ...Counting,
        /** `points` for every `per_minor` minor units that count: an exact ratio. */
        points: Type.Integer({ minimum: 0, maximum: rate_max }),
        per_minor: Type.Integer({ minimum: 1, maximum: points_max }),
        /** Applied once, to the points of an order. */
        rounding: Type.Union([Type.Literal('floor'), Type.Literal('half_up'), Type.Literal('ceil')]),
        /** Tier code → per cent of the base rate; 100 where none is named. */
        tier_percent: Type.Record(TierCode, Type.Integer({ minimum: 0, maximum: 10_000 })),
        ...Extras,
      },
      { additionalProperties: false },
    ),
    /** Days before earned points can be spent; 0: at once. */
    waiting_days: Type.Integer({ minimum: 0, maximum: 365 }),
    /** In place of `waiting_days`. */
    waiting_for: Type.Optional(WaitingFor),
    expiry: Expiry,
    debt: Debt,
  },
  { additionalProperties: false },
)
export type PointRule = Static<typeof PointRule>

/** One line as conditions see it; amounts in minor units. */
export interface BasketLine {
  line_no?: number | undefined
  name?: string | null | undefined
  sku: string | null
  category: string | null
  /** As text where it comes exact from a table. */
  quantity: number | string
  net_minor: number
  gross_minor: number
}

/** What of an order conditions look at. */
export interface Basket {
  lines: readonly BasketLine[]
  store_id: string | null
  /** The source of the order. */
  channel: string | null
  /** The day in the program's zone. */
  day: string
  /** Money added to an order later: no further purchase, so nothing `per: order` and no first order. */
  is_supplement: boolean
  /** How far its source says it is: what arrives delivered need not wait for it. */
  status?: string | undefined
}

/** What of the member conditions and caps look at. */
export interface Standing {
  /** The tier held before the order. */
  tier_code: string | null
  /** `YYYY-MM-DD` or `--MM-DD`. */
  birth_date?: string | null
  /** Nothing has earned before. */
  is_first?: boolean
  /** What the order's day and month have earned so far, less what refunds of their orders took back. */
  earned_day?: number
  earned_month?: number
}

export const EarnPart = Type.Object({
  bonus: Type.String(),
  names: Names,
  /** What it brought before any cap. */
  points: Type.Integer(),
  kind: Type.Enum(['multiply', 'add'] as const),
  /** What of the counted amount matched. */
  matching_minor: Type.Integer(),
  /** Of `multiply`. */
  percent: Type.Optional(Type.Integer()),
  /** Of `add`: so many for each of so many units, or for the order (1). */
  each: Type.Optional(Type.Integer()),
  times: Type.Optional(Type.Integer()),
})
export type EarnPart = Static<typeof EarnPart>
