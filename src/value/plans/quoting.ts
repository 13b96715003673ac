/** What plans cost members: the conditions of all prices asked of all members in one statement. */
import { compileCondition, matchesOf } from '../../base/conditions/compile.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { begunAt, lastToCome } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import { pairKey } from './deciding.ts'
import { priceOf, type Priced } from './rules.ts'
import type { Plan } from './types.ts'

/** Whom conditions of prices are asked about. */
export const population = {
  from: sql`members m`,
  key: 'm.member_id',
  where: sql`m.kind = 'member' and m.merged_into is null and m.erased_at is null`,
}

/** Plans by id, each with the version in force at a moment; those that have none yet are not there. */
export async function plansAt(
  db: Reader,
  at: Date,
  plan_ids: readonly string[] | null = null,
): Promise<Map<string, Plan>> {
  const rows = await db.rows<Plan>(sql`
    select p.plan_id, p.names, p.status, v.version, v.design
    from plans p
    cross join lateral (
      select version, design from plan_versions v
      where v.plan_id = p.plan_id and ${begunAt(at)} order by ${lastToCome} limit 1
    ) v
    where ${plan_ids}::uuid[] is null or p.plan_id = any (${plan_ids}::uuid[])
    order by p.plan_id`)
  return new Map(rows.map((row) => [row.plan_id, row]))
}

/** What the plans in force cost these members now, and why. By `member plan`. */
export async function quote(
  db: Reader,
  now: Date,
  asked: readonly { member_id: string; plan_id: string }[],
  plans: ReadonlyMap<string, Plan>,
): Promise<Map<string, Priced>> {
  const wanted = [...new Set(asked.map((one) => one.plan_id))].flatMap((plan_id) => plans.get(plan_id) ?? [])
  const conditions = wanted.flatMap((plan) =>
    plan.design.prices.flatMap(({ when }, place) => (when ? [{ plan_id: plan.plan_id, place, when }] : [])),
  )
  const holding = new Set<string>()
  if (conditions.length > 0) {
    const { time_zone: zone } = await program.current(db)
    const fields = allFields()
    const compiled = conditions.map(({ when }) =>
      compileCondition(when, { fields, population, now, zone, reading: 'now' }),
    )
    const ids = [...new Set(asked.map((one) => one.member_id))]
    const rows = await db.rows<{ condition: number; member_id: string }>(matchesOf(compiled, ids))
    for (const { condition, member_id } of rows) {
      const { plan_id, place } = conditions[condition]!
      holding.add(`${member_id} ${plan_id} ${place}`)
    }
  }
  return new Map(
    asked.flatMap(({ member_id, plan_id }) => {
      const plan = plans.get(plan_id)
      if (!plan) return []
      const holds = plan.design.prices.map((_price, place) => holding.has(`${member_id} ${plan_id} ${place}`))
      return [[pairKey({ member_id, plan_id }), priceOf(plan.design, plan.version, holds)]]
    }),
  )
}
