/** A tap on the points says why: what counted, at which rate, each bonus. Codes and parameters: docs/api/whys.md. */
import { useFormat, type Format } from '../kit/format.ts'
import { nameIn, textOf, useTexts } from '../kit/i18n.ts'
import type { Answer } from '../kit/call.ts'
import { useCall } from '../kit/use-call.ts'
import type { Quote } from './basket.ts'
import { Sheet } from './parts.tsx'

type EarnWhy = NonNullable<Quote['earns']>['why']
type Params = Record<string, unknown>

export function Why({ why, tier }: { why: EarnWhy; tier?: string | undefined }) {
  const { t, language } = useTexts()
  const format = useFormat()
  return (
    <details>
      <summary>{t('counter:why')}</summary>
      <ul className="small">
        {sentencesOf(why, { language, format, tier }).map((sentence, nth) => (
          <li key={nth}>{sentence}</li>
        ))}
      </ul>
    </details>
  )
}

/** Why a receipt brought its points, as the ledger keeps it. */
export function OrderWhy({ order }: { order: Answer<'GET /v1/admin/orders/:order_id'> }) {
  const { t } = useTexts()
  const format = useFormat()
  const { order_id } = order
  const read = useCall('GET /v1/admin/orders/:order_id/points', { params: { order_id } })
  const entries = read.data?.data ?? []
  const earned = entries.find(({ entry_kind }) => entry_kind === 'earn')
  if (!earned) return null
  const back = -entries.reduce((sum, { entry_kind, points }) => sum + (entry_kind === 'reverse' ? points : 0), 0)
  return (
    <Sheet>
      <p>{t('counter:doneEarned', { count: earned.points, points: format.points(earned.points) })}</p>
      <Why why={earned.why} />
      {back > 0 && (
        <p>
          {t('counter:pointsTakenBack', {
            count: back,
            points: format.points(back),
            left: format.points(Math.max(0, earned.points - back)),
          })}
        </p>
      )}
    </Sheet>
  )
}

interface Words {
  language: string
  format: Format
  tier: string | undefined
}

function sentencesOf(why: EarnWhy, words: Words): string[] {
  const params = why.params as Params
  const what = `${params['base'] === 'gross' ? 'gross' : 'net'}${params['include_shipping'] ? '_shipping' : ''}`
  const said = written({ ...params, tier: words.tier ?? params['tier'] }, words.format)
  return why.codes
    .flatMap((code) => {
      // everybody's rate needs no saying
      if (code === 'points.earned_at_tier' && params['percent'] === 100) return []
      if (code === 'points.bonus') return bonusesOf(why, words)
      return [textOf(`whys:${code}`, '', { ...said, what: textOf(`whys:what.${what}`, '') })]
    })
    .filter(Boolean)
}

function bonusesOf(why: EarnWhy, { language, format }: Words): string[] {
  return (why.parts ?? []).map((part) => {
    const { kind, names, points, percent, each, times } = part
    const name = nameIn(names, language, '')
    const share = format.percent((percent ?? 100) / 100)
    const said = written({ more: points, each: each ?? 0, matching_minor: part.matching_minor }, format)
    const key = kind === 'multiply' ? 'bonus_multiply' : times === 1 ? 'bonus_order' : 'bonus_unit'
    return textOf(`whys:points.${key}`, name, { ...said, name, share, times: format.number(times ?? 1) })
  })
}

/** By its name a parameter is money, a share or a number of points. */
function written(params: Params, format: Format): Record<string, string> {
  const write = (name: string, value: unknown): string => {
    if (typeof value !== 'number') return value === null || value === undefined ? '' : String(value)
    if (name.endsWith('_minor')) return format.money(value)
    if (name === 'percent') return format.percent(value / 100)
    return textOf('whys:unit', format.points(value), { count: value, points: format.points(value) })
  }
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, write(name, value)]))
}
