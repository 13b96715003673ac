/**
 * File → pieces in the database: the first half of an import. Memory holds some ten thousand rows, whatever the
 * file.
 */
import type { Db, Tx } from '../../base/db.ts'
import type { Actor } from '../../base/actor.ts'
import type { Batch } from './files/csv.ts'
import { openTable } from './files/table.ts'
import type { Mapping } from './mapping/mapping.ts'
import { cleanText, readIdentifier } from './mapping/repairs.ts'
import { mapMembers, mapOrders, type Mapped } from './mapping/rows.ts'
import type { MapContext, StagedIdentity, StagedLine, StagedMember } from './mapping/staged.ts'
import { isOtherBuyer, isOtherDate, namesAreSkus } from './documents.ts'
import { thingBook, writeThings, type Thing, type ThingBook } from './things.ts'
import type { Refusal } from './mapping/outcomes.ts'
import {
  fingerprintOf,
  lineKinds,
  writePieces,
  type LineRow,
  type OrderPayload,
  type PersonRow,
  type Piece,
} from './pieces.ts'
import { refusalDetail, repairDetail, resultBook, writeResults, type ResultBook } from './results.ts'

/** Rows given to the database at once: some thousand make COPY as fast as it gets. */
const flushRows = 5_000

export interface ReadWork {
  db: Db
  actor: Actor
  import_id: string
  kind: 'orders' | 'members'
  path: string
  mapping: Mapping
  encoding: string
  context: MapContext
  /** Restaging what a crash lost: results were kept. */
  keep_results: boolean
  signal: AbortSignal
  /** Runs inside each transaction: says how far it is and throws if the work was taken over. */
  advance(tx: Tx, progress: ReadCounts & { bytes_read: number; bytes_total: number }): Promise<void>
}

export interface ReadCounts {
  rows: number
  refused: number
  repaired: number
}

/** What waits to be written. */
interface Buffer {
  rows: number
  pieces: Piece[]
  results: ResultBook
  things: Thing[]
}

type Gather = (batch: Batch, buffer: Buffer) => void

/** Reads all of the file. Errors: those of files/ and of the mapping. */
export async function readFile(work: ReadWork): Promise<ReadCounts> {
  const { db, actor, import_id, mapping, signal } = work
  const table = await openTable(work.path, { ...layoutOf(mapping), encoding: work.encoding, signal })
  const counts: ReadCounts = { rows: 0, refused: 0, repaired: 0 }
  const gather = gathererOf(work, table.header)
  const write = (full: Buffer, bytes_read: number) =>
    db.tx({ actor }, async (tx) => {
      await writePieces(tx, import_id, full.pieces)
      await writeThings(tx, import_id, full.things)
      if (!work.keep_results) await writeResults(tx, import_id, 'reading', full.results.lines())
      await work.advance(tx, { ...counts, bytes_read, bytes_total: table.bytes_total })
    })
  let buffer = emptyBuffer()
  let pending: Promise<void> = Promise.resolve()
  const flush = async (bytes_read: number) => {
    // the next rows are read while these are written; never two such at once
    await pending
    counts.rows += buffer.rows
    counts.refused += buffer.results.count('refused')
    counts.repaired += buffer.results.count('repaired')
    pending = write(buffer, bytes_read)
    pending.catch(() => undefined)
    buffer = emptyBuffer()
  }
  try {
    for await (const batch of table.batches({ signal })) {
      gather(batch, buffer)
      buffer.rows += batch.rows.length
      if (buffer.rows >= flushRows) await flush(batch.bytes_read)
    }
    await flush(table.bytes_total)
    await pending
    return counts
  } finally {
    await pending.catch(() => undefined)
    await table.close()
  }
}

const emptyBuffer = (): Buffer => ({ rows: 0, pieces: [], results: resultBook(), things: [] })

/** What a mapping says of how the file is laid out. */
export function layoutOf(mapping: Mapping): { delimiter?: string; header_row?: number; sheet?: string } {
  const { delimiter, header_row, sheet } = mapping
  return {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(header_row === undefined ? {} : { header_row }),
    ...(sheet === undefined ? {} : { sheet }),
  }
}

