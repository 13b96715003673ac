/**
 * Staged rows: what reading writes and booking reads. A piece holds the rows of one document that stood close
 * together, so that a file with the lines of an order side by side is staged with a row an order, and one with its
 * lines far apart with a row a line; both give the same documents.
 */
import { copyBinary } from '../../base/binary-rows.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import type { StagedHead, StagedLine, StagedMember } from './mapping/staged.ts'

/** Arrays instead of objects: the payload of a million lines is half as long. */
export type LineRow = [
  row: number,
  kind: 0 | 1 | 2,
  quantity: number,
  net_minor: number,
  gross_minor: number,
  fingerprint: number,
  sku?: string | null,
  name?: string | null,
  category?: string | null,
  refund_of?: string | null,
]
export const lineKinds = ['order', 'adjustment', 'refund'] as const

export type IdentityRow = [
  external_id: string | null,
  phone: string | null,
  email: string | null,
  card: string | null,
  name: string | null,
]

/** What a piece says of its order, and its lines. */
export interface OrderPayload {
  member: IdentityRow | null
  store: string | null
  status: StagedLine['status']
  head: StagedHead | null
  lines: LineRow[]
}

/** A row of a person: what the file says, nulls left out. */
export type PersonRow = [row: number, fingerprint: number, period: string | null, said: Partial<StagedMember>]

export interface Piece {
  piece_no: number
  source: string
  source_id: string
  /** The first identity of who bought; of members the rows share it by `source_id`. */
  person: string | null
  /** All identities, where a file knows several of a person. */
  identities: string[] | null
  occurred_at: string | null
  is_sale: boolean
  is_torn: boolean
  rows: number
  payload: OrderPayload | PersonRow[]
}

/** A piece as booking gets it: `document_no` says which belong together. */
export interface PlannedPiece {
  document_no: number
  piece_no: number
  source: string
  source_id: string
  occurred_at: Date | null
  is_torn: boolean
  is_too_long: boolean
  rows: number
  /** Null of a document that is too long to be put together. */
  payload: string | null
}

export async function writePieces(tx: Tx, import_id: string, pieces: readonly Piece[]): Promise<void> {
  if (pieces.length === 0) return
  await copyBinary(
    tx,
    `copy import_pieces (import_id, piece_no, source, source_id, person, identities, occurred_at, is_sale, is_torn,
      rows, payload)`,
    pieces,
    (out, piece) => {
      out.row(11)
      out.uuid(import_id)
      out.bigint(piece.piece_no)
      out.text(piece.source)
      out.text(piece.source_id)
      out.text(piece.person)
      out.texts(piece.identities)
      out.instant(piece.occurred_at === null ? null : new Date(piece.occurred_at))
      out.truth(piece.is_sale)
      out.truth(piece.is_torn)
      out.int(piece.rows)
      out.text(JSON.stringify(piece.payload))
    },
  )
}

/** The pieces of one chunk, in the order of their documents. */
export async function piecesOf(
  db: Reader,
  import_id: string,
  lane: number,
  chunk_no: number,
): Promise<PlannedPiece[]> {
  return db.rows<PlannedPiece>(chunkOf(import_id, lane, chunk_no))
}

/**
 * The plan of the chunk first, then each piece by its key, in this order whatever the planner believes: of an import
 * that began a moment ago it knows nothing, and where it took one row for all of either table it asked for the whole
 * chunk once for every piece of the file (405,624 rows of movements: not one chunk in two minutes).
 */
export function chunkOf(import_id: string, lane: number, chunk_no: number): Sql {
  return sql`
    with planned as materialized (
      select document_no, piece_no, is_too_long from import_plan
      where import_id = ${import_id}::uuid and lane = ${lane}::int and chunk_no = ${chunk_no}::int
    )
    select planned.document_no, planned.piece_no, piece.source, piece.source_id, piece.occurred_at, piece.is_torn,
      planned.is_too_long, piece.rows, case when not planned.is_too_long then piece.payload end as payload
    from planned cross join lateral (
      select source, source_id, occurred_at, is_torn, rows, payload from import_pieces
      where import_id = ${import_id}::uuid and piece_no = planned.piece_no
      offset 0
    ) piece
    order by planned.document_no, planned.piece_no`
}

/** One piece by itself: of a document that is too long, piece by piece. */
export async function payloadOf(db: Reader, import_id: string, piece_no: number): Promise<string> {
  const found = await db.row<{ payload: string }>(sql`
    select payload from import_pieces where import_id = ${import_id}::uuid and piece_no = ${piece_no}::bigint`)
  return found!.payload
}

/** Forgets what was staged; answers nothing. */
export async function clearPieces(tx: Tx, import_id: string): Promise<void> {
  await tx.run(sql`delete from import_plan where import_id = ${import_id}::uuid`)
  await tx.run(sql`delete from import_pieces where import_id = ${import_id}::uuid`)
  await tx.run(sql`delete from import_things where import_id = ${import_id}::uuid`)
}

/** Is anything staged? A crash of the server empties unlogged tables. */
export async function hasPieces(db: Reader, import_id: string): Promise<boolean> {
  const found = await db.row<{ here: boolean }>(sql`
    select exists (select from import_plan where import_id = ${import_id}::uuid) as here`)
  return found!.here
}

/**
 * 53 bits of the whole row as it stood (cyrb53, a public-domain mix of two 32-bit multiplications): tells equal
 * rows of one document; two different ones of 5,000 meet with a chance of one in a thousand million.
 */
export function fingerprintOf(cells: readonly string[]): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (const cell of cells) {
    for (let i = 0; i < cell.length; i += 1) {
      const code = cell.charCodeAt(i)
      a = Math.imul(a ^ code, 2654435761)
      b = Math.imul(b ^ code, 1597334677)
    }
    // cells end where they end: "ab","c" is not "a","bc"
    a = Math.imul(a ^ 0x1f, 2654435761)
    b = Math.imul(b ^ 0x1f, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}
