import { beforeAll, expect, test } from 'vitest'
import { askedWordsOf, loadDictionaries, searchWordsOf } from './search-words.ts'
import { mixedSpellings } from './spellings.ts'

beforeAll(loadDictionaries)

/** Would this search find this name? Each asked word must begin a kept one, as the index looks. */
const finds = (asked: string, name: string) => {
  const kept = searchWordsOf(name).split(' ')
  const words = askedWordsOf(asked)
  return words.length > 0 && words.every((word) => kept.some((one) => one.startsWith(word)))
}

test.each([
  ['王小明', '王小明'],
  ['王', '王小明'],
  ['小明', '王小明'],
  ['明', '王小明'],
  ['wxm', '王小明'],
  ['wang', '王小明'],
  ['WangXiao', '王小明'],
  ['wang xiaoming', '王小明'],
  ['xiaoming', '王小明'],
  ['xm', '王小明'],
  ['w', '王小明'],
  ['王晓明', '王曉明'],
  ['歐陽', '欧阳菲菲'],
  ['ouyang', '歐陽菲菲'],
  ['shan', '單雄信'],
  ['zeng', '曾國藩'],
  ['mary', 'Mary Smith'],
  ['smith mary', 'Mary Smith'],
  ['mit', 'Mary Smith'],
  ['ＭＡＲＹ', 'Mary Smith'],
  ['jose', 'José Núñez'],
  ['José', 'Jose Nunez'],
  ['tea house 88', 'Tea House 88'],
  ['たろう', '山田たろう'],
])('%s finds %s', (asked, name) => {
  expect(finds(asked, name)).toBe(true)
})

test.each([
  ['wxl', '王小明'],
  ['李', '王小明'],
  ['smyth', 'Mary Smith'],
  ['明小', '王小明'],
  ['  ', '王小明'],
  ["'", 'O’Hara'],
  ['& |', 'x'],
])('%s does not find %s', (asked, name) => {
  expect(finds(asked, name)).toBe(false)
})

test('a name gives a bounded number of words', () => {
  expect(searchWordsOf('股份有限公司'.repeat(40)).split(' ').length).toBeLessThanOrEqual(48)
  expect(searchWordsOf(null)).toBe('')
  expect(askedWordsOf('a b c d e f g h')).toHaveLength(6)
})

test.each([
  ['wangxm', [['wangx', 'wxm']]],
  ['wxming', [['ming', 'wxm']]],
  ['wxiaom', [['xiaom', 'wxm']]],
  ['ouyangff', [['ouyangf', 'oyff']]],
  // 方安 or 范甘
  [
    'fanganmx',
    [
      ['fanganm', 'famx'],
      ['fanganm', 'fgmx'],
    ],
  ],
  // in the index as they are: whole pinyin, initials, and what begins them
  ['wang', []],
  ['wangx', []],
  ['wangxiaoming', []],
  ['wxm', []],
  ['w', []],
  ['mike2', []],
  ['iuv', []],
  ['z'.repeat(24), []],
])('%s mixes syllables and initials as %j', (word, spellings) => {
  expect(mixedSpellings(word)).toEqual(spellings)
})
