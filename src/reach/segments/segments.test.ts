import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import { openWorld, type World } from '../../../test/world.ts'

const world: Promise<World> = openWorld()
const and = (...rules: unknown[]) => ({ combinator: 'and' as const, rules })

describe('segments', () => {
  let w: World

  beforeAll(async () => {
    w = await world
    await w.tx(async (tx) => {
      const buy = (
        member_id: string,
        day: string,
        category: string,
        amount: number,
        nth: number,
      ): orders.OrderWire => ({
        source: 'till',
        source_id: `${member_id}-${day}-${nth}`,
        status: 'completed',
        store: 'DAAN',
        member: { member_id },
        lines: [{ sku: `${category}-1`, category, quantity: 1, gross_minor: amount }],
        occurred_at: `${day}T04:00:00Z`,
      })
      const { wang, mary, chen } = w.cast
      await orders.receive(tx, [
        buy(wang, '2026-10-01', 'tea', 100, 1),
        buy(wang, '2026-10-20', 'tea', 200, 2),
        buy(wang, '2026-10-30', 'cup', 500, 3),
        buy(mary, '2026-10-25', 'tea', 90, 4),
        buy(chen, '2026-03-01', 'tea', 50, 5),
      ])
    })
  })
  afterAll(async () => (await world).close())

  const count = async (condition: object) =>
    (await w.as('marketer').call('POST /v1/admin/segments/counts', { body: { condition: condition as never } })).count
  const people = async (condition: object) =>
    (
      await w.as('marketer').call('POST /v1/admin/segments/people', { body: { condition: condition as never } })
    ).data.map((one) => one.member_id)

  it('count members only: guests, merged and erased people are nobody’s audience', async () => {
    const recount = await w.db.row<{ n: number }>(sql`select count(*)::int as n from members where kind = 'member'`)
    expect(await count(and())).toBe(recount!.n)
    expect(await people(and())).not.toContain(w.cast.guest)
  })

  it('pain 22: ask about behaviour in a window that moves with the day', async () => {
    const teaTwice = and({
      field: 'purchases',
      operator: 'at_least',
      value: 2,
      where: [{ field: 'category', operator: 'equals', value: 'tea' }],
      within: { last: 40, unit: 'day' },
    })
    expect(await people(teaTwice)).toEqual([w.cast.wang])
    const now = w.now()
    w.later(20)
    expect(await people(teaTwice)).toEqual([])
    w.at(now)
  })

  it('ask who did not buy, and the people behind the number are as many', async () => {
    const silent = and({ field: 'purchases', operator: 'at_most', value: 0, within: { last: 90, unit: 'day' } })
    const found = await people(silent)
    expect(found).toContain(w.cast.chen)
    expect(found).not.toContain(w.cast.wang)
    expect(await count(silent)).toBe(found.length)
  })

  it('name every broken place of a condition by its pointer', async () => {
    const broken = and(
      { field: 'nothing', operator: 'equals', value: 1 },
      { field: 'gender', operator: 'near', value: 'x' },
    )
    await expect(count(broken)).rejects.toMatchObject({ code: 'condition.invalid', status: 422 })
    const refused = await count(broken).catch((error: { errors: { pointer: string }[] }) =>
      error.errors.map((one) => one.pointer),
    )
    expect(refused).toEqual(expect.arrayContaining(['/rules/0/field', '/rules/1/operator']))
  })

  it('are saved with their size, changed as a new version, and put away', async () => {
    const marketer = w.as('marketer')
    const condition = and({ field: 'order_count', operator: 'at_least', value: 1 }) as never
    const made = await marketer.call('POST /v1/admin/segments', { body: { name: '買過的', condition } })
    expect(made).toMatchObject({ kind: 'condition', version: 1, size: { count: 3 } })
    await expect(
      marketer.call('POST /v1/admin/segments', { body: { name: '買過的', condition } }),
    ).rejects.toMatchObject({
      code: 'segment.name_taken',
    })
    const params = { segment_id: made.segment_id }
    const more = and({ field: 'order_count', operator: 'at_least', value: 3 }) as never
    const changed = await marketer.call('PATCH /v1/admin/segments/:segment_id', { params, body: { condition: more } })
    expect(changed).toMatchObject({ version: 2, size: { count: 1 } })
    const behind = await marketer.call('GET /v1/admin/segments/:segment_id/people', { params })
    expect(behind.data.map((one) => one.member_id)).toEqual([w.cast.wang])
    await marketer.call('DELETE /v1/admin/segments/:segment_id', { params })
    await expect(marketer.call('GET /v1/admin/segments/:segment_id', { params })).rejects.toMatchObject({
      code: 'segment.not_found',
    })
  })

  it('may be a list kept by hand, which takes no condition', async () => {
    const marketer = w.as('marketer')
    const member_ids = [w.cast.mary, w.cast.chen]
    const made = await marketer.call('POST /v1/admin/segments', { body: { name: '店長請客', member_ids } })
    expect(made).toMatchObject({ kind: 'list', condition: null, size: { count: 2 } })
    const params = { segment_id: made.segment_id }
    await expect(
      marketer.call('PATCH /v1/admin/segments/:segment_id', { params, body: { condition: and() as never } }),
    ).rejects.toMatchObject({ code: 'segment.not_a_list' })
  })

  it('pain 20: every count says when it was computed, and counting again is dated again', async () => {
    const marketer = w.as('marketer')
    const made = await marketer.call('POST /v1/admin/segments', {
      body: { name: 'dated', condition: and() as never },
    })
    expect(new Date(made.size!.computed_at)).toEqual(w.now())
    w.later(1)
    await w.tx((tx) => members.tag(tx, [{ member_id: w.cast.mary, add: ['vip'] }] as never))
    const params = { segment_id: made.segment_id }
    const again = await marketer.call('POST /v1/admin/segments/:segment_id/sizes', { params })
    expect(new Date(again.size!.computed_at)).toEqual(w.now())
    const sizes = await marketer.call('GET /v1/admin/segments/:segment_id/sizes', { params })
    expect(sizes.data).toHaveLength(2)
  })

  it('tell the screen which fields there are, each with operators and where its options come from', async () => {
    const { fields } = await w.as('marketer').call('GET /v1/admin/segments/fields')
    const names = fields.map((field) => field.name)
    expect(names).toEqual(expect.arrayContaining(['tags', 'consents', 'birthday', 'order_count', 'purchases']))
    expect(fields.every((field) => field.operators.length > 0)).toBe(true)
  })

  it('are not for clerks', async () => {
    await expect(w.as('clerk').call('GET /v1/admin/segments')).rejects.toMatchObject({ code: 'permission.missing' })
  })
})
