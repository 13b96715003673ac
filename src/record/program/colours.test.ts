import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrastOf, inkOn, mended, schemesOf, textContrastMin } from './colours.ts'

const colour = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`)

test('contrast is that of WCAG: 21 for black on white, 1 for a colour on itself', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrastOf('#777777', '#777777')).toBe(1)
  // the well-known pair: the lightest grey that still fails on white, and the next that passes
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(contrastOf('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
})

test('a colour that passes stays; one that does not moves as little as it can', () => {
  expect(mended('#33261d', '#ffffff')).toBe('#33261d')
  const grey = mended('#777777', '#ffffff')
  expect(contrastOf(grey, '#ffffff')).toBeGreaterThanOrEqual(textContrastMin)
  expect(Number.parseInt(grey.slice(1, 3), 16)).toBeGreaterThanOrEqual(0x74)
  fc.assert(
    fc.property(colour, colour, (one, other) => {
      expect(contrastOf(mended(one, other), other)).toBeGreaterThanOrEqual(textContrastMin)
    }),
  )
})

test('whatever is chosen, everything can be read by day and by night', () => {
  fc.assert(
    fc.property(colour, fc.option(colour), (main, on) => {
      const { light, dark } = schemesOf(main, on)
      // page, sheet and hover of web/kit/hand.css
      for (const [scheme, ground] of [
        [light, '#faf7f2'],
        [light, '#fffdfa'],
        [light, '#f3eee6'],
        [dark, '#1b1815'],
        [dark, '#221e1a'],
        [dark, '#2b2621'],
      ] as const) {
        expect(contrastOf(scheme.on_brand, scheme.brand)).toBeGreaterThanOrEqual(textContrastMin)
        expect(contrastOf(scheme.on_action, scheme.action)).toBeGreaterThanOrEqual(textContrastMin)
        expect(contrastOf(scheme.action, ground)).toBeGreaterThanOrEqual(3)
        expect(contrastOf(scheme.link, ground)).toBeGreaterThanOrEqual(textContrastMin)
      }
      expect(light.brand).toBe(main)
    }),
  )
})

test('ink stands on light colours and paper on dark ones', () => {
  expect(inkOn('#33261d')).toBe('#ffffff')
  expect(inkOn('#f5d76e')).toBe('#25211c')
})
