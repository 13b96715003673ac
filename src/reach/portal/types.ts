/**
 * Glossary: *portal* the member's own app · *card* what is shown at the till: a *spend code* that turns every half
 * minute and is good for one, once, and a *plain code* that only earns · *letter* a message with a sign-in code ·
 *
 * Errors: `portal_code.refused` (forged, mistyped, of nobody) · `portal_code.expired` · `portal_code.shown_before` ·
 * `portal.way_closed` (no channel carries codes to such an address) · `portal.birthday_known` (said once) ·
 * `portal.address_missing` (nowhere to send the second code) · `portal_consent.unknown` (a text never shown); and those
 * of members, gifts and points.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { Delivery, fulfilments, statuses } from '../../value/gifts/types.ts'
import { WhyShape } from '../../value/points/types.ts'

const strict = { additionalProperties: false }
const Names = Type.Record(Type.String(), Type.String())
export const Language = Type.Enum(['en', 'zh-TW', 'zh-CN'])
export type Language = Static<typeof Language>

export const ConsentTextShape = Type.Object({ channel: Type.String(), version: Type.String(), text: Type.String() })

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
export const JoinBody = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    language: Type.Optional(Language),
    /** Where the link or poster hung: a store's code and a word of the brand's own. */
    store: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
    source: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
    consents: Type.Array(
      Type.Object(
        {
          channel: Type.Enum(['email', 'sms']),
          granted: Type.Boolean(),
          version: Type.String({ maxLength: 60 }),
        },
        strict,
      ),
      { maxItems: 10 },
    ),
  },
  strict,
)
export type JoinBody = Static<typeof JoinBody>
export const SessionBody = Type.Object({ ...Typed, join: Type.Optional(JoinBody) }, strict)
export type SessionBody = Static<typeof SessionBody>
/** `joining`: the code was right and the person is new; send it again with `join`. */
export const SessionShape = Type.Object({ outcome: Type.Enum(['signed_in', 'joined', 'joining']) })

export const SpendCodeShape = Type.Object({
  qr: Type.String(),
  digits: Type.String(),
  valid_until: Instant,
  now: Instant,
})

const Coupon = Type.Object({
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

export const HistoryShape = Type.Object({
  entry_id: Type.Integer(),
  kind: Type.String(),
  points: Type.Integer(),
  at: Instant,
  why: WhyShape,
  order: Nullable(Type.Object({ net_minor: Minor, store_name: Nullable(Type.String()) })),
})

export const ProfileShape = Type.Object({
  display_name: Nullable(Type.String()),
  birth_date: Nullable(Type.String()),
  locale: Nullable(Type.String()),
  email: Nullable(Type.String()),
  phone: Nullable(Type.String()),
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
  },
  strict,
)
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
