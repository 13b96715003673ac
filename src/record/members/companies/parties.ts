/** The three people of a company's order, recognised, and the order's row beside it. */
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import * as members from '../members.ts'
import { creditWanted, plainTaxId } from './companies.ts'
import { creditOf } from './rules.ts'
import type { Parties, PartiesWire, Party } from './types.ts'

const parts: readonly Party[] = ['buyer', 'payer', 'user']
export interface UnknownCompany {
  code: 'company.not_found'
  params: Record<string, unknown>
}

/** Whom orders name and to whom they count, in the order asked. A company that is not known is an outcome. */
export async function partiesFor(
  tx: Tx,
  wires: readonly PartiesWire[],
  options: members.ResolveOptions,
): Promise<(Parties | UnknownCompany)[]> {
  const wanted = await creditWanted(tx)
  const companies = await companiesFor(tx, wires)
  const named = wires.flatMap((wire, nth) =>
    parts.flatMap((part) => (wire[part] && companies[nth] ? [{ nth, part, wire, ref: wire[part] }] : [])),
  )
  const found = await members.resolve(
    tx,
    named.map(({ ref, wire }) => ({ ...ref, occurred_at: wire.occurred_at })),
    options,
  )
  const belongs = await belonging(
    tx,
    named.map(({ nth, wire }, i) => ({
      member_id: found[i]!,
      company_id: companies[nth]!,
      on: wire.ordered_on,
    })),
  )
  return wires.map(({ company }, nth) => {
    const company_id = companies[nth]
    if (!company_id) return { code: 'company.not_found', params: { ...company } }
    const people = { buyer: null, payer: null, user: null } as Parameters<typeof creditOf>[1]['people']
    named.forEach((one, i) => {
      const member_id = found[i]
      if (one.nth === nth && member_id) people[one.part] = { member_id, is_of_company: belongs[i]! }
    })
    return {
      company_id,
      buyer_id: people.buyer?.member_id ?? null,
      payer_id: people.payer?.member_id ?? null,
      user_id: people.user?.member_id ?? null,
      ...creditOf(wanted, { company_id, people }),
    }
  })
}

/** By id, or by tax id; a merged company leads to the kept one. */
async function companiesFor(tx: Tx, wires: readonly PartiesWire[]): Promise<(string | null)[]> {
  const rows = await tx.rows<{ company_id: string | null }>(sql`
    select c.member_id as company_id
    from unnest(${wires.map(({ company }) => company.company_id ?? null)}::uuid[],
      ${wires.map(({ company }) => (company.tax_id === undefined ? null : plainTaxId(company.tax_id)))}::text[]
    ) with ordinality as wanted (company_id, tax_id, nth)
    left join company_tax_ids t on wanted.company_id is null and t.tax_id = wanted.tax_id
    left join members m on m.member_id = wanted.company_id
    left join companies c on c.member_id = coalesce(m.merged_into, m.member_id, t.company_id)
    order by wanted.nth`)
  return rows.map((row) => row.company_id)
}

/** Was each of the company on that day, whatever the role? */
async function belonging(
  tx: Tx,
  asked: readonly { member_id: string | null; company_id: string; on: string }[],
): Promise<boolean[]> {
  if (asked.length === 0) return []
  const rows = await tx.rows<{ is_of_company: boolean }>(sql`
    select exists (select from company_members p where p.member_id = asked.member_id
      and p.company_id = asked.company_id and p.since <= asked.day and (p.until is null or p.until >= asked.day)
    ) as is_of_company
    from unnest(${asked.map((one) => one.member_id)}::uuid[], ${asked.map((one) => one.company_id)}::uuid[],
      ${asked.map((one) => one.on)}::date[]) with ordinality as asked (member_id, company_id, day, nth)
    order by asked.nth`)
  return rows.map((row) => row.is_of_company)
}

/** Writes down whom placed orders named: once, and never changed but by a merge. */
export async function keepParties(tx: Tx, placed: readonly { order_id: string; parties: Parties }[]): Promise<void> {
  const rows = [...placed].sort((a, b) => (a.parties.member_id < b.parties.member_id ? -1 : 1))
  const all = rows.map((row) => row.parties)
  await tx.run(sql`
    insert into order_parties (member_id, order_id, company_id, buyer_id, payer_id, user_id, credited, why,
      climber, climber_id, climber_why, recorded_at)
    select one.*, ${tx.now}::timestamptz
    from unnest(${all.map((one) => one.member_id)}::uuid[], ${rows.map((row) => row.order_id)}::uuid[],
      ${all.map((one) => one.company_id)}::uuid[], ${all.map((one) => one.buyer_id)}::uuid[],
      ${all.map((one) => one.payer_id)}::uuid[], ${all.map((one) => one.user_id)}::uuid[],
      ${all.map((one) => one.credited)}::text[], ${all.map((one) => JSON.stringify(one.why))}::jsonb[],
      ${all.map((one) => one.climber)}::text[], ${all.map((one) => one.climber_id)}::uuid[],
      ${all.map((one) => one.climber_why && JSON.stringify(one.climber_why))}::jsonb[]) as one
    on conflict do nothing`)
}

/** An order that was given to another member by hand, and the one that took its place there. */
export interface MovedParties {
  from: { member_id: string; order_id: string }
  to: { member_id: string; order_id: string }
}

/** Whom moved orders named goes along, and so does whose tier climbs, where that was not the account itself. */
export async function moveParties(tx: Tx, moved: readonly MovedParties[]): Promise<void> {
  await tx.run(sql`
    insert into order_parties (member_id, order_id, company_id, buyer_id, payer_id, user_id, credited, why, climber,
      climber_id, climber_why, recorded_at)
    select moved.to_member_id, moved.to_order_id, p.company_id, p.buyer_id, p.payer_id, p.user_id, 'moved',
      jsonb_build_object('codes', jsonb_build_array('company.moved'), 'params',
        jsonb_build_object('wanted', p.credited)),
      case when p.climber_id is null then 'same' else p.climber end, nullif(p.climber_id, moved.to_member_id),
      case when p.climber_id is not null then p.climber_why end, ${tx.now}::timestamptz
    from unnest(${moved.map(({ from }) => from.member_id)}::uuid[], ${moved.map(({ from }) => from.order_id)}::uuid[],
      ${moved.map(({ to }) => to.member_id)}::uuid[], ${moved.map(({ to }) => to.order_id)}::uuid[])
      as moved (from_member_id, from_order_id, to_member_id, to_order_id)
    join order_parties p on p.member_id = moved.from_member_id and p.order_id = moved.from_order_id`)
}