function gathererOf({ kind, mapping, context }: ReadWork, header: string[]): Gather {
  const things = thingBook()
  const into = (buffer: Buffer) => {
    for (const thing of things.take()) buffer.things.push(thing)
  }
  if (kind === 'orders') {
    const map = mapOrders(mapping, header, context)
    const how = { add: orderAdder(mapping, things), emptyOf: emptyOrder, keyOf: tornOrderKey(mapping, header) }
    return (batch, buffer) => {
      gatherRows(batch, map(batch), buffer, how)
      into(buffer)
    }
  }
  const map = mapMembers(mapping, header, context)
  const how = { add: personAdder(mapping, header, things), emptyOf: () => [], keyOf: tornPersonKey(mapping, header) }
  return (batch, buffer) => {
    gatherRows(batch, map(batch), buffer, how)
    into(buffer)
  }
}

type Key = { source: string; source_id: string }
interface Handling<T> {
  add(pieces: Map<string, Piece>, taken: T, cells: readonly string[], results: ResultBook): void
  emptyOf(): Piece['payload']
  /** The document a refused row belonged to, if that much can be read. */
  keyOf(cells: readonly string[]): Key | null
}

function gatherRows<T extends { row: number; repairs: StagedLine['repairs'] }>(
  batch: Batch,
  mapped: Mapped<T>,
  buffer: Buffer,
  how: Handling<T>,
): void {
  const pieces = new Map<string, Piece>()
  let at = 0
  for (const taken of mapped.taken) {
    while (batch.numbers[at] !== taken.row) at += 1
    how.add(pieces, taken, batch.rows[at]!, buffer.results)
    for (const repair of taken.repairs) buffer.results.say(taken.row, 'repaired', repairDetail(repair))
  }
  if (mapped.refusals.length > 0) tear(batch, mapped.refusals, pieces, how)
  for (const refusal of mapped.refusals) buffer.results.say(refusal.row, 'refused', refusalDetail(refusal))
  for (const { row, cells } of batch.ragged) {
    buffer.results.say(row, 'noted', { code: 'import.row_short', params: { cells } })
  }
  for (const piece of pieces.values()) buffer.pieces.push(piece)
}

/** Marks the documents whose rows were refused: half of one is never booked. */
function tear<T>(batch: Batch, refusals: readonly Refusal[], pieces: Map<string, Piece>, how: Handling<T>): void {
  const refused = new Set(refusals.map((refusal) => refusal.row))
  for (const [i, row] of batch.numbers.entries()) {
    if (!refused.has(row)) continue
    const key = how.keyOf(batch.rows[i]!)
    if (key) pieceOf(pieces, key, row, how.emptyOf).is_torn = true
  }
}

function pieceOf(
  pieces: Map<string, Piece>,
  { source, source_id }: Key,
  row: number,
  emptyOf: () => Piece['payload'],
): Piece {
  const key = `${source}\u001f${source_id}`
  let piece = pieces.get(key)
  if (!piece) {
    piece = {
      piece_no: row,
      source,
      source_id,
      person: null,
      identities: null,
      occurred_at: null,
      is_sale: false,
      is_torn: false,
      rows: 0,
      payload: emptyOf(),
    }
    pieces.set(key, piece)
  }
  return piece
}

const emptyOrder = (): OrderPayload => ({ member: null, store: null, status: null, head: null, lines: [] })

function orderAdder(mapping: Mapping, things: ThingBook): Handling<StagedLine>['add'] {
  const isSku = namesAreSkus(mapping)
  const knowsSeveral = identityFields.filter((field) => mapping.columns[field] !== undefined).length > 1
  return (pieces, line, cells, results) => {
    const piece = pieceOf(pieces, line, line.row, emptyOrder)
    const payload = piece.payload as OrderPayload
    if (payload.lines.length > 0) noteDifferences(piece, line, results)
    piece.rows += 1
    piece.occurred_at ??= line.occurred_at
    piece.is_sale ||= line.kind !== 'refund'
    if (payload.member === null && line.member !== null) {
      const { external_id, phone, email, card, name } = line.member
      payload.member = [external_id, phone, email, card, name]
      const identities = identitiesOf(line.member)
      piece.person = identities[0] ?? null
      piece.identities = knowsSeveral ? identities : null
    }
    payload.store ??= line.store
    payload.status ??= line.status
    payload.head ??= line.head
    payload.lines.push(rowOf(line, fingerprintOf(cells)))
    const sku = line.sku ?? (isSku ? line.product_name : null)
    if (sku !== null && line.kind !== 'refund') things.product(sku, line.product_name, line.category, line.row)
    if (line.store !== null) things.store(line.store, line.row)
  }
}

