/**
 * Messages as a file for a vendor, and its delivery report back. Making a list is the sending: consent is asked once
 * more at that moment, each message is on one list only, and downloading a list again gives the same rows.
 */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { codesOf, secretOf } from './codes.ts'
import { receive } from './receipts.ts'
import { decodeReport, readReport, type ReportRow } from './report-words.ts'
import type { SendRow } from './types.ts'
import { refusalCase, standingJoins } from './values.ts'

export interface ListRow {
  list_id: string
  send_id: string
  list_no: number
  row_count: number
  left_out: number
  created_at: Date
}

/**
 * Puts everything listed so far on a list and marks it as sent. Who withdrew since is left out and refused; what has
 * passed its time too. Throws `list.empty` when nothing is waiting for one.
 */
export async function makeList(tx: Tx, send: SendRow): Promise<ListRow> {
  await tx.run(sql`update sends set last_batch_no = last_batch_no where send_id = ${send.send_id}::uuid`)
  const left_out = await tx.run(sql`
    update messages set status = 'refused', reason = judged.reason
    from (
      select message.member_id, message.occurrence,
        case when batch.not_after <= ${tx.now}::timestamptz then 'too_late'
          else ${refusalCase(send.medium, send.purpose)} end as reason
      from messages message
      join message_batches batch on batch.send_id = message.send_id and batch.batch_no = message.batch_no
      join members m on m.member_id = message.member_id
      ${standingJoins(send.medium, send.purpose)}
      where message.send_id = ${send.send_id}::uuid and message.status = 'listed'
    ) judged
    where messages.member_id = judged.member_id and messages.send_id = ${send.send_id}::uuid
      and messages.occurrence = judged.occurrence and judged.reason is not null`)
  const sent = await tx.rows<{ member_id: string; message_id: number }>(sql`
    update messages set status = 'accepted', sent_at = ${tx.now}::timestamptz
    where send_id = ${send.send_id}::uuid and status = 'listed'
    returning member_id, message_id`)
  if (sent.length === 0) throw new AppError('list.empty', { left_out })
  const list = await tx.row<ListRow>(sql`
    insert into message_lists (send_id, list_no, row_count, left_out, created_at, actor)
    select ${send.send_id}::uuid, coalesce(max(list_no), 0) + 1, ${sent.length}::int, ${left_out}::int,
      ${tx.now}::timestamptz, ${actorText(tx.actor)}::text
    from message_lists where send_id = ${send.send_id}::uuid
    returning list_id, send_id, list_no, row_count, left_out, created_at`)
  await tx.run(sql`
    update message_bodies set list_id = ${list!.list_id}::uuid
    from unnest(${sent.map((row) => row.member_id)}::uuid[], ${sent.map((row) => row.message_id)}::bigint[])
      as sent (member_id, message_id)
    where message_bodies.member_id = sent.member_id and message_bodies.message_id = sent.message_id`)
  await facts.write(
    tx,
    sent.map(({ member_id, message_id }) => ({
      name: 'message.sent',
      member_id,
      occurred_at: tx.now,
      data: {
        message_id,
        send_id: send.send_id,
        origin: send.origin,
        origin_id: send.origin_id,
        medium: send.medium,
        channel: send.channel,
      },
    })),
  )
  return list!
}

/** The lists of a wave, newest first. */
export async function listsOf(db: Reader, send_id: string): Promise<ListRow[]> {
  return db.rows<ListRow>(sql`
    select list_id, send_id, list_no, row_count, left_out, created_at from message_lists
    where send_id = ${send_id}::uuid order by list_no desc`)
}

/** How many rows of a list are read at once: a list of a million is written in pieces. */
const pieceRows = 5_000

/** A list as CSV, piece by piece: reference, phone, text. UTF-8 with a mark, which spreadsheets need. */
export async function* writeList(db: Reader, list_id: string): AsyncGenerator<string> {
  const list = await db.row<ListRow>(sql`select * from message_lists where list_id = ${list_id}::uuid`)
  if (!list) throw new AppError('list.not_found', { list_id })
  const secret = await secretOf(db)
  yield '\ufeff' + stringify([['reference', 'phone', 'text']])
  for (let after = 0; ;) {
    const rows = await db.rows<{ message_id: number; address: string; text: string }>(sql`
      select message.message_id, body.address, body.text
      from messages message
      join message_bodies body on body.member_id = message.member_id and body.message_id = message.message_id
      where message.send_id = ${list.send_id}::uuid and body.list_id = ${list_id}::uuid
        and message.message_id > ${after}::bigint
      order by message.message_id limit ${pieceRows}::int`)
    if (rows.length === 0) return
    after = rows.at(-1)!.message_id
    // a leading + or = is a formula to a spreadsheet: vendors take numbers without it, and texts begin with a letter
    yield stringify(rows.map((row) => [codesOf(secret, row.message_id).control, row.address, defuse(row.text)]))
  }
}

/** Spreadsheets run a cell that begins like a formula (CWE-1236). */
function defuse(text: string): string {
  return /^[=@\t\r]/.test(text) ? `'${text}` : text
}

/** What became of each line of a report. */
export interface ReportOutcome {
  rows: number
  matched: number
  known: number
  /** Line numbers (the header is 1) that named no message of this wave. */
  stray: number[]
  /** Lines whose status we do not know the meaning of. */
  unclear: { line: number; status: string }[]
  counts: Record<string, number>
}

/** A report is read whole; a million lines are about 60 MB, and vendors send theirs by day. */
export const reportBytesMax = 64_000_000

/** Takes a vendor's delivery report in: CSV with a reference or phone, and a status. Throws `report.*`. */
export async function receiveReport(tx: Tx, send: SendRow, csv: Buffer, country: string): Promise<ReportOutcome> {
  const records: string[][] = parse(decodeReport(csv, country), {
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    relax_quotes: true,
    trim: true,
  })
  const rows = readReport(records, country)
  const told = rows.filter((row): row is ReportRow & { receipt: object } => row.receipt !== null)
  const { outcomes } = await receive(
    tx,
    told.map((row) => row.receipt),
    send.send_id,
  )
  const counts: Record<string, number> = {}
  for (const [i, row] of told.entries()) {
    if (outcomes[i] !== 'stray') counts[row.receipt.kind] = (counts[row.receipt.kind] ?? 0) + 1
  }
  return {
    rows: rows.length,
    matched: outcomes.filter((outcome) => outcome === 'new').length,
    known: outcomes.filter((outcome) => outcome === 'known').length,
    stray: told.filter((_row, i) => outcomes[i] === 'stray').map((row) => row.line),
    unclear: rows
      .filter((row) => row.status !== '' && row.receipt === null && !row.pending)
      .map(({ line, status }) => ({ line, status })),
    counts,
  }
}
