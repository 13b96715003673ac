/** `regulars verify` for imports: every row of a file is accounted for, and what was accepted is in the books. */
import { sql, type Sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

function finds(name: string, sentence: string, statement: Sql): VerifyCheck {
  return noRows(name, sentence, (db) => db.rows<Record<string, unknown>>(statement))
}

/** What the lanes of an import sum to. */
const lanes = sql`
  cross join lateral (
    select coalesce(sum((lane->>'rows')::bigint), 0)::bigint as booked,
      coalesce(sum((lane->'counts'->>'refused')::bigint), 0)::bigint as refused,
      coalesce(sum((lane->'counts'->>'orders')::bigint), 0)::bigint as orders,
      bool_and((lane->>'next')::int >= (lane->>'chunks')::int) as is_through
    from jsonb_array_elements(i.lanes) as lane
  ) l`

export const checks: VerifyCheck[] = [
  finds(
    'imports.rows_accounted',
    'every row of a finished import was refused while reading, or booked, or refused while booking',
    sql`
    select i.import_id, i.file_name, (i.counts->>'rows')::bigint as rows, (i.counts->>'refused')::bigint as unreadable,
      l.booked, l.refused
    from imports i ${lanes}
    where i.status = 'done' and (
      (i.counts->>'rows')::bigint <> (i.counts->>'refused')::bigint + l.booked
      or l.refused > l.booked or not coalesce(l.is_through, true))`,
  ),
  finds(
    'imports.refusals_listed',
    'every refused row of a finished import has its one line with the reason, for as long as lines are kept',
    sql`
    with listed as (
      select import_id, count(*) filter (where phase = 'reading') as reading,
        count(*) filter (where phase = 'booking') as booking, count(*) - count(distinct row_no) as twice
      from import_results where outcome = 'refused' group by import_id
    )
    select i.import_id, i.file_name, (i.counts->>'refused')::bigint + l.refused as refused,
      coalesce(r.reading + r.booking, 0) as listed
    from imports i ${lanes} left join listed r on r.import_id = i.import_id
    where i.status = 'done' and i.file_path is not null and (
      coalesce(r.reading, 0) <> (i.counts->>'refused')::bigint or coalesce(r.booking, 0) <> l.refused
      or coalesce(r.twice, 0) > 0)`,
  ),
  finds(
    'imports.documents_are_booked',
    'every document that an unfinished import has booked, and not refused, is in the books',
    sql`
    select i.import_id, piece.source, piece.source_id, piece.piece_no as row_no
    from imports i
    join import_plan plan on plan.import_id = i.import_id
    join import_pieces piece on piece.import_id = plan.import_id and piece.piece_no = plan.piece_no
    where i.kind = 'orders' and i.status not in ('uploaded', 'checking')
      and plan.chunk_no < (i.lanes->plan.lane->>'next')::int
      and not exists (select from order_keys k where k.source = piece.source collate "default"
        -- an order's further parts are numbered with a stroke
        and (k.source_id = piece.source_id collate "default"
          or starts_with(k.source_id, piece.source_id collate "default" || '/')))
      and not exists (
        select from json_array_elements(piece.payload::json->'lines') as line
        join import_results r on r.import_id = i.import_id and r.row_no = (line->>0)::bigint and r.outcome = 'refused')
      -- of a torn document only the broken rows are here
      and not piece.is_torn`,
  ),
  finds(
    'imports.orders_are_there',
    'there are at least as many orders in the books as any finished import accepted',
    sql`
    select i.import_id, i.file_name, l.orders as accepted, there.orders as in_the_books
    from imports i ${lanes}
    cross join (select count(*) as orders from order_keys where kind = 'order') there
    where i.status = 'done' and i.kind = 'orders' and l.orders > there.orders`,
  ),
  finds(
    'imports.staging_is_cleared',
    'nothing staged is left of imports that are finished or gone',
    sql`
    select staged.import_id, i.status, staged.what
    from (
      select distinct import_id, 'pieces' as what from import_pieces
      union all select distinct import_id, 'plan' from import_plan
      union all select distinct import_id, 'things' from import_things
    ) staged
    left join imports i on i.import_id = staged.import_id
    where i.import_id is null or i.status = 'done'`,
  ),
]
