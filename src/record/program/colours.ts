/**
 * Colours of a brand as pure functions: whether text can be read on them, the nearest that can, and what the apps
 * paint with by day and by night.
 *
 * Contrast is (L1 + 0.05) / (L2 + 0.05) of relative luminances (WCAG 2.2, "contrast ratio" and "relative luminance").
 * A colour is mended by moving its lightness alone, in OKLCH (B. Ottosson, 2020): hue stays, so the brand is known
 * again; colours too strong for the screen lose chroma.
 */

/** `#rrggbb`, lower case. */
export type Colour = string

/** WCAG 2.2, 1.4.3: text of usual size. */
export const textContrastMin = 4.5
/** The papers of the apps (web/kit/hand.css) that are nearest to ink: what can be read on them can be on the others. */
const grounds = { light: '#f3eee6', dark: '#2b2621' } as const
/** Where the card lies by night. */
const nightGround = '#1b1815'
const white = '#ffffff'
const black = '#25211c'
/** A card lies on the dark ground: nearer than this its edge cannot be seen. */
const edgeContrastMin = 1.3
/** Steps of lightness tried on the way to a colour that passes: finer ones give the same bytes. */
const steps = 400

type Three = readonly [number, number, number]

function channelsOf(colour: Colour): Three {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255) as unknown as Three
}

/** sRGB transfer function of IEC 61966-2-1, which WCAG rounds to the same. */
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
const coded = (c: number) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)

/** Relative luminance (WCAG 2.2): 0 black to 1 white. */
export function luminanceOf(colour: Colour): number {
  const [r, g, b] = channelsOf(colour)
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/** 1 for the same colour, 21 for black on white. */
export function contrastOf(a: Colour, b: Colour): number {
  const [low, high] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Lightness 0 to 1, and the two axes of hue and chroma. */
function oklabOf(colour: Colour): Three {
  const [r, g, b] = channelsOf(colour).map(linear) as unknown as Three
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab([lightness, a, b]: Three): Three {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

/** The colour at another lightness; chroma shrinks until the screen can show it. */
function atLightness([, a, b]: Three, lightness: number): Colour {
  for (let kept = 1; kept >= 0; kept -= 0.02) {
    const channels = fromOklab([lightness, a * kept, b * kept])
    if (channels.every((c) => c >= -0.0005 && c <= 1.0005)) return written(channels)
  }
  return written(fromOklab([lightness, 0, 0]))
}

function written(channels: Three): Colour {
  const bytes = channels.map((c) => Math.round(255 * coded(Math.min(1, Math.max(0, c)))))
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The nearest colour of the same hue whose contrast with `other` is at least `least`; itself if it already is. */
export function mended(colour: Colour, other: Colour, least: number = textContrastMin): Colour {
  if (contrastOf(colour, other) >= least) return colour
  const lab = oklabOf(colour)
  for (let step = 1; step <= steps; step += 1) {
    for (const lightness of [lab[0] - step / steps, lab[0] + step / steps]) {
      if (lightness < 0 || lightness > 1) continue
      const tried = atLightness(lab, lightness)
      if (contrastOf(tried, other) >= least) return tried
    }
  }
  return contrastOf(white, other) >= contrastOf('#000000', other) ? white : '#000000'
}

/** What is written on a colour unless somebody says otherwise: paper or ink, whichever is read better. */
export function inkOn(colour: Colour): Colour {
  return contrastOf(white, colour) >= contrastOf(black, colour) ? white : mended(black, colour)
}

/** What the apps paint with in one light. */
export interface Scheme {
  /** The card. */
  brand: Colour
  on_brand: Colour
  /** The button that the page is for. */
  action: Colour
  on_action: Colour
  /** Words to press, marks of what is chosen. */
  link: Colour
}
export interface Schemes {
  light: Scheme
  dark: Scheme
}

/** Both lights of a main colour and what is written on it; every pair can be read, whatever was chosen. */
export function schemesOf(main: Colour, on: Colour | null): Schemes {
  const on_main = mended(on ?? inkOn(main), main)
  // in the dark the card only steps off the ground it lies on
  const night = mended(main, nightGround, edgeContrastMin)
  const on_night = mended(on_main, night)
  const scheme = (ground: Colour, brand: Colour, on_brand: Colour): Scheme => {
    // a button must be seen on its ground (WCAG 2.2, 1.4.11: 3 to 1), and be read
    const action = mended(brand, ground, 3)
    const on_action = contrastOf(on_brand, action) >= textContrastMin ? on_brand : inkOn(action)
    return { brand, on_brand, action, on_action: mended(on_action, action), link: mended(brand, ground) }
  }
  return { light: scheme(grounds.light, main, on_main), dark: scheme(grounds.dark, night, on_night) }
}
