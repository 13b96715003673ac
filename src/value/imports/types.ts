/**
 * Glossary: *import* one file brought in · *mapping* which column means what · *preset* the mapping of a known
 * program's export · *staged* read, checked and waiting in the database · *piece* rows of one document that stand
 * together in the file · *document* all rows of one order (or of one person), wherever they stand · *chunk*
 * documents booked in one transaction · *reading* file → pieces, *booking* documents → members, orders, points ·
 * *refused* a row that was not taken, *repaired* one that was taken after mending, *noted* one taken of which
 * something is to be said · *torn* a document of which a row was refused: it is refused whole, half an order would
 * be wrong money.
 *
 * Errors: `import.not_found` · `import.wrong_state` · `import.busy` (somebody works on it) ·
 * `import.encoding_uncertain` (name one) · `import.file_missing` · `import.file_changed` (since it was read) ·
 * `import.kind_missing` · `import.kind_mismatch` · `import.failed` (params: message) ·
 * `import.names_member` (a member to be erased stands in it); those of files and mappings:
 * mapping/outcomes.ts. Codes of rows: mapping/outcomes.ts while reading,
 * `bookingCodes` below and those of orders and members while booking.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Nullable, Page, PageQuery, Uuid } from '../../base/routes.ts'
import { MappingSchema, type Mapping } from './mapping/mapping.ts'

export type { Mapping } from './mapping/mapping.ts'
export type { ImportKind } from './mapping/fields.ts'

/** What booking itself may say of a row. */
export const bookingCodes = [
  'import.order_torn', // another row of the order could not be read {row_no}
  'import.person_torn', // another row of the person could not be read: the sum of points would be wrong {row_no}
  'import.document_too_long', // {rows_max}
  'import.date_missing',
  'import.row_duplicate', // equal to an earlier row, and counted as given {same_as}
  'import.row_repeated', // equal to an earlier row of the same person, and left out {same_as}
  'import.balance_repeated', // the same points of the same person and dates as an earlier row, counted once {same_as}
  'import.period_repeated', // the same person and period as an earlier row, and counted as given {same_as, period}
  'import.row_short', // fewer cells than columns {cells}
  'import.buyer_differs', // another buyer than an earlier row of the same order, which holds {same_as}
  'import.date_differs', // another date than an earlier row of the same order, which holds {same_as}
  'import.total_differs', // lines and total of an order do not agree {lines_minor, total_minor}
  'import.points_fraction', // what no whole point can hold {sum, remainder}
  'import.points_negative', // more was spent than earned: no lot {sum}
  'import.lot_differs', // the lot was opened before with other points {points, booked}
] as const

/** Rows of one order or person; an invoice of the public retail data has 1,114, orders take 5,000. */
export const document_rows_max = 5_000
/** Rows shown of a sample. */
export const sample_rows_max = 20
/** Characters of a cell that a result keeps. */
export const value_length_max = 200
/** Days that a finished import keeps its file and its row results: long enough to ask the brand back. */
export const kept_days = 90

export const Kind = Type.Union([Type.Literal('orders'), Type.Literal('members')])
export const statuses = ['uploaded', 'checking', 'running', 'done', 'cancelled', 'failed'] as const
export type ImportStatus = (typeof statuses)[number]
export const Status = Type.Unsafe<ImportStatus>(Type.Union(statuses.map((status) => Type.Literal(status))))
export const stages = ['waiting', 'reading', 'sorting', 'booking', 'finishing'] as const
export type Stage = (typeof stages)[number]
const StageShape = Type.Unsafe<Stage>(Type.Union(stages.map((stage) => Type.Literal(stage))))

const Count = (description: string) => Type.Integer({ minimum: 0, description })
/** What came of an import, or would come of it (dry run). */
export const CountsShape = Type.Object({
  rows: Count('rows read, without header and blank ones'),
  refused: Count('rows not taken'),
  repaired: Count('rows taken after mending'),
  duplicates: Count('rows equal to an earlier row of the same order or person'),
  orders: Count('orders of the file that are in the books now, adjustments included'),
  cancellations: Count('refunds of the file that are in the books now'),
  members: Count('members the file speaks of'),
  guests: Count('guests and followers it speaks of'),
  placed: Count('orders, refunds or members that are new by this import'),
  changed: Count('orders or members that it changed'),
  unchanged: Count('orders, refunds or members that it found as they are'),
  unmatched: Count('refunds of which some part found no purchase'),
  unmatched_minor: Count('the money of these parts'),
  lots: Count('opening lots of points in the books'),
  points: Count('points in the opening lots opened by this import'),
  points_remainder: Type.String({ description: 'decimal: what no whole point could hold' }),
  points_negative: Type.String({ description: 'decimal, not positive: balances below zero, which open no lot' }),
})
export type Counts = Static<typeof CountsShape>

export const noCounts: Counts = {
  rows: 0,
  refused: 0,
  repaired: 0,
  duplicates: 0,
  orders: 0,
  cancellations: 0,
  members: 0,
  guests: 0,
  placed: 0,
  changed: 0,
  unchanged: 0,
  unmatched: 0,
  unmatched_minor: 0,
  lots: 0,
  points: 0,
  points_remainder: '0',
  points_negative: '0',
}

/** How far it is. Rates are of the present stage. */
export const ProgressShape = Type.Object({
  stage: StageShape,
  bytes_read: Type.Integer(),
  bytes_total: Type.Integer(),
  rows_read: Type.Integer(),
  rows_booked: Type.Integer(),
  rows_per_second: Nullable(Type.Integer()),
  /** Of this stage, at the pace so far. */
  seconds_left: Nullable(Type.Integer()),
  /** Worked on so far, all stages. */
  seconds: Type.Number(),
})
export type Progress = Static<typeof ProgressShape>

