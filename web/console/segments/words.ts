/** The words of conditions. Names made at run time fall back to what the server calls them. */
import i18next from 'i18next'
import { useMemo } from 'react'
import { useFormat, type Format } from '../../kit/format.ts'
import { textOf, useTexts } from '../../kit/i18n.ts'
import { useCall } from '../../kit/use-call.ts'
import { languageName } from '../messages/parts.tsx'
import { useMay } from '../session.tsx'
import { optionsIn, type Catalogue, type FieldEntry, type Group, type PartEntry } from './condition.ts'

/** `points_expiring` is still readable when nobody has named it yet. */
const readable = (name: string) => name.replaceAll('_', ' ')

export type Labels = Record<string, Record<string, string>>

export interface Words {
  format: Format
  say: (key: string, params?: Record<string, unknown>) => string
  /** Is there a text under this key? Else what to fall back on. */
  sayOr: (key: string, fallback: string, params?: Record<string, unknown>) => string
  field: (name: string) => string
  group: (name: string) => string
  operator: (name: string, type: string) => string
  measure: (field: string, name: string) => string
  unit: (name: string | undefined) => string
  /** An option of a field as people read it. */
  option: (part: PartEntry, value: string) => string
}

/** Words for one language; `labels` are the names of stores, products and tiers. */
export function useWords(labels: Labels = {}): Words {
  const { language } = useTexts()
  const format = useFormat()
  return useMemo(() => wordsOf(language, format, labels), [language, format, labels])
}

function wordsOf(language: string, format: Format, labels: Labels): Words {
  // keys are made at run time, so they are not the typed ones; a count chooses the plural
  const text = i18next.t as unknown as (key: string, params: object) => string
  const say = (key: string, params: Record<string, unknown> = {}) => text(`segments:${key}`, params)
  const sayOr = (key: string, fallback: string, params: Record<string, unknown> = {}) =>
    i18next.exists(`segments:${key}`, params) ? say(key, params) : fallback
  return {
    format,
    say,
    sayOr,
    field: (name) => sayOr(`fields.${name}`, readable(name)),
    group: (name) => sayOr(`groups.${name}`, readable(name)),
    operator: (name, type) => sayOr(`operators.${type}_${name}`, sayOr(`operators.${name}`, readable(name))),
    measure: (field, name) => sayOr(`measures.${field}_${name}`, sayOr(`measures.${name}`, readable(name))),
    unit: (name) => (name ? sayOr(`units.${name}`, readable(name)) : ''),
    option: (part, value) => optionName(part, value, { language, labels, sayOr }),
  }
}

function optionName(
  part: PartEntry,
  value: string,
  known: { language: string; labels: Labels; sayOr: Words['sayOr'] },
): string {
  const list = typeof part.options === 'string' ? part.options : part.name
  if (list === 'weekday') return weekdayName(Number(value), known.language)
  if (list === 'languages') return languageName(value, known.language)
  if (list === 'consents') {
    const [channel = '', purpose = ''] = value.split(':')
    return known.sayOr('consent', value, {
      channel: known.sayOr(`channels.${channel}`, channel),
      purpose: known.sayOr(`purposes.${purpose}`, purpose),
    })
  }
  if (list === 'state') return textOf(`members:states.${value}`, value)
  return known.labels[list]?.[value] ?? known.sayOr(`options.${list}.${value}`, value)
}

/** 1 is Monday (ISO 8601); 2024-01-01 was one. */
export function weekdayName(day: number, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(
    new Date(Date.UTC(2024, 0, day)),
  )
}

export function monthName(month: number, language: string): string {
  return new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(
    new Date(Date.UTC(2024, month - 1, 1)),
  )
}

/** Fields hardly ever change while the program runs. */
const catalogueFreshMs = 600_000

/** What conditions may ask about. */
export function useCatalogue() {
  const enabled = useMay()('segments:read')
  return useCall('GET /v1/admin/segments/fields', {}, { fresh_ms: catalogueFreshMs, enabled })
}

/** The names of everything chosen in a condition. */
export function useLabels(condition: Group | null, catalogue: Catalogue | undefined): Labels {
  const { language } = useTexts()
  const chosen = condition && catalogue ? optionsIn(condition, catalogue) : {}
  const { stores = [], products = [], tiers = [], campaigns = [] } = chosen
  const wanted = {
    ...(stores.length > 0 ? { stores } : {}),
    ...(products.length > 0 ? { products } : {}),
    ...(tiers.length > 0 ? { tiers } : {}),
    ...(campaigns.length > 0 ? { campaigns } : {}),
  }
  const read = useCall(
    'POST /v1/admin/segments/labels',
    { body: { wanted, language } },
    { enabled: Object.keys(wanted).length > 0, fresh_ms: catalogueFreshMs },
  )
  return read.data?.labels ?? noLabels
}

const noLabels: Labels = {}

/** Fields in the order and under the headings in which a person looks for them. */
export function grouped(
  fields: readonly FieldEntry[],
  words: Words,
): { group: string; items: { value: string; label: string }[] }[] {
  const groups = [...new Set(fields.map(({ group }) => group))]
  return groups.map((group) => ({
    group: words.group(group),
    items: fields
      .filter((field) => field.group === group)
      .map(({ name }) => ({ value: name, label: words.field(name) })),
  }))
}
