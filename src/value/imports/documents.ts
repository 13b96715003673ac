/**
 * Pieces → orders and refunds. Pure.
 *
 * A document is one order: its sales are one order, its returns refunds. Lines that are adjustments (free, or a
 * discount) stay in an order that sells something; alone they are an adjustment, which earns nothing.
 */
import type { LineWire, OrderWire, RefundLineWire, RefundWire } from '../../record/orders/types.ts'
import type { MemberRef } from '../../record/members/types.ts'
import type { Mapping } from './mapping/mapping.ts'
import type { StagedHead } from './mapping/staged.ts'
import { lineKinds, type IdentityRow, type LineRow, type OrderPayload, type PlannedPiece } from './pieces.ts'
import { agree, agreeKept, keptOf } from './totals.ts'
import { document_rows_max, type Detail } from './types.ts'

/** A wire with the rows of the file it was made of. */
export interface Made<T> {
  wire: T
  rows: number[]
}

export interface Document {
  source: string
  source_id: string
  orders: Made<OrderWire>[]
  refunds: Made<RefundWire>[]
  /** What the file says was refunded of the order so far, as one sum; `kept_minor` where its lines are without it. */
  refunded: { wire: OrderWire; total_minor: number; kept_minor: number | null; rows: number[] } | null
  notes: { row: number; detail: Detail }[]
  duplicates: number
}

/** A document that is not booked: why, and its rows. */
export interface RefusedDocument {
  rows: number[]
  detail: Detail
}

/** How the mapping wants documents to be made. */
export interface Making {
  /** The system whose ids members have in this file. */
  member_source: string
  /** Who gave only a telephone or an e-mail is a member too. */
  contacts_are_members?: boolean
  /** The file names products only by their names: those are their SKUs. */
  names_are_skus: boolean
  /** Lines are what stayed with the buyer: what was refunded is off them. */
  lines_are_kept?: boolean
}

/** The file names products by their names only: then these are what tells them apart. */
export function namesAreSkus({ columns }: Mapping): boolean {
  return columns['sku'] === undefined && columns['product_name'] !== undefined
}

export function isRefusedDocument<T extends object>(made: T | RefusedDocument): made is RefusedDocument {
  return 'detail' in made
}

/** Puts the pieces of one document together. */
export function documentOf(pieces: readonly PlannedPiece[], making: Making): Document | RefusedDocument {
  const { source, source_id } = pieces[0]!
  const payloads = pieces.map((piece) => JSON.parse(piece.payload!) as OrderPayload)
  const lines = payloads.length === 1 ? payloads[0]!.lines : payloads.flatMap((payload) => payload.lines)
  const rows = lines.map((line) => line[0])
  const torn = pieces.find((piece) => piece.is_torn)
  if (torn) return { rows, detail: { code: 'import.order_torn', params: { row_no: torn.piece_no } } }
  if (pieces[0]!.is_too_long)
    return { rows, detail: { code: 'import.document_too_long', params: { rows_max: document_rows_max } } }
  const occurred_at = pieces.find((piece) => piece.occurred_at !== null)?.occurred_at
  if (!occurred_at) return { rows, detail: { code: 'import.date_missing' } }
  const said = firstOf(payloads)
  const ref = said.member && refOf(said.member, making)
  const about: About = {
    source,
    source_id,
    occurred_at,
    member: ref,
    store: said.store,
    status: said.status ?? 'completed',
    head: said.head,
    kept: making.lines_are_kept ? keptOf(said.head) : null,
    skuOf: (line) => line[6] ?? (making.names_are_skus ? (line[7] ?? null) : null),
  }
  const document: Document = {
    source,
    source_id,
    orders: [],
    refunds: [],
    refunded: null,
    ...duplicatesOf(lines),
  }
  if (pieces.length > 1) document.notes.push(...differencesOf(pieces, payloads))
  const { sales, returns } = kindsOf(lines)
  if (sales.length > 0) addSales(document, about, sales)
  if (returns.length > 0) addRefunds(document, about, returns)
  return document
}