export const noProgress: Progress = {
  stage: 'waiting',
  bytes_read: 0,
  bytes_total: 0,
  rows_read: 0,
  rows_booked: 0,
  rows_per_second: null,
  seconds_left: null,
  seconds: 0,
}

export type ResultOutcome = 'refused' | 'repaired' | 'noted'
/** One thing to be said of a row. */
export interface Detail {
  code: string
  column?: string
  value?: string
  params?: Record<string, unknown>
}
/** All that one phase says of a row with one outcome. */
export interface ResultLine {
  row_no: number
  outcome: ResultOutcome
  details: Detail[]
}

const DetailShape = Type.Object({
  code: Type.String(),
  column: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export const Outcome = Type.Union([Type.Literal('refused'), Type.Literal('repaired'), Type.Literal('noted')])
export const ResultShape = Type.Object({
  row_no: Type.Integer(),
  phase: Type.Union([Type.Literal('reading'), Type.Literal('booking')]),
  outcome: Outcome,
  code: Type.String(),
  details: Type.Array(DetailShape),
})
export const ResultPage = Page(ResultShape)
export const ResultQuery = Type.Object({
  ...PageQuery,
  outcome: Type.Optional(Outcome),
  code: Type.Optional(Type.String()),
})

const Candidate = Type.Object({
  encoding: Type.String(),
  score: Type.Number(),
  sample: Type.Array(Type.Array(Type.String())),
})
/** What was seen of a file before anybody said anything. */
export const InspectionShape = Type.Object({
  encoding: Type.String(),
  is_certain: Type.Boolean({ description: 'nobody needs to choose an encoding' }),
  candidates: Type.Array(Candidate),
  header: Type.Array(Type.String()),
  header_row: Type.Integer(),
  delimiter: Type.String(),
  sample: Type.Array(Type.Array(Type.String())),
  fields: Type.Array(
    Type.Object({
      field: Type.String(),
      column: Type.String(),
      confidence: Type.Number(),
      by: Type.String(),
    }),
  ),
  /** Groups of fields of which one is needed and none was found. */
  missing: Type.Array(Type.Array(Type.String())),
  ambiguous_dates: Type.Array(
    Type.Object({
      field: Type.String(),
      column: Type.String(),
      order: Type.String(),
      others: Type.Array(Type.String()),
    }),
  ),
  unused: Type.Array(Type.String()),
})
export type InspectionView = Static<typeof InspectionShape>

const importFields = {
  import_id: Uuid,
  kind: Kind,
  status: Status,
  stage: Nullable(StageShape),
  file_name: Type.String(),
  file_bytes: Type.Integer(),
  file_sha256: Type.String(),
  source: Type.String(),
  preset: Nullable(Type.String()),
  encoding: Type.String(),
  points_as_of: Nullable(Day),
  counts: CountsShape,
  dry_run: Nullable(CountsShape),
  progress: ProgressShape,
  error: Nullable(Type.Object({ code: Type.String(), params: Type.Record(Type.String(), Type.Unknown()) })),
  actor_name: Type.String(),
  created_at: Instant,
  started_at: Nullable(Instant),
  finished_at: Nullable(Instant),
}
export const ImportRowShape = Type.Object(importFields)
export const ImportPage = Page(ImportRowShape)
export const ImportShape = Type.Object({ ...importFields, inspection: InspectionShape, mapping: MappingSchema })

/** One of the ways on which chunks are booked beside each other, and how far it has come. */
export interface Lane {
  chunks: number
  /** The next chunk to book. */
  next: number
  rows: number
  counts: Counts
}

/** An import as its row is. */
export interface Import {
  import_id: string
  kind: 'orders' | 'members'
  status: ImportStatus
  stage: Stage | null
  file_name: string
  file_path: string | null
  is_upload: boolean
  file_sha256: string
  file_bytes: number
  source: string
  preset: string | null
  encoding: string
  inspection: InspectionView
  mapping: Mapping
  points_as_of: string | null
  /** Reading, all lanes and people together. */
  counts: Counts
  /** What the row itself keeps of them: reading and people. */
  own_counts: Partial<Counts>
  dry_run: Counts | null
  progress: Progress
  error: { code: string; params: Record<string, unknown> } | null
  is_staged: boolean
  lanes: Lane[]
  chunk_weight: number | null
  runner: string | null
  heartbeat_at: Date | null
  actor: string
  actor_name: string
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
}

/** How a file is to be read: what is left out is seen from the file. */
export const LookWire = Type.Object({
  preset: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
  encoding: Type.Optional(Nullable(Type.String({ maxLength: 40 }))),
  source: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
  header_row: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  sheet: Type.Optional(Type.String({ maxLength: 100 })),
})
/** A corrected mapping, or another look at the file. */
export const MappingWire = Type.Object(
  {
    mapping: Type.Optional(MappingSchema),
    ...LookWire.properties,
    points_as_of: Type.Optional(Nullable(Day)),
  },
  { additionalProperties: false },
)
export type MappingWire = Static<typeof MappingWire>

export const PresetShape = Type.Object({
  name: Type.String(),
  kind: Kind,
  source: Type.String(),
  currency: Nullable(Type.String()),
  time_zone: Nullable(Type.String()),
  columns: Type.Record(Type.String(), Type.Array(Type.String())),
})
