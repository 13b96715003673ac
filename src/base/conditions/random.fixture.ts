/**
 * Random worlds and random conditions. Conditions are made from the field catalogue, as a builder on screen makes
 * them.
 */
import fc from 'fast-check'
import { fieldCatalogue, type FieldEntry } from './catalogue.ts'
import { fields, type Item, type Person, type World } from './people.fixture.ts'

export const moments = fc.record({
  zone: fc.constantFrom('Asia/Taipei', 'Europe/London', 'America/Sao_Paulo', 'America/New_York'),
  now: fc
    .constantFrom(
      '2025-03-05T12:00:00Z',
      '2025-03-09T04:30:00Z',
      '2025-03-30T00:30:00Z',
      '2025-12-29T17:00:00Z',
      '2026-02-28T15:59:59Z',
      '2028-02-28T16:00:00Z',
      '2028-02-29T01:00:00Z',
      '2025-10-26T23:59:59.999Z',
    )
    .map((text) => new Date(text)),
})

/** A stream of numbers below 1 from a seed (mulberry32), so that one world serves many conditions. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const idOf = (index: number): string => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`

/** Seventy people, some of whom never came; all visits lie before the first of `moments`. */
export function makeWorld(seed: number): World {
  const random = randomFrom(seed)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(...values: T[]): T => values[below(values.length)]!
  const maybe = <T>(value: T): T | null => (random() < 0.25 ? null : value)
  const instant = (from: string, days: number) =>
    new Date(Date.parse(from) + Math.floor(random() * days * 86_400_000))
  const day = (from: string, days: number) => instant(from, days).toISOString().slice(0, 10)
  const born = () =>
    pick(
      day('1990-01-01', 4000),
      '1992-02-29',
      '--02-29',
      '--02-28',
      '--12-31',
      '--01-02',
      `-${day('2000-01-01', 366).slice(4)}`,
    )
  const people: Person[] = Array.from({ length: 70 }, (_, index) => ({
    member_id: idOf(index),
    name: maybe(pick('Ann', 'anna', 'BEN', '10%', 'a_b', 'a\\b', '王小明', '')),
    age: maybe(below(5) * 10),
    score: maybe(below(9) / 2),
    born: maybe(born()),
    since_on: maybe(day('2024-01-01', 500)),
    joined_at: maybe(instant('2024-01-01', 700)),
    home: maybe(pick('north', 'south', 'sea')),
    friend_id: maybe(idOf(below(4))),
    active: maybe(random() < 0.5),
    labels: maybe(['a', 'b', 'c'].filter(() => random() < 0.4)),
  }))
  const marks = people.flatMap(({ member_id }) =>
    ['x', 'x', 'y', 'z']
      .filter(() => random() < 0.4)
      .map((mark) => {
        const from_at = instant('2024-01-01', 300)
        return {
          member_id,
          mark,
          from_at,
          until_at: random() < 0.4 ? new Date(from_at.getTime() + below(100) * 86_400_000) : null,
        }
      }),
  )
  const item = (): Item => ({ kind: maybe(pick('tea', 'cake', 'cup')), minor: below(6) * 100, pieces: 1 + below(3) })
  const visitors = people.filter(() => random() < 0.75)
  const visits = Array.from({ length: 220 }, (_, index) => ({
    member_id: pick(...visitors).member_id,
    visit_id: index + 1,
    at: instant('2023-11-01', 488),
    place: maybe(pick('north', 'south', 'sea')),
    note: maybe(pick('Late', 'late again', 'ok')),
    urgent: maybe(random() < 0.3),
    spent_minor: below(8) * 100,
    valid: random() < 0.9,
    items: Array.from({ length: below(4) }, item),
  }))
  const calls = Array.from({ length: 120 }, () => ({
    member_id: pick(...people).member_id,
    call_on: day('2024-09-01', 500),
    known_at: instant('2024-01-01', 400),
    topic: maybe(pick('news', 'help')),
  }))
  return { people, marks, visits, calls }
}

const unit = fc.constantFrom('day', 'week', 'month', 'year')
const period = fc.constantFrom('day', 'week', 'month', 'quarter', 'year')
const dates = fc.constantFrom(
  '2024-02-29',
  '2024-06-30',
  '2024-12-31',
  '2025-02-28',
  '2025-03-01',
  '2025-11-02',
  '2026-01-01',
)
const relative = fc.oneof(
  fc.record({ today: fc.integer({ min: -500, max: 60 }) }),
  fc.record({ today: fc.integer({ min: -14, max: 3 }), unit: fc.constantFrom('week', 'month') }),
  fc.record({ today: fc.integer({ min: -4, max: 1 }), unit: fc.constant('year') }),
)
const day = fc.oneof(dates, relative)
const sorted = fc.tuple(dates, dates).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }))
const closedWindow = fc.oneof(
  fc.record({ last: fc.integer({ min: 1, max: 500 }), unit: fc.constant('day') }),
  fc.record({ last: fc.integer({ min: 2, max: 14 }), unit, except_last: fc.constant(1) }),
  fc.record({ last: fc.integer({ min: 1, max: 14 }), unit }),
  fc.record({ next: fc.integer({ min: 1, max: 200 }), unit: fc.constant('day') }),
  fc.record({ next: fc.integer({ min: 1, max: 12 }), unit: fc.constantFrom('week', 'month') }),
  period.map((name) => ({ this: name })),
  period.map((name) => ({ previous: name })),
  period.map((name) => ({ following: name })),
  sorted,
)
const window = fc.oneof(
  closedWindow,
  day.map((from) => ({ from })),
  day.map((to) => ({ to })),
)

