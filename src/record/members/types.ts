/**
 * Glossary: *member* a person the brand may know; `kind` is guest (bought without joining), follower (known on one
 * channel), member, or walk_in (64 rows a store that carry anonymous receipts) · *identity* one way to recognise a
 * person: phone (E.164), e-mail, card, or the id in another system (`external:<source>`) · *consent* what was said by
 * channel and purpose, with its proof · *suppression* an address that must not be written to, whatever the consent ·
 * *tag* a word staff or rules put on.
 *
 * Facts: `member.joined` {channel, store_id, consents: [{channel, purpose, status}] said with it} · `member.updated`
 * {fields} · `member.tagged` {tags} · `member.untagged` {tags} · `consent.granted` {channel, purpose} ·
 * `consent.withdrawn` {channel, purpose} · `member.suppressed` {channel, reason} · `member.unsuppressed` {channel} ·
 * `member.merged` {merged_id} about the kept one · `member.erased` {}
 *
 * Errors: `member.not_found` · `member.identity_missing` (nothing to recognise the person by) · `member.identity_taken`
 * (another member has it; params kind, member_id) · `member.phone_unreadable` · `member.email_unreadable` ·
 * `member.card_unreadable` · `member.birth_date_unreadable` · `member.birth_date_ahead` ·
 * `member.locale_unreadable` · `store.not_found` (422, of a form) · `member.day_unreadable` ({name}) ·
 * `member.day_twice` · `member.name_missing` · `member.picture_too_large` ({bytes_max, side_max}) ·
 * `member.picture_unreadable` · `member.picture_not_found` (404) · `members.busy` (503) ·
 * `member.merge_tangled` (into oneself, into two, or in a circle) · `member_code.refused` (wrong, used or over) ·
 * `member_code.too_many` (429; params retry_after)
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'

/** Days of one's own; more would be a diary. */
const days_max = 20
/** One day of a member's own. */
export const MemberDayShape = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 40, description: 'which day: 結婚紀念日, daughter' }),
    calendar: Type.Enum(['solar', 'lunar']),
    day: Type.String({
      pattern: '^(\\d{4}|-)-\\d{2}-\\d{2}$',
      description: 'YYYY-MM-DD, or --MM-DD without the year; by the lunar calendar always --MM-DD',
    }),
  },
  { additionalProperties: false },
)
export type MemberDay = Static<typeof MemberDayShape>
export const MemberDays = Type.Object({ data: Type.Array(MemberDayShape, { maxItems: days_max }) })

/** A face of 256 × 256 pixels stays below it as JPEG even where every pixel is noise (48 kB). */
export const picture_bytes_max = 65_536
export const PictureBody = Type.Object(
  // larger ones are refused in words, not by their letters
  { base64: Type.String({ maxLength: 8 * picture_bytes_max }) },
  { additionalProperties: false },
)
const Picture = Type.String({
  pattern: '^[0-9a-f]{32}$',
  description: 'names the picture of now: another has another',
})
export const PictureShape = Type.Object({ picture: Picture })
/** Asked for by its name, a new picture has a new address; what is answered is always the one of now. */
export const PictureVersion = Type.Object({ version: Type.Optional(Picture) })
/** The one that somebody saw, and why it cannot stay. */
export const PictureTakenAway = Type.Object(
  { version: Picture, reason: Type.String({ minLength: 3, maxLength: 300 }) },
  { additionalProperties: false },
)

export type MemberKind = 'guest' | 'follower' | 'member' | 'walk_in'

/** How an order or a message names a person. All but `member_id` and `name` are identities. */
export interface MemberRef {
  member_id?: string | null | undefined
  /** The person's id in another system. */
  external_id?: { source: string; id: string } | null | undefined
  phone?: string | null | undefined
  email?: string | null | undefined
  card?: string | null | undefined
  name?: string | null | undefined
  /** What this person becomes if unknown; unless said, what the options of the set say. */
  create_as?: 'member' | 'guest' | undefined
  /**
   * When the person was met here: the day of joining if this reference is the first; else `occurred_at` of the options.
   */
  occurred_at?: Date | undefined
}

/** Who owns what: an identity as the table keeps it. */
export interface Identity {
  kind: string
  value: string
  /** Kind and value in one, for maps. */
  key: string
  /** As written, where that differs. */
  display: string | null
}

/** Something about one reference or row that could not be done, though the rest was. */
export interface Note {
  index: number
  code: string
  params: Record<string, unknown>
}

const text = (maxLength: number) => Nullable(Type.String({ maxLength }))
const Word = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })
export const Tag = Type.String({ minLength: 1, maxLength: 60 })
const Status = Type.Union([Type.Literal('granted'), Type.Literal('withdrawn')])
export const Gender = Type.Union([Type.Literal('female'), Type.Literal('male'), Type.Literal('other')])
const BirthDate = Type.String({
  pattern: '^(\\d{4}|-)-\\d{2}-\\d{2}$',
  description: 'YYYY-MM-DD, or --MM-DD without the year',
})

/** One thing said about consent, as callers say it. */
export const ConsentInput = Type.Object(
  {
    channel: Word,
    purpose: Type.Optional(Word),
    status: Status,
    at: Type.Optional(Instant),
    method: Type.Optional(
      Type.String({ maxLength: 60, description: 'how it was said: form, counter, import, link' }),
    ),
    text_version: Type.Optional(Type.String({ maxLength: 60 })),
    ip: Type.Optional(Type.String({ maxLength: 60 })),
  },
  { additionalProperties: false },
)

