import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { rowsOf } from '../files/layout.ts'
import { guessMapping, type Guess } from './headers.ts'
import { inspectFile } from './inspect.ts'
import { parseMapping } from './mapping.ts'

function guess(csv: string, kind: 'orders' | 'members' = 'orders', country = 'TW'): Guess {
  const [header, ...rows] = rowsOf(csv, ',', true)
  return guessMapping(header!, rows, { kind, country })
}

describe('the columns of a file of orders', () => {
  it('are guessed from Traditional Chinese', () => {
    const csv =
      '訂單編號,訂單日期,門市,會員編號,會員手機,會員姓名,商品編號,商品名稱,商品分類,數量,單價,小計,折扣金額,運費,實付金額,付款狀態,優惠券\n' +
      'A1,113/05/01,信義店,M1,0912345678,王小明,T1,奶茶,飲料,2,65,130,10,0,180,已付款,\n' +
      'A1,113/05/01,信義店,M1,0912345678,王小明,C1,蛋糕,點心,1,60,60,10,0,180,已付款,\n' +
      'A2,113/05/31,公館店,M2,0922345678,林淑芬,T1,奶茶,飲料,1,65,65,0,0,65,已付款,\n'
    const found = guess(csv)
    expect(found.mapping.columns).toEqual({
      order_id: '訂單編號',
      occurred_at: '訂單日期',
      store: '門市',
      member_external_id: '會員編號',
      member_phone: '會員手機',
      member_name: '會員姓名',
      sku: '商品編號',
      product_name: '商品名稱',
      category: '商品分類',
      quantity: '數量',
      unit_price: '單價',
      line_total: '小計',
      order_discount: '折扣金額',
      shipping: '運費',
      order_total: '實付金額',
      status: '付款狀態',
      coupon: '優惠券',
    })
    expect(found).toMatchObject({ missing: [], ambiguous_dates: [], mapping: { date_order: { occurred_at: 'roc' } } })
  })

  it('are guessed from Simplified Chinese and Japanese', () => {
    const taobao =
      '订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝总数量,店铺名称\n' +
      '1001,tb_1,130.00,交易成功,王小明,13812345678,2024-05-01 14:05:00,2024-05-01 14:06:00,奶茶,2,旗舰店\n'
    expect(guess(taobao, 'orders', 'CN').mapping.columns).toEqual({
      order_id: '订单编号',
      member_external_id: '买家会员名',
      order_total: '买家实际支付金额',
      status: '订单状态',
      member_name: '收货人姓名',
      member_phone: '联系手机',
      occurred_at: '订单创建时间',
      paid_at: '订单付款时间',
      product_name: '宝贝标题',
      quantity: '宝贝总数量',
      store: '店铺名称',
    })
    const japan =
      '注文番号,注文日時,会員番号,商品名,個数,単価,合計金額,送料,電話番号\n1,2024/05/01 14:05,M1,煎茶,2,500,1000,0,090-1234-5678\n'
    expect(guess(japan, 'orders', 'JP').mapping.columns).toEqual({
      order_id: '注文番号',
      occurred_at: '注文日時',
      member_external_id: '会員番号',
      product_name: '商品名',
      quantity: '個数',
      unit_price: '単価',
      order_total: '合計金額',
      shipping: '送料',
      member_phone: '電話番号',
    })
  })

  it('tell an amount of the order from one of the line by what stands in them', () => {
    const lines = ['A1,10,30', 'A1,20,30', 'A2,5,12', 'A2,7,12', 'A3,1,3', 'A3,2,3'].map((line) => line.split(','))
    const csv = (first: string, second: string): string =>
      `order id,date,sku,${first},${second}\n${lines
        .map(([id, a, b]) => `${id},2024-05-01,S${a},${a},` + `${b}`)
        .join('\n')}\n`
    expect(guess(csv('total', 'x')).mapping.columns).toMatchObject({ line_total: 'total' })
    expect(guess(csv('x', 'amount')).mapping.columns).toMatchObject({ order_total: 'amount' })
  })

  it('are guessed from cells where names say nothing', () => {
    const csv =
      'c1,c2,c3,c4\nTX-100,2024-05-01 10:00,ann@example.com,80.50\nTX-101,2024-05-02 10:00,bo@example.com,12.00\n'
    const found = guess(csv)
    expect(found.mapping.columns).toEqual({
      order_id: 'c1',
      occurred_at: 'c2',
      member_email: 'c3',
      order_total: 'c4',
    })
    expect(found.fields.every(({ confidence, by }) => by === 'cells' && confidence < 0.9)).toBe(true)
  })

  it('leave open what nobody could know', () => {
    const found = guess('order id,when,total\nA1,03/04/2024,80\nA2,05/06/2024,12\n')
    expect(found.ambiguous_dates).toMatchObject([{ field: 'occurred_at', order: 'dmy', others: ['mdy'] }])
    expect(guess('member,note\nx,y\n').missing).toContainEqual(['occurred_at'])
  })

  it('do not take a column whose cells are something else', () => {
    const found = guess('order id,date,total,phone\nA1,2024-05-01,80,ann@example.com\n')
    expect(found.mapping.columns).toMatchObject({ member_email: 'phone' })
    expect(found.mapping.columns['member_phone']).toBeUndefined()
  })

  it('map the whole of a simple export: names as identifiers, month first, one total an order', () => {
    const csv =
      'order_date,order_id,customer,grand_total\n9/7/11,CA-2011-100006,Dennis Kane,378\n' +
      '3/14/11,CA-2011-100293,Neil Französisch,91\n'
    expect(guess(csv).mapping).toMatchObject({
      columns: {
        occurred_at: 'order_date',
        order_id: 'order_id',
        member_external_id: 'customer',
        order_total: 'grand_total',
      },
      date_order: { occurred_at: 'mdy' },
      external_id_is_name: true,
    })
  })
})

