import { describe, expect, it } from 'vitest'
import { emptyMapping, type Mapping } from './mapping.ts'
import { openingLot } from './member-rows.ts'
import { mapMembers, type Mapped } from './rows.ts'
import type { StagedMember } from './staged.ts'

const context = { currency: 'TWD', time_zone: 'Asia/Taipei', today: '2026-11-22' }

function mapped(cells: Record<string, string>, change: Partial<Mapping> = {}): Mapped<StagedMember> {
  const header = Object.keys(cells)
  const columns = Object.fromEntries(header.filter((name) => !name.startsWith('+')).map((name) => [name, name]))
  const mapping = { ...emptyMapping('members'), columns, ...change }
  return mapMembers(
    mapping,
    header,
    context,
  )({ rows: [Object.values(cells)], numbers: [2], ragged: [], bytes_read: 0 })
}

const member = (cells: Record<string, string>, change?: Partial<Mapping>): StagedMember | undefined =>
  mapped(cells, change).taken[0]

describe('a member', () => {
  it('is read whole', () => {
    const cells = {
      external_id: 'M-1',
      name: '王小明',
      phone: '0912-345-678',
      email: 'Ming@Example.tw',
      card: '="0001"',
      birth_date: '75/03/12',
      gender: '男',
      locale: '繁體中文',
      joined_at: '112/01/31',
      home_store: '信義店',
      tags: 'VIP，茶友, VIP',
      tier: '金卡',
      note: '怕冰',
      consent_email: '同意',
      consent_sms: 'N',
      points_opening: '1,250 點',
      points_earned_at: '2024-05-01',
      points_expires_on: '2026/12/31',
      '+Shoe size': '42',
    }
    const change = { date_order: { birth_date: 'roc' }, attributes: ['+Shoe size'] } as const
    expect(member(cells, { ...change, attributes: [...change.attributes] })).toMatchObject({
      row: 2,
      external_id: 'M-1',
      phone: '+886912345678',
      email: 'ming@example.tw',
      card: '0001',
      name: '王小明',
      first_name: null,
      last_name: null,
      birth_date: '1986-03-12',
      gender: 'male',
      locale: 'zh-TW',
      joined_at: '2023-01-30T16:00:00Z',
      home_store: '信義店',
      tags: ['VIP', '茶友'],
      tier: '金卡',
      note: '怕冰',
      consent_email: true,
      consent_sms: false,
      consent_at: null,
      points_opening: '1250',
      points_earned_at: '2024-04-30T16:00:00Z',
      points_expires_on: '2026-12-31',
      attributes: { '+Shoe size': '42' },
    })
  })

  it('needs one way to be recognised', () => {
    expect(mapped({ name: '王小明', phone: '' }).refusals).toEqual([
      { row: 2, column: 'phone', code: 'import.identity_missing', value: '' },
    ])
    expect(mapped({ name: '王小明', phone: '8.86912E+11' }).refusals).toMatchObject([
      { code: 'import.phone_destroyed' },
    ])
    expect(member({ phone: '8.86912E+11', email: 'a@b.tw' })!.repairs).toMatchObject([
      { code: 'repair.left_out', reason: 'import.phone_destroyed' },
    ])
  })

  it('lives on without what nobody can read, and a person sees it', () => {
    const read = member({
      phone: '0912345678',
      birth_date: '1990',
      gender: 'x?',
      consent_email: 'perhaps',
      joined_at: 'long ago',
      locale: '???',
    })!
    expect(read).toMatchObject({ birth_date: null, gender: null, consent_email: null, joined_at: null, locale: null })
    expect(read.repairs.map(({ column, code, reason }) => [column, code, reason])).toEqual([
      ['birth_date', 'repair.left_out', 'import.birth_date_unreadable'],
      ['gender', 'repair.left_out', 'import.gender_unknown'],
      ['locale', 'repair.left_out', 'import.locale_unknown'],
      ['joined_at', 'repair.left_out', 'import.date_unreadable'],
      ['consent_email', 'repair.left_out', 'import.answer_unknown'],
    ])
  })

  it('may keep the year of birth secret, and was not born in the future', () => {
    const born = (birth_date: string, order?: 'mdy' | 'dmy'): string | null | undefined =>
      member({ phone: '0912345678', birth_date }, order ? { date_order: { birth_date: order } } : {})?.birth_date
    expect([born('05/01'), born('5月1日'), born('--02-29'), born('1/5', 'dmy')]).toEqual([
      '--05-01',
      '--05-01',
      '--02-29',
      '--05-01',
    ])
    expect([born('3/12/75', 'mdy'), born('3/12/26', 'mdy'), born('3/12/27', 'mdy')]).toEqual([
      '1975-03-12',
      '2026-03-12',
      '1927-03-12',
    ])
  })

  it('says nothing of consent where the file says nothing', () => {
    expect(member({ phone: '0912345678', consent_email: '', consent_sms: '未填' })).toMatchObject({
      consent_email: null,
      consent_sms: null,
      repairs: [],
    })
  })
})

describe('points that are brought along', () => {
  it('are a balance, or what was accumulated less what was redeemed, exactly', () => {
    const points = (cells: Record<string, string>): string | null | undefined =>
      member({ external_id: '1', ...cells })?.points_opening
    expect(points({ points_opening: '12.5' })).toBe('12.5')
    expect(points({ points_accumulated: '152.25', points_redeemed: '200' })).toBe('-47.75')
    expect(points({ points_accumulated: '152', points_redeemed: '0' })).toBe('152')
    expect(points({ points_accumulated: '', points_redeemed: '' })).toBeNull()
    expect(mapped({ external_id: '1', points_opening: 'many' }).refusals).toMatchObject([
      { code: 'import.points_unreadable' },
    ])
  })

  it('become a lot of whole points; the rest is told', () => {
    expect(openingLot('1250')).toEqual({ points: 1250, remainder: '0', owed: '0' })
    expect(openingLot('1250.75')).toEqual({ points: 1250, remainder: '0.75', owed: '0' })
    expect(openingLot('-47.75')).toEqual({ points: 0, remainder: '0', owed: '-47.75' })
  })
})
