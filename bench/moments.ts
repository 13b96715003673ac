import '../src/app/fields.ts'
import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import { addDays, dayOf } from '../src/base/time.ts'
import * as moments from '../src/value/moments/moments.ts'
import { atMost, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { crowdId, fillCrowd } from './crowd.ts'

const memberCount = 1_000_000
/** Members whose birthday is the day that is measured; all others have theirs later. */
const dueCount = 10_000
/** Beside the least there is to write, a gift is decided, booked in the ledger of points and told. */
const ratio_max = 8
const nothingSecondsMax = 0.1
const zone = 'Asia/Taipei'
const actor = systemActor('bench')

/**
 * A day of birthdays on a million members: ten thousand are given points, against bare writes of as many rows of the
 * same tables; and a day on which nobody has a birthday.
 */
export const bench: Bench = {
  name: 'moments',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fillCrowd(db, tell, { members: memberCount, orders: 1_000 })
      const today = dayOf(db.now(), zone)
      await fillBirthdays(db, today)
      await db.pool.query('vacuum analyze')
      const limit = await bare(db)
      tell(`bare writes of ${dueCount} gifts: ${limit.toFixed(2)} s`)
      await db.tx({ actor }, (tx) =>
        moments.create(tx, {
          names: { en: 'Birthday' },
          rule: {
            when: { kind: 'birthday', span: 'day', calendar: 'solar' },
            whom: null,
            reward: { kind: 'points', points: 50 },
            budget_id: null,
            before_days: 0,
            after_days: 0,
            joined_days_min: 0,
          },
        }),
      )
      const nothing = await theDay(db, 0)
      tell(`a day without birthdays: ${(nothing * 1_000).toFixed(0)} ms (at most ${nothingSecondsMax * 1_000})`)
      const seconds = await theDay(db, 1)
      tell(`a day with ${dueCount} birthdays: ${seconds.toFixed(2)} s`)
      const measured = atMost(
        ratio_max,
        seconds,
        limit,
        's',
        `points for ${dueCount} birthdays among ${memberCount} members, against bare writes of as many rows; ` +
          `a day without birthdays takes ${(nothing * 1_000).toFixed(0)} ms`,
      )
      return { ...measured, ok: measured.ok && nothing <= nothingSecondsMax }
    } finally {
      await close()
    }
  },
}

/** The work of a day so many days from now, until nothing is left; the seconds it takes. */
function theDay(db: Db, days: number): Promise<number> {
  const now = new Date(db.now().getTime() + days * 86_400_000)
  return secondsOf(async () => {
    while (await db.tx({ actor, now }, (tx) => moments.giveDue(tx)));
  })
}

/** Ten thousand tomorrow, the others on one of the 300 days behind it. */
async function fillBirthdays(db: Db, today: string): Promise<void> {
  await db.tx({ actor }, (tx) =>
    tx.run(sql`
      update members set birth_date = '19' || lpad((50 + number % 50)::text, 2, '0') || '-' ||
        to_char(${addDays(today, 1)}::date
          + case when number % ${memberCount / dueCount}::int = 0 then 0 else 1 + (number % 300)::int end, 'MM-DD')`),
  )
}

/** The least that so many gifts must write: the gift, what the moment notes, an entry, a lot, a balance. */
function bare(db: Db): Promise<number> {
  return secondsOf(() =>
    db.tx({ actor, rollback: true }, async (tx) => {
      const ids = sql`(select ${crowdId(sql`n`)} as member_id, n from generate_series(1, ${dueCount}::int) n) one`
      await tx.run(sql`
        insert into gifts (member_id, kind, reward, reason, occurrence, cost_minor, status, given_at, why, actor)
        select member_id, 'points', '{"kind": "points", "points": 50}', 'bare', n::text, 50, 'done',
          ${tx.now}::timestamptz, '{}', 'bench' from ${ids}`)
      await tx.run(sql`
        insert into moment_gifts (member_id, moment_id, occurrence, version, occurs_on, given_on, refused, why,
          recorded_at)
        select member_id, member_id, '1', 1, ${dayOf(tx.now, zone)}::date, ${dayOf(tx.now, zone)}::date, 'bare', '{}',
          ${tx.now}::timestamptz from ${ids}`)
      await tx.run(sql`
        insert into point_entries (member_id, kind, points, lot_id, source, source_id, occurred_at, recorded_at, why,
          actor)
        select member_id, 'adjust', 50, n, 'bare', n::text, ${tx.now}::timestamptz, ${tx.now}::timestamptz, '{}',
          'bench' from ${ids}`)
      await tx.run(sql`
        insert into point_lots (member_id, lot_id, granted, remaining, status, earned_at)
        select member_id, n, 50, 50, 'active', ${tx.now}::timestamptz from ${ids}`)
      await tx.run(sql`
        insert into point_balances (member_id, active, updated_at)
        select member_id, 50, ${tx.now}::timestamptz from ${ids}`)
      await tx.run(sql`
        insert into facts (member_id, name, occurred_at, recorded_at, actor)
        select member_id, name, ${tx.now}::timestamptz, ${tx.now}::timestamptz, 'bench'
        from ${ids} cross join unnest(array['gift.given', 'points.adjusted']) as name`)
    }),
  )
}
