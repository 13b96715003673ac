/**
 * Glossary: *wallet* Apple's or Google's app on a phone that keeps cards · *pass* a member's card in one · *serial* its
 * number · *device* a phone that holds it and wants to hear when it changes · *told* the phone was woken, or Google was
 * written to.
 *
 * Errors: `wallet_pass.not_configured` · `wallet_pass.not_found` · `wallet_pass.certificate_unreadable` ·
 * `wallet_pass.certificate_foreign` (not for a pass type) · `wallet_pass.certificate_expired` ·
 * `wallet_pass.certificate_unsigned` · `wallet_pass.key_unreadable` · `wallet_pass.key_foreign`
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable } from '../../base/routes.ts'

const strict = { additionalProperties: false }

export const wallets = ['apple', 'google'] as const
export type Wallet = (typeof wallets)[number]

const Pem = Type.String({ maxLength: 20_000 })
export const AppleBody = Type.Object(
  {
    certificate: Pem,
    wwdr: Pem,
    /** Not named: the one that is kept stays. */
    key: Type.Optional(Pem),
    key_passphrase: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
  },
  strict,
)
export type AppleBody = Static<typeof AppleBody>
export const GoogleBody = Type.Object(
  {
    issuer_id: Type.String({ pattern: '^[0-9]{5,30}$' }),
    service_email: Type.String({ maxLength: 200, pattern: '^[^@\\s]+@[^@\\s]+$' }),
    key: Type.Optional(Pem),
  },
  strict,
)
export type GoogleBody = Static<typeof GoogleBody>

export interface AppleSettings {
  certificate: string
  wwdr: string
  pass_type: string
  team: string
  valid_until: string
}
export interface AppleSecrets {
  key: string
  key_passphrase: string | null
}
export interface GoogleSettings {
  issuer_id: string
  service_email: string
}
export interface GoogleSecrets {
  key: string
}

export const WalletShape = Type.Object({
  wallet: Type.Enum([...wallets]),
  configured: Type.Boolean(),
  passes: Type.Integer(),
  apple: Nullable(
    Type.Object({
      certificate: Type.String(),
      wwdr: Type.String(),
      pass_type: Type.String(),
      team: Type.String(),
      valid_until: Instant,
    }),
  ),
  google: Nullable(Type.Object({ issuer_id: Type.String(), service_email: Type.String() })),
  updated_at: Nullable(Instant),
})

export const OfferedShape = Type.Object({ wallets: Type.Array(Type.Enum([...wallets])) })
export const SaveLinkShape = Type.Object({ url: Type.String() })

/** What stands on a pass, read at one moment. */
export interface PassContent {
  number: number
  display_name: string | null
  /** EAN-13 that earns and never spends. */
  plain_code: string
  points: number
  tier_names: Record<string, string>
  expiring: { points: number; on: string } | null
  changed_at: Date
}

/** How Apple's push service took each of a pass type's phones: told, gone for good, or to be tried again. */
export type ApplePush = (
  credentials: { certificate: string; key: string; key_passphrase: string | null; pass_type: string },
  tokens: readonly string[],
) => Promise<Map<string, 'told' | 'gone' | 'later'>>

/** Writes objects of passes to Google; one that nobody has saved yet is not there, which is no failure. */
export type GoogleWrite = (
  credentials: GoogleSettings & GoogleSecrets,
  objects: readonly Record<string, unknown>[],
) => Promise<void>

export interface WalletChannels {
  apple: ApplePush
  google: GoogleWrite
}
