import { describe, expect, it } from 'vitest'
import { rowsOf } from '../files/layout.ts'
import { guessMapping } from './headers.ts'
import { presetMapping, presetNamed, presetOf } from './presets.ts'
import { mapMembers, mapOrders } from './rows.ts'
import type { StagedLine, StagedMember } from './staged.ts'

const context = { currency: 'TWD', time_zone: 'Asia/Taipei', today: '2026-11-22' }

function orders(csv: string, name: string, currency = 'TWD'): StagedLine[] {
  const [header, ...rows] = rowsOf(csv, ',', true)
  const mapping = presetMapping(presetNamed(name), header!)
  const batch = { rows, numbers: rows.map((_, i) => i + 2), ragged: [], bytes_read: 0 }
  const { taken, refusals } = mapOrders(mapping, header!, { ...context, currency })(batch)
  expect(refusals).toEqual([])
  return taken
}

describe('an export of Shopify', () => {
  const csv =
    'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,' +
    'Subtotal,Shipping,Taxes,Total,Discount Code,' +
    'Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,' +
    'Lineitem compare at price,Lineitem sku,' +
    'Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Phone,' +
    'Cancelled at,Refunded Amount,Lineitem discount,Phone\n' +
    '#1001,ann@example.com,partially_refunded,2024-05-01 10:25:00 +0800,fulfilled,,yes,TWD,550,60,0,560,' +
    'MAY10,50,Post,2024-05-01 10:23:45 +0800,2,Oolong,' +
    "250,,OO-1,true,true,fulfilled,Ann Lee,'+886912345678,,100,0,\n" +
    '#1001,ann@example.com,,,,,,,,,,,,,,2024-05-01 10:23:45 +0800,1,"Cup, blue",60,,CU-1,true,true,' +
    'fulfilled,,,,,10,\n' +
    '#1002,bo@example.com,refunded,,,,no,TWD,250,0,0,250,,0,,2024-05-02 09:00:00 +0800,1,Oolong,250,,' +
    'OO-1,true,true,,Bo,,2024-05-03 09:00:00 +0800,250,0,\n'

  it('is recognised, its lines are read, and the order’s own columns come from its first line', () => {
    const [header, ...rows] = rowsOf(csv, ',', true)
    expect(guessMapping(header!, rows, { kind: 'orders' })).toMatchObject({
      mapping: { preset: 'shopify', order_columns: 'first_line' },
      missing: [],
    })
    const lines = orders(csv, 'shopify')
    expect(lines[0]).toMatchObject({
      source: 'shopify',
      source_id: '#1001',
      occurred_at: '2024-05-01T02:23:45Z',
      status: 'paid',
      quantity: 2,
      sku: 'OO-1',
      net_minor: 500,
      member: { email: 'ann@example.com', phone: '+886912345678', name: 'Ann Lee' },
      head: {
        total_minor: 560,
        shipping_minor: 60,
        discount_minor: 50,
        refunded_minor: 100,
        coupon: 'MAY10',
        paid_at: '2024-05-01T02:25:00Z',
      },
    })
    expect(lines[1]).toMatchObject({
      source_id: '#1001',
      product_name: 'Cup, blue',
      status: null,
      head: null,
      net_minor: 50,
      gross_minor: 60,
    })
    expect(lines[2]).toMatchObject({
      status: 'cancelled',
      head: { refunded_minor: 250, cancelled_at: '2024-05-03T01:00:00Z' },
    })
  })
})

