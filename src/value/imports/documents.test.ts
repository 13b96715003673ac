import { describe, expect, test } from 'vitest'
import { documentOf, isRefusedDocument, type Document, type Making } from './documents.ts'
import type { StagedHead } from './mapping/staged.ts'
import type { IdentityRow, LineRow, OrderPayload, PlannedPiece } from './pieces.ts'

const making = { member_source: 'shop', names_are_skus: false }
const none: StagedHead = {
  paid_at: null,
  cancelled_at: null,
  subtotal_minor: null,
  total_minor: null,
  discount_minor: null,
  shipping_minor: null,
  tax_minor: null,
  refunded_minor: null,
  coupon: null,
}
const mary: IdentityRow = ['M1', null, null, null, 'Mary']

let row = 1
const sale = (sku: string, quantity: number, net: number): LineRow => [(row += 1), 0, quantity, net, net, row, sku]
const free = (sku: string, quantity: number, net: number): LineRow => [(row += 1), 1, quantity, net, net, row, sku]
const back = (sku: string, quantity: number, net: number, of: string | null = null): LineRow => [
  (row += 1),
  2,
  -quantity,
  -net,
  -net,
  row,
  sku,
  null,
  null,
  of,
]

function piece(lines: LineRow[], more: Partial<PlannedPiece> = {}, said: Partial<OrderPayload> = {}): PlannedPiece {
  const payload: OrderPayload = { member: mary, store: null, status: null, head: null, lines, ...said }
  return {
    document_no: 1,
    piece_no: lines[0]?.[0] ?? 1,
    source: 'shop',
    source_id: 'A1',
    occurred_at: new Date('2026-05-01T10:00:00Z'),
    is_torn: false,
    is_too_long: false,
    rows: lines.length,
    payload: JSON.stringify(payload),
    ...more,
  }
}

function made(pieces: PlannedPiece[]): Document {
  const document = documentOf(pieces, making)
  if (isRefusedDocument(document)) throw new Error(document.detail.code)
  return document
}

describe('a buyer', () => {
  const by = (identity: IdentityRow | null, more: Partial<Making> = {}) => {
    const document = documentOf([piece([sale('tea', 1, 100)], {}, { member: identity })], { ...making, ...more })
    if (isRefusedDocument(document)) throw new Error(document.detail.code)
    return document.orders[0]!.wire.member?.create_as
  }
  const phoneOnly: IdentityRow = [null, '+886912345678', null, null, '王小明']
  const nameOnly: IdentityRow = [null, null, null, null, '王小明']

  test('with an id or a card is a member; with a contact only a guest, unless the brand knows its members by it', () => {
    expect([by(mary), by(phoneOnly)]).toEqual(['member', 'guest'])
    const known = { contacts_are_members: true }
    expect([by(mary, known), by(phoneOnly, known), by(nameOnly, known)]).toEqual(['member', 'member', 'guest'])
  })
})

