import { spawn } from 'node:child_process'
import { createWriteStream, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import * as points from '../points/points.ts'
import { actor, csvOf, openBringing, type Bringing } from '../../../test/bringing.ts'
import { size } from '../../../test/database.ts'
import * as imports from './imports.ts'
import { orphans } from './queries.ts'
import { resultLines } from './downloads.ts'

let shop: Bringing
beforeAll(async () => {
  shop = await openBringing()
})
afterAll(() => shop.close())

const header = [
  'order_id',
  'order_date',
  'store',
  'customer_id',
  'sku',
  'product_name',
  'quantity',
  'unit_price',
] as const
type Row = readonly (string | number)[]
const file = (rows: readonly Row[]) => csvOf([header, ...rows])
/** Orders of one customer each, two lines an order. */
const orders = (prefix: string, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const own = [
      `${prefix}${i}`,
      `2026-03-${String(1 + (i % 28)).padStart(2, '0')} 10:00`,
      'S1',
      `${prefix}-C${i % 5}`,
    ]
    return [
      [...own, 'tea', 'Tea', 2, 65],
      [...own, 'cake', 'Cake', 1, 90],
    ]
  }).flat()

async function ordersOf(prefix: string) {
  return shop.db.rows<{
    source_id: string
    kind: string
    net_minor: number
    who: string
    refunded_minor: number
    lines: number
  }>(sql`
    select o.source_id, o.kind, o.net_minor, o.refunded_minor, m.kind as who,
      (select count(*)::int from order_lines l where l.member_id = o.member_id and l.order_id = o.order_id) as lines
    from orders o join members m using (member_id) where o.source_id like ${`${prefix}%`}::text order by o.source_id`)
}

