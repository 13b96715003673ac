/**
 * Glossary: *card definition* what kind of card there is, with its rule in versions: `stamps` (so many, one free),
 * `value` (money paid in, with a bonus), `sessions` (uses of a service, paid before) · *card* one member's of one
 * definition · *units* what is on it: stamps, minor units or uses · *lot* what came in together and expires together;
 * *principal* what was paid for, *bonus* what was given on top · *entry* one immutable line of the ledger · *round* a
 * stamp card that was filled · *debt* stamps of refunded orders that had been used up · *hold* units set aside for a
 * purchase under way; *available* what is on the card less what is held.
 *
 * Facts: `card.opened`, `card.stamped` and `card.unstamped` `{card_definition_id, stamps, balance, needed, order_id}`,
 * `card.filled` `{round_id, round_no, reward, store_id}`, `card.topped_up`, `card.spent`, `card.restored`,
 * `card.refunded`, `card.expired`, `card.adjusted` `{card_definition_id, units, …}`.
 *
 * Errors: `card_definition.not_found` · `card_definition.invalid` (errors[] names each place) ·
 * `card_definition.kind_fixed` · `card_definition.in_past`. As outcomes of single inputs: `card.not_found` (the member
 * has none) · `card.stopped` · `card.not_begun` · `card.wrong_kind` ({kind}) · `card.insufficient` ({available}) ·
 * `card.source_reused` · `card.below_minimum` ({minimum_minor}) · `card.over_maximum` ({maximum_minor}) ·
 * `card.entry_not_found` · `card.restored_already` ({left}) · `card.refund_not_offered` · `card.nothing_left` ·
 * `card.held` ({held}) · `member.not_found` · `hold.not_found` · `hold.expired` · `hold.released` · `hold.committed`.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { PlanReward } from '../plans/types.ts'
import { WhyShape } from '../points/types.ts'
import { Names, type Why } from '../tiers/types.ts'

export type { Why } from '../tiers/types.ts'

const strict = { additionalProperties: false }
/** A scope names shelves, not the whole shop. */
const scope_max = 1_000
/** A card with more fields than this nobody fills. */
const size_max = 100
/** What one order may bring, so that a wrong quantity does not fill a thousand cards. */
export const stamps_per_order_max = 1_000
/** Uses that are sold at once. */
const uses_max = 1_000
const months_max = 120
export const kinds = ['stamps', 'value', 'sessions'] as const
export type CardKind = (typeof kinds)[number]

const Amount = Type.Integer({ minimum: 0, maximum: amount_minor_max })
const Paid = Type.Integer({ minimum: 1, maximum: amount_minor_max })
const Months = Nullable(Type.Integer({ minimum: 1, maximum: months_max }))
const Words = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: scope_max })
/** Ten thousandths of what would be given back, kept for the work. */
const FeeBp = Type.Integer({ minimum: 0, maximum: 10_000 })

/** Which goods and stores count; an empty list names no limit. */
export const StampScope = Type.Object(
  {
    skus: Words,
    categories: Words,
    excluded_skus: Words,
    excluded_categories: Words,
    store_ids: Type.Array(Uuid, { maxItems: scope_max }),
  },
  strict,
)
export type StampScope = Static<typeof StampScope>

/** What a full card gives, as gifts hand it out. */
export const CardReward = Type.Union([Type.Object({ kind: Type.Literal('none') }, strict), ...PlanReward.anyOf])
export type CardReward = Static<typeof CardReward>

export const StampRule = Type.Object(
  {
    kind: Type.Literal('stamps'),
    /** Stamps that fill it. */
    size: Type.Integer({ minimum: 2, maximum: size_max }),
    /** One stamp for each piece, for each order from a minimum on, or for each so much spent. */
    per: Type.Union([
      Type.Object({ by: Type.Literal('units') }, strict),
      Type.Object({ by: Type.Literal('order'), minimum_minor: Amount }, strict),
      Type.Object({ by: Type.Literal('spend'), per_minor: Paid }, strict),
    ]),
    scope: StampScope,
    day_max: Nullable(Type.Integer({ minimum: 1, maximum: stamps_per_order_max })),
    /** A round that is not filled so many months after its first stamp is over; null: never. */
    months: Months,
    /** Stamps of a refunded order that filled a card: owed by the next round, or let go. */
    refunds: Type.Union([Type.Literal('carry'), Type.Literal('forgive')]),
    reward: CardReward,
  },
  strict,
)
export type StampRule = Static<typeof StampRule>

