/**
 * Files name people: what is shown of them (samples, mended and refused cells) forgets an erased member. A cell may
 * write a phone or a name in many ways, so both sides are compared without blanks, dashes, dots and widths.
 */
import type { BoundHearer, Fact } from '../../base/facts.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { memberErased, type ErasedContext } from '../../record/members/members.ts'
import type { InspectionView } from './types.ts'

/** The last digits of a phone that every writing of it has, with or without its country. */
const phone_end_digits = 9
/** Shorter texts would be found in half of all cells. */
const text_length_min = 2

const plainOf = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\s().-]/g, '')
    .toLowerCase()

/** What to look for, as `plainOf` writes it. */
function needlesOf(facts: readonly Fact[]): string[] {
  const texts = facts.flatMap((fact) => (fact.context as ErasedContext | undefined)?.texts ?? [])
  const needles = texts.map((text) => (/^\+\d+$/.test(text) ? text.slice(-phone_end_digits) : plainOf(text)))
  return [...new Set(needles)].filter((needle) => [...needle].length >= text_length_min)
}

/** Does a text name any of them? */
const names = (column: Sql, needles: readonly string[]) => sql`exists (
  select from unnest(${needles}::text[]) as needle
  where strpos(lower(regexp_replace(normalize(${column}, NFKC), '[\\s().-]', '', 'g')), needle) > 0)`

async function forget(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const needles = needlesOf(facts)
  if (needles.length === 0) return
  await refuseOpen(tx, needles)
  await tx.run(sql`
    update import_results set details = (
      select jsonb_agg((detail - 'value') #- '{params,to}') from jsonb_array_elements(details) as detail)
    where ${names(sql`details::text`, needles)}`)
  const seen = await tx.rows<{ import_id: string; inspection: InspectionView }>(sql`
    select import_id, inspection from imports where ${names(sql`inspection::text`, needles)}`)
  if (seen.length === 0) return
  await tx.run(sql`
    update imports i set inspection = fresh.inspection
    from unnest(${seen.map((row) => row.import_id)}::uuid[],
      ${seen.map((row) => JSON.stringify(without(row.inspection, needles)))}::jsonb[]) as fresh (import_id, inspection)
    where i.import_id = fresh.import_id`)
}

/** A file on its way would bring the person back: it is finished or removed first. */
async function refuseOpen(tx: Tx, needles: readonly string[]): Promise<void> {
  const open = await tx.row<{ import_id: string; file_name: string }>(sql`
    select i.import_id, i.file_name
    from imports i join import_pieces piece on piece.import_id = i.import_id
    where i.status <> 'done' and ${names(sql`piece.payload`, needles)} limit 1`)
  if (open) throw new AppError('import.names_member', { ...open }, { status: 409 })
}

/** Sample rows keep their shape; the cells that name somebody are emptied, and with them the rest of their row. */
function without(inspection: InspectionView, needles: readonly string[]): InspectionView {
  const isNaming = (cell: string) => needles.some((needle) => plainOf(cell).includes(needle))
  const emptied = (rows: string[][]) => rows.map((row) => (row.some(isNaming) ? row.map(() => '') : row))
  return {
    ...inspection,
    sample: emptied(inspection.sample),
    candidates: inspection.candidates.map((one) => ({ ...one, sample: emptied(one.sample) })),
  }
}

export const bound: BoundHearer[] = [{ module: 'imports', names: [memberErased], hear: forget }]
