/** A moment as one sentence, and why something was given. */
import type { Answer, Row } from '../../kit/call.ts'
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useRewardName } from '../reward-fields.tsx'

export type Moment = Answer<'GET /v1/admin/moments/:moment_id'>
export type MomentRule = Moment['rule']
export type When = MomentRule['when']
export type Holiday = Extract<When, { kind: 'holiday' }>['yearly'][number]
export type Given = Row<'GET /v1/admin/moments/:moment_id/gifts'>

/** Holidays that many brands keep, by name. */
export const knownHolidays = {
  new_year: { calendar: 'solar', month_day: '01-01' },
  lunar_new_year: { calendar: 'lunar', month_day: '01-01' },
  womens_day: { calendar: 'solar', month_day: '03-08' },
  dragon_boat: { calendar: 'lunar', month_day: '05-05' },
  mid_autumn: { calendar: 'lunar', month_day: '08-15' },
  christmas: { calendar: 'solar', month_day: '12-25' },
} as const satisfies Record<string, Holiday>
export type KnownHoliday = keyof typeof knownHolidays
export const holidayNames = Object.keys(knownHolidays) as KnownHoliday[]

export const keyOf = ({ calendar, month_day }: Holiday) => `${calendar} ${month_day}`

/** A holiday as people call it, or its day. */
export function useHolidayName(): (holiday: Holiday) => string {
  const { t } = useTexts()
  return (holiday) => {
    const known = holidayNames.find((name) => keyOf(knownHolidays[name]) === keyOf(holiday))
    if (known) return t(`moments:holidays.${known}`)
    const day = shortDay(holiday.month_day)
    return holiday.calendar === 'lunar' ? t('moments:holidays.lunar', { day }) : day
  }
}

/** 11/9 for `11-09`. */
export const shortDay = (month_day: string) => month_day.split('-').map(Number).join('/')

function useTierNames(): (code: string) => string {
  const { language } = useTexts()
  const tiers = useCall('GET /v1/admin/tiers').data?.data
  return (code) => nameIn(tiers?.find((tier) => tier.code === code)?.names, language, code)
}

/** When, as a phrase. */
export function useWhenPhrase(): (when: When) => string {
  const { t } = useTexts()
  const format = useFormat()
  const holidayName = useHolidayName()
  const tierName = useTierNames()
  return (when) => {
    switch (when.kind) {
      case 'joining':
      case 'join_anniversary':
        return t(`moments:whens.${when.kind}`)
      case 'purchase':
        if (when.number === 1 && !when.repeats) return t('moments:whens.purchase_first')
        return t(`moments:whens.${when.repeats ? 'purchase_every' : 'purchase_number'}`, {
          number: format.number(when.number),
        })
      case 'upgrade':
        return t('moments:whens.upgrade', { tiers: format.list(when.tiers.map(tierName)) })
      case 'waking':
        return t('moments:whens.waking', { days: format.number(when.days) })
      case 'birthday':
        return t(`moments:whens.birthday_${when.calendar === 'lunar' ? 'lunar_' : ''}${when.span}`)
      case 'brand_anniversary':
        return t('moments:whens.brand_anniversary', { day: shortDay(when.month_day) })
      case 'holiday':
        return t('moments:whens.holiday', {
          days: format.list([...when.yearly.map(holidayName), ...when.dates.map((day) => format.day(day))]),
        })
      case 'own_day':
        return t('moments:whens.own_day', { name: when.name })
    }
  }
}

export const isOfCalendar = ({ kind }: Pick<When, 'kind'>) =>
  kind !== 'joining' && kind !== 'purchase' && kind !== 'upgrade' && kind !== 'waking'

/** Whether a moment gives: one in force may have its first day before it, or its last behind it. */
export function useMomentState(): (moment: Pick<Moment, 'status' | 'rule'>) => MomentState {
  const today = useFormat().today()
  return ({ status, rule: { starts_on, ends_on } }) =>
    status === 'stopped'
      ? 'stopped'
      : ends_on && ends_on < today
        ? 'over'
        : starts_on && starts_on > today
          ? 'to_come'
          : 'active'
}
export type MomentState = 'active' | 'stopped' | 'to_come' | 'over'

/** "In the month of the birthday: 50 points". */
export function useMomentSentence(): (rule: MomentRule) => string {
  const { t } = useTexts()
  const format = useFormat()
  const whenPhrase = useWhenPhrase()
  const rewardName = useRewardName()
  return ({ when, before_days, after_days, reward, starts_on, ends_on }) => {
    const numbers = { before: format.number(before_days), after: format.number(after_days) }
    const side =
      before_days > 0 && after_days > 0 ? 'both' : before_days > 0 ? 'before' : after_days > 0 ? 'after' : ''
    const window = side && isOfCalendar(when) ? t(`moments:window.${side}`, numbers) : ''
    const day = (text: string | null | undefined) => (text ? format.day(text) : '')
    const days = { from: day(starts_on), until: day(ends_on) }
    const alive = starts_on && ends_on ? 'both' : starts_on ? 'from' : ends_on ? 'until' : ''
    const said = { when: whenPhrase(when), window, reward: rewardName(reward) }
    return t('moments:sentence', { ...said, alive: alive ? t(`moments:alive.${alive}`, days) : '' })
  }
}

/** "Because it is the month of the birthday, 17 November". */
export function useMomentWhy(): (why: Given['why']) => string {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  return ({ code, params }) => {
    const said = Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key,
        key === 'day' || key === 'since'
          ? format.day(String(value))
          : key === 'tier'
            ? tierName(String(value))
            : typeof value === 'number'
              ? format.number(value)
              : value,
      ]),
    )
    return t(`moments:whys.${code}` as 'moments:whys.joined', said as { day: string })
  }
}
