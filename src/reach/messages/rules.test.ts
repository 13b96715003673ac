import { describe, expect, it } from 'vitest'
import { codesOf, readCode } from './codes.ts'
import { linkHtml, linkText, textOfHtml } from './links.ts'
import { checkLanguages, compileFresh, linkVersion, render, renderUrl, unknownVariables } from './rendering.ts'
import { readReport } from './report-words.ts'
import { languageFor, retryAt, smsParts } from './rules.ts'
import { spoken, textsIn } from './texts.ts'
import type { MemberValues } from './values.ts'
import { judge, type Seen } from './verdicts.ts'

const secret = Buffer.alloc(32, 7)
const member: MemberValues = {
  member_id: '00000000-0000-7000-8000-000000000001',
  display_name: '王小明',
  first_name: null,
  last_name: null,
  number: 7,
  external_id: null,
  birth_date: null,
  locale: 'zh-TW',
  tags: ['vip'],
  attributes: { size: '<b>L</b>' },
  points: 37,
  tier_code: 'gold',
  tier_names: { en: 'Gold', 'zh-TW': '金卡' },
  store_name: null,
}
const program = {
  name: '悟松茶',
  default_language: 'zh-TW',
  time_zone: 'Asia/Taipei',
  currency: 'TWD',
  postal_address: null,
}
const addresses = {
  link: 'https://r.example/l/abc',
  pixel: 'https://r.example/p/abc',
  unsubscribe: 'https://r.example/u/abc',
}

describe('codes', () => {
  it('name a message and nothing else can be made from them', () => {
    for (const id of [1, 31, 32, 123_456_789, Number.MAX_SAFE_INTEGER]) {
      const { link, control } = codesOf(secret, id)
      expect(readCode(secret, 'link', `${link}-12`)).toEqual({ message_id: id, link_no: 12 })
      expect(readCode(secret, 'control', control.toUpperCase())).toEqual({ message_id: id, link_no: null })
      expect(readCode(secret, 'control', link)).toBeNull()
      expect(readCode(secret, 'link', control)).toBeNull()
      expect(readCode(Buffer.alloc(32, 8), 'link', link)).toBeNull()
      expect(readCode(secret, 'link', `1${link}`)).toBeNull()
    }
    // an SMS has 70 letters in Chinese: the hundred millionth message's code must leave room
    expect(codesOf(secret, 100_000_000).link.length).toBeLessThanOrEqual(14)
  })
  it('what is no code is nobody’s', () => {
    for (const text of ['', 'x', '../../etc', 'l'.repeat(40), '0'.repeat(19)])
      expect(readCode(secret, 'link', text)).toBeNull()
  })
})

describe('counted links', () => {
  const html = (source: string) => {
    const urls: string[] = []
    return { source: linkHtml(source, urls), urls }
  }
  it('are those whose host the author wrote', () => {
    expect(html('<a class="b" href="https://a.example/x?y=1&amp;z=2">q</a>')).toEqual({
      source: '<a class="b" href="{{ _link }}-1">q</a>',
      urls: ['https://a.example/x?y=1&z=2'],
    })
    expect(html(`<a href='https://a.example/{{ member.number }}'>q</a>`).urls).toEqual([
      'https://a.example/{{ member.number }}',
    ])
    for (const url of [
      '{{ member.site }}',
      'https://{{ host }}/x',
      'https://a{{ x }}.example/',
      'mailto:a@b.c',
      '#top',
      '{{ unsubscribe_url }}',
      'https://user@evil.example/',
      'https://a.example/{% if x %}y{% endif %}',
      '/relative',
    ]) {
      expect(html(`<a href="${url}">q</a>`).urls).toEqual([])
    }
  })
  it('in plain text end where the sentence goes on', () => {
    const urls: string[] = []
    expect(linkText('看 https://a.example/x。再看(https://b.example/y?z={{ member.number }}).', urls)).toBe(
      '看 {{ _link }}-1。再看({{ _link }}-2).',
    )
    expect(urls).toEqual(['https://a.example/x', 'https://b.example/y?z={{ member.number }}'])
  })
  it('have the same number in every language that points to the same place', () => {
    const { urls } = linkVersion('email', {
      en: { subject: 's', html: '<a href="https://a.example/">a</a><a href="https://b.example/">b</a>' },
      'zh-TW': { subject: 's', html: '<a href="https://b.example/">b</a><a href="https://c.example/">c</a>' },
    })
    expect(urls).toEqual(['https://a.example/', 'https://b.example/', 'https://c.example/'])
  })
  it('cannot be led elsewhere by a member’s values', () => {
    const evil = { ...member, display_name: '@evil.example/?' }
    expect(renderUrl('https://a.example/{{ member.name }}', evil, program, 'en')).toBe(
      'https://a.example/%40evil.example%2F%3F',
    )
  })
})

