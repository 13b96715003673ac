/**
 * Glossary: *store* where people buy: a shop, or the web store. Its code is how tills and files name it.
 * Errors: `store.not_found` · `store.code_taken` · `time.zone_unknown` · `till.not_your_store` ({store, stores}: of
 * whoever works elsewhere)
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'

export const StoreKind = Type.Union([Type.Literal('shop'), Type.Literal('web')])
export type StoreKind = Static<typeof StoreKind>

export const StoreShape = Type.Object({
  store_id: Uuid,
  code: Type.String(),
  name: Type.String(),
  kind: StoreKind,
  time_zone: Nullable(Type.String({ description: 'IANA; null: the program’s' })),
  created_at: Instant,
})

export interface Store {
  store_id: string
  code: string
  name: string
  kind: StoreKind
  time_zone: string | null
  created_at: Date
}

/** A till by the sales channel of its receipts, such as `till-XINYI-1`. */
export const TillName = Type.String({ minLength: 1, maxLength: 60 })
/** At which till something is done that the member must be there for. */
export const TillQuery = Type.Object({ till: Type.Optional(TillName) })

const Code = Type.String({ minLength: 1, maxLength: 60 })
const Name = Type.String({ minLength: 1, maxLength: 200 })

export const NewStore = Type.Object(
  {
    code: Code,
    name: Type.Optional(Name),
    kind: Type.Optional(StoreKind),
    time_zone: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
  },
  { additionalProperties: false },
)
export type NewStore = Static<typeof NewStore>

export const StoreChanges = Type.Partial(NewStore, { additionalProperties: false })
export type StoreChanges = Static<typeof StoreChanges>
