/** Checks that re-prove what the verbs claim, in SQL that shares no statement with them. */
import type { Reader } from './db.ts'

/** What a check found: rows that break the law (the first few) and how many there are. */
export interface VerifyFinding {
  ok: boolean
  detail: string
  rows?: Record<string, unknown>[]
}

export interface VerifyCheck {
  /** `noun.law`, e.g. `points.entries_equal_lots`. */
  name: string
  run(db: Reader): Promise<VerifyFinding>
}

/** How many broken rows a finding names; the count is always whole. */
const rowsMax = 20

/** Most checks are one statement that returns the broken rows: none is right. */
export function noRows(
  name: string,
  sentence: string,
  find: (db: Reader) => Promise<Record<string, unknown>[]>,
): VerifyCheck {
  return {
    name,
    async run(db) {
      const rows = await find(db)
      if (rows.length === 0) return { ok: true, detail: sentence }
      return { ok: false, detail: `${rows.length} broken: ${JSON.stringify(rows[0])}`, rows: rows.slice(0, rowsMax) }
    },
  }
}

/** Runs all checks, one after the other. */
export async function verify(
  db: Reader,
  checks: readonly VerifyCheck[],
): Promise<{ ok: boolean; checks: (VerifyFinding & { name: string })[] }> {
  const found: (VerifyFinding & { name: string })[] = []
  for (const check of checks) found.push({ name: check.name, ...(await check.run(db)) })
  return { ok: found.every((finding) => finding.ok), checks: found }
}
