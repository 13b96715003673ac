/**
 * A newer version of an order that is here. What has never counted is a plan: its lines are replaced. What has
 * counted is booked: cancelling takes back all that is left, lowered lines become a correction (a refund), raised
 * ones a supplement (a further order that adds to this one), and both name the order they correct.
 */
import type { Fact } from '../../base/facts.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { book } from './booking.ts'
import { keyText, readHeads, type Head } from './heads.ts'
import type { RefundDraft } from './matching.ts'
import { replan } from './plans.ts'
import {
  clampToNow,
  contentHash,
  dayReader,
  differences,
  isEnded,
  isPaid,
  quantityFromText,
  refusal,
  sumOf,
  type BookedLine,
  type Refusal,
} from './rules.ts'
import { lock, rewrite, type MemberKind } from './statistics.ts'
import { countFamilies, decide, writeTaken } from './taking.ts'
import { bookedFacts, movedFact, paidFact, personKind, refundedFacts, tell } from './telling.ts'
import type { LineDraft, OrderInput, OrderOutcome } from './types.ts'
import * as program from '../program/program.ts'

export interface Change {
  head: Head
  draft: OrderInput
}

/** What a version does to its order. */
type Kind = 'refresh' | 'replan' | 'end' | 'adjust'

interface Step extends Change {
  does: Kind
}

/** Applies one newer version each; `heads` learns what the orders have become. At most one change an order. */
export async function change(tx: Tx, changes: readonly Change[], heads: Map<string, Head>): Promise<OrderOutcome[]> {
  const kinds = await lock(
    tx,
    changes.map(({ head }) => head.member_id),
  )
  const now = await readHeads(
    tx,
    changes.map(({ head }) => head),
  )
  const outcomes: OrderOutcome[] = []
  const steps: Step[] = []
  for (const one of changes) {
    const head = now.get(keyText(one.draft))
    const does = head
      ? stepFor(head, one.draft)
      : refusal('order.changed_meanwhile', { source_id: one.draft.source_id })
    if (head && typeof does === 'string') steps.push({ ...one, head, does })
    else outcomes.push(refused(one, does as Refusal))
  }
  const moved = await moveHeads(tx, steps)
  for (const step of steps) {
    if (!moved.has(step.head.order_id))
      outcomes.push(refused(step, refusal('order.changed_meanwhile', { source_id: step.draft.source_id })))
  }
  const going = steps.filter((step) => moved.has(step.head.order_id))
  await replan(
    tx,
    going.filter((step) => step.does === 'replan'),
  )
  const facts = [...going.flatMap((step) => statusFacts(tx, step, kinds)), ...(await correct(tx, going, kinds))]
  await moveFamilies(tx, going)
  await tell(tx, facts)
  await rewrite(
    tx,
    going.flatMap(({ head }) => (personKind(kinds, head.member_id) ? [head.member_id] : [])),
  )
  const after = await readHeads(
    tx,
    going.map(({ head }) => head),
  )
  for (const [key, head] of after) heads.set(key, head)
  for (const { draft, head, does } of going) {
    outcomes.push({
      index: draft.index,
      outcome: does === 'refresh' ? 'unchanged' : 'changed',
      order_id: head.order_id,
      member_id: head.member_id,
    })
  }
  return outcomes
}

function refused({ draft, head }: Change, { code, params }: Refusal): OrderOutcome {
  return { index: draft.index, outcome: 'refused', code, params, order_id: head.order_id, member_id: head.member_id }
}

function stepFor(head: Head, draft: OrderInput): Kind | Refusal {
  if (draft.content_hash === head.content_hash) return 'refresh'
  if (draft.updated_at && head.source_updated_at && draft.updated_at < head.source_updated_at)
    return refusal('order.stale')
  if (isEnded(head.status)) return isEnded(draft.status) ? 'refresh' : refusal('order.ended', { status: head.status })
  if (head.kind === 'adjustment' || !isPaid(head.status))
    return isEnded(draft.status) && head.kind === 'order' ? 'end' : 'replan'
  if (isEnded(draft.status)) return 'end'
  if (!isPaid(draft.status)) return refusal('order.status_backwards', { from: head.status, to: draft.status })
  return 'adjust'
}

/**
 * The conditional update is the lock of orders whose member has none (walk-ins): who comes second finds another
 * revision.
 */
