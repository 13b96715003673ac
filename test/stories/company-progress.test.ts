/** C4: an order of a company belongs to one account, and another's tier may climb by it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { Tx } from '../../src/base/db.ts'
import { sql } from '../../src/base/sql.ts'
import * as companies from '../../src/record/members/companies/companies.ts'
import * as members from '../../src/record/members/members.ts'
import * as orders from '../../src/record/orders/orders.ts'
import type { OrderWire, RefundWire } from '../../src/record/orders/types.ts'
import * as points from '../../src/value/points/points.ts'
import * as tiers from '../../src/value/tiers/tiers.ts'
import type { TierRule } from '../../src/value/tiers/types.ts'
import { openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

let next = 0
async function faults(): Promise<string[]> {
  const failed: string[] = []
  for (const check of [...members.checks, ...points.checks, ...tiers.checks]) {
    const finding = await check.run(world.db)
    if (!finding.ok) failed.push(`${check.name}: ${finding.detail}`)
  }
  return failed
}

interface Office {
  company_id: string
  buyer: string
  payer: string
  user: string
  stranger: string
}
let offices = 0
/** A company of its own with three people; somebody who is none of them. The company is the eldest account. */
async function office(): Promise<Office> {
  offices += 1
  const n = offices
  return world.tx(async (tx) => {
    const { company_id } = await companies.createCompany(tx, { name: `辦公室 ${n}`, tax_id: `9000${n}` })
    const made = await members.upsert(
      tx,
      ['buyer', 'payer', 'user', 'stranger'].map((part) => ({ external_id: `O${n}-${part}` })),
      { source: 'b2b' },
    )
    const [buyer, payer, user, stranger] = made.map((one) => one.member_id!) as [string, string, string, string]
    const roles = { buyer, payer, user }
    await companies.join(
      tx,
      (['buyer', 'payer', 'user'] as const).map((role) => ({
        company_id,
        member_id: roles[role],
        role,
        since: '2026-01-01',
      })),
    )
    return { company_id, ...roles, stranger }
  })
}
const says = (credited: Credit, progress: Climber) =>
  world.tx((tx) => companies.setCredit(tx, { credited, progress }))
const ref = (member_id: string) => ({ member_id })
const officeOrder = (one: Office, more: Partial<OrderWire> = {}): OrderWire => ({
  source: 'b2b',
  source_id: `O${(next += 1)}`,
  status: 'completed',
  occurred_at: world.now(),
  company: { company_id: one.company_id },
  buyer: ref(one.buyer),
  payer: ref(one.payer),
  user: ref(one.user),
  lines: [{ sku: 'TEA', name: '高山茶', quantity: 2, net_minor: 1_000 }],
  ...more,
})
const receive = (...wires: OrderWire[]) => world.tx((tx) => orders.receive(tx, wires))
const giveBack = (wire: OrderWire, more: Partial<RefundWire> = {}) =>
  world.tx((tx) =>
    orders.refund(tx, [
      {
        source: 'b2b',
        source_id: `OR${(next += 1)}`,
        order: { source_id: wire.source_id },
        occurred_at: world.now(),
        ...more,
      },
    ]),
  )
/** Points and progress of everybody of an office. */
async function stand(one: Office): Promise<Record<string, [points: number, progress: number]>> {
  const ids = Object.values(one)
  const balances = await points.balanceOf(world.db, ids)
  const climbed = await tiers.progressOf(world.db, ids)
  return Object.fromEntries(
    Object.keys(one).map((name, i) => [
      name,
      [balances[i]!.active + balances[i]!.pending - balances[i]!.debt, climbed[i]!.progress],
    ]),
  )
}
/** What each has more than before; who has nothing more is left out. */
async function more(one: Office, before: Awaited<ReturnType<typeof stand>>) {
  const entries = Object.entries(await stand(one)).map(
    ([name, [now, progress]]) => [name, [now - before[name]![0], progress - before[name]![1]]] as const,
  )
  return Object.fromEntries(entries.filter(([, [a, b]]) => a !== 0 || b !== 0))
}

const parts = ['buyer', 'payer', 'user'] as const
type Credit = (typeof parts)[number] | 'company'
type Climber = Credit | 'same'

