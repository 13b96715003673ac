/**
 * Coming in by an account elsewhere. An account that leads to a member signs in; a new one joins; one whose verified
 * e-mail is a member's is bound to that member only after the code that is sent there, never silently.
 */
import type { Db } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import * as members from '../../../record/members/members.ts'
import * as joining from '../../joining/joining.ts'
import type { JoinBody } from '../../joining/types.ts'
import { giverOf } from '../passing.ts'
import type { CameBack } from '../types.ts'

/** What a way back came to; a session for whoever is a member now. */
export interface CameByAccount extends CameBack {
  session: members.MemberSession | null
}

interface Back {
  /** The state that this browser holds. */
  cookie: string | undefined
  answer: Record<string, string>
  redirect_uri: string
  /** Who is signed in here. */
  signed_in: string | null
}

const actorOf = (member_id: string | null) => ({ kind: 'member' as const, id: member_id, name: 'portal' })

/**
 * Hears a provider's answer. `known`: the e-mail is a member's; who signs in by its code binds the account by
 * `bindWaiting`. Throws what `joining.returned` refuses, `member.account_taken`, `member.account_known`.
 */
export async function comeByAccount(
  db: Db,
  { cookie, answer, redirect_uri, signed_in }: Back,
): Promise<CameByAccount> {
  const attempt = await joining.returned(db, { cookie, answer, redirect_uri })
  const { provider, subject, email, name } = attempt
  const came = { provider, email: null, name: null, session: null }
  if (attempt.member_id !== null) {
    if (attempt.member_id !== signed_in) throw new AppError('joining.attempt_unknown')
    await bindWaiting(db, signed_in, cookie!)
    return { ...came, outcome: 'bound' }
  }
  const owner = await members.memberByAccount(db, provider, subject)
  if (owner) {
    const session = await db.tx({ actor: actorOf(owner), now: db.now() }, async (tx) => {
      await joining.endAttempt(tx, cookie!)
      return members.beginMemberSession(tx, owner, null)
    })
    return { ...came, outcome: 'signed_in', session }
  }
  const known = email ? await members.ownerOf(db, { kind: 'email', address: email }) : null
  return known ? { ...came, outcome: 'known', email } : { ...came, outcome: 'joining', email, name }
}

/** Joins whoever came back in this browser. Throws `joining.attempt_over`, `member.identity_taken`. */
export async function joinByAccount(
  db: Db,
  given: { cookie: string | undefined; join: JoinBody; ip: string },
): Promise<members.MemberSession> {
  const { provider, subject, email } = await joining.waitingAttempt(db, given.cookie, db.now())
  return db.tx({ actor: actorOf(null), now: db.now() }, async (tx) => {
    await joining.endAttempt(tx, given.cookie!)
    const referred_by = given.join.pass ? await giverOf(tx, given.join.pass) : null
    const by = { kind: 'account' as const, provider, subject, email }
    const member_id = await joining.join(tx, by, given.join, { ip: given.ip, referred_by })
    return members.beginMemberSession(tx, member_id, null)
  })
}

/**
 * Binds the account that came back in this browser to the member who is signed in: who began it signed in, or whose
 * e-mail it has. An account that somebody else left in a shared browser is nobody else's. Throws
 * `joining.attempt_unknown` and as `members.bindAccount`.
 */
export async function bindWaiting(db: Db, member_id: string, cookie: string | undefined): Promise<void> {
  const { provider, subject, email, ...attempt } = await joining.waitingAttempt(db, cookie, db.now())
  const theirs =
    attempt.member_id ?? (email ? await members.ownerOf(db, { kind: 'email' as const, address: email }) : null)
  if (theirs !== member_id) throw new AppError('joining.attempt_unknown')
  await db.tx({ actor: actorOf(member_id), now: db.now() }, async (tx) => {
    await joining.endAttempt(tx, cookie!)
    await members.bindAccount(tx, member_id, provider, subject)
  })
}
