/** Before a version is published: who would get which price. One statement asks all members every condition. */
import { compileCondition, idsOf } from '../../base/conditions/compile.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import type { Db } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import * as program from '../../record/program/program.ts'
import { population } from './quoting.ts'
import type { PlanDesign } from './types.ts'

/** As long as a screen waits: a condition over a million members takes a second or two. */
const preview_timeout_ms = 20_000

export interface PriceMove {
  /** Of the price in the list; null: not sold to these. */
  before_place: number | null
  after_place: number | null
  before_minor: number | null
  after_minor: number | null
  members: number
  /** Of them those who hold the plan and would pay it at their next renewal. */
  subscribers: number
}

/** How many members pay what now and would pay what with another design. `before` null: a new plan. */
export async function preview(
  db: Db,
  asked: { plan_id: string | null; before: PlanDesign | null; after: PlanDesign; now: Date; signal: AbortSignal },
): Promise<PriceMove[]> {
  const { time_zone: zone } = await program.current(db)
  const fields = allFields()
  const ids = (when: PlanDesign['prices'][number]['when']): Sql =>
    when === null
      ? sql`select ${sql`m.member_id`} from ${population.from} where ${population.where}`
      : idsOf(compileCondition(when, { fields, population, now: asked.now, zone, reading: 'now' }))
  const side = (name: string, design: PlanDesign | null): Sql[] =>
    (design?.prices ?? []).map(
      ({ when }, place) =>
        sql`select ${name}::text as side, ${place}::int as place, member_id from (${ids(when)}) one`,
    )
  const parts = [...side('before', asked.before), ...side('after', asked.after)]
  const rows = await db.timed<{
    before_place: number | null
    after_place: number | null
    members: number
    subscribers: number
  }>(
    sql`
      with places as (
        select member_id, min(place) filter (where side = 'before') as before_place,
          min(place) filter (where side = 'after') as after_place
        from (${join(parts, ' union all ')}) one group by member_id
      )
      select before_place, after_place, count(*) as members,
        count(s.member_id) as subscribers
      from ${population.from}
      left join places on places.member_id = m.member_id
      left join plan_subscriptions s on s.member_id = m.member_id and s.plan_id = ${asked.plan_id}::uuid
        and s.state <> 'ended' and s.auto_renew
      where ${population.where}
      group by before_place, after_place order by before_place nulls last, after_place nulls last`,
    { timeout_ms: preview_timeout_ms, signal: asked.signal },
  )
  const priceAt = (design: PlanDesign | null, place: number | null) =>
    place === null ? null : (design?.prices[place]?.price_minor ?? null)
  return rows.map((row) => ({
    ...row,
    before_minor: priceAt(asked.before, row.before_place),
    after_minor: priceAt(asked.after, row.after_place),
  }))
}
