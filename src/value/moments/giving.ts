/**
 * How what is due is handed out, whoever found it: members are locked, what each was given before is read, rules.ts
 * decides, `gifts.give` hands over and what came of it is written down. The number of statements does not grow with
 * the set.
 */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as gifts from '../gifts/gifts.ts'
import type { Reward } from '../gifts/types.ts'
import * as points from '../points/points.ts'
import { isAlive, isOfCalendar, joinedLongAgo, nameNow, notNow, type GivenBefore } from './rules.ts'
import type { Moment, MomentRule, Why } from './types.ts'

/** The reason of gifts of moments; the occurrence is `<moment>:<occurrence>`. */
export const reason = 'moment'

export type Standing = Pick<Moment, 'moment_id' | 'names' | 'version' | 'rule'>

/** A member for whom something has come round or happened, and who is meant. */
export interface Candidate {
  moment: Standing
  member_id: string
  /** As rules.ts names it, before anything was given. */
  occurrence: string
  /** The day of the moment itself. */
  day: string
  /** The purchase that brought it about. */
  order_id: string | null
  store_id: string | null
  why: (joined_on: string | null) => Why
}

interface Person {
  member_id: string
  joined_on: string | null
  store_id: string | null
}
interface Before extends GivenBefore {
  member_id: string
  moment_id: string
  given_on: string
}
interface Wanted extends Candidate {
  person: Person
  name: string
}

const pairOf = (one: { member_id: string; moment_id: string }) => `${one.member_id} ${one.moment_id}`

/** Hands out; answers how many were given. Nobody gets an occurrence twice, whoever asks at the same time. */
export async function handOut(tx: Tx, candidates: readonly Candidate[]): Promise<number> {
  if (candidates.length === 0) return 0
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const member_ids = [...new Set(candidates.map((one) => one.member_id))].sort()
  await points.lock(tx, member_ids)
  const [people, before] = await Promise.all([peopleOf(tx, member_ids, time_zone), beforeOf(tx, candidates)])
  const taken = new Set<string>()
  const wanted = candidates.flatMap((one): Wanted[] => {
    const person = people.get(one.member_id)
    const past = before.get(pairOf({ member_id: one.member_id, moment_id: one.moment.moment_id })) ?? []
    const name = person ? nameFor(one, person, past, today) : null
    const key = `${one.member_id} ${one.moment.moment_id} ${name}`
    if (!person || name === null || taken.has(key)) return []
    taken.add(key)
    return [{ ...one, person, name }]
  })
  return give(tx, wanted, today)
}

/** Under which occurrence this one is given today, or null. */
function nameFor(one: Candidate, { joined_on }: Person, past: readonly Before[], today: string): string | null {
  const { rule } = one.moment
  if (!isOfCalendar(rule.when)) {
    const isLong = rule.when.kind === 'joining' || joinedLongAgo(rule, joined_on, one.day)
    return isLong && isAlive(rule, one.day) ? nameNow(one.occurrence, past) : null
  }
  const last_given_on = past.reduce<string | null>(
    (last, { given_on }) => (last === null || given_on > last ? given_on : last),
    null,
  )
  const occurrences = past.map(({ occurrence }) => occurrence)
  return notNow(rule, { today, day: one.day, joined_on, last_given_on, occurrences }) === null ? one.occurrence : null
}

async function peopleOf(tx: Tx, member_ids: readonly string[], zone: string): Promise<Map<string, Person>> {
  const rows = await tx.rows<Person>(sql`
    select member_id, (joined_at at time zone ${zone}::text)::date as joined_on,
      coalesce(home_store_id, join_store_id) as store_id
    from members where member_id = any (${member_ids}::uuid[]) and kind = 'member' and merged_into is null
      and erased_at is null`)
  return new Map(rows.map((row) => [row.member_id, row]))
}