// Protected by: who climbs stands beside the order; refunds and corrections ask there, not what the program says now.
test('points go to the one, the tier climbs for the other, as the program said when the order came; and so it is undone', async () => {
  const one = await office()
  const nobody = await stand(one)
  for (const credited of [...parts, 'company'] as Credit[]) {
    for (const progress of ['same', ...parts, 'company'] as Climber[]) {
      for (const naming of ['named', 'left_out', 'stranger'] as const) {
        await says(credited, progress)
        // whom the program wants to climb is named, is not, or is not of the company
        const party = progress === 'same' ? credited : progress
        const said =
          party === 'company' || naming === 'named'
            ? {}
            : { [party]: naming === 'stranger' ? ref(one.stranger) : null }
        const wire = officeOrder(one, said)
        const whose = (part: Credit) =>
          part === 'company' || (naming !== 'named' && part === party) ? 'company_id' : part
        const owner = whose(credited)
        const climber = progress === 'same' ? owner : whose(progress)
        const [outcome] = await receive(wire)
        expect(outcome).toMatchObject({ outcome: 'placed', member_id: one[owner] })
        const gave = (part: number) =>
          owner === climber
            ? { [owner]: [10 * part, 1_000 * part] }
            : { [owner]: [10 * part, 0], [climber]: [0, 1_000 * part] }
        const told = [credited, progress, naming].join(' ')
        expect(await more(one, nobody), told).toEqual(gave(1))
        await says('buyer', 'same')
        if (naming === 'named') {
          await giveBack(wire, { lines: [{ sku: 'TEA', quantity: 1 }] })
          expect(await more(one, nobody), told).toEqual(gave(0.5))
          // the source raises it: what is added goes the way of the order
          world.later(0.01)
          const lines = [{ ...wire.lines[0]!, quantity: 4, net_minor: 2_000 }]
          await receive({ ...wire, lines, updated_at: world.now() })
          expect(await more(one, nobody), told).toEqual(gave(1.5))
        }
        world.later(0.01)
        await receive({ ...wire, status: 'cancelled', updated_at: world.now() })
        expect(await more(one, nobody), told).toEqual({})
      }
    }
  }
  expect(await faults()).toEqual([])
})

// Protected by: an order earns at the tier of the account it belongs to, held before it; climbing is in the order of time.
test('an order earns at the tier of whom it belongs to, and one set comes to what single orders come to', async () => {
  const at = (minutes: number) => new Date(world.now().getTime() - 3_600_000 + minutes * 60_000)
  const play = async (isOneSet: boolean) => {
    const one = await office()
    // who climbs comes first wherever accounts are taken in the order of their numbers
    const [climber, first, second] = [one.buyer, one.payer, one.user].sort() as [string, string, string]
    await says('buyer', 'user')
    const order = (minutes: number, buyer: string, net_minor: number) =>
      officeOrder(one, {
        occurred_at: at(minutes),
        buyer: ref(buyer),
        user: ref(climber),
        lines: [{ sku: 'TEA', quantity: 1, net_minor }],
      })
    const wires = [
      order(1, first, 6_000),
      order(2, second, 6_000),
      // its own: it has climbed by what the others bought
      order(3, climber, 1_000),
      order(4, first, 1_000),
    ]
    if (isOneSet) await receive(...wires)
    else for (const wire of wires) await receive(wire)
    const all = [climber, first, second]
    const balances = await points.balanceOf(world.db, all)
    const climbed = await tiers.progressOf(world.db, all)
    return climbed.map(({ progress, tier_code }, i) => [balances[i]!.pending, progress, tier_code])
  }
  const alone = await play(false)
  expect(alone).toEqual([
    [12, 14_000, 'silver'],
    [70, 0, 'member'],
    [60, 0, 'member'],
  ])
  expect(await play(true)).toEqual(alone)
  await says('buyer', 'same')
})

