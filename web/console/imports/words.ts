/** Words of imports that are chosen by a code. */
import { textOf, useTexts } from '../../kit/i18n.ts'
import type { Texts } from '../../kit/texts/en.ts'

/** What a column can mean, in the order in which one looks for it. */
export const fieldsByKind = {
  orders: [
    'order_id',
    'occurred_at',
    'occurred_time',
    'paid_at',
    'cancelled_at',
    'status',
    'kind',
    'source',
    'store',
    'member_external_id',
    'member_phone',
    'member_email',
    'member_card',
    'member_name',
    'member_first_name',
    'member_last_name',
    'sku',
    'product_name',
    'category',
    'quantity',
    'unit_price',
    'line_total',
    'line_discount',
    'line_id',
    'order_subtotal',
    'order_total',
    'order_discount',
    'shipping',
    'tax',
    'refunded_total',
    'currency',
    'exchange_rate',
    'refund_of',
    'coupon',
  ],
  members: [
    'external_id',
    'name',
    'first_name',
    'last_name',
    'phone',
    'email',
    'card',
    'birth_date',
    'gender',
    'locale',
    'joined_at',
    'home_store',
    'tags',
    'tier',
    'note',
    'consent_email',
    'consent_sms',
    'consent_at',
    'points_opening',
    'points_accumulated',
    'points_redeemed',
    'points_earned_at',
    'points_expires_on',
  ],
} as const satisfies Record<'orders' | 'members', readonly (keyof Texts['imports']['fields'])[]>

export function useFieldName(): (field: string) => string {
  useTexts()
  return (field) => textOf(`imports:fields.${field}`, field)
}

/** What is said of a row: reading's own words, else the sentence of an error. */
export function useCodeText(): (code: string, params?: Record<string, unknown>) => string {
  useTexts()
  return (code, params = {}) => textOf(`imports:codes.${code}`, textOf(`errors:${code}`, code, params), params)
}

/** Bytes of words that an address carries: servers between here and there take 8 kB of one. */
const word_bytes_max = 7_000

/**
 * The sentences of these codes, of the outcomes and of all that reading says, unfilled, as `words` of a
 * download; what no longer fits stays a code. A row is counted under its first code, and has others.
 */
export function useDownloadWords(): (codes: readonly string[], outcomes: readonly string[]) => string {
  const { t } = useTexts()
  return (codes, outcomes) => {
    const raw = { skipInterpolation: true }
    const words: Record<string, string> = {}
    const add = (code: string, text: string) => {
      const more = { ...words, [code]: text }
      if (encodeURIComponent(JSON.stringify(more)).length <= word_bytes_max) words[code] = text
    }
    for (const outcome of outcomes) add(outcome, textOf(`imports:results.outcomes.${outcome}`, outcome))
    for (const code of codes) add(code, textOf(`imports:codes.${code}`, textOf(`errors:${code}`, code, raw), raw))
    const known = t('imports:codes', { ...raw, returnObjects: true }) as Texts['imports']['codes']
    for (const noun of ['import', 'repair'] as const)
      for (const [reason, text] of Object.entries(known[noun])) add(`${noun}.${reason}`, text)
    return JSON.stringify(words)
  }
}
