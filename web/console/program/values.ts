/** The settings as a form holds them, and what of them was changed. */
import type { Input } from '../../kit/call.ts'
import type { Program } from './settings-page.tsx'

type Changes = Input<'PATCH /v1/admin/program'>['body']
type Settings = NonNullable<NonNullable<Changes>['settings']>

const texts = [
  'from_name',
  'from_email',
  'reply_to',
  'postal_address',
  'contact_email',
  'contact_phone',
  'site_url',
] as const
type TextKey = (typeof texts)[number]

export interface Values extends Record<TextKey, string> {
  name: string
  languages: string[]
  default_language: string
  default_country: string
  drowsy: number | null
  asleep: number | null
  lost: number | null
  attribution_days: number | null
  points_per_unit: number | null
  gifts_on_refund: 'keep' | 'take_back_unused'
  /** Per message in whole units of money, fractions allowed. */
  costs: Record<string, number | null>
}

/** Channels that may cost something, and those that have a cost already. */
export function channels(costs: Record<string, unknown>): string[] {
  return [...new Set(['email', 'sms', ...Object.keys(costs)])]
}

export function valuesOf(program: Program): Values {
  const { settings } = program
  const unit = 10 ** program.currency_decimals
  const costs = channels(settings.message_cost_minor).map((channel) => {
    const minor = settings.message_cost_minor[channel]
    return [channel, minor === undefined ? null : minor / unit] as const
  })
  return {
    name: program.name,
    languages: program.languages,
    default_language: program.default_language,
    default_country: program.default_country,
    ...settings.rhythm,
    attribution_days: settings.attribution_days,
    gifts_on_refund: settings.gifts_on_refund,
    points_per_unit:
      settings.point_value_minor > 0 ? Math.round((unit / settings.point_value_minor) * 10_000) / 10_000 : null,
    costs: Object.fromEntries(costs),
    ...(Object.fromEntries(texts.map((key) => [key, settings[key] ?? ''])) as Record<TextKey, string>),
  }
}

/** Only what was changed: what another changed meanwhile stays. */
export function changesOf(before: Values, after: Values, program: Program): NonNullable<Changes> {
  const unit = 10 ** program.currency_decimals
  const differs = (key: keyof Values) => JSON.stringify(before[key]) !== JSON.stringify(after[key])
  const settings: Settings = {}
  for (const key of texts) if (differs(key)) settings[key] = after[key].trim() || null
  if (differs('drowsy') || differs('asleep') || differs('lost')) {
    settings.rhythm = { drowsy: after.drowsy ?? 1, asleep: after.asleep ?? 1, lost: after.lost ?? 1 }
  }
  if (differs('attribution_days') && after.attribution_days) settings.attribution_days = after.attribution_days
  if (differs('gifts_on_refund')) settings.gifts_on_refund = after.gifts_on_refund
  if (differs('points_per_unit') && after.points_per_unit) settings.point_value_minor = unit / after.points_per_unit
  if (differs('costs')) {
    const known = Object.entries(after.costs).filter((entry): entry is [string, number] => entry[1] !== null)
    settings.message_cost_minor = Object.fromEntries(known.map(([channel, each]) => [channel, each * unit]))
  }
  return {
    ...(differs('name') ? { name: after.name.trim() } : {}),
    ...(differs('languages') ? { languages: after.languages } : {}),
    ...(differs('default_language') ? { default_language: after.default_language } : {}),
    ...(differs('default_country') ? { default_country: after.default_country } : {}),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
  }
}
