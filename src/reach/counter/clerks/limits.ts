/** What one clerk may do in a day. The day's row is the counter: who passes a limit finds nothing to update. */
import { actorText } from '../../../base/actor.ts'
import type { Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { raw, sql } from '../../../base/sql.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { useApproval } from './approvals.ts'
import { isLimited, rulesOf, type Clerk } from './settings.ts'
import type { TillRules } from './types.ts'

/** What is limited: its column, and its rule. */
const limited = {
  points: { column: 'points_given', rule: 'points_a_day_max' },
  receipts: { column: 'receipts_given', rule: 'receipts_a_day_max' },
  refunds: { column: 'refunded_minor', rule: 'refunds_a_day_max_minor' },
  top_ups: { column: 'top_ups_minor', rule: 'top_ups_a_day_max_minor' },
} as const satisfies Record<string, { column: string; rule: keyof TillRules }>
export type Limited = keyof typeof limited

/**
 * Counts an act against the day's limit of who does it. Beyond it a manager's code allows this one act, which then does
 * not count; answers whose code it was. Throws `till.over_limit` with what is left, `till.approval_unusable`.
 */
export async function countAct(
  tx: Tx,
  act: { kind: Limited; amount: number; clerk: Clerk; approval: string | undefined },
): Promise<string | null> {
  const { kind, amount, clerk, approval } = act
  if (!isLimited(clerk) || amount === 0) return null
  const { column, rule } = limited[kind]
  const most = (await rulesOf(tx))[rule]
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const key = { actor: actorText(clerk.actor), day }
  const own = raw(column)
  const counted = await tx.row(sql`
    insert into till_clerk_days as known (actor, day, ${own})
    select ${key.actor}::text, ${day}::date, ${amount}::bigint
    where ${most}::bigint is null or ${amount}::bigint <= ${most}::bigint
    on conflict (actor, day) do update set ${own} = known.${own} + excluded.${own}
    where ${most}::bigint is null or known.${own} + excluded.${own} <= ${most}::bigint
    returning actor`)
  if (counted) return null
  if (approval !== undefined) return useApproval(tx, approval, { kind, amount })
  const used = await tx.row<{ used: number }>(sql`
    select ${own}::bigint as used from till_clerk_days where actor = ${key.actor}::text and day = ${day}::date`)
  const left = Math.max(0, most! - (used?.used ?? 0))
  throw new AppError('till.over_limit', { kind, amount, most, left }, { status: 403 })
}