describe('a file of orders', () => {
  test('comes in whole: orders, members, products, points', async () => {
    const done = await shop.bring(file(orders('a', 10)))
    expect(done).toMatchObject({
      status: 'done',
      stage: null,
      runner: null,
      error: null,
      counts: { rows: 20, orders: 10, members: 5, placed: 10, refused: 0, duplicates: 0, cancellations: 0 },
      progress: { rows_read: 20, rows_booked: 20 },
    })
    expect(await ordersOf('a')).toHaveLength(10)
    expect((await ordersOf('a'))[0]).toMatchObject({ kind: 'order', net_minor: 220, who: 'member', lines: 2 })
    const earned = await shop.db.row(sql`
      select sum(points)::int as points from point_entries e join members m using (member_id) where m.external_id like 'a-C%'`)
    expect(earned).toEqual({ points: expect.any(Number) })
    expect(
      await shop.db.row(
        sql`select count(*)::int as left from import_pieces where import_id = ${done.import_id}::uuid`,
      ),
    ).toEqual({ left: 0 })
  })

  test('pain 25: brought twice, even under another name, changes nothing', async () => {
    const text = file([...orders('b', 12), ['b3-R', '2026-04-01 09:00', 'S1', 'b-C3', 'tea', 'Tea', -1, 65]])
    await shop.bring(text, { name: 'march.csv' })
    const before = await shop.books()
    const again = await shop.bring(text, { name: 'march (1).csv' })
    expect(again.counts).toMatchObject({
      orders: 12,
      cancellations: 1,
      members: 5,
      placed: 0,
      changed: 0,
      unchanged: 13,
    })
    expect(await shop.books()).toEqual(before)
  })

  test('tells where rows of one order name two buyers or two days, near or far: the first hold', async () => {
    const row = (at: string, buyer: string) => ['say-x', at, 'S1', buyer, 'tea', 'Tea', 1, 65]
    const rows = [
      row('2026-03-05 10:00', 'say-A'),
      row('2026-03-05 18:00', 'say-A'),
      row('2026-03-07 10:00', 'say-B'),
      ...orders('say-', 6_000),
      row('2026-03-05 10:00', 'say-C'),
    ]
    const done = await shop.bring(file(rows))
    expect(done.counts).toMatchObject({ orders: 6_001, refused: 0 })
    expect(await shop.said(done.import_id)).toEqual([
      '4 noted import.buyer_differs,import.date_differs',
      '12005 noted import.buyer_differs',
    ])
    expect(await ordersOf('say-x')).toMatchObject([{ net_minor: 260, lines: 4 }])
  })

  test('may have the lines of an order far apart', async () => {
    // farther apart than rows are read and written together
    const filler = orders('far-', 6_000)
    const own = ['far-x', '2026-03-05 10:00', 'S1', 'far-X']
    const rows = [
      [...own, 'tea', 'Tea', 1, 65],
      ...filler,
      [...own, 'cake', 'Cake', 1, 90],
      ...orders('near-', 10),
      [...own, 'jam', 'Jam', 2, 10],
    ]
    const done = await shop.bring(file(rows))
    expect(done.counts).toMatchObject({ orders: 6_011, refused: 0 })
    expect(await ordersOf('far-x')).toMatchObject([{ net_minor: 175, lines: 3 }])
  })

  test('gives the same books whatever the order of its rows', async () => {
    const rows = [
      ...orders('s', 8),
      ['s-R1', '2026-03-20 10:00', 'S1', 's-C1', 'tea', 'Tea', -1, 65],
      ['s-R2', '2026-03-06 10:00', 'S1', 's-C4', 'cake', 'Cake', -3, 90],
      ['s-G', '2026-03-06 10:00', 'S1', '', 'cake', 'Cake', 1, 90],
    ]
    const straight = await openBringing()
    await straight.bring(file(rows))
    const wanted = await straight.books()
    await straight.close()
    const shuffled = fc.shuffledSubarray(rows, { minLength: rows.length })
    await fc.assert(
      fc.asyncProperty(shuffled, async (mixed) => {
        const other = await openBringing()
        try {
          await other.bring(file(mixed))
          const got = await other.books()
          // an order keeps its lines in the order of the file
          expect({ ...got, lines: bare(got['lines']!), refund_lines: bare(got['refund_lines']!) }).toEqual({
            ...wanted,
            lines: bare(wanted['lines']!),
            refund_lines: bare(wanted['refund_lines']!),
          })
        } finally {
          await other.close()
        }
      }),
      { numRuns: 4 },
    )
  })

  test('with cancellations: refunds that name no original take the newest earlier lines, the rest is unmatched', async () => {
    const done = await shop.bring(
      file([
        ['c1', '2026-03-01 10:00', 'S1', 'c-C', 'tea', 'Tea', 2, 50],
        ['c2', '2026-03-02 10:00', 'S1', 'c-C', 'tea', 'Tea', 1, 50],
        ['c3', '2026-03-03 10:00', 'S1', 'c-C', 'tea', 'Tea', -2, 50],
        ['c4', '2026-03-04 10:00', 'S1', 'c-C', 'jam', 'Jam', -1, 30],
      ]),
    )
    expect(done.counts).toMatchObject({ orders: 2, cancellations: 2, unmatched: 1, unmatched_minor: 30 })
    expect(await ordersOf('c')).toMatchObject([
      { source_id: 'c1', refunded_minor: 50 },
      { source_id: 'c2', refunded_minor: 50 },
    ])
    expect(await shop.said(done.import_id)).toEqual(['5 noted refund.unmatched'])
  })

  test('leaves guests guests, and receipts without a buyer to nobody', async () => {
    const rows = [
      ['order_id', 'date', 'customer_id', 'email', 'total'],
      ['g1', '2026-03-01', '', 'guest@example.com', 90],
      ['g2', '2026-03-01', 'g-M', 'm@example.com', 90],
      ['g3', '2026-03-01', '', '', 90],
    ]
    const done = await shop.bring(csvOf(rows))
    expect(done.counts).toMatchObject({ orders: 3, members: 1, guests: 1 })
    expect((await ordersOf('g')).map(({ who }) => who)).toEqual(['guest', 'member', 'walk_in'])
    const [walk] = await shop.db.rows(sql`
      select from member_statistics s join members m using (member_id) where m.kind = 'walk_in'`)
    expect(walk).toBeUndefined()
  })

  test('that a shop refunds by sums adds only what is new', async () => {
    const shopify = (refunded: number, status: string) =>
      csvOf([
        [
          'Name',
          'Email',
          'Financial Status',
          'Created at',
          'Lineitem quantity',
          'Lineitem name',
          'Lineitem price',
          'Lineitem sku',
          'Total',
          'Refunded Amount',
        ],
        ['#h1', 'h@example.com', status, '2026-03-01 10:00:00 +0800', 2, 'Tea', 100, 'tea', 200, refunded],
      ])
    await shop.bring(shopify(0, 'paid'))
    const partly = await shop.bring(shopify(50, 'partially_refunded'))
    expect(partly.counts).toMatchObject({ orders: 1, cancellations: 1 })
    const further = await shop.bring(shopify(80, 'partially_refunded'))
    expect(further.counts).toMatchObject({ cancellations: 1 })
    expect(await ordersOf('#h1')).toMatchObject([{ net_minor: 200, refunded_minor: 80 }])
    // the order and its refund: both of the file, both in the books already
    expect((await shop.bring(shopify(80, 'partially_refunded'))).counts).toMatchObject({
      cancellations: 1,
      placed: 0,
      unchanged: 2,
    })
  })

  test('whose lines are what the buyer kept counts what came back once, whenever it is brought', async () => {
    const woocommerce = (no: string, cups: number, refunded: number) =>
      csvOf([
        [
          'Order Number',
          'Order Status',
          'Order Date',
          'Email (Billing)',
          'Order Subtotal Amount',
          'Order Shipping Amount',
          'Order Refund Amount',
          'Order Total Amount',
          'SKU',
          'Item Name',
          'Quantity (- Refund)',
          'Item Cost',
        ],
        ...[
          ['TEA', 'Oolong', 2, 100],
          ['CUP', 'Cup', cups, 100],
        ].map((line) => [
          no,
          'Completed',
          '2026-05-03 10:00',
          'bob@woo.example',
          '300',
          '60',
          refunded,
          '360',
          ...line,
        ]),
      ])
    const netOf = async (no: string) => {
      const [order] = await ordersOf(no)
      return order!.net_minor - order!.refunded_minor
    }
    await shop.bring(woocommerce('WOO1', 1, 0))
    expect(await netOf('WOO1')).toBe(360)
    // the cup came back: first brought before, first brought after
    for (const no of ['WOO1', 'WOO2']) {
      expect((await shop.bring(woocommerce(no, 0, 100))).counts).toMatchObject({ refused: 0 })
      expect(await netOf(no)).toBe(260)
    }
    // and then its shipping, without a line
    for (const no of ['WOO1', 'WOO2', 'WOO3']) {
      await shop.bring(woocommerce(no, 0, 160))
      expect(await netOf(no)).toBe(200)
      expect((await shop.bring(woocommerce(no, 0, 160))).counts).toMatchObject({ placed: 0 })
    }
  })

  test.each(['big5', 'gb18030', 'shift_jis'])(
    'in %s is read as it was written when its encoding is named',
    async (encoding) => {
      const bytes = encoded[encoding]!
      const done = await shop.bring(bytes.file, { encoding })
      expect(done.counts).toMatchObject({ orders: 1, refused: 0 })
      expect(await shop.db.row(sql`select name from products where sku = ${`sku-${encoding}`}::text`)).toEqual({
        name: bytes.name,
      })
    },
  )

  test('whose encoding nobody can tell is not begun before somebody says', async () => {
    const text = 'order_id,date,customer_id,total,note\nx1,2026-03-01,C1,10,'
    const unclear = Buffer.concat([Buffer.from(text), Buffer.from([0xb0, 0xa1, 0x0a])])
    const kept = await shop.keep(unclear)
    if (kept.inspection.is_certain) throw new Error('the guess is certain')
    expect(kept.inspection.candidates.length).toBeGreaterThan(1)
    await expect(
      shop.db.tx({ actor }, (tx) => imports.start(tx, kept.import_id, { as_job: false })),
    ).rejects.toMatchObject({ code: 'import.encoding_uncertain' })
  })
})

