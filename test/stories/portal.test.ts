/**
 * A member's story at phone size: a poster's link, joining, the card at a till, a gift, the account deleted. In English
 * and in Chinese as Taiwan writes it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../src/app/checks.ts'
import { sql } from '../../src/base/sql.ts'
import { verify } from '../../src/base/verify.ts'
import { phonesOf } from '../phones.ts'
import * as gifts from '../../src/value/gifts/gifts.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let phones: ReturnType<typeof phonesOf>
let poster: string
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  await world.tx((tx) =>
    gifts.createItem(tx, {
      names: { en: 'Cup', 'zh-TW': '馬克杯' },
      cost_minor: 60,
      price_points: 300,
      fulfilment: 'pickup',
      stock: 'none',
    }),
  )
  const made = await world.as('owner').call('POST /v1/admin/joining/sources', {
    body: { name: '二樓電梯', code: 'poster-lift', kind: 'poster', store_id: world.stores.get('XINYI')! },
  })
  poster = made.path!
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** Of a clock that stands still the newest code is known by what it is for. */
async function codeFor(address: string, purpose: 'sign_in' | 'erase' = 'sign_in'): Promise<string> {
  const asked = await world.db.row<{ code_id: string }>(sql`
    select code_id from member_sign_in_codes where address = ${address}::text and purpose = ${purpose}::text`)
  return phones.codeIn(asked!.code_id)
}

const words = {
  en: {
    ...{ name: 'Lin Mei', email: 'lin@example.com', mail: 'E-mail address', send: 'Send me a code', code: 'Code' },
    ...{ wrong: 'This code is wrong', go: 'Go on', called: 'What may we call you?', agree: /may e-mail me/ },
    ...{ join: 'Join', earn: 'Barcode for earning', pay: 'Pay', redeem: 'Redeem Cup', act: 'Redeem', close: 'Close' },
    ...{ waits: 'waits for you', spent: 'Spent', why: 'Why', leave: 'Delete my account' },
    ...{
      leaveSend: 'Send me the code for this',
      leaveAct: 'Delete my account for good',
      gone: 'Your account is deleted',
    },
    ...{ start: 'To the start' },
  },
  'zh-TW': {
    ...{ name: '林美', email: 'mei@example.com', mail: '電子郵件信箱', send: '取得驗證碼', code: '驗證碼' },
    ...{ wrong: '驗證碼不對或已失效', go: '繼續', called: '怎麼稱呼您？', agree: /用電子郵件寄送/ },
    ...{ join: '加入會員', earn: '累點條碼', pay: '付款', redeem: '兌換 馬克杯', act: '兌換', close: '關閉' },
    ...{ waits: '待領取', spent: '使用', why: '原因', leave: '刪除我的帳號' },
    ...{ leaveSend: '取得刪除用的驗證碼', leaveAct: '永久刪除我的帳號', gone: '您的帳號已刪除', start: '回到首頁' },
  },
} as const

