/** How price protection is looked at: reads for screens. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { calledOff, inForceSql, type ListedVersion } from '../../base/versions.ts'
import type { ProtectionRow, ProtectionRuleVersion } from './types.ts'

export type ProtectionRuleRow = ProtectionRuleVersion & ListedVersion

/** All versions, newest first. */
export async function ruleVersions(db: Reader, now: Date): Promise<ProtectionRuleRow[]> {
  return db.rows<ProtectionRuleRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('protection_rules', now)} as in_force
    from protection_rules order by version desc`)
}

/** What was given back, newest first; of one member if said. */
export async function given(
  db: Reader,
  page: { member_id: string | null; before: { given_at: string; gift_id: string } | null; limit: number },
): Promise<ProtectionRow[]> {
  return db.rows<ProtectionRow>(sql`
    select one.member_id, m.display_name, one.order_id, o.source_id as order_number, one.line_no, one.sku,
      coalesce(product.name, line.name) as product_name, o.ordered_on as bought_on, one.paid_minor, one.then_minor,
      one.now_minor, one.given_minor, one.points, one.why, one.rule_version, one.gift_id, one.given_at, one.returned_at,
      one.taken_points
    from protections one
    join members m on m.member_id = one.member_id
    join orders o on o.member_id = one.member_id and o.order_id = one.order_id
    join order_lines line on line.member_id = one.member_id and line.order_id = one.order_id
      and line.line_no = one.line_no
    left join products product on product.product_id = line.product_id
    where (${page.member_id}::uuid is null or one.member_id = ${page.member_id}::uuid)
      and (${page.before === null}::boolean or (one.given_at, one.gift_id) <
        (${page.before?.given_at ?? null}::timestamptz, ${page.before?.gift_id ?? null}::uuid))
    order by one.given_at desc, one.gift_id desc limit ${page.limit}::int`)
}

/** What was given back in all, and since a moment. */
export async function totalsOf(
  db: Reader,
  since: Date,
): Promise<{ given_minor: number; since_minor: number; members: number }> {
  const found = await db.row<{ given_minor: number; since_minor: number; members: number }>(sql`
    select coalesce(sum(given_minor), 0)::bigint as given_minor,
      coalesce(sum(given_minor) filter (where given_at >= ${since}::timestamptz), 0)::bigint as since_minor,
      count(distinct member_id)::int as members
    from protections`)
  return found!
}