/** The same inside the house. */
export interface ConsentEntry {
  member_id: string
  channel: string
  purpose: string
  status: 'granted' | 'withdrawn'
  /** When it was said; left out, it is now, and only counts if it says something new. */
  at?: Date | undefined
  /** How it was said: `form`, `counter`, `import`, `one_click`. */
  method: string
  text_version?: string | null | undefined
  ip?: string | null | undefined
}

/** Mailing for its own sake; what a person must hear (a receipt, a parcel) needs no consent of this purpose. */
export const marketing = 'marketing'

export interface Suppression {
  member_id: string
  channel: string
  /** The address as the channel writes it; for one member, not for everybody. */
  address: string
  /** `bounced`, `complained`, `asked`. */
  reason: string
  at: Date
}

const profile = {
  display_name: Type.Optional(text(200)),
  first_name: Type.Optional(text(100)),
  last_name: Type.Optional(text(100)),
  phone: Type.Optional(text(60)),
  email: Type.Optional(text(254)),
  card: Type.Optional(text(80)),
  birth_date: Type.Optional(Nullable(BirthDate)),
  gender: Type.Optional(Nullable(Gender)),
  locale: Type.Optional(text(35)),
  time_zone: Type.Optional(text(60)),
  home_store_id: Type.Optional(Nullable(Uuid)),
}
const Attributes = Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), { maxProperties: 100 })

/** A member as other programs give one. */
export const MemberWire = Type.Object(
  {
    external_id: Type.Optional(text(200)),
    ...profile,
    kind: Type.Optional(Type.Union([Type.Literal('member'), Type.Literal('guest'), Type.Literal('follower')])),
    attributes: Type.Optional(Attributes),
    tags: Type.Optional(Type.Array(Tag, { maxItems: 100 })),
    joined_at: Type.Optional(Instant),
    join_channel: Type.Optional(text(60)),
    join_store_id: Type.Optional(Nullable(Uuid)),
    consents: Type.Optional(Type.Array(ConsentInput, { maxItems: 40 })),
  },
  { additionalProperties: false },
)
export type MemberWire = Static<typeof MemberWire>

/** Changes to one member: null clears a field. Identities set here replace the first of their kind. */
export const MemberChanges = Type.Object(
  { ...profile, attributes: Type.Optional(Attributes) },
  { additionalProperties: false },
)
export type MemberChanges = Static<typeof MemberChanges>

/** A member to be added or brought up to date. What is absent or null is left as it is. */
export interface MemberInput extends Omit<MemberWire, 'joined_at' | 'consents'> {
  joined_at?: Date | undefined
  consents?: Omit<ConsentEntry, 'member_id'>[] | undefined
}

export interface MemberOutcome {
  index: number
  outcome: 'created' | 'changed' | 'unchanged' | 'refused'
  member_id: string | null
  /** A guest or follower who has become a member by this row. */
  joined?: boolean
  /** Why a row was refused. */
  code?: string
  params?: Record<string, unknown>
  /** What of an accepted row was left out: an identity of somebody else, an unreadable phone. */
  notes: { code: string; params: Record<string, unknown> }[]
}

/** A row as the verbs of one member answer it. */
export const MemberShape = Type.Object({
  member_id: Uuid,
  kind: Type.String(),
  number: Type.Integer(),
  external_id: Nullable(Type.String()),
  display_name: Nullable(Type.String()),
  first_name: Nullable(Type.String()),
  last_name: Nullable(Type.String()),
  birth_date: Nullable(Type.String()),
  gender: Nullable(Gender),
  locale: Nullable(Type.String()),
  time_zone: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  email: Nullable(Type.String()),
  attributes: Attributes,
  tags: Type.Array(Type.String()),
  home_store_id: Nullable(Uuid),
  joined_at: Nullable(Instant),
  join_channel: Nullable(Type.String()),
  join_store_id: Nullable(Uuid),
  created_at: Instant,
  updated_at: Instant,
  picture: Type.Optional(Nullable(Picture)),
  /** When staff removed it; null: they did not, or there is another one since. */
  picture_taken_away_at: Type.Optional(Nullable(Instant)),
})

export interface Member {
  member_id: string
  kind: MemberKind
  number: number
  external_id: string | null
  display_name: string | null
  first_name: string | null
  last_name: string | null
  birth_date: string | null
  gender: 'female' | 'male' | 'other' | null
  locale: string | null
  time_zone: string | null
  phone: string | null
  email: string | null
  attributes: Record<string, unknown>
  tags: string[]
  home_store_id: string | null
  joined_at: Date | null
  join_channel: string | null
  join_store_id: string | null
  created_at: Date
  updated_at: Date
  /** The hash of their picture of themselves, read by `memberOf`; null: none. */
  picture?: string | null
  /** When staff removed it; null: they did not, or there is another one since. */
  picture_taken_away_at?: Date | null
}

export const OutcomeShape = Type.Object({
  index: Type.Integer(),
  outcome: Type.Union([
    Type.Literal('created'),
    Type.Literal('changed'),
    Type.Literal('unchanged'),
    Type.Literal('refused'),
  ]),
  member_id: Nullable(Uuid),
  joined: Type.Optional(Type.Boolean()),
  code: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  notes: Type.Array(Type.Object({ code: Type.String(), params: Type.Record(Type.String(), Type.Unknown()) })),
})

export {
  CompanyOrderShape,
  CompanyRef,
  type CompanyOrder,
  type Parties,
  type PartiesWire,
} from './companies/types.ts'
