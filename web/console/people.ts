/** Where people and orders behind a number are listed: conditions open people (docs/api/conditions.md). */

/** A yes/no question about a member. */
export interface Condition {
  combinator: 'and' | 'or'
  not?: boolean
  rules: (Condition | Rule)[]
}

export interface Rule {
  field: string
  operator: string
  value?: unknown
  measure?: string
  where?: Rule[]
  within?: Record<string, unknown>
}

/** All of these hold. */
export function all(...rules: (Condition | Rule)[]): Condition {
  return { combinator: 'and', rules }
}

/** Any of these holds. */
export function any(...rules: (Condition | Rule)[]): Condition {
  return { combinator: 'or', rules }
}

/** The page that lists who fulfils the condition now. */
export function peopleAddress(condition: Condition): string {
  return `/segments/people?condition=${encodeURIComponent(JSON.stringify(condition))}`
}

/** The page that lists these orders; what is left out does not matter. */
export function ordersAddress(filter: {
  member_id?: string | undefined
  store_id?: string | undefined
  buyer?: 'member' | 'guest'
  /** true: only what counts as a purchase, as reports count. */
  counted?: boolean
  from?: string
  to?: string
}): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(filter)) if (value !== undefined) query.set(key, String(value))
  const text = query.toString()
  return `/orders${text ? `?${text}` : ''}`
}

/** A new segment that begins with this condition. */
export function newSegmentAddress(condition: Condition): string {
  return `/segments/new?condition=${encodeURIComponent(JSON.stringify(condition))}`
}

/** Who stands in one of these states of their rhythm. */
export function inStates(...states: string[]): Rule {
  return { field: 'state', operator: 'in', value: states }
}

/** Who may be written to: consent given on a channel whose address is known, not suppressed. */
export const reachable: Condition = any(
  { field: 'reachable_by_email', operator: 'is', value: true },
  { field: 'reachable_by_sms', operator: 'is', value: true },
)
