/** A company of the demo brand: an office that orders tea, with who orders, who pays, and who drinks it. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs, dayOf } from '../../base/time.ts'
import { createCompany, join } from '../../record/members/companies/companies.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'

/** So long ago they became its people, in days; and when it ordered since. */
const since_days = 60
const ordered_days_ago = [41, 20, 6]
const roles = ['buyer', 'payer', 'user'] as const
/** Members of the history, away from those that hold cards and plans. */
const first_person = 60

/** Makes it once; a demo that is taken up again keeps what is there. */
export async function makeCompany(tx: Tx): Promise<void> {
  if (await tx.row(sql`select from companies limit 1`)) return
  const wanted = roles.map((_role, i) => `M${first_person + i}`)
  const people = (await members.idsByExternal(tx, 'demo', wanted)).filter((id) => id !== null)
  const { time_zone } = await program.current(tx)
  const since = dayOf(addMs(tx.now, -since_days * dayMs), time_zone)
  const { company_id } = await createCompany(tx, {
    name: '松風設計事務所',
    tax_id: '24536806',
    notes: '每月茶水間訂茶，月底結帳',
  })
  await join(
    tx,
    people.map((member_id, i) => ({ company_id, member_id, role: roles[i]!, since })),
  )
  const named = (i: number) => (people[i] ? { member_id: people[i] } : null)
  await orders.receive(
    tx,
    ordered_days_ago.map((days, i) => ({
      source: 'b2b',
      source_id: `B2B-${1_001 + i}`,
      status: 'completed',
      occurred_at: addMs(tx.now, -days * dayMs),
      company: { company_id },
      buyer: named(0),
      payer: named(1),
      user: named(2),
      lines: [
        { name: '四季春茶葉 600g', category: '茶葉', quantity: 2 + i, net_minor: (2 + i) * 680 },
        { name: '茶包綜合 30 入', category: '茶葉', quantity: 1, net_minor: 360 },
      ],
    })),
    {},
  )
}
