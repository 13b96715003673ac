/**
 * Agreements: a promise to buy so much in a period, and a price for it at once. Progress is nobody's verb: it is
 * derived from the orders that stand in the books, after each order and refund, always by the same question.
 */
import { actorText } from '../../../base/actor.ts'
import type { Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import * as facts from '../../../base/facts.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { sql, type Sql } from '../../../base/sql.ts'
import { addDays, dayOf } from '../../../base/time.ts'
import { lock } from '../../../record/orders/orders.ts'
import * as program from '../../../record/program/program.ts'
import { boughtBy, within } from '../bought.ts'
import { progressOf, settle } from '../saving-rules.ts'
import type { Why } from '../types.ts'
import type { Agreement, AgreementTerms, Sign } from './types.ts'

/** Agreements settled at once. */
export const settled_at_once = 2_000

interface SignOutcome {
  index: number
  outcome: 'done' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
  agreement_id?: string
}

/**
 * Signs agreements, once for ever each by (member, source, source id). Orders of its days count, also those before the
 * signing. Refused: `member.not_found`, `agreement.days_invalid`, `agreement.price_lost`, `agreement.changed`.
 */
export async function sign(tx: Tx, wants: readonly Sign[]): Promise<SignOutcome[]> {
  if (wants.length === 0) return []
  const member_ids = [...new Set(wants.map((want) => want.member_id))]
  // behind the members' lock nobody books an order beside us that would miss the agreement
  const kinds = await lock(tx, member_ids)
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const before = await tx.rows<{
    member_id: string
    agreement_id: string
    source: string
    source_id: string
    terms: AgreementTerms
    lost_until: string | null
  }>(sql`
    select member_id, agreement_id, source, source_id, terms, lost_until from plan_agreements
    where member_id = any (${member_ids}::uuid[])`)
  const known = new Map(before.map((row) => [`${row.member_id} ${row.source} ${row.source_id}`, row.agreement_id]))
  const made: (Sign & { agreement_id: string })[] = []
  const outcomes = wants.map((want, index): SignOutcome => {
    const refused = (code: string, params = {}): SignOutcome => ({ index, outcome: 'refused', code, params })
    const key = `${want.member_id} ${want.source} ${want.source_id}`
    const there = known.get(key)
    if (there) return { index, outcome: 'unchanged', agreement_id: there }
    if (kinds.get(want.member_id) !== 'member') return refused('member.not_found', { member_id: want.member_id })
    if (want.opens_on >= want.closes_on || addDays(want.closes_on, want.terms.closing_days) <= day) {
      return refused('agreement.days_invalid', { opens_on: want.opens_on, closes_on: want.closes_on })
    }
    const lost = before.find((row) => row.member_id === want.member_id && (row.lost_until ?? '') > day)
    if (lost) return refused('agreement.price_lost', { until: lost.lost_until })
    const agreement_id = uuidv7(tx.now)
    known.set(key, agreement_id)
    made.push({ ...want, agreement_id })
    return { index, outcome: 'done', agreement_id }
  })
  await write(tx, made)
  return outcomes
}

async function write(tx: Tx, made: readonly (Sign & { agreement_id: string })[]): Promise<void> {
  if (made.length === 0) return
  await tx.run(sql`
    insert into plan_agreements (member_id, agreement_id, title, terms, opens_on, closes_on, settles_on, source,
      source_id, created_at, actor, actor_name)
    select one.*, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text, ${tx.actor.name}::text
    from unnest(${made.map((one) => one.member_id)}::uuid[], ${made.map((one) => one.agreement_id)}::uuid[],
      ${made.map((one) => one.title)}::text[], ${made.map((one) => JSON.stringify(one.terms))}::jsonb[],
      ${made.map((one) => one.opens_on)}::date[], ${made.map((one) => one.closes_on)}::date[],
      ${made.map((one) => addDays(one.closes_on, one.terms.closing_days))}::date[],
      ${made.map((one) => one.source)}::text[], ${made.map((one) => one.source_id)}::text[]) as one`)
  await facts.write(
    tx,
    made.map(({ member_id, agreement_id, opens_on, closes_on }) => ({
      name: 'agreement.signed',
      member_id,
      occurred_at: tx.now,
      data: { agreement_id, opens_on, closes_on },
    })),
  )
  const ids = made.map((one) => one.agreement_id)
  await derive(
    tx,
    made.map((one) => one.member_id),
    sql`a.agreement_id = any (${ids}::uuid[])`,
  )
}

/** The open agreements of these members. */
export async function openOf(tx: Tx, member_ids: readonly string[], which: Sql = sql`true`): Promise<Agreement[]> {
  return tx.rows<Agreement>(sql`
    select a.member_id, a.agreement_id, a.title, a.terms, a.opens_on, a.closes_on, a.settles_on, a.status, a.progress,
      a.received_minor, a.orders, a.due_minor, a.why, a.lost_until
    from plan_agreements a
    where a.member_id = any (${[...new Set(member_ids)]}::uuid[]) and a.status = 'open' and ${which}
    order by a.member_id, a.agreement_id`)
}

/** Counts the open agreements of these members again. The caller holds the members' lock. */
export async function derive(tx: Tx, member_ids: readonly string[], which: Sql = sql`true`): Promise<Agreement[]> {
  return count(tx, await openOf(tx, member_ids, which))
}

/** Counts these agreements again. */
export async function count(tx: Tx, open: readonly Agreement[]): Promise<Agreement[]> {
  if (open.length === 0) return []
  const bought = await boughtBy(
    tx,
    open.map(({ member_id, opens_on, closes_on }) => ({ member_id, from_on: opens_on, until_on: closes_on })),
  )
  const counted = open.map((one): Agreement => {
    const own = within(bought.get(one.member_id), one.opens_on, one.closes_on)
    return { ...one, ...progressOf(one.terms, own) }
  })
  await tx.run(sql`
    update plan_agreements a set progress = one.progress, received_minor = one.received_minor, orders = one.orders
    from unnest(${counted.map((one) => one.member_id)}::uuid[], ${counted.map((one) => one.agreement_id)}::uuid[],
      ${counted.map((one) => one.progress)}::bigint[], ${counted.map((one) => one.received_minor)}::bigint[],
      ${counted.map((one) => one.orders)}::int[]) as one (member_id, agreement_id, progress, received_minor, orders)
    where a.member_id = one.member_id and a.agreement_id = one.agreement_id
      and (a.progress, a.received_minor, a.orders) is distinct from (one.progress, one.received_minor, one.orders)`)
  return counted
}

/** Settles agreements whose closing days are over; answers how many. More are left when it is `settled_at_once`. */
export async function settleDue(tx: Tx): Promise<number> {
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const due = await tx.rows<{ member_id: string; agreement_id: string }>(sql`
    select member_id, agreement_id from plan_agreements where status = 'open' and settles_on <= ${day}::date
    order by settles_on, member_id limit ${settled_at_once}::int`)
  if (due.length === 0) return 0
  const member_ids = due.map((one) => one.member_id)
  await lock(tx, member_ids)
  const ids = due.map((one) => one.agreement_id)
  const counted = await derive(tx, member_ids, sql`a.agreement_id = any (${ids}::uuid[])`)
  const rows = counted.map((one) => ({ ...one, settled: settle(one.terms, one) }))
  await tx.run(sql`
    update plan_agreements a set status = one.status, due_minor = one.due_minor, why = one.why,
      lost_until = one.lost_until, settled_at = ${tx.now}::timestamptz
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.agreement_id)}::uuid[],
      ${rows.map((row) => row.settled.status)}::text[], ${rows.map((row) => row.settled.due_minor)}::bigint[],
      ${rows.map((row) => JSON.stringify(row.settled.why))}::jsonb[],
      ${rows.map(({ settled, closes_on }) => settled.lost_days && addDays(closes_on, settled.lost_days))}::date[]
    ) as one (member_id, agreement_id, status, due_minor, why, lost_until)
    where a.member_id = one.member_id and a.agreement_id = one.agreement_id and a.status = 'open'`)
  await facts.write(
    tx,
    rows.map(({ member_id, agreement_id, progress, settled }) => ({
      name: `agreement.${settled.status}`,
      member_id,
      occurred_at: tx.now,
      data: { agreement_id, progress, due_minor: settled.due_minor },
    })),
  )
  return due.length
}

/**
 * Ends an agreement before its time: its price ends, nothing is asked back. Throws `agreement.not_found`,
 * `agreement.settled`.
 */
export async function cancelAgreement(tx: Tx, wanted: { member_id: string; agreement_id: string }): Promise<void> {
  const { member_id, agreement_id } = wanted
  const why: Why = { code: 'by_hand', params: {} }
  const ended = await tx.run(sql`
    update plan_agreements set status = 'cancelled', settled_at = ${tx.now}::timestamptz,
      why = ${JSON.stringify(why)}::jsonb
    where member_id = ${member_id}::uuid and agreement_id = ${agreement_id}::uuid and status = 'open'`)
  if (ended === 0) {
    const known = await tx.row(sql`
      select from plan_agreements where member_id = ${member_id}::uuid and agreement_id = ${agreement_id}::uuid`)
    throw new AppError(known ? 'agreement.settled' : 'agreement.not_found', { agreement_id })
  }
  await facts.write(tx, [{ name: 'agreement.cancelled', member_id, occurred_at: tx.now, data: { agreement_id } }])
}
