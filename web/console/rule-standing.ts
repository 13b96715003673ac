/** Where the versions of a rule stand in time. */

/** What every version of a rule says of itself. */
export interface RuleVersion {
  version: number
  effective_from: string
  note: string
  actor: string
  created_at: string
  in_force: boolean
  called_off_at: string | null
  called_off_by: string | null
}

type Dated = Pick<RuleVersion, 'version' | 'effective_from' | 'created_at' | 'in_force' | 'called_off_at'>

/**
 * Where a version stands: the one in force, one to come, one that held until another followed it, one that another
 * took the place of before it began, or one that was called off, which stands in nobody's way. Of versions that come
 * together the newest holds; one written for the past came when it was written.
 */
export function standingOf(row: Dated, rows: readonly Dated[], present: Date) {
  const comes = (one: Dated) => Math.max(Date.parse(one.effective_from), Date.parse(one.created_at))
  if (row.called_off_at) return { standing: 'calledOff' as const, day: row.called_off_at }
  if (row.in_force) return { standing: 'inForce' as const, day: null }
  const others = rows.filter((one) => one.called_off_at === null)
  if (others.some((one) => comes(one) === comes(row) && one.version > row.version))
    return { standing: 'never' as const, day: null }
  if (comes(row) > present.getTime()) return { standing: 'coming' as const, day: row.effective_from }
  const followers = others.filter((one) => comes(one) > comes(row)).sort((a, b) => comes(a) - comes(b))
  return { standing: 'past' as const, day: followers[0] ? new Date(comes(followers[0])).toISOString() : null }
}

/**
 * May it be called off? Only what is to come: of those of one moment the newest. With that one gone the next comes, and
 * may be called off in its turn.
 */
export function isAwaited(row: Dated, rows: readonly Dated[], present: Date): boolean {
  const awaits = row.called_off_at === null && Date.parse(row.effective_from) > present.getTime()
  return awaits && standingOf(row, rows, present).standing === 'coming'
}
