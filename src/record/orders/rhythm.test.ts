import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { dayText, epochDay, rhythmOf, usualIntervalE2, type Rhythm } from './rhythm.ts'

const limits = { drowsy: 1.5, asleep: 3, lost: 6 }
const assumed = 3_000

/** `0 new, 46 drowsy` … of purchases on these days, seen on `today`. */
const historyOf = (days: number[], today: number, by = limits) =>
  rhythmOf(days, today, assumed, by)
    .moves.map((move) => `${move.day} ${move.to}`)
    .join(', ')

describe('states', () => {
  // purchase days | today | moves. The assumed interval is 30 days, so silence begins on days 46, 91 and 181.
  it.each<[number[], number, string]>([
    [[], 10, ''],
    [[0], 0, '0 new'],
    [[0], 45, '0 new'],
    [[0], 46, '0 new, 46 drowsy'],
    [[0], 91, '0 new, 46 drowsy, 91 asleep'],
    [[0], 181, '0 new, 46 drowsy, 91 asleep, 181 lost'],
    [[0], 900, '0 new, 46 drowsy, 91 asleep, 181 lost'],
    // a second purchase makes active, whether one was drowsy or not
    [[0, 20], 20, '0 new, 20 active'],
    [[0, 60], 60, '0 new, 46 drowsy, 60 active'],
    // nobody falls asleep on a day of purchase
    [[0, 46], 46, '0 new, 46 active'],
    // after asleep or lost one is back, until the next purchase
    [[0, 100], 100, '0 new, 46 drowsy, 91 asleep, 100 back'],
    [[0, 200], 200, '0 new, 46 drowsy, 91 asleep, 181 lost, 200 back'],
    [[0, 100, 110], 110, '0 new, 46 drowsy, 91 asleep, 100 back, 110 active'],
    [[0, 100], 146, '0 new, 46 drowsy, 91 asleep, 100 back, 146 drowsy'],
    // from the third day on the member's own interval counts: 10 days, so 16, 31 and 61 after the last
    [[0, 10, 20], 35, '0 new, 10 active'],
    [[0, 10, 20], 36, '0 new, 10 active, 36 drowsy'],
    [[0, 10, 20], 81, '0 new, 10 active, 36 drowsy, 51 asleep, 81 lost'],
    // a daily buyer: 1 day; drowsy from the second day of silence
    [[0, 1, 2], 3, '0 new, 1 active'],
    [[0, 1, 2], 4, '0 new, 1 active, 4 drowsy'],
    [[0, 1, 2], 9, '0 new, 1 active, 4 drowsy, 6 asleep, 9 lost'],
  ])('%j seen on day %i: %s', (days, today, moves) => {
    expect(historyOf(days, today)).toBe(moves)
  })

  it('says when the next change is due, and when the next purchase is expected', () => {
    const seen = ({ state, state_since, state_due_on, next_expected_on }: Rhythm) => [
      state,
      state_since,
      state_due_on,
      next_expected_on,
    ]
    expect(seen(rhythmOf([0], 3, assumed, limits))).toEqual(['new', 0, 46, 30])
    expect(seen(rhythmOf([0], 46, assumed, limits))).toEqual(['drowsy', 46, 91, 30])
    expect(seen(rhythmOf([0], 181, assumed, limits))).toEqual(['lost', 181, null, 30])
    expect(seen(rhythmOf([0, 10, 20], 21, assumed, limits))).toEqual(['active', 10, 36, 30])
    expect(seen(rhythmOf([], 21, assumed, limits))).toEqual([null, null, null, null])
  })

  it('with equal limits shows only the later state', () => {
    expect(historyOf([0], 400, { drowsy: 2, asleep: 2, lost: 2 })).toBe('0 new, 61 lost')
    expect(historyOf([0], 400, { drowsy: 2, asleep: 2, lost: 4 })).toBe('0 new, 61 asleep, 121 lost')
  })

  it('the usual interval is the mean gap, to the hundredth, from three days on', () => {
    expect(usualIntervalE2(0, 10, 2)).toBeNull()
    expect(usualIntervalE2(0, 10, 3)).toBe(500)
    expect(usualIntervalE2(0, 10, 4)).toBe(333)
    expect(usualIntervalE2(0, 11, 4)).toBe(367)
    expect(usualIntervalE2(0, 1, 3)).toBe(50)
  })

  const histories = fc
    .uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 25 })
    .map((days) => days.sort((a, b) => a - b))

  it('seeing a history day by day gives what seeing it once gives', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 400 }), (days, beyond) => {
        const end = days.at(-1)! + beyond
        const once = rhythmOf(days, end, assumed, limits)
        let due: number | null = null
        let moves = ''
        for (let today = days[0]!; today <= end; today += 1) {
          const known = days.filter((day) => day <= today)
          // looked at only when something was bought or a change was due
          if (!known.includes(today) && due !== today) continue
          const seen: Rhythm = rhythmOf(known, today, assumed, limits)
          due = seen.state_due_on
          moves = JSON.stringify(seen.moves)
        }
        expect(moves).toBe(JSON.stringify(once.moves))
      }),
    )
  })

  it('moves are a chain with at most one a day', () => {
    fc.assert(
      fc.property(histories, (days) => {
        const { moves } = rhythmOf(days, days.at(-1)! + 500, assumed, limits)
        for (const [i, move] of moves.entries()) {
          expect(move.from).toBe(moves[i - 1]?.to ?? null)
          if (i > 0) expect(move.day).toBeGreaterThan(moves[i - 1]!.day)
        }
      }),
    )
  })

  it('days are counted from 1970', () => {
    expect(epochDay('1970-01-01')).toBe(0)
    expect(dayText(epochDay('2024-02-29') + 1)).toBe('2024-03-01')
  })
})