/** What several pieces say of the same order: the first that says it holds. */
function firstOf(payloads: readonly OrderPayload[]): Omit<OrderPayload, 'lines'> {
  const said: Omit<OrderPayload, 'lines'> = { member: null, store: null, status: null, head: null }
  for (const payload of payloads) {
    said.member ??= payload.member
    said.store ??= payload.store
    said.status ??= payload.status
    said.head ??= payload.head
  }
  return said
}

function refOf([external_id, phone, email, card, name]: IdentityRow, making: Making): MemberRef {
  const isKnown = external_id !== null || card !== null
  const isMember = isKnown || (making.contacts_are_members === true && (phone !== null || email !== null))
  return {
    external_id: external_id === null ? null : { source: making.member_source, id: external_id },
    phone,
    email,
    card,
    name,
    // who has an id or a card of the brand's own is a member there; others as the mapping says
    create_as: isMember ? 'member' : 'guest',
  }
}

/** Lines of one order may have times of their own; further apart than this they are of different dates. */
const sameDateMs = 24 * 3_600_000

/** Is a row's buyer named otherwise than in the row that holds? What only one of them knows contradicts nothing. */
export function isOtherBuyer(held: IdentityRow | null, said: IdentityRow | null): boolean {
  // the name is no identity: people write it in many ways
  return [0, 1, 2, 3].some((at) => held?.[at] != null && said?.[at] != null && held[at] !== said[at])
}

/** Is a row of another date than the row that holds? */
export function isOtherDate(held: Date | string | null, said: Date | string | null): boolean {
  if (held === null || said === null || held === said) return false
  return Math.abs(new Date(held).getTime() - new Date(said).getTime()) >= sameDateMs
}

/** What later pieces of an order say otherwise than the first that says it. */
function differencesOf(pieces: readonly PlannedPiece[], payloads: readonly OrderPayload[]): Document['notes'] {
  const notes: Document['notes'] = []
  const buyer = payloads.find(({ member }) => member !== null)
  const dated = pieces.find(({ occurred_at }) => occurred_at !== null)
  for (const [i, payload] of payloads.entries()) {
    const row = payload.lines[0]?.[0]
    if (row === undefined) continue
    const note = (code: string, same_as: number) => notes.push({ row, detail: { code, params: { same_as } } })
    if (buyer && isOtherBuyer(buyer.member, payload.member)) note('import.buyer_differs', buyer.lines[0]![0])
    if (dated && isOtherDate(dated.occurred_at, pieces[i]!.occurred_at)) note('import.date_differs', dated.piece_no)
  }
  return notes
}

/** Lines equal to an earlier one of the same document, as they stand in the file: kept, and told. */
function duplicatesOf(lines: readonly LineRow[]): Pick<Document, 'notes' | 'duplicates'> {
  const seen = new Map<number, number>()
  const notes: Document['notes'] = []
  for (const [row, , , , , fingerprint] of lines) {
    const same_as = seen.get(fingerprint)
    if (same_as === undefined) seen.set(fingerprint, row)
    else notes.push({ row, detail: { code: 'import.row_duplicate', params: { same_as } } })
  }
  return { notes, duplicates: notes.length }
}

interface About {
  source: string
  source_id: string
  occurred_at: Date
  member: MemberRef | null
  store: string | null
  status: NonNullable<OrderPayload['status']>
  head: StagedHead | null
  /** What the buyer kept, where the lines are just that. */
  kept: number | null
  skuOf(line: LineRow): string | null
}

const refundKind = lineKinds.indexOf('refund')
const orderKind = lineKinds.indexOf('order')

/** Most documents are sales, and the lines themselves are those. */
function kindsOf(lines: readonly LineRow[]): { sales: readonly LineRow[]; returns: readonly LineRow[] } {
  if (!lines.some((line) => line[1] === refundKind)) return { sales: lines, returns: [] }
  return {
    sales: lines.filter((line) => line[1] !== refundKind),
    returns: lines.filter((line) => line[1] === refundKind),
  }
}

