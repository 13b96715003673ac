/** A first look at a file: encoding, header, sample rows, the guess of what its columns mean. */
import { inspectFile } from './mapping/inspect.ts'
import { layoutOf } from './reading.ts'
import type { Mapping } from './mapping/mapping.ts'
import { sample_rows_max, value_length_max, type ImportKind, type InspectionView } from './types.ts'

export interface LookOptions {
  kind: ImportKind
  preset?: string | null | undefined
  encoding?: string | null | undefined
  source?: string | undefined
  delimiter?: string | undefined
  header_row?: number | undefined
  sheet?: string | undefined
  /** Whose phone numbers stand without a country. */
  country: string
  signal?: AbortSignal
}

export interface Looked {
  inspection: InspectionView
  mapping: Mapping
  encoding: string
  /** The preset that was asked for, or whose columns the file has. */
  preset: string | null
}

/** Looks at a file. Errors: those of files/, `import.preset_unknown`, `import.preset_mismatch`. */
export async function look(path: string, options: LookOptions): Promise<Looked> {
  const { kind, preset, encoding, source, country, signal, delimiter, header_row, sheet } = options
  const found = await inspectFile(path, {
    kind,
    country,
    ...(preset ? { preset } : {}),
    ...(encoding ? { encoding } : {}),
    ...(source ? { source } : {}),
    ...(signal ? { signal } : {}),
    ...layoutOf({ delimiter, header_row, sheet } as Mapping),
  })
  const { guess, decision } = found
  // a preset names its own channel; a person may name another
  const mapping: Mapping = source ? { ...guess.mapping, source } : guess.mapping
  const short = (rows: string[][]) => rows.slice(0, sample_rows_max).map((row) => row.map((cell) => cleaned(cell)))
  return {
    mapping,
    encoding: decision.encoding,
    preset: mapping.preset ?? null,
    inspection: {
      encoding: decision.encoding,
      is_certain: decision.certain,
      candidates: decision.candidates.map((one) => ({ ...one, sample: short(one.sample) })),
      header: found.header,
      header_row: found.header_row,
      delimiter: found.delimiter,
      sample: short(found.sample),
      fields: guess.fields.map(({ field, column, confidence, by }) => ({ field, column, confidence, by })),
      missing: guess.missing,
      ambiguous_dates: guess.ambiguous_dates,
      unused: guess.unused,
    },
  }
}

/** The database keeps no NUL; a screen needs no novel. */
function cleaned(cell: string): string {
  return cell.slice(0, value_length_max).replaceAll('\0', '\ufffd')
}
