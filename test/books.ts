/** A brand's books for tests: a program with rules, members, and orders as facts of what happened on some day. */
import { randomUUID } from 'node:crypto'
import { createTestDatabase } from './database.ts'
import { systemActor } from '../src/base/actor.ts'
import { openDb, type Db, type Tx } from '../src/base/db.ts'
import * as facts from '../src/base/facts.ts'
import { sql } from '../src/base/sql.ts'
import { dayOf, instantOf } from '../src/base/time.ts'
import * as program from '../src/record/program/program.ts'
import type { TierRule } from '../src/value/tiers/types.ts'
import * as tiers from '../src/value/tiers/tiers.ts'
import { bound } from '../src/value/points/jobs.ts'
import * as points from '../src/value/points/points.ts'
import type { PointRule } from '../src/value/points/types.ts'

export const zone = 'Asia/Taipei'
export const actor = systemActor('test')

/** One point for every hundred, spendable at once, for ever. */
export const plainRule: PointRule = {
  earn: {
    base: 'net',
    include_shipping: false,
    points: 1,
    per_minor: 100,
    rounding: 'floor',
    tier_percent: { silver: 120, gold: 150 },
  },
  waiting_days: 0,
  expiry: { kind: 'never' },
  debt: 'below_zero',
}

/** Silver from 10,000 and gold from 30,000 in a rolling year. */
export const yearRule: TierRule = {
  measure: { kind: 'spend', base: 'net', include_shipping: false },
  window: { kind: 'rolling', days: 365 },
  thresholds: { silver: 10_000, gold: 30_000 },
  keep: { kind: 'months', months: 12 },
  grace_days: 0,
  downgrade: 'to_qualified',
  refund_undoes: true,
}

/** Noon of a day, or the time given, in the program's zone. */
export function at(local: string): Date {
  return instantOf(local.includes('T') ? local : `${local}T12:00:00`, zone)
}

export interface OrderOf {
  order_id: string
  member_id: string
  /** Local day or time. */
  on: string
  net: number
  gross?: number
  shipping?: number
  number?: string
  /** Its source; a till unless given. */
  source?: string
  store_id?: string
  lines?: LineOf[]
}
export interface LineOf {
  sku: string
  category: string | null
  quantity: number
  net: number
}
export interface RefundOf {
  refund_id?: string
  order: OrderOf | null
  member_id?: string
  on: string
  net: number
  gross?: number
  shipping?: number
  number?: string
}

