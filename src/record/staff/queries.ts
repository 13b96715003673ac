/** Lists for screens. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { ApiKey, AuditRow, Staff } from './types.ts'

/** A program has at most some hundred people and keys: lists of them are whole. */
const listMax = 1_000

export async function allStaff(db: Reader): Promise<Staff[]> {
  return db.rows<Staff>(sql`
    select staff_id, email, name, role, locale, created_at, disabled_at from staff
    order by disabled_at is not null, lower(name), staff_id limit ${listMax}::int`)
}

export async function allKeys(db: Reader): Promise<ApiKey[]> {
  return db.rows<ApiKey>(sql`
    select key_id, name, prefix, scopes, created_by, created_at, revoked_at from staff_api_keys
    order by revoked_at is not null, created_at desc, key_id limit ${listMax}::int`)
}

/** The audit, newest first; `before` is the audit_id to go on from. */
export async function auditLines(
  db: Reader,
  wanted: { noun: string | null; noun_id: string | null; actor: string | null; before: number | null; limit: number },
): Promise<AuditRow[]> {
  return db.rows<AuditRow>(sql`
    select line.audit_id, line.at, line.actor, line.actor_name, line.action, line.noun, line.noun_id, line.before,
      line.after,
      coalesce((
        select jsonb_agg(jsonb_build_object('member_id', side.member_id, 'before', side.before, 'after', side.after))
        from staff_audit_personal side where side.audit_id = line.audit_id), '[]') as personal
    from staff_audit line
    where (${wanted.noun}::text is null or line.noun = ${wanted.noun}::text)
      and (${wanted.noun_id}::text is null or line.noun_id = ${wanted.noun_id}::text)
      and (${wanted.actor}::text is null or line.actor = ${wanted.actor}::text)
      and (${wanted.before}::bigint is null or line.audit_id < ${wanted.before}::bigint)
    order by line.audit_id desc limit ${wanted.limit}::int`)
}
