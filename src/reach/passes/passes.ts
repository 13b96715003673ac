/**
 * Cards in wallets: given to a member, kept by phones, told when they change. One member has one pass a wallet; a phone
 * proves with the pass's own token that it holds it.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { newToken } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { applePass } from './apple.ts'
import { contentsOf } from './contents.ts'
import { saveLink } from './google.ts'
import { lookOf } from './look.ts'
import { keptApple, keptGoogle } from './settings.ts'
import type { Wallet } from './types.ts'

export { checks } from './checks.ts'
export { offered } from './settings.ts'

interface PassRow {
  member_id: string
  serial: string
  wallet: Wallet
  token: string
  changed_at: Date
}

/** A pass as it is given to a phone. */
export interface GivenPass {
  file: Buffer
  changed_at: Date
}

/** The member's pass of a wallet; made when there is none. The newest, when two accounts became one. */
async function give(tx: Tx, member_id: string, wallet: Wallet): Promise<PassRow> {
  // the member's row is the lock: two taps at once make one pass
  await tx.run(sql`select from members where member_id = ${member_id}::uuid for update`)
  const known = await tx.row<PassRow>(sql`
    select member_id, serial, wallet, token, changed_at from wallet_passes
    where member_id = ${member_id}::uuid and wallet = ${wallet}::text order by given_at desc, serial desc limit 1`)
  if (known) return known
  const made = await tx.row<PassRow>(sql`
    with made as (
      insert into wallet_passes (member_id, serial, wallet, token, given_at, changed_at, told_at)
      values (${member_id}::uuid, uuidv7(), ${wallet}::text, ${newToken()}::text, ${tx.now}::timestamptz,
        ${tx.now}::timestamptz, ${tx.now}::timestamptz)
      returning member_id, serial, wallet, token, changed_at
    ), named as (insert into wallet_serials (serial, member_id) select serial, member_id from made)
    select * from made`)
  return made!
}

/** The signed .pkpass of a member. Throws `wallet_pass.not_configured`. */
export async function appleFor(tx: Tx, member_id: string, base_url: string): Promise<GivenPass> {
  return applePassOf(tx, await give(tx, member_id, 'apple'), base_url)
}

async function applePassOf(db: Db | Tx, row: PassRow, base_url: string): Promise<GivenPass> {
  const [kept, look] = [await keptApple(db), await lookOf(db)]
  if (!kept) throw new AppError('wallet_pass.not_configured', { wallet: 'apple' })
  const [content] = await contentsOf(db, [row])
  const { serial, token, changed_at } = row
  return { file: applePass({ ...kept, serial, token, look, content: content!, base_url }), changed_at }
}

/** The link that keeps the member's card in Google Wallet. Throws `wallet_pass.not_configured`. */
export async function googleLinkFor(tx: Tx, member_id: string, base_url: string): Promise<string> {
  const kept = await keptGoogle(tx)
  if (!kept) throw new AppError('wallet_pass.not_configured', { wallet: 'google' })
  const row = await give(tx, member_id, 'google')
  const [content] = await contentsOf(tx, [row])
  return saveLink({ ...kept, serial: row.serial, look: await lookOf(tx), content: content!, base_url, now: tx.now })
}

/** A phone's claim: pass type, serial and the token of the pass. */
export interface Claim {
  pass_type: string
  serial: string
  token: string
}

/** The pass that a phone holds; 401 when it cannot prove it, whether or not there is such a pass. */
async function proven(db: Reader, claim: Claim): Promise<PassRow> {
  const kept = await keptApple(db)
  const row = await db.row<PassRow>(sql`
    select p.member_id, p.serial, p.wallet, p.token, p.changed_at
    from wallet_serials s join wallet_passes p on p.member_id = s.member_id and p.serial = s.serial
    where s.serial = ${claim.serial}::uuid and p.wallet = 'apple'`)
  const [held, given] = [Buffer.from(row?.token ?? ''), Buffer.from(claim.token)]
  const isRight = held.length > 0 && held.length === given.length && timingSafeEqual(held, given)
  if (!row || !isRight || kept?.settings.pass_type !== claim.pass_type)
    throw new AppError('session.required', {}, { status: 401 })
  return row
}

/** A phone wants to hear of a pass; answers whether it is new. */
export async function register(
  tx: Tx,
  claim: Claim,
  device: { device: string; push_token: string },
): Promise<'created' | 'known'> {
  const { member_id, serial } = await proven(tx, claim)
  const made = await tx.row<{ is_new: boolean }>(sql`
    insert into wallet_devices (member_id, serial, device, push_token, registered_at)
    values (${member_id}::uuid, ${serial}::uuid, ${device.device}::text, ${device.push_token}::text,
      ${tx.now}::timestamptz)
    on conflict (member_id, serial, device) do update set push_token = excluded.push_token
    returning old.device is null as is_new`)
  return made!.is_new ? 'created' : 'known'
}

/** A phone wants to hear of it no longer. */
export async function unregister(tx: Tx, claim: Claim, device: string): Promise<void> {
  const { member_id, serial } = await proven(tx, claim)
  await tx.run(sql`
    delete from wallet_devices where member_id = ${member_id}::uuid and serial = ${serial}::uuid
      and device = ${device}::text`)
}

/** Passes of a phone that changed since it asked last; `since` is the tag that it was given then. */
export async function changedOn(
  db: Reader,
  asked: { device: string; pass_type: string; since: number },
): Promise<{ serials: string[]; tag: number } | null> {
  if ((await keptApple(db))?.settings.pass_type !== asked.pass_type) return null
  const rows = await db.rows<{ serial: string; tag: number }>(sql`
    select p.serial, floor(extract(epoch from p.changed_at) * 1000)::bigint as tag
    from wallet_devices d join wallet_passes p on p.member_id = d.member_id and p.serial = d.serial
    where d.device = ${asked.device}::text
      and floor(extract(epoch from p.changed_at) * 1000)::bigint > ${asked.since}::bigint
    order by p.changed_at, p.serial`)
  if (rows.length === 0) return null
  return { serials: rows.map(({ serial }) => serial), tag: rows.at(-1)!.tag }
}

/** The latest pass, for the phone that holds it; null when it has not changed since. */
export async function latest(
  db: Db,
  claim: Claim,
  asked: { since: Date | null; base_url: string },
): Promise<GivenPass | null> {
  const row = await proven(db, claim)
  // dates of HTTP have whole seconds
  const whole = Math.floor(row.changed_at.getTime() / 1000) * 1000
  if (asked.since && whole <= asked.since.getTime()) return null
  return applePassOf(db, row, asked.base_url)
}