/** Runs the import in a process of its own; with rows it is killed in the middle of booking as many. */
async function childOf(
  url: string,
  import_id: string,
  kill?: { chunk_weight: number; rows: number },
): Promise<string> {
  const named = new URL(url)
  named.searchParams.set('application_name', `regulars:test:${process.pid}-${kill?.rows ?? 0}`)
  const script = fileURLToPath(new URL('../../../test/import-child.ts', import.meta.url))
  const how = kill ? [String(kill.chunk_weight), String(kill.rows)] : []
  const child = spawn(process.execPath, ['--import', 'tsx', script, named.href, import_id, ...how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString()
    if (text.includes('stands')) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('exit', resolve))
  expect(child.signalCode).toBe(kill ? 'SIGKILL' : null)
  return text
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20)
}

/** The order of lines inside a document follows the file; here only what they are matters. */
function bare(lines: unknown[]): string[] {
  return lines.map((line) => JSON.stringify({ ...(line as object), line_no: 0 })).sort()
}

/** One order with a product named in the encoding; bytes written by hand, as Node only decodes these. */
const bytesOf = (encoding: string, name: string, hex: string) => ({
  name,
  file: Buffer.concat([
    Buffer.from(
      `order_id,date,customer_id,sku,product_name,quantity,unit_price\nenc-${encoding},2026-03-01,enc-C,sku-${encoding},`,
    ),
    Buffer.from(hex, 'hex'),
    Buffer.from(',1,50\n'),
  ]),
})
const encoded: Record<string, { name: string; file: Buffer }> = {
  big5: bytesOf('big5', '紅茶', 'acf5aff9'),
  gb18030: bytesOf('gb18030', '红茶', 'baecb2e8'),
  shift_jis: bytesOf('shift_jis', 'お茶', '82a89283'),
}

