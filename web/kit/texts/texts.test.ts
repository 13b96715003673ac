import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { texts as en } from './en.ts'
import { texts as cn } from './zh-CN.ts'
import { texts as tw } from './zh-TW.ts'

/** `noun.key.key` → text. */
function flat(value: object, before = ''): Map<string, string> {
  const lines = new Map<string, string>()
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === 'string') lines.set(before + key, one)
    else for (const [below, text] of flat(one as object, `${before}${key}.`)) lines.set(below, text)
  }
  return lines
}

const all = { en: flat(en), tw: flat(tw), cn: flat(cn) }

/** Words of one script that the other writes otherwise; common enough that a slip of the copier shows one of them. */
const simplifiedOnly =
  /[们这说为时员点积复购优资导册单订数据营销级阶标签关闭载录语简体门户联电话邮号码额总览开启选项击]/
const traditionalOnly =
  /[們這說為時員點積複購優資導冊單訂數據營銷級階標籤關閉載錄語簡體門戶聯電話郵號碼額總覽開啟選項擊]/

/** A language is called by its own name, in its own script, everywhere. */
const ownNames = new Set(['繁體中文', '简体中文'])

test('zh-TW is written in traditional characters, zh-CN in simplified', () => {
  const wrong = (lines: Map<string, string>, foreign: RegExp) =>
    [...lines].filter(([, text]) => !ownNames.has(text) && foreign.test(text)).map(([key, text]) => `${key}: ${text}`)
  expect(wrong(all.tw, simplifiedOnly)).toEqual([])
  expect(wrong(all.cn, traditionalOnly)).toEqual([])
})

test('every text is there in each language and fills the same braces', () => {
  const braces = (text: string) =>
    [...new Set([...text.matchAll(/\{\{\s*([\w.]+)/g)].map((found) => found[1]!))].sort()
  const differing: string[] = []
  for (const [key, text] of all.en) {
    if (key.endsWith('_one')) continue
    for (const language of ['tw', 'cn'] as const) {
      const other = all[language].get(key)
      if (!other || braces(other).join() !== braces(text).join())
        differing.push(`${language} ${key}: ${other ?? 'missing'}`)
    }
  }
  expect(differing).toEqual([])
})

test('no text shouts, and none speaks of records or users', () => {
  const loud = [...all.en, ...all.tw, ...all.cn].filter(([, text]) => /[!！]/.test(text)).map(([key]) => key)
  expect(loud).toEqual([])
  const cold = [...all.en].filter(([, text]) => /\b(records|users|click here|please note|successfully)\b/i.test(text))
  expect(cold.map(([key, text]) => `${key}: ${text}`)).toEqual([])
})

/** What the program itself writes beside a consent, and as the way somebody joined. */
const ways = [
  'api',
  'company',
  'complaint',
  'console',
  'counter',
  'form',
  'friend',
  'import',
  'link',
  'one_click',
].concat(['portal', 'poster', 'unsubscribe_mail', 'unsubscribe_page', 'web'])

test('how a consent or a member came is said in words', () => {
  for (const lines of Object.values(all))
    expect(ways.filter((way) => !lines.has(`members.consents.methods.${way}`))).toEqual([])
})

test('the text promises as many connections as the mail channel opens', () => {
  const code = readFileSync(new URL('../../../src/channels/email.ts', import.meta.url), 'utf8')
  const opened = /connectionsDefault = (\d+)/.exec(code)![1]!
  for (const lines of Object.values(all))
    expect(lines.get('messages.connectionsHint')).toMatch(new RegExp(`\\b${opened}\\b`))
})

/** Codes that a source stores as the reason why a message did not arrive, or waits. */
function reasonsIn(file: string): string[] {
  const code = readFileSync(new URL(`../../../src/${file}`, import.meta.url), 'utf8')
  const stored = /\breason(?::| =) (?:[^'\n]*\? )?'([a-z_]+)'(?: : '([a-z_]+)')?/g
  const byKind = /const statusReason[^{]*\{([^}]*)\}/.exec(code)?.[1] ?? ''
  return [
    ...[...code.matchAll(stored)].flatMap(([, one, other]) => (other ? [one!, other] : [one!])),
    ...[...byKind.matchAll(/'([a-z_]+)'/g)].map(([, one]) => one!),
  ]
}

test('every reason that is stored with a message has its words', () => {
  const files = [
    'channels/email.ts',
    ...['chunks', 'delivery', 'receipts', 'uncertain'].map((name) => `reach/messages/${name}.ts`),
  ]
  const reasons = [...new Set(files.flatMap(reasonsIn))]
  expect(reasons).toEqual(
    expect.arrayContaining(['provider_refused', 'address_unknown', 'bounced_soft', 'render_failed']),
  )
  expect(reasons.filter((reason) => !all.en.has(`messages.reasons.${reason}`))).toEqual([])
})

/** What the screen calls things; other words for them are slips. */
const terms: { tw: [right: string, wrong: RegExp][]; cn: [right: string, wrong: RegExp][] } = {
  tw: [
    ['點數', /積分/],
    ['分眾', /人群|客群/],
    ['自動化旅程', /營銷旅程/],
    ['行銷活動', /營銷活動/],
    ['優惠券', /優惠卷|折價券/],
    ['門市', /門店/],
    ['對照組', /控制組/],
    ['回購', /復購|複購/],
    ['門市夥伴', /導購|店員/],
    ['會員權益', /會員特權/],
    ['發送上限', /疲勞度/],
    ['會員等級', /會員層級/],
  ],
  cn: [
    ['积分', /点数/],
    ['人群', /分众/],
    ['营销活动', /行销/],
    ['门店', /门市/],
    ['对照组', /控制组/],
    ['复购', /回购/],
    ['导购', /门市伙伴|店员/],
    ['疲劳度', /发送上限/],
    ['保级', /维持等级/],
    ['召回', /回流/],
    ['集章卡', /集点卡/],
    ['价格保护', /买贵/],
    ['券码', /优惠码|组代码/],
    ['记录', /纪录/],
    ['包邮', /免运(?!费)/],
    ['“”', /[「」]/],
    ['页面', /画面/],
    ['设置', /设定/],
    ['攒积分', /累积分/],
  ],
}

test('things are called by the words of the product, and by no other', () => {
  const slips: string[] = []
  for (const language of ['tw', 'cn'] as const) {
    for (const [key, text] of all[language]) {
      for (const [right, wrong] of terms[language]) {
        if (wrong.test(text)) slips.push(`${language} ${key}: “${text}” should say ${right}`)
      }
    }
  }
  expect(slips).toEqual([])
})
