/**
 * How a purchase takes from a pool: what the buyer lacks is set aside in the mates' purses, by holds that free
 * themselves like any other; it moves when the purchase happens, and is spent from the buyer's purse in one.
 */
import { actorText } from '../../../base/actor.ts'
import type { Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import * as facts from '../../../base/facts.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { sql } from '../../../base/sql.ts'
import { begunAt, lastToCome } from '../../../base/versions.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { book } from '../ledger.ts'
import { lockWithLenders, lockWithMates } from '../locking.ts'
import type { PointOutcome } from '../types.ts'
import type { Want } from '../wants.ts'
import { availableWith, splitOver, type OpenLot, type OpenPurses } from './rules.ts'
import { matesOf } from './spendable.ts'
import type { ShareName, ShareOutcome, ShareWant } from './types.ts'

/** What holds in mates' purses are called; their id is the share's. */
export const source = 'pool'
/** What both entries of something lent are called, as those of a transfer; their id is the transfer's. */
const moved = 'transfer'

interface Share {
  member_id: string
  share_id: string
  source: string
  source_id: string
  pool_id: string
  lender_id: string
  points: number
}

const keyOf = ({ member_id, source: kind, source_id }: ShareName) => `${member_id} ${kind} ${source_id}`
const namesSql = (names: readonly ShareName[]) => sql`
  unnest(${names.map((one) => one.member_id)}::uuid[], ${names.map((one) => one.source)}::text[],
    ${names.map((one) => one.source_id)}::text[]) as wanted (member_id, source, source_id)`

async function openOf(tx: Tx, member_ids: readonly string[], day: string): Promise<OpenPurses> {
  const lots = await tx.rows<OpenLot>(sql`
    select lot.member_id, lot.lot_id, lot.remaining - coalesce(claim.points, 0) as remaining, lot.earned_at,
      lot.expires_on
    from point_lots lot
    left join (
      select hold.member_id, part.lot_id, sum(part.points)::bigint as points
      from point_holds hold join point_balances balance on balance.member_id = hold.member_id
      cross join lateral jsonb_to_recordset(hold.lots) as part (lot_id bigint, points bigint)
      where hold.member_id = any (${member_ids}::uuid[]) and hold.status = 'held'
        and hold.expires_at > greatest(${tx.now}::timestamptz, balance.updated_at)
      group by 1, 2
    ) claim on claim.member_id = lot.member_id and claim.lot_id = lot.lot_id
    where lot.member_id = any (${member_ids}::uuid[]) and lot.remaining > coalesce(claim.points, 0)
      and (lot.status = 'active' or (lot.status = 'pending' and lot.activates_on <= ${day}::date))
      and (lot.expires_on is null or lot.expires_on >= ${day}::date)`)
  const owing = await tx.rows<{ member_id: string; debt: number }>(sql`
    select member_id, debt from point_balances where member_id = any (${member_ids}::uuid[]) and debt > 0`)
  return { lots, debts: new Map(owing.map((row) => [row.member_id, row.debt])) }
}

/**
 * Sets points aside for purchases, from each buyer's own purse first and then from mates', who are all locked together
 * before anything is read; `also` are members whom the caller locks later. Again changes nothing. Refused:
 * `points.insufficient`, `points.source_reused`.
 */
export async function share(
  tx: Tx,
  wants: readonly ShareWant[],
  also: readonly string[] = [],
): Promise<ShareOutcome[]> {
  const buyers = [...new Set(wants.map((want) => want.member_id))]
  const locked = await lockWithMates(tx, [...new Set([...buyers, ...also])])
  const { time_zone } = await program.current(tx)
  const known = await knownOf(tx, wants)
  const pools = await matesOf(tx, buyers, tx.now)
  const matesFor = (member_id: string) => (pools.get(member_id)?.mates ?? []).filter((mate) => locked.has(mate))
  const people = [...new Set(buyers.flatMap((member_id) => [member_id, ...matesFor(member_id)]))]
  const open = await openOf(tx, people, dayOf(tx.now, time_zone))
  const shares: (Share & { expires_at: Date })[] = []
  const owned: ShareWant[] = []
  const outcomes = wants.map((want, index): ShareOutcome => {
    const before = known.get(keyOf(want))
    if (before) return { index, ...before }
    const mates = matesFor(want.member_id)
    const available = availableWith(open, want.member_id, mates)
    const split = splitOver(open, want, mates)
    const none = { own: 0, lenders: [] }
    if (!split) {
      const params = { available, wanted: want.points }
      return { index, outcome: 'refused', code: 'points.insufficient', params, ...none }
    }
    if (split.own > 0) owned.push({ ...want, points: split.own })
    for (const { member_id: lender_id, points } of split.lenders) {
      const { pool_id } = pools.get(want.member_id)!
      shares.push({ ...want, share_id: uuidv7(tx.now), pool_id, lender_id, points })
    }
    return { index, outcome: 'booked', ...split }
  })
  await setAside(tx, [
    ...owned,
    ...shares.map(({ lender_id, share_id, ...one }) => ({
      ...one,
      member_id: lender_id,
      source,
      source_id: share_id,
    })),
  ])
  await writeShares(tx, shares)
  return outcomes
}

type Known = Pick<ShareOutcome, 'outcome' | 'own' | 'lenders' | 'code' | 'params'>
interface KnownRow extends ShareName {
  /** In the own purse; once it is lent, all of it. */
  held: number
  lenders: { member_id: string; points: number }[]
  is_lent: boolean
}

/** What was set aside before under these names, whatever became of it. */
async function knownOf(tx: Tx, wants: readonly ShareWant[]): Promise<Map<string, Known>> {
  const rows = await tx.rows<KnownRow>(sql`
    select wanted.*, coalesce(hold.points, 0) as held, coalesce(lent.lenders, '[]') as lenders,
      coalesce(lent.is_lent, false) as is_lent
    from ${namesSql(wants)}
    left join point_holds hold on hold.member_id = wanted.member_id and hold.source = wanted.source
      and hold.source_id = wanted.source_id
    left join lateral (
      select json_agg(json_build_object('member_id', lender_id, 'points', points) order by lender_id) as lenders,
        bool_or(transfer_id is not null) as is_lent
      from point_pool_shares one where one.member_id = wanted.member_id and one.source = wanted.source
        and one.source_id = wanted.source_id
    ) lent on true
    where hold.points is not null or lent.lenders is not null`)
  const asked = new Map(wants.map((want) => [keyOf(want), want.points]))
  return new Map(
    rows.map(({ held, lenders, is_lent, ...name }): [string, Known] => {
      const lent = lenders.reduce((sum, one) => sum + one.points, 0)
      const points = is_lent ? held : held + lent
      const said = { own: points - lent, lenders }
      if (points === asked.get(keyOf(name))) return [keyOf(name), { outcome: 'unchanged', ...said }]
      const params = { source_id: name.source_id, points }
      return [keyOf(name), { outcome: 'refused', code: 'points.source_reused', params, ...said }]
    }),
  )
}

async function setAside(tx: Tx, holds: readonly ShareWant[]): Promise<void> {
  if (holds.length === 0) return
  const wants = (await dated(tx, holds)).map((one): Want => ({ ...one, kind: 'hold' }))
  insistAll(await book(tx, wants))
}

function insistAll(outcomes: readonly PointOutcome[]): void {
  const refused = outcomes.find((one) => one.outcome === 'refused')
  if (refused) throw new AppError(refused.code!, refused.params ?? {})
}

async function dated<T extends object>(tx: Tx, wants: readonly T[]) {
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  return wants.map((want, i) => ({ ...want, occurred_at: tx.now, day, number: String(i).padStart(9, '0') }))
}

async function writeShares(tx: Tx, shares: readonly Share[]): Promise<void> {
  if (shares.length === 0) return
  await tx.run(sql`
    insert into point_pool_shares (member_id, share_id, source, source_id, pool_id, lender_id, points, created_at)
    select one.*, ${tx.now}::timestamptz
    from unnest(${shares.map((one) => one.member_id)}::uuid[], ${shares.map((one) => one.share_id)}::uuid[],
      ${shares.map((one) => one.source)}::text[], ${shares.map((one) => one.source_id)}::text[],
      ${shares.map((one) => one.pool_id)}::uuid[], ${shares.map((one) => one.lender_id)}::uuid[],
      ${shares.map((one) => one.points)}::bigint[]) as one`)
}

/** The holds in mates' purses for purchases: to be let go together with the buyers' own. */
export async function heldByMates(tx: Tx, names: readonly ShareName[]): Promise<ShareName[]> {
  if (names.length === 0) return []
  const rows = await tx.rows<{ lender_id: string; share_id: string }>(sql`
    select one.lender_id, one.share_id from ${namesSql(names)}
    join point_pool_shares one on one.member_id = wanted.member_id and one.source = wanted.source
      and one.source_id = wanted.source_id and one.transfer_id is null`)
  return rows.map(({ lender_id, share_id }) => ({ member_id: lender_id, source, source_id: share_id }))
}

interface HeldShare extends Share {
  expires_at: Date
  parts: { points: number; expires_on: string | null }[]
}

/**
 * The purchases happen: what mates had set aside for them is lent, and what is held for each is all of it from now on.
 * Again: nothing. All purses concerned, and `also`, are locked together first. Throws `points.insufficient` for what is
 * no longer set aside.
 */
export async function bringShares(tx: Tx, names: readonly ShareName[], also: readonly string[] = []): Promise<void> {
  await lockWithLenders(tx, names, also)
  const shares = await tx.rows<HeldShare>(sql`
    select one.member_id, one.share_id, one.source, one.source_id, one.pool_id, one.lender_id, one.points,
      hold.expires_at, (
        select json_agg(json_build_object('points', day.points, 'expires_on', day.expires_on)
          order by day.expires_on) from (
          select sum(part.points)::bigint as points, lot.expires_on
          from jsonb_to_recordset(hold.lots) as part (lot_id bigint, points bigint)
          join point_lots lot on lot.member_id = hold.member_id and lot.lot_id = part.lot_id
          group by lot.expires_on
        ) day
      ) as parts
    from ${namesSql(names)}
    join point_pool_shares one on one.member_id = wanted.member_id and one.source = wanted.source
      and one.source_id = wanted.source_id and one.transfer_id is null
    join point_holds hold on hold.member_id = one.lender_id and hold.source = ${source}::text
      and hold.source_id = one.share_id::text
    order by one.share_id`)
  if (shares.length === 0) return
  const lent = shares.map((one) => ({ ...one, transfer_id: uuidv7(tx.now) }))
  insistAll(await book(tx, await dated(tx, lent.flatMap(wantsOf)), { is_fresh: true }))
  await writeLent(tx, lent)
}

/** Both sides of what is lent: one entry leaves, one comes for each last day. */
function wantsOf(one: HeldShare & { transfer_id: string }) {
  const { member_id, lender_id, share_id, transfer_id, pool_id, points, parts, expires_at } = one
  const held = { source: one.source, source_id: one.source_id, expires_at }
  const about = { pool_id, source: moved }
  return [
    {
      ...about,
      kind: 'lend' as const,
      member_id: lender_id,
      mate_id: member_id,
      points,
      source_id: transfer_id,
      held: { source, source_id: share_id },
    },
    ...parts.map((part) => ({
      ...about,
      ...part,
      kind: 'borrow' as const,
      member_id,
      mate_id: lender_id,
      source_id: `${transfer_id}:${part.expires_on ?? ''}`,
      held,
    })),
  ]
}

/** What was lent is a transfer like any other, without a fee or a limit. */
async function writeLent(tx: Tx, lent: readonly (Share & { transfer_id: string })[]): Promise<void> {
  await tx.run(sql`
    with one as materialized (
      select * from unnest(${lent.map((row) => row.member_id)}::uuid[], ${lent.map((row) => row.share_id)}::uuid[],
        ${lent.map((row) => row.transfer_id)}::uuid[], ${lent.map((row) => row.lender_id)}::uuid[],
        ${lent.map((row) => row.points)}::bigint[]) as one (member_id, share_id, transfer_id, lender_id, points)
    ),
    marked as (
      update point_pool_shares share set transfer_id = one.transfer_id from one
      where share.member_id = one.member_id and share.share_id = one.share_id
    )
    insert into point_transfers (member_id, transfer_id, to_member_id, points, fee, source, source_id, note,
      rule_version, given_at, actor)
    select lender_id, transfer_id, member_id, points, 0, ${source}::text, share_id::text, '',
      (select version from point_pool_rules where ${begunAt(tx.now)} order by ${lastToCome} limit 1),
      ${tx.now}::timestamptz, ${actorText(tx.actor)}::text
    from one`)
  await facts.write(
    tx,
    lent.flatMap(({ member_id, lender_id, transfer_id, pool_id, points }) => [
      fact(tx, 'points.transferred', lender_id, { transfer_id, points, fee: 0, to_member_id: member_id, pool_id }),
      fact(tx, 'points.received', member_id, { transfer_id, points, from_member_id: lender_id, pool_id }),
    ]),
  )
}

function fact(tx: Tx, name: string, member_id: string, data: facts.Fact['data']): facts.Fact {
  return { name, member_id, occurred_at: tx.now, data }
}
