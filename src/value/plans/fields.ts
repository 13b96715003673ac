/** What conditions may ask about plans: which are held, how they stand, when the next payment is due. */
import type { Field, Table } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'
import { states } from './types.ts'

const running = sql`subscription.state <> 'ended'`

const next: Table = {
  alias: 'next_plan',
  from: sql`(
    select member_id, min(due_on) as due_on from plan_subscriptions where state <> 'ended' group by member_id)`,
}

export const fields: Field[] = [
  {
    name: 'plans_held',
    group: 'plans',
    type: 'set',
    options: 'plans',
    cast: 'uuid',
    rows: {
      from: sql`plan_subscriptions subscription`,
      member: 'subscription.member_id',
      value: sql`subscription.plan_id`,
      where: running,
    },
  },
  {
    name: 'plan_states',
    group: 'plans',
    type: 'set',
    options: states,
    rows: {
      from: sql`plan_subscriptions subscription`,
      member: 'subscription.member_id',
      value: sql`subscription.state`,
    },
  },
  { name: 'plan_due_on', group: 'plans', type: 'day', table: next, sql: sql`next_plan.due_on` },
]
