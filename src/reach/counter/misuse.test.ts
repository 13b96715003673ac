/** What a clerk may not do with what is a member's, and what no number of tries at once may come to. */
import { describe, expect, test } from 'vitest'
import { tables } from '../../app/api.ts'
import type { AnyRoute } from '../../base/routes.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import { openClerks } from '../../../test/clerks.ts'
import { phonesOf, refusal } from '../../../test/phones.ts'
import type { QuoteBody } from './types.ts'

const { world, clerk, manager, owner, rung, setRules, allIsWell } = await openClerks()
const { wang, mary } = world.cast
const phones = phonesOf(world)

const nobody = '019a0000-0000-7000-8000-00000000000d'
/** Doors that take something of a member's, with a body that names nothing that is there. */
const taking: Record<string, object | undefined> = {
  'POST /v1/till/members/:member_id/cards/:card_definition_id/uses': { units: 1 },
  'POST /v1/till/members/:member_id/cards/:card_definition_id/holds': { units: 1, source_id: 'x' },
  'POST /v1/till/members/:member_id/privileges/:privilege_id/uses': {},
  'POST /v1/admin/members/:member_id/redemptions': { item_id: nobody },
  'POST /v1/admin/members/:member_id/gifts/:gift_id/fulfil': undefined,
}
/** These bring something, give it back, end what was set aside with a code, or change nothing. */
const free = [
  '/cards/:card_definition_id/top-ups',
  '/cards/:card_definition_id/uses/:source_id/undo',
  '/cards/:card_definition_id/holds/:source_id/commit',
  '/cards/:card_definition_id/holds/:source_id/release',
  '/gifts/:gift_id/cancel',
  '/privilege-uses/:use_id/undo',
  '/prices',
  '/points',
]

/** Where the clerk works; none: everywhere. */
async function placed(store_ids: string[]): Promise<void> {
  const me = await clerk.call('GET /v1/admin/session')
  const params = { staff_id: me.staff!.staff_id }
  await owner.call('PUT /v1/admin/store-staff/:staff_id', { params, body: { store_ids } })
}

