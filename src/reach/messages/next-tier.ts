/** How far members are from the tier above: asked only for texts that speak of it, in three statements a set. */
import * as tiers from '../../value/tiers/tiers.ts'
import type { Languages } from './types.ts'
import type { Standing } from './values.ts'

/** A database or a transaction: both know what time it is, and windows of tiers go by the day. */
export type Present = Parameters<typeof tiers.progressOf>[0]

/** Does a text speak of the next tier? Asking once too often costs a read, once too little an empty place. */
export function speaksOfNextTier(...texts: (string | null | undefined)[]): boolean {
  return texts.some((text) => text?.includes('next_tier'))
}

/** All that a version says, in every language. */
export function textsOf(languages: Languages): (string | undefined)[] {
  return Object.values(languages).flatMap(({ subject, preheader, html, text }) => [subject, preheader, html, text])
}

/** Gives each member the tier above theirs and what is missing to it; who is no member climbs nowhere. */
export async function addNextTier(db: Present, standings: readonly Standing[]): Promise<void> {
  const climbing = standings.filter(({ kind }) => kind === 'member')
  const progress = await tiers.progressOf(
    db,
    climbing.map(({ member_id }) => member_id),
  )
  progress.forEach(({ next_tier_code: code, next_tier_names: names, missing, measure }, i) => {
    // texts speak of money: where something else is counted, they say nothing
    climbing[i]!.next_tier =
      code === null || missing === null || measure !== 'spend' ? null : { code, names, missing_minor: missing }
  })
}
