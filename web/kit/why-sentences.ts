/**
 * A stored why (docs/api/whys.md) as sentences. The arithmetic is done again here from the parameters alone, so that
 * what a reader sees can be checked with a pencil; a test holds it to what the server recomputes.
 */
import type { Format } from './format.ts'

/** As the API gives it with every entry and tier. */
export interface Why {
  codes: string[]
  params: Record<string, string | number | boolean | null>
  /** Bonuses of an order. */
  parts?: WhyPart[]
  rule_version: number | null
}

export interface WhyPart {
  bonus: string
  names: Record<string, string>
  points: number
  kind: 'multiply' | 'add'
  matching_minor: number
  percent?: number
  each?: number
  times?: number
}

export interface WhyWords {
  /** A text of `whys:…`; null when there is none. */
  text: (key: string, params: Record<string, unknown>) => string | null
  format: Pick<Format, 'money' | 'points' | 'percent' | 'day'>
  /** What a tier is called. */
  tierName: (code: string) => string
  /** A name in the reader's language. */
  nameOf: (names: Record<string, string>) => string
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
  'cap_points',
  'cap_left',
  'more',
  'each',
])

/** Codes that are said within another code's sentences. */
const within = new Set(['points.earned_at_tier', 'points.bonus'])

/** The reasons in order: what counted, by which rate, what came of it, and the version of the rule. */
export function whySentences(why: Why, words: WhyWords): string[] {
  const spoken = why.codes.filter((code) => !within.has(code)).flatMap((code) => sentencesOf(code, why, words))
  const version = why.rule_version === null ? [] : [words.text('version', { version: String(why.rule_version) })]
  return [...spoken, ...version].filter((sentence): sentence is string => Boolean(sentence))
}

function sentencesOf(code: string, why: Why, words: WhyWords): (string | null)[] {
  const say: Say = (key, extra = {}) => {
    const params = paramsOf({ ...why.params, ...extra }, words)
    return words.text(key, { ...params, what: words.text(`what.${whatOf(why)}`, {}) ?? '' })
  }
  const number = (name: string) => (why.params[name] as number | undefined) ?? 0
  switch (code) {
    case 'points.earned':
      return earning(why, say, words)
    case 'points.rebooked': {
      const difference = keptOf(why) - number('booked_before')
      return [say(code), ...earning(why, say, words), say('points.rebooked_before', { difference })]
    }
    case 'points.given':
      return [why.params['giver'] === 'member' ? transferred(why, say) : say(code)]
    case 'points.lent':
    case 'points.gave_back':
      return [say(code, { points: Math.abs(number('points')) })]
    case 'points.reversed': {
      const target = partOf(number('earned'), number('refunded_minor'), number('counted_minor'))
      return [say(code, { target }), number('reversed_before') > 0 ? say('points.reversed_before') : null]
    }
    case 'points.reversed_unmatched':
      return [say(code, { result: partOf(number('counted_minor'), number('points'), number('per_minor')) })]
    case 'tier.reached':
    case 'tier.undone':
      // what was given or taken back was no order
      return [say(why.params['measure'] === 'xp' ? `${code}_xp` : code)]
    default:
      return [say(code) ?? code]
  }
}

type Say = (key: string, extra?: Record<string, number | string>) => string | null

/** Points from member to member: which way they went, and what was written with them. */
function transferred({ params }: Why, say: Say): string | null {
  const points = Number(params['points'])
  const way = points < 0 ? 'given_away' : 'received'
  return say(`points.${way}${params['reason'] ? '_because' : ''}`, { points: Math.abs(points) })
}

function earning(why: Why, say: Say, words: WhyWords): (string | null)[] {
  const { result, isExact } = baseOf(why)
  const rounding = isExact ? 'exact' : String(why.params['rounding'])
  const refunded = Number(why.params['refunded_minor'] ?? 0)
  return [
    say('points.earned'),
    why.params['percent'] === 100 ? null : say('points.earned_at_tier'),
    say(`result.${rounding}`, { result }),
    ...bonuses(why, say, words),
    refunded > 0 ? say('refunded', { result: keptOf(why) }) : null,
  ]
}

