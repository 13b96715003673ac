/** Newer versions that name another person than whom the order stands with: it stays, and that is told. */
import type { Tx } from '../../base/db.ts'
import { write } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../members/members.ts'
import type { MemberRef } from '../members/types.ts'
import type { Change } from './changes.ts'

/** A name alone says nobody. */
const namesSomebody = ({ member_id, external_id, phone, email, card }: MemberRef) =>
  [member_id, external_id, phone, email, card].some(Boolean)

/**
 * Tells `order.named_another` of each order whose newer version names somebody else: one who is known here, or
 * (`named_member_id` null) nobody that is, or several. Who owns an order is never a version's word: a person decides,
 * and moves it if it must be.
 */
export async function tellDiffering(
  tx: Tx,
  versions: readonly (Change & { member: MemberRef | null })[],
): Promise<void> {
  const naming = versions.filter(({ member }) => member !== null && namesSomebody(member))
  const met = await members.find(
    tx,
    naming.map(({ member }) => member!),
  )
  const others = naming.flatMap(({ head }, nth) => {
    const { found } = met[nth]!
    if (found.some(({ member_id }) => member_id === head.member_id)) return []
    return [{ ...head, named_member_id: found.length === 1 ? found[0]!.member_id : null }]
  })
  if (others.length === 0) return
  // what is nobody's is claimed by other ways, and no fact is about nobody
  const people = await tx.rows<{ member_id: string }>(sql`
    select member_id from members
    where member_id = any (${others.map((one) => one.member_id)}::uuid[]) and kind <> 'walk_in'`)
  const owners = new Set(people.map(({ member_id }) => member_id))
  const facts = others.filter(({ member_id }) => owners.has(member_id))
  await write(
    tx,
    facts.map(({ member_id, order_id, source, source_id, store_id, named_member_id }) => ({
      name: 'order.named_another',
      member_id,
      occurred_at: tx.now,
      data: { order_id, source, source_id, store_id, named_member_id },
    })),
  )
}
