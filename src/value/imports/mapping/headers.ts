import { decideDecimal } from './amounts.ts'
import { decideDateOrder, type DateColumn } from './date-order.ts'
import { fieldsOf, type Field, type ImportKind } from './fields.ts'
import { orderLevel } from './levels.ts'
import { emptyMapping, missingFields, type Mapping } from './mapping.ts'
import { fitOf, profileOf, type Profile } from './profile.ts'
import { presetMapping, presetOf, type Preset } from './presets.ts'
import { headerKey, memberSynonyms, orderSynonyms } from './synonyms.ts'

/** One field that was found a column, how sure (0 to 1) and by what. */
export interface GuessedField {
  field: Field
  column: string
  confidence: number
  by: 'preset' | 'header' | 'cells'
}

/** What guessing makes of a file: a mapping to correct, and what a person should look at. */
export interface Guess {
  mapping: Mapping
  fields: GuessedField[]
  /** Groups of fields of which one is needed and none was found. */
  missing: Field[][]
  /** Date columns that more than one order would read. */
  ambiguous_dates: { field: Field; column: string; order: DateColumn['order']; others: DateColumn['order'][] }[]
  /** Columns that nothing is made of. */
  unused: string[]
}

export interface GuessOptions {
  kind: ImportKind
  country?: string
  source?: string
  preset?: Preset
}

/** A name may be part of a header (`會員手機(必填)`): weighed less, and only names long enough to mean something. */
const partWeight = 0.75
/** Below this a column is not taken for a field. */
const confidenceMin = 0.38
/** Cells must go with the field's shape at least so far. */
const fitMin = 0.5

/**
 * Guesses the mapping of a file from its header and some rows: by preset if the header is one's, else by what columns
 * are called and what stands in them. One column a field, one field a column.
 */
export function guessMapping(header: readonly string[], rows: readonly string[][], o: GuessOptions): Guess {
  const country = o.country ?? 'TW'
  const preset = o.preset ?? presetOf(header, o.kind)
  const profiles = header.map((_, index) => profileOf(rows, index, country))
  let fields: GuessedField[]
  let mapping: Mapping
  if (preset) {
    mapping = presetMapping(preset, header, { country })
    fields = Object.entries(mapping.columns).map(([field, column]) => ({
      field: field as Field,
      column,
      confidence: 1,
      by: 'preset',
    }))
  } else {
    mapping = emptyMapping(o.kind, { country, source: o.source })
    fields = assign(header, profiles, o.kind)
    if (o.kind === 'orders') fields = orderLevel(fields, header, rows)
    fields = fallBack(fields, header, profiles, o.kind)
    for (const { field, column } of fields) mapping.columns[field] = column
    mapping.external_id_is_name = o.kind === 'orders' && namesAsIds(fields, header, profiles)
  }
  const columnCells = (column: string): string[] => rows.map((row) => row[header.indexOf(column)] ?? '')
  const shapes = fieldsOf(o.kind)
  const amounts = fields.filter(({ field }) => shapes[field] === 'amount')
  mapping.decimal = decideDecimal(amounts.flatMap(({ column }) => columnCells(column)))
  const ambiguous_dates: Guess['ambiguous_dates'] = []
  for (const { field, column } of fields.filter((guessed) => shapes[guessed.field] === 'date')) {
    const found = decideDateOrder(columnCells(column), { country })
    if (found.order !== 'ymd' || found.ambiguous) mapping.date_order[field] = found.order
    if (found.ambiguous) ambiguous_dates.push({ field, column, order: found.order, others: found.others })
  }
  const used = new Set([...fields.map(({ column }) => column), ...Object.values(mapping.spare_columns ?? {})])
  return {
    mapping,
    fields,
    missing: [...missingFields(mapping)],
    ambiguous_dates,
    unused: header.filter((column) => !used.has(column)),
  }
}

interface Candidate {
  field: Field
  index: number
  score: number
}

function assign(header: readonly string[], profiles: readonly Profile[], kind: ImportKind): GuessedField[] {
  const shapes = fieldsOf(kind)
  const synonyms: Readonly<Record<string, string>> = kind === 'orders' ? orderSynonyms : memberSynonyms
  const candidates: Candidate[] = []
  for (const [field, list] of Object.entries(synonyms)) {
    const names = list.split(' ')
    header.forEach((column, index) => {
      const named = nameScore(headerKey(column), names)
      const fit = tellsApart(field as Field, profiles[index]!) ? fitOf(profiles[index]!, shapes[field]!) : 0
      if (named > 0 && fit >= fitMin)
        candidates.push({ field: field as Field, index, score: named * (0.6 + 0.4 * fit) })
    })
  }
  return greedy(candidates, header, 'header')
}

