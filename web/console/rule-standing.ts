/** Where the versions of a rule stand in time. */

/** What every version of a rule says of itself. */
export interface RuleVersion {
  version: number
  effective_from: string
  note: string
  actor: string
  created_at: string
  in_force: boolean
}

/**
 * Where a version stands: the one in force, one to come, one that held until another followed it, or one that another
 * took the place of before it began. Of versions that begin together the newest holds.
 */
export function standingOf(row: RuleVersion, rows: readonly RuleVersion[], present: Date) {
  const begins = (one: RuleVersion) => Date.parse(one.effective_from)
  if (row.in_force) return { standing: 'inForce' as const, day: null }
  if (rows.some((one) => begins(one) === begins(row) && one.version > row.version))
    return { standing: 'never' as const, day: null }
  if (begins(row) > present.getTime()) return { standing: 'coming' as const, day: row.effective_from }
  const followers = rows.filter((one) => begins(one) > begins(row))
  const next = followers.reduce<RuleVersion | null>(
    (first, one) => (first === null || begins(one) < begins(first) ? one : first),
    null,
  )
  return { standing: 'past' as const, day: next?.effective_from ?? null }
}
