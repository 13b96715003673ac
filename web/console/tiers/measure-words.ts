/** Progress in the unit of what a tier rule counts. */
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import type { TierRule } from './rule-words.ts'

export type MeasureKind = TierRule['measure']['kind']
export const measureKinds = ['spend', 'orders', 'points', 'xp'] as const

export function useMeasured(): (kind: MeasureKind, amount: number) => string {
  const { t } = useTexts()
  const format = useFormat()
  return (kind, amount) =>
    kind === 'spend'
      ? format.money(amount)
      : t(`whys:units.${kind}`, { count: amount, amount: format.number(amount) })
}