test('who climbs may be merged or forgotten, and the order given to another by hand: what it brought is found again', async () => {
  await says('buyer', 'user')
  const one = await office()
  const before = await stand(one)
  const wires = [officeOrder(one), officeOrder(one), officeOrder(one), officeOrder(one)] as const
  await receive(...wires)
  await says('company', 'company')
  expect(await more(one, before)).toEqual({ buyer: [40, 0], user: [0, 4_000] })
  // whose order it is becomes another account, then who climbed
  await world.tx((tx) => members.merge(tx, [{ keep: one.payer, merge: one.buyer }]))
  await world.tx((tx) => members.merge(tx, [{ keep: one.stranger, merge: one.user }]))
  await giveBack(wires[0])
  expect(await more(one, before)).toEqual({ payer: [30, 0], stranger: [0, 3_000] })
  // by hand: the points go along, who climbs stays
  const [found] = await world.db.rows<{ order_id: string }>(
    sql`select order_id from orders where source = 'b2b' and source_id = ${wires[1].source_id}::text`,
  )
  const [moved] = await world.tx((tx) =>
    orders.moveToMembers(tx, [{ order_id: found!.order_id, member_id: world.cast.wang }]),
  )
  expect(await more(one, before)).toEqual({ payer: [20, 0], stranger: [0, 3_000] })
  const { parties } = await world.as('owner').call('GET /v1/admin/orders/:order_id', {
    params: { order_id: moved!.order_id },
  })
  expect(parties).toMatchObject({
    credited: 'moved',
    member_id: world.cast.wang,
    company_id: one.company_id,
    climber: 'user',
    climber_id: one.stranger,
  })
  await giveBack(wires[1])
  expect(await more(one, before)).toEqual({ payer: [20, 0], stranger: [0, 2_000] })
  // the two in one account
  await world.tx((tx) => members.merge(tx, [{ keep: one.payer, merge: one.stranger }]))
  await giveBack(wires[2])
  expect(await more(one, before)).toEqual({ payer: [10, 1_000] })
  expect(await faults()).toEqual([])

  await says('company', 'buyer')
  const other = await office()
  const wire = officeOrder(other)
  await receive(wire)
  await world.tx((tx) => members.erase(tx, [other.buyer]))
  await giveBack(wire)
  expect(await stand(other)).toEqual({
    company_id: [0, 0],
    buyer: [0, 0],
    payer: [0, 0],
    user: [0, 0],
    stranger: [0, 0],
  })
  await says('buyer', 'same')
  expect(await faults()).toEqual([])
})

// Protected by: who was merged while a booking waited for the lock is found behind it.
test('who climbed is merged while a refund waits for the lock: it is taken back in the account of today', async () => {
  await says('buyer', 'user')
  const one = await office()
  const before = await stand(one)
  const wire = officeOrder(one)
  await receive(wire, officeOrder(one))
  let refunded: Promise<unknown> | undefined
  await world.tx(async (tx) => {
    await members.merge(tx, [{ keep: one.stranger, merge: one.user }])
    refunded = giveBack(wire)
    const waits = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    for (let asked = 0; (await world.db.rows(waits)).length === 0; asked += 1) expect(asked).toBeLessThan(2_000)
  })
  await refunded
  expect(await more(one, before)).toEqual({ buyer: [10, 0], stranger: [0, 1_000] })
  await says('buyer', 'same')
  expect(await faults()).toEqual([])
})

test('an order of a guest lets the company climb; a guest climbs by none, and nothing is taken back of it', async () => {
  const one = await office()
  const before = await stand(one)
  const [guest] = await world.tx((tx) =>
    members.resolve(tx, [{ phone: '0955000111', occurred_at: world.now() }], { create_as: 'guest', channel: 'b2b' }),
  )
  await world.tx((tx) =>
    companies.join(tx, [{ company_id: one.company_id, member_id: guest!, role: 'buyer', since: '2026-01-01' }]),
  )
  await says('buyer', 'company')
  const wire = officeOrder(one, { buyer: ref(guest!) })
  expect((await receive(wire))[0]).toMatchObject({ member_id: guest })
  expect(await more(one, before)).toEqual({ company_id: [0, 1_000] })
  await giveBack(wire, { lines: [{ sku: 'TEA', quantity: 1 }] })
  expect(await more(one, before)).toEqual({ company_id: [0, 500] })
  await says('company', 'buyer')
  const second = officeOrder(one, { buyer: ref(guest!) })
  await receive(second)
  expect(await more(one, before)).toEqual({ company_id: [10, 500] })
  await giveBack(second)
  expect(await more(one, before)).toEqual({ company_id: [0, 500] })
  await says('buyer', 'same')
  expect(await faults()).toEqual([])
})

