/** What may be asked of cards, and what each booking needs to know. */
import { versionAt } from './rules.ts'
import type {
  AdjustUnits,
  CardAct,
  CardLaw,
  CardRule,
  CardVersion,
  HoldUnits,
  RefundRest,
  RestoreUnits,
  SpendUnits,
  Stamped,
  TopUp,
} from './types.ts'
import type { Booking, Wallet } from './wallet.ts'

interface When {
  occurred_at: Date
  /** The day in the program's zone. */
  day: string
}
/** An order as it stands in the books. */
export interface StampWant extends CardAct, When {
  kind: 'stamp'
  order_id: string
  ordered_at: Date
  ordered_on: string
  stamped: Stamped
  store_id: string | null
  /** What comes back of an order that never stamped (a guest's) changes nothing. */
  is_refund: boolean
}
export type Want =
  | StampWant
  | (CardAct & When & { kind: 'issue' })
  | (TopUp & When & { kind: 'top_up' })
  | (SpendUnits & When & { kind: 'spend' })
  | (HoldUnits & When & { kind: 'hold' })
  | (CardAct & When & { kind: 'commit' })
  | (CardAct & When & { kind: 'release' })
  | (RestoreUnits & When & { kind: 'restore' })
  | (RefundRest & When & { kind: 'refund' })
  | (AdjustUnits & When & { kind: 'adjust' })
  /** Only brings the card to the day; after a merge it also pays what is owed and fills what is full. */
  | (CardAct & When & { kind: 'settle'; is_merged?: boolean })
export type WantOf<K extends Want['kind']> = Extract<Want, { kind: K }>

export interface Refused {
  code: string
  params: Record<string, unknown>
}
/** A spend that is to be given back. */
export interface BookedSpend {
  entry_id: number
  restored: number
  parts: { lot_id: number; units: number }[]
}
export interface Context {
  booking: Booking
  law: CardLaw
  spendOf: (want: RestoreUnits) => BookedSpend | undefined
}

/** What an entry takes over from its want. */
export const about = (want: Want) => ({
  source: want.source,
  source_id: want.source_id,
  occurred_at: want.occurred_at,
})

/** The rule of a kind in force at a moment; the first before it. */
export function ruleFor<K extends CardRule['kind']>(law: CardLaw, moment: Date, kind: K) {
  const version = versionAt(law, moment) ?? law.versions[0]!
  return { version: version.version, rule: version.rule as Extract<CardVersion['rule'], { kind: K }> }
}

/** Which of principal and bonus is spent first. */
export const firstOf = (wallet: Wallet, want: Want, law: CardLaw) =>
  wallet.kind === 'value' ? ruleFor(law, want.occurred_at, 'value').rule.spend_first : 'principal'

export function insufficient(available: number, wanted: number): Refused {
  return { code: 'card.insufficient', params: { available, wanted } }
}
