/** A real rewards log, where it lies beside the checkout, and a small one made here. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedOf, openReplay, type LogEvent, type LogOffer } from '../../../test/replay.ts'

/** Public data is not in the repository; the folder that holds it is named by REGULARS_DATA_DIR. */
const folder = path.join(process.env['REGULARS_DATA_DIR'] ?? '', 'starbucks_dev_sample')
const isThere = Boolean(process.env['REGULARS_DATA_DIR']) && existsSync(path.join(folder, 'transcript.jsonl'))

const linesOf = <T>(file: string): T[] =>
  readFileSync(path.join(folder, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T)

interface RawEvent {
  person: string
  event: string
  time: number
  value: { 'offer id'?: string; offer_id?: string; amount?: number }
}

function readLog(): { log: LogEvent[]; answers: string[] } {
  const log: LogEvent[] = []
  const answers: string[] = []
  for (const { person, event, time, value } of linesOf<RawEvent>('transcript.jsonl')) {
    const offer = value.offer_id ?? value['offer id']
    if (event === 'offer received') log.push({ person, time, event, offer: offer! })
    if (event === 'transaction') log.push({ person, time, event, amount_minor: Math.round(value.amount! * 100) })
    if (event === 'offer completed') answers.push(`${person} ${offer} ${time}`)
  }
  return { log, answers: answers.sort() }
}

/** Any order, the same each time: sorted by a hash of what happened. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, seed)
  return list
    .map((one, i) => ({ one, key: hash(`${i} ${JSON.stringify(one)}`) }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one)
}

// skipped without the log: public data that is not ours to keep here; the generated replay below always runs
describe.skipIf(!isThere)('the public rewards log (REGULARS_DATA_DIR names its folder)', () => {
  test('completions equal the log’s own 1,731: shuffled, with duplicates, and taken twice', async () => {
    const portfolio = linesOf<LogOffer>('portfolio.json')
    const { log, answers } = readLog()
    expect(answers).toHaveLength(1_731)
    const replay = await openReplay(portfolio, [...new Set(log.map((one) => one.person))])
    try {
      await replay.take(shuffled([...log, ...log.filter((_one, i) => i % 7 === 0)], 5), 700)
      expect(await replay.completions()).toEqual(answers)
      const told = await replay.told()
      await replay.take(log)
      expect([await replay.completions(), await replay.told(), await replay.broken()]).toEqual([answers, told, []])
    } finally {
      await replay.close()
    }
  }, 240_000)

  test('completions equal the log’s own 1,731: in the order of the log', async () => {
    const { log, answers } = readLog()
    const replay = await openReplay(linesOf<LogOffer>('portfolio.json'), [...new Set(log.map((one) => one.person))])
    try {
      await replay.take(log)
      expect([await replay.completions(), await replay.told()]).toEqual([answers, 1_731])
    } finally {
      await replay.close()
    }
  }, 240_000)
})

const portfolio: LogOffer[] = [
  { id: 'one-cup', offer_type: 'bogo', difficulty: 5, duration: 2 },
  { id: 'whole-week', offer_type: 'discount', difficulty: 20, duration: 7 },
  { id: 'news', offer_type: 'informational', difficulty: 0, duration: 3 },
]
const people = ['Ann', 'Bo', 'Cy']
const anEvent = fc.oneof(
  fc.record({
    person: fc.constantFrom(...people),
    time: fc.integer({ min: 0, max: 300 }),
    event: fc.constant('offer received' as const),
    offer: fc.constantFrom('one-cup', 'whole-week', 'news'),
  }),
  fc.record({
    person: fc.constantFrom(...people),
    time: fc.integer({ min: 0, max: 400 }),
    event: fc.constant('transaction' as const),
    amount_minor: fc.integer({ min: 1, max: 1_200 }),
  }),
)
/** One purchase an hour and person, as a till numbers them. */
const aLog = fc.uniqueArray(anEvent, {
  minLength: 10,
  maxLength: 60,
  selector: (one) => `${one.event} ${one.person} ${one.time} ${one.event === 'transaction' ? '' : one.offer}`,
})

test('any log completes what a slow reading of it completes, however it is shuffled, cut and repeated', async () => {
  await fc.assert(
    fc.asyncProperty(aLog, fc.integer({ min: 1, max: 9 }), fc.integer(), async (log, size, seed) => {
      const replay = await openReplay(portfolio, people)
      try {
        await replay.take(shuffled(log, seed), size)
        await replay.take(shuffled(log, seed + 1), size * 3)
        expect(await replay.completions()).toEqual(expectedOf(portfolio, log))
        expect(await replay.broken()).toEqual([])
      } finally {
        await replay.close()
      }
    }),
    { numRuns: 8 },
  )
}, 60_000)
