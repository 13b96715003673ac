/** A why held against its rule again: what a reader can check with a pencil. */
import { below, qualified } from './rules.ts'
import type { Tier, TierRule, Why } from './types.ts'

/**
 * The tier that a why leads to, from its parameters and its rule alone: what a reader can check with a pencil.
 * `one_step` lowers by one whatever the progress; an undone step falls back no lower than where it began, so a lower
 * progress is no contradiction.
 */
export function recompute(why: Why, rule: TierRule, tiers: readonly Tier[]): string | null {
  const word = why.codes[0]
  if (word === 'tier.start') return tiers[0]?.code ?? null
  const { tier, from, progress } = why.params
  const rankOf = (name: unknown) => tiers.find((one) => one.code === name)?.rank ?? 0
  const earned = qualified(rule, tiers, progress as number, rankOf(word === 'tier.lowered' ? from : tier))
  // whatever it was reached by
  if (word === 'tier.merged' || word === 'tier.invited') return tier as string
  if (word === 'tier.reached' || word === 'tier.reclassified' || word === 'tier.merged_reached')
    return tiers[earned]?.code ?? null
  if (word === 'tier.kept') return earned >= rankOf(tier) ? (tier as string) : null
  if (word === 'tier.grace') return earned < rankOf(tier) ? (tier as string) : null
  if (word === 'tier.lowered' || word === 'tier.invitation_ended')
    return tiers[rule.downgrade === 'one_step' ? below(tiers, rankOf(from)) : earned]?.code ?? null
  return earned < rankOf(from) ? (tier as string) : null
}
