/**
 * Glossary: *portal* the member's own app · *card* what is shown at the till: a *spend code* that turns every half
 * minute and is good for one, once, and a *plain code* that only earns · *letter* a message with a sign-in code ·
 * *pass* a link by which a coupon or a gift goes to a friend, who joins by accepting.
 *
 * Errors: `portal_code.refused` (forged, mistyped, of nobody) · `portal_code.expired` · `portal_code.shown_before` ·
 * `portal.way_closed` (no channel carries codes to such an address) · `portal.birthday_known` (said once) ·
 * `pass.not_found` · `pass.own` · `pass.accepted` · `pass.taken_back` · `pass.expired` · `portal.address_missing`
 * (nowhere to send the second code) · `portal_consent.unknown` (a text never shown); and those of members, joining,
 * gifts, coupons and points.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { TillName } from '../../record/stores/types.ts'
import { Delivery, fulfilments, statuses } from '../../value/gifts/types.ts'
import { WhyShape } from '../../value/points/types.ts'

import { ConsentTextShape, JoinBody, Language, ProviderDoorShape } from '../joining/types.ts'

const strict = { additionalProperties: false }
const Names = Type.Record(Type.String(), Type.String())
export { Language }

export const ProgramShape = Type.Object({
  name: Type.String(),
  currency: Type.String(),
  currency_decimals: Type.Integer(),
  time_zone: Type.String(),
  languages: Type.Array(Type.String()),
  default_language: Type.String(),
  tiers: Type.Array(Type.Object({ code: Type.String(), names: Names })),
  /** Ways in for which a channel can carry a code. */
  ways: Type.Array(Type.Enum(['email', 'phone'])),
  contact_email: Nullable(Type.String()),
  contact_phone: Nullable(Type.String()),
  /** Accounts by which one may come in. */
  accounts: Type.Array(ProviderDoorShape),
  /** What is asked when joining, in the language asked for. */
  consents: Type.Array(ConsentTextShape),
  now: Instant,
})

/** One of the two. */
export const CodeBody = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 254 })),
    phone: Type.Optional(Type.String({ maxLength: 60 })),
    language: Type.Optional(Language),
  },
  strict,
)
export type CodeBody = Static<typeof CodeBody>
export const AskedShape = Type.Object({ code_id: Uuid, expires_at: Instant })

const Typed = { code_id: Uuid, code: Type.String({ minLength: 1, maxLength: 20 }) }
export const TypedCode = Type.Object(Typed, strict)
export const SessionBody = Type.Object({ ...Typed, join: Type.Optional(JoinBody) }, strict)
export type SessionBody = Static<typeof SessionBody>
/** `joining`: the code was right and the person is new; send it again with `join`. */
export const SessionShape = Type.Object({ outcome: Type.Enum(['signed_in', 'joined', 'joining']) })

export const SpendCodeShape = Type.Object({
  qr: Type.String(),
  digits: Type.String(),
  valid_until: Instant,
  /** A till has taken it: it is good for nothing more. */
  is_used: Type.Boolean(),
  /** When the next one comes. */
  next_at: Instant,
  now: Instant,
})

export const OwnPassShape = Type.Object({
  pass_id: Uuid,
  /** Of the link, below the program's address. */
  path: Type.String(),
  expires_at: Instant,
})
export interface OwnPass {
  pass_id: string
  path: string
  expires_at: Date
}
/** Whether it may be passed on, and the link that is open. */
const passing = { may_pass: Type.Boolean(), pass: Nullable(OwnPassShape) }

const Coupon = Type.Object({
  ...passing,
  coupon_id: Uuid,
  name: Type.String(),
  code: Nullable(Type.String()),
  uses_left: Type.Integer(),
  starts_on: Nullable(Day),
  expires_on: Nullable(Day),
})
const Privilege = Type.Object({
  privilege_id: Uuid,
  names: Names,
  texts: Names,
  may: Type.Boolean(),
  left: Nullable(Type.Integer()),
})
const Card = Type.Object({
  card_definition_id: Uuid,
  kind: Type.Enum(['stamps', 'value', 'sessions']),
  names: Names,
  available: Type.Integer(),
  balance: Type.Integer(),
  size: Nullable(Type.Integer()),
  needed: Nullable(Type.Integer()),
  next_expiry_on: Nullable(Day),
})
const Plan = Type.Object({ plan_id: Uuid, names: Names, state: Type.String(), holds_until: Day })

