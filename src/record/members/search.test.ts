import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld } from '../../../test/world.ts'
import * as members from './members.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, mary, chen, ouyang, guest } = world.cast
let card = ''

beforeAll(async () => {
  const [id] = await world.tx((tx) =>
    members.resolve(
      tx,
      [{ card: 'WS-0042-7781', name: '王小明媽媽', external_id: { source: 'shop', id: 'Cust-77' } }],
      { create_as: 'member', channel: 'pos' },
    ),
  )
  card = id!
})

const search = (text: string) => members.searchIds(world.db, text)

test.each([
  ['whole name', '王小明', () => [wang, card]],
  ['part of it', '小明', () => [card, wang]],
  ['pinyin initials', 'wxm', () => [wang, card]],
  ['pinyin', 'wang', () => [card, wang]],
  ['surname whole, then initials', 'wangxm', () => [wang, card]],
  ['some whole, some initials', 'wxming', () => [wang, card]],
  ['the last one begun', 'wangxiaom', () => [wang, card]],
  ['a surname of two syllables, then initials', 'ouyangff', () => [ouyang]],
  ['two words, one of them mixed', 'wang xming', () => [wang, card]],
  ['pinyin in any case', 'OuYang', () => [ouyang]],
  ['simplified for traditional', '欧阳', () => [ouyang]],
  ['a Latin name, in any order', 'smith mary', () => [mary]],
  ['phone as written', '0912-345-678', () => [wang]],
  ['phone as stored', '+886912345678', () => [wang]],
  ['phone with full-width digits', '０９１２３４５６７８', () => [wang]],
  ['phone of another country', '+44 7911 123456', () => [mary]],
  ['last digits', '5678', () => [wang]],
  ['first digits', '09123', () => [wang]],
  ['e-mail in any case', 'WANG@example.com', () => [wang]],
  ['beginning of an e-mail', 'mary.s', () => [mary]],
  ['a guest’s e-mail', 'guest@example.com', () => [guest]],
  ['card as printed', 'ws-0042 7781', () => [card]],
  ['beginning of a card', 'ws004', () => [card]],
  ['id in another system', 'Cust-77', () => [card]],
  ['id of an import', 'M3', () => [chen]],
])('%s (%s)', async (_how, text, expected) => {
  const found = await search(text)
  expect([...found].sort()).toEqual([...expected()].sort())
})

test('the whole hit comes before beginnings', async () => {
  expect((await search('王小明'))[0]).toBe(wang)
  expect((await search('wangxiaoming'))[0]).toBe(wang)
})

test('the membership number finds its member first', async () => {
  const { number } = await members.memberOf(world.db, chen)
  expect((await search(String(number)))[0]).toBe(chen)
})

test.each([
  '',
  '  ',
  "'",
  '& | !',
  ':*',
  '\\',
  '%',
  '_',
  '不存在',
  'zzzz',
  '0999999999',
  '1'.repeat(300),
  '王'.repeat(300),
])('nothing is found for %j, and nothing breaks', async (text) => {
  expect(await search(text)).toEqual([])
})

test('at most as many as asked for', async () => {
  expect(await members.searchIds(world.db, 'wang', 1)).toHaveLength(1)
})
