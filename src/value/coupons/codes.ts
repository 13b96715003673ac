/** The texts by which coupons are asked for: made here, or brought along. */
import { randomInt } from 'node:crypto'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../../record/staff/staff.ts'

/** No figure that reads as a letter and no letter that reads as a figure or another letter, read aloud or printed. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 30^10 codes: a guess among a million issued hits one in 590 million. */
const code_length = 10
export const codes_at_once_max = 50_000

/** A code as it is kept: capitals and figures; spaces and dashes are how people group it. */
export function codeFrom(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\-_.·]/g, '')
}

/** A new random code. */
export function newCode(): string {
  return Array.from({ length: code_length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/**
 * Puts unique codes into a definition's pool, to be handed out or presented. Answers how many were new; those there
 * before are counted as `known`, of whichever definition they are. Empty ones are left out.
 */
export async function bringCodes(
  tx: Tx,
  coupon_definition_id: string,
  texts: readonly string[],
  origin: 'made' | 'imported' = 'imported',
): Promise<{ added: number; known: number }> {
  const codes = [...new Set(texts.map(codeFrom).filter(Boolean))].sort()
  const added = await tx.run(sql`
    insert into coupon_codes (code, coupon_definition_id, kind, origin, created_at)
    select code, ${coupon_definition_id}::uuid, 'unique', ${origin}::text, ${tx.now}::timestamptz
    from unnest(${codes}::text[]) as one (code) order by code
    on conflict (code) do nothing`)
  await audit(tx, [
    {
      action: 'coupon_codes.brought',
      noun: 'coupon_definitions',
      noun_id: coupon_definition_id,
      after: { added, known: codes.length - added, origin },
    },
  ])
  return { added, known: codes.length - added }
}

/** Makes `count` codes for the pool, to be printed or handed to a partner. */
export async function makeCodes(tx: Tx, coupon_definition_id: string, count: number): Promise<number> {
  const { added } = await bringCodes(tx, coupon_definition_id, Array.from({ length: count }, newCode), 'made')
  return added
}

/** Opens a code that everybody may use. Throws `coupon_code.taken`. Repeating changes how often it may be used. */
export async function shareCode(
  tx: Tx,
  coupon_definition_id: string,
  input: { code: string; uses_max: number | null },
): Promise<{ code: string }> {
  const code = codeFrom(input.code)
  const kept = await tx.row<{ code: string }>(sql`
    insert into coupon_codes as known (code, coupon_definition_id, kind, uses_max, origin, created_at)
    values (${code}::text, ${coupon_definition_id}::uuid, 'shared', ${input.uses_max}::int, 'imported',
      ${tx.now}::timestamptz)
    on conflict (code) do update set uses_max = excluded.uses_max
      where known.coupon_definition_id = excluded.coupon_definition_id and known.kind = 'shared'
    returning code`)
  if (!kept) throw new AppError('coupon_code.taken', { code }, { status: 409 })
  await audit(tx, [
    {
      action: 'coupon_code.shared',
      noun: 'coupon_definitions',
      noun_id: coupon_definition_id,
      after: { code, uses_max: input.uses_max },
    },
  ])
  return kept
}

export interface CodeRow {
  code: string
  kind: 'shared' | 'unique'
  uses_max: number | null
  member_id: string | null
  state: string
  created_at: Date
}

/** Codes of a definition by their text: what was handed out bears its coupon's state, the rest is free. */
export async function codesOf(
  db: Reader,
  page: { coupon_definition_id: string; after: string | null; limit: number },
): Promise<CodeRow[]> {
  return db.rows<CodeRow>(sql`
    select k.code, k.kind, k.uses_max, k.member_id, coalesce(c.state, k.kind) as state, k.created_at
    from coupon_codes k left join coupons c on c.member_id = k.member_id and c.coupon_id = k.coupon_id
    where k.coupon_definition_id = ${page.coupon_definition_id}::uuid
      and (${page.after}::text is null or k.code > ${page.after}::text)
    order by k.code limit ${page.limit}::int`)
}
