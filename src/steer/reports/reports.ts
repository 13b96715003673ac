/** Every report in one place: what screens, downloads, the command line and other modules call. Reads only. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { addDays, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { cohortMembers, cohorts } from './kinds/cohorts.ts'
import { concentration } from './kinds/concentration.ts'
import { drifting } from './kinds/drifting.ts'
import { flow, movedMembers } from './kinds/flow.ts'
import { given } from './kinds/given.ts'
import { ours } from './kinds/ours.ts'
import { pointsFlow } from './kinds/points-flow.ts'
import { repurchase } from './kinds/repurchase.ts'
import { rfm } from './kinds/rfm.ts'
import { storeRows } from './kinds/stores.ts'
import { summary } from './kinds/summary.ts'
import { today } from './kinds/today.ts'

export {
  cohortMembers,
  cohorts,
  concentration,
  drifting,
  flow,
  given,
  movedMembers,
  ours,
  pointsFlow,
  repurchase,
  rfm,
  storeRows,
  summary,
  today,
}

/** What is asked of a report; what is left out takes the default of the report. */
export interface Asked {
  from?: string | undefined
  to?: string | undefined
  now: Date
}

/** A year back unless asked otherwise: seasons are then in it once. */
const defaultDays = 365

/** The range of a report in the program's days. Throws `report.day_unreadable` when it ends before it begins. */
export async function rangeOf(
  db: Reader,
  asked: Asked,
): Promise<{ from: string; to: string; today: string; zone: string }> {
  const { time_zone: zone } = await program.current(db)
  const today = dayOf(asked.now, zone)
  const to = asked.to ?? today
  const from = asked.from ?? addDays(to, -defaultDays)
  if (from > to) throw new AppError('report.day_unreadable', { from, to }, { status: 400 })
  return { from, to, today, zone }
}

/** What a point is worth when spent, in minor units: the program's setting (points.spend_value_minor), else one. */
export async function pointValue(db: Reader): Promise<number> {
  return (await program.current(db)).settings.point_value_minor
}