/** What these moments gave these members before, refused ones too; behind the lock nobody adds to it. */
async function beforeOf(tx: Tx, candidates: readonly Candidate[]): Promise<Map<string, Before[]>> {
  const rows = await tx.rows<Before>(sql`
    select past.member_id, past.moment_id, past.occurrence, past.given_on,
      coalesce(gift.taken_back_at is not null
        and (gift.kind <> 'points' or gift.taken_back->>'points' = gift.reward->>'points'), false) as is_taken_back
    from (select distinct * from unnest(${candidates.map((one) => one.member_id)}::uuid[],
      ${candidates.map((one) => one.moment.moment_id)}::uuid[]) as one (member_id, moment_id)) one
    join moment_gifts past on past.member_id = one.member_id and past.moment_id = one.moment_id
    left join gifts gift on gift.member_id = past.member_id and gift.gift_id = past.gift_id`)
  const before = new Map<string, Before[]>()
  for (const row of rows) {
    const list = before.get(pairOf(row))
    if (list) list.push(row)
    else before.set(pairOf(row), [row])
  }
  return before
}

async function give(tx: Tx, wanted: readonly Wanted[], today: string): Promise<number> {
  if (wanted.length === 0) return 0
  const outcomes = await gifts.give(
    tx,
    wanted.map(({ member_id, moment, name, order_id, store_id, person }) => ({
      member_id,
      reward: rewardFor(moment.rule, store_id ?? person.store_id),
      reason,
      occurrence: `${moment.moment_id}:${name}`,
      budget_id: moment.rule.budget_id,
      // as lists of gifts show it: the moment's name in any language it has
      note: Object.values(moment.names)[0],
      order_id,
    })),
  )
  const of = <T>(pick: (one: Wanted, index: number) => T): T[] => wanted.map(pick)
  await tx.run(sql`
    insert into moment_gifts (member_id, moment_id, occurrence, version, occurs_on, given_on, gift_id, refused,
      order_id, store_id, why, recorded_at)
    select one.*, ${tx.now}::timestamptz from unnest(
      ${of((one) => one.member_id)}::uuid[], ${of((one) => one.moment.moment_id)}::uuid[],
      ${of((one) => one.name)}::text[], ${of((one) => one.moment.version)}::int[], ${of((one) => one.day)}::date[],
      ${of(() => today)}::date[], ${of((_one, i) => outcomes[i]!.gift_id ?? null)}::uuid[],
      ${of((_one, i) => outcomes[i]!.code ?? null)}::text[], ${of((one) => one.order_id)}::uuid[],
      ${of((one) => one.store_id ?? one.person.store_id)}::uuid[],
      ${of((one) => JSON.stringify(one.why(one.person.joined_on)))}::jsonb[]
    ) as one (member_id, moment_id, occurrence, version, occurs_on, given_on, gift_id, refused, order_id, store_id,
      why)`)
  return outcomes.filter(({ outcome }) => outcome === 'given').length
}

/** An item that lies in stores is fetched where the member is, or is at home. */
export function rewardFor({ reward }: Pick<MomentRule, 'reward'>, store_id: string | null): Reward {
  return reward.kind === 'item' && !reward.store_id && store_id ? { ...reward, store_id } : reward
}

interface Refused {
  member_id: string
  occurrence: string
  order_id: string | null
  store_id: string | null
}

/** Once more what a moment could not hand out, at most `limit` of them; answers how many were given, how many not. */
export async function retry(tx: Tx, moment: Standing, limit: number): Promise<{ given: number; refused: number }> {
  const rows = await tx.rows<Refused>(sql`
    select member_id, occurrence, order_id, store_id from moment_gifts
    where moment_id = ${moment.moment_id}::uuid and refused is not null order by member_id limit ${limit}::int`)
  if (rows.length === 0) return { given: 0, refused: 0 }
  const outcomes = await gifts.give(
    tx,
    rows.map(({ member_id, occurrence, order_id, store_id }) => ({
      member_id,
      reward: rewardFor(moment.rule, store_id),
      reason,
      occurrence: `${moment.moment_id}:${occurrence}`,
      budget_id: moment.rule.budget_id,
      note: Object.values(moment.names)[0],
      order_id,
    })),
  )
  await tx.run(sql`
    update moment_gifts past set gift_id = one.gift_id, refused = one.refused
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.occurrence)}::text[],
      ${outcomes.map((one) => one.gift_id ?? null)}::uuid[], ${outcomes.map((one) => one.code ?? null)}::text[]
    ) as one (member_id, occurrence, gift_id, refused)
    where past.member_id = one.member_id and past.moment_id = ${moment.moment_id}::uuid
      and past.occurrence = one.occurrence and past.refused is not null`)
  const given = outcomes.filter(({ outcome }) => outcome !== 'refused').length
  return { given, refused: outcomes.length - given }
}
