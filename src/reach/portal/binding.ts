/**
 * A second address of one's own. Whose it was before is told only to who has typed the code that was sent there; then
 * two cards of one person may become one, the card in hand being the one that stays.
 */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as joining from '../joining/joining.ts'
import { languageOf, openWays, queueLetter } from './letters.ts'
import type { Asker } from './portal.ts'
import type { AddressBody, BindBody, Bound, CodeBody } from './types.ts'

/**
 * Sends a code to another address, whoever has it. Throws `member.email_unreadable` and its like,
 * `portal.way_closed`, `member_code.too_many`.
 */
export async function askBindingCode(
  tx: Tx,
  member_id: string,
  given: CodeBody,
  asker: Asker,
): Promise<members.SignInCode> {
  const address = await members.readAddress(tx, {
    ...(given.email !== undefined ? { email: given.email } : {}),
    ...(given.phone !== undefined ? { phone: given.phone } : {}),
  })
  if (!(await openWays(tx)).includes(address.kind)) throw new AppError('portal.way_closed')
  const code = await members.askCode(tx, { ...address, ...asker, own: { member_id, purpose: 'bind' } })
  await queueLetter(tx, code.code_id, given.language ?? (await languageOf(tx)))
  return code
}

/**
 * Adds the address by its code. Of another member's it says what that card holds and waits for `merge`; a guest's or a
 * follower's history joins at once. Throws `member_code.refused`.
 */
export async function bindByCode(db: Db, member_id: string, given: BindBody): Promise<Bound> {
  const code = await members.tryCode(db, { ...given, purpose: 'bind' }, db.now())
  if (code.member_id !== member_id) throw new AppError('member_code.refused')
  return db.tx({ actor: { kind: 'member', id: member_id, name: 'portal' }, now: db.now() }, async (tx) => {
    const [{ found }] = (await members.find(tx, [{ [code.kind]: code.address }])) as [members.FoundBy]
    const other = found.find((one) => one.member_id !== member_id)
    if (other?.kind === 'member' && !given.merge) {
      // the code stays good while the person reads what would come over
      await members.waitForJoining(tx, code)
      return { outcome: 'known', other: await holdingsOf(tx, other.member_id) }
    }
    await members.useCode(tx, code)
    if (other) await members.merge(tx, [{ keep: member_id, merge: other.member_id }])
    await members.bindAddress(tx, member_id, code)
    return { outcome: other?.kind === 'member' ? 'merged' : 'bound', other: null }
  })
}

/** Ways by which anybody can come in at present: one that no channel or provider serves is none. */
async function waysOpen(tx: Tx): Promise<string[]> {
  const [ways, doors] = [await openWays(tx), await joining.doors(tx)]
  return [...ways, ...doors.map(({ provider }) => `account:${provider}`)]
}

/** Parts from an address of one's own. Throws `member.last_way_in`. */
export async function partFromAddress(tx: Tx, member_id: string, address: AddressBody): Promise<void> {
  await members.unbindAddress(tx, member_id, address, await waysOpen(tx))
}

/** Parts from an account elsewhere. Throws `member.last_way_in`. */
export async function partFromAccount(tx: Tx, member_id: string, provider: string): Promise<void> {
  await members.unbindAccount(tx, member_id, provider, await waysOpen(tx))
}

/** What a card holds, in the words of a question: shown to who has proved that it is theirs. */
async function holdingsOf(db: Reader, member_id: string): Promise<Bound['other']> {
  const found = await db.row<NonNullable<Bound['other']>>(sql`
    select m.number, m.joined_at,
      coalesce((select active from point_balances b where b.member_id = m.member_id), 0)::bigint as points,
      (select count(*)::int from coupons c where c.member_id = m.member_id and c.state = 'available') as coupons,
      (select count(*)::int from gifts g where g.member_id = m.member_id and g.status = 'open') as gifts,
      (select count(*)::int from orders o where o.member_id = m.member_id) as orders
    from members m where m.member_id = ${member_id}::uuid`)
  return found ?? null
}