export interface Books {
  db: Db
  members: string[]
  /** Runs work at a moment; the present of the books unless given. */
  tx<T>(now: string, work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const ladder = [
  { code: 'member', names: { en: 'Member' } },
  { code: 'silver', names: { en: 'Silver' } },
  { code: 'gold', names: { en: 'Gold' } },
]

export async function openBooks(
  options: { rule?: PointRule; tier_rule?: TierRule | null; members?: number } = {},
): Promise<Books> {
  const database = await createTestDatabase()
  const db = openDb(database.url, { bound, connections_max: 24 })
  const books: Books = {
    db,
    members: [],
    tx: (now, work) => db.tx({ actor, now: at(now) }, work),
    async close() {
      await db.close()
      await database.drop()
    },
  }
  await books.tx('2024-01-01', async (tx) => {
    await program.create(tx, {
      name: 'Wusong Tea',
      currency: 'TWD',
      time_zone: zone,
      languages: ['en'],
      default_language: 'en',
      default_country: 'TW',
    })
    await tiers.setLadder(tx, ladder)
    if (options.tier_rule !== null)
      await tiers.addRule(tx, { rule: options.tier_rule ?? yearRule, effective_from: tiers.beginning })
    await points.addRule(tx, { rule: options.rule ?? plainRule, effective_from: tiers.beginning })
    books.members = await addMembers(tx, options.members ?? 3)
  })
  return books
}

export async function addMembers(tx: Tx, count: number): Promise<string[]> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    insert into members (kind, display_name, joined_at, created_at, updated_at)
    select 'member', 'Member ' || n, ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from generate_series(1, ${count}::int) n returning member_id`)
  return rows.map((row) => row.member_id).sort()
}

let made = 0
export function orderOf(member_id: string, on: string, net: number, more: Partial<OrderOf> = {}): OrderOf {
  made += 1
  return { order_id: randomUUID(), member_id, on, net, number: String(made).padStart(6, '0'), ...more }
}

/** What the orders module writes down when an order counts for the first time. */
export function paidFact(order: OrderOf, kind = 'member'): facts.Fact {
  const occurred_at = at(order.on)
  const shipping_minor = order.shipping ?? 0
  return {
    name: 'order.paid',
    member_id: order.member_id,
    occurred_at,
    data: {
      order_id: order.order_id,
      source: order.source ?? 'till',
      source_id: order.number,
      store_id: order.store_id ?? null,
      member_kind: kind,
      ordered_on: dayOf(occurred_at, zone),
      net_minor: order.net + shipping_minor,
      gross_minor: order.gross ?? order.net,
      goods_minor: order.net,
      shipping_minor,
      discount_minor: (order.gross ?? order.net) - order.net,
    },
    context: {
      status: 'paid',
      lines: (order.lines ?? []).map(({ net, ...line }) => ({ ...line, net_minor: net, gross_minor: net })),
    },
  }
}

export function refundFact(refund: RefundOf, kind = 'member'): facts.Fact {
  const occurred_at = at(refund.on)
  const shipping_minor = refund.shipping ?? 0
  const refund_id = refund.refund_id ?? randomUUID()
  return {
    name: 'order.refunded',
    member_id: refund.order?.member_id ?? refund.member_id!,
    occurred_at,
    data: {
      refund_id,
      order_id: refund.order?.order_id ?? null,
      kind: 'refund',
      source: 'till',
      source_id: refund.number ?? refund_id,
      store_id: null,
      member_kind: kind,
      ordered_on: dayOf(occurred_at, zone),
      net_minor: refund.net + shipping_minor,
      goods_minor: refund.net,
      shipping_minor,
      unmatched_minor: refund.order ? 0 : refund.net,
    },
    context: { lines: [{ net_minor: refund.net, gross_minor: refund.gross ?? refund.net }] },
  }
}

const grossOf = (fact: facts.Fact) => (fact.context as { lines: { gross_minor: number }[] }).lines[0]!.gross_minor

/** Books facts at a moment, as the orders module would: with their rows, so that recounts find them. */
export async function happen(tx: Tx, told: readonly facts.Fact[]): Promise<void> {
  const paid = told.filter((fact) => fact.name === 'order.paid')
  const refunded = told.filter((fact) => fact.name === 'order.refunded')
  await tx.run(sql`
    insert into orders (member_id, order_id, source, source_id, store_id, status, occurred_at, ordered_on,
      gross_minor, discount_minor, shipping_minor, net_minor, counts, content_hash, recorded_at)
    select member_id, (data->>'order_id')::uuid, data->>'source', data->>'source_id', (data->>'store_id')::uuid, 'paid',
      occurred_at, (data->>'ordered_on')::date, (data->>'gross_minor')::bigint,
      (data->>'discount_minor')::bigint, (data->>'shipping_minor')::bigint,
      (data->>'net_minor')::bigint, true, '', ${tx.now}::timestamptz
    from unnest(${paid.map((fact) => fact.member_id)}::uuid[], ${paid.map((fact) => fact.occurred_at)}::timestamptz[],
      ${paid.map((fact) => JSON.stringify(fact.data))}::jsonb[]) as paid (member_id, occurred_at, data)`)
  await tx.run(sql`
    insert into order_lines (member_id, order_id, line_no, sku, category, quantity, net_minor, gross_minor)
    select paid.member_id, paid.order_id, line.nth, one->>'sku', one->>'category', (one->>'quantity')::numeric,
      (one->>'net_minor')::bigint, (one->>'gross_minor')::bigint
    from unnest(${paid.map((fact) => fact.member_id)}::uuid[],
      ${paid.map((fact) => String(fact.data['order_id']))}::uuid[],
      ${paid.map((fact) => JSON.stringify((fact.context as { lines: unknown[] }).lines))}::jsonb[]
    ) as paid (member_id, order_id, lines)
    cross join lateral jsonb_array_elements(paid.lines) with ordinality as line (one, nth)`)
  await tx.run(sql`
    with refund as materialized (
      select * from unnest(${refunded.map((fact) => fact.member_id)}::uuid[],
        ${refunded.map((fact) => fact.occurred_at)}::timestamptz[],
          ${refunded.map((fact) => JSON.stringify(fact.data))}::jsonb[],
        ${refunded.map(grossOf)}::bigint[]
      ) as refund (member_id, occurred_at, data, gross_minor)
    ), kept as (
      insert into order_refunds (member_id, refund_id, kind, order_id, source, source_id, occurred_at, ordered_on,
        net_minor,
        shipping_minor, unmatched_minor, content_hash, recorded_at)
      select member_id, (data->>'refund_id')::uuid, 'refund', (data->>'order_id')::uuid, 'till', data->>'source_id',
        occurred_at,
        (data->>'ordered_on')::date, (data->>'net_minor')::bigint, (data->>'shipping_minor')::bigint,
        (data->>'unmatched_minor')::bigint, '', ${tx.now}::timestamptz
      from refund
    )
    insert into order_refund_lines (member_id, refund_id, line_no, order_id, order_line_no, quantity, net_minor,
      gross_minor)
    select member_id, (data->>'refund_id')::uuid, 1, (data->>'order_id')::uuid,
      case when data->>'order_id' is not null then 1 end, 1, (data->>'goods_minor')::bigint, gross_minor
    from refund
    union all
    select member_id, (data->>'refund_id')::uuid, 2, (data->>'order_id')::uuid, null, 0,
      (data->>'shipping_minor')::bigint,
      (data->>'shipping_minor')::bigint
    from refund where (data->>'shipping_minor')::bigint > 0`)
  await facts.write(tx, told)
}

/** Every check of tiers and points; the names of those that fail. */
export async function broken(db: Db): Promise<string[]> {
  const failed: string[] = []
  for (const check of [...tiers.checks, ...points.checks]) {
    const finding = await check.run(db)
    if (!finding.ok) failed.push(`${check.name}: ${finding.detail}`)
  }
  return failed
}
