import { describe, expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { refusal } from '../../../../test/phones.ts'
import * as points from '../../../value/points/points.ts'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, owner, rung, late, move, pointsOf, setRules, netOf, allIsWell, hear } =
  await openClerks()
const { wang, mary, chen } = world.cast

describe('a late receipt', () => {
  test('is added once by its number, earns by its own day, and is told the same again', async () => {
    const before = await pointsOf(wang)
    const given = await late('L-1', wang)
    expect(given).toMatchObject({ kind: 'added', net_minor: 1_000, points_earned: 10 })
    expect(await late('L-1', wang)).toEqual(given)
    expect(await pointsOf(wang)).toBe(before + 10)
    const [order] = await world.db.rows(sql`select ordered_on from orders where order_id = ${given.order_id}::uuid`)
    expect(order).toEqual({ ordered_on: '2026-11-01' })
    // whoever has it keeps it
    expect(await refusal(late('L-1', mary))).toBe('409 till.receipt_theirs')
    await allIsWell()
  })

  test('that was rung up without a member is claimed, with its own amount and time', async () => {
    const sold = await rung(null, 2_500)
    const before = await netOf(mary)
    const given = await late(sold.source_id, mary, { amount_minor: 1 })
    expect(given).toMatchObject({ kind: 'claimed', net_minor: 2_500, points_earned: 25, points_taken: 0 })
    expect((await netOf(mary)).net_minor).toBe(before.net_minor + 2_500)
    expect(await refusal(late(sold.source_id, wang))).toBe('409 till.receipt_theirs')
    // the till sends the receipt again: it is the same one purchase
    const again = await clerk.call('POST /v1/till/orders', {
      body: {
        source: 'till-XINYI-1',
        source_id: sold.source_id,
        store: 'XINYI',
        lines: [{ quantity: 1, gross_minor: 2_500 }],
      },
    })
    expect(again.hold_id).toBe(sold.hold_id)
    expect((await netOf(mary)).net_minor).toBe(before.net_minor + 2_500)
    await allIsWell()
  })

  test('two clerks give it to two members at once: one has it', async () => {
    const sold = await rung(null, 800)
    const answers = await Promise.all([refusal(late(sold.source_id, wang)), refusal(late(sold.source_id, mary))])
    expect(answers.filter((answer) => answer === 'not refused')).toHaveLength(1)
    await allIsWell()
  })

  test('is refused when it is too old, from tomorrow, of no member, or of an unknown store', async () => {
    expect(await refusal(late('L-2', wang, { bought_on: '2026-10-25' }))).toBe('422 till.receipt_too_old')
    expect(await refusal(late('L-2', wang, { bought_on: '2026-11-03' }))).toBe('422 till.receipt_in_future')
    expect(await refusal(late('L-2', world.cast.guest))).toBe('404 member.not_found')
    expect(await refusal(late('L-2', wang, { store: 'NOWHERE' }))).toBe('404 store.not_found')
    await setRules({ late_days_max: 30 })
    expect(await late('L-2', wang, { bought_on: '2026-10-25' })).toMatchObject({ kind: 'added' })
  })
})

