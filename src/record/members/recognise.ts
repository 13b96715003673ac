/** From references to members: look up, decide (rules.ts), claim the identities that were free. */
import type { Ahead } from '../../base/ahead.ts'
import { copy_rows_min, copyRows } from '../../base/bulk.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, violates } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { assign, type Assignment, type Want } from './rules.ts'
import type { Identity } from './types.ts'

/** Somebody else may claim the same identity at the same moment; each time we look again and find that owner. */
const attemptsMax = 4

/**
 * Decides for each want which member it is and claims free identities. New members are only named here: the caller
 * inserts their rows. One statement when everybody is known, two or three when not, whatever the size of the set.
 */
export async function recognise(tx: Tx, wants: readonly Want[], ahead?: Owners): Promise<Assignment> {
  for (let tried = 1; tried <= attemptsMax; tried += 1) {
    const assignment = await decide(tx, wants, tried === 1 ? ahead : undefined)
    if (assignment.added.length === 0 || (await claimAll(tx, assignment.added))) return assignment
  }
  throw new AppError('members.busy', { attempts: attemptsMax }, { status: 503 })
}

/** Decides without claiming anything: for previews. */
export async function decide(tx: Tx, wants: readonly Want[], ahead?: Owners): Promise<Assignment> {
  const identities = wants.flatMap((want) => want.identities)
  const owners = (await ahead?.take(identities.map(({ key }) => key))) ?? (await ownersOf(tx, identities))
  const externals = new Map<string, ReadonlySet<string>>()
  const newId = () => uuidv7(tx.now)
  let assignment = assign(wants, { owners, externals }, newId)
  // Whoever is met only after the first look needs a second; then all are known.
  for (const asked of [(found: Assignment) => [...found.unsure], () => [...new Set(owners.values())]]) {
    if (assignment.unsure.size === 0) break
    await addExternals(tx, asked(assignment), externals)
    assignment = assign(wants, { owners, externals }, newId)
  }
  return assignment
}

/** Whose identities are, by their keys. */
export type Owners = Ahead<string, string>

/** Members by the keys of the identities that they own. */
export async function ownersOf(db: Reader, identities: readonly Identity[]): Promise<Map<string, string>> {
  const distinct = new Map(identities.map((identity) => [identity.key, identity]))
  if (distinct.size === 0) return new Map()
  const asked = [...distinct.values()]
  const rows = await db.rows<{ nth: number; member_id: string }>(sql`
    select asked.nth::int as nth, owned.member_id
    from unnest(${asked.map((identity) => identity.value)}::text[], ${asked.map((identity) => identity.kind)}::text[])
      with ordinality as asked (value, kind, nth)
    join member_identities owned on owned.value = asked.value and owned.kind = asked.kind`)
  return new Map(rows.map((row) => [asked[row.nth - 1]!.key, row.member_id]))
}

async function addExternals(
  db: Reader,
  member_ids: string[],
  externals: Map<string, ReadonlySet<string>>,
): Promise<void> {
  const rows = await db.rows<{ member_id: string; kinds: string[] }>(sql`
    select asked.member_id, array_remove(array_agg(owned.kind), null) as kinds
    from unnest(${member_ids}::uuid[]) as asked (member_id)
    left join member_identities owned on owned.member_id = asked.member_id and owned.kind like 'external:%'
    group by asked.member_id`)
  for (const row of rows) externals.set(row.member_id, new Set(row.kinds))
}

/** Claims all or none; false when one of them has just been taken by somebody else. */
async function claimAll(tx: Tx, added: Assignment['added']): Promise<boolean> {
  // everybody claims in the same order, so that two sets wait for each other instead of deadlocking
  const sorted = [...added].sort(
    (a, b) => compare(a.identity.value, b.identity.value) || compare(a.identity.kind, b.identity.kind),
  )
  return sorted.length < copy_rows_min ? claimFew(tx, sorted) : claimMany(tx, sorted)
}

/** What was claimed is given back when not all could be. */
async function claimFew(tx: Tx, sorted: Assignment['added']): Promise<boolean> {
  const claimed = await tx.rows<{ value: string; kind: string }>(sql`
    insert into member_identities (value, kind, member_id, display, created_at)
    select value, kind, member_id, display, ${tx.now}::timestamptz
    from unnest(${sorted.map((one) => one.identity.value)}::text[], ${sorted.map((one) => one.identity.kind)}::text[],
      ${sorted.map((one) => one.member_id)}::uuid[], ${sorted.map((one) => one.identity.display)}::text[]
    ) as fresh (value, kind, member_id, display)
    on conflict (value, kind) do nothing
    returning value, kind`)
  if (claimed.length === sorted.length) return true
  await tx.run(sql`
    delete from member_identities owned
    using unnest(${claimed.map((one) => one.value)}::text[], ${claimed.map((one) => one.kind)}::text[])
      as fresh (value, kind)
    where owned.value = fresh.value and owned.kind = fresh.kind`)
  return false
}

/**
 * COPY knows no `on conflict`: the savepoint gives back what it had copied. Half the time of `claimFew` for a large
 * set.
 */
async function claimMany(tx: Tx, sorted: Assignment['added']): Promise<boolean> {
  const created_at = tx.now.toISOString()
  const rows = sorted.map(({ identity: { value, kind, display }, member_id }) => [
    value,
    kind,
    member_id,
    display,
    created_at,
  ])
  try {
    await tx.savepoint(() =>
      copyRows(tx, 'copy member_identities (value, kind, member_id, display, created_at) from stdin', rows),
    )
    return true
  } catch (thrown) {
    if (violates(thrown, 'member_identities_pkey')) return false
    throw thrown
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
