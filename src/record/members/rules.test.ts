import fc from 'fast-check'
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import {
  assign,
  displayNameOf,
  identitiesOf,
  identity,
  readBirthDate,
  readCard,
  readEmail,
  readPhone,
  type Want,
} from './rules.ts'

describe('reading identities', () => {
  test.each([
    ['0912345678', 'TW', '+886912345678'],
    ['0912-345-678', 'TW', '+886912345678'],
    ['(0912) 345 678', 'TW', '+886912345678'],
    ['０９１２３４５６７８', 'TW', '+886912345678'],
    ['+886 912 345 678', 'GB', '+886912345678'],
    ['886912345678', 'TW', '+886912345678'],
    ['02-2345-6789', 'TW', '+886223456789'],
    ['07911 123456', 'GB', '+447911123456'],
    ['13800138000', 'CN', '+8613800138000'],
    ['12345', 'TW', null],
    ['not a phone', 'TW', null],
    ['0912345678', 'GB', null],
  ])('phone %s in %s is %s', (written, country, value) => {
    expect(readPhone(written, country)).toBe(value)
  })

  test('the short way for common mobiles reads as the library does', () => {
    const digits = fc.stringMatching(/^(09|\+8869|8869|9)\d{7,9}$/)
    fc.assert(
      fc.property(digits, fc.constantFrom('TW', 'GB', 'JP'), (text, country) => {
        const parsed = parsePhoneNumberFromString(text, country as CountryCode)
        expect(readPhone(text, country)).toBe(parsed?.isValid() ? parsed.number : null)
      }),
    )
  })

  test.each([
    [' Wang@Example.COM ', 'wang@example.com'],
    ['ｗａｎｇ@example.com', 'wang@example.com'],
    ['wang@example', null],
    ['wang example.com', null],
    ['a@b.c@d.e', null],
    [`${'a'.repeat(250)}@example.com`, null],
  ])('e-mail %s is %s', (written, value) => {
    expect(readEmail(written)).toBe(value)
  })

  test('a card is compared without the blanks it is printed with', () => {
    expect(readCard(' ab12-3456 ７８ ')).toBe('AB12345678')
    expect(readCard(' - ')).toBeNull()
  })

  test('what cannot be read is named, not kept', () => {
    const { identities, unreadable } = identitiesOf(
      { phone: '123', email: 'Wang@Example.com', card: '', external_id: { source: 'pos', id: ' 7 ' } },
      'TW',
    )
    expect(identities).toEqual([
      identity('external:pos', '7'),
      identity('email', 'wang@example.com', 'Wang@Example.com'),
    ])
    expect(unreadable).toEqual([{ code: 'member.phone_unreadable', params: {} }])
  })

  test.each([
    ['1990-05-01', true],
    ['--02-29', true],
    ['1991-02-29', false],
    ['2000-02-29', true],
    ['1990-13-01', false],
    ['1990-04-31', false],
    ['0090-05-01', false],
    ['90-05-01', false],
  ])('birth date %s: %s', (written, isRead) => {
    expect(readBirthDate(written)).toBe(isRead ? written : null)
  })

  test.each([
    [{ first_name: '小明', last_name: '王' }, '王小明'],
    [{ first_name: 'Mary', last_name: 'Smith' }, 'Mary Smith'],
    [{ first_name: 'Mary' }, 'Mary'],
    [{ display_name: ' 小王 ', first_name: '小明', last_name: '王' }, '小王'],
    [{ display_name: ' ' }, null],
  ])('%o is shown as %s', (parts, shown) => {
    expect(displayNameOf(parts)).toBe(shown)
  })
})

