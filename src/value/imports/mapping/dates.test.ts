import { describe, expect, it } from 'vitest'
import { decideDateOrder, narrowOrders } from './date-order.ts'
import { instantReader, readWritten, type DateOrder } from './dates.ts'

const day = (cell: string, order: DateOrder = 'ymd'): string | undefined => {
  const written = readWritten(cell, order)
  return written && [written.day, written.time, written.repair?.replace('repair.', '')].filter(Boolean).join(' ')
}

describe('a date', () => {
  it('is read in the writings of four languages', () => {
    const same = [
      '2024-05-01',
      '2024/5/1',
      '2024.05.01',
      '20240501',
      '2024年5月1日',
      '1 May 2024',
      'May 1, 2024',
      '1-May-2024',
      'Wed, 1 May 2024',
      '2024/05/01(三)',
    ]
    for (const cell of same) expect([cell, day(cell)]).toEqual([cell, '2024-05-01'])
  })

  it('has its time, of 12 or 24 hours', () => {
    const same = [
      '2024-05-01 14:05',
      '2024-05-01T14:05:00',
      '2024/5/1 下午 2:05',
      '2024/5/1 下午02:05:00',
      '2024/5/1 2:05 PM',
      '2024/05/01 PM 02:05',
      '2024年5月1日 14時05分',
      '20240501140500',
      '2024/05/01(三) 14:05',
    ]
    for (const cell of same) expect([cell, day(cell)]).toEqual([cell, '2024-05-01 14:05:00'])
    expect(day('2024-05-01 上午12:10')).toBe('2024-05-01 00:10:00')
    expect(day('2024-05-01 12:10 pm')).toBe('2024-05-01 12:10:00')
    expect(day('2024-05-01 24:00')).toBe('2024-05-02 00:00:00')
  })

  it('of the Republic of China, of a Japanese era or of a spreadsheet is mended and told', () => {
    for (const cell of ['113/05/01', '113.5.1', '民國113年5月1日', '113年5月1日', '1130501']) {
      expect([cell, day(cell)]).toEqual([cell, '2024-05-01 roc_year'])
    }
    expect(day('99/05/01', 'roc')).toBe('2010-05-01 roc_year')
    expect(day('民國元年1月1日')).toBe('1912-01-01 roc_year')
    expect(day('令和6年5月1日')).toBe('2024-05-01 era_year')
    expect(day('45413')).toBe('2024-05-01 serial_date')
    expect(day('45413.5')).toBe('2024-05-01 12:00:00 serial_date')
    expect(day('２０２４／０５／０１')).toBe('2024-05-01 full_width')
  })

  it('follows the order of its column', () => {
    expect([day('9/7/11', 'mdy'), day('9/7/11', 'dmy'), day('09/07/11', 'ymd')]).toEqual([
      '2011-09-07',
      '2011-07-09',
      '2009-07-11',
    ])
    expect(day('5/1/1969', 'mdy')).toBe('1969-05-01')
    expect([day('1/1/69', 'mdy'), day('1/1/68', 'mdy')]).toEqual(['1969-01-01', '2068-01-01'])
    expect(day('3/5/2024', 'ymd')).toBeUndefined()
  })

  it('is refused when there is no such day', () => {
    for (const cell of [
      '2024-02-30',
      '2023-02-29',
      '2024-13-01',
      '13/13/2024',
      '2024-05-01 25:00',
      'soon',
      '12345678',
      '99999',
    ]) {
      expect([cell, day(cell)]).toEqual([cell, undefined])
    }
  })
})

describe('the instant of a date', () => {
  it('is in the program’s zone unless the date has its own', () => {
    const read = instantReader({ order: 'ymd', zone: 'Asia/Taipei' })
    expect(read('2024-05-01')).toEqual({ value: '2024-04-30T16:00:00Z' })
    expect(read('2024-05-01 08:30')).toEqual({ value: '2024-05-01T00:30:00Z' })
    expect(read('2024-05-01T08:30:00+09:00')).toEqual({ value: '2024-04-30T23:30:00Z' })
    expect(read('2024-05-01 10:23:45 -0400')).toEqual({ value: '2024-05-01T14:23:45Z' })
    expect(read('1714528800')).toEqual({ value: '2024-05-01T02:00:00Z' })
    expect(read('soon')).toEqual({ refused: 'import.date_unreadable' })
  })

  it('pain 17: takes the later where daylight saving skips a time, the earlier where it repeats one', () => {
    const read = instantReader({ order: 'ymd', zone: 'Europe/London' })
    expect(read('2011-03-27 00:59')).toEqual({ value: '2011-03-27T00:59:00Z' })
    expect(read('2011-03-27 01:30')).toEqual({ value: '2011-03-27T01:30:00Z', repair: 'repair.time_gap' })
    expect(read('2011-03-27 02:30')).toEqual({ value: '2011-03-27T01:30:00Z' })
    expect(read('2011-10-30 01:30')).toEqual({ value: '2011-10-30T00:30:00Z' })
    expect(read('2011-10-30 02:00')).toEqual({ value: '2011-10-30T02:00:00Z' })
    // São Paulo skipped midnight: the day begins at one.
    const brazil = instantReader({ order: 'ymd', zone: 'America/Sao_Paulo' })
    expect(brazil('2018-11-04')).toEqual({ value: '2018-11-04T03:00:00Z' })
  })
})

describe('the order of a column of dates', () => {
  it('is settled by one day above twelve', () => {
    expect(decideDateOrder(['9/7/11', '7/8/11', '3/14/11'])).toMatchObject({
      order: 'mdy',
      ambiguous: false,
      readable: 1,
    })
    expect(decideDateOrder(['01/02/2024', '13/02/2024'])).toMatchObject({ order: 'dmy', ambiguous: false })
    expect(decideDateOrder(['24/05/31', '24/12/01'])).toMatchObject({
      order: 'ymd',
      ambiguous: true,
      others: ['dmy'],
    })
    expect(decideDateOrder(['2024-05-01', '2024-05-31 10:00'])).toMatchObject({ order: 'ymd', ambiguous: false })
  })

  it('is a question when nothing settles it, answered first by the country', () => {
    const cells = ['01/02/2024', '03/04/2024']
    expect(decideDateOrder(cells, { country: 'US' })).toEqual({
      order: 'mdy',
      ambiguous: true,
      others: ['dmy'],
      readable: 1,
    })
    expect(decideDateOrder(cells, { country: 'GB' })).toMatchObject({ order: 'dmy', ambiguous: true })
    expect(narrowOrders(['dmy', 'mdy'], '04/25/2024')).toEqual(['mdy'])
  })

  it('is the Republic’s when one year has three digits', () => {
    expect(decideDateOrder(['99/05/01', '100/12/31', '113/01/01'])).toMatchObject({ order: 'roc', ambiguous: false })
  })
})
