/** Row results: one line a row, phase and outcome, with all its reasons. Written in sets. */
import { copyRows, type Cell } from '../../base/bulk.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { Refusal, Repair } from './mapping/outcomes.ts'
import { value_length_max, type Detail, type ResultLine } from './types.ts'

export type Phase = 'reading' | 'booking'

/** Collects what is said of rows; each row and outcome is one line. */
export interface ResultBook {
  say(row_no: number, outcome: ResultLine['outcome'], detail: Detail): void
  lines(): ResultLine[]
  /** How many rows have this outcome. */
  count(outcome: ResultLine['outcome']): number
}

export function resultBook(): ResultBook {
  const byOutcome = {
    refused: new Map<number, Detail[]>(),
    repaired: new Map<number, Detail[]>(),
    noted: new Map<number, Detail[]>(),
  }
  return {
    say(row_no, outcome, detail) {
      const known = byOutcome[outcome].get(row_no)
      if (known) known.push(detail)
      else byOutcome[outcome].set(row_no, [detail])
    },
    lines: () =>
      (['refused', 'repaired', 'noted'] as const).flatMap((outcome) =>
        [...byOutcome[outcome]].map(([row_no, details]) => ({ row_no, outcome, details })),
      ),
    count: (outcome) => byOutcome[outcome].size,
  }
}

export async function writeResults(
  tx: Tx,
  import_id: string,
  phase: Phase,
  lines: readonly ResultLine[],
): Promise<void> {
  if (lines.length === 0) return
  await copyRows(
    tx,
    'copy import_results (import_id, row_no, phase, outcome, code, details) from stdin',
    rowsOf(import_id, phase, lines),
  )
}

function* rowsOf(import_id: string, phase: Phase, lines: readonly ResultLine[]): Iterable<readonly Cell[]> {
  for (const { row_no, outcome, details } of lines) {
    yield [import_id, row_no, phase, outcome, details[0]!.code, JSON.stringify(details)]
  }
}

export async function clearResults(tx: Tx, import_id: string, phase?: Phase): Promise<void> {
  await tx.run(sql`
    delete from import_results where import_id = ${import_id}::uuid
      and (${phase ?? null}::text is null or phase = ${phase ?? null}::text)`)
}

export function refusalDetail({ code, column, value }: Refusal): Detail {
  return { code, ...(column === '' ? {} : { column }), value: shortened(value) }
}

export function repairDetail({ code, column, from, to, reason }: Repair): Detail {
  return { code, column, value: shortened(from), params: { to: shortened(to), ...(reason ? { reason } : {}) } }
}

/** What a result shows of a cell; `\0` cannot be kept in the database. */
export function shortened(value: string): string {
  const clean = value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  return clean.length > value_length_max ? `${clean.slice(0, value_length_max)}…` : clean
}