async function moveHeads(tx: Tx, steps: readonly Step[]): Promise<Set<string>> {
  if (steps.length === 0) return new Set()
  const rows = await tx.rows<{ order_id: string }>(sql`
    update orders o
    set status = wanted.status, content_hash = wanted.content_hash,
      source_updated_at = coalesce(wanted.source_updated_at, o.source_updated_at), revision = o.revision + wanted.step
    from unnest(
      ${steps.map(({ head }) => head.member_id)}::uuid[], ${steps.map(({ head }) => head.order_id)}::uuid[],
      ${steps.map(({ head }) => head.revision)}::int[],
      ${steps.map(({ does, head, draft }) => (does === 'refresh' ? head.status : draft.status))}::text[],
      ${steps.map(({ draft }) => draft.content_hash)}::text[],
        ${steps.map(({ draft }) => draft.updated_at)}::timestamptz[],
      ${steps.map(({ does }) => (does === 'refresh' ? 0 : 1))}::int[]
    ) as wanted (member_id, order_id, revision, status, content_hash, source_updated_at, step)
    where o.member_id = wanted.member_id and o.order_id = wanted.order_id and o.revision = wanted.revision
    returning o.order_id`)
  return new Set(rows.map((row) => row.order_id))
}

/** Supplements go the way of their order; then all of them count, or none does. */
async function moveFamilies(tx: Tx, steps: readonly Step[]): Promise<void> {
  const booked = steps.filter(({ does }) => does === 'adjust' || does === 'end')
  if (booked.length === 0) return
  await tx.run(sql`
    update orders o set status = wanted.status
    from unnest(
      ${booked.map(({ head }) => head.member_id)}::uuid[], ${booked.map(({ head }) => head.order_id)}::uuid[],
      ${booked.map(({ draft }) => draft.status)}::text[]
    ) as wanted (member_id, order_id, status)
    where o.member_id = wanted.member_id and o.adds_to = wanted.order_id`)
  await countFamilies(
    tx,
    booked.map(({ head }) => head),
  )
}

/** When the source says it happened; never before the order itself. */
function movedAt(tx: Tx, { head, draft }: Change): Date {
  const at = clampToNow(draft.updated_at ?? tx.now, tx.now)
  return at < head.occurred_at ? head.occurred_at : at
}

/** A plan that is paid now, or an order that its source moved on. */
function statusFacts(tx: Tx, step: Step, kinds: ReadonlyMap<string, MemberKind>): Fact[] {
  const { head, draft, does } = step
  const kind = personKind(kinds, head.member_id)
  if (!kind || does === 'refresh' || head.kind === 'adjustment') return []
  const at = movedAt(tx, step)
  const told = {
    ...head,
    ...draft,
    member_id: head.member_id,
    order_id: head.order_id,
    store_id: head.store_id,
    adds_to: null,
    occurred_at: head.occurred_at,
    ordered_on: head.ordered_on,
    climber_id: head.climber_id,
  }
  if (does === 'replan') return draft.counts ? [paidFact(told, kind, at)] : []
  // a refunded order is told by what went back
  return head.status === draft.status || draft.status === 'refunded' ? [] : [movedFact(told, draft.status, kind, at)]
}

/** Refunds and supplements that bring booked orders to what their source says; their facts. */
async function correct(tx: Tx, steps: readonly Step[], kinds: ReadonlyMap<string, MemberKind>): Promise<Fact[]> {
  const booked = steps.filter(({ does, head }) => does === 'adjust' || (does === 'end' && isPaid(head.status)))
  if (booked.length === 0) return []
  const { time_zone } = await program.current(tx)
  const dayIn = dayReader(time_zone)
  const contents = await readContents(
    tx,
    booked.filter(({ does }) => does === 'adjust'),
  )
  const refunds: RefundDraft[] = []
  const supplements: OrderInput[] = []
  for (const step of booked) {
    const at = movedAt(tx, step)
    const empty: BookedContent = { lines: [], shipping_minor: 0 }
    const found = step.does === 'adjust' ? differences(contents.get(step.head.order_id) ?? empty, step.draft) : null
    const refund = refundFor(step, found, at, dayIn(at))
    if (refund) refunds.push(refund)
    const supplement = found && supplementFor(step, found)
    if (supplement) supplements.push(supplement)
  }
  const added = await book(tx, supplements)
  if (added.length < supplements.length)
    throw new AppError('order.conflict', { orders: supplements.length - added.length })
  const { taken, orders } = await decide(tx, refunds, new Set())
  const written = await writeTaken(
    tx,
    taken.filter((refund) => refund.takings.length > 0),
  )
  return [...bookedFacts(added, kinds), ...refundedFacts(written, orders, kinds)]
}