describe('spending needs the member’s code', () => {
  let nth = 0
  const spend = (member_id: string, who = clerk, more: Partial<QuoteBody> = { points_to_use: 10 }) =>
    refusal(
      who.call('POST /v1/till/orders', {
        body: {
          ...{ source: 'till-XINYI-1', source_id: `SPEND-${(nth += 1)}`, store: 'XINYI', member: { member_id } },
          lines: [{ quantity: 1, gross_minor: 1_000 }],
          ...more,
        },
      }),
    )
  const shown = async (member_id: string, who = clerk, at: { till?: string } = {}) => {
    const { qr } = await (await phones.signedIn(member_id)).call('GET /v1/portal/code')
    return who.call('POST /v1/till/members/identify', { body: { code: qr, ...at } })
  }

  test('a phone number said aloud earns; points go only with a code of that member, shown to that clerk, for a while', async () => {
    const lot = { points: 5_000, earned_at: world.now(), expires_on: null, source: 'test', source_id: '1' }
    await world.tx(async (tx) => {
      await points.openLots(tx, [
        { ...lot, member_id: wang },
        { ...lot, member_id: mary },
      ])
    })
    await setRules({ spending_needs_code: true })
    expect(await spend(wang, clerk, {})).toBe('not refused')
    expect(await spend(wang)).toBe('422 till.code_needed')
    const read = () => clerk.call('GET /v1/till/members/:member_id', { params: { member_id: wang } })
    expect((await read()).may_spend).toBe(false)
    // the barcode that anybody may copy says who it is, and no more
    const home = await (await phones.signedIn(wang)).call('GET /v1/portal/home')
    await clerk.call('POST /v1/till/members/identify', { body: { code: home.member.plain_code } })
    expect(await spend(wang)).toBe('422 till.code_needed')
    // somebody else's code, or the code shown to somebody else
    await shown(mary)
    await shown(wang, manager)
    expect(await spend(wang)).toBe('422 till.code_needed')
    await shown(wang)
    expect((await read()).may_spend).toBe(true)
    expect(await spend(wang)).toBe('not refused')
    world.at(addMs(world.now(), 15 * 60_000))
    expect(await spend(wang)).toBe('422 till.code_needed')
    // a shop's own system asks its customers itself
    expect(await spend(wang, await world.withKey(['till:use']))).toBe('not refused')
    await setRules({ spending_needs_code: false })
    expect(await spend(wang)).toBe('not refused')
    await allIsWell()
  })

  test('a code that was taken at a till opens that till alone', async () => {
    await setRules({ spending_needs_code: true })
    world.later(1)
    await shown(wang, clerk, { till: 'till-XINYI-2' })
    expect(await spend(wang)).toBe('422 till.code_needed')
    expect(await spend(wang, clerk, { points_to_use: 10, source: 'till-XINYI-2' } as object)).toBe('not refused')
    const at = async (till: string) =>
      (await clerk.call('GET /v1/till/members/:member_id', { params: { member_id: wang }, query: { till } }))
        .may_spend
    expect([await at('till-XINYI-1'), await at('till-XINYI-2')]).toEqual([false, true])
  })

  test('a coupon of theirs goes only with the code; one on paper is whose hand it is in', async () => {
    const design = {
      benefit: { kind: 'amount' as const, amount_minor: 50 },
      ...{ scope: {}, minimum_minor: 0, window: { days_after_issue: 30 }, limits: { per_coupon: 1 } },
      ...{ stacking: { group: 'main', is_exclusive: false }, gives_back: true },
    }
    const paper = await world.tx(async (tx) => {
      const [own, printed] = await coupons.define(tx, [
        { name: 'Own', design: { ...design, codes: 'none' } },
        { name: 'Paper', design: { ...design, codes: 'pool' } },
      ])
      const issue = { member_id: wang, coupon_definition_id: own!.coupon_definition_id, source: 'test' }
      await coupons.issue(tx, [{ ...issue, source_id: 'theirs' }])
      await coupons.bringCodes(tx, printed!.coupon_definition_id, ['PAPER-50'])
      return 'PAPER-50'
    })
    await setRules({ spending_needs_code: true })
    world.later(2)
    expect(await spend(wang, clerk, { best: true })).toBe('422 till.code_needed')
    expect(await spend(wang, clerk, { coupon_codes: [paper] })).toBe('not refused')
    await shown(wang)
    expect(await spend(wang, clerk, { best: true })).toBe('not refused')
  })

  test('every door that takes something of a member’s asks a person for the code, and a shop’s system not', async () => {
    const doors = tables.flatMap((table) => Object.entries(table) as [string, AnyRoute][])
    const changing = doors.filter(
      ([name, { permission }]) =>
        /^(POST|PUT|DELETE) \/v1\/(till|admin)\/members\/:member_id\//.test(name) &&
        ['till:use', 'gifts:redeem'].includes(permission),
    )
    const asked = changing.filter(([, { guard }]) => guard?.name === 'presence').map(([name]) => name)
    expect(asked.sort()).toEqual(Object.keys(taking).sort())
    const others = changing.filter(([name]) => !(name in taking))
    expect(others.map(([name]) => name.replace(/.*:member_id/, '')).sort()).toEqual([...free].sort())
    await setRules({ spending_needs_code: true })
    world.later(1)
    const key = await world.withKey(['till:use', 'gifts:redeem'])
    const params = { member_id: mary, card_definition_id: nobody, privilege_id: nobody, gift_id: nobody }
    const knock = (who: typeof clerk, name: string) =>
      refusal(who.call(name as 'GET /v1/till/work', { params, body: taking[name] } as never))
    const nothingThere = expect.stringMatching(/not_found/) as string
    for (const name of Object.keys(taking)) {
      expect([name, await knock(clerk, name)]).toEqual([name, '403 till.code_needed'])
      expect([name, await knock(key, name)]).toEqual([name, nothingThere])
    }
    // who may give gifts away hands one out without a code
    const handing = 'POST /v1/admin/members/:member_id/gifts/:gift_id/fulfil'
    expect(await knock(owner, handing)).toBe('404 gift.not_found')
    expect(await knock(manager, handing)).toBe('403 till.code_needed')
    await shown(mary)
    for (const name of Object.keys(taking)) expect([name, await knock(clerk, name)]).toEqual([name, nothingThere])
  })

  test('who showed a code and was merged is there as the kept one; an erased one is nowhere', async () => {
    const made = async (phone: string) => (await clerk.call('POST /v1/admin/members', { body: { phone } })).member_id
    const [kept, gone] = [await made('0966888001'), await made('0966888002')]
    await shown(gone)
    await world.tx((tx) => members.merge(tx, [{ keep: kept, merge: gone }]))
    const here = () => world.db.rows(sql`select member_id from till_presences where member_id = ${kept}::uuid`)
    expect(await here()).toHaveLength(1)
    await world.tx((tx) => members.erase(tx, [kept]))
    expect(await here()).toEqual([])
  })
})

