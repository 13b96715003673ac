/** Invitations: the way to tiers that no progress reaches. Who is invited accepts, and holds the tier until its day. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { readAccounts, wantedToday, writeAccounts } from './accounts.ts'
import { reviewUntil } from './climb.ts'
import { decideInvitation } from './inviting.ts'
import { lawOf } from './law.ts'
import { sumOf } from './measures.ts'
import { ruleAt } from './rules.ts'
import type { InvitationWanted, TierInvitation } from './given/types.ts'

/**
 * Invites members to tiers, once for ever by (member, source, source_id); answers the invitations in the order asked.
 * Throws `tier.not_found`, `tier_invitation.lowest`, `.no_member`, `.source_reused`, and `.too_late` for days gone by.
 */
export async function invite(tx: Tx, wanted: readonly InvitationWanted[]): Promise<TierInvitation[]> {
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const { tiers } = await lawOf(tx, time_zone)
  const tierOf = new Map(tiers.map((tier) => [tier.code, tier]))
  for (const { tier_code, until_on, answer_by } of wanted) {
    if (!tierOf.has(tier_code)) throw new AppError('tier.not_found', { code: tier_code })
    if (tierOf.get(tier_code)!.rank === 0) throw new AppError('tier_invitation.lowest', { code: tier_code })
    const gone = [until_on, answer_by].find((day) => day && day < today)
    if (gone) throw new AppError('tier_invitation.too_late', { day: gone })
  }
  const rows = [...wanted].sort((a, b) => (a.member_id < b.member_id ? -1 : 1))
  const found = await tx.rows(sql`
    select from members where member_id = any (${[...new Set(rows.map((row) => row.member_id))]}::uuid[])
      and kind = 'member' and merged_into is null`)
  if (found.length < new Set(rows.map((row) => row.member_id)).size)
    throw new AppError('tier_invitation.no_member', {}, { status: 404 })
  await tx.run(sql`
    insert into tier_invitations (member_id, tier_id, source, source_id, status, answer_by, until_on, note, invited_by,
      created_at)
    select one.*, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from unnest(${rows.map((row) => row.member_id)}::uuid[],
      ${rows.map((row) => tierOf.get(row.tier_code)!.tier_id)}::uuid[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.source_id)}::text[], ${rows.map(() => 'open')}::text[],
      ${rows.map((row) => row.answer_by ?? null)}::date[], ${rows.map((row) => row.until_on ?? null)}::date[],
      ${rows.map((row) => row.note ?? null)}::text[]) as one
    on conflict (member_id, source, source_id) do nothing`)
  const made = await tx.rows<TierInvitation & { nth: number }>(sql`
    select ${columns}, wanted.nth
    from unnest(${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.source)}::text[],
      ${wanted.map((one) => one.source_id)}::text[]) with ordinality as wanted (member_id, source, source_id, nth)
    join tier_invitations i on i.member_id = wanted.member_id and i.source = wanted.source
      and i.source_id = wanted.source_id
    join tiers tier on tier.tier_id = i.tier_id order by wanted.nth`)
  return made.map(({ nth: _nth, ...one }, i) => {
    const { tier_code, until_on, source_id } = wanted[i]!
    if (one.tier_code !== tier_code || one.until_on !== (until_on ?? null))
      throw new AppError('tier_invitation.source_reused', { source_id }, { status: 409 })
    return one
  })
}

const columns = sql`i.member_id, i.invitation_id, tier.code as tier_code, tier.names as tier_names, i.status,
  i.source, i.source_id, i.answer_by, i.until_on, i.note, i.invited_by, i.created_at, i.answered_at`

/** A member's invitations, newest first. */
export async function invitationsOf(db: Reader, member_id: string): Promise<TierInvitation[]> {
  return db.rows<TierInvitation>(sql`
    select ${columns} from tier_invitations i join tiers tier on tier.tier_id = i.tier_id
    where i.member_id = ${member_id}::uuid order by i.created_at desc, i.invitation_id desc`)
}

interface Named {
  member_id: string
  invitation_id: string
}

/**
 * The member takes the invitation and holds the tier at once. Accepted a second time it answers the same. Throws
 * `tier_invitation.not_found`, `.wrong_state`, `.too_late`, `.not_above` (the tier held is as high), `.no_rule`.
 */
export async function accept(tx: Tx, named: Named): Promise<TierInvitation> {
  const invitation = await answer(tx, named, 'accepted')
  if (!invitation.is_new) return invitation.row
  const { time_zone } = await program.current(tx)
  const law = await lawOf(tx, time_zone)
  const day = dayOf(tx.now, time_zone)
  const { answer_by, until_on, tier_code } = invitation.row
  const last = [answer_by, until_on].find((one) => one && one < day)
  if (last) throw new AppError('tier_invitation.too_late', { day: last }, { status: 409 })
  const version = ruleAt(law.rules, tx.now)
  if (!version) throw new AppError('tier_invitation.no_rule', {}, { status: 409 })
  const accounts = await readAccounts(tx, law, wantedToday(tx, law, [named.member_id]))
  const account = accounts.get(named.member_id)!
  reviewUntil(law, account, day)
  const { rank } = law.tiers.find((tier) => tier.code === tier_code)!
  const decision = decideInvitation(
    account.held,
    { at: tx.now, day, rank, until_on, invitation_id: named.invitation_id },
    { law, version, sum: sumOf(account, version.rule.measure) },
  )
  if (!decision) {
    const held = law.tiers[account.held.rank]?.code ?? null
    throw new AppError('tier_invitation.not_above', { code: tier_code, held }, { status: 409 })
  }
  account.held = decision.held
  account.decisions.push(decision)
  await writeAccounts(tx, law, { progress: [], accounts: [account] })
  return invitation.row
}

/** The member says no. Throws `tier_invitation.not_found`, `.wrong_state`. */
export async function decline(tx: Tx, named: Named): Promise<TierInvitation> {
  return (await answer(tx, named, 'declined')).row
}

/** The brand takes back an invitation that is still open. Throws `tier_invitation.not_found`, `.wrong_state`. */
export async function withdraw(tx: Tx, named: Named): Promise<TierInvitation> {
  return (await answer(tx, named, 'withdrawn')).row
}

async function answer(
  tx: Tx,
  { member_id, invitation_id }: Named,
  status: 'accepted' | 'declined' | 'withdrawn',
): Promise<{ row: TierInvitation; is_new: boolean }> {
  const answered = await tx.run(sql`
    update tier_invitations set status = ${status}::text, answered_at = ${tx.now}::timestamptz
    where member_id = ${member_id}::uuid and invitation_id = ${invitation_id}::uuid and status = 'open'`)
  const row = (await invitationsOf(tx, member_id)).find((one) => one.invitation_id === invitation_id)
  if (!row) throw new AppError('tier_invitation.not_found', { invitation_id }, { status: 404 })
  if (row.status !== status)
    throw new AppError('tier_invitation.wrong_state', { status: row.status }, { status: 409 })
  return { row, is_new: answered > 0 }
}
