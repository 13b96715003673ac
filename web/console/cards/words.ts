/** What a card asks for and gives, said in one line. */
import type { Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useRewardName } from '../reward-fields.tsx'

export type Card = Row<'GET /v1/admin/cards'>
export type CardRule = Card['rule']
export type StampRule = Extract<CardRule, { kind: 'stamps' }>
export type ValueRule = Extract<CardRule, { kind: 'value' }>
export type SessionsRule = Extract<CardRule, { kind: 'sessions' }>

/** Stamps, money or uses, with their word. */
export function useUnits(): (kind: CardRule['kind'], units: number) => string {
  const { t } = useTexts()
  const format = useFormat()
  return (kind, units) =>
    kind === 'value'
      ? format.money(units)
      : kind === 'stamps'
        ? t('cards:stamps', { count: units, stamps: format.number(units) })
        : t('cards:uses', { count: units, uses: format.number(units) })
}

/** The rule as one line. */
export function useCardSentence(): (rule: CardRule) => string {
  const { t } = useTexts()
  const format = useFormat()
  const rewardName = useRewardName()
  const units = useUnits()
  const stampLine = (rule: StampRule) => {
    const { per, scope, size, day_max, months, reward } = rule
    const each =
      per.by === 'spend'
        ? t('cards:rule.per.spend', { per: format.money(per.per_minor) })
        : per.by === 'order' && per.minimum_minor > 0
          ? t('cards:rule.per.orderFrom', { minimum: format.money(per.minimum_minor) })
          : t(`cards:rule.per.${per.by}`)
    const goods = [...scope.categories, ...scope.skus]
    const parts = [
      t('cards:rule.stamps', { per: each, size: format.number(size), reward: rewardName(reward) }),
      goods.length > 0 && t('cards:rule.goods', { goods: format.list(goods) }),
      scope.store_ids.length > 0 && t('cards:rule.stores', { count: scope.store_ids.length }),
      day_max !== null && t('cards:rule.dayMax', { max: format.number(day_max) }),
      months !== null && t('cards:rule.months', { count: months, months: format.number(months) }),
    ]
    return parts.filter((part): part is string => Boolean(part))
  }
  const valueLine = ({ minimum_minor, bonuses }: ValueRule) => [
    t('cards:rule.value', { minimum: format.money(minimum_minor) }),
    ...bonuses.map(({ from_minor, bonus_minor }) =>
      t('cards:rule.bonus', { from: format.money(from_minor), bonus: format.money(bonus_minor) }),
    ),
  ]
  return (rule) => {
    if (rule.kind === 'stamps') return begun(stampLine(rule).join(t('cards:rule.join')))
    if (rule.kind === 'value') return begun(valueLine(rule).join(t('cards:rule.join')))
    return t('cards:rule.sessions', {
      uses: units('sessions', rule.uses),
      price: format.money(rule.price_minor),
      worth: format.money(rule.worth_minor * rule.uses),
    })
  }
}

/** A line that stands alone begins as a sentence does. */
const begun = (line: string) => line.charAt(0).toUpperCase() + line.slice(1)
