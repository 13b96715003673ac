/** A spend is undone whole: what was borrowed for it goes back to who lent it, to the lots that it came from. */
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { book } from '../ledger.ts'
import type { PointOutcome, Restore } from '../types.ts'
import type { Want } from '../wants.ts'
import { comingBack } from './rules.ts'

/** What both entries of something given back are called; their id is that of the transfer it undoes. */
const source = 'transfer_back'

interface BorrowedLot {
  member_id: string
  share_id: string
  pool_id: string
  lender_id: string
  transfer_id: string
  lot_id: number
  units: number
  expires_on: string | null
  spend_source: string
  spend_source_id: string
}

/** What was borrowed for spends and spent, lot by lot; nothing of lenders who are forgotten or are the buyer now. */
function borrowedFor(tx: Tx, spends: readonly Restore[]): Promise<BorrowedLot[]> {
  return tx.rows<BorrowedLot>(sql`
    select share.member_id, share.share_id, share.pool_id, share.lender_id, share.transfer_id, lot.lot_id,
      -part.points as units, lot.expires_on, share.source as spend_source, share.source_id as spend_source_id
    from unnest(${spends.map((one) => one.member_id)}::uuid[], ${spends.map((one) => one.spend_source)}::text[],
      ${spends.map((one) => one.spend_source_id)}::text[]) as wanted (member_id, source, source_id)
    join point_pool_shares share on share.member_id = wanted.member_id and share.source = wanted.source
      and share.source_id = wanted.source_id and share.transfer_id is not null and share.returned = 0
    join members lender on lender.member_id = share.lender_id and lender.erased_at is null
    join point_entries come on come.member_id = share.member_id and come.source = 'transfer'
      and come.source_id like share.transfer_id || ':%'
    join point_lots lot on lot.member_id = come.member_id and lot.lot_id = come.entry_id
    join point_entries spent on spent.member_id = share.member_id and spent.source = share.source
      and spent.source_id = share.source_id and spent.kind = 'spend'
    join point_entry_lots part on part.member_id = spent.member_id and part.entry_id = spent.entry_id
      and part.lot_id = lot.lot_id
    where share.lender_id <> share.member_id
    order by share.share_id, lot.lot_id`)
}

const keyOf = (one: { member_id: string; spend_source: string; spend_source_id: string }) =>
  `${one.member_id} ${one.spend_source} ${one.spend_source_id}`

/**
 * Gives spends back whole, as `points.restore` does, and what was lent for them to the lenders: no debt of who had
 * borrowed is paid with it. What has ended meanwhile stays with who had spent it, for thirty days like any other.
 * `locked`: what `lockWithLenders` answered for these spends. Where nothing was lent, not one statement more.
 */
export async function restoreShared(
  tx: Tx,
  restores: readonly Restore[],
  locked: ReadonlySet<string>,
): Promise<PointOutcome[]> {
  if (restores.length === 0) return []
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const buyers = new Set(restores.map((one) => one.member_id))
  const hasLenders = [...locked].some((member_id) => !buyers.has(member_id))
  const back = hasLenders ? comingBack(await borrowedFor(tx, restores), day) : []
  const about = { occurred_at: tx.now, day, number: '' }
  const undone = restores.map((one): Want => {
    const own = back.filter((lot) => keyOf(lot) === keyOf(one))
    return { ...one, ...about, kind: 'restore', borrowed: new Set(own.map((lot) => lot.lot_id)) }
  })
  const outcomes = await book(tx, [...undone, ...sharesOf(back).flatMap((one) => wantsOf(one, about))])
  await keepReturned(tx, sharesOf(back))
  return outcomes.slice(0, restores.length)
}

interface Returned extends Omit<BorrowedLot, 'lot_id' | 'units' | 'expires_on'> {
  points: number
  lots: { lot_id: number; units: number }[]
}

function sharesOf(back: readonly BorrowedLot[]): Returned[] {
  const found = new Map<string, Returned>()
  for (const { lot_id, units, expires_on: _day, ...one } of back) {
    const share = found.get(one.share_id) ?? { ...one, points: 0, lots: [] }
    share.points += units
    share.lots.push({ lot_id, units })
    found.set(one.share_id, share)
  }
  return [...found.values()]
}

function wantsOf(one: Returned, about: { occurred_at: Date; day: string; number: string }): Want[] {
  const { member_id, lender_id, transfer_id, pool_id, points, lots } = one
  const both = { ...about, source, source_id: transfer_id, pool_id, points }
  return [
    { ...both, kind: 'give_back', member_id, mate_id: lender_id, lots },
    {
      ...both,
      kind: 'take_back',
      member_id: lender_id,
      mate_id: member_id,
      spend_source: 'transfer',
      spend_source_id: transfer_id,
    },
  ]
}

async function keepReturned(tx: Tx, returned: readonly Returned[]): Promise<void> {
  if (returned.length === 0) return
  await tx.run(sql`
    update point_pool_shares share set returned = one.points
    from unnest(${returned.map((one) => one.member_id)}::uuid[], ${returned.map((one) => one.share_id)}::uuid[],
      ${returned.map((one) => one.points)}::bigint[]) as one (member_id, share_id, points)
    where share.member_id = one.member_id and share.share_id = one.share_id`)
}
