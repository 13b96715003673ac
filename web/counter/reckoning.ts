/** What points pay where the program cannot be asked: by its own rule, so that it agrees later. Pure. */

/** The program's rule of what points pay. */
export interface PayRule {
  points: number
  worth_minor: number
  step: number
  minimum_points: number
  share_max_bp: number
  pays_goods: boolean
}

/** What there is to use, and the most that the owner lets a receipt take. */
export interface Purse {
  available: number
  most: number
}

/** The most points that may pay so much. */
export function usablePoints(amount_minor: number, { available, most }: Purse, rule: PayRule): number {
  if (!rule.pays_goods) return 0
  const share_minor = Math.floor((amount_minor * rule.share_max_bp) / 10_000)
  const shared = Math.floor((share_minor * rule.points) / rule.worth_minor)
  const points = Math.min(available, most, shared)
  const inSteps = points - (points % rule.step)
  return inSteps < Math.max(1, rule.minimum_points) ? 0 : inSteps
}

/** What points are worth, in minor units. */
export const worthOf = (points: number, { worth_minor, points: per }: PayRule) =>
  Math.floor((points * worth_minor) / per)