describe('an export of WooCommerce (Advanced Order Export)', () => {
  it('is recognised and read', () => {
    const csv =
      'Order Number,Order Status,Order Date,First Name (Billing),Last Name (Billing),Email (Billing),' +
      'Phone (Billing),Payment Method Title,' +
      'Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,' +
      'Order Total Amount,Order Total Tax Amount,SKU,Item #,' +
      'Item Name,Quantity (- Refund),Item Cost,Coupon Code,Discount Amount,Discount Amount Tax\n' +
      '501,Completed,2024-05-01 14:05,小明,王,ming@example.tw,0912345678,Cash,20,260,60,0,300,0,T-1,1,Tea,2,' +
      '130,MAY,20,0\n' +
      '501,Completed,2024-05-01 14:05,小明,王,ming@example.tw,0912345678,Cash,20,260,60,0,300,0,T-2,2,Cake,0,90,MAY,20,0\n'
    expect(presetOf(rowsOf(csv, ',', true)[0]!, 'orders')?.name).toBe('woocommerce')
    const lines = orders(csv, 'woocommerce')
    expect(lines[0]).toMatchObject({
      source_id: '501',
      status: 'completed',
      net_minor: 260,
      member: { name: '王小明', phone: '+886912345678' },
      head: { total_minor: 300, discount_minor: 20, shipping_minor: 60, coupon: 'MAY' },
    })
    expect(lines[1]).toMatchObject({ quantity: 0, net_minor: 0, kind: 'order' })
  })

  it('with quantities that are what the buyer kept says so, with those that were bought not', () => {
    const shared = ['Order Number', 'Order Status', 'Order Date', 'Item Name', 'Item Cost']
    const keeps = (quantity: string) =>
      presetMapping(presetNamed('woocommerce'), [...shared, quantity]).lines_are_kept
    expect([keeps('Quantity (- Refund)'), keeps('Quantity')]).toEqual([true, undefined])
  })
})

describe('UCI Online Retail', () => {
  it('has orders, cancellations, and adjustments that earn nothing', () => {
    const head = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n'
    const rows = [
      '536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom',
      'C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom',
      '536589,21777,,-10,2010-12-01 16:50:00,0,,United Kingdom',
      '536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom',
      'A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom',
      'A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom',
      '550193,PADS,PADS,1,2011-04-15 09:27:00,0.001,13952,United Kingdom',
    ]
    const lines = orders(head + rows.join('\n'), 'uci-online-retail', 'GBP')
    expect(lines.map(({ kind, net_minor }) => [kind, net_minor])).toEqual([
      ['order', 1530],
      ['refund', -2750],
      ['adjustment', 0],
      ['adjustment', 0],
      ['adjustment', -1106206],
      ['adjustment', 1106206],
      ['order', 0],
    ])
    expect(lines[0]).toMatchObject({
      occurred_at: '2010-12-01T08:26:00Z',
      member: { external_id: '17850' },
      source: 'online-retail',
    })
    expect(lines[4]!.occurred_at).toBe('2011-08-12T13:51:00Z')
    expect(lines[2]!.member).toBeNull()
  })

  it('refuses a file of another shape', () => {
    const wrong = (): unknown => presetMapping(presetNamed('uci-online-retail'), ['InvoiceNo', 'StockCode'])
    expect(wrong).toThrowError(
      expect.objectContaining({
        code: 'import.preset_mismatch',
        params: expect.objectContaining({ columns: ['InvoiceDate', 'UnitPrice', 'CustomerID'] }),
      }),
    )
    expect(() => presetNamed('lotus-notes')).toThrowError(expect.objectContaining({ code: 'import.preset_unknown' }))
  })
})

describe('customers of Shopify', () => {
  it('are recognised and read', () => {
    const csv =
      'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,' +
      'Default Address Phone,Phone,Accepts SMS Marketing,' +
      'Total Spent,Total Orders,Tags,Note,Tax Exempt\n' +
      '\'6123,Ann,Lee,ann@example.com,yes,,,\'+886912345678,no,560.00,1,"vip, tea",,no\n'
    const [header, ...rows] = rowsOf(csv, ',', true)
    const preset = presetOf(header!, 'members')!
    const map = mapMembers(presetMapping(preset, header!), header!, context)
    const [ann] = map({ rows, numbers: [2], ragged: [], bytes_read: 0 }).taken as [StagedMember]
    expect(ann).toMatchObject({
      external_id: '6123',
      name: 'Ann Lee',
      email: 'ann@example.com',
      phone: '+886912345678',
      consent_email: true,
      consent_sms: false,
      tags: ['vip', 'tea'],
    })
  })
})
