import { expect, test } from 'vitest'
import { ApiError } from '../../sdk/client.ts'
import { isOfMoment, meaningOf } from './answers.ts'

const answer = (status: number, code: string, params: Record<string, unknown> = {}) =>
  new ApiError({ status, code, params })
const kindOf = (thrown: unknown) => meaningOf(thrown).kind

test.each([
  [
    'the same receipt is being written down at this moment',
    answer(409, 'idempotency.in_progress', { retry_after: 1 }),
  ],
  ['nobody answers', answer(0, 'network.unreachable')],
  ['the program stumbles', answer(500, 'server.failed')],
  ['it is restarted', answer(503, 'database.unavailable')],
  ['nobody is signed in any more', answer(401, 'session.required')],
  ['who is signed in now may not sell', answer(403, 'permission.missing')],
  ['too many ask', answer(429, 'request.too_many')],
  ['whatever says when to come again', answer(422, 'some.later_reason', { retry_after: 30 })],
  ['orders met each other', answer(409, 'order.conflict')],
  ['a page of something between, not of the program', answer(404, 'server.failed')],
  ['the body came broken', answer(400, 'request.not_json')],
  ['the device failed, not the program', new DOMException('gone', 'AbortError')],
])('a receipt is sent again, and never called refused, when %s', (_when, thrown) => {
  expect(kindOf(thrown)).toBe('again')
})

test('it is sent again when the answer says, within a minute', () => {
  const afterOf = (retry_after: unknown) => {
    const meant = meaningOf(answer(409, 'idempotency.in_progress', { retry_after }))
    return meant.kind === 'again' ? meant.after_ms : undefined
  }
  expect([afterOf(1), afterOf(3_600), afterOf('soon')]).toEqual([1_000, 60_000, null])
})

test('those behind it wait, but not for one that the program stumbles over', () => {
  expect(meaningOf(answer(500, 'server.failed'))).toMatchObject({ others_may_go_first: true })
  expect(meaningOf(answer(409, 'idempotency.in_progress'))).toMatchObject({ others_may_go_first: false })
  expect(meaningOf(answer(0, 'network.unreachable'))).toMatchObject({ others_may_go_first: false })
})

test('a refusal is what the program says of this receipt, by its first reason', () => {
  expect(meaningOf(answer(410, 'hold.expired', { hold_id: 'h' }))).toEqual({
    kind: 'refused',
    code: 'hold.expired',
    params: { hold_id: 'h' },
  })
  // of another store: 403, and yet of this receipt
  expect(kindOf(answer(403, 'till.not_your_store'))).toBe('refused')
  expect(kindOf(answer(409, 'till.order_exists'))).toBe('refused')
  const errors = [{ pointer: '', code: 'coupon.used_up', params: { limit: 1 } }]
  expect(meaningOf(new ApiError({ status: 422, code: 'till.refused', errors }))).toEqual({
    kind: 'refused',
    code: 'coupon.used_up',
    params: { limit: 1 },
  })
})

test('one whose answer the program has forgotten is booked', () => {
  expect(meaningOf(answer(410, 'idempotency.answer_forgotten'))).toEqual({ kind: 'booked' })
})

test('an answer of the moment tells nothing of a payment either', () => {
  expect(isOfMoment(answer(409, 'idempotency.in_progress'))).toBe(true)
  expect(isOfMoment(answer(422, 'card.over_maximum'))).toBe(false)
})
