/** A shop for tests of what clerks do: receipts, who calls, and the books at the end. */
import { afterAll, beforeEach, expect } from 'vitest'
import { checks } from '../src/app/checks.ts'
import { catchUp, numberFacts } from '../src/base/feed.ts'
import { sql } from '../src/base/sql.ts'
import { verify } from '../src/base/verify.ts'
import { rules_default, type TillRules } from '../src/reach/counter/clerks/types.ts'
import { later } from '../src/reach/counter/jobs.ts'
import * as points from '../src/value/points/points.ts'
import { monday, openWorld, type Caller, type World } from './world.ts'

/** One for a test file; each test begins on the world's first morning, with nothing done that is limited. */
export async function openClerks() {
  const world = await openWorld()
  afterAll(() => world.close())
  const [clerk, manager, owner] = [world.as('clerk'), world.as('manager'), world.as('owner')]
  const setRules = (changes: Partial<TillRules>) =>
    owner.call('PUT /v1/admin/till-rules', { body: { ...rules_default, spending_needs_code: false, ...changes } })
  beforeEach(async () => {
    await setRules({})
    world.at(monday)
    await world.tx((tx) =>
      tx.run(sql`
        update till_clerk_days set points_given = 0, receipts_given = 0, refunded_minor = 0, top_ups_minor = 0,
          codes_mistyped = 0, member_codes_mistyped = 0`),
    )
  })
  const wallet = () => walletOf(world.as('marketer'))
  return { world, clerk, manager, owner, setRules, wallet, ...receiptsBy(clerk), ...booksOf(world) }
}

function receiptsBy(clerk: Caller) {
  let nth = 0
  return {
    /** A receipt rung up at a till of a store. */
    rung(member_id: string | null, amount = 1_000, more: object = {}) {
      nth += 1
      return clerk.call('POST /v1/till/orders', {
        body: {
          source: 'till-XINYI-1',
          source_id: `R-${nth}`,
          store: 'XINYI',
          ...(member_id ? { member: { member_id } } : {}),
          lines: [{ quantity: 1, gross_minor: amount }],
          ...more,
        },
      })
    },
    late: (number: string, member_id: string, more: object = {}) =>
      clerk.call('POST /v1/till/receipts', {
        body: {
          store: 'XINYI',
          number,
          amount_minor: 1_000,
          bought_on: '2026-11-01',
          member_id,
          reason: 'forgot the card',
          ...more,
        },
      }),
    move: (order_id: string, member_id: string) =>
      clerk.call('POST /v1/till/receipts/:order_id/move', {
        params: { order_id },
        body: { member_id, reason: 'rung up for the wrong person' },
      }),
  }
}

/** A card on which money is paid in, 100 at least. */
export async function walletOf(marketer: Caller): Promise<string> {
  const { card_definition_id } = await marketer.call('POST /v1/admin/cards', {
    body: {
      names: { en: 'Tea wallet' },
      rule: {
        ...{ kind: 'value', minimum_minor: 100, balance_max_minor: 50_000, bonuses: [], principal_months: null },
        ...{ bonus_months: null, spend_first: 'principal' },
        refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
      },
    },
  })
  return card_definition_id
}

function booksOf(world: World) {
  return {
    /** What waits counts: it is earned. */
    async pointsOf(member_id: string) {
      const { active, pending, debt } = (await points.balanceOf(world.db, [member_id]))[0]!
      return active + pending - debt
    },
    async netOf(member_id: string) {
      const row = await world.db.row<{ net_minor: number; order_count: number }>(sql`
        select net_minor, order_count from member_statistics where member_id = ${member_id}::uuid`)
      return row ?? { net_minor: 0, order_count: 0 }
    },
    async allIsWell() {
      expect((await verify(world.db, checks)).checks.filter(({ ok }) => !ok)).toEqual([])
    },
    /** Lets the hearers of facts catch up. */
    async hear() {
      while ((await numberFacts(world.db)) > 0);
      const actor = { kind: 'system' as const, id: null, name: 'counter.alarms' }
      for (const hearer of later) while ((await catchUp(world.db, hearer, actor)) > 0);
    },
  }
}
