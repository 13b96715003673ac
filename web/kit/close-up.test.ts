import { expect, test } from 'vitest'
import { closedUp, marked } from './close-up.ts'

test.each([
  ['在 ', '高雄店', ' 加入', '在高雄店加入'],
  ['最近 ', '30', ' 天', '最近 30 天'],
  ['设置 ', 'LINE', ' 登录', '设置 LINE 登录'],
  ['另有 ', '460 积分', ' 即将到账。', '另有 460 积分即将到账。'],
  ['', '2026年12月31日', ' 前再 <b>NT$300</b> 就升到', '2026年12月31日前再 <b>NT$300</b> 就升到'],
  ['再 <b>', '三笔', '</b> 就升级', '再<b>三笔</b>就升级'],
  ['生日当月：', ' 60 积分', '', '生日当月：60 积分'],
  ['邀请 ', '佐藤 健太', ' 升级', '邀请佐藤 健太升级'],
  ['邀请 ', 'Mary Jones', ' 升级', '邀请 Mary Jones 升级'],
])('%s%s%s reads %s', (before, value, after, said) => {
  expect(closedUp(before + marked(value) + after)).toBe(said)
})

test('a text without anything filled in stays as it was written', () => {
  expect(closedUp('点 数 商城： 好')).toBe('点 数 商城： 好')
})