/** What each bonus brought, one a line; then the sum, unless a cap says what is left of it. */
function bonuses(why: Why, say: Say, { format, nameOf }: WhyWords): (string | null)[] {
  const parts = why.parts ?? []
  if (parts.length === 0) return []
  const lines = parts.map(({ names, points, kind, matching_minor, percent, each, times }) => {
    const said = { name: nameOf(names), more: points, matching_minor }
    if (kind === 'multiply')
      return say('points.bonus_multiply', { ...said, share: format.percent((percent ?? 100) / 100) })
    return times === 1
      ? say('points.bonus_order', said)
      : say('points.bonus_unit', { ...said, each: each ?? 0, times: String(times) })
  })
  return [say('points.bonus'), ...lines, say('points.total', { result: sumOf(why) })]
}

/** Base and bonuses, before any cap. */
function sumOf(why: Why): number {
  return (why.parts ?? []).reduce((sum, part) => sum + part.points, baseOf(why).result)
}

/** What the order earned, before what went back. */
function earnedOf(why: Why): number {
  const left = why.params['cap_left']
  return typeof left === 'number' ? Math.min(sumOf(why), left) : sumOf(why)
}

function whatOf({ params }: Why): string {
  return `${params['base'] === 'gross' ? 'gross' : 'net'}${params['include_shipping'] ? '_shipping' : ''}`
}

/** Counted × rate × per cent, rounded once; in whole numbers of any size. */
function baseOf({ params }: Why): { result: number; isExact: boolean } {
  const big = (name: string) => BigInt((params[name] as number | undefined) ?? 0)
  const [above, below] = [big('counted_minor') * big('points') * big('percent'), big('per_minor') * 100n]
  if (below === 0n) return { result: 0, isExact: true }
  const rest = above % below
  const up = rest > 0n && (params['rounding'] === 'ceil' || (params['rounding'] === 'half_up' && rest * 2n >= below))
  return { result: Number(above / below + (up ? 1n : 0n)), isExact: rest === 0n }
}

function keptOf(why: Why): number {
  const result = earnedOf(why)
  return result - partOf(result, Number(why.params['refunded_minor'] ?? 0), Number(why.params['counted_minor'] ?? 0))
}

function partOf(whole: number, part: number, of: number): number {
  return of === 0 ? 0 : Number((BigInt(whole) * BigInt(part)) / BigInt(of))
}

function paramsOf(params: Why['params'], words: WhyWords): Record<string, string> {
  const measure = params['measure']
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      amounts.has(name) && typeof measure === 'string' && typeof value === 'number'
        ? (words.text(`units.${measure}`, { count: value, amount: words.format.points(value) }) ?? String(value))
        : written(name, value, words),
    ]),
  )
}

/** By its name a parameter is money, a day, a tier, points or a share. */
function written(name: string, value: Why['params'][string], { text, format, tierName }: WhyWords): string {
  if (name.endsWith('_minor') || amounts.has(name)) return format.money(value as number | null)
  if (name.endsWith('_on') || days.has(name)) return format.day(value as string | null)
  if (tiers.has(name) && typeof value === 'string') return tierName(value)
  if (counts.has(name) && typeof value === 'number') {
    return text('unit', { count: value, points: format.points(value) }) ?? format.points(value)
  }
  if (name.endsWith('_bp')) return format.percent(Number(value) / 10_000, decimalsOf(Number(value)))
  if (name === 'percent') return format.percent(Number(value) / 100)
  if (name === 'reason') return text(`reasons.${String(value)}`, {}) ?? String(value)
  if (name === 'giver') return text(`givers.${String(value)}`, {}) ?? String(value)
  if (name === 'for') return sourceName(String(value), text)
  return value === null ? '' : String(value)
}

/** Basis points as per cent need so many decimals: 1,000 none, 1,250 one, 1,255 two. */
function decimalsOf(basis_points: number): number {
  return basis_points % 100 === 0 ? 0 : basis_points % 10 === 0 ? 1 : 2
}

/** `spend:console` → where that is. */
function sourceName(source: string, text: WhyWords['text']): string {
  const name = source.replace(/^spend:/, '')
  return text(`sources.${name}`, {}) ?? name
}