/** What a row says otherwise than the rows of its order before it: those hold, and it is told. */
function noteDifferences({ occurred_at, payload }: Piece, line: StagedLine, results: ResultBook): void {
  const { member, lines } = payload as OrderPayload
  const note = (code: string) => results.say(line.row, 'noted', { code, params: { same_as: lines[0]![0] } })
  if (member && line.member) {
    const { external_id, phone, email, card, name } = line.member
    if (isOtherBuyer(member, [external_id, phone, email, card, name])) note('import.buyer_differs')
  }
  if (isOtherDate(occurred_at, line.occurred_at)) note('import.date_differs')
}

const identityFields = ['member_external_id', 'member_card', 'member_phone', 'member_email'] as const

/** All identities of a buyer, in the order in which they decide; the first names the person in this file. */
function identitiesOf({ external_id, card, phone, email }: StagedIdentity): string[] {
  const found = [
    external_id === null ? '' : `1 ${external_id}`,
    card === null ? '' : `2 ${card}`,
    phone === null ? '' : `3 ${phone}`,
    email === null ? '' : `4 ${email}`,
  ]
  return found.filter((identity) => identity !== '')
}

function rowOf(line: StagedLine, fingerprint: number): LineRow {
  const { row, kind, quantity, net_minor, gross_minor, sku, product_name, category, refund_of } = line
  const staged: LineRow = [
    row,
    lineKinds.indexOf(kind) as 0 | 1 | 2,
    quantity,
    net_minor,
    gross_minor,
    fingerprint,
    sku,
    product_name,
    category,
    refund_of,
  ]
  while (staged.length > 6 && staged[staged.length - 1] === null) staged.pop()
  return staged
}

function personAdder(mapping: Mapping, header: readonly string[], things: ThingBook): Handling<StagedMember>['add'] {
  const period = (mapping.points_period ?? []).map((column) => header.indexOf(column)).filter((at) => at >= 0)
  return (pieces, member, cells) => {
    const piece = pieceOf(pieces, { source: '', source_id: personKey(member) }, member.row, () => [])
    piece.rows += 1
    const { row, repairs: _repairs, ...rest } = member
    const said: Record<string, unknown> = {}
    for (const [field, value] of Object.entries(rest)) {
      if (value !== null && !(Array.isArray(value) && value.length === 0)) said[field] = value
    }
    const named = period.length === 0 ? null : period.map((at) => cleanText(cells[at] ?? '')).join('-')
    ;(piece.payload as PersonRow[]).push([row, fingerprintOf(cells), named, said as Partial<StagedMember>])
    if (member.home_store !== null) things.store(member.home_store, row)
  }
}

/** Rows of one person share the first of these; `kind value`, as members keep identities. */
function personKey({ external_id, card, phone, email }: StagedMember): string {
  if (external_id !== null) return `external ${external_id}`
  if (card !== null) return `card ${card}`
  return phone !== null ? `phone ${phone}` : `email ${email ?? ''}`
}

function tornOrderKey(mapping: Mapping, header: readonly string[]): (cells: readonly string[]) => Key | null {
  const id = header.indexOf(mapping.columns['order_id'] ?? '')
  const source = header.indexOf(mapping.columns['source'] ?? '')
  return (cells) => {
    const read = readIdentifier(cleanText(cells[id] ?? ''))
    if (!('value' in read) || read.value === '') return null
    return { source: cleanText(cells[source] ?? '') || mapping.source, source_id: read.value }
  }
}

function tornPersonKey(mapping: Mapping, header: readonly string[]): (cells: readonly string[]) => Key | null {
  const places = (['external_id', 'card'] as const).map(
    (field) => [field, header.indexOf(mapping.columns[field] ?? '')] as const,
  )
  return (cells) => {
    for (const [field, at] of places) {
      const read = readIdentifier(cleanText(cells[at] ?? ''))
      if ('value' in read && read.value !== '')
        return { source: '', source_id: `${field === 'card' ? 'card' : 'external'} ${read.value}` }
    }
    return null
  }
}
