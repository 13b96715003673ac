/** Texts by version. A version is never edited: what was sent can be read again. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { actorText } from '../../base/actor.ts'
import { checkLanguages, linkVersion } from './rendering.ts'
import type { Languages, Medium, Purpose, TemplateRow } from './types.ts'

/** Makes a template with its first version. Throws `template.text_missing`, `template.liquid_broken`. */
export async function createTemplate(
  tx: Tx,
  wanted: { name: string; medium: Medium; purpose?: Purpose; languages: Languages },
): Promise<TemplateRow> {
  const purpose = wanted.purpose ?? 'marketing'
  checkLanguages(wanted.medium, purpose, wanted.languages)
  const made = await tx.row<{ template_id: string }>(sql`
    insert into templates (name, medium, purpose, version, created_at, updated_at)
    values (${wanted.name}::text, ${wanted.medium}::text, ${purpose}::text, 0, ${tx.now}::timestamptz,
      ${tx.now}::timestamptz)
    returning template_id`)
  await writeVersion(tx, made!.template_id, wanted.medium, wanted.languages)
  return (await findTemplate(tx, made!.template_id))!
}

/** Changes name, purpose or words; words make a new version, and what is queued keeps its own. */
export async function updateTemplate(
  tx: Tx,
  template_id: string,
  changes: { name?: string; purpose?: Purpose; languages?: Languages },
): Promise<TemplateRow> {
  const before = await findTemplate(tx, template_id)
  if (!before) throw new AppError('template.not_found', { template_id })
  const purpose = changes.purpose ?? before.purpose
  if (changes.languages || purpose !== before.purpose) {
    checkLanguages(before.medium, purpose, changes.languages ?? before.languages)
  }
  await tx.run(sql`
    update templates set name = ${changes.name ?? before.name}::text, purpose = ${purpose}::text,
      updated_at = ${tx.now}::timestamptz
    where template_id = ${template_id}::uuid`)
  if (changes.languages) await writeVersion(tx, template_id, before.medium, changes.languages)
  return (await findTemplate(tx, template_id))!
}

/** Takes a template out of the lists (or back in); what it was used for stays. */
export async function archiveTemplate(tx: Tx, template_id: string, archived: boolean): Promise<TemplateRow> {
  const found = await tx.run(sql`
    update templates set archived_at = ${archived ? tx.now : null}::timestamptz
    where template_id = ${template_id}::uuid`)
  if (found === 0) throw new AppError('template.not_found', { template_id })
  return (await findTemplate(tx, template_id))!
}

/** The row of the template is the lock: two people saving at once get two versions. */
async function writeVersion(tx: Tx, template_id: string, medium: Medium, languages: Languages): Promise<void> {
  const { urls } = linkVersion(medium, languages)
  await tx.run(sql`
    with next as (
      update templates set version = version + 1 where template_id = ${template_id}::uuid returning version
    ), kept as (
      insert into template_versions (template_id, version, languages, actor, created_at)
      select ${template_id}::uuid, version, ${JSON.stringify(languages)}::jsonb, ${actorText(tx.actor)}::text,
        ${tx.now}::timestamptz
      from next returning version
    )
    insert into template_links (template_id, version, link_no, url)
    select ${template_id}::uuid, kept.version, link.link_no, link.url
    from kept, unnest(${urls}::text[]) with ordinality as link (url, link_no)`)
}

/** A template with the words of its newest version, or of the one asked for. */
export async function findTemplate(
  db: Reader,
  template_id: string,
  version?: number,
): Promise<TemplateRow | undefined> {
  return db.row<TemplateRow>(sql`
    select t.template_id, t.name, t.medium, t.purpose, v.version, v.languages, t.created_at, t.updated_at,
      t.archived_at
    from templates t
    join template_versions v on v.template_id = t.template_id
      and v.version = coalesce(${version ?? null}::int, t.version)
    where t.template_id = ${template_id}::uuid`)
}

/** Templates, newest change first; archived ones only when asked for. */
export async function listTemplates(
  db: Reader,
  asked: {
    medium?: Medium
    archived?: boolean
    /** Part of the name. */
    search?: string
    limit: number
    after?: [string, string] | null
  },
): Promise<TemplateRow[]> {
  const [at, id] = asked.after ?? [null, null]
  return db.rows<TemplateRow>(sql`
    select t.template_id, t.name, t.medium, t.purpose, t.version, v.languages, t.created_at, t.updated_at,
      t.archived_at
    from templates t
    join template_versions v on v.template_id = t.template_id and v.version = t.version
    where (t.archived_at is not null) = ${asked.archived ?? false}::boolean
      and (${asked.medium ?? null}::text is null or t.medium = ${asked.medium ?? null}::text)
      and position(lower(${asked.search?.trim() ?? ''}::text) in lower(t.name)) > 0
      and (${at}::timestamptz is null
        or (t.updated_at, t.template_id) < (${at}::timestamptz, ${id}::uuid))
    order by t.updated_at desc, t.template_id desc
    limit ${asked.limit}::int`)
}
