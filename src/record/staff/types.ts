/**
 * Glossary: *staff* people who sign in to work for the brand · *role* what they do there, and so what they may do ·
 * *permission* a `noun:verb` word that a route asks for · *API key* another program's way in, with its own permissions
 * · *audit* who changed what, before and after · *saved view* a list's filters under a name · *seen* what one opened
 * last.
 *
 * Errors: `sign_in.refused` (401, whatever was wrong) · `sign_in.locked` (429) · `sign_in.link_unusable` (401: used,
 * old or never made) · `session.required` · `key.unknown` (401) · `key.not_found` · `key.scope_unknown` ·
 * `key.scope_exceeds` (more than its maker may do) · `staff.not_found` · `staff.email_taken` · `staff.last_owner` (a
 * program is never without one) · `saved_view.not_found` · `saved_view.name_taken` · `password.too_short` ·
 * `password.too_long` · `password.wrong`
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'

export const Role = Type.Union([
  Type.Literal('owner'),
  Type.Literal('marketer'),
  Type.Literal('analyst'),
  Type.Literal('manager'),
  Type.Literal('clerk'),
  Type.Literal('developer'),
])
export type Role = Static<typeof Role>

/** A person as lists show one. */
export const StaffShape = Type.Object({
  staff_id: Uuid,
  email: Type.String(),
  name: Type.String(),
  role: Role,
  locale: Type.String(),
  created_at: Instant,
  disabled_at: Nullable(Instant),
})

export interface Staff {
  staff_id: string
  email: string
  name: string
  role: Role
  locale: string
  created_at: Date
  disabled_at: Date | null
}

/** Languages the console speaks; more come with more texts. */
export const ScreenLocale = Type.Union([Type.Literal('en'), Type.Literal('zh-TW'), Type.Literal('zh-CN')])

const Email = Type.String({ minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })

export const NewStaff = Type.Object(
  {
    email: Email,
    name: Type.String({ minLength: 1, maxLength: 100 }),
    role: Role,
    /** Without one the person comes in by a sign-in link. */
    password: Type.Optional(Type.String({ maxLength: 1000 })),
    locale: Type.Optional(ScreenLocale),
  },
  { additionalProperties: false },
)
export type NewStaff = Static<typeof NewStaff>

export const StaffChanges = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    role: Type.Optional(Role),
    locale: Type.Optional(ScreenLocale),
    disabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type StaffChanges = Static<typeof StaffChanges>

export const ApiKeyShape = Type.Object({
  key_id: Uuid,
  name: Type.String(),
  prefix: Type.String({ description: 'how the token begins, to tell keys apart' }),
  scopes: Type.Array(Type.String()),
  created_by: Type.String(),
  created_at: Instant,
  revoked_at: Nullable(Instant),
})

export interface ApiKey {
  key_id: string
  name: string
  prefix: string
  scopes: string[]
  created_by: string
  created_at: Date
  revoked_at: Date | null
}

/**
 * One administrative write. `before` and `after` hold codes, numbers and texts of the program; what belongs to a person
 * (a name, a phone) goes into `personal`, which the person's erasure deletes.
 */
export interface AuditLine {
  /** `noun.past_tense`: `product.updated`. */
  action: string
  noun: string
  noun_id: string | null
  before?: Record<string, unknown>
  after?: Record<string, unknown>
  personal?: { member_id: string; before: Record<string, unknown>; after: Record<string, unknown> }[]
}

const Anything = Type.Record(Type.String(), Type.Unknown())
export const AuditShape = Type.Object({
  audit_id: Type.Integer(),
  at: Instant,
  actor: Type.String(),
  actor_name: Type.String(),
  action: Type.String(),
  noun: Type.String(),
  noun_id: Nullable(Type.String()),
  before: Nullable(Anything),
  after: Nullable(Anything),
  personal: Type.Array(Type.Object({ member_id: Uuid, before: Nullable(Anything), after: Nullable(Anything) })),
})

export interface AuditRow {
  audit_id: number
  at: Date
  actor: string
  actor_name: string
  action: string
  noun: string
  noun_id: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  personal: { member_id: string; before: Record<string, unknown> | null; after: Record<string, unknown> | null }[]
}

export const SavedViewShape = Type.Object({
  view_id: Uuid,
  noun: Type.String(),
  name: Type.String(),
  query: Anything,
  created_at: Instant,
})
export interface SavedView {
  view_id: string
  noun: string
  name: string
  query: Record<string, unknown>
  created_at: Date
}

export const SeenShape = Type.Object({ noun: Type.String(), noun_id: Type.String(), at: Instant })
export interface Seen {
  noun: string
  noun_id: string
  at: Date
}

/** A noun as routes and tables write it: `members`. */
export const Noun = Type.String({ pattern: '^[a-z][a-z_]{1,40}$' })
export { Anything }

export type { Principal } from '../../base/routes.ts'
