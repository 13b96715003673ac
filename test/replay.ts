/**
 * A rewards log replayed: receipts of offers and purchases go in, completions come out. The rule of such logs is
 * written as configuration here: the first single purchase strictly above the amount completes a *bogo*, what all
 * purchases since the receipt come to completes a *discount*, each receipt opens its own window, end included.
 */
import { openDb, type Db } from '../src/base/db.ts'
import { systemActor } from '../src/base/actor.ts'
import { verify } from '../src/base/verify.ts'
import { sql } from '../src/base/sql.ts'
import * as program from '../src/record/program/program.ts'
import { receive } from '../src/record/orders/orders.ts'
import { createTestDatabase } from './database.ts'
import { bound } from '../src/value/offers/jobs.ts'
import * as offers from '../src/value/offers/offers.ts'
import { anything, type OfferRule } from '../src/value/offers/types.ts'

export interface LogOffer {
  id: string
  offer_type: 'bogo' | 'discount' | 'informational'
  /** In whole units of money. */
  difficulty: number
  /** Days. */
  duration: number
}
export type LogEvent = { person: string; time: number } & (
  { event: 'offer received'; offer: string } | { event: 'transaction'; amount_minor: number }
)

const hour_ms = 3_600_000
const begins = Date.UTC(2026, 0, 1)
/** Events of the log are numbered by hours. */
export const instantAt = (hours: number) => new Date(begins + hours * hour_ms)
const hoursAt = (instant: Date) => (instant.getTime() - begins) / hour_ms

export function ruleOf({ offer_type, difficulty, duration }: LogOffer): OfferRule {
  return {
    window: { counts_from: 'issue', hours: duration * 24, from: null, until: null },
    threshold:
      offer_type === 'informational'
        ? null
        : offer_type === 'bogo'
          ? { measure: 'single_order', reach: 'more_than', amount: difficulty * 100 }
          : { measure: 'spend', reach: 'at_least', amount: difficulty * 100 },
    scope: anything,
    refunds: 'undo',
    reward: { kind: 'none' },
  }
}

/** What completes, computed the slow way: receipt by receipt, purchase by purchase. `person offer hour`, sorted. */
export function expectedOf(portfolio: readonly LogOffer[], log: readonly LogEvent[]): string[] {
  const found: string[] = []
  const once = [...new Map(log.map((event) => [JSON.stringify(event), event])).values()]
  for (const receipt of once) {
    if (receipt.event !== 'offer received') continue
    const { offer_type, difficulty, duration } = portfolio.find((one) => one.id === receipt.offer)!
    if (offer_type === 'informational') continue
    let spent = 0
    const bought = once.filter((one) => one.event === 'transaction' && one.person === receipt.person)
    for (const one of bought.sort((a, b) => a.time - b.time)) {
      if (one.event !== 'transaction' || one.time < receipt.time || one.time > receipt.time + 24 * duration) continue
      spent = offer_type === 'bogo' ? one.amount_minor : spent + one.amount_minor
      if (offer_type === 'bogo' ? spent > difficulty * 100 : spent >= difficulty * 100) {
        found.push(`${one.person} ${receipt.offer} ${one.time}`)
        break
      }
    }
  }
  return found.sort()
}

export interface Replay {
  db: Db
  /** Takes events in the order given, in sets of `size`. */
  take(log: readonly LogEvent[], size?: number): Promise<void>
  /** `person offer hour` of every completion, sorted. */
  completions(): Promise<string[]>
  /** How many facts tell of a completion. */
  told(): Promise<number>
  /** Names of checks that fail. */
  broken(): Promise<string[]>
  close(): Promise<void>
}

const actor = systemActor('test')

export async function openReplay(portfolio: readonly LogOffer[], people: readonly string[]): Promise<Replay> {
  const { url, drop } = await createTestDatabase()
  const db = openDb(url, { bound })
  const tx: <T>(work: Parameters<Db['tx']>[1]) => Promise<T> = (work) =>
    db.tx({ actor, now: instantAt(24 * 365) }, work) as never
  const offer_ids = new Map<string, string>()
  const member_ids = new Map<string, string>()
  await tx(async (open) => {
    await program.create(open, {
      name: 'Coffee',
      currency: 'USD',
      time_zone: 'America/New_York',
      languages: ['en'],
      default_language: 'en',
      default_country: 'US',
    })
    for (const one of portfolio) {
      const { offer_id } = await offers.create(open, { names: { en: one.id.slice(0, 60) }, rule: ruleOf(one) })
      offer_ids.set(one.id, offer_id)
    }
    const rows = await open.rows<{ member_id: string; display_name: string }>(sql`
      insert into members (kind, display_name, joined_at, created_at, updated_at)
      select 'member', name, ${instantAt(0)}::timestamptz, ${instantAt(0)}::timestamptz, ${instantAt(0)}::timestamptz
      from unnest(${people}::text[]) name returning member_id, display_name`)
    for (const row of rows) member_ids.set(row.display_name, row.member_id)
  })
  const nameOf = new Map([...member_ids].map(([name, id]) => [id, name]))
  const offerName = new Map([...offer_ids].map(([name, id]) => [id, name]))

  async function takeSet(log: readonly LogEvent[]): Promise<void> {
    const receipts = log.flatMap((one) => (one.event === 'offer received' ? [one] : []))
    const bought = log.flatMap((one) => (one.event === 'transaction' ? [one] : []))
    await tx(async (open) => {
      await offers.issue(
        open,
        receipts.map((one) => ({
          member_id: member_ids.get(one.person)!,
          offer_id: offer_ids.get(one.offer)!,
          source: 'log',
          source_id: `${one.offer}:${one.time}`,
          issued_at: instantAt(one.time),
        })),
      )
      await receive(
        open,
        bought.map((one) => ({
          source: 'log',
          source_id: `${one.person}:${one.time}`,
          occurred_at: instantAt(one.time),
          member: { member_id: member_ids.get(one.person)! },
          lines: [{ sku: 'coffee', quantity: 1, gross_minor: one.amount_minor }],
        })),
      )
    })
  }

  return {
    db,
    async take(log, size = 2_000) {
      for (let i = 0; i < log.length; i += size) await takeSet(log.slice(i, i + size))
    },
    async completions() {
      const rows = await db.rows<{ member_id: string; offer_id: string; completed_at: Date }>(sql`
        select member_id, offer_id, completed_at from offer_issues where completed_at is not null`)
      return rows
        .map((row) => `${nameOf.get(row.member_id)} ${offerName.get(row.offer_id)} ${hoursAt(row.completed_at)}`)
        .sort()
    },
    told: async () =>
      (await db.row<{ n: number }>(sql`select count(*) as n from facts where name = 'offer.completed'`))!.n,
    broken: async () => (await verify(db, offers.checks)).checks.filter((one) => !one.ok).map((one) => one.name),
    async close() {
      await db.close()
      await drop()
    },
  }
}