function addSales(document: Document, about: About, lines: readonly LineRow[]): void {
  if (!lines.some((line) => line[1] === orderKind)) {
    document.orders.push(
      madeOf(about, 'adjustment', about.source_id, lines, { discount_minor: 0, shipping_minor: 0 }),
    )
    return
  }
  // a write-off of stock among sales keeps its own books
  const isPlain = lines.every((line) => line[2] >= 0 && line[3] >= 0)
  const apart = isPlain ? [] : lines.filter((line) => line[2] < 0)
  const discounts = isPlain ? [] : lines.filter((line) => line[2] >= 0 && line[3] < 0)
  const goods = isPlain ? lines : lines.filter((line) => line[2] >= 0 && line[3] >= 0)
  const sum = (some: readonly LineRow[]) => some.reduce((total, line) => total + line[3], 0)
  const { head, kept } = about
  const [bought, off] = [sum(goods), -sum(discounts)]
  const agreed = kept === null ? agree(head, bought, off) : agreeKept(head!, bought, off, kept)
  const made = madeOf(about, 'order', about.source_id, goods, agreed)
  for (const line of discounts) made.rows.push(line[0])
  document.orders.push(made)
  if (agreed.differs)
    document.notes.push({ row: made.rows[0]!, detail: { code: 'import.total_differs', params: agreed.differs } })
  if (apart.length > 0) {
    document.orders.push(
      madeOf(about, 'adjustment', `${about.source_id}/adjustment`, apart, { discount_minor: 0, shipping_minor: 0 }),
    )
  }
  const refunded = head?.refunded_minor ?? 0
  const isOpen = about.status !== 'placed' && about.status !== 'cancelled' && about.status !== 'refunded'
  if (refunded > 0 && isOpen) {
    document.refunded = { wire: made.wire, total_minor: refunded, kept_minor: kept, rows: [made.rows[0]!] }
  }
}

function madeOf(
  about: About,
  kind: 'order' | 'adjustment',
  source_id: string,
  lines: readonly LineRow[],
  amounts: { discount_minor: number; shipping_minor: number },
): Made<OrderWire> {
  const { source, occurred_at, member, store, status, skuOf } = about
  const wire: OrderWire = {
    source,
    source_id,
    kind,
    status,
    store,
    member,
    occurred_at,
    discount_minor: amounts.discount_minor,
    shipping_minor: amounts.shipping_minor,
    lines: lines.map((line): LineWire => ({
      sku: skuOf(line),
      name: line[7] ?? null,
      category: line[8] ?? null,
      quantity: line[2],
      gross_minor: line[4],
      net_minor: line[3],
    })),
  }
  return { wire, rows: lines.map((line) => line[0]) }
}

/** One refund for each order that is named, one for all lines that name none. */
function addRefunds(document: Document, about: About, lines: readonly LineRow[]): void {
  const byOrder = new Map<string, LineRow[]>()
  for (const line of lines) {
    const named = line[9] ?? ''
    const group = byOrder.get(named)
    if (group) group.push(line)
    else byOrder.set(named, [line])
  }
  for (const [named, group] of byOrder) {
    const source_id = byOrder.size === 1 ? about.source_id : `${about.source_id}/of-${named}`
    document.refunds.push({ wire: refundOf(about, source_id, named, group), rows: group.map((line) => line[0]) })
  }
}

function refundOf(about: About, source_id: string, named: string, lines: readonly LineRow[]): RefundWire {
  const { source, occurred_at, member, store } = about
  const wire: RefundWire = {
    source,
    source_id,
    occurred_at,
    store,
    member,
    ...(named === '' ? {} : { order: { source_id: named } }),
  }
  // a row that is a whole order knows no things: money of the named order goes back
  if (named !== '' && lines.every((line) => about.skuOf(line) === null)) {
    return { ...wire, amount_minor: lines.reduce((sum, line) => sum - line[3], 0) }
  }
  return {
    ...wire,
    lines: lines.map((line): RefundLineWire => ({
      sku: about.skuOf(line),
      quantity: Math.abs(line[2]),
      net_minor: Math.abs(line[3]),
    })),
  }
}