/** What each account of some offices should have climbed, from the orders and the rows beside them alone. */
async function recounted(ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await world.db.rows<{ member_id: string; minor: number }>(sql`
    select coalesce(p.climber_id, o.member_id) as member_id, sum(o.net_minor - o.refunded_minor)::bigint as minor
    from orders o left join order_parties p on p.member_id = o.member_id and p.order_id = coalesce(o.adds_to, o.order_id)
    where o.status <> 'placed' and coalesce(p.climber_id, o.member_id) = any (${ids}::uuid[]) group by 1`)
  return new Map(rows.map((row) => [row.member_id, row.minor]))
}

// Protected by: both accounts locked in the order of their ids; whoever meets in a circle begins anew.
test('thirty-two at once who climb for each other, take back, raise and merge: the books come out even', async () => {
  const one = await office()
  const two = await office()
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  const pick = <T>(of: readonly T[]) => of[random(of.length)]!
  const sent: OrderWire[] = []
  const acts = Array.from({ length: 160 }, (_none, nth) => async () => {
    const kind = sent.length < 10 ? 'order' : pick(['order', 'order', 'refund', 'raise', 'cancel'] as const)
    const here = pick([one, two])
    if (kind === 'order') {
      if (nth % 8 === 0) await says(pick([...parts, 'company']), pick(['same', ...parts, 'company']))
      const people = [ref(here.buyer), ref(here.payer), ref(here.user), null]
      const wire = officeOrder(here, { buyer: pick(people), payer: pick(people), user: pick(people) })
      await receive(wire)
      sent.push(wire)
      return
    }
    const wire = pick(sent)
    const updated_at = new Date(world.now().getTime() + nth)
    if (kind === 'refund') await giveBack(wire, { lines: [{ sku: 'TEA', quantity: 1 }] })
    if (kind === 'cancel') await receive({ ...wire, status: 'cancelled', updated_at })
    if (kind === 'raise')
      await receive({ ...wire, lines: [{ ...wire.lines[0]!, quantity: 3, net_minor: 1_500 }], updated_at })
  })
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let act = acts.shift(); act; act = acts.shift()) await act()
    }),
  )
  await world.tx((tx) => members.merge(tx, [{ keep: one.payer, merge: one.buyer }]))
  await world.tx((tx) => members.merge(tx, [{ keep: one.company_id, merge: two.company_id }]))
  const ids = [...Object.values(one), ...Object.values(two)].filter((id) => ![one.buyer, two.company_id].includes(id))
  const progress = await tiers.progressOf(world.db, ids)
  const expected = await recounted(ids)
  expect(progress.map((row) => [row.member_id, row.progress])).toEqual(ids.map((id) => [id, expected.get(id) ?? 0]))
  expect(sent.length).toBeGreaterThan(50)
  expect(progress.filter((row) => row.progress > 0).length).toBeGreaterThan(4)
  await says('buyer', 'same')
  expect(await faults()).toEqual([])
}, 60_000)

test('a review lowers who climbed, a preview of another rule moves who climbed; whose orders they were stays', async () => {
  const one = await office()
  await says('buyer', 'company')
  await receive(officeOrder(one, { lines: [{ sku: 'TEA', quantity: 1, net_minor: 12_000 }] }))
  const held = async () =>
    (await tiers.standingOf(world.db, [one.company_id, one.buyer])).map((standing) => standing.tier_code)
  expect(await held()).toEqual(['silver', 'member'])
  const [version] = await tiers.rulesOf(world.db)
  const easier = { ...version!.rule, thresholds: { silver: 1_000, gold: 12_000 } }
  const moved = await world.db.tx({ actor: systemActor('test'), now: world.now(), rollback: true }, async (tx) =>
    tiers.reclassify(tx, {
      member_ids: [one.company_id, one.buyer],
      version: await tiers.addRule(tx, { rule: easier }),
      lower_now: false,
    }),
  )
  expect(moved.filter((row) => row.from_tier_id !== row.to_tier_id).map((row) => row.member_id)).toEqual([
    one.company_id,
  ])
  world.later(500)
  await world.tx((tx) => tiers.review(tx))
  expect(await held()).toEqual(['member', 'member'])
  await says('buyer', 'same')
  expect(await faults()).toEqual([])
})

