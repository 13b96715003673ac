import { describe, expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import { refusal } from '../../../../test/phones.ts'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, rung, setRules, allIsWell, owner } = await openClerks()
const { wang, chen } = world.cast

describe('a receipt taken without a network', () => {
  let count = 0
  const offline = (more: object = {}, sale: object = {}, who = clerk) => {
    count += 1
    return who.call('POST /v1/till/offline-receipts', {
      body: {
        device: 'KX7Q',
        stretch: `S-${count}`,
        said_at: addMs(world.now(), -20 * 60_000).toISOString(),
        device_now: world.now().toISOString(),
        sale: {
          source: 'till-XINYI-1',
          source_id: `OFF-${count}`,
          store: 'XINYI',
          member: { member_id: chen },
          lines: [{ quantity: 1, gross_minor: 400 }],
          ...sale,
        },
        ...more,
      },
    })
  }
  const open = async () =>
    (await manager.call('GET /v1/admin/till-offline-receipts', { query: { status: 'open' } })).data

  test('is sold once by its number, at its own time', async () => {
    const sold = await offline()
    expect(sold).toMatchObject({ status: 'sold', paid_minor: 400, points_earned: 4 })
    count -= 1
    expect(await offline()).toEqual(sold)
    const [order] = await world.db.rows<{ occurred_at: Date }>(
      sql`select occurred_at from orders where order_id = ${sold.order_id}::uuid`,
    )
    expect(order!.occurred_at).toEqual(addMs(world.now(), -20 * 60_000))
    await allIsWell()
  })

  test('beyond the limit of its time without a network it waits for the manager, who takes it', async () => {
    await setRules({ offline_receipts_max: 2 })
    expect(await offline({ stretch: 'long' })).toMatchObject({ status: 'sold' })
    expect(await offline({ stretch: 'long' })).toMatchObject({ status: 'sold' })
    const third = await offline({ stretch: 'long' })
    expect(third).toMatchObject({ status: 'open', code: 'till.offline_over_limit', order_id: null })
    const [waiting] = await open()
    const params = { source: waiting!.source, source_id: waiting!.source_id }
    const settle = (accept: boolean) =>
      manager.call('POST /v1/admin/till-offline-receipts/:source/:source_id/settle', {
        params,
        body: { accept, note: 'seen the paper' },
      })
    const taken = await settle(true)
    expect(taken).toMatchObject({ status: 'accepted', points_earned: 4 })
    expect(await settle(true)).toEqual(taken)
    expect(await refusal(settle(false))).toBe('409 till.offline_settled')
    expect(await open()).toEqual([])
    // one too dear for the limit of money
    await setRules({ offline_amount_max_minor: 1_000 })
    expect(await offline({}, { lines: [{ quantity: 1, gross_minor: 1_001 }] })).toMatchObject({ status: 'open' })
    await allIsWell()
  })

  test('with a number that is taken, for a member nobody knows, spending, or by a clock that is hours off', async () => {
    const sold = await rung(wang, 900)
    const codes = [
      await offline({}, { source_id: sold.source_id }),
      await offline({}, { member: { member_id: '019a0000-0000-7000-8000-000000000000' } }),
      await offline({}, { points_to_use: 'max' }),
      await offline({ device_now: addMs(world.now(), 3 * 3_600_000).toISOString() }),
      await offline({}, { lines: [{ quantity: -1, gross_minor: 100 }] }),
    ].map(({ status, code }) => `${status} ${code}`)
    expect(codes).toEqual([
      'open till.hold_differs',
      'open till.member_unknown',
      'open till.offline_spending',
      'open till.offline_clock',
      'open order.quantity_negative',
    ])
    const clocks = (await open()).find(({ code }) => code === 'till.offline_clock')!
    expect(clocks.clock_off_s).toBe(3 * 3_600)
    expect(new Date(clocks.said_at)).toEqual(addMs(world.now(), -20 * 60_000))
    expect(new Date(clocks.received_at)).toEqual(world.now())
    await allIsWell()
  })

  test('of another store, or weeks old, is kept for the manager too', async () => {
    const me = await clerk.call('GET /v1/admin/session')
    const put = (store_ids: string[]) =>
      owner.call('PUT /v1/admin/store-staff/:staff_id', {
        params: { staff_id: me.staff!.staff_id },
        body: { store_ids },
      })
    await put([world.stores.get('DAAN')!])
    expect(await offline()).toMatchObject({ status: 'open', code: 'till.not_your_store' })
    await put([])
    const said_at = addMs(world.now(), -20 * 24 * 3_600_000).toISOString()
    expect(await offline({ said_at })).toMatchObject({ status: 'open', code: 'till.receipt_too_old' })
  })

  test('never where the owner allows none', async () => {
    await setRules({ offline_receipts_max: 0 })
    expect(await offline()).toMatchObject({ status: 'open', code: 'till.offline_over_limit' })
  })
})