test.each(['en', 'zh-TW'] as const)(
  'somebody joins by a poster’s link, shows the card, redeems a gift and deletes the account, in %s',
  async (language) => {
    const say = words[language]
    const { page, faults } = await opened.visit({ screen: 'phone', as: null, language })
    page.setDefaultTimeout(9_000)
    // the link of the poster that hangs in the lift, as its QR has it
    await page.goto(poster)
    await page.getByLabel(say.mail).fill(say.email)
    expect(await offences(page)).toEqual([])
    await screenshot(page, `portal-sign-in-${language}`)
    await page.getByRole('button', { name: say.send }).click()
    await page.getByLabel(say.code).fill('000 000')
    await page.getByRole('button', { name: say.go }).click()
    await page.getByText(say.wrong).waitFor()
    await page.getByLabel(say.code).fill(await codeFor(say.email))
    expect(await offences(page)).toEqual([])
    await page.getByRole('button', { name: say.go }).click()
    await page.getByLabel(say.called).fill(say.name)
    await page.getByLabel(say.agree).check()
    expect(await offences(page)).toEqual([])
    await screenshot(page, `portal-join-${language}`)
    await page.getByRole('button', { name: say.join, exact: true }).click()
    await page.getByText(say.name).waitFor()

    const member = (await world.db.row<{ member_id: string; join_channel: string; join_store_id: string }>(sql`
      select member_id, join_channel, join_store_id from members where email = ${say.email}::text`))!
    expect(member).toMatchObject({ join_channel: 'poster-lift', join_store_id: world.stores.get('XINYI') })
    const { member_id } = member
    const said = await world.db.rows(sql`
      select channel, status, text_version, ip is not null as has_ip from member_consent_entries
      where member_id = ${member_id}::uuid`)
    expect(said).toEqual([{ channel: 'email', status: 'granted', text_version: `2026-11/${language}`, has_ip: true }])

    const { data: brought } = await world.as('owner').call('GET /v1/admin/joining/sources')
    expect(brought.find(({ code }) => code === 'poster-lift')!.joined).toBe(1)

    // at the till: the barcode earns, the code of the half minute opens the purse, once
    const clerk = world.as('clerk')
    const label = await page.getByRole('img', { name: say.earn }).getAttribute('aria-label')
    const identify = (code: string) => clerk.call('POST /v1/till/members/identify', { body: { code } })
    expect(await identify(/\d{13}/.exec(label!)![0])).toMatchObject({ member_id, may_spend: false })
    await page.getByRole('button', { name: say.pay, exact: true }).click()
    const spoken = await page.locator('.spoken').innerText()
    expect(await identify(spoken)).toMatchObject({ member_id, may_spend: true, display_name: say.name })
    await expect(identify(spoken)).rejects.toMatchObject({ code: 'portal_code.shown_before' })

    const lot = { points: 500, earned_at: world.now(), expires_on: null, source: 'test', source_id: '1' }
    await world.tx((tx) => points.openLots(tx, [{ ...lot, member_id }]))
    await page.reload()
    await page.locator('nav a[href="/portal/shop"]').click()
    await page.getByRole('button', { name: say.redeem }).click()
    expect(await offences(page)).toEqual([])
    await screenshot(page, `portal-redeem-${language}`)
    await page.getByRole('dialog').getByRole('button', { name: say.act, exact: true }).click()
    const code = page.getByRole('dialog').locator('.spoken')
    expect(await code.innerText()).toMatch(/^[0-9A-F]{6}$/)
    expect(await offences(page)).toEqual([])
    await screenshot(page, `portal-redeemed-${language}`)
    await page.getByRole('dialog').getByRole('button', { name: say.close }).click()
    await page.getByText(say.waits).waitFor()
    await page.locator('nav a[href="/portal/history"]').click()
    await page.getByText(say.spent, { exact: true }).waitFor()
    await page.getByText(say.why, { exact: true }).first().click()

    await page.locator('nav a[href="/portal/me"]').click()
    await page.getByText(say.leave, { exact: true }).click()
    await page.getByRole('button', { name: say.leaveSend }).click()
    await page.getByLabel(say.code).waitFor()
    await page.getByLabel(say.code).fill(await codeFor(say.email, 'erase'))
    await screenshot(page, `portal-leave-${language}`, { whole: true })
    await page.getByRole('button', { name: say.leaveAct }).click()
    await page.getByText(say.gone).waitFor()
    expect(await offences(page)).toEqual([])
    const kept = await world.db.row(sql`
      select display_name, email, erased_at is not null as is_erased from members
      where member_id = ${member_id}::uuid`)
    expect(kept).toEqual({ display_name: null, email: null, is_erased: true })
    await page.getByRole('button', { name: say.start }).click()
    await page.getByLabel(say.mail).waitFor()
    expect(faults).toEqual([])
  },
)

test('the books agree afterwards', async () => {
  const { checks: found } = await verify(world.db, checks)
  expect(found.filter(({ ok }) => !ok)).toEqual([])
})
