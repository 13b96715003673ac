import { describe, expect, it } from 'vitest'
import type { Batch } from '../files/csv.ts'
import { emptyMapping, type Mapping } from './mapping.ts'
import { mapOrders, type Mapped } from './rows.ts'
import type { StagedLine } from './staged.ts'

const context = { currency: 'TWD', time_zone: 'Asia/Taipei', today: '2026-11-22' }

function batch(rows: string[][]): Batch {
  return { rows, numbers: rows.map((_, i) => i + 2), ragged: [], bytes_read: 0 }
}

/** Maps rows written as `field: cell`; columns are named as their fields. */
function mapped(cells: Record<string, string>[], change: Partial<Mapping> = {}, given = context): Mapped<StagedLine> {
  const header = [...new Set(cells.flatMap((row) => Object.keys(row)))]
  const columns = Object.fromEntries(header.map((name) => [name, name]))
  const mapping = { ...emptyMapping('orders', { source: 'till' }), columns, ...change }
  return mapOrders(mapping, header, given)(batch(cells.map((row) => header.map((name) => row[name] ?? ''))))
}

const line = (
  cells: Record<string, string>,
  change?: Partial<Mapping>,
  given?: typeof context,
): StagedLine | undefined => mapped([cells], change, given).taken[0]

const tea = {
  order_id: 'A1',
  occurred_at: '2024-05-01 14:05',
  quantity: '2',
  unit_price: '65',
  member_phone: '0912345678',
}

describe('a line of an order', () => {
  it('is read whole', () => {
    const cells = {
      ...tea,
      sku: 'T-1',
      product_name: ' 珍珠奶茶 ',
      category: '茶',
      store: '信義店',
      status: '已完成',
      coupon: 'MAY',
      member_name: '王小明',
    }
    expect(line(cells)).toEqual({
      row: 2,
      kind: 'order',
      source: 'till',
      source_id: 'A1',
      line_id: null,
      occurred_at: '2024-05-01T06:05:00Z',
      status: 'completed',
      store: '信義店',
      member: { external_id: null, phone: '+886912345678', email: null, card: null, name: '王小明' },
      sku: 'T-1',
      product_name: '珍珠奶茶',
      category: '茶',
      quantity: 2,
      unit_price: '65',
      net_minor: 130,
      gross_minor: 130,
      currency: 'TWD',
      refund_of: null,
      head: {
        paid_at: null,
        cancelled_at: null,
        subtotal_minor: null,
        total_minor: null,
        discount_minor: null,
        shipping_minor: null,
        tax_minor: null,
        refunded_minor: null,
        coupon: 'MAY',
      },
      repairs: [],
    })
  })

  it('is rounded once, half away from zero, in the decimals of the currency', () => {
    const cells = { ...tea, quantity: '0.35', unit_price: '99.9' }
    expect(line(cells)).toMatchObject({ quantity: 0.35, unit_price: '99.9', net_minor: 35 })
    expect(line(cells, {}, { ...context, currency: 'GBP' })).toMatchObject({ net_minor: 3497 })
    expect(line({ ...cells, quantity: '3', unit_price: '0.335' }, {}, { ...context, currency: 'GBP' })).toMatchObject(
      {
        net_minor: 101,
      },
    )
  })

  it('costs its own total where there is one, else price less discount of either sign', () => {
    expect(line({ ...tea, line_total: '120' })).toMatchObject({ net_minor: 120, gross_minor: 130 })
    expect(line({ ...tea, line_discount: '10' })).toMatchObject({ net_minor: 120, gross_minor: 130 })
    expect(line({ ...tea, line_discount: '-10' })).toMatchObject({ net_minor: 120, gross_minor: 130 })
    expect(line({ ...tea, unit_price: '', line_total: '120', line_discount: '10' })).toMatchObject({
      net_minor: 120,
      gross_minor: 130,
    })
  })

  it('has its date and time in two columns, if the till writes so', () => {
    expect(line({ ...tea, occurred_at: '113/05/01', occurred_time: '下午 2:05' })).toMatchObject({
      occurred_at: '2024-05-01T06:05:00Z',
      repairs: [{ column: 'occurred_at', code: 'repair.roc_year' }],
    })
  })

  it('shows each repair with what stood there', () => {
    const cells = { ...tea, member_phone: '912345678', unit_price: 'NT$1,280', quantity: '', occurred_at: '45413' }
    expect(line(cells)!.repairs).toEqual([
      { column: 'occurred_at', code: 'repair.serial_date', from: '45413', to: '2024-04-30T16:00:00Z' },
      { column: 'quantity', code: 'repair.quantity_assumed', from: '', to: '1' },
      { column: 'unit_price', code: 'repair.currency_mark', from: 'NT$1,280', to: '1280' },
      { column: 'member_phone', code: 'repair.phone_zero', from: '912345678', to: '+886912345678' },
    ])
  })

  it('is refused with all its reasons at once', () => {
    const { taken, refusals } = mapped([
      { ...tea, order_id: '', occurred_at: '2024-02-30', quantity: 'two', unit_price: '1,28' },
    ])
    expect(taken).toEqual([])
    expect(refusals).toEqual([
      { row: 2, column: 'order_id', code: 'import.order_id_missing', value: '' },
      { row: 2, column: 'occurred_at', code: 'import.date_unreadable', value: '2024-02-30' },
      { row: 2, column: 'quantity', code: 'import.quantity_unreadable', value: 'two' },
      { row: 2, column: 'unit_price', code: 'import.amount_unreadable', value: '1,28' },
    ])
  })

  it('is refused when its cells have slipped', () => {
    const map = mapOrders(
      { ...emptyMapping('orders'), columns: { order_id: 'a', occurred_at: 'b', order_total: 'c' } },
      ['a', 'b', 'c'],
      context,
    )
    const { refusals } = map(
      batch([
        ['1', '2024-05-01', '5', '6'],
        ['2', '2024-05-01', ''],
      ]),
    )
    expect(refusals.map(({ row, code }) => [row, code])).toEqual([
      [2, 'import.row_too_long'],
      [3, 'import.amount_missing'],
    ])
  })

  it('keeps a character nobody can decode, and says so; an identifier with one is refused', () => {
    expect(line({ ...tea, product_name: '珍珠\ufffd茶' })!.repairs).toMatchObject([
      { code: 'repair.characters_lost' },
    ])
    expect(mapped([{ ...tea, order_id: 'A\ufffd1' }]).refusals).toMatchObject([
      { code: 'import.characters_unreadable' },
    ])
  })
})

