/** Bonuses of the point rule as a form holds them, and back. Shares are 1 for 100 %; money is minor units. */
import type { PointRule } from './rule-values.ts'

export type Bonus = NonNullable<PointRule['earn']['bonuses']>[number]
export const conditionKinds = [
  'categories',
  'skus',
  'tiers',
  'stores',
  'channels',
  'weekdays',
  'birthday',
  'first_order',
  'days',
] as const
export type ConditionKind = (typeof conditionKinds)[number]

export interface BonusValues {
  /** Tells cards apart while they are edited. */
  key: string
  code: string
  /** Language → name. */
  names: Record<string, string>
  kind: 'multiply' | 'order' | 'unit'
  /** 2 is double. */
  share: number | null
  points: number | null
  minimum_minor: number | null
  /** Those shown, in the order in which they were added. */
  conditions: ConditionKind[]
  categories: string[]
  skus: string[]
  tiers: string[]
  store_ids: string[]
  channels: string[]
  weekdays: number[]
  birthday: 'month' | 'day'
  from_on: string | null
  until_on: string | null
}

export interface ExtraValues {
  bonuses: BonusValues[]
  combine: 'best' | 'add'
  cap_order: number | null
  cap_day: number | null
  cap_month: number | null
  out_categories: string[]
  out_skus: string[]
  out_stores: string[]
  out_channels: string[]
  out_discounted: boolean
}

let made = 0
export function newBonus(): BonusValues {
  made += 1
  return {
    key: `new-${made}`,
    code: '',
    names: {},
    kind: 'multiply',
    share: 2,
    points: null,
    minimum_minor: null,
    conditions: [],
    categories: [],
    skus: [],
    tiers: [],
    store_ids: [],
    channels: [],
    weekdays: [],
    birthday: 'month',
    from_on: null,
    until_on: null,
  }
}

export function extrasOf({ bonuses, combine, caps, excludes }: PointRule['earn']): ExtraValues {
  return {
    bonuses: (bonuses ?? []).map(bonusOf),
    combine: combine ?? 'best',
    cap_order: caps?.order ?? null,
    cap_day: caps?.day ?? null,
    cap_month: caps?.month ?? null,
    out_categories: excludes?.categories ?? [],
    out_skus: excludes?.skus ?? [],
    out_stores: excludes?.store_ids ?? [],
    out_channels: excludes?.channels ?? [],
    out_discounted: excludes?.discounted ?? false,
  }
}

function bonusOf({ code, names, when, effect }: Bonus): BonusValues {
  const shown: Record<ConditionKind, boolean> = {
    categories: Boolean(when.categories),
    skus: Boolean(when.skus),
    tiers: Boolean(when.tiers),
    stores: Boolean(when.store_ids),
    channels: Boolean(when.channels),
    weekdays: Boolean(when.weekdays),
    birthday: Boolean(when.birthday),
    first_order: Boolean(when.first_order),
    days: Boolean(when.from_on ?? when.until_on),
  }
  return {
    ...newBonus(),
    key: code,
    code,
    names,
    kind: effect.kind === 'multiply' ? 'multiply' : effect.per,
    share: effect.kind === 'multiply' ? effect.percent / 100 : 2,
    points: effect.kind === 'add' ? effect.points : null,
    minimum_minor: effect.kind === 'add' ? (effect.minimum_minor ?? null) : null,
    conditions: conditionKinds.filter((kind) => shown[kind]),
    categories: when.categories ?? [],
    skus: when.skus ?? [],
    tiers: when.tiers ?? [],
    store_ids: when.store_ids ?? [],
    channels: when.channels ?? [],
    weekdays: when.weekdays ?? [],
    birthday: when.birthday ?? 'month',
    from_on: when.from_on ?? null,
    until_on: when.until_on ?? null,
  }
}