export const HistoryShape = Type.Object({
  entry_id: Type.Integer(),
  kind: Type.String(),
  points: Type.Integer(),
  at: Instant,
  why: WhyShape,
  /** Whom of my pool it was with, while we are both in it. */
  mate_name: Nullable(Type.String()),
  order: Nullable(Type.Object({ net_minor: Minor, store_name: Nullable(Type.String()) })),
})

/** Which word was the last about a member: another one says that something has changed. */
export const PulseShape = Type.Object({ mark: Type.Integer() })

export const HomeShape = Type.Object({
  member: Type.Object({
    number: Type.Integer(),
    display_name: Nullable(Type.String()),
    joined_at: Nullable(Instant),
    /** Barcode for earning: EAN-13. */
    plain_code: Type.String(),
  }),
  tier: Nullable(
    Type.Object({
      tier_code: Nullable(Type.String()),
      names: Nullable(Names),
      measure: Type.String(),
      progress: Type.Integer(),
      next_names: Nullable(Names),
      missing: Nullable(Type.Integer()),
      /** The last day on which it counts; null when days leave the window one by one. */
      until: Nullable(Day),
      keep_missing: Nullable(Type.Integer()),
      review_on: Nullable(Day),
    }),
  ),
  points: Type.Object({
    available: Type.Integer(),
    /** What the others of my pool could lend beside. */
    pooled: Type.Integer(),
    pending: Type.Integer(),
    debt: Type.Integer(),
    worth_minor: Minor,
    expiring: Type.Array(Type.Object({ expires_on: Day, points: Type.Integer() })),
  }),
  coupons: Type.Array(Coupon),
  privileges: Type.Array(Privilege),
  cards: Type.Array(Card),
  plans: Type.Array(Plan),
  /** What coupons and member prices took off. */
  worth: Type.Object({ year_minor: Minor, ever_minor: Minor }),
  gifts_waiting: Type.Integer(),
  /** What the purchase of a moment ago earned, and why. */
  latest: Nullable(HistoryShape),
  now: Instant,
})
export type Home = Static<typeof HomeShape>

export const CatalogueShape = Type.Object({
  data: Type.Array(
    Type.Object({
      item_id: Uuid,
      names: Names,
      descriptions: Names,
      price_points: Type.Integer(),
      price_minor: Nullable(Minor),
      fulfilment: Type.Enum([...fulfilments]),
      /** null: never runs out. */
      left: Nullable(Type.Integer()),
      /** Where it lies, when each store has its own. */
      stores: Type.Array(Type.Object({ store_id: Uuid, name: Type.String(), left: Type.Integer() })),
    }),
  ),
  points_available: Type.Integer(),
  points_pooled: Type.Integer(),
})
export const RedeemBody = Type.Object(
  {
    item_id: Uuid,
    store_id: Type.Optional(Nullable(Uuid)),
    /** Which wish: sending it again gives nothing twice. */
    wish_id: Uuid,
    delivery: Type.Optional(Delivery),
  },
  strict,
)
export type RedeemBody = Static<typeof RedeemBody>
export const OwnGiftShape = Type.Object({
  ...passing,
  gift_id: Uuid,
  kind: Type.String(),
  names: Nullable(Names),
  store_name: Nullable(Type.String()),
  fulfilment: Nullable(Type.Enum([...fulfilments])),
  status: Type.Enum([...statuses]),
  paid_points: Type.Integer(),
  paid_minor: Minor,
  /** What is said at the counter. */
  pickup_code: Nullable(Type.String()),
  /** Of a code pool: the code itself. */
  code: Nullable(Type.String()),
  given_at: Instant,
  ended_at: Nullable(Instant),
})

/** Of a pool: who accepts shares it from then on. */
export const PassBody = Type.Object({ kind: Type.Enum(['coupon', 'gift', 'pool']), id: Uuid }, strict)
export type PassBody = Static<typeof PassBody>
export const OfferedPassShape = Type.Object({
  kind: Type.Enum(['coupon', 'gift', 'pool']),
  /** `gone`: it was used or taken back by the shop meanwhile. */
  state: Type.Enum(['open', 'accepted', 'taken_back', 'expired', 'gone']),
  /** Of a coupon or a pool. */
  name: Nullable(Type.String()),
  /** Of a gift. */
  names: Nullable(Names),
  /** The giver's name, masked. */
  from: Nullable(Type.String()),
  /** The coupon's last day. */
  expires_on: Nullable(Day),
  /** When the link ends. */
  expires_at: Instant,
})
export interface OfferedPass extends Omit<Static<typeof OfferedPassShape>, 'expires_at'> {
  expires_at: Date
}
export const AcceptedShape = Type.Object({ kind: Type.Enum(['coupon', 'gift', 'pool']), id: Uuid })

