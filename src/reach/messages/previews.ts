/** A template as one member would read it, in every language, before anything is sent. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { empty, sql, type Sql } from '../../base/sql.ts'
import { addNextTier, speaksOfNextTier, textsOf, type Present } from './next-tier.ts'
import { checkLanguages, compileFresh, render, unknownVariables } from './rendering.ts'
import { smsParts } from './rules.ts'
import { findTemplate } from './templates.ts'
import type { Languages, Medium, Purpose } from './types.ts'
import { addressColumn, programValues, standingOf } from './values.ts'

export interface Preview {
  language: string
  subject: string
  html: string | null
  text: string
  /** Why this member would not get it. */
  refusal: string | null
  parts: number | null
}

export interface PreviewAsked {
  template_id: string
  /** Any reachable member unless given. */
  member_id?: string
  /** Words still being written, in place of the saved ones. */
  languages?: Languages
  purpose?: Purpose
  base_url: string
}

/** Words as they are being written. */
export interface Draft {
  medium: Medium
  purpose: Purpose
  languages: Languages
}

export interface PreviewAnswer {
  member_id: string | null
  unknown: string[]
  previews: Preview[]
}

/** Throws `template.not_found`, `member.not_found`, and what is wrong with the words. */
export async function previewOf(db: Present, asked: PreviewAsked): Promise<PreviewAnswer> {
  const template = await findTemplate(db, asked.template_id)
  if (!template) throw new AppError('template.not_found', { template_id: asked.template_id })
  const { medium } = template
  return previewDraft(
    db,
    { medium, languages: asked.languages ?? template.languages, purpose: asked.purpose ?? template.purpose },
    asked,
  )
}

/** The same of a text that was never saved. Throws `member.not_found`, and what is wrong with the words. */
export async function previewDraft(
  db: Present,
  draft: Draft,
  asked: { member_id?: string; base_url: string },
): Promise<PreviewAnswer> {
  const { medium, purpose, languages } = draft
  checkLanguages(medium, purpose, languages)
  const member_id = asked.member_id ?? (await anyMember(db, medium))
  if (!member_id) return { member_id: null, unknown: unknownVariables(languages), previews: [] }
  const standing = (await standingOf(db, [member_id], medium, purpose)).get(member_id)
  if (!standing) throw new AppError('member.not_found', { member_id })
  if (speaksOfNextTier(...textsOf(languages))) await addNextTier(db, [standing])
  const program = await programValues(db)
  const previews = Object.keys(languages).map((language): Preview => {
    const words = render(compileFresh(draft, language), standing, program, {
      link: `${asked.base_url}/l/preview`,
      pixel: '',
      unsubscribe: `${asked.base_url}/v1/open/unsubscribe/preview`,
    })
    return { language, ...words, refusal: standing.refusal, parts: medium === 'sms' ? smsParts(words.text) : null }
  })
  return { member_id, unknown: unknownVariables(languages), previews }
}

/** The first who has an address of this medium, so that most values are filled; else the first. */
async function anyMember(db: Reader, medium: Medium): Promise<string | null> {
  const first = (only: Sql) =>
    db.row<{ member_id: string }>(sql`
    select m.member_id from members m
    where m.kind = 'member' and m.merged_into is null and m.erased_at is null ${only} order by m.number limit 1`)
  const row = (await first(sql`and ${addressColumn(medium)} is not null`)) ?? (await first(empty))
  return row?.member_id ?? null
}
