/**
 * Glossary: *program* the one brand of this database, with its currency, time zone and languages · *settings* what may
 * be changed any day · *frozen* orders exist, so amounts and days have a meaning that may not move · *brand* how the
 * program looks to members and clerks: name, colours, pictures, texts.
 *
 * Errors: `program.missing` (503: nothing is founded yet) · `program.exists` · `program.frozen` ·
 * `program.language_missing` (the default is not among the languages) · `program.country_unknown` ·
 * `money.currency_unknown` · `time.zone_unknown` · `brand.contrast_too_low` (what is written on the main colour cannot
 * be read) · `brand.picture_unreadable` · `brand.picture_size_wrong` · `brand.picture_too_large` ·
 * `brand.picture_not_found`
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable } from '../../base/routes.ts'

const ShortText = Type.String({ maxLength: 200 })
const Language = Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', description: 'BCP 47' })

/** Multiples of a member's own usual interval after which a state begins. */
const Rhythm = Type.Object(
  {
    drowsy: Type.Number({ minimum: 1, maximum: 100 }),
    asleep: Type.Number({ minimum: 1, maximum: 100 }),
    lost: Type.Number({ minimum: 1, maximum: 100 }),
  },
  { additionalProperties: false },
)

export const Settings = Type.Object(
  {
    rhythm: Rhythm,
    fact_hours_max: Type.Integer({
      minimum: 1,
      maximum: 8760,
      description: 'a fact starts something only if recorded within so many hours of happening',
    }),
    attribution_days: Type.Integer({
      minimum: 1,
      maximum: 365,
      description: 'orders so long after a message may be its work',
    }),
    message_cost_minor: Type.Record(
      Type.String({ pattern: '^[a-z_]{1,30}$' }),
      Type.Number({ minimum: 0, maximum: 1_000_000 }),
      {
        description: 'what one message costs by channel, in minor units; fractions are allowed',
      },
    ),
    point_value_minor: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      description: 'what a point is worth when spent, in minor units',
    }),
    gifts_on_refund: Type.Enum(['keep', 'take_back_unused'], {
      description: 'what becomes of the unused part of gifts whose order went back whole',
    }),
    from_name: Nullable(ShortText),
    from_email: Nullable(ShortText),
    reply_to: Nullable(ShortText),
    postal_address: Nullable(
      Type.String({ maxLength: 500, description: 'in the footer of every mail, as many laws ask' }),
    ),
    contact_email: Nullable(ShortText),
    contact_phone: Nullable(ShortText),
    site_url: Nullable(ShortText),
  },
  { additionalProperties: false },
)
export type Settings = Static<typeof Settings>

export const SettingsChanges = Type.Partial(Settings, { additionalProperties: false })
export type SettingsChanges = Static<typeof SettingsChanges>

export const ProgramShape = Type.Object({
  name: Type.String(),
  currency: Type.String({ description: 'ISO 4217' }),
  currency_decimals: Type.Integer({ description: 'decimals of an amount in minor units: 0 for TWD' }),
  time_zone: Type.String({ description: 'IANA' }),
  languages: Type.Array(Type.String()),
  default_language: Type.String(),
  default_country: Type.String({ description: 'ISO 3166: how a local phone number is read' }),
  settings: Settings,
  frozen_at: Nullable(Instant),
  created_at: Instant,
})

export interface Program {
  name: string
  currency: string
  currency_decimals: number
  time_zone: string
  languages: string[]
  default_language: string
  default_country: string
  settings: Settings
  /** Since when currency and zone may not change; null before the first order. */
  frozen_at: Date | null
  created_at: Date
}

const parts = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  currency: Type.String({ minLength: 3, maxLength: 3 }),
  time_zone: Type.String({ minLength: 1, maxLength: 60 }),
  languages: Type.Array(Language, { minItems: 1, maxItems: 20 }),
  default_language: Language,
  default_country: Type.String({ pattern: '^[A-Z]{2}$' }),
}

export const NewProgram = Type.Object(
  { ...parts, settings: Type.Optional(SettingsChanges) },
  { additionalProperties: false },
)
export type NewProgram = Static<typeof NewProgram>

export const ProgramChanges = Type.Partial(NewProgram, { additionalProperties: false })
export type ProgramChanges = Static<typeof ProgramChanges>

/** Names, greetings and the like by language. */
const Texts = Type.Partial(
  Type.Object({ en: ShortText, 'zh-TW': ShortText, 'zh-CN': ShortText }, { additionalProperties: false }),
  { additionalProperties: false },
)
const Colour = Type.String({ pattern: '^#[0-9a-f]{6}$', description: '#rrggbb, lower case' })