describe('pain 26: an import that cannot take everything', () => {
  const broken = [
    ['p1', '2026-03-01 10:00', 'S1', 'p-C', 'tea', 'Tea', 1, 50],
    ['p2', 'yesterday', 'S1', 'p-C', 'tea', 'Tea', 'two', 50],
    ['', '2026-03-01 10:00', 'S1', 'p-C', 'tea', 'Tea', 1, 50],
    ['p3', '2026-03-01 10:00', 'S1', 'p-C', 'tea', 'Tea', 1, 50],
    ['p3', '2026-03-01 10:00', 'S1', 'p-C', 'cake', 'Cake', 1, 'free?'],
    ['p4', '2035-03-01 10:00', 'S1', 'p-C', 'tea', 'Tea', 1, 50],
    ['p5', '113/03/01', 'S1', 'p-C', 'tea', 'Tea', '２', 'NT$1,280'],
  ]
  let done: imports.Import
  beforeAll(async () => {
    done = await shop.bring(file(broken))
  })

  test('has one line for each refused row with all its reasons, and shows each repair', async () => {
    expect(await shop.said(done.import_id)).toEqual([
      '3 refused import.date_unreadable,import.quantity_unreadable',
      '4 refused import.order_id_missing',
      '5 refused import.order_torn',
      '6 refused import.amount_unreadable',
      '7 refused order.in_future',
      '8 repaired repair.roc_year,repair.full_width,repair.currency_mark',
    ])
    expect(done.counts).toMatchObject({ rows: 7, refused: 5, repaired: 1, orders: 2 })
    expect((await ordersOf('p')).map(({ source_id, net_minor }) => [source_id, net_minor])).toEqual([
      ['p1', 50],
      ['p5', 2560],
    ])
    const { data } = await imports.results(shop.db, done.import_id, { outcome: 'refused' })
    expect(data[0]!.details[0]).toEqual({ code: 'import.date_unreadable', column: 'order_date', value: 'yesterday' })
  })

  test('gives the refused rows back as a file that can be mended and brought again', async () => {
    const signal = new AbortController().signal
    let csv = ''
    for await (const line of resultLines(shop.db, done, { outcome: 'refused', signal })) csv += line
    const [first, second] = csv.split('\r\n')
    expect(first).toBe(`\ufeff${header.join(',')},regulars_row,regulars_outcome,regulars_reasons`)
    expect(second).toContain('p2,yesterday,S1,p-C,tea,Tea,two,50,3,refused,')
    const mended = csv
      .replace('yesterday', '2026-03-02 10:00')
      .replace(',two,', ',2,')
      .replace('free?', '90')
      .replaceAll('2035', '2026')
    const again = await shop.bring(mended)
    expect(again.counts).toMatchObject({ rows: 5, refused: 1, orders: 3, placed: 3 })
    expect((await ordersOf('p')).map(({ source_id }) => source_id)).toEqual(['p1', 'p2', 'p3', 'p4', 'p5'])
  })

  test('gives them back in the reader’s words, and nothing in them runs in a spreadsheet', async () => {
    const bad = '=HYPERLINK("http://evil.example","x")'
    const brought = await shop.bring(
      csvOf([
        header,
        ...orders('fine', 20),
        ['f1', 'yesterday', 'S1', 'f-C', 'run', bad, 1, '-50'],
        ['f2', 'soon', '@S', '+886912345678', 'tea', '-x', '+1', 50],
      ]),
    )
    const signal = new AbortController().signal
    const words = { refused: '未匯入', 'import.date_unreadable': '日期看不懂{{nothing}}' }
    let csv = ''
    for await (const line of resultLines(shop.db, brought, { outcome: 'refused', words, signal })) csv += line
    const lines = csv.split('\r\n')
    expect(lines[1]).toBe(
      `f1,yesterday,S1,f-C,run,"'${bad.replaceAll('"', '""')}",1,-50,42,未匯入,"日期看不懂 (order_date: ""yesterday"")"`,
    )
    expect(lines[2]).toContain(`f2,soon,'@S,+886912345678,tea,'-x,+1,50,43,未匯入,`)
    // mended and brought again, the mark is none of the name
    await shop.bring(csv.replace('yesterday', '2026-03-02').replace(',-50,', ',50,').replace('soon', '2026-03-02'))
    expect(await shop.db.rows(sql`select name from products where sku = 'run'`)).toEqual([{ name: bad }])
  })

  test('refuses an order of more rows than an order may have, row by row', async () => {
    const rows = Array.from({ length: 5_001 }, (_, i) => [
      'long',
      '2026-03-01 10:00',
      'S1',
      'l-C',
      `s${i}`,
      'Tea',
      1,
      1,
    ])
    const long = await shop.bring(file([...rows, ...orders('after', 1)]))
    expect(long.counts).toMatchObject({ rows: 5_003, refused: 5_001, orders: 1 })
    const sums = await imports.resultSums(shop.db, long.import_id)
    expect(sums).toEqual([{ outcome: 'refused', code: 'import.document_too_long', rows: 5_001 }])
  })
})