describe('what is too long', () => {
  it('is refused as an identifier and cut as a text', () => {
    expect(mapped([{ ...tea, order_id: 'x'.repeat(201) }]).refusals).toMatchObject([{ code: 'import.id_too_long' }])
    const long = line({ ...tea, product_name: 'x'.repeat(3000) })!
    expect([long.product_name!.length, long.repairs[0]!.code]).toEqual([2000, 'repair.text_cut'])
  })
})

describe('the buyer', () => {
  it('is a guest when nothing says who, or a word says so', () => {
    expect(line({ ...tea, member_phone: '', member_name: '王小明' })!.member).toBeNull()
    for (const word of ['散客', 'Guest', '非會員', '0', '-']) {
      expect(line({ ...tea, member_phone: '', member_external_id: word })!.member).toBeNull()
    }
  })

  it('loses a telephone that is destroyed as long as something else says who', () => {
    const cells = { ...tea, member_phone: '8.86912E+11', member_email: 'a@b.tw' }
    expect(line(cells)).toMatchObject({
      member: { phone: null, email: 'a@b.tw' },
      repairs: [
        {
          column: 'member_phone',
          code: 'repair.left_out',
          from: '8.86912E+11',
          to: '',
          reason: 'import.phone_destroyed',
        },
      ],
    })
    expect(mapped([{ ...tea, member_phone: '8.86912E+11' }]).refusals).toEqual([
      { row: 2, column: 'member_phone', code: 'import.phone_destroyed', value: '8.86912E+11' },
    ])
  })

  it('is named by parts, family name first in Chinese', () => {
    const named = (first: string, last: string): string | null | undefined =>
      line({ ...tea, member_first_name: first, member_last_name: last })!.member?.name
    expect([named('小明', '王'), named('Ann', 'Lee'), named('Ann', '')]).toEqual(['王小明', 'Ann Lee', 'Ann'])
  })
})

