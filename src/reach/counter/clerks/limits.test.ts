import { describe, expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import { refusal } from '../../../../test/phones.ts'
import { openClerks } from '../../../../test/clerks.ts'
import { rules_default } from './types.ts'

const { world, clerk, manager, owner, rung, late, move, pointsOf, setRules, allIsWell, wallet } = await openClerks()
const { wang, mary } = world.cast

describe('a clerk', () => {
  const give = (amount: number, source_id: string, who = clerk, approval?: string) =>
    who.call('POST /v1/till/members/:member_id/points', {
      params: { member_id: wang },
      query: approval ? { approval } : {},
      body: { points: amount, reason: 'spilled tea', source_id },
    })

  test('gives points by hand up to the day’s limit, once by name; beyond it with a manager’s code, once', async () => {
    await setRules({ points_a_day_max: 100 })
    const before = await pointsOf(wang)
    await give(60, 'sorry-1')
    await give(60, 'sorry-1')
    expect(await pointsOf(wang)).toBe(before + 60)
    await expect(give(60, 'sorry-2')).rejects.toMatchObject({
      code: 'till.over_limit',
      params: { most: 100, left: 40 },
    })
    const { approval } = await manager.call('POST /v1/admin/till-approvals')
    expect(approval).toMatch(/^\d{6}$/)
    await give(60, 'sorry-2', clerk, `${approval.slice(0, 3)} ${approval.slice(3)}`)
    expect(await refusal(give(60, 'sorry-3', clerk, approval))).toBe('403 till.approval_unusable')
    // what a manager allowed leaves the clerk's own day as it was
    await give(40, 'sorry-4')
    expect(await pointsOf(wang)).toBe(before + 160)
    // whoever answers for clerks has no such day
    await give(500, 'sorry-5', manager)
    const { data } = await manager.call('GET /v1/admin/till-given', {
      query: { from: '2026-11-02', to: '2026-11-02', kind: 'points' },
    })
    expect(data.map((row) => [row.amount, row.actor_name, row.approved_by_name]).sort()).toEqual([
      [40, '小芳', null],
      [500, '吳店長', null],
      [60, '小芳', null],
      [60, '小芳', '吳店長'],
    ])
    const audited = await world.db.rows<{ action: string }>(sql`
      select action from staff_audit where action like 'till.%' order by audit_id desc limit 12`)
    expect(audited.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['till.points_given', 'till.approval_made', 'till.approval_used']),
    )
    await allIsWell()
  })

  test('takes money in for cards up to the day’s limit, each payment once; beyond it with a manager’s code', async () => {
    await setRules({ top_ups_a_day_max_minor: 1_000 })
    const card_definition_id = await wallet()
    const { cards } = await clerk.call('GET /v1/till/work')
    expect(cards).toMatchObject([{ card_definition_id, kind: 'value', rule: { minimum_minor: 100 } }])
    const pay = (paid_minor: number, source_id: string, who = clerk, approval?: string) =>
      who.call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
        params: { member_id: wang, card_definition_id },
        query: approval ? { approval } : {},
        body: { paid_minor, source_id },
      })
    await pay(600, 'in-1')
    expect((await pay(600, 'in-1')).card.available).toBe(600)
    await expect(pay(500, 'in-2')).rejects.toMatchObject({
      code: 'till.over_limit',
      params: { kind: 'top_ups', most: 1_000, left: 400 },
    })
    const { approval } = await manager.call('POST /v1/admin/till-approvals')
    expect((await pay(500, 'in-2', clerk, approval)).card.available).toBe(1_100)
    expect((await pay(400, 'in-3')).card.available).toBe(1_500)
    expect(await refusal(pay(100, 'in-4'))).toBe('403 till.over_limit')
    // one that is known counts no more, and a shop's system and a manager have no such day
    await pay(600, 'in-1')
    await pay(5_000, 'in-5', await world.withKey(['till:use']))
    expect((await pay(5_000, 'in-6', manager)).card.available).toBe(11_500)
    await allIsWell()
  })

  test('asks without a word: one tap of a manager allows that act, of that person, once, and nothing else', async () => {
    await setRules({ points_a_day_max: 100 })
    const ask = (body: object = {}, who = clerk) =>
      who.call('POST /v1/till/approval-requests', {
        body: { kind: 'points', amount: 300, member_id: wang, store_id: world.stores.get('XINYI')!, ...body },
      })
    const waiting = async (who = manager) => (await who.call('GET /v1/admin/till-approval-requests')).data
    const state = async (request_id: string, who = clerk) =>
      (await who.call('GET /v1/till/approval-requests/:request_id', { params: { request_id } })).state
    const decide = (request_id: string, allow: boolean, who = manager) =>
      who.call('POST /v1/admin/till-approval-requests/:request_id/decision', {
        params: { request_id },
        body: { allow },
      })
    await expect(give(300, 'asked-1')).rejects.toMatchObject({ params: { kind: 'points', amount: 300 } })
    const first = await ask()
    // asked anew the first is asked no more
    const { request_id } = await ask()
    expect(await waiting()).toMatchObject([
      {
        request_id,
        kind: 'points',
        amount: 300,
        display_name: '王小明',
        store_name: '信義店',
        asked_by_name: '小芳',
      },
    ])
    expect([await state(first.request_id), await state(request_id)]).toEqual(['over', 'waiting'])
    expect(await refusal(give(300, 'asked-1', clerk, request_id))).toBe('403 till.approval_unusable')
    const before = await pointsOf(wang)
    expect(await decide(request_id, true)).toMatchObject({ state: 'allowed', decided_by_name: '吳店長' })
    expect((await decide(request_id, true)).state).toBe('allowed')
    expect(await refusal(decide(request_id, false))).toBe('409 till.request_over')
    expect(await waiting()).toEqual([])
    // of nobody else, for nothing more, nothing else
    expect(await refusal(state(request_id, manager))).toBe('404 till.request_not_found')
    expect(await refusal(give(301, 'asked-2', clerk, request_id))).toBe('403 till.approval_unusable')
    await setRules({ points_a_day_max: 100, receipts_a_day_max: 0 })
    const receipt = clerk.call('POST /v1/till/receipts', {
      query: { approval: request_id },
      body: {
        ...{ store: 'XINYI', number: 'ASKED', amount_minor: 100, bought_on: '2026-11-01', member_id: wang },
        reason: 'forgot the card',
      },
    })
    expect(await refusal(receipt)).toBe('403 till.approval_unusable')
    const gifts = await Promise.all([1, 2, 3].map((nth) => refusal(give(300, `asked-${nth}`, clerk, request_id))))
    expect(gifts.filter((one) => one === 'not refused')).toHaveLength(1)
    expect([await state(request_id), await pointsOf(wang)]).toEqual(['used', before + 300])
    await allIsWell()
  })

  test('is told no, or nobody looks in time; what was allowed waits ten minutes; nobody allows their own', async () => {
    await setRules({ points_a_day_max: 0 })
    const body = { kind: 'points', amount: 10 } as const
    const ask = (who = clerk) => who.call('POST /v1/till/approval-requests', { body })
    const state = async (request_id: string) =>
      (await clerk.call('GET /v1/till/approval-requests/:request_id', { params: { request_id } })).state
    const decide = (request_id: string, allow: boolean, who = manager) =>
      who.call('POST /v1/admin/till-approval-requests/:request_id/decision', {
        params: { request_id },
        body: { allow },
      })
    const no = await ask()
    await decide(no.request_id, false)
    expect([await state(no.request_id), await refusal(give(10, 'no-1', clerk, no.request_id))]).toEqual([
      'refused',
      '403 till.approval_unusable',
    ])
    const late = await ask()
    world.at(addMs(world.now(), 3 * 60_000))
    expect(await state(late.request_id)).toBe('over')
    expect(await refusal(decide(late.request_id, true))).toBe('409 till.request_over')
    const slow = await ask()
    await decide(slow.request_id, true)
    world.at(addMs(world.now(), 10 * 60_000))
    expect(await refusal(give(10, 'no-2', clerk, slow.request_id))).toBe('403 till.approval_unusable')
    const own = await ask(manager)
    expect(await refusal(decide(own.request_id, true))).toBe('404 till.request_not_found')
    expect((await decide(own.request_id, true, owner)).state).toBe('allowed')
    // an id that is none guesses nothing and locks nobody out
    const wrong = await Promise.all(
      Array.from({ length: 8 }, () => refusal(give(10, 'no-3', clerk, '019a0000-0000-7000-8000-00000000000d'))),
    )
    expect(new Set(wrong)).toEqual(new Set(['403 till.approval_unusable']))
  })

  test('twenty gifts at once pass no limit', async () => {
    await setRules({ points_a_day_max: 100 })
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => refusal(give(30, `rush-${i}`))))
    expect(answers.filter((answer) => answer === 'not refused')).toHaveLength(3)
  })

  test('a code that is none is noted; after five they are locked out and the manager has an alarm', async () => {
    const tries: string[] = []
    for (let i = 0; i < 6; i++) tries.push(await refusal(give(1, `guess-${i}`, clerk, '12-34')))
    expect(tries).toEqual([...Array<string>(5).fill('403 till.approval_unusable'), '429 till.approval_locked'])
    const { data } = await manager.call('GET /v1/admin/till-alarms', { query: { is_open: true } })
    expect(data).toMatchObject([{ kind: 'mistyped', actor_name: '小芳', evidence: { times: 5, of: 'approval' } }])
  })

  test('an old code is none', async () => {
    await setRules({ points_a_day_max: 0 })
    const { approval } = await manager.call('POST /v1/admin/till-approvals')
    world.at(addMs(world.now(), 10 * 60_000))
    expect(await refusal(give(1, 'too-late', clerk, approval))).toBe('403 till.approval_unusable')
  })

  test('refunds up to the day’s limit in money, adds so many receipts', async () => {
    await setRules({ refunds_a_day_max_minor: 1_500, receipts_a_day_max: 1 })
    const cancel = (order_id: string, approval?: string) =>
      clerk.call('POST /v1/till/orders/:order_id/cancellation', {
        params: { order_id },
        query: approval ? { approval } : {},
      })
    const [a, b] = [await rung(wang, 1_000), await rung(wang, 600)]
    await cancel(a.order_id)
    await cancel(a.order_id)
    expect(await refusal(cancel(b.order_id))).toBe('403 till.over_limit')
    const { approval } = await manager.call('POST /v1/admin/till-approvals')
    await cancel(b.order_id, approval)
    await late('M-1', wang)
    expect(await refusal(late('M-2', wang))).toBe('403 till.over_limit')
  })

  test('of another store is refused by name; who is told no store works at every one', async () => {
    const me = await clerk.call('GET /v1/admin/session')
    const put = (store_ids: string[]) =>
      owner.call('PUT /v1/admin/store-staff/:staff_id', {
        params: { staff_id: me.staff!.staff_id },
        body: { store_ids },
      })
    const sold = await rung(wang, 700)
    await put([world.stores.get('DAAN')!])
    const named = { code: 'till.not_your_store', status: 403, params: { store: '信義店', stores: '大安店' } }
    await expect(rung(wang)).rejects.toMatchObject(named)
    await expect(late('N-1', wang)).rejects.toMatchObject(named)
    await expect(move(sold.order_id, mary)).rejects.toMatchObject(named)
    const params = { order_id: sold.order_id }
    await expect(clerk.call('POST /v1/till/orders/:order_id/cancellation', { params })).rejects.toMatchObject(named)
    expect((await clerk.call('GET /v1/till/work')).stores.map(({ code }) => code)).toEqual(['DAAN'])
    await put([])
    await rung(wang)
    expect((await clerk.call('GET /v1/till/work')).stores).toHaveLength(3)
  })

  test('may not approve, settle, see the manager’s day, or change the rules', async () => {
    const day = { from: '2026-11-02', to: '2026-11-02' }
    const asked = [
      () => clerk.call('POST /v1/admin/till-approvals'),
      () => clerk.call('GET /v1/admin/till-days', { query: day }),
      () => clerk.call('GET /v1/admin/till-given', { query: day }),
      () => clerk.call('GET /v1/admin/till-alarms'),
      () => clerk.call('GET /v1/admin/till-offline-receipts'),
      () => manager.call('PUT /v1/admin/till-rules', { body: rules_default }),
    ]
    for (const ask of asked) expect(await refusal(ask())).toBe('403 permission.missing')
    expect(await refusal(world.nobody.call('GET /v1/till/work'))).toBe('401 session.required')
  })
})