describe('pain 26: a file of any size', () => {
  // in the long run some 70 MB packed, 500 MB plain
  const lines = size === 'long' ? 5_000_000 : 60_000

  test(`of ${lines} lines, packed, is read and booked in less than 400 MB`, async () => {
    const other = await openBringing()
    try {
      const place = `${other.folder}/large.csv.gz`
      await pipeline(largeFile(lines), createGzip({ level: 1 }), createWriteStream(place))
      const kept = await imports.fileInPlace(place)
      const looked = await imports.look(place, { kind: 'orders', country: 'TW' })
      const input = { ...kept, ...looked, kind: 'orders' as const, file_name: 'large.csv.gz', is_upload: false }
      const { import_id } = await other.db.tx({ actor }, (tx) => imports.create(tx, input))
      await other.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
      const told = await childOf(other.url, import_id)
      expect(await imports.one(other.db, import_id)).toMatchObject({
        status: 'done',
        counts: { rows: lines, orders: lines / 5 },
      })
      expect(Number(/^peak (\d+)$/m.exec(told)![1])).toBeLessThan(400)
    } finally {
      await other.close()
    }
  }, 3_600_000)
})

/** Orders of five lines within two years, of one member in ten of the orders. */
function largeFile(lines: number): Readable {
  function* rows() {
    yield `${header.join(',')}\n`
    for (let from = 0; from < lines; from += 5_000) {
      let text = ''
      for (let line = from; line < Math.min(lines, from + 5_000); line += 1) {
        const order = Math.floor(line / 5)
        const day = new Date(Date.UTC(2024, 0, 1 + (order % 730), order % 24)).toISOString().slice(0, 16)
        text += `L${order},${day},S${order % 40},C${order % Math.ceil(lines / 50)},sku-${line % 997},Product ${line % 997},1,${50 + (line % 200)}\n`
      }
      yield text
    }
  }
  return Readable.from(rows())
}

describe('a dry run', () => {
  test('changes nothing and says what would come of it', async () => {
    const before = await shop.books()
    const { import_id } = await shop.keep(
      file([
        ...orders('d', 4),
        ['d9', 'never', 'S1', 'd-C', 'tea', 'Tea', 1, 50],
        ['d8', '2035-01-01', 'S1', 'd-C', 'tea', 'Tea', 1, 50],
      ]),
    )
    await shop.db.tx({ actor }, (tx) => imports.beginCheck(tx, import_id, { as_job: false }))
    const tried = await imports.check(shop.db, import_id, { actor })
    expect(tried).toMatchObject({
      status: 'uploaded',
      runner: null,
      dry_run: { rows: 10, orders: 4, placed: 4, members: 4, refused: 2 },
    })
    expect(await shop.said(import_id)).toEqual(['10 refused import.date_unreadable', '11 refused order.in_future'])
    expect(await shop.books()).toEqual(before)
    await shop.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
    const done = await shop.run(import_id)
    expect(done.counts).toEqual(tried.dry_run)
    expect(await shop.said(import_id)).toEqual(['10 refused import.date_unreadable', '11 refused order.in_future'])
  })
})

