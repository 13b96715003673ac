/** From references to members: look up, decide (rules.ts), claim the identities that were free. */
import { copyBinary } from '../../base/binary-rows.ts'
import type { Ahead } from '../../base/ahead.ts'
import { copy_rows_min } from '../../base/bulk.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, violates } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { assign, type Assignment, type Want } from './rules.ts'
import type { Identity } from './types.ts'

/** Somebody else may claim the same identity at the same moment; each time we look again and find that owner. */
const attemptsMax = 4

/** What `recognise` may know of its set. */
export interface RecogniseOptions {
  /** Owners that have been asked for already. */
  ahead?: Owners | undefined
  /** A large set that looks new is claimed without looking for its owners. */
  looksNew?: boolean
  /**
   * What follows from the decision in memory alone, done while the server claims. Called again should the claim fail
   * and everything be decided anew.
   */
  meanwhile?: (assignment: Assignment) => Promise<void>
}

/**
 * Decides for each want which member it is and claims free identities. New members are only named here: the caller
 * inserts their rows. One statement when everybody is known, two or three when not, whatever the size of the set;
 * with `looksNew` a large set takes one or two more, to find out.
 */
export async function recognise(tx: Tx, wants: readonly Want[], options: RecogniseOptions = {}): Promise<Assignment> {
  const unlooked = options.looksNew ? await claimUnlooked(tx, wants, options) : null
  if (unlooked) return unlooked
  for (let tried = 1; tried <= attemptsMax; tried += 1) {
    const assignment = await decide(tx, wants, tried === 1 ? options.ahead : undefined)
    if (await claimAll(tx, assignment, options)) return assignment
  }
  throw new AppError('members.busy', { attempts: attemptsMax }, { status: 503 })
}

/** So many identities of a set say whether it speaks of people we know. */
const sampleSize = 64
/** After a set that looked new and was not, so many are looked up at once: whatever is being read is like that. */
const wary_sets = 50
let waryFor = 0

/**
 * A large set of which a sample is known to nobody is claimed without looking for its owners: where the table takes all
 * of its identities, nobody had any. Looking costs a seventh of all that a new member costs the server. Null when
 * somebody is known after all.
 */
async function claimUnlooked(tx: Tx, wants: readonly Want[], options: RecogniseOptions): Promise<Assignment | null> {
  const identities = wants.flatMap((want) => want.identities)
  if (identities.length < copy_rows_min) return null
  if (waryFor > 0) {
    waryFor -= 1
    return null
  }
  const step = identities.length / sampleSize
  const sample = Array.from({ length: sampleSize }, (_, nth) => identities[Math.floor(nth * step)]!)
  if ((await ownersOf(tx, sample)).size > 0) return null
  const assignment = assign(wants, { owners: new Map(), externals: new Map() }, idsOf(tx.now))
  if (await claimAll(tx, assignment, options)) return assignment
  waryFor = wary_sets
  return null
}

/**
 * Ids of one set, in their order: the twelve bits behind the version count (RFC 9562, 6.2, method 1), so that the rows
 * of a set land in the keys' indexes side by side instead of all over the set's range.
 */
function idsOf(at: Date): () => string {
  let nth = 0
  return () => {
    const id = uuidv7(at)
    const place = (nth++ & 0xfff).toString(16).padStart(3, '0')
    return `${id.slice(0, 15)}${place}${id.slice(18)}`
  }
}

/** Decides without claiming anything: for previews. */
export async function decide(tx: Tx, wants: readonly Want[], ahead?: Owners): Promise<Assignment> {
  const identities = wants.flatMap((want) => want.identities)
  const owners = (await ahead?.take(identities.map(({ key }) => key))) ?? (await ownersOf(tx, identities))
  const externals = new Map<string, ReadonlySet<string>>()
  const newId = idsOf(tx.now)
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
async function claimAll(tx: Tx, assignment: Assignment, { meanwhile }: RecogniseOptions): Promise<boolean> {
  // everybody claims in the same order, so that two sets wait for each other instead of deadlocking
  const sorted = [...assignment.added].sort(
    (a, b) => compare(a.identity.value, b.identity.value) || compare(a.identity.kind, b.identity.kind),
  )
  if (sorted.length >= copy_rows_min) return claimMany(tx, sorted, async () => meanwhile?.(assignment))
  await meanwhile?.(assignment)
  return sorted.length === 0 || claimFew(tx, sorted)
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
async function claimMany(tx: Tx, sorted: Assignment['added'], meanwhile: () => Promise<void>): Promise<boolean> {
  try {
    await tx.savepoint(() =>
      copyBinary(
        tx,
        'copy member_identities (value, kind, member_id, display, created_at)',
        sorted,
        (out, { identity, member_id }) => {
          out.row(5)
          out.text(identity.value)
          out.text(identity.kind)
          out.uuid(member_id)
          out.text(identity.display)
          out.instant(tx.now)
        },
        meanwhile,
      ),
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