export const ProfileShape = Type.Object({
  display_name: Nullable(Type.String()),
  /** Names my picture of myself, which `GET /v1/portal/picture` sends. */
  picture: Nullable(Type.String()),
  /** When the shop removed my picture; null: it did not, or I put another since. */
  picture_taken_away_at: Nullable(Instant),
  birth_date: Nullable(Type.String()),
  locale: Nullable(Type.String()),
  email: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  /** Every address by which the member can sign in. */
  addresses: Type.Array(Type.Object({ kind: Type.Enum(['email', 'phone']), address: Type.String() })),
  /** Accounts elsewhere that lead here. */
  accounts: Type.Array(Type.Object({ provider: Type.String(), bound_at: Instant })),
  joined_at: Nullable(Instant),
  consents: Type.Array(
    Type.Object({ ...ConsentTextShape.properties, granted: Type.Boolean(), at: Nullable(Instant) }),
  ),
  sessions: Type.Integer(),
})
export const ProfileBody = Type.Object(
  {
    display_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    birth_date: Type.Optional(Type.String({ pattern: '^(\\d{4}|-)-\\d{2}-\\d{2}$' })),
    locale: Type.Optional(Language),
  },
  strict,
)
export type ProfileBody = Static<typeof ProfileBody>
/**
 * `known`: the e-mail is a member's; whoever signs in by its code may bind the account. `joining`: come again with the
 * few answers of joining.
 */
export const CameBackShape = Type.Object({
  outcome: Type.Enum(['signed_in', 'joining', 'known', 'bound']),
  provider: Type.String(),
  email: Nullable(Type.String()),
  name: Nullable(Type.String()),
})
export type CameBack = Static<typeof CameBackShape>

/** One of my own, as the profile shows it. */
export const AddressBody = Type.Object(
  { kind: Type.Enum(['email', 'phone']), address: Type.String({ maxLength: 254 }) },
  strict,
)
export type AddressBody = Static<typeof AddressBody>
/** `known`: the address is another card's; send the code again with `merge` to make the two one. */
export const BindBody = Type.Object({ ...Typed, merge: Type.Optional(Type.Boolean()) }, strict)
export type BindBody = Static<typeof BindBody>
export const BoundShape = Type.Object({
  outcome: Type.Enum(['bound', 'known', 'merged']),
  /** Of the other card: what comes over. */
  other: Nullable(
    Type.Object({
      number: Type.Integer(),
      joined_at: Nullable(Instant),
      points: Type.Integer(),
      coupons: Type.Integer(),
      gifts: Type.Integer(),
      orders: Type.Integer(),
    }),
  ),
})
export interface Bound {
  outcome: 'bound' | 'known' | 'merged'
  other: {
    number: number
    joined_at: Date | null
    points: number
    coupons: number
    gifts: number
    orders: number
  } | null
}
export const ConsentBody = Type.Object(
  { channel: Type.Enum(['email', 'sms']), granted: Type.Boolean(), version: Type.String({ maxLength: 60 }) },
  strict,
)
export type ConsentBody = Static<typeof ConsentBody>

export const IdentifyBody = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 200 }),
    /** This look of this till: asked again with it, the answer is the same. */
    scan_id: Type.Optional(Uuid),
    /** The till that it opens for the caller; unless given, every one where they stand. */
    till: Type.Optional(TillName),
  },
  strict,
)
export type IdentifyInput = Static<typeof IdentifyBody>
export const IdentifiedShape = Type.Object({
  member_id: Uuid,
  number: Type.Integer(),
  /** Masked when only the plain code was shown. */
  display_name: Nullable(Type.String()),
  /** The member is here and agrees: points and coupons may be used. */
  may_spend: Type.Boolean(),
})
export type Identified = Static<typeof IdentifiedShape>

export const LetterShape = Type.Object({
  code_id: Uuid,
  channel: Type.String(),
  address: Type.String(),
  subject: Type.String(),
  body: Type.String(),
  created_at: Instant,
})
export interface Letter extends Omit<Static<typeof LetterShape>, 'created_at'> {
  created_at: Date
}