type Part = Pick<FieldEntry, 'name' | 'type' | 'operators' | 'options' | 'integer'>

/** What sets and texts may be asked for; values that nobody has among them. */
const wordsOf: Record<string, string[]> = {
  name: ['ann', 'a', '%', '_', '\\', 'a_b', '王', 'ANNA', '', '10%'],
  note: ['late', 'ok', 'LATE'],
  labels: ['a', 'b', 'c', 'none'],
  marks: ['x', 'y', 'z', 'none'],
  friend: [0, 1, 2, 3, 99].map(idOf),
}

function valueFor(part: Part, kind: string): fc.Arbitrary<unknown> {
  const word = fc.constantFrom(...(Array.isArray(part.options) ? part.options : (wordsOf[part.name] ?? ['?'])))
  const number =
    part.type === 'money' || part.name === 'spent'
      ? fc.integer({ min: -1, max: 30 }).map((n) => n * 100)
      : fc.integer({ min: -1, max: 42 })
  switch (kind) {
    case 'none':
      return fc.constant(undefined)
    case 'flag':
      return fc.boolean()
    case 'text':
    case 'option':
      return word
    case 'texts':
    case 'options':
      return fc.array(word, { minLength: 1, maxLength: 3 })
    case 'number':
      return part.integer
        ? number
        : fc.oneof(
            number,
            fc.integer({ min: 0, max: 10 }).map((n) => n / 2),
          )
    case 'range':
      return fc.tuple(number, number).map(([a, b]) => (a < b ? [a, b] : [b, a]))
    case 'months':
      return fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 })
    case 'day':
      return day
    default:
      return part.type === 'anniversary' ? closedWindow : window
  }
}

function plainRule(part: Part): fc.Arbitrary<unknown> {
  return fc
    .constantFrom(...part.operators)
    .chain((operator) =>
      valueFor(part, operator.value).map((value) => ({ field: part.name, operator: operator.name, value })),
    )
}

/** Half of the behavioural rules are such as summaries may know: no window, at most one filter, plain measures. */
function behaviourRule(entry: FieldEntry): fc.Arbitrary<unknown> {
  const filter = fc.oneof(...(entry.filters ?? []).map(plainRule))
  const measures = entry.measures!.flatMap((measure) => (measure.name === 'count' ? [measure, measure] : [measure]))
  return fc.tuple(fc.constantFrom(...measures), fc.constantFrom(...entry.operators)).chain(([measure, operator]) => {
    const number =
      measure.type === 'money' ? fc.integer({ min: 0, max: 15 }).map((n) => n * 100) : fc.integer({ min: 0, max: 4 })
    const rule = {
      field: fc.constant(entry.name),
      measure: fc.constant(measure.name),
      operator: fc.constant(operator.name),
      value:
        operator.value === 'range' ? fc.tuple(number, number).map(([a, b]) => (a < b ? [a, b] : [b, a])) : number,
    }
    return fc.oneof(
      fc.record({ ...rule, where: fc.array(filter, { maxLength: 1 }) }),
      fc.record({ ...rule, where: fc.array(filter, { maxLength: 2 }), within: window }),
    )
  })
}

/** A condition over these fields (all if none are named). */
export function conditions(only?: readonly string[]): fc.Arbitrary<unknown> {
  const entries = fieldCatalogue(fields).fields.filter(({ name }) => !only || only.includes(name))
  const rules = entries.map((entry) => ({
    // behaviours have by far the most ways of being asked
    weight: entry.type === 'behaviour' ? 6 : 1,
    arbitrary: entry.type === 'behaviour' ? behaviourRule(entry) : plainRule(entry),
  }))
  const rule = fc.oneof(...rules)
  const group = (inner: fc.Arbitrary<unknown>) =>
    fc.record({
      combinator: fc.constantFrom('and', 'or'),
      not: fc.boolean(),
      rules: fc.array(inner, { minLength: 1, maxLength: 3 }),
    })
  return group(fc.oneof({ weight: 3, arbitrary: rule }, { weight: 2, arbitrary: group(fc.oneof(rule, group(rule))) }))
}
