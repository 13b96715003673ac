/**
 * What happens to points by itself: orders and refunds are followed inside their own transaction, days pass by clock
 * work.
 */
import type { Tx } from '../../base/db.ts'
import type { Fact, BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import type { PaidContext } from '../../record/orders/orders.ts'
import { followEvents } from './earning/events.ts'
import { forgetReasons } from './erasing.ts'
import { follow as followMerged } from './merging.ts'
import { runPreview, runRebooking } from './previews.ts'
import { followSpendRule } from './spend-rules.ts'
import {
  activateDue,
  beginFollowing,
  expireDue,
  followAndSpend,
  insist,
  paidWant,
  refundWant,
  settled_lots_max,
  type Beginning,
} from './points.ts'
import type { Basket, BasketLine } from './types.ts'
import type { ClimbWant, PaidWant, RefundWant } from './wants.ts'

/** What `order.paid` and `order.refunded` say, as far as points care. */
interface OrderData {
  order_id: string | null
  refund_id?: string
  source_id: string
  ordered_on: string
  member_kind: string
  goods_minor: number
  gross_minor?: number
  shipping_minor: number
  source?: string
  store_id?: string | null
  adds_to?: string
}

/** Of a refund the amount before discounts is the sum of its lines' shares. */
function grossOf(fact: Fact, data: OrderData): number {
  if (data.gross_minor !== undefined) return data.gross_minor
  const lines = (fact.context as { lines?: { gross_minor: number }[] } | undefined)?.lines
  return lines ? lines.reduce((sum, line) => sum + line.gross_minor, 0) : data.goods_minor
}

/** What bonuses look at, as the order itself says it. */
function basketOf({ context }: Fact, { source, store_id, ordered_on, adds_to }: OrderData): Basket {
  const told = context as Partial<Pick<Basket, 'lines' | 'status'>> | undefined
  return {
    lines: told?.lines ?? [],
    status: told?.status,
    store_id: store_id ?? null,
    channel: source ?? null,
    day: ordered_on,
    is_supplement: adds_to !== undefined,
  }
}

/** The lines of a refund, by their number in the order. */
function goneOf({ context }: Fact): BasketLine[] | undefined {
  const told = context as { lines?: (BasketLine & { order_line_no: number | null })[] } | undefined
  return told?.lines?.map(({ order_line_no, ...line }) => ({ ...line, line_no: order_line_no ?? undefined }))
}

/** What facts of orders want, fact by fact, and what stands beside the orders. */
function readPaid(facts: readonly Fact[]) {
  const beside = facts.map(({ context }) => (context as Partial<PaidContext> | undefined)?.beside)
  const wants = facts.map(wantOf)
  return {
    beside,
    wants,
    moves: wants.filter((want) => want !== null),
    held: beside.flatMap((one) => one?.held ?? []),
  }
}

function foretoldPaid(tx: Tx, facts: readonly Fact[]): Promise<Beginning | undefined> {
  const { moves, held } = readPaid(facts)
  return beginFollowing(tx, moves, held)
}

/** Points set aside for an order are spent together with what it earns: a purse is opened once. */
async function followPaid(tx: Tx, facts: readonly Fact[], begun?: Promise<unknown>): Promise<void> {
  const { beside, wants, moves, held } = readPaid(facts)
  const { moved, spent } = await followAndSpend(tx, moves, held, (await begun) as Beginning | undefined)
  spent.forEach(insist)
  for (const one of held) one.is_used = true
  let nth = 0
  for (const [i, want] of wants.entries()) {
    const outcome = want && moved[nth++]
    const one = beside[i]
    if (one) one.points_earned = want?.kind === 'paid' ? (outcome?.points ?? 0) : 0
  }
}

/** Guests have no purse; but of a company's order another may climb than has it. */
function wantOf(fact: Fact): PaidWant | RefundWant | ClimbWant | null {
  const data = fact.data as unknown as OrderData
  const climber_id = (fact.context as Pick<PaidContext, 'climber_id'> | undefined)?.climber_id
  const hasPurse = data.member_kind === 'member'
  if (!hasPurse && !climber_id) return null
  const want = moveOf(fact, data)
  want.climber_id = climber_id
  return hasPurse ? want : climbOf(want, climber_id!)
}

function climbOf(want: PaidWant | RefundWant, member_id: string): ClimbWant {
  const { member_id: owner_id, occurred_at, day, number, source_id, order_id, purchase } = want
  const about = { member_id, occurred_at, day, number, source_id, order_id, purchase }
  return { kind: 'climb', source: want.kind === 'paid' ? 'order' : 'refund', owner_id, ...about }
}

function moveOf(fact: Fact, data: OrderData): PaidWant | RefundWant {
  const { order_id, source_id: number, ordered_on: day, goods_minor, shipping_minor } = data
  const purchase = { goods_minor, gross_minor: grossOf(fact, data), shipping_minor }
  const { member_id, occurred_at } = fact
  if (fact.name === 'order.paid')
    return paidWant({
      member_id,
      occurred_at,
      number,
      day,
      purchase,
      order_id: order_id!,
      basket: basketOf(fact, data),
    })
  const refund_id = data.refund_id!
  return refundWant({ member_id, occurred_at, number, day, purchase, order_id, refund_id, lines: goneOf(fact) })
}

/** An order, its points and its tier stand or fall together. */
export const bound: BoundHearer[] = [
  {
    module: 'points',
    names: ['order.paid', 'order.refunded'],
    foretold: foretoldPaid,
    hear: followPaid,
  },
  {
    module: 'points',
    names: ['order.delivered', 'order.completed'],
    hear: (tx, facts) => followEvents(tx, facts),
  },
  { module: 'points', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'points', names: [memberErased], hear: (tx, facts) => forgetReasons(tx, facts) },
]

export const jobs: Jobs = {
  'points.activate': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => activateDue(tx))) === settled_lots_max);
  },
  'points.expire': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => expireDue(tx))) === settled_lots_max);
  },
  'points.worth': async ({ at }, { db, actor, now }) => {
    // a clock that is a little behind the one which began this job does not make it too early
    const begun = new Date(String(at))
    await db.tx({ actor, now }, (tx) => followSpendRule(tx, begun > tx.now ? begun : tx.now))
  },
  'points.preview': (payload, context) => runPreview(String(payload['preview_id']), context),
  'points.rebook': (payload, context) => runRebooking(String(payload['preview_id']), context),
}