/** What of the earn rule these values say; nothing at all where nothing was added. */
export function extrasFrom(
  values: ExtraValues,
): Pick<PointRule['earn'], 'bonuses' | 'combine' | 'caps' | 'excludes'> {
  const taken = new Set(values.bonuses.map((bonus) => bonus.code).filter(Boolean))
  const bonuses = values.bonuses.map((bonus) => wireOf(bonus, taken))
  const caps = {
    ...(values.cap_order && { order: values.cap_order }),
    ...(values.cap_day && { day: values.cap_day }),
    ...(values.cap_month && { month: values.cap_month }),
  }
  const excludes = excludesFrom(values)
  return {
    ...(bonuses.length > 0 && { bonuses, combine: values.combine }),
    ...(Object.keys(caps).length > 0 && { caps }),
    ...(Object.keys(excludes).length > 0 && { excludes }),
  }
}

function excludesFrom(values: ExtraValues): NonNullable<PointRule['earn']['excludes']> {
  const { out_categories, out_skus, out_stores, out_channels, out_discounted } = values
  return {
    ...(out_categories.length > 0 && { categories: out_categories }),
    ...(out_skus.length > 0 && { skus: out_skus }),
    ...(out_stores.length > 0 && { store_ids: out_stores }),
    ...(out_channels.length > 0 && { channels: out_channels }),
    ...(out_discounted && { discounted: true as const }),
  }
}

/** A bonus keeps its code for ever; a new one gets the next free number. */
function codeOf(bonus: BonusValues, taken: Set<string>): string {
  if (bonus.code) return bonus.code
  let nth = 1
  while (taken.has(`bonus_${nth}`)) nth += 1
  taken.add(`bonus_${nth}`)
  return `bonus_${nth}`
}

function wireOf(bonus: BonusValues, taken: Set<string>): Bonus {
  const names = Object.fromEntries(
    Object.entries(bonus.names).flatMap(([language, name]) => (name.trim() ? [[language, name.trim()]] : [])),
  )
  return { code: codeOf(bonus, taken), names, when: whenOf(bonus), effect: effectOf(bonus) }
}

function effectOf({ kind, share, points, minimum_minor }: BonusValues): Bonus['effect'] {
  if (kind === 'multiply') return { kind, percent: Math.round((share ?? 2) * 100) }
  return { kind: 'add', points: points ?? 1, per: kind, ...(minimum_minor && { minimum_minor }) }
}

function whenOf(bonus: BonusValues): Bonus['when'] {
  const has = (kind: ConditionKind) => bonus.conditions.includes(kind)
  const list = <T>(kind: ConditionKind, values: T[]) => has(kind) && values.length > 0
  return {
    ...(list('categories', bonus.categories) && { categories: bonus.categories }),
    ...(list('skus', bonus.skus) && { skus: bonus.skus }),
    ...(list('tiers', bonus.tiers) && { tiers: bonus.tiers }),
    ...(list('stores', bonus.store_ids) && { store_ids: bonus.store_ids }),
    ...(list('channels', bonus.channels) && { channels: bonus.channels }),
    ...(list('weekdays', bonus.weekdays) && { weekdays: [...bonus.weekdays].sort() }),
    ...(has('birthday') && { birthday: bonus.birthday }),
    ...(has('first_order') && { first_order: true as const }),
    ...(has('days') && bonus.from_on && { from_on: bonus.from_on }),
    ...(has('days') && bonus.until_on && { until_on: bonus.until_on }),
  }
}

/** Is all there that a bonus needs? The place of what is missing. */
export function missingBonuses(bonuses: readonly BonusValues[], text: string): Record<string, string> {
  const places: [string, string][] = []
  bonuses.forEach((bonus, nth) => {
    const at = `/rule/earn/bonuses/${nth}`
    if (!Object.values(bonus.names).some((name) => name.trim())) places.push([`${at}/names`, text])
    if (bonus.kind === 'multiply' ? !bonus.share || bonus.share <= 1 : !bonus.points)
      places.push([`${at}/effect`, text])
  })
  return Object.fromEntries(places)
}
