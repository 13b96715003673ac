import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDb, type Db, type Tx } from '../../base/db.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts'
import * as program from './program.ts'
import type { NewProgram } from './types.ts'

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDb(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const wanted: NewProgram = {
  name: ' Wusong Tea ',
  currency: 'twd',
  time_zone: 'Asia/Taipei',
  languages: ['zh-TW', 'en', 'en'],
  default_language: 'en',
  default_country: 'TW',
}
const actor = { kind: 'system' as const, id: null, name: 'test' }
/** Everything a test does is undone. */
const undone = <T>(work: (tx: Tx) => Promise<T>) => db.tx({ actor, rollback: true }, work)

test('is missing until it is founded, then there is one', async () => {
  await expect(program.current(db)).rejects.toMatchObject({ code: 'program.missing', status: 503 })
  expect(await program.find(db)).toBeNull()
  await undone(async (tx) => {
    const made = await program.create(tx, wanted)
    expect(made).toMatchObject({
      name: 'Wusong Tea',
      currency: 'TWD',
      currency_decimals: 0,
      languages: ['zh-TW', 'en'],
      frozen_at: null,
      settings: program.defaultSettings,
    })
    await expect(program.create(tx, wanted)).rejects.toMatchObject({ code: 'program.exists', status: 409 })
  })
})

test.each([
  ['money.currency_unknown', { currency: 'XXQ' }],
  ['time.zone_unknown', { time_zone: 'Asia/Taibei' }],
  ['program.language_missing', { default_language: 'fr' }],
  ['program.country_unknown', { default_country: 'ZX' }],
])('is refused with %s', async (code, change) => {
  await undone((tx) => expect(program.create(tx, { ...wanted, ...change })).rejects.toMatchObject({ code }))
  await undone(async (tx) => {
    await program.create(tx, wanted)
    await expect(program.update(tx, change)).rejects.toMatchObject({ code })
  })
})

test('of settings only what is named is changed; the transaction sees its own change', async () => {
  await undone(async (tx) => {
    await program.create(tx, wanted)
    await program.update(tx, { settings: { attribution_days: 30 } })
    await program.update(tx, { settings: { from_name: 'Tea' }, name: 'Tea House' })
    const now = await program.current(tx)
    expect(now.settings).toEqual({ ...program.defaultSettings, attribution_days: 30, from_name: 'Tea' })
    expect(now.name).toBe('Tea House')
  })
})

test('one transaction reads it once', async () => {
  await undone(async (tx) => {
    await program.create(tx, wanted)
    expect(await program.current(tx)).toBe(await program.current(tx))
  })
})

test('currency and zone are frozen with the first order, the rest is not', async () => {
  await undone(async (tx) => {
    await program.create(tx, wanted)
    await program.update(tx, { currency: 'GBP', time_zone: 'Europe/London' })
    await program.freeze(tx)
    await program.freeze(tx)
    expect((await program.current(tx)).frozen_at).toEqual(tx.now)
    await expect(program.update(tx, { currency: 'TWD' })).rejects.toMatchObject({
      code: 'program.frozen',
      status: 409,
    })
    await expect(program.update(tx, { time_zone: 'Asia/Taipei' })).rejects.toMatchObject({ code: 'program.frozen' })
    await expect(program.update(tx, { currency: 'GBP', name: 'New' })).resolves.toMatchObject({ name: 'New' })
  })
})
