/** More ways to be recognised: a second address that is proved, an account with another provider. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../staff/staff.ts'
import { insertMembers, joinedFacts, newRow } from './rows.ts'
import { loadDictionaries } from './search-words.ts'
import type { CodeAddress } from './signing-in.ts'
import type { MemberInput } from './types.ts'

/** Identities by accounts: `account:google`, whose value is what the provider calls the person. */
const account = (provider: string) => `account:${provider}`

/** An account with a provider that leads to a member. */
export interface Account {
  provider: string
  bound_at: Date
}

/**
 * Makes a proved address the member's own, beside those there are; the first of its kind is the one that is shown.
 * Throws `member.identity_taken` when it is somebody else's.
 */
export async function bindAddress(tx: Tx, member_id: string, { kind, address }: CodeAddress): Promise<void> {
  const bound = await tx.row<{ member_id: string }>(sql`
    insert into member_identities as held (value, kind, member_id, verified_at, created_at)
    values (${address}::text, ${kind}::text, ${member_id}::uuid, ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    on conflict (value, kind) do update set verified_at = coalesce(held.verified_at, excluded.verified_at)
      where held.member_id = excluded.member_id
    returning member_id`)
  if (!bound) throw new AppError('member.identity_taken', {}, { status: 409 })
  const [phone, email] = kind === 'phone' ? [address, null] : [null, address]
  await tx.run(sql`
    update members set phone = coalesce(phone, ${phone}::text), email = coalesce(email, ${email}::text),
      updated_at = ${tx.now}::timestamptz
    where member_id = ${member_id}::uuid`)
  await audit(tx, [
    {
      action: 'member.address_bound',
      noun: 'members',
      noun_id: member_id,
      after: { kind },
      personal: [{ member_id, before: {}, after: { [kind]: address } }],
    },
  ])
}

/** The member that an account leads to; null for nobody, and for who is no member. */
export async function memberByAccount(db: Reader, provider: string, subject: string): Promise<string | null> {
  const found = await db.row<{ member_id: string }>(sql`
    select m.member_id from member_identities i join members m on m.member_id = i.member_id
    where i.value = ${subject}::text and i.kind = ${account(provider)}::text and m.kind = 'member'
      and m.merged_into is null and m.erased_at is null`)
  return found?.member_id ?? null
}

/**
 * Makes an account lead to a member; again changes nothing. Throws `member.account_taken` when it leads to another,
 * `member.account_known` when the member has another account with this provider.
 */
export async function bindAccount(tx: Tx, member_id: string, provider: string, subject: string): Promise<void> {
  // the member's row is the lock: two accounts of one provider cannot both be the first
  await tx.run(sql`select from members where member_id = ${member_id}::uuid for update`)
  const held = await tx.rows<{ value: string; member_id: string }>(sql`
    select value, member_id from member_identities
    where kind = ${account(provider)}::text
      and (value = ${subject}::text or member_id = ${member_id}::uuid and kind = ${account(provider)}::text)`)
  if (held.some((one) => one.member_id !== member_id)) throw new AppError('member.account_taken', {}, { status: 409 })
  if (held.some((one) => one.value !== subject)) throw new AppError('member.account_known')
  const bound = await tx.row(sql`
    insert into member_identities as held (value, kind, member_id, verified_at, created_at)
    values (${subject}::text, ${account(provider)}::text, ${member_id}::uuid, ${tx.now}::timestamptz,
      ${tx.now}::timestamptz)
    on conflict (value, kind) do update set verified_at = held.verified_at
      where held.member_id = excluded.member_id
    returning member_id`)
  if (!bound) throw new AppError('member.account_taken', {}, { status: 409 })
  if (held.length === 0)
    await audit(tx, [{ action: 'member.account_bound', noun: 'members', noun_id: member_id, after: { provider } }])
}

/**
 * Parts from an account. `open`: ways by which one can come in at present: `email`, `phone`, `account:<provider>`.
 * Throws `member.last_way_in` when none of them would be left.
 */
export async function unbindAccount(
  tx: Tx,
  member_id: string,
  provider: string,
  open: readonly string[],
): Promise<void> {
  if (!(await partFrom(tx, member_id, { kind: account(provider), value: null }, open))) return
  await audit(tx, [{ action: 'member.account_parted', noun: 'members', noun_id: member_id, after: { provider } }])
}

