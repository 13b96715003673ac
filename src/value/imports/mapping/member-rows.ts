import { Decimal } from 'decimal.js'
import { exactText, readExact } from './amounts.ts'
import { readAnswer, readGender, readLocale } from './answers.ts'
import {
  cellOf,
  columnOf,
  contactOf,
  dropContact,
  identifierOf,
  instantOrNull,
  instantsOf,
  isRead,
  isUnreadContact,
  joinName,
  leftOut,
  mended,
  refuse,
  textOf,
  type Column,
  type InstantReader,
  type RowMapper,
  type RowState,
} from './cells.ts'
import { readWritten, type DateOrder } from './dates.ts'
import { memberFields, type MemberField } from './fields.ts'
import type { Mapping } from './mapping.ts'
import { isUnread, type Read, type RefusalCode, type Unread } from './outcomes.ts'
import { phoneReader } from './phones.ts'
import { narrow, readEmail, remembered } from './repairs.ts'
import type { MapContext, StagedMember } from './staged.ts'

type Columns = Partial<Record<MemberField, Column>>

interface Plan {
  mapping: Mapping
  columns: Columns
  attributes: Column[]
  phone: ReturnType<typeof phoneReader>
  birthDate: (cell: string) => Read<string> | Unread
  joinedAt: InstantReader
  consentAt: InstantReader
  earnedAt: InstantReader
}

/** Prepares the reading of a file of members, row by row; `mapMembers` in rows.ts is the door. */
export function memberMapper(
  mapping: Mapping,
  header: readonly string[],
  context: MapContext,
): RowMapper<StagedMember> {
  const columns: Columns = {}
  for (const field of Object.keys(memberFields) as MemberField[]) columns[field] = columnOf(mapping, header, field)
  const zone = mapping.time_zone ?? context.time_zone
  const plan: Plan = {
    mapping,
    columns,
    attributes: (mapping.attributes ?? []).map((name) => ({ name, index: header.indexOf(name) })),
    phone: phoneReader(mapping.default_country),
    // Two-digit years of birth above this year's belong to the century before.
    birthDate: birthDateReader(mapping.date_order['birth_date'] ?? 'ymd', Number(context.today.slice(2, 4))),
    joinedAt: instantsOf(mapping, 'joined_at', zone),
    consentAt: instantsOf(mapping, 'consent_at', zone),
    earnedAt: instantsOf(mapping, 'points_earned_at', zone),
  }
  return (state) => readMember(plan, state)
}

function readMember(plan: Plan, state: RowState): StagedMember | undefined {
  const { columns } = plan
  const before = state.refusals.length
  const identities = identitiesOf(plan, state)
  const points_opening = pointsOf(plan, state)
  if (state.refusals.length > before) return undefined
  const first_name = textOf(state, columns.first_name)
  const last_name = textOf(state, columns.last_name)
  return {
    row: state.row,
    ...identities,
    name: textOf(state, columns.name) ?? joinName(first_name, last_name),
    first_name,
    last_name,
    birth_date: instantOrNull(state, columns.birth_date, plan.birthDate),
    gender: wordOf(state, columns.gender, readGender, 'import.gender_unknown'),
    locale: wordOf(state, columns.locale, readLocale, 'import.locale_unknown'),
    joined_at: instantOrNull(state, columns.joined_at, plan.joinedAt),
    home_store: textOf(state, columns.home_store),
    tags: tagsOf(state, columns.tags),
    tier: textOf(state, columns.tier),
    note: textOf(state, columns.note),
    consent_email: wordOf(state, columns.consent_email, readAnswer, 'import.answer_unknown'),
    consent_sms: wordOf(state, columns.consent_sms, readAnswer, 'import.answer_unknown'),
    consent_at: instantOrNull(state, columns.consent_at, plan.consentAt),
    points_opening,
    points_earned_at: instantOrNull(state, columns.points_earned_at, plan.earnedAt),
    points_expires_on: dayOrNull(plan, state, 'points_expires_on'),
    attributes: attributesOf(plan, state),
    repairs: state.repairs,
  }
}

type Identities = Pick<StagedMember, 'external_id' | 'phone' | 'email' | 'card'>

/** An unreadable telephone or address is left out as long as another identity stays; else the row is refused. */
function identitiesOf(plan: Plan, state: RowState): Identities {
  const { columns } = plan
  const before = state.refusals.length
  const external_id = identifierOf(state, columns.external_id, 'refuse')
  const card = identifierOf(state, columns.card, 'refuse')
  const phone = columns.phone ? contactOf(state, columns.phone, plan.phone) : null
  const email = columns.email ? contactOf(state, columns.email, readEmail) : null
  const isKnown = external_id !== null || card !== null || isRead(phone) || isRead(email)
  if (isUnreadContact(phone)) dropContact(state, columns.phone!, phone, isKnown)
  if (isUnreadContact(email)) dropContact(state, columns.email!, email, isKnown)
  if (!isKnown && state.refusals.length === before) {
    refuse(
      state,
      columns.external_id ?? columns.phone ?? columns.email ?? columns.card,
      'import.identity_missing',
      '',
    )
  }
  return { external_id, phone: isRead(phone) ? phone : null, email: isRead(email) ? email : null, card }
}

