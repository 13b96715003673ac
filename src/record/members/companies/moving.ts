/** Companies and their people when accounts become one, and when somebody is forgotten. */
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { pairSql, type MergePair } from '../merging.ts'
import { moveRows } from '../moving.ts'

/** Moves what is said of merged people, and of merged companies, to the kept ones. */
export async function moveCompanies(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [{ table: 'order_parties' }])
  // one person may have been all three: each column by itself, or one row would be written twice in a statement
  await tx.run(sql`
    with ${pairSql(pairs)} update order_parties o set buyer_id = pair.keep from pair where o.buyer_id = pair.merged`)
  await tx.run(sql`
    with ${pairSql(pairs)} update order_parties o set payer_id = pair.keep from pair where o.payer_id = pair.merged`)
  await tx.run(sql`
    with ${pairSql(pairs)} update order_parties o set user_id = pair.keep from pair where o.user_id = pair.merged`)
  await tx.run(sql`
    with ${pairSql(pairs)}
    update order_parties o set company_id = pair.keep from pair where o.company_id = pair.merged`)
  await tx.run(sql`
    with ${pairSql(pairs)}
    update order_parties o set climber_id = pair.keep from pair where o.climber_id = pair.merged`)
  await tx.run(sql`
    with ${pairSql(pairs)}
    update company_tax_ids t set company_id = pair.keep from pair where t.company_id = pair.merged`)
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from companies c using pair where c.member_id = pair.merged returning c as row, pair.keep)
    insert into companies
    select moved.* from gone
    cross join lateral jsonb_populate_record(gone.row, jsonb_build_object('member_id', gone.keep)) as moved
    on conflict (member_id) do update set notes = case when companies.notes = '' then excluded.notes
      when excluded.notes = '' then companies.notes else companies.notes || e'\n' || excluded.notes end`)
  await movePeople(tx, pairs)
}

/** Who was in the same company in both names is there once, from the earlier day to the later. */
async function movePeople(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from company_members p
      where exists (select from pair where pair.merged in (p.member_id, p.company_id))
      returning p.*
    ),
    moved as (
      select coalesce(person.keep, gone.member_id) as member_id, coalesce(company.keep, gone.company_id) as company_id,
        role, since, case when bool_or(until is null) then null else max(until) end as until,
        min(created_at) as created_at
      from gone
      left join pair person on person.merged = gone.member_id
      left join pair company on company.merged = gone.company_id
      group by 1, 2, role, since
    )
    insert into company_members (member_id, company_id, role, since, until, created_at)
    select * from moved where member_id <> company_id
    on conflict (member_id, company_id, role, since) do update
    set until = case when company_members.until is null or excluded.until is null then null
      else greatest(company_members.until, excluded.until) end`)
  const kept = pairs.map((pair) => pair.keep)
  // of two spells that go on, the one that began earlier
  await tx.run(sql`
    delete from company_members later using company_members earlier
    where (later.member_id = any (${kept}::uuid[]) or later.company_id = any (${kept}::uuid[]))
      and earlier.member_id = later.member_id and earlier.company_id = later.company_id
      and earlier.role = later.role and earlier.since < later.since and earlier.until is null`)
}

/** Who is forgotten belongs to no company; a forgotten company has no name. Its orders keep their amounts. */
export async function forgetCompanies(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    with people as (
      delete from company_members where member_id = any (${member_ids}::uuid[])
        or company_id = any (${member_ids}::uuid[])
    ),
    tax as (delete from company_tax_ids where company_id = any (${member_ids}::uuid[]))
    update companies set name = null, notes = '', updated_at = ${tx.now}::timestamptz
    where member_id = any (${member_ids}::uuid[])`)
}
