/**
 * A stored why (docs/api/whys.md) as sentences. The arithmetic is done again here from the parameters alone, so
 * that what a
 * reader sees can be checked with a pencil; a test holds it to what the server recomputes.
 */
import type { Format } from '../kit/format.ts'

/** As the API gives it with every entry and tier. */
export interface Why {
  codes: string[]
  params: Record<string, string | number | boolean | null>
  rule_version: number | null
}

export interface WhyWords {
  /** A text of `whys:…`; null when there is none. */
  text: (key: string, params: Record<string, unknown>) => string | null
  format: Pick<Format, 'money' | 'points' | 'percent' | 'day'>
  /** What a tier is called. */
  tierName: (code: string) => string
}

/** Parameters whose names do not say by their ending what they are. */
const amounts = new Set(['per_minor', 'progress', 'threshold'])
const days = new Set(['grace_until', 'window_from', 'window_to'])
const tiers = new Set(['tier', 'from'])
/** Whole points, said with their word. */
const counts = new Set([
  'points',
  'paid_debt',
  'to_new_lot',
  'booked_before',
  'earned',
  'reversed_before',
  'from_others',
  'became_debt',
  'claimed',
  'forgiven',
  'target',
  'result',
  'difference',
])

/** Codes that are said within another code's sentences. */
const within = new Set(['points.earned_at_tier'])

/** The reasons in order: what counted, by which rate, what came of it, and the version of the rule. */
export function whySentences(why: Why, words: WhyWords): string[] {
  const spoken = why.codes.filter((code) => !within.has(code)).flatMap((code) => sentencesOf(code, why, words))
  const version = why.rule_version === null ? [] : [words.text('version', { version: String(why.rule_version) })]
  return [...spoken, ...version].filter((sentence): sentence is string => Boolean(sentence))
}

function sentencesOf(code: string, why: Why, words: WhyWords): (string | null)[] {
  const say = (key: string, extra: Record<string, number> = {}) => {
    const params = paramsOf({ ...why.params, ...extra }, words)
    return words.text(key, { ...params, what: words.text(`what.${whatOf(why)}`, {}) ?? '' })
  }
  const number = (name: string) => (why.params[name] as number | undefined) ?? 0
  switch (code) {
    case 'points.earned':
      return earning(why, say)
    case 'points.rebooked': {
      const difference = keptOf(why) - number('booked_before')
      return [say(code), ...earning(why, say), say('points.rebooked_before', { difference })]
    }
    case 'points.reversed': {
      const target = partOf(number('earned'), number('refunded_minor'), number('counted_minor'))
      return [say(code, { target }), number('reversed_before') > 0 ? say('points.reversed_before') : null]
    }
    case 'points.reversed_unmatched':
      return [say(code, { result: partOf(number('counted_minor'), number('points'), number('per_minor')) })]
    default:
      return [say(code) ?? code]
  }
}

type Say = (key: string, extra?: Record<string, number>) => string | null

function earning(why: Why, say: Say): (string | null)[] {
  const { result, isExact } = earnedOf(why)
  const rounding = isExact ? 'exact' : String(why.params['rounding'])
  const refunded = Number(why.params['refunded_minor'] ?? 0)
  return [
    say('points.earned'),
    why.params['percent'] === 100 ? null : say('points.earned_at_tier'),
    say(`result.${rounding}`, { result }),
    refunded > 0 ? say('refunded', { result: keptOf(why) }) : null,
  ]
}

function whatOf({ params }: Why): string {
  return `${params['base'] === 'gross' ? 'gross' : 'net'}${params['include_shipping'] ? '_shipping' : ''}`
}

/** Counted × rate × per cent, rounded once; in whole numbers of any size. */
function earnedOf({ params }: Why): { result: number; isExact: boolean } {
  const big = (name: string) => BigInt((params[name] as number | undefined) ?? 0)
  const [above, below] = [big('counted_minor') * big('points') * big('percent'), big('per_minor') * 100n]
  if (below === 0n) return { result: 0, isExact: true }
  const rest = above % below
  const up = rest > 0n && (params['rounding'] === 'ceil' || (params['rounding'] === 'half_up' && rest * 2n >= below))
  return { result: Number(above / below + (up ? 1n : 0n)), isExact: rest === 0n }
}

function keptOf(why: Why): number {
  const { result } = earnedOf(why)
  return result - partOf(result, Number(why.params['refunded_minor'] ?? 0), Number(why.params['counted_minor'] ?? 0))
}

function partOf(whole: number, part: number, of: number): number {
  return of === 0 ? 0 : Number((BigInt(whole) * BigInt(part)) / BigInt(of))
}

function paramsOf(params: Why['params'], words: WhyWords): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, written(name, value, words)]))
}

/** By its name a parameter is money, a day, a tier, points or a share. */
function written(name: string, value: Why['params'][string], { text, format, tierName }: WhyWords): string {
  if (name.endsWith('_minor') || amounts.has(name)) return format.money(value as number | null)
  if (name.endsWith('_on') || days.has(name)) return format.day(value as string | null)
  if (tiers.has(name) && typeof value === 'string') return tierName(value)
  if (counts.has(name) && typeof value === 'number') {
    return text('unit', { count: value, points: format.points(value) }) ?? format.points(value)
  }
  if (name.endsWith('_bp')) return format.percent(Number(value) / 10_000, 2)
  if (name === 'percent') return format.percent(Number(value) / 100)
  if (name === 'for') return sourceName(String(value), text)
  return value === null ? '' : String(value)
}

/** `spend:console` → where that is. */
function sourceName(source: string, text: WhyWords['text']): string {
  const name = source.replace(/^spend:/, '')
  return text(`sources.${name}`, {}) ?? name
}
