/** An offer as one sentence: "Buy for 100 within 7 days of receiving it, get 50 points." */
import type { Answer } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { useTexts } from '../../kit/i18n.ts'
import { useRewardName } from '../reward-fields.tsx'

export type Offer = Answer<'GET /v1/admin/offers/:offer_id'>
export type OfferRule = Offer['rule']

const hours_a_day = 24

export function useOfferSentence(): (rule: OfferRule) => string {
  const { t } = useTexts()
  const format = useFormat()
  const rewardName = useRewardName()
  const windowOf = ({ window }: OfferRule) => {
    const { counts_from, hours, from, until } = window
    const span =
      hours === null
        ? ''
        : hours % hours_a_day === 0
          ? t('offers:days', { count: hours / hours_a_day, days: format.number(hours / hours_a_day) })
          : t('offers:hours', { count: hours, hours: format.number(hours) })
    const begins = span ? t(`offers:window.${counts_from}`, { span }) : ''
    const dated = from
      ? until
        ? t('offers:window.between', { from: format.moment(from), until: format.moment(until) })
        : t('offers:window.from', { from: format.moment(from) })
      : until
        ? t('offers:window.until', { until: format.moment(until) })
        : ''
    return `${begins}${dated}`
  }
  const rewardOf = ({ reward }: OfferRule) =>
    reward.kind === 'none' ? t('offers:reward.none') : t('offers:reward.get', { reward: rewardName(reward) })
  return (rule) => {
    if (!rule.threshold) return t('offers:informs', { window: windowOf(rule) })
    const { measure, reach, amount } = rule.threshold
    const shown = measure === 'orders' ? format.number(amount) : format.money(amount)
    const buy = t(`offers:buy.${measure}_${reach}`, { amount: shown, count: amount })
    return t('offers:sentence', { buy, window: windowOf(rule), reward: rewardOf(rule) })
  }
}