describe('at once', () => {
  test('of sixty-four guessed manager’s codes five are looked at, and the till still answers', async () => {
    await setRules({ points_a_day_max: 0 })
    const { approval } = await manager.call('POST /v1/admin/till-approvals')
    const wrong = Array.from({ length: 64 }, (_, i) => String(100_000 + i * 13)).filter((one) => one !== approval)
    const give = (code: string) =>
      refusal(
        clerk.call('POST /v1/till/members/:member_id/points', {
          params: { member_id: wang },
          query: { approval: code },
          body: { points: 1, reason: 'guessing', source_id: `guess-${code}` },
        }),
      )
    const answers = await Promise.all(wrong.map(give))
    expect(answers.filter((one) => one === '403 till.approval_unusable')).toHaveLength(5)
    expect(new Set(answers)).toEqual(new Set(['403 till.approval_unusable', '429 till.approval_locked']))
    // nor does the right one open any more
    expect(await give(approval)).toBe('429 till.approval_locked')
  })
})

describe('a clerk of another store', () => {
  test('ends no hold of that store, and looks up none of its receipts', async () => {
    const sold = await rung(wang, 700)
    const body = {
      ...{ source: 'till-XINYI-1', source_id: 'ELSEWHERE-1', store: 'XINYI', member: { member_id: wang } },
      lines: [{ quantity: 1, gross_minor: 500 }],
    }
    const { hold_id } = await clerk.call('POST /v1/till/holds', { body })
    await placed([world.stores.get('DAAN')!])
    const asked = {
      commit: clerk.call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id } }),
      keyed: clerk.call('POST /v1/till/holds/:hold_id/commit', {
        params: { hold_id },
        headers: { 'idempotency-key': 'elsewhere' },
      }),
      release: clerk.call('POST /v1/till/holds/:hold_id/release', { params: { hold_id } }),
      receipts: clerk.call('GET /v1/till/receipts', { query: { number: sold.source_id, store: 'XINYI' } }),
    }
    const refusals = await Promise.all(Object.values(asked).map(refusal))
    expect(new Set(refusals)).toEqual(new Set(['403 till.not_your_store']))
    await placed([])
    expect((await clerk.call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id } })).paid_minor).toBe(500)
  })
})

describe('without a network', () => {
  const offline = (source_id: string, device: string, member: object) =>
    clerk.call('POST /v1/till/offline-receipts', {
      body: {
        ...{ device, stretch: source_id, said_at: world.now().toISOString(), device_now: world.now().toISOString() },
        sale: {
          ...{ source: 'till-XINYI-1', source_id, store: 'XINYI', member },
          lines: [{ quantity: 1, gross_minor: 100 }],
        },
      },
    })

  test('a device that forgets itself after every receipt is held to the day of who sends', async () => {
    world.at(addMs(world.now(), 7 * 24 * 3_600_000))
    await setRules({ offline_receipts_max: 2 })
    const states: string[] = []
    for (let i = 0; i < 8; i++)
      states.push((await offline(`FRESH-${i}`, `NEW${i}`, { member_id: wang })).code ?? 'sold')
    expect(states).toEqual([...Array<string>(6).fill('sold'), ...Array<string>(2).fill('till.offline_over_limit')])
  })

  test('a receipt that names its member by a phone follows them, and is silent when they are erased', async () => {
    world.at(addMs(world.now(), 8 * 24 * 3_600_000))
    const { member_id } = await clerk.call('POST /v1/admin/members', { body: { phone: '0966888003' } })
    await offline('BY-PHONE-1', 'KX7Q', { phone: '0966 888 003' })
    await setRules({ offline_receipts_max: 0 })
    expect((await offline('BY-PHONE-2', 'KX7Q', { phone: '0966888003' })).status).toBe('open')
    await world.tx((tx) => members.erase(tx, [member_id]))
    const kept = await world.db.rows<{ body: object }>(sql`
      select body from till_offline_receipts where source_id like 'BY-PHONE-%'`)
    expect(kept).toHaveLength(2)
    expect(JSON.stringify(kept)).not.toContain('888')
  })
})