describe('a run that is stopped', () => {
  /** In chunks of some thirty orders: twenty of them. */
  const fine = { chunk_weight: 200 }
  const rows = [
    ...orders('r', 600),
    ...Array.from({ length: 40 }, (_, i) => [
      `r${i * 7}-R`,
      '2026-03-30 10:00',
      'S1',
      `r-C${(i * 7) % 5}`,
      'tea',
      'Tea',
      -1,
      65,
    ]),
  ]
  let whole: Record<string, unknown[]>
  beforeAll(async () => {
    const other = await openBringing()
    await other.bring(file(rows))
    whole = await other.books()
    await other.close()
  })

  test('goes on where it was, and ends as if it had come in one piece', async () => {
    const other = await openBringing()
    try {
      const { import_id } = await other.keep(file(rows))
      await other.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
      const ended = new AbortController()
      const stopped = await other.run(import_id, {
        ...fine,
        signal: ended.signal,
        on_abort: 'cancel',
        onProgress: ({ stage, rows_booked }) => stage === 'booking' && rows_booked > 300 && ended.abort(),
      })
      expect(stopped).toMatchObject({ status: 'cancelled', runner: null })
      // in the middle: something was booked, something was not; which lane was ahead is the machine's affair
      expect(stopped.lanes.some((lane) => lane.next > 0)).toBe(true)
      expect(stopped.lanes.some((lane) => lane.next < lane.chunks)).toBe(true)
      await other.db.tx({ actor }, (tx) => imports.resume(tx, import_id, { as_job: false }))
      const done = await other.run(import_id)
      expect(done.counts).toMatchObject({ rows: 1_240, orders: 600, cancellations: 40, placed: 640, unchanged: 0 })
      expect(await other.books()).toEqual(whole)
    } finally {
      await other.close()
    }
  })

  test('pain 26: by kill -9 loses nothing and doubles nothing, and is found to be dead at once', async () => {
    const other = await openBringing()
    try {
      const { import_id } = await other.keep(file(rows))
      await other.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
      for (const rows of [100, 500, 900]) {
        await childOf(other.url, import_id, { ...fine, rows })
        await until(async () => (await orphans(other.db, new Date(0))).length === 1)
        expect(await imports.one(other.db, import_id)).toMatchObject({ status: 'running', counts: { rows: 1_240 } })
      }
      const done = await other.run(import_id)
      expect(done.counts).toMatchObject({ rows: 1_240, orders: 600, cancellations: 40, placed: 640, unchanged: 0 })
      expect(await other.books()).toEqual(whole)
    } finally {
      await other.close()
    }
  }, 120_000)

  test('by a crash of the server, which empties what was staged, reads the file again', async () => {
    const { import_id } = await shop.keep(file(orders('crash', 50)))
    await shop.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
    const ended = new AbortController()
    await shop.run(import_id, {
      signal: ended.signal,
      onProgress: ({ stage }) => stage === 'booking' && ended.abort(),
    })
    const left = await imports.one(shop.db, import_id)
    expect(left).toMatchObject({ status: 'running', is_staged: true, runner: null })
    await shop.db.run(sql`truncate import_pieces, import_plan`)
    expect((await shop.run(import_id)).counts).toMatchObject({ rows: 100, orders: 50, placed: 50 })
  })

  test('by a person stops between chunks, whoever runs it', async () => {
    const { import_id } = await shop.keep(file(orders('stop', 50)))
    await shop.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
    let cancelled: Promise<unknown> | undefined
    const done = await shop.run(import_id, {
      onProgress: ({ stage }) => {
        if (stage === 'booking') cancelled ??= shop.db.tx({ actor }, (tx) => imports.cancel(tx, import_id))
      },
    })
    await cancelled
    expect(done.status).toBe('cancelled')
    await shop.db.tx({ actor }, (tx) => imports.resume(tx, import_id, { as_job: false }))
    expect(await shop.run(import_id)).toMatchObject({ status: 'done', counts: { orders: 50 } })
  })

  test('belongs to one runner: a second is turned away, one that was taken over writes nothing more', async () => {
    const { import_id } = await shop.keep(file(orders('two', 20)))
    await shop.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
    let second: Promise<unknown> | undefined
    let taken: Promise<unknown> | undefined
    const first = await shop.run(import_id, {
      onProgress: ({ stage }) => {
        if (stage === 'reading') second ??= shop.run(import_id).catch((error: unknown) => error)
        // as another process does to a runner that it believes dead
        if (stage === 'booking') {
          taken ??= shop.db.run(sql`update imports set runner = uuidv7() where import_id = ${import_id}::uuid`)
        }
      },
    })
    expect(await second).toMatchObject({ code: 'import.busy' })
    await taken
    expect(first.status).toBe('running')
    expect(first.lanes.map(({ next }) => next)).toEqual(first.lanes.map(() => 0))
    expect(await ordersOf('two')).toEqual([])
    const later = addMs(shop.db.now(), imports.stale_ms)
    expect(await orphans(shop.db, later)).toContainEqual({ import_id, status: 'running' })
    await shop.db.run(sql`update imports set runner = null where import_id = ${import_id}::uuid`)
    expect(await shop.run(import_id)).toMatchObject({ status: 'done', counts: { orders: 20 } })
  })

  test('because its file is gone or changed says so, and can go on when it is back', async () => {
    const text = file(orders('gone', 3))
    const kept = await shop.keep(text, { name: 'gone.csv' })
    rmSync(kept.file_path!)
    await shop.db.tx({ actor }, (tx) => imports.start(tx, kept.import_id, { as_job: false }))
    expect(await shop.run(kept.import_id)).toMatchObject({
      status: 'failed',
      error: { code: 'import.file_not_found' },
    })
    shop.file(`${text} `, 'gone.csv')
    await shop.db.tx({ actor }, (tx) => imports.resume(tx, kept.import_id, { as_job: false }))
    expect(await shop.run(kept.import_id)).toMatchObject({ status: 'failed', error: { code: 'import.file_changed' } })
    shop.file(text, 'gone.csv')
    await shop.db.tx({ actor }, (tx) => imports.resume(tx, kept.import_id, { as_job: false }))
    expect(await shop.run(kept.import_id)).toMatchObject({ status: 'done', error: null })
  })
})

