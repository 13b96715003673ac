/**
 * A small shop on a database of its own, for the tests of orders: no points, no tiers, facts as they are
 * written.
 */
import { systemActor } from '../src/base/actor.ts'
import { openDb, type Db, type Tx } from '../src/base/db.ts'
import type { BoundHearer, Fact } from '../src/base/facts.ts'
import { sql } from '../src/base/sql.ts'
import { verify } from '../src/base/verify.ts'
import { createTestDatabase } from './database.ts'
import * as program from '../src/record/program/program.ts'
import { checks, receive, refund } from '../src/record/orders/orders.ts'
import type {
  OrderOutcome,
  OrderWire,
  ReceiveOptions,
  RefundOutcome,
  RefundWire,
} from '../src/record/orders/types.ts'

export interface Shop {
  db: Db
  url: string
  /** Facts heard since the last `forget`. */
  heard: Fact[]
  now: Date
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  receive(wires: OrderWire[], options?: ReceiveOptions): Promise<OrderOutcome[]>
  refund(wires: RefundWire[], options?: ReceiveOptions): Promise<RefundOutcome[]>
  /** Names and amounts of the facts heard, and forgets them. */
  told(): string[]
  /** Empties what orders have written, so that one database serves many histories. */
  empty(): Promise<void>
  /** Throws unless every check holds. */
  verify(): Promise<void>
  close(): Promise<void>
}

const actor = systemActor('test')

export async function openShop(): Promise<Shop> {
  const { url, drop } = await createTestDatabase()
  const heard: Fact[] = []
  const hearer: BoundHearer = {
    module: 'test',
    names: [
      'order.placed',
      'order.paid',
      'order.shipped',
      'order.delivered',
      'order.completed',
      'order.cancelled',
      'order.refunded',
    ],
    hear: async (_tx, facts) => void heard.push(...facts),
  }
  const db = openDb(url, { bound: [hearer] })
  const shop: Shop = {
    db,
    url,
    heard,
    now: new Date('2026-06-01T04:00:00Z'),
    tx: (work) => db.tx({ actor, now: shop.now }, work),
    receive: (wires, options = { create_as: 'member' }) => shop.tx((tx) => receive(tx, wires, options)),
    refund: (wires, options = { create_as: 'member' }) => shop.tx((tx) => refund(tx, wires, options)),
    told: () => heard.splice(0).map((fact) => `${fact.name} ${String(fact.data['net_minor'])}`),
    async empty() {
      heard.length = 0
      // few rows: deleting them is much quicker than truncating so many tables
      await db.run(sql`
        with a as (delete from orders), b as (delete from order_keys), c as (delete from order_lines),
          d as (delete from order_refunds), e as (delete from order_refund_lines), f as (delete from order_rhythm),
          g as (delete from member_statistics), h as (delete from member_store_statistics),
          i as (delete from member_category_statistics), j as (delete from member_state_changes)
        delete from facts`)
    },
    async verify() {
      const { ok, checks: found } = await verify(db, checks)
      if (!ok)
        throw new Error(
          JSON.stringify(
            found.filter((check) => !check.ok),
            null,
            1,
          ),
        )
    },
    async close() {
      await db.close()
      await drop()
    },
  }
  await shop.tx((tx) =>
    program.create(tx, {
      name: 'Test',
      currency: 'TWD',
      time_zone: 'Asia/Taipei',
      languages: ['en'],
      default_language: 'en',
      default_country: 'TW',
    }),
  )
  return shop
}

/**
 * An order of member `who` (nobody if null): `tea 2x100` is two pieces of SKU tea at 100 each, category = SKU's
 * first letter.
 */
export function order(
  source_id: string,
  who: string | null,
  day: string,
  lines: string[],
  more: Partial<OrderWire> = {},
): OrderWire {
  return {
    source: 'till',
    source_id,
    store: 'S1',
    occurred_at: day.length > 10 ? day : `${day}T12:00:00+08:00`,
    member: who === null ? null : { external_id: { source: 'till', id: who } },
    lines: lines.map((text) => {
      const [sku, quantity, price] = text.split(/[ x]/) as [string, string, string]
      return { sku, category: `category ${sku[0]}`, quantity: Number(quantity), unit_price_minor: Number(price) }
    }),
    ...more,
  }
}

/** A refund without an original, of member `who`: `tea 1=90` is one piece for 90. */
export function loose(
  source_id: string,
  who: string | null,
  day: string,
  lines: string[],
  more: Partial<RefundWire> = {},
): RefundWire {
  return {
    source: 'till',
    source_id,
    store: 'S1',
    occurred_at: day.length > 10 ? day : `${day}T18:00:00+08:00`,
    member: who === null ? null : { external_id: { source: 'till', id: who } },
    lines: lines.map((text) => {
      const [sku, quantity, net] = text.split(/[ =]/) as [string, string, string | undefined]
      return { sku, quantity: Number(quantity), ...(net === undefined ? {} : { net_minor: Number(net) }) }
    }),
    ...more,
  }
}

/** A refund of a named order. */
export function of(source_id: string, order_id: string, day: string, more: Partial<RefundWire> = {}): RefundWire {
  return {
    source: 'till',
    source_id,
    occurred_at: day.length > 10 ? day : `${day}T18:00:00+08:00`,
    order: { source_id: order_id },
    ...more,
  }
}