/** Opening points as an exact decimal: the balance, or what was accumulated less what was redeemed. Money: refuses. */
function pointsOf(plan: Plan, state: RowState): string | null {
  const { columns } = plan
  const opening = pointsIn(plan, state, columns.points_opening)
  const accumulated = pointsIn(plan, state, columns.points_accumulated)
  const redeemed = pointsIn(plan, state, columns.points_redeemed)
  if (opening !== null) return opening
  if (accumulated === null && redeemed === null) return null
  if (redeemed === null || redeemed === '0') return accumulated
  return new Decimal(accumulated ?? 0).minus(redeemed).toFixed()
}

function pointsIn(plan: Plan, state: RowState, column: Column | undefined): string | null {
  const cell = cellOf(state, column)
  if (cell === '') return null
  const read = readExact(cell.replace(/\s*(?:點|点|pts?|points?|ポイント)$/i, ''), plan.mapping.decimal)
  if (isUnread(read)) {
    refuse(state, column, 'import.points_unreadable', cell)
    return null
  }
  if (read.repair) mended(state, column!, read.repair, cell, exactText(read.value))
  return exactText(read.value)
}

function dayOrNull(plan: Plan, state: RowState, field: 'points_expires_on'): string | null {
  const column = plan.columns[field]
  const cell = cellOf(state, column)
  if (cell === '') return null
  const written = readWritten(cell, plan.mapping.date_order[field] ?? 'ymd')
  if (written === undefined) {
    leftOut(state, column!, 'import.date_unreadable', cell)
    return null
  }
  if (written.repair) mended(state, column!, written.repair, cell, written.day)
  return written.day
}

/**
 * A birthday may lack its year (05/01, 5月1日): then `--05-01`. A day after this year's last is of the century before.
 */
function birthDateReader(order: DateOrder, pivot: number): (cell: string) => Read<string> | Unread {
  return remembered((cell) => {
    const short = /^(?:--)?(\d{1,2})[-/.月](\d{1,2})日?$/.exec(narrow(cell).value)
    if (short) {
      const [month, day] = order === 'dmy' ? [short[2]!, short[1]!] : [short[1]!, short[2]!]
      // 2000 was a leap year: 29 February is a birthday.
      const written = readWritten(`2000-${month}-${day}`, 'ymd')
      if (written) return { value: `--${written.day.slice(5)}` }
    }
    const written = readWritten(cell, order, pivot)
    return written ? { value: written.day, repair: written.repair } : { refused: 'import.birth_date_unreadable' }
  })
}

/** A choice by its word; an unknown word is left out and told. */
function wordOf<T>(
  state: RowState,
  column: Column | undefined,
  read: (cell: string) => T | null | undefined,
  unknown: RefusalCode,
): T | null {
  const cell = cellOf(state, column)
  if (cell === '') return null
  const value = read(cell)
  if (value === undefined) leftOut(state, column!, unknown, cell)
  return value ?? null
}

/** Tags parted by commas, semicolons or bars of either width; each once. */
function tagsOf(state: RowState, column: Column | undefined): string[] {
  const cell = cellOf(state, column)
  if (cell === '') return []
  return [
    ...new Set(
      cell
        .split(/[,;|，、；｜]/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ]
}

function attributesOf(plan: Plan, state: RowState): Record<string, string> | null {
  const filled = plan.attributes
    .map((column) => [column.name, cellOf(state, column)] as const)
    .filter(([, cell]) => cell !== '')
  return filled.length === 0 ? null : Object.fromEntries(filled)
}

/**
 * What a member brings from an older program. `owed` is what was spent beyond what was earned, listed and not
 * booked.
 */
export interface OpeningLot {
  points: number
  /**
   * Exact decimals as text: the fraction that no whole point can hold, and the negative sum. Lot + remainder + owed
   * = sum.
   */
  remainder: string
  owed: string
}

/**
 * The opening lot of a member from the exact sum of all the member's rows: whole points, rounded down; a negative sum
 * gives no lot. Points are integers (pain 8), so the fraction is told, not kept.
 */
export function openingLot(sum: string): OpeningLot {
  const exact = new Decimal(sum)
  if (exact.isNegative()) return { points: 0, remainder: '0', owed: exact.toFixed() }
  const points = exact.floor()
  return { points: points.toNumber(), remainder: exact.minus(points).toFixed(), owed: '0' }
}
