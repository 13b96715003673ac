/** What a person keeps for oneself: saved views of lists, and what one opened last. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { seen_max } from './rules.ts'
import type { SavedView, Seen } from './types.ts'

/** Keeps a list's filters under a name. Throws `saved_view.name_taken`. */
export async function saveView(
  tx: Tx,
  view: { staff_id: string; noun: string; name: string; query: Record<string, unknown> },
): Promise<SavedView> {
  const saved = await tx.row<SavedView>(sql`
    insert into staff_saved_views (staff_id, noun, name, query, created_at)
    values (${view.staff_id}::uuid, ${view.noun}::text, ${view.name.trim()}::text, ${JSON.stringify(view.query)}::jsonb,
      ${tx.now}::timestamptz)
    on conflict (staff_id, noun, name) do nothing
    returning view_id, noun, name, query, created_at`)
  if (!saved) throw new AppError('saved_view.name_taken', { name: view.name }, { status: 409 })
  return saved
}

/** Forgets a view of one's own. Throws `saved_view.not_found`. */
export async function dropView(tx: Tx, view: { staff_id: string; view_id: string }): Promise<void> {
  const dropped = await tx.run(sql`
    delete from staff_saved_views where view_id = ${view.view_id}::uuid and staff_id = ${view.staff_id}::uuid`)
  if (dropped === 0) throw new AppError('saved_view.not_found', { view_id: view.view_id })
}

/** One's own views of a noun, by name. */
export async function viewsOf(db: Reader, of: { staff_id: string; noun: string }): Promise<SavedView[]> {
  return db.rows<SavedView>(sql`
    select view_id, noun, name, query, created_at from staff_saved_views
    where staff_id = ${of.staff_id}::uuid and noun = ${of.noun}::text order by lower(name), view_id`)
}

/** Notes that the caller opened something; only the last ten of a noun are kept. Keys and the system see nothing. */
export async function seen(tx: Tx, noun: string, noun_id: string): Promise<void> {
  if (tx.actor.kind !== 'staff') return
  await tx.run(sql`
    insert into staff_last_seen (staff_id, noun, noun_id, at)
    values (${tx.actor.id}::uuid, ${noun}::text, ${noun_id}::text, ${tx.now}::timestamptz)
    on conflict (staff_id, noun, noun_id) do update set at = excluded.at`)
  await tx.run(sql`
    delete from staff_last_seen where staff_id = ${tx.actor.id}::uuid and noun = ${noun}::text and noun_id in (
      select noun_id from staff_last_seen where staff_id = ${tx.actor.id}::uuid and noun = ${noun}::text
      order by at desc, noun_id offset ${seen_max}::int)`)
}

/** The last ten a person opened of a noun, newest first. */
export async function lastSeen(db: Reader, of: { staff_id: string; noun: string }): Promise<Seen[]> {
  return db.rows<Seen>(sql`
    select noun, noun_id, at from staff_last_seen
    where staff_id = ${of.staff_id}::uuid and noun = ${of.noun}::text order by at desc, noun_id limit ${seen_max}::int`)
}
