/** Paid membership in a random history: bought, renewed, cancelled, given back; and what its books say at the end. */
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Tx } from '../src/base/db.ts'
import { AppError } from '../src/base/errors.ts'
import { sql } from '../src/base/sql.ts'
import * as plans from '../src/value/plans/plans.ts'
import type { PlanOutcome, Want } from '../src/value/plans/types.ts'
import type { Caller } from './histories.ts'
import type { World } from './world.ts'

const price = 90
/** Points with the first payment and with each later one. */
const thanks = { start: 40, renewal: 7 }

/** A plan of two days, so that a short history sees renewals and ends. */
export function planOf(tx: Tx): Promise<string> {
  return plans.create(tx, {
    names: { en: 'Club' },
    design: {
      period: { unit: 'day', count: 2 },
      trial_days: 0,
      grace_days: 1,
      prices: [{ when: null, price_minor: price }],
      refund: { kind: 'full_within', days: 1 },
      privilege_ids: [],
      discount_bp: 500,
      member_prices: [],
      free_shipping_from_minor: 0,
      rewards: [
        { on: 'start', reward: { kind: 'points', points: thanks.start } },
        { on: 'renewal', reward: { kind: 'points', points: thanks.renewal } },
      ],
    },
  })
}

interface Done {
  member_id: string
  subscription_id: string
  verb: Want['verb']
  amount_minor: number
}

/** What callers were told of plans, by the name of what they did. */
export class PlanBook {
  done = new Map<string, Done>()
  subscriptions = new Map<string, string>()

  /** Points that payments gave a member. */
  thanksOf(member_id: string): number {
    return [...this.done.values()]
      .filter((one) => one.member_id === member_id && (one.verb === 'start' || one.verb === 'renew'))
      .reduce((sum, { verb }) => sum + thanks[verb === 'start' ? 'start' : 'renewal'], 0)
  }
}

async function act(book: PlanBook, want: Want, caller: Caller): Promise<void> {
  await caller.send<PlanOutcome>({
    work: async (tx) => {
      const [outcome] = await plans.act(tx, [want])
      if (outcome!.outcome === 'refused') throw new AppError(outcome!.code!, outcome!.params ?? {})
      return outcome!
    },
    tell: ({ subscription_id, amount_minor }) => {
      const { member_id, verb } = want
      book.done.set(want.source_id, {
        member_id,
        verb,
        subscription_id: subscription_id!,
        amount_minor: amount_minor!,
      })
      book.subscriptions.set(subscription_id!, member_id)
    },
    plain: ({ subscription_id, amount_minor, why }) => ({ subscription_id, amount_minor, why }),
  })
}

/** Does something with a plan; now and then a day goes by, and the clock has its turn. */
export async function playPlans(
  book: PlanBook,
  { people, plan_id, days_max }: { people: readonly string[]; plan_id: string; days_max: number },
  caller: Caller,
): Promise<void> {
  const { random, tally } = caller
  if (random(6) === 0 && tally.days < days_max) {
    tally.days += 1
    await caller.send({ work: (tx) => plans.turn(tx), plain: () => null })
  }
  const cause = { source: 'till', source_id: randomUUID() }
  const member_id = caller.pick(people)!
  const held = caller.pick([...book.subscriptions])
  const which = random(10)
  if (which < 4 || !held)
    return act(book, { verb: 'start', member_id, plan_id, amount_minor: price, auto_renew: true, ...cause }, caller)
  const of = { subscription_id: held[0], member_id: held[1], ...cause }
  if (which < 7) return act(book, { verb: 'renew', amount_minor: price, ...of }, caller)
  if (which === 7) return act(book, { verb: 'cancel', when: random(2) === 0 ? 'now' : 'at_end', ...of }, caller)
  if (which === 8) return act(book, { verb: 'resume', ...of }, caller)
  return act(book, { verb: 'refund', amount_minor: random(2) === 0 ? price : 1 + random(price), ...of }, caller)
}

/**
 * Money and periods are what callers were told; every payment was thanked for once; what went back whole took along
 * what it could. Answers the points that were taken back, by member.
 */
export async function plansAgree(world: World, book: PlanBook): Promise<Map<string, number>> {
  const entries = await world.db.rows<{ source_id: string; subscription_id: string; amount_minor: number }>(sql`
    select source_id, subscription_id, amount_minor from plan_entries where source = 'till'`)
  const byName = (rows: { source_id: string; subscription_id: string; amount_minor: number }[]) =>
    rows.map((one) => `${one.source_id} ${one.subscription_id} ${one.amount_minor}`).sort()
  expect(byName(entries)).toEqual(byName([...book.done].map(([source_id, one]) => ({ source_id, ...one }))))
  const kept = await world.db.rows<{ subscription_id: string; minor: number }>(sql`
    select subscription_id, paid_minor - refunded_minor as minor from plan_subscriptions`)
  const expected = new Map<string, number>()
  for (const { subscription_id, amount_minor } of book.done.values())
    expected.set(subscription_id, (expected.get(subscription_id) ?? 0) + amount_minor)
  expect(new Map(kept.map((row) => [row.subscription_id, row.minor]))).toEqual(expected)
  const given = await world.db.rows<{ member_id: string; gifts: number; taken: number; wrongly: number }>(sql`
    select gift.member_id, count(*) as gifts, coalesce(sum((gift.taken_back->>'points')::bigint), 0)::bigint as taken,
      count(*) filter (where gift.taken_back_at is not null
        and (p.refunded_minor < p.price_minor or p.kind <> 'paid')) as wrongly
    from gifts gift
    join plan_rewards r on r.member_id = gift.member_id and r.gift_id = gift.gift_id
    join plan_periods p on p.member_id = r.member_id and p.subscription_id = r.subscription_id
      and p.number = r.number
    where gift.reason = 'plan' group by 1`)
  expect(given.filter((row) => row.wrongly > 0)).toEqual([])
  const payments = [...book.done.values()].filter(({ verb }) => verb === 'start' || verb === 'renew')
  expect(given.reduce((sum, row) => sum + row.gifts, 0)).toBe(payments.length)
  return new Map(given.map((row) => [row.member_id, row.taken]))
}
