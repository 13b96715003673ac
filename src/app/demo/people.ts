/** The demo's members: who they are and how they live. A member is a pure function of (seed, number). */
import { addDays } from '../../base/time.ts'
import { between, diceOf, normal, pick, type Dice } from './dice.ts'
import { stores } from './menu.ts'
import { nameOf, type DemoName } from './names.ts'

/** How a member buys; the mix decides the flow of states. */
export interface Rhythm {
  kind: 'daily' | 'weekly' | 'monthly' | 'seasonal' | 'once'
  /** Mean days between purchases. */
  interval: number
  /** Gamma shape: 1 is chance, 6 is habit. */
  regularity: number
  /** Mean lines a purchase. */
  basket: number
}

export interface Person extends DemoName {
  number: number
  gender: 'female' | 'male'
  phone: string
  email: string | null
  birth_date: string
  home_store: string
  join_channel: 'counter' | 'poster' | 'web'
  joined_on: string
  /** The day after which they no longer come by themselves; null while they stay. */
  leaves_on: string | null
  consents: { channel: 'email' | 'sms'; status: 'granted' | 'withdrawn' }[]
  tags: string[]
  rhythm: Rhythm
  favourite: string
}

const rhythms: (Rhythm & { weight: number })[] = [
  { kind: 'daily', interval: 4, regularity: 3, basket: 1.3, weight: 5 },
  { kind: 'weekly', interval: 9, regularity: 4, basket: 1.6, weight: 22 },
  { kind: 'monthly', interval: 31, regularity: 3, basket: 2.2, weight: 33 },
  { kind: 'seasonal', interval: 85, regularity: 5, basket: 2.8, weight: 22 },
  { kind: 'once', interval: 900, regularity: 1, basket: 1.8, weight: 18 },
]

/** A phone number nobody else of the demo has: a full-cycle step through the million numbers of each prefix. */
function phoneOf(number: number): string {
  // 0910 to 0988: mobile prefixes in use, a million numbers each
  const prefix = 910 + (Math.floor(number / 1_000_000) % 79)
  return `0${prefix}${String((number * 371_293) % 1_000_000).padStart(6, '0')}`
}

function consentsOf(dice: Dice, email: string | null): Person['consents'] {
  const consents: Person['consents'] = []
  if (email && dice() < 0.86) consents.push({ channel: 'email', status: dice() < 0.06 ? 'withdrawn' : 'granted' })
  if (dice() < 0.72) consents.push({ channel: 'sms', status: dice() < 0.05 ? 'withdrawn' : 'granted' })
  return consents
}

const two = (n: number) => String(n).padStart(2, '0')

/** Who member `number` of a demo is. Their history begins inside [from, to). */
export function personOf(seed: number, number: number, span: { from: string; days: number }): Person {
  const dice = diceOf(seed, number, 1)
  const gender = dice() < 0.62 ? 'female' : 'male'
  const name = nameOf(dice, gender)
  const { weight: _weight, ...rhythm } = pick(dice, rhythms, (one) => one.weight)
  // half joined before or at the beginning; the others came over time, more of them lately
  const joinedDay = dice() < 0.35 ? between(dice, 0, 30) : Math.floor(Math.sqrt(dice()) * (span.days - 1))
  const staysDays = Math.round(Math.exp(normal(dice) * 0.8) * 420)
  const home = pick(dice, stores, (store) => store.weight)
  const email = dice() < 0.38 ? `member${number}@example.${dice() < 0.5 ? 'com' : 'org'}` : null
  return {
    ...name,
    number,
    gender,
    phone: phoneOf(number),
    email,
    birth_date: `${1955 + Math.floor(dice() * 52)}-${two(between(dice, 1, 12))}-${two(between(dice, 1, 28))}`,
    home_store: home.code,
    join_channel: home.kind === 'web' ? 'web' : dice() < 0.7 ? 'counter' : 'poster',
    joined_on: addDays(span.from, joinedDay),
    leaves_on: joinedDay + staysDays < span.days ? addDays(span.from, joinedDay + staysDays) : null,
    consents: consentsOf(dice, email),
    tags: dice() < 0.08 ? ['半糖'] : dice() < 0.04 ? ['公司訂購'] : [],
    rhythm: { ...rhythm, interval: rhythm.interval * Math.exp(normal(dice) * 0.25) },
    favourite: pick(dice, ['pure-tea', 'milk-tea', 'fruit-tea'] as const),
  }
}
