/** Persons → members with consents, tags and opening lots of points. */
import { Decimal } from 'decimal.js'
import type { Tx } from '../../base/db.ts'
import { parseInstant, startOfDay } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import { marketing } from '../../record/members/types.ts'
import * as program from '../../record/program/program.ts'
import * as stores from '../../record/stores/stores.ts'
import * as points from '../../value/points/points.ts'
import { channel, documentsOf, tooLong, type Booked } from './booking.ts'
import { isRefusedDocument } from './documents.ts'
import { personOf, type BroughtLot, type Person, type SaidRow } from './people.ts'
import type { PlannedPiece } from './pieces.ts'
import { resultBook, type ResultBook } from './results.ts'
import { noCounts, type Counts, type Import } from './types.ts'

/** Books one chunk of a file of members. */
export async function bookMembers(tx: Tx, imported: Import, pieces: readonly PlannedPiece[]): Promise<Booked> {
  const counts = { ...noCounts }
  const book = resultBook()
  const people: Person[] = []
  const reading = { is_sum: isSum(imported) }
  for (const group of documentsOf(pieces)) {
    const made = group[0]!.is_too_long ? await tooLong(tx, imported, group) : personOf(group, reading)
    if (!isRefusedDocument(made)) people.push(made)
    else for (const row of made.rows) book.say(row, 'refused', made.detail)
  }
  const member_ids = await bookPeople(tx, imported, people, counts, book)
  for (const [i, person] of people.entries()) {
    if (member_ids[i] === null) continue
    counts.duplicates += person.duplicates
    counts.points_remainder = plus(counts.points_remainder, person.remainder)
    counts.points_negative = plus(counts.points_negative, person.negative)
    for (const { row, detail } of person.notes) book.say(row, 'noted', detail)
  }
  await bookLots(
    tx,
    imported,
    people.flatMap(({ lots }, i) => {
      const member_id = member_ids[i]!
      return member_id === null ? [] : lots.map((lot) => ({ ...lot, member_id }))
    }),
    counts,
    book,
  )
  counts.refused = book.count('refused')
  return { counts, results: book.lines() }
}

const plus = (a: string, b: string) => (b === '0' ? a : new Decimal(a).plus(b).toFixed())

/** Movements are summed; balances stand for themselves. */
function isSum({ mapping: { columns, points_period } }: Import): boolean {
  return (
    points_period !== undefined ||
    columns['points_accumulated'] !== undefined ||
    columns['points_redeemed'] !== undefined
  )
}

/** Upserts them; answers each person's member, null when every row of the person was refused. */
async function bookPeople(
  tx: Tx,
  imported: Import,
  people: readonly Person[],
  counts: Counts,
  book: ResultBook,
): Promise<(string | null)[]> {
  const rows = people.flatMap((person, nth) => person.rows.map((row) => ({ ...row, nth })))
  if (rows.length === 0) return []
  const codes = rows.flatMap(({ said }) => (said.home_store ? [said.home_store] : []))
  const storeIds = await stores.resolve(tx, codes)
  const inputs = rows.map((row) => inputOf(row, storeIds))
  const outcomes = await members.upsert(tx, inputs, { source: imported.mapping.source, is_normalised: true })
  const member_ids: (string | null)[] = people.map(() => null)
  const best: (keyof Counts | null)[] = people.map(() => null)
  const notes: { member_id: string; body: string }[] = []
  outcomes.forEach(({ outcome, member_id, code, params, notes: said }, i) => {
    const { row, nth } = rows[i]!
    for (const detail of said) book.say(row, 'noted', detail)
    if (outcome === 'refused') {
      book.say(row, 'refused', { code: code!, ...(params ? { params } : {}) })
      return
    }
    member_ids[nth] ??= member_id
    if (outcome === 'created') best[nth] = 'placed'
    else if (outcome === 'changed' && best[nth] !== 'placed') best[nth] = 'changed'
    else best[nth] ??= 'unchanged'
    const body = rows[i]!.said.note
    if (outcome === 'created' && body) notes.push({ member_id: member_id!, body })
  })
  await members.note(tx, notes)
  for (const kind of best) if (kind) (counts[kind] as number) += 1
  return member_ids
}

function inputOf({ said }: SaidRow, storeIds: ReadonlyMap<string, string>): members.MemberInput {
  // what a file says without a day was said by the time it came: it holds unless something later is known
  const at = said.consent_at ? parseInstant(said.consent_at) : undefined
  const consents = (['email', 'sms'] as const).flatMap((way) => {
    const given = said[`consent_${way}`]
    if (given === undefined || given === null) return []
    const status = given ? ('granted' as const) : ('withdrawn' as const)
    return [{ channel: way, purpose: marketing, status, method: 'import', ...(at ? { at } : {}) }]
  })
  const store = said.home_store ? storeIds.get(said.home_store) : undefined
  const attributes = { ...said.attributes, ...(said.tier ? { former_tier: said.tier } : {}) }
  return {
    external_id: said.external_id ?? null,
    phone: said.phone ?? null,
    email: said.email ?? null,
    card: cardOf(said.card),
    display_name: said.name ?? null,
    first_name: said.first_name ?? null,
    last_name: said.last_name ?? null,
    birth_date: said.birth_date ?? null,
    gender: said.gender ?? null,
    locale: said.locale ?? null,
    ...(said.joined_at ? { joined_at: parseInstant(said.joined_at) } : {}),
    join_channel: channel,
    ...(store ? { home_store_id: store } : {}),
    ...(said.tags && said.tags.length > 0 ? { tags: said.tags } : {}),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    ...(consents.length > 0 ? { consents } : {}),
  }
}

/** Cards are compared in capitals without blanks and dashes, as members reads them. */
function cardOf(card: string | null | undefined): string | null {
  return card ? card.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase() : null
}

interface Lot extends BroughtLot {
  member_id: string
}

/**
 * Opens the lots, each once for ever: its name is made of where it comes from and its dates, so the same file opens
 * nothing again. A lot that is there with other points is told, never changed.
 */
async function bookLots(
  tx: Tx,
  imported: Import,
  lots: readonly Lot[],
  counts: Counts,
  book: ResultBook,
): Promise<void> {
  if (lots.length === 0) return
  const { time_zone } = await program.current(tx)
  const as_of = imported.points_as_of ? startOfDay(imported.points_as_of, time_zone) : imported.created_at
  const source = `opening:${imported.mapping.source}`
  const named = lots.map((lot) => ({ ...lot, source_id: lot.key === '' || lot.key === '/' ? 'balance' : lot.key }))
  const outcomes = await points.openLots(
    tx,
    named.map((lot) => ({
      member_id: lot.member_id,
      points: lot.points,
      source,
      source_id: lot.source_id,
      earned_at: lot.earned_at ? parseInstant(lot.earned_at) : as_of,
      ...(lot.expires_on ? { expires_on: lot.expires_on } : {}),
    })),
  )
  outcomes.forEach(({ outcome, code, params }, i) => {
    const lot = named[i]!
    if (outcome !== 'refused') {
      counts.lots += 1
      if (outcome === 'booked') counts.points += lot.points
    } else if (code === 'points.source_reused') {
      const told = { points: lot.points, booked: params?.['points'] ?? null }
      book.say(lot.row, 'noted', { code: 'import.lot_differs', params: told })
    } else book.say(lot.row, 'noted', { code: code!, ...(params ? { params } : {}) })
  })
}
