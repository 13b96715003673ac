/**
 * Glossary: *program* the one brand of this database, with its currency, time zone and languages · *settings* what may
 * be changed any day · *frozen* orders exist, so amounts and days have a meaning that may not move.
 *
 * Errors: `program.missing` (503: nothing is founded yet) · `program.exists` · `program.frozen` ·
 * `program.language_missing` (the default is not among the languages) · `program.country_unknown` ·
 * `money.currency_unknown` · `time.zone_unknown`
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
