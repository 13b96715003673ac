import { expect, test } from 'vitest'
import { hearClock, heardClock } from './clock.ts'

const at = Date.parse('2026-11-02T02:00:00Z')
const answer = (program: string, world: string) =>
  new Headers({ 'x-program-time': program, date: new Date(world).toUTCString() })

test('a clock is off by what an answer says of the middle between question and answer', () => {
  hearClock(answer('2026-11-02T04:00:00.100Z', '2026-11-02T04:00:00Z'), at, at + 200)
  expect(heardClock()).toEqual({ ahead_ms: 7_200_000, off_ms: 7_200_400 })
  // half a second is no news; an answer that took long, or tells no time, says nothing
  hearClock(answer('2026-11-02T04:00:00.600Z', '2026-11-02T04:00:00Z'), at, at + 200)
  hearClock(answer('2026-11-02T09:00:00Z', '2026-11-02T09:00:00Z'), at, at + 6_000)
  hearClock(new Headers(), at, at)
  expect(heardClock()?.ahead_ms).toBe(7_200_000)
  // a demo lives ahead of the world
  hearClock(answer('2026-12-02T02:00:00Z', '2026-11-02T02:00:00Z'), at, at)
  expect(heardClock()).toEqual({ ahead_ms: 30 * 86_400_000, off_ms: 500 })
})
