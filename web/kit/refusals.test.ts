import { expect, test } from 'vitest'
import { ApiError } from '../../sdk/client.ts'
import { createScreenFormat } from './format.ts'
import { setLanguage, startTexts, textOf } from './i18n.ts'
import { problemSentence } from './problem.ts'

test('what is refused at a till names its amounts as money, in each language', async () => {
  Object.assign(globalThis, { document: { documentElement: {} }, localStorage: { setItem: () => undefined } })
  await startTexts('en', {
    en: () => import('./texts/en.ts'),
    'zh-TW': () => import('./texts/zh-TW.ts'),
    'zh-CN': () => import('./texts/zh-CN.ts'),
  })
  createScreenFormat({ locale: 'en', currency: 'TWD', currency_decimals: 0, time_zone: 'Asia/Taipei' })
  const params = { minimum_minor: 1_500, eligible_minor: 1_180, missing_minor: 320 }
  const said = () => textOf('errors:coupon.minimum_missed', '', params)
  expect(said()).toBe('The coupon needs NT$1,500 of what it is for: NT$1,180 so far, NT$320 to go.')
  expect(textOf('errors:points.spend_over_share', '', { points_max: 12_000 })).toMatch('12,000')
  expect(textOf('errors:coupon.not_yet', '', { starts_on: '2026-12-01' })).toMatch('Dec 1, 2026')
  const waiting = (retry_after: number) => textOf('errors:member_code.too_many', '', { retry_after })
  expect(waiting(90)).toBe('That was asked too often. Try again in 90 seconds.')
  expect(waiting(2_826)).toBe('That was asked too often. Try again in 48 minutes.')
  expect(problemSentence(new DOMException('Key already exists in the object store.', 'ConstraintError'))).toBe(
    'This did not work. Try again; if it goes on, load the page anew.',
  )
  await setLanguage('zh-TW', { remember: false })
  expect(waiting(2_826)).toBe('嘗試太多次了，請 48 分鐘後再試。')
  const lost = new ApiError({ status: 0, code: 'network.unreachable' })
  expect(problemSentence(lost)).toBe('系統沒有回應，請檢查連線。你填的內容還在。')
  expect(problemSentence(lost, 'tap')).toBe('系統沒有回應，請檢查連線後再試一次。')
  expect(said()).toBe('適用商品要滿 NT$1,500，現在 NT$1,180，還差 NT$320。')
  await setLanguage('zh-CN', { remember: false })
  expect(waiting(120)).toBe('尝试太多次了，请 2 分钟后再试。')
  expect(said()).toBe('适用商品要满 NT$1,500，现在 NT$1,180，还差 NT$320。')
})