describe('a file of members', () => {
  const people = csvOf([
    [
      'member_id',
      'name',
      'phone',
      'email',
      'tags',
      'email_consent',
      'sms_consent',
      'points_balance',
      'points_expire_on',
      'note',
    ],
    ['M1', '王小明', '912345678', 'wang@example.com', 'vip,tea', 'yes', 'no', 120, '2027-12-31', 'likes oolong'],
    ['M2', '陳美麗', '0922345678', '', '', '', 'yes', '80.5', '2027-06-30', ''],
    ['M2', '陳美麗', '0922345678', '', '', '', 'yes', 20, '2028-06-30', ''],
    ['M3', 'Mary', '', 'mary@example.com', '', 'yes', '', -5, '', ''],
    ['M4', 'Nobody', '', 'not an address', '', '', '', 1, '', ''],
    ['', 'Ghost', '', '', '', '', '', 1, '', ''],
  ])
  const mapping = {
    columns: {
      external_id: 'member_id',
      name: 'name',
      phone: 'phone',
      email: 'email',
      tags: 'tags',
      consent_email: 'email_consent',
      consent_sms: 'sms_consent',
      points_opening: 'points_balance',
      points_expires_on: 'points_expire_on',
      note: 'note',
    },
  }

  test('pain 11: old points come in with their dates, to the unit', async () => {
    const done = await shop.bring(people, { kind: 'members', source: 'old', mapping, points_as_of: '2026-01-31' })
    expect(done.counts).toMatchObject({
      rows: 6,
      members: 4,
      placed: 4,
      refused: 1,
      lots: 4,
      points: 221,
      points_remainder: '0.5',
      points_negative: '-5',
    })
    // 120 + 80.5 + 20 - 5 + 1 of the rows taken
    expect(done.counts.points + Number(done.counts.points_remainder) + Number(done.counts.points_negative)).toBe(
      216.5,
    )
    const lots = await shop.db.rows(sql`
      select m.external_id, l.remaining, l.expires_on, l.earned_at from point_lots l join members m using (member_id)
      where m.external_id in ('M1', 'M2') order by 1, 3`)
    const earned_at = new Date('2026-01-31T00:00:00+08:00')
    expect(lots).toEqual([
      { external_id: 'M1', remaining: 120, expires_on: '2027-12-31', earned_at },
      { external_id: 'M2', remaining: 80, expires_on: '2027-06-30', earned_at },
      { external_id: 'M2', remaining: 20, expires_on: '2028-06-30', earned_at },
    ])
    expect(await shop.said(done.import_id)).toEqual([
      '2 repaired repair.phone_zero',
      '3 noted import.points_fraction',
      '5 noted import.points_negative',
      '6 repaired repair.left_out',
      '7 refused import.identity_missing',
    ])
    const before = await shop.books()
    const again = await shop.bring(people, { kind: 'members', source: 'old', mapping })
    expect(again.counts).toMatchObject({ members: 4, placed: 0, changed: 0, unchanged: 4, lots: 4, points: 0 })
    expect(await shop.books()).toEqual(before)
    const m1 = await shop.db.row<{ member_id: string }>(sql`select member_id from members where external_id = 'M1'`)
    expect(await shop.db.tx({ actor }, (tx) => points.balanceOf(tx, [m1!.member_id]))).toMatchObject([
      { active: 120 },
    ])
  })

  test('keeps consents, tags and notes', async () => {
    const wang = await shop.db.row(sql`
      select m.display_name, m.phone, m.tags, (select array_agg(body) from member_notes n where n.member_id = m.member_id) as notes,
        (select json_object_agg(channel, status) from member_consents c where c.member_id = m.member_id) as consents
      from members m where external_id = 'M1'`)
    expect(wang).toEqual({
      display_name: '王小明',
      phone: '+886912345678',
      tags: ['tea', 'vip'],
      notes: ['likes oolong'],
      consents: { email: 'granted', sms: 'withdrawn' },
    })
  })

  test('tells of a lot that is in the books with other points, and leaves it', async () => {
    const more = people.replace(',120,', ',150,')
    const done = await shop.bring(more, { kind: 'members', source: 'old', mapping })
    const { data } = await imports.results(shop.db, done.import_id, { code: 'import.lot_differs' })
    expect(data).toMatchObject([{ row_no: 2, details: [{ params: { points: 150, booked: 120 } }] }])
  })

  test('of movements: the sum of all rows of a member is one lot, dirty rows are told one by one', async () => {
    const rows = [
      ['Loyalty Number', 'Year', 'Month', 'Points Accumulated', 'Points Redeemed'],
      ['L1', 2017, 1, '152.5', 0],
      ['L2', 2017, 1, 10, 0],
      ['L1', 2017, 2, 100, 50],
      ['L1', 2017, 2, 100, 50],
      ['L1', 2017, 2, '20.25', 0],
      ['L2', 2017, 2, 0, '30'],
    ]
    const done = await shop.bring(csvOf(rows), { kind: 'members', source: 'miles' })
    expect(done).toMatchObject({
      preset: 'points-activity',
      counts: {
        rows: 6,
        members: 2,
        lots: 1,
        points: 272,
        points_remainder: '0.75',
        points_negative: '-20',
        duplicates: 1,
      },
    })
    expect(await shop.said(done.import_id)).toEqual([
      '2 noted import.points_fraction',
      '3 noted import.points_negative',
      '5 noted import.row_duplicate',
      '6 noted import.period_repeated',
    ])
    const again = await shop.bring(csvOf(rows), { kind: 'members', source: 'miles' })
    expect(again.counts).toMatchObject({ placed: 0, unchanged: 2, points: 0, lots: 1 })
  })
})