/**
 * Rows of members from which a column that hardly varies is a class (`Loyalty Card`: Star, Nova) and not an
 * identity.
 */
const identityRowsMin = 20

function tellsApart(field: Field, profile: Profile): boolean {
  if (field !== 'external_id' && field !== 'card') return true
  return profile.filled < identityRowsMin || profile.distinct > 0.2
}

/**
 * 1 for the first name of a list, a little less for each later one; part of a header counts by how much of it it is.
 */
function nameScore(key: string, names: readonly string[]): number {
  if (key === '') return 0
  const exact = names.indexOf(key)
  if (exact >= 0) return 1 - 0.15 * (exact / names.length)
  let best = 0
  for (const name of names) {
    const isLong = /[^\x00-\x7f]/.test(name) ? name.length >= 2 : name.length >= 4
    if (isLong && key.includes(name)) best = Math.max(best, partWeight * (0.3 + 0.7 * (name.length / key.length)))
  }
  return best
}

function greedy(candidates: Candidate[], header: readonly string[], by: 'header' | 'cells'): GuessedField[] {
  const taken = new Set<number>()
  const found = new Map<Field, GuessedField>()
  for (const { field, index, score } of candidates.sort((a, b) => b.score - a.score || a.index - b.index)) {
    if (score < confidenceMin || taken.has(index) || found.has(field)) continue
    taken.add(index)
    found.set(field, { field, column: header[index]!, confidence: Math.round(score * 100) / 100, by })
  }
  return [...found.values()]
}

/** What names did not tell, cells may: an address looks like one whatever its column is called. */
function fallBack(
  fields: GuessedField[],
  header: readonly string[],
  profiles: readonly Profile[],
  kind: ImportKind,
): GuessedField[] {
  const has = new Set(fields.map(({ field }) => field))
  const used = new Set(fields.map(({ column }) => column))
  const candidates: Candidate[] = []
  const offer = (field: Field, index: number, score: number): void => {
    if (!has.has(field)) candidates.push({ field, index, score })
  }
  profiles.forEach((profile, index) => {
    if (used.has(header[index]!) || profile.filled === 0) return
    const orders = kind === 'orders'
    if (profile.email > 0.8) offer(orders ? 'member_email' : 'email', index, 0.8 * profile.email)
    if (profile.phone > 0.7) offer(orders ? 'member_phone' : 'phone', index, 0.6 * profile.phone)
    if (!orders) return
    if (profile.date > 0.9 && profile.phone < 0.5 && profile.integer < 0.5)
      offer('occurred_at', index, 0.5 * profile.date)
    const isAmount = profile.number > 0.9 && profile.phone < 0.5 && profile.date < 0.5
    if (isAmount && !has.has('line_total') && !has.has('unit_price'))
      offer('order_total', index, 0.4 + (profile.integer < 0.5 ? 0.1 : 0))
    if (
      profile.coverage === 1 &&
      profile.date < 0.5 &&
      profile.email === 0 &&
      profile.words < 0.5 &&
      profile.distinct > 0.3
    ) {
      offer('order_id', index, 0.4 + 0.1 * profile.distinct)
    }
  })
  return [...fields, ...greedy(candidates, header, 'cells')]
}

/**
 * Does the column that identifies members hold names (`Customer` with "Dennis Kane")? Also takes a name column for
 * the identifier where no other identity is there: better people told apart by name than a file of guests. Changes
 * `fields`.
 */
function namesAsIds(fields: GuessedField[], header: readonly string[], profiles: readonly Profile[]): boolean {
  const identity = fields.find(({ field }) => field === 'member_external_id')
  if (identity) return profiles[header.indexOf(identity.column)]!.words > 0.8
  if (fields.some(({ field }) => field === 'member_phone' || field === 'member_email' || field === 'member_card'))
    return false
  const name = fields.find(({ field }) => field === 'member_name')
  if (!name) return false
  name.field = 'member_external_id'
  name.confidence = Math.round(name.confidence * 50) / 100
  return true
}