describe('plain text made from HTML', () => {
  it('keeps words, lists, links and Liquid', () => {
    expect(
      textOfHtml(
        '<style>p{}</style><h1>Tea&nbsp;&amp; cake</h1><ul><li>one</li><li>two</li></ul>' +
          '{% if points < 10 %}<p>few <a href="https://a.example/">here</a></p>{% endif %}',
      ),
    ).toBe('Tea & cake\n- one\n- two\n\n{% if points < 10 %}few here ({{ _link }}-1)\n{% endif %}')
  })
})

describe('rendering', () => {
  const version = (html: string) => ({
    medium: 'email' as const,
    purpose: 'marketing' as const,
    languages: { 'zh-TW': { subject: '{{ member.name }}', html } },
  })
  it('fills values, escaped in HTML and bare in text, with the tier in the text’s language', () => {
    const words = render(
      compileFresh(version('<p>{{ member.attributes.size }} {{ tier.name }} {{ points }}</p>'), 'zh-TW'),
      member,
      program,
      addresses,
    )
    expect(words.html).toContain('<p>&lt;b&gt;L&lt;/b&gt; 金卡 37</p>')
    expect(words.text).toContain('<b>L</b> 金卡 37')
    expect(words.html!.indexOf('https://r.example/u/abc')).toBeLessThan(
      words.html!.indexOf('https://r.example/p/abc'),
    )
    expect(words.html!.trim().endsWith('</body></html>')).toBe(true)
  })
  it('says how far the next tier is, as money to read and as a number to compare; nothing on the highest', () => {
    const text =
      '<p>{% if next_tier %}{{ to_next_tier }} → {{ next_tier.name }}{% if next_tier.missing < 2000 %} 快到了{% endif %}' +
      '{% else %}最高等級{% endif %}</p>'
    const next_tier = { code: 'black', names: { 'zh-TW': '黑卡' }, missing_minor: 1_240 }
    const near = render(compileFresh(version(text), 'zh-TW'), { ...member, next_tier }, program, addresses)
    expect(near.text).toContain('NT$1,240 → 黑卡 快到了')
    const pounds = render(
      compileFresh(version(text), 'zh-TW'),
      { ...member, next_tier: { ...next_tier, missing_minor: 250_050 } },
      { ...program, currency: 'GBP' },
      addresses,
    )
    expect(pounds.text).toContain('£2,500.50 → 黑卡')
    expect(pounds.text).not.toContain('快到了')
    expect(
      render(compileFresh(version(text), 'zh-TW'), { ...member, next_tier: null }, program, addresses).text,
    ).toContain('最高等級')
    expect(unknownVariables({ en: { subject: 's', html: text } })).toEqual([])
  })
  it('adds no second way out where the author wrote one', () => {
    const words = render(
      compileFresh(version('<a href="{{ unsubscribe_url }}">不要了</a>'), 'zh-TW'),
      member,
      program,
      addresses,
    )
    expect(words.html!.match(/r\.example\/u\/abc/g)).toHaveLength(1)
  })
  it('lets templates read no file, no prototype and no more time than is theirs', () => {
    const run = (html: string) => render(compileFresh(version(html), 'zh-TW'), member, program, addresses)
    expect(() => run('{% render "/etc/passwd" %}')).toThrow()
    expect(() => run('{% include "x" %}')).toThrow()
    expect(() => run('{% for i in (1..100000000) %}x{% endfor %}')).toThrow(/limit/)
    expect(run('[{{ member.constructor }}{{ member.__proto__ }}]').html).toContain('[]')
  })
  it('says which part of which language is broken', () => {
    expect(() => checkLanguages('email', 'marketing', { en: { subject: '{{ x', html: 'h' } })).toThrowError(
      expect.objectContaining({
        code: 'template.liquid_broken',
        params: expect.objectContaining({ language: 'en', part: 'subject' }),
      }),
    )
    expect(() => checkLanguages('sms', 'marketing', { en: { html: 'h' } })).toThrowError(
      expect.objectContaining({ code: 'template.text_missing' }),
    )
    expect(() => checkLanguages('email', 'marketing', {})).toThrowError(
      expect.objectContaining({ code: 'template.language_missing' }),
    )
    expect(unknownVariables({ en: { subject: '{{ membr.name }}', text: '{{ points }}{{ coupon }}' } })).toEqual([
      'coupon',
      'membr',
    ])
  })
  it('speaks three languages, each with every text', () => {
    expect(spoken).toEqual(['en', 'zh-TW', 'zh-CN'])
    for (const language of spoken) for (const text of Object.values(textsIn(language))) expect(text).toBeTruthy()
  })
})

