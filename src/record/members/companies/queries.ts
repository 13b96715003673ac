/** How companies are looked at. */
import type { Reader } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import type { Company, CompanyPerson, CompanyRole } from './types.ts'

const columns = sql`c.member_id as company_id, c.name, c.notes, c.created_at,
  (select tax_id from company_tax_ids t where t.company_id = c.member_id order by t.created_at, tax_id limit 1)
    as tax_id,
  (select count(distinct p.member_id)::int from company_members p where p.company_id = c.member_id and p.until is null)
    as people,
  (select count(*)::int from order_parties o where o.company_id = c.member_id) as orders`

/** Companies by name, those whose name or tax id begins so. */
export async function companies(
  db: Reader,
  page: { search: string; after: [string, string] | null; limit: number },
): Promise<Company[]> {
  const begins = `${page.search.replaceAll(/[\\%_]/g, '\\$&')}%`
  return db.rows<Company>(sql`
    select ${columns} from companies c
    where (${page.search}::text = '' or c.name ilike ${`%${begins}`}::text or exists (select from company_tax_ids t
        where t.company_id = c.member_id and t.tax_id like ${begins}::text))
      and (${page.after?.[1] ?? null}::uuid is null
        or (coalesce(c.name, ''), c.member_id) > (${page.after?.[0] ?? ''}::text, ${page.after?.[1] ?? null}::uuid))
    order by coalesce(c.name, ''), c.member_id limit ${page.limit}::int`)
}

/** One company. Throws `company.not_found`. */
export async function companyOf(db: Reader, company_id: string): Promise<Company> {
  const found = await db.row<Company>(sql`select ${columns} from companies c where c.member_id = ${company_id}::uuid`)
  if (!found) throw new AppError('company.not_found', { company_id }, { status: 404 })
  return found
}

/** Who belongs, those who left last. */
export async function peopleOf(db: Reader, company_id: string): Promise<CompanyPerson[]> {
  return db.rows<CompanyPerson>(sql`
    select p.member_id, m.display_name, p.role, p.since, p.until
    from company_members p left join members m on m.member_id = p.member_id
    where p.company_id = ${company_id}::uuid
    order by p.until desc nulls first, p.since, m.display_name, p.role`)
}

/** To which companies a person belongs now. */
export async function companiesOfPerson(
  db: Reader,
  member_id: string,
): Promise<{ company_id: string; name: string | null; role: CompanyRole; since: string }[]> {
  return db.rows(sql`
    select p.company_id, c.name, p.role, p.since from company_members p join companies c on c.member_id = p.company_id
    where p.member_id = ${member_id}::uuid and p.until is null order by c.name, p.role`)
}
