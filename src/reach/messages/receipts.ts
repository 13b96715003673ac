/** What providers report, in sets: matched to messages, kept, and its consequences drawn once. */
import { createHash } from 'node:crypto'
import type { Reader, Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { consent, suppress } from '../../record/members/members.ts'
import { readCode, secretOf } from './codes.ts'
import type { Medium, Purpose, Receipt } from './types.ts'

interface Named {
  member_id: string
  message_id: number
  send_id: string
  origin: string
  origin_id: string
  medium: Medium
  purpose: Purpose
  channel: string
  address: string | null
  sent_at: Date | null
}

/** One receipt with the message it is about. */
interface Matched {
  index: number
  receipt: Receipt
  message: Named
  /** When it happened: as reported, but never before the sending or after now, whatever the reporter's clock says. */
  at: Date
}

/** What came of the receipts, one for one: `new`, `known` (said before) or `stray` (no message of ours). */
export interface Received {
  outcomes: ('new' | 'known' | 'stray')[]
}

/**
 * Takes receipts in. `ref` names a message; where a report has only addresses, `send_id` says in which wave to look.
 * The same receipt twice changes nothing. A hard bounce or a complaint suppresses the address; a complaint or a letter
 * to the unsubscribe address withdraws the consent.
 */
export async function receive(tx: Tx, receipts: readonly Receipt[], send_id?: string): Promise<Received> {
  const matched = await matchReceipts(tx, receipts, send_id)
  const fresh = await keepReceipts(tx, matched)
  const outcomes: Received['outcomes'] = receipts.map(() => 'stray')
  for (const each of matched) outcomes[each.index] = fresh.has(each) ? 'new' : 'known'
  await drawConsequences(
    tx,
    matched.filter((each) => fresh.has(each)),
  )
  return { outcomes }
}

async function matchReceipts(db: Tx, receipts: readonly Receipt[], send_id?: string): Promise<Matched[]> {
  const secret = await secretOf(db)
  const ids = receipts.map((receipt) =>
    receipt.ref ? (readCode(secret, 'control', receipt.ref)?.message_id ?? null) : null,
  )
  const byId = new Map(
    (
      await messagesById(
        db,
        ids.filter((id) => id !== null),
      )
    ).map((message) => [message.message_id, message]),
  )
  const addresses = receipts.flatMap((receipt, i) => (ids[i] === null && receipt.address ? [receipt.address] : []))
  const byAddress = send_id ? await messagesByAddress(db, send_id, addresses) : new Map<string, Named>()
  return receipts.flatMap((receipt, index) => {
    const id = ids[index]
    const message = id ? byId.get(id) : receipt.address ? byAddress.get(receipt.address) : undefined
    const elsewhere = message && send_id && message.send_id !== send_id
    return message && !elsewhere ? [{ index, receipt, message, at: momentOf(receipt, message, db.now) }] : []
  })
}

function momentOf({ at }: Receipt, { sent_at }: Named, now: Date): Date {
  if (!at || at > now) return now
  return sent_at && at < sent_at ? sent_at : at
}

async function messagesById(db: Reader, message_ids: readonly number[]): Promise<Named[]> {
  if (message_ids.length === 0) return []
  return db.rows<Named>(sql`
    select message.member_id, message.message_id, message.send_id, send.origin, send.origin_id, send.medium,
      send.purpose, send.channel, body.address, message.sent_at
    from messages message
    join sends send on send.send_id = message.send_id
    left join message_bodies body on body.member_id = message.member_id and body.message_id = message.message_id
    where message.message_id = any (${message_ids}::bigint[])`)
}

/** Two members may share an address; the report then counts for the first of them. */
async function messagesByAddress(
  db: Reader,
  send_id: string,
  addresses: readonly string[],
): Promise<Map<string, Named>> {
  if (addresses.length === 0) return new Map()
  const rows = await db.rows<Named & { address: string }>(sql`
    select message.member_id, message.message_id, message.send_id, send.origin, send.origin_id, send.medium,
      send.purpose, send.channel, body.address, message.sent_at
    from messages message
    join sends send on send.send_id = message.send_id
    join message_bodies body on body.member_id = message.member_id and body.message_id = message.message_id
    where message.send_id = ${send_id}::uuid and body.address = any (${addresses}::text[])
    order by message.message_id desc`)
  return new Map(rows.map((row) => [row.address, row]))
}

/** Writes them down; answers those that were not known before. */
async function keepReceipts(tx: Tx, matched: readonly Matched[]): Promise<Set<Matched>> {
  if (matched.length === 0) return new Set()
  const keyed = new Map(matched.map((each) => [`${each.message.message_id} ${keyOf(each.receipt)}`, each]))
  const all = [...keyed.values()]
  const kept = await tx.rows<{ message_id: number; receipt_key: string }>(sql`
    insert into message_receipts (member_id, message_id, kind, class, code, detail, at, recorded_at, receipt_key)
    select member_id, message_id, kind, class, code, detail, at, ${tx.now}::timestamptz, receipt_key
    from unnest(${all.map((each) => each.message.member_id)}::uuid[],
      ${all.map((each) => each.message.message_id)}::bigint[], ${all.map((each) => each.receipt.kind)}::text[],
      ${all.map((each) => each.receipt.class ?? null)}::text[], ${all.map((each) => each.receipt.code ?? null)}::text[],
      ${all.map((each) => each.receipt.detail?.slice(0, 500) ?? null)}::text[],
      ${all.map((each) => each.at)}::timestamptz[],
      ${all.map((each) => keyOf(each.receipt))}::text[]
    ) as receipt (member_id, message_id, kind, class, code, detail, at, receipt_key)
    order by member_id, message_id
    on conflict (member_id, message_id, receipt_key) do nothing
    returning message_id, receipt_key`)
  return new Set(kept.map((row) => keyed.get(`${row.message_id} ${row.receipt_key}`)!))
}

/** What makes two reports the same one: a vendor sends the whole file again, a server the same letter twice. */
function keyOf(receipt: Receipt): string {
  const said = [receipt.kind, receipt.class ?? '', receipt.code ?? '', receipt.at?.toISOString() ?? '']
  return createHash('sha256').update(said.join(' ')).digest('base64url').slice(0, 16)
}

const statusReason: Record<string, string> = { hard: 'address_unknown', soft: 'bounced_soft' }

async function drawConsequences(tx: Tx, fresh: readonly Matched[]): Promise<void> {
  if (fresh.length === 0) return
  await writeStatuses(tx, fresh)
  const dead = fresh.filter(
    ({ receipt, message }) =>
      message.address !== null &&
      (receipt.kind === 'complained' || (receipt.kind === 'bounced' && receipt.class === 'hard')),
  )
  await suppress(
    tx,
    dead.map(({ receipt, message }) => ({
      member_id: message.member_id,
      channel: message.medium,
      address: message.address!,
      reason: receipt.kind === 'complained' ? 'complained' : 'bounced',
      at: tx.now,
    })),
  )
  const leaving = fresh.filter(({ receipt }) => receipt.kind === 'complained' || receipt.kind === 'unsubscribed')
  await consent(
    tx,
    leaving.map(({ receipt, message }) => ({
      member_id: message.member_id,
      channel: message.medium,
      purpose: message.purpose,
      status: 'withdrawn' as const,
      method: receipt.kind === 'complained' ? 'complaint' : 'unsubscribe_mail',
    })),
  )
}

/** A bounce outweighs a delivery: servers accept first and return the letter later. */
async function writeStatuses(tx: Tx, fresh: readonly Matched[]): Promise<void> {
  const kinds = new Map<number, { message: Named; kinds: Map<string, Matched> }>()
  for (const each of fresh) {
    const known = kinds.get(each.message.message_id) ?? { message: each.message, kinds: new Map<string, Matched>() }
    known.kinds.set(each.receipt.kind, each)
    kinds.set(each.message.message_id, known)
  }
  const rows = [...kinds.values()]
  const at = (kind: string) => rows.map((row) => row.kinds.get(kind)?.at.toISOString() ?? null)
  const changed = await tx.rows<{ member_id: string; message_id: number; delivered: boolean; bounced: boolean }>(sql`
    update messages set
      status = case
        when said.bounced_at is not null then 'bounced'
        when said.delivered_at is not null and messages.status in ('listed', 'accepted', 'uncertain') then 'delivered'
        else messages.status end,
      reason = case when said.bounced_at is not null then said.reason
        when said.delivered_at is not null and messages.status = 'uncertain' then null else messages.reason end,
      sent_at = coalesce(messages.sent_at, said.delivered_at, said.bounced_at),
      delivered_at = coalesce(messages.delivered_at, said.delivered_at),
      bounced_at = coalesce(messages.bounced_at, said.bounced_at),
      complained_at = coalesce(messages.complained_at, said.complained_at),
      unsubscribed_at = coalesce(messages.unsubscribed_at, said.unsubscribed_at)
    from unnest(${rows.map((row) => row.message.member_id)}::uuid[],
      ${rows.map((row) => row.message.message_id)}::bigint[], ${at('delivered')}::timestamptz[],
      ${at('bounced')}::timestamptz[], ${at('complained')}::timestamptz[], ${at('unsubscribed')}::timestamptz[],
      ${rows.map((row) => statusReason[row.kinds.get('bounced')?.receipt.class ?? 'soft']!)}::text[]
    ) as said (member_id, message_id, delivered_at, bounced_at, complained_at, unsubscribed_at, reason)
    where messages.member_id = said.member_id and messages.message_id = said.message_id
    returning messages.member_id, messages.message_id,
      old.delivered_at is null and messages.delivered_at is not null as delivered,
      old.bounced_at is null and messages.bounced_at is not null as bounced`)
  await writeFacts(tx, rows, changed)
}

async function writeFacts(
  tx: Tx,
  rows: { message: Named; kinds: Map<string, Matched> }[],
  changed: { member_id: string; message_id: number; delivered: boolean; bounced: boolean }[],
): Promise<void> {
  const about = new Map(changed.map((row) => [row.message_id, row]))
  await facts.write(
    tx,
    rows.flatMap(({ message, kinds }) => {
      const { member_id, message_id, send_id, origin, origin_id, medium, channel } = message
      const data = { message_id, send_id, origin, origin_id, medium, channel }
      const now = about.get(message_id)
      const names = [
        ...(now?.delivered ? ['message.delivered'] : []),
        ...(now?.bounced ? ['message.bounced'] : []),
        ...(kinds.has('complained') ? ['message.complained'] : []),
        ...(kinds.has('unsubscribed') ? ['message.unsubscribed'] : []),
      ]
      return names.map((name) => {
        const matched = kinds.get(name.split('.')[1]!)
        const receipt = matched?.receipt
        return {
          name,
          member_id,
          occurred_at: matched?.at ?? tx.now,
          data:
            name === 'message.bounced'
              ? { ...data, class: receipt?.class ?? 'soft', code: receipt?.code ?? null }
              : data,
        }
      })
    }),
  )
}

/** Is this the control code of a message we sent? Asked at the door of the bounce listener. */
export async function knowsCode(db: Reader, code: string): Promise<boolean> {
  const read = readCode(await secretOf(db), 'control', code)
  if (!read) return false
  return (await db.row(sql`select from messages where message_id = ${read.message_id}::bigint`)) !== undefined
}
