/**
 * Passes that changed are told: Apple's phones are woken and ask for the pass, Google is written to. Facts only mark
 * passes; one round every few seconds tells all that are marked, so a busy day wakes a phone once a round.
 */
import type { Db, Tx } from '../../base/db.ts'
import type { Actor } from '../../base/actor.ts'
import { sql } from '../../base/sql.ts'
import { contentsOf } from './contents.ts'
import { loyaltyObject } from './google.ts'
import { keptApple, keptGoogle } from './settings.ts'
import type { Wallet, WalletChannels } from './types.ts'

/** Passes told in one round; the rest waits for the next. */
const told_max = 1_000

interface Waiting {
  member_id: string
  serial: string
  wallet: Wallet
  changed_at: Date
}

/** Marks the passes of members as changed. Costs one statement that finds nothing where nobody has a pass. */
export async function mark(tx: Tx, member_ids: readonly string[]): Promise<number> {
  return tx.run(sql`
    update wallet_passes set changed_at = greatest(changed_at + interval '1 millisecond', ${tx.now}::timestamptz)
    where member_id = any (${[...new Set(member_ids)]}::uuid[])`)
}

/** When the brand looks otherwise than at the last round, every pass has changed. */
async function markNewLook(tx: Tx): Promise<void> {
  await tx.run(sql`
    with look as (select md5(name || brand::text) as mark from program),
    moved as (
      update wallet_look set mark = look.mark from look where wallet_look.mark <> look.mark returning old.mark as before
    )
    update wallet_passes
    set changed_at = greatest(changed_at + interval '1 millisecond', ${tx.now}::timestamptz)
    from moved where moved.before <> ''`)
}

/** One round. Throws when a wallet cannot be reached: what was not told waits for the next. */
export async function tell(db: Db, channels: WalletChannels, { actor, now }: { actor: Actor; now: Date }) {
  const waiting = await db.tx({ actor, now }, async (tx) => {
    await markNewLook(tx)
    return tx.rows<Waiting>(sql`
      select member_id, serial, wallet, changed_at from wallet_passes where changed_at > told_at
      order by changed_at limit ${told_max}::int`)
  })
  const of = (wallet: Wallet) => waiting.filter((pass) => pass.wallet === wallet)
  // one wallet that cannot be reached does not keep the other waiting
  const outcomes = await Promise.allSettled([
    tellApple(db, channels, of('apple'), { actor, now }),
    tellGoogle(db, channels, of('google'), { actor, now }),
  ])
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return waiting.length
}

interface Round {
  actor: Actor
  now: Date
}

async function tellApple(db: Db, { apple }: WalletChannels, waiting: readonly Waiting[], round: Round) {
  if (waiting.length === 0) return
  const kept = await keptApple(db)
  const devices = await db.rows<{ serial: string; push_token: string }>(sql`
    select d.serial, d.push_token
    from unnest(${waiting.map((pass) => pass.member_id)}::uuid[], ${waiting.map((pass) => pass.serial)}::uuid[])
      as pass (member_id, serial)
    join wallet_devices d on d.member_id = pass.member_id and d.serial = pass.serial`)
  const tokens = [...new Set(devices.map(({ push_token }) => push_token))]
  const taken = kept && tokens.length > 0 ? await apple({ ...kept.settings, ...kept.secrets }, tokens) : new Map()
  const gone = tokens.filter((token) => taken.get(token) === 'gone')
  const again = new Set(
    devices.filter(({ push_token }) => taken.get(push_token) === 'later').map(({ serial }) => serial),
  )
  await db.tx(round, async (tx) => {
    await tx.run(sql`delete from wallet_devices where push_token = any (${gone}::text[])`)
    const told = waiting.filter(({ serial }) => !again.has(serial))
    await noteTold(tx, told)
  })
}

async function tellGoogle(db: Db, { google }: WalletChannels, waiting: readonly Waiting[], round: Round) {
  if (waiting.length === 0) return
  const kept = await keptGoogle(db)
  if (kept) {
    const contents = await contentsOf(db, waiting)
    const objects = waiting.map(({ serial }, nth) =>
      loyaltyObject({ settings: kept.settings, serial, content: contents[nth]! }),
    )
    await google({ ...kept.settings, ...kept.secrets }, objects)
  }
  await db.tx(round, (tx) => noteTold(tx, waiting))
}

/** Only of what was read: a pass that changed meanwhile waits for the next round. */
async function noteTold(tx: Tx, waiting: readonly Waiting[]): Promise<void> {
  await tx.run(sql`
    update wallet_passes p set told_at = pass.changed_at
    from unnest(${waiting.map((pass) => pass.member_id)}::uuid[], ${waiting.map((pass) => pass.serial)}::uuid[],
      ${waiting.map((pass) => pass.changed_at)}::timestamptz[]) as pass (member_id, serial, changed_at)
    where p.member_id = pass.member_id and p.serial = pass.serial`)
}
