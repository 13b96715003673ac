import { expect, test } from 'vitest'
import { isDatabaseAway, isLineLost, isPostgresError } from './errors.ts'

const withCode = (code: string) => Object.assign(new Error(code), { code })

test('an SQLSTATE tells what PostgreSQL sent from what the system says of a line that is cut', () => {
  for (const code of ['23505', '40P01', '57P01', 'P0001', 'XX000', 'HV00B'])
    expect(isPostgresError(withCode(code))).toBe(true)
  for (const code of ['EPIPE', 'ECONNRESET', 'ENOENT', 'points.short'])
    expect(isPostgresError(withCode(code))).toBe(false)
  expect(isPostgresError(new Error('no code'))).toBe(false)
})

test('a line that is cut or cannot be opened is told from everything else', () => {
  const of = (message: string, fields: object = {}) => Object.assign(new Error(message), fields)
  for (const lost of [
    of('write EPIPE', { code: 'EPIPE' }),
    of('read ECONNRESET', { code: 'ECONNRESET' }),
    of('connect ENOENT /gone/.s.PGSQL.5432', { code: 'ENOENT', syscall: 'connect' }),
    of('Connection terminated unexpectedly'),
    of('Client has encountered a connection error and is not queryable'),
  ])
    expect([lost.message, isLineLost(lost)]).toEqual([lost.message, true])
  for (const other of [
    of('no such file', { code: 'ENOENT', syscall: 'open' }),
    of('duplicate key', { code: '23505' }),
    of('unexpected'),
  ])
    expect([other.message, isLineLost(other)]).toEqual([other.message, false])
})

test('a database that stops, starts or is full is away, one that refuses is not', () => {
  for (const code of ['57P01', '57P03', '53300', '53100', '08006', 'EPIPE'])
    expect([code, isDatabaseAway(withCode(code))]).toEqual([code, true])
  for (const code of ['57014', '23505', '40P01', '22P02'])
    expect([code, isDatabaseAway(withCode(code))]).toEqual([code, false])
})
