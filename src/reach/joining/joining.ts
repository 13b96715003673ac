/** How somebody becomes a member: what is asked, where they were met, who brought them, by which account they come. */
import type { Tx } from '../../base/db.ts'
import * as members from '../../record/members/members.ts'
import { marketing } from '../../record/members/types.ts'
import * as stores from '../../record/stores/stores.ts'
import { isKnownVersion } from './consent-texts.ts'
import { openSource } from './sources.ts'
import type { JoinBody } from './types.ts'

export { beginAttempt, endAttempt, forget, returned, sweepAttempts, waitingAttempt } from './attempts.ts'
export { checks } from './checks.ts'
export { consentText, isKnownVersion } from './consent-texts.ts'
export { doors } from './providers.ts'
export { answer, nextStep } from './steps.ts'

/** By what a new member is known: an address that is proved, or an account that has none. */
export type KnownBy =
  | { kind: 'email' | 'phone'; address: string }
  | { kind: 'account'; provider: string; subject: string; email: string | null }

/** The proof of a consent: which text, how, from where. */
export const said = (granted: boolean, text_version: string, ip: string) => ({
  purpose: marketing,
  status: granted ? ('granted' as const) : ('withdrawn' as const),
  method: 'portal',
  text_version,
  ip,
})

/**
 * Makes a member of somebody new. The word of the link they came by is kept as the way they joined, with the store of
 * its poster; `referred_by` is the member whose link it was. Throws `member.identity_taken`, `member.account_taken`.
 */
export async function join(
  tx: Tx,
  by: KnownBy,
  wanted: JoinBody,
  from: { ip: string; referred_by: string | null },
): Promise<string> {
  const poster = wanted.source ? await openSource(tx, wanted.source.trim()) : null
  const known = wanted.store ? await stores.all(tx) : []
  const store_id = poster?.store_id ?? known.find((store) => store.code === wanted.store)?.store_id ?? null
  const name = wanted.name?.trim()
  const consents = wanted.consents
    // a box that was left empty says nothing; it is no withdrawal
    .filter(({ granted, version }) => granted && isKnownVersion(version))
    .map(({ channel, granted, version }) => ({ ...said(granted, version, from.ip), channel }))
  const way = from.referred_by ? 'friend' : by.kind === 'account' ? by.provider : 'portal'
  const profile = {
    ...(name ? { display_name: name } : {}),
    ...(wanted.language ? { locale: wanted.language } : {}),
    join_channel: poster?.code ?? (wanted.source?.trim() || way),
    join_store_id: store_id,
    home_store_id: store_id,
  }
  const member_id = await make(tx, by, { ...profile, consents })
  if (from.referred_by) await members.refer(tx, [{ member_id, referred_by: from.referred_by }])
  return member_id
}

async function make(tx: Tx, by: KnownBy, input: members.MemberInput): Promise<string> {
  if (by.kind !== 'account') {
    const made = await members.create(tx, { ...input, [by.kind]: by.address }, { source: 'portal' })
    return made.member_id
  }
  const { provider, subject, email } = by
  if (email === null) return members.createByAccount(tx, { provider, subject }, input)
  const { member_id } = await members.create(tx, { ...input, email }, { source: 'portal' })
  await members.bindAddress(tx, member_id, { kind: 'email', address: email })
  await members.bindAccount(tx, member_id, provider, subject)
  return member_id
}