export const ValueRule = Type.Object(
  {
    kind: Type.Literal('value'),
    /** The least that is paid in at once. */
    minimum_minor: Amount,
    /** The most that may be on one card. */
    balance_max_minor: Nullable(Paid),
    /** From so much paid at once on, so much on top: the highest step that is reached. */
    bonuses: Type.Array(Type.Object({ from_minor: Paid, bonus_minor: Paid }, strict), { maxItems: 20 }),
    principal_months: Months,
    bonus_months: Months,
    /** Of lots that end on the same day. */
    spend_first: Type.Union([Type.Literal('principal'), Type.Literal('bonus')]),
    refund: Type.Object({ is_offered: Type.Boolean(), less_bonus_used: Type.Boolean(), fee_bp: FeeBp }, strict),
  },
  strict,
)
export type ValueRule = Static<typeof ValueRule>

export const SessionsRule = Type.Object(
  {
    kind: Type.Literal('sessions'),
    /** What one purchase brings, what it costs, and what one use costs without it. */
    uses: Type.Integer({ minimum: 1, maximum: uses_max }),
    price_minor: Amount,
    worth_minor: Amount,
    months: Months,
    refund: Type.Object(
      {
        is_offered: Type.Boolean(),
        /** By what is left of what was paid, or what was paid less the used ones at their own price. */
        basis: Type.Union([Type.Literal('pro_rata'), Type.Literal('list_price')]),
        fee_bp: FeeBp,
      },
      strict,
    ),
  },
  strict,
)
export type SessionsRule = Static<typeof SessionsRule>

export const CardRule = Type.Union([StampRule, ValueRule, SessionsRule])
export type CardRule = Static<typeof CardRule>

export const NewCardDefinition = Type.Object(
  { names: Names, rule: CardRule, note: Type.Optional(Type.String({ maxLength: 500 })) },
  strict,
)
export type NewCardDefinition = Static<typeof NewCardDefinition>
export const CardDefinitionChanges = Type.Object(
  {
    names: Type.Optional(Names),
    /** Makes a new version, of the same kind: for what happens from `effective_from` on, now unless said. */
    rule: Type.Optional(CardRule),
    effective_from: Type.Optional(Instant),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('stopped')])),
  },
  strict,
)
export type CardDefinitionChanges = Static<typeof CardDefinitionChanges>

export interface CardVersion {
  card_definition_id: string
  version: number
  effective_from: Date
  rule: CardRule
}
/** A definition with all its versions, oldest first. */
export interface CardLaw {
  card_definition_id: string
  kind: CardKind
  status: 'active' | 'stopped'
  names: Record<string, string>
  versions: CardVersion[]
}
/** A definition as it is in force at one moment. */
export interface StampDefinition {
  card_definition_id: string
  names: Record<string, string>
  version: number
  rule: StampRule
}

/** A stamp card tried on last month, as if every member had begun an empty one when that month began. */
export const CardPreviewShape = Type.Object({
  days: Type.Integer(),
  /** Members who bought anything in these days, their orders, and those that would have brought a stamp. */
  members: Type.Integer(),
  orders: Type.Integer(),
  stamped: Type.Integer(),
  stamps: Type.Integer(),
  /** Full cards, and whose they would have been. */
  filled: Type.Integer(),
  members_filled: Type.Integer(),
  /** That full cards would have given. */
  points: Type.Integer(),
})
export type CardPreview = Static<typeof CardPreviewShape>

/** One line of a purchase, as far as stamps care. */
export interface StampLine {
  sku: string | null
  category: string | null
  quantity: number
  net_minor: number
}
export interface StampPurchase {
  lines: readonly StampLine[]
  store_id: string | null
  /** What a source adds to an order later is no further order. */
  is_supplement?: boolean
}
/** What a purchase brings to one card. */
export interface Stamped {
  card_definition_id: string
  version: number
  stamps: number
  why: Why
}

export type EntryKind =
  'stamp' | 'unstamp' | 'fill' | 'top_up' | 'spend' | 'restore' | 'expire' | 'adjust' | 'refund' | 'settle'

