/** Companies, who belongs to them, and to whom their orders count. */
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { sql } from '../../../base/sql.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../program/program.ts'
import { audit } from '../../staff/staff.ts'
import * as members from '../members.ts'
import { companyOf } from './queries.ts'
import type { Company, CompanyChanges, CompanyRole, CreditWanted, NewCompany } from './types.ts'

/** As people write them: without blanks and hyphens, in capitals. */
export function plainTaxId(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toUpperCase()
}

/** Founds a company with its account. Throws `company.tax_id_taken`. */
export async function createCompany(tx: Tx, wanted: NewCompany): Promise<Company> {
  const { member_id } = await members.create(
    tx,
    // an account is found by an identity: one of its own, because a tax id may change
    { display_name: wanted.name, external_id: uuidv7(tx.now), join_channel: 'company' },
    { source: 'companies' },
  )
  await tx.run(sql`
    insert into companies (member_id, name, notes, created_at, updated_at)
    values (${member_id}::uuid, ${wanted.name}::text, ${wanted.notes ?? ''}::text, ${tx.now}::timestamptz,
      ${tx.now}::timestamptz)`)
  if (wanted.tax_id) await claimTaxId(tx, member_id, wanted.tax_id)
  await audit(tx, [{ action: 'company.created', noun: 'companies', noun_id: member_id }])
  return companyOf(tx, member_id)
}

async function claimTaxId(tx: Tx, company_id: string, text: string): Promise<void> {
  const tax_id = plainTaxId(text)
  const claimed = await tx.run(sql`
    insert into company_tax_ids (tax_id, company_id, created_at)
    values (${tax_id}::text, ${company_id}::uuid, ${tx.now}::timestamptz)
    on conflict (tax_id) do update set company_id = excluded.company_id
    where company_tax_ids.company_id = excluded.company_id`)
  if (claimed === 0) throw new AppError('company.tax_id_taken', { tax_id }, { status: 409 })
}

/** Changes a company. Throws `company.not_found`, `company.tax_id_taken`. */
export async function updateCompany(tx: Tx, company_id: string, changes: CompanyChanges): Promise<Company> {
  const found = await tx.run(sql`
    update companies set name = coalesce(${changes.name ?? null}::text, name),
      notes = coalesce(${changes.notes ?? null}::text, notes), updated_at = ${tx.now}::timestamptz
    where member_id = ${company_id}::uuid`)
  if (found === 0) throw new AppError('company.not_found', { company_id }, { status: 404 })
  if (changes.name !== undefined) await members.update(tx, company_id, { display_name: changes.name })
  if (changes.tax_id !== undefined) {
    await tx.run(sql`
      delete from company_tax_ids where company_id = ${company_id}::uuid
        and tax_id is distinct from ${changes.tax_id === null ? null : plainTaxId(changes.tax_id)}::text`)
    if (changes.tax_id !== null) await claimTaxId(tx, company_id, changes.tax_id)
  }
  await audit(tx, [{ action: 'company.changed', noun: 'companies', noun_id: company_id }])
  return companyOf(tx, company_id)
}

/** A person to be put into a company, or out of it. */
export interface Belonging {
  company_id: string
  member_id: string
  role: CompanyRole
  since?: string | undefined
  until?: string | null | undefined
}

/**
 * Puts people into companies; who has the role already keeps it. Throws `company.person_not_found`,
 * `company.not_found`, `company.itself`.
 */
export async function join(tx: Tx, wanted: readonly Belonging[]): Promise<void> {
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const itself = wanted.find((one) => one.company_id === one.member_id)
  if (itself) throw new AppError('company.itself', { company_id: itself.company_id })
  const known = await tx.rows<{ nth: number; is_company: boolean; is_person: boolean }>(sql`
    select nth, exists (select from companies c where c.member_id = wanted.company_id) as is_company,
      exists (select from members m where m.member_id = wanted.member_id and m.kind <> 'walk_in'
        and m.merged_into is null and m.erased_at is null) as is_person
    from unnest(${wanted.map((one) => one.company_id)}::uuid[], ${wanted.map((one) => one.member_id)}::uuid[])
      with ordinality as wanted (company_id, member_id, nth)`)
  for (const { nth, is_company, is_person } of known) {
    const { company_id, member_id } = wanted[nth - 1]!
    if (!is_company) throw new AppError('company.not_found', { company_id }, { status: 404 })
    if (!is_person) throw new AppError('company.person_not_found', { member_id }, { status: 404 })
  }
  await tx.run(sql`
    insert into company_members (member_id, company_id, role, since, until, created_at)
    select member_id, company_id, role, since, until, ${tx.now}::timestamptz
    from unnest(${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.company_id)}::uuid[],
      ${wanted.map((one) => one.role)}::text[], ${wanted.map((one) => one.since ?? today)}::date[],
      ${wanted.map((one) => one.until ?? null)}::date[]) as one (member_id, company_id, role, since, until)
    where not exists (select from company_members held where held.member_id = one.member_id
      and held.company_id = one.company_id and held.role = one.role
      and (held.until is null or held.until >= one.since))
    on conflict do nothing`)
  await audit(
    tx,
    wanted.map((one) => ({
      action: 'company.joined',
      noun: 'companies',
      noun_id: one.company_id,
      after: { member_id: one.member_id, role: one.role },
    })),
  )
}

/** A person leaves: `until` is the last day, today unless said. Throws `company.not_of_company`. */
export async function leave(tx: Tx, gone: Belonging): Promise<void> {
  const { time_zone } = await program.current(tx)
  const until = gone.until ?? dayOf(tx.now, time_zone)
  const ended = await tx.run(sql`
    update company_members set until = greatest(since, ${until}::date)
    where member_id = ${gone.member_id}::uuid and company_id = ${gone.company_id}::uuid
      and role = ${gone.role}::text and (until is null or until > ${until}::date)`)
  if (ended === 0) throw new AppError('company.not_of_company', { member_id: gone.member_id, role: gone.role })
  await audit(tx, [
    {
      action: 'company.left',
      noun: 'companies',
      noun_id: gone.company_id,
      after: { member_id: gone.member_id, role: gone.role, until },
    },
  ])
}

/** To whom companies' orders count, and whose tier climbs: who bought unless said otherwise. */
export async function creditWanted(db: Reader): Promise<CreditWanted> {
  const row = await db.row<CreditWanted>(sql`select credited, progress from company_credit`)
  return row ?? { credited: 'buyer', progress: 'same' }
}

/** Says so for orders from now on; those that came before stay where they are. What is not said stays too. */
export async function setCredit(tx: Tx, wanted: Partial<CreditWanted>): Promise<CreditWanted> {
  const before = await creditWanted(tx)
  const { credited, progress } = { ...before, ...wanted }
  await tx.run(sql`
    insert into company_credit (credited, progress, updated_at)
    values (${credited}::text, ${progress}::text, ${tx.now}::timestamptz)
    on conflict (is_one) do update set credited = excluded.credited, progress = excluded.progress,
      updated_at = excluded.updated_at`)
  const change = { before: { ...before }, after: { credited, progress } }
  await audit(tx, [{ action: 'company_credit.set', noun: 'company_credit', noun_id: null, ...change }])
  return { credited, progress }
}
