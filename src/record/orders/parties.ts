/** Orders in the name of companies: to whom they count, and whose tier climbs, is decided once, when they come. */
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../members/members.ts'
import type { CompanyOrder, CompanyRef, MemberRef, Parties } from '../members/types.ts'
import type { OrderInput, OrderOutcome, OrderWire, ReceiveOptions } from './types.ts'

/** Whom an order names beside its company. */
export interface Named {
  company: CompanyRef
  buyer: MemberRef | null
  payer: MemberRef | null
  user: MemberRef | null
}

/** Null for an ordinary order. */
export function namedBy({ company, member, buyer, payer, user }: OrderWire): Named | null {
  if (!company) return null
  return { company, buyer: buyer ?? member ?? null, payer: payer ?? null, user: user ?? null }
}

/** By the order's place in its set: whose it is, whom it names, and which name no known company. */
export interface Credited {
  members: Map<number, MemberRef>
  parties: Map<number, Parties>
  refused: Map<number, OrderOutcome>
}

/** Fills in whose tier climbs. Asks nothing for ordinary orders. */
export async function creditedOf(
  tx: Tx,
  fresh: readonly { draft: OrderInput; named: Named | null }[],
  options: ReceiveOptions,
): Promise<Credited> {
  const credited: Credited = { members: new Map(), parties: new Map(), refused: new Map() }
  const asked = fresh.flatMap(({ draft, named }) => (named ? [{ draft, named }] : []))
  if (asked.length === 0) return credited
  const found = await members.partiesFor(
    tx,
    asked.map(({ draft, named }) => ({ ...named, occurred_at: draft.occurred_at, ordered_on: draft.ordered_on })),
    { create_as: options.create_as ?? 'guest', channel: options.channel ?? asked[0]!.draft.source },
  )
  asked.forEach(({ draft: { index } }, i) => {
    const one = found[i]!
    if ('code' in one) credited.refused.set(index, { index, outcome: 'refused', ...one })
    else {
      credited.parties.set(index, one)
      credited.members.set(index, { member_id: one.member_id })
      asked[i]!.draft.climber_id = one.climber_id
    }
  })
  return credited
}

const asSaid = ['company.credited', 'company.climber']

/** Writes down whom the placed ones named, and notes where the company has what was meant for a person. */
export async function keepPartiesOf(
  tx: Tx,
  outcomes: readonly OrderOutcome[],
  { parties }: Credited,
): Promise<OrderOutcome[]> {
  const placed = outcomes.flatMap(({ outcome, index, order_id }) => {
    const named = parties.get(index)
    return outcome === 'placed' && named && order_id ? [{ order_id, parties: named }] : []
  })
  if (placed.length === 0) return [...outcomes]
  await members.keepParties(tx, placed)
  return outcomes.map((one) => {
    const named = one.outcome === 'placed' ? parties.get(one.index) : undefined
    const note = [named?.why, named?.climber_why].find((why) => why && !asSaid.includes(why.codes[0]!))
    return note ? { ...one, code: note.codes[0]!, params: note.params } : one
  })
}

const columns = sql`o.order_id, o.member_id, p.company_id, c.name as company_name, o.source, o.source_id,
  o.occurred_at, o.net_minor, o.refunded_minor, p.buyer_id, buyer.display_name as buyer_name, p.payer_id,
  payer.display_name as payer_name, p.user_id, used.display_name as user_name, p.credited, p.why, p.climber,
  p.climber_id, climbing.display_name as climber_name, p.climber_why`
const joined = sql`order_parties p
  join orders o on o.member_id = p.member_id and o.order_id = p.order_id
  left join companies c on c.member_id = p.company_id
  left join members buyer on buyer.member_id = p.buyer_id
  left join members payer on payer.member_id = p.payer_id
  left join members used on used.member_id = p.user_id
  left join members climbing on climbing.member_id = p.climber_id`

/** Who the people of an order were; null for an ordinary one. */
export async function partiesOf(
  db: Reader,
  named: { member_id: string; order_id: string },
): Promise<CompanyOrder | null> {
  const row = await db.row<CompanyOrder>(sql`
    select ${columns} from ${joined}
    where p.member_id = ${named.member_id}::uuid and p.order_id = ${named.order_id}::uuid`)
  return row ?? null
}

/** A company's orders, newest first. */
export async function companyOrders(
  db: Reader,
  page: { company_id: string; store_ids: readonly string[] | null; after: [string, string] | null; limit: number },
): Promise<CompanyOrder[]> {
  return db.rows<CompanyOrder>(sql`
    select ${columns} from ${joined}
    where p.company_id = ${page.company_id}::uuid
      and (${page.store_ids}::uuid[] is null or o.store_id = any (${page.store_ids}::uuid[]))
      and (${page.after?.[1] ?? null}::uuid is null
        or (o.occurred_at, o.order_id) < (${page.after?.[0] ?? null}::timestamptz, ${page.after?.[1] ?? null}::uuid))
    order by o.occurred_at desc, o.order_id desc limit ${page.limit}::int`)
}
