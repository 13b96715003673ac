import { defineCommand, type ArgsDef } from 'citty'
import type { Db } from '../../base/db.ts'
import * as program from '../../record/program/program.ts'
import * as reports from '../../steer/reports/reports.ts'
import { answer, everyFlag, notFounded, withProgram } from '../command.ts'

/** One report as a command: reads, prints. */
function reportCommand<A extends ArgsDef>(
  name: string,
  description: string,
  args: A,
  read: (db: Db, args: Record<string, unknown>) => Promise<unknown>,
) {
  return defineCommand({
    meta: { name, description },
    args: { ...everyFlag, ...args },
    async run({ args: given }) {
      const flags = given as { data?: string; json?: boolean }
      const value = await withProgram(flags, { command: 'report', migrate: false }, async ({ db }) => {
        // sums over nothing would read as if a brand had sold nothing
        if (!(await program.find(db))) throw notFounded()
        return read(db, given)
      })
      answer(flags, value, () => tableLines(value))
    },
  })
}

/** Rows as aligned columns, an object as one line a key. */
function tableLines(value: unknown): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(value as Record<string, unknown>).map(
      ([key, inner]) => `${key.padEnd(24)} ${textOf(inner)}`,
    )
  }
  return value.map((row) =>
    Object.values(row as Record<string, unknown>)
      .map((cell) => textOf(cell).padEnd(10))
      .join(' '),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

const range = {
  from: { type: 'string', description: 'YYYY-MM-DD' },
  to: { type: 'string', description: 'YYYY-MM-DD' },
} as const

async function rangeOf(db: Db, args: Record<string, unknown>) {
  return reports.rangeOf(db, { from: args['from'] as string, to: args['to'] as string, now: db.now() })
}

export const report = defineCommand({
  meta: { name: 'report', description: 'The books and the members, in figures' },
  subCommands: {
    summary: reportCommand('summary', 'Orders, cancellations, members, net sales', {}, (db) => reports.summary(db)),
    cohorts: reportCommand(
      'cohorts',
      'Members by month of first purchase',
      {
        activity: {
          type: 'enum',
          options: ['orders', 'lines'],
          default: 'orders',
          description: 'What counts as active',
        },
      },
      (db, args) => reports.cohorts(db, args['activity'] as 'orders' | 'lines'),
    ),
    rfm: reportCommand(
      'rfm',
      'Recency, frequency, monetary quartiles',
      { at: { type: 'string', description: 'YYYY-MM-DD (default today)' } },
      async (db, args) => reports.rfm(db, (args['at'] as string | undefined) ?? (await rangeOf(db, {})).today),
    ),
    ours: reportCommand('ours', 'Members who are really yours', {}, async (db) =>
      reports.ours(db, (await rangeOf(db, {})).today),
    ),
    flow: reportCommand('flow', 'Members by state over time', range, async (db, args) =>
      reports.flow(db, await rangeOf(db, args)),
    ),
    stores: reportCommand('stores', 'Member share and joining rate by store', range, async (db, args) =>
      reports.storeRows(db, await rangeOf(db, args)),
    ),
    repurchase: reportCommand('repurchase', 'Bought again within 90 days', {}, async (db) =>
      reports.repurchase(db, { within_days: 90, today: (await rangeOf(db, {})).today }),
    ),
    points: reportCommand('points', 'Points earned, spent, expired and owed', {}, async (db) => {
      const { today, zone } = await rangeOf(db, {})
      return reports.pointsFlow(db, { today, zone, point_value_minor: await reports.pointValue(db) })
    }),
  },
})
