/**
 * Which lines of an order were left out of what counts, beside its lot: a refund asks for them. Nothing is read or
 * written where no rule leaves anything out.
 */
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { ruleAt } from '../../tiers/tiers.ts'
import type { PointRuleVersion } from '../types.ts'
import type { PaidWant, RebookWant, Want } from '../wants.ts'
import { amongThese, leftOutOf, numbersOf, without } from './exclusions.ts'

export interface ExcludedLines {
  /** The want as it is to be booked: of a refund without what never counted. Keeps what an order leaves out. */
  counting(want: Want): Want
  write(): Promise<void>
}

const keyOf = ({ member_id, order_id }: { member_id: string; order_id: string | null }) => `${member_id} ${order_id}`

/** One statement for the orders that refunds of the set name. */
async function readLines(tx: Tx, wants: readonly Want[]): Promise<Map<string, number[]>> {
  const asked = wants.filter((want) => want.kind === 'refund' && want.order_id !== null)
  if (asked.length === 0) return new Map()
  const rows = await tx.rows<{ member_id: string; order_id: string; lines: number[] }>(sql`
    select member_id, order_id, lines from point_excluded_lines
    where (member_id, order_id) in (
      select * from unnest(${asked.map((want) => want.member_id)}::uuid[],
        ${asked.map((want) => (want.kind === 'refund' ? want.order_id : null))}::uuid[]))`)
  return new Map(rows.map((row) => [keyOf(row), row.lines]))
}

interface Kept {
  want: PaidWant | RebookWant
  lines: number[]
}

/** Looks at a set; the rules are those it is booked by. */
export async function excludedLines(
  tx: Tx,
  wants: readonly Want[],
  rules: readonly PointRuleVersion[],
): Promise<ExcludedLines> {
  if (!rules.some(({ rule }) => rule.earn.excludes)) return { counting: (want) => want, write: async () => undefined }
  const known = await readLines(tx, wants)
  const kept: Kept[] = []
  const keep = (want: PaidWant | RebookWant, at: Date) => {
    const lines = numbersOf(leftOutOf(want.basket, ruleAt(rules, at)?.rule.earn.excludes))
    known.set(keyOf(want), lines)
    kept.push({ want, lines })
    return want
  }
  return {
    counting: (want) => {
      if (want.kind === 'paid') return keep(want, want.occurred_at)
      if (want.kind === 'rebook') return want.kept ? want : keep(want, want.ordered_at)
      if (want.kind !== 'refund' || !want.lines) return want
      const out =
        want.order_id === null
          ? unmatchedOut(want.lines, ruleAt(rules, want.occurred_at))
          : amongThese(want.lines, known.get(keyOf(want)) ?? [])
      return out.length === 0 ? want : { ...want, purchase: without(want.purchase, out) }
    },
    write: () => writeLines(tx, kept),
  }
}

/** Goods that came back without their order are looked at as the rule of that day would. */
function unmatchedOut(
  lines: NonNullable<Extract<Want, { kind: 'refund' }>['lines']>,
  version: PointRuleVersion | undefined,
) {
  const basket = { lines, store_id: null, channel: null, day: '', is_supplement: false }
  return leftOutOf(basket, version?.rule.earn.excludes).lines
}

/** Judged anew, an order may leave out other lines, or none. */
async function writeLines(tx: Tx, kept: readonly Kept[]): Promise<void> {
  const anew = kept.filter(({ want }) => want.kind === 'rebook').map(({ want }) => want)
  if (anew.length > 0)
    await tx.run(sql`
      delete from point_excluded_lines where (member_id, order_id) in (
        select * from unnest(${anew.map((want) => want.member_id)}::uuid[],
          ${anew.map((want) => want.order_id)}::uuid[]))`)
  const out = kept.filter(({ lines }) => lines.length > 0)
  if (out.length === 0) return
  await tx.run(sql`
    insert into point_excluded_lines (member_id, order_id, lines)
    select member_id, order_id, string_to_array(lines, ',')::int[]
    from unnest(${out.map(({ want }) => want.member_id)}::uuid[], ${out.map(({ want }) => want.order_id)}::uuid[],
      ${out.map(({ lines }) => lines.join(','))}::text[]) as kept (member_id, order_id, lines)
    on conflict (member_id, order_id) do update set lines = excluded.lines`)
}
