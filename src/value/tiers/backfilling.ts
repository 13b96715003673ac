/**
 * Points as progress, from the ledger: what members earned before any rule asked for it. Purchases that counted as
 * spending count with the points they brought; the same again changes nothing, so it may run beside new orders.
 */
import type { Tx } from '../../base/db.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'

/** Members filled in in one transaction: some tenths of a second. */
const backfilled_at_once = 5_000

/**
 * Progress by spending, and whose order it is of: of a company's order somebody else may climb than has its points.
 */
const climbed = sql`(
    select progress.*, progress.member_id as owner_id from tier_progress progress
    union all
    select progress.*, p.member_id from order_parties p
    join orders o on o.member_id = p.member_id and (o.order_id = p.order_id or o.adds_to = p.order_id)
    join tier_progress progress on progress.member_id = p.climber_id and o.order_id::text = case progress.source
      when 'order' then progress.source_id when 'refund' then split_part(progress.source_id, ':', 2) end
  )`

/**
 * Writes what orders of these members earned, and refunds took back, as progress by points; on the days on which their
 * spending counts. Of a refund all that went with it, found in the purse or not. Answers how many rows were new.
 */
export async function backfillPoints(tx: Tx, member_ids: readonly string[]): Promise<number> {
  return tx.run(sql`
    insert into tier_progress (member_id, source, source_id, measure, occurred_at, counted_on, amount, rule_version,
      recorded_at)
    select spent.member_id, spent.source, spent.source_id, 'points', spent.occurred_at, spent.counted_on,
      case when entry.kind = 'reverse' and entry.corrects is not null
        then (why.params->>'reversed_before')::bigint - case when (why.params->>'counted_minor')::bigint = 0 then 0
          else div((why.params->>'earned')::numeric * (why.params->>'refunded_minor')::numeric,
            (why.params->>'counted_minor')::numeric)::bigint end
        else entry.points end,
      spent.rule_version, ${tx.now}::timestamptz
    from ${climbed} spent
    join point_entries entry on entry.member_id = spent.owner_id and entry.source = spent.source
      and entry.source_id = spent.source_id and entry.kind in ('earn', 'reverse')
    cross join lateral (select entry.why->'params' as params) why
    where spent.member_id = any (${member_ids}::uuid[]) and spent.measure = 'spend'
    on conflict (member_id, source, source_id, measure) do nothing`)
}

/** The job: fills in everybody, some thousand members at a time; a killed one begins anew, which changes nothing. */
export async function runBackfill({ db, actor, now, signal }: JobContext): Promise<void> {
  for (let after: string | null = null; !signal.aborted;) {
    const from: string | null = after
    after = await db.tx({ actor, now, signal }, async (tx): Promise<string | null> => {
      const rows = await tx.rows<{ member_id: string }>(sql`
        select distinct member_id from tier_progress
        where measure = 'spend' and (${from}::uuid is null or member_id > ${from}::uuid)
        order by member_id limit ${backfilled_at_once}::int`)
      await backfillPoints(
        tx,
        rows.map((row) => row.member_id),
      )
      return rows.length < backfilled_at_once ? null : rows.at(-1)!.member_id
    })
    if (after === null) return
  }
}