describe('deciding who is whom', () => {
  const ids = () => {
    let made = 0
    return () => `new${++made}`
  }
  const want = (...identities: string[]): Want => ({
    identities: identities.map((text) => identity(...(text.split('=') as [string, string]))),
  })
  const decide = (wants: Want[], owners: Record<string, string> = {}, externals: Record<string, string[]> = {}) =>
    assign(
      wants,
      {
        owners: new Map(Object.entries(owners).map(([key, member]) => [key.replace('=', ' '), member])),
        externals: new Map(Object.entries(externals).map(([member, kinds]) => [member, new Set(kinds)])),
      },
      ids(),
    )

  test('the first identity that somebody has decides: external, card, phone, e-mail', () => {
    const owners = { 'external:pos=1': 'A', 'card=1': 'B', 'phone=1': 'C', 'email=1': 'D' }
    const all = ['external:pos=1', 'card=1', 'phone=1', 'email=1']
    expect(all.map((_one, i) => decide([want(...all.slice(i))], owners).member_ids[0])).toEqual(['A', 'B', 'C', 'D'])
  })

  test('an identity of another member stays theirs and is reported', () => {
    const { member_ids, added, conflicts } = decide([want('phone=1', 'email=2', 'email=3')], {
      'phone=1': 'A',
      'email=2': 'B',
    })
    expect(member_ids).toEqual(['A'])
    expect(added.map((one) => [one.identity.value, one.member_id])).toEqual([['3', 'A']])
    expect(conflicts).toEqual([
      { index: 0, code: 'member.identity_taken', params: { kind: 'email', member_id: 'B' } },
    ])
  })

  test('two references that share an identity are one person', () => {
    const { member_ids, created } = decide([
      want('phone=1'),
      want('phone=1', 'email=2'),
      want('email=2', 'card=3'),
      want('card=3'),
    ])
    expect(member_ids).toEqual(['new1', 'new1', 'new1', 'new1'])
    expect(created).toEqual(new Map([['new1', 0]]))
  })

  test('a family that shares a phone stays apart when its source gives each an id', () => {
    const { member_ids, conflicts } = decide([want('external:pos=1', 'phone=1'), want('external:pos=2', 'phone=1')])
    expect(member_ids).toEqual(['new1', 'new2'])
    expect(conflicts).toEqual([
      { index: 1, code: 'member.identity_taken', params: { kind: 'phone', member_id: 'new1' } },
    ])
  })

  test('… also when the first of them is already known', () => {
    const wants = [want('external:pos=2', 'phone=1')]
    expect([...decide(wants, { 'phone=1': 'A' }).unsure]).toEqual(['A'])
    expect(decide(wants, { 'phone=1': 'A' }, { A: ['external:pos'] }).member_ids).toEqual(['new1'])
    expect(decide(wants, { 'phone=1': 'A' }, { A: ['external:web'] }).member_ids).toEqual(['A'])
  })

  test('nothing to recognise anybody by is nobody', () => {
    expect(decide([want(), { member_id: null, identities: [] }]).member_ids).toEqual([null, null])
  })

  test('the answer is the same however the set is cut', () => {
    const kinds = ['external:pos', 'external:web', 'card', 'phone', 'email']
    const wantOf = fc
      .uniqueArray(fc.constantFrom(...kinds), { maxLength: 4 })
      .chain((chosen) => fc.tuple(...chosen.map((kind) => fc.integer({ min: 1, max: 4 }).map((n) => `${kind}=${n}`))))
    fc.assert(
      fc.property(fc.array(wantOf, { maxLength: 12 }), fc.nat(), (texts, cut) => {
        const wants = texts.map((parts) =>
          want(...parts.sort((a, b) => kinds.indexOf(a.split('=')[0]!) - kinds.indexOf(b.split('=')[0]!))),
        )
        const at = wants.length === 0 ? 0 : cut % wants.length
        const whole = decide(wants)
        const newId = ids()
        const first = assign(wants.slice(0, at), { owners: new Map(), externals: new Map() }, newId)
        const owners = new Map(first.added.map(({ identity: { key }, member_id }) => [key, member_id]))
        const externals = new Map<string, Set<string>>(
          [...new Set(first.member_ids)].flatMap((member) => (member ? [[member, new Set<string>()]] : [])),
        )
        for (const {
          identity: { kind },
          member_id,
        } of first.added)
          if (kind.startsWith('external:')) externals.get(member_id)!.add(kind)
        const second = assign(wants.slice(at), { owners, externals }, newId)
        expect([...first.member_ids, ...second.member_ids]).toEqual(whole.member_ids)
        expect(first.conflicts.length + second.conflicts.length).toBe(whole.conflicts.length)
      }),
    )
  })
})
