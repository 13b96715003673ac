/**
 * Documents → orders, refunds, members and opening points: the second half of an import. One chunk is one set for
 * the verbs below, in one transaction of the caller.
 */
import type { Reader, Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as orders from '../../record/orders/orders.ts'
import type { Outcome, OrderWire, RefundWire } from '../../record/orders/types.ts'
import {
  documentOf,
  isRefusedDocument,
  namesAreSkus,
  type Document,
  type Made,
  type Making,
  type RefusedDocument,
} from './documents.ts'
import { payloadOf, type OrderPayload, type PersonRow, type PlannedPiece } from './pieces.ts'
import { resultBook, type ResultBook } from './results.ts'
import { document_rows_max, noCounts, type Counts, type Import, type ResultLine } from './types.ts'

/** A way into the shop, kept as the join channel of members that an import makes. */
export const channel = 'import'
/** What a chunk came to. */
export interface Booked {
  counts: Counts
  results: ResultLine[]
}

/** Books one chunk of a file of orders. */
export async function bookOrders(tx: Tx, imported: Import, pieces: readonly PlannedPiece[]): Promise<Booked> {
  const counts = { ...noCounts }
  const book = resultBook()
  const documents: Document[] = []
  for (const group of documentsOf(pieces)) {
    const made = group[0]!.is_too_long ? await tooLong(tx, imported, group) : documentOf(group, makingOf(imported))
    if (!isRefusedDocument(made)) documents.push(made)
    else for (const row of made.rows) book.say(row, 'refused', made.detail)
  }
  for (const document of documents) {
    counts.duplicates += document.duplicates
    for (const { row, detail } of document.notes) book.say(row, 'noted', detail)
  }
  await facts.together(tx, (held) => bookDocuments(held, documents, counts, book))
  counts.refused = book.count('refused')
  return { counts, results: book.lines() }
}

/** The pieces of each document; they come sorted. */
export function documentsOf(pieces: readonly PlannedPiece[]): PlannedPiece[][] {
  const groups: PlannedPiece[][] = []
  for (const piece of pieces) {
    const last = groups.at(-1)
    if (last && last[0]!.document_no === piece.document_no) last.push(piece)
    else groups.push([piece])
  }
  return groups
}

/** Rows of a document that nobody can put together, read piece by piece: its like may be the whole file. */
export async function tooLong(
  db: Reader,
  { import_id }: Import,
  pieces: readonly PlannedPiece[],
): Promise<RefusedDocument> {
  const rows: number[] = []
  for (const { piece_no } of pieces) {
    const payload = JSON.parse(await payloadOf(db, import_id, piece_no)) as OrderPayload | PersonRow[]
    for (const [row] of Array.isArray(payload) ? payload : payload.lines) rows.push(row)
  }
  return { rows, detail: { code: 'import.document_too_long', params: { rows_max: document_rows_max } } }
}

function makingOf({ mapping }: Import): Making {
  return {
    member_source: mapping.source,
    contacts_are_members: mapping.contact_buyers === 'members',
    lines_are_kept: mapping.lines_are_kept === true,
    names_are_skus: namesAreSkus(mapping),
  }
}

/**
 * All sales, then all returns: what a return takes back is decided by time, whatever else is here already. Points and
 * tiers hear both together, member by member in the order of time.
 */
async function bookDocuments(
  tx: Tx,
  documents: readonly Document[],
  counts: Counts,
  book: ResultBook,
): Promise<void> {
  const options = { channel, allow_unmatched: true }
  const sales = documents.flatMap((document) => document.orders.map((made, nth) => ({ made, isMain: nth === 0 })))
  const received =
    sales.length === 0
      ? []
      : await orders.receive(
          tx,
          sales.map(({ made }) => made.wire),
          options,
        )
  const accepted = new Set<OrderWire>()
  received.forEach((outcome, i) => {
    const { made, isMain } = sales[i]!
    if (!tell(outcome, made, counts, book)) return
    accepted.add(made.wire)
    if (isMain) counts.orders += 1
  })
  const toDate = await refundsToDate(
    tx,
    documents.filter(({ refunded }) => refunded && accepted.has(refunded.wire)),
  )
  counts.cancellations += toDate.known
  counts.unchanged += toDate.known
  const refunds = [...documents.flatMap((document) => document.refunds), ...toDate.due]
  if (refunds.length === 0) return
  const outcomes = await orders.refund(
    tx,
    refunds.map(({ wire }) => wire),
    options,
  )
  outcomes.forEach((outcome, i) => {
    if (!tell(outcome, refunds[i]!, counts, book)) return
    counts.cancellations += 1
    const unmatched = outcome.unmatched_minor ?? 0
    if (outcome.code !== 'refund.unmatched' || outcome.params?.['walk_in']) return
    counts.unmatched += 1
    counts.unmatched_minor += unmatched
  })
}

/** Counts an outcome and says it of its rows. Is it in the books? */
function tell(outcome: Outcome, made: Made<OrderWire | RefundWire>, counts: Counts, book: ResultBook): boolean {
  const { code, params } = outcome
  if (outcome.outcome === 'refused') {
    for (const row of made.rows) book.say(row, 'refused', { code: code!, ...(params ? { params } : {}) })
    return false
  }
  counts[outcome.outcome] += 1
  // anonymous receipts are matched to nothing by nature
  if (code && !params?.['walk_in']) book.say(made.rows[0]!, 'noted', { code, ...(params ? { params } : {}) })
  return true
}

/** What is to be refunded for the books to say what the file says. */
function dueOf(
  { total_minor, kept_minor }: NonNullable<Document['refunded']>,
  { net_minor, refunded_minor }: { net_minor: number; refunded_minor: number },
): number {
  // booked before the refund or after it, with all its lines or with those that were kept
  if (kept_minor !== null) return net_minor - refunded_minor - kept_minor
  // refunded tax is no money for goods, as the tax itself was not
  return Math.min(total_minor, net_minor) - refunded_minor
}

/**
 * Files that say only how much of an order has been refunded so far: what is not refunded yet in the books becomes
 * a refund, numbered by the sum reached, so that the same file changes nothing and a later one adds the difference.
 * `known`: of how many orders all of it is in the books already.
 */
async function refundsToDate(
  tx: Tx,
  documents: readonly Document[],
): Promise<{ due: Made<RefundWire>[]; known: number }> {
  if (documents.length === 0) return { due: [], known: 0 }
  const known = await tx.rows<{ source: string; source_id: string; net_minor: number; refunded_minor: number }>(sql`
    select asked.source, asked.source_id, o.net_minor, o.refunded_minor
    from unnest(${documents.map((document) => document.source)}::text[],
      ${documents.map((document) => document.source_id)}::text[])
      as asked (source, source_id)
    join order_keys k on k.source = asked.source and k.source_id = asked.source_id and k.kind = 'order'
    join orders o on o.member_id = k.member_id and o.order_id = k.order_id`)
  const heads = new Map(known.map((row) => [`${row.source}\u001f${row.source_id}`, row]))
  let already = 0
  const due = documents.flatMap(({ source, source_id, refunded }): Made<RefundWire>[] => {
    const head = heads.get(`${source}\u001f${source_id}`)
    const amount_minor = head ? dueOf(refunded!, head) : 0
    if (amount_minor <= 0 && head && head.refunded_minor > 0) already += 1
    if (amount_minor <= 0) return []
    const { occurred_at, store, member } = refunded!.wire
    return [
      {
        wire: {
          source,
          source_id: `${source_id}/refunded-${refunded!.total_minor}`,
          order: { source_id },
          amount_minor,
          occurred_at,
          store: store ?? null,
          member: member ?? null,
        },
        rows: refunded!.rows,
      },
    ]
  })
  return { due, known: already }
}
