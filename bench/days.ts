import { systemActor } from '../src/base/actor.ts'
import type { Db, Tx } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import { addDays, dayOf } from '../src/base/time.ts'
import * as points from '../src/value/points/points.ts'
import * as tiers from '../src/value/tiers/tiers.ts'
import { atMost, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { crowdId, fillCrowd } from './crowd.ts'

const memberCount = 1_000_000
const orderCount = 1_000_000
/** Members for whom something is due on the day, of each kind. */
const dueCount = 10_000
/** Beside the least there is to write, a day reads who is due, decides, and tells it. */
const ratio_max = 4
/** Seconds in which a day with so many due, and one with nothing due, must be over. */
const dueSecondsMax = 5
const nothingSecondsMax = 0.1
const zone = 'Asia/Taipei'

/**
 * A day's clock work on a million members: lots that end, lots that can be spent from today on, tiers to be reviewed;
 * ten thousand of each, against three bare statements a kind over as many rows of the same tables.
 */
export const bench: Bench = {
  name: 'days',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fillCrowd(db, tell, { members: memberCount, orders: orderCount })
      const today = dayOf(db.now(), zone)
      await fillLots(db, today)
      await fillTiers(db, today)
      await db.pool.query('vacuum analyze')
      const limit = await bare(db)
      tell(`bare writes of ${dueCount} rows of each kind: ${limit.toFixed(2)} s`)
      const yesterday = await theDay(db, -1)
      tell(`a day with nothing due: ${(yesterday * 1_000).toFixed(0)} ms (at most ${nothingSecondsMax * 1_000})`)
      const seconds = await theDay(db, 0)
      tell(`a day with ${dueCount} due of each kind: ${seconds.toFixed(2)} s (at most ${dueSecondsMax})`)
      return atMost(
        ratio_max,
        seconds,
        limit,
        's',
        `expiry, activation and tier review of ${dueCount} due each among ${memberCount} members, against bare ` +
          `writes of as many rows; nothing due takes ${(yesterday * 1_000).toFixed(0)} ms`,
      )
    } finally {
      await close()
    }
  },
}

/** All clock work of a day so many days from now, until nothing is left; the seconds it takes. */
function theDay(db: Db, days: number): Promise<number> {
  const now = new Date(db.now().getTime() + days * 86_400_000)
  const until = async (due: (tx: Tx) => Promise<number>) => {
    while ((await db.tx({ actor: systemActor('bench'), now }, due)) > 0);
  }
  return secondsOf(async () => {
    await until((tx) => points.activateDue(tx))
    await until((tx) => points.expireDue(tx))
    await until((tx) => tiers.review(tx))
  })
}

/** Every member holds a lot; of ten thousand it ended yesterday, of ten thousand more it can be spent from today on. */
async function fillLots(db: Db, today: string): Promise<void> {
  const last = addDays(today, -1)
  const kindOf = sql`case when n % ${memberCount / dueCount}::int = 0 then 'ends'
    when n % ${memberCount / dueCount}::int = 1 then 'starts' else 'lives' end`
  await db.tx({ actor: systemActor('bench') }, async (tx) => {
    await tx.run(sql`
      insert into point_entries (member_id, entry_id, kind, points, lot_id, source, source_id, occurred_at, recorded_at,
        why, actor)
      select ${crowdId(sql`n`)}, n, 'open', 100, n, 'bench', n::text, ${tx.now}::timestamptz - interval '300 days',
        ${tx.now}::timestamptz, '{"codes": ["points.opened"], "params": {"points": 100}, "rule_version": null}', 'bench'
      from generate_series(1, ${memberCount}::int) n`)
    await tx.run(sql`
      insert into point_lots (member_id, lot_id, granted, remaining, status, earned_at, activates_on, expires_on)
      select ${crowdId(sql`n`)}, n, 100, 100, case when kind = 'starts' then 'pending' else 'active' end,
        ${tx.now}::timestamptz - interval '300 days', case when kind = 'starts' then ${today}::date end,
        case when kind = 'ends' then ${last}::date else ${today}::date + 1 + n % 700 end
      from generate_series(1, ${memberCount}::int) n cross join lateral (select ${kindOf} as kind) one`)
    await tx.run(sql`
      insert into point_balances (member_id, active, pending, next_expiry_on, updated_at)
      select member_id, case when status = 'active' then 100 else 0 end,
        case when status = 'active' then 0 else 100 end, expires_on, ${tx.now}::timestamptz
      from point_lots`)
    await tx.run(sql`
      select setval(pg_get_serial_sequence('point_entries', 'entry_id'), ${memberCount}::bigint)`)
  })
}

/** A tenth holds the second tier; of ten thousand of them it is looked at today. */
async function fillTiers(db: Db, today: string): Promise<void> {
  await db.tx({ actor: systemActor('bench') }, async (tx) => {
    await tx.run(sql`
      insert into member_tiers (member_id, tier_id, since, review_on, rule_version, why)
      select ${crowdId(sql`n`)}, tier.tier_id, ${tx.now}::timestamptz - interval '365 days',
        case when n <= ${dueCount * 10}::int then ${today}::date else ${today}::date + 1 + n % 300 end,
        1, '{"codes": [], "params": {}, "rule_version": 1}'
      from generate_series(10, ${memberCount}::int, 10) n cross join (select tier_id from tiers where rank = 1) tier`)
  })
}

/** The least that such a day must write: an entry, a lot, a balance for each end; as much for each start; a tier. */
function bare(db: Db): Promise<number> {
  const { to, count } = { to: memberCount, count: dueCount }
  return secondsOf(() =>
    db.tx({ actor: systemActor('bench'), rollback: true }, async (tx) => {
      for (const step of [3, 7]) {
        const ids = sql`(select ${crowdId(sql`n`)} as member_id, n as lot_id
          from generate_series(${step}::int, ${to}::int, ${to / count}::int) n) one`
        await tx.run(sql`
          insert into point_entries (member_id, kind, points, lot_id, source, source_id, occurred_at, recorded_at, why,
            actor)
          select member_id, 'expire', -100, lot_id, 'bare', lot_id::text, ${tx.now}::timestamptz,
            ${tx.now}::timestamptz, '{}', 'bench' from ${ids}`)
        await tx.run(sql`
          update point_lots lot set remaining = 0 from ${ids}
          where lot.member_id = one.member_id and lot.lot_id = one.lot_id`)
        await tx.run(sql`
          update point_balances b set active = 0, pending = 0 from ${ids} where b.member_id = one.member_id`)
      }
      await tx.run(
        sql`update member_tiers set review_on = review_on + 1 where review_on = ${dayOf(tx.now, zone)}::date`,
      )
    }),
  )
}
