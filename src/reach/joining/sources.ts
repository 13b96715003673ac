/** Links and posters that invite, and what each brought: counted from the members themselves. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { audit } from '../../record/staff/staff.ts'
import type { Source, SourceBody, SourceChanges } from './types.ts'

/** Ways to join fit on one page of a list: a brand has posters by the hundred at most. */
const list_max = 1_000
/** What "lately" means in the list. */
const lately_days = 30

/** The link of a source, below the program's address. */
export const pathOf = (code: string) => `/portal?source=${encodeURIComponent(code)}`

/** Every source, and every other word by which members joined, those that brought most lately first. */
export async function sources(db: Reader, now: Date): Promise<Source[]> {
  const rows = await db.rows<Omit<Source, 'path'>>(sql`
    with joined as (
      select m.join_channel as code, count(*)::int as joined,
        count(*) filter (where m.joined_at >= ${addMs(now, -lately_days * dayMs)}::timestamptz)::int as joined_30_days,
        count(*) filter (where exists (select from orders o where o.member_id = m.member_id and o.counts))::int
          as bought,
        max(m.joined_at) as last_joined_at
      from members m
      where m.kind = 'member' and m.merged_into is null and m.erased_at is null and m.join_channel is not null
      group by 1
    )
    select s.source_id, coalesce(s.code, joined.code) as code, s.name, s.kind, s.store_id, store.name as store_name,
      coalesce(s.is_closed, false) as is_closed, coalesce(joined.joined, 0) as joined,
      coalesce(joined.joined_30_days, 0) as joined_30_days, coalesce(joined.bought, 0) as bought,
      joined.last_joined_at
    from joining_sources s full join joined on joined.code = s.code
    left join stores store on store.store_id = s.store_id
    order by coalesce(joined.joined_30_days, 0) desc, coalesce(joined.joined, 0) desc, 2 limit ${list_max}::int`)
  return rows.map((row) => ({ ...row, path: row.source_id ? pathOf(row.code) : null }))
}

/** One source. Throws `joining_source.not_found`. */
export async function sourceOf(db: Reader, source_id: string, now: Date): Promise<Source> {
  const found = (await sources(db, now)).find((one) => one.source_id === source_id)
  if (!found) throw new AppError('joining_source.not_found', { source_id })
  return found
}

/** The source that a link names, while it is open. */
export async function openSource(
  db: Reader,
  code: string,
): Promise<{ code: string; store_id: string | null } | null> {
  const found = await db.row<{ code: string; store_id: string | null }>(sql`
    select code, store_id from joining_sources where code = ${code.toLowerCase()}::text and not is_closed`)
  return found ?? null
}

/** A word for a link, of a name: latin letters and figures; the kind where a name has none. */
export function codeFrom(name: string, kind: string): string {
  const word = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)
  return word || kind
}

/** Makes a source. A word made of its name gets a figure when it is taken. Throws `joining_source.code_taken`. */
export async function createSource(tx: Tx, body: SourceBody): Promise<Source> {
  const wish = body.code ?? codeFrom(body.name, body.kind)
  const taken = new Set(
    (
      await tx.rows<{ code: string }>(sql`
        select code from joining_sources where code = ${wish}::text or code like ${`${wish}-%`}::text`)
    ).map((row) => row.code),
  )
  if (body.code !== undefined && taken.has(body.code))
    throw new AppError('joining_source.code_taken', { code: wish }, { status: 409 })
  let code = wish
  for (let nth = 2; taken.has(code); nth += 1) code = `${wish}-${nth}`
  const made = await tx.row<{ source_id: string }>(sql`
    insert into joining_sources (source_id, code, name, kind, store_id, is_closed, created_at, updated_at)
    values (${uuidv7(tx.now)}::uuid, ${code}::text, ${body.name.trim()}::text, ${body.kind}::text,
      ${body.store_id ?? null}::uuid, false, ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    on conflict (code) do nothing returning source_id`)
  if (!made) throw new AppError('joining_source.code_taken', { code }, { status: 409 })
  const after = { ...body, code }
  await audit(tx, [{ action: 'joining_source.created', noun: 'joining_sources', noun_id: made.source_id, after }])
  return sourceOf(tx, made.source_id, tx.now)
}

/** Renames, moves or closes one; its word stays, because it hangs on walls. Throws `joining_source.not_found`. */
export async function changeSource(tx: Tx, source_id: string, changes: SourceChanges): Promise<Source> {
  const before = await sourceOf(tx, source_id, tx.now)
  const after = {
    name: changes.name?.trim() ?? before.name,
    store_id: changes.store_id === undefined ? before.store_id : changes.store_id,
    is_closed: changes.is_closed ?? before.is_closed,
  }
  await tx.run(sql`
    update joining_sources set name = ${after.name}::text, store_id = ${after.store_id}::uuid,
      is_closed = ${after.is_closed}::boolean, updated_at = ${tx.now}::timestamptz
    where source_id = ${source_id}::uuid`)
  await audit(tx, [{ action: 'joining_source.changed', noun: 'joining_sources', noun_id: source_id, after }])
  return sourceOf(tx, source_id, tx.now)
}
