/** Report tables as CSV: one header row of field names, UTF-8 with BOM so that spreadsheets read Chinese. */
import { stringify } from 'csv-stringify/sync'
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as reports from './reports.ts'
import type { Asked } from './reports.ts'

type Rows = Record<string, unknown>[]

/** What a table may be asked for besides its range. */
interface Wanted extends Asked {
  activity?: string | undefined
  within_days?: number | undefined
}

const tables: Record<string, (db: Reader, asked: Wanted) => Promise<Rows>> = {
  summary: async (db) => [await reports.summary(db)],
  cohorts: async (db, asked) =>
    (await reports.cohorts(db, asked.activity === 'lines' ? 'lines' : 'orders')).map(({ cohort, size, active }) => ({
      cohort,
      size,
      ...Object.fromEntries(active.map((members, i) => [`month_${i + 1}`, members])),
    })),
  rfm: async (db, asked) => reports.rfm(db, (await reports.rangeOf(db, asked)).to),
  flow: async (db, asked) =>
    (await reports.flow(db, await reports.rangeOf(db, asked))).points.map(({ day, counts }) => ({ day, ...counts })),
  repurchase: async (db, asked) =>
    (
      await reports.repurchase(db, {
        within_days: asked.within_days ?? 90,
        today: (await reports.rangeOf(db, asked)).today,
      })
    ).by_month,
  concentration: async (db) => (await reports.concentration(db)).curve,
  points: async (db, asked) => {
    const { today, zone } = await reports.rangeOf(db, asked)
    return (await reports.pointsFlow(db, { today, zone, point_value_minor: await reports.pointValue(db) })).months
  },
  given: async (db, asked) => (await reports.given(db, await reports.rangeOf(db, asked))).reasons,
  stores: async (db, asked) => reports.storeRows(db, await reports.rangeOf(db, asked)),
}

/** The names a table can be downloaded by. */
export const tableNames = Object.keys(tables)

/** One report's table as CSV text. Throws `report.unknown`. */
export async function downloadOf(db: Reader, name: string, asked: Wanted): Promise<string> {
  const table = tables[name]
  if (!table) throw new AppError('report.unknown', { name, known: tableNames }, { status: 404 })
  const rows = await table(db, asked)
  // the widest row names the columns: cohorts shrink towards the present
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return stringify(rows, { header: true, columns, bom: true })
}
