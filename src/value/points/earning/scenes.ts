/**
 * What conditions and caps look at beside the order: read for a whole set in one statement, and only if a rule asks.
 * A cap counts what orders earned less what refunds took back: who exchanges goods is not treated as who bought twice.
 */
import type { Reader, Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { addDays, addMonths } from '../../../base/time.ts'
import { countedOf, ruleAt } from '../../tiers/tiers.ts'
import { outNumbers, reversedAt } from '../rules.ts'
import type { PointRuleVersion, Purchase } from '../types.ts'
import type { RebookWant, Want } from '../wants.ts'
import { isCapped, looksFurther } from './bonuses.ts'
import { amongThese, without } from './exclusions.ts'
import type { Standing } from './types.ts'

/** What an order of the month has earned and kept. */
interface Earned {
  day: string
  points: number
}

/** An order judged anew: what it had kept at a moment hangs on the refunds until then. */
interface Judged {
  day: string
  earned: number
  counted_minor: number
  gone: readonly { at: Date; minor: number }[]
}

/** One member as rules look at them, while a set is booked. */
export interface Scene {
  birth_date: string | null
  first: { order_id: string; at: Date } | null
  /** By order. */
  earned: Map<string, Earned>
  judged: Judged[]
}

const asks = (want: Want): { at: Date; day: string } | null => {
  if (want.kind === 'paid') return { at: want.occurred_at, day: want.day }
  return want.kind === 'rebook' ? { at: want.ordered_at, day: want.order_day } : null
}

interface SceneRow {
  member_id: string
  birth_date: string | null
  first_order_id: string | null
  first_at: Date | null
  earned: { order_id: string; day: string; points: number }[] | null
}

/** Scenes of the members whose orders a rule with bonuses or caps looks at; nothing is read for others. */
export async function readScenes(
  tx: Tx,
  wants: readonly Want[],
  rules: readonly PointRuleVersion[],
): Promise<Map<string, Scene>> {
  const scenes = new Map<string, Scene>()
  if (!rules.some((version) => looksFurther(version.rule))) return scenes
  const spans = new Map<string, { from: string; until: string }>()
  let isFirstAsked = false
  for (const want of wants) {
    const asked = asks(want)
    const rule = asked && ruleAt(rules, asked.at)?.rule
    if (!rule || !looksFurther(rule)) continue
    isFirstAsked ||= rule.earn.bonuses?.some((bonus) => bonus.when.first_order) ?? false
    // what is judged anew brings its own history along
    const span = isCapped(rule.earn) && want.kind === 'paid' ? monthOf(asked.day) : noDays
    const known = spans.get(want.member_id)
    spans.set(want.member_id, known ? joined(known, span) : span)
  }
  if (spans.size === 0) return scenes
  for (const row of await read(tx, spans, isFirstAsked)) scenes.set(row.member_id, sceneOf(row))
  return scenes
}

function sceneOf({ birth_date, first_order_id, first_at, earned }: SceneRow): Scene {
  return {
    birth_date,
    first: first_order_id === null ? null : { order_id: first_order_id, at: first_at! },
    earned: new Map(earned?.map(({ order_id, ...one }) => [order_id, one])),
    judged: [],
  }
}

/** Later than it ends: no day lies in it. */
const noDays = { from: '9999-12-31', until: '0001-01-01' }

function monthOf(day: string): { from: string; until: string } {
  const from = `${day.slice(0, 7)}-01`
  return { from, until: addDays(addMonths(from, 1), -1) }
}

type Span = ReturnType<typeof monthOf>
const joined = (a: Span, b: Span): Span => ({
  from: a.from < b.from ? a.from : b.from,
  until: a.until > b.until ? a.until : b.until,
})

async function read(db: Reader, spans: ReadonlyMap<string, Span>, isFirstAsked: boolean): Promise<SceneRow[]> {
  const all = [...spans.values()]
  return db.rows<SceneRow>(sql`
    select wanted.member_id, members.birth_date, earliest.order_id as first_order_id, earliest.at as first_at,
      month.earned
    from unnest(${[...spans.keys()]}::uuid[], ${all.map((span) => span.from)}::date[],
      ${all.map((span) => span.until)}::date[]) as wanted (member_id, from_on, until_on)
    join members on members.member_id = wanted.member_id
    left join lateral (
      select entry.order_id, entry.occurred_at as at from point_entries entry
      where ${isFirstAsked}::boolean and entry.member_id = wanted.member_id and entry.kind = 'earn'
      order by entry.occurred_at, entry.entry_id limit 1
    ) earliest on true
    left join lateral (
      select json_agg(json_build_object('order_id', o.order_id, 'day', o.ordered_on,
        'points', lot.granted + lot.corrected - lot.reversed)) as earned
      from orders o
      join point_entries entry on entry.member_id = o.member_id and entry.source = 'order'
        and entry.source_id = o.order_id::text
      join point_lots lot on lot.member_id = entry.member_id and lot.lot_id = entry.entry_id
      where o.member_id = wanted.member_id and o.ordered_on between wanted.from_on and wanted.until_on
    ) month on true`)
}

/** Somebody about to buy, and the rule of that moment. */
export interface Buyer {
  member_id: string
  tier_code: string | null
  day: string
  version: PointRuleVersion
}

/**
 * How members would stand if they bought now, in the order asked: what a quote needs beside the tier. One statement,
 * and none where no rule asks for anything.
 */
export async function readStandings(db: Reader, buyers: readonly Buyer[]): Promise<Standing[]> {
  const looking = buyers.filter(({ version }) => looksFurther(version.rule))
  const isFirstAsked = looking.some(({ version }) =>
    version.rule.earn.bonuses?.some((bonus) => bonus.when.first_order),
  )
  const spans = new Map<string, Span>()
  for (const { member_id, day, version } of looking) {
    const span = isCapped(version.rule.earn) ? monthOf(day) : noDays
    const known = spans.get(member_id)
    spans.set(member_id, known ? joined(known, span) : span)
  }
  const rows = spans.size === 0 ? [] : await read(db, spans, isFirstAsked)
  const scenes = new Map(rows.map((row) => [row.member_id, sceneOf(row)]))
  return buyers.map(({ member_id, day, tier_code, version }) =>
    looksFurther(version.rule) ? standingOf(scenes.get(member_id), day, tier_code) : { tier_code },
  )
}

/** How a member stands when an order is booked. */
export function standingOf(scene: Scene | undefined, day: string, tier_code: string | null): Standing {
  if (!scene) return { tier_code }
  const sums = sumsOf([...scene.earned.values()], day)
  return { tier_code, birth_date: scene.birth_date, is_first: scene.first === null, ...sums }
}

function sumsOf(earned: readonly Earned[], day: string): { earned_day: number; earned_month: number } {
  const sums = { earned_day: 0, earned_month: 0 }
  for (const one of earned) {
    if (one.day === day) sums.earned_day += one.points
    if (one.day.slice(0, 7) === day.slice(0, 7)) sums.earned_month += one.points
  }
  return sums
}

/** Keeps what an order earned for those that follow it. */
export function keepEarned(scene: Scene | undefined, want: { order_id: string; occurred_at: Date } & Earned): void {
  if (!scene) return
  scene.first ??= { order_id: want.order_id, at: want.occurred_at }
  scene.earned.set(want.order_id, { day: want.day, points: want.points })
}

/** What a refund takes back is free for later orders of that day and month. */
export function keepReversed(scene: Scene | undefined, order_id: string, points: number): void {
  const earned = scene?.earned.get(order_id)
  if (earned) earned.points -= points
}

/** How the member stood when an order that is judged anew was placed, by the orders judged before it. */
export function standingThen(scene: Scene | undefined, want: RebookWant): Standing {
  const { tier_code } = want
  if (!scene) return { tier_code }
  const { first } = scene
  const at = want.ordered_at
  const kept = scene.judged.map(({ day, earned, counted_minor, gone }) => {
    const minor = gone.reduce((sum, one) => sum + (one.at < at ? one.minor : 0), 0)
    return { day, points: earned - reversedAt(earned, Math.min(minor, counted_minor), counted_minor) }
  })
  const isFirst = scene.judged.length === 0 && (!first || first.order_id === want.order_id || at < first.at)
  return { tier_code, birth_date: scene.birth_date, is_first: isFirst, ...sumsOf(kept, want.order_day) }
}

/** Keeps a judged order, and what of it went back when, for those that follow. */
export function keepJudged(
  scene: Scene | undefined,
  want: RebookWant,
  earned: { points: number; counted_minor: number },
  version: PointRuleVersion,
): void {
  const out = outNumbers(want, version)
  scene?.judged.push({
    day: want.order_day,
    earned: earned.points,
    counted_minor: earned.counted_minor,
    gone: (want.gone ?? []).map(({ at, purchase, lines }) => ({
      at,
      minor: countedOf(without(purchase, amongThese(lines, out)), version.rule.earn),
    })),
  })
}

/** What went back of an order, and when. */
export interface Gone {
  at: Date
  purchase: Purchase
  /** Goods, by their number in the order. */
  lines?: readonly { line_no: number; net_minor: number; gross_minor: number }[] | undefined
}
