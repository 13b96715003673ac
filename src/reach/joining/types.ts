/**
 * Glossary: *source* a link or poster that invites, by the word in it · *provider* where somebody has an account by
 * which they sign in · *attempt* one way to a provider and back · *step* one thing asked after joining, with its
 * reward.
 *
 * Facts: `profile.answered` `{step_id}` · `profile.completed`.
 *
 * Errors: `joining_source.not_found` · `joining_source.code_taken` · `provider.not_found` · `provider.off` ·
 * `provider.incomplete` ({missing}) · `provider.has_members` (another would let strangers in) · `provider.down` (it
 * does not answer) · `provider.refused` (it or the person said no) · `provider.set_wrong` (it does not know us) ·
 * `provider.answer_wrong` (another issuer, nonce or signature) · `joining.attempt_unknown` (begun in another browser,
 * or never) · `joining.attempt_over` (late, or its answer was used) · `joining_step.not_found` ·
 * `joining_step.answer_invalid` · `joining_step.choices_missing` · `joining_step.attribute_missing`; and those of
 * members.
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'
import { Reward } from '../../value/gifts/types.ts'

const strict = { additionalProperties: false }
const Names = Type.Record(Type.String(), Type.String({ maxLength: 200 }))
export const Language = Type.Enum(['en', 'zh-TW', 'zh-CN'])
export type Language = Static<typeof Language>

export const ConsentTextShape = Type.Object({ channel: Type.String(), version: Type.String(), text: Type.String() })
export const JoinBody = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    language: Type.Optional(Language),
    /** Where the link or poster hung: a store's code and a word of the brand's own. */
    store: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
    source: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
    /** The friend's link that is being accepted. */
    pass: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
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

export const source_kinds = ['counter', 'poster', 'leaflet', 'web', 'other'] as const
export const SourceBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 120 }),
    kind: Type.Enum([...source_kinds]),
    store_id: Type.Optional(Nullable(Uuid)),
    /** The word in the link; made of the name unless said, and never changed: posters hang. */
    code: Type.Optional(Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' })),
  },
  strict,
)
export type SourceBody = Static<typeof SourceBody>
export const SourceChanges = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    store_id: Type.Optional(Nullable(Uuid)),
    is_closed: Type.Optional(Type.Boolean()),
  },
  strict,
)
export type SourceChanges = Static<typeof SourceChanges>
export const SourceShape = Type.Object({
  /** null: members joined by this word, but no poster bears it. */
  source_id: Nullable(Uuid),
  code: Type.String(),
  name: Nullable(Type.String()),
  kind: Nullable(Type.Enum([...source_kinds])),
  store_id: Nullable(Uuid),
  store_name: Nullable(Type.String()),
  is_closed: Type.Boolean(),
  /** The link below the program's address. */
  path: Nullable(Type.String()),
  joined: Type.Integer(),
  joined_30_days: Type.Integer(),
  /** Of them, those who have bought. */
  bought: Type.Integer(),
  last_joined_at: Nullable(Instant),
})
export interface Source {
  source_id: string | null
  code: string
  name: string | null
  kind: (typeof source_kinds)[number] | null
  store_id: string | null
  store_name: string | null
  is_closed: boolean
  path: string | null
  joined: number
  joined_30_days: number
  bought: number
  last_joined_at: Date | null
}

export const presets = ['line', 'google', 'apple', 'wechat', 'oidc'] as const
export type Preset = (typeof presets)[number]
const Words = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 2_000 }))
export const ProviderBody = Type.Object(
  {
    preset: Type.Enum([...presets]),
    name: Type.String({ minLength: 1, maxLength: 60 }),
    client_id: Type.String({ minLength: 1, maxLength: 300 }),
    /** `issuer` and `scopes` of one's own; `team_id` and `key_id` of Apple. */
    settings: Words,
    /** One that is not named stays, null takes it away: `client_secret`, `private_key`. */
    secrets: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Nullable(Type.String({ maxLength: 4_000 })))),
    is_on: Type.Boolean(),
    position: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  },
  strict,
)
export type ProviderBody = Static<typeof ProviderBody>
export const ProviderShape = Type.Object({
  provider: Type.String(),
  preset: Type.Enum([...presets]),
  name: Type.String(),
  client_id: Type.String(),
  settings: Words,
  secrets_set: Type.Array(Type.String()),
  is_on: Type.Boolean(),
  position: Type.Integer(),
  members: Type.Integer(),
  updated_at: Instant,
})
export interface Provider {
  provider: string
  preset: Preset
  name: string
  client_id: string
  settings: Record<string, string>
  secrets: Record<string, string>
  is_on: boolean
  position: number
  updated_at: Date
}
/** What everybody may know of a provider: enough for a button. */
export const ProviderDoorShape = Type.Object({
  provider: Type.String(),
  preset: Type.Enum([...presets]),
  name: Type.String(),
})
/** Who a provider says somebody is. */
export interface Arrived {
  subject: string
  /** Only one that the provider has verified. */
  email: string | null
  name: string | null
}

export const step_fields = ['display_name', 'birth_date', 'gender', 'city', 'preferences', 'attribute'] as const
export type StepField = (typeof step_fields)[number]
const Choice = Type.Object({ value: Type.String({ minLength: 1, maxLength: 60 }), names: Names }, strict)
export const StepBody = Type.Object(
  {
    /** Of one that is there. */
    step_id: Type.Optional(Nullable(Uuid)),
    field: Type.Enum([...step_fields]),
    names: Names,
    choices: Type.Array(Choice, { maxItems: 50 }),
    attribute: Type.Optional(Nullable(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }))),
    reward: Nullable(Reward),
    is_on: Type.Boolean(),
  },
  strict,
)
export type StepBody = Static<typeof StepBody>
/** All of them, in the order in which they are asked. */
export const StepsBody = Type.Object(
  { steps: Type.Array(StepBody, { maxItems: 30 }), completion_reward: Nullable(Reward) },
  strict,
)
export type StepsBody = Static<typeof StepsBody>
export const StepsShape = Type.Object({
  steps: Type.Array(
    Type.Object({
      ...StepBody.properties,
      step_id: Uuid,
      attribute: Nullable(Type.String()),
      answered: Type.Integer(),
      skipped: Type.Integer(),
    }),
  ),
  completion_reward: Nullable(Reward),
  /** Members who answered all that is asked. */
  completed: Type.Integer(),
})
export interface Step {
  step_id: string
  field: StepField
  names: Record<string, string>
  choices: { value: string; names: Record<string, string> }[]
  attribute: string | null
  reward: Reward | null
  is_on: boolean
}
/** What a member is asked next; null: nothing. */
export const AskedStepShape = Type.Object({
  next: Nullable(
    Type.Object({
      step_id: Uuid,
      field: Type.Enum([...step_fields]),
      names: Names,
      choices: Type.Array(Choice),
      reward: Nullable(Reward),
    }),
  ),
  done: Type.Integer(),
  total: Type.Integer(),
  completion_reward: Nullable(Reward),
})
export const AnswerBody = Type.Object(
  {
    /** null: skipped. */
    value: Nullable(
      Type.Union([
        Type.String({ minLength: 1, maxLength: 200 }),
        Type.Array(Type.String({ maxLength: 60 }), { maxItems: 50 }),
      ]),
    ),
  },
  strict,
)
export type AnswerBody = Static<typeof AnswerBody>
/** What answering brought. */
export const AnsweredShape = Type.Object({ rewarded: Type.Boolean(), completed: Type.Boolean() })
