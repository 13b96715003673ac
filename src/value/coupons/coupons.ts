/** Coupons: given to members, withdrawn, ended by time. How they are used stands in uses.ts. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { audit } from '../../record/staff/staff.ts'
import { codeFrom, newCode } from './codes.ts'
import { inForce, type InForce } from './definitions.ts'
import { costOf, daysOf } from './rules.ts'
import type { CouponIssue, CouponOutcome, Refusal } from './types.ts'

export { checks } from './checks.ts'
export { bringCodes, codeFrom, makeCodes, shareCode } from './codes.ts'
export { change, define, definitionOf, inForce, setStatus } from './definitions.ts'
export { passable, passOn } from './passing.ts'
export { byCodes, usable, walletOf } from './queries.ts'
export { applyAll, bestOf, costOf, discountOf, judge, mayStack } from './rules.ts'
export { expireHolds, giveBack, hold, redeem, release } from './uses.ts'

/** Coupons ended in one transaction of clock work. */
export const expired_at_once = 5_000

interface Draft {
  index: number
  wish: CouponIssue
  coupon_id: string
  definition: InForce
  starts_on: string | null
  expires_on: string | null
  code: string | null
}

/**
 * Gives each member its coupon. What was given for the same (source, source_id) stays and is answered again; the same
 * name for another definition is refused (`coupon.source_reused`), as are members that are no more, stopped definitions
 * and pools that have run dry. The first of a set get what is left of a pool.
 */
export async function issue(tx: Tx, wishes: readonly CouponIssue[]): Promise<CouponOutcome[]> {
  if (wishes.length === 0) return []
  const definitions = await inForce(
    tx,
    wishes.map((wish) => wish.coupon_definition_id),
  )
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const outcomes: CouponOutcome[] = []
  const living = await livingOf(tx, wishes)
  const known = await givenOf(tx, wishes)
  const drafts: Draft[] = []
  const asked = new Set<string>()
  wishes.forEach((wish, index) => {
    const definition = definitions.get(wish.coupon_definition_id)
    if (known.has(nameOf(wish)) || asked.has(nameOf(wish))) return
    const refusal = !definition
      ? refuse('coupon_definition.not_found', { coupon_definition_id: wish.coupon_definition_id })
      : definition.status === 'stopped'
        ? refuse('coupon.stopped')
        : living.has(wish.member_id)
          ? null
          : refuse('member.not_found', { member_id: wish.member_id })
    if (refusal) return void (outcomes[index] = { index, outcome: 'refused', refusal })
    asked.add(nameOf(wish))
    const days = daysOf(definition!.design, today)
    const expires_on = wish.expires_on === undefined ? days.expires_on : wish.expires_on
    const code = wish.code === undefined ? null : codeFrom(wish.code)
    drafts.push({
      index,
      wish,
      coupon_id: uuidv7(tx.now),
      definition: definition!,
      ...days,
      expires_on,
      code,
    })
  })
  const ready = await allotCodes(tx, drafts, outcomes)
  const made = await write(tx, ready)
  const told = await givenOf(tx, wishes)
  wishes.forEach((wish, index) => {
    outcomes[index] ??= answerOf(index, wish, told.get(nameOf(wish)), made)
  })
  return outcomes
}

const refuse = (code: string, params: Refusal['params'] = {}): Refusal => ({ code, params })
const nameOf = (one: { member_id: string; source: string; source_id: string }) =>
  `${one.member_id} ${one.source} ${one.source_id}`

interface Given {
  member_id: string
  coupon_id: string
  coupon_definition_id: string
  source: string
  source_id: string
  code: string | null
  cost_minor: number
}

function answerOf(index: number, wish: CouponIssue, given: Given | undefined, made: Set<string>): CouponOutcome {
  if (!given) return { index, outcome: 'refused', refusal: refuse('coupon.pool_empty') }
  const { coupon_id, code, cost_minor } = given
  if (given.coupon_definition_id !== wish.coupon_definition_id)
    return { index, outcome: 'refused', refusal: refuse('coupon.source_reused', { coupon_id }) }
  return { index, outcome: made.delete(coupon_id) ? 'issued' : 'unchanged', coupon_id, code, cost_minor }
}