describe('an import', () => {
  test('with another mapping forgets what was staged by the old one', async () => {
    const kept = await shop.keep(
      csvOf([
        ['order_id', 'date', 'customer_id', 'gross', 'total'],
        ['n1', '2026-03-01', 'n-C', 100, 90],
      ]),
    )
    const { inspection, encoding, preset } = kept
    const columns = { ...kept.mapping.columns, order_total: 'gross' }
    const changed = await shop.db.tx({ actor }, (tx) =>
      imports.setMapping(tx, kept.import_id, { inspection, encoding, preset, mapping: { ...kept.mapping, columns } }),
    )
    expect(changed).toMatchObject({ status: 'uploaded', is_staged: false })
    await shop.db.tx({ actor }, (tx) => imports.start(tx, kept.import_id, { as_job: false }))
    await shop.run(kept.import_id)
    expect(await ordersOf('n1')).toMatchObject([{ net_minor: 100 }])
  })

  test('that lacks a column is kept and not begun', async () => {
    const kept = await shop.keep(
      csvOf([
        ['order_id', 'date', 'remark'],
        ['q1', '2026-03-01', 'x'],
      ]),
    )
    expect(kept.inspection.missing.length).toBeGreaterThan(0)
    await expect(
      shop.db.tx({ actor }, (tx) => imports.start(tx, kept.import_id, { as_job: false })),
    ).rejects.toMatchObject({ code: 'import.mapping_invalid' })
  })

  test('long over lets go of its row results, and keeps its counts', async () => {
    const done = await shop.bring(file([...orders('f', 2), ['f9', 'never', 'S1', 'f-C', 'tea', 'Tea', 1, 1]]))
    expect(await shop.said(done.import_id)).toHaveLength(1)
    await shop.db.tx({ actor, now: addMs(shop.db.now(), 91 * 86_400_000) }, imports.forget)
    expect(await shop.said(done.import_id)).toEqual([])
    expect(await imports.one(shop.db, done.import_id)).toMatchObject({ file_path: null, counts: { refused: 1 } })
  })

  test('of a table with more rows than a spreadsheet may bring is refused when it is looked at', async () => {
    const { utils, write } = await import('@e965/xlsx')
    const book = utils.book_new()
    utils.book_append_sheet(
      book,
      utils.aoa_to_sheet([
        ['order_id', 'date', 'total'],
        ...Array.from({ length: 100_001 }, (_, i) => [`x${i}`, '2026-03-01', 1]),
      ]),
      'Orders',
    )
    await expect(
      shop.keep(write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer, { name: 'big.xlsx' }),
    ).rejects.toMatchObject({ code: 'import.xlsx_too_large', params: { rows_max: 100_000 } })
  }, 60_000)
})
