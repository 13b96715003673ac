/**
 * What a member does alone: comes in, shows the card, redeems, changes what is theirs, leaves. Every verb acts on the
 * member of its session; nothing here takes another member's id.
 */
import type { Db, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import * as joining from '../joining/joining.ts'
import { languageOf, openWays, queueLetter } from './letters.ts'
import { giverOf } from './passing.ts'
import type { CodeBody, ConsentBody, Language, ProfileBody, RedeemBody, SessionBody } from './types.ts'

export { askBindingCode, bindByCode, partFromAccount, partFromAddress } from './binding.ts'
export { checks } from './checks.ts'
export { identify, proves } from './identifying.ts'
export { acceptPass, makePass, offeredBy, takeBackPass } from './passing.ts'
export { homeOf, spendCodeOf } from './queries.ts'
export { plainCode } from './rules.ts'

/** What a sign-in came to; a session for whoever is a member now. */
export interface CameIn {
  outcome: 'signed_in' | 'joined' | 'joining'
  session: members.MemberSession | null
}

/** Who asks, besides the address: what the limits count. */
export interface Asker {
  ip: string
  /** The token of this device's cookie. */
  device: string
}

/**
 * Sends a code to an address, whoever has it. Throws `member.email_unreadable` and its like, `portal.way_closed`,
 * `member_code.too_many`.
 */
export async function askSignInCode(tx: Tx, given: CodeBody, asker: Asker): Promise<members.SignInCode> {
  const address = await members.readAddress(tx, {
    ...(given.email !== undefined ? { email: given.email } : {}),
    ...(given.phone !== undefined ? { phone: given.phone } : {}),
  })
  if (!(await openWays(tx)).includes(address.kind)) throw new AppError('portal.way_closed')
  const code = await members.askCode(tx, { ...address, ...asker })
  await queueLetter(tx, code.code_id, given.language ?? (await languageOf(tx)))
  return code
}

/**
 * By the right code a member is signed in; somebody new is told so and joins with the same code. Who is known is said
 * to nobody without the code. Throws `member_code.refused`.
 */
export async function comeIn(db: Db, given: SessionBody, ip: string): Promise<CameIn> {
  const code = await members.tryCode(db, { ...given, purpose: 'sign_in' }, db.now())
  const owner = await members.ownerOf(db, code)
  const actor = { kind: 'member' as const, id: owner, name: 'portal' }
  return db.tx({ actor, now: db.now() }, async (tx) => {
    if (owner) {
      await members.useCode(tx, code)
      return { outcome: 'signed_in', session: await members.beginMemberSession(tx, owner, code) }
    }
    if (!given.join) {
      await members.waitForJoining(tx, code)
      return { outcome: 'joining', session: null }
    }
    await members.useCode(tx, code)
    const referred_by = given.join.pass ? await giverOf(tx, given.join.pass) : null
    const member_id = await joining.join(tx, code, given.join, { ip, referred_by })
    return { outcome: 'joined', session: await members.beginMemberSession(tx, member_id, code) }
  })
}

/** Gives or withdraws consent to be written to. Throws `portal_consent.unknown` for a text never shown: no proof. */
export async function sayConsent(tx: Tx, member_id: string, given: ConsentBody, ip: string): Promise<void> {
  if (!joining.isKnownVersion(given.version)) throw new AppError('portal_consent.unknown')
  await members.consent(tx, [
    { ...joining.said(given.granted, given.version, ip), member_id, channel: given.channel },
  ])
}

/**
 * Changes what members may change of themselves. A birthday is said once: gifts hang on it. Throws
 * `portal.birthday_known`, `member.birth_date_unreadable`.
 */
export async function changeProfile(tx: Tx, member_id: string, changes: ProfileBody): Promise<void> {
  // the row is locked before the birthday is looked at, or two could be said at once
  await tx.run(sql`select from members where member_id = ${member_id}::uuid for update`)
  const before = await members.memberOf(tx, member_id)
  const isOther = changes.birth_date !== undefined && changes.birth_date !== before.birth_date
  if (isOther && before.birth_date) throw new AppError('portal.birthday_known')
  await members.update(tx, member_id, changes)
}

/** Redeems an item for the member; the same wish again answers the same gift. Throws what `gifts.redeem` refuses. */
export async function redeem(tx: Tx, member_id: string, wish: RedeemBody): Promise<string> {
  const { item_id, store_id, wish_id, delivery } = wish
  const [outcome] = await gifts.redeem(tx, [
    { member_id, item_id, store_id, source_id: `portal:${wish_id}`, ...(delivery ? { delivery } : {}) },
  ])
  return gifts.insist(outcome!).gift_id!
}

/** Sends the second code, to an address of the member's own. Throws `portal.address_missing`. */
export async function askErasureCode(
  tx: Tx,
  member_id: string,
  language: Language | undefined,
  asker: Asker,
): Promise<members.SignInCode> {
  const [{ email, phone }, ways] = [await members.memberOf(tx, member_id), await openWays(tx)]
  const address =
    email && ways.includes('email')
      ? { kind: 'email' as const, address: email }
      : phone && ways.includes('phone')
        ? { kind: 'phone' as const, address: phone }
        : null
  if (!address) throw new AppError('portal.address_missing')
  const code = await members.askCode(tx, { ...address, ...asker, own: { member_id, purpose: 'erase' } })
  await queueLetter(tx, code.code_id, language ?? (await languageOf(tx)))
  return code
}

/** Deletes the account, by a code that was sent for just this. Throws `member_code.refused`. Cannot be undone. */
export async function eraseMyself(
  db: Db,
  member_id: string,
  given: { code_id: string; code: string },
): Promise<void> {
  const code = await members.tryCode(db, { ...given, purpose: 'erase' }, db.now())
  if (code.member_id !== member_id) throw new AppError('member_code.refused')
  await db.tx({ actor: { kind: 'member', id: member_id, name: 'portal' }, now: db.now() }, async (tx) => {
    await members.useCode(tx, code)
    await members.erase(tx, [member_id])
  })
}