test('an ordinary order asks nothing about companies and climbers', async () => {
  const one = await office()
  const texts: string[] = []
  const ordinary = { company: null, buyer: null, payer: null, user: null, member: ref(one.stranger) }
  await world.tx((tx) => orders.receive(listening(tx, texts), [{ ...officeOrder(one), ...ordinary }]))
  const asks = (text: string) => /company_credit|company_members|into order_parties|is_merged/.test(text)
  expect(texts.length).toBeGreaterThan(5)
  expect(texts.filter(asks)).toEqual([])
  await world.tx((tx) => orders.receive(listening(tx, texts), [officeOrder(one)]))
  expect(texts.filter(asks)).not.toEqual([])
})

// Protected by: what is read back of progress asks beside the order whose it is.
test('where orders count, or points, those of others by which somebody climbs count alike, also of before the rule', async () => {
  const one = await office()
  await says('buyer', 'company')
  const wire = officeOrder(one)
  await receive(wire, officeOrder(one))
  world.later(0.01)
  await receive({ ...wire, lines: [{ ...wire.lines[0]!, quantity: 3, net_minor: 1_500 }], updated_at: world.now() })
  const rule = (measure: TierRule['measure']): TierRule => ({
    measure,
    window: { kind: 'rolling', days: 365 },
    thresholds: { silver: 2, gold: 30 },
    keep: { kind: 'months', months: 12 },
    grace_days: 0,
    downgrade: 'one_step',
    refund_undoes: true,
  })
  await world.tx((tx) => tiers.addRule(tx, { rule: rule({ kind: 'orders', minimum_minor: 1 }) }))
  world.later(0.01)
  expect((await stand(one)).company_id).toEqual([0, 2])
  // the third lifts it: what was added to the first was no order of its own
  await world.tx((tx) =>
    tiers.addRule(tx, { rule: { ...rule({ kind: 'orders', minimum_minor: 1 }), thresholds: { silver: 3 } } }),
  )
  world.later(0.01)
  const third = officeOrder(one, { occurred_at: world.now() })
  expect((await tiers.standingOf(world.db, [one.company_id]))[0]!.tier_code).toBe('member')
  await receive(third)
  expect((await tiers.standingOf(world.db, [one.company_id]))[0]!.tier_code).toBe('silver')
  expect((await tiers.standingOf(world.db, [one.buyer]))[0]!.tier_code).toBe('member')
  await giveBack(third)
  expect((await tiers.standingOf(world.db, [one.company_id]))[0]!.tier_code).toBe('member')

  const version = await world.tx((tx) => tiers.addRule(tx, { rule: rule({ kind: 'points' }) }))
  await world.tx((tx) => tiers.reclassify(tx, { member_ids: Object.values(one), version, lower_now: false }))
  world.later(0.01)
  const earned = (await stand(one)).buyer![0]
  expect(earned).toBe(25)
  expect((await stand(one)).company_id).toEqual([0, earned])
  await receive(officeOrder(one, { occurred_at: world.now() }))
  expect((await stand(one)).company_id).toEqual([0, 35])
  expect((await tiers.standingOf(world.db, [one.company_id]))[0]!.tier_code).toBe('gold')
  await says('buyer', 'same')
  expect(await faults()).toEqual([])
})

/** The same transaction, its texts written down. */
function listening(tx: Tx, texts: string[]): Tx {
  const keep =
    <T extends unknown[], R>(run: (...args: T) => R) =>
    (...args: T) => {
      texts.push((args[0] as { text: string }).text)
      return run(...args)
    }
  return { ...tx, rows: keep(tx.rows) as Tx['rows'], row: keep(tx.row) as Tx['row'], run: keep(tx.run) }
}
