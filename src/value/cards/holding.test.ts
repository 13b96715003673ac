import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { verify } from '../../base/verify.ts'
import * as cards from './cards.ts'
import type { CardOutcome, ValueRule } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const wallet: ValueRule = {
  kind: 'value',
  minimum_minor: 1,
  balance_max_minor: null,
  bonuses: [],
  principal_months: null,
  bonus_months: null,
  spend_first: 'principal',
  refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
}

test('a hold that another clock held for over is made up from what is there, or refused; nothing falls below zero', async () => {
  const member_id = world.cast.wang
  const card_definition_id = await world.tx((tx) => cards.define(tx, { names: { en: 'Wallet' }, rule: wallet }))
  const act = (source_id: string) => ({ member_id, card_definition_id, source: 'skew', source_id })
  const at = (seconds: number) => ({ now: new Date(world.now().getTime() + seconds * 1_000) })
  const book = (seconds: number, work: (tx: Tx) => Promise<CardOutcome[]>) =>
    world.db.tx({ actor: systemActor('till'), ...at(seconds) }, work)
  const expires_at = at(30).now
  await book(0, (tx) => cards.topUp(tx, [{ ...act('in'), paid_minor: 500 }]))
  await book(0, (tx) => cards.hold(tx, [{ ...act('first'), units: 300, expires_at }]))
  // a process whose clock runs ahead spends all of it; this one's clock still says that the hold lives
  await book(31, (tx) => cards.spend(tx, [{ ...act('ahead'), units: 500 }]))
  const [refused] = await book(1, (tx) => cards.commitHold(tx, [act('first')]))
  expect(refused).toMatchObject({
    outcome: 'refused',
    code: 'card.insufficient',
    params: { available: 0, wanted: 300 },
  })
  await book(2, (tx) => cards.topUp(tx, [{ ...act('more'), paid_minor: 400 }]))
  const [made_up] = await book(3, (tx) => cards.commitHold(tx, [act('first')]))
  expect(made_up).toMatchObject({ outcome: 'booked', units: -300 })
  const { checks } = await verify(world.db, cards.checks)
  expect(checks.filter((check) => !check.ok)).toEqual([])
})