describe('a receipt of the wrong member', () => {
  test('moves with everything it gave; both say it; a refund then finds it with the right one', async () => {
    const sold = await rung(wang, 1_200)
    const [had, has] = [await pointsOf(wang), await pointsOf(mary)]
    const [wangs, marys] = [await netOf(wang), await netOf(mary)]
    const moved = await move(sold.order_id, mary)
    expect(moved).toMatchObject({ kind: 'moved', net_minor: 1_200, points_earned: 12, points_taken: 12 })
    expect(await move(sold.order_id, mary)).toEqual(moved)
    expect([await pointsOf(wang), await pointsOf(mary)]).toEqual([had - 12, has + 12])
    expect((await netOf(wang)).net_minor).toBe(wangs.net_minor - 1_200)
    expect((await netOf(mary)).order_count).toBe(marys.order_count + 1)
    const facts = await world.db.rows<{ name: string; member_id: string }>(sql`
      select name, member_id from facts where name like 'receipt.%' and (data->>'order_id' = ${moved.order_id}::text)
      order by fact_id`)
    expect(facts).toEqual([
      { name: 'receipt.given', member_id: mary },
      { name: 'receipt.moved_away', member_id: wang },
    ])
    await clerk.call('POST /v1/till/refunds', {
      body: {
        source: 'till-XINYI-1',
        source_id: `${sold.source_id}-R1`,
        order: { source: 'till-XINYI-1', source_id: sold.source_id },
        lines: [{ line_no: 1, quantity: 1 }],
        occurred_at: world.now().toISOString(),
      },
    })
    expect(await pointsOf(mary)).toBe(has)
    await allIsWell()
  })

  test('a part that went back before stays gone: what is left moves', async () => {
    const sold = await rung(wang, 0, {
      lines: [
        { quantity: 3, gross_minor: 900 },
        { quantity: 1, gross_minor: 500 },
      ],
    })
    await clerk.call('POST /v1/till/refunds', {
      body: {
        source: 'till-XINYI-1',
        source_id: `${sold.source_id}-R1`,
        order: { source: 'till-XINYI-1', source_id: sold.source_id },
        lines: [{ line_no: 1, quantity: 1 }],
        occurred_at: world.now().toISOString(),
      },
    })
    const before = await pointsOf(chen)
    expect(await move(sold.order_id, chen)).toMatchObject({ net_minor: 1_100, points_earned: 11, points_taken: 11 })
    expect(await pointsOf(chen)).toBe(before + 11)
    await allIsWell()
  })

  test('stays when its points are spent and the debt policy takes nothing else', async () => {
    const { member_id } = await clerk.call('POST /v1/admin/members', { body: { phone: '0966111222' } })
    await setRules({ late_days_max: 30 })
    const sold = await rung(member_id, 5_000, { occurred_at: '2026-10-10T10:00:00+08:00' })
    await world.tx(async (tx) => {
      const [spent] = await points.spend(tx, [{ member_id, points: 50, source: 'test', source_id: 'all' }])
      points.insist(spent!)
    })
    await world.tx((tx) => tx.run(sql`update point_rules set rule = rule || '{"debt": "to_zero"}'`))
    expect(await refusal(move(sold.order_id, mary))).toBe('422 till.receipt_points_stay')
    expect((await netOf(member_id)).order_count).toBe(1)
    await allIsWell()
  })

  test('stays when it is too old, gone back, or already theirs', async () => {
    const old = { occurred_at: '2026-10-20T10:00:00+08:00' }
    // nor does a sale of then slip in by the till's other door
    expect(await refusal(rung(wang, 500, old))).toBe('422 till.receipt_too_old')
    await setRules({ late_days_max: 30 })
    const sold = await rung(wang, 500, old)
    await setRules({})
    expect(await refusal(move(sold.order_id, mary))).toBe('422 till.receipt_too_old')
    const gone = await rung(wang, 500)
    await clerk.call('POST /v1/till/orders/:order_id/cancellation', { params: { order_id: gone.order_id } })
    expect(await refusal(move(gone.order_id, mary))).toBe('422 order.not_movable')
    const theirs = await rung(wang, 500)
    expect(await refusal(move(theirs.order_id, wang))).toBe('409 order.is_theirs')
    await allIsWell()
  })
})