describe('the columns of a file of members', () => {
  it('are guessed in three languages', () => {
    const csv =
      '會員編號,姓名,手機,電子信箱,生日,性別,入會日期,所屬門市,會員等級,點數餘額,點數到期日,同意簡訊,備註,鞋號\n' +
      'M1,王小明,0912345678,a@b.tw,75/03/12,男,112/01/31,信義店,金卡,1250,2026/12/31,是,,42\n'
    const found = guess(csv, 'members')
    expect(found.mapping.columns).toEqual({
      external_id: '會員編號',
      name: '姓名',
      phone: '手機',
      email: '電子信箱',
      birth_date: '生日',
      gender: '性別',
      joined_at: '入會日期',
      home_store: '所屬門市',
      tier: '會員等級',
      points_opening: '點數餘額',
      points_expires_on: '點數到期日',
      consent_sms: '同意簡訊',
      note: '備註',
    })
    expect(found.unused).toEqual(['鞋號'])
    const english =
      'Loyalty Number,First Name,Surname,Mobile,Date of Birth,Member Since,Points Accumulated,' +
      'Points Redeemed\n1,Ann,Lee,0912345678,1990-01-02,2020-05-06,100,20\n'
    expect(guess(english, 'members').mapping.columns).toEqual({
      external_id: 'Loyalty Number',
      first_name: 'First Name',
      last_name: 'Surname',
      phone: 'Mobile',
      birth_date: 'Date of Birth',
      joined_at: 'Member Since',
      points_accumulated: 'Points Accumulated',
      points_redeemed: 'Points Redeemed',
    })
  })
})

describe('a guess', () => {
  it('is a mapping that can be written down, sent and read again', () => {
    const { mapping } = guess('order id,when,total\nA1,03/04/2024,80\n')
    expect(parseMapping(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping)
    const wrong = { ...mapping, decimal: ';', date_order: { occurred_at: 'backwards' }, colour: 'red' }
    expect(() => parseMapping(wrong)).toThrowError(expect.objectContaining({ code: 'request.invalid' }))
  })
})

describe('looking at a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-inspect-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('reads on where the first rows leave the order of dates open', async () => {
    const path = join(folder, 'late.csv')
    const rows = Array.from({ length: 12_000 }, (_, i) => `A${i},0${(i % 9) + 1}/05/2024,80`)
    writeFileSync(path, `order id,date,total\n${rows.join('\n')}\nB1,03/25/2024,80\n`)
    const { guess: found, sample } = await inspectFile(path, { kind: 'orders', country: 'GB' })
    expect(found.mapping.date_order).toEqual({ occurred_at: 'mdy' })
    expect(found.ambiguous_dates).toEqual([])
    expect(sample).toHaveLength(20)
  })
})