/**
 * Parts from an address: nobody is found or signed in by it any more; of several of its kind the oldest that is left is
 * shown. Again, or of an address that is not the member's: nothing. `open` and errors as of `unbindAccount`.
 */
export async function unbindAddress(
  tx: Tx,
  member_id: string,
  { kind, address }: CodeAddress,
  open: readonly string[],
): Promise<void> {
  if (!(await partFrom(tx, member_id, { kind, value: address }, open))) return
  const [phone, email] = kind === 'phone' ? [address, null] : [null, address]
  await tx.run(sql`
    update members m set
      phone = case when phone = ${phone}::text then left_over.value else phone end,
      email = case when email = ${email}::text then left_over.value else email end,
      updated_at = ${tx.now}::timestamptz
    from (select (
      select value from member_identities where member_id = ${member_id}::uuid and kind = ${kind}::text
      order by created_at, value limit 1) as value) left_over
    where m.member_id = ${member_id}::uuid`)
  // a code that is on its way there proves nothing any more
  await tx.run(sql`
    delete from member_sign_in_codes
    where member_id = ${member_id}::uuid and kind = ${kind}::text and address = ${address}::text`)
  await audit(tx, [
    {
      action: 'member.address_parted',
      noun: 'members',
      noun_id: member_id,
      after: { kind },
      personal: [{ member_id, before: { [kind]: address }, after: {} }],
    },
  ])
}

/** Takes a way in away; false when it was none. The member's row is the lock: of two at once one sees the last. */
async function partFrom(
  tx: Tx,
  member_id: string,
  gone: { kind: string; value: string | null },
  open: readonly string[],
): Promise<boolean> {
  await tx.run(sql`select from members where member_id = ${member_id}::uuid for update`)
  const ways = await tx.rows<{ kind: string; value: string }>(sql`
    select kind, value from member_identities where member_id = ${member_id}::uuid
      and (kind in ('phone', 'email') or kind like 'account:%')`)
  const isGone = (way: { kind: string; value: string }) =>
    way.kind === gone.kind && (gone.value === null || way.value === gone.value)
  if (!ways.some(isGone)) return false
  if (!ways.some((way) => !isGone(way) && open.includes(way.kind))) throw new AppError('member.last_way_in')
  await tx.run(sql`
    delete from member_identities where member_id = ${member_id}::uuid and kind = ${gone.kind}::text
      and (${gone.value}::text is null or value = ${gone.value}::text)`)
  return true
}

/** The accounts that lead to a member. */
export async function accountsOf(db: Reader, member_id: string): Promise<Account[]> {
  return db.rows<Account>(sql`
    select substring(kind from 9) as provider, created_at as bound_at from member_identities
    where member_id = ${member_id}::uuid and kind like 'account:%' order by created_at, kind`)
}

/**
 * Makes a member who has nothing but an account: no address is known. Throws `member.account_taken` when somebody has
 * it by now.
 */
export async function createByAccount(
  tx: Tx,
  { provider, subject }: { provider: string; subject: string },
  input: MemberInput,
): Promise<string> {
  await loadDictionaries()
  const member_id = uuidv7(tx.now)
  const claimed = await tx.run(sql`
    insert into member_identities (value, kind, member_id, verified_at, created_at)
    values (${subject}::text, ${account(provider)}::text, ${member_id}::uuid, ${tx.now}::timestamptz,
      ${tx.now}::timestamptz)
    on conflict (value, kind) do nothing`)
  if (claimed === 0) throw new AppError('member.account_taken', {}, { status: 409 })
  const row = newRow({
    member_id,
    kind: 'member',
    display_name: input.display_name ?? null,
    locale: input.locale ?? null,
    joined_at: tx.now,
    join_channel: input.join_channel ?? null,
    join_store_id: input.join_store_id ?? null,
    home_store_id: input.home_store_id ?? null,
  })
  await insertMembers(tx, [row])
  await audit(tx, [{ action: 'member.created', noun: 'members', noun_id: member_id, after: { kind: 'member' } }])
  await facts.write(tx, joinedFacts([row]))
  return member_id
}
