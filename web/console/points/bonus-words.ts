/** Bonuses and caps in sentences. */
import { useFormat } from '../../kit/format.ts'
import { nameIn, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { useMay } from '../session.tsx'
import type { Bonus } from './bonus-values.ts'
import { useTierNames } from './rule-words.ts'
import type { PointRule } from './rule-values.ts'

/** 1 January 2024 was a Monday. */
export function useWeekdays(): { value: number; short: string; long: string }[] {
  const { language } = useTexts()
  const name = (day: number, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' }).format(Date.UTC(2024, 0, day))
  return [1, 2, 3, 4, 5, 6, 7].map((value) => ({ value, short: name(value, 'short'), long: name(value, 'long') }))
}

/** What a bonus gives, and when, in one sentence. */
export function useBonusSentence(): (bonus: Bonus) => string {
  const { t } = useTexts()
  const conditions = useConditions()
  const format = useFormat()
  const units = (points: number) => t('whys:unit', { count: points, points: format.points(points) })
  return ({ when, effect }) => {
    const when_text = conditions(when)
    const gives =
      effect.kind === 'multiply'
        ? t('points:bonuses.said.multiply', { share: format.percent(effect.percent / 100) })
        : t(effect.per === 'order' ? 'points:bonuses.said.order' : 'points:bonuses.said.unit', {
            points: units(effect.points),
          })
    const from =
      effect.kind === 'add' && effect.minimum_minor
        ? [t('points:bonuses.said.minimum', { amount: format.money(effect.minimum_minor) })]
        : []
    const all = [...when_text, ...from]
    return `${gives} · ${all.length > 0 ? all.join(' · ') : t('points:bonuses.said.always')}`
  }
}

function useStoreNames(): (id: string) => string {
  const may = useMay()
  const stores = useCall('GET /v1/admin/stores', {}, { enabled: may('stores:read'), fresh_ms: 300_000 }).data?.data
  return (id) => stores?.find((store) => store.store_id === id)?.name ?? id
}

/** What earns nothing, in one line. */
function useExclusions(): (excludes: NonNullable<PointRule['earn']['excludes']>) => string {
  const { t } = useTexts()
  const format = useFormat()
  const storeName = useStoreNames()
  return ({ categories = [], skus = [], store_ids = [], channels = [], discounted }) => {
    const listed = (names: readonly string[], key: 'goods' | 'stores' | 'channels') =>
      names.length > 0 ? [t(`points:excludes.said.${key}`, { names: format.list(names) })] : []
    const out = [
      ...listed([...categories, ...skus], 'goods'),
      ...listed(store_ids.map(storeName), 'stores'),
      ...listed(channels, 'channels'),
      ...(discounted ? [t('points:excludes.said.discounted')] : []),
    ]
    return t('points:excludes.said.nothing', { what: format.list(out) })
  }
}

function useConditions(): (when: Bonus['when']) => string[] {
  const { t } = useTexts()
  const format = useFormat()
  const tierName = useTierNames()
  const weekdays = useWeekdays()
  const storeName = useStoreNames()
  return (when) => {
    const goods = [...(when.categories ?? []), ...(when.skus ?? [])]
    const listed = (names: readonly string[] | undefined, key: 'goods' | 'tiers' | 'stores' | 'channels') =>
      names && names.length > 0 ? [t(`points:bonuses.said.${key}`, { names: format.list(names) })] : []
    const days = when.weekdays?.map((day) => weekdays[day - 1]!.long)
    return [
      ...listed(goods, 'goods'),
      ...listed(when.tiers?.map(tierName), 'tiers'),
      ...listed(when.store_ids?.map(storeName), 'stores'),
      ...listed(when.channels, 'channels'),
      ...(days ? [format.list(days)] : []),
      ...(when.birthday ? [t(`points:bonuses.birthdays.${when.birthday}`)] : []),
      ...(when.first_order ? [t('points:bonuses.conditions.first_order')] : []),
      ...(when.from_on ? [t('points:bonuses.said.from', { day: format.day(when.from_on) })] : []),
      ...(when.until_on ? [t('points:bonuses.said.until', { day: format.day(when.until_on) })] : []),
    ]
  }
}

/** Lines for what a rule says of bonuses and caps. */
export function useExtraLines(): (earn: PointRule['earn']) => { label: string; text: string }[] {
  const { t, language } = useTexts()
  const format = useFormat()
  const sentence = useBonusSentence()
  const out = useExclusions()
  return ({ bonuses = [], combine, caps = {}, excludes }) => {
    const capped = (['order', 'day', 'month'] as const).flatMap((per) =>
      caps[per] ? [t(`points:caps.said.${per}`, { points: format.points(caps[per]) })] : [],
    )
    return [
      ...bonuses.map((bonus) => ({
        label: t('points:bonuses.one'),
        text: t('points:bonuses.said.named', {
          name: nameIn(bonus.names, language, bonus.code),
          what: sentence(bonus),
        }),
      })),
      ...(bonuses.length > 1
        ? [{ label: t('points:bonuses.combine'), text: t(`points:bonuses.combines.${combine ?? 'best'}`) }]
        : []),
      ...(excludes ? [{ label: t('points:excludes.title'), text: out(excludes) }] : []),
      ...(capped.length > 0 ? [{ label: t('points:caps.title'), text: capped.join(' · ') }] : []),
    ]
  }
}
