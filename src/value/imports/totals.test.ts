import { describe, expect, test } from 'vitest'
import type { StagedHead } from './mapping/staged.ts'
import { agree, agreeKept, keptOf } from './totals.ts'

const head = (more: Partial<StagedHead>): StagedHead => ({
  paid_at: null,
  cancelled_at: null,
  subtotal_minor: null,
  total_minor: null,
  discount_minor: null,
  shipping_minor: null,
  tax_minor: null,
  refunded_minor: null,
  coupon: null,
  ...more,
})

describe('discount, shipping and tax', () => {
  test.each([
    ['a discount that is in the lines already', { total_minor: 280, discount_minor: 50, shipping_minor: 80 }, 0],
    ['a discount that comes off the lines', { total_minor: 230, discount_minor: 50, shipping_minor: 80 }, 50],
    ['tax on top of it', { total_minor: 242, discount_minor: 50, shipping_minor: 80, tax_minor: 12 }, 50],
    ['no total: the stated discount', { discount_minor: 50 }, 50],
    ['no total, a subtotal of the lines', { discount_minor: 50, subtotal_minor: 200 }, 0],
  ])('%s', (_name, said, discount_minor) => {
    expect(agree(head(said), 200, 0)).toEqual({
      discount_minor,
      shipping_minor: ('shipping_minor' in said && said.shipping_minor) || 0,
      differs: null,
    })
  })

  test('lines that do not agree with the total hold, and a person is told', () => {
    expect(agree(head({ total_minor: 999, discount_minor: 50 }), 200, 0)).toEqual({
      discount_minor: 50,
      shipping_minor: 0,
      differs: { lines_minor: 150, total_minor: 999 },
    })
  })
})

describe('what the buyer kept', () => {
  const paid = { subtotal_minor: 300, discount_minor: 50, shipping_minor: 60 }

  test.each([
    ['nothing is said of a total', { ...paid, refunded_minor: 100 }, null],
    ['nothing came back', { ...paid, total_minor: 310, refunded_minor: 0 }, null],
    ['without tax', { ...paid, total_minor: 310, refunded_minor: 100 }, 210],
    ['tax inside the prices', { ...paid, total_minor: 310, tax_minor: 15, refunded_minor: 100 }, 210],
    // 310 and a tenth on top are 341, of which 110 went back: 10 of them tax
    [
      'tax on top, which went back in its share',
      { ...paid, total_minor: 341, tax_minor: 31, refunded_minor: 110 },
      210,
    ],
    ['all of it came back', { ...paid, total_minor: 310, refunded_minor: 310 }, 0],
    ['more came back than was paid', { ...paid, total_minor: 310, refunded_minor: 400 }, 0],
    ['tax that nobody can place is in the prices', { total_minor: 310, tax_minor: 31, refunded_minor: 110 }, 200],
  ])('%s', (_name, said, kept) => {
    expect(keptOf(head(said))).toBe(kept)
  })

  test.each([
    // goods, what came off them line by line, kept, then the discount of what is left
    ['lines and shipping are just that', {}, 200, 0, 260, 0],
    ['of the discount only what lies on the lines that stayed', { discount_minor: 30 }, 200, 0, 240, 20],
    ['a discount line is off already', { discount_minor: 0 }, 200, 20, 240, 20],
    ['shipping came back without a line', {}, 300, 0, 300, 0],
    ['no more discount than the goods', { discount_minor: 500 }, 100, 0, 0, 100],
  ])('%s', (_name, said, goods, off, kept, discount_minor) => {
    const agreed = agreeKept(head({ shipping_minor: 60, ...said }), goods, off, kept)
    expect(agreed).toEqual({ discount_minor, shipping_minor: 60, differs: null })
  })

  test('lines that come to less hold, and a person is told', () => {
    expect(agreeKept(head({ shipping_minor: 60 }), 100, 0, 260)).toEqual({
      discount_minor: 0,
      shipping_minor: 60,
      differs: { lines_minor: 160, total_minor: 260 },
    })
  })
})
