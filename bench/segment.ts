import '../src/app/fields.ts'
import { sql } from '../src/base/sql.ts'
import { addDays, dayOf, stopwatch } from '../src/base/time.ts'
import * as segments from '../src/reach/segments/segments.ts'
import { atMost, median, openBenchDatabase, type Bench } from './bench.ts'
import { fillCrowd } from './crowd.ts'

const memberCount = 1_000_000
const orderCount = 5_000_000
const runs = 5
/** Seconds in which a condition on profile and statistics must answer. */
const statisticsSecondsMax = 0.5

/**
 * Three conditions over a million members and five million orders, each against SQL written by hand for that question;
 * the worst ratio counts.
 */
export const bench: Bench = {
  name: 'segment',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fillCrowd(db, tell, { members: memberCount, orders: orderCount })
      const zone = 'Asia/Taipei'
      const today = dayOf(db.now(), zone)
      const since = addDays(today, -179)
      const cases = [
        {
          name: 'statistics',
          condition: and([
            { field: 'reachable_by_email', operator: 'is', value: true },
            { field: 'order_count', operator: 'at_least', value: 6 },
          ]),
          byHand: sql`
            select count(*) as count from members m join member_statistics s on s.member_id = m.member_id
            where m.kind = 'member' and m.merged_into is null and m.erased_at is null and s.order_count >= 6
              and m.email is not null and exists (select from member_consents c where c.member_id = m.member_id
                and c.channel = 'email' and c.purpose = 'marketing' and c.status = 'granted')
              and not exists (select from member_suppressions u where u.member_id = m.member_id
                and u.channel = 'email')`,
        },
        {
          name: 'bought twice in 180 days',
          condition: and([
            { field: 'purchases', operator: 'at_least', value: 2, within: { last: 180, unit: 'day' } },
          ]),
          byHand: sql`
            select count(*) as count from members m join (
              select member_id from orders where counts and ordered_on >= ${since}::date
                and ordered_on <= ${today}::date
              group by member_id having count(*) >= 2) o on o.member_id = m.member_id
            where m.kind = 'member' and m.merged_into is null and m.erased_at is null`,
        },
        {
          name: 'did not buy in 90 days',
          condition: and([{ field: 'purchases', operator: 'at_most', value: 0, within: { last: 90, unit: 'day' } }]),
          byHand: sql`
            select count(*) as count from members m left join member_statistics s on s.member_id = m.member_id
            where m.kind = 'member' and m.merged_into is null and m.erased_at is null
              and (s.last_order_on is null or s.last_order_on < ${addDays(today, -89)}::date)`,
        },
      ]
      let worst = atMost(1.3, 0, 1, 's', '')
      for (const one of cases) {
        const byHand: number[] = []
        const ours: number[] = []
        for (let i = 0; i < runs; i += 1) {
          const a = await timed(
            async () => (await db.timed<{ count: number }>(one.byHand, { timeout_ms: 60_000 }))[0]!.count,
          )
          const b = await timed(
            async () => (await segments.count(db, one.condition, { now: db.now(), timeout_ms: 60_000 })).count,
          )
          if (a.value !== b.value) throw new Error(`${one.name}: ${b.value} members, by hand ${a.value}`)
          byHand.push(a.seconds)
          ours.push(b.seconds)
        }
        const measured = atMost(
          1.3,
          median(ours),
          median(byHand),
          's',
          `“${one.name}” over ${memberCount} members and ${orderCount} orders, against SQL by hand`,
        )
        tell(`${one.name}: ${measured.value} s, by hand ${measured.limit} s`)
        if (one.name === 'statistics' && measured.value > statisticsSecondsMax)
          tell(`slower than ${statisticsSecondsMax} s on this machine today`)
        if (measured.ratio > worst.ratio) worst = measured
      }
      return worst
    } finally {
      await close()
    }
  },
}

function and(rules: unknown[]) {
  return { combinator: 'and', rules }
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const elapsed = stopwatch()
  const value = await work()
  return { value, seconds: elapsed() / 1000 }
}