/** Which card of whom. */
export interface CardRef {
  member_id: string
  card_definition_id: string
}
/** A name for one act on a card, once for ever. */
export interface CardAct extends CardRef {
  source: string
  source_id: string
}
export interface TopUp extends CardAct {
  /** Of stored value: what is paid in. */
  paid_minor?: number | undefined
  /** Of sessions: how many packs; 1 unless said. */
  packs?: number | undefined
}
export interface SpendUnits extends CardAct {
  units: number
  order_id?: string | null | undefined
}
export interface HoldUnits extends CardAct {
  units: number
  expires_at: Date
}
/** A spend to be given back, by its name. */
export interface RestoreUnits extends CardAct {
  spend_source: string
  spend_source_id: string
  /** How many of them; all that is left unless said. */
  units?: number | undefined
}
export interface RefundRest extends CardAct {
  reason: string
}
export interface AdjustUnits extends CardAct {
  /** Signed. */
  units: number
  reason: string
}

/** What became of one input. */
export interface CardOutcome {
  index: number
  outcome: 'booked' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
  entry_id?: number
  /** Signed: what the entry moved. */
  units?: number
  /** Signed: money that came in or goes out. */
  paid_minor?: number
}

export interface CardBalance extends CardRef {
  kind: CardKind
  status: 'active' | 'stopped'
  names: Record<string, string>
  version: number
  rule: CardRule
  balance: number
  held: number
  available: number
  debt: number
  /** Of stamps: how many fill it, and how many are missing. */
  size: number | null
  needed: number | null
  rounds: number
  /** Of `balance`: what was given on top. */
  bonus: number
  next_expiry_on: string | null
  opened_at: Date
  updated_at: Date
}

export const CardDefinitionShape = Type.Object({
  card_definition_id: Uuid,
  kind: Type.Enum([...kinds]),
  names: Names,
  status: Type.Union([Type.Literal('active'), Type.Literal('stopped')]),
  version: Type.Integer(),
  effective_from: Instant,
  rule: CardRule,
  created_at: Instant,
  /** Cards that members have, and those with something on them. */
  cards: Type.Integer(),
  in_use: Type.Integer(),
  units: Type.Integer(),
  rounds: Type.Integer(),
  /** What is owed: principal that was paid for and not used, and bonus on top of it. */
  owed_minor: Minor,
  owed_bonus_minor: Minor,
  paid_in_minor: Minor,
})
export const CardVersionShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: CardRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export const CardBalanceShape = Type.Object({
  member_id: Uuid,
  card_definition_id: Uuid,
  kind: Type.Enum([...kinds]),
  status: Type.Union([Type.Literal('active'), Type.Literal('stopped')]),
  names: Names,
  version: Type.Integer(),
  rule: CardRule,
  balance: Type.Integer(),
  held: Type.Integer(),
  available: Type.Integer(),
  debt: Type.Integer(),
  size: Nullable(Type.Integer()),
  needed: Nullable(Type.Integer()),
  rounds: Type.Integer(),
  bonus: Type.Integer(),
  next_expiry_on: Nullable(Day),
  opened_at: Instant,
  updated_at: Instant,
})

/** What an act booked, and how the card stands. */
export const Booked = Type.Object({
  entry_id: Nullable(Type.Integer()),
  units: Type.Integer(),
  paid_minor: Type.Integer(),
  card: CardBalanceShape,
})
export const CardEntryShape = Type.Object({
  entry_id: Type.Integer(),
  card_definition_id: Uuid,
  kind: Type.String(),
  units: Type.Integer(),
  debt: Type.Integer(),
  paid_minor: Type.Integer(),
  order_id: Nullable(Uuid),
  source: Type.String(),
  source_id: Type.String(),
  occurred_at: Instant,
  why: WhyShape,
  actor: Type.String(),
})
export interface CardEntry {
  entry_id: number
  card_definition_id: string
  kind: EntryKind
  units: number
  debt: number
  paid_minor: number
  order_id: string | null
  source: string
  source_id: string
  occurred_at: Date
  why: Why
  actor: string
}
export const CardHolderShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  balance: Type.Integer(),
  debt: Type.Integer(),
  size: Nullable(Type.Integer()),
  rounds: Type.Integer(),
  next_expiry_on: Nullable(Day),
  opened_at: Instant,
  updated_at: Instant,
})
export const CardRoundShape = Type.Object({
  round_id: Uuid,
  member_id: Uuid,
  card_definition_id: Uuid,
  display_name: Nullable(Type.String()),
  round_no: Type.Integer(),
  size: Type.Integer(),
  reward: CardReward,
  gift_id: Nullable(Uuid),
  /** The code of why the reward could not be handed over. */
  refused: Nullable(Type.String()),
  filled_at: Instant,
})