function refundFor(
  step: Step,
  found: ReturnType<typeof differences> | null,
  at: Date,
  day: string,
): RefundDraft | null {
  const { head, draft } = step
  if (found && found.lowered.length === 0 && found.shipping_lowered_minor === 0) return null
  return {
    index: draft.index,
    source: head.source,
    source_id: found ? `${head.source_id}/change-${head.revision + 1}` : `${head.source_id}/cancelled`,
    kind: found ? 'correction' : 'cancellation',
    member_id: head.member_id,
    store_id: head.store_id,
    occurred_at: at,
    ordered_on: day,
    order_id: head.order_id,
    order_source_id: head.source_id,
    is_whole: found === null,
    lines: (found?.lowered ?? []).map((line) => ({ ...line, line_no: null })),
    amount_minor: null,
    shipping_minor: found?.shipping_lowered_minor ?? 0,
    content_hash: contentHash([draft.content_hash]),
  }
}

/** What was added counts at the time and on the day of the order itself: it is the same purchase. */
function supplementFor(step: Step, found: ReturnType<typeof differences>): OrderInput | null {
  const { head, draft } = step
  if (found.raised.length === 0 && found.shipping_raised_minor === 0) return null
  const lines: LineDraft[] = found.raised
  const gross_minor = sumOf(lines, (line) => line.gross_minor)
  const goods = sumOf(lines, (line) => line.net_minor)
  return {
    index: draft.index,
    source: head.source,
    source_id: `${head.source_id}/change-${head.revision + 1}`,
    kind: 'supplement',
    adds_to: head.order_id,
    status: draft.status,
    counts: true,
    member_id: head.member_id,
    store_id: head.store_id,
    order_id: '',
    occurred_at: head.occurred_at,
    ordered_on: head.ordered_on,
    updated_at: draft.updated_at,
    gross_minor,
    discount_minor: gross_minor - goods,
    shipping_minor: found.shipping_raised_minor,
    net_minor: goods + found.shipping_raised_minor,
    lines,
    content_hash: contentHash([draft.content_hash, 'supplement']),
    climber_id: head.climber_id,
  }
}

interface BookedContent {
  lines: BookedLine[]
  shipping_minor: number
}

/**
 * What is booked of each order: its lines and its supplements', less what corrections took off. Refunds are another
 * matter.
 */
async function readContents(tx: Tx, steps: readonly Step[]): Promise<Map<string, BookedContent>> {
  const contents = new Map<string, BookedContent>()
  if (steps.length === 0) return contents
  const rows = await tx.rows<{
    root_id: string
    sku: string | null
    name: string | null
    quantity: string
    gross_minor: number
    net_minor: number
    is_shipping: boolean
  }>(sql`
    with wanted as materialized (
      select * from unnest(${steps.map(({ head }) => head.member_id)}::uuid[],
        ${steps.map(({ head }) => head.order_id)}::uuid[])
        as wanted (member_id, root_id)
    ),
    family as materialized (
      select o.member_id, wanted.root_id, o.order_id, o.shipping_minor
      from wanted join orders o on o.member_id = wanted.member_id and o.order_id = wanted.root_id
      union all
      select o.member_id, wanted.root_id, o.order_id, o.shipping_minor
      from wanted join orders o on o.member_id = wanted.member_id and o.adds_to = wanted.root_id
    )
    select root_id, sku, name, quantity, gross_minor, net_minor, false as is_shipping
    from family join order_lines l using (member_id, order_id)
    union all
    select root_id, null, null, 0, 0, shipping_minor, true from family
    union all
    select root_id, coalesce(l.sku, r.sku), l.name, -r.quantity, -r.gross_minor, -r.net_minor, r.order_line_no is null
    from family
    join order_refund_lines r using (member_id, order_id)
    join order_refunds f on f.member_id = r.member_id and f.refund_id = r.refund_id and f.kind = 'correction'
    left join order_lines l
      on l.member_id = r.member_id and l.order_id = r.order_id and l.line_no = r.order_line_no`)
  for (const { root_id, is_shipping, quantity, ...row } of rows) {
    const content = contents.get(root_id) ?? { lines: [], shipping_minor: 0 }
    contents.set(root_id, content)
    if (is_shipping) content.shipping_minor += row.net_minor
    else content.lines.push({ ...row, quantity_e4: quantityFromText(quantity) })
  }
  return contents
}
