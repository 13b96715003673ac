/** Questions about members: counted, saved, asked again by campaigns. The SQL comes from the one compiler. */
import { actorText } from '../../base/actor.ts'
import { compileCondition, idsOf, type Compiled } from '../../base/conditions/compile.ts'
import { runCount, type Count } from '../../base/conditions/count.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import { parseCondition } from '../../base/conditions/parse.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError, violates } from '../../base/errors.ts'
import { empty, sql, type Sql } from '../../base/sql.ts'
import { stopwatch } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as staff from '../../record/staff/staff.ts'
import type { NewSegment, SegmentChange, SegmentRow } from './types.ts'

/** Whom conditions are asked about: members who joined and are still themselves. */
const population = {
  from: sql`members m`,
  key: 'm.member_id',
  where: sql`m.kind = 'member' and m.merged_into is null and m.erased_at is null`,
}

/** Parses and compiles a condition for the present. Throws `condition.invalid` with every broken place. */
export async function compile(db: Reader, condition: unknown, now: Date, ids?: readonly string[]): Promise<Compiled> {
  const fields = allFields()
  const { time_zone: zone } = await program.current(db)
  return compileCondition(parseCondition(condition, fields), {
    fields,
    population,
    now,
    zone,
    reading: 'now',
    ...(ids ? { ids } : {}),
  })
}

/** How many members fulfil a condition now. Throws `query.timed_out`, `query.cancelled`. */
export async function count(
  db: Db,
  condition: unknown,
  options: { now: Date; signal?: AbortSignal; timeout_ms?: number },
): Promise<Count> {
  return runCount(db, await compile(db, condition, options.now), options)
}

/** `select member_id …` of a segment as it stands now: what audiences are built from. Throws `segment.not_found`. */
export async function membersIn(db: Reader, segment_id: string, now: Date): Promise<Sql> {
  const segment = await find(db, segment_id)
  if (segment.kind === 'condition') return idsOf(await compile(db, segment.condition, now))
  return sql`
    select l.member_id from segment_members l join ${population.from} on m.member_id = l.member_id
    where l.segment_id = ${segment_id}::uuid and ${population.where}`
}

const columns = sql`
  s.segment_id, s.name, s.note, s.kind, s.condition, s.version, s.created_at, s.updated_at,
  (select jsonb_build_object('count', z.count, 'computed_at', z.computed_at, 'ms', z.ms)
   from segment_sizes z where z.segment_id = s.segment_id and z.version = s.version
   order by z.computed_at desc limit 1) as size`

/** One segment. Throws `segment.not_found`, also for one put away. */
export async function find(db: Reader, segment_id: string): Promise<SegmentRow> {
  const segment = await db.row<SegmentRow>(sql`
    select ${columns} from segments s where s.segment_id = ${segment_id}::uuid and s.archived_at is null`)
  if (!segment) throw new AppError('segment.not_found', { segment_id })
  return segment
}

/** All segments in use, by name. */
export function list(db: Reader, search?: string): Promise<SegmentRow[]> {
  const only = search ? sql`and s.name ilike ${`%${search}%`}::text` : empty
  return db.rows<SegmentRow>(sql`
    select ${columns} from segments s where s.archived_at is null ${only} order by lower(s.name)`)
}

/** Saves a condition, or a list of members, under a name. Throws `segment.name_taken`, `condition.invalid`. */
export async function create(tx: Tx, wanted: NewSegment): Promise<SegmentRow> {
  const condition = wanted.member_ids
    ? null
    : parseCondition(wanted.condition ?? { combinator: 'and', rules: [] }, allFields())
  const { segment_id } = await named(wanted.name, () =>
    tx.row<{ segment_id: string }>(sql`
      insert into segments (name, note, kind, condition, actor, created_at, updated_at)
      values (${wanted.name.trim()}::text, ${wanted.note ?? ''}::text, ${condition ? 'condition' : 'list'}::text,
        ${condition ? JSON.stringify(condition) : null}::jsonb, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz,
        ${tx.now}::timestamptz)
      returning segment_id`),
  )
  if (wanted.member_ids) await addMembers(tx, segment_id, wanted.member_ids)
  const after = { name: wanted.name, condition, listed: wanted.member_ids?.length }
  await staff.audit(tx, [{ action: 'segment.create', noun: 'segments', noun_id: segment_id, after }])
  await measure(tx, segment_id)
  return find(tx, segment_id)
}

/** Puts members on a list kept by hand; those already on it stay. */
async function addMembers(tx: Tx, segment_id: string, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into segment_members (member_id, segment_id, added_at)
    select m.member_id, ${segment_id}::uuid, ${tx.now}::timestamptz
    from unnest(${member_ids}::uuid[]) as wanted (member_id) join members m on m.member_id = wanted.member_id
    on conflict do nothing`)
}

/**
 * Changes name, note or condition; a new condition is a new version. Throws `segment.not_a_list` for a list's
 * condition.
 */
export async function update(tx: Tx, segment_id: string, change: SegmentChange): Promise<SegmentRow> {
  const before = await find(tx, segment_id)
  if (change.condition && before.kind === 'list') throw new AppError('segment.not_a_list', { segment_id })
  const condition = change.condition ? parseCondition(change.condition, allFields()) : before.condition
  await named(change.name ?? before.name, () =>
    tx.row(sql`
      update segments set name = ${change.name?.trim() ?? before.name}::text,
        note = ${change.note ?? before.note}::text,
        condition = ${condition ? JSON.stringify(condition) : null}::jsonb,
        version = version + ${change.condition ? 1 : 0}::int, updated_at = ${tx.now}::timestamptz
      where segment_id = ${segment_id}::uuid returning segment_id`),
  )
  const changed = { action: 'segment.update', noun: 'segments', noun_id: segment_id }
  await staff.audit(tx, [{ ...changed, before: { name: before.name, condition: before.condition }, after: change }])
  if (change.condition) await measure(tx, segment_id)
  return find(tx, segment_id)
}

/** Puts a segment away; its history stays for the campaigns that used it. */
export async function archive(tx: Tx, segment_id: string): Promise<void> {
  const before = await find(tx, segment_id)
  await tx.run(sql`
    update segments set archived_at = ${tx.now}::timestamptz where segment_id = ${segment_id}::uuid`)
  const line = { action: 'segment.archive', noun: 'segments', noun_id: segment_id, before: { name: before.name } }
  await staff.audit(tx, [line])
}

/** Counts a segment and keeps the figure in its history. */
export async function measure(tx: Tx, segment_id: string): Promise<void> {
  const elapsed = stopwatch()
  const members = await membersIn(tx, segment_id, tx.now)
  const counted = await tx.row<{ count: number }>(sql`select count(*)::int as count from (${members}) found`, {
    prepare: false,
  })
  await tx.run(sql`
    insert into segment_sizes (segment_id, computed_at, version, count, ms)
    select segment_id, ${tx.now}::timestamptz, version, ${counted!.count}::int, ${Math.round(elapsed())}::int
    from segments where segment_id = ${segment_id}::uuid
    on conflict (segment_id, computed_at) do update
    set version = excluded.version, count = excluded.count, ms = excluded.ms`)
}

async function named<T>(name: string, write: () => Promise<T | undefined>): Promise<T> {
  try {
    return (await write())!
  } catch (thrown) {
    if (violates(thrown, 'segments_name'))
      throw new AppError('segment.name_taken', { name }, { status: 409, cause: thrown })
    throw thrown
  }
}
