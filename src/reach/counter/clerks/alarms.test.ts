import { describe, expect, test } from 'vitest'
import { addMs } from '../../../base/time.ts'
import { phonesOf, refusal } from '../../../../test/phones.ts'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, hear } = await openClerks()
const { wang } = world.cast

describe('pain 25 and its kin: one card that earns too often at one till', () => {
  test('is an alarm with its receipts; the same receipt sent again is none; settled, it stays settled', async () => {
    await hear()
    const { member_id } = await clerk.call('POST /v1/admin/members', { body: { phone: '0966333444' } })
    const often = async () =>
      (await manager.call('GET /v1/admin/till-alarms', {})).data.filter((one) => one.member_id === member_id)
    const body = (source_id: string) => ({
      source: 'till-XINYI-1',
      source_id,
      store: 'XINYI',
      member: { member_id },
      lines: [{ quantity: 1, gross_minor: 300 }],
    })
    for (const number of ['O-1', 'O-2', 'O-3', 'O-3', 'O-3'])
      await clerk.call('POST /v1/till/orders', { body: body(number) })
    await hear()
    expect(await often()).toEqual([])
    world.at(addMs(world.now(), 30 * 60_000))
    await clerk.call('POST /v1/till/orders', { body: body('O-4') })
    await hear()
    const [alarm] = await often()
    expect(alarm).toMatchObject({ kind: 'often', actor_name: '小芳', store_name: '信義店', settled_at: null })
    expect((alarm!.evidence['receipts'] as { number: string }[]).map(({ number }) => number).sort()).toEqual([
      'O-1',
      'O-2',
      'O-3',
      'O-4',
    ])
    await manager.call('POST /v1/admin/till-alarms/:alarm_id/settle', {
      params: { alarm_id: alarm!.alarm_id },
      body: { note: 'a birthday party' },
    })
    await clerk.call('POST /v1/till/orders', { body: body('O-5') })
    await hear()
    // what was looked at stays as it was seen
    const [settled] = await often()
    expect(settled).toEqual({
      ...alarm,
      settled_note: 'a birthday party',
      settled_by_name: '吳店長',
      settled_at: settled!.settled_at,
    })
  })
})

test('pain 25 and its kin: a code that is shown again, and codes that are none, are seen by the manager', async () => {
  const theirs = await phonesOf(world).signedIn(wang)
  const { qr } = await theirs.call('GET /v1/portal/code')
  const identify = (code: string) => refusal(clerk.call('POST /v1/till/members/identify', { body: { code } }))
  expect(await identify(qr)).toBe('not refused')
  for (let i = 0; i < 2; i++) expect(await identify(qr)).toBe('409 portal_code.shown_before')
  for (let i = 0; i < 10; i++) expect(await identify('123 456 789 012')).toBe('422 portal_code.refused')
  await hear()
  const { data } = await manager.call('GET /v1/admin/till-alarms', { query: { is_open: true } })
  expect(data).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'replayed', member_id: wang, actor_name: '小芳', evidence: { times: 2 } }),
      expect.objectContaining({ kind: 'mistyped', actor_name: '小芳', evidence: { times: 10, of: 'member' } }),
    ]),
  )
})