async function livingOf(tx: Tx, wishes: readonly CouponIssue[]): Promise<Set<string>> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    select member_id from members
    where member_id = any (${[...new Set(wishes.map((wish) => wish.member_id))]}::uuid[])
      and kind <> 'walk_in' and merged_into is null and erased_at is null`)
  return new Set(rows.map((row) => row.member_id))
}

async function givenOf(tx: Tx, wishes: readonly CouponIssue[]): Promise<Map<string, Given>> {
  const rows = await tx.rows<Given>(sql`
    select c.member_id, c.coupon_id, c.coupon_definition_id, c.source, c.source_id, c.code, c.cost_minor
    from (select distinct * from unnest(${wishes.map((wish) => wish.member_id)}::uuid[],
      ${wishes.map((wish) => wish.source)}::text[], ${wishes.map((wish) => wish.source_id)}::text[]))
      as one (member_id, source, source_id)
    join coupons c on c.member_id = one.member_id and c.source = one.source and c.source_id = one.source_id`)
  return new Map(rows.map((row) => [nameOf(row), row]))
}

/** Gives each draft that needs a code one: a new one, or the next free one of the pool, which nobody else then gets. */
async function allotCodes(tx: Tx, drafts: readonly Draft[], outcomes: CouponOutcome[]): Promise<Draft[]> {
  const needs = new Map<string, number>()
  for (const draft of drafts) {
    if (draft.code !== null) continue
    if (draft.definition.design.codes === 'generated') draft.code = newCode()
    if (draft.definition.design.codes === 'pool') {
      const id = draft.definition.coupon_definition_id
      needs.set(id, (needs.get(id) ?? 0) + 1)
    }
  }
  if (needs.size === 0) return [...drafts]
  const free = await tx.rows<{ coupon_definition_id: string; code: string }>(sql`
    select one.coupon_definition_id, pool.code
    from unnest(${[...needs.keys()]}::uuid[], ${[...needs.values()]}::int[]) as one (coupon_definition_id, wanted)
    cross join lateral (
      select k.code from coupon_codes k
      where k.coupon_definition_id = one.coupon_definition_id and k.kind = 'unique' and k.coupon_id is null
      order by k.code limit one.wanted for update skip locked) pool`)
  const pools = new Map([...needs.keys()].map((id) => [id, free.filter((row) => row.coupon_definition_id === id)]))
  return drafts.filter((draft) => {
    if (draft.code !== null || draft.definition.design.codes !== 'pool') return true
    draft.code = pools.get(draft.definition.coupon_definition_id)?.shift()?.code ?? null
    if (draft.code === null)
      outcomes[draft.index] = { index: draft.index, outcome: 'refused', refusal: refuse('coupon.pool_empty') }
    return draft.code !== null
  })
}

/** Answers the ids of what is new: a parallel caller may have given the same meanwhile. */
async function write(tx: Tx, drafts: readonly Draft[]): Promise<Set<string>> {
  if (drafts.length === 0) return new Set()
  const sorted = [...drafts].sort((a, b) => (a.wish.member_id < b.wish.member_id ? -1 : 1))
  const made = await tx.rows<{ coupon_id: string }>(sql`
    with input as materialized (
      select * from unnest(
        ${sorted.map(({ wish }) => wish.member_id)}::uuid[], ${sorted.map((one) => one.coupon_id)}::uuid[],
        ${sorted.map(({ wish }) => wish.coupon_definition_id)}::uuid[],
        ${sorted.map(({ definition }) => definition.version)}::int[], ${sorted.map((one) => one.code)}::text[],
        ${sorted.map(({ definition }) => definition.design.limits.per_coupon)}::int[],
        ${sorted.map((one) => one.starts_on)}::date[], ${sorted.map((one) => one.expires_on)}::date[],
        ${sorted.map(({ definition }) => costOf(definition.design))}::bigint[],
        ${sorted.map(({ wish }) => wish.source)}::text[], ${sorted.map(({ wish }) => wish.source_id)}::text[]
      ) as one (member_id, coupon_id, coupon_definition_id, version, code, uses_max, starts_on, expires_on, cost_minor,
        source, source_id)
    ),
    made as (
      insert into coupons (member_id, coupon_id, coupon_definition_id, version, code, uses_max, starts_on, expires_on,
        cost_minor, source, source_id, issued_at, updated_at, actor)
      select *, ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text from input
      order by member_id
      on conflict (member_id, source, source_id) do nothing
      returning member_id, coupon_id, coupon_definition_id, code
    ),
    coded as (
      insert into coupon_codes as known (code, coupon_definition_id, kind, member_id, coupon_id, origin, created_at)
      select code, coupon_definition_id, 'unique', member_id, coupon_id, 'made', ${tx.now}::timestamptz
      from made where code is not null order by code
      on conflict (code) do update set member_id = excluded.member_id, coupon_id = excluded.coupon_id
        where known.kind = 'unique' and known.coupon_id is null
    )
    select coupon_id from made`)
  const ids = new Set(made.map((row) => row.coupon_id))
  await facts.write(
    tx,
    sorted
      .filter((draft) => ids.has(draft.coupon_id))
      .map(({ wish, coupon_id, definition }) => ({
        name: 'coupon.issued',
        member_id: wish.member_id,
        occurred_at: tx.now,
        data: {
          coupon_id,
          coupon_definition_id: wish.coupon_definition_id,
          source: wish.source,
          source_id: wish.source_id,
          cost_minor: costOf(definition.design),
        },
      })),
  )
  return ids
}

/**
 * Makes coupons of presented codes the member's own; answers their ids, in order. The codes' rows are locked in sorted
 * order, so that two tills with the same codes never wait in a circle. Throws `coupon.code_unknown`,
 * `coupon.other_member`, and what `issue` refuses.
 */
export async function claim(tx: Tx, presented: readonly { member_id: string; text: string }[]): Promise<string[]> {
  if (presented.length === 0) return []
  const codes = presented.map((one) => codeFrom(one.text))
  const found = await tx.rows<{
    code: string
    kind: 'unique' | 'shared'
    coupon_definition_id: string
    member_id: string | null
    coupon_id: string | null
  }>(sql`
    select code, kind, coupon_definition_id, member_id, coupon_id from coupon_codes
    where code = any (${[...new Set(codes)]}::text[])
    order by code for update`)
  const rows = new Map(found.map((row) => [row.code, row]))
  const ids: (string | null)[] = presented.map(({ member_id }, i) => {
    const row = rows.get(codes[i]!)
    if (!row) throw new AppError('coupon.code_unknown', { code: codes[i] })
    if (row.coupon_id !== null && row.member_id !== member_id)
      throw new AppError('coupon.other_member', { code: codes[i] })
    // of two who show the same unique code at once, the first has it
    if (row.kind === 'unique' && row.coupon_id === null) {
      if (row.member_id !== null && row.member_id !== member_id)
        throw new AppError('coupon.other_member', { code: codes[i] })
      row.member_id = member_id
    }
    return row.coupon_id
  })
  const fresh = presented.flatMap((one, i) => (ids[i] === null ? [{ member_id: one.member_id, i }] : []))
  const given = await issue(
    tx,
    fresh.map(({ member_id, i }) => ({
      member_id,
      coupon_definition_id: rows.get(codes[i]!)!.coupon_definition_id,
      source: 'code',
      source_id: codes[i]!,
      code: codes[i]!,
    })),
  )
  given.forEach(({ coupon_id, refusal }, nth) => {
    if (!coupon_id) throw new AppError(refusal!.code, refusal!.params)
    ids[fresh[nth]!.i] = coupon_id
  })
  return ids as string[]
}

/** Takes coupons back that are not used up; what is locked at a till may still be redeemed. Answers how many. */
export async function withdraw(
  tx: Tx,
  wanted: readonly { member_id: string; coupon_id: string; reason: string }[],
): Promise<number> {
  const rows = await tx.rows<Ended>(sql`
    update coupons c set ended = 'withdrawn', ended_at = ${tx.now}::timestamptz, updated_at = ${tx.now}::timestamptz
    from unnest(${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.coupon_id)}::uuid[])
      as one (member_id, coupon_id)
    where c.member_id = one.member_id and c.coupon_id = one.coupon_id and c.ended is null and c.redeemed < c.uses_max
    returning c.member_id, c.coupon_id, c.coupon_definition_id`)
  await tell(tx, 'coupon.withdrawn', rows)
  const reasons = new Map(wanted.map((one) => [one.coupon_id, one.reason]))
  await audit(
    tx,
    rows.map(({ coupon_id, member_id }) => ({
      action: 'coupon.withdrawn',
      noun: 'members',
      noun_id: member_id,
      after: { coupon_id, reason: reasons.get(coupon_id) ?? '' },
    })),
  )
  return rows.length
}

/**
 * Takes coupons back that one cause gave and nobody has used or locked at a till. Answers the causes whose coupons
 * went, as `member_id source_id`.
 */
export async function withdrawUnused(
  tx: Tx,
  causes: readonly { member_id: string; source: string; source_id: string }[],
): Promise<string[]> {
  if (causes.length === 0) return []
  const rows = await tx.rows<Ended & { source_id: string }>(sql`
    update coupons c set ended = 'withdrawn', ended_at = ${tx.now}::timestamptz, updated_at = ${tx.now}::timestamptz
    from unnest(${causes.map((one) => one.member_id)}::uuid[], ${causes.map((one) => one.source)}::text[],
      ${causes.map((one) => one.source_id)}::text[]) as one (member_id, source, source_id)
    where c.member_id = one.member_id and c.source = one.source and c.source_id = one.source_id and c.ended is null
      and c.redeemed = 0 and not exists (select from coupon_uses u where u.member_id = c.member_id
        and u.coupon_id = c.coupon_id and u.state = 'held' and u.expires_at > ${tx.now}::timestamptz)
    returning c.member_id, c.coupon_id, c.coupon_definition_id, c.source_id`)
  await tell(tx, 'coupon.withdrawn', rows)
  return rows.map(({ member_id, source_id }) => `${member_id} ${source_id}`)
}

interface Ended {
  member_id: string
  coupon_id: string
  coupon_definition_id: string
}

async function tell(tx: Tx, name: string, rows: readonly Ended[]): Promise<void> {
  await facts.write(
    tx,
    rows.map(({ member_id, coupon_id, coupon_definition_id }) => ({
      name,
      member_id,
      occurred_at: tx.now,
      data: { coupon_id, coupon_definition_id },
    })),
  )
}

/** Ends coupons whose last day is over, but for those locked at a till. Answers how many; call until none is left. */
export async function expireDue(tx: Tx): Promise<number> {
  const { time_zone } = await program.current(tx)
  const rows = await tx.rows<Ended>(sql`
    update coupons c set ended = 'expired', ended_at = ${tx.now}::timestamptz, updated_at = ${tx.now}::timestamptz
    from (
      select member_id, coupon_id from coupons due
      where due.ended is null and due.redeemed < due.uses_max and due.expires_on < ${dayOf(tx.now, time_zone)}::date
        and not exists (select from coupon_uses u where u.member_id = due.member_id and u.coupon_id = due.coupon_id
          and u.state = 'held' and u.expires_at > ${tx.now}::timestamptz)
      order by due.expires_on limit ${expired_at_once}::int
    ) due
    where c.member_id = due.member_id and c.coupon_id = due.coupon_id and c.ended is null and c.redeemed < c.uses_max
    returning c.member_id, c.coupon_id, c.coupon_definition_id`)
  await tell(tx, 'coupon.expired', rows)
  return rows.length
}

/** Throws `coupon.not_found` unless the member has this coupon. */
export async function insistOn(db: Reader, member_id: string, coupon_id: string): Promise<void> {
  const found = await db.row(sql`
    select from coupons where member_id = ${member_id}::uuid and coupon_id = ${coupon_id}::uuid`)
  if (!found) throw new AppError('coupon.not_found', { coupon_id })
}
