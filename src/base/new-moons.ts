/**
 * The moments of new moon, after Jean Meeus, Astronomical Algorithms (2nd ed.), chapter 49: right to some seconds for
 * 1900–2100. A lunar month begins on the day of its new moon in China; ICU reckons it coarser and is a day off where
 * the moon is new close to midnight (6 February 2027, 23:56).
 */
const sin = (degrees: number) => Math.sin((degrees * Math.PI) / 180)

/** Terms of the moon and the sun: coefficient in days, times of E, then multiples of M, M′, F. */
const terms: readonly (readonly [days: number, e: number, m: number, moon: number, f: number])[] = [
  [-0.4072, 0, 0, 1, 0],
  [0.17241, 1, 1, 0, 0],
  [0.01608, 0, 0, 2, 0],
  [0.01039, 0, 0, 0, 2],
  [0.00739, 1, -1, 1, 0],
  [-0.00514, 1, 1, 1, 0],
  [0.00208, 2, 2, 0, 0],
  [-0.00111, 0, 0, 1, -2],
  [-0.00057, 0, 0, 1, 2],
  [0.00056, 1, 1, 2, 0],
  [-0.00042, 0, 0, 3, 0],
  [0.00042, 1, 1, 0, 2],
  [0.00038, 1, 1, 0, -2],
  [-0.00024, 1, -1, 2, 0],
  [-0.00007, 0, 2, 1, 0],
  [0.00004, 0, 0, 2, -2],
  [0.00004, 0, 3, 0, 0],
  [0.00003, 0, 1, 1, -2],
  [0.00003, 0, 0, 2, 2],
  [-0.00003, 0, 1, 1, 2],
  [0.00003, 0, -1, 1, 2],
  [-0.00002, 0, -1, 1, -2],
  [-0.00002, 0, 1, 3, 0],
  [0.00002, 0, 0, 4, 0],
]
/** Terms of the planets: coefficient in days, the angle and its change with every moon in degrees. */
const planets: readonly (readonly [days: number, at: number, each: number])[] = [
  [0.000325, 299.77, 0.107408],
  [0.000165, 251.88, 0.016321],
  [0.000164, 251.83, 26.651886],
  [0.000126, 349.42, 36.412478],
  [0.00011, 84.66, 18.206239],
  [0.000062, 141.74, 53.303771],
  [0.00006, 207.14, 2.453732],
  [0.000056, 154.84, 7.30686],
  [0.000047, 34.52, 27.261239],
  [0.000042, 207.19, 0.121824],
  [0.00004, 291.34, 1.844379],
  [0.000037, 161.72, 24.198154],
  [0.000035, 239.56, 25.513099],
  [0.000023, 331.55, 3.592518],
]

/** New moons in a century of the formula, and the days of one. */
const moons_a_century = 1236.85
const moon_days = 29.530588861
/** The julian day of 1 January 1970, and a day in milliseconds. */
const epoch_julian = 2_440_587.5
const day_ms = 86_400_000
/** The earth runs late by about a minute in these years, which no calendar of days notices more exactly. */
const delta_t_ms = 60_000

/** The moment of the new moon next to an instant. */
export function newMoonNear(instant: Date): Date {
  const julian = instant.getTime() / day_ms + epoch_julian
  const k = Math.round((julian - 2_451_550.09766) / moon_days)
  const t = k / moons_a_century
  const e = 1 - 0.002516 * t - 0.0000074 * t ** 2
  const sun = 2.5534 + 29.1053567 * k - 0.0000014 * t ** 2
  const moon = 201.5643 + 385.81693528 * k + 0.0107582 * t ** 2 + 0.00001238 * t ** 3
  const f = 160.7108 + 390.67050284 * k - 0.0016118 * t ** 2 - 0.00000227 * t ** 3
  const omega = 124.7746 - 1.56375588 * k + 0.0020672 * t ** 2
  let found = 2_451_550.09766 + moon_days * k + 0.00015437 * t ** 2 - 0.00000015 * t ** 3
  for (const [days, times, m, mm, ff] of terms) found += days * e ** times * sin(m * sun + mm * moon + ff * f)
  for (const [days, at, each] of planets) found += days * sin(at + each * k)
  found -= 0.00017 * sin(omega)
  return new Date((found - epoch_julian) * day_ms - delta_t_ms)
}