describe('the language of a text', () => {
  const all = ['en', 'zh-TW', 'zh-CN']
  it.each([
    ['zh-TW', all, 'zh-TW'],
    ['zh-HK', all, 'zh-TW'],
    ['zh-Hant', all, 'zh-TW'],
    ['zh', all, 'zh-CN'],
    ['zh-SG', all, 'zh-CN'],
    ['en-AU', all, 'en'],
    ['ja', all, 'en'],
    [null, all, 'en'],
    ['zh-TW', ['zh-CN', 'en'], 'zh-CN'],
    ['fr', ['zh-CN'], 'zh-CN'],
  ] as const)('%s of %j is %s', (locale, available, wanted) =>
    expect(languageFor(locale, available, 'en')).toBe(wanted),
  )
})

describe('another try', () => {
  const now = new Date('2026-11-20T00:00:00Z')
  const late = new Date('2026-11-21T00:00:00Z')
  it('comes later each time, and never too late', () => {
    const minutes = [1, 2, 3, 4, 5]
      .map((tries) => (retryAt(tries, now, late)?.getTime() ?? NaN) - now.getTime())
      .map((ms) => ms / 60_000)
    expect(minutes).toEqual([2, 15, 60, 240, NaN])
    expect(retryAt(1, now, new Date(now.getTime() + 60_000))).toBeNull()
  })
})

describe('an SMS', () => {
  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['€'.repeat(81), 2],
    ['茶'.repeat(70), 1],
    ['茶'.repeat(71), 2],
    ['茶'.repeat(134), 2],
    ['茶'.repeat(135), 3],
  ])('%# is paid in parts', (text, parts) => expect(smsParts(text)).toBe(parts))
})

describe('verdicts', () => {
  const seen = (o: Partial<Seen>): Seen => ({
    kind: 'click',
    method: 'GET',
    purpose: '',
    seconds: 3600,
    seconds_since_other: null,
    user_agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
    ...o,
  })
  it.each<[Partial<Seen>, string]>([
    [{}, 'human none_against'],
    [
      { user_agent: 'Mozilla/5.0 (Linux; Android 9; CUBOT X20) Chrome/120 Mobile Safari/537.36' },
      'human none_against',
    ],
    [
      { user_agent: 'Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 Line/14.1.0' },
      'human none_against',
    ],
    [{ method: 'HEAD' }, 'machine head'],
    [{ user_agent: '' }, 'machine no_user_agent'],
    [{ user_agent: 'facebookexternalhit/1.1;line-poker/1.0' }, 'machine program'],
    [{ user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' }, 'machine program'],
    [{ user_agent: 'python-requests/2.32' }, 'machine program'],
    [{ purpose: 'prefetch' }, 'machine prefetch'],
    [{ seconds: 4 }, 'machine too_fast'],
    [{ seconds: 5 }, 'human none_against'],
    [{ seconds: null }, 'human none_against'],
    [{ seconds_since_other: 0.5 }, 'machine burst'],
    [{ kind: 'open', user_agent: 'Mozilla/5.0' }, 'machine apple_privacy'],
    [
      {
        kind: 'open',
        user_agent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0',
      },
      'machine gmail_prefetch',
    ],
    [{ kind: 'open', user_agent: 'YahooMailProxy; https://help.yahoo.com/' }, 'human image_proxy'],
  ])('%j → %s', (what, wanted) => {
    const { verdict, reason } = judge(seen(what))
    expect(`${verdict} ${reason}`).toBe(wanted)
  })
})

describe('a vendor’s report', () => {
  it('is read by its words, in two languages, with phones as spreadsheets leave them', () => {
    const rows = readReport(
      [
        ['編號', '手機號碼', '狀態'],
        ['a1', '0912345678', '已送達'],
        ['', '912345678', 'DELIVRD'],
        ['a2', '', '空號'],
        ['a3', '', 'UNDELIV'],
        ['a4', '', '傳送中'],
        ['a5', '', '???'],
      ],
      'TW',
    )
    expect(rows.map((row) => [row.receipt?.kind, row.receipt?.class, row.receipt?.address, row.pending])).toEqual([
      ['delivered', undefined, '+886912345678', false],
      ['delivered', undefined, '+886912345678', false],
      ['bounced', 'hard', undefined, false],
      ['bounced', 'soft', undefined, false],
      [undefined, undefined, undefined, true],
      [undefined, undefined, undefined, false],
    ])
  })
  it('without the columns it needs is refused', () => {
    expect(() =>
      readReport(
        [
          ['phone', 'price'],
          ['1', '2'],
        ],
        'TW',
      ),
    ).toThrowError(expect.objectContaining({ code: 'report.columns_missing' }))
  })
})