describe('what comes back', () => {
  it('is a refund by word, by the order it names, or by a negative quantity', () => {
    expect(line({ ...tea, kind: '退貨' })).toMatchObject({
      kind: 'refund',
      quantity: -2,
      net_minor: -130,
      repairs: [{ code: 'repair.sign_turned' }],
    })
    expect(line({ ...tea, quantity: '-2', refund_of: 'A0' })).toMatchObject({
      kind: 'refund',
      refund_of: 'A0',
      net_minor: -130,
      repairs: [],
    })
    expect(line({ ...tea, quantity: '-1' })).toMatchObject({ kind: 'refund', quantity: -1, net_minor: -65 })
    expect(line({ ...tea, quantity: '-1', line_discount: '5' })).toMatchObject({ kind: 'refund', net_minor: -60 })
  })

  it('is what the mapping says of negative quantities', () => {
    expect(line({ ...tea, quantity: '-1' }, { negative_lines: 'adjustment' })).toMatchObject({
      kind: 'adjustment',
      net_minor: -65,
    })
    expect(mapped([{ ...tea, quantity: '-1' }], { negative_lines: 'refuse' }).refusals).toMatchObject([
      { code: 'import.negative_refused' },
    ])
  })

  it('is no refund but a discount line when only the amount is negative', () => {
    expect(line({ ...tea, quantity: '1', unit_price: '-20' })).toMatchObject({ kind: 'adjustment', net_minor: -20 })
  })

  it('of a whole order is a refund of its total', () => {
    expect(line({ order_id: 'A1', occurred_at: '2024-05-01', order_total: '-80' })).toMatchObject({
      kind: 'refund',
      quantity: -1,
      net_minor: -80,
    })
  })
})

describe('an order of one row', () => {
  it('has its total less shipping as its line', () => {
    const cells = {
      order_id: 'A1',
      occurred_at: '2024-05-01',
      order_total: '1,280',
      shipping: '80',
      order_discount: '-20',
    }
    expect(line(cells)).toMatchObject({
      kind: 'order',
      quantity: 1,
      unit_price: null,
      net_minor: 1200,
      head: { total_minor: 1280, shipping_minor: 80, discount_minor: 20 },
      repairs: [{ column: 'order_total', code: 'repair.thousands', from: '1,280', to: '1280' }],
    })
  })
})

describe('money of another currency', () => {
  it('is exchanged by the rate of its row, else refused', () => {
    const cells = { ...tea, currency: 'US$', unit_price: '10.50', exchange_rate: '32.15' }
    expect(line(cells)).toMatchObject({ currency: 'TWD', net_minor: 675 })
    expect(line({ ...tea, currency: 'NT$' })).toMatchObject({ net_minor: 130 })
    expect(mapped([{ ...tea, currency: 'USD' }]).refusals).toMatchObject([
      { code: 'import.currency_foreign', value: 'USD' },
    ])
  })
})

describe('a mapping', () => {
  it('is refused with every place that does not fit', () => {
    const mapping = { ...emptyMapping('orders'), columns: { order_id: 'id', price: 'x', store: 'shop' } }
    const broken = (): unknown => mapOrders(mapping, ['id', 'date'], context)
    expect(broken).toThrowError(
      expect.objectContaining({
        code: 'import.mapping_invalid',
        errors: [
          { pointer: '/columns/price', code: 'import.field_unknown', params: { field: 'price' } },
          { pointer: '/columns/store', code: 'import.column_not_found', params: { column: 'shop' } },
          { pointer: '/columns', code: 'import.field_required', params: { fields: ['occurred_at'] } },
          {
            pointer: '/columns',
            code: 'import.field_required',
            params: { fields: ['line_total', 'unit_price', 'order_total'] },
          },
        ],
      }),
    )
    const foreign = (): unknown => mapped([tea], { currency: 'GBP' })
    expect(foreign).toThrowError(expect.objectContaining({ code: 'import.currency_foreign' }))
  })
})