describe('a register that sends its receipts by itself', () => {
  const register = () => world.withKey(['orders:write', 'till:use'])
  const sent = async (source_id: string, member_id: string | null, more: object = {}) =>
    (await register()).call('POST /v1/admin/orders', {
      body: {
        ...{
          source: 'pos-xinyi',
          source_id,
          status: 'paid',
          store: 'XINYI',
          occurred_at: '2026-11-01T15:20:00+08:00',
        },
        ...(member_id ? { member: { member_id } } : {}),
        lines: [
          { sku: 'OOLONG', quantity: 2, unit_price_minor: 400 },
          { sku: 'CAKE', quantity: 1, unit_price_minor: 250 },
        ],
        ...more,
      },
    })
  const contested = async () => {
    await hear()
    const { data } = await manager.call('GET /v1/admin/till-alarms', { query: { is_open: true } })
    return data.filter(({ kind }) => kind === 'contested')
  }
  const booked = (source_id: string) =>
    world.db.rows<{ member_id: string; net_minor: number }>(sql`
      select o.member_id, sum(o.net_minor - o.refunded_minor)::bigint as net_minor from orders o
      where split_part(o.source_id, '/', 1) = ${source_id}::text and o.counts group by o.member_id`)
  const named = (receipts_source: string | null, store = 'XINYI') =>
    owner.call('PUT /v1/admin/till-stores/:store_id', {
      params: { store_id: world.stores.get(store)! },
      body: { receipts_source },
    })

  test('whose source the owner names: by hand first, the register’s version corrects it; one purchase, its amount', async () => {
    expect((await named('pos-xinyi')).data).toContainEqual(
      expect.objectContaining({ code: 'XINYI', receipts_source: 'pos-xinyi' }),
    )
    const before = { points: await pointsOf(chen), ...(await netOf(chen)) }
    const given = await late('P-1', chen, { amount_minor: 1_000 })
    expect(given).toMatchObject({ kind: 'added', points_earned: 10 })
    const met = await sent('P-1', chen)
    expect(met).toMatchObject({ outcome: 'changed', order_id: given.order_id, member_id: chen })
    expect(await booked('P-1')).toEqual([{ member_id: chen, net_minor: 1_050 }])
    expect(await netOf(chen)).toEqual({ net_minor: before.net_minor + 1_050, order_count: before.order_count + 1 })
    expect(await pointsOf(chen)).toBe(before.points + 10)
    // sent again it is known, also by hand
    expect((await sent('P-1', chen)).outcome).toBe('unchanged')
    expect((await late('P-1', chen)).order_id).toBe(given.order_id)
    expect(await contested()).toEqual([])
    await allIsWell()
  })

  test('the register first: by hand it is claimed, or refused if it is another’s, from whichever store it said', async () => {
    const alone = await sent('P-2', null, { store: undefined })
    expect(await late('P-2', mary)).toMatchObject({ kind: 'claimed', net_minor: 1_050, points_earned: 10 })
    expect(await booked('P-2')).toEqual([{ member_id: mary, net_minor: 1_050 }])
    expect((await sent('P-2', null, { store: undefined })).order_id).not.toBe(alone.order_id)
    await sent('P-3', wang)
    expect(await refusal(late('P-3', mary))).toBe('409 till.receipt_theirs')
    expect(await booked('P-3')).toEqual([{ member_id: wang, net_minor: 1_050 }])
    await allIsWell()
  })

  test('the register knows another member: it stays where it is, and a manager reads of it once', async () => {
    const given = await late('P-4', wang)
    expect((await sent('P-4', mary)).member_id).toBe(wang)
    expect(await booked('P-4')).toEqual([{ member_id: wang, net_minor: 1_050 }])
    expect(await contested()).toMatchObject([
      {
        member_id: wang,
        evidence: { named_member_id: mary, receipts: [{ order_id: given.order_id, number: 'P-4' }] },
      },
    ])
    await sent('P-4', mary, { updated_at: '2026-11-02T09:00:00+08:00' })
    expect(await contested()).toHaveLength(1)
    // whom nobody here knows is somebody else, too; a name alone is not
    const other = await late('P-9', wang)
    const unknown = { member: { phone: '0955000111', name: 'Wang' } }
    await sent('P-9', null, { member: { name: 'Wang Xiaoming' } })
    expect(await contested()).toHaveLength(1)
    await sent('P-9', null, { ...unknown, updated_at: '2026-11-02T09:00:00+08:00' })
    expect(await contested()).toMatchObject([
      { member_id: wang, evidence: { named_member_id: null, receipts: [{ order_id: other.order_id }] } },
      { evidence: { named_member_id: mary } },
    ])
    // an order that nobody had given by hand alarms nobody
    await sent('P-5', wang)
    await sent('P-5', mary, { shipping_minor: 10 })
    expect(await contested()).toHaveLength(2)
    await allIsWell()
  })

  test('that sells at the till’s own door finds the receipt as its sale, and changes nothing of another’s', async () => {
    const sell = async (source_id: string, member_id: string) =>
      (await register()).call('POST /v1/till/orders', {
        body: {
          ...{ source: 'pos-xinyi', source_id, store: 'XINYI', member: { member_id } },
          lines: [{ sku: 'OOLONG', quantity: 1, unit_price_minor: 700 }],
        },
      })
    const given = await late('P-6', chen)
    const sold = await sell('P-6', chen)
    expect(sold).toMatchObject({ order_id: given.order_id, paid_minor: 700 })
    expect(await sell('P-6', chen)).toEqual(sold)
    expect(await booked('P-6')).toEqual([{ member_id: chen, net_minor: 700 }])
    await late('P-7', chen)
    expect(await refusal(sell('P-7', mary))).toBe('409 till.order_exists')
    expect(await booked('P-7')).toEqual([{ member_id: chen, net_minor: 1_000 }])
    await allIsWell()
  })

  test('and both at the same moment are one purchase', async () => {
    await Promise.all([refusal(late('P-8', wang)), refusal(sent('P-8', wang))])
    await sent('P-8', wang)
    expect(await booked('P-8')).toEqual([{ member_id: wang, net_minor: 1_050 }])
    await named(null)
    await allIsWell()
  })
})