describe('a document', () => {
  test('of sales is one order, wherever its lines stand', () => {
    const document = made([
      piece([sale('tea', 2, 200)]),
      piece([sale('cake', 1, 60)], { occurred_at: new Date('2026-06-01T10:00:00Z') }),
    ])
    expect(document.orders).toHaveLength(1)
    expect(document.orders[0]!.wire).toMatchObject({
      kind: 'order',
      source_id: 'A1',
      status: 'completed',
      occurred_at: new Date('2026-05-01T10:00:00Z'),
      member: { external_id: { source: 'shop', id: 'M1' }, create_as: 'member' },
      lines: [
        { sku: 'tea', quantity: 2, net_minor: 200 },
        { sku: 'cake', quantity: 1, net_minor: 60 },
      ],
    })
  })

  test('tells of lines far away that name another buyer or day: the first hold', () => {
    const [first, near, other, later] = [sale('tea', 1, 1), sale('tea', 1, 2), sale('tea', 1, 3), sale('tea', 1, 4)]
    const document = made([
      piece([first]),
      // an hour later and with a phone besides: the same buyer on the same day
      piece(
        [near],
        { occurred_at: new Date('2026-05-01T11:00:00Z') },
        { member: ['M1', '+886912345678', null, null, 'M'] },
      ),
      piece([other], {}, { member: ['M2', null, null, null, 'Mary'] }),
      piece([later], { occurred_at: new Date('2026-05-03T10:00:00Z') }),
    ])
    const params = { same_as: first[0] }
    expect(document.notes).toEqual([
      { row: other[0], detail: { code: 'import.buyer_differs', params } },
      { row: later[0], detail: { code: 'import.date_differs', params } },
    ])
    expect(document.orders[0]!.wire.member).toMatchObject({ external_id: { id: 'M1' } })
  })

  test('says of its order what the first of its lines says', () => {
    const document = made([
      piece([sale('tea', 1, 1)], { occurred_at: null }, { member: null }),
      piece([sale('tea', 1, 1)], {}, { store: 'S1' }),
    ])
    expect(document.orders[0]!.wire).toMatchObject({ store: 'S1', member: { external_id: { id: 'M1' } } })
  })

  test('of a buyer known by a contact only makes a guest', () => {
    const document = made([piece([sale('tea', 1, 1)], {}, { member: [null, null, 'a@b.co', null, null] })])
    expect(document.orders[0]!.wire.member).toMatchObject({ email: 'a@b.co', create_as: 'guest' })
  })

  test('with returned lines is an order and a refund', () => {
    const document = made([piece([sale('tea', 2, 200), back('cake', 1, 60)])])
    expect(document.orders[0]!.wire.lines).toHaveLength(1)
    expect(document.refunds[0]!.wire).toMatchObject({
      source_id: 'A1',
      lines: [{ sku: 'cake', quantity: 1, net_minor: 60 }],
    })
    expect(document.refunds[0]!.wire.order).toBeUndefined()
  })

  test('that names originals makes a refund for each', () => {
    const document = made([piece([back('tea', 1, 100, 'B1'), back('cake', 1, 60, 'B2'), back('tea', 1, 100, 'B1')])])
    expect(document.refunds.map(({ wire, rows }) => [wire.source_id, wire.order, rows.length])).toEqual([
      ['A1/of-B1', { source_id: 'B1' }, 2],
      ['A1/of-B2', { source_id: 'B2' }, 1],
    ])
  })

  test('keeps free lines with what was sold, takes discount lines off it, and keeps write-offs apart', () => {
    const document = made([
      piece([sale('tea', 2, 200), free('sample', 1, 0), free('discount', 1, -50), free('broken', -3, 0)]),
    ])
    const [order, adjustment] = document.orders
    expect(order!.wire).toMatchObject({
      kind: 'order',
      discount_minor: 50,
      lines: [{ sku: 'tea' }, { sku: 'sample' }],
    })
    expect(order!.rows).toHaveLength(3)
    expect(adjustment!.wire).toMatchObject({
      kind: 'adjustment',
      source_id: 'A1/adjustment',
      lines: [{ sku: 'broken', quantity: -3 }],
    })
  })

  test('without a sale is an adjustment', () => {
    expect(made([piece([free('debt', 1, -1000), free('gift', 1, 0)])]).orders.map(({ wire }) => wire.kind)).toEqual([
      'adjustment',
    ])
  })

  test('with equal lines keeps them all and tells of them', () => {
    const line = sale('tea', 1, 100)
    const again: LineRow = [99, ...line.slice(1)] as LineRow
    const document = made([piece([line, again])])
    expect(document.orders[0]!.wire.lines).toHaveLength(2)
    expect(document).toMatchObject({
      duplicates: 1,
      notes: [{ row: 99, detail: { code: 'import.row_duplicate', params: { same_as: line[0] } } }],
    })
  })

  test('of which a row was refused, or without a time, is refused whole', () => {
    const torn = documentOf([piece([sale('tea', 1, 1)]), piece([], { is_torn: true, piece_no: 77 })], making)
    expect(torn).toMatchObject({ detail: { code: 'import.order_torn', params: { row_no: 77 } } })
    expect(documentOf([piece([sale('tea', 1, 1)], { occurred_at: null })], making)).toMatchObject({
      detail: { code: 'import.date_missing' },
    })
  })

  test('of whole orders gives money back of the order it names', () => {
    const line = back('', 1, 250, 'B1')
    line[6] = null
    expect(made([piece([line])]).refunds[0]!.wire).toMatchObject({ order: { source_id: 'B1' }, amount_minor: 250 })
  })
})

describe('lines that are what the buyer kept', () => {
  const said = { ...none, total_minor: 360, subtotal_minor: 300, shipping_minor: 60, refunded_minor: 100 }
  const order = (lines: LineRow[], head: StagedHead) => {
    const document = documentOf([piece(lines, {}, { head })], { ...making, lines_are_kept: true })
    if (isRefusedDocument(document)) throw new Error(document.detail.code)
    return document
  }

  test('leave nothing of the order to be refunded but what they exceed what was kept by', () => {
    const { orders, refunded, notes } = order([sale('tea', 2, 200), free('cup', 0, 0)], said)
    expect(orders[0]!.wire).toMatchObject({
      shipping_minor: 60,
      lines: [{ sku: 'tea', net_minor: 200 }, { sku: 'cup' }],
    })
    expect(refunded).toMatchObject({ total_minor: 100, kept_minor: 260 })
    expect(notes).toEqual([])
  })

  test('that come to less than what was kept are told', () => {
    expect(order([sale('tea', 1, 100)], said).notes).toMatchObject([{ detail: { code: 'import.total_differs' } }])
  })

  test('of an order of which nothing came back are held against its total', () => {
    const { refunded, notes } = order([sale('tea', 1, 100)], { ...said, total_minor: 160, refunded_minor: 0 })
    expect([refunded, notes]).toEqual([null, []])
  })
})
