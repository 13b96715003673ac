/**
 * Makes the demo brand through the same verbs as everything else: members in chunks, each chunk's history quarter by
 * quarter with the clock of its time, so that points expire and tiers are reviewed as they would have been.
 * Memory holds one chunk, whatever the number of members.
 */
import { systemActor } from '../../base/actor.ts'
import type { Db, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { addDays, addMs, dayOf, instantOf, startOfDay, stopwatch } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import * as products from '../../record/products/products.ts'
import * as program from '../../record/program/program.ts'
import * as storesModule from '../../record/stores/stores.ts'
import * as points from '../../value/points/points.ts'
import { found } from '../found.ts'
import { nightly } from './nights.ts'
import { products as menu, stores } from './menu.ts'
import { personOf, type Person } from './people.ts'
import { historyOf, type DemoOrder } from './history.ts'
import { spendsOf, walkInsOf } from './extras.ts'
import { makeStampCard, makeWallet, stamped_days } from './cards.ts'
import { makeFaces } from './faces.ts'
import { makeGifts } from './gifts.ts'
import { makeMoments } from './moments.ts'
import { makeOffers } from './offers.ts'
import { makeCompany } from './companies.ts'
import { makeJoining } from './joining.ts'
import { makePlans } from './plans.ts'
import { makeStarters } from './starters.ts'

export interface DemoOptions {
  members: number
  years: number
  seed: number
  signal?: AbortSignal
  tell(line: string): void
}

export interface DemoMade {
  members: number
  orders: number
  refunds: number
  seconds: number
}

export const zone = 'Asia/Taipei'
/** Members made at once: their two years are some 300,000 lines, about 200 MB while they are being written. */
const chunkMembers = 5_000
/** Days of history written with one clock: a quarter keeps expiry and reviews near their dates. */
const sliceDays = 91
/** Orders in one transaction. */
const ordersAtOnce = 10_000

/** A third of a cup's price is what is in it. */
const cost_share = 0.34

const actor = systemActor('demo')

/** Fills an empty database (or one that was only founded) with the brand. Throws `demo.not_empty`. */
export async function makeDemo(db: Db, options: DemoOptions): Promise<DemoMade> {
  const elapsed = stopwatch()
  // a run that was cut off is taken up where it began: the same verbs over the same rows change nothing twice
  const begun = await program.demoOf(db)
  const days = Math.round(365 * options.years)
  const from = begun && !begun.is_complete ? begun.from : addDays(dayOf(db.now(), zone), -days)
  const span = { from, days }
  await foundDemo(db, startOfDay(span.from, zone), options)
  const stamps_from = addDays(span.from, Math.max(0, span.days - stamped_days))
  await db.tx({ actor, now: startOfDay(stamps_from, zone) }, makeStampCard)
  const made = { members: 0, orders: 0, refunds: 0 }
  for (let first = 0; first < options.members; first += chunkMembers) {
    options.signal?.throwIfAborted()
    const count = Math.min(chunkMembers, options.members - first)
    const people = Array.from({ length: count }, (_, i) => personOf(options.seed, first + i, span))
    const done = await makeChunk(db, people, span, options, first === 0)
    made.members += count
    made.orders += done.orders
    made.refunds += done.refunds
    options.tell(`${made.members} of ${options.members} members, ${made.orders} orders`)
  }
  await db.tx({ actor }, async (tx) => {
    await orders.refreshUsual(tx)
    await makeStarters(tx)
    await makeGifts(tx)
    await makeOffers(tx)
    await makeMoments(tx)
    await makePlans(tx)
    await makeJoining(tx)
    await makeCompany(tx)
    await makeWallet(tx)
    await makeFaces(tx, options.seed)
    const { members, years, seed } = options
    await program.noteDemo(tx, { seed, years, from: span.from, members, is_complete: true })
  })
  return { ...made, seconds: Math.round(elapsed() / 100) / 10 }
}

async function foundDemo(db: Db, at: Date, options: DemoOptions): Promise<void> {
  const { years, seed } = options
  await db.tx({ actor, now: at }, async (tx) => {
    const before = await program.find(tx)
    const begun = before && (await program.demoOf(tx))
    if (before?.frozen_at && begun?.is_complete !== false) {
      throw new AppError('demo.not_empty', { name: before.name }, { status: 409 })
    }
    if (!before)
      await found(tx, {
        name: '悟松茶 Wusong Tea',
        currency: 'TWD',
        time_zone: zone,
        languages: ['zh-TW', 'en', 'zh-CN'],
        // a tea costs 50 to 80: at one point for every hundred most cups would bring none
        points_preset: 'one_for_one_100',
      })
    await program.update(tx, { settings: { from_name: '悟松茶', from_email: 'hello@wusong.example' } })
    await program.noteDemo(tx, { seed, years, from: dayOf(at, zone), members: options.members, is_complete: false })
    for (const kind of ['shop', 'web'] as const) {
      await storesModule.resolve(
        tx,
        stores.filter((store) => store.kind === kind).map((store) => store.code),
        { kind },
      )
    }
    await storesModule.rename(
      tx,
      stores.map(({ code, name }) => ({ code, name })),
    )
    // the till rings them up by their price, and a report speaks of margins by their cost
    if (!begun)
      for (const { sku, name, category, price } of menu)
        await products.create(tx, {
          sku,
          name,
          category,
          price_minor: price,
          cost_minor: Math.round(price * cost_share),
        })
  })
}

async function makeChunk(
  db: Db,
  people: Person[],
  span: { from: string; days: number },
  options: DemoOptions,
  first: boolean,
): Promise<{ orders: number; refunds: number }> {
  const last = addDays(span.from, span.days)
  const now = db.now()
  await joinAll(db, people)
  const histories = people.map((person) => ({ person, orders: historyOf(person, last, options.seed) }))
  const made = { orders: 0, refunds: 0 }
  for (let from = span.from; from <= last; from = addDays(from, sliceDays)) {
    options.signal?.throwIfAborted()
    const until = addDays(from, sliceDays)
    const end = startOfDay(until, zone)
    const clock = end < now ? end : now
    const anonymous = first ? walkInsOf(options.seed, from, until < last ? until : last) : []
    const done = await writeSlice(db, histories, { from, until, clock }, options.seed, anonymous)
    made.orders += done.orders
    made.refunds += done.refunds
    await nightly(db, clock)
  }
  return made
}

async function joinAll(db: Db, people: Person[]): Promise<void> {
  await db.tx({ actor }, async (tx) => {
    const storeIds = await storesModule.resolve(
      tx,
      stores.map((store) => store.code),
    )
    const outcomes = await members.upsert(
      tx,
      people.map((person) => inputOf(person, storeIds)),
      { source: 'demo' },
    )
    const refused = outcomes.find((outcome) => outcome.outcome === 'refused')
    if (refused) throw new AppError('demo.member_refused', { ...refused })
  })
}

function inputOf(person: Person, storeIds: Map<string, string>): members.MemberInput {
  const joined_at = instantOf(`${person.joined_on}T10:00:00`, zone)
  const store = storeIds.get(person.home_store) ?? null
  return {
    external_id: `M${person.number}`,
    first_name: person.first_name,
    last_name: person.last_name,
    display_name: person.display_name,
    phone: person.phone,
    ...(person.email ? { email: person.email } : {}),
    birth_date: person.birth_date,
    gender: person.gender,
    locale: person.locale,
    tags: person.tags,
    home_store_id: store,
    join_store_id: store,
    join_channel: person.join_channel,
    joined_at,
    consents: person.consents.map((consent) => ({ ...consent, purpose: 'marketing', at: joined_at, method: 'form' })),
  }
}

interface History {
  person: Person
  orders: DemoOrder[]
}

/** Writes the orders of one slice of time, oldest first, then its refunds and the points members used in it. */
async function writeSlice(
  db: Db,
  histories: History[],
  slice: { from: string; until: string; clock: Date },
  seed: number,
  anonymous: orders.OrderWire[],
): Promise<{ orders: number; refunds: number }> {
  const inSlice = (local: string) => local.slice(0, 10) >= slice.from && local.slice(0, 10) < slice.until
  const past = (wire: { occurred_at: string | Date }) => (wire.occurred_at as Date) <= slice.clock
  const wires = histories
    .flatMap(({ person, orders: list }) =>
      list.filter((order) => inSlice(order.local)).map((order) => wireOf(order, person)),
    )
    .concat(anonymous)
    .filter(past)
    .sort((a, b) => (a.occurred_at as Date).getTime() - (b.occurred_at as Date).getTime())
  const refunds = histories
    .flatMap(({ orders: list }) => list.filter((order) => order.refund && inSlice(order.refund.local)).map(refundOf))
    .filter(past)
  for (let at = 0; at < wires.length; at += ordersAtOnce) {
    await db.tx({ actor, now: slice.clock }, (tx) =>
      accept(orders.receive(tx, wires.slice(at, at + ordersAtOnce), {})),
    )
  }
  if (refunds.length > 0)
    await db.tx({ actor, now: slice.clock }, (tx) => accept(orders.refund(tx, refunds, { allow_unmatched: true })))
  await db.tx({ actor, now: slice.clock }, (tx) =>
    spend(
      tx,
      histories.map((history) => history.person),
      slice,
      seed,
    ),
  )
  return { orders: wires.length, refunds: refunds.length }
}

async function accept(outcomes: Promise<{ outcome: string; code?: string; params?: unknown }[]>): Promise<void> {
  const refused = (await outcomes).find((one) => one.outcome === 'refused')
  if (refused) throw new AppError('demo.order_refused', { code: refused.code, params: refused.params })
}

/** An order as the demo's till sends it. */
export function wireOf(order: DemoOrder, person: Person | null): orders.OrderWire {
  return {
    source: order.store === 'WEB' ? 'web' : 'till',
    source_id: order.source_id,
    status: 'completed',
    store: order.store,
    member: person ? { external_id: { source: 'demo', id: `M${person.number}` } } : null,
    lines: order.lines,
    shipping_minor: order.shipping_minor,
    occurred_at: instantOf(order.local, zone),
  }
}

function refundOf(order: DemoOrder): orders.RefundWire {
  const source = order.store === 'WEB' ? 'web' : 'till'
  const ordered = instantOf(order.local, zone)
  const wanted = instantOf(order.refund!.local, zone)
  return {
    source,
    source_id: `${order.source_id}-R`,
    order: { source, source_id: order.source_id },
    lines: [{ line_no: order.refund!.line + 1, quantity: order.refund!.quantity }],
    // a refund on the day of the purchase comes an hour after it at the earliest
    occurred_at: wanted > ordered ? wanted : addMs(ordered, 3_600_000),
  }
}

/** Some members use points when they have enough: hundreds at a time, about one in six a quarter. */
async function spend(tx: Tx, people: Person[], slice: { from: string; clock: Date }, seed: number): Promise<void> {
  const ids = await members.idsByExternal(
    tx,
    'demo',
    people.map((person) => `M${person.number}`),
  )
  const held = await points.balanceOf(
    tx,
    ids.filter((id) => id !== null),
  )
  const balances = new Map(held.map((balance) => [balance.member_id, balance]))
  const wants = spendsOf(seed, slice.from, people, ids, balances, slice.clock)
  if (wants.length > 0) await points.spend(tx, wants)
}
