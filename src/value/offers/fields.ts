/** What conditions may ask about offers: how often issued, seen and completed, and of which. */
import type { Field, Filter, Measure } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

const count: Measure = { type: 'number', integer: true, sql: sql`count(*)` }
const filters: readonly Filter[] = [
  { name: 'offer', type: 'choice', options: 'offers', cast: 'uuid', sql: sql`issue.offer_id` },
]
const of = (name: string, at: string): Field => ({
  name,
  group: 'offers',
  type: 'behaviour',
  rows: sql`offer_issues issue`,
  member: 'issue.member_id',
  at,
  measures: { count },
  filters,
})

export const fields: Field[] = [
  of('offers_issued', 'issue.issued_at'),
  { ...of('offers_viewed', 'issue.viewed_at'), counts: sql`issue.viewed_at is not null` } as Field,
  { ...of('offers_completed', 'issue.completed_at'), counts: sql`issue.completed_at is not null` } as Field,
]
