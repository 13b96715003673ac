/**
 * Staged rows: what reading writes and booking reads. A piece holds the rows of one document that stood close
 * together, so that a file with the lines of an order side by side is staged with a row an order, and one with its
 * lines far apart with a row a line; both give the same documents.
 */
import { copyBinary } from '../../base/binary-rows.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
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
  return db.rows<PlannedPiece>(sql`
    select plan.document_no, piece.piece_no, piece.source, piece.source_id, piece.occurred_at, piece.is_torn,
      plan.is_too_long, piece.rows, case when not plan.is_too_long then piece.payload end as payload
    from import_plan plan
    join import_pieces piece on piece.import_id = plan.import_id and piece.piece_no = plan.piece_no
    where plan.import_id = ${import_id}::uuid and plan.lane = ${lane}::int and plan.chunk_no = ${chunk_no}::int
    order by plan.document_no, plan.piece_no`)
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