/** A picture is made in several sizes by the browser that chooses it: the first is shown on pages. */
export interface PictureSize {
  name: string
  /** Exact, or the most it may be. */
  width: number
  height: number
  is_exact: boolean
}
/** The logo fits a wallet's corner (160 × 50 points); the card picture a store card's strip (375 × 144). */
export const pictureSizes = {
  icon: [512, 192, 87, 58, 29].map((side) => ({ name: `${side}`, width: side, height: side, is_exact: true })),
  logo: [3, 2, 1].map((by) => ({ name: `${by}x`, width: 160 * by, height: 50 * by, is_exact: false })),
  card: [2, 3, 1].map((by) => ({ name: `${by}x`, width: 375 * by, height: 144 * by, is_exact: true })),
} as const satisfies Record<string, readonly PictureSize[]>
export type PictureKind = keyof typeof pictureSizes
export const pictureKinds = Object.keys(pictureSizes) as PictureKind[]
/** One PNG; the largest card picture has 486,000 pixels. */
export const picture_bytes_max = 1_500_000

export interface Picture {
  hash: string
  width: number
  height: number
  /** Of a logo: how light it is, 0 to 1; null or not there: it is seen on any ground. */
  luminance?: number | null
}
/** By kind and name of its size. */
export type Pictures = Partial<Record<PictureKind, Record<string, Picture>>>

const PictureShape = Type.Object({
  hash: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  luminance: Type.Optional(
    Nullable(Type.Number({ description: 'of a logo, 0 black to 1 white; null: it is seen on any ground' })),
  ),
})
const PicturesShape = Type.Partial(
  Type.Object({
    icon: Type.Record(Type.String(), PictureShape),
    logo: Type.Record(Type.String(), PictureShape),
    card: Type.Record(Type.String(), PictureShape),
  }),
)

export const BrandTexts = Type.Object(
  {
    greeting: Texts,
    terms_url: Texts,
    help: Texts,
  },
  { additionalProperties: false },
)
export type BrandTexts = Static<typeof BrandTexts>

const SchemeShape = Type.Object({
  brand: Colour,
  on_brand: Colour,
  action: Colour,
  on_action: Colour,
  link: Colour,
})
const SchemesShape = Type.Object({ light: SchemeShape, dark: SchemeShape })
const LogoPlateShape = Type.Object({ page: Nullable(Colour), card: Nullable(Colour) })
const LogoPlatesShape = Type.Object(
  { light: LogoPlateShape, dark: LogoPlateShape },
  { description: 'what lies under the logo where it could not be seen: on the page, on the card; null: nothing' },
)

export const BrandShape = Type.Object({
  name: Type.String(),
  main_colour: Colour,
  on_colour: Nullable(Colour),
  pictures: PicturesShape,
  texts: BrandTexts,
  schemes: SchemesShape,
  logo_plates: LogoPlatesShape,
})

/** What of the brand is kept; what is derived (`schemes`, `logo_plates`) never is. */
export interface Brand {
  name: string
  main_colour: string
  /** What is written on it; null: paper or ink by itself. */
  on_colour: string | null
  pictures: Pictures
  texts: BrandTexts
}

export const BrandChanges = Type.Partial(
  Type.Object({
    name: parts.name,
    main_colour: Colour,
    on_colour: Nullable(Colour),
    texts: BrandTexts,
  }),
  { additionalProperties: false },
)
export type BrandChanges = Static<typeof BrandChanges>

/** Colours under a hand that chooses: what they come to, and what would pass. */
export const ColoursBody = Type.Object(
  { main_colour: Colour, on_colour: Nullable(Colour) },
  { additionalProperties: false },
)
export const ColoursShape = Type.Object({
  contrast: Type.Number({ description: 'of the two, 1 to 21 (WCAG 2.2)' }),
  contrast_min: Type.Number(),
  passes: Type.Boolean(),
  /** The nearest colour to write with that passes. */
  nearest_on: Colour,
  /** The nearest main colour that the writing passes on. */
  nearest_main: Colour,
  schemes: SchemesShape,
  logo_plates: LogoPlatesShape,
})

export const PicturesBody = Type.Object(
  {
    pngs: Type.Array(
      Type.Object(
        {
          name: Type.String({ maxLength: 10 }),
          // larger ones are refused in words, not by their letters
          base64: Type.String({ maxLength: 2 * picture_bytes_max }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 10 },
    ),
  },
  { additionalProperties: false },
)
export const PictureKindParams = Type.Object({ kind: Type.Enum(['icon', 'logo', 'card']) })
